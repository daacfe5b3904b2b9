"""Files that are no term bases are refused with a message that says where, what and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from egiz.glossary.termbase import load
from egiz.translate.errors import InputError, OptionError

CASES = Path(__file__).resolve().parents[1] / "cases" / "term_bad_files.json"


def cases() -> list[Any]:
    rows = json.loads(CASES.read_text(encoding="utf-8"))
    return [pytest.param(row, id=f"{row['file'].partition('.')[2]}-{row['why']}") for row in rows]


@pytest.mark.parametrize("case", cases())
def test_is_refused(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = case["content"].encode(case.get("encoding", "utf-8"), case.get("errors", "strict"))
    Path(case["file"]).write_bytes(data)
    with pytest.raises(InputError) as caught:
        load(case["file"])
    for part in case["says"]:
        assert part in str(caught.value)


def test_json_that_is_nested_too_deeply(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text('{"terms": [' + "[" * 200_000, encoding="utf-8")
    with pytest.raises(InputError, match="nested too deeply"):
        load(path)


def test_xml_that_is_nested_too_deeply(tmp_path: Path) -> None:
    path = tmp_path / "deep.tbx"
    path.write_text("<martif>" + "<text>" * 10_000, encoding="utf-8")
    with pytest.raises(InputError, match="not well-formed XML"):
        load(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.tsv: No such file"):
        load(tmp_path / "none.tsv")


def test_an_encoding_is_obeyed_for_tables_and_refused_for_xml(tmp_path: Path) -> None:
    table, xml = tmp_path / "a.csv", tmp_path / "a.tbx"
    table.write_bytes("ru;en\nслово;word\n".encode("cp1251"))
    xml.write_text("<martif/>", encoding="utf-8")
    assert load(table, "cp1251").terms[0].wordings[0].text == "слово"
    with pytest.raises(OptionError, match="no text encoding is called"):
        load(table, "cp12521")
    with pytest.raises(OptionError, match="XML names its own"):
        load(xml, "cp1251")
