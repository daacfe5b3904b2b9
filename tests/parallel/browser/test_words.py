"""Linked words: what stands for the word under the pointer lights up, and is counted as in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from egiz.parallel.align.learned import words
from egiz.parallel.reader import load, write_page
from tests.parallel.browser.conftest import READY, Open
from tests.parallel.browser.pages import make_folder
from tests.parallel.browser.test_access import violations
from tests.parallel.browser.test_reading import cell, search
from tests.parallel.browser.test_review import edit

LINKS = (
    "row\tlanguage\twords\n"
    "қала:1.1\tru\t0-0 1-1 2-2\nқала:1.1\ten\t0-1 1-2 2-3 2-4\n"
    "дала:1.1\tru\t0-1 1-0 2-2\nдала:1.1\ten\t1-1 2-2\n"
)
TRICKY = (
    "Қазақстанның 1991-жылғы 16-желтоқсандағы «тәуелсіздігі»",
    "А́лма-Ата́ и\u0306 йод — наречие́",
    "d'Artagnan’s rock'n'roll well-known O’Neill",
    "½ x² ①②③ Ⅷ 3,14 10\u00a0000 №5",
    "snake_case __init__ a\u00adb c\u200bd e\u200ef",
    "शब्द क्षत्रिय ไทย 漢字かな 한국어",
    "👩‍👩‍👧 😀а😀б 𝔘𝔫𝔦 𐐷𐐷",
)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the hand-made folder with links of words."""
    folder = make_folder(tmp_path_factory.mktemp("words"))
    (folder / "words.tsv").write_text(LINKS, encoding="utf-8")
    write_page(load(folder), folder / "page.html", title="Қала мен дала")
    return folder / "page.html"


def point(page: Any, row: str, language: str, text: str) -> None:
    """Move the pointer onto a word; the nodes of words are there once it is in the row."""
    cell(page, row, language).hover(position={"x": 3, "y": 3})
    page.locator(f'[id="row-{row}"] .cell[lang="{language}"] .word', has_text=text).first.hover()


def lit(page: Any) -> list[str]:
    """The words that are lit, each whole, though terms and hits may cut it into pieces."""
    whole: dict[str, str] = {}
    for key, text in page.evaluate(
        "[...document.querySelectorAll('.word.linked')].map((node) => [node.dataset.word, node.textContent])"
    ):
        whole[key] = whole.get(key, "") + text
    return list(whole.values())


def test_a_word_lights_up_with_its_twins(open_page: Open, linked: Path) -> None:
    page = open_page(linked)
    assert page.locator(".word").count() == 0
    point(page, "қала:1.1", "kk", "хандығы")
    assert lit(page) == ["хандығы", "ханство", "khanate"]
    assert page.locator("#tip").is_visible()
    point(page, "қала:1.1", "en", "founded")
    assert lit(page) == ["құрылды", "создано", "founded"]
    assert page.locator(".word.here").all_inner_texts() == ["founded"]
    style = page.locator(".word.here").evaluate(
        "node => [getComputedStyle(node).textDecorationLine, getComputedStyle(node).transitionDuration]"
    )
    assert style == ["underline", "0s"]
    point(page, "дала:1.1", "ru", "Столица")
    assert lit(page) == ["астанасы", "Столица", "capital"]
    assert page.locator('[id="row-дала:1.2"] .word').count() == 0
    page.mouse.move(5, 5)
    assert lit(page) == []


def test_lit_words_stay_through_a_click_and_on_their_own_column(open_page: Open, linked: Path) -> None:
    page = open_page(linked)
    point(page, "дала:1.1", "kk", "көшті")
    page.mouse.down()
    page.mouse.up()
    assert page.locator(".row.current").get_attribute("id") == "row-дала:1.1"
    assert lit(page) == ["көшті", "переехала", "moved"]
    page.click("#view")
    page.get_by_label("Source only").check()
    page.keyboard.press("Escape")
    cell(page, "дала:1.1", "kk").hover()
    assert page.locator(".word").count() == 0


def test_hits_and_changes_are_shown_with_lit_words(open_page: Open, linked: Path) -> None:
    page = open_page(linked)
    search(page, "ханс")
    point(page, "қала:1.1", "ru", "ханс")
    assert lit(page) == ["хандығы", "ханство", "khanate"]
    assert page.locator("mark").all_inner_texts() == ["ханс"]
    hit = page.locator("mark .word.linked")
    assert hit.evaluate("node => getComputedStyle(node).backgroundColor") == "rgba(0, 0, 0, 0)"
    search(page, "")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("d")
    point(page, "қала:1.1", "ru", "ханство")
    assert lit(page) == ["хандығы", "ханство", "khanate"]
    assert page.locator("ins .word.here").inner_text() == "ханство"
    assert page.locator("del .word").count() == 0


