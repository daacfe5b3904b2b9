"""EPUB → chapters in reading order. The books are written by hand."""

from __future__ import annotations

import io
import re
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
from egiz.translate.read.books import read_epub

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
KAZAKH = "әіңғүұқөһ ӘІҢҒҮҰҚӨҺ"


def book(
    chapters: Mapping[str, str],
    *,
    manifest: str = "",
    spine: str = "",
    metadata: str = "",
    extra: Mapping[str, str] | None = None,
) -> bytes:
    """A book of chapters (href below OEBPS → XHTML), in the spine in the given order unless that is given."""
    items = "".join(
        f'<item id="c{number}" href="{href}" media-type="application/xhtml+xml"/>'
        for number, href in enumerate(chapters)
    )
    order = spine or "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f'<manifest><item id="css" href="a.css" media-type="text/css"/>{items}{manifest}</manifest>'
        f"<spine>{order}</spine></package>"
    )
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package,
    }
    members |= {f"OEBPS/{href.replace('%20', ' ')}": content for href, content in chapters.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in (members | dict(extra or {})).items():
            pack.writestr(name, content)
    return stream.getvalue()


def page(body: str, *, prolog: str = "<!DOCTYPE html>") -> str:
    """A chapter: well-formed, with the self-closed title that an HTML parser takes for an open one."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{prolog}<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title/></head><body>{body}</body></html>'
    )


def text_of(data: bytes) -> str:
    return read_epub(data, where="a.epub").text


def test_chapters_come_in_the_order_of_the_spine() -> None:
    chapters = {
        "text/z.xhtml": page("<h1>Бірінші</h1>"),
        "a%20b.xhtml": page("<p>Екінші"),
        "c.xhtml": page("<p>Үш</p>"),
    }
    assert text_of(book(chapters)) == "Бірінші\n\nЕкінші\n\nҮш"
    spine = '<itemref idref="c2"/><itemref idref="c0" linear="no"/><itemref idref="c2"/>'
    assert text_of(book(chapters, spine=spine)) == "Үш\n\nБірінші"


def test_title_and_language_come_from_the_metadata(tmp_path: Path) -> None:
    metadata = (
        "<dc:title>\n  Абай  жолы </dc:title><dc:title>Екінші</dc:title><dc:language>kk-KZ</dc:language>"
    )
    path = tmp_path / "abai.epub"
    path.write_bytes(book({"a.xhtml": page(f"<p>{KAZAKH}</p>")}, metadata=metadata))
    (document,) = read(path, ReadOptions(language=""))
    assert (document.title, document.language, document.text) == ("Абай жолы", "kk", KAZAKH)
    (document,) = read(path, ReadOptions(language="ru", title="Менің"))
    assert (document.title, document.language) == ("Менің", "ru")


def test_page_numbers_note_marks_and_contents_are_no_text() -> None:
    contents = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    body = (
        '<p>Сөз<a epub:type="noteref" href="#n"><sup>1</sup></a> бөлі<span epub:type="pagebreak">12</span>'
        "неді.</p>"
        '<aside epub:type="footnote">Ескертпе.</aside>'
    )
    data = book(
        {"a.xhtml": page(body)},
        manifest=contents,
        spine='<itemref idref="nav"/><itemref idref="c0"/>',
        extra={"OEBPS/nav.xhtml": page("<h1>Мазмұны</h1>")},
    )
    assert text_of(data) == "Сөз бөлінеді.\n\nЕскертпе."


def test_a_cover_without_text_is_nothing() -> None:
    assert (
        text_of(book({"cover.xhtml": page("<img src='a.png'/>"), "a.xhtml": page("<p>Мәтін</p>")})) == "Мәтін"
    )


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")),
        min_size=1,
        max_size=4,
    )
)
def test_any_chapters_survive(texts: list[str]) -> None:
    chapters = {f"{number}.xhtml": page(f"<p>{escape(text)}</p>") for number, text in enumerate(texts)}
    paragraphs = [re.sub(" +", " ", text).strip() for text in texts]
    assert text_of(book(chapters)) == "\n\n".join(text for text in paragraphs if text)


BAD_BOOKS = [
    (book({"a.xhtml": page("а")}, spine='<itemref idref="x"/>'), r"book\.opf: the spine names 'x'"),
    (book({}, spine='<itemref idref="css"/>'), r"book\.opf: the spine names no chapters"),
    (
        book(
            {}, manifest='<item id="m" href="no.xhtml" media-type="text/html"/>', spine='<itemref idref="m"/>'
        ),
        r"OEBPS/no\.xhtml: is missing from the archive",
    ),
    (
        book(
            {},
            manifest='<item id="m" href="../../../etc/passwd" media-type="text/html"/>',
            spine='<itemref idref="m"/>',
        ),
        r"a\.epub: etc/passwd: is missing",
    ),
    (
        book(
            {"a.xhtml": "locked"},
            extra={"META-INF/encryption.xml": '<e><CipherReference URI="OEBPS/a.xhtml"/></e>'},
        ),
        r"OEBPS/a\.xhtml: is locked by rights management",
    ),
    (
        book({}, extra={"META-INF/container.xml": "<container/>"}),
        r"container\.xml: names no package document",
    ),
    (book({}, extra={"OEBPS/book.opf": "<package"}), r"book\.opf: is not well-formed XML"),
]


@pytest.mark.parametrize(("data", "says"), BAD_BOOKS)
def test_bad_books(data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        text_of(data)


def test_hostile_chapters_are_refused() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    prologs = [
        f'<!DOCTYPE html [<!ENTITY a0 "ha">{laughs}]>',
        '<!DOCTYPE html [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>',
    ]
    for prolog in prologs:
        with pytest.raises(InputError, match=r"a\.xhtml: (declares XML entities|is not well-formed)"):
            text_of(book({"a.xhtml": page("<p>&a9;</p>", prolog=prolog)}))


def test_a_bomb_among_the_chapters(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="zip bomb"):
        text_of(book({"a.xhtml": page(" " * 20_000_000)}))
    monkeypatch.setattr(archive, "MAX_UNPACKED", 10_000)
    chapters = {f"{number}.xhtml": page(f"<p>{KAZAKH}</p>" * 50) for number in range(5)}
    with pytest.raises(InputError, match=r"OEBPS/\d\.xhtml: unpacks"):
        text_of(book(chapters))
