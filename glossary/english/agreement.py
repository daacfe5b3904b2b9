"""Put a term into an English sentence: find where it may go, and change number, verb and determiner.

If a term that is always plural replaces a singular, "has" becomes "have" and "this" becomes "these". The term
is not put in if other words would have to change too (the article in "a product", a later "it"), nor if it is
a countable noun and the replaced one is uncountable ("there is agreement", "on duty").
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from egiz.glossary.english.forms import English, is_plural_wording
from egiz.glossary.english.words import bases, irregular_verbs, knowledge, words_of
from egiz.glossary.morphology.base import Change, Refusal, Spot, Word
from egiz.glossary.morphology.spelling import cut_words, fold, opens_sentence
from egiz.glossary.records import Form, Match, Wording

_CLAUSE_END = re.compile(r"[.!?…;:()—\n]")
_MOST_ADJECTIVES = 3
"""The most words (adjectives) between a determiner and its noun."""
_LABEL = 3
"""The most words of a text that is taken for a label, such as the text of a button."""
_NUMBERED = re.compile(r"\s*(?:No\.?|#|№|[0-9]|[IVX]+\b|[A-Z]\b)")
_ENGLISH = English()


def english_swap(
    text: str, match: Match, wording: Wording, source: tuple[Form, ...]
) -> tuple[tuple[Change, ...], ...] | Refusal:
    """Return the ways to replace the rendering `match` by `wording`, or a refusal.

    See `Swap` in `morphology/base.py`.
    """
    if _is_idiom(text, match.start, match.stop):
        return "idiom"
    if _is_named(text, match.start, match.stop):
        return "part"
    made: list[tuple[Change, ...]] = []
    for form in match.forms or (Form(number="singular"),):
        asked = Form(number=_fixed_number(wording) or form.number, possessor=form.possessor)
        inflected = _ENGLISH.inflect(wording, asked)
        if _has_of(wording) and (asked.possessor or _is_attribute(text, match.stop)):
            return "compound"
        spot = Spot(start=match.start, stop=match.stop, form=form, is_sure=True)
        around = english_agreement(text, spot, wording, asked)
        if inflected is None or isinstance(around, str):
            return around if isinstance(around, str) else "no form"
        if "’" in text[match.start : match.stop]:
            inflected = inflected.replace("'", "’")
        made.append(((match.start, match.stop, inflected), *around))
    return tuple(dict.fromkeys(made))


def english_agreement(text: str, spot: Spot, wording: Wording, form: Form) -> tuple[Change, ...] | Refusal:
    """Return the changes around a spot that `wording` in `form` requires in its place, or a refusal."""
    noun = _Noun(text, spot)
    number = _fixed_number(wording) or form.number or spot.form.number
    if _last_word(wording) in words_of("count", "mass") and (noun.is_single or spot.form.number == "plural"):
        return "uncounted"
    if number == "singular" and spot.form.number == "singular":
        if noun.is_collective:
            return "uncounted"
        return (
            "uncounted" if noun.is_uncounted and _last_word(wording) not in words_of("count", "mass") else ()
        )
    if number == spot.form.number:
        return ()
    return noun.made_plural() if number == "plural" else "no form"


def has_dependent(text: str, stop: int) -> bool:
    """Whether "of" directly follows ``text[:stop]``, so that the next words depend on the last noun."""
    return re.match(r" of\b", text[stop:]) is not None


class _Noun:
    """A noun in a text, with the words before and after it in its clause."""

    def __init__(self, text: str, spot: Spot) -> None:
        self.text, self.spot = text, spot
        ends = [found.end() for found in _CLAUSE_END.finditer(text, 0, spot.start)]
        end = _CLAUSE_END.search(text, spot.stop)
        first, last = ends[-1] if ends else 0, end.start() if end else len(text)
        words = cut_words(text)
        self.words = words
        self.before = [word for word in words if first <= word.start < spot.start]
        self.after = [word for word in words if spot.stop <= word.start < last]
        self.rest = [word for word in words if word.start >= spot.stop]
        self.determiner = self._determiner()

    def _determiner(self) -> Word | None:
        """Return the determiner of the noun; None if it has none.

        At most `_MOST_ADJECTIVES` words may stand between the two.
        """
        at = self.spot.start
        for word in reversed(self.before[-_MOST_ADJECTIVES - 1 :]):
            gap = self.text[word.stop : at].strip()
            if gap:
                return None
            small = fold(word.text)
            if small in words_of("determiner", "all") or small.endswith(("'s", "s'")) or small.isdigit():
                return word
            if small in words_of("determiner", "bounds"):
                return None
            at = word.start
        return None

    @property
    def is_single(self) -> bool:
        """Whether the determiner of the noun is one that only a countable singular takes: "a", "each"."""
        return self.determiner is not None and fold(self.determiner.text) in words_of("determiner", "single")

    @property
    def next(self) -> str:
        """The folded word right after the noun if exactly one space separates them, else an empty string."""
        if not self.after or self.text[self.spot.stop : self.after[0].start] != " ":
            return ""
        return fold(self.after[0].text)

    @property
    def lead(self) -> str:
        """The folded word before the noun phrase, determiner included; empty if no word precedes it."""
        at = self.before.index(self.determiner) if self.determiner in self.before else len(self.before)
        return fold(self.before[at - 1].text) if at else ""

    @property
    def is_uncounted(self) -> bool:
        """Whether the noun is used as an uncountable one: in a sentence, without a determiner."""
        if self.determiner is not None or _NUMBERED.match(self.text, self.spot.stop):
            return False
        if self.text[self.spot.stop - 2 : self.spot.stop] in ("'s", "’s"):
            return False
        if self.next and not self._is_function(self.next):
            return False  # the attribute of another noun, or a title with a participle
        if self.text[self.spot.start].isupper() and not opens_sentence(self.text, self.spot.start):
            return False
        bounds = [fold(word.text) for word in self.before[-_MOST_ADJECTIVES:]]
        bounds = [word for word in bounds if self._is_function(word)]
        if bounds and bounds[-1] in words_of("determiner", "prepositions") and bounds[-1] != "of":
            return True
        has_verb = any(fold(word.text) in words_of("verb", "auxiliary") for word in self.words)
        return has_verb or len(self.words) > 2 * _LABEL

    @property
    def is_collective(self) -> bool:
        """Whether a plural verb follows the singular noun, as in "the staff are here"."""
        governed = self.lead in words_of("determiner", "prepositions")
        return self.next in _plural_forms("verb").values() and not governed

    def _is_function(self, word: str) -> bool:
        return word in words_of("determiner", "bounds") or word in words_of("verb", "auxiliary")

    def made_plural(self) -> tuple[Change, ...] | Refusal:
        """Return the changes to determiner and verb if a plural replaces this singular noun, or a refusal."""
        if any(fold(word.text) in words_of("determiner", "taking_up") for word in self.rest):
            return "agreement"
        changes: list[Change] = []
        if self.determiner is not None:
            small = fold(self.determiner.text)
            if self.is_single:
                return "agreement"
            wanted = _plural_forms("determiner").get(small, "")
            if wanted:
                changes.append(
                    (
                        self.determiner.start,
                        self.determiner.stop,
                        _capitalised_like(self.determiner.text, wanted),
                    )
                )
        verb = self._verb()
        return verb if isinstance(verb, str) else (*changes, *verb)

    def _verb(self) -> tuple[Change, ...] | Refusal:
        """Return the change to the verb of which the noun is the subject.

        Returns the refusal ``agreement`` if it is uncertain which verb that is.
        """
        is_possessive = self.text[self.spot.start : self.spot.stop].endswith(("'s", "’s", "s'"))
        if is_possessive:
            return ()
        governed = self.lead in words_of("determiner", "prepositions")
        following = self.next
        verbs = _plural_forms("verb")
        if self.lead == "and":
            return "agreement"
        if self.lead in verbs:
            return self._inverted()
        if following in verbs:
            return (
                ()
                if governed
                else (
                    (
                        self.after[0].start,
                        self.after[0].stop,
                        _capitalised_like(self.after[0].text, verbs[following]),
                    ),
                )
            )
        is_object = governed or any(
            self._is_past(fold(word.text)) or fold(word.text) in words_of("verb", "auxiliary")
            for word in self.before
        )
        is_adverb = is_object and following in words_of("determiner", "adverbs")
        if following and not is_adverb and not self._is_function(following) and not self._is_past(following):
            return "agreement"
        singular = [word for word in self.after if fold(word.text) in verbs]
        return "agreement" if singular and not is_object else ()

    def _inverted(self) -> tuple[Change, ...] | Refusal:
        """Return the change to a verb that precedes its subject, as in the question "Is the salary paid?"."""
        at = self.before.index(self.determiner) if self.determiner in self.before else len(self.before)
        verb, asking = self.before[at - 1], [fold(word.text) for word in self.before[: at - 1]]
        if not all(word in words_of("determiner", "asking") for word in asking) or "does" in fold(verb.text):
            return "agreement"
        return (
            (verb.start, verb.stop, _capitalised_like(verb.text, _plural_forms("verb")[fold(verb.text)])),
        )

    def _is_past(self, word: str) -> bool:
        if word in words_of("verb", "auxiliary"):
            return True
        return word.endswith("ed") or any(base != word for base in bases(word) if base in irregular_verbs())


def _fixed_number(wording: Wording) -> str:
    """Return the number in which a wording is always used; an empty string if it is used in both."""
    return wording.number or ("plural" if is_plural_wording(wording) else "")


def _last_word(wording: Wording) -> str:
    words = cut_words(wording.text)
    return fold(words[-1].text) if words else ""


def _has_of(wording: Wording) -> bool:
    """Whether a wording contains "of" (power of attorney), so that it cannot modify a following noun."""
    return re.search(r"\sof\s", wording.text) is not None


def _is_attribute(text: str, stop: int) -> bool:
    """Whether the word after ``text[:stop]`` may be a noun that the words before modify: "proxy server"."""
    following = cut_words(text[stop:])[:1]
    if not following or text[stop : stop + following[0].start] != " ":
        return False
    small = fold(following[0].text)
    known = (
        words_of("determiner", "bounds") | words_of("verb", "auxiliary") | words_of("determiner", "adverbs")
    )
    return small not in known and not small.endswith("ed") and not following[0].text.isdigit()


def _is_named(text: str, start: int, stop: int) -> bool:
    """Whether ``text[start:stop]`` and the next word both have a capital, as in the name "Workers' Party"."""
    now = text[start:stop]
    following = cut_words(text[stop:])[:1]
    if not following or not now[:1].isupper() or now.isupper() or _NUMBERED.match(text, stop):
        return False
    return text[stop : stop + following[0].start] == " " and following[0].text[:1].isupper()


def _is_idiom(text: str, start: int, stop: int) -> bool:
    """Whether ``text[start:stop]`` is part of a set phrase: "wait a minute"."""
    for phrase in knowledge()["phrase"]["idioms"].split("|"):
        for found in re.finditer(rf"\b{re.escape(' '.join(phrase.split()))}\b", text, re.IGNORECASE):
            if found.start() < stop and start < found.end():
                return True
    return False


@cache
def _plural_forms(section: str) -> Mapping[str, str]:
    """Return the plural of each singular determiner or verb in a `section` of the table."""
    pairs = (pair.split("/") for pair in knowledge()[section]["plurals"].split())
    return dict(pairs)


def _capitalised_like(word: str, wanted: str) -> str:
    if word.isupper() and len(word) > 1:
        return wanted.upper()
    return wanted.capitalize() if word[0].isupper() else wanted


def english_spots(text: str) -> list[Spot]:
    """Return the likely nouns of a text in order, each alone and with the modifier before it.

    English is not parsed. A word is a likely noun if it is not a function word or a common verb, and does not
    end like another part of speech. In addition it must open the text, have a capital within a sentence, or
    follow an article, possessive or preposition with at most one word in between. In doubtful cases the score
    of the engine decides.
    """
    words, leads = cut_words(text), _words("leads")
    spots = []
    for at, word in enumerate(words):
        if not _is_likely_noun(word.text) or _describes(text, words, at):
            continue
        lead = words[at - 1].text.lower() if at else ""
        form = Form(number="plural" if _is_plural(word.text) else "singular")
        direct = at == 0 or lead in leads or (word.text[0].isupper() and not opens_sentence(text, word.start))
        described = at > 1 and lead not in _words("not_nouns") and words[at - 2].text.lower() in leads
        if direct or described:
            spots.append(Spot(start=word.start, stop=word.stop, form=form, is_sure=True))
        if described and text[words[at - 1].stop : word.start] == " ":
            spots.append(Spot(start=words[at - 1].start, stop=word.stop, form=form, is_sure=True))
    return spots


def _describes(text: str, words: list[Word], at: int) -> bool:
    """Whether ``words[at]`` modifies the next word.

    It does if the next word is a likely noun, and exactly one space separates the two.
    """
    if at + 1 == len(words) or text[words[at].stop : words[at + 1].start] != " ":
        return False
    return _is_likely_noun(words[at + 1].text)


def _is_likely_noun(word: str) -> bool:
    small = word.lower()
    return (
        len(small) > 2
        and small[0].isalpha()
        and small not in _words("not_nouns")
        and not small.endswith(tuple(_knowledge()["not_noun_endings"]))
    )


def _is_plural(word: str) -> bool:
    small = word.lower()
    return small.endswith("s") and not small.endswith(tuple(_knowledge()["singular_endings"]))


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_knowledge()[name].split())


@cache
def _knowledge() -> Mapping[str, Any]:
    text = files("egiz.glossary.english").joinpath("data/correction.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