def test_an_edited_translation_has_no_links(open_page: Open, linked: Path) -> None:
    page = open_page(linked)
    edit(page, "қала:1.1", "ru", "Казахское ханство было создано.")
    point(page, "қала:1.1", "kk", "хандығы")
    assert lit(page) == ["хандығы", "khanate"]
    assert cell(page, "қала:1.1", "ru").locator(".word").count() == 0
    cell(page, "қала:1.1", "ru").click()
    page.get_by_role("button", name="Undo my edit").click()
    point(page, "қала:1.1", "kk", "хандығы")
    assert lit(page) == ["хандығы", "ханство", "khanate"]


def test_links_are_switched_off_and_stay_so(open_page: Open, linked: Path) -> None:
    page = open_page(linked, locale="ru-RU")
    page.click("#view")
    page.get_by_label("Связанные слова").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector(READY)
    cell(page, "дала:1.1", "kk").hover()
    assert page.locator(".word").count() == 0
    page.click("#view")
    page.get_by_label("Связанные слова").check()
    page.keyboard.press("Escape")
    point(page, "дала:1.1", "kk", "көшті")
    assert lit(page) == ["көшті", "переехала", "moved"]


def test_a_page_without_links_offers_none(open_page: Open) -> None:
    page = open_page()
    page.click("#view")
    assert page.locator("input[name=folded]").count() == 1
    assert page.locator("input[name=words]").count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert "linked word" not in page.locator("#dialog").inner_text()


def test_words_are_walked_by_key_and_said(open_page: Open, linked: Path) -> None:
    page = open_page(linked, bypass_csp=True)
    cell(page, "қала:1.1", "kk").click(position={"x": 3, "y": 3})
    page.mouse.move(5, 5)
    page.keyboard.press("w")
    page.keyboard.press("w")
    assert lit(page) == ["хандығы", "ханство", "khanate"]
    page.wait_for_function("document.querySelector('#live').textContent")
    assert page.locator("#live").text_content() == "хандығы; Russian: ханство; English: khanate"
    assert violations(page, ".row.current") == []
    page.keyboard.press("W")
    assert lit(page) == ["Қазақ", "Казахское", "Kazakh"]
    page.keyboard.press("Escape")
    assert lit(page) == []
    page.keyboard.press("w")
    page.keyboard.press("j")
    assert lit(page) == []
    page.keyboard.press("w")
    page.wait_for_function("document.querySelector('#live').textContent === 'No word is linked here.'")


def test_a_tap_lights_a_word(open_page: Open, linked: Path) -> None:
    page = open_page(linked, has_touch=True)
    sentence = cell(page, "дала:1.1", "kk").locator(".words")
    sentence.scroll_into_view_if_needed()
    place = sentence.bounding_box()
    page.touchscreen.tap(place["x"] + place["width"] - 25, place["y"] + place["height"] / 2)
    assert lit(page) == ["көшті", "переехала", "moved"]
    cell(page, "дала:1.2", "kk").tap()
    assert lit(page) == []


def test_words_are_counted_as_where_they_were_linked(open_page: Open, tmp_path: Path) -> None:
    rows = [(f"t:1.{place}", text) for place, text in enumerate(TRICKY, start=1)]
    head = "id\tkk\tru\tru.quality\tru.status\tru.flags\tru.terms\tru.mt\n"
    lines = [f"{name}\t{text}\t{text}\t0.900\tok\t\t\t\n" for name, text in rows]
    (tmp_path / "parallel.tsv").write_text(head + "".join(lines), encoding="utf-8")
    pairs = [" ".join(f"{at}-{at}" for at in range(len(words(text)))) for _, text in rows]
    links = [f"{name}\tru\t{found}\n" for (name, _), found in zip(rows, pairs, strict=True)]
    (tmp_path / "words.tsv").write_text("row\tlanguage\twords\n" + "".join(links), encoding="utf-8")
    write_page(load(tmp_path), tmp_path / "page.html")
    page = open_page(tmp_path / "page.html")
    for name, text in rows:
        for language in ("kk", "ru"):
            cell(page, name, language).hover(position={"x": 3, "y": 3})
            assert cell(page, name, language).locator(".word").all_text_contents() == words(text), text
