"""Ask the model for other outputs with a missing term, by a hint or by a forced prefix.

A model trained with hints translates the sentence once more. It writes the wording in the form that its place
requires, or leaves it out if it does not fit. Any model can complete a prefix of its translation that ends
with the term.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from egiz.glossary.check import Checker, TermUse
from egiz.glossary.correct.answers import EngineAnswers
from egiz.glossary.correct.candidates import SEEN, inflected_at, junction
from egiz.glossary.correct.harm import is_as_good, says_another
from egiz.glossary.correct.job import HINTED, Candidate, Job, Offer, applied, changes, shifted
from egiz.glossary.correct.judge import Judge
from egiz.glossary.correct.links import changed_words, word_places
from egiz.glossary.correct.words import MayGo
from egiz.glossary.languages import form_fits, governed_case
from egiz.glossary.morphology.spelling import cut_words
from egiz.glossary.records import RIGHT_OUTCOMES, Form, Wording
from egiz.translate.engine.protocol import Hint
from egiz.translate.text import normalise

_CASES = ("nominative", "genitive", "dative", "accusative", "instrumental", "prepositional")
_FORMS = 1.5
"""The greatest gain in mean log-probability per token, in nats, that another form of a term is expected to
have over the first form. If even this gain would leave the term too unlikely, no other form is tried."""


def ask_with_hints(jobs: Sequence[Job], judge: Judge, answers: EngineAnswers, outputs: int) -> None:
    """Ask for `outputs` translations with hints for each fresh translation that lacks terms.

    The terms given as hints are recorded in `Job.hinted`, the outputs in `Job.hinted_outputs`.
    """
    asked: list[tuple[Job, tuple[Hint, ...]]] = []
    for job in jobs:
        missing = (
            [use for use in job.open if use.form and judge.refusal(job, use) is None] if job.is_new else []
        )
        if hints := hints_of(job.source, missing, judge.languages[1]):
            job.hinted = frozenset(use.source.start for use in missing)
            asked.append((job, hints))
    found = answers.retell([(job.source, hints) for job, hints in asked], outputs)
    for (job, _), texts in zip(asked, found, strict=True):
        job.hinted_outputs = tuple(dict.fromkeys(texts))


def accept_hinted(jobs: Sequence[Job], judge: Judge, answers: EngineAnswers) -> None:
    """Accept for each draft the best candidate from its outputs with hints (see `_hinted_candidates`).

    The engine is asked only about outputs that pass all tests that need no engine.
    """
    offers = [
        (job, item, fixed)
        for job in jobs
        if not job.edits
        for item in _hinted_candidates(job)
        if (fixed := _corrected_uses(job, item, judge)) and judge.may_take(job, item, fixed)
    ]
    worths = judge.worths(offers, answers)
    best: dict[int, tuple[float, Offer]] = {}
    for worth, offer in zip(worths, offers, strict=True):
        key = id(offer[0])
        if worth is not None and (key not in best or worth > best[key][0]):
            best[key] = worth, offer
    for _, (job, item, fixed) in best.values():
        job.accept(item, fixed)


def _hinted_candidates(job: Job) -> list[Candidate]:
    """Return two candidates for each output with hints, without duplicates.

    One is the current text with only those changes of the output that put terms in, the other the whole
    output.
    """
    made: dict[str, Candidate] = {}
    for text in job.hinted_outputs:
        for item in (_only_terms(job, text), Candidate(text=text, rule=HINTED)):
            if item is not None and item.text != job.text:
                made.setdefault(item.text, item)
    return list(made.values())


def _only_terms(job: Job, text: str) -> Candidate | None:
    """Return the current sentence with only those changes of an output that put terms in.

    Returns None if no change of the output puts a term in.
    """
    made = changes(job.text, text)
    put = [use.target for use in newly_right(job.checker, job.source, job.uses, text) if use.target]
    own = tuple(
        change
        for change, (start, stop, _) in zip(made, shifted(made), strict=True)
        if any(start < place.stop and place.start < stop for place in put)
    )
    is_word = all(len(word_places(text[place.start : place.stop])) == 1 for place in put)
    if not own or (is_word and not all(says_another(job.text[start:stop], new) for start, stop, new in own)):
        return None
    return Candidate(text=applied(job.text, own), rule=HINTED, changes=own)


def _corrected_uses(job: Job, item: Candidate, judge: Judge) -> list[TermUse]:
    """Return the term uses that an output with hints corrects.

    The result is empty if the output must not replace the text.
    """
    fixed = newly_right(job.checker, job.source, job.uses, item.text)
    fits = form_fits(judge.languages[1])
    if not all(fits(item.text, use.target.start, use.target.stop) for use in fixed if use.target):
        return []
    wordings = " ".join(use.rendering for use in fixed)
    is_good = is_as_good(job.source, job.text, item.text, judge.languages, wordings=wordings)
    return fixed if fixed and is_good else []


def hints_of(source: str, uses: Sequence[TermUse], language: str) -> tuple[Hint, ...]:
    """Return the preferred wordings of the terms of `uses`, each at the end of its occurrence.

    Offsets are code points of the normalised source, as the engine reads it. There is at most one hint at
    each offset, and none at all if normalising changes the number of words.
    """
    plain = normalise(source)
    words, read = word_places(source), word_places(plain)
    if len(words) != len(read):
        return ()
    hints: dict[int, str] = {}
    for use in uses:
        last = max((at for at, (start, _) in enumerate(words) if start < use.source.stop), default=None)
        wordings = use.term.accepted_in(language)
        if last is not None and wordings:
            hints.setdefault(read[last][1], normalise(wordings[0].text))
    return tuple(sorted(hints.items()))


def newly_right(checker: Checker, source: str, uses: Sequence[TermUse], text: str) -> list[TermUse]:
    """Return the term uses that are right in `text`, but were not right before.

    `uses` are the uses in the text before. The result is empty if a use that was right has become wrong.
    """
    found = checker.check(source, text)
    sides = uses, found
    before, after = (
        {use.source.start for use in side if use.outcome not in RIGHT_OUTCOMES} for side in sides
    )
    banned, still = (sum(use.outcome == "forbidden" for use in side) for side in sides)
    if not after < before or still > banned:
        return []
    return [use for use in found if use.source.start in before - after]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The beginning of a target text that the model is to complete; it ends with a term, ``text[start:]``.

    `gone` is the index (in `word_places`) of the word of the current text that the term replaces.
    """

    text: str
    start: int
    gone: int


