"""The records of terminology: term base entries, their occurrences in text, and findings.

Small frozen dataclasses, keyword-only. Offsets are code points of the searched text, from 0, half-open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from egiz.translate.errors import InputError
from egiz.translate.languages import is_converted, language_of

WordingStatus = Literal["preferred", "accepted", "forbidden"]
PartOfSpeech = Literal["", "noun", "proper", "adjective", "verb", "adverb", "phrase"]
Number = Literal["", "singular", "plural"]
Severity = Literal["error", "warning", "note"]

RIGHT_OUTCOMES: frozenset[str] = frozenset(("applied", "variant"))
"""The outcomes of a term use that count as right; `egiz.glossary.check.TermUse` explains all outcomes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One wording of a term in one language, and how it may be inflected.

    `text` is the dictionary form. A ``forbidden`` wording must not be used in a translation into its
    language; in a source text it is an ordinary word, and is not searched for. `forms` are explicit inflected
    forms, accepted besides the regular ones; `exact` allows no other inflection. `inflect_like` is a word
    whose paradigm the last word follows if its own is irregular or unknown. `number`, if given, is the only
    number in which the wording is used. With `case_sensitive`, capitals must be as written. `locale` is the
    whole tag if a file gives more than the language, such as ``en-GB`` or ``kk-Latn``. It is written to
    files, but the wording is searched for in all texts of the language.
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
    locale: str = ""

    def __hash__(self) -> int:
        """Hash only language and text, because the wording is a key of caches that every match looks up."""
        return hash((self.language, self.text))

    @property
    def tag(self) -> str:
        """The tag that is written to files: the locale if there is one, else the language."""
        return self.locale or self.language

    @property
    def is_converted(self) -> bool:
        """Whether the wording is in another script than usual for its language.

        A correction does not insert it.
        """
        return self.locale != "" and is_converted(self.locale)


def wording_in(tag: str, text: str, **fields: Any) -> Wording:
    """Return a wording in the language of `tag`; if the tag has a region or script, it becomes the locale."""
    language = language_of(tag)
    return Wording(language=language, locale="" if tag == language else tag, text=text, **fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One entry of a term base: a concept with its wordings in all languages.

    Within a language, the preferred wording comes first. Every preferred or accepted source wording is
    searched for, and any preferred or accepted target wording is correct. `id` is unique in its base.
    `origin` names the person or the work that the entry comes from, `place` is the file and line where it was
    read (``file:line``).
    """

    id: str
    wordings: tuple[Wording, ...]
    subject: str = ""
    note: str = ""
    origin: str = ""
    licence: str = ""
    place: str = ""

    def __hash__(self) -> int:
        """Hash only the id, which is unique in a base; to hash all wordings each time would be slow."""
        return hash(self.id)

    def wordings_in(self, language: str) -> tuple[Wording, ...]:
        """Return all wordings in a language, including forbidden ones, in the order of the entry."""
        return tuple(wording for wording in self.wordings if wording.language == language)

    def accepted_in(self, language: str) -> tuple[Wording, ...]:
        """Return the wordings that a translation into `language` may use, preferred ones first."""
        return _accepted_in(self, language)


@lru_cache(maxsize=1 << 14)
def _accepted_in(term: Term, language: str) -> tuple[Wording, ...]:
    usable = [wording for wording in term.wordings_in(language) if wording.status != "forbidden"]
    return tuple(sorted(usable, key=lambda wording: (wording.status != "preferred", wording.is_converted)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The grammatical form of an occurrence; a field is empty if it is unknown.

    `case` is ``nominative``, ``genitive``, ``dative``, ``accusative``, ``ablative``, ``locative``,
    ``instrumental`` (Kazakh, Russian) or ``prepositional`` (Russian); `number` is ``singular`` or ``plural``;
    `possessor` is the person of a Kazakh possessive ending (``1``, ``2``, ``3``, plural ``1p`` …) or ``'s``
    in English.
    """

    case: str = ""
    number: str = ""
    possessor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One occurrence of a term in a text: ``text[start:stop]``, endings included.

    `forms` are its possible grammatical forms, likeliest first; there are none if the words are not
    inflected. If `apart`, the term shares one of its words with another term in a coordination ("persons" in
    "physical and legal persons"), and the span has only its other words.
    """

    term: Term
    wording: Wording
    start: int
    stop: int
    forms: tuple[Form, ...] = ()
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem in an entry or in a translation, with its severity.

    `code` is a stable name in lower case with hyphens; `start` and `stop` are offsets into the text with the
    problem; both are 0 if the problem has no particular place in it.
    """

    severity: Severity
    code: str
    message: str
    start: int = 0
    stop: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TermBase:
    """Terms with the title, licence and origin of the base; an entry's own licence and origin override them.

    `name` is the file name without its ending, or the name of a shipped base; `bases` has the names of the
    parts of a merged base. `unread` describes in plain words the content of the file that these records
    cannot hold, `assumed` the assumptions made when reading it.

    Raises InputError, with both places, if two terms have the same id.
    """

    terms: tuple[Term, ...]
    name: str = ""
    title: str = ""
    licence: str = ""
    origin: str = ""
    bases: tuple[str, ...] = ()
    unread: tuple[str, ...] = field(default=(), compare=False)
    assumed: tuple[str, ...] = field(default=(), compare=False)

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
        """All languages of the base, in the order of their first wordings."""
        return tuple(dict.fromkeys(word.language for term in self.terms for word in term.wordings))

    @property
    def tags(self) -> tuple[str, ...]:
        """The languages with their regions and scripts, as files give them, in the same order."""
        return tuple(dict.fromkeys(word.tag for term in self.terms for word in term.wordings))
