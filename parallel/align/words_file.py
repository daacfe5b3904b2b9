"""The table of word links beside an aligned one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TextIO

from egiz.parallel.align.pairing import Pairs
from egiz.parallel.align.words import Method, by_attention, by_table, by_thot, pharaoh
from egiz.parallel.publish.columns import Column
from egiz.parallel.publish.tsv import PublishedRow, write_cells
from egiz.translate.ctranslate2_engine import CTranslate2Engine
from egiz.translate.ctranslate2_forcing import CTranslate2Forcing
from egiz.translate.engine import Engine
from egiz.translate.errors import OptionError

WORDS = "words.tsv"
WordLinker = Callable[[Sequence[tuple[str, str]], str, str], list[Pairs]]
"""Takes pairs of source and target text, their two languages, and gives the word links of each."""


def _column(name: str, title: str, description: str, *, required: bool = True) -> Column:
    return Column(
        name=name,
        kind="links",
        language="",
        type="string",
        title=title,
        description=description,
        required=required,
    )


WORD_COLUMNS = (
    _column("row", "Row", "the id of the row in the table"),
    _column("language", "Language", "of the translation"),
    _column(
        "words",
        "Words",
        "pairs such as 0-1: word of the source and word of the translation, runs of letters and digits "
        "counted from 0",
        required=False,
    ),
)


def word_linker(method: Method, engine: Engine | None) -> WordLinker:
    """How to link words. Raises OptionError where the attention of an engine is asked that shows none."""
    if method == "attention":
        if not isinstance(engine, CTranslate2Engine):
            raise OptionError(
                "this engine shows no attention", where="--words attention", expected="--engine ctranslate2"
            )
        return partial(_attentive, CTranslate2Forcing(engine))
    return _table if method == "table" else _thot


def _attentive(
    forcing: CTranslate2Forcing, texts: Sequence[tuple[str, str]], source: str, target: str
) -> list[Pairs]:
    return by_attention(texts, forcing, source=source, target=target)


def _table(texts: Sequence[tuple[str, str]], source: str, target: str) -> list[Pairs]:
    return by_table(texts)


def _thot(texts: Sequence[tuple[str, str]], source: str, target: str) -> list[Pairs]:
    return by_thot(texts)


def write_words(stream: TextIO, rows: Iterable[PublishedRow], linker: WordLinker) -> None:
    """Link the words of every row that has text on both sides, and write them language by language."""
    stream.write("\t".join(column.name for column in WORD_COLUMNS) + "\n")
    held = list(rows)
    for place in range(len(held[0].targets) if held else 0):
        linked = [row for row in held if row.source and row.targets[place].text]
        texts = [(row.source, row.targets[place].text) for row in linked]
        if not texts:
            continue
        language = linked[0].targets[place].language
        found = linker(texts, linked[0].source_language, language)
        for row, pairs in zip(linked, found, strict=True):
            write_cells(stream, row.id, WORD_COLUMNS, (row.id, language, pharaoh(pairs)))
