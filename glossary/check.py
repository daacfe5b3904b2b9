"""Check how a translation renders the terms of its source.

Source occurrences are paired with target renderings; each rendering is used at most once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from egiz.glossary.languages import morphology
from egiz.glossary.match import Matcher
from egiz.glossary.morphology.find import Running, Wanted, wanted
from egiz.glossary.morphology.typed import mended
from egiz.glossary.records import Finding, Match, Severity, Term, WordingStatus
from egiz.translate.languages import language_of

_FORBIDDEN: tuple[WordingStatus, ...] = ("forbidden",)
_REMEMBERED = 512
"""Pairs of texts whose uses are remembered: correction asks for the same pair again at each decision."""
RANKS = {"preferred": 0, "accepted": 1, "forbidden": 2}
"""Order of preference among the statuses of renderings; lower comes first."""


@dataclass(frozen=True)
class Occurrence:
    """A span of the source with one match for each term that it may be."""

    matches: tuple[Match, ...]

    @cached_property
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
    if len(matches) < 2:
        return list(matches)
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
    keys = [item.key for item in found]
    for statuses in (("preferred", "accepted"), ("forbidden",)):
        queues = {key: _queue(key, renderings, statuses) for key in dict.fromkeys(keys)}
        order = sorted(
            (len(queues[key]), _rank(queues[key]), -item.length, place)
            for place, (key, item) in enumerate(zip(keys, found, strict=True))
            if queues[key] and chosen[place] is None
        )
        left = {key: iter(queue) for key, queue in queues.items()}
        for *_, place in order:
            chosen[place] = next((match for match in left[keys[place]] if taken.take(match)), None)
    return _in_order(keys, chosen)


def _queue(
    key: Sequence[str], renderings: Mapping[str, Sequence[Match]], statuses: Collection[str]
) -> list[Match]:
    """The renderings of the terms in `key` with one of the statuses, best status first."""
    found = [match for name in key for match in renderings[name] if match.wording.status in statuses]
    return sorted(found, key=lambda match: (RANKS[match.wording.status], match.start))


def _rank(queue: Sequence[Match]) -> int:
    return RANKS[queue[0].wording.status] if queue else len(RANKS)


def _in_order(keys: Sequence[tuple[str, ...]], chosen: Sequence[Match | None]) -> list[Match | None]:
    if len(set(keys)) == len(keys):
        return list(chosen)
    places = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    ordered: list[Match | None] = [None] * len(keys)
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
    "term-forbidden",
    "term-missing",
    "term-ambiguous",
    "term-letters",
    "term-fewer",
    "term-variant",
    "term-inserted",
]

OUTCOMES: tuple[Outcome, ...] = ("applied", "variant", "forbidden", "missing", "ambiguous")
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
    is one: a right rendering has one too where a letter in it is of another script.

    The `source` of a wording that is forbidden whatever the source says is no occurrence: it is empty, has
    the forbidden wording, and `form` is empty as well.

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
        self._language = language_of(target_language)
        self._morphology = morphology(target_language)
        self._matcher = Matcher(
            [term for term in terms if term.wordings_in(self._language)],
            source_language,
            statuses=("preferred", "accepted"),
        )
        banned = [term for term in terms if is_banned(term)]
        self._banned = Matcher(banned, target_language, statuses=_FORBIDDEN) if banned else None
        self._wanted: dict[str, tuple[Wanted, ...]] = {}
        self._usable: dict[str, tuple[str, ...]] = {}
        self._found = lru_cache(maxsize=_REMEMBERED)(self._occurrences)
        self._checked = lru_cache(maxsize=_REMEMBERED)(self._uses)

    def check(self, source: str, target: str) -> list[TermUse]:
        """One `TermUse` per term occurrence of the source, in the order of the source.

        No word of the target renders two occurrences; `egiz.glossary.check.pair` says how renderings are
        assigned. A term that has only forbidden wordings in the target language is reported only where one
        of them is used; one that has no other wordings at all, wherever the target uses one, at the end.
        """
        return list(self._checked(source, target))

    def _occurrences(self, source: str) -> tuple[Occurrence, ...]:
        return tuple(occurrences(self._matcher.matches(source)))

    def _uses(self, source: str, target: str) -> list[TermUse]:
        found = self._found(source)
        uses: list[TermUse] = []
        if found:
            renderings = self._renderings(found, target)
            chosen = pair(found, renderings, len(target))
            rendered = Counter(
                item.key
                for item, match in zip(found, chosen, strict=True)
                if match is not None and match.wording.status != "forbidden"
            )
            for item, match in zip(found, chosen, strict=True):
                form = source[item.start : item.start + item.length]
                if match is not None:
                    uses.append(self._rendered(item, match, form, target))
                elif any(self._accepted(other) for other in item.matches):
                    uses.append(self._unrendered(item, form, is_fewer=rendered[item.key] > 0))
        return uses + self._forbidden_anyway(uses, target) if self._banned else uses

    def _renderings(self, found: Sequence[Occurrence], target: str) -> dict[str, list[Match]]:
        """The renderings of each term in the target, even inside longer wordings of other terms.

        A forbidden wording counts only where its words stand together.
        """
        terms = {match.term.id: match.term for item in found for match in item.matches}
        looked = {name: self._looked_for(term) for name, term in terms.items()}
        running = Running(target, self._morphology, [item for items in looked.values() for item in items])
        return {
            name: without_overlap(
                [
                    Match(
                        term=terms[name],
                        wording=item.wording,
                        start=one.start,
                        stop=one.stop,
                        forms=one.forms,
                        apart=one.apart,
                    )
                    for item in items
                    for one in running.find(item)
                    if not (one.apart and item.wording.status == "forbidden")
                ],
                len(target),
            )
            for name, items in looked.items()
        }

    def _looked_for(self, term: Term) -> tuple[Wanted, ...]:
        """The wordings of a term in the target language, prepared once."""
        if term.id not in self._wanted:
            wordings = term.wordings_in(self._language)
            self._wanted[term.id] = tuple(wanted(wording, self._morphology) for wording in wordings)
        return self._wanted[term.id]

    def _forbidden_anyway(self, uses: Sequence[TermUse], target: str) -> list[TermUse]:
        """The uses of wordings that are forbidden whatever the source says, where they render no term."""
        assert self._banned is not None
        taken = _Taken(len(target))
        for use in uses:
            if use.target is not None:
                taken.take(use.target)
        return [
            TermUse(
                term=match.term,
                target_language=self._language,
                outcome="forbidden",
                code="term-forbidden",
                source=Match(term=match.term, wording=match.wording, start=0, stop=0),
                form="",
                target=match,
                rendering=target[match.start : match.stop],
            )
            for match in self._banned.matches(target)
            if taken.take(match)
        ]

    def _accepted(self, match: Match) -> tuple[str, ...]:
        found = self._usable.get(match.term.id)
        if found is None:
            found = tuple(wording.text for wording in match.term.accepted_in(self._language))
            self._usable[match.term.id] = found
        return found

    def _rendered(self, item: Occurrence, match: Match, form: str, target: str) -> TermUse:
        source = next(other for other in item.matches if other.term.id == match.term.id)
        code = _CODES[match.wording.status]
        if code in (None, "term-variant") and _mended(target[match.start : match.stop], self._language):
            code = "term-letters"
        return TermUse(
            term=source.term,
            target_language=self._language,
            outcome=_OUTCOMES[match.wording.status],
            code=code,
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


def is_banned(term: Term) -> bool:
    """Whether a term has nothing but forbidden wordings, so that these bind whatever the source says."""
    return bool(term.wordings) and all(wording.status == "forbidden" for wording in term.wordings)


def _mended(rendering: str, language: str) -> str:
    """A rendering with letters of one script in each word; empty where it has no other ones."""
    if rendering.isascii():
        return ""
    words = [mended(word, language) or word for word in rendering.split(" ")]
    return " ".join(words) if words != rendering.split(" ") else ""


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
            right = _mended(use.rendering, use.target_language)
            return f"‘{use.rendering}’ for {term} mixes letters of two scripts; write ‘{right}’"
        case "term-fewer":
            return f"{term} is rendered less often than it stands in the source; expected {instead}"
        case "term-variant":
            return f"{term} is rendered as ‘{use.rendering}’; preferred is {accepted[0]}"
        case "term-inserted":
            return f"‘{use.rendering}’ for {term} was put there by Egiz; read the sentence"
