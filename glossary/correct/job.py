"""A translation that is being corrected, the candidates for its text, and edits as data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from egiz.glossary.check import Checker, TermUse
from egiz.glossary.correct.options import Correction, Draft, Reason, Uncorrected
from egiz.glossary.morphology.base import Change
from egiz.glossary.records import RIGHT_OUTCOMES
from egiz.translate.records import Edit

HINTED = "hinted"
"""The rule that makes edits from outputs of a model that got the terms as hints."""
RULES = {
    "forbidden": "a forbidden wording was replaced",
    "replaced": "put where the words stood that rendered it",
    "other-output": "taken from another output of the model",
    "redecoded": "the sentence was translated again around it",
    HINTED: "the sentence was translated again, and the model was told the term",
}
"""The rules that make edits, by name, with a description of each."""
UNFORCED = ("other-output", HINTED)
"""The rules for edits in which the model itself chose the form of the term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A text that may replace the current translation.

    `changes` turn the current text into it, in order and without overlap; they are empty if the whole text is
    another output of the model. `attention`, 0 to 1, is the mean attention of the replaced words to the
    source term. If `is_safe`, it may be accepted without the engine. If there are no `changes`, `gone` has
    the words of the current text (indices of `word_places`) that the term replaces, as far as they are known.
    If `is_swap`, the term has the grammatical form of the words that it replaces.
    """

    text: str
    rule: str
    changes: tuple[Change, ...] = ()
    attention: float = 0.0
    is_safe: bool = False
    logprob: float | None = None
    gone: tuple[int, ...] = ()
    is_swap: bool = False

    def worth(self, weight: float) -> float:
        """Return the value by which candidates for one term are ranked; higher is better."""
        return (self.logprob or 0.0) + weight * self.attention


def is_phrase(use: TermUse) -> bool:
    """Whether a term has several words in the source. Such a term seldom has a second sense."""
    return len(use.form.split()) > 1


@dataclass(slots=True)
class Job:
    """A draft being corrected.

    `tried` and `hinted` identify an occurrence of a term by its start in the source. `tried` has the
    occurrences for which the present judge found no correction of the current text, with the reasons; `phase`
    is the index of that judge. `hinted` has the occurrences whose terms the model got as hints,
    `hinted_outputs` its outputs with these hints.
    """

    draft: Draft
    checker: Checker
    text: str = ""
    uses: list[TermUse] = field(default_factory=list)
    edits: tuple[Edit, ...] = ()
    is_changed: bool = False
    phase: int = 0
    tried: dict[int, Reason] = field(default_factory=dict)
    hinted: frozenset[int] = frozenset()
    hinted_outputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.text = self.draft.hypotheses[0] if self.draft.hypotheses else ""
        self.uses = self.checker.check(self.draft.source, self.text) if self.text else []

    @property
    def source(self) -> str:
        """The source segment."""
        return self.draft.source

    @property
    def is_new(self) -> bool:
        """Whether the text is a fresh translation by this engine, without edits so far."""
        return bool(self.draft.logprobs) and not self.edits

    @property
    def open(self) -> list[TermUse]:
        """The term uses that are not right (see `RIGHT_OUTCOMES`)."""
        return [use for use in self.uses if use.outcome not in RIGHT_OUTCOMES]

    def pending(self, phases: int) -> TermUse | None:
        """Return the next term use to correct; None if the first `phases` judges have nothing more to try.

        After a change, the uses that are still wrong go to the first judge again.
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
        """Take a candidate as the new text, and record its edits; `fixed` are the term uses that it corrects.

        An edit that puts in a term has the id of this term. An edit that only changes other words of the
        sentence has the id of the first term of `fixed`.
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
        """Return the result, with a reason for each term use that is still wrong."""
        return self._result([(use, self.tried[use.source.start]) for use in self.open])

    def unasked(self) -> Correction:
        """Return the result of the mode ``check``, where nothing is changed."""
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


Offer = tuple[Job, Candidate, list[TermUse]]
"""A draft being corrected, a candidate for it, and the term uses that the candidate corrects."""


def replay(raw: str, edits: Sequence[Edit]) -> str:
    """Return the text that `edits`, with offsets in `raw`, make of `raw`.

    Raises ValueError if the text at an edit is not its `before`, or if two edits overlap.

    >>> replay("реформа началась", [Edit(start=0, stop=7, before="реформа", after="перестройка",
    ...     term="perestroika", rule="replaced")])
    'перестройка началась'
    """
    parts, at = [], 0
    for edit in sorted(edits, key=_place):
        if edit.start < at or raw[edit.start : edit.stop] != edit.before:
            found = raw[edit.start : edit.stop]
            raise ValueError(f"edit at {edit.start}: expected {edit.before!r}, found {found!r}")
        parts += [raw[at : edit.start], edit.after]
        at = edit.stop
    return "".join([*parts, raw[at:]])


def changes(before: str, after: str) -> list[Change]:
    """Return the word-level changes from one line to another: start and stop in `before`, and the new text.

    A pure insertion or deletion includes the neighbouring word, so that no change begins or ends with a
    space.
    """
    old, new = before.split(" "), after.split(" ")
    blocks: list[tuple[int, int, int, int]] = []
    for kind, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if first == last or begin == end:
            if first and begin:
                first, begin = first - 1, begin - 1
            else:
                last, end = last + 1, end + 1
        if blocks and blocks[-1][1] >= first:
            first, _, begin, _ = blocks.pop()
        blocks.append((first, last, begin, end))
    starts = [0]
    for word in old:
        starts.append(starts[-1] + len(word) + 1)
    return [(starts[first], starts[last] - 1, " ".join(new[begin:end])) for first, last, begin, end in blocks]


def shifted(made: Collection[Change]) -> list[Change]:
    """Return changes of an old text with the offsets that their new words have in the new text."""
    moved, shift = [], 0
    for start, stop, after in sorted(made):
        moved.append((start + shift, start + shift + len(after), after))
        shift += len(after) - (stop - start)
    return moved


def applied(text: str, made: Collection[Change]) -> str:
    """Return the text after the given changes, which must not overlap."""
    for start, stop, after in sorted(made, reverse=True):
        text = text[:start] + after + text[stop:]
    return text


def amend(raw: str, edits: Sequence[Edit], change: Edit) -> tuple[Edit, ...]:
    """Return `edits` with one more edit, `change`, whose offsets are in the text that `edits` make of `raw`.

    The result has its offsets in `raw`. Edits that touch the change are merged with it into one edit. The
    merged edit has the term of the change, and the rules of all these edits, joined by ``+``.
    """
    text = replay(raw, edits)
    start, stop, shift = change.start, change.stop, 0
    kept: list[Edit] = []
    taken: list[Edit] = []
    before = after = 0
    for edit in sorted(edits, key=_place):
        begin = edit.start + shift
        end = begin + len(edit.after)
        grown = len(edit.after) - len(edit.before)
        if end < change.start:
            kept.append(edit)
            before += grown
        elif begin > change.stop:
            kept.append(edit)
        else:
            taken.append(edit)
            start, stop, after = min(start, begin), max(stop, end), after + grown
        shift += grown
    first, last = start - before, stop - before - after
    merged = Edit(
        start=first,
        stop=last,
        before=raw[first:last],
        after=text[start : change.start] + change.after + text[change.stop : stop],
        term=change.term,
        rule="+".join(dict.fromkeys([*(edit.rule for edit in taken), change.rule])),
    )
    return tuple(sorted([*kept, *([merged] if merged.before != merged.after else [])], key=_place))


def current_places(edits: Sequence[Edit]) -> tuple[tuple[int, int, Edit], ...]:
    """Return each edit with the start and stop of its new words in the edited text."""
    places, shift = [], 0
    for edit in sorted(edits, key=_place):
        start = edit.start + shift
        places.append((start, start + len(edit.after), edit))
        shift += len(edit.after) - len(edit.before)
    return tuple(places)


def _place(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.stop
