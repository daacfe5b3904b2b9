"""Scores the pairs of bilingual files, and of texts in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from egiz.parallel.bilingual.workers import map_chunks
from egiz.parallel.bitext import Segment
from egiz.parallel.build.job import EngineChoice, scoring_of
from egiz.parallel.publish.side_tables import (
    FEATURE_COLUMNS,
    PAIR_COLUMNS,
    feature_cells,
    neural_columns,
    number,
    pair_cells,
)
from egiz.parallel.scores import EvidenceCollector, QualityScorer, Score, Side, Unit
from egiz.parallel.scores.neural import Neural
from egiz.parallel.scores.records import LABELS
from egiz.translate.languages import known_tag, language
from egiz.translate.translator import WINDOW

_HEAD = ("id", "file", "line", "source_language", "target_language", "source", "target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A segment with its score.

    `neural` has one score for each neural model. All scores are None if the segment is a draft, lacks source
    or target, or is in a language that Egiz does not know.
    """

    segment: Segment
    score: Score | None
    neural: tuple[float | None, ...] = ()


def score_segments(
    segments: Iterable[Segment],
    scorer: QualityScorer,
    collector: EvidenceCollector,
    neural: Sequence[Neural] = (),
) -> Iterator[Scored]:
    """Score segments in batches; yield one result per segment, in order."""
    stream = iter(segments)
    while window := list(islice(stream, WINDOW)):
        usable = [item for item in window if _usable(item)]
        units = [
            Unit(
                source_language=item.source_language,
                source=item.source,
                sides=(Side(language=item.target_language, text=item.target),),
            )
            for item in usable
        ]
        found = iter([scorer(side) for (side,) in collector.evidence(units)])
        pairs = [(item.source, item.target) for item in usable]
        more = iter(list(zip(*(model.score(pairs) for model in neural), strict=True)) or [()] * len(pairs))
        for item in window:
            if _usable(item):
                yield Scored(segment=item, score=next(found), neural=next(more))
            else:
                yield Scored(segment=item, score=None, neural=(None,) * len(neural))


def _usable(item: Segment) -> bool:
    """Whether a segment can be scored: it has two texts in known languages and is no draft."""
    known = known_tag(item.source_language) and known_tag(item.target_language)
    return bool(known and item.source and item.target and not item.draft)


class _FastScorer:
    """Scores chunks of segments without a model and formats them by `score_lines`."""

    def __init__(self, features: bool) -> None:
        self._features = features
        self._scorer, self._collector = QualityScorer(None, "fast"), EvidenceCollector(None, None, "fast")

    def __call__(self, segments: Sequence[Segment]) -> list[tuple[str, str]]:
        scored = score_segments(segments, self._scorer, self._collector)
        return list(score_lines(scored, features=self._features))


def fast_lines(segments: Iterable[Segment], *, features: bool, workers: int) -> Iterator[tuple[str, str]]:
    """Score segments without a model, in several processes; yield the same as `score_lines`.

    `workers` is as in `egiz.parallel.bilingual.workers.map_chunks`.
    """
    for _, lines in map_chunks(partial(_FastScorer, features), segments, workers):
        yield from lines


def score_lines(scored: Iterable[Scored], *, features: bool) -> Iterator[tuple[str, str]]:
    """Yield a pair (label, line of the table) for each segment.

    The label is "not scored" for a segment without a score.
    """
    for item in scored:
        label = item.score.label if item.score else "not scored"
        yield label, "\t".join(_cells(item, features=features)) + "\n"


def write_scores(
    lines: Iterable[tuple[str, str]], stream: TextIO, *, features: bool, neural: Sequence[str]
) -> dict[str, int]:
    """Write a header and the lines of `score_lines`; return the number of segments by label.

    `neural` are the names of the neural models. The label of segments without a score is "not scored".
    """
    columns = (*PAIR_COLUMNS, *(FEATURE_COLUMNS if features else ()), *neural_columns(neural))
    stream.write("\t".join((*_HEAD, *(column.name for column in columns))) + "\n")
    counts: Counter[str] = Counter()
    for label, line in lines:
        counts[label] += 1
        stream.write(line)
    return {label: counts[label] for label in (*LABELS, "not scored") if counts[label] or label in LABELS}


def _cells(item: Scored, *, features: bool) -> tuple[str, ...]:
    segment, score = item.segment, item.score
    head = (
        segment.id,
        segment.file,
        str(segment.line),
        segment.source_language,
        segment.target_language,
        segment.source,
        segment.target,
    )
    judged = pair_cells(score) if score else ("",) * len(PAIR_COLUMNS)
    values = (feature_cells(score) if score else ("",) * len(FEATURE_COLUMNS)) if features else ()
    return (*head, *judged, *values, *map(number, item.neural))


def score_pairs(
    pairs: Iterable[tuple[str, str]],
    *,
    source: str = "kk",
    target: str = "ru",
    effort: str = "normal",
    model: str = "starter",
    home: Path | None = None,
) -> list[Score | None]:
    """Score pairs of source and target text: the probability that each is a sound translation, with reasons.

    With `effort` ``fast``, no model is used. The result has one item for each pair, in order: its score, or
    None if source or target is empty. Raises OptionError for an unknown effort, LanguageError for an unknown
    language, ModelError for a model that cannot be opened.
    """
    choice = EngineChoice(model=model, home=home, no_memory=True)
    with choice.memory() as memory:
        scorer, collector = scoring_of(choice, effort, memory)
        first, second = language(source).tag, language(target).tag
        segments = (
            Segment(
                id=str(number),
                file="",
                line=number,
                source_language=first,
                target_language=second,
                source=own,
                target=other,
            )
            for number, (own, other) in enumerate(pairs, start=1)
        )
        return [scored.score for scored in score_segments(segments, scorer, collector)]
