"""The page of a server: from a text to corrections that are saved, by keyboard, and without flaws."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs egiz[serve]")
pytest.importorskip("uvicorn", reason="needs egiz[serve]")

from tests.parallel.browser.conftest import READY, WIDE
from tests.parallel.serve.serving import Served, serving

NARROW = {"width": 390, "height": 800}
TEXT = "Бұл кітап. Ол жақсы кітап."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with serving(folder / "home", folder / "workspace") as made:
        yield made


def opened(browser: Any, address: str, **options: Any) -> tuple[Any, list[str]]:
    """A page in a window of its own, and the errors that it makes."""
    page = browser.new_context(**options).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(address)
    page.wait_for_selector(READY)
    return page, errors


def test_a_text_is_translated_and_corrected_by_two(server: Served, browser: Any) -> None:
    from playwright.sync_api import expect

    page, errors = opened(browser, server.address, viewport=WIDE, locale="en-US")
    page.fill("#text", TEXT)
    page.select_option("#source", "kk")
    page.select_option("#targets", ["ru"])
    page.focus("#start")
    page.keyboard.press("Enter")
    link = page.wait_for_selector("#documents a[href^='/documents/']", timeout=60_000)
    place = link.get_attribute("href")
    address = f"{server.address.rstrip('/')}{place}"
    assert "0 of 2 reviewed (ru)" in page.inner_text("#documents")

    first, one = opened(browser, address, viewport=WIDE, locale="en-US")
    second, two = opened(browser, address, viewport=WIDE, locale="en-US")
    for reader, author in ((first, "А"), (second, "Б")):
        reader.evaluate("author => localStorage.setItem('egiz:author', author)", author)
    corrected(first, "Вот книга.")
    expect(first.locator("#edits-count")).to_have_text("", timeout=30_000)
    assert first.locator(".row .cell[data-column='1']").first.inner_text().startswith("Вот книга.")
    corrected(second, "Вот и книга.")
    second.wait_for_selector("#notice:not([hidden])")
    assert "Somebody else" in second.inner_text("#notice")
    shown = second.inner_text("#text")
    assert "Вот книга." in shown
    assert "Вот и книга." in shown
    second.reload()
    second.wait_for_selector(READY)
    assert "Вот книга." in second.inner_text("#text")

    page.reload()
    page.wait_for_selector("#documents a")
    assert "1 of 2 reviewed (ru)" in page.inner_text("#documents")
    tmx = server.send("GET", f"{place}/download/tmx").body.decode()
    assert "Вот книга." in tmx
    assert errors == one == []
    assert all("409" in error for error in two)  # the browser's own word on the answer


def corrected(page: Any, text: str) -> None:
    """Put another text in the place of the first translation, with keys alone."""
    page.click(".row .cell[data-column='1']")
    page.keyboard.press("e")
    page.wait_for_selector("#text textarea")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_the_page_has_no_flaws(server: Served, browser: Any, size: dict[str, int], language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, errors = opened(browser, server.address, viewport=size, locale="en-US", bypass_csp=True)
    page.select_option("#interface", language)
    page.wait_for_selector(f"html[lang={language}]")
    found = Axe().run(page).response["violations"]
    assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert errors == []


def test_a_file_is_dropped(server: Served, browser: Any) -> None:
    page, errors = opened(browser, server.address, viewport=WIDE, locale="en-US")
    page.evaluate(
        """() => {
            const held = new DataTransfer();
            held.items.add(new File(["Бұл кітап."], "Кітап.txt"));
            const options = { dataTransfer: held, bubbles: true, cancelable: true };
            document.dispatchEvent(new DragEvent("drop", options));
        }"""
    )
    assert "Кітап.txt" in page.inner_text("#chosen")
    page.keyboard.press("Enter")  # the button has the focus
    page.wait_for_selector("#documents a:has-text('Кітап')", timeout=60_000)
    assert errors == []


def test_the_folder_stays_as_the_command_line_makes_it(server: Served) -> None:
    workspace = Path(server.process.args[4])  # type: ignore[index]
    assert (workspace / "text" / "page.html").read_text("utf-8").count("connect-src &#39;none&#39;") == 1
