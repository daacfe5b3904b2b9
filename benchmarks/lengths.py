"""Measure how long people's translations are, and write the table that the length guards read.

    python benchmarks/lengths.py FOLDER > translate/data/lengths.tsv

FOLDER holds the corpora (`corpora/*.tsv`) and the test sets (`testsets/*.tsv`), columns kk, ru, en.

Per pair and per length of source: median and spread of ln((target+10)/(source+10)) in characters, over
all corpora but dictionaries and interface strings, and the FLORES-200 dev sentences. Spread is half the
distance between the 16th and the 84th percentile, which loose and misaligned pairs do not widen.
"""

from __future__ import annotations

import math
import sys
from itertools import permutations
from pathlib import Path
from statistics import median, quantiles

from egiz.translate.guards.rules import SMOOTHING

LANGUAGES = ("kk", "ru", "en")
EDGES = (0, 15, 30, 60, 120)


def rows(shared: Path) -> list[list[str]]:
    """All rows of the measured files: kk, ru, en."""
    paths = [path for path in sorted((shared / "corpora").glob("*.tsv")) if not path.name.startswith("ui_")]
    paths.append(shared / "testsets" / "flores200_dev_part.tsv")
    return [line.split("\t")[:3] for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def main(folder: str) -> None:
    """Print the table."""
    table = rows(Path(folder))
    print("source", "target", "characters", "mean", "deviation", "pairs", sep="\t")
    for source, target in permutations(range(3), 2):
        ratios: dict[int, list[float]] = {edge: [] for edge in EDGES}
        for row in table:
            before, after = row[source], row[target]
            if before and after:
                edge = max(edge for edge in EDGES if edge <= len(before))
                ratios[edge].append(math.log((len(after) + SMOOTHING) / (len(before) + SMOOTHING)))
        for edge, values in ratios.items():
            cuts = quantiles(values, n=100)
            spread = (cuts[83] - cuts[15]) / 2
            print(
                LANGUAGES[source],
                LANGUAGES[target],
                edge,
                f"{median(values):.3f}",
                f"{spread:.3f}",
                len(values),
                sep="\t",
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
