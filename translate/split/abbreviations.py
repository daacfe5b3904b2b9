"""Rules on abbreviations, initials, dates and measures: whether the stop after one also ends the sentence.

Each rule answers join, split or None (no opinion), as `egiz.translate.split.rules` explains. The functions
are in the order of `RULES` there, where comments give the reasons.
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
"""The most words of the beginning of a sentence with a date ("В конце 1990 г.") that is not taken for a whole
sentence."""
SHORTEST_WORD = 4
"""The fewest letters of a token that counts as a word. A shorter token may be an abbreviation."""


def never_ends(c: Candidate) -> Answer | None:
    """Join after an abbreviation that always belongs to the next word: "проф. Марғұлан"."""
    return "join" if c.plain and c.behaviour == "never" else None


def before_number(c: Candidate) -> Answer | None:
    """Join an abbreviation or number sign to the number after it: "рис. 5", "гл. IV", "fig. A"."""
    if not c.plain or c.behaviour != "before_number":
        return None
    letter = not c.starts and (_ROMAN.match(c.word) or (len(c.word) == 1 and c.word.isupper()))
    counted = c.right.isdigit() or letter
    return "join" if counted else None


def initial(c: Candidate) -> Answer | None:
    """Join after a single capital letter, which is an initial: "Ә. Бөкейханов", "М.С.Горбачев".

    The rule has no opinion before a word that commonly begins sentences ("А дәрумені С. Ол"), on a letter
    glued to a digit, and on a letter that names something else (see `_is_label`).
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

    This is true after a word that such letters usually follow ("точки М."), after "=", and for a unit of
    measure ("5 В."). It is true before a word in capitals that names a line segment: a word of two letters,
    or one of three letters that has this letter ("ортасы М. КМ-ді табыңыз"). It is also true for a Latin
    letter without a Cyrillic look-alike if a Cyrillic word follows ("нүктесі N. Содан").
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
    """Join a capital that stands for a part of a publication to its number: "С. 12–15", "Т. 3", "P. 7"."""
    if not c.plain or len(c.token) != 1 or not c.token.isupper() or not c.right.isdigit() or c.lead:
        return None
    if c.token in "IVXLCDM" or not c.paragraph.text[c.mark - 2 : c.mark - 1].isspace():
        return None
    return "join" if c.token.lower() in c.paragraph.knowledge.references["volumes"] else None


def dated_beginning(c: Candidate) -> Answer | None:
    """Join after a date or measure at the beginning: "В 300 г. до н.э. | Александр", "В 1990 г. | Россия".

    Here ``|`` marks the stop where the rule joins. It joins in two cases. In the first, the sentence so far
    begins with a word that opens a date or a measure ("в"), or with the name of an era ("н.э"), and each
    other word opens a date or a measure too, or is a number, or ends with an abbreviation of dates and
    measures. In the second, the sentence so far has at most three words and ends with a year ("1990 г.").
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
    """Whether a word ends with one of the abbreviations `short`, perhaps written together with others.

    "в.н.э" ends with "н.э".
    """
    parts = word.split(".")
    return any(".".join(parts[cut:]) in short for cut in range(len(parts)))


def counted(c: Candidate) -> Answer | None:
    """Join a numeral to a counted noun that has a capital: "5 млн. АҚШ доллары", "20 тыс. Toyota"."""
    if not c.plain or not c.number or c.token.lower() not in c.paragraph.knowledge.counts:
        return None
    foreign = c.word.isascii() and _CYRILLIC.match(c.token) is not None
    acronym = len(c.word) > 1 and c.word.isupper()
    return "join" if c.word and (acronym or foreign) else None


def may_end(c: Candidate) -> Answer | None:
    """Decide after an abbreviation that may end a sentence: join before a digit or small letter.

    An example is "1866 ж. 5 наурызда". Before a capital, an abbreviation of the class ``often`` ends the
    sentence. One of the class ``rarely`` ends it only before a word that commonly begins sentences.
    """
    if not c.plain or c.behaviour not in ("often", "rarely"):
        return None
    if not c.word[:1].isupper():
        return "join"
    return "split" if c.behaviour == "often" or c.starts else "join"


def dotted_letters(c: Candidate) -> Answer | None:
    """Treat an unlisted abbreviation with inner stops, "ф.-м.ғ.к.", like one of the class ``rarely``.

    "Қаз.ССР" is not such an abbreviation, because it ends in capitals.
    """
    last = c.token.rpartition(".")[2]
    if not c.plain or not _DOTTED.fullmatch(c.token) or (len(last) > 1 and last.isupper()):
        return None
    return "split" if c.starts else "join"


def no_vowel(c: Candidate) -> Answer | None:
    """Treat a token without a vowel ("мкр.", "hrs.") as an abbreviation of the class ``rarely``.

    The rule has no opinion on a token in capitals, because an acronym ends a sentence like any other word. A
    single small letter counts as an abbreviation even if it is a vowel.
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
    """Join after one or two digits with a stop, which are an ordinal in some languages: "am 3. Oktober"."""
    if not c.paragraph.knowledge.ordinals or not c.plain or not c.before.isdigit():
        return None
    digits = re.search(r"(?<!\d)\d{1,2}$", c.paragraph.text[max(c.start, c.mark - 3) : c.mark])
    return "join" if digits and c.gap and not c.lead else None


def spaced_date(c: Candidate) -> Answer | None:
    """Join inside a date with spaces: "01. 02. 1990"."""
    if not c.plain or not c.before.isdigit() or not c.right.isdigit():
        return None
    left = re.search(r"(\d\.\s)?(?<!\d)\d{1,2}$", c.paragraph.text[max(c.start, c.mark - 6) : c.mark])
    if left is None:
        return None
    year = left.group(1) and re.match(r"\d{3}(?!\d)", c.after)
    return "join" if year or re.match(r"\d?\.\s?\d", c.after) else None
