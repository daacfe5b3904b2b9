"""Cut words out of texts, remove the traces of typing and typesetting from them, compare and capitalise them.

In real texts, words contain stress marks, invisible characters, lookalike letters and tags. They are cleaned
when a text is cut into words, so that all other code gets clean words, with their offsets in the original
text. `cut_words` is for Russian and English, `cut_runs` for Kazakh and all other languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise

from egiz.glossary.morphology.base import Word
from egiz.glossary.records import Wording
from egiz.translate.split.knowledge import know

INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
"""Soft hyphen and characters without width, as ranges of a regular expression."""
MARKS = "\u0300-\u036f"
"""Combining marks (stress, the dots and breves of decomposed letters), as ranges of a regular expression."""
INSIDE = rf"(?:[{MARKS}]|[{INVISIBLE}]+(?=[^\W_])|[&_](?=[a-zà-ÿа-ӿ])(?!#?\w{{1,8}};))"
"""Characters that a word may contain besides letters. `&` and `_` before a small letter mark the keyboard
shortcut of a menu item ("Cou&rt", "Con_tract"); before a capital they belong to the word (R&D)."""
INLINE = "\ufffc"
"""The character that represents an inline element of a file in its text."""
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>|</?\d{1,3}/?>")
_BETWEEN = re.compile(rf"[{INLINE}{INVISIBLE}]+|{_TAG.pattern}")
_ODD = re.compile(rf"[{MARKS}{INVISIBLE}&_A-Za-zƏəƟɵѐѝЀЍ]")
_DROPPED = re.compile(rf"[{INVISIBLE}&_]|(?<=[Ѐ-ӿ])[\u0300\u0301]")
_GRAVE = str.maketrans("ѐѝЀЍ", "еиЕИ")
LATIN = re.compile("[A-Za-zƏəƟɵ]")
"""A Latin letter, including those that are typed for the Kazakh letters ә and ө."""
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_SUFFIXED = re.compile("[A-Za-z]{2,}[Ѐ-ӿ]+")
"""A Latin name with a Cyrillic ending: Facebookке."""


def masked(text: str) -> str:
    """Return a text with each character of its tags replaced by `INLINE`, so that tags contain no words.

    >>> masked("a <b>c</b>").replace(INLINE, "_")
    'a ___c____'
    """
    return _TAG.sub(lambda tag: INLINE * len(tag[0]), text) if "<" in text else text


def between(gap: str) -> str:
    """Return the gap between two words without inline elements and invisible characters.

    If nothing is left, a space is returned, so that the words stay separate.

    >>> between(" <b>"), between(INLINE + " "), between(", ")
    (' ', ' ', ', ')
    """
    return _BETWEEN.sub("", gap) or " "


def is_odd(text: str) -> bool:
    """Whether a text may contain a word that `clean` would change."""
    return "&" in text or "_" in text or (not text.isascii() and _ODD.search(text) is not None)


@lru_cache(maxsize=1 << 16)
def clean(word: str, language: str) -> str:
    """Return a word without stress marks, invisible characters and shortcut signs, in NFC.

    In a Cyrillic word, Latin letters that look like Cyrillic ones are replaced by the Cyrillic ones: ``Әкiм``
    may have a Latin i. In a Latin word, Cyrillic letters are replaced in the same way. `language` tells which
    letters look alike.
    """
    plain = unicodedata.normalize("NFC", _DROPPED.sub("", word)).translate(_GRAVE)
    return mended(plain, language) or plain


def mended(word: str, language: str) -> str:
    """Return a word with lookalikes of another script replaced; an empty string if it has none.

    >>> mended("Cуд", "ru"), mended("суд", "ru"), mended("IТ-отдел", "ru")
    ('Суд', '', '')
    """
    if not (LATIN.search(word) and _CYRILLIC.search(word)):
        return ""
    if _SUFFIXED.fullmatch(word) and not word.isupper():
        return ""
    to_cyrillic, to_latin = _tables(language)
    if all(letter in to_cyrillic for letter in LATIN.findall(word)):
        return "".join(to_cyrillic.get(letter, letter) for letter in word)
    if all(letter in to_latin for letter in _CYRILLIC.findall(word)):
        return "".join(to_latin.get(letter, letter) for letter in word)
    return ""


@cache
def _tables(language: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the Cyrillic letter for each Latin lookalike, and the Latin letter for each Cyrillic one."""
    to_cyrillic = know(language).lookalikes
    return to_cyrillic, {cyrillic: latin for latin, cyrillic in to_cyrillic.items() if latin.isascii()}


_SHORTENED = re.compile(r"(?P<full>[^()]*[^\W\d_][^()]*?)\s*\((?P<short>[^\W_][^()\s]*)\)")
_LEAST_CAPITALS = 2
"""The fewest capitals in brackets that are an abbreviation; text with fewer is a remark."""


