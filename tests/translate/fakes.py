"""An engine without a model: a table of answers, and a record of what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from egiz.translate.engine.protocol import Decoding, EngineFacts, Hint, check_hints
from egiz.translate.records import Hypothesis


def spoken(text: str, logprob: float = -0.5) -> Hypothesis:
    return Hypothesis(text=text, tokens=tuple(text.split()), logprob=logprob)


FACTS = EngineFacts(fingerprint="fake", program="fake", version="1", precision="float32")


@dataclass
class FakeEngine:
    """Answers by `answer(text, source, target, decoding)`; pieces are words."""

    answer: Callable[[str, str, str, Decoding], Sequence[str]]
    languages: tuple[str, ...] = ("en", "kk", "ru")
    identity: str = str(FACTS)
    facts: EngineFacts = FACTS
    takes_hints: bool = False
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def translate(
        self,
        texts: Sequence[str],
        *,
        source: str,
        target: str,
        decoding: Decoding,
        hints: Sequence[Sequence[Hint]] = (),
    ) -> list[tuple[Hypothesis, ...]]:
        check_hints(hints, texts, takes_hints=self.takes_hints)
        self.asked += [(text, source, target) for text in texts]
        return [tuple(spoken(item) for item in self.answer(text, source, target, decoding)) for text in texts]

    def count(self, text: str) -> int:
        return len(text.split())

    def unknown(self, text: str) -> tuple[str, ...]:
        return ()
