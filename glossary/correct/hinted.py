"""Translate a sentence that lacks terms once more, with their wordings as hints for the model.

A model trained with hints writes the wording in the form that its place requires, or leaves it out where it
does not fit. If the words that it wrote there fit into the sentence as it was, only they are taken over;
otherwise the whole output is, if it keeps most of the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from egiz.glossary.check import Checker, TermUse
from egiz.glossary.correct.answers import EngineAnswers
from egiz.glossary.correct.candidates import HINTED, Candidate
from egiz.glossary.correct.edits import applied, changes, shifted
from egiz.glossary.correct.harm import is_as_good, says_another
from egiz.glossary.correct.job import Job
from egiz.glossary.correct.judge import Judge
from egiz.glossary.correct.links import word_places
from egiz.glossary.languages import form_fits
from egiz.glossary.records import RIGHT_OUTCOMES
from egiz.translate.engine.protocol import Hint
from egiz.translate.text import normalise

_Offer = tuple[Job, Candidate, list[TermUse]]
"""A candidate for a draft, with the uses that it puts right."""


def tell(jobs: Sequence[Job], judge: Judge, answers: EngineAnswers, outputs: int) -> None:
    """Ask for `outputs` translations with hints for each fresh translation of this engine that lacks terms.

    The jobs get the terms given as hints in `told`, and the outputs in `retold`.
    """
    asked: list[tuple[Job, tuple[Hint, ...]]] = []
    for job in jobs:
        told = [use for use in job.open if use.form and judge.refusal(job, use) is None] if job.is_new else []
        if hints := hints_of(job.source, told, judge.languages[1]):
            job.told = frozenset(use.source.start for use in told)
            asked.append((job, hints))
    found = answers.retell([(job.source, hints) for job, hints in asked], outputs)
    for (job, _), texts in zip(asked, found, strict=True):
        job.retold = tuple(dict.fromkeys(texts))


def take(jobs: Sequence[Job], judge: Judge, answers: EngineAnswers) -> None:
    """Accept outputs made with hints, only the changes that put terms in or the whole, as `judge` allows."""
    for is_whole in (False, True):
        offers = [
            (job, item, fixed)
            for job in jobs
            if not job.edits
            for text in job.retold
            if (item := _candidate(job, text, is_whole=is_whole)) is not None
            if (fixed := _fixed(job, item, judge))
        ]
        answers.speak([(job.source, text) for job, item, _ in offers for text in (job.text, item.text)])
        for job, item, fixed in offers:
            if not job.edits and judge.takes(job, item, fixed, answers):
                job.accept(item, fixed)


def _candidate(job: Job, text: str, *, is_whole: bool) -> Candidate | None:
    """The whole output, or the present sentence with only the changes that put terms in; None if none do."""
    if is_whole:
        return Candidate(text=text, rule=HINTED)
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


def _fixed(job: Job, item: Candidate, judge: Judge) -> list[TermUse]:
    """The uses that an output made with hints puts right; none if it may not replace the text."""
    fixed = newly_right(job.checker, job.source, job.uses, item.text)
    fits = form_fits(judge.languages[1])
    if not all(fits(item.text, use.target.start, use.target.stop) for use in fixed if use.target):
        return []
    wordings = " ".join(use.rendering for use in fixed)
    is_good = is_as_good(job.source, job.text, item.text, judge.languages, wordings=wordings)
    return fixed if fixed and is_good else []


def hints_of(source: str, uses: Sequence[TermUse], language: str) -> tuple[Hint, ...]:
    """The preferred wordings of the terms of `uses`, each at the end of the last word of its occurrence.

    Offsets are code points of the normalised source, as the engine reads it. There are no hints if
    normalising changes the number of words, and at most one at each offset.
    """
    plain = normalise(source)
    words, read = word_places(source), word_places(plain)
    if len(words) != len(read):
        return ()
    told: dict[int, str] = {}
    for use in uses:
        last = max((at for at, (start, _) in enumerate(words) if start < use.source.stop), default=None)
        wordings = use.term.accepted_in(language)
        if last is not None and wordings:
            told.setdefault(read[last][1], normalise(wordings[0].text))
    return tuple(sorted(told.items()))


def newly_right(checker: Checker, source: str, uses: Sequence[TermUse], text: str) -> list[TermUse]:
    """The uses that are right in `text` and were not before; none if another use has become wrong.

    `uses` are those of the text before.
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
