"""The retry ladder: what is tried, in order, when the guards object to an output.

A rung translates those texts that are still in doubt and returns hypotheses for each. The first rung that
gives an output without objections ends the climb; where none does, the output with the fewest objections
is kept, and the row says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from egiz.translate.clauses import cut, join
from egiz.translate.engine import Decoding, Engine
from egiz.translate.errors import OptionError, nearest
from egiz.translate.guards import check, translatable
from egiz.translate.memory import Remembered
from egiz.translate.records import Attempt, Hypothesis, Status

Rung = Callable[[Engine, Sequence[str], str, str, "Options"], list[tuple[Hypothesis, ...]]]

VERSION = 1
"""Part of the key of the translation memory: goes up when rungs or guards decide otherwise than before."""

_PIVOTS = ("en", "ru")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to translate and how hard to try.

    `longest` is the number of source tokens above which a sentence is cut at its clauses: NLLB's quality
    falls well before the 512 tokens that it accepts, and models of our own are trained on up to 118.
    `rungs` are tried in order after the first decoding.
    """

    decoding: Decoding = field(default_factory=Decoding)
    longest: int = 110
    rungs: tuple[str, ...] = ("strict", "recased", "clauses", "pivot")

    def __post_init__(self) -> None:
        for name in self.rungs:
            if name not in RUNGS:
                raise OptionError(
                    f"unknown rung {name!r}", expected=", ".join(RUNGS), action=nearest(name, RUNGS)
                )
        if self.longest < 8:
            raise OptionError(f"longest {self.longest}", expected="at least 8 tokens")

    def signature(self) -> str:
        """Everything that can change an output, in one line."""
        rungs = ",".join(self.rungs)
        return f"ladder=v{VERSION};longest={self.longest};rungs={rungs};{self.decoding.signature()}"


def _decode(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate, cutting what is too long for the model at its clauses."""
    parts = [cut(text, options.longest, engine.count, source) for text in texts]
    flat = [part for group in parts for part in group]
    found = iter(engine.translate(flat, source=source, target=target, decoding=options.decoding))
    return [_joined(group, [next(found) for _ in group]) for group in parts]


def _joined(parts: tuple[str, ...], found: list[tuple[Hypothesis, ...]]) -> tuple[Hypothesis, ...]:
    if len(parts) == 1:
        return found[0]
    best = [hypotheses[0] for hypotheses in found]
    weights = [len(hypothesis.tokens) + 1 for hypothesis in best]
    return (
        Hypothesis(
            text=join(parts, [hypothesis.text for hypothesis in best]),
            tokens=tuple(token for hypothesis in best for token in hypothesis.tokens),
            logprob=sum(item.logprob * weight for item, weight in zip(best, weights, strict=True))
            / sum(weights),
            complete=all(hypothesis.complete for hypothesis in best),
        ),
    )


def _strict(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Forbid repeated trigrams and make used pieces dearer, against loops."""
    decoding = replace(options.decoding, no_repeat=3, repetition_penalty=1.2)
    return _decode(engine, texts, source, target, replace(options, decoding=decoding))


def _recased(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Give a heading in capitals, or a fragment without a stop, the look of a sentence."""

    def dressed(text: str) -> str:
        text = text.capitalize() if text.isupper() and len(text) > 8 else text[:1].upper() + text[1:]
        return text if text[-1:] in ".!?:;…" else text + "."

    found = _decode(engine, [dressed(text) for text in texts], source, target, options)
    return [
        tuple(hypotheses if text[-1:] in ".!?:;…" else map(_without_stop, hypotheses))
        for text, hypotheses in zip(texts, found, strict=True)
    ]


def _without_stop(hypothesis: Hypothesis) -> Hypothesis:
    return replace(hypothesis, text=hypothesis.text.removesuffix("."))


def _clauses(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate clause by clause: short inputs rarely loop and nothing can vanish between clauses."""
    made: list[tuple[Hypothesis, ...]] = []
    for text in texts:
        half = max(8, engine.count(text) // 2 + 1)
        made.extend(
            _decode(engine, [text], source, target, replace(options, longest=min(half, options.longest)))
        )
    return made


def _pivot(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Go through English, or Russian where English is an end, if the model has it."""
    through = next(
        (item for item in _PIVOTS if item in engine.languages and item not in (source, target)), None
    )
    if through is None:
        return [()] * len(texts)
    bridge = [found[0] for found in _decode(engine, texts, source, through, options)]
    filled = [item.text for item in bridge if item.text]
    found = iter(_decode(engine, filled, through, target, options))
    return [_through(item, next(found)) if item.text else () for item in bridge]


def _through(bridge: Hypothesis, found: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """The doubt of the first leg counts in the second: their log-probabilities add up."""
    return tuple(replace(item, logprob=item.logprob + bridge.logprob) for item in found)


RUNGS: dict[str, Rung] = {"strict": _strict, "recased": _recased, "clauses": _clauses, "pivot": _pivot}


def climb(
    engine: Engine, texts: Sequence[str], *, source: str, target: str, options: Options
) -> list[Remembered]:
    """Translate normalised, distinct texts; one result per text, in order, with status and attempts."""
    states = [_State(text) for text in texts]
    for state in states:
        if not translatable(state.text):
            same = Hypothesis(text=state.text, tokens=(), logprob=0.0)
            state.offer("copied through", [(same, ())])
    for name, rung in (("beam", _decode), *((name, RUNGS[name]) for name in options.rungs)):
        doubtful = [state for state in states if not state.settled]
        if not doubtful:
            break
        found = rung(engine, [state.text for state in doubtful], source, target, options)
        for state, hypotheses in zip(doubtful, found, strict=True):
            state.offer(
                name,
                [
                    (item, check(state.text, item, source_language=source, target_language=target))
                    for item in hypotheses
                ],
            )
    return [state.result() for state in states]


@dataclass(slots=True)
class _State:
    """One text on its way up."""

    text: str
    best: tuple[Hypothesis, ...] = ()
    flags: tuple[str, ...] = ("empty",)
    attempts: list[Attempt] = field(default_factory=list)
    settled: bool = False
    retried: bool = False

    def offer(self, rung: str, judged: list[tuple[Hypothesis, tuple[str, ...]]]) -> None:
        """Take over a rung's outputs where their best has fewer objections than what we hold."""
        if not judged:
            return
        place = min(range(len(judged)), key=lambda at: (len(judged[at][1]), at))
        flags = judged[place][1]
        self.attempts.append(Attempt(rung=rung, flags=judged[0][1]))
        if not self.best or len(flags) < len(self.flags):
            ordered = [judged[place], *judged[:place], *judged[place + 1 :]]
            self.best, self.flags = tuple(item for item, _ in ordered), flags
            self.retried = place > 0 or len(self.attempts) > 1
        self.settled = not self.flags

    def result(self) -> Remembered:
        """What the climb came to."""
        if not self.best or "empty" in self.flags:
            return Remembered(hypotheses=(), status="failed", flags=self.flags, attempts=tuple(self.attempts))
        status: Status = "suspect" if self.flags else "retried" if self.retried else "ok"
        return Remembered(
            hypotheses=self.best, status=status, flags=self.flags, attempts=tuple(self.attempts)
        )
