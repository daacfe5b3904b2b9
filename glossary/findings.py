"""The findings of a check of terms: about a single use of a term, and about one term over many rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from egiz.glossary.check import OUTCOMES, Code, Outcome, TermUse, unmixed
from egiz.glossary.records import Finding, Severity, Term, Wording

CHECKS: dict[str, tuple[Severity, str]] = {
    "term-forbidden": ("error", "a term is rendered by a forbidden wording"),
    "term-missing": ("warning", "a term of the source has no accepted rendering in the target"),
    "term-ambiguous": ("warning", "words that may be several terms are rendered as none of these"),
    "term-letters": ("warning", "a rendering has letters of another script that look like its own"),
    "term-inconsistent": ("warning", "a term is rendered by several accepted wordings in the rows checked"),
    "term-fewer": ("note", "a term is rendered less often than it stands in the source"),
    "term-variant": ("note", "a term is rendered by an accepted wording that is not the preferred one"),
    "term-inserted": ("note", "a term was put into a machine's translation, which should be read"),
}
"""Severity and description of every finding, by code. `inconsistency` reports ``term-inconsistent``, which
concerns many rows; all other codes concern a single use of a term. The check itself never reports
``term-inserted``: a published table has it where Egiz put in the term. ``term-fewer`` is only a note, because
a pronoun often renders the second occurrence correctly."""
INCONSISTENT = "term-inconsistent"
"""The code of the finding about a term that is rendered by several accepted wordings."""


def finding(use: TermUse) -> Finding | None:
    """Return the finding about a use of a term, or None if nothing is wrong.

    Its offsets count code points in the target if the term has a rendering there, else in the source.
    """
    if use.code is None:
        return None
    place = use.target or use.source
    return Finding(
        severity=CHECKS[use.code][0],
        code=use.code,
        message=_message(use, use.code),
        start=place.start,
        stop=place.stop,
    )


def _message(use: TermUse, code: Code) -> str:
    term = f"‘{use.source.wording.text}’"
    terms = (use.term, *use.homographs) if code == "term-ambiguous" else (use.term,)
    accepted = [f"‘{wording.text}’" for item in terms for wording in item.accepted_in(use.target_language)]
    instead = " or ".join(dict.fromkeys(accepted))
    match code:
        case "term-forbidden":
            if not use.form:
                return f"‘{use.rendering}’ must not be used"
            advice = f"; expected {instead}" if instead else ""
            return f"{term} must not be rendered as ‘{use.rendering}’{advice}"
        case "term-missing":
            return f"{term} is not rendered; expected {instead}"
        case "term-ambiguous":
            return f"{term} may be any of {len(terms)} terms and is not rendered; expected {instead}"
        case "term-letters":
            right = unmixed(use.rendering, use.target_language)
            return f"‘{use.rendering}’ for {term} mixes letters of two scripts; write ‘{right}’"
        case "term-fewer":
            return f"{term} is rendered less often than it stands in the source; expected {instead}"
        case "term-variant":
            return f"{term} is rendered as ‘{use.rendering}’; preferred is {accepted[0]}"
        case "term-inserted":
            return f"‘{use.rendering}’ for {term} was put there by Egiz; read the sentence"


PLACES_KEPT = 20
"""The number of rows kept per rendering. All rows are counted, but memory would grow with their number if all
were kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The position of a row: its file, its line (from 1) and its id."""

    file: str
    line: int
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A wording that renders a term, the number of its uses, and the first `PLACES_KEPT` rows with it."""

    wording: Wording
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermUsage:
    """How one term is rendered over all rows: its renderings, most frequent first, and counts of outcomes.

    `source` is the source wording that occurred first.
    """

    term: Term
    source: Wording
    target_language: str
    renderings: tuple[Rendering, ...]
    outcomes: tuple[tuple[Outcome, int], ...]

    @property
    def accepted(self) -> tuple[Rendering, ...]:
        """The renderings that are not forbidden, most frequent first."""
        return tuple(item for item in self.renderings if item.wording.status != "forbidden")


Seen = TypeVar("Seen")
"""The type that identifies a row: a `Place`, or the index of the row in a part of the rows, from 0."""


