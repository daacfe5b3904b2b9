"""The published row: one source sentence beside everything that is said about its translations.

A row can be read, checked and published with no model installed. Cleaning happens here, once, so that
every published format has the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from egiz.translate.records import Approval, Edit, Sentence, Status, Translation
from egiz.translate.text import source_text, target_text

if TYPE_CHECKING:
    from egiz.parallel.scores.records import Score

RowStatus = Status | Literal["edited", "approved"]
"""How a published translation fared; or that a person wrote it, or approved it, whatever wrote it."""

TermOutcome = Literal["applied", "variant", "corrected", "forbidden", "missing", "ambiguous"]
TERM_OUTCOMES: dict[TermOutcome, str] = {
    "applied": "the preferred wording stands there",
    "variant": "another accepted wording stands there",
    "corrected": "an edit put the term there",
    "forbidden": "a wording stands there that must not be used",
    "missing": "no accepted wording stands there",
    "ambiguous": "it cannot be said which words render it, or which term it is",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRecord:
    """One occurrence of a term in a source sentence, and what became of it in one translation.

    Offsets are code points of the published texts, half-open; those of the target are None where nothing
    renders the term. `target_term` is the wording that is preferred. `note` says in plain words what was
    done about it, or why nothing was.
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
    """One target side of a row.

    `raw` is the engine's output, never changed; `text` what is published: typeset, edited, one line; both are
    empty where `status` is ``failed``. `edits` have their offsets in the typeset output, `machine`. `terms`
    are the uses of the terms of a term base, where one was asked for. `approval` says that the output is no
    engine's but what a person approved for this sentence before, and who did. `quality` is between 0 and 1,
    higher is better, None where there is nothing to judge; `score` says how it came about, and `neural` what
    models of the user's say, in their order. `flags` are codes without commas, in the order the guards gave
    them, and `refused` such codes of the first output where another one was tried for.
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
        """Whether it is a person's, out of the translation memory."""
        return self.approval is not None

    @property
    def machine(self) -> str:
        """The output as it would read without edits; empty where edits changed nothing."""
        if not self.edits:
            return ""
        unedited = target_text(self.raw, self.language)
        return unedited if unedited != self.text else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One source sentence with all its target sides, in the order of the target languages asked for.

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
    """Bring a sentence and its translations, one per target language, into their published form, unscored.

    Raises ValueError where a translation is not of this sentence: rows must never be shuffled.
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
