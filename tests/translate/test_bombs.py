"""Files that are small and want to be large: refused in words before they take time or memory."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import pytest

from egiz.translate.errors import InputError
from egiz.translate.io import archive, xml
from egiz.translate.io.archive import Archive, beside
from egiz.translate.io.files import MAX_NESTING, read_json, read_whole
from egiz.translate.io.xml import parse_html, parse_xml, stream_xml, xml_root
from egiz.translate.read import ReadOptions, read


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
        warnings.simplefilter("ignore")
        for name, content in members:
            pack.writestr(name, content)
    return stream.getvalue()


def test_a_member_that_states_a_small_size_is_unpacked_no_further() -> None:
    data = bytearray(zipped(("a", bytes(50_000_000))))
    struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 24, 1000)
    pack = Archive(bytes(data), where="x")
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=r"x: a: cannot be unpacked \(Bad CRC"):
            pack.read("a")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_member_that_ends_before_its_size() -> None:
    whole = zipped(("a", b"text"))
    data = bytearray(whole)
    struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 24, 1000)
    with pytest.raises(InputError, match="cannot be unpacked"):
        Archive(bytes(data), where="x").read("a")
    assert Archive(whole, where="x").read("a") == b"text"


def test_a_member_that_stands_twice_is_refused_when_it_is_read() -> None:
    pack = Archive(zipped(("a", b"1"), ("a", b"2"), ("b", b"3")), where="x")
    assert pack.read("b") == b"3"
    with pytest.raises(InputError, match="x: a: stands twice in the archive"):
        pack.read("a")


def test_a_long_list_of_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    assert len(Archive(zipped(*((str(number), b"") for number in range(3))), where="x").names) == 3
    with pytest.raises(InputError, match="x: lists over 3 members"):
        Archive(zipped(*((str(number), b"") for number in range(4))), where="x")


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("../../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("..\\..\\a", "OEBPS/..\\..\\a"),
        ("./a/../b", "OEBPS/b"),
        ("file:///etc/passwd", "OEBPS/file:/etc/passwd"),
        ("//host/a", "host/a"),
    ],
)
def test_names_lead_nowhere_but_into_the_archive(target: str, found: str) -> None:
    assert beside("OEBPS/book.opf", target) == found
    with pytest.raises(InputError, match="is missing from the archive"):
        Archive(zipped(("OEBPS/book.opf", b"")), where="x").read(found)


def test_a_link_is_read_as_the_text_it_is() -> None:
    link = zipfile.ZipInfo("word/document.xml")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as pack:
        pack.writestr(link, "/etc/passwd")
    assert Archive(stream.getvalue(), where="x").read("word/document.xml") == b"/etc/passwd"


def test_markup_of_countless_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MOST_MARKS", 100)
    text = "<p>" + '<a b=""/>' * 60 + "</p>"
    with pytest.raises(InputError, match="x: holds over 100 marks"):
        parse_xml(text.encode(), where="x")
    with pytest.raises(InputError, match="x: holds over 100 marks"):
        parse_html(text, where="x")


@pytest.mark.parametrize("pattern", ["b{} ", 'b{}="<" ', "b{}='>' ", "b{}/", 'b{}="a"', "b{} = c "])
def test_an_element_of_countless_attributes(pattern: str) -> None:
    many = "".join(pattern.format(number) for number in range(xml.MOST_ATTRIBUTES + 1))
    with pytest.raises(InputError, match=r"x: line 2 has an element of over 10,000 attributes"):
        parse_html(f"<p>a</p>\n<p {many}>b</p>", where="x")
    few = "".join(pattern.format(number) for number in range(50))
    assert parse_html(f"<p {few}>b</p>" * 20, where="x") is not None


def test_long_attributes_and_long_texts_are_no_countless_attributes() -> None:
    picture = '<p><img src="data:image/png;base64,' + "iVBORw0KGgo/" * 5000 + '" alt="a b c"></p>'
    script = "<script>for(i=0;i<n;i++){" + "a[i] = b; " * 3000 + "}</script>"
    assert parse_html(picture + script, where="x") is not None


def test_a_document_type_that_goes_on_and_on(tmp_path: Path) -> None:
    declared = "".join(f"a{number} CDATA #IMPLIED " for number in range(4000))
    data = f"<!DOCTYPE x [<!ATTLIST x {declared}>]><x/>".encode()
    (tmp_path / "x.xml").write_bytes(data)
    with pytest.raises(InputError, match="x: has no element in its first 64 KB"):
        parse_xml(data, where="x")
    with pytest.raises(InputError, match=r"x\.xml:1: has no element in its first 64 KB"):
        xml_root(tmp_path / "x.xml")
    with pytest.raises(InputError, match=r"x\.xml:1: has no element in its first 64 KB"):
        list(stream_xml(tmp_path / "x.xml", ["x"]))


def test_markup_longer_than_its_head_is_read_whole(tmp_path: Path) -> None:
    text = f"<?xml version='1.0'?><!-- a --><x>{'<y>сөз</y>' * 20_000}</x>"
    for encoding in ("utf-8", "utf-16"):
        data = text.replace("?>", f" encoding='{encoding}'?>", 1).encode(encoding)
        (tmp_path / "x.xml").write_bytes(data)
        assert sum(1 for _ in parse_xml(data, where="x").iter()) == 20_001
        assert sum(1 for _ in stream_xml(tmp_path / "x.xml", ["y"])) == 20_000


def test_a_file_that_never_ends_is_read_no_further_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InputError, match=r"a\.json: is larger than 1 MB"):
        read_whole(path, most=1 << 20)
    if os.name == "posix":
        with pytest.raises(InputError, match="/dev/zero: is larger than 1 MB"):
            read_whole(Path("/dev/zero"), most=1 << 20)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 200_000, "nested too deeply"),
        ("[" * (MAX_NESTING + 2) + "]" * (MAX_NESTING + 2), "nested too deeply"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": "\\ud800"}', "half of a surrogate pair"),
        ("9" * 5000, "is not JSON as it should be"),
        ('{"a": 1,}', r"a\.json:1:9: is not JSON"),
        ("", r"a\.json:1:1: is not JSON"),
        ("\x00", "is not JSON"),
    ],
    ids=range(8),
)
def test_json_that_no_one_could_write_again(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_json(path)


def test_json_of_every_usual_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("\ufeff" + "[" * MAX_NESTING + '"\\ud83d\\ude00"' + "]" * MAX_NESTING, encoding="utf-8")
    value = read_json(path)
    for _ in range(MAX_NESTING):
        [value] = value
    assert value == "😀"
    path.write_text("1", encoding="utf-8")
    assert read_json(path) == 1


MIXED = "Бірінші сөйлем.\r\nЕкінші сөйлем.\rҮшінші сөйлем.\u2028Төртінші сөйлем.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_marks_encodings_and_line_ends_make_no_difference(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(MIXED.encode(encoding))
    [document] = read(path, ReadOptions(language="kk"))
    assert document.text.split("\n")[:4] == [
        "Бірінші сөйлем.",
        "Екінші сөйлем.",
        "Үшінші сөйлем.",
        "Төртінші сөйлем.",
    ]
