"""Candidate corrections: whole target sentences in which a term is rendered correctly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from egiz.glossary.check import TermUse
from egiz.glossary.correct.job import Candidate, applied
from egiz.glossary.correct.links import word_places
from egiz.glossary.correct.swap import Swapped, swaps
from egiz.glossary.correct.words import MayGo
from egiz.glossary.languages import agreement, finder, morphology
from egiz.glossary.morphology.base import Change, Refusal, Spot
from egiz.glossary.morphology.spelling import cut_words, opens_sentence
from egiz.glossary.records import Form, Wording
from egiz.translate.text import typeset


@dataclass(frozen=True, slots=True)
class _Rule:
    """A word with two variants: `second` before words that match `begins`, `first` before others."""

    first: str
    second: str
    begins: re.Pattern[str]


_CONSONANT = "бвгджзйклмнпрстфхцчшщъ"
_RUSSIAN = (
    _Rule("о", "об", re.compile("[аиоуэ]")),
    _Rule("в", "во", re.compile(f"[вф][{_CONSONANT}]")),
    _Rule("с", "со", re.compile(f"[сзшж][{_CONSONANT}]|вс|мн")),
    _Rule("к", "ко", re.compile("вс|мн")),
)
_ENGLISH = (
    _Rule(
        "a",
        "an",
        re.compile(
            r"[ai]|e(?!u|we)|o(?!ne\b|nce\b)|u(?!ni(?![mn])|s[aeiou]|k|r[aeiou]|t[ei])|hour|hono|heir"
        ),
    ),
)
_RULES = {"ru": _RUSSIAN, "en": _ENGLISH}
_BEFORE = re.compile(r"(?<!\w)(\w{1,2}) $")


def junction(text: str, start: int, following: str, language: str) -> tuple[int, int, str, str] | None:
    """Return the change that adapts the word before `start` (о, об) to the next word, `following`.

    Returns start and stop, the old word and the new one; None if no change is needed. Nothing changes before
    an abbreviation, because its pronunciation is unknown.

    >>> junction("закон о реформе", 8, "ускорении", "ru")
    (6, 7, 'о', 'об')
    """
    found = _BEFORE.search(text[:start])
    if found is None or following[:2].isupper():
        return None
    word = found[1]
    for rule in _RULES.get(language, ()):
        if word.lower() in (rule.first, rule.second):
            right = rule.second if rule.begins.match(following.lower()) else rule.first
            if right != word.lower():
                after = right.capitalize() if word[0].isupper() else right
                return found.start(1), found.end(1), word, after
    return None


_CLOSE = 0.3
"""How much lower than the first hypothesis, in nats per token, another hypothesis may score and still be
accepted without asking the engine."""
SEEN = 0.02
"""Attention up to this share counts as none: every word gets some."""
_REMEMBERED = 128
"""The number of texts whose spots (`Spot`) are cached, because the spots of a text are the same for all terms
in it."""
_LONG, _ROOT = 6, 4
"""The fewest letters of a word that is compared with its neighbour, and the number of first letters that
words of one root share."""
_DIRECT = ("nominative", "accusative")


def other_hypotheses(hypotheses: Sequence[str], logprobs: Sequence[float]) -> list[Candidate]:
    """Return candidates from the engine's n-best list: every non-empty hypothesis except the first."""
    return [
        Candidate(
            text=text,
            rule="other-output",
            is_safe=len(logprobs) > place and logprobs[place] >= logprobs[0] - _CLOSE,
        )
        for place, text in enumerate(hypotheses)
        if place and text
    ]


def swapped(text: str, use: TermUse, uses: Sequence[TermUse] = ()) -> list[Candidate]:
    """Return candidates with the preferred wording in place of a forbidden one, in the same grammatical form.

    If the form is ambiguous, there is one candidate for each possible form, and none is marked as safe. If
    the form is unknown, or not allowed in its place, there is no candidate, and `why_kept` gives the reason.
    """
    found = swaps(text, use, uses)
    return [] if isinstance(found, str) else [_swapped(text, use, item) for item in found]


def why_kept(text: str, use: TermUse, uses: Sequence[TermUse] = ()) -> Refusal | None:
    """Return the reason why `swapped` returns no candidate, so that the forbidden wording is kept.

    None if `swapped` returns a candidate.
    """
    found = swaps(text, use, uses)
    return found if isinstance(found, str) else None


def _swapped(text: str, use: TermUse, found: Swapped) -> Candidate:
    changes = list(found.changes)
    for start, _, after in found.changes:
        sound = junction(text, start, after, use.target_language)
        if sound is not None and not any(begin < sound[1] and sound[0] < stop for begin, stop, _ in changes):
            changes.append((sound[0], sound[1], sound[3]))
    changes.sort()
    return Candidate(
        text=applied(text, changes),
        rule="forbidden",
        changes=tuple(changes),
        is_safe=found.is_sure,
        is_swap=True,
    )


