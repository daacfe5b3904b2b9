"""From a build to its page, from the page to a file of edits, and back into the build and its next page."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from egiz.parallel.cli.review import command
from egiz.parallel.reader import load, write_page
from tests.parallel.browser.conftest import Open
from tests.parallel.browser.test_reading import cell
from tests.parallel.browser.test_review import edit
from tests.parallel.reviewing import made, rows

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
