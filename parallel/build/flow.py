"""Documents to sentences, and sentences to rows, with the time of each stage and the progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from egiz.parallel.build.terms import TermStage
from egiz.parallel.publish import LONGEST_CELL
from egiz.parallel.rows import Row, make_row
from egiz.parallel.scores import ScoreStage
from egiz.parallel.summary import Source, source_of
from egiz.translate.errors import InputError
from egiz.translate.records import Document, Sentence, Translation
from egiz.translate.split import split
from egiz.translate.translator import WINDOW, Translator

Item = TypeVar("Item")


class Stages:
    """Seconds of each stage, by the clock on the wall. While one inside another runs, the outer one's stands.

    So the seconds of all stages add up to no more than those of the run, whichever way generators hand rows
    to each other.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """`clock` gives seconds that never go back."""
        self._clock = clock
        self._seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0

    @property
    def seconds(self) -> dict[str, float]:
        """The seconds of each stage that has been entered, in the order in which they first were."""
        return dict(self._seconds)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time until the end of the block for this stage."""
        self._turn(name)
        try:
            yield
        finally:
            self._turn(None)

    def over(self, name: str, items: Iterable[Item]) -> Iterator[Item]:
        """The same items; the time that it takes to make each counts for this stage."""
        iterator = iter(items)
        while True:
            with self.stage(name):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    def _turn(self, name: str | None) -> None:
        """Settle the clock of the stage that runs, then begin `name`, or go back to the one around it."""
        now = self._clock()
        if self._running:
            self._seconds[self._running[-1]] += now - self._since
        self._since = now
        if name is None:
            self._running.pop()
        else:
            self._seconds.setdefault(name, 0.0)
            self._running.append(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a build is: documents read, sentences found in them, sentences translated.

    Told whenever a document has been read and whenever some sentences are done, which both come in their
    order. `total` is final once the last document is read.
    """

    documents: int
    total: int
    done: int


@dataclass(slots=True)
class Tracker:
    """Counts what is read and done, and reports it."""

    report: Callable[[Progress], None]
    sources: list[Source] = field(default_factory=list)
    total: int = 0
    done: int = 0

    def read(self, document: Document, sentences: int) -> None:
        """A document has been read that has so many sentences."""
        self.sources.append(source_of(document))
        self.total += sentences
        self._tell()

    def finished(self, sentences: int) -> None:
        """So many more sentences are done."""
        self.done += sentences
        self._tell()

    def _tell(self) -> None:
        self.report(Progress(documents=len(self.sources), total=self.total, done=self.done))


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
