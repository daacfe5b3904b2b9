"""The published row: one source sentence with its translations and everything known about them.

No model is needed to read, check or publish a row. Texts are cleaned here, once, so that all published
formats have the same text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from egiz.glossary.records import RIGHT_OUTCOMES
from egiz.translate.records import Approval, Edit, Sentence, Status, Translation
from egiz.translate.text import source_text, target_text

if TYPE_CHECKING:
    from egiz.parallel.scores.records import Score

RowStatus = Status | Literal["edited", "approved", "unlinked"]
"""The status of a published translation: a status of the engine, ``edited`` (a person wrote it), ``approved``
(a person approved it) or ``unlinked`` (a sentence in an aligned table that has no counterpart)."""

TermOutcome = Literal["applied", "variant", "inserted", "forbidden", "missing", "ambiguous"]
TERM_OUTCOMES: dict[TermOutcome, str] = {
    "applied": "the preferred wording stands there",
    "variant": "another accepted wording stands there",
    "inserted": "Egiz put the term there; the model had not said it",
    "forbidden": "a wording stands there that must not be used",
    "missing": "no accepted wording stands there",
    "ambiguous": "it cannot be said which words render it, or which term it is",
}

_INSERTED = ("inserted", "corrected")
"""The outcomes of a term that Egiz inserted; tables of earlier versions say ``corrected``. These outcomes are
not among the `RIGHT_OUTCOMES`, because the sentence around an inserted term may be wrong."""


def with_insertions(uses: Iterable[tuple[str, TermOutcome]], cell: str) -> list[tuple[str, TermOutcome]]:
    """Return `uses`, but with the outcome ``inserted`` for the terms that Egiz inserted.

    `uses` are pairs of term id and outcome, as a check of the text finds them. A check cannot see that Egiz
    inserted a term, so this is read from `cell`: the cell of the published table that lists each term with
    its outcome. `cell` is empty for a text of another file. If the check found a wrong outcome, that outcome
    stays.

    >>> with_insertions([("ussr", "applied")], "ussr:inserted,plan:missing")
    [('ussr', 'inserted')]
    """
    said: dict[str, list[str]] = {}
    for item in cell.split(","):
        term, _, outcome = item.rpartition(":")
        said.setdefault(term, []).append(outcome)
    found: list[tuple[str, TermOutcome]] = []
    for term, outcome in uses:
        before = said[term].pop(0) if said.get(term) else ""
        found.append((term, "inserted" if outcome in RIGHT_OUTCOMES and before in _INSERTED else outcome))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRecord:
    """One occurrence of a term in a source sentence, and how one translation renders it.

    Offsets are code points of the published texts, half-open; the offsets in the target are None if nothing
    renders the term. `target_term` is the preferred wording. `note` is a text for people: the correction that
    was made, or the reason why none was made.
    """

    term: str
    source_term: str
    source_start: int
    source_stop: int
    source_form: str
    target_term: str
    target_start: int | None
    target_stop: int | None
    target_form: str
    outcome: TermOutcome
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One translation of a row.

    `raw` is the engine's output, never changed; `text` is the published text: typeset, edited, one line. Both
    are empty if `status` is ``failed``. The offsets of `edits` are code points of the typeset output before
    the edits. `terms` are the term uses, if a term base was given. `approval` is set if the text is not an
    engine's output but a translation of this sentence that a person approved earlier; it has the author.

    `quality` is between 0 and 1, higher is better; None if there is no text to judge; `score` explains it.
    `neural` has the scores of the user's own models, in their order. `flags` are the codes of the checks that
    failed, without commas, in the order of the checks. If the first output was refused and the sentence was
    translated again, `refused` has the codes of the first output.
    """

    language: str
    raw: str
    text: str
    quality: float | None
    status: RowStatus
    flags: tuple[str, ...]
    refused: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    terms: tuple[TermRecord, ...] = ()
    approval: Approval | None = None
    score: Score | None = None
    neural: tuple[float | None, ...] = ()

    @property
    def approved(self) -> bool:
        """Whether the text was taken from the translation memory, where a person had approved it earlier."""
        return self.approval is not None

    @property
    def machine(self) -> str:
        """The engine's output as it was before the edits, typeset; empty if no edit changed the text."""
        if not self.edits:
            return ""
        unedited = target_text(self.raw, self.language)
        return unedited if unedited != self.text else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One source sentence with all its translations, in the order of the requested target languages.

    `id`, `document`, `paragraph` and `index` are those of the sentence; `source` is its published text.
    """

    id: str
    document: str
    paragraph: int
    index: int
    source_language: str
    source: str
    targets: tuple[Target, ...]


def make_row(sentence: Sentence, source_language: str, translations: Sequence[Translation]) -> Row:
    """Make the row of a sentence and its translations, one per target language; it has no scores yet.

    Raises ValueError if a translation belongs to another sentence.
    """
    for translation in translations:
        if translation.sentence.id != sentence.id:
            raise ValueError(f"translation of {translation.sentence.id!r} in the row of {sentence.id!r}")
    return Row(
        id=sentence.id,
        document=sentence.document,
        paragraph=sentence.paragraph,
        index=sentence.index,
        source_language=source_language,
        source=source_text(sentence.text, source_language),
        targets=tuple(_target(translation) for translation in translations),
    )


def _target(translation: Translation) -> Target:
    return Target(
        language=translation.language,
        raw=translation.text,
        text=target_text(translation.text, translation.language),
        quality=None,
        status="approved" if translation.approval else translation.status,
        flags=translation.flags,
        refused=translation.attempts[0].flags if len(translation.attempts) > 1 else (),
        approval=translation.approval,
    )