@dataclass(slots=True)
class UseCounts(Generic[Seen]):
    """Counts of the uses of one term, by outcome and by rendering.

    Wordings are given as indices of `Term.wordings`. `source` is the source wording that occurred first.
    `renderings` maps each target wording to its count and to the first `PLACES_KEPT` rows with it.
    """

    source: int
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    renderings: dict[int, tuple[int, list[Seen]]] = field(default_factory=dict)

    def add(self, use: TermUse, row: Seen) -> None:
        """Count one use in a row."""
        self.outcomes[use.outcome] = self.outcomes.get(use.outcome, 0) + 1
        if use.target is not None:
            self._add(use.term.wordings.index(use.target.wording), 1, (row,))

    def merge(self, other: UseCounts[int], rows: Sequence[Seen]) -> None:
        """Add the counts of later rows; `other` names each row by its index in `rows`."""
        for outcome, count in other.outcomes.items():
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count
        for wording, (count, numbers) in other.renderings.items():
            self._add(wording, count, [rows[number] for number in numbers])

    def _add(self, wording: int, more: int, rows: Sequence[Seen]) -> None:
        count, kept = self.renderings.get(wording, (0, []))
        for row in rows:
            if len(kept) < PLACES_KEPT and row not in kept:
                kept.append(row)
        self.renderings[wording] = (count + more, kept)


TermKey = tuple[str, str]
"""The id of a term and the target language."""


def count_uses(counts: dict[TermKey, UseCounts[Seen]], uses: Iterable[TermUse], row: Seen) -> None:
    """Add the term uses of one row to `counts`."""
    for use in uses:
        key = (use.term.id, use.target_language)
        count = counts.get(key)
        if count is None:
            count = counts[key] = UseCounts(use.term.wordings.index(use.source.wording))
        count.add(use, row)


class Consistency:
    """Counts of the uses of terms over many rows; memory grows with the number of terms, not of rows."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Start without uses; `terms` must contain the term of every use that is added later."""
        self._terms = {term.id: term for term in terms}
        self._counts: dict[TermKey, UseCounts[Place]] = {}

    def add(self, uses: Iterable[TermUse], place: Place) -> None:
        """Count the uses of one row."""
        count_uses(self._counts, uses, place)

    def merge(self, counts: Mapping[TermKey, UseCounts[int]], rows: Sequence[Place]) -> None:
        """Add counts that `count_uses` made of later rows; `counts` names each row by its index in `rows`."""
        for key, count in counts.items():
            if key not in self._counts:
                self._counts[key] = UseCounts(count.source)
            self._counts[key].merge(count, rows)

    def usages(self) -> tuple[TermUsage, ...]:
        """Return a record for each term and target language that has uses, sorted by these two."""
        return tuple(self._usage(key) for key in sorted(self._counts))

    def _usage(self, key: TermKey) -> TermUsage:
        term, counts = self._terms[key[0]], self._counts[key]
        ordered = sorted(counts.renderings.items(), key=lambda item: (-item[1][0], item[0]))
        return TermUsage(
            term=term,
            source=term.wordings[counts.source],
            target_language=key[1],
            renderings=tuple(
                Rendering(wording=term.wordings[number], count=count, places=tuple(places))
                for number, (count, places) in ordered
            ),
            outcomes=tuple((name, counts.outcomes.get(name, 0)) for name in OUTCOMES),
        )


def inconsistency(usage: TermUsage) -> tuple[Finding, Place] | None:
    """Return the finding about a term that is rendered by several accepted wordings, and its place.

    The place is the first row with the second most frequent rendering. Forbidden renderings are not counted,
    because each has a finding of its own. None if there are fewer than two accepted renderings.
    """
    if len(usage.accepted) < 2:
        return None
    shown = ", ".join(f"‘{item.wording.text}’ ({item.count} ×)" for item in usage.accepted)
    message = f"‘{usage.source.text}’ is rendered in {len(usage.accepted)} ways: {shown}"
    return Finding(severity=CHECKS[INCONSISTENT][0], code=INCONSISTENT, message=message), usage.accepted[
        1
    ].places[0]
