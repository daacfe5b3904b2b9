"""The page of a server: from a text to corrections that are saved, by keyboard, and without flaws."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs egiz[serve]")
pytest.importorskip("uvicorn", reason="needs egiz[serve]")

from tests.parallel.browser.conftest import READY
from tests.parallel.serve.serving import Served, serving, without_english

NARROW, WIDE = {"width": 390, "height": 800}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    models = ("--model", "starter", "--model", without_english(folder / "kk-ru"))
    with serving(folder / "home", folder / "workspace", *models) as made:
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


def word_document(*paragraphs: str) -> bytes:
    """A DOCX document; the second word of each paragraph is bold."""
    from docx import Document

    document = Document()
    for text in paragraphs:
        first, second, rest = text.split(" ", 2)
        paragraph = document.add_paragraph(f"{first} ")
        paragraph.add_run(second).bold = True
        paragraph.add_run(f" {rest}")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


DROP = """([name, data]) => {
    const held = new DataTransfer();
    held.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], name));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true, cancelable: true }));
}"""


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def corrected(page: Any, text: str) -> None:
    """Put another text in the place of the translation that is chosen, with keys alone."""
    page.keyboard.press("e")
    page.wait_for_selector("#text textarea")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def named(page: Any, author: str) -> None:
    """Give the name that the page asks for at the first edit."""
    page.wait_for_selector("dialog[open] #author")
    page.keyboard.insert_text(author)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog:not([open])", state="attached")


def saved(page: Any) -> None:
    """Wait until the server has all edits."""
    from playwright.sync_api import expect

    expect(page.locator("#edits-count")).to_have_text("", timeout=30_000)


MINE = ("Вот одна книга.", "Вот другая книга.", "Вот и третья книга.")


def test_a_word_document_is_corrected_by_two(server: Served, browser: Any) -> None:
    """Dropped, read, corrected and downloaded, by keyboard; the second of two people sees both texts."""
    from axe_playwright_python.sync_playwright import Axe
    from docx import Document

    page, errors = opened(browser, server.address, viewport=WIDE, locale="en-US", bypass_csp=True)
    data = word_document("Бұл бірінші кітап.", "Бұл екінші кітап.", "Бұл үшінші кітап.")
    page.evaluate(DROP, ["Кітап.docx", base64.b64encode(data).decode()])
    assert "Кітап.docx" in page.inner_text("#chosen")
    page.keyboard.press("Enter")  # the button has the focus
    link = page.wait_for_selector("#documents a[aria-label$='Кітап']", timeout=60_000)
    place = link.get_attribute("href")
    assert "0 of 3 reviewed (Russian)" in page.inner_text("#documents")
    phone, two = opened(
        browser, f"{server.address.rstrip('/')}{place}", viewport=NARROW, locale="en-US", bypass_csp=True
    )

    tab_to(page, f"#documents a[href='{place}']")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{READY} #edits-count", state="attached")
    for number, text in enumerate(MINE):
        page.keyboard.press("j")
        corrected(page, text)
        if not number:
            named(page, "А")
    saved(page)
    assert all(text in page.inner_text("#text") for text in MINE)

    phone.keyboard.press("j")
    corrected(phone, "Первая книга — эта.")
    named(phone, "Б")
    phone.wait_for_selector("#notice:not([hidden])")
    assert "Somebody else" in phone.inner_text("#notice")
    for _ in range(2):  # also when the page is opened anew
        shown = phone.inner_text("#text")
        assert MINE[0] in shown
        assert "Первая книга — эта." in shown
        assert phone.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        phone.reload()
        phone.wait_for_selector(READY)
    for reader in (page, phone):
        found = Axe().run(reader).response["violations"]
        assert [(item["id"], node["html"]) for item in found for node in item["nodes"]] == []

    tab_to(page, "a[href='/']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#documents a")
    assert "3 of 3 reviewed (Russian)" in page.inner_text("#documents")
    made = {}
    tab_to(page, f"li:has(a[href='{place}']) summary")
    page.keyboard.press("Enter")
    for form in ("same", "tmx"):
        tab_to(page, f"a[href^='{place}/download/{form}']")
        with page.expect_download() as waiting:
            page.keyboard.press("Enter")
        made[form] = Path(waiting.value.path()).read_bytes()
        assert waiting.value.suggested_filename == {"same": "Кітап_ru.docx", "tmx": "Кітап.tmx"}[form]
    assert [item.text for item in Document(io.BytesIO(made["same"])).paragraphs] == list(MINE)
    assert all(text in made["tmx"].decode() for text in MINE)
    assert errors == []
    assert all("409" in error for error in two)  # the browser's own word on the answer


def test_a_file_is_chosen_by_keyboard(server: Served, browser: Any) -> None:
    page, errors = opened(browser, server.address, viewport=NARROW, locale="en-US")
    tab_to(page, "#start")
    page.keyboard.press("Enter")
    assert "no text and no file" in page.inner_text("#notice")
    page.wait_for_function("document.activeElement.id === 'text'")
    tab_to(page, "#file")
    with page.expect_file_chooser() as waiting:
        page.keyboard.press("Space")
    waiting.value.set_files({"name": "Бет.md", "mimeType": "", "buffer": "# Бұл кітап\n".encode()})
    tab_to(page, "#targets input[value=en]")
    page.keyboard.press("Space")
    tab_to(page, "#start")
    page.keyboard.press("Enter")
    page.wait_for_selector("#documents a[aria-label$='Бет']", timeout=60_000)
    assert page.is_hidden("#notice")
    made = server.send("GET", "/documents/%D0%91%D0%B5%D1%82/download/same?language=en").body.decode()
    assert made.startswith("# ")
    assert errors == []


def test_languages_follow_the_model(server: Served, browser: Any) -> None:
    page, errors = opened(browser, server.address, viewport=NARROW, locale="en-US")
    assert page.locator("#targets label").all_inner_texts() == [" English", " Kazakh", " Russian"]
    page.check("#targets input[value=kk]")
    page.select_option("#model", "kk-ru")
    assert page.locator("#targets label").all_inner_texts() == [" Kazakh", " Russian"]
    assert page.is_checked("#targets input[value=kk]")  # what both models have stays as it was
    assert page.locator("#source option").all_inner_texts() == ["recognise", "Kazakh", "Russian"]
    page.fill("#text", "Это книга.")
    page.uncheck("#targets input[value=ru]")
    page.click("#start")
    page.wait_for_selector("#documents a[aria-label$='Это книга.']", timeout=60_000)
    assert errors == []


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


def test_the_folder_stays_as_the_command_line_makes_it(server: Served) -> None:
    workspace = Path(server.process.args[4])  # type: ignore[index]
    assert (workspace / "Кітап" / "page.html").read_text("utf-8").count("connect-src &#39;none&#39;") == 1
