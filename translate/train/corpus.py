"""Make clean training rows from tables of text, and count all that is left out, by reason.

A row keeps all its languages together, so that every direction can be drawn from it. Cells are normalised
like the engine's input. No test sentence may be in the training data: a row is left out if one of its cells
equals a test sentence (compared by letters and digits) or shares a third of its word 5-grams with test
sentences. With `Filters.numberless`, rows are also compared with test sentences after the numbers of both
were removed, and of several rows that differ only by numbers, or at an end, only the first is kept. Texts in
one language, for the vocabulary and for back-translation, are cleaned in the same way.

Hints are lemmas of renderings, inserted into the source after the words that they render. A source with
hints reads ``word <term> lemma </term>``, where the marks are pieces that no text contains (Dinu et al.
2019; Bergmanis & Pinnis 2021). The network learns to use the lemma in the inflected form that the sentence
requires. The hints of all rows are found before training and stored beside the rows, one line per row and
direction: row, source, target, and for each hint the end of the source word and the lemma.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from egiz.translate.engine.protocol import Hint
from egiz.translate.errors import InputError
from egiz.translate.guards.language import foreign
from egiz.translate.io.files import unfinished
from egiz.translate.models.manifest import file_sha256
from egiz.translate.text import normalise
from egiz.translate.train.copies import HeldOut, NearCopies, letters
from egiz.translate.train.recipe import Filters, ParallelTable, Recipe, TextTable

ROWS = "rows.tsv"
TEXTS = "texts.tsv"
REPORT = "report.json"
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z]")
_SCRIPTS = {"kk": _CYRILLIC, "ru": _CYRILLIC, "en": _LATIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRow:
    """One aligned row: a cell per language of the recipe, empty if the text is missing.

    `source` is the index of its table in `Recipe.sources`.
    """

    cells: tuple[str, ...]
    source: int


def read_held_out(paths: Iterable[Path], *, without_numbers: bool = False) -> HeldOut:
    """Read all cells of these tables as held-out sentences; raises InputError if a table cannot be read."""
    cells = (cell for path in paths for row in _read_table(path) for cell in row if cell)
    return HeldOut(cells, without_numbers=without_numbers)


def _read_table(path: Path) -> Iterator[list[str]]:
    """Yield the cells of each row of a tab-separated table; InputError if it is not UTF-8."""
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
    recipe: Recipe, corpora: Path | Sequence[Path], test_sets: Iterable[Path], output: Path
) -> dict[str, dict[str, int]]:
    """Write the clean rows of all sources to ``output/rows.tsv`` and their counts to ``output/report.json``.

    Tables are searched for in the folders `corpora`, in order. Sentences of texts in one language are written
    to ``output/texts.tsv``. A file gets its name only when it is complete. Returns the counts for each table:
    of rows read, of rows kept, and of rows and cells left out, by reason. Raises InputError if a table cannot
    be read.
    """
    output.mkdir(parents=True, exist_ok=True)
    folders = [corpora] if isinstance(corpora, Path) else corpora
    unseen = read_held_out(sorted(test_sets), without_numbers=recipe.filters.numberless)
    account: dict[str, Counter[str]] = {}
    seen: set[str] = set()
    again = NearCopies()
    hashes: dict[str, str] = {}
    with unfinished(output / ROWS) as fresh_rows, unfinished(output / REPORT) as fresh_report:
        with fresh_rows.open("w", encoding="utf-8", newline="\n") as rows:
            for number, source in enumerate(recipe.sources):
                path = _find(source.file, folders)
                counts = account[source.file] = Counter()
                for cells in clean(path, recipe, unseen, seen, again, counts):
                    rows.write("\t".join((*cells, str(number))) + "\n")
                hashes[source.file] = file_sha256(path)
        hashes[ROWS] = file_sha256(fresh_rows)
        if recipe.texts:
            _prepare_texts(recipe, folders, unseen, output, account, hashes)
        result = {file: dict(sorted(counts.items())) for file, counts in account.items()}
        report = {"recipe": recipe.name, "account": result, "sha256": hashes}
        text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
        fresh_report.write_text(text, encoding="utf-8", newline="\n")
    return result


def _find(file: str, folders: Sequence[Path]) -> Path:
    """The path of a table in the first folder that has it; if none has it, its path in the last folder."""
    return next((folder / file for folder in folders if (folder / file).is_file()), folders[-1] / file)


def _prepare_texts(
    recipe: Recipe,
    folders: Sequence[Path],
    unseen: HeldOut,
    output: Path,
    account: dict[str, Counter[str]],
    hashes: dict[str, str],
) -> None:
    """Write ``texts.tsv``: the clean sentences of all texts, each with its text's index in `Recipe.texts`.

    Adds the counts of each text to `account`, and the hashes of the files to `hashes`.
    """
    seen: set[str] = set()
    with unfinished(output / TEXTS) as fresh:
        with fresh.open("w", encoding="utf-8", newline="\n") as lines:
            for number, text in enumerate(recipe.texts):
                path = _find(text.file, folders)
                counts = account[text.title] = Counter()
                chance = random.Random(recipe.schedule.seed * 1000 + number)
                for sentence in _clean_text(path, text, recipe.filters, unseen, seen, chance, counts):
                    lines.write(f"{sentence}\t{number}\n")
                hashes[text.file] = file_sha256(path)
        hashes[TEXTS] = file_sha256(fresh)


def _clean_text(
    path: Path,
    text: TextTable,
    filters: Filters,
    unseen: HeldOut,
    seen: set[str],
    chance: random.Random,
    counts: Counter[str],
) -> Iterator[str]:
    """Yield the clean sentences of a random part of a text; the size of this part is `TextTable.weight`.

    `counts` is increased for each sentence, by outcome: kept, not drawn, or the reason to leave it out.
    """
    for cell, *others in _read_table(path):
        if text.part and text.part not in others:
            continue
        counts["rows read"] += 1
        if chance.random() >= text.weight:
            counts["row: not drawn"] += 1
            continue
        sentence = normalise(cell)
        key = letters(sentence)
        if reason := _unfit(sentence, text.language, filters):
            counts[f"row: {reason}"] += 1
        elif unseen.resembles(sentence):
            counts["row: test sentence"] += 1
        elif key in seen:
            counts["row: duplicate"] += 1
        else:
            seen.add(key)
            counts["rows kept"] += 1
            yield sentence


def clean(
    path: Path, recipe: Recipe, unseen: HeldOut, seen: set[str], again: NearCopies, counts: Counter[str]
) -> Iterator[tuple[str, ...]]:
    """Yield the clean rows of one table; `counts` is increased for each row and cell, by outcome.

    `seen` holds the rows of earlier tables, and `again` recognises near copies of them. The function adds the
    yielded rows to both.
    """
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
        elif not reason and recipe.filters.numberless and again.is_repeat(cells[0]):
            reason = "near copy"
        if reason:
            counts[f"row: {reason}"] += 1
            continue
        seen.add(key)
        counts["rows kept"] += 1
        yield tuple(cells)


def _unfit(cell: str, language: str, filters: Filters) -> str | None:
    """Why a cell is left out: ``length``, ``letters`` or ``language``; None if it is kept."""
    if not filters.shortest <= len(cell) <= filters.longest:
        return "length"
    script = _SCRIPTS.get(language)
    found = len(script.findall(cell)) if script else sum(map(str.isalpha, cell))
    if found < filters.letters * len(cell):
        return "letters"
    return "language" if foreign(cell, language) else None


def _unfit_row(cells: list[str], filters: Filters) -> str | None:
    """Why a row of kept cells is left out: ``one side``, ``copied`` or ``ratio``; None if it is kept."""
    present = [cell for cell in cells if cell]
    if len(present) < 2:
        return "one side"
    if len(set(present)) < len(present):
        return "copied"
    shortest, longest = min(map(len, present)), max(map(len, present))
    return "ratio" if longest > 12 and longest > filters.ratio * shortest else None


def read_texts(folder: Path) -> list[tuple[str, int]]:
    """Read the sentences that `prepare` wrote, each with its text's index in `Recipe.texts`.

    Empty if there is no such file.
    """
    path = folder / TEXTS
    if not path.is_file():
        return []
    return [(sentence, int(number)) for sentence, number in _read_table(path)]


def read_rows(folder: Path) -> list[TrainingRow]:
    """Read the rows that `prepare` wrote; raises InputError if the file is missing or malformed."""
    path = folder / ROWS
    if not path.is_file():
        raise InputError(f"there is no {ROWS} in {folder}", action="Run `egiz train prepare` first.")
    rows: list[TrainingRow] = []
    for number, (*cells, source) in enumerate(_read_table(path), start=1):
        width = len(rows[0].cells) if rows else max(2, len(cells))
        if len(cells) != width or not source.isdecimal():
            raise InputError(
                f"{len(cells)} cells and source {source!r}",
                where=f"{path}:{number}",
                expected=f"{width} cells and the number of a source",
                action="Run `egiz train prepare` again.",
            )
        rows.append(TrainingRow(cells=tuple(cells), source=int(source)))
    return rows


def check_rows(rows: Sequence[TrainingRow], recipe: Recipe, *, where: str) -> None:
    """Raise InputError if there are no rows, or if a row does not fit the recipe's languages and sources."""
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


