"""A job for workers whose engine answers at once. In a module of its own, so that other processes find it."""

from __future__ import annotations

from dataclasses import dataclass

from egiz.glossary.termbase import load_all
from egiz.parallel.build.job import Job, Steps
from egiz.parallel.build.terms import TermStage
from egiz.parallel.scores import EvidenceCollector, QualityScorer, ScoreStage
from egiz.translate.engine.protocol import Decoding
from egiz.translate.ladder import Options
from egiz.translate.memory import NoMemory
from egiz.translate.models import Manifest
from egiz.translate.translator import Translator
from tests.translate.fakes import FakeEngine

MANIFEST = Manifest(
    name="fake",
    source="local",
    revision="",
    licence="CC0-1.0",
    languages=("en", "kk", "ru"),
    source_format="nllb",
    precision="float32",
    files=(),
)


@dataclass(frozen=True, kw_only=True)
class FakeJob(Job):
    """Settings as of any job; `variant` chooses among engines that answer differently."""

    variant: int = 0

    def open(self) -> Steps:
        base = load_all(self.term_bases) if self.term_bases else None
        options = Options(decoding=Decoding(beam=self.choice.beam or 5, hypotheses=1))
        return Steps(
            translator=Translator(engine(self.variant), self.source, self.targets, options=options),
            manifest=MANIFEST,
            terms=TermStage(base, self.source, self.targets) if base else None,
            scores=ScoreStage(QualityScorer(None, "fast"), EvidenceCollector(None, None, "fast")),
            memory=NoMemory(),
        )


def engine(variant: int) -> FakeEngine:
    return FakeEngine(
        lambda text, source, target, decoding: [
            f"Перевод {variant}, длина {len(text)}, {sum(map(ord, text))}."
        ],
        identity=f"fake{variant}+fake-1+float32",
    )
