"""Measure how fast a large term base is linted, and how fast translations are checked by it.

    python benchmarks/terms_speed.py BASE ROWS [--from kk] [--columns kk=1,ru=2] [--rows N] [--workers N]

BASE is a table of terms or a shipped base; `--columns` says what its columns are without a header. ROWS is a
table of a text beside its Russian translation, without a header. The baseline for both is pymorphy3 alone:
for linting, one parse of each Russian wording; for checking, one parse of each word of the translations.
Times are those of the processor, on one core.

With --workers N, checking and scoring (effort ``fast``) are also measured by the clock, in one process and
then in N; the last figure is how many times faster N are. The machine must be quiet for that.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from egiz.glossary.lint import lint
from egiz.glossary.records import Term
from egiz.glossary.termbase import load
from egiz.parallel.bilingual.check import TermCheck
from egiz.parallel.bilingual.files import BilingualFiles
from egiz.parallel.bilingual.score import fast_lines
from egiz.parallel.bitext import Segment

WORD = re.compile(r"[^\W\d_]+")


def seconds(work: Callable[[], object]) -> float:
    """Processor time of a piece of work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def ratio(name: str, work: Callable[[int], object], workers: int) -> None:
    """Print how long some work takes by the clock in one process and in several."""
    taken = []
    for count in (1, workers):
        start = time.perf_counter()
        work(count)
        taken.append(time.perf_counter() - start)
    print(f"{name:6} {taken[0]:.2f} s in 1 process, {taken[1]:.2f} s in {workers}: {taken[0] / taken[1]:.2f}")


def check(terms: Sequence[Term], rows: Sequence[Segment], workers: int = 1) -> int:
    """The number of findings in the rows."""
    return sum(1 for _ in TermCheck(terms, workers=workers).findings(rows))


def main() -> None:
    """Print one line each for linting and checking, and one for each ratio."""
    import pymorphy3

    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("base", type=Path)
    options.add_argument("texts", type=Path)
    options.add_argument("--from", dest="source", default="kk")
    options.add_argument("--columns")
    options.add_argument("--rows", type=int, default=4000)
    options.add_argument("--workers", type=int, default=1)
    chosen = options.parse_args()
    base = load(chosen.base, columns=chosen.columns, languages=(chosen.source, "ru"))
    read = BilingualFiles([chosen.texts], chosen.source, "ru", columns="source=1,target=2")
    rows = [row for _, row in zip(range(chosen.rows), read.segments(), strict=False)]
    parse = pymorphy3.MorphAnalyzer(lang="ru").parse
    wordings = [item.text for term in base.terms for item in term.wordings_in("ru")]
    words = [word for row in rows for word in WORD.findall(row.target)]
    for name, count, work, parsed in (
        ("lint", len(base.terms), lambda: lint(base), wordings),
        ("check", len(rows), lambda: check(base.terms, rows), words),
    ):
        alone = seconds(lambda parsed=parsed: [parse(word) for word in parsed])  # type: ignore[misc]
        spent = seconds(work)
        print(
            f"{name:6} {count:>8,} in {spent:6.2f} s ({count / spent:8,.0f}/s), "
            f"{spent / alone:.2f} times {len(parsed):,} parses by pymorphy3 ({alone:.2f} s)"
        )
    if chosen.workers > 1:
        ratio("check", lambda count: check(base.terms, rows, count), chosen.workers)
        ratio("score", lambda count: list(fast_lines(rows, features=False, workers=count)), chosen.workers)


if __name__ == "__main__":
    main()
