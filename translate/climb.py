"""Translate texts with retries: each text is decoded in other ways until the guards accept an output.

The retry ladder is the list of these ways, its rungs (see `egiz.translate.ladder`). A text is finished at the
first rung with an output that the guards accept; if no rung has one, the output with the fewest objections is
kept and marked as suspect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from egiz.translate.engine.mbr import Mbr, Preference, candidates, ranked
from egiz.translate.engine.protocol import Decoding, Engine
from egiz.translate.guards import CODES, ENDLESS, FOREIGN, KEPT, check, endless, translatable
from egiz.translate.guards.language import is_in, wrong_script
from egiz.translate.ladder import RUNGS, Options, Rung, decode, decode_best, decode_fast, pivot_language
from egiz.translate.memory import Remembered
from egiz.translate.protected import without_pieces
from egiz.translate.records import Attempt, Hypothesis, Status

UNREAD = "unread"
"""The flag of a translation whose source has characters that the model's vocabulary lacks."""


def climb(
    engine: Engine,
    texts: Sequence[str],
    *,
    source: str,
    target: str,
    options: Options,
    preference: Preference | None = None,
) -> list[Remembered]:
    """Translate normalised, distinct texts; return one result per text, in order, with status and attempts.

    A text with nothing to translate (see `translatable`) is copied. So is a text that is in the target
    language already; it gets the flag `KEPT`. An empty text fails without a call of the engine, and so does a
    text that is too long to be a sentence (see `endless`). `preference` adds its bonus to the candidates of
    minimum Bayes risk decoding; without `options.mbr` it is ignored.
    """
    states = [_State(text) for text in texts]
    for state in states:
        if endless(state.text):
            state.settled, state.flags = True, (ENDLESS,)
        elif not translatable(state.text):
            state.copy()
        elif is_in(state.text, target, source):
            state.copy(KEPT)
    first = _first_rungs(options, preference)
    for name, rung in (*first, *((name, RUNGS[name]) for name in options.rungs)):
        doubtful = [state for state in states if not state.settled]
        if not doubtful:
            break
        found = rung(engine, [state.text for state in doubtful], source, target, options)
        for state, hypotheses in zip(doubtful, found, strict=True):
            state.offer(name, [_judged(state.text, item, source, target) for item in hypotheses])
    return [
        state.result(
            blind=bool(state.best and engine.unknown(without_pieces(state.text))),
            foreign=wrong_script(state.text, source),
        )
        for state in states
    ]


def _first_rungs(options: Options, preference: Preference | None) -> tuple[tuple[str, Rung], ...]:
    """The rungs before those of `options.rungs`, each with its name for `Attempt.rung`.

    Without `Options.fast` there is one: the decoding with the full settings. With it there are two: the fast
    decoding, then the decoding with the full settings.
    """
    mbr = options.mbr
    if mbr is None:
        return (("fast", decode_fast), ("beam", decode_best)) if options.fast else (("beam", decode_best),)

    def by_risk(
        engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
    ) -> list[tuple[Hypothesis, ...]]:
        return _by_risk(engine, texts, source, target, options, mbr, preference)

    return (("mbr", by_risk),)


