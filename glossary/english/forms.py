"""Recognise and inflect English terms: plurals, possessive 's, hyphens or spaces between words.

Exceptions to the rules are in `data/en.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from egiz.glossary.english.readings import is_other_word, knowledge, readings, words_of
from egiz.glossary.morphology.base import Accepted, Word
from egiz.glossary.morphology.spelling import (
    capitals_fit,
    closing_stop,
    copy_capitals,
    cut_words,
    fold,
    is_acronym,
    opens_sentence,
    same_gap,
)
from egiz.glossary.records import Form, Wording

_VOWELS = "aeiou"
_PLURAL_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), ending)
    for pattern, ending in (
        (r"(?<=[a-z])man$", "men"),  # chairman; "human" and the like are listed below
        (r"(?<=[a-z])woman$", "women"),
        (r"(?<=[a-z])child$", "children"),
        (r"(?<=[a-z])foot$", "feet"),
        (r"(?<=[^aeiou])y$", "ies"),
        (r"(?<=qu)y$", "ies"),
        (r"(?<=[a-z])sis$", "ses"),
        (r"(?:s|x|z|sh|ch|ss)$", r"\g<0>es"),
        (r"$", "s"),
    )
)
"""Endings in order; the first that matches applies. Exceptions are in the tables of `data/en.toml`."""
_NO_MEN = re.compile(r"(?:hu|ro|ger|otto|shah?|talis|sha|norm|brah|cay|dol|tur[ck])man$")
_DOUBLED = re.compile(r"^[^aeiou]*[aeiou][^aeiouwxy]$")
_SHORTEST = 1
"""Letters that must precede an ending: "d" in "dying"."""


@cache
def _irregular_plurals() -> Mapping[str, str]:
    pairs = (pair.split("/") for pair in knowledge()["plural"]["irregular"].split())
    return {pair[0]: pair[1] for pair in pairs}


@cache
def _irregular_verbs() -> Mapping[str, tuple[str, ...]]:
    sets = (forms.split("/") for forms in knowledge()["verb"]["irregular"].split())
    return {base: tuple(forms) for base, *forms in sets}


@cache
def _bases() -> Mapping[str, tuple[str, ...]]:
    """Maps irregular forms to their dictionary forms."""
    found: dict[str, list[str]] = {}
    for singular, plural in _irregular_plurals().items():
        found.setdefault(plural, []).append(singular)
    for base, forms in _irregular_verbs().items():
        for form in forms:
            found.setdefault(form, []).append(base)
    return {form: tuple(bases) for form, bases in found.items()}


@lru_cache(maxsize=1 << 14)
def plurals(word: str) -> tuple[str, ...]:
    """The plurals of a lower-case noun, the usual one first.

    >>> plurals("party"), plurals("wife"), plurals("human"), plurals("chairman"), plurals("series")
    (('parties',), ('wives',), ('humans',), ('chairmen',), ('series',))
    """
    irregular = _irregular_plurals().get(word)
    regular = _regular_plural(word)
    if word in words_of("plural", "invariant") or word.endswith(("ics", "news")):
        return (word,)
    if irregular is None:
        return (
            (regular, word + "s")
            if word in words_of("plural", "both") and regular != word + "s"
            else (regular,)
        )
    return (irregular, regular) if word in words_of("plural", "both") else (irregular,)


def _regular_plural(word: str) -> str:
    if word in words_of("plural", "voiced"):
        return re.sub(r"fe?$", "ves", word)
    if word in words_of("plural", "sibilant_o"):
        return word + "es"
    if word in words_of("plural", "hard_ch") or _NO_MEN.search(word):
        return word + "s"
    for pattern, ending in _PLURAL_RULES:
        if pattern.search(word):
            return pattern.sub(ending, word, count=1)
    raise AssertionError("the last rule fits every word")


@lru_cache(maxsize=1 << 14)
def verb_forms(word: str) -> tuple[str, ...]:
    """All forms of a lower-case verb, itself first: -s, -ing, and -ed or the irregular ones."""
    if word.endswith("ie"):
        return (word, word + "s", word[:-2] + "ying", word + "d")
    stem = word[:-1] if word.endswith("e") and not word.endswith(("ee", "oe", "ye")) else word
    double = word + word[-1] if _DOUBLED.search(word) else stem
    third = word + "es" if word.endswith("o") else _regular_plural(word)
    regular = word[:-1] + "ied" if third.endswith("ies") else double + "ed"
    if word.endswith("e"):
        regular = word + "d"
    past = _irregular_verbs().get(word, (regular, stem + "ed"))
    return tuple(dict.fromkeys((word, third, double + "ing", stem + "ing", *past)))


@lru_cache(maxsize=1 << 17)
def bases(word: str) -> tuple[str, ...]:
    """The dictionary forms of a lower-case running word without 's, itself first.

    Overgenerates; `plurals` and `verb_forms` decide.
    """
    found = [word, *_bases().get(word, ())]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            stem = word[: len(word) - len(ending)]
            found += [stem + letter for letter in instead]
            if ending in ("ed", "ing") and stem[-1:] == stem[-2:-1]:
                found.append(stem[:-1])
    return tuple(dict.fromkeys(found))


_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("s", ("",)),
    ("es", ("", "is")),
    ("ies", ("y", "ie")),
    ("ves", ("f", "fe")),
    ("men", ("man",)),
    ("children", ("child",)),
    ("feet", ("foot",)),
    ("ied", ("y",)),
    ("d", ("",)),
    ("ed", ("", "e")),
    ("ing", ("", "e")),
    ("ying", ("ie",)),
)
"""Endings of running words, each with what may replace it in the dictionary form."""


@cache
def _spellings() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), instead) for pattern, instead in knowledge()["spelling"]["american"])


@lru_cache(maxsize=1 << 17)
def spelt(word: str) -> str:
    """A lower-case word in American spelling, in which words are compared.

    Some results are not words ("advize"), which is harmless as long as no two words become the same.

    >>> spelt("labour"), spelt("organisations"), spelt("programmes"), spelt("crises")
    ('labor', 'organizations', 'programs', 'crises')
    """
    if word in _bases():
        return word
    for pattern, instead in _spellings():
        word = pattern.sub(instead, word)
    return word


_POSSESSIVE = "'s"
_SHORTEST_NAME = 4
"""The fewest letters of an abbreviation that may be written like a name: Nato, Unesco; but "It" is not IT."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """The folded words of a wording, the index of its head, and whether the head is a plural already."""

    words: tuple[str, ...]
    head: int
    plural: bool


class English:
    """`Morphology` of English."""

    heads_first = True

    def readings(self, wording: Wording) -> tuple[Wording, ...]:
        """The wording, without "to" and brackets, and with its compounds written otherwise."""
        return readings(wording)

    def conjunctions(self) -> frozenset[str]:
        """The words that join coordinated words."""
        return words_of("coordination", "conjunctions")

    def bounds(self) -> frozenset[str]:
        """Words that never stand among coordinated words: articles, prepositions, auxiliaries."""
        return words_of("determiner", "bounds") | words_of("determiner", "all")

    def singulars(self, word: str) -> tuple[str, ...]:
        """None: modifiers do not agree with their head."""
        return ()

    def words(self, text: str) -> list[Word]:
        """Runs of letters and digits with inner apostrophes; a hyphen separates words like a space."""
        return cut_words(text, hyphens=False)

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """The folded words, without 's, of the wording and its explicit forms; a plural also as singular."""
        found = [
            tuple(_bare(word.text) for word in self.words(text)) for text in (wording.text, *wording.forms)
        ]
        phrase = _phrase(wording)
        if phrase.plural:
            found += [_with(phrase, one) for one in bases(phrase.words[phrase.head])[1:]]
        return list(dict.fromkeys(keys for keys in found if keys))

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """The dictionary forms of a running word that are in `known`."""
        return tuple([base for base in _running(word) if base in known])

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Whether the words are an explicit form, or the wording with its head inflected or 's at the end.

        Gaps and capitals must match.
        """
        span = words[first:last]
        for form in wording.forms:
            if _is_text(form, wording, text, span):
                return Accepted(
                    stop=closing_stop(text, _stop(text, span[-1]), wording.text),
                    forms=_forms(wording, text, span),
                )
        if wording.exact:
            return Accepted(stop=span[-1].stop) if _is_text(wording.text, wording, text, span) else None
        phrase = _phrase(wording)
        if len(span) != len(phrase.words) or not _written_alike(wording.text, wording, text, span):
            return None
        if _is_turned(text, words, first) or is_other_word(wording, text, words, first, last):
            return None
        if not all(_fits(wording, phrase, place, word.text) for place, word in enumerate(span)):
            return None
        return Accepted(
            stop=closing_stop(text, _stop(text, span[-1]), wording.text), forms=_forms(wording, text, span)
        )

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """The wording in a number and with 's; `case` is ignored.

        None for a number that the wording excludes or cannot form, and where an exact wording, verb, adverb
        or adjective would have to change.
        """
        phrase = _phrase(wording)
        if not phrase.words or (wording.number and form.number not in ("", wording.number)):
            return None
        wanted = form.number or wording.number or ("plural" if phrase.plural else "singular")
        changed = wanted == "plural" and not phrase.plural
        if (changed or form.possessor) and (wording.exact or not _inflects(wording)):
            return None
        if phrase.plural and wanted == "singular":
            return None
        made = _pluralised(wording, phrase) if changed else wording.text
        if made is None or not form.possessor:
            return made
        return made + ("'" if made.endswith("s") and wanted == "plural" else _POSSESSIVE)


def _bare(word: str) -> str:
    """A word folded and without 's."""
    return spelt(fold(word).removesuffix(_POSSESSIVE))


