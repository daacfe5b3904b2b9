"""Check how a translation renders the terms of its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from egiz.glossary.languages import morphology
from egiz.glossary.match import Matcher, TermSpan
from egiz.glossary.morphology.find import Running, Wanted, wanted
from egiz.glossary.morphology.spelling import LATIN, mended
from egiz.glossary.records import Match, Term, WordingStatus
from egiz.translate.languages import language_of

_FORBIDDEN: tuple[WordingStatus, ...] = ("forbidden",)
_REMEMBERED = 512
"""The number of pairs of texts whose uses are cached: each decision of a correction needs the same pair."""
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

    `source` is the occurrence and `target` its rendering, if any; `form` and `rendering` are their texts
    as written. A wording that is forbidden whatever the source says has no occurrence there: then the span of
    `source` is empty, its wording is the forbidden one, and `form` is empty.
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


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What to look for in a target for a span of the source, prepared once for spans of the same terms.

    `wanted` has the wordings of each term, `keys` all their keys and `firsts` the keys of their first words.
    `able` are the indices of terms that have an accepted wording; if `is_open`, these have different ones.
    """

    wanted: tuple[tuple[Term, tuple[Wanted, ...]], ...]
    keys: frozenset[str]
    firsts: frozenset[str]
    able: tuple[int, ...]
    is_open: bool


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
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._found = lru_cache(maxsize=_REMEMBERED)(self._matcher.spans)
        self._checked = lru_cache(maxsize=_REMEMBERED)(self._uses)

    def check(self, source: str, target: str) -> list[TermUse]:
        """One `TermUse` per term occurrence of the source, in the order of the source.

        No word of the target renders two occurrences; `egiz.glossary.check.pair` assigns the renderings. A
        term that has only forbidden wordings in the target language is reported only if one of them is used.
        If it has no other wordings in any language, every use of them in the target is reported, at the end.
        """
        return list(self._checked(source, target))

    def _uses(self, source: str, target: str) -> list[TermUse]:
        found = self._found(source)
        uses: list[TermUse] = []
        if found:
            chosen = pair(found, self._renderings(found, target), len(target))
            rendered = {
                item.key
                for item, match in zip(found, chosen, strict=True)
                if match is not None and match.wording.status != "forbidden"
            }
            for item, match in zip(found, chosen, strict=True):
                form = source[item.start : item.stop]
                if match is not None:
                    uses.append(self._rendered(item, match, form, target))
                elif self._plans[item.key].able:
                    uses.append(self._unrendered(item, form, is_fewer=item.key in rendered))
        return uses + self._forbidden_anyway(uses, target) if self._banned else uses

    def _renderings(self, found: Sequence[TermSpan], target: str) -> dict[str, list[Match]]:
        """The renderings in the target, even inside longer wordings of other terms, by the id of their term.

        A forbidden wording counts only where its words stand together.
        """
        plans = {item.key: self._plan(item) for item in found}.values()
        known = frozenset[str]().union(*(plan.keys for plan in plans))
        running = Running(target, self._morphology, known)
        renderings: dict[str, list[Match]] = {}
        for plan in plans:
            if running.places.keys().isdisjoint(plan.firsts):
                continue
            for term, items in plan.wanted:
                matches = [
                    Match(
                        term=term,
                        wording=item.wording,
                        start=one.start,
                        stop=one.stop,
                        forms=one.forms,
                        apart=one.apart,
                    )
                    for item in items
                    for one in running.find(item)
                    if not (one.apart and item.wording.status == "forbidden")
                ]
                if matches:
                    renderings[term.id] = without_overlap(matches, len(target))
        return renderings

    def _plan(self, item: TermSpan) -> _Plan:
        plan = self._plans.get(item.key)
        if plan is None:
            plan = self._plans[item.key] = self._planned(item.terms)
        return plan

    def _planned(self, terms: Sequence[Term]) -> _Plan:
        looked = tuple(
            (term, tuple(wanted(wording, self._morphology) for wording in term.wordings_in(self._language)))
            for term in terms
        )
        accepted = [tuple(item.text for item in term.accepted_in(self._language)) for term in terms]
        return _Plan(
            wanted=looked,
            keys=frozenset(key for _, items in looked for item in items for key in item.keys),
            firsts=frozenset(key for _, items in looked for item in items for key in item.firsts),
            able=tuple(number for number, texts in enumerate(accepted) if texts),
            is_open=len(set(filter(None, accepted))) > 1,
        )

    def _forbidden_anyway(self, uses: Sequence[TermUse], target: str) -> list[TermUse]:
        """The uses of wordings that are forbidden whatever the source says, where they render no term."""
        assert self._banned is not None
        taken = Taken(len(target))
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

    def _rendered(self, item: TermSpan, match: Match, form: str, target: str) -> TermUse:
        number = item.key.index(match.term.id)
        code = _CODES[match.wording.status]
        rendering = target[match.start : match.stop]
        if code in (None, "term-variant") and unmixed(rendering, self._language):
            code = "term-letters"
        return TermUse(
            term=match.term,
            target_language=self._language,
            outcome=_OUTCOMES[match.wording.status],
            code=code,
            source=item.match(number),
            form=form,
            target=match,
            rendering=rendering,
            homographs=item.terms[:number] + item.terms[number + 1 :],
        )

    def _unrendered(self, item: TermSpan, form: str, *, is_fewer: bool) -> TermUse:
        """The use of a span without a rendering; `is_fewer`: others of the same terms have one."""
        plan = self._plans[item.key]
        first, *others = plan.able
        return TermUse(
            term=item.terms[first],
            target_language=self._language,
            outcome="ambiguous" if is_fewer or plan.is_open else "missing",
            code="term-fewer" if is_fewer else "term-ambiguous" if plan.is_open else "term-missing",
            source=item.match(first),
            form=form,
            homographs=tuple([item.terms[number] for number in others]),
        )


