"""Measure how fast a large term base is linted, and how fast translations are checked by it.

    python benchmarks/terms_speed.py BASE ROWS [--from kk] [--columns kk=1,ru=2] [--rows N]

BASE is a table of terms or a shipped base; `--columns` says what its columns are without a header. ROWS is a
table of a text beside its Russian translation, without a header. The baseline for both is pymorphy3 alone:
for linting, one parse of each Russian wording; for checking, one parse of each word of the translations.
Times are those of the processor, on one core.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path

from egiz.glossary.lint import lint
from egiz.glossary.termbase import load
from egiz.parallel.bilingual.check import TermCheck
from egiz.parallel.bilingual.files import BilingualFiles

WORD = re.compile(r"[^\W\d_]+")


def seconds(work: Callable[[], object]) -> float:
    """Processor time of a piece of work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print one line each for linting and checking."""
    import pymorphy3

    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("base", type=Path)
    options.add_argument("texts", type=Path)
    options.add_argument("--from", dest="source", default="kk")
    options.add_argument("--columns")
    options.add_argument("--rows", type=int, default=4000)
    chosen = options.parse_args()
    base = load(chosen.base, columns=chosen.columns, languages=(chosen.source, "ru"))
    read = BilingualFiles([chosen.texts], chosen.source, "ru", columns="source=1,target=2")
    rows = [row for _, row in zip(range(chosen.rows), read.segments(), strict=False)]
    parse = pymorphy3.MorphAnalyzer(lang="ru").parse
    wordings = [item.text for term in base.terms for item in term.wordings_in("ru")]
    words = [word for row in rows for word in WORD.findall(row.target)]
    for name, count, work, parsed in (
        ("lint", len(base.terms), lambda: lint(base), wordings),
        ("check", len(rows), lambda: list(TermCheck(base.terms).findings(rows)), words),
    ):
        alone = seconds(lambda parsed=parsed: [parse(word) for word in parsed])  # type: ignore[misc]
        spent = seconds(work)
        print(
            f"{name:6} {count:>8,} in {spent:6.2f} s ({count / spent:8,.0f}/s), "
            f"{spent / alone:.2f} times {len(parsed):,} parses by pymorphy3 ({alone:.2f} s)"
        )


if __name__ == "__main__":
    main()
