"""The records of terminology work: entries of a term base, their occurrences in text, and findings.

Small frozen dataclasses, keyword-only. Offsets are code points of the text that was
searched, counted from 0, half-open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from egiz.translate.errors import InputError

WordingStatus = Literal["preferred", "accepted", "forbidden"]
PartOfSpeech = Literal["", "noun", "proper", "adjective", "verb", "adverb", "phrase"]
Number = Literal["", "singular", "plural"]
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way to say a term in one language, with how it may be inflected.

    `text` is the dictionary form. A `forbidden` wording must not be used in a translation; on the source
    side it is still found. `exact` allows no inflection at all but for the explicit `forms`, which count
    besides the regular ones otherwise. `inflect_like` is a word whose paradigm the (last) word follows
    where its own is irregular or unknown. `number` says that a wording is used in that number only.
    """

    language: str
    text: str
    status: WordingStatus = "preferred"
    part_of_speech: PartOfSpeech = ""
    case_sensitive: bool = False
    exact: bool = False
    forms: tuple[str, ...] = ()
    inflect_like: str = ""
    number: Number = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One entry of a term base: a concept with its wordings in all languages.

    Of one language, the preferred wording stands first; each wording of the source language is looked for,
    and any preferred or accepted one of the target language is right. `id` is unique in its base. `origin`
    says who or what the entry comes from, `place` where it stands (``file:line``).
    """

    id: str
    wordings: tuple[Wording, ...]
    subject: str = ""
    note: str = ""
    origin: str = ""
    licence: str = ""
    place: str = ""

    def wordings_in(self, language: str) -> tuple[Wording, ...]:
        """All wordings in a language, forbidden ones too, as they stand in the entry."""
        return tuple(wording for wording in self.wordings if wording.language == language)

    def accepted_in(self, language: str) -> tuple[Wording, ...]:
        """The wordings a translation into `language` may use, preferred ones first."""
        usable = [wording for wording in self.wordings_in(language) if wording.status != "forbidden"]
        return tuple(sorted(usable, key=lambda wording: wording.status != "preferred"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The grammatical form of an occurrence, as far as it is known; empty where it is not.

    `case` is ``nominative``, ``genitive``, ``dative``, ``accusative``, ``ablative``, ``locative``,
    ``instrumental`` (Kazakh, Russian; Russian's prepositional is ``prepositional``); `number` is
    ``singular`` or ``plural``; `possessor` is the person of a Kazakh possessive ending
    (``1``, ``2``, ``3``, plural ``1p`` …) or ``'s`` in English.
    """

    case: str = ""
    number: str = ""
    possessor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One occurrence of a term in a text: ``text[start:stop]`` with the endings it bears.

    `form` are the likely readings of it, best first; none for text that is not inflected.
    """

    term: Term
    wording: Wording
    start: int
    stop: int
    forms: tuple[Form, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to say of an entry or of a translation, with how much it matters.

    `code` is a stable name in lower case with hyphens; `start` and `stop` point into the text that
    `message` speaks of, both 0 where it speaks of no particular place.
    """

    severity: Severity
    code: str
    message: str
    start: int = 0
    stop: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TermBase:
    """Terms with their title, licence and origin; those of an entry override those of the base.

    `name` is that of the file without its ending, or that of a shipped base; a base that was merged has those
    of its parts in `bases`. `unread` says in plain words
    what the file held besides and the records have no place for. Raises InputError where two terms have
    one id, naming both places.
    """

    terms: tuple[Term, ...]
    name: str = ""
    title: str = ""
    licence: str = ""
    origin: str = ""
    bases: tuple[str, ...] = ()
    unread: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if len({term.id for term in self.terms}) == len(self.terms):
            return
        first: dict[str, Term] = {}
        for term in self.terms:
            other = first.setdefault(term.id, term)
            if other is not term:
                raise InputError(
                    f"the id {term.id!r} stands twice" + (f", first at {other.place}" if other.place else ""),
                    where=term.place or self.name,
                    expected="an id of its own for each entry",
                )

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags of all languages that occur, in the order of their first wordings."""
        return tuple(dict.fromkeys(word.language for term in self.terms for word in term.wordings))
