"""Spots in an English sentence where a term can be put: likely nouns, alone or with a modifier."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from egiz.glossary.morphology import Word
from egiz.glossary.morphology.spelling import cut_words, opens_sentence
from egiz.glossary.morphology.spots import Spot
from egiz.glossary.records import Form


def english_spots(text: str) -> list[Spot]:
    """Likely nouns of a text in order, each alone and with one modifier before it.

    English is not parsed: a word is a likely noun if it is not a function word or common verb, does not end
    like another part of speech, and follows an article, possessive or preposition by one or two words, opens
    the text, or is capitalised within a sentence. Remaining doubts are left to the engine's score.
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
    """Whether a word directly precedes a likely noun, so that it modifies that noun."""
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
