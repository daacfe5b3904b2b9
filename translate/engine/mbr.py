"""Minimum Bayes risk decoding: of many candidates, the one that the others agree with most.

Beam search looks for the likeliest output, which for a model that is unsure is often short and vague. The
output with the highest expected chrF++ against what else the model could say is better (Kumar and Byrne 2004;
Eikema and Aziz 2020). Candidates come from a wide beam, from the source cut into other pieces, which does
what sampling does and is reproducible (see `resegment`), and from the way through a third language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from egiz.translate.engine.protocol import Decoding
from egiz.translate.errors import OptionError
from egiz.translate.metrics import chrf_matrix
from egiz.translate.records import Hypothesis

VERSION = 1
"""Part of the key of the translation memory: goes up when another candidate is chosen than before."""

_DIGITS = 6
"""Decimals of a utility that count: fewer than machines may differ in."""

Decode = Callable[[Sequence[str], str, str, Decoding], list[tuple[Hypothesis, ...]]]
"""Translates texts from a language into another with these settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mbr:
    """Where candidates come from.

    `kept` outputs of a search with `beam` beams; `variant_kept` of a plain search for each of `variants`
    other ways to cut the source into pieces, with merges dropped at `dropout`; as many of the search from
    the best translation into a third language. All searches have `length_penalty`, or that of the decoding
    where it is higher.

    Chosen on FLORES-200 dev with the starter, into English and Russian: eight variants are no better than
    four, candidates of a beam of 5 a little worse than of 10, and a dropout of 0.05, at which candidates are
    better and more alike, as good as the 0.1 of Provilkov et al. 2020.
    """

    beam: int = 10
    kept: int = 5
    variants: int = 4
    variant_kept: int = 3
    dropout: float = 0.1
    length_penalty: float = 1.5
    pivot: bool = True

    def __post_init__(self) -> None:
        for name, least in (("beam", 1), ("kept", 1), ("variants", 0), ("variant_kept", 1)):
            if getattr(self, name) < least:
                raise OptionError(f"{getattr(self, name)}", where=f"mbr {name}", expected=f"at least {least}")
        if self.kept > self.beam:
            raise OptionError(f"{self.kept} kept", where="mbr", expected=f"at most the beam, {self.beam}")

    def signature(self) -> str:
        """All settings in one line, for provenance and for the key of the translation memory."""
        settings = ",".join(f"{name}={value}" for name, value in asdict(self).items())
        return f"mbr=v{VERSION},{settings}"


class Preference(Protocol):
    """What speaks for an output apart from its likeness to the others, such as the terms that it renders."""

    @property
    def signature(self) -> str:
        """All that can change what is preferred, in one line."""
        ...

    def bonus(self, text: str, output: str, *, source: str, target: str) -> float:
        """Points of chrF++ (0 to 100) to add to the utility of an output for a source text."""
        ...


def candidates(
    decode: Decode,
    texts: Sequence[str],
    *,
    source: str,
    target: str,
    through: str,
    decoding: Decoding,
    mbr: Mbr,
) -> list[list[Hypothesis]]:
    """All outputs for each text, in the order in which they are asked for; what came out twice stands twice.

    `through` is the third language, empty where there is none.
    """
    penalty = max(mbr.length_penalty, decoding.length_penalty)
    wide = replace(decoding, beam=max(mbr.beam, decoding.beam), hypotheses=mbr.kept, length_penalty=penalty)
    kept = min(mbr.variant_kept, decoding.beam)
    plain = replace(decoding, hypotheses=kept, length_penalty=penalty)
    found = [decode(texts, source, target, wide)]
    for variant in range(1, mbr.variants + 1):
        cut = replace(plain, dropout=mbr.dropout, variant=variant)
        found.append(decode(texts, source, target, cut))
    if mbr.pivot and through:
        found.append(_through(decode, texts, source, through, target, plain))
    return [[item for group in own for item in group] for own in zip(*found, strict=True)]


def _through(
    decode: Decode, texts: Sequence[str], source: str, through: str, target: str, decoding: Decoding
) -> list[tuple[Hypothesis, ...]]:
    """Outputs by way of a third language; the doubt of the first leg counts in the second."""
    bridge = [found[0] for found in decode(texts, source, through, replace(decoding, hypotheses=1))]
    found = iter(decode([item.text for item in bridge if item.text], through, target, decoding))
    return [
        tuple(replace(end, logprob=end.logprob + item.logprob) for end in next(found)) if item.text else ()
        for item in bridge
    ]


def ranked(found: Sequence[Hypothesis], bonus: Callable[[str], float] = lambda text: 0.0) -> list[Hypothesis]:
    """The distinct candidates, those of the highest expected chrF++ first; among equals the earliest.

    Every candidate counts as a possible truth as often as it was found. `bonus` is added to the expectation.
    Of candidates with one text the earliest stands for all.
    """
    first: dict[str, Hypothesis] = {}
    for item in found:
        first.setdefault(item.text, item)
    texts = list(first)
    counts = [sum(item.text == text for item in found) for text in texts]
    expected = (chrf_matrix(texts) @ counts) / max(1, sum(counts))
    utility = [
        round(float(value) + bonus(text), _DIGITS) for text, value in zip(texts, expected, strict=True)
    ]
    order = sorted(range(len(texts)), key=lambda place: (-utility[place], place))
    return [first[texts[place]] for place in order]
