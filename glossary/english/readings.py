"""The wordings that an English headword stands for, and words in a text that only look like it.

People write compounds as one word, with a hyphen or as two words, and headwords of verbs with "to". A noun is
often also a verb: a term with a given part of speech is not found where the word has the other one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.spelling import cut_words, fold, is_acronym, opens_sentence, with_abbreviation
from egiz.glossary.records import Wording


@cache
def knowledge() -> Mapping[str, Any]:
    """All tables of `data/en.toml`."""
    source = files("egiz.glossary.english").joinpath("data", "en.toml")
    table: Mapping[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    return table


@cache
def words_of(section: str, name: str) -> frozenset[str]:
    """The words of one list of `data/en.toml`."""
    return frozenset(knowledge()[section][name].split())


_SHORTEST_PART = 3
"""The fewest letters of each part of a compound written as two words: "work place", but not "car go"."""
_SHORTEST_COMPOUND = 7
_LONGEST = 4
"""The most words of a wording whose compounds are also looked for in their other spellings."""


def readings(wording: Wording) -> tuple[Wording, ...]:
    """The wordings that a headword stands for, itself first unless it begins with the "to" of a verb."""
    if wording.exact:
        return (wording,)
    found: dict[Wording, None] = {}
    for one in map(_without_to, with_abbreviation(wording)):
        texts = (one.text, *_written_otherwise(one.text), *_with_article(one.text), *_dotted(one.text))
        found.update(dict.fromkeys(one if text == one.text else replace(one, text=text) for text in texts))
    return tuple(found)


def _without_to(wording: Wording) -> Wording:
    """A verb without its "to": "to protect"."""
    start, _, rest = wording.text.partition(" ")
    if start.lower() != "to" or not rest or wording.part_of_speech not in ("", "verb"):
        return wording
    if fold(rest.split()[0]) in words_of("determiner", "all"):
        return wording
    return replace(wording, text=rest, part_of_speech="verb")


@lru_cache(maxsize=1 << 16)
def _written_otherwise(text: str) -> tuple[str, ...]:
    """A wording with one of its compounds joined or split: healthcare, health care; email, e-mail.

    >>> _written_otherwise("health care"), _written_otherwise("email"), _written_otherwise("cargo")
    (('healthcare',), ('e-mail',), ())
    """
    words = cut_words(text, hyphens=False)
    if len(words) > _LONGEST or not text.isascii():
        return ()
    made = []
    for place, word in enumerate(words):
        if not word.text.isalpha() or not (word.text.islower() or word.text.istitle()):
            continue
        made += [f"{text[: word.start]}{split}{text[word.stop :]}" for split in _split(word.text)]
        following = words[place + 1] if place + 1 < len(words) else None
        if following is not None and _may_join(text, word, following):
            made.append(text[: word.stop] + following.text.lower() + text[following.stop :])
    return tuple(made)


def _may_join(text: str, word: Word, following: Word) -> bool:
    gap = text[word.stop : following.start]
    if not following.text.isalpha() or following.text.isupper():
        return False
    joined = len(word.text) + len(following.text) >= _SHORTEST_COMPOUND
    long = min(len(word.text), len(following.text)) >= _SHORTEST_PART and joined
    return gap == "-" or (gap == " " and long)


def _split(word: str) -> list[str]:
    """The ways to write a word as a prefix with a hyphen, or as two words."""
    known = _vocabulary()
    lower = word.lower()
    made = [
        f"{word[: len(prefix)]}-{word[len(prefix) :]}"
        for prefix in knowledge()["phrase"]["prefixes"].split()
        if lower.startswith(prefix) and lower[len(prefix) :] in known
    ]
    if len(word) >= _SHORTEST_COMPOUND:
        cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        made += [
            f"{word[:cut]} {word[cut:]}" for cut in cuts if lower[:cut] in known and lower[cut:] in known
        ]
    return made


@cache
def _vocabulary() -> frozenset[str]:
    """The words of the shipped list of English words with their frequencies."""
    place = files("egiz.glossary").joinpath("data", "background", "en.tsv")
    lines = place.read_text(encoding="utf-8").splitlines()
    words = (line.partition("\t")[0] for line in lines if not line.startswith("#"))
    return frozenset(word for word in words if len(word) >= _SHORTEST_PART)


def _dotted(text: str) -> tuple[str, ...]:
    """An abbreviation with stops: U.S. for US."""
    return (".".join(text),) if text.isalpha() and text.isascii() and is_acronym(text) else ()


def _with_article(text: str) -> tuple[str, ...]:
    """A wording that ends in a plural attribute, with that in the singular: person with a disability."""
    words = text.split(" ")
    if len(words) < _SHORTEST_PART or words[-2] not in words_of("phrase", "owning"):
        return ()
    last = words[-1]
    if not last.endswith("s") or last.endswith(("ss", "us", "is")):
        return ()
    one = last[:-3] + "y" if last.endswith("ies") else last[:-1]
    article = "an" if one[0] in "aeiou" else "a"
    return (" ".join([*words[:-1], article, one]),)


def is_other_word(wording: Wording, text: str, words: Sequence[Word], first: int, last: int) -> bool:
    """Whether words that look like a wording of one word are another word, or a part of one.

    They are in a chain of hyphens (mother-in-law) and in a set phrase (in any case). A noun is another word
    where its neighbours show a verb (we head to …), and a verb where they show a noun (the sign).
    """
    if last - first > 1:
        return False
    before, chained = _before(text, words, first)
    after = _after(text, words, last)
    if chained:
        return before in words_of("phrase", "breaks") and first > 1
    word = fold(words[first].text)
    if _is_set(text, words, first):
        return True
    if wording.part_of_speech == "noun":
        return _is_verb(word, before, after, fold(wording.text))
    return wording.part_of_speech == "verb" and _is_noun(
        word, before, after, opens_sentence(text, words[first].start)
    )


def _before(text: str, words: Sequence[Word], first: int) -> tuple[str, bool]:
    """The folded word before, and whether a hyphen joins it; empty where anything else stands between."""
    if not first:
        return "", False
    gap = text[words[first - 1].stop : words[first].start]
    before = fold(words[first - 1].text)
    return (before, gap != " ") if gap in (" ", "-", "\u2010", "\u2011") else ("", False)


def _after(text: str, words: Sequence[Word], last: int) -> str:
    if last >= len(words) or not text[words[last - 1].stop : words[last].start].isspace():
        return ""
    return fold(words[last].text)


def _is_set(text: str, words: Sequence[Word], first: int) -> bool:
    """Whether a word is part of a set phrase, in which it is not a term."""
    word = fold(words[first].text)
    for phrase in _set_phrases().get(word, ()):
        start = first - phrase.index(word)
        if start >= 0 and tuple(fold(one.text) for one in words[start : start + len(phrase)]) == phrase:
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
    """Whether a form of a noun is a verb here, judged by its neighbours."""
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
    """Whether a form of a verb is a noun here, judged by its neighbours."""
    if before in words_of("verb", "articles"):
        return True
    if after == "of" and not word.endswith("ed"):
        return True
    third = after[:-1] if after.endswith("s") else ""
    finite = after in words_of("verb", "auxiliary") or third in _irregular()
    return word.endswith("ing") and opens and finite


@cache
def _irregular() -> frozenset[str]:
    return frozenset(forms.partition("/")[0] for forms in knowledge()["verb"]["irregular"].split())