def is_banned(term: Term) -> bool:
    """Whether a term has nothing but forbidden wordings, so that these bind whatever the source says."""
    return bool(term.wordings) and all(wording.status == "forbidden" for wording in term.wordings)


def unmixed(rendering: str, language: str) -> str:
    """The rendering with letters of one script in each word; empty if no word mixes scripts."""
    if rendering.isascii() or not LATIN.search(rendering):
        return ""
    words = [mended(word, language) or word for word in rendering.split(" ")]
    return " ".join(words) if words != rendering.split(" ") else ""


RANKS = {"preferred": 0, "accepted": 1, "forbidden": 2}
"""Order of preference among the statuses of renderings; lower comes first."""


def without_overlap(matches: Sequence[Match], length: int) -> list[Match]:
    """Drop overlapping renderings of one term: the longest stays, among equally long ones the best status.

    `length` is that of the target text, in code points. The result is in this order, not in text order.
    """
    if len(matches) < 2:
        return list(matches)
    ordered = sorted(
        matches, key=lambda match: (match.start - match.stop, RANKS[match.wording.status], match.start)
    )
    taken = Taken(length)
    return [match for match in ordered if taken.take(match)]


def pair(
    found: Sequence[TermSpan], renderings: Mapping[str, Sequence[Match]], length: int
) -> list[Match | None]:
    """Assign each span of the source one rendering of its terms, or None where none is left.

    `renderings` maps term ids to matches in the target, and lacks terms without any; `length` is that of the
    target in code points. Greedy: spans with the fewest candidate renderings choose first, then those that
    have a preferred one, then the longest; each takes a preferred rendering before an accepted one.
    Forbidden renderings go last, to spans that are still without one, since the same word may correctly
    render another term. Finally, the renderings of spans with the same terms are reassigned in the order of
    the text.
    """
    chosen: list[Match | None] = [None] * len(found)
    keys = [item.key for item in found]
    candidates = {
        key: matches
        for key in dict.fromkeys(keys)
        if (matches := [match for name in key for match in renderings.get(name, ())])
    }
    taken = Taken(length)
    for statuses in (("preferred", "accepted"), ("forbidden",)):
        queues = {key: queue for key, matches in candidates.items() if (queue := _queue(matches, statuses))}
        order = sorted(
            (len(queues[key]), RANKS[queues[key][0].wording.status], item.start - item.stop, place)
            for place, (key, item) in enumerate(zip(keys, found, strict=True))
            if key in queues and chosen[place] is None
        )
        left = {key: iter(queue) for key, queue in queues.items()}
        for *_, place in order:
            chosen[place] = next((match for match in left[keys[place]] if taken.take(match)), None)
    return _in_order(keys, chosen)


def _queue(matches: Sequence[Match], statuses: Collection[str]) -> list[Match]:
    """The renderings with one of the statuses, best status first."""
    found = [match for match in matches if match.wording.status in statuses]
    return sorted(found, key=lambda match: (RANKS[match.wording.status], match.start))


def _in_order(keys: Sequence[tuple[str, ...]], chosen: Sequence[Match | None]) -> list[Match | None]:
    """The chosen renderings, with those of spans that have equal keys put in the order of the target."""
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


class Taken:
    """Which code points of a text are already used by a match."""

    def __init__(self, length: int) -> None:
        self._used = bytearray(length)

    def take(self, match: Match) -> bool:
        """Mark the span of a match as used; False, and nothing marked, where it overlaps a used one."""
        if any(self._used[match.start : match.stop]):
            return False
        self._used[match.start : match.stop] = b"\1" * (match.stop - match.start)
        return True
