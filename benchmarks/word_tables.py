"""Make the word tables that correction of terms takes its evidence from, from parallel text.

    python benchmarks/word_tables.py SHARED [kk-ru kk-en en-ru]

Reads SHARED/corpora/*.tsv, the rows that the starter learned from, learns how probable stems of two languages
are of each other (Model 1 in both directions, as `egiz align --words table` does), and writes what is likely
to glossary/data/words. Left out are pairs below LEAST, and stems seen in fewer than SEEN rows, which prove
nothing. No test set is read.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

from egiz.parallel.align.learned import LearnedTable, stems

FOLDER = Path(__file__).resolve().parents[1] / "glossary" / "data" / "words"
COLUMNS = {"kk": 0, "ru": 1, "en": 2}
LEAST = 0.05
SEEN = 3
LONGEST = 45
MOST = 30_000_000
"""Pairs of words learned from; beyond it, only every second, third … row is read."""


def main() -> None:
    shared, pairs = Path(sys.argv[1]), sys.argv[2:] or ["kk-ru", "kk-en", "en-ru"]
    FOLDER.mkdir(exist_ok=True)
    for pair in pairs:
        source, target = pair.split("-")
        texts = read(shared / "corpora", COLUMNS[source], COLUMNS[target])
        lines = table(texts)
        (FOLDER / f"{pair}.tsv").write_text("".join(lines), encoding="utf-8", newline="\n")
        print(f"{pair}: {len(texts):,} rows, {len(lines):,} stems", flush=True)


def read(folder: Path, source: int, target: int) -> list[tuple[str, str]]:
    """The pairs of texts of all corpora, each once, without long ones and without very unequal ones."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = line.split("\t")
            if len(cells) > 2 and cells[source] and cells[target]:
                text, other = cells[source], cells[target]
                found.setdefault((text.lower(), other.lower()), (text, other))
    kept = [pair for pair in found.values() if _even(*(len(stems(text)) for text in pair))]
    work = sum(len(stems(text)) * len(stems(other)) for text, other in kept)
    return kept[:: -(-work // MOST)]


def _even(one: int, other: int) -> bool:
    return min(one, other) >= 1 and max(one, other) <= min(LONGEST, 3 * min(one, other) + 3)


def table(texts: list[tuple[str, str]]) -> list[str]:
    """A line for each source stem: the stem, then each likely target stem with its weight."""
    seen = Counter(stem for text, _ in texts for stem in set(stems(text)))
    known = Counter(stem for _, text in texts for stem in set(stems(text)))
    found: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for source, target, weight in LearnedTable(texts).entries():
        if weight >= LEAST and min(seen[source], known[target]) >= SEEN:
            found[source].append((-weight, target))
    return [
        "\t".join([stem, *(f"{target}:{-weight:.2f}" for weight, target in sorted(found[stem]))]) + "\n"
        for stem in sorted(found)
    ]


if __name__ == "__main__":
    main()
