"""The bridge: the source as a machine translates it, unit by unit, to be compared with the human translation.

Sentences are translated one by one, whatever the units are, and through the translation memory, so that a
second alignment of the same text asks no model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from egiz.parallel.align.records import Unit
from egiz.translate.ladder import Options
from egiz.translate.records import Document, Sentence
from egiz.translate.split import split
from egiz.translate.translator import Translator


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
