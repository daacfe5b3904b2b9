"""The script and the language of a text: two guards, and detection for documents and single sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock
from typing import Protocol

from egiz.translate.errors import LanguageError
from egiz.translate.guards.case import Case, letters, namelike, words
from egiz.translate.languages import alphabets, language
from egiz.translate.languages import language as named
from egiz.translate.protected import without_pieces

_FAMILIES: dict[str, tuple[str, ...]] = {
    "Arab": ("ARABIC",),
    "Armn": ("ARMENIAN",),
    "Beng": ("BENGALI",),
    "Cyrl": ("CYRILLIC",),
    "Deva": ("DEVANAGARI",),
    "Ethi": ("ETHIOPIC",),
    "Geor": ("GEORGIAN",),
    "Grek": ("GREEK",),
    "Gujr": ("GUJARATI",),
    "Guru": ("GURMUKHI",),
    "Hang": ("HANGUL", "CJK"),
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Hebr": ("HEBREW",),
    "Jpan": ("HIRAGANA", "KATAKANA", "CJK"),
    "Khmr": ("KHMER",),
    "Knda": ("KANNADA",),
    "Laoo": ("LAO",),
    "Latn": ("LATIN",),
    "Mlym": ("MALAYALAM",),
    "Mymr": ("MYANMAR",),
    "Olck": ("OL",),
    "Orya": ("ORIYA",),
    "Sinh": ("SINHALA",),
    "Taml": ("TAMIL",),
    "Telu": ("TELUGU",),
    "Tfng": ("TIFINAGH",),
    "Thai": ("THAI",),
    "Tibt": ("TIBETAN",),
}
"""The families of letters that each script (ISO 15924 code) uses. The family of a letter is the first word of
its Unicode name, such as ``CYRILLIC`` for "қ"."""

_KNOWN = frozenset(name for names in _FAMILIES.values() for name in names)
_FIRST = re.compile(r"[A-Z]+")

_SEVERAL = 2
"""The number of foreign words that make an output wrong. A single foreign word may be a name or a quoted
title: of the sentences that people translated from Kazakh, 66 of 55,000 in Russian and 7 of 72,000 in English
have a foreign word in lower case."""

_QUOTED = re.compile(r'«[^»]*»|"[^"]*"|“[^”]*”|„[^“”]*[“”]|\([^)]*\)')


@lru_cache(maxsize=4096)
def family(char: str) -> str | None:
    """The script family of a letter, by its Unicode name; None if it is not a letter or has no family.

    >>> family("қ"), family("W"), family("5"), family("ª")
    ('CYRILLIC', 'LATIN', None, None)
    """
    if not char.isalpha():
        return None
    found = _FIRST.match(unicodedata.name(char, ""))
    return found.group() if found and found.group() in _KNOWN else None


def families(tag: str) -> tuple[str, ...]:
    """The script families in which a language is written; empty if `_FAMILIES` lacks its script."""
    return _FAMILIES.get(language(tag).script, ())


def written_in(text: str, names: tuple[str, ...]) -> bool:
    """Whether any letter of `text` is of one of the script families `names`."""
    return any(family(char) in names for char in text)


def script(case: Case) -> bool | None:
    """Whether the output is in the wrong script; None for a target whose script `_FAMILIES` lacks.

    The script is wrong in each of these cases: most letters are not of the target's script; a letter is of a
    script (other than Latin) that neither the target language nor the source text uses; a foreign word in
    lower case is outside of quotation marks and brackets; there are two foreign words of any kind. A word is
    foreign if it has a letter of a script other than Latin and the target's, or a letter that the target's
    alphabet lacks (әғқңөұүһі in Russian). Words that are foreign in the source too (Latin names, codes, Greek
    letters) and protected pieces are ignored.
    """
    target = families(case.target_language)
    if not target:
        return None
    kept = _copiable_words(case)
    output = without_pieces(case.output)
    examined = [word for word in words(output) if word.casefold() not in kept]
    found = [name for word in examined for char in word if (name := family(char))]
    off = sum(name not in target for name in found)
    if off > 2 and off * 2 > len(found):
        return True
    if any(not written_in(case.source, (name,)) for name in {*found} - {*target, "LATIN"}):
        return True
    alphabet = alphabets().get(language(case.target_language).tag)
    foreign = [word for word in examined if _foreign(word, target, alphabet)]
    if len(foreign) >= _SEVERAL:
        return True
    unquoted = words(_QUOTED.sub(" ", output))
    return any(word in unquoted and len(word) > 1 and not namelike(word) for word in foreign)


def _foreign(word: str, target: tuple[str, ...], alphabet: frozenset[str] | None) -> bool:
    """Whether a word has a letter that the target language does not use.

    `target` are the script families of the target. Latin letters are allowed in every language.
    """
    for char in word.lower():
        name = family(char)
        if name in target:
            if alphabet is not None and char not in alphabet:
                return True
        elif name is not None and name != "LATIN":
            return True
    return False


def _copiable_words(case: Case) -> frozenset[str]:
    """The words of the source, case-folded, that an output may contain unchanged.

    These are words without a letter of the source language's script. If that script is Latin, words with a
    capital or a digit, which may be names, are included too.
    """
    own = families(case.source_language)
    names = "LATIN" in own
    return frozenset(
        word.casefold()
        for word in words(case.source)
        if not written_in(word, own) or (names and namelike(word))
    )


_PLAIN_WORDS = 3
"""The fewest lower-case words in another script that make the script of a text wrong; two such words may be
the name of a thing."""


def wrong_script(text: str, tag: str) -> bool:
    """Whether a text is written in a script that its language does not use.

    The script is wrong if most letters are of other scripts and, in addition, at least `_PLAIN_WORDS` words
    without a capital or a digit are wholly in other scripts.

    >>> wrong_script("Men mektepke erte baramyn.", "kk"), wrong_script("Microsoft Teams бағдарламасы", "kk")
    (True, False)
    """
    own = families(tag)
    if not own:
        return False
    strange, script_names = [], []
    for word in words(without_pieces(text)):
        found = [name for char in word if (name := family(char))]
        script_names += found
        if len(found) > 1 and not namelike(word) and not set(found) & set(own):
            strange.append(word)
    return len(strange) >= _PLAIN_WORDS and 2 * sum(name not in own for name in script_names) > len(
        script_names
    )


_LEAST_LETTERS = 25
SURE = 0.6
DENIED = 0.05
"""An output is flagged if another language has at least the probability `SURE` and the target at most
`DENIED`. No human translation in `benchmarks/guards.py` meets both conditions. The translation that comes
closest to meeting them is a Kazakh list of coordinates, with a probability of 0.74 for Kyrgyz and 0.07 for
Kazakh. For a human translation into Russian, Bulgarian has a probability of at most 0.76; for one into
English, Nigerian Pidgin has at most 0.73."""


class Identifier(Protocol):
    """The part of py3langid's language identifier that Egiz uses."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Every known language with its probability, most probable first."""
        ...


