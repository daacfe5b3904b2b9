"""The splitting rules: each answers join, split or None (no opinion); the first answer counts.

A rule gets a candidate boundary: join means that the sentence continues there, split that it ends. The order
of `RULES` matters, and comments there give the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from egiz.translate.protected import piece_at, protected
from egiz.translate.split.abbreviations import (
    SHORTEST_WORD,
    before_number,
    counted,
    dated_beginning,
    dotted_letters,
    initial,
    letter_number,
    may_end,
    never_ends,
    no_vowel,
    ordinal,
    spaced_date,
)
from egiz.translate.split.candidates import (
    SCRIPT_STOPS,
    STOPS,
    Answer,
    Candidate,
    behaviour,
    token_before,
)
from egiz.translate.split.references import part_follows, reference

Rule = Callable[[Candidate], Answer | None]

_MARKER = re.compile(r"\W*(?:\d{1,3}(?:\.\d{1,3})*|[IVXLCІХ]{1,6}|[^\W\d_])\.?(?:[)\]]|(?=$))", re.UNICODE)
_MARKER_WIDTH = 16
_SECTION = re.compile(
    r"\W*(?:(\d+|[IVXLCІХ]+)[-–. ]{0,2}([^\W\d_]+)|([^\W\d_]+) (\d+|[IVXLCІХ]+)(?:\.\d+)*)$"
)
_SCRIPT_STOPS = frozenset(SCRIPT_STOPS)
_SECTION_WIDTH = 32
_INLINE_MARKER = re.compile(r"[:;]\s\(?\d{1,2}(?:\.\d{1,2})*$")
_LETTERS_OF_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+$")
_FOLLOWING_WIDTH = 8


def nothing_follows(c: Candidate) -> Answer | None:
    """Join punctuation to its sentence if no letter or digit follows: "болды. »", "болды. …"."""
    return "join" if not c.right else None


def nothing_before(c: Candidate) -> Answer | None:
    """Join stops before the first letter or digit to the sentence that they begin: "...болды"."""
    return "join" if c.first >= c.mark else None


def comma_follows(c: Candidate) -> Answer | None:
    """Join before a comma, colon or semicolon, because the sentence continues: "т.б., сондай-ақ"."""
    return "join" if c.lead[:1] in tuple(",;:،；，：") else None


def aside_mark(c: Candidate) -> Answer | None:
    """Join at a mark of doubt in brackets, "(!)" or "(?)", because it only comments on a word."""
    closes = c.paragraph.text[c.mark + len(c.marks) : c.stop]
    return "join" if c.before in tuple("([") and closes[:1] in tuple(")]") else None


def script_stop(c: Candidate) -> Answer | None:
    """Split at a full-width, Indic, Armenian, Arabic or Ethiopic stop, with or without a space after it.

    Join after a Japanese quotation in the middle of a sentence: 「…。」と.
    """
    if c.marks == "." or (
        _SCRIPT_STOPS.isdisjoint(c.marks) and not set(c.marks) & set(c.paragraph.knowledge.stops)
    ):
        return None
    quoted = c.stop > c.mark + len(c.marks) and not c.lead and c.right in tuple("とってのなはがを")
    return "join" if quoted else "split"


def address(c: Candidate) -> Answer | None:
    """Join at a stop inside an address, a file name or another protected piece."""
    if c.gap:
        return None
    return "join" if piece_at(protected(c.paragraph.text), c.stop) else None


def inside_number(c: Candidate) -> Answer | None:
    """Join at a stop between digits without a space: "123.7", "01.02.1990", "v1.2"."""
    return "join" if not c.gap and not c.lead and c.before.isdigit() and c.right.isdigit() else None


def list_marker(c: Candidate) -> Answer | None:
    """Join a list marker to its item: "1.", "2.1.", "IV.", "a.".

    It must be the whole sentence so far, or a number after a colon or semicolon.
    """
    if not c.plain:
        return None
    text = c.paragraph.text
    if (
        c.gap
        and c.before.isdigit()
        and _INLINE_MARKER.search(text[max(c.start, c.mark - _MARKER_WIDTH) : c.mark])
    ):
        return "join"
    if c.mark - c.start > _MARKER_WIDTH:
        return None
    return "join" if _MARKER.fullmatch(text[c.start : c.mark]) else None


def section_number(c: Candidate) -> Answer | None:
    """Join a section number to its heading if it is the whole sentence so far: "1-тарау", "Chapter 2"."""
    if c.mark - c.start > _SECTION_WIDTH or not c.plain:
        return None
    match = _SECTION.fullmatch(c.paragraph.text[c.start : c.mark])
    if match is None:
        return None
    word = match.group(2) or match.group(3)
    return "join" if word.lower() in c.paragraph.knowledge.sections else None


def inside_aside(c: Candidate) -> Answer | None:
    """Join inside short brackets, and inside a short quotation that is part of a sentence.

    Brackets at the beginning of a sentence may contain whole sentences: "(Ол келді. Содан кетті.) Біз
    қалдық." They do if a stop precedes the closing bracket and the sentence does not continue after it. After
    brackets in mid-sentence the sentence continues, even if a stop is right before the closing bracket
    ("(1866 ж.)"). A quotation is part of a sentence if words precede it (Ол: «Келдім. Көрдім») or the
    sentence continues after it («Келдім. Көрдім», – деді ол). A boundary inside it would leave a quote
    without its partner in both parts.
    """
    pair = c.paragraph.pairs.around(c.mark)
    if pair is None:
        return None
    text = c.paragraph.text
    following = text[pair[1] + 1 : pair[1] + 1 + _FOLLOWING_WIDTH].lstrip(" \u00a0")
    if text[pair[0]] in "([{（":
        goes_on = following[:1] in tuple(".,:;!?–—") or following[:1].islower()
        has_sentences = text[pair[1] - 1] in STOPS and not goes_on
        return "join" if pair[0] > c.first or not has_sentences else None
    within = pair[0] > c.first or following.lstrip(",–—- ")[:1].islower()
    return "join" if within and c.stop <= pair[1] else None


def lone_aside(c: Candidate) -> Answer | None:
    """Decide after the closing bracket of text in brackets that follows a stop.

    Join if the stop before the brackets belongs to an abbreviation: "1866 ж. (…)". Otherwise the rule has no
    opinion.
    """
    if c.marks:
        return None
    text = c.paragraph.text
    pair = c.paragraph.pairs.around(c.mark - 1)
    stop = pair[0] - 2 if pair else c.start
    token, number = token_before(text, c.start, stop)
    short = len(token) < SHORTEST_WORD or behaviour(token, number, c.paragraph.knowledge) is not None
    return "join" if short else None


def lost_capital(c: Candidate) -> Answer | None:
    """Split between a complete sentence and a small letter: the next sentence has lost its capital.

    It may also have lost a date before its first word. In Kazakh, a sentence is complete if it ends in a
    finite predicate ("болды. қазанда"). In other languages, its last word must end in a vowel, which
    abbreviations do not, and the next word must be one that commonly begins sentences.
    """
    if not c.plain or not c.gap or c.lead or not c.word.islower() or c.behaviour is not None:
        return None
    if len(c.token) < SHORTEST_WORD or "." in c.token or c.number:
        return None
    knowledge, token = c.paragraph.knowledge, c.token.lower()
    if knowledge.predicates:
        return "split" if token.endswith(knowledge.predicates + knowledge.participles) else None
    opens = c.word in knowledge.starters and c.after[:1] not in (".", "-")
    return "split" if opens and token[-1] in knowledge.vowels else None


def small_letter(c: Candidate) -> Answer | None:
    """Join before a small letter, even after a dash or an opening quote: «Кел!» – деді ол.

    The rule has no opinion in three cases: before a brand name ("iPhone"), before an opening quote after a
    full stop and, in a paragraph without capitals, after a stop that only white space follows.
    """
    if not c.right.islower() or "\u10d0" <= c.right <= "\u10ff":
        return None
    if len(c.word) > 1 and c.word[1:2].isupper():
        return None
    if c.plain and c.gap and c.lead in tuple('«“„"'):
        return None
    bare = c.gap and not c.lead and c.stop == c.mark + len(c.marks) and "…" not in c.marks
    return None if bare and not c.paragraph.cased and c.dotted != "..." else "join"


def leading_dot(c: Candidate) -> Answer | None:
    """Join at a stop with a space before it and none after it, which begins a name: ".NET", ".JPG"."""
    return "join" if not c.gap and c.plain and c.before.isspace() else None


def glued_latin(c: Candidate) -> Answer | None:
    """Decide at a stop between Latin letters: split where a space was forgotten after it, else join.

    A space counts as forgotten before a word that commonly begins sentences. It also counts as forgotten
    between a word in small letters and a capitalised word that a space follows: "the end.Birds sing". In all
    other places, the stop is taken for a part of a name ("Node.js").
    """
    if c.gap or not _latin(c.token) or not _latin(c.word):
        return None
    lone = c.word[:1].isupper() and c.word[1:].islower() and c.after[:1] in tuple(" \u00a0\n,'’")
    return "split" if c.starts or (lone and c.token.islower() and len(c.token) > 1) else "join"


def glued_digit(c: Candidate) -> Answer | None:
    """Decide before a digit glued to the stop: split only after a word that is no abbreviation.

    An example is "айналды.70—80 жж".
    """
    if c.gap or not c.right.isdigit():
        return None
    if not c.token:
        return "split" if c.before in tuple('»”")%') else "join"
    year = re.match(r"\d{3}(?!\d)", c.after) is not None
    sure = year or c.token.endswith(c.paragraph.knowledge.predicates)
    known = c.behaviour is not None or len(c.token) < SHORTEST_WORD - sure
    word = c.token.islower() and not known and not _latin(c.token)
    return "split" if word and set(c.lead) <= set('«“„"(—–- ') else "join"


def glued_capital(c: Candidate) -> Answer | None:
    """Split before a capital glued to the stop: "бөлінеді.Бірінші", "болды.”Осы", "17%.Осы".

    Join between capitals ("ҚР.АҚ"). After an acronym or a number, split only before a capitalised word.
    """
    if c.gap or not c.word[:1].isupper():
        return None
    if not set(c.lead) <= set('«“„‟"(—–- …'):
        return "join"
    weak = c.before.isdigit() or (c.token != "" and c.token.isupper())
    title = len(c.word) > 1 and c.word[1:].islower()
    return "join" if weak and not (title or c.starts) else "split"


def white_space(c: Candidate) -> Answer | None:
    """Split if white space follows the stop, else join; the last rule."""
    return "split" if c.gap else "join"


def _latin(word: str) -> bool:
    """Whether a word ends in a Latin letter."""
    return _LETTERS_OF_LATIN.search(word) is not None


RULES: tuple[Rule, ...] = (
    # First, because leftover punctuation must never become a sentence of its own.
    nothing_follows,
    nothing_before,
    comma_follows,
    aside_mark,
    # Before the case rules, which do not work for scripts without case.
    inside_aside,
    script_stop,
    address,
    inside_number,
    # Before the letter rules: "a." and "IV." at the start of an item are not initials.
    list_marker,
    section_number,
    # Before the rules that split after numbers, capitals and closing quotes: a reference has all of them.
    reference,
    part_follows,
    # Before the abbreviations: a small letter continues the sentence after any token, except for two rules.
    lone_aside,
    lost_capital,
    small_letter,
    never_ends,
    before_number,
    initial,
    letter_number,
    # Before may_end, which splits "В 1990 г. Россия" and "5 млн. АҚШ доллары".
    dated_beginning,
    counted,
    may_end,
    dotted_letters,
    no_vowel,
    ordinal,
    spaced_date,
    # After the abbreviations, so that "т.б.Осылайша" is split and "С.Әбдірахманов" is not.
    leading_dot,
    glued_latin,
    glued_digit,
    glued_capital,
    white_space,
)


def decide(c: Candidate) -> Answer:
    """Return the answer of the first rule that has one; `white_space`, the last one, always has one."""
    for rule in RULES:
        answer = rule(c)
        if answer is not None:
            return answer
    raise AssertionError("white_space answers every candidate")