@lru_cache(maxsize=1 << 17)
def _running(word: str) -> tuple[str, ...]:
    return bases(_bare(word))


def _inflects(wording: Wording) -> bool:
    return wording.part_of_speech not in ("adjective", "adverb", "verb")


@lru_cache(maxsize=1 << 14)
def _phrase(wording: Wording) -> _Phrase:
    words = tuple(_bare(word.text) for word in cut_words(wording.text, hyphens=False))
    head = len(words) - 1
    for place, (word, following) in enumerate(pairwise(words)):
        if following in words_of("phrase", "breaks") or (
            following in words_of("phrase", "apart") and f" {following}" in wording.text.lower()
        ):
            head = place
            break
        if word in words_of("phrase", "postposed_heads") and following in words_of("phrase", "postposed"):
            head = place
            break
    plural = bool(words) and _is_plural(words[head])
    return _Phrase(words=words, head=head, plural=plural)


def _with(phrase: _Phrase, head: str) -> tuple[str, ...]:
    return (*phrase.words[: phrase.head], head, *phrase.words[phrase.head + 1 :])


def is_plural_wording(wording: Wording) -> bool:
    """Whether the head of a wording is a plural already: wages, human rights."""
    return _phrase(wording).plural


def _is_plural(word: str) -> bool:
    """Whether a word of a wording is a plural: an irregular one, or one in -s with a likely singular."""
    singulars = [base for base in bases(word)[1:] if word in plurals(base)]
    ends = word.endswith("s") and not word.endswith(("ss", "us", "is", "ics", "news"))
    alone = words_of("plural", "invariant") | words_of("plural", "singular_s")
    return bool(singulars) and word not in alone and (ends or not word.endswith("s"))


