"""Minimum Bayes risk decoding: choose the candidate that is most similar to all other candidates.

Beam search finds the most probable output, which is often short and vague if the model is uncertain. The
output with the highest expected chrF++ against the model's other outputs is better (Kumar and Byrne 2004;
Eikema and Aziz 2020). Candidates come from a wide beam, from other subword segmentations of the source (see
`resegment`), and from translation through a third language. Other segmentations are used instead of random
samples, because samples would not be reproducible.
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
"""A part of the key of the translation memory. Increase it with every change of the code that can change the
choice among candidates."""

_DIGITS = 6
"""Utilities are rounded to this many decimals, so that rounding errors cannot change the order."""

Decode = Callable[[Sequence[str], str, str, Decoding], list[tuple[Hypothesis, ...]]]
"""A function that translates texts. Its arguments are texts, source language, target language (BCP-47) and
settings; it returns one tuple of hypotheses per text, in order, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mbr:
    """The settings by which candidates are generated.

    The candidates are: `kept` outputs of a search with `beam` beams; `variant_kept` outputs for each of
    `variants` other segmentations of the source, in which each merge is dropped with probability `dropout`;
    and, with `pivot`, `variant_kept` translations through a third language. The searches for the last two
    kinds of candidates have the beam of the decoding settings. All searches use the higher one of
    `length_penalty` and the length penalty of the decoding settings.

    The defaults were chosen on FLORES-200 dev with the starter model, into English and Russian: eight
    variants are no better than four; candidates of a beam of 5 are slightly worse than those of a beam of 10;
    a dropout of 0.05, which makes candidates better but less varied, gives the same result as the 0.1 of
    Provilkov et al. 2020.
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
    """A second criterion for the choice of a candidate, besides similarity, such as the terms that it
    renders."""

    @property
    def signature(self) -> str:
        """Everything that can change a bonus, in one line, for the key of the translation memory."""
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
    """All candidates for each text, in the order of the searches that found them, repeated ones included.

    `through` is the tag of the third language; empty if there is none.
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
    """Translate texts through a third language; the log-probabilities of the two steps are added."""
    bridge = [found[0] for found in decode(texts, source, through, replace(decoding, hypotheses=1))]
    found = iter(decode([item.text for item in bridge if item.text], through, target, decoding))
    return [
        tuple(replace(end, logprob=end.logprob + item.logprob) for end in next(found)) if item.text else ()
        for item in bridge
    ]


def ranked(found: Sequence[Hypothesis], bonus: Callable[[str], float] = lambda text: 0.0) -> list[Hypothesis]:
    """The candidates by utility, highest first; candidates of equal utility are in the order of `found`.

    The utility of a text is its mean chrF++ (0 to 100) against all candidates, repeated ones included, plus
    its `bonus`. Of candidates with the same text, only the earliest is returned.
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
