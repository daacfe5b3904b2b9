"""Rules on abbreviations, initials, dates and measures: whether their stop also ends the sentence.

The functions are in the order of `egiz.translate.split.rules.RULES`, where comments explain the order.
"""

from __future__ import annotations

import re

from egiz.translate.split.candidates import Answer, Candidate, is_year

_DOTTED = re.compile(
    r"[Ѐ-ԯ]{1,3}(?:[.-]+[Ѐ-ԯ]{1,4})*\.[Ѐ-ԯ]{1,4}|[^\W\d_]{1,2}(?:[.-]+[^\W\d_]{1,2})*\.[^\W\d_]{1,2}"
)
_ROMAN = re.compile(r"[IVXLCDMІХСМ]+$")
_CYRILLIC = re.compile(r"[Ѐ-ԯ]")
_SPACED = re.compile(r"(?<=\b[^\W\d_]\.)\s(?=[^\W\d_]\b)")
_BEFORE_INITIAL = "«“„\"'([.-–—№,/"
_BEFORE_WIDTH = 32
_OPENING_SENTENCE_WORDS = 3
"""The most words of a dated beginning ("В конце 1990 г.") that is not taken for a sentence."""
SHORTEST_WORD = 4
"""The fewest letters of a token that counts as a word; a shorter one may be an abbreviation."""


def never_ends(c: Candidate) -> Answer | None:
    """An abbreviation that always belongs to the next word: "проф. Марғұлан"."""
    return "join" if c.plain and c.behaviour == "never" else None


def before_number(c: Candidate) -> Answer | None:
    """An abbreviation or number sign belongs to the number after it: "рис. 5", "гл. IV", "fig. A"."""
    if not c.plain or c.behaviour != "before_number":
        return None
    letter = not c.starts and (_ROMAN.match(c.word) or (len(c.word) == 1 and c.word.isupper()))
    counted = c.right.isdigit() or letter
    return "join" if counted else None


def initial(c: Candidate) -> Answer | None:
    """A single capital letter is an initial: "Ә. Бөкейханов", "М.С.Горбачев".

    The rule does not apply before a word that commonly begins sentences ("А дәрумені С. Ол"), to a letter
    glued to a digit, and to a letter that names something else (see `_is_label`).
    """
    if not c.plain or not c.token:
        return None
    last = c.token.rpartition(".")[2].rpartition("-")[2]
    short = len(last) == 1 and last.isupper()
    if not short and not (last.lower() in c.paragraph.knowledge.initials and last[0].isupper()):
        return None
    head = c.paragraph.text[max(c.start, c.mark - len(c.token) - 1) : c.mark][:1]
    if len(c.token) == 1 and not (head == c.token or head.isspace() or head in _BEFORE_INITIAL):
        return None
    if c.token == last and _is_label(c):
        return None
    return "join" if c.word[:1].isupper() and not c.starts else None


def _is_label(c: Candidate) -> bool:
    """Whether a lone capital names a point, a vitamin, a unit or a variable, and so may end a sentence.

    This is so after a word that such letters usually follow ("точки М."), as a unit of measure ("5 В."),
    after "=", before the name of a line segment, which has two letters, or three with this one ("ортасы М.
    КМ-ді табыңыз"), and if it is a Latin letter without a Cyrillic look-alike before a Cyrillic word
    ("нүктесі N. Содан").
    """
    knowledge, word = c.paragraph.knowledge, c.word
    if c.number and not is_year(c.number):
        return c.token in knowledge.units
    before = (
        c.so_far[: -len(c.token)].split()
        or c.paragraph.text[max(c.start, c.mark - _BEFORE_WIDTH) : c.mark - len(c.token)].split()
    )
    if not before or len(c.token) > 1:
        return False
    if before[-1] == "=" or before[-1].lower().startswith(knowledge.labels):
        return True
    if word.isupper() and before[-1].islower() and (len(word) == 2 or (len(word) == 3 and c.token in word)):
        return True
    latin = c.token.isascii() and c.token not in knowledge.lookalikes and not _ROMAN.match(c.token)
    return latin and _CYRILLIC.match(word) is not None and before[-1].islower()


def letter_number(c: Candidate) -> Answer | None:
    """A capital that stands for a part of a publication belongs to its number: "С. 12–15", "Т. 3", "P. 7"."""
    if not c.plain or len(c.token) != 1 or not c.token.isupper() or not c.right.isdigit() or c.lead:
        return None
    if c.token in "IVXLCDM" or not c.paragraph.text[c.mark - 2 : c.mark - 1].isspace():
        return None
    return "join" if c.token.lower() in c.paragraph.knowledge.references["volumes"] else None


