"""chrF++, BLEU and TER by sacreBLEU, with signatures, and a fast sentence chrF++ for similar texts.

The fast chrF++ gives the same value as sacreBLEU's sentence chrF++ (Popović 2017: character n-grams up to 6,
word n-grams up to 2, β = 2; an order counts only if both texts have n-grams of it), but is twelve times
faster (`benchmarks/chrf.py`). It has to be fast, because it is computed for every translation. Two texts are
compared without their common beginning and end, whose n-grams need not be looked up. In a set of texts, the
occurrences of an n-gram in a text are numbered, so that each text is a set of distinct elements; then the
numbers of shared n-grams of all pairs are one matrix product.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from egiz.translate.errors import OptionError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sacrebleu.metrics.base import Metric


CHARACTERS, WORDS, BETA = 6, 2, 2
"""The constants of chrF++ (Popović 2017), as sacreBLEU's `CHRF(word_order=2)` has them."""

_MARKS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def signature() -> str:
    """sacreBLEU's signature of chrF++, with all its settings."""
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF(word_order=WORDS)
    metric.sentence_score("", [""])  # the signature needs the number of references
    return str(metric.get_signature())


def chrf(text: str, reference: str) -> float:
    """chrF++ of a text against a reference, 0 to 100; 0 if one of them is empty."""
    ours = text.split()
    theirs, letters, words = _reference(reference)
    if ours == theirs:
        return 100.0 if ours else 0.0
    precision = recall = 0.0
    effective = 0
    for orders, mine, other in (
        (CHARACTERS, "".join(ours), letters),
        (WORDS, tuple(_words(ours)), words),
    ):
        for same, count, total in _shared_grams(mine, other, orders):
            precision += same / count
            recall += same / total
            effective += 1
    if not effective:
        return 0.0
    precision /= effective
    recall /= effective
    denominator = BETA**2 * precision + recall
    return 100 * (1 + BETA**2) * precision * recall / denominator if denominator else 0.0


@lru_cache(maxsize=4)
def _reference(text: str) -> tuple[list[str], str, tuple[str, ...]]:
    """The parts of a reference that `chrf` compares: its words; all characters except spaces; its words with
    punctuation split off (see `_words`)."""
    parts = text.split()
    return parts, "".join(parts), tuple(_words(parts))


def _shared_grams(ours: Sequence[str], theirs: Sequence[str], orders: int) -> list[tuple[int, int, int]]:
    """Count n-grams, for each order in which both sequences have any: the shared ones, all of `ours`, and all
    of `theirs`.

    The n-grams inside the common beginning and end are all shared, so they are only counted. The others are
    compared with each other.
    """
    found = []
    shorter = min(len(ours), len(theirs))
    start = _common_prefix(ours, theirs)
    end = min(shorter - start, _common_prefix(ours[::-1], theirs[::-1]))
    for order in range(1, min(orders, shorter) + 1):
        first, skipped = max(0, start - order + 1), max(0, end - order + 1)
        count, total = len(ours) - order + 1, len(theirs) - order + 1
        places, others = range(first, count - skipped), range(first, total - skipped)
        same = first + skipped
        if places and others:
            mine = {ours[at : at + order] for at in places}
            rest = {theirs[at : at + order] for at in others}
            if len(mine) == len(places) or len(rest) == len(others):  # one side has no repeated n-gram
                same += len(mine & rest)
            else:
                held = Counter(theirs[at : at + order] for at in others)
                own = Counter(ours[at : at + order] for at in places)
                same += sum(min(times, held[gram]) for gram, times in own.items())
        found.append((same, count, total))
    return found