_lock = Lock()
_identifier: Identifier | None = None


def identifier() -> Identifier:
    """py3langid's model, loaded once per process when it is first needed (1 s, 75 MB); safe for threads."""
    global _identifier
    with _lock:
        if _identifier is None:
            from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

            loaded: Identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
            _identifier = loaded
        return _identifier


def other_language(case: Case) -> bool | None:
    """Whether the output is clearly in another language than the target: see `foreign`."""
    return foreign(case.output, case.target_language)


def foreign(text: str, expected: str) -> bool | None:
    """Whether a text is clearly in another language than the `expected` one.

    None (no opinion) for a text with fewer than 25 letters in words of the expected language's script, and
    for an expected language that py3langid does not know. Close relatives of the expected language (see
    `data/kindred.tsv`; for example, Bosnian if Croatian is expected) count as this language. For the limits
    see `DENIED`.
    """
    if letters(_words_in_script(text, expected)) < _LEAST_LETTERS:
        return None
    found = recognised(text, expected)
    if found is None:
        return None
    own, other = found
    return own <= DENIED and other >= SURE


def recognised(text: str, language: str) -> tuple[float, float] | None:
    """The probabilities of `language` (with its close relatives) and of the likeliest other language.

    None for languages that py3langid does not know. The probabilities of short texts are unreliable.
    """
    ranking = dict(identifier().rank(_words_in_script(text, language)))
    wanted = _kin(named(language).tag.split("-")[0])
    if wanted.isdisjoint(ranking):
        return None
    own = sum(ranking.get(label, 0.0) for label in wanted)
    return own, max(share for label, share in ranking.items() if label not in wanted)


