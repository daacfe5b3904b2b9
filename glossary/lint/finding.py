"""What rules look at, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from egiz.glossary.morphology.base import Morphology
from egiz.glossary.records import Severity, Term, TermBase, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """Something wrong, or doubtful, in one entry.

    `code` is the name of the rule, `term` the id of the entry and `place` where it stands; `message` says
    what is so and `action` what to do about it.
    """

    severity: Severity
    code: str
    term: str
    place: str
    message: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a rule says of an entry; the code is the rule's own name."""

    severity: Severity
    term: Term
    message: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A term base under examination.

    `source` is the language that texts are translated from: entries compete by their wordings in it.
    `morphology` gives what is known of a language.
    """

    base: TermBase
    source: str
    morphology: Callable[[str], Morphology]

    def wordings(self) -> Iterator[tuple[Term, Wording]]:
        """All wordings with their entries, in the order of the base."""
        return ((term, wording) for term in self.base.terms for wording in term.wordings)


Rule = Callable[[Examined], Iterator[Remark]]


def folded(wording: Wording) -> tuple[str, str]:
    """What two wordings have in common that are one but for capitals."""
    return wording.language, wording.text.casefold()
