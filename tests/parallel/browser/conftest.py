"""One headless Chromium for all browser tests; each test has a context, hence a storage, of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from egiz.parallel.reader import load, write_page
from tests.parallel.browser.pages import chromium, make_folder, missing

Open = Callable[..., Any]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer"]
"""No imitation of a graphics card, which takes a tenth of the processor's time."""
READY = "html[data-ready]"
VISITS = count()
"""Makes every address a new one: to the same address a browser goes without loading the page anew."""
WIDE = {"width": 1200, "height": 700}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The browser; skips, saying why, where there is none."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the hand-made folder."""
    folder = make_folder(tmp_path_factory.mktemp("reader"))
    write_page(load(folder), folder / "page.html", title="Қала мен дала")
    return folder / "page.html"


@pytest.fixture(scope="session")
def windows(browser: Any) -> dict[str, Any]:
    """Windows that are open already, by their options: a new one costs a second on a busy machine."""
    return {}


@pytest.fixture
def open_page(browser: Any, windows: dict[str, Any], page_file: Path) -> Iterator[Open]:
    """Opens a page with an empty storage. At the end, fails on any error and any request the page has made.

    The second page of a test with the same options, and any with `fresh`, has a window of its own.
    """
    used: list[Any] = []
    own: list[Any] = []
    errors: list[str] = []
    requests: list[str] = []

    def window(options: dict[str, Any], fresh: bool) -> Any:
        page = windows.get(repr(options))
        if fresh or page in used:
            page = browser.new_context(**options).new_page()
            own.append(page)
        elif page is None:
            page = windows[repr(options)] = browser.new_context(**options).new_page()
        else:
            page.evaluate("localStorage.clear()")
        used.append(page)
        return page

    def watch_errors(error: Any) -> None:
        errors.append(str(error))

    def watch_words(said: Any) -> None:
        if said.type == "error":
            errors.append(said.text)

    def watch_requests(request: Any) -> None:
        requests.append(request.url)

    watchers = {"pageerror": watch_errors, "console": watch_words, "request": watch_requests}

    def opened(file: Path = page_file, *, at: str = "", fresh: bool = False, **options: Any) -> Any:
        page = window({"viewport": WIDE, "locale": "en-US", **options}, fresh)
        for event, watcher in watchers.items():
            page.on(event, watcher)
        page.goto(f"{file.as_uri()}?{next(VISITS)}{at}")
        page.wait_for_selector(READY)
        return page

    yield opened
    for page in used:
        for event, watcher in watchers.items():
            page.remove_listener(event, watcher)
    for page in own:
        page.context.close()
    assert errors == []
    assert {url.partition(":")[0] for url in requests} <= {"file", "blob"}