def beginnings(
    text: str, use: TermUse, attention: Sequence[float], may_go: MayGo, *, every_form: bool
) -> list[Beginning]:
    """Return prefixes for decoding: the text before the word that attends most to the term, then the term.

    If the preceding words govern a case, there is one prefix, with the term in that case. Otherwise there is
    a prefix with the term in the case that it has in the source. With `every_form`, there is also a prefix
    for each other case. The list is empty if no word attends to the term (see `SEEN`), if `may_go` is false
    for the word that attends most, or if no form of the term is known.
    """
    wordings = use.term.accepted_in(use.target_language)
    if not wordings or max(attention, default=0.0) <= SEEN:
        return []
    peak = max(range(len(attention)), key=lambda at: attention[at])
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
    """Return for each source the prefix whose form of the term is likeliest by the model.

    There is no prefix (None) for a source if the mean log-probability per token of that form is less than
    `least` nats. To complete a sentence costs as much as to translate it, and a model completes it badly
    after a term that it finds unlikely.
    """
    answers.score([(source, found[0].text) for source, found in begun if found])
    hopeful = [
        (source, found if found and _term_logprob(source, found[0], answers) >= least - _FORMS else ())
        for source, found in begun
    ]
    answers.score([(source, item.text) for source, found in hopeful for item in found])
    chosen: list[Beginning | None] = []
    for source, found in hopeful:
        worth = {item: _term_logprob(source, item, answers) for item in found}
        best = max(found, key=worth.__getitem__, default=None)
        chosen.append(best if best is not None and worth[best] >= least else None)
    return chosen


def _term_logprob(source: str, item: Beginning, answers: EngineAnswers) -> float:
    """Return the mean log-probability per token of the term in a prefix, in nats.

    The result is minus infinity if it is unknown.
    """
    found = answers.inside(source, item.text, changed_words(item.text, [(item.start, len(item.text), "")]))
    return -math.inf if found is None else found


def completed(
    begun: Sequence[tuple[str, Beginning]], answers: EngineAnswers, hypotheses: int
) -> list[list[Candidate]]:
    """Return the candidates of each source and prefix, at most `hypotheses`, best first."""
    found = answers.complete([(source, item.text) for source, item in begun], hypotheses)
    return [
        [Candidate(text=text, rule="redecoded", gone=(item.gone,)) for text in texts]
        for (_, item), texts in zip(begun, found, strict=True)
    ]