def _common_prefix(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """The length of the common beginning of two sequences; a binary search, since slices compare fast."""
    sure, most = 0, min(len(ours), len(theirs))
    while sure < most:
        middle = (sure + most + 1) // 2
        if ours[sure:middle] == theirs[sure:middle]:
            sure = middle
        else:
            most = middle - 1
    return sure


def chrf_matrix(texts: Sequence[str]) -> NDArray[np.float64]:
    """The chrF++ (0 to 100) of each text (row) against each of the texts as the reference (column).

    A text scores 100 against itself; an empty text scores 0. The matrix is not symmetric: recall weighs four
    times as much as precision, so a short text against a long reference scores lower than the long text
    against the short one.
    """
    import numpy as np

    size = len(texts)
    precision, recall = np.zeros((size, size)), np.zeros((size, size))
    effective = np.zeros((size, size))
    for grams in zip(*map(_grams, texts), strict=True):
        counts = np.array([len(own) for own in grams], dtype=np.float64)
        shared = _shared(grams)
        both = np.minimum.outer(counts, counts) > 0
        filled = np.maximum(counts, 1)
        precision += shared / filled[:, None]
        recall += shared / filled[None, :]
        effective += both
    effective = np.maximum(effective, 1)
    precision /= effective
    recall /= effective
    weight = BETA**2
    denominator = weight * precision + recall
    scores: NDArray[np.float64] = 100 * (1 + weight) * precision * recall
    return np.divide(scores, denominator, out=np.zeros((size, size)), where=denominator > 0)


def _grams(text: str) -> Iterator[list[tuple[str, int]]]:
    """Yield the n-grams of a text for each order: characters 1 to 6, then words 1 to 2; see `_numbered`."""
    letters = "".join(text.split())
    for order in range(1, CHARACTERS + 1):
        yield _numbered([letters[at : at + order] for at in range(len(letters) - order + 1)])
    words = list(_words(text.split()))
    for order in range(1, WORDS + 1):
        yield _numbered([" ".join(words[at : at + order]) for at in range(len(words) - order + 1)])


def _numbered(grams: list[str]) -> list[tuple[str, int]]:
    """Pair each n-gram with the number of its earlier occurrences, so that no pair is repeated."""
    seen: Counter[str] = Counter()
    numbered = []
    for gram in grams:
        numbered.append((gram, seen[gram]))
        seen[gram] += 1
    return numbered


def _words(words: Iterable[str]) -> Iterator[str]:
    """Split one ASCII punctuation mark off the end of each word or, if it has none there, off its start.

    This is sacreBLEU's word tokenisation for chrF++.
    """
    for word in words:
        if len(word) > 1 and word[-1] in _MARKS:
            yield from (word[:-1], word[-1])
        elif len(word) > 1 and word[0] in _MARKS:
            yield from (word[0], word[1:])
        else:
            yield word


def _shared(grams: Sequence[list[tuple[str, int]]]) -> NDArray[np.float64]:
    """The number of shared n-grams of each pair of texts, as a square matrix."""
    import numpy as np

    numbers = {gram: place for place, gram in enumerate(dict.fromkeys(gram for own in grams for gram in own))}
    member = np.zeros((len(grams), len(numbers)), dtype=np.float32)
    for row, own in enumerate(grams):
        member[row, [numbers[gram] for gram in own]] = 1
    product: NDArray[np.float64] = (member @ member.T).astype(np.float64)
    return product


Direction = Literal["higher", "lower"]

METRICS: dict[str, Direction] = {"chrF++": "higher", "chrF": "higher", "BLEU": "higher", "TER": "lower"}
"""The metrics by name, with the direction that is better.

chrF++ is the first: it counts parts of words, which suits the inflection of Kazakh and Russian, and whole
words (Popović 2017). chrF counts characters only (Popović 2015), BLEU words (Papineni et al. 2002), TER edits
per word of the reference (Snover et al. 2006)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricScore:
    """One score of a corpus, 0 to 100 (TER may exceed 100), with sacreBLEU's signature of its settings."""

    metric: str
    value: float
    direction: Direction
    signature: str


def metric_named(name: str) -> Metric:
    """sacreBLEU's metric for a name in `METRICS`; raises OptionError for any other."""
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
) -> tuple[MetricScore, ...]:
    """Score outputs against one reference each, in the order of `metrics`.

    Raises OptionError if outputs and references differ in number (sacreBLEU itself would ignore the surplus),
    if there are none, and for an unknown metric.
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
        scores.append(MetricScore(metric=name, value=value, direction=METRICS[name], signature=signature))
    return tuple(scores)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricComparison:
    """The difference of outputs from a baseline in one metric.

    `p` is the p-value of sacreBLEU's paired bootstrap resampling (Koehn 2004): the probability that a
    difference as large as this arises by chance. `signature` has the seed and the number of resamples.
    """

    metric: str
    difference: float
    p: float
    signature: str


RESAMPLES = 1000
"""The number of bootstrap resamples, as in Koehn 2004 and by default in sacreBLEU."""
MAX_COMPARED = 10_000
"""The most sentences of a comparison: sacreBLEU holds all resamples in memory, 0.1 MB per sentence."""


def compare(
    baseline: Sequence[str],
    outputs: Sequence[str],
    references: Sequence[str],
    metrics: Sequence[str] = tuple(METRICS),
    resamples: int = RESAMPLES,
) -> tuple[MetricComparison, ...]:
    """Compare outputs with those of a baseline for the same sentences, in the order of `metrics`.

    sacreBLEU's fixed seed makes the result reproducible. Raises OptionError if baseline, outputs and
    references differ in number, and for more than `MAX_COMPARED` sentences.
    """
    from sacrebleu.significance import PairedTest

    if not len(baseline) == len(outputs) == len(references):
        raise OptionError(
            f"{len(baseline)} and {len(outputs)} outputs for {len(references)} references",
            expected="as many of each",
        )
    if len(references) > MAX_COMPARED:
        raise OptionError(f"{len(references)} sentences to compare", expected=f"at most {MAX_COMPARED}")
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
            MetricComparison(
                metric=name,
                difference=after.score - before.score,
                p=after.p_value,
                signature=str(signature),
            )
        )
    return tuple(made)
