"""Correcting in the page: edits are kept, leave as a file, and come back."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from egiz.parallel.publish import read_tsv
from tests.parallel.browser.conftest import READY, Open
from tests.parallel.browser.test_reading import cell

NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('none') }})"


def download(page: Any, author: str = "A. Reader") -> dict[str, Any]:
    if page.locator("#edits-panel").is_hidden():
        page.click("#edits")
    with page.expect_download() as waiting:
        page.click("#download")
        if page.locator("dialog #author").is_visible():
            page.fill("dialog #author", author)
            page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "parallel-edits.json"
    content: dict[str, Any] = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    return content


def edit(page: Any, row: str, language: str, text: str, key: str = "Control+Enter") -> None:
    cell(page, row, language).click()
    page.keyboard.press("e")
    page.locator("#text textarea").fill(text)
    page.keyboard.press(key)


def test_edits_are_kept_and_downloaded(open_page: Open, page_file: Path) -> None:
    page = open_page()
    edit(page, "дала:1.1", "ru", "Столицу\nперенесли. ")
    edit(page, "қала:2.1", "ru", "Это предложение не переведено.", "Enter")
    cell(page, "дала:1.2", "en").click()
    page.keyboard.press("a")
    page.keyboard.press("c")
    page.fill("dialog textarea", "Да, “café”")
    page.click("dialog button.main")
    page.reload()
    page.wait_for_selector(READY)
    assert "Столицу перенесли." in cell(page, "дала:1.1", "ru").inner_text()
    assert page.locator("#edits-count").inner_text() == "3"
    found = download(page)
    table = hashlib.sha256(page_file.with_name("parallel.tsv").read_bytes()).hexdigest()
    head = {key: found[key] for key in ("format", "version", "table", "author")}
    assert head == {"format": "egiz-edits", "version": 2, "table": table, "author": "A. Reader"}
    times = [item.pop("time") for item in found["edits"]]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment) for moment in times)
    around = [
        {key: item.pop(key) for key in ("source", "previous", "following", "seen")} for item in found["edits"]
    ]
    rows = {row.id: row for row in read_tsv(page_file.with_name("parallel.tsv"))}
    assert [item["source"] for item in around] == [rows[item["row"]].source for item in found["edits"]]
    assert around[1]["following"] == rows["дала:1.2"].source
    assert around[2]["previous"] == rows["дала:1.1"].source
    assert [item["seen"] for item in around] == [[], [], []]
    assert found["edits"] == [
        {
            "row": "қала:2.1",
            "language": "ru",
            "before": "",
            "after": "Это предложение не переведено.",
            "approved": False,
            "comment": "",
        },
        {
            "row": "дала:1.1",
            "language": "ru",
            "before": "Столица страны переехала.",
            "after": "Столицу перенесли.",
            "approved": True,
            "comment": "",
        },
        {
            "row": "дала:1.2",
            "language": "en",
            "before": "A café opened.",
            "after": "A café opened.",
            "approved": True,
            "comment": "Да, “café”",
        },
    ]
    assert download(page)["author"] == "A. Reader"


def test_a_file_of_edits_is_taken_in_again(open_page: Open, tmp_path: Path) -> None:
    first = open_page()
    edit(first, "дала:1.1", "ru", "Столицу перенесли.")
    found = download(first)
    found["edits"].append({**found["edits"][0], "source": "Ол жоқ."})
    file = tmp_path / "edits.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    second = open_page()
    second.set_input_files("#import-file", file)
    second.wait_for_selector("#notice:not([hidden])")
    assert second.locator("#notice").inner_text().startswith("1 taken in, 1 left out")
    assert "Столицу перенесли." in cell(second, "дала:1.1", "ru").inner_text()
    file.write_text('{"edits": 3}', encoding="utf-8")
    second.set_input_files("#import-file", file)
    second.wait_for_function("() => document.querySelector('#notice').textContent.includes('is not a file')")


def test_editing_can_be_cancelled_and_undone(open_page: Open) -> None:
    page = open_page()
    edit(page, "дала:1.1", "ru", "что-то", "Escape")
    assert page.locator("#edits-count").inner_text() == ""
    edit(page, "дала:1.1", "ru", "", "Enter")
    assert page.locator("#text textarea").is_visible()
    page.keyboard.press("Escape")
    edit(page, "дала:1.1", "ru", "что-то", "Enter")
    assert page.locator("#edits-count").inner_text() == "1"
    page.get_by_text("Undo my edit").click()
    assert page.locator("#edits-count").inner_text() == ""
    assert "Столица страны переехала." in cell(page, "дала:1.1", "ru").inner_text()


def test_what_is_being_typed_is_never_lost(open_page: Open) -> None:
    page = open_page()
    cell(page, "дала:1.1", "ru").click()
    page.keyboard.press("e")
    page.locator("#text textarea").fill("Столицу перенесли.")
    page.click("#check")
    page.click("#check")
    assert "Столицу перенесли." in cell(page, "дала:1.1", "ru").inner_text()
    cell(page, "дала:1.1", "en").click()
    page.keyboard.press("e")
    page.locator("#text textarea").fill("It moved.")
    cell(page, "дала:1.2", "kk").click()
    assert "It moved." in cell(page, "дала:1.1", "en").inner_text()
    page.reload()
    page.wait_for_selector(READY)
    assert page.locator("#edits-count").inner_text() == "2"


def test_whoever_has_looked_need_not_look_again(open_page: Open) -> None:
    page = open_page()
    before = int(page.locator("#check-count").inner_text())
    cell(page, "қала:1.2", "ru").click()
    page.keyboard.press("A")
    assert int(page.locator("#check-count").inner_text()) == before - 1
    page.keyboard.press("A")
    assert int(page.locator("#check-count").inner_text()) == before


def test_what_is_typed_in_a_dialog_is_text_and_no_command(open_page: Open) -> None:
    from playwright.sync_api import expect

    page = open_page()
    cell(page, "дала:1.1", "ru").click()
    page.keyboard.press("c")
    page.keyboard.type("a cat, d?")
    assert page.evaluate("document.querySelector('dialog textarea').value") == "a cat, d?"
    page.keyboard.press("Control+Enter")
    expect(cell(page, "дала:1.1", "ru")).to_contain_text("“a cat, d?”")
    assert not cell(page, "дала:1.1", "ru").locator("[aria-pressed=true]").count()
    page.click("#edits")
    page.click("#download")
    page.keyboard.type("A. Reader")
    assert page.evaluate("document.querySelector('#author').value") == "A. Reader"
    with page.expect_download():
        page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    cell(page, "дала:1.1", "en").click()
    page.keyboard.press("c")
    page.keyboard.type("kept")
    page.reload()
    page.wait_for_selector(READY)
    assert "“kept”" in cell(page, "дала:1.1", "en").inner_text()


def test_a_browser_that_keeps_nothing_says_so(open_page: Open, page_file: Path) -> None:
    page = open_page(fresh=True)
    page.context.add_init_script(NO_STORAGE)
    page.reload()
    page.wait_for_selector(READY)
    edit(page, "дала:1.1", "ru", "Столицу перенесли.")
    assert "keeps nothing" in page.locator("#notice").inner_text()
    assert len(download(page)["edits"]) == 1
