"""The retry ladder: its options, and its rungs, the ways of decoding that are tried one after the other.

A rung translates the texts of which the guards have not accepted an output yet, and returns hypotheses for
each. `egiz.translate.climb` decides which of these to accept.
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
"""A way of decoding. The arguments are engine, texts, source language, target language (BCP-47) and options.
Returns one tuple per text: its hypotheses, best first; the tuple is empty if the rung does not apply to the
text."""

VERSION = 7
"""A part of the key of the translation memory. Increase it with every change of rungs, guards or batches that
can change an output."""

FAST_BEAM = 4
"""The beam of the first decoding with `Options.fast`."""

_PIVOTS = ("en", "ru")
_ENDS = ".!?:;…"
_ACRONYM = 8
"""The most characters of an acronym; a longer text in capitals is a heading."""

_SHORT = 8
"""The rung ``clauses`` does not cut a text of at most this many subword pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The settings of decoding, and the retries if the guards object to an output.

    With `fast`, the first decoding has a beam of at most `FAST_BEAM` and the model's shortlists. Texts to
    whose output the guards object are decoded with the full settings of `decoding` next, then by the rungs.

    `longest` is the number of source tokens above which a sentence is cut into clauses: NLLB's quality falls
    well before the 512 tokens that it accepts, and Egiz's own models are trained on up to 118. `rungs` are
    the names of the rungs to try, in order, after the first decoding. The first decoding returns one
    hypothesis per text; the rung ``others`` adds the other hypotheses. With `mbr`, the first decoding instead
    generates candidates by several searches, ranks them by minimum Bayes risk, and returns the best
    `decoding.hypotheses` of them.
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
    """Translate texts with `options.decoding`; longer ones than `options.longest` are cut into clauses."""
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
    """The hypotheses of a text, made from the hypotheses of its parts.

    A text of one part has all hypotheses of this part. A text of several parts has one hypothesis, which
    joins the best hypotheses of all parts.
    """
    if len(parts) == 1:
        return found[0]
    best = [hypotheses[0] for hypotheses in found]
    return (_assembled(join(parts, [item.text for item in best], language), best),)


def _assembled(text: str, parts: Sequence[Hypothesis]) -> Hypothesis:
    """The hypothesis with the text `text` and the tokens of `parts`; its `logprob` is the mean per token."""
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
    """Decode with the full settings, but keep one hypothesis of each text: most sentences need no other."""
    return decode(
        engine, texts, source, target, replace(options, decoding=replace(options.decoding, hypotheses=1))
    )


def decode_fast(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Decode with the fast settings (`Options.first`), and keep one hypothesis of each text."""
    return decode_best(engine, texts, source, target, replace(options, decoding=options.first, fast=False))


def _others(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Search as `decode_best` does, but return all hypotheses except the best, which was offered before."""
    if options.decoding.hypotheses == 1:
        return [()] * len(texts)
    return [found[1:] for found in decode(engine, texts, source, target, options)]


def _strict(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Decode against loops: no trigram may be repeated, and repeated tokens get a penalty."""
    decoding = replace(options.decoding, no_repeat=3, repetition_penalty=1.2)
    return decode(engine, texts, source, target, replace(options, decoding=decoding))


def _recased(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate a heading in capitals, or a fragment without a final stop, in the form of a sentence.

    A text that has the form of a sentence already gets no hypotheses. If a stop was added to the text, the
    stop is removed from the output.
    """
    sentences = [_as_sentence(text) for text in texts]
    changed = [new for text, new in zip(texts, sentences, strict=True) if new != text]
    found = iter(decode(engine, changed, source, target, options))
    made: list[tuple[Hypothesis, ...]] = []
    for text, new in zip(texts, sentences, strict=True):
        hypotheses = next(found) if new != text else ()
        made.append(hypotheses if text[-1:] in _ENDS else tuple(map(_without_stop, hypotheses)))
    return made


def _as_sentence(text: str) -> str:
    """The text with a capital at its start and a final mark; in a heading in capitals, the other letters
    become small."""
    text = text.capitalize() if text.isupper() and len(text) > _ACRONYM else text[:1].upper() + text[1:]
    return text if text[-1:] in _ENDS else text + "."


def _without_stop(hypothesis: Hypothesis) -> Hypothesis:
    return replace(hypothesis, text=hypothesis.text.removesuffix("."))


def _clauses(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate clause by clause: short inputs rarely cause loops, and no clause can be left out.

    A text is cut into parts of at most half its length in subword pieces, or of `_SHORT` pieces if that is
    more. A text of at most `_SHORT` pieces is not cut, and gets no hypotheses.
    """
    parts = [
        cut(text, min(options.longest, max(_SHORT, engine.count(text) // 2 + 1)), engine.count, source)
        for text in texts
    ]
    found = iter(_in_parts(engine, [group for group in parts if len(group) > 1], source, target, options))
    return [next(found) if len(group) > 1 else () for group in parts]


def pivot_language(engine: Engine, source: str, target: str) -> str:
    """The third language that the `pivot` rung translates through; empty if the model has no such
    language."""
    return next((item for item in _PIVOTS if item in engine.languages and item not in (source, target)), "")


def _pivot(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate into `pivot_language` first, and the best hypothesis from there into the target."""
    through = pivot_language(engine, source, target)
    if not through:
        return [()] * len(texts)
    bridge = [found[0] for found in decode(engine, texts, source, through, options)]
    filled = [item.text for item in bridge if item.text]
    found = iter(decode(engine, filled, through, target, options))
    return [_with_bridge(item, next(found)) if item.text else () for item in bridge]


def _with_bridge(bridge: Hypothesis, found: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """The hypotheses `found` for the text of `bridge`, each with the log-probability of `bridge` added."""
    return tuple(replace(item, logprob=item.logprob + bridge.logprob) for item in found)


def _masked(
    engine: Engine, texts: Sequence[str], source: str, target: str, options: Options
) -> list[tuple[Hypothesis, ...]]:
    """Translate with a stand-in (``#1``) for each protected piece; leave out hypotheses that lose a stand-in.

    The `text` of a hypothesis has the pieces back in their places; its `tokens` still have the stand-ins.
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
    """Translate the text between protected pieces, each part alone: no piece is lost, but the context is."""
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