def licences(sources: Iterable[ParallelTable | TextTable]) -> tuple[str, ...]:
    """The licences of all sources, each once, sorted; a source may name several, separated by commas."""
    return tuple(sorted({part.strip() for source in sources for part in source.licence.split(",")}))


def read_columns(path: Path, names: Sequence[str]) -> dict[str, list[str]]:
    """Read a table without a header as one list of cells per name.

    Raises InputError if a line has another number of cells than there are names.
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


HINTS = "hints.tsv"
Hints = dict[tuple[int, int, int], tuple[Hint, ...]]
"""Hints by the indices of row, source language and target language, as in `egiz.translate.train.batches`."""


def write_hints(folder: Path, hints: Iterable[tuple[tuple[int, int, int], tuple[Hint, ...]]]) -> Path:
    """Write hints beside the rows of a training folder; return the path."""
    path = folder / HINTS
    with unfinished(path) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as lines:
        for place, row_hints in hints:
            cells = [*map(str, place), *(f"{stop} {lemma}" for stop, lemma in row_hints)]
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
                row_hints = tuple(
                    (int(stop), lemma) for stop, _, lemma in (cell.partition(" ") for cell in cells)
                )
                found[int(row), int(source), int(target)] = row_hints
            except ValueError as error:
                raise InputError(
                    str(error), where=f"{path}:{number}", action="Run `egiz train hints` again."
                ) from error
    return found
