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
"""The number of pairs of source and target whose term uses are cached. Each decision of a correction asks for
the same pair again."""
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
    """An occurrence of a term in the source, and how the target renders it.

    `outcome` says how the target renders the term. It is ``applied`` if the target has a preferred rendering,
    ``variant`` if it has another accepted one, ``forbidden`` if its only rendering is a forbidden one, and
    ``missing`` if it has none. It is ``ambiguous`` if the check cannot decide: the target renders the term
    less often than the source has it, or the words of the source may be one of several terms (`term` and
    `homographs`) and the target renders none of them. `code` is the code of the finding, None if nothing is
    wrong; it is ``term-letters`` if a right rendering contains a letter of another script.

    `source` is the occurrence and `target` its rendering, None if there is none; `form` and `rendering` are
    the text of the occurrence and of the rendering, as written. Some wordings are forbidden in the target
    whatever the source says; a use of one has no occurrence in the source. Then the span of `source` is
    empty, its wording is the forbidden one, and `form` is empty.
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
    """What to search for in a target that should render certain terms; made once for these terms and cached.

    The terms are those that one span of the source may stand for. `wanted` has the target wordings of each
    term, `keys` all index keys of these wordings, and `firsts` the keys of their first words. `able` has the
    indices of the terms that have an accepted wording in the target language. `is_open` is true if the
    accepted wordings of these terms differ.
    """

    wanted: tuple[tuple[Term, tuple[Wanted, ...]], ...]
    keys: frozenset[str]
    firsts: frozenset[str]
    able: tuple[int, ...]
    is_open: bool


class Checker:
    """Check pairs of source and target segments against a term base."""

    def __init__(self, terms: Sequence[Term], source_language: str, target_language: str) -> None:
        """Index the terms that have a wording in the target language; other terms are ignored.

        Source wordings with the status ``forbidden`` are not searched for in sources.
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
        """Return one `TermUse` per occurrence of a term in the source, in the order of the source.

        No word of the target counts as the rendering of two occurrences (see `pair`). A term whose target
        wordings are all forbidden is reported only if the target uses one of them. A term whose wordings are
        forbidden in every language is reported for each occurrence in the target, at the end of the list.
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
        return uses + self._always_forbidden(uses, target) if self._banned else uses

    def _renderings(self, found: Sequence[TermSpan], target: str) -> dict[str, list[Match]]:
        """Return the renderings in the target of the terms found in the source, by the id of the term.

        A rendering counts even inside a longer wording of another term. A forbidden wording counts only if
        its words are adjacent.
        """
        plans = {item.key: self._plan_for(item) for item in found}.values()
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
                        start=place.start,
                        stop=place.stop,
                        forms=place.forms,
                        apart=place.apart,
                    )
                    for item in items
                    for place in running.find(item)
                    if not (place.apart and item.wording.status == "forbidden")
                ]
                if matches:
                    renderings[term.id] = without_overlap(matches, len(target))
        return renderings

    def _plan_for(self, item: TermSpan) -> _Plan:
        plan = self._plans.get(item.key)
        if plan is None:
            plan = self._plans[item.key] = self._make_plan(item.terms)
        return plan

    def _make_plan(self, terms: Sequence[Term]) -> _Plan:
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

    def _always_forbidden(self, uses: Sequence[TermUse], target: str) -> list[TermUse]:
        """Return a `TermUse` for each occurrence in the target of a term whose wordings are all forbidden.

        Words of the target that already render a term of the source (`uses`) are left out.
        """
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
        """Return the `TermUse` of a source span to which no rendering was assigned.

        `is_fewer` is true if the target renders another span of the same terms.
        """
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
    """Whether all wordings of a term, in all languages, are forbidden, so that no target may use them."""
    return bool(term.wordings) and all(wording.status == "forbidden" for wording in term.wordings)


def unmixed(rendering: str, language: str) -> str:
    """Return the rendering with the letters of each word in one script.

    An empty string if no word mixes scripts.
    """
    if rendering.isascii() or not LATIN.search(rendering):
        return ""
    words = [mended(word, language) or word for word in rendering.split(" ")]
    return " ".join(words) if words != rendering.split(" ") else ""


RANKS = {"preferred": 0, "accepted": 1, "forbidden": 2}
"""The rank of each status of a wording; 0 is the most preferred."""


def without_overlap(matches: Sequence[Match], length: int) -> list[Match]:
    """Return the renderings of one term, best first, without those that overlap a better one.

    A longer rendering is better than a shorter one; of two equally long ones, the one with the lower rank in
    `RANKS` is better. `length` is the length of the target in code points.
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
    """Assign one rendering to each source span in `found`, or None if no rendering is left.

    `renderings` maps the ids of terms to their matches in the target; `length` is the length of the target in
    code points. The assignment is greedy. The spans with the fewest candidate renderings choose first; among
    these, first the spans with a preferred candidate, then the longest ones. Each span takes a preferred
    rendering before an accepted one.

    Forbidden renderings are assigned last, to spans that have none yet, since the same word may correctly
    render another term. At the end, the renderings of spans that stand for the same terms are put into the
    order of these spans.
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
        queues = {
            key: queue for key, matches in candidates.items() if (queue := _by_status(matches, statuses))
        }
        order = sorted(
            (len(queues[key]), RANKS[queues[key][0].wording.status], item.start - item.stop, place)
            for place, (key, item) in enumerate(zip(keys, found, strict=True))
            if key in queues and chosen[place] is None
        )
        left = {key: iter(queue) for key, queue in queues.items()}
        for *_, place in order:
            chosen[place] = next((match for match in left[keys[place]] if taken.take(match)), None)
    return _in_order(keys, chosen)


def _by_status(matches: Sequence[Match], statuses: Collection[str]) -> list[Match]:
    """Return the renderings whose status is in `statuses`, best status first, then in text order."""
    found = [match for match in matches if match.wording.status in statuses]
    return sorted(found, key=lambda match: (RANKS[match.wording.status], match.start))


def _in_order(keys: Sequence[tuple[str, ...]], chosen: Sequence[Match | None]) -> list[Match | None]:
    """Return the renderings `chosen` for the source spans, in the order of these spans.

    Spans with equal `keys` stand for the same terms. The first of them gets the rendering that comes first in
    the target, and so on. If there are fewer renderings than such spans, the last of these spans get None.
    """
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
    """The set of code points of a text that matches have used."""

    def __init__(self, length: int) -> None:
        self._used = bytearray(length)

    def take(self, match: Match) -> bool:
        """Mark the span of a match as used.

        If a part of it is used already, mark nothing and return False.
        """
        if any(self._used[match.start : match.stop]):
            return False
        self._used[match.start : match.stop] = b"\1" * (match.stop - match.start)
        return True
