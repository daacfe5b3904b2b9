"""How far a build is, for whoever wants to know, and what it has read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from egiz.parallel.summary import Source, source_of
from egiz.translate.records import Document


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
