"""Check how a translation renders the terms of its source.

Source occurrences are paired with target renderings; each rendering is used at most once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from egiz.glossary.languages import morphology
from egiz.glossary.match import Matcher
from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.find import find
from egiz.glossary.records import Finding, Match, Severity, Term

RANKS = {"preferred": 0, "accepted": 1, "forbidden": 2}
"""Order of preference among the statuses of renderings; lower comes first."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A span of the source with one match for each term that it may be."""

    matches: tuple[Match, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The ids of the terms; equal for occurrences that compete for the same renderings."""
        return tuple(match.term.id for match in self.matches)

    @property
    def start(self) -> int:
        return self.matches[0].start

    @property
    def length(self) -> int:
        return self.matches[0].stop - self.matches[0].start


def occurrences(matches: Sequence[Match]) -> list[Occurrence]:
    """Group matches of the same span, in the order of the text, with each term once per span."""
    spans: dict[tuple[int, int], dict[str, Match]] = {}
    for match in matches:
        spans.setdefault((match.start, match.stop), {}).setdefault(match.term.id, match)
    return [Occurrence(tuple(spans[span].values())) for span in sorted(spans)]


def without_overlap(matches: Sequence[Match], length: int) -> list[Match]:
    """Drop overlapping renderings of one term: the longest stays, among equally long ones the best status.

    `length` is that of the target text, in code points. The result is in this order, not in text order.
    """
    ordered = sorted(
        matches, key=lambda match: (match.start - match.stop, RANKS[match.wording.status], match.start)
    )
    taken = _Taken(length)
    return [match for match in ordered if taken.take(match)]


def pair(
    found: Sequence[Occurrence], renderings: Mapping[str, Sequence[Match]], length: int
) -> list[Match | None]:
    """Assign each occurrence one rendering of its terms, or None where none is left.

    `renderings` maps term ids to matches in the target; `length` is that of the target in code points.
    Greedy: occurrences with the fewest candidate renderings choose first, then those that have a preferred
    one, then the longest; each takes a preferred rendering before an accepted one. Forbidden renderings go
    last, to occurrences that are still without one, since the same word may correctly render another term.
    Finally, the renderings of occurrences with the same terms are reassigned in the order of the text.
    """
    chosen: list[Match | None] = [None] * len(found)
    taken = _Taken(length)
    for statuses in (("preferred", "accepted"), ("forbidden",)):
        queues = {key: _queue(key, renderings, statuses) for key in dict.fromkeys(item.key for item in found)}
        order = sorted(
            (len(queues[item.key]), _rank(queues[item.key]), -item.length, place)
            for place, item in enumerate(found)
            if chosen[place] is None
        )
        left = {key: iter(queue) for key, queue in queues.items()}
        for *_, place in order:
            chosen[place] = next((match for match in left[found[place].key] if taken.take(match)), None)
    return _in_order(found, chosen)


def _queue(
    key: Sequence[str], renderings: Mapping[str, Sequence[Match]], statuses: Collection[str]
) -> list[Match]:
    """The renderings of the terms in `key` with one of the statuses, best status first."""
    found = [match for name in key for match in renderings[name] if match.wording.status in statuses]
    return sorted(found, key=lambda match: (RANKS[match.wording.status], match.start))


def _rank(queue: Sequence[Match]) -> int:
    return RANKS[queue[0].wording.status] if queue else len(RANKS)


def _in_order(found: Sequence[Occurrence], chosen: Sequence[Match | None]) -> list[Match | None]:
    places = defaultdict(list)
    for place, item in enumerate(found):
        places[item.key].append(place)
    ordered: list[Match | None] = [None] * len(found)
    for same in places.values():
        got = sorted(
            (match for match in (chosen[place] for place in same) if match is not None),
            key=lambda match: match.start,
        )
        for place, match in zip(same, got, strict=False):
            ordered[place] = match
    return ordered


class _Taken:
    """Which code points of a text are already used by a match."""

    def __init__(self, length: int) -> None:
        self._used = bytearray(length)

    def take(self, match: Match) -> bool:
        """Mark the span of a match as used; False, and nothing marked, where it overlaps a used one."""
        if any(self._used[match.start : match.stop]):
            return False
        self._used[match.start : match.stop] = b"\1" * (match.stop - match.start)
        return True


Outcome = Literal["applied", "variant", "forbidden", "missing", "ambiguous"]
Code = Literal[
    "term-forbidden", "term-missing", "term-ambiguous", "term-fewer", "term-variant", "term-inserted"
]

OUTCOMES: tuple[Outcome, ...] = ("applied", "variant", "forbidden", "missing", "ambiguous")
CHECKS: dict[str, tuple[Severity, str]] = {
    "term-forbidden": ("error", "a term is rendered by a forbidden wording"),
    "term-missing": ("warning", "a term of the source has no accepted rendering in the target"),
    "term-ambiguous": ("warning", "words that may be several terms are rendered as none of these"),
    "term-inconsistent": ("warning", "a term is rendered by several accepted wordings in the rows checked"),
    "term-fewer": ("note", "a term is rendered less often than it stands in the source"),
    "term-variant": ("note", "a term is rendered by an accepted wording that is not the preferred one"),
    "term-inserted": ("note", "a term was put into a machine's translation, which should be read"),
}
"""Severity and description of every finding, by code. `term-inconsistent` is found over many rows (see
`egiz.glossary.consistency`), `term-inserted` where a published table says so, the others in a single use.
`term-fewer` is only a note because the second occurrence is often correctly rendered by a pronoun."""

_OUTCOMES: dict[str, Outcome] = {"preferred": "applied", "accepted": "variant", "forbidden": "forbidden"}
_CODES: dict[str, Code | None] = {
    "preferred": None,
    "accepted": "term-variant",
    "forbidden": "term-forbidden",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TermUse:
    """One occurrence of a term in the source and how the target renders it.

    `outcome` is ``applied`` for a preferred rendering, ``variant`` for another accepted one, ``forbidden``
    where the only rendering is a forbidden one, and ``missing`` where there is none. It is ``ambiguous``
    where the check cannot decide: the term is rendered less often than it occurs, or the words may be
    several terms (the others are `homographs`), none of which is rendered. `code` names the finding, if it
    is one.

    `source` is the occurrence and `target` its rendering, if any; `form` and `rendering` are their texts
    as written.
    """

    term: Term
    target_language: str
    outcome: Outcome
    code: Code | None
    source: Match
    form: str
    target: Match | None = None
    rendering: str = ""
    homographs: tuple[Term, ...] = ()


class Checker:
    """Checks pairs of source and target segments against a term base."""

    def __init__(self, terms: Sequence[Term], source_language: str, target_language: str) -> None:
        """Index the terms that have a wording in the target language; the others are ignored.

        A wording that is forbidden in the source language is not looked for there.
        """
        self._language = target_language
        self._morphology = morphology(target_language)
        self._matcher = Matcher(
            [term for term in terms if term.wordings_in(target_language)],
            source_language,
            statuses=("preferred", "accepted"),
        )

    def check(self, source: str, target: str) -> list[TermUse]:
        """One `TermUse` per term occurrence of the source, in the order of the source.

        No word of the target renders two occurrences; `egiz.glossary.check.pair` says how renderings are
        assigned. A term that has only forbidden wordings in the target language is reported only where one
        of them is used.
        """
        found = occurrences(self._matcher.matches(source))
        if not found:
            return []
        terms = {match.term.id: match.term for item in found for match in item.matches}
        words = self._morphology.words(target)
        renderings = {name: self._renderings(term, target, words) for name, term in terms.items()}
        chosen = pair(found, renderings, len(target))
        rendered = Counter(
            item.key
            for item, match in zip(found, chosen, strict=True)
            if match is not None and match.wording.status != "forbidden"
        )
        uses = []
        for item, match in zip(found, chosen, strict=True):
            form = source[item.start : item.start + item.length]
            if match is not None:
                uses.append(self._rendered(item, match, form, target))
            elif any(self._accepted(other) for other in item.matches):
                uses.append(self._unrendered(item, form, is_fewer=rendered[item.key] > 0))
        return uses

    def _renderings(self, term: Term, target: str, words: Sequence[Word]) -> list[Match]:
        """The renderings of a term in the target, even inside longer wordings of other terms."""
        found = [
            Match(term=term, wording=wording, start=start, stop=stop, forms=forms)
            for wording in term.wordings_in(self._language)
            for start, stop, forms in find(wording, target, self._morphology, words)
        ]
        return without_overlap(found, len(target))

    def _accepted(self, match: Match) -> tuple[str, ...]:
        return tuple(wording.text for wording in match.term.accepted_in(self._language))

    def _rendered(self, item: Occurrence, match: Match, form: str, target: str) -> TermUse:
        source = next(other for other in item.matches if other.term.id == match.term.id)
        return TermUse(
            term=source.term,
            target_language=self._language,
            outcome=_OUTCOMES[match.wording.status],
            code=_CODES[match.wording.status],
            source=source,
            form=form,
            target=match,
            rendering=target[match.start : match.stop],
            homographs=tuple(other.term for other in item.matches if other is not source),
        )

    def _unrendered(self, item: Occurrence, form: str, *, is_fewer: bool) -> TermUse:
        """The use of an occurrence without a rendering; `is_fewer`: others of the same terms have one."""
        able = [match for match in item.matches if self._accepted(match)]
        is_open = len({self._accepted(match) for match in able}) > 1
        return TermUse(
            term=able[0].term,
            target_language=self._language,
            outcome="ambiguous" if is_fewer or is_open else "missing",
            code="term-fewer" if is_fewer else "term-ambiguous" if is_open else "term-missing",
            source=able[0],
            form=form,
            homographs=tuple(match.term for match in able[1:]),
        )


def finding(use: TermUse) -> Finding | None:
    """The finding for a use, with its message; None where nothing is wrong.

    Offsets point into the target if there is a rendering, else into the source.
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
    wanted = " or ".join(dict.fromkeys(accepted))
    match code:
        case "term-forbidden":
            advice = f"; expected {wanted}" if wanted else ""
            return f"{term} must not be rendered as ‘{use.rendering}’{advice}"
        case "term-missing":
            return f"{term} is not rendered; expected {wanted}"
        case "term-ambiguous":
            return f"{term} may be any of {len(terms)} terms and is not rendered; expected {wanted}"
        case "term-fewer":
            return f"{term} is rendered less often than it stands in the source; expected {wanted}"
        case "term-variant":
            return f"{term} is rendered as ‘{use.rendering}’; preferred is {accepted[0]}"
        case "term-inserted":
            return f"‘{use.rendering}’ for {term} was put there by Egiz; read the sentence"
