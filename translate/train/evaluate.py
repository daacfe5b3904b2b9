"""How good a model is on sentences with references, by sacreBLEU."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from egiz.translate.engine import Engine
from egiz.translate.errors import OptionError
from egiz.translate.ladder import Options
from egiz.translate.metrics import corpus_scores
from egiz.translate.models.manifest import Figure
from egiz.translate.punctuation import typeset
from egiz.translate.records import Sentence
from egiz.translate.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One direction measured: scores with sacreBLEU's signatures, speed, and what the guards said."""

    direction: str
    figures: tuple[Figure, ...]
    sentences: int
    seconds: float
    suspect: int
    failed: int
    outputs: tuple[str, ...]


def evaluate(
    engine: Engine,
    sources: Sequence[str],
    references: Sequence[str],
    *,
    source: str,
    target: str,
    options: Options,
) -> Evaluation:
    """Translate `sources` as the main job does, in windows with retries, and score against a reference each.

    chrF++ (Popović 2017, word order 2) first, then BLEU; outputs are typeset as published. Raises
    OptionError where the two sides have unequal numbers of sentences.
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
        figures=tuple(
            Figure(
                direction=direction,
                metric=score.metric,
                value=round(score.value, 2),
                signature=score.signature,
            )
            for score in corpus_scores(outputs, references, ("chrF++", "BLEU"))
        ),
        sentences=len(results),
        seconds=seconds,
        suspect=sum(item.status == "suspect" for item in results),
        failed=sum(item.status == "failed" for item in results),
        outputs=tuple(outputs),
    )