@cache
def kindred() -> tuple[frozenset[str], ...]:
    """The groups of py3langid labels that may stand for each other; see `data/kindred.tsv`."""
    text = files("egiz.translate").joinpath("data/kindred.tsv").read_text(encoding="utf-8")
    return tuple(frozenset(line.split("\t")[0].split()) for line in text.splitlines()[1:])


def _kin(tag: str) -> frozenset[str]:
    """The py3langid labels that count as a language: its own and those of close relatives."""
    return next((group for group in kindred() if tag in group), frozenset({tag}))


def _words_in_script(text: str, expected: str) -> str:
    """The words of a text, joined by spaces, that have a letter of the expected language's script.

    Other words are names and addresses, which mislead py3langid.
    """
    target = families(expected)
    kept = [word for word in words(without_pieces(text)) if not target or written_in(word, target)]
    return " ".join(kept)


SAMPLE = 40
"""The language of a document is detected from at most this many of its texts, at equal distances."""
_LEAST_SAMPLE = 40
"""The fewest letters that the sampled texts must have together; with fewer, no language is detected."""


def foreign_language(texts: Sequence[str], expected: str) -> str | None:
    """Detect that the texts of a document are clearly in another language than the `expected` one.

    Returns py3langid's label of the detected language; None if the language is as expected or uncertain. At
    most `SAMPLE` of the texts are examined, at equal distances.
    """
    step = max(1, len(texts) // SAMPLE)
    sample = " ".join(texts[::step][:SAMPLE])
    if sum(map(str.isalpha, sample)) < _LEAST_SAMPLE:
        return None
    ranking = identifier().rank(sample)
    known = dict(ranking)
    tag = named(expected).tag.split("-")[0]
    if tag not in known or known[tag] > DENIED or ranking[0][1] < SURE:
        return None
    return ranking[0][0]


def language_name(tag: str) -> str:
    """The English name of a language; the tag itself if the language is unknown."""
    try:
        return named(tag).name
    except LanguageError:
        return tag


_LEAST_WORDS = 4
"""The fewest words of a sentence whose language `is_in` detects; shorter ones are names and titles."""
_LEAST_SENTENCE = 25
"""The fewest letters of a sentence whose language `is_in` detects."""
_CLEARLY = 0.9
"""The least probability of the target language with which a source sentence is kept untranslated. With this
value none of 4,452 Kazakh, Russian and English sentences (FLORES-200 dev, prose, a corpus) was taken for a
sentence in another of these languages, and 95 to 99 % of sentences in the target language are recognised."""


def is_in(text: str, wanted: str, instead_of: str) -> bool:
    """Whether a sentence is clearly in the language `wanted` instead of the language `instead_of`.

    For example, a Kazakh schoolbook quotes a Russian sentence, and Russian is the target. The answer is no
    for a short sentence (see `_LEAST_WORDS` and `_LEAST_SENTENCE`). It is also no if a lower-case word has a
    letter that the alphabet of `instead_of` has and the alphabet of `wanted` lacks.
    """
    found = words(text)
    if len(found) < _LEAST_WORDS or letters(text) < _LEAST_SENTENCE:
        return False
    target, source = named(wanted), named(instead_of)
    own, other = alphabets().get(target.tag), alphabets().get(source.tag)
    if own is not None and other is not None:
        strange = other - own
        if any(not namelike(word) and not strange.isdisjoint(word) for word in found):
            return False
    ranking = dict(identifier().rank(text))
    label, rival = target.tag.split("-")[0], source.tag.split("-")[0]
    return ranking.get(label, 0.0) >= _CLEARLY and ranking.get(rival, 0.0) <= DENIED
