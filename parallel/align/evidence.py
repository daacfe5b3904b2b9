"""Features that a text shares with its translation: stems, names, numbers, punctuation, letter 4-grams.

Each function returns the features of one unit with their counts. Nothing here is learned.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files

from egiz.translate.numbers.roman import romans
from egiz.translate.numbers.words import know

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f]\d{3}(?!\d))*")
_FIRST_NUMBER = re.compile(r"^\W*(?:[^\W\d_]+\s+)?(\d+(?:[-.]\d+)*)")
_ROMAN_HEAD = re.compile(
    r"\W*(?:([IVXLCІХС]{1,7})(?:[.)]|-[^\W\d_]+\W*$|\s[^\W\d_]{3,12}$|$)"
    r"|[^\W\d_]{3,12}\s([IVXLCІХС]{1,7})(?:[.:)]|\s?[—–-]|$))"
)
_MARK = re.compile(r"[?!:;()%§№$€…/=]|[«»“”„\"]|[–—]|\.\s*$|[.,]")
STEM = 5
"""Letters kept of a word: five drop most endings of Kazakh, Russian and English and cut few roots."""
_SHORTEST_NAME = 4
_HEADING_WORDS = 8
_MARKS = {**dict.fromkeys('«»“”„"', "quote"), "–": "dash", "—": "dash"}


def stems(text: str) -> Counter[str]:
    """Words in lower case, cut to `STEM` letters."""
    return Counter(word.lower()[:STEM] for word in _WORD.findall(text))


def numbers(text: str) -> Counter[str]:
    """Numbers without inner spaces; one that begins a heading or list item gives a second feature, ``^N``.

    The Roman number of a heading counts as the Arabic one, since translators change one into the other.

    >>> sorted(numbers("12-бап. 10 000 теңге").items())
    [('10000', 1), ('12', 1), ('^12', 1)]
    >>> numbers("1-тарау") == numbers("I") == numbers("Глава І. Дорога")
    True
    """
    found = Counter(re.sub(r"\D", "", number).lstrip("0") or "0" for number in _NUMBER.findall(text))
    first = _FIRST_NUMBER.match(text)
    if first:
        found[f"^{first[1]}"] += 1
    elif roman := _ROMAN_HEAD.match(text):
        for item in romans(roman[1] or roman[2], know("und"), certain=False):
            (value,) = item.readings
            found.update((str(value), f"^{value}"))
    return found


def heading(text: str) -> str:
    """The number of a numbered heading, in Arabic digits; empty for any other unit.

    >>> heading("Глава II"), heading("2-тарау"), heading("2 мың адам келді."), heading("Предисловие")
    ('2', '2', '', '')
    """
    words = len(text.split())
    if words > _HEADING_WORDS or (words > 2 and text.rstrip()[-1:] in tuple(".?!…")):
        return ""
    return next((feature[1:] for feature in numbers(text) if feature.startswith("^")), "")


def marks(text: str) -> Counter[str]:
    """Punctuation marks, with all quotation marks as one and both dashes as one.

    The mark that ends the text gives a feature ``.$``, or ``$`` if there is none.
    """
    found = Counter(_MARKS.get(mark[0], mark[0]) for mark in _MARK.findall(text))
    tail = text.rstrip("»”\"') ")[-1:]
    found[f"{tail}$" if tail and tail in ".?!:;…" else "$"] += 1
    return found


def names(text: str) -> Counter[str]:
    """4-grams of the romanised longer words (see `sounds`), `_SHORTEST_NAME` letters or more.

    Names and loan words share most of them across languages and scripts.
    """
    found: Counter[str] = Counter()
    for word in _WORD.findall(text):
        if len(word) >= _SHORTEST_NAME:
            found.update(_name_groups(word.lower()))
    return found


@lru_cache(maxsize=100_000)
def _name_groups(word: str) -> tuple[str, ...]:
    sound = f"^{sounds(word)}"
    return tuple(sound[at : at + 4] for at in range(max(1, len(sound) - 3)))


def groups(text: str) -> Counter[str]:
    """Stems, letter 4-grams inside words (as in chrF) and numbers, for texts in one language."""
    found: Counter[str] = Counter()
    for word in _WORD.findall(text.lower()):
        found.update(_word_groups(word))
    found.update(f"#{number}" for number in numbers(text).elements())
    return found


@lru_cache(maxsize=100_000)
def _word_groups(word: str) -> tuple[str, ...]:
    marked = f"^{word}$"
    return (f"={word[:STEM]}", *(marked[at : at + 4] for at in range(max(1, len(marked) - 3))))


def sounds(word: str) -> str:
    """A word in rough romanisation: similar sounds as one letter, double letters as single ones.

    >>> sounds("вашингтон") == sounds("washington"), sounds("қазақстан") == sounds("казахстан")
    (True, True)
    """
    latin = "".join(_letters().get(letter, letter) for letter in word)
    plain = "".join(letter for letter in unicodedata.normalize("NFD", latin) if letter.isalpha())
    for group, sound in _groups():
        plain = plain.replace(group, sound)
    return re.sub(r"(.)\1+", r"\1", plain)


@cache
def _letters() -> dict[str, str]:
    """The Latin spelling of each letter that is not ASCII."""
    return {letter: sound for letter, sound in _table() if not letter.isascii()}


@cache
def _groups() -> tuple[tuple[str, str], ...]:
    """Groups of Latin letters and their replacement, in the order in which they are replaced."""
    return tuple((letters, sound) for letters, sound in _table() if letters.isascii())


@cache
def _table() -> tuple[tuple[str, str], ...]:
    text = files("egiz.parallel.align").joinpath("data/sounds.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return tuple((letters, sound) for letters, sound in rows)
