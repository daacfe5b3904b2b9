"""Recognise and inflect English terms in running text: plurals, possessive 's, hyphens or spaces.

An English noun is often also a verb. A term with a part of speech is not found where the neighbouring words
show that the word is the other part of speech.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from egiz.glossary.english.words import (
    bases,
    irregular_verbs,
    knowledge,
    plurals,
    readings,
    spelt,
    verb_forms,
    words_of,
)
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

_POSSESSIVE = "'s"
_SHORTEST_NAME = 4
"""The fewest letters of an abbreviation that may be written with only one capital: Nato, Unesco; but "It" is
not IT."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """The folded words of a wording, the index of its head, and whether the head is a plural."""

    words: tuple[str, ...]
    head: int
    plural: bool


class English:
    """The `Morphology` of English."""

    heads_first = True

    def readings(self, wording: Wording) -> tuple[Wording, ...]:
        """Return the variants of a wording: without "to" or brackets, with compounds in other spellings."""
        return readings(wording)

    def conjunctions(self) -> frozenset[str]:
        """Return the conjunctions that join coordinated words: and, or."""
        return words_of("coordination", "conjunctions")

    def bounds(self) -> frozenset[str]:
        """Return the articles, prepositions and auxiliaries, which never occur among coordinated words."""
        return words_of("determiner", "bounds") | words_of("determiner", "all")

    def singulars(self, word: str) -> tuple[str, ...]:
        """Return nothing: a plural that coordinated terms share is recognised without its singular."""
        return ()

    def words(self, text: str) -> list[Word]:
        """Cut a text into runs of letters and digits with inner apostrophes; hyphens separate words."""
        return cut_words(text, hyphens=False)

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """Return the folded words, without 's, of the wording and of its explicit forms.

        A wording with a plural head is also indexed with its head in the singular.
        """
        found = [
            tuple(_bare(word.text) for word in self.words(text)) for text in (wording.text, *wording.forms)
        ]
        phrase = _phrase(wording)
        if phrase.plural:
            found += [_with_head(phrase, singular) for singular in bases(phrase.words[phrase.head])[1:]]
        return list(dict.fromkeys(keys for keys in found if keys))

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """Return the dictionary forms of a running word that are in `known`."""
        return tuple([base for base in _running(word) if base in known])

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Accept words that are an explicit form of the wording, or the wording in the plural or with 's.

        The gaps between the words, and capitals where they matter, must match too. Returns None for other
        words.
        """
        span = words[first:last]
        for form in wording.forms:
            if _is_text(form, wording, text, span):
                return Accepted(
                    stop=closing_stop(text, _end(text, span[-1]), wording.text),
                    forms=_forms(wording, text, span),
                )
        if wording.exact:
            return Accepted(stop=span[-1].stop) if _is_text(wording.text, wording, text, span) else None
        phrase = _phrase(wording)
        if len(span) != len(phrase.words) or not _written_alike(wording.text, wording, text, span):
            return None
        if _has_turning_prefix(text, words, first) or is_other_word(wording, text, words, first, last):
            return None
        if not all(_fits(wording, phrase, place, word.text) for place, word in enumerate(span)):
            return None
        return Accepted(
            stop=closing_stop(text, _end(text, span[-1]), wording.text), forms=_forms(wording, text, span)
        )

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """Return the wording in the number of `form`, and with 's if `form` has it; its case is ignored.

        Returns None if the wording is never used in that number, or has no form for it. Also returns None if
        the wording would have to change, but is exact, a verb, an adverb or an adjective.
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
    """Fold a word (see `fold`) and remove its 's."""
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


def _with_head(phrase: _Phrase, head: str) -> tuple[str, ...]:
    return (*phrase.words[: phrase.head], head, *phrase.words[phrase.head + 1 :])


def is_plural_wording(wording: Wording) -> bool:
    """Whether the dictionary form of a wording has a plural head: wages, human rights."""
    return _phrase(wording).plural


def _is_plural(word: str) -> bool:
    """Whether a word of a wording is a plural: an irregular one, or one in -s whose singular is likely."""
    singulars = [base for base in bases(word)[1:] if word in plurals(base)]
    ends = word.endswith("s") and not word.endswith(("ss", "us", "is", "ics", "news"))
    alone = words_of("plural", "invariant") | words_of("plural", "singular_s")
    return bool(singulars) and word not in alone and (ends or not word.endswith("s"))


def _fits(wording: Wording, phrase: _Phrase, place: int, word: str) -> bool:
    """Whether a running word may be a form of the word at the index `place` of the wording."""
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
    """Return the folded word at the index `place` of the wording, with its own 's: "people's republic"."""
    return fold(cut_words(wording.text, hyphens=False)[place].text)


def _is_text(form: str, wording: Wording, text: str, span: Sequence[Word]) -> bool:
    words = [spelt(fold(word.text)) for word in cut_words(form, hyphens=False)]
    return words == [spelt(fold(word.text)) for word in span] and _written_alike(form, wording, text, span)


def _written_alike(form: str, wording: Wording, text: str, span: Sequence[Word]) -> bool:
    """Whether the gaps between words equal those of `form`.

    Capitals are compared too if the wording is case-sensitive or an abbreviation.
    """
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
    """Whether `have` is the abbreviation `want`, in capitals or, if long enough, with one capital.

    An ending after the abbreviation may be in small letters. The least length is `_SHORTEST_NAME`.
    """
    capitals = have[: len(want)].isupper()
    return capitals or (len(want) >= _SHORTEST_NAME and have[:1].isupper() and have[1:].islower())


