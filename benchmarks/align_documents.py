"""Make pairs of documents whose links are known, out of sentence pairs.

    python benchmarks/align_documents.py PAIRS.tsv -o FOLDER [--target ru] [--seed 1] [--size 0]

PAIRS.tsv has a source, Russian and English column without header, as the test sets have. On each side alone,
12 % of the sentences are joined with the next one to one unit and 4 % are left out; what belongs together is
the gold. FOLDER then has source.txt and target.txt, one unit a line, and gold.tsv, one link a line: the
numbers of units of the source and of the target, counted from 0, joined by commas. Equal seeds give equal
documents.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MERGED, DROPPED = 0.12, 0.04
COLUMNS = {"kk": 0, "ru": 1, "en": 2}
Link = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Two documents as units with their paragraphs, and the gold links in order, null links too."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    source_paragraphs: tuple[int, ...]
    target_paragraphs: tuple[int, ...]
    gold: tuple[Link, ...]


def read_pairs(path: Path, target: str) -> list[tuple[str, str]]:
    """Kazakh and target of the rows that have both."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if cells[0].strip() and cells[COLUMNS[target]].strip():
            found.append((cells[0].strip(), cells[COLUMNS[target]].strip()))
    return found


def make(
    pairs: Sequence[tuple[str, str]],
    seed: int = 1,
    *,
    merged: float = MERGED,
    dropped: float = DROPPED,
    paragraphs: bool = False,
) -> Made:
    """Make two documents. With `paragraphs`, two to six sentences make one, and none is joined across."""
    chance = random.Random(seed)
    numbers, left = [], 0
    for place in range(len(pairs)):
        if left == 0:
            left = chance.randint(2, 6)
            numbers.append(numbers[-1] + 1 if place else 0)
        else:
            numbers.append(numbers[-1])
        left -= 1
    if not paragraphs:
        numbers = [0] * len(pairs)
    sides = [_units(numbers, chance, merged, dropped) for _ in range(2)]
    texts = [
        tuple(" ".join(pairs[at][side] for at in unit) for unit in units) for side, units in enumerate(sides)
    ]
    return Made(
        source=texts[0],
        target=texts[1],
        source_paragraphs=tuple(numbers[unit[0]] for unit in sides[0]),
        target_paragraphs=tuple(numbers[unit[0]] for unit in sides[1]),
        gold=_links(sides[0], sides[1]),
    )


def _units(
    paragraphs: Sequence[int], chance: random.Random, merged: float, dropped: float
) -> list[tuple[int, ...]]:
    units: list[tuple[int, ...]] = []
    at, count = 0, len(paragraphs)
    while at < count:
        drawn = chance.random()
        if drawn < dropped:
            at += 1
        elif drawn < dropped + merged and at + 1 < count and paragraphs[at] == paragraphs[at + 1]:
            units.append((at, at + 1))
            at += 2
        else:
            units.append((at,))
            at += 1
    return units


def _links(source: Sequence[tuple[int, ...]], target: Sequence[tuple[int, ...]]) -> tuple[Link, ...]:
    """Units that share a sentence belong together, and so do those that share one with any of these."""
    links: list[Link] = []
    i = j = 0
    while i < len(source) or j < len(target):
        begun = i, j
        if j == len(target) or (i < len(source) and source[i][-1] < target[j][0]):
            i += 1
        elif i == len(source) or target[j][-1] < source[i][0]:
            j += 1
        else:
            last = max(source[i][-1], target[j][-1])
            i, j = i + 1, j + 1
            grown = True
            while grown:
                grown = False
                while i < len(source) and source[i][0] <= last:
                    last, i, grown = max(last, source[i][-1]), i + 1, True
                while j < len(target) and target[j][0] <= last:
                    last, j, grown = max(last, target[j][-1]), j + 1, True
        links.append(((begun[0], i), (begun[1], j)))
    return tuple(links)


def write(made: Made, folder: Path) -> None:
    """Write source.txt, target.txt and gold.tsv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, units in (("source.txt", made.source), ("target.txt", made.target)):
        (folder / name).write_text("".join(f"{unit}\n" for unit in units), encoding="utf-8", newline="\n")
    lines = ["\t".join(",".join(map(str, range(*span))) for span in link) for link in made.gold]
    text = "source\ttarget\n" + "".join(f"{line}\n" for line in lines)
    (folder / "gold.tsv").write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--target", default="ru", choices=["ru", "en"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=0, help="Sentence pairs to take; 0 is all.")
    arguments = parser.parse_args()
    pairs = read_pairs(arguments.pairs, arguments.target)
    write(make(pairs[: arguments.size or None], arguments.seed), arguments.output)


if __name__ == "__main__":
    main()
