"""Scores of outputs against references, by sacreBLEU, each with the recipe it was made by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from egiz.translate.errors import OptionError, nearest

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric

Direction = Literal["higher", "lower"]

METRICS: dict[str, Direction] = {"chrF++": "higher", "chrF": "higher", "BLEU": "higher", "TER": "lower"}
"""The metrics by their names, with the direction of better.

chrF++ goes first: it counts parts of words, which Kazakh and Russian inflect, and whole words too (Popović
2017). chrF counts characters alone (Popović 2015), BLEU words (Papineni et al. 2002), TER edits per word of
the reference (Snover et al. 2006)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One figure of a corpus, 0 to 100 (TER may pass 100), with sacreBLEU's signature of all its settings."""

    metric: str
    value: float
    direction: Direction
    signature: str


def metric_named(name: str) -> Metric:
    """sacreBLEU's metric of a name in `METRICS`; raises OptionError for any other."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.metrics.ter import TER

    match name:
        case "chrF++":
            return CHRF(word_order=2)
        case "chrF":
            return CHRF()
        case "BLEU":
            return BLEU()
        case "TER":
            return TER()
    raise OptionError(f"unknown metric {name!r}", expected=", ".join(METRICS), action=nearest(name, METRICS))


def corpus_scores(
    outputs: Sequence[str], references: Sequence[str], metrics: Sequence[str] = tuple(METRICS)
) -> tuple[Score, ...]:
    """Score outputs against one reference each, in the order of `metrics`.

    Raises OptionError where the two are not as many, where there are none, and for an unknown metric:
    sacreBLEU itself would leave out what one side has more.
    """
    if len(outputs) != len(references):
        raise OptionError(
            f"{len(outputs)} outputs and {len(references)} references", expected="as many of each"
        )
    if not outputs:
        raise OptionError("nothing to score", expected="at least one output and its reference")
    scores = []
    for name in metrics:
        metric = metric_named(name)
        value = metric.corpus_score(list(outputs), [list(references)]).score
        signature = str(metric.get_signature())
        scores.append(Score(metric=name, value=value, direction=METRICS[name], signature=signature))
    return tuple(scores)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How an output differs from a baseline in one metric.

    `p` is that of sacreBLEU's paired bootstrap resampling (Koehn 2004): how often a difference as large as
    this would come by chance. `signature` has the seed and the number of resamples.
    """

    metric: str
    difference: float
    p: float
    signature: str


RESAMPLES = 1000
"""Bootstrap resamples, as in Koehn 2004 and by default in sacreBLEU."""
COMPARED = 10_000
"""Sentences up to which outputs are compared: sacreBLEU holds all resamples at once, 0.1 MB a sentence."""


def compare(
    baseline: Sequence[str],
    outputs: Sequence[str],
    references: Sequence[str],
    metrics: Sequence[str] = tuple(METRICS),
    resamples: int = RESAMPLES,
) -> tuple[Comparison, ...]:
    """Compare outputs with those of a baseline for the same sentences, in the order of `metrics`.

    sacreBLEU's own seed makes it the same each time. Raises OptionError where the three are not as many, and
    for more than `COMPARED` sentences.
    """
    from sacrebleu.significance import PairedTest

    if not len(baseline) == len(outputs) == len(references):
        raise OptionError(
            f"{len(baseline)} and {len(outputs)} outputs for {len(references)} references",
            expected="as many of each",
        )
    if len(references) > COMPARED:
        raise OptionError(f"{len(references)} sentences to compare", expected=f"at most {COMPARED}")
    made = []
    for name in metrics:
        test = PairedTest(
            [("baseline", list(baseline)), ("outputs", list(outputs))],
            {name: metric_named(name)},
            [list(references)],
            test_type="bs",
            n_samples=resamples,
        )
        signatures, results = test()
        [(key, signature)] = signatures.items()
        before, after = results[key]
        assert not isinstance(before, str)
        assert not isinstance(after, str)
        assert after.p_value is not None
        made.append(
            Comparison(
                metric=name,
                difference=after.score - before.score,
                p=after.p_value,
                signature=str(signature),
            )
        )
    return tuple(made)
