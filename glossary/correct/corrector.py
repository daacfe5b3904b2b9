"""Correct the terms in translations: make candidates, judge them, accept one or record why not.

For each source term that its translation lacks or renders by a forbidden wording, whole candidate sentences
are made (see `candidates`). A candidate must fix the term and break no other. What else it must be, the mode
says: ``safe`` protects the sentence (see `judge`), ``eager`` weighs the whole of it only, ``check`` changes
nothing. Passes repeat until one changes nothing, so correction is idempotent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from egiz.glossary.check import Checker, TermUse, is_banned
from egiz.glossary.correct.answers import EngineAnswers
from egiz.glossary.correct.candidates import (
    HINTED,
    Beginning,
    Candidate,
    beginnings,
    other_hypotheses,
    replaced,
    swapped,
    why_kept,
)
from egiz.glossary.correct.edits import amend, changes
from egiz.glossary.correct.hinted import (
    KEPT,
    SETTLED,
    gained,
    hints_of,
    is_as_good,
    mostly_kept,
    newly_right,
)
from egiz.glossary.correct.judge import (
    MayGo,
    any_words,
    breaks_off,
    changed_words,
    doubled,
    linked_words,
    no_words,
    objections,
    proven_words,
    rendered,
    shifted,
    unclaimed_words,
)
from egiz.glossary.correct.links import Links, word_places
from egiz.glossary.correct.options import Correction, CorrectOptions, Draft, Reason, Uncorrected
from egiz.glossary.correct.synonyms import renamed
from egiz.glossary.correct.words import Sense, word_table
from egiz.glossary.languages import dependent, form_fits
from egiz.glossary.records import Term
from egiz.translate.engine.protocol import Forcing, Hint
from egiz.translate.records import Edit

_FORMS = 1.5
"""Log-probability per token that another form of a term gains at most, beyond which none is tried."""
_ORDER = ("other-output", "forbidden", "redecoded", "replaced")
"""The rules in the order in which safe edits are preferred: the more of the sentence is the model's own, the
better."""


@dataclass(slots=True)
class _Job:
    """A draft being corrected; `tried` has the occurrences (start in the source) given up on this text.

    `told` has those that the model was told.
    """

    draft: Draft
    text: str
    uses: list[TermUse]
    edits: tuple[Edit, ...] = ()
    is_changed: bool = False
    tried: dict[int, Reason] = field(default_factory=dict)
    told: frozenset[int] = frozenset()

    def pending(self) -> TermUse | None:
        """The next occurrence to correct, if any.

        Once all have been tried, they are tried again if the text has changed since.
        """
        open_uses = [use for use in self.uses if use.outcome not in SETTLED]
        if self.is_changed and all(use.source.start in self.tried for use in open_uses):
            self.tried.clear()
            self.is_changed = False
        return next((use for use in open_uses if use.source.start not in self.tried), None)


_Case = tuple[_Job, TermUse]
"""A draft, and the occurrence in it to be corrected next."""


class Corrector:
    """Corrects translations from one language into another by a term base.

    Without an engine (`forcing` None) only candidates that need no judge are accepted: forbidden wordings
    replaced, other hypotheses, and, where `links` align words with a term, those words replaced if their form
    is certain. Terms with forbidden wordings only are left alone, as no wording is known to write instead;
    `checker` finds them too.
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
        self._is_safe = self.options.mode == "safe"
        self._table = word_table(source, target) if self._is_safe and forcing else None

    def needs(self, draft: Draft) -> bool:
        """Whether a draft has a term without an accepted rendering that may be corrected."""
        return self.options.mode != "check" and self._job(draft).pending() is not None

    def correct(self, drafts: Sequence[Draft]) -> list[Correction]:
        """Correct a batch; results in the same order. The engine is called for the batch as a whole."""
        jobs = [self._job(draft) for draft in drafts]
        if self.options.mode == "check":
            return [_unasked(job) for job in jobs]
        answers = EngineAnswers(
            self._forcing, self.source, self.target, links=self._links, decoding=self.options.decoding
        )
        self._retell(jobs, answers)
        self._ask_others(jobs, answers)
        while waiting := [(job, use) for job in jobs if (use := job.pending()) is not None]:
            self._decide(waiting, self._offers(waiting, answers), answers)
        return [self._result(job) for job in jobs]

    def _job(self, draft: Draft) -> _Job:
        text = draft.hypotheses[0] if draft.hypotheses else ""
        return _Job(draft, text, self._checker.check(draft.source, text) if text else [])

    def _retell(self, jobs: Sequence[_Job], answers: EngineAnswers) -> None:
        """Translate what this engine has just said, and lacks terms, once more with the terms as hints."""
        if not self.options.hints:
            return
        asked: list[tuple[_Job, tuple[Hint, ...]]] = []
        for job in jobs:
            told = [use for use in job.uses if self._is_tellable(use)] if _is_new(job) else []
            if hints := hints_of(job.draft.source, told, self.target):
                job.told = frozenset(use.source.start for use in told)
                asked.append((job, hints))
        found = answers.retell([(job.draft.source, hints) for job, hints in asked], self.options.hints)
        offers = [
            (job, text, fixed)
            for (job, _), texts in zip(asked, found, strict=True)
            for text in texts
            if (fixed := self._fixed(job, text))
        ]
        answers.speak([(job.draft.source, text) for job, new, _ in offers for text in (job.text, new)])
        for job, text, fixed in offers:
            if not job.edits and self._is_likely(job, text, answers):
                self._accept(job, Candidate(text=text, rule=HINTED), fixed)

    def _is_likely(self, job: _Job, text: str, answers: EngineAnswers) -> bool:
        """Whether an output made with hints is likely enough, without the hints, to replace the text."""
        old, new = (answers.mean(job.draft.source, item) for item in (job.text, text))
        if old is None or new is None:
            return False
        if not self._is_safe:
            return new >= old - self.options.margin
        return new >= old - (self.options.told if mostly_kept(job.text, text) else 0)

    def _is_tellable(self, use: TermUse) -> bool:
        return use.outcome not in SETTLED and bool(use.form) and self._hopeless(use) is None

    def _fixed(self, job: _Job, text: str) -> list[TermUse]:
        """The uses that an output made with hints puts right; none if it may not replace the text.

        In mode ``safe`` something must say that the terms are meant here: the wordings are the usual
        renderings or those of several words, or more words of the source have a known rendering than before.
        """
        source = job.draft.source
        fixed = newly_right(self._checker, source, job.uses, text)
        if not all(self._form_fits(text, use.target.start, use.target.stop) for use in fixed if use.target):
            return []
        if fixed and self._is_safe:
            more = gained(self._table, source, job.text, text) if self._table else 0
            if more < 0 or not (more or all(map(self._is_told, fixed))):
                return []
        return fixed if fixed and is_as_good(source, job.text, text, (self.source, self.target)) else []

    def _ask_others(self, jobs: Sequence[_Job], answers: EngineAnswers) -> None:
        """Ask the engine for more hypotheses of drafts that have only one and a term to correct."""
        asked = [
            job
            for job in jobs
            if len(job.draft.hypotheses) == 1
            and _is_new(job)
            and any(use.outcome not in SETTLED and _hopeless(use) is None for use in job.uses)
        ]
        items = [(job.draft.source, "") for job in asked]
        for job, texts in zip(asked, answers.complete(items, self.options.others), strict=True):
            others = [text for text in texts if text != job.text]
            job.draft = replace(job.draft, hypotheses=(job.text, *others))

    def _hopeless(self, use: TermUse) -> Reason | None:
        """The reason to leave a use alone without trying anything; None if there is none."""
        if (reason := _hopeless(use)) is not None:
            return reason
        if not self._is_safe or use.outcome == "forbidden":
            return None
        if self.options.people:
            return None if self._links or self._table else "person"
        return "sense" if self._sense(use) == "other" else None

    def _sense(self, use: TermUse) -> Sense:
        accepted = [wording.text for wording in use.term.accepted_in(self.target)]
        return self._table.sense(use.form, accepted) if self._table else "open"

    def _offers(self, waiting: Sequence[_Case], answers: EngineAnswers) -> list[list[Candidate] | Reason]:
        """For each use its candidates, or the reason why there are none."""
        is_read = not (self._table and self.options.people)
        open_cases = [(job, use) for job, use in waiting if is_read and self._hopeless(use) is None]
        sought = [
            case for case in open_cases if case[1].outcome == "missing" and self._needs_attention(*case)
        ]
        answers.read([(job.draft.source, job.text) for job, _ in sought])
        made = [[] if self._hopeless(use) else self._candidates(job, use, answers) for job, use in waiting]
        if self._forcing is not None:
            self._redecode(waiting, made, answers)
        offers: list[list[Candidate] | Reason] = []
        for (job, use), own in zip(waiting, made, strict=True):
            mended = [item for item in own if self._mends(job, use, item)]
            none: Reason = "person" if self.options.people and self._table else "no place"
            if use.outcome == "forbidden":
                none = why_kept(job.text, use, job.uses) or "uninflectable"
            offers.append(mended or self._hopeless(use) or none)
        return offers

    def _candidates(self, job: _Job, use: TermUse, answers: EngineAnswers) -> list[Candidate]:
        made = [] if job.edits else other_hypotheses(job.draft.hypotheses, job.draft.logprobs)
        if use.outcome == "forbidden":
            return made + swapped(job.text, use, job.uses)
        if self._forcing is None and self._links is None:
            return made
        if self._table is not None:
            named = renamed(job.draft.source, job.text, use, job.uses, self._table)
            if self.options.people:
                return [item for item in named if item.is_safe]
            made += named if self._is_told(use) else []
        may_go, _ = self._may_go(job, use, answers)
        gaze = answers.attention(job.draft.source, job.text, use.source.start, use.source.stop)
        found = replaced(
            job.draft.source,
            job.text,
            use,
            job.uses,
            gaze,
            may_go,
            self.options.places,
            is_whole=self._table is not None,
        )
        if self._forcing is None:
            found = [item for item in found if item.is_safe]
        return made + found

    def _needs_attention(self, job: _Job, use: TermUse) -> bool:
        """Whether it matters which words look at the term: reading attention is most of the work."""
        if self._table is None:
            return True
        if self._is_told(use):
            return True
        found = self._table.verdicts(job.draft.source, job.text, use.source.start, use.source.stop)
        return "term" in found

    def _may_go(self, job: _Job, use: TermUse, answers: EngineAnswers) -> tuple[MayGo, MayGo]:
        """Which words may be replaced by a term, and from which one a sentence may be translated again."""
        place = job.draft.source, job.text, use.source.start, use.source.stop
        accepted = " ".join(wording.text for wording in use.term.accepted_in(self.target))
        if self._forcing is None:
            return linked_words(answers.standing(*place), job.text, accepted), no_words
        if not self._is_safe:
            return any_words, any_words
        if self._table is None:
            return no_words, any_words
        verdicts = self._table.verdicts(*place)
        proven = proven_words(
            verdicts, answers.standing(*place), job.text, accepted, is_told=self._is_told(use)
        )
        return proven, unclaimed_words(verdicts, is_told=_is_phrase(use))

    def _is_told(self, use: TermUse) -> bool:
        """Whether the term's wording surely says what its source words mean here."""
        return _is_phrase(use) or self._sense(use) == "usual"

    def _redecode(
        self, waiting: Sequence[_Case], made: Sequence[list[Candidate]], answers: EngineAnswers
    ) -> None:
        """Add re-decoded candidates for sentences in which no spot was found for a term.

        Not for terms that the model was told: it can say them, and did not, or not well. In mode ``safe``
        only for what this engine has just translated: of another's translation, it would write the rest in
        its own words.
        """
        if not self.options.hypotheses:
            return
        begun: list[tuple[list[Candidate], str, list[Beginning]]] = []
        for (job, use), own in zip(waiting, made, strict=True):
            if use.outcome != "missing" or self._hopeless(use) or any(c.rule == "replaced" for c in own):
                continue
            if use.source.start in job.told:
                continue
            if self._is_safe and not _is_new(job):
                continue
            source = job.draft.source
            gaze = answers.attention(source, job.text, use.source.start, use.source.stop)
            _, may_go = self._may_go(job, use, answers)
            begun.append((own, source, beginnings(job.text, use, gaze, may_go, every_form=self._is_safe)))
        if self._is_safe:
            begun = self._likely_forms(begun, answers)
        items = [(own, source, item) for own, source, found in begun for item in found]
        completed = answers.complete([(source, item.text) for _, source, item in items], self._completions)
        for (own, _, item), texts in zip(items, completed, strict=True):
            own += [Candidate(text=text, rule="redecoded", gone=(item.gone,)) for text in texts]

    @property
    def _completions(self) -> int:
        return 1 if self._is_safe else self.options.hypotheses

    def _likely_forms(
        self, begun: Sequence[tuple[list[Candidate], str, list[Beginning]]], answers: EngineAnswers
    ) -> list[tuple[list[Candidate], str, list[Beginning]]]:
        """Of each use the beginning whose form of the term the model finds likeliest, if it is likely at all.

        To finish a sentence costs as much as to translate it, and where the model would hardly say the term,
        it does not finish well.
        """
        answers.speak([(source, found[0].text) for _, source, found in begun if found])
        hopeful = [
            (own, source, found)
            for own, source, found in begun
            if found and self._said(source, found[0], answers) >= self.options.likely - _FORMS
        ]
        answers.speak([(source, item.text) for _, source, found in hopeful for item in found])
        chosen = []
        for own, source, found in hopeful:
            worth = {item: self._said(source, item, answers) for item in found}
            best = max(found, key=worth.__getitem__)
            if worth[best] >= self.options.likely:
                chosen.append((own, source, [best]))
        return chosen

    def _said(self, source: str, item: Beginning, answers: EngineAnswers) -> float:
        words = changed_words(item.text, [(item.start, len(item.text), "")])
        found = answers.inside(source, item.text, words)
        return -math.inf if found is None else found

    def _mends(self, job: _Job, use: TermUse, item: Candidate) -> bool:
        """Whether a candidate fixes this use, in a form that its context allows, and breaks no other.

        Every accepted candidate thus leaves fewer uses open, so correction terminates.
        """
        found = self._checker.check(job.draft.source, item.text)
        before = {other.source.start for other in job.uses if other.outcome not in SETTLED}
        after = {other.source.start for other in found if other.outcome not in SETTLED}
        if not after <= before - {use.source.start}:
            return False
        if item.is_swap:  # its form is that of the words it replaces
            return True
        put = [other.target for other in found if other.source.start == use.source.start]
        return all(self._form_fits(item.text, place.start, place.stop) for place in put if place is not None)

    def _decide(
        self, waiting: Sequence[_Case], offers: Sequence[list[Candidate] | Reason], answers: EngineAnswers
    ) -> None:
        """Accept the best candidate of each use, or record why none was."""
        answers.speak(
            [
                (job.draft.source, text)
                for (job, _), offer in zip(waiting, offers, strict=True)
                if not isinstance(offer, str)
                for text in (job.text, *(item.text for item in offer))
            ]
        )
        for (job, use), offer in zip(waiting, offers, strict=True):
            if isinstance(offer, str):
                job.tried[use.source.start] = offer
                continue
            source = job.draft.source
            own = [replace(item, logprob=answers.mean(source, item.text)) for item in offer]
            best = (
                self._harmless(job, use, own, answers) if self._is_safe else self._likely(job, own, answers)
            )
            if best is None:
                best = next((item for item in own if _needs_no_engine(item)), None)
            if best is not None:
                self._accept(job, best, [use])
            elif all(item.logprob is None for item in own):
                job.tried[use.source.start] = "unsure"
            else:
                job.tried[use.source.start] = "harm" if self._is_safe else "absurd"

    def _likely(self, job: _Job, own: Sequence[Candidate], answers: EngineAnswers) -> Candidate | None:
        """The best candidate, if the whole text does not become much less likely by it."""
        best = max(own, key=lambda item: item.worth(self.options.attention))
        floor = answers.mean(job.draft.source, job.text)
        if best.logprob is None or floor is None:
            return None
        return best if best.logprob >= floor - self.options.margin else None

    def _harmless(
        self, job: _Job, use: TermUse, own: Sequence[Candidate], answers: EngineAnswers
    ) -> Candidate | None:
        """The first candidate in the order of rules, then of likelihood, that leaves the rest as good."""
        languages = self.source, self.target
        before = objections(job.draft.source, job.text, languages)
        for item in sorted(own, key=lambda item: (_ORDER.index(item.rule), -(item.logprob or 0.0))):
            if not self._keeps(job, use, item, answers):
                continue
            if objections(job.draft.source, item.text, languages) <= before:
                return item
        return None

    def _keeps(self, job: _Job, use: TermUse, item: Candidate, answers: EngineAnswers) -> bool:
        """Whether the rest of the sentence stays as likely, and one that is another output also as a whole.

        The whole is compared per token, for another output may be longer or shorter.
        """
        loss = self._loss(job, use, item, answers)
        if loss is None or loss > self._most(job, use, item, answers):
            return False
        if doubled(item.text) > doubled(job.text):
            return False
        if item.changes:
            return True
        if len(word_places(item.text)) < KEPT * len(word_places(job.text)) or self._loses(job, use, item):
            return False
        if breaks_off(item.text) and not breaks_off(job.text):
            return False
        floor = answers.mean(job.draft.source, job.text)
        gain = -self.options.gain if self._is_told(use) else self.options.gain
        return item.logprob is not None and floor is not None and item.logprob >= floor + gain

    def _most(self, job: _Job, use: TermUse, item: Candidate, answers: EngineAnswers) -> float:
        """By how much the rest of the sentence may become less likely; less than any number if not at all.

        Words that are not known to render the term, and on which no other depends, give way to a term of one
        word only where the model doubts them.
        """
        if item.is_swap and use.outcome == "missing":
            return self.options.synonyms
        if item.rule != "replaced" or self._table is None:
            return self.options.tolerance
        source = job.draft.source
        verdicts = self._table.verdicts(source, job.text, use.source.start, use.source.stop)
        gone = changed_words(job.text, item.changes)
        if any(verdicts[at] == "term" for at in gone):
            return self.options.tolerance
        said = answers.inside(source, job.text, gone)
        if dependent(self.target)(job.text, max(stop for _, stop, _ in item.changes)):
            return -math.inf
        if said is not None and said <= self.options.doubt:
            return self.options.doubted
        return self.options.tolerance if _is_phrase(use) else -math.inf

    def _loses(self, job: _Job, use: TermUse, item: Candidate) -> bool:
        """Whether another output renders fewer of the other words of the source, as far as is known."""
        if self._table is None:
            return False
        source, own = job.draft.source, (use.source.start, use.source.stop)
        before, after = (
            rendered(self._table.weights(source, text), word_places(source), *own)
            for text in (job.text, item.text)
        )
        return after < before

    def _loss(self, job: _Job, use: TermUse, item: Candidate, answers: EngineAnswers) -> float | None:
        """By how much the tokens outside the term become less likely, in nats; None where unknown.

        Of another output of the model all tokens count, for there is no telling which words it has instead.
        """
        source = job.draft.source
        gone, put = frozenset(item.gone), frozenset[int]()
        if item.changes:
            gone = changed_words(job.text, item.changes)
            put = changed_words(item.text, shifted(item.changes))
        elif item.rule == "redecoded":
            found = self._checker.check(source, item.text)
            place = next(other.target for other in found if other.source.start == use.source.start)
            put = changed_words(item.text, [(place.start, place.stop, "")]) if place else put
        before = answers.outside(source, job.text, gone)
        after = answers.outside(source, item.text, put)
        return None if before is None or after is None else before - after

    def _accept(self, job: _Job, best: Candidate, fixed: Sequence[TermUse]) -> None:
        """Take a candidate that puts the terms of `fixed` right; each change names the one that it puts in.

        A change elsewhere names the first.
        """
        made = sorted(best.changes or changes(job.text, best.text))
        for (start, stop, after), (begin, end, _) in reversed([*zip(made, shifted(made), strict=True)]):
            put = (use for use in fixed if use.target and use.target.start < end and begin < use.target.stop)
            edit = Edit(
                start=start,
                stop=stop,
                before=job.text[start:stop],
                after=after,
                term=next(put, fixed[0]).term.id,
                rule=best.rule,
            )
            job.edits = amend(job.draft.hypotheses[0], job.edits, edit)
            job.text = job.text[:start] + after + job.text[stop:]
        job.uses = self._checker.check(job.draft.source, job.text)
        job.is_changed = True

    def _result(self, job: _Job) -> Correction:
        left = tuple(
            Uncorrected(
                term=use.term.id,
                start=use.source.start,
                stop=use.source.stop,
                reason=job.tried[use.source.start],
            )
            for use in job.uses
            if use.outcome not in SETTLED
        )
        return Correction(text=job.text, edits=job.edits, left=left)


def _is_phrase(use: TermUse) -> bool:
    """Whether a term has several words in the source: it seldom has another sense."""
    return len(use.form.split()) > 1


def _is_new(job: _Job) -> bool:
    """Whether the text is what this engine has just said, without an edit."""
    return bool(job.draft.logprobs) and not job.edits


def _unasked(job: _Job) -> Correction:
    """The result where nothing may be changed."""
    left = tuple(
        Uncorrected(term=use.term.id, start=use.source.start, stop=use.source.stop, reason="unasked")
        for use in job.uses
        if use.outcome not in SETTLED
    )
    return Correction(text=job.text, left=left)


def _hopeless(use: TermUse) -> Reason | None:
    """The reason to leave a use alone without trying anything; None if there is none."""
    if use.code == "term-fewer":
        return "fewer"
    return "homograph" if use.code == "term-ambiguous" or use.homographs else None


def _needs_no_engine(item: Candidate) -> bool:
    """Whether a candidate is safe, and has no score or replaces a forbidden wording."""
    return item.is_safe and (item.logprob is None or item.rule == "forbidden")
