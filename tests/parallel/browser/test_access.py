"""The page for everyone: axe-core finds nothing serious, in both themes, wide and narrow, open and closed."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from tests.parallel.browser.conftest import Open
from tests.parallel.browser.pages import axe

BAD = {"serious", "critical"}
SCHEMES: dict[Literal["dark", "light"], dict[str, Any]] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
}


def violations(page: Any, inside: str = "html") -> list[str]:
    """What axe-core calls serious or critical in the elements that `inside` selects, in the light theme.

    In the dark theme nothing but colours is another, so only their contrast is looked at again.
    """
    script = axe()
    if script is None:
        pytest.skip("no axe-core (install axe-playwright-python, or set EGIZ_AXE to an axe.min.js)")
    if not page.evaluate("'axe' in window"):
        page.evaluate(script.read_text(encoding="utf-8"))
    found = []
    for scheme, options in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        result = page.evaluate("([inside, options]) => axe.run(inside, options)", [inside, options])
        found += result["violations"]
    return [
        f"{item['id']}: {node['html'][:200]} {node['failureSummary']}"
        for item in found
        if item["impact"] in BAD
        for node in item["nodes"]
    ]


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_serious_on_the_page(open_page: Open, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900}, bypass_csp=True)
    page.keyboard.press("d")
    page.keyboard.press("n")
    page.click("#check")
    assert page.locator(".foot, .chips button, del").count() >= 2
    assert violations(page) == []
    page.keyboard.press("e")
    assert violations(page, "main") == []


def test_nothing_serious_in_what_opens(open_page: Open) -> None:
    page = open_page(bypass_csp=True)
    page.keyboard.press("n")
    page.keyboard.press("a")
    for panel in ("filter", "view", "terms", "edits", "help"):
        page.click(f"#{panel}")
        if panel == "terms":
            page.locator(".entry summary").click()
        assert violations(page, "dialog" if panel == "help" else f"#{panel}-panel") == [], panel
        page.keyboard.press("Escape")


def test_everything_is_reached_by_keyboard(open_page: Open) -> None:
    page = open_page()
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    assert {"interface", "theme", "query", "check", "filter", "view", "terms", "edits", "help"} <= reached


def test_focus_returns_to_what_opened_a_panel(open_page: Open) -> None:
    page = open_page()
    page.focus("#view")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('#view-panel') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "view"
