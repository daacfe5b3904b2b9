"""One translation that is being corrected: its text now, the uses of terms in it, and what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from egiz.glossary.check import Checker, TermUse
from egiz.glossary.correct.candidates import Candidate
from egiz.glossary.correct.edits import amend, changes, shifted
from egiz.glossary.correct.options import Correction, Draft, Reason, Uncorrected
from egiz.glossary.records import RIGHT_OUTCOMES
from egiz.translate.records import Edit


def is_phrase(use: TermUse) -> bool:
    """Whether a term has several words in the source: such a term seldom has another sense."""
    return len(use.form.split()) > 1


@dataclass(slots=True)
class Job:
    """A draft being corrected.

    Occurrences of terms are named by their start in the source. `tried` has those that the present judge has
    given up in this text, with the reasons; `phase` is the index of that judge. `told` are those that the
    model got as hints, `retold` its outputs with these hints.
    """

    draft: Draft
    checker: Checker
    text: str = ""
    uses: list[TermUse] = field(default_factory=list)
    edits: tuple[Edit, ...] = ()
    is_changed: bool = False
    phase: int = 0
    tried: dict[int, Reason] = field(default_factory=dict)
    told: frozenset[int] = frozenset()
    retold: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.text = self.draft.hypotheses[0] if self.draft.hypotheses else ""
        self.uses = self.checker.check(self.draft.source, self.text) if self.text else []

    @property
    def source(self) -> str:
        """The source segment."""
        return self.draft.source

    @property
    def is_new(self) -> bool:
        """Whether the text is a fresh translation by this engine, without an edit."""
        return bool(self.draft.logprobs) and not self.edits

    @property
    def open(self) -> list[TermUse]:
        """The uses that are not right."""
        return [use for use in self.uses if use.outcome not in RIGHT_OUTCOMES]

    def pending(self, phases: int) -> TermUse | None:
        """The next use to correct; None if each of the first `phases` judges has given up all that are open.

        After a change, the first judge looks again at the uses that are still open.
        """
        while True:
            found = next((use for use in self.open if use.source.start not in self.tried), None)
            if found is not None or not self._goes_on(phases):
                return found

    def _goes_on(self, phases: int) -> bool:
        if not self.open or not (self.is_changed or self.phase + 1 < phases):
            return False
        self.phase = 0 if self.is_changed else self.phase + 1
        self.is_changed = False
        self.tried.clear()
        return True

    def accept(self, best: Candidate, fixed: Sequence[TermUse]) -> None:
        """Take a candidate that puts the terms of `fixed` right; each edit names the term that it puts in.

        Edits in other places name the first term of `fixed`.
        """
        made = sorted(best.changes or changes(self.text, best.text))
        for (start, stop, after), (begin, end, _) in reversed([*zip(made, shifted(made), strict=True)]):
            put = (use for use in fixed if use.target and use.target.start < end and begin < use.target.stop)
            edit = Edit(
                start=start,
                stop=stop,
                before=self.text[start:stop],
                after=after,
                term=next(put, fixed[0]).term.id,
                rule=best.rule,
            )
            self.edits = amend(self.draft.hypotheses[0], self.edits, edit)
            self.text = self.text[:start] + after + self.text[stop:]
        self.uses = self.checker.check(self.source, self.text)
        self.is_changed = True

    def correction(self) -> Correction:
        """The result, with the reason for every use that is left."""
        return self._result([(use, self.tried[use.source.start]) for use in self.open])

    def unasked(self) -> Correction:
        """The result in mode ``check``, where nothing is changed."""
        return self._result([(use, "unasked") for use in self.open])

    def _result(self, left: Sequence[tuple[TermUse, Reason]]) -> Correction:
        return Correction(
            text=self.text,
            edits=self.edits,
            left=tuple(
                Uncorrected(term=use.term.id, start=use.source.start, stop=use.source.stop, reason=reason)
                for use, reason in left
            ),
        )
