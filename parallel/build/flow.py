"""The streams of a build: documents → sentences → rows, with the time of each stage and the progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from egiz.parallel.build.terms import TermStage
from egiz.parallel.publish import MAX_CELL_CHARACTERS
from egiz.parallel.rows import Row, make_row
from egiz.parallel.scores import ScoreStage
from egiz.parallel.summary import SourceDocument, outline_of, source_of
from egiz.translate.errors import InputError
from egiz.translate.guards.language import SAMPLE, foreign_language, language_name
from egiz.translate.records import Document, LeftOut, Sentence, Translation
from egiz.translate.split import split
from egiz.translate.translator import WINDOW, Translator

Item = TypeVar("Item")


class Stages:
    """Measures the wall-clock seconds of each stage.

    While a nested stage runs, the clock of the enclosing stage is paused. So the seconds of all stages
    together never exceed those of the whole run, although one generator may run inside another.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """`clock` returns seconds and is monotonic."""
        self._clock = clock
        self._seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0

    @property
    def seconds(self) -> dict[str, float]:
        """The seconds of each stage entered so far, in the order of first entry."""
        return dict(self._seconds)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Return a context manager that adds the time spent in its block to the stage `name`."""
        self._turn(name)
        try:
            yield
        finally:
            self._turn(None)

    def over(self, name: str, items: Iterable[Item]) -> Iterator[Item]:
        """Yield the items; the time to produce each one is added to the stage `name`."""
        iterator = iter(items)
        while True:
            with self.stage(name):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    def _turn(self, name: str | None) -> None:
        """Add the time since the last call to the running stage, then enter the stage `name`.

        If `name` is None, no stage is entered: the running stage ends, and the stage that encloses it
        continues.
        """
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
    """The progress of a build: documents read, sentences in them (`total`), sentences translated (`done`).

    It is reported after each document that was read and after each batch of sentences that was translated.
    `total` is final once the last document has been read. `warnings` are all
    warnings since the start.
    """

    documents: int
    total: int
    done: int
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Tracker:
    """Counts the documents read, the sentences read and the sentences translated; reports `Progress`.

    `left_out` are the files from which no document was read. If a document is clearly not in the stated
    language, a warning is added when the document is read, before it is translated.
    """

    report: Callable[[Progress], None]
    sources: list[SourceDocument] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    total: int = 0
    done: int = 0

    def read(self, document: Document, found: SentenceFacts) -> None:
        """Record a document that has been read, with the facts about its sentences."""
        self.sources.append(source_of(document, outline_of(document, found.starts)))
        self.total += found.sentences
        spoken = foreign_language(found.sample, document.language)
        if spoken is not None:
            expected = language_name(document.language)
            self.warnings.append(
                f"{document.id} is in {language_name(spoken)}, not in {expected}: is --from right?"
            )
        self._tell()

    def finished(self, sentences: int) -> None:
        """Record that `sentences` more sentences have been translated."""
        self.done += sentences
        self._tell()

    def _tell(self) -> None:
        self.report(
            Progress(
                documents=len(self.sources), total=self.total, done=self.done, warnings=tuple(self.warnings)
            )
        )


@dataclass(slots=True)
class SentenceFacts:
    """The facts about the sentences of a document: their number, the start of each paragraph, and a sample.

    `starts` are pairs of paragraph number and the offset in the document at which the paragraph begins.
    `sample` has the texts of sentences from all parts of the document. At first every sentence is added. When
    the sample is full, every second text in it is dropped, and then only every second sentence is added; when
    it is full again, only every fourth, and so on.
    """

    sentences: int = 0
    starts: list[tuple[int, int]] = field(default_factory=list)
    sample: list[str] = field(default_factory=list)
    _every: int = 1

    def add(self, sentence: Sentence) -> None:
        """Count one sentence."""
        if sentence.index == 1:
            self.starts.append((sentence.paragraph, sentence.start))
        if self.sentences % self._every == 0:
            self.sample.append(sentence.text)
            if len(self.sample) >= 2 * SAMPLE:
                self.sample, self._every = self.sample[::2], self._every * 2
        self.sentences += 1


MAX_HELD_CHARACTERS = 2_000_000
"""The sentences of a document with at most so many characters are held in memory while they are translated;
this takes about six bytes per character. A longer document is split twice: first to count and check its
sentences, then to yield them."""


@dataclass(slots=True)
class BuildCounts:
    """The counts of a build: time per stage, translations taken from the memory, new translations.

    `damaged` counts the damaged entries of the memory, which were translated again.
    """

    stages: Stages = field(default_factory=Stages)
    remembered: int = 0
    translated: int = 0
    damaged: int = 0

    def published(self, translations: tuple[Translation, ...]) -> None:
        """Count the translations of one sentence."""
        remembered = sum(translation.remembered for translation in translations)
        self.remembered += remembered
        self.translated += len(translations) - remembered


def sentences_of(
    documents: Iterable[Document],
    stages: Stages,
    read: Callable[[Document, SentenceFacts], None],
    *,
    held: int = MAX_HELD_CHARACTERS,
) -> Iterator[Sentence]:
    """Split documents into sentences, in order.

    Before the sentences of a document are yielded, `read` is called with the document and the facts about its
    sentences. If a document has at most `held` characters, its sentences are kept in memory; else it is split
    twice. Raises InputError for a sentence of more than `MAX_CELL_CHARACTERS`, before any sentence of the
    same document is translated.
    """
    for document in stages.over("reading", documents):
        found = SentenceFacts()
        with stages.stage("reading"):
            sentences: Iterable[Sentence] = map(_checked, split(document))
            if len(document.text) <= held:
                sentences = list(sentences)
            for sentence in sentences:
                found.add(sentence)
            if len(document.text) > held:
                sentences = split(document)
            read(document, found)
        yield from stages.over("reading", sentences)


def rows_of(
    sentences: Iterable[Sentence],
    translator: Translator,
    terms: TermStage | None,
    scores: ScoreStage,
    counts: BuildCounts,
    finished: Callable[[int], None] = lambda sentences: None,
) -> Generator[Row, None, None]:
    """Translate the sentences, correct the terms and score the translations; yield one row per sentence, in
    order.

    `finished` is called after each batch with the number of its sentences.
    """
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
    if len(sentence.text) > MAX_CELL_CHARACTERS:
        raise InputError(
            f"a sentence of {len(sentence.text):,} characters",
            where=f"{sentence.id} (characters {sentence.start} to {sentence.stop})",
            expected=f"at most {MAX_CELL_CHARACTERS:,}",
            action="Is this running text? Put line breaks or full stops between its sentences.",
        )
    return sentence
