"""From tables of parallel text to clean training rows, with an account of everything left out.

A row keeps all its languages together, so that every direction can be drawn from it. Cells are
normalised as the engine normalises its input. Nothing of a test set may come through: a row goes when
one of its sides equals a test sentence (letters and digits only) or shares with one a third of its
word 5-grams.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from egiz.translate.errors import InputError
from egiz.translate.files import unfinished
from egiz.translate.guards.language import foreign
from egiz.translate.models.manifest import file_sha256
from egiz.translate.text import normalise
from egiz.translate.train.recipe import Filters, Recipe, Source

ROWS = "rows.tsv"
REPORT = "report.json"
_GRAM = 5
_SHARED_GRAMS = 1 / 3
_WORD = re.compile(r"\w+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z]")
_SCRIPTS = {"kk": _CYRILLIC, "ru": _CYRILLIC, "en": _LATIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One aligned row: a cell per language of the recipe, empty where the source has none."""

    cells: tuple[str, ...]
    source: int


class HeldOut:
    """The sentences no training row may resemble."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._keys: set[str] = set()
        self._grams: set[int] = set()
        for sentence in sentences:
            self._keys.add(letters(sentence))
            self._grams.update(_grams(sentence))

    @classmethod
    def read(cls, paths: Iterable[Path]) -> HeldOut:
        """Read every cell of some tables; raises InputError where one cannot be read."""
        return cls(cell for path in paths for row in _read_table(path) for cell in row if cell)

    def resembles(self, text: str) -> bool:
        """Tell whether `text` is a test sentence or a near copy of one."""
        key = letters(text)
        if len(key) >= 12 and key in self._keys:
            return True
        grams = _grams(text)
        return bool(grams) and len(grams & self._grams) >= len(grams) * _SHARED_GRAMS


def letters(text: str) -> str:
    """Reduce a text to its letters and digits, lower-case: what copies share however they are typeset."""
    return "".join(_WORD.findall(text.lower())).replace("_", "")


def _grams(text: str) -> set[int]:
    words = _WORD.findall(text.lower())
    return {hash_gram(words[at : at + _GRAM]) for at in range(len(words) - _GRAM + 1)}


def hash_gram(words: list[str]) -> int:
    """A hash that is the same in every run, unlike Python's own of strings."""
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big")


def _read_table(path: Path) -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield line.rstrip("\n").split("\t")
    except OSError as error:
        found = f"cannot be read: {error.strerror}"
        raise InputError(found, where=str(path), expected="a table of parallel text") from error
    except UnicodeDecodeError as error:
        raise InputError(str(error), where=str(path), expected="a table of parallel text in UTF-8") from error


def prepare(
    recipe: Recipe, corpora: Path, test_sets: Iterable[Path], output: Path
) -> dict[str, dict[str, int]]:
    """Write the clean rows of all sources to ``output/rows.tsv`` and the account to ``output/report.json``.

    Both appear under their names only when all sources have been read. Returns the account: per source
    file, rows read, rows kept, and rows or cells left out by reason. Raises InputError where a table
    cannot be read.
    """
    output.mkdir(parents=True, exist_ok=True)
    unseen = HeldOut.read(sorted(test_sets))
    account: dict[str, Counter[str]] = {}
    seen: set[str] = set()
    hashes: dict[str, str] = {}
    with unfinished(output / ROWS) as fresh_rows, unfinished(output / REPORT) as fresh_report:
        with fresh_rows.open("w", encoding="utf-8", newline="\n") as rows:
            for number, source in enumerate(recipe.sources):
                path = corpora / source.file
                counts = account[source.file] = Counter()
                for cells in clean(path, recipe, unseen, seen, counts):
                    rows.write("\t".join((*cells, str(number))) + "\n")
                hashes[source.file] = file_sha256(path)
        result = {file: dict(sorted(counts.items())) for file, counts in account.items()}
        hashes[ROWS] = file_sha256(fresh_rows)
        report = {"recipe": recipe.name, "account": result, "sha256": hashes}
        text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
        fresh_report.write_text(text, encoding="utf-8", newline="\n")
    return result


