"""OpenDocument text: packed and flat."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from egiz.translate.errors import InputError
from egiz.translate.read import ReadOptions, read
from egiz.translate.read.opendocument import read_opendocument
from egiz.translate.records import Document

_O = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = " ".join(
    f'xmlns:{name}="{_O}{full}:1.0"'
    for name, full in (
        ("office", "office"),
        ("text", "text"),
        ("style", "style"),
        ("draw", "drawing"),
        ("table", "table"),
        ("svg", "svg-compatible"),
    )
)
NAMES += ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
MIMETYPE = "application/vnd.oasis.opendocument.text"
STYLES = """<office:automatic-styles>
<style:style style:name="T1"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="T2"><style:text-properties style:text-position="-33% 58%"/></style:style>
<style:style style:name="T3"><style:text-properties text:display="none"/></style:style>
<style:style style:name="P9" style:parent-style-name="T3"/>
</office:automatic-styles>"""
CASES = {
    "paragraphs": (
        "<text:p>Бір</text:p><text:p/><text:p>екі <text:s text:c='3'/>үш</text:p>",
        ["Бір", "екі  үш"],
    ),
    "a heading": ("<text:h text:outline-level='2'>Тарау</text:h><text:p>Сөз</text:p>", ["2 Тарау", "Сөз"]),
    "white space": ("<text:p>бір\n   екі<text:tab/>үш<text:line-break/>төрт</text:p>", ["бір екі үш\nтөрт"]),
    "raised": ("<text:p>10<text:span text:style-name='T1'>24</text:span></text:p>", ["10²⁴"]),
    "lowered": ("<text:p>H<text:span text:style-name='T2'>2</text:span>O</text:p>", ["H₂O"]),
    "hidden": ("<text:p>а<text:span text:style-name='T3'>б</text:span>в</text:p>", ["ав"]),
    "hidden by a parent": ("<text:p text:style-name='P9'>а</text:p><text:p>б</text:p>", ["б"]),
    "a hidden section": (
        "<text:section text:display='none'><text:p>а</text:p></text:section><text:p>б</text:p>",
        ["б"],
    ),
    "a note": (
        (
            "<text:p>Сөз<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Ескерту."
            "</text:p></text:note-body></text:note>.</text:p><text:p>Екі</text:p>"
        ),
        ["Сөз.", "Екі", "Ескерту."],
    ),
    "deleted": (
        (
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>жоқ</text:p></text:deletion>"
            "</text:changed-region></text:tracked-changes><text:p>бар<text:change/></text:p>"
        ),
        ["бар"],
    ),
    "a remark": ("<text:p>а<office:annotation><text:p>жоқ</text:p></office:annotation>б</text:p>", ["аб"]),
    "a table": (
        (
            "<table:table><table:table-row><table:table-cell><text:p>а</text:p></table:table-cell>"
            "<table:table-cell><text:p>б</text:p></table:table-cell></table:table-row></table:table>"
        ),
        ["а", "б"],
    ),
    "a text box": (
        (
            "<text:p>бір <draw:frame><draw:text-box><text:p>іші</text:p></draw:text-box>"
            "<svg:title>сурет</svg:title></draw:frame>екі</text:p>"
        ),
        ["іші", "бір екі"],
    ),
    "contents": (
        (
            "<text:table-of-content><text:index-body><text:p>Тарау 1</text:p></text:index-body>"
            "</text:table-of-content><text:p>а <text:title>Атау</text:title></text:p>"
        ),
        ["а Атау"],
    ),
    "a formula": (
        "<text:p>x = <draw:frame><draw:object xlink:href='./Object 1'/></draw:frame></text:p>",
        ["x = 1/2"],
    ),
}
FORMULA = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mn>1</mn><mn>2</mn></mfrac></math>'


def packed(body: str, **parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", MIMETYPE)
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMES}>{STYLES}<office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>",
        )
        archive.writestr("Object 1/content.xml", FORMULA)
        for name, text in parts.items():
            archive.writestr(f"{name}.xml", text)
    return stream.getvalue()


@pytest.mark.parametrize("name", CASES)
def test_what_a_reader_sees_is_read(name: str) -> None:
    body, expected = CASES[name]
    blocks = read_opendocument(packed(body), where="x").blocks
    assert [f"{block.level} {block.text}" if block.level else block.text for block in blocks] == expected


def one(path: Path, data: bytes, language: str = "kk") -> Document:
    path.write_bytes(data)
    [document] = read(path, ReadOptions(language=language))
    return document


def test_title_language_and_margins_are_stated(tmp_path: Path) -> None:
    meta = (
        f"<office:document-meta {NAMES}><office:meta><dc:title>Атау</dc:title>"
        "<dc:language>kk-KZ</dc:language></office:meta></office:document-meta>"
    )
    styles = (
        f"<office:document-styles {NAMES}><style:header><text:p>Бет</text:p></style:header>"
        "</office:document-styles>"
    )
    found = one(tmp_path / "a.odt", packed("<text:p>а</text:p>", meta=meta, styles=styles), language="")
    assert (found.text, found.title, found.language, found.left_out) == (
        "а",
        "Атау",
        "kk",
        ("headers and footers",),
    )


def test_flat_documents_and_files_without_an_ending(tmp_path: Path) -> None:
    flat = (
        f'<?xml version="1.0"?><office:document {NAMES} office:mimetype="{MIMETYPE}">{STYLES}<office:body>'
        "<office:text><text:p>10<text:span text:style-name='T1'>24</text:span></text:p></office:text>"
        "</office:body></office:document>"
    )
    assert one(tmp_path / "a.fodt", flat.encode()).text == "10²⁴"
    assert one(tmp_path / "b", flat.encode()).text == "10²⁴"
    assert one(tmp_path / "c", packed("<text:p>а</text:p>")).text == "а"


def test_locked_and_damaged_documents_are_refused(tmp_path: Path) -> None:
    locked = io.BytesIO(packed("<text:p>а</text:p>"))
    with zipfile.ZipFile(locked, "a") as archive:
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    with pytest.raises(InputError, match=r"is locked by a password\. Save it without one"):
        one(tmp_path / "a.odt", locked.getvalue())
    with pytest.raises(InputError, match="damaged ZIP archive"):
        one(tmp_path / "a.odt", packed("<text:p>а</text:p>")[:200])
