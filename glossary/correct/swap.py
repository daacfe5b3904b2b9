"""Replace a rendering by another wording in the same form, or give the reason why it is kept.

The packages of the languages make the forms. This module has the rules that all languages share. A rendering
is kept if it is part of something larger (a compound, a placeholder, a file name), if a word of the new
wording is at most `_NEAR` words away, or if several words may render the term. The new wording takes over the
capitals of the rendering.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from egiz.glossary.check import TermUse
from egiz.glossary.languages import morphology, swap
from egiz.glossary.morphology.base import Change, Refusal, Word
from egiz.glossary.morphology.find import find
from egiz.glossary.morphology.spelling import cut_words, opens_sentence
from egiz.glossary.records import Match, Wording
from egiz.translate.protected import protected
from egiz.translate.text import typeset

_UNTOUCHED = re.compile(r"<[^<>]*>|\{[^{}]*\}|\$\(\w+\)|[\w-]+(?:[/\\][\w.-]+)+")
"""Text that is never changed: labels in brackets ("<name>", "{name of file}") and alternatives such as
"and/or". The pieces that the function `protected` finds are not changed either."""
_MARKS_BEFORE = "@#$=%/\\+*^|<{"
_MARKS_AFTER = "@=%/\\+|({_&"
_ACCELERATORS = "&_~"
_HYPHENS = "-\u2010\u2011"
_NEAR = 3
"""The number of words before and after the rendering in which no word of the new wording may occur."""
_SHORTEST_ROOT = 3
_ENDING = 2
"""The most letters in which words of one root may differ at the end."""
_SHORTEST = 3
"""The fewest letters of a word that is compared; shorter ones are function words."""
_SENTENCE_END = re.compile(r"[.!?…;\n]")
_ARTICLE = re.compile(r"(?<!\w)an? $", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """One way to replace a rendering: all changes in order, and whether it is the only possible way."""

    changes: tuple[Change, ...]
    is_sure: bool


def swaps(text: str, use: TermUse, uses: Sequence[TermUse]) -> tuple[Swapped, ...] | Refusal:
    """Return the ways to put the preferred wording in the place of a rendering, or why there are none.

    `uses` are all term uses of the sentence. If they are not given, other renderings of the same term are not
    taken into account.
    """
    match = use.target
    accepted = use.term.accepted_in(use.target_language)
    if match is None or not accepted:
        return "no form"
    wording = replace(accepted[0], text=typeset(accepted[0].text, use.target_language))
    refused = _part_of_larger(text, match) or _too_many_renderings(text, use, uses)
    if refused:
        return refused
    ways = swap(use.target_language)(text, match, wording, use.source.forms)
    if isinstance(ways, str):
        return ways
    made: list[Swapped] = []
    for (start, stop, inflected), *around in ways:
        after = dressed(text, match, inflected)
        if _is_near(text, match, after, wording):
            return "repeated"
        if wording.language == "en" and after[:2].isupper() and _ARTICLE.search(text[:start]):
            return "article"
        made.append(Swapped(changes=tuple(sorted([(start, stop, after), *around])), is_sure=len(ways) == 1))
    return tuple(made)


def _part_of_larger(text: str, match: Match) -> Refusal | None:
    """Return the reason to keep a rendering that is part of something larger, such as a compound.

    None if the rendering is not part of anything larger.
    """
    start, stop = match.start, match.stop
    if any(sign in text[start:stop] and sign not in match.wording.text for sign in _ACCELERATORS):
        return "part"  # the key of a menu item: a person must choose the letter of the term that becomes it
    held = (
        *((piece.start, piece.stop) for piece in protected(text)),
        *(found.span() for found in _UNTOUCHED.finditer(text)),
    )
    if any(begin < stop and start < end for begin, end in held):
        return "part"
    before, after = text[max(0, start - 2) : start].rjust(2), text[stop : stop + 2].ljust(2)
    if before[1] in _MARKS_BEFORE or (before[1] in _ACCELERATORS and not before[0].isspace()):
        is_markup = before[1] == "*" and before[0] in " *"
        if not is_markup:
            return "part"
    if after[0] in _MARKS_AFTER and not (after[0] == "_" == before[1] and not after[1].isalnum()):
        return "part"
    if after[0] == "." and after[1].isalnum():
        return "part"
    is_tied = (before[1] in _HYPHENS and before[0].isalnum()) or (after[0] in _HYPHENS and after[1].isalnum())
    is_numbered = after[0] in _HYPHENS and after[1].isdigit()
    if is_tied and (is_numbered or match.wording.language != "kk"):  # an ending may follow a Kazakh hyphen
        return "compound"
    return None


def _too_many_renderings(text: str, use: TermUse, uses: Sequence[TermUse]) -> Refusal | None:
    """Return the refusal ``several`` if the text has too many possible renderings of the term, else None.

    They are too many if they are more than the occurrences of the term in the source.
    """
    own = [item for item in uses if item.term.id == use.term.id]
    if not own:
        return None
    known = morphology(use.target_language)
    taken = [item.target for item in uses if item.target is not None and item.term.id != use.term.id]
    found = {
        (place.start, place.stop)
        for wording in use.term.wordings_in(use.target_language)
        for place in find(wording, text, known)
        if not any(place.start < other.stop and other.start < place.stop for other in taken)
    }
    distinct = [
        one for one in found if not any(one != two and two[0] <= one[0] and one[1] <= two[1] for two in found)
    ]
    return "several" if len(distinct) > len(own) else None


def dressed(text: str, match: Match, made: str) -> str:
    """Return the new wording with the capitals of the replaced words: Контракта, КОНТРАКТА, Land Plot."""
    now, known = text[match.start : match.stop], match.wording.text
    if _is_capitals(now) and not _is_capitals(known):
        return made.upper()
    if not now[:1].isupper():
        return made
    opens = opens_sentence(text, match.start) or not any(sign.isalpha() for sign in text[: match.start])
    if known[:1].isupper():
        return made[:1].upper() + made[1:] if opens else made
    old, new = cut_words(now), cut_words(made)
    titled = len(old) > 1 and all(word.text[:1].isupper() for word in old if len(word.text) > _SHORTEST)
    if titled or (len(old) == 1 and len(new) > 1 and not opens and match.wording.language == "en"):
        return _titled(made, new)
    return made[:1].upper() + made[1:]


def _is_capitals(word: str) -> bool:
    return word.isupper() and sum(sign.isalpha() for sign in word) > 1


def _titled(made: str, words: Sequence[Word]) -> str:
    for place, word in enumerate(words):
        if place == 0 or len(word.text) > _SHORTEST:
            made = made[: word.start] + word.text[:1].upper() + made[word.start + 1 :]
    return made


def _is_near(text: str, match: Match, made: str, wording: Wording) -> bool:
    """Whether a word of the new wording is at most `_NEAR` words away from the rendering.

    In a wording of several words, a word of the same root counts too.
    """
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, match.start)]
    end = _SENTENCE_END.search(text, match.stop)
    first, last = ends[-1] if ends else 0, end.start() if end else len(text)
    before = cut_words(text[: match.start])
    after = [word for word in cut_words(text[:last]) if word.start >= match.stop]
    near = [word.text for word in (*[w for w in before if w.start >= first][-_NEAR:], *after[:_NEAR])]
    near = [word for word in near if len(word) >= _SHORTEST]
    own = [word.text for word in cut_words(made) if len(word.text) >= _SHORTEST]
    known = morphology(wording.language)
    keys = {key for word in own for path in known.keys(_word(wording, word)) for key in path}
    if any(known.lookup(word.text, keys) for other in near for word in known.words(other)):
        return True
    if wording.language == "en":
        return False
    return any(_are_akin(one, two, is_phrase=len(own) > 1) for one in own for two in near)


def _word(wording: Wording, word: str) -> Wording:
    return Wording(language=wording.language, text=word)


def _are_akin(one: str, two: str, *, is_phrase: bool) -> bool:
    """Whether two words seem to share a root, as суде and судья do.

    They must begin with the same letters, at least `_SHORTEST`. At most `_ENDING` letters may follow these in
    the longer word or, if `is_phrase`, in the shorter one (земельный, земля).
    """
    shared = 0
    while shared < min(len(one), len(two)) and one[shared].lower() == two[shared].lower():
        shared += 1
    least = min(len(one), len(two)) if is_phrase else max(len(one), len(two))
    return shared >= max(_SHORTEST_ROOT, least - _ENDING)
