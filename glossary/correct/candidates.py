"""Candidate corrections: whole sentences in which a term stands as it should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from egiz.glossary.check import TermUse
from egiz.glossary.correct.attention import word_attention, word_places
from egiz.glossary.correct.junctions import junction
from egiz.glossary.correct.spots import Change, Spot, agreement, finder
from egiz.glossary.morphology import morphology
from egiz.glossary.morphology.spelling import opens_sentence
from egiz.glossary.records import Form, Wording
from egiz.translate.engine import Decoding
from egiz.translate.forcing import Forcing
from egiz.translate.punctuation import normalise, typeset

RULES = {
    "forbidden": "a forbidden wording was replaced",
    "replaced": "put where the words stood that rendered it",
    "other-output": "taken from another output of the model",
    "redecoded": "the sentence was translated again around it",
}
"""What an edit was made by, in words."""
_CLOSE = 0.3
"""How much less likely another hypothesis may be and still be taken without asking the engine."""
_SEEN = 0.02
"""Attention below this says nothing: every word gets some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A text that may take the place of what stands there.

    `changes` lead to it, in order and without overlap; none where the whole is another output. `attention` is
    how much what was replaced looked at the term. `is_safe` says that no engine need be asked.
    """

    text: str
    rule: str
    changes: tuple[Change, ...] = ()
    attention: float = 0.0
    is_safe: bool = False
    logprob: float | None = None

    def worth(self, weight: float) -> float:
        """What candidates for one term are compared by."""
        return (self.logprob or 0.0) + weight * self.attention


class Reader:
    """Asks the engine about many texts at once, and answers for each."""

    def __init__(self, forcing: Forcing | None, source: str, target: str) -> None:
        self._forcing, self._source, self._target = forcing, source, target
        self._tables: dict[tuple[str, str], list[list[float]]] = {}

    def read(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Align pairs of source and target text, as published; those that were read before are kept."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._tables]
        if self._forcing is None or not new:
            return
        plain = [(normalise(source), normalise(text)) for source, text in new]
        found = self._forcing.align(plain, source=self._source, target=self._target)
        for pair, texts, attention in zip(new, plain, found, strict=True):
            self._tables[pair] = word_attention(attention, *texts)

    def attention(self, source: str, text: str, start: int, stop: int) -> list[float]:
        """How much each word of `text` looks at ``source[start:stop]``; zeros where that is not known."""
        table = self._tables.get((source, text), [])
        words = word_places(text)
        asked = [at for at, place in enumerate(word_places(source)) if _overlap(place, (start, stop))]
        if len(table) != len(words) or any(at >= len(row) for row in table for at in asked):
            return [0.0] * len(words)
        return [sum(row[at] for at in asked) for row in table]

    def complete(self, items: Sequence[tuple[str, str]], hypotheses: int) -> list[list[str]]:
        """Whole published texts, best first, for source texts and how their translation begins."""
        if self._forcing is None or not hypotheses:
            return [[] for _ in items]
        found = self._forcing.complete(
            [(normalise(source), normalise(begun)) for source, begun in items],
            source=self._source,
            target=self._target,
            decoding=Decoding(hypotheses=hypotheses),
        )
        return [[typeset(item.text, self._target) for item in group if item.complete] for group in found]


def other_hypotheses(hypotheses: Sequence[str], logprobs: Sequence[float]) -> list[Candidate]:
    """The engine's other outputs, as they are."""
    return [
        Candidate(
            text=text,
            rule="other-output",
            is_safe=len(logprobs) > place and logprobs[place] >= logprobs[0] - _CLOSE,
        )
        for place, text in enumerate(hypotheses)
        if place and text
    ]


def swapped(text: str, use: TermUse) -> list[Candidate]:
    """The preferred wording in place of a forbidden one, in the form that the forbidden one stands in."""
    assert use.target is not None
    language = use.target_language
    place = (use.target.start, use.target.stop)
    spots = [spot for spot in (finder(language) or _none)(text) if (spot.start, spot.stop) == place]
    forms = use.target.forms or (Form(),)
    spot = spots[0] if spots else Spot(start=place[0], stop=place[1], form=forms[0], is_sure=len(forms) == 1)
    return [
        candidate
        for wording in use.term.accepted_in(language)[:1]
        if (candidate := _put(text, spot, wording, spot.form, "forbidden", 0.0)) is not None
    ]


