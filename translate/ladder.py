"""The retry ladder: its options, and the rungs that are tried, in order, if the guards object to an output.

A rung translates the texts that have no accepted output yet and returns hypotheses for each.
`egiz.translate.climb` decides which of them to accept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from egiz.translate.engine.mbr import Mbr
from egiz.translate.engine.protocol import Decoding, Engine
from egiz.translate.errors import OptionError, nearest
from egiz.translate.parts import around_pieces, cut, join, mask, put_together, to_translate
from egiz.translate.records import Hypothesis

Rung = Callable[[Engine, Sequence[str], str, str, "Options"], list[tuple[Hypothesis, ...]]]
"""Translates texts: engine, texts, source language, target language and options to the hypotheses of each
text, best first; an empty tuple if the rung does not apply to the text."""

VERSION = 7
"""Part of the key of the translation memory; to be increased when rungs, guards or batches change such that
outputs may differ."""

FAST_BEAM = 4
"""The beam of the first decoding with `Options.fast`."""

_PIVOTS = ("en", "ru")
_ENDS = ".!?:;…"
_ACRONYM = 8
"""The most characters of a text in capitals that may be an acronym; a longer one is a heading."""

_SHORT = 8
"""The most pieces of a text that is not cut into clauses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The settings of decoding, and the retries if the guards object to an output.

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
        """All options that can change an output, in one line, for the key of the translation memory."""
        rungs = ",".join(self.rungs)
        mbr = f"{self.mbr.signature()};" if self.mbr else ""
        fast = f"fast=beam {self.first.beam}, shortlist;" if self.fast else ""
        settings = f"{mbr}{fast}{self.decoding.signature()}"
        return f"ladder=v{VERSION};longest={self.longest};rungs={rungs};{settings}"


def decode(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate texts with `options.decoding`; a text of more than `options.longest` tokens in clauses."""
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
    """The hypotheses of a text from those of its parts: all for one part, else the joined best ones."""
    if len(parts) == 1:
        return found[0]
    best = [hypotheses[0] for hypotheses in found]
    return (_assembled(join(parts, [item.text for item in best], language), best),)


def _assembled(text: str, parts: Sequence[Hypothesis]) -> Hypothesis:
    """The hypothesis with the text `text`, from the hypotheses of its parts; log-probabilities are
    averaged."""
    weights = [len(item.tokens) + 1 for item in parts]
    total = sum(item.logprob * weight for item, weight in zip(parts, weights, strict=True))
    return Hypothesis(
        text=text,
        tokens=tuple(token for item in parts for token in item.tokens),
        logprob=total / sum(weights),
        complete=all(item.complete for item in parts),
    )


def decode_best(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """The first decoding, for one hypothesis of each text, because most sentences need no other."""
    return decode(
        engine, texts, source, target, replace(options, decoding=replace(options.decoding, hypotheses=1))
    )


def decode_fast(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """The first decoding with `Options.fast`."""
    return decode_best(engine, texts, source, target, replace(options, decoding=options.first, fast=False))


def _others(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Search as in the first decoding, and return all hypotheses but the best."""
    if options.decoding.hypotheses == 1:
        return [()] * len(texts)
    return [found[1:] for found in decode(engine, texts, source, target, options)]


def _strict(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Decode without repeated trigrams and with a repetition penalty, against loops."""
    decoding = replace(options.decoding, no_repeat=3, repetition_penalty=1.2)
    return decode(engine, texts, source, target, replace(options, decoding=decoding))


def _recased(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate a heading in capitals, or a fragment without a final stop, in the form of a sentence."""
    sentences = [_as_sentence(text) for text in texts]
    changed = [new for text, new in zip(texts, sentences, strict=True) if new != text]
    found = iter(decode(engine, changed, source, target, options))
    made: list[tuple[Hypothesis, ...]] = []
    for text, new in zip(texts, sentences, strict=True):
        hypotheses = next(found) if new != text else ()
        made.append(hypotheses if text[-1:] in _ENDS else tuple(map(_without_stop, hypotheses)))
    return made


def _as_sentence(text: str) -> str:
    """The text with a capital, small letters instead of capitals only, and a final stop."""
    text = text.capitalize() if text.isupper() and len(text) > _ACRONYM else text[:1].upper() + text[1:]
    return text if text[-1:] in _ENDS else text + "."


def _without_stop(hypothesis: Hypothesis) -> Hypothesis:
    return replace(hypothesis, text=hypothesis.text.removesuffix("."))


def _clauses(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate clause by clause: short inputs rarely cause loops, and no clause can be left out.

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
    """The tag of the third language that the `pivot` rung translates through; empty if the model has none."""
    return next((item for item in _PIVOTS if item in engine.languages and item not in (source, target)), "")


def _pivot(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate through English, or through Russian if English is the source or target."""
    through = pivot_language(engine, source, target)
    if not through:
        return [()] * len(texts)
    bridge = [found[0] for found in decode(engine, texts, source, through, options)]
    filled = [item.text for item in bridge if item.text]
    found = iter(decode(engine, filled, through, target, options))
    return [_through(item, next(found)) if item.text else () for item in bridge]


def _through(bridge: Hypothesis, found: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """Add the log-probability of the translation `bridge` to those of its own translations."""
    return tuple(replace(item, logprob=item.logprob + bridge.logprob) for item in found)


def _masked(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate with stand-ins for protected pieces; hypotheses that lose one of them are left out.

    The tokens of such a hypothesis are those of the text with its stand-ins.
    """
    masks = [mask(text) for text in texts]
    found = iter(decode(engine, [item.text for item in masks if item], source, target, options))
    made: list[tuple[Hypothesis, ...]] = []
    for item in masks:
        outputs = [(hypothesis, item.unmask(hypothesis.text)) for hypothesis in next(found)] if item else []
        made.append(tuple(replace(hypothesis, text=text) for hypothesis, text in outputs if text is not None))
    return made


def _around(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate only the text between protected pieces: no piece can be lost, but the context is lost."""
    parts = [around_pieces(text) for text in texts]
    wanted = [to_translate(group) if len(group) > 1 else [] for group in parts]
    flat = [text for group in wanted for text in group]
    found = iter(decode(engine, flat, source, target, options))
    made: list[tuple[Hypothesis, ...]] = []
    for group, asked in zip(parts, wanted, strict=True):
        best = [next(found)[0] for _ in asked]
        made.append((_assembled(put_together(group, [item.text for item in best]), best),) if best else ())
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