def _fits(wording: Wording, phrase: _Phrase, place: int, word: str) -> bool:
    """Whether a running word may be a form of the word at `place` in the wording."""
    want, have = phrase.words[place], spelt(fold(word))
    last = place == len(phrase.words) - 1
    if last and have.endswith(_POSSESSIVE) and not want.endswith(_POSSESSIVE):
        have = have.removesuffix(_POSSESSIVE)
        have = spelt(have)
    elif fold(word) == _as_written(wording, place):
        have = want
    if have == want:
        return wording.number != "plural" or phrase.plural or place != phrase.head or want in plurals(want)
    if wording.part_of_speech == "verb":
        return place == 0 and have in verb_forms(want)
    may = place == phrase.head and not phrase.plural and _inflects(wording) and wording.number != "singular"
    if may or (place == phrase.head and wording.number == "plural"):
        return have in plurals(want)
    if place != phrase.head or not phrase.plural or wording.number or not _inflects(wording):
        return False
    return want in plurals(have) and want not in words_of("plural", "only")


def _as_written(wording: Wording, place: int) -> str:
    """The folded word at `place` in the wording with its own 's kept: "people's republic"."""
    return fold(cut_words(wording.text, hyphens=False)[place].text)


def _is_text(form: str, wording: Wording, text: str, span: Sequence[Word]) -> bool:
    words = [spelt(fold(word.text)) for word in cut_words(form, hyphens=False)]
    return words == [spelt(fold(word.text)) for word in span] and _written_alike(form, wording, text, span)


