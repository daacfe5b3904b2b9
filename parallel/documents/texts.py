"""Divides plain text into sentences, and puts their translations into the text.

Sentences are found by the splitter that builds use. Between them and at both ends there is only white space,
which is kept character by character. A sentence over several lines (text wrapped at a fixed width) is
translated as a whole, and its translation gets the same number of line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from egiz.parallel.publish import MAX_CELL_CHARACTERS
from egiz.translate.errors import InputError
from egiz.translate.guards import translatable
from egiz.translate.languages import language
from egiz.translate.records import Document, Sentence
from egiz.translate.split import split
from egiz.translate.text import nfc

_HALF = re.compile("[\ud800-\udfff]")
_BREAK = re.compile(r"[ \t]*(?:\r\n|[\n\r\v\f\x85\u2028\u2029])\s*")
_UNSPACED = frozenset(("Hans", "Hant", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"))
"""Scripts without spaces between sentences (ISO 15924)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The span of a sentence in the source text, and the span of its translation in the translated text. Both
    are half-open, in code points from 0.
    """

    source: tuple[int, int]
    target: tuple[int, int]


def cleaned(text: str) -> str:
    """Return the text in NFC, without lone surrogates. All offsets count code points of this text."""
    return nfc(_HALF.sub("\ufffd", text))


def sentences_of(text: str, tag: str) -> list[Sentence]:
    """Return the sentences of a text.

    Raises InputError if a sentence has more than `MAX_CELL_CHARACTERS` characters.
    """
    found = list(split(Document(id="q", language=tag, text=text)))
    for sentence in found:
        if len(sentence.text) > MAX_CELL_CHARACTERS:
            raise InputError(
                f"a sentence of {len(sentence.text):,} characters",
                where=f"q, characters {sentence.start} to {sentence.stop}",
                expected=f"at most {MAX_CELL_CHARACTERS:,}",
            )
    return found


def joined(
    text: str, sentences: Sequence[Sentence], translations: Sequence[str], target: str
) -> tuple[str, list[Span]]:
    """Return the text with its sentences translated, and the `Span` of each sentence, in order.

    A sentence stays as it is if its translation is empty, or if the sentence has nothing to translate.
    """
    pieces: list[str] = []
    spans = []
    at = length = 0
    for sentence, gap, made in _between(text, sentences, translations, target):
        pieces += [gap, made]
        spans.append(
            Span(
                source=(sentence.start, sentence.stop),
                target=(length + len(gap), length + len(gap) + len(made)),
            )
        )
        length += len(gap) + len(made)
        at = sentence.stop
    return "".join([*pieces, text[at:]]), spans


def _between(
    text: str, sentences: Sequence[Sentence], translations: Sequence[str], target: str
) -> Iterator[tuple[Sentence, str, str]]:
    """Yield each sentence with the text between it and the previous one, and with its replacement."""
    at = 0
    for sentence, translation in zip(sentences, translations, strict=True):
        gap, raw = text[at : sentence.start], text[sentence.start : sentence.stop]
        if at and not gap:
            gap = glue(target)
        yield sentence, gap, broken(raw, translation) if is_translated(sentence, translation) else raw
        at = sentence.stop


def is_translated(sentence: Sentence, translation: str) -> bool:
    """Whether a sentence is to be replaced: it has words, and its translation is not empty."""
    return bool(translation) and translatable(sentence.text)


def glue(tag: str) -> str:
    """Return what separates sentences in a language: a space, or nothing if the script has no spaces between
    sentences.
    """
    return "" if language(tag).script in _UNSPACED else " "


def broken(raw: str, translation: str) -> str:
    r"""Return the translation with line ends in it: those of `raw`, the source sentence, at about the same
    relative positions.

    >>> broken("Бұл\r\nкітап", "Это книга")
    'Это\r\nкнига'
    """
    breaks = [(found.start() / len(raw), found[0]) for found in _BREAK.finditer(raw)]
    if not breaks:
        return translation
    spaces = [found.start() for found in re.finditer(" ", translation)]
    chosen: dict[int, str] = {}
    least = 0
    for number, (share, mark) in enumerate(breaks):
        able = spaces[least : len(spaces) - (len(breaks) - number - 1)]
        if able:
            nearest = min(able, key=lambda space: abs(space - share * len(translation)))
            chosen[nearest] = mark
            least = spaces.index(nearest) + 1
        else:
            translation += mark
    return "".join(chosen.get(at, character) for at, character in enumerate(translation))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A sentence at ``start:stop`` of the document's text (code points), and its translation into each
    language. A translation that failed is empty.
    """

    start: int
    stop: int
    paragraph: int
    texts: tuple[str, ...]


_PAUSES = tuple(",;:—–.!?…»”)")
_PULL = 0.12
"""A cut may be moved by at most this share of the text, to come after a comma or another pause."""


def shared_out(text: str, shares: Sequence[int]) -> list[str]:
    """Cut a text at spaces into pieces with lengths in the proportion of `shares`.

    A cut is moved by up to `_PULL` of the length if it can then be made after a comma or another pause. Every
    piece has a word if there are enough words.

    >>> shared_out("Сегодня мы поговорим о хане Абылае.", [25, 15])
    ['Сегодня мы поговорим о', 'хане Абылае.']
    """
    words = text.split(" ")
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word) + 1)
    total, cuts, taken = sum(shares) or 1, [0], 0
    for number, share in enumerate(shares[:-1], start=1):
        taken += share
        ideal = ends[-1] * taken / total
        first = min(cuts[-1] + 1, len(words))
        last = max(first, len(words) - (len(shares) - number))
        cuts.append(min(range(first, last + 1), key=lambda at: _distance(words, ends, at, ideal)))
    cuts.append(len(words))
    return [" ".join(words[start:stop]) for start, stop in pairwise(cuts)]


def _distance(words: Sequence[str], ends: Sequence[int], at: int, ideal: float) -> float:
    pull = _PULL * ends[-1] if words[at - 1].endswith(_PAUSES) else 0.0
    return abs(ends[at] - ideal) - pull


def write_text(raw: str, text: str, placed: Sequence[Placed], bilingual: bool) -> tuple[str, tuple[str, ...]]:
    """Return a plain text with its sentences translated. The second item, messages about losses, is always an
    empty tuple, because nothing is lost.

    `raw` is the decoded file. `text` is the text that was read from it; the sentences in `placed` are its
    sentences. With `bilingual`, translations are on lines below each paragraph. The text between sentences,
    for example blank lines and indents, stays unchanged.
    """
    pieces, last = [], 0
    for _, group in groupby(placed, key=lambda item: item.paragraph):
        sentences = list(group)
        start, stop = sentences[0].start, sentences[-1].stop
        pieces.append(text[last:start])
        versions = [_paragraph(text, sentences, at) for at in range(len(sentences[0].texts))]
        pieces.append("\n".join([text[start:stop], *versions] if bilingual else versions))
        last = stop
    return "".join([*pieces, text[last:]]), ()


def _paragraph(text: str, sentences: Sequence[Placed], at: int) -> str:
    pieces = []
    for number, sentence in enumerate(sentences):
        if number:
            pieces.append(text[sentences[number - 1].stop : sentence.start] or " ")
        raw = text[sentence.start : sentence.stop]
        pieces.append(broken(raw, sentence.texts[at]) if sentence.texts[at] else raw)
    return "".join(pieces)
