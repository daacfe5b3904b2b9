"""Correct the terms in translations: make candidates, judge them, accept one or record why not.

Whole candidate sentences are made for each source term that the translation lacks, or renders by a forbidden
wording (see `candidates`). A candidate must render this term correctly and leave the renderings of the other
terms correct. The mode sets the further conditions (see `judge`): ``safe`` protects the rest of the sentence,
``eager`` first does all that ``safe`` does and then also accepts candidates whose mean log-probability as a
whole is not much lower, ``check`` changes nothing. Correction repeats until nothing changes, so it is
idempotent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from egiz.glossary.check import Checker, TermUse, is_banned
from egiz.glossary.correct.answers import EngineAnswers
from egiz.glossary.correct.candidates import other_hypotheses, replaced, swapped, why_kept
from egiz.glossary.correct.job import Candidate, Job
from egiz.glossary.correct.judge import Eager, Judge, Safe, undecided
from egiz.glossary.correct.links import Links, word_places
from egiz.glossary.correct.options import Correction, CorrectOptions, Draft, Reason
from egiz.glossary.correct.outputs import (
    Beginning,
    accept_hinted,
    ask_with_hints,
    beginnings,
    completed,
    likeliest,
)
from egiz.glossary.correct.synonyms import renamed
from egiz.glossary.correct.words import word_table
from egiz.glossary.languages import form_fits
from egiz.glossary.records import RIGHT_OUTCOMES, Term
from egiz.translate.engine.protocol import Forcing

_Case = tuple[Job, TermUse]
"""A draft being corrected, and the occurrence in it that is to be corrected next."""


class Corrector:
    """Corrects translations from one language into another by a term base.

    Without an engine (`forcing` is None), only candidates that need no score are accepted. These replace
    forbidden wordings, take other hypotheses of the draft, or replace words that `links` aligns with the
    term, if their grammatical form is certain. A term with only forbidden wordings is not corrected, because
    there is no wording to put in its place; `checker` reports such terms too.
    """

    def __init__(
        self,
        terms: Sequence[Term],
        source: str,
        target: str,
        *,
        forcing: Forcing | None = None,
        links: Links | None = None,
        options: CorrectOptions | None = None,
    ) -> None:
        self.source, self.target = source, target
        self.options = options or CorrectOptions()
        if forcing is None or not forcing.takes_hints:
            self.options = replace(self.options, hints=0)
        self.checker = Checker(terms, source, target)
        corrigible = [term for term in terms if not is_banned(term)]
        self._checker = self.checker if len(corrigible) == len(terms) else Checker(corrigible, source, target)
        self._forcing = forcing
        self._links = links
        self._form_fits = form_fits(target)
        self._judges = self._judges_of_mode()

    def _judges_of_mode(self) -> tuple[Judge, ...]:
        has_engine = self._forcing is not None
        if self.options.mode == "check":
            return ()
        safe = Safe(
            self.source,
            self.target,
            self.options,
            table=word_table(self.source, self.target) if has_engine else None,
            has_engine=has_engine,
            has_links=self._links is not None,
        )
        eager = Eager(self.source, self.target, self.options, has_engine=has_engine)
        return (safe, eager) if self.options.mode == "eager" else (safe,)

    def needs(self, draft: Draft) -> bool:
        """Whether a draft has a term that is not rendered correctly, and the mode allows corrections."""
        return bool(self._judges) and bool(Job(draft, self._checker).open)

    def correct(self, drafts: Sequence[Draft]) -> list[Correction]:
        """Correct a batch of drafts; return the results in the same order.

        The engine gets the queries of all drafts of the batch together.
        """
        jobs = [Job(draft, self._checker) for draft in drafts]
        if not self._judges:
            return [job.unasked() for job in jobs]
        answers = EngineAnswers(
            self._forcing, self.source, self.target, links=self._links, decoding=self.options.decoding
        )
        for phase, judge in enumerate(self._judges):
            if self.options.hints:
                ask_with_hints(jobs, judge, answers, self.options.hints)
                accept_hinted(jobs, judge, answers)
            self._ask_others(jobs, answers)
            self._finish(jobs, answers, phase + 1)
        return [job.correction() for job in jobs]

    def _finish(self, jobs: Sequence[Job], answers: EngineAnswers, phases: int) -> None:
        """Correct all drafts, one term of each at a time, until the first `phases` judges are done."""
        while waiting := [(job, use) for job in jobs if (use := job.pending(phases)) is not None]:
            for phase, judge in enumerate(self._judges[:phases]):
                own = [case for case in waiting if case[0].phase == phase]
                if own:
                    self._decide(own, self._offers(own, judge, answers), judge, answers)

    def _ask_others(self, jobs: Sequence[Job], answers: EngineAnswers) -> None:
        """Ask the engine for more hypotheses of drafts with one hypothesis and a term to correct."""
        asked = [
            job
            for job in jobs
            if len(job.draft.hypotheses) == 1
            and job.is_new
            and any(undecided(use) is None for use in job.open)
        ]
        items = [(job.source, "") for job in asked]
        for job, texts in zip(asked, answers.complete(items, self.options.others), strict=True):
            others = [text for text in texts if text != job.text]
            job.draft = replace(job.draft, hypotheses=(job.text, *others))

    def _offers(
        self, waiting: Sequence[_Case], judge: Judge, answers: EngineAnswers
    ) -> list[list[Candidate] | Reason]:
        """Return for each case its candidates, or the reason why nothing is tried."""
        refused = [judge.refusal(job, use) for job, use in waiting]
        reads = [
            refusal is None and self._needs_attention(*case, judge)
            for case, refusal in zip(waiting, refused, strict=True)
        ]
        answers.align(
            [(job.source, job.text) for (job, _), is_read in zip(waiting, reads, strict=True) if is_read]
        )
        made = [
            self._candidates(*case, judge, answers) if refusal is None else []
            for case, refusal in zip(waiting, refused, strict=True)
        ]
        if self.options.hypotheses:
            searched = [
                (job, use, own)
                for (job, use), own, is_read in zip(waiting, made, reads, strict=True)
                if is_read and self._may_redecode(job, use, judge)
            ]
            self._redecode(searched, judge, answers)
        offers: list[list[Candidate] | Reason] = []
        for (job, use), own, refusal in zip(waiting, made, refused, strict=True):
            mended = [item for item in own if self._corrects(job, use, item)]
            none: Reason = "person" if self._is_by_people(judge) else "no place"
            if use.outcome == "forbidden":
                none = why_kept(job.text, use, job.uses) or "uninflectable"
            offers.append(mended or refusal or none)
        return offers

    def _candidates(self, job: Job, use: TermUse, judge: Judge, answers: EngineAnswers) -> list[Candidate]:
        made = [] if job.edits else other_hypotheses(job.draft.hypotheses, job.draft.logprobs)
        if use.outcome == "forbidden":
            return made + swapped(job.text, use, job.uses)
        if self._forcing is None and self._links is None:
            return made
        if judge.table is not None:
            named = renamed(job.source, job.text, use, job.uses, judge.table)
            if self._is_by_people(judge):
                return [item for item in named if item.is_safe]
            made += named if judge.is_meant(use) else []
        found = replaced(
            job.source,
            job.text,
            use,
            job.uses,
            answers.attention(job.source, job.text, use.source.start, use.source.stop),
            judge.may_go(job, use, answers),
            self.options.places,
            is_whole=judge.table is not None,
        )
        if self._forcing is None:
            found = [item for item in found if item.is_safe]
        return made + found

    def _is_by_people(self, judge: Judge) -> bool:
        """Whether only synonyms of the term may be replaced.

        That is so if people made the translations (`options.people`) and the judge has a word table.
        """
        return self.options.people and judge.table is not None

    def _needs_attention(self, job: Job, use: TermUse, judge: Judge) -> bool:
        """Whether the attention to the term is needed; computing it is a large part of the work.

        It is needed if a word may be replaced, or if the sentence may be decoded again from a word on.
        """
        if use.outcome != "missing" or self._is_by_people(judge):
            return False
        if self._may_redecode(job, use, judge):
            return True
        nothing = [0.0] * len(word_places(job.text))
        may_go = judge.may_go(job, use, None)
        is_whole = judge.table is not None
        return bool(replaced(job.source, job.text, use, job.uses, nothing, may_go, 1, is_whole=is_whole))

    def _may_redecode(self, job: Job, use: TermUse, judge: Judge) -> bool:
        """Whether the engine may write the sentence again from the place of a term to the end.

        False for terms that the model got as hints: it left them out although it knew them. With the safe
        judge, true only for fresh translations of this engine. In a translation from elsewhere, the engine
        would replace the rest of the sentence by its own words.
        """
        if self._forcing is None or not self.options.hypotheses or use.source.start in job.hinted:
            return False
        if isinstance(judge, Eager):
            return True
        may_begin = judge.may_begin(job, use)
        return job.is_new and any(may_begin([at]) for at in range(len(word_places(job.text))))

    def _redecode(
        self,
        searched: Sequence[tuple[Job, TermUse, list[Candidate]]],
        judge: Judge,
        answers: EngineAnswers,
    ) -> None:
        """Add re-decoded candidates for the cases that have no candidate of the rule ``replaced``."""
        begun: list[tuple[list[Candidate], str, list[Beginning]]] = []
        is_safe = isinstance(judge, Safe)
        for job, use, own in searched:
            if not any(item.rule == "replaced" for item in own):
                attention = answers.attention(job.source, job.text, use.source.start, use.source.stop)
                may_begin = judge.may_begin(job, use)
                found = beginnings(job.text, use, attention, may_begin, every_form=is_safe)
                begun.append((own, job.source, found))
        if is_safe:
            chosen = likeliest([(source, found) for _, source, found in begun], answers, self.options.likely)
            begun = [
                (own, source, [best] if best is not None else [])
                for (own, source, _), best in zip(begun, chosen, strict=True)
            ]
        items = [(own, source, item) for own, source, found in begun for item in found]
        hypotheses = 1 if is_safe else self.options.hypotheses
        made = completed([(source, item) for _, source, item in items], answers, hypotheses)
        for (own, _, _), more in zip(items, made, strict=True):
            own += more

    def _corrects(self, job: Job, use: TermUse, item: Candidate) -> bool:
        """Whether a candidate corrects this use, in a form that fits, and makes no other use wrong.

        So every accepted candidate leaves fewer wrong uses, and correction terminates.
        """
        found = self._checker.check(job.source, item.text)
        before = {other.source.start for other in job.open}
        after = {other.source.start for other in found if other.outcome not in RIGHT_OUTCOMES}
        if not after <= before - {use.source.start}:
            return False
        if item.is_swap:  # its form is that of the words it replaces
            return True
        put = [other.target for other in found if other.source.start == use.source.start]
        return all(self._form_fits(item.text, place.start, place.stop) for place in put if place is not None)

    def _decide(
        self,
        waiting: Sequence[_Case],
        offers: Sequence[list[Candidate] | Reason],
        judge: Judge,
        answers: EngineAnswers,
    ) -> None:
        """Accept the best candidate of each case, or record why none was accepted."""
        offered = [
            (job, use, item)
            for (job, use), offer in zip(waiting, offers, strict=True)
            if not isinstance(offer, str)
            for item in offer
        ]
        answers.score([(job.source, text) for job, _, item in offered for text in (job.text, item.text)])
        answers.translate_back(
            [
                (job.source, text)
                for job, use, item in offered
                if judge.is_weighed_back(use, item)
                for text in (job.text, item.text)
            ]
        )
        for (job, use), offer in zip(waiting, offers, strict=True):
            if isinstance(offer, str):
                job.tried[use.source.start] = offer
                continue
            own = [replace(item, logprob=answers.mean(job.source, item.text)) for item in offer]
            best = judge.best(job, use, own, answers)
            if best is None:
                best = next((item for item in own if _needs_no_engine(item)), None)
            if best is not None:
                job.accept(best, [use])
            else:
                is_unknown = all(item.logprob is None for item in own)
                job.tried[use.source.start] = "unsure" if is_unknown else judge.verdict


def _needs_no_engine(item: Candidate) -> bool:
    """Whether a candidate may be accepted without the judge.

    It must be marked as safe. It must also replace a forbidden wording, or have no log-probability.
    """
    return item.is_safe and (item.logprob is None or item.rule == "forbidden")