def replaced(
    source: str,
    text: str,
    use: TermUse,
    uses: Sequence[TermUse],
    attention: Sequence[float],
    may_go: MayGo,
    places: int,
    *,
    is_whole: bool = False,
) -> list[Candidate]:
    """Return candidates that put the preferred wording in place of words for which `may_go` is true.

    Words that render another term are never replaced. `attention` is the attention of each word of `text` to
    the term. Spots with the most attention are tried first, and at most `places` candidates are returned.
    With `is_whole` a noun is replaced together with all its adjectives that may be replaced.
    """
    language = use.target_language
    taken = [(other.target.start, other.target.stop) for other in uses if other.target is not None]
    words = word_places(text)
    spots = []
    for spot in _spots(text, language):
        place = (spot.start, spot.stop)
        if (spot.is_sure or spot.is_direct) and not any(_overlap(place, other) for other in taken):
            own = [at for at, word in enumerate(words) if _overlap(word, place)]
            if may_go(own):
                spots.append((sum(attention[at] for at in own) / max(1, len(own)), spot))
    longest = {spot.stop: min(one.start for _, one in spots if one.stop == spot.stop) for _, spot in spots}
    spots = [item for item in spots if item[1].start == longest[item[1].stop]] if is_whole else spots
    spots.sort(key=lambda item: (-item[0], item[1].start, item[1].stop))
    made = [
        candidate
        for share, spot in spots
        for wording in use.term.accepted_in(language)[:1]
        if (candidate := _fitted(source, text, spot, wording, use, share)) is not None
    ]
    return made[:places]


@lru_cache(maxsize=_REMEMBERED)
def _spots(text: str, language: str) -> tuple[Spot, ...]:
    find = finder(language)
    return () if find is None else tuple(find(text))


def _fitted(
    source: str, text: str, spot: Spot, wording: Wording, use: TermUse, share: float
) -> Candidate | None:
    """Return the candidate with the wording at a spot, in the form that spot and source require, or None.

    If the spot may be nominative or accusative, and the wording differs in these two, the case of the term in
    the source decides between them. Returns None if the source has a third case, if the grammatical number
    does not fit, or if `_put` returns None.
    """
    if spot.is_counted and wording.number not in ("", spot.form.number):
        return None
    number, attention = _number(source, spot, wording, use), share if share > SEEN else 0.0

    def put(case: str) -> Candidate | None:
        form = Form(case=case, number=number, possessor=spot.form.possessor)
        return _put(text, spot, wording, form, "replaced", attention)

    if spot.is_sure:
        return put(spot.form.case)
    known = morphology(wording.language)
    subject, direct = put("nominative"), put("accusative")
    if len({known.inflect(wording, Form(case=case, number=number)) for case in _DIRECT}) == 1 and (
        subject is None or direct is None or subject.text == direct.text
    ):
        return subject
    wanted = use.source.forms[0].case if use.source.forms else ""
    return subject if wanted == "nominative" else direct if wanted == "accusative" else None


def _number(source: str, spot: Spot, wording: Wording, use: TermUse) -> str:
    """Return the grammatical number for a term put at a spot.

    The first of these that is known decides: the fixed number of the wording, a numeral before the spot, the
    number of the term in the source, the number of the replaced words. If digits precede the term in the
    source, its number there is ignored, because Kazakh uses the singular after numerals.
    """
    is_counted = source[: use.source.start].rstrip()[-1:].isdigit()
    known = [form.number for form in use.source.forms[:1] if form.number and not is_counted]
    return wording.number or (spot.form.number if spot.is_counted or not known else known[0])


def _put(
    text: str, spot: Spot, wording: Wording, form: Form, rule: str, attention: float = 0.0
) -> Candidate | None:
    """Return the text with a wording put at a spot, and the words around it changed to agree.

    None if the wording has no certain form, if the agreement is uncertain, or if a word would be repeated.
    """
    inflected = inflected_at(text, spot.start, wording, form)
    around = agreement(wording.language)(text, spot, wording, form)
    if inflected is None or isinstance(around, str) or _repeats(text, spot, inflected):
        return None
    changes: list[Change] = [*around, (spot.start, spot.stop, inflected)]
    first = min(changes)
    sound = junction(text, first[0], first[2], wording.language)
    if sound is not None:
        changes.append((sound[0], sound[1], sound[3]))
    changes.sort()
    return Candidate(
        text=applied(text, changes),
        rule=rule,
        changes=tuple(changes),
        attention=attention,
        is_safe=spot.is_sure,
    )


def inflected_at(text: str, start: int, wording: Wording, form: Form) -> str | None:
    """Return the wording in a form, with typography, as it is written at the offset `start` of a text.

    At the beginning of a sentence or a quotation it gets a capital if the replaced word has one. Returns None
    if the form is unknown.
    """
    inflect = morphology(wording.language).inflect
    made = inflect(wording, form) or inflect(wording, replace(form, number=""))
    if made is None:
        return None
    made = typeset(made, wording.language)
    if text[start : start + 1].isupper() and _is_opening(text, start):
        made = made[:1].upper() + made[1:]
    return made


def _repeats(text: str, spot: Spot, inflected: str) -> bool:
    """Whether the term would repeat the word before or after the spot: "частной частной собственностью"."""
    own, before, after = cut_words(inflected), cut_words(text[: spot.start]), cut_words(text[spot.stop :])
    pairs = [*zip(before[-1:], own[:1], strict=False), *zip(own[-1:], after[:1], strict=False)]
    return any(_alike(one.text, two.text) for one, two in pairs)


def _alike(one: str, two: str) -> bool:
    """Whether two words of at least `_LONG` letters share their first `_ROOT` letters."""
    return min(len(one), len(two)) >= _LONG and one[:_ROOT].lower() == two[:_ROOT].lower()


def _is_opening(text: str, start: int) -> bool:
    """Whether `start` opens a sentence or a quotation, where a capital does not depend on the word."""
    return opens_sentence(text, start) or text[start - 1 : start] in ("«", "“", "„")


def _overlap(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return first[0] < second[1] and second[0] < first[1]
