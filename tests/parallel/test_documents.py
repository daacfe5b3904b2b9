"""What becomes of documents in a build: headings, files left out, languages, endless lines."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from egiz.parallel.build.build import Built, build
from egiz.parallel.corpus.formats import FORMATS, write_book
from egiz.parallel.publish import read_tsv
from egiz.parallel.publish.destination import is_output
from egiz.parallel.publish.published import open_published
from egiz.parallel.reader import load
from egiz.parallel.reader.pack import pack
from egiz.parallel.reader.records import BANDS
from egiz.parallel.summary import OutlineEntry, outline_of
from egiz.translate.records import Document, Heading, LeftOut
from egiz.translate.translator import Translator
from tests.parallel.test_build import MANIFEST, READING, engine

BOOK = """<title>Кітап</title><h1>Кітабым</h1><p>Алғы сөз осы.</p><h2>Бірінші тарау</h2><p>Ол үйге келді.</p>
<h3>Бөлім</h3><p>Таң атты.</p><h2>Екінші тарау</h2><p>Күн шықты. Бәрі бітті.</p>"""
OUTLINE = (
    OutlineEntry(paragraph=1, level=1),
    OutlineEntry(paragraph=3, level=2),
    OutlineEntry(paragraph=5, level=3),
    OutlineEntry(paragraph=7, level=2),
)
XHTML = "{http://www.w3.org/1999/xhtml}"


def built(sources: list[Path], output: Path) -> Built:
    translator = Translator(engine(), "kk", ("ru", "en"))
    return build(sources, output, translator, manifest=MANIFEST, reading=READING)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a build of a folder with a book, files that cannot be read, and an earlier output."""
    base = tmp_path_factory.mktemp("documents")
    shelf = base / "shelf"
    shelf.mkdir()
    (shelf / "book.html").write_text(BOOK, encoding="utf-8")
    built([shelf], shelf.parent / "earlier")
    (base / "earlier").rename(shelf / "earlier")
    (shelf / "earlier" / "README.md").write_text("# Өзгерген\n", encoding="utf-8")
    (shelf / "empty.txt").touch()
    (shelf / "film.ass").write_text("1\n", encoding="utf-8")
    made = built([shelf], base / "out")
    assert made.unread == 1
    return base / "out"


def test_headings_and_left_out_files_stand_in_package_and_card(folder: Path) -> None:
    published = open_published(folder)
    assert published.provenance is not None
    assert published.title == "Кітап"
    assert published.sources[0].outline == OUTLINE
    left = {item.path: item.reason for item in published.provenance.left_out}
    assert left["shelf/empty.txt"] == "is empty"
    assert left["shelf/film.ass"] == "subtitles of a kind that is not read"
    earlier = [path for path, reason in left.items() if reason.startswith("made by Egiz")]
    assert set(earlier) == {f"shelf/earlier/{name}" for name in ("README.md", "page.html")}
    assert {row.id.partition(":")[0] for row in published.rows()} == {"book"}
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "## Files left out" in card
    assert "| `shelf/empty.txt` | is empty |" in card


def test_the_page_has_the_outline(folder: Path) -> None:
    [document] = pack(load(folder), BANDS, "")["documents"]
    assert document["headings"] == [[1, 1], [3, 2], [5, 3], [7, 2]]


def test_a_book_has_a_file_and_an_entry_for_each_chapter(folder: Path, tmp_path: Path) -> None:
    path = write_book(open_published(folder), FORMATS["epub"], tmp_path / "book.epub", ())
    with zipfile.ZipFile(path) as pack:
        contents = etree.fromstring(pack.read("EPUB/nav.xhtml"))
        entries = [(link.get("href"), link.text) for link in contents.iter(f"{XHTML}a")]
        second = etree.fromstring(pack.read("EPUB/chapter0002.xhtml"))
    assert entries == [
        ("chapter0001.xhtml", "Кітабым"),
        ("chapter0002.xhtml", "Бірінші тарау"),
        ("chapter0003.xhtml", "Екінші тарау"),
    ]
    assert next(second.iter(f"{XHTML}h3")).text == "Бірінші тарау"
    assert next(second.iter(f"{XHTML}h4")).text == "Бөлім"
    assert len(list(second.iter(f"{XHTML}tr"))) == 1 + 4


