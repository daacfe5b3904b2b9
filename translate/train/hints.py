"""Hints: dictionary forms of a rendering, told beside the source word that they render.

A source with hints reads ``word <term> lemma </term>``, the marks being pieces that no text holds (Dinu et
al. 2019; Bergmanis & Pinnis 2021). The network learns to take the lemma over in the form that its place asks
for. What the hints of a row are is found out before training and kept beside the rows, a line for each
direction: row, source, target, then where the source word ends and the lemma, for each hint.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from egiz.translate.errors import InputError
from egiz.translate.files import unfinished

HINTS = "hints.tsv"
Hint = tuple[int, str]
"""Where the source word ends (code points), and the lemma."""
Hints = dict[tuple[int, int, int], tuple[Hint, ...]]
"""The hints of (row, source language, target language), all three as numbers."""


def write_hints(folder: Path, hints: Iterable[tuple[tuple[int, int, int], tuple[Hint, ...]]]) -> Path:
    """Write hints beside the rows of a training folder; returns the path."""
    path = folder / HINTS
    with unfinished(path) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as lines:
        for place, told in hints:
            cells = [*map(str, place), *(f"{stop} {lemma}" for stop, lemma in told)]
            lines.write("\t".join(cells) + "\n")
    return path


def read_hints(folder: Path) -> Hints:
    """Read the hints of a training folder; none where there is no file of them."""
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
