"""Translate a sentence again from a term on: the model completes a prefix that ends with the term."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from egiz.glossary.check import TermUse
from egiz.glossary.correct.answers import EngineAnswers
from egiz.glossary.correct.candidates import SEEN, Candidate, inflected_at, junction
from egiz.glossary.correct.links import changed_words, word_places
from egiz.glossary.correct.replaceable import MayGo
from egiz.glossary.languages import governed_case
from egiz.glossary.morphology.spelling import cut_words
from egiz.glossary.records import Form, Wording

_CASES = ("nominative", "genitive", "dative", "accusative", "instrumental", "prepositional")
_FORMS = 1.5
"""The most log-probability per token, in nats, that another form of a term is expected to gain. If the first
form with this gain would still be too unlikely, no other form is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A decoding prefix that ends with a term, ``text[start:]``, which replaces the word of index `gone`."""

    text: str
    start: int
    gone: int


def beginnings(
    text: str, use: TermUse, gaze: Sequence[float], may_go: MayGo, *, every_form: bool
) -> list[Beginning]:
    """The text up to the word with the most attention to a term, followed by the term.

    If the preceding words govern a case, there is one beginning, in that case. Otherwise there is one in the
    case of the source and, with `every_form`, one in each other case. The list is empty if no word attends to
    the term, if that word may not go, or if no form is known.
    """
    wordings = use.term.accepted_in(use.target_language)
    if not wordings or max(gaze, default=0.0) <= SEEN:
        return []
    peak = max(range(len(gaze)), key=lambda at: gaze[at])
    if not may_go([peak]):
        return []
    seen = word_places(text)[peak][0]
    start = next((word.start for word in cut_words(text) if word.start <= seen < word.stop), seen)
    form = replace(use.source.forms[0], possessor="") if use.source.forms else Form()
    governed = governed_case(use.target_language)(text, start)
    cases = [governed] if governed else [form.case, *(_CASES if every_form else ())]
    made = [_begun(text, start, wordings[0], replace(form, case=case), peak) for case in cases]
    return list(dict.fromkeys(found for found in made if found is not None))


def _begun(text: str, start: int, wording: Wording, form: Form, gone: int) -> Beginning | None:
    inflected = inflected_at(text, start, wording, form)
    if inflected is None:
        return None
    sound = junction(text, start, inflected, wording.language)
    before = text[: sound[0]] + sound[3] + text[sound[1] : start] if sound else text[:start]
    return Beginning(text=before + inflected, start=len(before), gone=gone)


def likeliest(
    begun: Sequence[tuple[str, Sequence[Beginning]]], answers: EngineAnswers, least: float
) -> list[Beginning | None]:
    """For each source the beginning whose form of the term the model finds likeliest.

    None if even that one has less than `least` nats per token: finishing a sentence costs as much as
    translating it, and a model finishes badly after a term that it finds unlikely.
    """
    answers.speak([(source, found[0].text) for source, found in begun if found])
    hopeful = [
        (source, found if found and _said(source, found[0], answers) >= least - _FORMS else ())
        for source, found in begun
    ]
    answers.speak([(source, item.text) for source, found in hopeful for item in found])
    chosen: list[Beginning | None] = []
    for source, found in hopeful:
        worth = {item: _said(source, item, answers) for item in found}
        best = max(found, key=worth.__getitem__, default=None)
        chosen.append(best if best is not None and worth[best] >= least else None)
    return chosen


def finished(
    begun: Sequence[tuple[str, Beginning]], answers: EngineAnswers, hypotheses: int
) -> list[list[Candidate]]:
    """The sentences, up to `hypotheses` for each source and beginning, as the model finishes them."""
    found = answers.complete([(source, item.text) for source, item in begun], hypotheses)
    return [
        [Candidate(text=text, rule="redecoded", gone=(item.gone,)) for text in texts]
        for (_, item), texts in zip(begun, found, strict=True)
    ]


def _said(source: str, item: Beginning, answers: EngineAnswers) -> float:
    found = answers.inside(source, item.text, changed_words(item.text, [(item.start, len(item.text), "")]))
    return -math.inf if found is None else found
