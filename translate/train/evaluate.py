"""Measure a model's scores (sacreBLEU) and speed on sentences with references."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from egiz.translate.engine.hardware import cpu_name, usable_cores
from egiz.translate.engine.protocol import Engine
from egiz.translate.errors import OptionError
from egiz.translate.ladder import Options
from egiz.translate.metrics import corpus_scores
from egiz.translate.models.manifest import Figure
from egiz.translate.records import Sentence
from egiz.translate.text import typeset
from egiz.translate.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The evaluation of one direction.

    It has scores with sacreBLEU's signatures, the speed, the number of sentences, how many of them are
    suspect or failed by the guards, and the outputs.
    """

    direction: str
    scores: tuple[Figure, ...]
    speed: Figure
    sentences: int
    suspect: int
    failed: int
    outputs: tuple[str, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures to record in the model's manifest."""
        return *self.scores, self.speed


def evaluate(
    engine: Engine,
    sources: Sequence[str],
    references: Sequence[str],
    *,
    source: str,
    target: str,
    options: Options,
) -> Evaluation:
    """Translate `sources` as a build does, in windows with retries, and score against one reference each.

    The scores are chrF++ (Popović 2017, word order 2) and BLEU; outputs are typeset as published. The speed
    includes everything that a build does to translate, retries too. Raises OptionError unless there are as
    many references as sources.
    """
    if len(sources) != len(references):
        raise OptionError(
            f"{len(sources)} sources and {len(references)} references", expected="as many of each"
        )
    translator = Translator(engine, source, [target], options=options)
    start = time.perf_counter()
    results = [found for (found,) in translator.translate(map(Sentence.alone, sources))]
    seconds = time.perf_counter() - start
    outputs = [typeset(item.text, target) for item in results]
    direction = f"{source}-{target}"
    return Evaluation(
        direction=direction,
        scores=tuple(_scores(direction, outputs, references)),
        speed=_speed(direction, len(results) / seconds),
        sentences=len(results),
        suspect=sum(item.status == "suspect" for item in results),
        failed=sum(item.status == "failed" for item in results),
        outputs=tuple(outputs),
    )


def _scores(direction: str, outputs: Sequence[str], references: Sequence[str]) -> Iterator[Figure]:
    for score in corpus_scores(outputs, references, ("chrF++", "BLEU")):
        yield Figure(
            direction=direction,
            metric=score.metric,
            value=round(score.value, 2),
            signature=score.signature,
        )


def _speed(direction: str, value: float) -> Figure:
    where = ", ".join(filter(None, (cpu_name(), f"{usable_cores()} cores")))
    return Figure(direction=direction, metric="sentences/s", value=round(value, 1), signature=where)
