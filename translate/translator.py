"""Sentences in, translations out: the memory asked first, the engine only for what is new, order kept.

A translation that a person approved goes before all others: it is what the sentence is translated as from
then on, with any engine and any settings, and the translation's `engine` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from egiz.translate.engine import Engine
from egiz.translate.errors import LanguageError
from egiz.translate.guards import translatable
from egiz.translate.ladder import Options, climb, pivot_language
from egiz.translate.languages import language
from egiz.translate.mbr import Preference
from egiz.translate.memory import HUMAN, Key, MemoryLike, NoMemory, Remembered, human_key
from egiz.translate.punctuation import normalise
from egiz.translate.records import Sentence, Translation

WINDOW = 64
"""Sentences translated and committed to the memory together: what an interruption can lose, and how often
progress is told. A sentence does not depend on the others of its window."""


class Translator:
    """Translates streams of sentences from one language into several.

    Raises LanguageError where the engine's model lacks a language or a target is the source.
    """

    def __init__(
        self,
        engine: Engine,
        source: str,
        targets: Sequence[str],
        *,
        options: Options | None = None,
        memory: MemoryLike | None = None,
        preference: Preference | None = None,
    ) -> None:
        """`preference` has a say in the choice of candidates, where `options` has one made."""
        self.engine = engine
        self.source = _offered(source, engine)
        self.targets = tuple(_offered(target, engine) for target in targets)
        self.options = options or Options()
        self._memory = memory or NoMemory()
        self._preference = preference if self.options.mbr else None
        if self.source in self.targets or len(set(self.targets)) < len(self.targets):
            raise LanguageError(
                f"{self.source} into {', '.join(self.targets)}",
                expected="distinct languages, the source not among the targets",
            )
        if not self.targets:
            raise LanguageError("no target language", expected="at least one")

    @property
    def identity(self) -> str:
        """Engine and settings: equal identities give equal outputs, approved translations aside."""
        return f"{self.engine.identity} {self.settings}"

    @property
    def settings(self) -> str:
        """All that can change an output apart from engine and languages, in one line."""
        preferred = f";preference={self._preference.signature}" if self._preference else ""
        return f"{self.options.signature()}{preferred}"

    def translate(
        self, sentences: Iterable[Sentence], progress: Callable[[int], None] = lambda done: None
    ) -> Iterator[tuple[Translation, ...]]:
        """Yield, for each sentence in order, its translations in the order of the targets.

        `progress` is called with the number of sentences done since its last call.
        """
        stream = iter(sentences)
        while window := list(islice(stream, WINDOW)):
            columns = [self._column(window, target) for target in self.targets]
            progress(len(window))
            yield from zip(*columns, strict=True)

    def _column(self, window: list[Sentence], target: str) -> list[Translation]:
        texts = [_input(sentence.text) for sentence in window]
        approved = self._approved(texts, target)
        keys = {text: self._key(text, target) for text in texts if text not in approved}
        held = self._memory.get(list(keys.values()))
        new = [text for text, key in keys.items() if key not in held]
        solved = dict(
            zip(
                new,
                climb(
                    self.engine,
                    new,
                    source=self.source,
                    target=target,
                    options=self.options,
                    preference=self._preference,
                ),
                strict=True,
            )
        )
        self._memory.put((keys[text], found) for text, found in solved.items())
        made = {text: solved.get(text) or held[key] for text, key in keys.items()}
        return [
            self._translation(sentence, target, approved[text], HUMAN, remembered=True)
            if text in approved
            else self._translation(sentence, target, made[text], self.identity, remembered=text not in solved)
            for sentence, text in zip(window, texts, strict=True)
        ]

    def _approved(self, texts: list[str], target: str) -> dict[str, Remembered]:
        """What people approved as the translations of these texts."""
        keys = {text: human_key(text, self.source, target) for text in texts}
        held = self._memory.get(list(keys.values()))
        return {text: held[key] for text, key in keys.items() if key in held}

    def _key(self, text: str, target: str) -> Key:
        return Key(
            engine=self.engine.identity,
            source=self.source,
            target=target,
            settings=f"{self.settings};pivot={pivot_language(self.engine, self.source, target)}",
            text=text,
        )

    def _translation(
        self, sentence: Sentence, target: str, found: Remembered, engine: str, *, remembered: bool
    ) -> Translation:
        return Translation(
            sentence=sentence,
            language=target,
            hypotheses=found.hypotheses,
            status=found.status,
            flags=found.flags,
            attempts=found.attempts,
            engine=engine,
            remembered=remembered,
        )


def _input(text: str) -> str:
    """What the engine gets; a text that will only be copied stays as it is written."""
    return normalise(text) if translatable(text) else text.strip()


def _offered(tag: str, engine: Engine) -> str:
    """The canonical tag of a language that the engine's model has."""
    found = language(tag).tag
    if found not in engine.languages:
        known = engine.languages
        few = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
        raise LanguageError(
            f"this model has no {found!r}",
            expected=few,
            action="Choose another model with --model; `egiz models list` shows which there are.",
        )
    return found
