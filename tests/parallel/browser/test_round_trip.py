"""From a build to its page, from the page to a file of edits, and back into the build and its next page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from click.testing import CliRunner

from egiz.parallel.cli.review import command
from egiz.parallel.reader import load, write_page
from tests.parallel.browser.conftest import READY, Open
from tests.parallel.browser.test_reading import cell
from tests.parallel.browser.test_review import edit
from tests.parallel.reviewing import ANSWERS, TEXT, built, made, rows

ROW = "text:1.1"


def test_an_edit_made_in_the_page_comes_back_into_it(open_page: Open, tmp_path: Path) -> None:
    folder = made(tmp_path)
    write_page(load(folder), folder / "page.html")
    page = open_page(folder / "page.html")
    edit(page, ROW, "ru", "Ханство было создано.")
    page.click("#edits")
    with page.expect_download() as waiting:
        page.click("#download")
        page.fill("dialog #author", "A. Reader")
        page.keyboard.press("Enter")
    waiting.value.save_as(tmp_path / "edits.json")

    arguments = [str(tmp_path / "edits.json"), "--into", str(folder), "--no-memory"]
    run = CliRunner().invoke(command, arguments)
    assert run.exit_code == 0, run.output
    target = rows(folder)[ROW].targets[0]
    assert (target.text, target.machine) == ("Ханство было создано.", "Королевство было создано.")

    write_page(load(folder), folder / "page.html")
    again = open_page(folder / "page.html", fresh=True)
    shown = cell(again, ROW, "ru")
    assert shown.locator(".words").inner_text() == "Ханство было создано."
    assert "approved by A. Reader" in shown.inner_text()
    again.keyboard.press("d")
    assert shown.locator("del").inner_text() == "Королевство"


def saved(page: Any, path: Path, author: str) -> Path:
    """The downloaded edits of a page."""
    if page.locator("#edits-panel").is_hidden():
        page.click("#edits")
    with page.expect_download() as waiting:
        page.click("#download")
        page.fill("dialog #author", author)
        page.keyboard.press("Enter")
    waiting.value.save_as(path)
    return path


def bring(folder: Path, *files: Path) -> int:
    arguments = [*map(str, files), "--into", str(folder), "--no-memory"]
    return CliRunner().invoke(command, arguments).exit_code


def again(page: Any, folder: Path) -> None:
    """The same browser at the page as it is now."""
    page.goto((folder / "page.html").as_uri())
    page.wait_for_selector(READY)


def test_edits_that_were_not_downloaded_are_offered_by_the_next_page(open_page: Open, tmp_path: Path) -> None:
    folder = made(tmp_path)
    page = open_page(folder / "page.html")
    edit(page, ROW, "ru", "Ханство было создано.", "Enter")
    edit(page, "text:2.2", "ru", "Велик город.", "Enter")
    edit(page, "text:3.2", "ru", "Доброе слово.")
    ANSWERS.update({"Алдымен бұл.": "Сначала это."})
    built(tmp_path, "Алдымен бұл.\n\n" + TEXT.replace(" Қала үлкен болды.", ""))
    again(page, folder)
    offer = page.locator("#earlier")
    assert "2 edits that you did not download" in offer.inner_text()
    assert "The sentence of 1 more edit is not here any more" in offer.inner_text()
    assert page.locator("#edits-count").inner_text() == ""
    page.click("#earlier-take")
    assert page.locator("#edits-count").inner_text() == "2"
    assert "Ханство было создано." in cell(page, "text:2.1", "ru").inner_text()
    assert "Доброе слово." in cell(page, "text:4.2", "ru").inner_text()
    assert "did not download" not in offer.inner_text()
    with page.expect_download() as waiting:
        page.click("#earlier-download")
        page.fill("dialog #author", "A")
        page.keyboard.press("Enter")
    assert "Велик город." in Path(waiting.value.path()).read_text(encoding="utf-8")
    page.click("#edits")
    with page.expect_download() as waiting:
        page.click("#download")
    waiting.value.save_as(tmp_path / "edits.json")
    assert bring(folder, tmp_path / "edits.json") == 0
    again(page, folder)
    assert rows(folder)["text:2.1"].targets[0].text == "Ханство было создано."
    assert "did not download" not in page.locator("#earlier").inner_text()
    assert page.locator("#edits-count").inner_text() == ""


def test_the_second_of_two_people_sees_both_texts(open_page: Open, tmp_path: Path) -> None:
    folder = made(tmp_path)
    first = open_page(folder / "page.html", fresh=True)
    second = open_page(folder / "page.html", fresh=True)
    edit(first, ROW, "ru", "Ханство было создано.", "Enter")
    edit(second, ROW, "ru", "Возникло ханство.", "Enter")
    assert bring(folder, saved(first, tmp_path / "a.json", "A")) == 0
    again(second, folder)
    second.click("#earlier-take")
    shown = cell(second, ROW, "ru").inner_text()
    assert "Возникло ханство." in shown
    assert "Ханство было создано." in shown
    assert "edited by A" in shown
    assert bring(folder, saved(second, tmp_path / "b.json", "B")) == 1
    assert rows(folder)[ROW].targets[0].text == "Ханство было создано."
    third = open_page(folder / "page.html", fresh=True)
    shown = cell(third, ROW, "ru").inner_text()
    assert "Ханство было создано." in shown
    assert "Возникло ханство." in shown
    assert "edited by B" in shown
    cell(third, ROW, "ru").click()
    third.click(".others .take")
    assert bring(folder, saved(third, tmp_path / "c.json", "C")) == 0
    assert rows(folder)[ROW].targets[0].text == "Возникло ханство."
    again(first, folder)
    assert "Ханство было создано." not in cell(first, ROW, "ru").inner_text()


def test_what_is_out_of_date_or_has_no_sentence_is_shown(open_page: Open, tmp_path: Path) -> None:
    folder = made(tmp_path)
    page = open_page(folder / "page.html")
    edit(page, ROW, "ru", "Ханство было создано.", "Enter")
    edit(page, "text:2.2", "ru", "Велик город.", "Enter")
    assert bring(folder, saved(page, tmp_path / "a.json", "A")) == 0
    ANSWERS.update({"Хандық ерте құрылды.": "Королевство было рано создано."})
    built(tmp_path, TEXT.replace("Хандық құрылды.", "Хандық ерте құрылды.").replace(" Қала үлкен болды.", ""))
    fresh = open_page(folder / "page.html", fresh=True)
    shown = cell(fresh, ROW, "ru")
    assert "Королевство было рано создано." in shown.inner_text()
    assert "The original has changed; for the old one: Ханство было создано." in " ".join(
        shown.inner_text().split()
    )
    shown.click()
    assert "Old original: Хандық құрылды." in " ".join(shown.inner_text().split())
    fresh.click("#edits")
    assert "Қала үлкен болды. → Велик город." in fresh.locator("#orphans").inner_text()
