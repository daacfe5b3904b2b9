"""What Egiz asks of an engine: decoding settings, translation, and forced decoding of given text.

An engine takes single sentences as normalised text and gives raw hypotheses. It knows no documents, no
memory and no guards.

Correction needs it: it proposes a text, or the beginning of one, and the engine says how well that goes
with the source, and which words of it stand for which.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

from egiz.translate.errors import OptionError, nearest
from egiz.translate.records import Hypothesis


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How to search for a translation.

    The defaults are those of Meta's own NLLB-200 runs (NLLB Team 2022, beam 4 to 5; fairseq's generation
    settings for NLLB): beam 5, no 4-gram twice, no unknown pieces, at most three times the source's
    tokens plus five. `hypotheses` is how many of the beam are kept where the best one is in doubt: the
    retry ladder chooses among them. `batch_tokens` bounds a batch (length × sentences); it is part of the
    settings because computations that are not in int8 are rounded otherwise in batches of other sizes.

    `dropout` above 0 cuts the source into other pieces than the best ones, in as many ways as there are
    numbers for `variant` (see `resegment` in `egiz.translate.engine.tokenizer`): the model then says the same
    in other words.
    """

    beam: int = 5
    hypotheses: int = 4
    no_repeat: int = 4
    repetition_penalty: float = 1.0
    length_penalty: float = 1.0
    block_unknown: bool = True
    length_factor: float = 3.0
    length_extra: int = 5
    batch_tokens: int = 2048
    dropout: float = 0.0
    variant: int = 0

    def __post_init__(self) -> None:
        for name, least in (
            ("beam", 1),
            ("hypotheses", 1),
            ("no_repeat", 0),
            ("length_extra", 1),
            ("batch_tokens", 1),
            ("variant", 0),
        ):
            if getattr(self, name) < least:
                raise OptionError(
                    f"{getattr(self, name)}", where=f"decoding option {name}", expected=f"at least {least}"
                )
        if self.hypotheses > self.beam:
            raise OptionError(
                f"{self.hypotheses} hypotheses of a beam of {self.beam}",
                where="decoding option hypotheses",
                expected="at most the beam",
            )
        for name in ("length_factor", "repetition_penalty", "length_penalty"):
            if not 0 < getattr(self, name) < math.inf:
                raise OptionError(
                    f"{getattr(self, name)}", where=f"decoding option {name}", expected="a number above 0"
                )
        if not 0 <= self.dropout < 1:
            raise OptionError(
                f"{self.dropout}", where="decoding option dropout", expected="at least 0 and below 1"
            )

    @classmethod
    def parse(cls, pairs: Sequence[str]) -> Decoding:
        """Settings from ``name=value`` texts, the rest as they are by default.

        Raises OptionError for a name that is no setting, and for a value that is not of its kind.
        """
        defaults = cls()
        values: dict[str, Any] = {}
        for pair in pairs:
            name, _, text = pair.partition("=")
            known = [field.name for field in fields(cls)]
            if name not in known:
                found = f"unknown decoding setting {name!r}"
                raise OptionError(found, expected=", ".join(known), action=nearest(name, known))
            values[name] = _value(name, text, type(getattr(defaults, name)))
        beam = values.get("beam", defaults.beam)
        values.setdefault("hypotheses", max(1, min(defaults.hypotheses, beam)))
        return cls(**values)

    def longest(self, source_tokens: int) -> int:
        """The cap on target tokens for a source of so many tokens.

        The source is rounded up to a multiple of eight, so that sentences of like length share a batch and
        the cap of a sentence does not depend on which others it is decoded with.
        """
        return min(_POSITIONS, int(self.length_factor * rounded(source_tokens)) + self.length_extra)

    def signature(self) -> str:
        """All settings in one line, for provenance and for the key of the translation memory.

        Those of other pieces are left out where there are none, so that what was remembered before there
        were any is still found.
        """
        left_out = () if self.dropout else ("dropout", "variant")
        return ";".join(f"{name}={value}" for name, value in asdict(self).items() if name not in left_out)


_POSITIONS = 500
"""Target tokens that every model of NLLB's architecture has positions for: they have 512 or more."""


def _value(name: str, text: str, kind: type[bool] | type[int] | type[float]) -> bool | int | float:
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise OptionError(f"{name}={text}", where="decoding", expected="true or false")
        return text.lower() == "true"
    try:
        return kind(text)
    except ValueError as error:
        expected = "a whole number" if kind is int else "a number"
        raise OptionError(f"{name}={text}", where="decoding", expected=expected) from error


def rounded(tokens: int) -> int:
    """Round a length up to a multiple of eight."""
    return -(-tokens // 8) * 8


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """What an engine runs and with what: two engines with equal facts give equal outputs.

    `fingerprint` is the model's, `program` the library that runs it, with its `version`; `precision` is the
    number type that it really computes in.
    """

    fingerprint: str
    program: str
    version: str
    precision: str

    def __str__(self) -> str:
        """All of it in one line, as keys of the translation memory have it. It is never taken apart again."""
        return f"{self.fingerprint}+{self.program}-{self.version}+{self.precision}"


class Engine(Protocol):
    """Translates sentences between the languages of its model (BCP-47 tags)."""

    @property
    def facts(self) -> EngineFacts:
        """The model, the program that runs it, and the precision."""
        ...

    @property
    def identity(self) -> str:
        """The facts in one line: equal identities give equal outputs."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the model can read and write."""
        ...

    def translate(
        self, texts: Sequence[str], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        """Translate normalised sentences; one tuple of hypotheses per text, in order, best first.

        A hypothesis that ran into the length cap has no end token; its `complete` is False.
        """
        ...

    def count(self, text: str) -> int:
        """The number of pieces of `text`, without language code and end token."""
        ...

    def unknown(self, text: str) -> tuple[str, ...]:
        """The stretches of `text` that the model cannot read at all, in order: it is blind to them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """How much each piece of a target text looks at each piece of its source.

    `source` and `target` are the places of the pieces (start, stop; code points of the texts as they were
    given). ``weights[t][s]`` is between 0 and 1; what a target piece gives to the language code and the end
    of the source is left out, so a row sums to 1 at most.
    """

    source: tuple[tuple[int, int], ...]
    target: tuple[tuple[int, int], ...]
    weights: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a model says of each piece of a text that it was made to say.

    `places` are those of the pieces (start, stop; code points of the text as it was given), `logprobs` their
    natural-log probabilities and, as the last one, that of the end.
    """

    places: tuple[tuple[int, int], ...]
    logprobs: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean log-probability per token, end token included, as in `Hypothesis.logprob`."""
        return sum(self.logprobs) / len(self.logprobs)


class Speaking(Protocol):
    """An engine that says how likely each piece of a given text is. Texts are normalised single sentences."""

    @property
    def identity(self) -> str:
        """As `Engine.identity`: equal identities give equal answers."""
        ...

    def speak(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> list[Spoken | None]:
        """For each pair of source and target text, how likely each piece of the target is.

        None where a text is longer than the model reads.
        """
        ...


class Forcing(Speaking, Protocol):
    """An engine that can be made to say a given text. All texts are normalised single sentences."""

    def align(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> list[Attention]:
        """For each pair of source and target text, which pieces of the one look at which of the other.

        No pieces at all where a text is longer than the model reads.
        """
        ...

    def complete(
        self, items: Sequence[tuple[str, str]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        """For each pair of source text and beginning of a target text, whole texts with that beginning.

        Best first by the search's own log-probability; `speak` says the model's of a whole text. None where
        a text is longer than the model reads.
        """
        ...
