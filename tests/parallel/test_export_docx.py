"""The Word document: opened by python-docx, and looked at as XML."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from egiz.parallel.corpus.formats import FORMATS, write_book
from egiz.parallel.publish.published import open_published
from egiz.parallel.rows import Row
from tests.parallel.conftest import Publish


def document(table: Path) -> Any:
    path = write_book(open_published(table), FORMATS["docx"], table.parent / "book.docx")
    return docx.Document(str(path))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, rows: list[Row], publish: Publish) -> Path:
    return publish(tmp_path_factory.mktemp("docx"), rows)


def test_each_document_has_a_heading_and_a_table_with_one_row_a_sentence(folder: Path) -> None:
    made = document(folder)
    headings = [item.text for item in made.paragraphs if item.style.name == "Heading 1"]
    assert headings == ["Қайта құру", "Құбыр | құрылыс"]
    published = list(open_published(folder).rows())
    cells = [[cell.text for cell in row.cells] for table in made.tables for row in table.rows[1:]]
    assert cells == [[row.source, *(target.text for target in row.targets)] for row in published]


def test_the_page_is_wide_and_the_headings_are_repeated(folder: Path) -> None:
    made = document(folder)
    [section] = made.sections
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert section.page_width > section.page_height
    for table in made.tables:
        first, second, *_ = table.rows
        assert [cell.text for cell in first.cells] == ["Kazakh", "Russian", "English"]
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        assert second._tr.trPr.find(qn("w:tblHeader")) is None


def test_every_run_says_its_language_and_doubtful_cells_are_shaded(folder: Path) -> None:
    made = document(folder)
    tags = [
        run._r.find(f".//{qn('w:lang')}").get(qn("w:val"))
        for table in made.tables
        for row in table.rows[1:]
        for cell in row.cells
        for run in cell.paragraphs[0].runs
    ]
    assert tags[:3] == ["kk", "ru", "en"]
    assert set(tags) == {"kk", "ru", "en"}
    shaded = [
        cell.text
        for table in made.tables
        for row in table.rows
        for cell in row.cells
        if cell._tc.tcPr.find(qn("w:shd")) is not None
    ]
    assert shaded == ["", "The the the the the."]


def test_nothing_tells_when_or_by_whom_it_was_made(folder: Path) -> None:
    about = document(folder).core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert (about.title, about.language, about.created.year) == ("Қайта құру", "kk", 1980)
    with zipfile.ZipFile(folder.parent / "book.docx") as pack:
        assert {info.date_time for info in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_front_says_who_translated_and_under_which_licences(folder: Path) -> None:
    text = "\n".join(item.text for item in document(folder).paragraphs)
    assert "Kazakh with translation into Russian and English" in text
    assert "model hand-made 0123abc" in text
    assert "Terms of use of the translation model hand-made: CC-BY-NC-4.0." in text
    assert "No licence is stated for part of the source texts" in text


@pytest.mark.parametrize(
    "text", ["</w:t></w:r><w:br/>", "&#x0; ]]>", "\ufffe\uffff", "\u202eنص\u202c\u200b", "я" * 100_000]
)
def test_hostile_text_stays_text(text: str, rows: list[Row], tmp_path: Path, publish: Publish) -> None:
    made = document(publish(tmp_path, [replace(rows[0], source=text)]))
    assert made.tables[0].rows[1].cells[0].text == text.replace("\ufffe", "\ufffd").replace(
        "\uffff", "\ufffd"
    )


def test_scripts_have_the_attributes_that_word_keeps_for_them(tmp_path: Path) -> None:
    kinds = ("quality", "status", "flags", "terms", "mt")
    names = ["id", "kk"]
    for tag in ("ar", "ja"):
        names += [tag, *(f"{tag}.{kind}" for kind in kinds)]
    table = tmp_path / "table.tsv"
    line = "d:1.1\tсөз\tكلمة\t\tok\t\t\t\t言葉\t\tok\t\t\t"
    table.write_text("\t".join(names) + f"\n{line}\n", encoding="utf-8")
    xml = [cell._tc.xml for cell in document(table).tables[0].rows[1].cells]
    assert 'w:bidi="ar"' in xml[1]
    assert "<w:rtl/>" in xml[1]
    assert 'w:eastAsia="ja"' in xml[2]
