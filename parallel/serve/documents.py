"""Translates whole documents and keeps their format; see `egiz.parallel.documents`.

Files first pass the readers of `egiz build`, which refuse damaged, encrypted and malicious files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

from egiz.parallel.documents import KINDS, WHOLE, open_document
from egiz.parallel.documents.inline import Run, is_fixed, queries_for_markup, rebuilt
from egiz.parallel.documents.texts import Placed, cleaned, joined, sentences_of
from egiz.parallel.serve.engine import Asked, Said
from egiz.translate.errors import InputError
from egiz.translate.guards import translatable
from egiz.translate.io.decode import decode
from egiz.translate.read.documents import content_of
from egiz.translate.read.kinds import EXTENSIONS, kind_of

Ask = Callable[[Sequence[Asked]], Sequence[Said]]
"""Translates sentences through the queue; returns one answer for each, in order."""

FORMATS = tuple(ending for ending, kind in EXTENSIONS.items() if kind in KINDS)
"""The endings of files that can be translated."""
_SPACES = str.maketrans("\n\t\r\f", "    ")


def translate_document(data: bytes, name: str, source: str, target: str, ask: Ask) -> bytes:
    """The document in the language `target`.

    Raises InputError if the file cannot be read, has no text, or is of a format that cannot be written.
    """
    content = content_of(data, name)
    kind = kind_of(PurePath(name).suffix, data, where=name)
    if kind not in KINDS:
        raise InputError("cannot be written again", where=name, expected=", ".join(FORMATS))
    if kind == "text":
        text = cleaned(decode(data, where=name))
        sentences = sentences_of(text, source)
        said = ask([Asked(sentence=sentence) for sentence in sentences])
        return joined(text, sentences, [item.target.text for item in said], target)[0].encode()
    if kind in WHOLE:
        sentences = sentences_of(content.text, source)
        said = ask([Asked(sentence=sentence) for sentence in sentences])
        placed = [
            Placed(start=one.start, stop=one.stop, paragraph=one.paragraph, texts=(item.target.text,))
            for one, item in zip(sentences, said, strict=True)
        ]
        return WHOLE[kind](decode(data, where=name), content.text, placed, False)[0].encode()
    document = open_document(kind, data, name)
    asked = [asked_of(run, source) for run in document.runs]
    stream = iter(ask([item for items in asked for item in items]))
    made = [[tokens_of(run, items, stream, target)] for run, items in zip(document.runs, asked, strict=True)]
    return document.written(made, target)


def asked_of(run: Run, tag: str, alternatives: int = 0) -> list[Asked]:
    """The sentences of a run, to be queued; line ends inside a sentence become spaces."""
    if not translatable(run.text):
        return []
    return [
        Asked(sentence=sentence, **queries_for_markup(run, sentence), alternatives=alternatives)
        for sentence in sentences_of(run.text.translate(_SPACES), tag)
        if not is_fixed(run, sentence)
    ]


def tokens_of(run: Run, asked: Sequence[Asked], said: Iterator[Said], target: str) -> list[Any]:
    """The tokens of the translated run; takes the answers for its sentences from `said`."""
    return rebuilt(run, [next(said).rendered for _ in asked], target)
