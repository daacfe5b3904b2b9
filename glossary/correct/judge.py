"""Judges of mode ``safe`` and of mode ``eager``: what is tried for a term, and which candidate is accepted.

The safe judge protects the sentence: a word is replaced only if it is known to render the term and nothing
else, and the sum of the log-probabilities of the tokens outside the term must not fall. The eager judge
compares whole sentences by their mean log-probability per token.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from egiz.glossary.check import TermUse
from egiz.glossary.correct.answers import EngineAnswers
from egiz.glossary.correct.harm import (
    doubled,
    invents,
    is_as_good,
    mostly_kept,
    objections,
    rendered,
    unlinked,
)
from egiz.glossary.correct.job import Candidate, Job, Offer, is_phrase, shifted
from egiz.glossary.correct.links import changed_words
from egiz.glossary.correct.options import CorrectOptions, Reason
from egiz.glossary.correct.synonyms import is_of_one_sense
from egiz.glossary.correct.words import (
    MayGo,
    Sense,
    WordTable,
    any_words,
    attended_words,
    known_words,
    linked_words,
    no_words,
    unclaimed_words,
)
from egiz.glossary.languages import dependent

_ORDER = ("other-output", "forbidden", "redecoded", "replaced")
"""The rules in the order in which safe edits are preferred: the more of the sentence is the model's own, the
better."""


class Judge(Protocol):
    """Decides for one term in one sentence what may be tried, and what is accepted.

    `table` has the words that are known to translate each other, if the judge uses them; `verdict` is the
    reason given for a term if none of its candidates was good enough.
    """

    languages: tuple[str, str]
    options: CorrectOptions
    table: WordTable | None
    verdict: Reason

    def refusal(self, job: Job, use: TermUse) -> Reason | None:
        """The reason to leave a use alone without trying anything; None if there is none."""
        ...

    def is_meant(self, use: TermUse) -> bool:
        """Whether the wording of the term certainly has the meaning that its source words have here."""
        ...

    def may_go(self, job: Job, use: TermUse, answers: EngineAnswers | None) -> MayGo:
        """Which words a term may replace; if `answers` is None, those worth asking the engine about."""
        ...

    def may_begin(self, job: Job, use: TermUse) -> MayGo:
        """Which words the term may replace if the sentence is translated again from there on."""
        ...

    def is_weighed_back(self, use: TermUse, item: Candidate) -> bool:
        """Whether `best` needs the log-probability of the source given the candidate."""
        ...

    def best(
        self, job: Job, use: TermUse, own: Sequence[Candidate], answers: EngineAnswers
    ) -> Candidate | None:
        """The candidate to be accepted, if any; `own` are those of the use, with mean log-probabilities."""
        ...

    def may_take(self, job: Job, item: Candidate, fixed: Sequence[TermUse]) -> bool:
        """Whether an output with hints, that puts `fixed` right, passes all tests without the engine."""
        ...

    def worths(self, offers: Sequence[Offer], answers: EngineAnswers) -> list[float | None]:
        """For each output with hints a value to rank it by, higher is better; None if it may not be taken."""
        ...


class Eager:
    """Accepts whatever does not make the whole sentence much less likely."""

    verdict: Reason = "absurd"

    def __init__(self, source: str, target: str, options: CorrectOptions, *, has_engine: bool) -> None:
        self.languages = source, target
        self.options = options
        self.table: WordTable | None = None
        self._has_engine = has_engine

    def refusal(self, job: Job, use: TermUse) -> Reason | None:
        """The reason of `undecided`; all other uses are tried."""
        return undecided(use)

    def is_meant(self, use: TermUse) -> bool:
        """True for terms of several source words; nothing is known about others."""
        return is_phrase(use)

    def may_go(self, job: Job, use: TermUse, answers: EngineAnswers | None) -> MayGo:
        """Every word; without an engine, only the words that are linked to the term."""
        return any_words if self._has_engine else linked(job, use, answers)

    def may_begin(self, job: Job, use: TermUse) -> MayGo:
        """Every word."""
        return any_words

    def is_weighed_back(self, use: TermUse, item: Candidate) -> bool:
        """False: only the translation counts."""
        return False

    def best(
        self, job: Job, use: TermUse, own: Sequence[Candidate], answers: EngineAnswers
    ) -> Candidate | None:
        """The candidate of most worth, unless the whole text becomes less likely by more than `margin`."""
        found = max(own, key=lambda item: item.worth(self.options.attention))
        floor = answers.mean(job.source, job.text)
        if found.logprob is None or floor is None:
            return None
        return found if found.logprob >= floor - self.options.margin else None

    def may_take(self, job: Job, item: Candidate, fixed: Sequence[TermUse]) -> bool:
        """True: only the likelihood counts."""
        return True

    def worths(self, offers: Sequence[Offer], answers: EngineAnswers) -> list[float | None]:
        """The change of the mean log-probability without the hint; None if it falls by more than `margin`."""
        losses = _losses(offers, answers)
        return [-loss if loss <= self.options.margin else None for loss in losses]


class Safe:
    """Accepts only what leaves the rest of the sentence as good.

    `table` is None for languages without a word table, and where there is no engine.
    """

    verdict: Reason = "harm"

    def __init__(
        self,
        source: str,
        target: str,
        options: CorrectOptions,
        *,
        table: WordTable | None,
        has_engine: bool,
        has_links: bool,
    ) -> None:
        self.languages = source, target
        self.options = options
        self.table = table
        self._has_engine, self._has_links = has_engine, has_links

    def refusal(self, job: Job, use: TermUse) -> Reason | None:
        """The reason of `undecided`, ``person`` or ``sense``; for a forbidden wording only the first of them.

        ``person``: a person translated, and there is neither a word table nor links. ``sense``: the term may
        have another sense here.
        """
        if (reason := undecided(use)) is not None or use.outcome == "forbidden":
            return reason
        if self.options.people:
            return None if self._has_links or self.table else "person"
        if self.table is None:
            return None
        is_other = self._sense(use) == "other" or not is_of_one_sense(job.source, job.text, use, self.table)
        return "sense" if is_other else None

    def is_meant(self, use: TermUse) -> bool:
        """True for terms of several source words, and for wordings that usually render their source word."""
        return is_phrase(use) or self._sense(use) == "usual"

    def _sense(self, use: TermUse) -> Sense:
        accepted = [wording.text for wording in use.term.accepted_in(self.languages[1])]
        return self.table.sense(use.form, accepted) if self.table else "open"

    def may_go(self, job: Job, use: TermUse, answers: EngineAnswers | None) -> MayGo:
        """The words that are known to render only the term, if the attention of the model agrees."""
        if not self._has_engine:
            return linked(job, use, answers)
        if self.table is None:
            return no_words
        verdicts = self.table.verdicts(job.source, job.text, use.source.start, use.source.stop)
        accepted = _accepted(use, self.languages[1])
        known = known_words(verdicts, job.text, accepted, is_meant=self.is_meant(use))
        if answers is None:
            return known
        standing = answers.standing(job.source, job.text, use.source.start, use.source.stop)
        attended = attended_words(verdicts, standing, job.text)
        return lambda words: attended(words) and known(words)

    def may_begin(self, job: Job, use: TermUse) -> MayGo:
        """The words that are known to render the term; for one of several words, all that render no other."""
        if self.table is None:
            return any_words
        verdicts = self.table.verdicts(job.source, job.text, use.source.start, use.source.stop)
        return unclaimed_words(verdicts, is_meant=is_phrase(use))

    def is_weighed_back(self, use: TermUse, item: Candidate) -> bool:
        """True if a term of one source word replaces words, or comes with another output.

        False without a word table, and where people translated.
        """
        return (
            item.rule in ("replaced", "other-output")
            and self.table is not None
            and not self.options.people
            and not is_phrase(use)
        )

    def best(
        self, job: Job, use: TermUse, own: Sequence[Candidate], answers: EngineAnswers
    ) -> Candidate | None:
        """The first candidate, in the order of rules and then of likelihood, that leaves the rest as good."""
        before = objections(job.source, job.text, self.languages)
        for item in sorted(own, key=lambda item: (_ORDER.index(item.rule), -(item.logprob or 0.0))):
            if not self._keeps(job, use, item, answers):
                continue
            if objections(job.source, item.text, self.languages) <= before:
                return item
        return None

    def may_take(self, job: Job, item: Candidate, fixed: Sequence[TermUse]) -> bool:
        """Whether most of the sentence stays, and the terms fill a gap or have several source words.

        A gap is a source word without a known rendering that has one now. Where a known rendering stood, the
        output was as often worse as better. No source word may lose its rendering, and the output may not add
        more words that render nothing known than gaps are filled.
        """
        wordings = " ".join(use.rendering for use in fixed)
        if not mostly_kept(job.text, item.text) or invents(job.text, item.text, self.languages[1], wordings):
            return False
        are_phrases = all(map(is_phrase, fixed))
        if self.table is None:
            return are_phrases
        before, after = (rendered(self.table, job.source, text) for text in (job.text, item.text))
        added = unlinked(self.table, job.source, item.text) - unlinked(self.table, job.source, job.text)
        return before <= after and (before < after or are_phrases) and added <= len(after - before)

    def worths(self, offers: Sequence[Offer], answers: EngineAnswers) -> list[float | None]:
        """By how many nats the pair becomes likelier in both directions; None for less than `back`.

        None too if the text, without the hint, becomes less likely per token by more than `told`.
        """
        likely = [loss <= self.options.told for loss in _losses(offers, answers)]
        kept = [offer for offer, is_likely in zip(offers, likely, strict=True) if is_likely]
        answers.translate_back(
            [(job.source, text) for job, item, _ in kept for text in (job.text, item.text)]
        )
        worths: list[float | None] = []
        for (job, item, _), is_likely in zip(offers, likely, strict=True):
            old, new = (answers.both_ways(job.source, text) for text in (job.text, item.text))
            gain = new - old if is_likely and old is not None and new is not None else None
            worths.append(gain if gain is not None and gain >= self.options.back else None)
        return worths

    def _keeps(self, job: Job, use: TermUse, item: Candidate, answers: EngineAnswers) -> bool:
        """Whether the rest of the sentence stays as likely and, for another output, also the whole sentence.

        The whole is compared per token, because another output may be longer or shorter.
        """
        loss = _loss(job, use, item, answers)
        if loss is None or loss > self._most(job, use, item, answers):
            return False
        if item.changes:
            return doubled(item.text) <= doubled(job.text) and self._suits(job, use, item, answers)
        accepted = _accepted(use, self.languages[1])
        if not is_as_good(job.source, job.text, item.text, self.languages, wordings=accepted):
            return False
        if self._loses(job, use, item) or not self._suits(job, use, item, answers):
            return False
        gain = -self.options.gain if self.is_meant(use) else self.options.gain
        return _falls_by(job, item, answers) <= -gain

    def _suits(self, job: Job, use: TermUse, item: Candidate, answers: EngineAnswers) -> bool:
        """Whether a term that is weighed back suits the source about as well as the words that it replaces.

        The pair of texts may become less likely in both directions by at most `both`, and the words must not
        be a rendering that ordinary text clearly prefers to the term (шекара: border, not boundary). Another
        output must not make the pair less likely at all, and must render a source word that had no known
        rendering.
        """
        if not self.is_weighed_back(use, item) or self.table is None:
            return True
        old, new = (answers.both_ways(job.source, text) for text in (job.text, item.text))
        if old is None or new is None or old - new > (self.options.both if item.changes else 0.0):
            return False
        if not item.changes:
            before, after = (rendered(self.table, job.source, text) for text in (job.text, item.text))
            return not after <= before
        gone = [job.text[start:stop] for start, stop, _ in item.changes]
        accepted = [wording.text for wording in use.term.accepted_in(self.languages[1])]
        return not self.table.prefers(use.form, gone, accepted)

    def _most(self, job: Job, use: TermUse, item: Candidate, answers: EngineAnswers) -> float:
        """By how much, in nats, the rest of the sentence may become less likely; minus infinity for a veto.

        Words that are not known to render the term are replaced only if no other word depends on them and, by
        a term of one word, only if the model gave them a low probability.
        """
        if item.is_swap and use.outcome == "missing":
            return self.options.synonyms
        if item.rule != "replaced" or self.table is None:
            return self.options.tolerance
        verdicts = self.table.verdicts(job.source, job.text, use.source.start, use.source.stop)
        gone = changed_words(job.text, item.changes)
        if any(verdicts[at] == "term" for at in gone):
            return self.options.tolerance
        said = answers.inside(job.source, job.text, gone)
        if dependent(self.languages[1])(job.text, max(stop for _, stop, _ in item.changes)):
            return -math.inf
        if said is not None and said <= self.options.doubt:
            return self.options.doubted
        return self.options.tolerance if is_phrase(use) else -math.inf

    def _loses(self, job: Job, use: TermUse, item: Candidate) -> bool:
        """Whether another output is known to lack the rendering of another word of the source."""
        if self.table is None:
            return False
        own = use.source.start, use.source.stop
        before, after = (rendered(self.table, job.source, text, *own) for text in (job.text, item.text))
        return not before <= after


def undecided(use: TermUse) -> Reason | None:
    """The reason to leave a use alone if the check cannot decide whether it is an error; None if it can."""
    if use.code == "term-fewer":
        return "fewer"
    return "homograph" if use.code == "term-ambiguous" or use.homographs else None


def linked(job: Job, use: TermUse, answers: EngineAnswers | None) -> MayGo:
    """The words that are linked to a term; every word if `answers` is None, as links are not known then."""
    if answers is None:
        return any_words
    standing = answers.standing(job.source, job.text, use.source.start, use.source.stop)
    return linked_words(standing, job.text, _accepted(use, use.target_language))


def _accepted(use: TermUse, language: str) -> str:
    return " ".join(wording.text for wording in use.term.accepted_in(language))


def _falls_by(job: Job, item: Candidate, answers: EngineAnswers) -> float:
    """By how much a candidate as a whole is less likely per token, in nats; infinity where unknown."""
    old, new = (answers.mean(job.source, text) for text in (job.text, item.text))
    return math.inf if old is None or new is None else old - new


def _losses(offers: Sequence[Offer], answers: EngineAnswers) -> list[float]:
    """By how much each candidate as a whole is less likely per token, in nats; infinity where unknown."""
    answers.score([(job.source, text) for job, item, _ in offers for text in (job.text, item.text)])
    return [_falls_by(job, item, answers) for job, item, _ in offers]


def _loss(job: Job, use: TermUse, item: Candidate, answers: EngineAnswers) -> float | None:
    """By how much the tokens outside the term become less likely, in nats; None where unknown.

    All tokens of another output of the model count, because it is unknown which of its words replace which.
    """
    gone, put = frozenset(item.gone), frozenset[int]()
    if item.changes:
        gone = changed_words(job.text, item.changes)
        put = changed_words(item.text, shifted(item.changes))
    elif item.rule == "redecoded":
        found = job.checker.check(job.source, item.text)
        place = next(other.target for other in found if other.source.start == use.source.start)
        put = changed_words(item.text, [(place.start, place.stop, "")]) if place else put
    before = answers.outside(job.source, job.text, gone)
    after = answers.outside(job.source, item.text, put)
    return None if before is None or after is None else before - after
