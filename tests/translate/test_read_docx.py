"""DOCX → paragraphs. The files are written by hand, so that no library stands between test and format."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.errors import InputError
from egiz.translate.io import archive
from egiz.translate.read import ReadOptions, read
from egiz.translate.read.docx import read_docx

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r" Type="{RELATION}/{{}}" Target="{{}}"/></Relationships>'
)
LAUGHS = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
)
KAZAKH = "әіңғүұқөһ ӘІҢҒҮҰҚӨҺ"


def packed(members: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    return stream.getvalue()


def docx(
    body: str, *, namespace: str = WORD, doctype: str = "", notes: str = "", main: str = "word/document.xml"
) -> bytes:
    """A Word document whose body and footnotes are given as WordprocessingML."""
    spaces = (
        f'xmlns:w="{namespace}" '
        'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": RELATIONS.format("officeDocument", main),
        main: f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{doctype}'
        f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
    }
    if notes:
        members["word/_rels/document.xml.rels"] = RELATIONS.format("footnotes", "footnotes.xml")
        members["word/footnotes.xml"] = f"<w:footnotes {spaces}>{notes}</w:footnotes>"
    return packed(members)


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*cells: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr></w:tbl>"


def text_of(data: bytes) -> str:
    return read_docx(data, where="a.docx").text


BODIES = {
    "paragraphs": (p(r("Бір "), r("екі")) + p() + p(r("үш")), "Бір екі\n\nүш"),
    "heading": (f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>{r("Тақырып")}</w:p>', "Тақырып"),
    "tabs and breaks": (
        p("<w:pPr><w:tabs><w:tab w:val='left' w:pos='1'/></w:tabs></w:pPr>", r("а</w:t><w:tab/><w:t>б"))
        + p(
            r(
                "а</w:t><w:br/><w:t>в</w:t><w:noBreakHyphen/><w:t>г</w:t><w:softHyphen/><w:t>ғ</w:t><w:cr/><w:t>д"
            )
        ),
        "а\tб\n\nа\nв-гғ\nд",
    ),
    "revisions": (
        p(r("а "), f"<w:ins>{r('жаңа')}</w:ins>", "<w:del><w:r><w:delText>ескі</w:delText></w:r></w:del>")
        + p(f"<w:moveFrom>{r('кеткен')}</w:moveFrom>", f"<w:moveTo>{r('келген')}</w:moveTo>"),
        "а жаңа\n\nкелген",
    ),
    "links, fields and content controls": (
        p(
            f"<w:hyperlink>{r('сілтеме')}</w:hyperlink>",
            "<w:r><w:instrText> PAGE </w:instrText></w:r>",
            f"<w:smartTag>{r(' ақылды')}</w:smartTag>",
        )
        + f"<w:sdt><w:sdtPr/><w:sdtContent>{p(r('ішкі'))}</w:sdtContent></w:sdt>",
        "сілтеме ақылды\n\nішкі",
    ),
    "table": (
        table(p(r("а")) + p(r("ә")), p(r("б")) + table(p(r("ұя"))) + p()) + table(p(r("в"))),
        "а\n\nә\n\nб\n\nұя\n\nв",
    ),
    "text box": (
        p(
            r("алды "),
            "<w:r><mc:AlternateContent>"
            f"<mc:Choice><w:txbxContent>{p(r('қорап'))}</w:txbxContent></mc:Choice>"
            f"<mc:Fallback><w:txbxContent>{p(r('қорап'))}</w:txbxContent></mc:Fallback>"
            "</mc:AlternateContent></w:r>",
            r("соңы"),
        ),
        "алды соңы\n\nқорап",
    ),
    "hidden": (
        p(
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>жоқ</w:t></w:r>",
            "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>бар</w:t></w:r>",
        ),
        "бар",
    ),
    "formula": (p(r("E = "), "<m:oMath><m:r><m:t>mc²</m:t></m:r></m:oMath>"), "E = mc²"),
    "symbols": (
        p(
            "<w:r><w:sym w:font='Arial' w:char='00A7'/><w:sym w:font='Wingdings' w:char='F0E0'/>"
            "<w:sym w:char='nonsense'/><w:sym/><w:sym w:char='D800'/><w:t>5</w:t></w:r>"
        ),
        "§→5",
    ),
    "ruby": (
        p(
            "<w:r><w:ruby><w:rt><w:r><w:t>kan</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase>"
            "</w:ruby></w:r>"
        ),
        "漢",
    ),
    "comments": (f"<!-- жоқ -->{p(r('а<!-- жоқ -->ә'))}", "аә"),
    "Kazakh": (p(r(KAZAKH)), KAZAKH),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("namespace", [WORD, STRICT])
def test_bodies(name: str, namespace: str) -> None:
    body, expected = BODIES[name]
    assert text_of(docx(body, namespace=namespace)) == expected


def test_notes_follow_the_body() -> None:
    notes = (
        f'<w:footnote w:type="separator" w:id="-1">{p(r("жоқ"))}</w:footnote>'
        f'<w:footnote w:id="1">{p("<w:r><w:footnoteRef/></w:r>", r(" Ескертпе."))}</w:footnote>'
    )
    body = p(r("Сөз"), '<w:r><w:footnoteReference w:id="1"/></w:r>', r("."))
    assert text_of(docx(body, notes=notes)) == "Сөз.\n\nЕскертпе."


def test_the_main_part_is_found_by_its_relationship() -> None:
    assert text_of(docx(p(r("а")), main="word/document2.xml")) == "а"


def test_a_file_without_extension_is_told_by_content(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    path.write_bytes(docx(p(r(KAZAKH))))
    (document,) = read(path, ReadOptions(language="kk"))
    assert document.text == KAZAKH
    path = path.rename(tmp_path / "letter.txt")
    with pytest.raises(
        InputError, match=r"is named \.txt but is a DOCX inside\. Give it the extension \.docx"
    ):
        list(read(path, ReadOptions(language="kk")))


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")), max_size=5
    )
)
def test_any_paragraphs_survive(texts: list[str]) -> None:
    expected = "\n\n".join(text.strip() for text in texts if text.strip())
    assert text_of(docx("".join(p(r(escape(text))) for text in texts))) == expected


@pytest.mark.parametrize(
    ("doctype", "body"),
    [
        (f"{LAUGHS}]>", p(r("&a9;"))),
        (f"{LAUGHS}]>", p(f"<w:r w:x='&a9;'>{r('а')}</w:r>")),
        (f"{LAUGHS}]>", p(r("а"))),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', p(r("&a;"))),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "http://localhost:1/">]>', p(r("&a;"))),
        ('<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>', p(r("а"))),
        ("", p(r("&nope;"))),
        ("", "<w:p>"),
        ("", p(r("\x01"))),
    ],
    ids=[
        "laughs",
        "laughs in attribute",
        "laughs unused",
        "file",
        "network",
        "parameter",
        "unknown",
        "open",
        "control",
    ],
)
def test_hostile_xml_is_refused(doctype: str, body: str) -> None:
    with pytest.raises(
        InputError, match=r"a\.docx: word/document\.xml: (declares XML entities|is not well-formed)"
    ):
        text_of(docx(body, doctype=doctype))


def test_nested_tables_are_read_or_refused() -> None:
    def nested(depth: int) -> bytes:
        return docx("<w:tbl><w:tr><w:tc>" * depth + p(r("ұя")) + "</w:tc></w:tr></w:tbl>" * depth)

    assert text_of(nested(60)) == "ұя"
    with pytest.raises(InputError, match="is not well-formed XML"):
        text_of(nested(5000))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(
        InputError, match=r"word/document\.xml: unpacks from \d+ to 2\d+ bytes, as a zip bomb does"
    ):
        text_of(docx(p(r(" " * 20_000_000))))


def test_the_total_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1500)
    assert text_of(docx(p(r("а")))) == "а"
    with pytest.raises(InputError, match="zip bomb"):
        text_of(docx(p(r("абвг" * 300))))


def test_a_size_that_lies_is_an_error() -> None:
    data = bytearray(docx(p(r("сөз " * 5000))))
    entry = data.rindex(b"word/document.xml") - 46
    struct.pack_into("<I", data, entry + 24, 100)
    with pytest.raises(InputError, match=r"word/document\.xml: cannot be unpacked"):
        text_of(bytes(data))


def test_damaged_and_locked_archives() -> None:
    whole = docx(p(r("сөз")))
    with pytest.raises(InputError, match=r"a\.docx: is a damaged ZIP archive"):
        text_of(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"word/document\.xml: is missing from the archive"):
        text_of(packed({"[Content_Types].xml": "<Types/>"}))
    locked = bytearray(whole)
    entry = locked.rindex(b"word/document.xml") - 46
    struct.pack_into("<H", locked, entry + 8, 1)
    with pytest.raises(InputError, match="is locked by a password"):
        text_of(bytes(locked))


def test_any_damage_gives_a_text_or_one_clear_message(tmp_path: Path) -> None:
    whole = docx(p(r("сөз")), notes=f"<w:footnote>{p(r('ескертпе'))}</w:footnote>")
    path, messages = tmp_path / "a.docx", []
    for place in range(4, len(whole), 5):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            (document,) = read(path, ReadOptions(language="kk"))
        except InputError as error:
            messages.append(str(error))
        else:
            assert document.text.startswith("сөз")
    assert len(messages) > 100
    assert not any("\n" in message for message in messages)


def test_other_zip_files_are_named(tmp_path: Path) -> None:
    kinds = {
        "ppt/presentation.xml": "a PowerPoint file",
        "content.xml": "OpenDocument",
        "a.txt": "a ZIP archive",
    }
    for member, name in kinds.items():
        path = tmp_path / "a.bin"
        path.write_bytes(packed({member: ""}))
        with pytest.raises(InputError, match=f"is .*{name}"):
            list(read(path, ReadOptions(language="kk")))
