"""Reading the page in a real browser: find, filter, compare, and remember how one likes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from egiz.parallel.publish import EDITS, USES
from egiz.parallel.reader import Bands, load, write_page
from tests.parallel.browser.conftest import READY, Open
from tests.parallel.browser.pages import make_folder

ROW = '[id="row-{}"]'


def rows_on(page: Any) -> list[str]:
    return [row.get_attribute("id").removeprefix("row-") for row in page.locator(".row").all()]


def cell(page: Any, row: str, language: str) -> Any:
    return page.locator(f'{ROW.format(row)} .cell[lang="{language}"]')


def search(page: Any, text: str) -> list[str]:
    page.fill("#query", text)
    page.wait_for_function("text => document.querySelector('#chips').hidden === !text", arg=text)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    return rows_on(page)


def test_every_row_is_there_with_its_languages(open_page: Open) -> None:
    page = open_page()
    assert page.title() == "Қала мен дала"
    assert rows_on(page) == ["қала:1.1", "қала:1.2", "қала:2.1", "дала:1.1", "дала:1.2"]
    assert page.locator(".cell").count() == 15
    assert page.locator(".cell:not([lang])").count() == 0
    assert page.locator("h2.document").all_inner_texts() == ["қала", "дала"]
    assert page.locator(".paragraph").count() == 3
    assert page.locator("#check-count").inner_text() == "3"


def test_an_address_with_a_row_leads_to_it(open_page: Open) -> None:
    page = open_page(at="#row-%D0%B4%D0%B0%D0%BB%D0%B0:1.2")
    chosen = page.locator(".row.current")
    assert chosen.get_attribute("id") == "row-дала:1.2"
    page.evaluate("location.hash = 'row-қала:1.2'")
    page.wait_for_selector('.row.current[id="row-қала:1.2"]')


def test_twins_light_up_under_the_pointer(open_page: Open) -> None:
    page = open_page()
    colour = "node => getComputedStyle(node).backgroundColor"
    twin = cell(page, "қала:1.2", "en")
    before = twin.evaluate(colour)
    cell(page, "қала:1.2", "kk").hover()
    assert twin.evaluate(colour) != before
    assert cell(page, "дала:1.1", "en").evaluate(colour) == before


def test_filters_find_what_needs_a_look(open_page: Open) -> None:
    page = open_page()
    page.click("#check")
    assert rows_on(page) == ["қала:1.1", "қала:1.2", "қала:2.1"]
    page.click("#check")
    page.click("#filter")
    page.get_by_label("Has a term problem").check()
    assert rows_on(page) == ["қала:1.1", "қала:1.2"]
    page.get_by_role("checkbox", name="poor").check()
    assert rows_on(page) == []
    page.locator("#filter-panel").get_by_text("Show everything").click()
    assert len(rows_on(page)) == 5
    page.get_by_label("This translation repeats itself.").check()
    assert rows_on(page) == ["қала:2.1"]


def test_rows_stand_worst_or_best_first(open_page: Open) -> None:
    page = open_page()
    text = rows_on(page)
    worst = ["қала:2.1", "қала:1.2", "қала:1.1", "дала:1.1", "дала:1.2"]
    page.get_by_role("button", name="Worst first").click()
    assert rows_on(page) == worst
    assert page.locator("h2.document").count() == 0
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator(".row.current").get_attribute("id") == "row-қала:1.2"
    page.keyboard.press("s")
    assert rows_on(page) == ["дала:1.2", "дала:1.1", "қала:1.1", "қала:1.2", "қала:2.1"]
    page.get_by_role("button", name="Remove the condition: Best first").click()
    assert rows_on(page) == text
    page.click("#view")
    page.get_by_role("checkbox", name="Russian").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    assert rows_on(page) == ["қала:2.1", "қала:1.1", "қала:1.2", "дала:1.1", "дала:1.2"]
    page.click("#filter")
    page.get_by_label("As in the text").check()
    assert rows_on(page) == text


def test_the_plot_leads_to_rows_of_a_quality(open_page: Open) -> None:
    page = open_page()
    page.locator(".card").nth(0).locator(".area").nth(1).click()
    assert page.locator(".row.current").get_attribute("id") == "row-қала:1.1"
    assert "Worst first: Russian" in page.locator("#chips").inner_text()


def test_a_mark_on_nearly_everything_is_said_to_say_little(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    assert page.locator("#advice").inner_text() == ""
    folder = make_folder(tmp_path)
    table = folder / "parallel.tsv"
    text = table.read_text(encoding="utf-8").replace("\t0.8", "\t0.1")
    table.write_text(text, encoding="utf-8", newline="\n")
    for name in (USES, EDITS):
        (folder / name).unlink()
    write_page(load(folder), folder / "page.html", bands=Bands(good=0.95, poor=0.35))
    page.goto((folder / "page.html").as_uri())
    page.wait_for_selector(READY)
    assert page.locator("#advice").inner_text().startswith("5 of 5 sentences need checking")


SEARCHES: tuple[tuple[str, list[str]], ...] = (
    ("ХАНСТВО", ["қала:1.1"]),
    ("елка", ["қала:1.2"]),
    ("ёлка", ["қала:1.2"]),
    ("е\u0308лка", ["қала:1.2"]),
    ("CAFE", ["дала:1.2"]),
    ("кафе", ["дала:1.2"]),
    ("хандык", []),
    ("хандық", ["қала:1.2"]),
    ("the  capital", ["дала:1.1"]),
    ("<b>", []),
    ("(", []),
)


def test_search_knows_letters(open_page: Open) -> None:
    page = open_page()
    assert [(query, search(page, query)) for query, _ in SEARCHES] == list(SEARCHES)


def test_search_marks_what_it_found(open_page: Open) -> None:
    page = open_page()
    search(page, "елка")
    assert page.locator("mark").all_inner_texts() == ["Ёлка"]
    page.press("#query", "Enter")
    assert page.locator(".row.current").get_attribute("id") == "row-қала:1.2"
    page.keyboard.press("Escape")
    assert len(rows_on(page)) == 5
    assert page.locator(".row.current").get_attribute("id") == "row-қала:1.2"


def test_kazakh_letters_fold_on_request(open_page: Open) -> None:
    page = open_page()
    page.click("#view")
    page.locator("input[name=folded]").check()
    page.keyboard.press("Escape")
    assert search(page, "хандык") == ["қала:1.2"]


def test_changes_to_the_machine_output_are_shown(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("d")
    words = cell(page, "қала:1.1", "ru")
    assert words.locator("del").all_inner_texts() == ["королевство"]
    assert words.locator("ins").all_inner_texts() == ["ханство"]
    page.keyboard.press("d")
    assert page.locator("del").count() == 0


def test_a_term_says_what_became_of_it(open_page: Open) -> None:
    page = open_page()
    cell(page, "қала:1.2", "kk").locator(".term").hover()
    tip = page.locator("#tip")
    assert "ханство" in tip.inner_text()
    assert "no words were found" in tip.inner_text()
    assert cell(page, "қала:1.2", "en").locator(".term.partner").inner_text() == "khanate"
    page.keyboard.press("Escape")
    assert tip.is_hidden()


def test_a_term_is_reached_by_keyboard(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("j")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "хандығы"
    assert page.locator("#tip").is_visible()


def test_the_panel_of_terms_counts_renderings_and_leads_to_them(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("t")
    entry = page.locator(".entry")
    assert entry.count() == 1
    entry.locator("summary").click()
    page.wait_for_selector(".rendering")
    text = entry.inner_text()
    assert "ханство × 1" in text
    assert "not rendered × 1" in text
    assert "khanate × 2" in text
    entry.locator(".rendering.doubt .jump").click()
    assert page.locator(".row.current").get_attribute("id") == "row-қала:1.2"
    entry.get_by_text("Show only these sentences").click()
    assert rows_on(page) == ["қала:1.1", "қала:1.2"]


def test_columns_are_hidden_and_moved_and_stay_so(open_page: Open) -> None:
    page = open_page()
    page.click("#view")
    page.get_by_label("Move Russian to the right").click()
    page.get_by_role("checkbox", name="Kazakh").uncheck()
    languages = "nodes => nodes.map(node => node.lang)"
    row = page.locator(f"{ROW.format('дала:1.1')} .cell")
    assert row.evaluate_all(languages) == ["en", "ru"]
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.locator(f"{ROW.format('дала:1.1')} .cell").evaluate_all(languages) == ["en", "ru"]


MODES = (
    ("Interlinear", ["kk", "ru", "en"], "no", 3),
    ("Source only", ["kk"], "yes", 1),
    ("Translation only", ["ru", "en"], "no", 1),
    ("Side by side", ["kk", "ru", "en"], "no", 1),
)


def test_reading_modes(open_page: Open) -> None:
    page = open_page()
    page.click("#view")
    row = page.locator(f"{ROW.format('дала:1.1')} .cell")
    for mode, languages, flow, lines in MODES:
        page.get_by_label(mode).check()
        assert row.evaluate_all("nodes => nodes.map(node => node.lang)") == languages
        assert page.locator("#text").get_attribute("data-flow") == flow
        assert row.evaluate_all("nodes => new Set(nodes.map(node => node.offsetTop)).size") == lines


def test_narrow_windows_stack_the_columns(open_page: Open) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    tops = page.locator(f"{ROW.format('дала:1.1')} .cell").evaluate_all(
        "nodes => new Set(nodes.map(node => node.offsetTop)).size"
    )
    assert tops == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_size_and_theme_change_and_are_remembered(open_page: Open) -> None:
    page = open_page()
    size = "getComputedStyle(document.querySelector('.words')).fontSize"
    before = page.evaluate(size)
    page.keyboard.press("+")
    larger = page.evaluate(size)
    assert float(larger[:-2]) > float(before[:-2])
    page.click("#theme")
    page.click("#theme")
    page.reload()
    page.wait_for_selector("html[data-theme=dark][data-ready]")
    assert page.evaluate(size) == larger


def test_the_interface_speaks_three_languages(open_page: Open) -> None:
    page = open_page(locale="ru-RU")
    assert page.locator("#filter").inner_text() == "Фильтр"
    page.select_option("#interface", "kk")
    assert page.locator("#filter").inner_text() == "Сүзгі"
    assert page.locator("html").get_attribute("lang") == "kk"
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.locator("#filter").inner_text() == "Сүзгі"


def test_keys_lead_from_row_to_row(open_page: Open) -> None:
    page = open_page()
    where = "document.querySelector('.row.current').dataset.row"
    visited = []
    for key in ("j", "j", "k", "n", "n", "N"):
        page.keyboard.press(key)
        visited.append(int(page.evaluate(where)))
    assert visited[:3] == [0, 1, 0]
    assert visited[3:] == [1, 2, 1]
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("dialog").is_hidden()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"


PRESSED = """([key, code, shift]) => {
  const event = new KeyboardEvent('keydown', {key, code, shiftKey: shift, bubbles: true, cancelable: true});
  document.activeElement.dispatchEvent(event);
  if (document.querySelector('dialog').open) return 'dialog';
  const isOpen = (name) => !document.getElementById(`${name}-panel`).hidden;
  return [...['filter', 'view', 'terms'].filter(isOpen), document.activeElement.id].join(' ').trim();
}"""
LAYOUTS = (
    ("Russian", "а", "KeyF", False, "filter"),
    ("Kazakh", "м", "KeyV", False, "view"),
    ("Greek", "τ", "KeyT", False, "terms terms-query"),
    ("Arabic", "ف", "KeyT", False, "terms terms-query"),
    ("Russian", ".", "Slash", False, "query"),
    ("Russian", ",", "Slash", True, "dialog"),
    ("an input method", "Process", "KeyF", False, "filter"),
    ("German", "ß", "Minus", False, ""),
    ("French: q lies where a is meant", "q", "KeyA", False, ""),
    ("Dvorak: f lies where y is", "f", "KeyY", False, "filter"),
    ("Dvorak: a point lies where e is", ".", "KeyE", False, ""),
)


def test_shortcuts_work_on_every_layout(open_page: Open) -> None:
    page = open_page()
    for layout, key, code, shift, opened in LAYOUTS:
        page.evaluate("document.activeElement.blur()")
        found = page.evaluate(PRESSED, [key, code, shift])
        assert found.split(" ")[0] == opened.split(" ")[0], layout
        if opened:
            assert found.endswith(opened.split(" ")[-1]) or opened in ("filter", "view"), layout
            page.keyboard.press("Escape")
    assert page.locator("#text textarea").count() == 0
    assert page.locator("#edits-count").inner_text() == ""


def test_one_scale_judges_every_translation(open_page: Open) -> None:
    page = open_page()
    labels = "nodes => nodes.map(node => node.textContent.replace(/ [0-9.]+$/, ''))"
    found = page.locator(".notes .label").evaluate_all(labels)
    assert found == [
        "to check",
        "good",
        "to check",
        "good",
        "no translation",
        "poor",
        "good",
        "good",
        "good",
        "good",
    ]
    counted: dict[str, int] = {}
    for text in page.locator(".band").all_inner_texts():
        count, label = text.strip().split(" ", 1)
        counted[label] = counted.get(label, 0) + int(count)
    assert counted == {label: found.count(label) for label in found}
    page.click("#check")
    left = page.locator(".notes .label").evaluate_all(labels)
    assert sum(label != "good" for label in left) == sum(label != "good" for label in found)
    cell(page, "қала:2.1", "en").click()
    foot = page.locator(".foot").inner_text()
    assert foot.startswith("poor 0.08 This translation repeats itself.")
    assert "checks" not in page.locator("body").inner_text()


def test_without_scripts_there_is_the_plain_table(browser: Any, page_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(page_file.as_uri())
    rows = page.locator("#plain tbody tr:not(.head)")
    assert rows.count() == 5
    assert rows.nth(0).locator("td").all_inner_texts() == [
        "1.1",
        "Қазақ хандығы құрылды.",
        "Казахское ханство создано.",
        "The Kazakh khanate was founded.",
    ]
    assert page.locator("#plain tr.head").all_inner_texts()[1:] == ["қала", "дала"]
    assert page.locator("#query").is_hidden()
    assert page.get_by_text("This is the plain table").is_visible()
    page.emulate_media(media="print")
    assert rows.nth(4).is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    context.close()


def test_a_browser_that_cannot_start_the_script_shows_the_plain_table(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.add_init_script("delete window.IntersectionObserver")
    page.goto(page_file.as_uri())
    page.wait_for_selector("#plain tbody", state="visible")
    assert page.locator("#plain tbody tr:not(.head)").count() == 5
    page.close()


def test_the_grid_is_reached_and_walked_by_keyboard(open_page: Open) -> None:
    page = open_page()
    page.focus("#help")
    page.keyboard.press("Tab")
    chosen = page.locator(".row.current")
    assert chosen.get_attribute("id") == "row-қала:1.1"
    page.keyboard.press("ArrowDown")
    assert chosen.get_attribute("id") == "row-қала:1.2"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.lang") == "ru"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Edit"


def test_a_chosen_sentence_stays_where_the_eye_has_it(open_page: Open) -> None:
    page = open_page(viewport={"width": 700, "height": 420})
    page.evaluate("document.querySelector('[id=\"row-қала:1.2\"]').scrollIntoView({block: 'center'})")
    cell(page, "қала:1.1", "en").click()
    top = "document.querySelector('[id=\"row-дала:1.1\"]').getBoundingClientRect().top"
    page.evaluate("document.querySelector('[id=\"row-дала:1.1\"]').scrollIntoView({block: 'center'})")
    before = page.evaluate(top)
    cell(page, "дала:1.1", "kk").click()
    page.wait_for_timeout(100)
    assert abs(page.evaluate(top) - before) <= 1


def test_single_keys_can_be_switched_off(open_page: Open) -> None:
    page = open_page()
    page.click("#view")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator(".row.current").count() == 0


def test_on_paper_stand_all_rows_and_nothing_to_press(open_page: Open) -> None:
    page = open_page(fresh=True)
    page.emulate_media(media="print")
    assert page.locator("#query").is_hidden()
    assert page.locator(".row").count() == 5
    assert page.pdf(format="A4").startswith(b"%PDF")
