"""The book: what the standard asks of its package, and hostile text in it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from egiz.parallel.corpus.formats import FORMATS, write_book
from egiz.parallel.corpus.texts import MAX_PARAGRAPH_ROWS, xml_text
from egiz.parallel.publish.published import open_published
from egiz.parallel.rows import Row
from tests.parallel.conftest import Publish

XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def book(table: Path, languages: tuple[str, ...] = ()) -> zipfile.ZipFile:
    path = write_book(open_published(table), FORMATS["epub"], table.parent / "book.epub", languages)
    return zipfile.ZipFile(io.BytesIO(path.read_bytes()))


def page(pack: zipfile.ZipFile, name: str) -> etree._Element:
    return etree.fromstring(pack.read(f"EPUB/{name}"))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory, rows: list[Row], publish: Publish) -> zipfile.ZipFile:
    return book(publish(tmp_path_factory.mktemp("epub"), rows))


def test_the_package_begins_as_reading_programs_expect(pack: zipfile.ZipFile) -> None:
    first = pack.infolist()[0]
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert pack.read("mimetype") == b"application/epub+zip"
    assert {info.date_time for info in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    container = etree.fromstring(pack.read("META-INF/container.xml"))
    assert container.find(".//{*}rootfile").get("full-path") in pack.namelist()


def test_every_file_is_listed_once_and_every_listed_one_is_there(pack: zipfile.ZipFile) -> None:
    package = page(pack, "package.opf")
    listed = [item.get("href") for item in package.iter(f"{OPF}item")]
    files = [name.removeprefix("EPUB/") for name in pack.namelist() if name.startswith("EPUB/")]
    assert sorted([*listed, "package.opf"]) == sorted(files)
    spine = [item.get("idref") for item in package.iter(f"{OPF}itemref")]
    assert spine == ["front", "chapter0001", "chapter0002"]
    [contents] = [item for item in package.iter(f"{OPF}item") if item.get("properties") == "nav"]
    links = [link.get("href") for link in page(pack, contents.get("href")).iter(f"{XHTML}a")]
    assert links == ["chapter0001.xhtml", "chapter0002.xhtml"]


def test_the_metadata_names_title_languages_licences_and_sources(pack: zipfile.ZipFile) -> None:
    package = page(pack, "package.opf")
    texts = {
        name: [item.text for item in package.iter(f"{DC}{name}")]
        for name in ("title", "language", "rights", "source")
    }
    assert texts == {
        "title": ["Қайта құру"],
        "language": ["kk", "ru", "en"],
        "rights": ["source texts: CC-BY-SA-4.0"],
        "source": ["Қайта құру", "Құбыр | құрылыс"],
    }
    [identifier] = package.iter(f"{DC}identifier")
    assert identifier.get("id") == package.get("unique-identifier")
    assert str(identifier.text).startswith("urn:uuid:")


def test_every_cell_says_its_language_and_doubtful_ones_are_marked(pack: zipfile.ZipFile) -> None:
    for name in ("chapter0001.xhtml", "chapter0002.xhtml"):
        root = page(pack, name)
        for row in root.iter(f"{XHTML}tr"):
            cells = row.findall(f"{XHTML}td")
            assert [cell.get("lang") for cell in cells] in ([], ["kk", "ru", "en"])
            assert [cell.get(LANG) for cell in cells] == [cell.get("lang") for cell in cells]
    doubtful = [cell.text for cell in page(pack, "chapter0002.xhtml").iterfind(".//{*}td[@class='doubtful']")]
    assert doubtful == [None, "The the the the the."]


def test_poor_translations_are_shaded_as_the_page_marks_them_unless_a_person_wrote_them(
    rows: list[Row], tmp_path: Path, publish: Publish
) -> None:
    ways = [("ok", 0.05), ("ok", 0.3), ("edited", 0.05), ("approved", 0.05), ("suspect", 0.9)]
    made = [
        replace(
            rows[0],
            id=f"d:1.{number}",
            targets=tuple(
                replace(item, text=f"{status} {quality}", status=status, quality=quality, edits=())
                for item in rows[0].targets
            ),
        )
        for number, (status, quality) in enumerate(ways, start=1)
    ]
    root = page(book(publish(tmp_path, made), ("ru",)), "chapter0001.xhtml")
    doubtful = [cell.text for cell in root.iterfind(".//{*}td[@class='doubtful']")]
    assert doubtful == ["ok 0.05", "suspect 0.9"]


def test_a_paragraph_is_a_table_and_only_the_first_has_headings(
    rows: list[Row], tmp_path: Path, publish: Publish
) -> None:
    made = [replace(rows[0], id=f"d:{paragraph}.{index}") for paragraph in (1, 2) for index in (1, 2, 3)]
    root = page(book(publish(tmp_path, made)), "chapter0001.xhtml")
    tables = list(root.iter(f"{XHTML}table"))
    assert [len(table.findall(f".//{XHTML}td")) for table in tables] == [9, 9]
    assert [len(table.findall(f".//{XHTML}th")) for table in tables] == [3, 0]


def test_a_long_document_is_several_files(rows: list[Row], tmp_path: Path, publish: Publish) -> None:
    made = [
        replace(rows[0], id=f"d:{number // 3 + 1}.{number % 3 + 1}")
        for number in range(2 * MAX_PARAGRAPH_ROWS + 5)
    ]
    pack = book(publish(tmp_path, made))
    titles = [link.text for link in page(pack, "nav.xhtml").iter(f"{XHTML}a")]
    assert titles == ["d", "d (2)", "d (3)"]
    counts = [len(list(page(pack, f"chapter000{n}.xhtml").iter(f"{XHTML}tr"))) - 1 for n in (1, 2, 3)]
    assert sum(counts) == len(made)


@pytest.mark.parametrize(
    "text",
    [
        "</td></table><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "&amp; &#x0; ]]> <!-- -->",
        "\u202eنص\u202c \u200b\u2066",
        "\ufffe\uffff\U0001fffe",
        "я" * 100_000,
    ],
)
def test_hostile_text_stays_text(text: str, rows: list[Row], tmp_path: Path, publish: Publish) -> None:
    row = replace(rows[0], id="<b>&:1.1", document="<b>&", source=text)
    root = page(book(publish(tmp_path, [row])), "chapter0001.xhtml")
    cell = root.find(".//{*}td")
    assert cell.text == text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    assert not list(cell)
    assert root.find(".//{*}h2").text == "<b>&"


def test_a_language_from_right_to_left_says_so(tmp_path: Path) -> None:
    head = "\t".join(
        ("id", "kk", "ar", *(f"ar.{kind}" for kind in ("quality", "status", "flags", "terms", "mt")))
    )
    table = tmp_path / "table.tsv"
    table.write_text(f"{head}\nd:1.1\tсөз\tكلمة\t\tok\t\t\t\n", encoding="utf-8")
    cells = page(book(table), "chapter0001.xhtml").findall(".//{*}td")
    assert [cell.get("dir") for cell in cells] == ["ltr", "rtl"]


def test_characters_that_xml_lacks_are_replaced() -> None:
    assert xml_text("a\x00b\x0bc\ud800<") == "a\ufffdb\ufffdc\ufffd&lt;"
