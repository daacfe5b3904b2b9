"""The retry ladder: what is tried, in order, if the guards object to an output.

A rung translates the texts that have no accepted output yet and returns hypotheses for each. A text is
finished at the first rung with an output that the guards accept; if there is none, the output with the fewest
objections is kept and marked as suspect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from egiz.translate.clauses import cut, join
from egiz.translate.engine.mbr import Mbr, Preference, candidates, ranked
from egiz.translate.engine.protocol import Decoding, Engine
from egiz.translate.errors import OptionError, nearest
from egiz.translate.guards import CODES, ENDLESS, FOREIGN, KEPT, check, endless, translatable
from egiz.translate.guards.language import wrong_script
from egiz.translate.guards.spoken import is_in
from egiz.translate.masks import around_pieces, mask, put_together, to_translate
from egiz.translate.memory import Remembered
from egiz.translate.protected import without_pieces
from egiz.translate.records import Attempt, Hypothesis, Status

Rung = Callable[[Engine, Sequence[str], str, str, "Options"], list[tuple[Hypothesis, ...]]]

VERSION = 7
"""Part of the key of the translation memory; to be increased when rungs, guards or batches change such that
outputs may differ."""

FAST_BEAM = 4
"""The beam of the first decoding with `Options.fast`."""

_PIVOTS = ("en", "ru")
_ENDS = ".!?:;…"
_ACRONYM = 8
"""The most characters of a text in capitals that may be an acronym; a longer one is a heading."""

_SHORT = 8  # pieces
UNREAD = "unread"
"""The flag of a translation whose source has characters that the model's vocabulary lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to decode, and what to try if the guards object.

    With `fast`, the first decoding has a beam of at most `FAST_BEAM` and the model's shortlists. Where the
    guards object to its output, `decoding` itself is the next thing that is tried, then the rungs.

    `longest` is the number of source tokens above which a sentence is cut into clauses: NLLB's quality falls
    well before the 512 tokens that it accepts, and Egiz's own models are trained on up to 118. `rungs` are
    tried in order after the first decoding, which keeps only the best hypothesis. With `mbr`, the first
    decoding generates candidates by several searches and chooses by minimum Bayes risk.
    """

    decoding: Decoding = field(default_factory=Decoding)
    longest: int = 110
    rungs: tuple[str, ...] = ("masked", "others", "strict", "recased", "clauses", "pivot", "around")
    mbr: Mbr | None = None
    fast: bool = False

    def __post_init__(self) -> None:
        for name in self.rungs:
            if name not in RUNGS:
                raise OptionError(
                    f"unknown rung {name!r}", expected=", ".join(RUNGS), action=nearest(name, RUNGS)
                )
        if self.longest < 8:
            raise OptionError(f"longest {self.longest}", expected="at least 8 tokens")
        if self.fast and self.mbr:
            raise OptionError(
                "--fast with --method mbr, which decodes many times",
                expected="one of the two",
                action="Leave out --method mbr for speed, or --fast for quality.",
            )

    @property
    def first(self) -> Decoding:
        """The settings of the first decoding."""
        if not self.fast:
            return self.decoding
        beam = min(FAST_BEAM, self.decoding.beam)
        hypotheses = min(beam, self.decoding.hypotheses)
        return replace(self.decoding, beam=beam, hypotheses=hypotheses, shortlist=True)

    def signature(self) -> str:
        """Everything here that can change an output, in one line."""
        rungs = ",".join(self.rungs)
        mbr = f"{self.mbr.signature()};" if self.mbr else ""
        fast = f"fast=beam {self.first.beam}, shortlist;" if self.fast else ""
        settings = f"{mbr}{fast}{self.decoding.signature()}"
        return f"ladder=v{VERSION};longest={self.longest};rungs={rungs};{settings}"


def _decode(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate; texts longer than `options.longest` are cut into clauses."""
    parts = [cut(text, options.longest, engine.count, source) for text in texts]
    return _in_parts(engine, parts, source, target, options)


