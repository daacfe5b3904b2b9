"""The words of rows linked, and the table of word links beside an aligned one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TextIO

from egiz.parallel.align.pairing import Pairs
from egiz.parallel.align.words import Method, by_attention, by_table, by_thot, pharaoh
from egiz.parallel.publish.tsv import PublishedRow, write_cells
from egiz.parallel.publish.word_table import WORD_COLUMNS
from egiz.parallel.reader.records import WordLinks
from egiz.translate.ctranslate2_engine import CTranslate2Engine
from egiz.translate.ctranslate2_forcing import CTranslate2Forcing
from egiz.translate.engine import Engine
from egiz.translate.errors import OptionError

WordLinker = Callable[[Sequence[tuple[str, str]], str, str], list[Pairs]]
"""Takes pairs of source and target text, their two languages, and gives the word links of each."""


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


def link_rows(rows: Sequence[PublishedRow], linker: WordLinker) -> Iterator[WordLinks]:
    """Link the words of every row that has text on both sides, language by language."""
    for target in range(len(rows[0].targets) if rows else 0):
        linked = [place for place, row in enumerate(rows) if row.source and row.targets[target].text]
        if not linked:
            continue
        texts = [(rows[place].source, rows[place].targets[target].text) for place in linked]
        first = rows[linked[0]]
        found = linker(texts, first.source_language, first.targets[target].language)
        for place, pairs in zip(linked, found, strict=True):
            yield WordLinks(row=place, target=target, pairs=pairs)


def write_words(stream: TextIO, rows: Iterable[PublishedRow], linker: WordLinker) -> None:
    """Write the table of the words that `link_rows` links."""
    stream.write("\t".join(column.name for column in WORD_COLUMNS) + "\n")
    held = list(rows)
    for links in link_rows(held, linker):
        row = held[links.row]
        language = row.targets[links.target].language
        write_cells(stream, row.id, WORD_COLUMNS, (row.id, language, pharaoh(links.pairs)))
