"""Documents to sentences, and sentences to rows: the middle of every build, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from egiz.parallel.publish import LONGEST_CELL
from egiz.parallel.rows import Row, make_row
from egiz.parallel.scores import ScoreStage
from egiz.parallel.stages import Stages
from egiz.parallel.terms import TermStage
from egiz.translate.errors import InputError
from egiz.translate.records import Document, Sentence, Translation
from egiz.translate.split import split
from egiz.translate.translator import WINDOW, Translator

HELD = 2_000_000
"""Characters of a document up to which its sentences are held while they are translated, at some six bytes a
character. A larger one is split twice: to count and check its sentences, and to have them."""


@dataclass(slots=True)
class Counts:
    """What is counted while rows flow by: the time of each stage, translations remembered and new."""

    stages: Stages = field(default_factory=Stages)
    remembered: int = 0
    translated: int = 0

    def published(self, translations: tuple[Translation, ...]) -> None:
        """Count the translations of one sentence."""
        remembered = sum(translation.remembered for translation in translations)
        self.remembered += remembered
        self.translated += len(translations) - remembered


def sentences_of(
    documents: Iterable[Document],
    stages: Stages,
    read: Callable[[Document, int], None],
    *,
    held: int = HELD,
) -> Iterator[Sentence]:
    """Split documents; `read` is told of each with the number of its sentences, before they come out.

    The sentences of a document of at most `held` characters are kept in memory meanwhile.
    Raises InputError for a sentence that no table reader would take, before time is spent on its document.
    """
    for document in stages.over("reading", documents):
        with stages.stage("reading"):
            sentences: Iterable[Sentence] = map(_checked, split(document))
            if len(document.text) <= held:
                sentences = list(sentences)
                count = len(sentences)
            else:
                count = sum(1 for _ in sentences)
                sentences = split(document)
        read(document, count)
        yield from stages.over("reading", sentences)


def rows_of(
    sentences: Iterable[Sentence],
    translator: Translator,
    terms: TermStage | None,
    scores: ScoreStage,
    counts: Counts,
    finished: Callable[[int], None] = lambda sentences: None,
) -> Generator[Row, None, None]:
    """Translate, correct, score: a row per sentence, in order. `finished` is told how many more are done."""
    stages = counts.stages
    stream = stages.over("translating", translator.translate(sentences, finished))
    while batch := list(islice(stream, WINDOW)):
        rows = []
        for translations in batch:
            counts.published(translations)
            rows.append(make_row(translations[0].sentence, translator.source, translations))
        if terms is not None:
            with stages.stage("terms"):
                rows = terms.apply(rows, batch)
        with stages.stage("scores"):
            rows = scores.apply(rows, batch)
        yield from rows


def _checked(sentence: Sentence) -> Sentence:
    if len(sentence.text) > LONGEST_CELL:
        raise InputError(
            f"a sentence of {len(sentence.text):,} characters",
            where=f"{sentence.id} (characters {sentence.start} to {sentence.stop})",
            expected=f"at most {LONGEST_CELL:,}",
            action="Is this running text? Put line breaks or full stops between its sentences.",
        )
    return sentence
