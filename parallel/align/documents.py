"""Reads documents as units (sentences or lines), and translates units for the comparison with a target.

Translation is by sentence, whatever the units are, and uses the translation memory, so a second alignment of
the same text does not run the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from egiz.parallel.align.records import TextUnit
from egiz.parallel.summary import Entry, outline_of
from egiz.translate.errors import InputError
from egiz.translate.ladder import Options
from egiz.translate.read import ReadOptions, read
from egiz.translate.records import Document, Sentence
from egiz.translate.split import split
from egiz.translate.translator import Translator

UnitKind = Literal["sentences", "lines"]
"""The units to align: the sentences that the splitter finds, or every line that is not blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One document to align: the path it was read from, the document, its units and its headings."""

    path: str
    document: Document
    units: tuple[TextUnit, ...]
    outline: tuple[Entry, ...] = ()

    def renamed(self, name: str) -> Text:
        """The same text with `name` as document id, also at the beginning of the ids of its units."""
        start = len(self.document.id)
        return replace(
            self,
            document=replace(self.document, id=name),
            units=tuple(replace(unit, id=f"{name}{unit.id[start:]}") for unit in self.units),
        )


def read_text(path: str | Path, options: ReadOptions, kind: UnitKind = "sentences") -> Text:
    """Read one document and divide it into units.

    Raises what `read` raises, and InputError if the file holds no or several documents, or no text.
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
    outline: tuple[Entry, ...] = ()
    if kind == "lines":
        units = _lines(documents[0])
    else:
        units, outline = _sentences(documents[0])
    if not units:
        raise InputError("there is no text in it", where=str(path), expected="a document with sentences")
    return Text(path=str(path), document=documents[0], units=units, outline=outline)


def _sentences(document: Document) -> tuple[tuple[TextUnit, ...], tuple[Entry, ...]]:
    """A unit for each sentence, and the headings by paragraph."""
    sentences = list(split(document))
    units = tuple(TextUnit(id=item.id, paragraph=item.paragraph, text=item.text) for item in sentences)
    return units, outline_of(
        document, ((item.paragraph, item.start) for item in sentences if item.index == 1)
    )


def _lines(document: Document) -> tuple[TextUnit, ...]:
    """A unit for each line with text. Blank lines separate paragraphs; without them there is only one."""
    units: list[TextUnit] = []
    paragraph, index = 1, 0
    for line in document.text.split("\n"):
        text = " ".join(line.split())
        if text:
            index += 1
            units.append(TextUnit(id=f"{document.id}:{paragraph}.{index}", paragraph=paragraph, text=text))
        elif index:
            paragraph, index = paragraph + 1, 0
    return tuple(units)


def bridging(options: Options) -> Options:
    """Translation options without retries, for translations that are only compared with a target."""
    return Options(decoding=options.decoding, longest=options.longest, rungs=())


def translate_units(
    units: Sequence[TextUnit], translator: Translator, progress: Callable[[int], None] = lambda done: None
) -> tuple[tuple[str, ...], ...]:
    """Translate units: for each target language of the translator, the translated units in their order.

    Each unit is split into sentences, whose translations are joined by spaces. `progress` is called with the
    number of sentences translated since its last call.
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