def _in_parts(
    engine: Engine, parts: Sequence[tuple[str, ...]], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate the parts of all texts together, and join the translations of each text."""
    flat = [part.strip() for group in parts for part in group]
    found = iter(engine.translate(flat, source=source, target=target, decoding=options.decoding))
    return [_joined(group, [next(found) for _ in group], target) for group in parts]


def _joined(
    parts: tuple[str, ...], found: list[tuple[Hypothesis, ...]], language: str
) -> tuple[Hypothesis, ...]:
    if len(parts) == 1:
        return found[0]
    best = [hypotheses[0] for hypotheses in found]
    return (_one(join(parts, [item.text for item in best], language), best),)


def _one(text: str, parts: Sequence[Hypothesis]) -> Hypothesis:
    """The hypothesis for a text that was translated in parts."""
    weights = [len(item.tokens) + 1 for item in parts]
    total = sum(item.logprob * weight for item, weight in zip(parts, weights, strict=True))
    return Hypothesis(
        text=text,
        tokens=tuple(token for item in parts for token in item.tokens),
        logprob=total / sum(weights),
        complete=all(item.complete for item in parts),
    )


def _best(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """A decoding with one hypothesis, because most sentences need no other."""
    return _decode(
        engine, texts, source, target, replace(options, decoding=replace(options.decoding, hypotheses=1))
    )


def _fast(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """The first decoding with `Options.fast`."""
    return _best(engine, texts, source, target, replace(options, decoding=options.first, fast=False))


def _agreed(
    engine: Engine,
    texts: Sequence[str],
    source: str,
    target: str,
    options: Options,
    mbr: Mbr,
    preference: Preference | None,
) -> list[tuple[Hypothesis, ...]]:
    """The first decoding by minimum Bayes risk: hypotheses in the order of `ranked`.

    Only the candidates with the fewest objections are ranked, and only against each other.
    """

    def decode(
        texts: Sequence[str], source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        return _decode(engine, texts, source, target, replace(options, decoding=decoding))

    through = pivot_language(engine, source, target)
    pools = candidates(
        decode, texts, source=source, target=target, through=through, decoding=options.decoding, mbr=mbr
    )
    chosen = []
    for text, pool in zip(texts, pools, strict=True):
        bonus = _bonus(preference, text, source, target)
        best = ranked(_least_bad(text, pool, source, target), bonus)
        chosen.append(tuple(best[: options.decoding.hypotheses]))
    return chosen


def _bonus(preference: Preference | None, text: str, source: str, target: str) -> Callable[[str], float]:
    if preference is None:
        return lambda output: 0.0
    return lambda output: preference.bonus(text, output, source=source, target=target)


def _least_bad(text: str, pool: Sequence[Hypothesis], source: str, target: str) -> list[Hypothesis]:
    """The candidates that the guards object to least; the guards check equal candidates once."""
    judged: dict[Hypothesis, tuple[bool, bool, int, int]] = {}
    for item in pool:
        case = replace(item, logprob=0.0)
        if case not in judged:
            judged[case] = _badness(_judged(text, case, source, target)[1])
    least = min(judged.values())
    return [item for item in pool if judged[replace(item, logprob=0.0)] == least]


def _others(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """The other hypotheses of the first search."""
    if options.decoding.hypotheses == 1:
        return [()] * len(texts)
    return [found[1:] for found in _decode(engine, texts, source, target, options)]


def _strict(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Decode without repeated trigrams and with a repetition penalty, against loops."""
    decoding = replace(options.decoding, no_repeat=3, repetition_penalty=1.2)
    return _decode(engine, texts, source, target, replace(options, decoding=decoding))


def _recased(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate a heading in capitals, or a fragment without a final stop, in the form of a sentence."""
    dressed = [_dressed(text) for text in texts]
    changed = [new for text, new in zip(texts, dressed, strict=True) if new != text]
    found = iter(_decode(engine, changed, source, target, options))
    made: list[tuple[Hypothesis, ...]] = []
    for text, new in zip(texts, dressed, strict=True):
        hypotheses = next(found) if new != text else ()
        made.append(hypotheses if text[-1:] in _ENDS else tuple(map(_without_stop, hypotheses)))
    return made


def _dressed(text: str) -> str:
    text = text.capitalize() if text.isupper() and len(text) > _ACRONYM else text[:1].upper() + text[1:]
    return text if text[-1:] in _ENDS else text + "."


def _without_stop(hypothesis: Hypothesis) -> Hypothesis:
    return replace(hypothesis, text=hypothesis.text.removesuffix("."))


def _clauses(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate clause by clause: short inputs rarely loop, and no clause can be left out.

    A text is cut into two or more parts; a text of at most `_SHORT` pieces is not cut, and gets no
    hypotheses.
    """
    parts = [
        cut(text, min(options.longest, max(_SHORT, engine.count(text) // 2 + 1)), engine.count, source)
        for text in texts
    ]
    found = iter(_in_parts(engine, [group for group in parts if len(group) > 1], source, target, options))
    return [next(found) if len(group) > 1 else () for group in parts]


def pivot_language(engine: Engine, source: str, target: str) -> str:
    """The third language of the `pivot` rung; empty if the model has none."""
    return next((item for item in _PIVOTS if item in engine.languages and item not in (source, target)), "")


def _pivot(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate through English, or through Russian if English is the source or target."""
    through = pivot_language(engine, source, target)
    if not through:
        return [()] * len(texts)
    bridge = [found[0] for found in _decode(engine, texts, source, through, options)]
    filled = [item.text for item in bridge if item.text]
    found = iter(_decode(engine, filled, through, target, options))
    return [_through(item, next(found)) if item.text else () for item in bridge]


def _through(bridge: Hypothesis, found: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """Add the log-probability of the first step to those of the second."""
    return tuple(replace(item, logprob=item.logprob + bridge.logprob) for item in found)


def _masked(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate with stand-ins for protected pieces; hypotheses that lose one of them are left out.

    The tokens of such a hypothesis are those of the text with its stand-ins.
    """
    masks = [mask(text) for text in texts]
    found = iter(_decode(engine, [item.text for item in masks if item], source, target, options))
    made: list[tuple[Hypothesis, ...]] = []
    for item in masks:
        outputs = [(hypothesis, item.unmask(hypothesis.text)) for hypothesis in next(found)] if item else []
        made.append(tuple(replace(hypothesis, text=text) for hypothesis, text in outputs if text is not None))
    return made


def _around(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate the text between protected pieces: no piece can be lost, but the context is."""
    parts = [around_pieces(text) for text in texts]
    wanted = [to_translate(group) if len(group) > 1 else [] for group in parts]
    flat = [text for group in wanted for text in group]
    found = iter(_decode(engine, flat, source, target, options))
    made: list[tuple[Hypothesis, ...]] = []
    for group, asked in zip(parts, wanted, strict=True):
        best = [next(found)[0] for _ in asked]
        made.append((_one(put_together(group, [item.text for item in best]), best),) if best else ())
    return made


RUNGS: dict[str, Rung] = {
    "masked": _masked,
    "others": _others,
    "strict": _strict,
    "recased": _recased,
    "clauses": _clauses,
    "pivot": _pivot,
    "around": _around,
}


def climb(
    engine: Engine,
    texts: Sequence[str],
    *,
    source: str,
    target: str,
    options: Options,
    preference: Preference | None = None,
) -> list[Remembered]:
    """Translate normalised, distinct texts; one result per text, in order, with status and attempts.

    A text without words is its own translation; so is one that is in the target's language already, with a
    flag. An empty text and an endless line fail without the engine. `preference` influences the choice by
    minimum Bayes risk, if the options use it.
    """
    states = [_State(text) for text in texts]
    for state in states:
        if endless(state.text):
            state.settled, state.flags = True, (ENDLESS,)
        elif not translatable(state.text):
            state.copy()
        elif is_in(state.text, target, source):
            state.copy(KEPT)
    first = _first(options, preference)
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


def _first(options: Options, preference: Preference | None) -> tuple[tuple[str, Rung], ...]:
    """The first decoding, with its name in the attempts; with `Options.fast`, the exact one after it."""
    mbr = options.mbr
    if mbr is None:
        return (("fast", _fast), ("beam", _best)) if options.fast else (("beam", _best),)

    def agreed(
        engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
    ) -> list[tuple[Hypothesis, ...]]:
        return _agreed(engine, texts, source, target, options, mbr, preference)

    return (("mbr", agreed),)


_Judged = tuple[Hypothesis, tuple[str, ...]]


def _judged(text: str, hypothesis: Hypothesis, source: str, target: str) -> _Judged:
    return hypothesis, check(text, hypothesis, source_language=source, target_language=target)


def _badness(flags: tuple[str, ...]) -> tuple[bool, bool, int, int]:
    """A sort key of outputs: empty is worst, then cut off, then the number of flags and the worst of them."""
    worst = max((len(CODES) - CODES.index(flag) for flag in flags), default=0)
    return "empty" in flags, "cut" in flags, len(flags), worst


@dataclass(slots=True)
class _State:
    """The state of one text: the best outputs so far, their flags, and the attempts."""

    text: str
    best: tuple[Hypothesis, ...] = ()
    flags: tuple[str, ...] = ("empty",)
    attempts: list[Attempt] = field(default_factory=list)
    settled: bool = False
    retried: bool = False

    def copy(self, *flags: str) -> None:
        """Take the text as its own translation, with these flags; an empty text fails."""
        self.settled = True
        if self.text:
            self.best, self.flags = (Hypothesis(text=self.text, tokens=(), logprob=0.0),), flags
            self.attempts.append(Attempt(rung="copy", flags=flags))

    def offer(self, rung: str, judged: list[_Judged]) -> None:
        """Take a rung's outputs if the best of them is better than the best so far."""
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
        """The final result.

        `blind` says that the model could not read a part of the source, `foreign` that the source is not in
        the letters of its language.
        """
        attempts = tuple(self.attempts)
        if not self.best or "empty" in self.flags:
            return Remembered(hypotheses=(), status="failed", flags=self.flags, attempts=attempts)
        made = bool(self.best[0].tokens)
        flags = (*self.flags, *([UNREAD] if blind and made else []), *([FOREIGN] if foreign and made else []))
        status: Status = "suspect" if flags else "retried" if self.retried else "ok"
        return Remembered(hypotheses=self.best, status=status, flags=flags, attempts=attempts)