def with_abbreviation(wording: Wording) -> tuple[Wording, ...]:
    """Return the variants of a wording that ends with an abbreviation in brackets.

    The first is the wording itself. The second is the text before the brackets, the third the abbreviation.
    For a wording without an abbreviation in brackets, only the wording itself is returned.

    >>> [one.text for one in with_abbreviation(Wording(language="en", text="value added tax (VAT)"))]
    ['value added tax (VAT)', 'value added tax', 'VAT']
    """
    found = _SHORTENED.fullmatch(wording.text) if wording.text.endswith(")") else None
    if found is None or sum(map(str.isupper, found["short"])) < _LEAST_CAPITALS:
        return (wording,)
    return wording, replace(wording, text=found["full"]), replace(wording, text=found["short"])


_APOSTROPHES = "'’ʼ‘`´′"
_LETTERS = rf"[^\W_]+(?:{INSIDE}+[^\W_]*)*"
_WORD = re.compile(
    rf"{_LETTERS}(?:(?:[-\u2010\u2011{_APOSTROPHES}]|(?<=[^\W\d_])[\u2012\u2013\u2212](?=\d)){_LETTERS})*"
)
"""A run of letters and digits with the signs that words may contain. A dash is a hyphen only between letters
and a number: COVID–19, but Алматы–Астана are two words."""
_PART = re.compile(rf"{_LETTERS}(?:[{_APOSTROPHES}]{_LETTERS})*")
_FOLD = str.maketrans(
    {"ё": "е", **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"), **dict.fromkeys(_APOSTROPHES, "'")}
    | dict.fromkeys("\u0300\u0301\u00ad")
)
_LOOKALIKES = "ru"
"""The language whose lookalikes `cut_words` uses."""
_QUOTES = re.compile(r"[\s«»“”„‟\"‹›]+")
_DASHES = re.compile(r"[\u2010\u2011\u2012\u2013\u2014\u2212]")
_PARAGRAPH = re.compile(r"\n\s*\n")
_CLOSERS = '»”"“)]'
_OPENERS = " \t\u00a0«“„\"'‘(["
_ENDS = ".!?…:\n—–-•"
_SHORTEST_ACRONYM, _LONGEST_ACRONYM = 2, 5
"""The fewest and the most letters of an abbreviation. A longer word in capitals is an ordinary word in a
heading."""


def cut_words(text: str, *, hyphens: bool = True) -> list[Word]:
    """Return the runs of letters and digits of a text, with inner apostrophes and, if `hyphens`, hyphens.

    Tags contain no words; the `text` of a word is cleaned (see `clean`), its offsets are those in the
    original text.
    """
    matches = (_WORD if hyphens else _PART).finditer(masked(text))
    found = [Word(match[0], *match.span()) for match in matches]
    if not is_odd(text):
        return found
    return [Word(clean(word.text, _LOOKALIKES), word.start, word.stop) for word in found]


@lru_cache(maxsize=1 << 17)
def fold(word: str) -> str:
    """Return a word in the form in which words are compared.

    It is in lower case, with е for ё, without stress marks, and with plain hyphens and apostrophes.
    """
    return word.lower().translate(_FOLD)


def same_gap(text: str, wording: str, *, hyphens_too: bool = False) -> bool:
    """Whether the gap between two words of a text matches that between two words of the wording.

    Double quotes and inline elements are ignored, the amount of white space does not matter, and all dashes
    are equal. A paragraph break never matches. With `hyphens_too` a hyphen matches a space.
    """
    if text == wording or (text == " " and wording.isspace()):
        return True
    if _PARAGRAPH.search(text):
        return False
    return _bare(between(text), hyphens_too) == _bare(wording, hyphens_too)


def _bare(gap: str, hyphens_too: bool) -> str:
    marks = _DASHES.sub("-", _QUOTES.sub("", gap))
    return marks.replace("-", "") if hyphens_too else marks


def closing_stop(text: str, stop: int, wording: str) -> int:
    """Return the end of an occurrence, after the closing quote or bracket with which `wording` ends.

    `stop` is the end of its last word. Quotes that enclose the whole wording are not part of an occurrence.
    """
    tail = len(wording) - len(wording.rstrip(_CLOSERS))
    after = text[stop : stop + tail]
    if not tail or wording[:1] in _OPENERS or len(after) < tail:
        return stop
    return stop + tail if not after.strip(_CLOSERS) else stop


def opens_sentence(text: str, start: int) -> bool:
    """Whether a sentence begins at `start`, where a capital does not belong to the word."""
    before = text[max(0, start - 8) : start].rstrip(_OPENERS)
    return not before or before[-1] in _ENDS


def is_acronym(word: str) -> bool:
    """Whether a word is all capitals, two to five of them, not counting digits: КПСС, USSR, МИ-6."""
    if not word.isupper():
        return False
    return _SHORTEST_ACRONYM <= sum(letter.isupper() for letter in word) <= _LONGEST_ACRONYM


def capitals_fit(wording: str, word: str, *, opens: bool) -> bool:
    """Whether the capitals of a running word fit those of the word of a wording of which it is a form.

    Capitals are compared only as far as the two words begin alike, so any ending fits. If `opens`, the
    running word opens a sentence; then its first letter may be a capital even if that of the wording is not.
    """
    for place, (want, have) in enumerate(zip(wording, word, strict=False)):
        if fold(want) != fold(have):
            break
        if want.isupper() != have.isupper() and not (opens and place == 0 and have.isupper()):
            return False
    return True


def copy_capitals(wording: str, form: str, *, dictionary: str = "") -> str:
    """Return a form with the capitals of its wording; the ending of an abbreviation is in small letters.

    The ending of a longer word in capitals is in capitals too. `dictionary` is the dictionary form of the
    wording. The two may differ in ё: Горбачев, in the dictionary Горбачёв. Then the letters that the form
    shares with the wording are spelt as in the wording. If the wording has no ё, the ending gets none either.

    >>> copy_capitals("Союз", "союза"), copy_capitals("МИД", "мидом"), copy_capitals("ПАРТИЯ", "партии")
    ('Союза', 'МИДом', 'ПАРТИИ')
    >>> copy_capitals("Горбачев", "горбачёва", dictionary="горбачёв")
    'Горбачева'
    """
    spelt_otherwise = bool(dictionary) and dictionary != wording.lower() and fold(dictionary) == fold(wording)
    if not spelt_otherwise and wording.islower() and form.islower():
        return form
    same = 0
    while same < min(len(wording), len(form)) and fold(wording[same]) == fold(form[same]):
        same += 1
    stem, ending = form[:same], form[same:]
    if spelt_otherwise:
        stem, ending = wording[:same], ending if "ё" in wording.lower() else ending.replace("ё", "е")
    stem = "".join(b.upper() if a.isupper() else b.lower() for a, b in zip(wording[:same], stem, strict=True))
    if same == 0 and wording[:1].isupper():
        ending = ending[:1].upper() + ending[1:]
    return stem + (ending.upper() if wording.isupper() and len(wording) > _LONGEST_ACRONYM else ending)


_UNSPACED = "㐀-䶿一-鿿豈-﫿𠀀-𱍊぀-ヿㇰ-ㇿ฀-๿຀-໿က-႟ក-៿"
"""Letters of scripts that are written without spaces: Han, kana, Thai, Lao, Burmese, Khmer."""
_SPACED_GAP = re.compile(r"[»”\"“’']?\s+[«“„\"‘']?|[-\u2010\u2011\u2013]")
_HYPHEN_GAP = re.compile(r"\s*[-\u2010\u2011\u2013\u2014]\s*|\s+")
_ALL_LOOKALIKES = "kk"
"""The language whose lookalikes `cut_runs` uses: its table has those of all Cyrillic letters."""


@cache
def _pattern() -> re.Pattern[str]:
    """Return the compiled pattern of a word: a run of digits, or of letters with their marks.

    Marks are combining characters, as in a decomposed й, and Indic vowel signs.
    """
    marks = "".join(
        re.escape(chr(code)) for code in range(0x300, 0x20D0) if unicodedata.category(chr(code))[0] == "M"
    )
    letter = rf"[^\W\d_{_UNSPACED}]"
    return re.compile(rf"[{_UNSPACED}][{marks}]*|{letter}+(?:(?:[{marks}]|{INSIDE})+{letter}*)*|\d+")


def cut_runs(text: str) -> list[Word]:
    """Return the words of a text: runs of letters or of digits; hyphens and apostrophes separate words.

    In scripts without spaces every letter is a word, so that a term can be found anywhere. Tags contain no
    words; the `text` of a word is cleaned (see `clean`).

    >>> [word.text for word in cut_runs("КОКП-ның 1985ж.")]
    ['КОКП', 'ның', '1985', 'ж']
    """
    found = [Word(run[0], *run.span()) for run in _pattern().finditer(masked(text))]
    if not is_odd(text):
        return found
    return [Word(clean(word.text, _ALL_LOOKALIKES), word.start, word.stop) for word in found]


def gaps(text: str, words: Sequence[Word]) -> tuple[str, ...]:
    """Return the text between each two neighbouring words, one item fewer than words."""
    return tuple(text[word.stop : following.start] for word, following in pairwise(words))


def gap_fits(wanted: str, found: str) -> bool:
    """Whether the gap `found` between two words of a text matches the gap `wanted` in the term.

    White space matches white space of any width, also with a quote in it, and a hyphen without spaces. A
    hyphen matches any dash, with or without spaces, and white space. A gap with a blank line matches nothing.

    >>> gap_fits(" ", "  "), gap_fits(" ", "” "), gap_fits("-", " — ")
    (True, True, True)
    >>> gap_fits(" ", ", "), gap_fits(" ", " — ")
    (False, False)
    """
    if wanted == found:
        return True
    if found.count("\n") > 1:
        return False
    found = between(found)
    if wanted.strip() and wanted.strip() == found.strip():
        return True
    if wanted.isspace():
        return _SPACED_GAP.fullmatch(found) is not None
    if _HYPHEN_GAP.fullmatch(wanted):
        return _HYPHEN_GAP.fullmatch(found) is not None
    return False
