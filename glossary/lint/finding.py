"""The records of lint: the term base that rules examine, and the findings that they report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from egiz.glossary.morphology.base import Morphology
from egiz.glossary.records import Severity, Term, TermBase, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """A mistake or a doubtful point in one entry.

    `code` is the name of the rule, `term` the id of the entry and `place` its position (``file:line``).
    `message` describes the problem, `action` what to do.
    """

    severity: Severity
    code: str
    term: str
    place: str
    message: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A finding of one rule about an entry; the name of the rule becomes the code of the `LintFinding`."""

    severity: Severity
    term: Term
    message: str
    action: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Examined:
    """A term base to be checked.

    `source` is the language that texts are translated from; entries may conflict if they have the same
    wording in this language. `morphology` returns the morphology of a language by its tag.
    """

    base: TermBase
    source: str
    morphology: Callable[[str], Morphology]

    @cached_property
    def groups(self) -> dict[str, list[tuple[Term, Wording]]]:
        """The accepted source wordings, each with its entry, grouped by case-folded text."""
        groups: dict[str, list[tuple[Term, Wording]]] = {}
        for term, wording in self.wordings():
            if wording.language == self.source and wording.status != "forbidden":
                groups.setdefault(wording.text.casefold(), []).append((term, wording))
        return groups

    def wordings(self) -> Iterator[tuple[Term, Wording]]:
        """Yield all pairs of entry and wording, in the order of the base."""
        return ((term, wording) for term in self.base.terms for wording in term.wordings)


Rule = Callable[[Examined], Iterator[Remark]]


def folded(wording: Wording) -> tuple[str, str]:
    """Return the language and case-folded text of a wording, to compare wordings without regard to case."""
    return wording.language, wording.text.casefold()
