"""Bilingual files that are broken or meant to do harm: an error with the place, and nothing fetched."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.parallel.bitext import Segment, read_bitext
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.xml import MAX_UNIT_BYTES

CASES = Path(__file__).parent.parent / "cases" / "bitext"
MALFORMED = json.loads((CASES / "malformed.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case["name"])
def test_malformed_files_are_refused_with_their_place(tmp_path: Path, case: dict[str, str]) -> None:
    path = tmp_path / case["file"]
    path.write_text(case["text"], encoding="utf-8", newline="\n")
    with pytest.raises(InputError) as raised:
        list(read_bitext(path, "en", "ru"))
    message = str(raised.value)
    assert message.startswith(str(path))
    assert case["message"] in message
    assert "root:" not in message


@pytest.mark.parametrize("name", ["x.tsv", "x.tmx", "x.xlf", "x.po", "x"])
def test_files_that_are_not_there_or_are_folders(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="No such file"):
        list(read_bitext(tmp_path / name))
    (tmp_path / name).mkdir()
    with pytest.raises(InputError, match="is a folder without a published table"):
        list(read_bitext(tmp_path / name))


def test_a_byte_that_is_not_utf8_is_placed(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes("ä\tb\nab".encode() + b"\xff\tc\n")
    with pytest.raises(InputError, match=r"x\.tsv:2:3: byte 0xff is not UTF-8"):
        list(read_bitext(path, "en", "ru"))


def test_a_line_that_does_not_end(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    with path.open("wb") as file:
        file.write(b"a\tb\n")
        file.truncate(1 << 30)
    with pytest.raises(InputError, match=r"x\.tsv:2: a line that does not end"):
        list(read_bitext(path, "en", "ru"))


def test_an_entry_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("egiz.parallel.bitext.po.LONGEST_ENTRY", 1000)
    path = tmp_path / "x.po"
    path.write_text('msgid "a"\nmsgstr ""\n' + '"bbbbbbbbbb"\n' * 200, encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.po:1: an entry that does not end"):
        list(read_bitext(path, "en", "ru"))


def test_a_unit_that_does_not_end(tmp_path: Path) -> None:
    path = tmp_path / "x.tmx"
    with path.open("wb") as file:
        file.write(b'<tmx version="1.4"><body>\n<tu>')
        piece = b"<prop>" + b"a" * 1000 + b"</prop>"
        for _ in range(MAX_UNIT_BYTES // len(piece) + 200):
            file.write(piece)
        file.write(b"</tu></body></tmx>")
    with pytest.raises(InputError, match=r"x\.tmx:2: <tu> is larger than 16 MB"):
        list(read_bitext(path, "en", "ru"))


def test_a_document_type_is_passed_over_and_not_fetched(tmp_path: Path) -> None:
    path = tmp_path / "x.tmx"
    (tmp_path / "evil.dtd").write_text('<!ENTITY a "fetched">', encoding="utf-8")
    head = '<!DOCTYPE tmx SYSTEM "evil.dtd">\n<tmx version="1.4"><header srclang="en"/><body>'
    unit = '<tu><tuv xml:lang="en"><seg>{}</seg></tuv><tuv xml:lang="ru"><seg>b</seg></tuv></tu></body></tmx>'
    path.write_text(head + unit.format("a"), encoding="utf-8")
    [segment] = read_bitext(path)
    assert (segment.source, segment.target) == ("a", "b")
    path.write_text(head + unit.format("&a;"), encoding="utf-8")
    with pytest.raises(InputError, match="&a;"):
        list(read_bitext(path))


def test_nested_entities_are_refused_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "x.tmx"
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))
    path.write_text(f'<!DOCTYPE tmx [<!ENTITY a0 "ha">{laughs}]><tmx>&a29;</tmx>', encoding="utf-8")
    with pytest.raises(InputError):
        list(read_bitext(path))


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(["memory.tmx", "two.xlf", "three.xliff", "messages.po"]),
    cut=st.integers(0, 1800),
    junk=st.binary(max_size=6),
)
def test_damaged_files_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, cut: int, junk: bytes
) -> None:
    data = (CASES / name).read_bytes()
    path = tmp_path_factory.getbasetemp() / f"damaged-{name}"
    path.write_bytes(data[:cut] + junk + data[cut + len(junk) // 2 :])
    found: list[Segment] = []
    with contextlib.suppress(InputError, OptionError):  # anything else is a bug of ours
        found = list(read_bitext(path))
    assert all(segment.line and "\n" not in segment.source + segment.target for segment in found)