def replaced(
    source: str, text: str, use: TermUse, uses: Sequence[TermUse], reader: Reader, places: int
) -> list[Candidate]:
    """The preferred wording in place of some words that are no rendering of another term.

    The spots that look most at the term are tried. Where no word looks at it at all, all of them may be it.
    """
    language = use.target_language
    find = finder(language)
    if find is None:
        return []
    taken = [
        (other.target.start, other.target.stop)
        for other in uses
        if other.target is not None and other.outcome in ("applied", "variant")
    ]
    gaze = reader.attention(source, text, use.source.start, use.source.stop)
    words = word_places(text)
    spots = []
    for spot in find(text):
        place = (spot.start, spot.stop)
        if (spot.is_sure or spot.is_direct) and not any(_overlap(place, other) for other in taken):
            looks = [gaze[at] for at, word in enumerate(words) if _overlap(word, place)]
            spots.append((sum(looks) / len(looks) if looks else 0.0, spot))
    spots.sort(key=lambda item: (-item[0], item[1].start, item[1].stop))
    made = [
        candidate
        for looked, spot in spots
        for wording in use.term.accepted_in(language)[:1]
        if (candidate := _fitted(text, spot, wording, use, looked)) is not None
    ]
    return made[:places]


def _fitted(text: str, spot: Spot, wording: Wording, use: TermUse, looked: float) -> Candidate | None:
    """The wording at a spot, in the form that spot and source ask for; None where it does not fit there."""
    attention = looked if looked > _SEEN else 0.0
    case = _case(spot, wording, use)
    if case is None:
        return None
    form = Form(case=case, number=_number(spot, wording, use), possessor=spot.form.possessor)
    return _put(text, spot, wording, form, "replaced", attention)


def _number(spot: Spot, wording: Wording, use: TermUse) -> str:
    """The number for a spot: the wording's own, a numeral's, the source's, or that of what stands there."""
    known = [form.number for form in use.source.forms[:1] if form.number]
    return wording.number or (spot.form.number if spot.is_counted or not known else known[0])


def _case(spot: Spot, wording: Wording, use: TermUse) -> str | None:
    """The case for a spot. Of subject and object, the source decides where the wording tells them apart."""
    if spot.is_sure:
        return spot.form.case
    known = morphology(wording.language)
    both = ("nominative", "accusative")
    if len({known.inflect(wording, Form(case=case, number=spot.form.number)) for case in both}) == 1:
        return "nominative"
    wanted = use.source.forms[0].case if use.source.forms else ""
    return wanted if wanted in both else None


def _put(
    text: str, spot: Spot, wording: Wording, form: Form, rule: str, attention: float
) -> Candidate | None:
    """The text with a wording at a spot, and what agrees with it mended; None where that is not sure."""
    inflect = morphology(wording.language).inflect
    inflected = inflect(wording, form) or inflect(wording, replace(form, number=""))
    around = agreement(wording.language)(text, spot, wording, form)
    if inflected is None or around is None:
        return None
    if text[spot.start : spot.start + 1].isupper() and _is_opening(text, spot.start):
        inflected = inflected[:1].upper() + inflected[1:]
    changes: list[Change] = [*around, (spot.start, spot.stop, inflected)]
    first = min(changes)
    sound = junction(text, first[0], first[2], wording.language)
    if sound is not None:
        changes.append((sound[0], sound[1], sound[3]))
    changes.sort()
    return Candidate(
        text=_changed(text, changes),
        rule=rule,
        changes=tuple(changes),
        attention=attention,
        is_safe=spot.is_sure,
    )


def _is_opening(text: str, start: int) -> bool:
    """Whether a capital at `start` is due to the place: it opens a sentence or a quotation."""
    return opens_sentence(text, start) or text[start - 1 : start] in ("«", "“", "„")


def _changed(text: str, changes: Sequence[Change]) -> str:
    for start, stop, after in sorted(changes, reverse=True):
        text = text[:start] + after + text[stop:]
    return text


def redecoded(source: str, text: str, use: TermUse, reader: Reader, hypotheses: int) -> list[Candidate]:
    """What the engine makes of a sentence with the term where the word stood that looked at it most."""
    gaze = reader.attention(source, text, use.source.start, use.source.stop)
    words = word_places(text)
    if not words or max(gaze, default=0.0) <= _SEEN:
        return []
    start = words[max(range(len(words)), key=lambda at: gaze[at])][0]
    items = []
    for wording in use.term.accepted_in(use.target_language)[:1]:
        for form in use.source.forms[:1] or (Form(),):
            inflected = morphology(wording.language).inflect(wording, form)
            if inflected is not None:
                items.append((source, text[:start] + inflected))
    found = reader.complete(items, hypotheses)
    return [Candidate(text=other, rule="redecoded") for group in found for other in group]


def _overlap(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return first[0] < second[1] and second[0] < first[1]


def _none(text: str) -> list[Spot]:
    return []
