"""Measure the reader page: its size beside the table's, and how fast it opens, filters and searches.

    python benchmarks/reader.py [rows] [--words]

The table repeats real sentences under ids of their own, a term in every fourth row; with --words, every
second word of each translation is linked with one of its source. Times are milliseconds in headless Chromium,
the median of `RUNS`: by the clock until the frame after is painted, and of the processor time that the page's
main thread had, which a busy machine does not lengthen. Needs playwright and a Chromium (`EGIZ_CHROMIUM`,
else the first of the usual names on the path).
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from egiz.glossary.correct.links import word_places
from egiz.parallel.publish import read_tsv
from egiz.parallel.reader import load, write_page

RUNS = 5
SHORT = ("Осы кезең дамуында бірнеше этаптарға бөлінеді.", "Этот период делится на несколько этапов.")
LONG_SOURCE = (
    "Қоғамды реформалауға бағытталған әлеуметтік-экономикалық және саяси акциялар жүйесі тарихқа "
    "«қайта құру» деген атпен енді."
)
LONG_TARGET = (
    "Система социально-экономических и политических мер, направленных на реформирование общества, вошла "
    "в историю под названием «перестройка»."
)
SENTENCES = (
    SHORT,
    ("Қазақ хандығы он бесінші ғасырда құрылды.", "Казахское ханство было создано в пятнадцатом веке."),
    (LONG_SOURCE, LONG_TARGET),
    (
        "Алайда жеделдетудің басты факторы ретінде өндірістік аппаратты жаңарту идеясы көрінді.",
        "Однако главным фактором ускорения виделась идея обновления производственного аппарата.",
    ),
)
ENGLISH = "However, the renewal of the production equipment was seen as the main factor of acceleration."
STATUSES = ("ok", "ok", "ok", "retried", "ok", "ok", "suspect")
TERM_HEAD = "row language term source_term source_start source_stop source_form target_term target_start "
TERM_HEAD += "target_stop target_form outcome note"

WHEN_PAINTED = """async (work) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  await painted();
  const start = performance.now();
  eval(work)();
  await painted();
  await painted();
  return performance.now() - start;
}"""
ACTIONS = {
    "filter: needs checking": "() => document.getElementById('check').click()",
    "filter off": "() => document.getElementById('check').click()",
    "order: worst first": "() => document.querySelector('[data-order=worst]').click()",
    "order of the text": "() => document.querySelector('[data-order=text]').click()",
    "search: a common word": "() => type('период')",
    "search: one row": "() => type('777.2')",
    "search: nothing": "() => type('жоқсөз')",
    "search off": "() => type('')",
    "scroll to the middle": "() => scrollTo(0, document.body.scrollHeight / 2)",
    "scroll to the end": "() => scrollTo(0, document.body.scrollHeight)",
    "point at a word": "() => point()",
}
TYPE = """window.type = (text) => {
  const query = document.getElementById('query');
  query.value = text;
  query.dispatchEvent(new Event('input'));
}
window.point = () => {
  const words = [...document.querySelectorAll('.words')];
  const seen = words.find((node) => node.getBoundingClientRect().top > 200);
  const { left, top } = seen.getBoundingClientRect();
  const event = { bubbles: true, clientX: left + 20, clientY: top + 8, pointerType: 'mouse' };
  seen.dispatchEvent(new PointerEvent('pointerover', event));
}"""


def make_table(folder: Path, rows: int, *, words: bool = False) -> Path:
    """Write a table of this many rows with its terms, and links of words; gives the path of the table."""
    head = ["id", "kk"]
    for tag in ("ru", "en"):
        head += [tag, *(f"{tag}.{kind}" for kind in ("quality", "status", "flags", "terms", "mt"))]
    table, terms = ["\t".join(head)], [TERM_HEAD.replace(" ", "\t")]
    for number in range(rows):
        name = f"document-{number // 2000 + 1}:{number % 2000 // 3 + 1}.{number % 3 + 1}"
        source, target = SENTENCES[number % 4]
        status = STATUSES[number % 7]
        flags = "short" if status == "suspect" else ""
        quality = f"{(number * 37 % 1000) / 1000:.3f}"
        russian = [f"{target} {number // 3}.{number % 3}", quality, status, flags, "", ""]
        cells = [name, source, *russian, ENGLISH, quality, "ok", "", "", ""]
        table.append("\t".join(cells))
        if number % 4 == 1:
            spans = ["хандық", "6", "13", "хандығы", "ханство", "10", "17", "ханство", "applied", ""]
            terms.append("\t".join([name, "ru", "khanate", *spans]))
    path = folder / "parallel.tsv"
    path.write_text("\n".join(table) + "\n", encoding="utf-8", newline="\n")
    (folder / "term-uses.tsv").write_text("\n".join(terms) + "\n", encoding="utf-8", newline="\n")
    if words:
        (folder / "words.tsv").write_text(_links(path), encoding="utf-8", newline="\n")
    return path


def _links(table: Path) -> str:
    lines = ["row\tlanguage\twords\n"]
    for row in read_tsv(table):
        source = len(word_places(row.source))
        for target in row.targets:
            count = len(word_places(target.text))
            pairs = [f"{at * source // count}-{at}" for at in range(0, count, 2)]
            lines.append(f"{row.id}\t{target.language}\t{' '.join(pairs)}\n")
    return "".join(lines)


def chromium() -> str:
    """The browser to use; empty where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("EGIZ_CHROMIUM") or next(filter(None, map(shutil.which, names)), "")


def measure(browser: Any, page_file: Path) -> dict[str, tuple[float, float]]:
    """Open the page once and do everything once; clock and processor milliseconds by name."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def processor() -> float:
        found = session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(item["value"] for item in found if item["name"] == "TaskDuration")

    page.goto(page_file.as_uri())
    page.wait_for_selector("html[data-ready]")
    clock = page.evaluate("performance.getEntriesByName('egiz-ready')[0].startTime")
    times = {"open": (clock, processor())}
    page.evaluate(TYPE)
    page.wait_for_timeout(1000)
    for name, work in ACTIONS.items():
        before = processor()
        clock = page.evaluate(WHEN_PAINTED, work)
        times[name] = (clock, processor() - before)
    page.close()
    return times


def main(rows: int = 10_000, *, words: bool = False) -> None:
    """Print the figures."""
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as name, sync_playwright() as playwright:
        table = make_table(Path(name), rows, words=words)
        page_file = Path(name) / "page.html"
        start = time.perf_counter()
        write_page(load(table), page_file)
        print(f"made in {time.perf_counter() - start:.2f} s")
        size, whole = table.stat().st_size, page_file.stat().st_size
        print(f"{rows:,} rows: table {size:,} bytes, page {whole:,}; allowed {1.3 * size + 150_000:,.0f}")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        runs = [measure(browser, page_file) for _ in range(RUNS)]
        browser.close()
    print(f"{'':26}{'clock':>8}{'processor':>11}")
    for name in runs[0]:
        clock, processor = (statistics.median(run[name][side] for run in runs) for side in (0, 1))
        print(f"{name:26}{clock:8.0f}{processor:11.0f} ms")


if __name__ == "__main__":
    main(*(int(item) for item in sys.argv[1:] if item != "--words"), words="--words" in sys.argv)
