"""How right links are, against links that are known: precision, recall, F1, strict and lax."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from egiz.parallel.align.records import Span

Ends = tuple[Span, Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkScores:
    """Shares between 0 and 1, higher is better, and the counts behind them.

    Strict: a link is right where the gold has exactly its units. Lax: where one link of the gold shares units
    with it on both sides. Links with an empty side count in neither; `null_recall` is the share of the gold's
    units without counterpart that the links leave alone too, None where there is none.
    """

    found: int
    gold: int
    strict_precision: float
    strict_recall: float
    lax_precision: float
    lax_recall: float
    null_recall: float | None

    @property
    def strict_f1(self) -> float:
        """Harmonic mean of the strict two."""
        return _f1(self.strict_precision, self.strict_recall)

    @property
    def lax_f1(self) -> float:
        """Harmonic mean of the lax two."""
        return _f1(self.lax_precision, self.lax_recall)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvaluation:
    """What the links of one file and one language are worth; `language` is empty where none is named."""

    system: str
    language: str
    scores: LinkScores


def score_links(found: Sequence[Ends], gold: Sequence[Ends]) -> LinkScores:
    """Compare links with the gold. Both hold the spans of units, source first."""
    own, known = _linked(found), _linked(gold)
    exact = set(own) & set(known)
    alone, lonely = _alone(gold), _alone(found)
    return LinkScores(
        found=len(own),
        gold=len(known),
        strict_precision=_share(len(exact), len(own)),
        strict_recall=_share(len(exact), len(known)),
        lax_precision=_share(_touching(own, known), len(own)),
        lax_recall=_share(_touching(known, own), len(known)),
        null_recall=_share(len(alone & lonely), len(alone)) if alone else None,
    )


def _linked(links: Iterable[Ends]) -> list[Ends]:
    return [link for link in links if link[0][0] < link[0][1] and link[1][0] < link[1][1]]


def _alone(links: Iterable[Ends]) -> set[tuple[int, int]]:
    """Units without counterpart, as side and number."""
    return {
        (side, unit)
        for link in links
        if link[0][0] == link[0][1] or link[1][0] == link[1][1]
        for side, span in enumerate(link)
        for unit in range(*span)
    }


def _touching(links: Sequence[Ends], others: Sequence[Ends]) -> int:
    """How many links share a pair of units with one of the others."""
    pairs = {(i, j) for source, target in others for i in range(*source) for j in range(*target)}
    return sum(
        any((i, j) in pairs for i in range(*source) for j in range(*target)) for source, target in links
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
