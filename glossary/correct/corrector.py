"""Correct the terms in translations: make candidates, score them, accept one or record why not.

For each source term that its translation lacks or renders by a forbidden wording, whole candidate sentences
are made (see `candidates`). The best is accepted if its log-probability is not much below that of the
current text; it must fix the term and break no other. Passes repeat until one changes nothing, so correction
is idempotent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from egiz.glossary.check import Checker, TermUse
from egiz.glossary.correct.candidates import (
    Candidate,
    beginning,
    other_hypotheses,
    replaced,
    swapped,
    why_kept,
)
from egiz.glossary.correct.edits import amend, changes
from egiz.glossary.correct.links import Links
from egiz.glossary.correct.reader import Reader
from egiz.glossary.languages import fit
from egiz.glossary.morphology.spots import REFUSALS, Refusal
from egiz.glossary.records import Term
from egiz.translate.engine.protocol import Forcing
from egiz.translate.errors import OptionError
from egiz.translate.records import Edit

Reason = Literal["fewer", "homograph", "no place", "uninflectable", "unsure", "absurd"] | Refusal
REASONS: dict[Reason, str] = {
    "fewer": "it is rendered elsewhere in the sentence, perhaps for both",
    "homograph": "the word may be another term",
    "no place": "no words were found that surely stand for it",
    "uninflectable": "the form that its place asks for is not known",
    "unsure": "there is a correction, but it is not safe without a model that judges it",
    "absurd": "the model found every correction much less likely",
}
REASONS.update(REFUSALS.items())
"""Why a term is left alone, in words that complete "left alone: …"."""
_SETTLED = ("applied", "variant")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectOptions:
    """Thresholds and limits of correction.

    A candidate is accepted if its mean log-probability per token is at most `margin` below that of the
    current text. 1.0 leaves room for terms that a model has rarely seen: wrong places for a term usually
    lose more than right ones (`benchmarks/correction.py`). `attention` is the weight of attention against
    log-probability when candidates are compared. `places` limits the candidates per term, `hypotheses` those
    from re-decoding, `others` the other hypotheses asked of the engine; 0 turns each off.
    """

    margin: float = 1.0
    attention: float = 1.0
    places: int = 6
    hypotheses: int = 2
    others: int = 4

    def __post_init__(self) -> None:
        for name in ("margin", "attention", "places", "hypotheses", "others"):
            if getattr(self, name) < 0:
                raise OptionError(f"{name} is {getattr(self, name)}", expected="0 or more")

    def signature(self) -> str:
        """All settings and the version of the method, in one line."""
        return (
            f"correct-v{VERSION};margin={self.margin};attention={self.attention}"
            f";places={self.places};hypotheses={self.hypotheses}"
            f";others={self.others}"
        )


VERSION = 2
"""Raised when the same input may be corrected differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A source segment and the engine's hypotheses, best first, with published typography but uncorrected.

    `logprobs` are those of the hypotheses; empty where the translation is not from the engine.
    """

    source: str
    hypotheses: tuple[str, ...]
    logprobs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A term that was left uncorrected: its occurrence (offsets in the source) and the reason."""

    term: str
    start: int
    stop: int
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The result for one draft. Replaying `edits` on its first hypothesis gives `text`."""

    text: str
    edits: tuple[Edit, ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(slots=True)
class _Job:
    """A draft being corrected; `tried` has the occurrences (start in the source) given up on this text."""

    draft: Draft
    text: str
    uses: list[TermUse]
    edits: tuple[Edit, ...] = ()
    is_changed: bool = False
    tried: dict[int, Reason] = field(default_factory=dict)

    def pending(self) -> TermUse | None:
        """The next occurrence to correct, if any.

        Once all have been tried, they are tried again if the text has changed since.
        """
        open_uses = [use for use in self.uses if use.outcome not in _SETTLED]
        if self.is_changed and all(use.source.start in self.tried for use in open_uses):
            self.tried.clear()
            self.is_changed = False
        return next((use for use in open_uses if use.source.start not in self.tried), None)


_Case = tuple[_Job, TermUse]
"""A draft, and the occurrence in it to be corrected next."""


class Corrector:
    """Corrects translations from one language into another by a term base.

    Without an engine (`forcing` None) only safe candidates are accepted: forbidden wordings replaced, other
    hypotheses, and, where `links` align words with a term, those words replaced if their form is certain.
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
        self.checker = Checker(terms, source, target)
        self._forcing = forcing
        self._links = links
        self._fit = fit(target)

    def needs(self, draft: Draft) -> bool:
        """Whether a draft has a term without an accepted rendering."""
        return self._job(draft).pending() is not None

    def correct(self, drafts: Sequence[Draft]) -> list[Correction]:
        """Correct a batch; results in the same order. The engine is called for the batch as a whole."""
        jobs = [self._job(draft) for draft in drafts]
        reader = Reader(self._forcing, self.source, self.target, links=self._links)
        self._ask_others(jobs, reader)
        while waiting := [(job, use) for job in jobs if (use := job.pending()) is not None]:
            self._decide(waiting, self._offers(waiting, reader), reader)
        return [self._result(job) for job in jobs]

    def _job(self, draft: Draft) -> _Job:
        text = draft.hypotheses[0] if draft.hypotheses else ""
        return _Job(draft, text, self.checker.check(draft.source, text) if text else [])

    def _ask_others(self, jobs: Sequence[_Job], reader: Reader) -> None:
        """Ask the engine for more hypotheses of drafts that have only one and a term to correct."""
        asked = [
            job
            for job in jobs
            if len(job.draft.hypotheses) == 1
            and job.draft.logprobs
            and any(use.outcome not in _SETTLED and _hopeless(use) is None for use in job.uses)
        ]
        items = [(job.draft.source, "") for job in asked]
        for job, texts in zip(asked, reader.complete(items, self.options.others), strict=True):
            others = [text for text in texts if text != job.text]
            job.draft = replace(job.draft, hypotheses=(job.text, *others))

    def _offers(self, waiting: Sequence[_Case], reader: Reader) -> list[list[Candidate] | Reason]:
        """For each use its candidates, or the reason why there are none."""
        sought = [(job, use) for job, use in waiting if use.outcome == "missing" and not use.homographs]
        reader.read([(job.draft.source, job.text) for job, _ in sought])
        made = [[] if _hopeless(use) else self._candidates(job, use, reader) for job, use in waiting]
        if self._forcing is not None:
            self._redecode(waiting, made, reader)
        offers: list[list[Candidate] | Reason] = []
        for (job, use), own in zip(waiting, made, strict=True):
            mended = [item for item in own if self._mends(job, use, item)]
            none: Reason = "no place"
            if use.outcome == "forbidden":
                none = why_kept(job.text, use, job.uses) or "uninflectable"
            offers.append(mended or _hopeless(use) or none)
        return offers

    def _candidates(self, job: _Job, use: TermUse, reader: Reader) -> list[Candidate]:
        made = [] if job.edits else other_hypotheses(job.draft.hypotheses, job.draft.logprobs)
        if use.outcome == "forbidden":
            return made + swapped(job.text, use, job.uses)
        if self._forcing is None and self._links is None:
            return made
        found = replaced(job.draft.source, job.text, use, job.uses, reader, self.options.places)
        if self._forcing is None:
            found = [item for item in found if item.is_safe]
        return made + found

    def _redecode(self, waiting: Sequence[_Case], made: Sequence[list[Candidate]], reader: Reader) -> None:
        """Add re-decoded candidates for sentences in which no spot was found for a term."""
        begun: list[tuple[list[Candidate], str, str]] = []
        for (job, use), own in zip(waiting, made, strict=True):
            if use.outcome == "missing" and not use.homographs and all(c.rule != "replaced" for c in own):
                text = beginning(job.draft.source, job.text, use, reader)
                begun += [(own, job.draft.source, text)] if text is not None else []
        found = reader.complete([(source, text) for _, source, text in begun], self.options.hypotheses)
        for (own, _, _), texts in zip(begun, found, strict=True):
            own += [Candidate(text=text, rule="redecoded") for text in texts]

    def _mends(self, job: _Job, use: TermUse, item: Candidate) -> bool:
        """Whether a candidate fixes this use, in a form that its context allows, and breaks no other.

        Every accepted candidate thus leaves fewer uses open, so correction terminates.
        """
        found = self.checker.check(job.draft.source, item.text)
        before = {other.source.start for other in job.uses if other.outcome not in _SETTLED}
        after = {other.source.start for other in found if other.outcome not in _SETTLED}
        if not after <= before - {use.source.start}:
            return False
        if item.rule == "forbidden":  # its form is that of the words it replaces
            return True
        put = [other.target for other in found if other.source.start == use.source.start]
        return all(self._fit(item.text, place.start, place.stop) for place in put if place is not None)

    def _decide(
        self, waiting: Sequence[_Case], offers: Sequence[list[Candidate] | Reason], reader: Reader
    ) -> None:
        """Accept the best candidate of each use, or record why none was."""
        reader.judge(
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
            own = [replace(item, logprob=reader.logprob(source, item.text)) for item in offer]
            best = max(own, key=lambda item: item.worth(self.options.attention))
            if not self._acceptable(best, reader.logprob(source, job.text)):
                best = next((item for item in own if _needs_no_engine(item)), best)
            if self._acceptable(best, reader.logprob(source, job.text)):
                self._accept(job, use, best)
            else:
                job.tried[use.source.start] = "unsure" if best.logprob is None else "absurd"

    def _acceptable(self, best: Candidate, floor: float | None) -> bool:
        if _needs_no_engine(best):
            return True
        if best.logprob is None or floor is None:
            return False
        return best.logprob >= floor - self.options.margin

    def _accept(self, job: _Job, use: TermUse, best: Candidate) -> None:
        for start, stop, after in sorted(best.changes or changes(job.text, best.text), reverse=True):
            edit = Edit(
                start=start,
                stop=stop,
                before=job.text[start:stop],
                after=after,
                term=use.term.id,
                rule=best.rule,
            )
            job.edits = amend(job.draft.hypotheses[0], job.edits, edit)
            job.text = job.text[:start] + after + job.text[stop:]
        job.uses = self.checker.check(job.draft.source, job.text)
        job.is_changed = True

    def _result(self, job: _Job) -> Correction:
        left = tuple(
            Left(
                term=use.term.id,
                start=use.source.start,
                stop=use.source.stop,
                reason=job.tried[use.source.start],
            )
            for use in job.uses
            if use.outcome not in _SETTLED
        )
        return Correction(text=job.text, edits=job.edits, left=left)


def _hopeless(use: TermUse) -> Reason | None:
    """The reason to leave a use alone without trying anything; None if there is none."""
    if use.code == "term-fewer":
        return "fewer"
    return "homograph" if use.code == "term-ambiguous" or use.homographs else None


def _needs_no_engine(item: Candidate) -> bool:
    """Whether a candidate is safe, and has no score or replaces a forbidden wording."""
    return item.is_safe and (item.logprob is None or item.rule == "forbidden")
