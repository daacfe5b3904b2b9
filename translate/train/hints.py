"""Hints: lemmas of renderings, inserted into the source after the words that they render.

A source with hints reads ``word <term> lemma </term>``, where the marks are pieces that no text contains
(Dinu et al. 2019; Bergmanis & Pinnis 2021). The network learns to use the lemma in the inflected form that
the sentence requires. The hints of all rows are found before training and stored beside the rows, one line
per row and direction: row, source, target, and for each hint the end of the source word and the lemma.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from egiz.translate.engine.protocol import Hint
from egiz.translate.errors import InputError
from egiz.translate.files import unfinished

HINTS = "hints.tsv"
Hints = dict[tuple[int, int, int], tuple[Hint, ...]]
"""The hints of (row, source language, target language), all three as numbers."""


def write_hints(folder: Path, hints: Iterable[tuple[tuple[int, int, int], tuple[Hint, ...]]]) -> Path:
    """Write hints beside the rows of a training folder; return the path."""
    path = folder / HINTS
    with unfinished(path) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as lines:
        for place, told in hints:
            cells = [*map(str, place), *(f"{stop} {lemma}" for stop, lemma in told)]
            lines.write("\t".join(cells) + "\n")
    return path


def read_hints(folder: Path) -> Hints:
    """Read the hints of a training folder; empty without a file. Raises InputError for a malformed line."""
    path = folder / HINTS
    found: Hints = {}
    if not path.is_file():
        return found
    with path.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            row, source, target, *cells = line.rstrip("\n").split("\t")
            try:
                told = tuple((int(stop), lemma) for stop, _, lemma in (cell.partition(" ") for cell in cells))
                found[int(row), int(source), int(target)] = told
            except ValueError as error:
                raise InputError(
                    str(error), where=f"{path}:{number}", action="Run `egiz train hints` again."
                ) from error
    return found