def _by_risk(
    engine: Engine,
    texts: Sequence[str],
    source: str,
    target: str,
    options: Options,
    mbr: Mbr,
    preference: Preference | None,
) -> list[tuple[Hypothesis, ...]]:
    """Decode by minimum Bayes risk; return for each text the best hypotheses, in the order of `ranked`.

    Only the candidates with the fewest objections of the guards are ranked and compared with each other.
    """

    def decode_with(
        texts: Sequence[str], source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        return decode(engine, texts, source, target, replace(options, decoding=decoding))

    through = pivot_language(engine, source, target)
    pools = candidates(
        decode_with, texts, source=source, target=target, through=through, decoding=options.decoding, mbr=mbr
    )
    chosen = []
    for text, pool in zip(texts, pools, strict=True):
        bonus = _bonus(preference, text, source, target)
        best = ranked(_least_bad(text, pool, source, target), bonus)
        chosen.append(tuple(best[: options.decoding.hypotheses]))
    return chosen


def _bonus(preference: Preference | None, text: str, source: str, target: str) -> Callable[[str], float]:
    """A function that returns the bonus of an output for `text`, in points of chrF++; 0 without a
    preference."""
    if preference is None:
        return lambda output: 0.0
    return lambda output: preference.bonus(text, output, source=source, target=target)


def _least_bad(text: str, pool: Sequence[Hypothesis], source: str, target: str) -> list[Hypothesis]:
    """The candidates with the lowest `_badness`, in order; the guards check equal candidates only once."""
    judged: dict[Hypothesis, tuple[bool, bool, int, int]] = {}
    for item in pool:
        case = replace(item, logprob=0.0)
        if case not in judged:
            judged[case] = _badness(_judged(text, case, source, target)[1])
    least = min(judged.values())
    return [item for item in pool if judged[replace(item, logprob=0.0)] == least]


_Judged = tuple[Hypothesis, tuple[str, ...]]
"""A hypothesis and the codes of the guards that object to it."""


def _judged(text: str, hypothesis: Hypothesis, source: str, target: str) -> _Judged:
    """The hypothesis with the codes of the guards that object to it."""
    return hypothesis, check(text, hypothesis, source_language=source, target_language=target)


def _badness(flags: tuple[str, ...]) -> tuple[bool, bool, int, int]:
    """A sort key for outputs, computed from their flags: the lower, the better the output.

    Complete outputs come first, then outputs that were cut off, then empty ones. Each of the three groups is
    sorted by the number of flags, then by the most serious flag (the earliest in `CODES`).
    """
    worst = max((len(CODES) - CODES.index(flag) for flag in flags), default=0)
    return "empty" in flags, "cut" in flags, len(flags), worst


@dataclass(slots=True)
class _State:
    """The state of one text: its best outputs so far, and all attempts.

    `best` are the outputs of the best attempt, best first; `flags` are the guards' codes for the first of
    these outputs. `settled` says that no further attempt is needed. `retried` says that `best` is not the
    first output of the first attempt.
    """

    text: str
    best: tuple[Hypothesis, ...] = ()
    flags: tuple[str, ...] = ("empty",)
    attempts: list[Attempt] = field(default_factory=list)
    settled: bool = False
    retried: bool = False

    def copy(self, *flags: str) -> None:
        """Use the text as its own translation, with these flags; an empty text gets no translation."""
        self.settled = True
        if self.text:
            self.best, self.flags = (Hypothesis(text=self.text, tokens=(), logprob=0.0),), flags
            self.attempts.append(Attempt(rung="copy", flags=flags))

    def offer(self, rung: str, judged: list[_Judged]) -> None:
        """Record an attempt; keep its outputs if their best has a lower `_badness` than the best so far."""
        if not judged:
            return
        place = min(range(len(judged)), key=lambda at: (_badness(judged[at][1]), at))
        flags = judged[place][1]
        self.attempts.append(Attempt(rung=rung, flags=judged[0][1]))
        if not self.best or _badness(flags) < _badness(self.flags):
            ordered = [judged[place], *judged[:place], *judged[place + 1 :]]
            self.best, self.flags = tuple(item for item, _ in ordered), flags
            self.retried = place > 0 or len(self.attempts) > 1
        self.settled = not self.flags

    def result(self, *, blind: bool, foreign: bool) -> Remembered:
        """The final result for the translation memory.

        `blind` says that the vocabulary lacks a part of the source. `foreign` says that the source is not in
        the script of its language. Either of them makes the translation suspect.
        """
        attempts = tuple(self.attempts)
        if not self.best or "empty" in self.flags:
            return Remembered(hypotheses=(), status="failed", flags=self.flags, attempts=attempts)
        made = bool(self.best[0].tokens)
        flags = (*self.flags, *([UNREAD] if blind and made else []), *([FOREIGN] if foreign and made else []))
        status: Status = "suspect" if flags else "retried" if self.retried else "ok"
        return Remembered(hypotheses=self.best, status=status, flags=flags, attempts=attempts)
