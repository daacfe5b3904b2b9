"""Links the words of aligned texts, and writes the table of word links.

Words are maximal sequences of letters and digits, counted from 0 in each text. A link is a pair of a source
word and a target word, as in the Pharaoh format. There are three methods: the attention of the model when it
is forced to decode the given translation, a word table learned from all rows, and sil-thot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Literal, TextIO

from egiz.glossary.correct.links import Weights, word_attention
from egiz.parallel.align.learned import LearnedTable, LearnedThot, TextPairs, WordPairs, best_links
from egiz.parallel.publish.side_tables import WORD_COLUMNS
from egiz.parallel.publish.tsv import PublishedRow, write_cells
from egiz.parallel.reader.records import WordLinks
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.engine.protocol import Engine, Forcing
from egiz.translate.errors import OptionError
from egiz.translate.text import normalise

Method = Literal["attention", "table", "thot"]
"""The methods of linking words: see `by_attention`, `by_table` and `by_thot`."""


def pharaoh(pairs: WordPairs) -> str:
    """Return word links in Pharaoh format, source word first: ``0-0 1-2``."""
    return " ".join(f"{source}-{target}" for source, target in pairs)


def by_attention(texts: TextPairs, forcing: Forcing, *, source: str, target: str) -> list[WordPairs]:
    """Link words by attention, with links as `best_links` chooses them. If a text is too long for the model,
    its pair gets no links.
    """
    return [best_links(table) for table in attention_weights(texts, forcing, source=source, target=target)]


def attention_weights(texts: TextPairs, forcing: Forcing, *, source: str, target: str) -> list[Weights]:
    """Return, for each pair of texts, the attention of target words to source words: ``[target word][source
    word]``.

    The weights of a pair are empty if a text is too long for the model.
    """
    plain = [(normalise(left), normalise(right)) for left, right in texts]
    found = forcing.align(plain, source=source, target=target)
    return [
        word_attention(attention, left, right) if attention.weights else []
        for (left, right), attention in zip(plain, found, strict=True)
    ]


def by_table(texts: TextPairs) -> list[WordPairs]:
    """Link words by stem tables learned from these texts in both directions."""
    learned = LearnedTable(texts)
    return [learned.pairs(*pair) for pair in texts]


def by_thot(texts: TextPairs) -> list[WordPairs]:
    """Link words by the hidden Markov models of sil-thot. The links of both directions are combined by the
    method grow-diag-final-and.

    Raises ModuleNotFoundError if sil-thot is not installed.
    """
    learned = LearnedThot(texts)
    return [learned.pairs(*pair) for pair in texts]


WordLinker = Callable[[Sequence[tuple[str, str]], str, str], list[WordPairs]]
"""Links words: takes pairs of source and target text, the source language and the target language; returns
the word links of each pair.
"""


def word_linker(method: Method, engine: Engine | None) -> WordLinker:
    """Return the word linker of a method. Raises OptionError if the method needs the attention of a model and
    `engine` does not give it.
    """
    if method == "attention":
        if not isinstance(engine, CTranslate2Engine):
            raise OptionError(
                "this engine shows no attention", where="--words attention", expected="--engine ctranslate2"
            )
        return partial(_attentive, CTranslate2Forcing(engine))
    return _table if method == "table" else _thot


def _attentive(
    forcing: CTranslate2Forcing, texts: Sequence[tuple[str, str]], source: str, target: str
) -> list[WordPairs]:
    return by_attention(texts, forcing, source=source, target=target)


def _table(texts: Sequence[tuple[str, str]], source: str, target: str) -> list[WordPairs]:
    return by_table(texts)


def _thot(texts: Sequence[tuple[str, str]], source: str, target: str) -> list[WordPairs]:
    return by_thot(texts)


def link_rows(rows: Sequence[PublishedRow], linker: WordLinker) -> Iterator[WordLinks]:
    """Yield the word links of the rows, one target language after the other. Only rows with text in both
    languages are linked.
    """
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
    """Write the table of the word links that `link_rows` finds. All rows are held in memory at the
    same time.
    """
    stream.write("\t".join(column.name for column in WORD_COLUMNS) + "\n")
    held = list(rows)
    for links in link_rows(held, linker):
        row = held[links.row]
        language = row.targets[links.target].language
        write_cells(stream, row.id, WORD_COLUMNS, (row.id, language, pharaoh(links.pairs)))
