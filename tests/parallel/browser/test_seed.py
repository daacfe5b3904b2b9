"""The page that a build of the seed makes, as whoever opens it finds it."""

from __future__ import annotations

from pathlib import Path

from egiz.parallel.reader import load
from tests.parallel.browser.conftest import Open
from tests.parallel.browser.test_reading import search


def test_the_page_of_the_seed(open_page: Open, seed_home: Path) -> None:
    from playwright.sync_api import expect

    folder = seed_home / "seed"
    reading = load(folder)
    page = open_page(folder / "page.html")
    expect(page.locator(".row")).to_have_count(len(reading.rows))
    assert page.locator(".cell:not([lang])").count() == 0
    texts = [(row.id, [row.source, *(target.text for target in row.targets)]) for row in reading.rows]
    found = [name for name, cells in texts if any("қайта" in cell.lower() for cell in cells)]
    assert found
    assert search(page, "ҚАЙТА") == found
    page.keyboard.press("Escape")
    page.locator("#help").focus()
    page.keyboard.press("d")
    changed = len({(edit.row, edit.target) for edit in reading.edits})
    assert 0 < page.locator(".words:has(del, ins)").count() <= changed
    page.keyboard.press("t")
    assert page.locator(".entry").count() == len({place.source_term for place in reading.places})
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert page.locator(".row.current .foot").inner_text()
    page.keyboard.press("d")
    term = page.locator(".row.current .term").first
    term.hover()
    assert "→" in page.locator("#tip").inner_text()
