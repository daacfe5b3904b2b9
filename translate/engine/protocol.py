"""The interface of an engine: decoding settings, translation, and forced decoding of a given text.

An engine takes single sentences of normalised text and returns raw hypotheses. It knows nothing of documents,
the memory or the guards.

Forced decoding serves correction and scores: they propose a target text, or the beginning of one, and the
engine returns its probability given the source, its alignment to the source, or its completions.
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
    """The settings of the search for a translation.

    The defaults are those of Meta's own NLLB-200 runs (NLLB Team 2022, beam 4 to 5; fairseq's generation
    settings for NLLB): beam 5, no 4-gram twice, no unknown pieces, at most three times the source's tokens
    plus five. `hypotheses` is the number of outputs of the beam that the retry ladder can choose from if the
    guards object to the best output. `batch_tokens` limits a batch (length × sentences); it is one of the
    settings because, with number types other than int8, rounding depends on the size of the batch, which can
    change an output.

    `dropout` above 0 segments the source into other subword pieces than the usual ones, so that the model
    translates it in other words. Each number `variant` gives another segmentation (see `resegment` in
    `egiz.translate.engine.tokenizer`).

    With `shortlist`, outputs consist only of the tokens that the model lists for the target language (see
    `egiz.translate.models.weights`), and log-probabilities are normalised over these tokens. A model without
    such a list ignores `shortlist`.
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
    shortlist: bool = False

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
        """Make settings of ``name=value`` strings; settings that are not named keep their defaults.

        Raises OptionError for an unknown name and for a value of the wrong type or out of range.
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
        """The cap on target tokens for a source of `source_tokens` tokens.

        The source length is rounded up to a multiple of eight, so that sentences of similar length have the
        same cap and can share a batch.
        """
        return min(_POSITIONS, int(self.length_factor * rounded(source_tokens)) + self.length_extra)

    def signature(self) -> str:
        """All settings in one line, for provenance and for the key of the translation memory.

        `dropout` and `variant` are left out if `dropout` is 0, and `shortlist` if it is False, so that
        entries of the memory from before these settings existed are still found.
        """
        left_out = {*(() if self.dropout else ("dropout", "variant"))}
        left_out |= set() if self.shortlist else {"shortlist"}
        return ";".join(f"{name}={value}" for name, value in asdict(self).items() if name not in left_out)


_POSITIONS = 500
"""The most target tokens of any cap; every model of NLLB's architecture has at least 512 positions."""


def _value(name: str, text: str, kind: type[bool] | type[int] | type[float]) -> bool | int | float:
    """The value of a setting from its text; OptionError if it is not of the type `kind`."""
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


Hint = tuple[int, str]
"""A hint that the translation of a source word should use a given target word: the offset of the end of the
source word (exclusive, in code points of the text), and the lemma of the target word. For example, ``(6,
"школа")`` is a hint for the first word of "Мектеп ашылды."."""


def check_hints(hints: Sequence[Sequence[Hint]], texts: Sequence[str], *, takes_hints: bool) -> None:
    """Raise OptionError if the model does not take hints, or if `hints` and `texts` differ in number.

    `hints` has an item for each text, with the hints of this text. It may be empty if no text has hints.
    """
    if any(hints) and not takes_hints:
        raise OptionError(
            "the model was not trained to read hints",
            expected="a model whose manifest says that it understands hints (`egiz models info`)",
            action="Translate without hints, or choose another model.",
        )
    if hints and len(hints) != len(texts):
        raise OptionError(f"hints for {len(hints)} of {len(texts)} texts", expected="as many as texts")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """All facts about an engine that can change its output: engines with equal facts give equal outputs.

    `fingerprint` identifies the model. `program` and `version` are those of the library that runs the model.
    `precision` is the number type that the library actually computes in.
    """

    fingerprint: str
    program: str
    version: str
    precision: str

    def __str__(self) -> str:
        """All facts in one line, as in the keys of the translation memory; it is never parsed."""
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

    @property
    def takes_hints(self) -> bool:
        """Whether the model has learnt to use hints."""
        ...

    def translate(
        self,
        texts: Sequence[str],
        *,
        source: str,
        target: str,
        decoding: Decoding,
        hints: Sequence[Sequence[Hint]] = (),
    ) -> list[tuple[Hypothesis, ...]]:
        """Translate normalised sentences: one tuple of hypotheses per text, in order, best first.

        A hypothesis that reached the length cap has no end token; its `complete` is False. `hints` holds the
        hints of each text, in the order of the text; the model may leave a hint unused. Raises OptionError
        for hints to a model that does not take them.
        """
        ...

    def count(self, text: str) -> int:
        """The number of subword pieces of `text`, without language code and end token."""
        ...

    def unknown(self, text: str) -> tuple[str, ...]:
        """The parts of `text` that the vocabulary lacks, in order: the model reads each as ``<unk>``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Attention weights from each piece of a target text to each piece of its source.

    `source` and `target` are the spans of the pieces (start, stop; code points of the texts as given).
    ``weights[t][s]`` is between 0 and 1; the weights on the language code and the end token of the source are
    left out, so a row sums to at most 1.
    """

    source: tuple[tuple[int, int], ...]
    target: tuple[tuple[int, int], ...]
    weights: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenScores:
    """Forced-decoding log-probabilities of a given text, in nats, one per piece and one for the end token.

    `spans` has the span of each piece (start, stop; code points of the text as given). `logprobs` has the
    log-probability of each piece and, as its last element, the log-probability of the end token.
    """

    spans: tuple[tuple[int, int], ...]
    logprobs: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean log-probability per token, end token included, as in `Hypothesis.logprob`."""
        return sum(self.logprobs) / len(self.logprobs)


class TokenScorer(Protocol):
    """An engine that returns the log-probability of each piece of a given translation.

    Texts are normalised single sentences.
    """

    @property
    def identity(self) -> str:
        """The identity, as in `Engine.identity`: equal identities give equal answers."""
        ...

    def token_scores(
        self, pairs: Sequence[tuple[str, str]], *, source: str, target: str
    ) -> list[TokenScores | None]:
        """For each pair of source and target text, the log-probabilities of the pieces of the target.

        The result of a pair is None if one of its texts is longer than the model can read.
        """
        ...


class Forcing(TokenScorer, Protocol):
    """An engine with forced decoding: it scores, aligns and completes given target texts.

    Texts are normalised single sentences.
    """

    def align(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> list[Attention]:
        """For each pair of source and target text, the attention between their pieces.

        The result of a pair is an `Attention` without pieces if one of its texts is longer than the model can
        read.
        """
        ...

    @property
    def takes_hints(self) -> bool:
        """Whether the model has learnt to use hints, as in `Engine.takes_hints`."""
        ...

    def retell(
        self, items: Sequence[tuple[str, tuple[Hint, ...]]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        """Translate each source text with its hints, as `Engine.translate` does; return the outputs, best
        first.

        The tuple of a text is empty if the text is longer than the model can read.
        """
        ...

    def complete(
        self, items: Sequence[tuple[str, str]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        """Complete the beginning of a target text, for each pair of source text and beginning; best texts
        first.

        The texts are ordered by the log-probability of the search, which can differ from the log-probability
        of the model that `token_scores` returns. The tuple of a pair is empty if one of its texts is longer
        than the model can read.
        """
        ...
