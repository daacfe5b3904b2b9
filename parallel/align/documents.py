"""Documents to units: sentences or lines, and the machine translation of the source to compare with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from egiz.parallel.align.records import Unit
from egiz.translate.errors import InputError
from egiz.translate.ladder import Options
from egiz.translate.read import ReadOptions, read
from egiz.translate.records import Document, Sentence
from egiz.translate.split import split
from egiz.translate.translator import Translator

Units = Literal["sentences", "lines"]
"""What is aligned: the sentences that the splitter finds, or every line that is not blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One document to align: where it was read from, what it is, and its units."""

    path: str
    document: Document
    units: tuple[Unit, ...]

    def renamed(self, name: str) -> Text:
        """The same text with another id, which its units bear too."""
        start = len(self.document.id)
        return Text(
            path=self.path,
            document=replace(self.document, id=name),
            units=tuple(replace(unit, id=f"{name}{unit.id[start:]}") for unit in self.units),
        )


def read_text(path: str | Path, options: ReadOptions, kind: Units = "sentences") -> Text:
    """Read one document into units.

    Raises what reading does, and InputError where there is not exactly one document, or nothing in it.
    """
    documents = list(read(path, options))
    if len(documents) != 1:
        names = ", ".join(document.id for document in documents[:3])
        raise InputError(
            f"{len(documents)} documents ({names} …)" if documents else "no document",
            where=str(path),
            expected="one document a language",
            action="Align them one by one.",
        )
    units = _lines(documents[0]) if kind == "lines" else _sentences(documents[0])
    if not units:
        raise InputError("there is no text in it", where=str(path), expected="a document with sentences")
    return Text(path=str(path), document=documents[0], units=units)


def _sentences(document: Document) -> tuple[Unit, ...]:
    return tuple(
        Unit(id=sentence.id, paragraph=sentence.paragraph, text=sentence.text) for sentence in split(document)
    )


def _lines(document: Document) -> tuple[Unit, ...]:
    """Lines with text; blank lines part paragraphs. Without blank lines all lines are one paragraph."""
    units: list[Unit] = []
    paragraph, index = 1, 0
    for line in document.text.split("\n"):
        text = " ".join(line.split())
        if text:
            index += 1
            units.append(Unit(id=f"{document.id}:{paragraph}.{index}", paragraph=paragraph, text=text))
        elif index:
            paragraph, index = paragraph + 1, 0
    return tuple(units)


def bridging(options: Options) -> Options:
    """The options of a translation that is only compared: its doubts are not worth retries."""
    return Options(decoding=options.decoding, longest=options.longest, rungs=())


def translate_units(
    units: Sequence[Unit], translator: Translator, progress: Callable[[int], None] = lambda done: None
) -> tuple[tuple[str, ...], ...]:
    """For each target language of the translator, the units in that language, in order.

    `progress` is told how many more sentences are translated.
    """
    parts: list[list[list[str]]] = [[[] for _ in units] for _ in translator.targets]
    owners: list[int] = []

    def sentences() -> Iterator[Sentence]:
        for place, unit in enumerate(units):
            for sentence in split(Document(id=unit.id, language=translator.source, text=unit.text)):
                owners.append(place)
                yield sentence

    for number, translations in enumerate(translator.translate(sentences(), progress)):
        for column, translation in enumerate(translations):
            parts[column][owners[number]].append(translation.text)
    return tuple(tuple(" ".join(texts) for texts in column) for column in parts)
