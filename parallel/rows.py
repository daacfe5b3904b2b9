"""The published row: one source sentence with its translations and everything known about them.

No model is needed to read, check or publish a row. Texts are cleaned here, once, so that every published
format has the same text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from egiz.translate.normal import nfc
from egiz.translate.punctuation import quotes, typeset
from egiz.translate.records import Approval, Edit, Sentence, Status, Translation

if TYPE_CHECKING:
    from egiz.parallel.scores.records import Score

RowStatus = Status | Literal["edited", "approved"]
"""The status of a published translation: the engine's, or that a person wrote ("edited") or approved it."""

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
    """One occurrence of a term in a source sentence, and how one translation renders it.

    Offsets are code points of the published texts, half-open; those of the target are None if nothing
    renders the term. `target_term` is the preferred wording. `note` says in plain words what was corrected,
    or why nothing was.
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

    `raw` is the engine's output, never changed; `text` is what is published: typeset, edited, one line. Both
    are empty if `status` is ``failed``. The offsets of `edits` refer to the typeset output, `machine`.
    `terms` are the term uses, if a term base was given. `approval` is set if the translation is not an
    engine's but one that a person approved for this sentence before, and says who did. `quality` is between
    0 and 1, higher is better, None if there is nothing to judge; `score` explains it. `neural` has the scores
    of the user's own models, in their order. `flags` are codes without commas, in the order of the guards;
    `refused` are the codes of the first output, if it was refused and a retry made.
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
        """Whether a person approved this translation before, and the translation memory supplied it."""
        return self.approval is not None

    @property
    def machine(self) -> str:
        """The typeset output without the edits; empty if there are none or they changed nothing."""
        if not self.edits:
            return ""
        unedited = target_text(self.raw, self.language)
        return unedited if unedited != self.text else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One source sentence with all its target sides, in the order of the requested target languages.

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
    """Make the unscored row of a sentence and its translations, one per target language.

    Raises ValueError if a translation belongs to another sentence: rows must never be shuffled.
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


def source_text(text: str, language: str) -> str:
    """The published form of a source sentence: unchanged, except for characters that break tables.

    >>> source_text('"Қайта құру"\\tсаясаты - 1985', "kk")
    '«Қайта құру» саясаты - 1985'
    """
    return _first_mark(nfc(quotes(single_line(text), language)))


def target_text(text: str, language: str) -> str:
    """The published form of an engine's output: one line, in the typography of its language.

    >>> target_text("'Perestroika'  - the \\"policy\\"...", "en")
    '‘Perestroika’ — the “policy”…'
    """
    return _first_mark(nfc(typeset(single_line(text), language)))


_SEPARATORS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029 ]+")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_QUOTED = re.compile(r"'(?P<inside>.*?\S)'(?!\w)")


def single_line(text: str) -> str:
    """Replace every run of spaces, and of what any reader takes for a tab or line end, by one space.

    Control characters are dropped. Half a surrogate pair cannot be written as UTF-8 and becomes U+FFFD.
    No-break spaces and joiners are left alone, except at the ends.
    """
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SEPARATORS.sub(" ", _CONTROLS.sub("", _SURROGATES.sub("\ufffd", text))).strip()


def _first_mark(text: str) -> str:
    """Typeset an apostrophe at the start of the text, and the one that closes it.

    A single cell such as ``'so'`` makes DuckDB take the apostrophe for the quote character of the whole
    table: it then drops the marks, and fails at the next cell that begins with one.
    """
    if not text.startswith("'"):
        return text
    quoted = _QUOTED.match(text)
    if quoted is None:
        return "’" + text[1:]
    return f"‘{quoted['inside']}’{text[quoted.end() :]}"
