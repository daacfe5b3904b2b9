"""Tests of terms: pairs that have a term, that render it as they should, or that do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from egiz.parallel.corpus.records import Entry, Side
from egiz.translate.errors import OptionError, nearest

if TYPE_CHECKING:
    from egiz.glossary.check import Checker
    from egiz.glossary.records import TermBase

Kind = Literal["contains", "satisfies", "misses"]
KINDS: dict[Kind, str] = {
    "contains": "the source has the term",
    "satisfies": "the source has the term, and an accepted wording stands for it each time",
    "misses": "the source has the term, and something else, or nothing, stands for it",
}
EVERY = "*"
"""In place of the id of a term: any term. ``satisfies:*`` then also holds for a pair without terms."""
_GOOD = frozenset(("applied", "variant", "corrected"))
_BAD = frozenset(("forbidden", "missing"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TermTest:
    """One test: its kind, and the id of the term or `EVERY`."""

    kind: Kind
    term: str


def parse_test(text: str) -> TermTest:
    """``satisfies:khandyq`` as a test; raises OptionError for what is none."""
    kind, mark, term = text.partition(":")
    for known in KINDS:
        if kind == known and mark and term:
            return TermTest(kind=known, term=term)
    raise OptionError(
        repr(text),
        where="--term",
        expected=f"{', '.join(KINDS)} and, after a colon, the id of a term or *",
        action=nearest(kind, KINDS),
    )


class TermTests:
    """Holds pairs against all tests, by the outcomes in their rows or, with a term base, by finding out."""

    def __init__(self, tests: Sequence[TermTest], base: TermBase | None = None) -> None:
        self._tests = tuple(tests)
        self._base = base
        self._checker = cache(self._new_checker)

    def objection(self, entry: Entry, side: Side) -> str | None:
        """The first test that does not hold, in words."""
        found = list(self._outcomes(entry, side))
        for test in self._tests:
            outcomes = [outcome for term, outcome in found if test.term in (EVERY, term)]
            if not _holds(test, outcomes):
                return f"{test.kind}:{test.term} does not hold"
        return None

    def _outcomes(self, entry: Entry, side: Side) -> Iterator[tuple[str, str]]:
        if self._base is not None:
            for use in self._checker(entry.source_language, side.language).check(entry.source, side.text):
                yield use.term.id, use.outcome
            return
        for item in filter(None, side.terms.split(",")):
            term, _, outcome = item.rpartition(":")
            yield term, outcome

    def _new_checker(self, source: str, target: str) -> Checker:
        from egiz.glossary.check import Checker

        assert self._base is not None
        return Checker(self._base.terms, source, target)


def _holds(test: TermTest, outcomes: Sequence[str]) -> bool:
    if test.kind == "contains":
        return bool(outcomes)
    if test.kind == "misses":
        return any(outcome in _BAD for outcome in outcomes)
    return (bool(outcomes) or test.term == EVERY) and all(outcome in _GOOD for outcome in outcomes)
