"""Term bases as translation programs write them: languages, statuses, notes, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from egiz.glossary.formats import FORMATS
from egiz.glossary.records import TermBase
from egiz.glossary.termbase import load
from egiz.translate.errors import InputError, OptionError
from tests.glossary.bases import bare

CASES = Path(__file__).resolve().parents[1] / "cases"


def cases() -> list[Any]:
    rows = json.loads((CASES / "term_bases.json").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["file"]) for row in rows]


def read(case: dict[str, Any], folder: Path) -> TermBase:
    """Read the file of a case, in the encoding that the program writes."""
    text = (CASES / "term_bases" / case["file"]).read_bytes().decode("utf-8")
    path = folder / case["file"]
    path.write_bytes(text.encode(case.get("encoding", "utf-8")))
    languages = case.get("languages", (None, None))
    return load(path, columns=case.get("columns"), languages=(languages[0], languages[1]))


@pytest.mark.parametrize("case", cases())
def test_is_read(case: dict[str, Any], tmp_path: Path) -> None:
    base = read(case, tmp_path)
    found = [[[word.tag, word.text, word.status] for word in term.wordings] for term in base.terms]
    assert found == case["wordings"]
    words = [word for term in base.terms for word in term.wordings]
    assert [word.text for word in words if word.case_sensitive] == case.get("case_sensitive", [])
    for field, values in (("note", "notes"), ("subject", "subjects")):
        assert [getattr(term, field) for term in base.terms] == case.get(values, [""] * len(base.terms))
    if "ids" in case:
        assert [term.id for term in base.terms] == case["ids"]


@pytest.mark.parametrize("case", cases())
def test_names_what_is_left_out_and_assumed(case: dict[str, Any], tmp_path: Path) -> None:
    base = read(case, tmp_path)
    for said, lines in ((case.get("unread", []), base.unread), (case.get("assumed", []), base.assumed)):
        for part in said:
            assert [line for line in lines if part in line]
    assert len([line for line in base.unread if not line[0].isdecimal()]) <= len(case.get("unread", []))


@pytest.mark.parametrize(
    ("status", "means"),
    [
        ("Preferred", "preferred"),
        ("admitted", "accepted"),
        ("Approved", "preferred"),
        ("do-not-use", "forbidden"),
        ("Not recommended", "forbidden"),
        ("DEPRECATED", "forbidden"),
        ("Запрещён", "forbidden"),
        ("тыйым салынған", "forbidden"),
        ("not approved", None),
        ("proposed", None),
        ("42", None),
    ],
)
@pytest.mark.parametrize("column", ["ru_status", "ru.status", "Russian Status", "status"])
def test_an_unknown_status_makes_no_wording_usable(
    status: str, means: str | None, column: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"en,ru,{column}\nsea,море,\nlake,озеро,{status}\n", encoding="utf-8")
    base = load(path)
    found = [word.status for term in base.terms for word in term.wordings if word.text == "озеро"]
    assert found == ([means] if means else [])
    assert bool(base.unread) == (means is None)
    assert means or repr(status) in base.unread[0]


@pytest.mark.parametrize(
    ("flag", "means"), [("True", "forbidden"), ("да", "forbidden"), ("0", "preferred"), ("", "preferred")]
)
def test_a_flag_forbids(flag: str, means: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"en;ru;ru forbidden\nlake;озеро;{flag}\n", encoding="utf-8")
    assert [word.status for word in load(path).terms[0].wordings] == ["preferred", means]


@pytest.mark.parametrize(
    ("text", "name", "columns", "says"),
    [
        (
            "source,target\na,b\n",
            "a.csv",
            None,
            ["do not say their languages", "--columns en=source,ru=target"],
        ),
        ("sea\tморе\n", "a.tsv", None, ["no column of wordings", "--columns en=1,ru=2"]),
        ("en,ru\nsea;море\n", "a.csv", None, ["a.csv:2: one cell, 'sea;море'", "expected 2 cells"]),
        ("a,b\nx,y\n", "a.csv", "en=a,ru=c", ["no column 'c'", "'a', 'b'"]),
        ("a,b\nx,y\n", "a.csv", "en=a,xx=b", ["'xx' is not known", "a language such as kk"]),
        ("a,b\nx,y\n", "a.csv", "en=a,b", ["'b'", "name=column"]),
        ("a,b\nx,y\n", "a.csv", "en=a,en=b", ["'en=b' stands twice"]),
    ],
)
def test_is_refused_with_advice(
    text: str,
    name: str,
    columns: str | None,
    says: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(text, encoding="utf-8")
    with pytest.raises((InputError, OptionError)) as caught:
        load(name, columns=columns)
    for part in says:
        assert part in str(caught.value)


def test_latin_text_is_not_taken_for_cyrillic(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("fr;de\nélève;Schüler\n".encode("cp1252"))
    with pytest.raises(InputError, match="is not UTF-8"):
        load(path)


def test_a_workbook_of_a_person(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Terms"
    for row in (
        ["№", "English", "Русский", "Статус"],
        [1, "Article 5", "статья 5", "Утверждено"],
        [2.0, 2024, 2025, None],
    ):
        book.active.append(row)
    book.create_sheet("old").append(["x"])
    book.save(tmp_path / "a.xlsx")
    base = load(tmp_path / "a.xlsx")
    assert [(term.id, *(word.text for word in term.wordings)) for term in base.terms] == [
        ("1", "Article 5", "статья 5"),
        ("2", "2024", "2025"),
    ]
    assert "'old' is not read" in base.assumed[0]


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 100])
def test_a_damaged_workbook_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(data)
    with pytest.raises(InputError, match=r"a\.xlsx"):
        load(tmp_path / "a.xlsx")


@pytest.mark.parametrize("case", cases())
def test_a_round_through_every_format_loses_only_what_it_names(case: dict[str, Any], tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    first = read(case, tmp_path)
    base, losses = first, []
    for name in ("tbx", "xlsx", "csv", "tsv", "json", "tbx2008"):
        written = FORMATS[name].write(base)
        losses += written.losses
        path = tmp_path / f"round{FORMATS[name].endings[0]}"
        path.write_bytes(written.content)
        base = load(path)
    if not losses:
        assert bare(base, by_language=True) == bare(first, by_language=True)
    else:
        assert {loss.what for loss in losses} == {
            "that no wording of a language is preferred (the first one is now)"
        }


def test_equal_bases_give_equal_workbooks() -> None:
    pytest.importorskip("openpyxl")
    base = load("government")
    assert FORMATS["xlsx"].write(base).content == FORMATS["xlsx"].write(base).content