def _written_alike(form: str, wording: Wording, text: str, span: Sequence[Word]) -> bool:
    """Whether the gaps match, and the capitals of a case-sensitive wording or of an abbreviation."""
    words = cut_words(form, hyphens=False)
    for place, (want, have) in enumerate(zip(words, span, strict=True)):
        if place:
            gap = text[span[place - 1].stop : have.start]
            if not same_gap(gap, form[words[place - 1].stop : want.start], hyphens_too=True):
                return False
        opens = opens_sentence(text, have.start)
        if wording.case_sensitive and not capitals_fit(want.text, have.text, opens=opens):
            return False
        if is_acronym(want.text) and not _is_acronym_form(want.text, have.text):
            return False
    return True


def _is_acronym_form(want: str, have: str) -> bool:
    """Whether an abbreviation is in capitals, ignoring an ending, or, if long enough, written like a name."""
    capitals = have[: len(want)].isupper()
    return capitals or (len(want) >= _SHORTEST_NAME and have[:1].isupper() and have[1:].islower())


def _is_turned(text: str, words: Sequence[Word], first: int) -> bool:
    """Whether a hyphenated prefix turns the first word into another one: non-party."""
    if not first or text[words[first - 1].stop : words[first].start] not in ("-", "\u2010", "\u2011"):
        return False
    return fold(words[first - 1].text) in words_of("phrase", "turning")


def _stop(text: str, last: Word) -> int:
    """The end of an occurrence, including the bare apostrophe of a plural possessive: parties'."""
    after = text[last.stop : last.stop + 2]
    if after[:1] not in ("'", "’") or not fold(last.text).endswith("s") or after[1:].isalnum():
        return last.stop
    before = text[: last.start]
    quoted = before.count("‘") > before.count("’") if after[0] == "’" else _opens_quote(before)
    return last.stop if quoted else last.stop + 1


def _opens_quote(before: str) -> bool:
    """Whether the last straight single quote in `before` opens a quotation."""
    at = before.rfind("'")
    return at >= 0 and (at == 0 or not before[at - 1].isalnum())


def _forms(wording: Wording, text: str, span: Sequence[Word]) -> tuple[Form, ...]:
    """The possible numbers of an occurrence, with 's if present; none for adjectives, adverbs and verbs."""
    if not _inflects(wording):
        return ()
    phrase = _phrase(wording)
    last = fold(span[-1].text)
    bare = _stop(text, span[-1]) > span[-1].stop
    own = last.endswith(_POSSESSIVE) and not phrase.words[-1].endswith(_POSSESSIVE)
    possessor = _POSSESSIVE if bare or own else ""
    if len(span) != len(phrase.words):
        return (Form(possessor=possessor),)
    want, have = phrase.words[phrase.head], _bare(span[phrase.head].text)
    if want in plurals(want):
        numbers = ["plural"] if bare else ["singular", "plural"]
    elif phrase.plural and want in plurals(have):
        numbers = ["singular"]
    else:
        numbers = ["plural"] if phrase.plural or have != want else ["singular"]
    return tuple(Form(number=number, possessor=possessor) for number in numbers)


def _pluralised(wording: Wording, phrase: _Phrase) -> str | None:
    """The wording with its head in the plural, capitals kept; None for an abbreviation in S, such as US."""
    words = cut_words(wording.text, hyphens=False)
    head = words[phrase.head]
    short = is_acronym(head.text)
    if short and head.text.endswith("S"):
        return None
    plural = head.text + "s" if short else copy_capitals(head.text, plurals(fold(head.text))[0])
    return wording.text[: head.start] + plural + wording.text[head.stop :]
