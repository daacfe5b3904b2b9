"""Text is text: whatever a cell holds is shown and never runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from egiz.parallel.reader import load, write_page
from tests.parallel.browser.conftest import Open
from tests.parallel.browser.pages import HEAD

NASTY = (
    "</script><script>window.broken = 1</script>",
    "<img src=x onerror=window.broken=1>",
    "<!-- <script> -->",
    "]]> &lt;b&gt; {{ 7 * 7 }} {% raw %}",
    "javascript:window.broken=1",
    "${window.broken = 1} `\\u003c`",
    "$& $1 {name} {n}",
    "__proto__",
)


@pytest.fixture
def nasty_page(tmp_path: Path) -> Path:
    texts = [*NASTY, "a\u202eb\u2066c\u200bd\ufeffe\u00adf", "س\u200cم ﷽ עברית", "сөз " * 25_000 + "соңы"]
    rows = [
        f"<i>{number}:1.1\t{text}\t{text}\t0.5{number:02}\tsuspect\t{text if number == 7 else 'long'}\t"
        f"<b>{number}:missing\t{text} x\t{text}\t\tok\t\t\t"
        for number, text in enumerate(texts)
    ]
    (tmp_path / "parallel.tsv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8", newline="\n")
    write_page(load(tmp_path / "parallel.tsv"), tmp_path / "page.html", title=NASTY[0] + NASTY[1])
    return tmp_path / "page.html"


def test_nothing_runs_and_everything_is_shown(open_page: Open, nasty_page: Path) -> None:
    page = open_page(nasty_page)
    page.keyboard.press("d")
    page.keyboard.press("j")
    page.keyboard.press("t")
    page.keyboard.press("Escape")
    assert page.evaluate("window.broken") is None
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 4
    assert page.locator("h1").inner_text() == NASTY[0] + NASTY[1]
    shown = page.locator(".cell.source .words").all_inner_texts()
    assert tuple(shown[: len(NASTY)]) == NASTY
    assert shown[-1].endswith("соңы")
    assert len(shown[-1]) > 100_000


def test_characters_that_nobody_sees_are_shown(open_page: Open, nasty_page: Path) -> None:
    page = open_page(nasty_page)
    row = page.locator(".row").nth(len(NASTY)).locator(".cell.source")
    names = row.locator(".hidden-character").evaluate_all("nodes => nodes.map(node => node.dataset.name)")
    assert names == ["RLO", "LRI", "ZWSP", "BOM", "SHY"]
    assert "\u202e" not in row.inner_text()
    joined = page.locator(".row").nth(len(NASTY) + 1).locator(".cell.source .words")
    assert joined.inner_text() == "س\u200cم ﷽ עברית"


def test_search_and_edit_take_nasty_texts(open_page: Open, nasty_page: Path) -> None:
    page = open_page(nasty_page)
    page.fill("#query", "<IMG SRC")
    page.wait_for_selector("mark")
    assert page.locator("mark").first.inner_text() == "<img src"
    page.fill("#query", "")
    page.locator(".row").first.locator(".cell.target").first.click()
    page.keyboard.press("e")
    page.locator("#text textarea").fill(NASTY[1])
    page.keyboard.press("Enter")
    assert page.locator(".row").first.locator(".cell.target .words").first.inner_text() == NASTY[1]
    assert page.evaluate("window.broken") is None


ATTEMPTS = """async () => {
  const blocked = [];
  document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
  await fetch('data:text/plain,x').catch(() => {});
  try { new WebSocket('wss://example.org'); } catch {}
  navigator.sendBeacon?.('https://example.org/x');
  const base = document.createElement('base');
  base.href = 'https://example.org/';
  const frame = document.createElement('iframe');
  frame.src = 'https://example.org/';
  const form = document.createElement('form');
  form.action = 'https://example.org/';
  const script = document.createElement('script');
  script.textContent = 'window.broken = 1';
  const picture = document.createElement('img');
  picture.src = 'https://example.org/x.png';
  document.body.append(script, picture, base, frame, form);
  form.submit();
  document.body.insertAdjacentHTML('beforeend', '<p style="color:red" onclick="window.broken = 1">x</p>');
  document.body.lastChild.click();
  // Violations are told one by one; all eight kinds are waited for, at most ten seconds.
  for (let turn = 0; turn < 500 && new Set(blocked).size < 8; turn += 1) {
    await new Promise((done) => setTimeout(done, 20));
  }
  return [blocked, window.broken ?? null];
}"""


def test_the_page_can_reach_no_network_and_run_no_other_script(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    blocked, ran = page.evaluate(ATTEMPTS)
    page.close()
    assert ran is None
    assert {"connect-src", "script-src-elem", "script-src-attr", "img-src", "style-src-attr"} <= set(blocked)
    assert {"base-uri", "frame-src", "form-action"} <= set(blocked)
