"""Count false alarms and misses of the term check on pairs of sentences that people have judged.

    python benchmarks/terms_pairs.py FOLDER [--show]

FOLDER holds tables without a header of five columns: direction (``en-ru``), ``ok`` or ``bad``, the id of an
entry, source and target. ``ok`` says that the target renders the entry rightly, or that the source does not
hold it: a finding about it is a false alarm. ``bad`` says that a finding about it is due: none is a miss.
Each table is read with the term base that the list below names. Notes do not count as findings.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from egiz.glossary.check import Checker
from egiz.glossary.findings import CHECKS
from egiz.glossary.termbase import load

BASES = {"cases": "tb", "cases2": "tb2", "cases3": "tb3", "cases5": "tb2"}
"""The term base of each table of cases, without endings."""


def judged(folder: Path, table: str) -> list[tuple[str, str, str, str, str]]:
    """The rows of a table; raises ValueError where one has not five columns."""
    rows = []
    for line in (folder / f"{table}.tsv").read_text(encoding="utf-8").splitlines():
        direction, verdict, term, source, target = line.split("\t")
        rows.append((direction, verdict, term, source, target))
    return rows


def main() -> None:
    """Print a line for each direction, and with ``--show`` each wrong verdict."""
    folder = Path(sys.argv[1])
    total, wrong = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for table, base in BASES.items():
        terms = load(folder / f"{base}.tsv").terms
        checkers: dict[str, Checker] = {}
        for direction, verdict, term, source, target in judged(folder, table):
            if direction not in checkers:
                checkers[direction] = Checker(terms, *direction.split("-"))
            uses = checkers[direction].check(source, target)
            codes = [use.code for use in uses if use.term.id == term and use.code]
            found = any(CHECKS[code][0] != "note" for code in codes)
            total[direction, verdict] += 1
            if found != (verdict == "bad"):
                wrong[direction, verdict] += 1
                if "--show" in sys.argv:
                    print(f"{table}\t{direction}\t{verdict}\t{term}\t{source}\t{target}\t{' '.join(codes)}")
    print("direction  false alarms     misses")
    for direction in sorted({direction for direction, _ in total}):
        ok, bad = (direction, "ok"), (direction, "bad")
        print(f"{direction:9}  {wrong[ok]:3} of {total[ok]:<5}  {wrong[bad]:5} of {total[bad]}")


if __name__ == "__main__":
    main()