def dated_beginning(c: Candidate) -> Answer | None:
    """A date or a measure alone is not a sentence: "В 300 г. до н.э. | Александр", "В 1990 г. | Россия".

    The rule joins if all words so far are numbers, abbreviations or words that open a date or measure, and
    the first is such an opening word or an era; and if at most three words so far end in a year.
    """
    knowledge = c.paragraph.knowledge
    if not c.plain or c.starts or c.behaviour not in ("often", "rarely"):
        return None
    words = [word.strip("«»“”\"'(),").rstrip(".").lower() for word in _SPACED.sub("", c.so_far).split()]
    if not words or not any(map(_is_number, words)):
        return None
    short = {*knowledge.after_year, *knowledge.after_number, *knowledge.eras}
    opened = words[0] in knowledge.openers or words[0] in knowledge.eras
    if opened and all(
        _is_number(word) or word in knowledge.openers or _ends_in(word, short) for word in words
    ):
        return "join"
    dates = c.token in knowledge.after_year and (is_year(c.number) or c.token not in knowledge.after_number)
    return "join" if c.number and dates and len(words) <= _OPENING_SENTENCE_WORDS else None


def _is_number(word: str) -> bool:
    """Whether a word has a digit or is a Roman numeral."""
    return any(map(str.isdigit, word)) or _ROMAN.match(word.upper()) is not None


def _ends_in(word: str, short: set[str]) -> bool:
    """Whether a word ends in one of the abbreviations `short`, perhaps joined to others: "в.н.э" for "в.
    н.э"."""
    parts = word.split(".")
    return any(".".join(parts[cut:]) in short for cut in range(len(parts)))


def counted(c: Candidate) -> Answer | None:
    """The counted noun follows the numeral, even with a capital: "5 млн. АҚШ доллары", "20 тыс. Toyota"."""
    if not c.plain or not c.number or c.token.lower() not in c.paragraph.knowledge.counts:
        return None
    foreign = c.word.isascii() and _CYRILLIC.match(c.token) is not None
    acronym = len(c.word) > 1 and c.word.isupper()
    return "join" if c.word and (acronym or foreign) else None


def may_end(c: Candidate) -> Answer | None:
    """An abbreviation that may end a sentence, but not before a digit or small letter: "1866 ж. 5 наурызда".

    Before a capital, an abbreviation of class ``often`` ends the sentence, one of class ``rarely`` only
    before a word that commonly begins sentences.
    """
    if not c.plain or c.behaviour not in ("often", "rarely"):
        return None
    if not c.word[:1].isupper():
        return "join"
    return "split" if c.behaviour == "often" or c.starts else "join"


def dotted_letters(c: Candidate) -> Answer | None:
    """An unlisted abbreviation with inner stops, "ф.-м.ғ.к.", is treated like class ``rarely``.

    "Қаз.ССР", with capitals at its end, is not one.
    """
    last = c.token.rpartition(".")[2]
    if not c.plain or not _DOTTED.fullmatch(c.token) or (len(last) > 1 and last.isupper()):
        return None
    return "split" if c.starts else "join"


def no_vowel(c: Candidate) -> Answer | None:
    """A token without a vowel is an abbreviation ("мкр.", "hrs."), treated like class ``rarely``.

    A token in capitals is exempt, because an acronym ends a sentence like any word; a single small letter
    counts even if it is a vowel.
    """
    vowels = c.paragraph.knowledge.vowels
    if (
        not c.plain
        or not vowels
        or c.number
        or not 1 <= len(c.token) < SHORTEST_WORD
        or c.behaviour == "before_number"
    ):
        return None
    if c.token[1:] != c.token[1:].lower() or (len(c.token) == 1 and c.token.isupper()):
        return None
    if c.paragraph.text[c.mark - len(c.token) - 1 : c.mark - len(c.token)] == ".":
        return None
    if len(c.token) > 1 and not vowels.isdisjoint(c.token.lower()):
        return None
    return "split" if c.starts else "join"


def ordinal(c: Candidate) -> Answer | None:
    """One or two digits with a stop are an ordinal in a language that writes ordinals so: "am 3. Oktober"."""
    if not c.paragraph.knowledge.ordinals or not c.plain or not c.before.isdigit():
        return None
    digits = re.search(r"(?<!\d)\d{1,2}$", c.paragraph.text[max(c.start, c.mark - 3) : c.mark])
    return "join" if digits and c.gap and not c.lead else None


def spaced_date(c: Candidate) -> Answer | None:
    """A date with spaces, "01. 02. 1990", is one piece."""
    if not c.plain or not c.before.isdigit() or not c.right.isdigit():
        return None
    left = re.search(r"(\d\.\s)?(?<!\d)\d{1,2}$", c.paragraph.text[max(c.start, c.mark - 6) : c.mark])
    if left is None:
        return None
    year = left.group(1) and re.match(r"\d{3}(?!\d)", c.after)
    return "join" if year or re.match(r"\d?\.\s?\d", c.after) else None