def test_a_word_document_has_headings_and_keeps_all_rows(folder: Path, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    path = write_book(open_published(folder), FORMATS["docx"], tmp_path / "book.docx", ())
    document = docx.Document(io.BytesIO(path.read_bytes()))
    headings = [
        (item.style.name, item.text.split(" · ")[0])
        for item in document.paragraphs
        if item.style.name.startswith("Heading")
    ]
    assert headings == [
        ("Heading 1", "Кітап"),
        ("Heading 2", "Кітабым"),
        ("Heading 3", "Бірінші тарау"),
        ("Heading 4", "Бөлім"),
        ("Heading 3", "Екінші тарау"),
    ]
    cells = [
        row.cells[0].text for table in document.tables for row in table.rows if row.cells[0].text != "Kazakh"
    ]
    assert cells == ["Алғы сөз осы.", "Ол үйге келді.", "Таң атты.", "Күн шықты.", "Бәрі бітті."]


def test_chapters_of_the_contents_and_wrapped_headings_find_their_paragraphs() -> None:
    headings = (
        Heading(start=0, stop=0, level=1, title="Бір"),
        Heading(start=10, stop=20, level=2),
        Heading(start=30, stop=35, level=3),
    )
    document = Document(id="a", language="kk", text="", headings=headings)
    starts = [(1, 0), (2, 10), (3, 15), (4, 22), (5, 31)]
    assert outline_of(document, starts) == (
        OutlineEntry(paragraph=1, level=1, title="Бір"),
        OutlineEntry(paragraph=2, level=2),
        OutlineEntry(paragraph=3, level=2),
        OutlineEntry(paragraph=5, level=3),
    )


def test_the_wrong_language_is_warned_of_and_copies_are_flagged(tmp_path: Path) -> None:
    source = tmp_path / "eng.txt"
    source.write_text("This is an English text about history. It has two sentences.\n", encoding="utf-8")
    made = built([source], tmp_path / "out")
    assert made.warnings == ("eng is in English, not in Kazakh: is --from right?",)
    first = next(read_tsv(tmp_path / "out" / "parallel.tsv"))
    target = {item.language: item for item in first.targets}["en"]
    assert (target.text, target.status, target.flags) == (first.source, "suspect", ("kept",))


def test_a_quoted_sentence_of_the_target_language_passes_through(tmp_path: Path) -> None:
    quoted = "В учебнике сказано, что битва произошла весной этого года."
    source = tmp_path / "a.txt"
    kazakh = "Абылай хан 1711 жылы дүниеге келді. Оның билігі ұзаққа созылды. Ол үш жүздің басын қосты."
    source.write_text(f"{kazakh}\n\n{quoted}\n", encoding="utf-8")
    made = built([source], tmp_path / "out")
    *_, row = read_tsv(tmp_path / "out" / "parallel.tsv")
    assert made.warnings == ()
    assert [(item.text == quoted, item.flags) for item in row.targets] == [(True, ("kept",)), (False, ())]


@pytest.mark.parametrize(
    "line", ["сөз" * 25_000, "word" * 20_000, "бір сөз " * 9_000], ids=["kk", "ascii", "words"]
)
def test_no_engine_is_asked_for_an_endless_line(line: str, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(f"Бір сөйлем бар.\n\n{line}\n", encoding="utf-8")
    asked = engine()
    translator = Translator(asked, "kk", ("ru",))
    build([source], tmp_path / "out", translator, manifest=MANIFEST, reading=READING)
    _, row = read_tsv(tmp_path / "out" / "parallel.tsv")
    assert [(item.status, item.flags, item.text) for item in row.targets] == [("failed", ("endless",), "")]
    assert all(len(text) < 100 for texts in asked.asked for text in texts)


def test_output_is_told_from_sources(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text("# Менің мәтінім\n", encoding="utf-8")
    (tmp_path / "empty.md").touch()
    names = sorted(
        path.name for path in folder.iterdir() if not path.name.startswith(".") and is_output(path)
    )
    assert names == sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    assert not any(map(is_output, tmp_path.iterdir()))


def test_the_account_does_not_change_with_what_is_read(folder: Path) -> None:
    made = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["egiz"]["leftOut"]
    assert [item["path"] for item in made] == sorted(item["path"] for item in made)
    assert LeftOut(path="shelf/empty.txt", reason="is empty", failed=True) in [
        LeftOut(path=item["path"], reason=item["reason"], failed=item.get("failed", False)) for item in made
    ]
