"""Judges of mode ``safe`` and of mode ``eager``: which corrections are tried, and which are accepted.

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
"""The rules in the order in which safe edits are preferred: those that keep more of the model's own wording
come first."""


class Judge(Protocol):
    """Decides which corrections of one term in one sentence may be tried, and which candidate is accepted.

    `table` holds the words that are known to translate each other; None if the judge does not use them.
    `verdict` is the reason given for a term if none of its candidates was good enough.
    """

    languages: tuple[str, str]
    options: CorrectOptions
    table: WordTable | None
    verdict: Reason

    def refusal(self, job: Job, use: TermUse) -> Reason | None:
        """Return the reason to leave a use as it is without trying anything; None if it may be corrected."""
        ...

    def is_meant(self, use: TermUse) -> bool:
        """Whether the target wording certainly has the meaning that the source words have here."""
        ...

    def may_go(self, job: Job, use: TermUse, answers: EngineAnswers | None) -> MayGo:
        """Return the test whether the term may replace given words of the current text.

        `answers` has the engine's answers about this text. If it is None, the engine has not been asked yet.
        Then the test is true for the words about which the engine should be asked.
        """
        ...

    def may_begin(self, job: Job, use: TermUse) -> MayGo:
        """Return the test whether the sentence may be decoded again, with the term, from given words on."""
        ...

    def is_weighed_back(self, use: TermUse, item: Candidate) -> bool:
        """Whether `best` needs the log-probability of the source given this candidate."""
        ...

    def best(
        self, job: Job, use: TermUse, own: Sequence[Candidate], answers: EngineAnswers
    ) -> Candidate | None:
        """Return the candidate to accept, or None.

        `own` are the candidates for this use, with their mean log-probabilities.
        """
        ...

    def may_take(self, job: Job, item: Candidate, fixed: Sequence[TermUse]) -> bool:
        """Whether an output with hints passes all tests that need no engine.

        `item` is the output as a candidate, `fixed` are the term uses that it corrects.
        """
        ...

    def worths(self, offers: Sequence[Offer], answers: EngineAnswers) -> list[float | None]:
        """Return a value for each output with hints; an output with a higher value is better.

        The value is None for an output that must not be accepted.
        """
        ...


class Eager:
    """Accepts every candidate that does not make the whole sentence much less likely."""

    verdict: Reason = "absurd"

    def __init__(self, source: str, target: str, options: CorrectOptions, *, has_engine: bool) -> None:
        self.languages = source, target
        self.options = options
        self.table: WordTable | None = None
        self._has_engine = has_engine

    def refusal(self, job: Job, use: TermUse) -> Reason | None:
        """Return the reason that `undecided` gives; None if the use may be corrected."""
        return undecided(use)

    def is_meant(self, use: TermUse) -> bool:
        """Whether the term has several words in the source, because such a term seldom has a second sense.

        This judge knows nothing about the senses of terms of one word, and returns False for them.
        """
        return is_phrase(use)

    def may_go(self, job: Job, use: TermUse, answers: EngineAnswers | None) -> MayGo:
        """Return the test whether the term may replace given words of the current text.

        With an engine, the test is true for all words, because the scores decide later. Without an engine, it
        is true only for words that are linked to the term.
        """
        return any_words if self._has_engine else linked(job, use, answers)

    def may_begin(self, job: Job, use: TermUse) -> MayGo:
        """Return a test that is true for every word."""
        return any_words

    def is_weighed_back(self, use: TermUse, item: Candidate) -> bool:
        """Return False: only the log-probability of the target counts."""
        return False

    def best(
        self, job: Job, use: TermUse, own: Sequence[Candidate], answers: EngineAnswers
    ) -> Candidate | None:
        """Return the candidate with the greatest `Candidate.worth`.

        Returns None if the mean log-probability per token of this candidate is lower than that of the current
        text by more than `margin`.
        """
        found = max(own, key=lambda item: item.worth(self.options.attention))
        floor = answers.mean(job.source, job.text)
        if found.logprob is None or floor is None:
            return None
        return found if found.logprob >= floor - self.options.margin else None

    def may_take(self, job: Job, item: Candidate, fixed: Sequence[TermUse]) -> bool:
        """Return True: only the log-probability counts."""
        return True

    def worths(self, offers: Sequence[Offer], answers: EngineAnswers) -> list[float | None]:
        """Return the change of the mean log-probability per token, computed without hints.

        The change is given as None, so that the output is not accepted, if it is a fall by more than
        `margin`.
        """
        losses = _falls_per_token(offers, answers)
        return [-loss if loss <= self.options.margin else None for loss in losses]


class Safe:
    """Accepts only candidates that leave the rest of the sentence as good as it was.

    `table` is None for languages without a word table, and without an engine.
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
        """Return the reason of `undecided`, ``person`` or ``sense``; None if the use may be corrected.

        ``person``: people made the translation, and there is neither a word table nor links. ``sense``: the
        term may have another sense here. Both are given only for uses without a forbidden wording.
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
        """Whether the term has several source words, or its wording usually renders its source word."""
        return is_phrase(use) or self._sense(use) == "usual"

    def _sense(self, use: TermUse) -> Sense:
        accepted = [wording.text for wording in use.term.accepted_in(self.languages[1])]
        return self.table.sense(use.form, accepted) if self.table else "open"

    def may_go(self, job: Job, use: TermUse, answers: EngineAnswers | None) -> MayGo:
        """Return the test whether the term may replace given words of the current text.

        With an engine, the words must be known to render only the term, and must attend to the term. Without
        an engine, they must be linked to the term.
        """
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
        """Return the test whether the sentence may be decoded again, with the term, from given words on.

        It is true for words that are known to render the term. For a term of several words, it is true for
        all words that are not known to render another source word.
        """
        if self.table is None:
            return any_words
        verdicts = self.table.verdicts(job.source, job.text, use.source.start, use.source.stop)
        return unclaimed_words(verdicts, is_meant=is_phrase(use))

    def is_weighed_back(self, use: TermUse, item: Candidate) -> bool:
        """Whether a candidate for a term of one source word needs a check against the source.

        It needs one if the term replaces words, or if the candidate is another output of the model. False if
        there is no word table, or if people made the translations.
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
        """Return the first candidate that leaves the rest of the sentence as good as it was, or None.

        Candidates are tried in the order of their rules (`_ORDER`), those of one rule likeliest first.
        """
        before = objections(job.source, job.text, self.languages)
        for item in sorted(own, key=lambda item: (_ORDER.index(item.rule), -(item.logprob or 0.0))):
            if not self._keeps(job, use, item, answers):
                continue
            if objections(job.source, item.text, self.languages) <= before:
                return item
        return None

    def may_take(self, job: Job, item: Candidate, fixed: Sequence[TermUse]) -> bool:
        """Whether an output keeps most of the sentence, and its terms fill gaps or are phrases.

        A phrase is a term of several source words. A gap is a source word that has no known rendering in the
        current text. If a term fills no gap, its source word had a known rendering before; in tests, such
        outputs were as often worse as better than the current text. No source word may lose its rendering.
        The output may add words that render no known source word, but not more words than it fills gaps.
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
        """Return the gain in log-probability of each pair of source and output, in both directions.

        The unit is nats. The gain is given as None, so that the output is not accepted, if it is less than
        `back`, or if the mean log-probability per token, computed without hints, falls by more than `told`.
        """
        likely = [loss <= self.options.told for loss in _falls_per_token(offers, answers)]
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
        """Whether the rest of the sentence stays as likely and as good as it was.

        If the candidate is another output of the model, the log-probabilities of the whole sentences are
        compared too. They are compared by their mean per token, because the output may be longer or shorter.
        """
        loss = _loss_outside(job, use, item, answers)
        if loss is None or loss > self._greatest_loss(job, use, item, answers):
            return False
        if item.changes:
            return doubled(item.text) <= doubled(job.text) and self._suits(job, use, item, answers)
        accepted = _accepted(use, self.languages[1])
        if not is_as_good(job.source, job.text, item.text, self.languages, wordings=accepted):
            return False
        if self._loses_rendering(job, use, item) or not self._suits(job, use, item, answers):
            return False
        gain = -self.options.gain if self.is_meant(use) else self.options.gain
        return _fall_per_token(job, item, answers) <= -gain

    def _suits(self, job: Job, use: TermUse, item: Candidate, answers: EngineAnswers) -> bool:
        """Whether the term suits the source about as well as the words that it replaces.

        True for candidates for which `is_weighed_back` is false. If the term replaces words, the
        log-probability of the pair in both directions may fall by at most `both`, and ordinary text must not
        clearly prefer the replaced words to the term (шекара: border, not boundary). If the candidate is
        another output of the model, that log-probability must not fall at all, and the output must render a
        source word that had no known rendering.
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

    def _greatest_loss(self, job: Job, use: TermUse, item: Candidate, answers: EngineAnswers) -> float:
        """Return by how many nats the rest of the sentence may become less likely; minus infinity to reject.

        Words that are not known to render the term are replaced only if no other word depends on them. If the
        term has only one word, there is a second condition: the model must have given these words a low
        probability (at most `doubt`).
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

    def _loses_rendering(self, job: Job, use: TermUse, item: Candidate) -> bool:
        """Whether another output lacks the known rendering of a source word outside the term."""
        if self.table is None:
            return False
        own = use.source.start, use.source.stop
        before, after = (rendered(self.table, job.source, text, *own) for text in (job.text, item.text))
        return not before <= after


def undecided(use: TermUse) -> Reason | None:
    """Return why the check cannot decide whether a use is wrong; None if it can."""
    if use.code == "term-fewer":
        return "fewer"
    return "homograph" if use.code == "term-ambiguous" or use.homographs else None


def linked(job: Job, use: TermUse, answers: EngineAnswers | None) -> MayGo:
    """Return the test whether the term may replace given words, judged by their links to the term.

    If `answers` is None, the links are not known yet, and the test is true for every word.
    """
    if answers is None:
        return any_words
    standing = answers.standing(job.source, job.text, use.source.start, use.source.stop)
    return linked_words(standing, job.text, _accepted(use, use.target_language))


def _accepted(use: TermUse, language: str) -> str:
    return " ".join(wording.text for wording in use.term.accepted_in(language))


def _fall_per_token(job: Job, item: Candidate, answers: EngineAnswers) -> float:
    """Return the fall in mean log-probability per token from the current text to a candidate.

    The unit is nats. Infinity if one of the two is unknown.
    """
    old, new = (answers.mean(job.source, text) for text in (job.text, item.text))
    return math.inf if old is None or new is None else old - new


def _falls_per_token(offers: Sequence[Offer], answers: EngineAnswers) -> list[float]:
    """Return `_fall_per_token` for each offer, after scoring all of them in one batch."""
    answers.score([(job.source, text) for job, item, _ in offers for text in (job.text, item.text)])
    return [_fall_per_token(job, item, answers) for job, item, _ in offers]


def _loss_outside(job: Job, use: TermUse, item: Candidate, answers: EngineAnswers) -> float | None:
    """Return by how many nats the tokens outside the term become less likely; None if that is unknown.

    In another output of the model all tokens count, because it is unknown which of its words replace which.
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
