"""A build as it was asked for, apart from what it reads and where it writes; and what does the work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from egiz.parallel.choice import EngineChoice, score_stage, term_stage

if TYPE_CHECKING:
    from egiz.parallel.scores import ScoreStage
    from egiz.parallel.terms import TermStage
    from egiz.translate.memory import Memory, NoMemory
    from egiz.translate.models import Manifest
    from egiz.translate.translator import Translator

SHARD_ROWS = 1024
"""Sentences that a worker takes at a time: its files to write, read and copy are little beside the work on
them, and a lost worker loses some minutes with a large model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What turns sentences into rows, opened and ready. A context manager, which closes the memory."""

    translator: Translator
    manifest: Manifest
    terms: TermStage | None
    scores: ScoreStage
    memory: Memory | NoMemory

    def __enter__(self) -> Steps:
        return self

    def __exit__(self, *exception: object) -> None:
        self.memory.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """All that a process needs to know to do its part of a build as any other would; it can be pickled.

    Fields are those of the command line: languages as they were written, term bases by name or path.
    """

    choice: EngineChoice
    source: str
    targets: tuple[str, ...]
    term_bases: tuple[str, ...] = ()
    effort: str = "normal"
    neural: tuple[Path, ...] = ()

    def anchored(self) -> Job:
        """The same for other processes: paths are absolute, and the model must have the fingerprint that it
        has here.

        A model that is not on this machine has no fingerprint here; it is enough that the workers have it.
        """
        from egiz.glossary.termbase import anchored as anchored_base

        return replace(
            self,
            choice=self.choice.anchored(),
            term_bases=tuple(map(anchored_base, self.term_bases)),
            neural=tuple(path.absolute() for path in self.neural),
        )

    def with_threads(self, threads: int) -> Job:
        """The same for a process that may use so many, unless the job says how many."""
        return replace(self, choice=replace(self.choice, threads=self.choice.threads or threads))

    def open(self) -> Steps:
        """Load model, term bases, calibration and memory; raises EgizError for what does not fit."""
        from egiz.glossary.termbase import load_all
        from egiz.parallel.terms import TermPreference
        from egiz.translate.translator import Translator

        memory = self.choice.memory()
        try:
            engine = self.choice.engine()
            base = load_all(self.term_bases) if self.term_bases else None
            translator = Translator(
                engine,
                self.source,
                self.targets,
                options=self.choice.options(engine.manifest),
                memory=memory,
                preference=TermPreference(base, self.source, self.targets) if base else None,
                approved=True,
            )
            return Steps(
                translator=translator,
                manifest=engine.manifest,
                terms=term_stage(base, translator, engine, memory),
                scores=score_stage(self.choice, engine, self.effort, self.neural, memory),
                memory=memory,
            )
        except BaseException:
            memory.close()
            raise
