"""Count how often the guards are wrong on human translations, and how often they catch spoilt ones.

    python benchmarks/guards.py FOLDER [--show]

FOLDER holds the corpora (`corpora/*.tsv`) and the test sets (`testsets/*.tsv`), columns kk, ru, en.

Human references: FLORES-200 dev, 2,000 corpus rows (documents, Tatoeba, government news) and newstest2019,
on all of which rules and constants were chosen, and the FLORES-200 devtest, on which nothing was. Lengths
were measured on the corpora and FLORES dev. Spoilt outputs are made from the FLORES
dev references. With ``--show`` every false alarm is printed.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from egiz.translate.guards import CODES, check
from egiz.translate.records import Hypothesis

COLUMNS = {"kk": 0, "ru": 1, "en": 2}
DIRECTIONS = (("kk", "ru"), ("kk", "en"), ("ru", "kk"), ("en", "kk"), ("ru", "en"), ("en", "ru"))
CORPORA = ("docs_*.tsv", "tatoeba_*.tsv", "kaznu_*.tsv")
SAMPLE = 2000
Row = tuple[str, str, str]


def hypothesis(text: str, *, complete: bool = True) -> Hypothesis:
    """A text as if an engine had made it."""
    return Hypothesis(text=text, tokens=(), logprob=-0.5, complete=complete)


def read(path: Path) -> list[Row]:
    """The rows of a corpus or test set: kk, ru, en; empty where a language is missing."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(cells[0], cells[1], cells[2]) for cells in (line.split("\t") for line in lines)]


def references(shared: Path) -> dict[str, list[Row]]:
    """The human translations by name of the set."""
    paths = sorted(path for pattern in CORPORA for path in (shared / "corpora").glob(pattern))
    rows = [row for path in paths for row in read(path)]
    return {
        "flores dev": read(shared / "testsets" / "flores200_dev_part.tsv"),
        "corpora": random.Random(2000).sample(rows, SAMPLE),
        "newstest2019": read(shared / "testsets" / "wmt19_kk_en.tsv"),
        "flores devtest": read(shared / "testsets" / "flores200_devtest.tsv"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """False alarms of one direction: sentences, those with any flag, times per code, what they were."""

    sentences: int
    flagged: int
    codes: Counter[str]
    shown: tuple[tuple[tuple[str, ...], str, str], ...]


def false_alarms(rows: list[Row], source: str, target: str) -> Alarms:
    """Check human translations as if a model had made them."""
    pairs = [(row[COLUMNS[source]], row[COLUMNS[target]]) for row in rows]
    pairs = [(before, after) for before, after in pairs if before and after]
    codes: Counter[str] = Counter()
    shown = []
    for before, after in pairs:
        flags = check(before, hypothesis(after), source_language=source, target_language=target)
        codes.update(flags)
        if flags:
            shown.append((flags, before, after))
    return Alarms(sentences=len(pairs), flagged=len(shown), codes=codes, shown=tuple(shown))


def _half(text: str) -> str:
    words = text.split()
    return " ".join(words[: max(1, len(words) // 2)])


def _loop(text: str, times: int = 3) -> str:
    """Repeat a clause of the sentence where it stands, as a decoder does that cannot leave it."""
    words = text.split()
    size = min(6, max(2, len(words) // 3))
    start = max(0, len(words) // 2 - size)
    return " ".join([*words[:start], *words[start : start + size] * times, *words[start + size :]])


def _tripled(row: Row, others: list[Row], target: int) -> str:
    """The sentence with two others behind it: three times the text and no loop."""
    return " ".join((row[target], others[0][target], others[1][target]))


Spoiler = Callable[[Row, list[Row], int, int], Hypothesis]
SPOILERS: dict[str, Spoiler] = {
    "empty": lambda row, others, source, target: hypothesis("…"),
    "cut at the cap": lambda row, others, source, target: hypothesis(row[target], complete=False),
    "unknown piece": lambda row, others, source, target: hypothesis(row[target].replace(" ", " ⁇ ", 1)),
    "copied": lambda row, others, source, target: hypothesis(row[source]),
    "copied, last word lost": lambda row, others, source, target: hypothesis(row[source].rsplit(" ", 1)[0]),
    "source's language, other text": lambda row, others, source, target: hypothesis(others[0][source]),
    "third language": lambda row, others, source, target: hypothesis(row[3 - source - target]),
    "clause three times": lambda row, others, source, target: hypothesis(_loop(row[target])),
    "clause twice": lambda row, others, source, target: hypothesis(_loop(row[target], 2)),
    "last letters on and on": lambda row, others, source, target: hypothesis(row[target][:-1] + "на" * 12),
    "whole three times": lambda row, others, source, target: hypothesis(" ".join([row[target]] * 3)),
    "three times as long": lambda row, others, source, target: hypothesis(_tripled(row, others, target)),
    "first half only": lambda row, others, source, target: hypothesis(_half(row[target])),
    "first half, full stop": lambda row, others, source, target: hypothesis(
        re.sub(r"\W+$", "", _half(row[target])) + "."
    ),
    "first third, full stop": lambda row, others, source, target: hypothesis(
        re.sub(r"\W+$", "", row[target][: len(row[target]) // 3]) + "."
    ),
}
"""Name → function of row, two rows of about the same length, and the columns of source and target."""


def detections(rows: list[Row], source: str, target: str) -> dict[str, float]:
    """The share of spoilt outputs that get any flag, by way of spoiling."""
    ordered = sorted((row for row in rows if all(row)), key=lambda row: len(row[COLUMNS[source]]))
    found: dict[str, float] = {}
    for name, spoil in SPOILERS.items():
        hits = 0
        for place, row in enumerate(ordered):
            others = [ordered[place - 1], ordered[place - 2]]
            spoilt = spoil(row, others, COLUMNS[source], COLUMNS[target])
            hits += bool(check(row[COLUMNS[source]], spoilt, source_language=source, target_language=target))
        found[name] = hits / len(ordered)
    return found


def _print_false_alarms(sets: dict[str, list[Row]], *, show: bool) -> None:
    print("False alarms on human translations")
    print(f"{'set':15}{'pair':8}{'rows':>6}{'any':>8}  " + "".join(f"{code:>9}" for code in CODES))
    for name, rows in sets.items():
        for source, target in DIRECTIONS:
            alarms = false_alarms(rows, source, target)
            if not alarms.sentences:
                continue
            counts = "".join(f"{alarms.codes[code] or '·':>9}" for code in CODES)
            share = alarms.flagged / alarms.sentences
            print(f"{name:15}{source}→{target:5}{alarms.sentences:6}{share:8.2%}  {counts}")
            for flags, before, after in alarms.shown if show else ():
                print(f"    {' '.join(flags)}\n      {before}\n      {after}")


def main(folder: str, *options: str) -> None:
    """Print both tables and the speed."""
    sets = references(Path(folder))
    started = time.perf_counter()
    _print_false_alarms(sets, show="--show" in options)
    print(f"\n{time.perf_counter() - started:.1f} s, py3langid's loading included\n")
    shares = {pair: detections(sets["flores dev"], *pair) for pair in DIRECTIONS}
    print("Spoilt outputs that are flagged")
    print(f"{'':32}" + "".join(f"{source}→{target}".rjust(8) for source, target in DIRECTIONS))
    for name in SPOILERS:
        print(f"{name:32}" + "".join(f"{shares[pair][name]:8.1%}" for pair in DIRECTIONS))


if __name__ == "__main__":
    main(*sys.argv[1:])