def _has_turning_prefix(text: str, words: Sequence[Word], first: int) -> bool:
    """Whether a hyphenated prefix before the first word changes its meaning: non-party."""
    if not first or text[words[first - 1].stop : words[first].start] not in ("-", "\u2010", "\u2011"):
        return False
    return fold(words[first - 1].text) in words_of("phrase", "turning")


def _end(text: str, last: Word) -> int:
    """Return the end of an occurrence, after the apostrophe of a plural possessive: parties'."""
    after = text[last.stop : last.stop + 2]
    if after[:1] not in ("'", "’") or not fold(last.text).endswith("s") or after[1:].isalnum():
        return last.stop
    before = text[: last.start]
    quoted = before.count("‘") > before.count("’") if after[0] == "’" else _opens_quote(before)
    return last.stop if quoted else last.stop + 1


def _opens_quote(before: str) -> bool:
    """Whether the last straight single quote in `before` opens a quotation, which the next one closes."""
    at = before.rfind("'")
    return at >= 0 and (at == 0 or not before[at - 1].isalnum())


def _forms(wording: Wording, text: str, span: Sequence[Word]) -> tuple[Form, ...]:
    """Return the possible forms of an occurrence: its number, and whether it has 's.

    The result is empty if the wording is an adjective, an adverb or a verb.
    """
    if not _inflects(wording):
        return ()
    phrase = _phrase(wording)
    last = fold(span[-1].text)
    bare = _end(text, span[-1]) > span[-1].stop
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
    """Return the wording with its head in the plural, and the capitals of the head kept.

    None for an abbreviation in S, such as US.
    """
    words = cut_words(wording.text, hyphens=False)
    head = words[phrase.head]
    short = is_acronym(head.text)
    if short and head.text.endswith("S"):
        return None
    plural = head.text + "s" if short else copy_capitals(head.text, plurals(fold(head.text))[0])
    return wording.text[: head.start] + plural + wording.text[head.stop :]


def is_other_word(wording: Wording, text: str, words: Sequence[Word], first: int, last: int) -> bool:
    """Whether words that look like a wording of one word are another word, or part of a longer expression.

    A word in a chain of hyphens ("mother-in-law") or in a set phrase ("in any case") is part of a longer
    expression. If the wording is a noun, the word is another one if its neighbours show that it is a verb
    ("we head to the sea"). If the wording is a verb, it is another one if they show that it is a noun ("the
    sign").
    """
    if last - first > 1:
        return False
    before, chained = _before(text, words, first)
    after = _after(text, words, last)
    if chained:
        return before in words_of("phrase", "breaks") and first > 1
    word = fold(words[first].text)
    if _is_in_set_phrase(text, words, first):
        return True
    if wording.part_of_speech == "noun":
        return _is_verb(word, before, after, fold(wording.text))
    return wording.part_of_speech == "verb" and _is_noun(
        word, before, after, opens_sentence(text, words[first].start)
    )


def _before(text: str, words: Sequence[Word], first: int) -> tuple[str, bool]:
    """Return the folded word before ``words[first]``, and whether a hyphen joins the two.

    The result has an empty word if anything but a space or a hyphen is between the two words.
    """
    if not first:
        return "", False
    gap = text[words[first - 1].stop : words[first].start]
    before = fold(words[first - 1].text)
    return (before, gap != " ") if gap in (" ", "-", "\u2010", "\u2011") else ("", False)


def _after(text: str, words: Sequence[Word], last: int) -> str:
    if last >= len(words) or not text[words[last - 1].stop : words[last].start].isspace():
        return ""
    return fold(words[last].text)


def _is_in_set_phrase(text: str, words: Sequence[Word], first: int) -> bool:
    """Whether the word is part of a set phrase, and so not a term."""
    word = fold(words[first].text)
    for phrase in _set_phrases().get(word, ()):
        start = first - phrase.index(word)
        if start >= 0 and tuple(fold(part.text) for part in words[start : start + len(phrase)]) == phrase:
            return True
    return False


@cache
def _set_phrases() -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in knowledge()["phrase"]["empty"].split("|"):
        words = tuple(phrase.split())
        for word in words:
            found.setdefault(word, []).append(words)
    return found


def _is_verb(word: str, before: str, after: str, base: str) -> bool:
    """Whether a form of a noun is used as a verb here, judged by the words before and after it."""
    if before in words_of("verb", "subjects"):
        return True
    if word != base:
        return before in words_of("verb", "third_subjects")
    objects = after in words_of("determiner", "all") or after in words_of("verb", "objects")
    if before in words_of("verb", "before_base"):
        return True
    if before == "to":
        return objects
    many = before.endswith("s") and not before.endswith(("ss", "us", "is", "'s"))
    return many and (objects or (after.endswith("ly") and after not in words_of("verb", "no_adverbs")))


def _is_noun(word: str, before: str, after: str, opens: bool) -> bool:
    """Whether a form of a verb is used as a noun here, judged by the words before and after it."""
    if before in words_of("verb", "articles"):
        return True
    if after == "of" and not word.endswith("ed"):
        return True
    third = after[:-1] if after.endswith("s") else ""
    finite = after in words_of("verb", "auxiliary") or third in irregular_verbs()
    return word.endswith("ing") and opens and finite