def clean(
    path: Path, recipe: Recipe, unseen: HeldOut, seen: set[str], counts: Counter[str]
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of one table that are fit to learn from; `counts` says what became of each."""
    width = len(recipe.languages)
    for raw in _read_table(path):
        counts["rows read"] += 1
        cells = [normalise(cell) for cell in (raw + [""] * width)[:width]]
        for place, language in enumerate(recipe.languages):
            reason = _unfit(cells[place], language, recipe.filters) if cells[place] else None
            if reason:
                counts[f"cell: {reason}"] += 1
                cells[place] = ""
        reason = _unfit_row(cells, recipe.filters) or (
            "test sentence" if any(map(unseen.resembles, cells)) else None
        )
        key = letters("\t".join(cells))
        if not reason and key in seen:
            reason = "duplicate"
        if reason:
            counts[f"row: {reason}"] += 1
            continue
        seen.add(key)
        counts["rows kept"] += 1
        yield tuple(cells)


def _unfit(cell: str, language: str, filters: Filters) -> str | None:
    if not filters.shortest <= len(cell) <= filters.longest:
        return "length"
    script = _SCRIPTS.get(language)
    found = len(script.findall(cell)) if script else sum(map(str.isalpha, cell))
    if found < filters.letters * len(cell):
        return "letters"
    return "language" if foreign(cell, language) else None


def _unfit_row(cells: list[str], filters: Filters) -> str | None:
    present = [cell for cell in cells if cell]
    if len(present) < 2:
        return "one side"
    if len(set(present)) < len(present):
        return "copied"
    shortest, longest = min(map(len, present)), max(map(len, present))
    return "ratio" if longest > 12 and longest > filters.ratio * shortest else None


def read_rows(folder: Path) -> list[Row]:
    """Read what `prepare` wrote; raises InputError where there is nothing, or something else."""
    path = folder / ROWS
    if not path.is_file():
        raise InputError(f"there is no {ROWS} in {folder}", action="Run `egiz train prepare` first.")
    rows: list[Row] = []
    for number, (*cells, source) in enumerate(_read_table(path), start=1):
        width = len(rows[0].cells) if rows else max(2, len(cells))
        if len(cells) != width or not source.isdecimal():
            raise InputError(
                f"{len(cells)} cells and source {source!r}",
                where=f"{path}:{number}",
                expected=f"{width} cells and the number of a source",
                action="Run `egiz train prepare` again.",
            )
        rows.append(Row(cells=tuple(cells), source=int(source)))
    return rows


def check_rows(rows: Sequence[Row], recipe: Recipe, *, where: str) -> None:
    """Raise InputError unless there are rows and each fits the recipe's languages and sources."""
    if not rows:
        raise InputError(
            "no rows to learn from", where=where, action="See report.json for what was left out, and why."
        )
    width, last = len(recipe.languages), len(recipe.sources) - 1
    for number, row in enumerate(rows, start=1):
        if len(row.cells) != width or row.source > last:
            raise InputError(
                f"{len(row.cells)} cells of source {row.source}",
                where=f"{where}:{number}",
                expected=f"{width} cells ({', '.join(recipe.languages)}) of sources 0 to {last}",
                action="Run `egiz train prepare` with this recipe.",
            )


def licences(sources: Iterable[Source]) -> tuple[str, ...]:
    """The licences of all sources, each once, sorted; a source may name several, separated by commas."""
    return tuple(sorted({part.strip() for source in sources for part in source.licence.split(",")}))


def read_columns(path: Path, names: Sequence[str]) -> dict[str, list[str]]:
    """Read a table without header as one list of cells per name.

    Raises InputError where a line has another number of cells.
    """
    columns: dict[str, list[str]] = {name: [] for name in names}
    for number, cells in enumerate(_read_table(path), start=1):
        if len(cells) != len(names):
            raise InputError(
                f"{len(cells)} cells", where=f"{path}:{number}", expected=f"{len(names)}: {', '.join(names)}"
            )
        for name, cell in zip(names, cells, strict=True):
            columns[name].append(cell)
    return columns
