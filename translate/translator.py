"""Translate a stream of sentences, in order: from the memory if possible, otherwise with the engine.

With `approved`, a translation that a person approved overrides all others, whatever the engine and the
settings; its record names who approved it.

Sentences are translated in windows, batches of `WINDOW` sentences. While the caller corrects, scores and
writes the sentences of one window, the next windows are already being translated, so that the engine need not
wait for the caller. The target languages do not wait for each other either.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from egiz.translate.climb import climb
from egiz.translate.engine.mbr import Preference
from egiz.translate.engine.protocol import Engine
from egiz.translate.errors import LanguageError
from egiz.translate.guards import endless, translatable
from egiz.translate.ladder import Options, pivot_language
from egiz.translate.languages import language
from egiz.translate.memory import HUMAN, Key, MemoryLike, NoMemory, Remembered, human_key
from egiz.translate.records import Approval, Sentence, Translation
from egiz.translate.text import normalise

WINDOW = 64
"""The number of sentences of a window, which are translated and committed to the memory together. So an
interruption loses at most one window per running job. Progress is reported per window. The translation of a
sentence does not depend on the other sentences of its window."""

_AHEAD = 2
"""The number of windows that are being translated while the caller processes an earlier one."""

_JOBS = 2
"""The number of jobs (a window in one language) that run at once: while the guards check the outputs of one,
the engine decodes the other."""

_Solved = dict[str, Remembered]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A window in one target language, and where the translation of each of its texts comes from.

    `approved` and `known` hold translations from the memory. `coming` maps each other text to the job that
    translates it. This is the job of this window for a text in `new`, and the job of an earlier window for a
    text that the earlier window has, too.
    """

    window: Sequence[Sentence]
    target: str
    texts: Sequence[str]
    approved: Mapping[str, Remembered]
    known: Mapping[str, Remembered]
    coming: Mapping[str, Future[_Solved]]
    new: frozenset[str]


class Translator:
    """Translates streams of sentences from one language into several.

    Raises LanguageError if the engine's model lacks a language, if there is no target, or if source and
    targets are not distinct.
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
        approved: bool = False,
    ) -> None:
        """Check the languages; `source` and `targets` are BCP-47 tags.

        `preference` influences the choice by minimum Bayes risk, if `options.mbr` is set. With `approved`,
        translations in the memory that a person approved are used; without `approved`, only translations of
        an engine are used.
        """
        self.engine = engine
        self.source = _offered(source, engine)
        self.targets = tuple(_offered(target, engine) for target in targets)
        self.options = options or Options()
        self._memory = memory or NoMemory()
        self._takes_approved = approved
        self._preference = preference if self.options.mbr else None
        if self.source in self.targets or len(set(self.targets)) < len(self.targets):
            raise LanguageError(
                f"{self.source} into {', '.join(self.targets)}",
                expected="distinct languages, the source not among the targets",
            )
        if not self.targets:
            raise LanguageError("no target language", expected="at least one")
        preferred = f";preference={self._preference.signature}" if self._preference else ""
        self._settings = f"{self.options.signature()}{preferred}"

    @property
    def identity(self) -> str:
        """Engine and settings in one line: equal identities give equal outputs, except approved ones."""
        return f"{self.engine.identity} {self.settings}"

    @property
    def settings(self) -> str:
        """All settings except engine and languages that can change an output, in one line."""
        return self._settings

    @property
    def damaged(self) -> int:
        """The number of damaged entries of the memory that were looked up; they are translated again."""
        return self._memory.damaged

    def translate(
        self, sentences: Iterable[Sentence], progress: Callable[[int], None] = lambda done: None
    ) -> Iterator[tuple[Translation, ...]]:
        """Yield, for each sentence in order, its translations in the order of the targets.

        `progress` is called with the number of sentences done since its last call.
        """
        stream = iter(sentences)
        windows = iter(lambda: list(islice(stream, WINDOW)), [])
        begun: deque[list[_Column]] = deque()
        pool = ThreadPoolExecutor(_JOBS, thread_name_prefix="egiz-translate")
        try:
            for window in windows:
                texts = [_input(sentence.text) for sentence in window]
                begun.append([self._begin(window, texts, target, begun, pool) for target in self.targets])
                if len(begun) > _AHEAD:
                    yield from self._ended(begun, progress)
            while begun:
                yield from self._ended(begun, progress)
        finally:
            pool.shutdown(cancel_futures=True)

    def _begin(
        self,
        window: list[Sentence],
        texts: list[str],
        target: str,
        before: Iterable[Sequence[_Column]],
        pool: ThreadPoolExecutor,
    ) -> _Column:
        """Look up the texts of a window in the memory, and start a job that translates the missing ones.

        A text that the job of an earlier window (in `before`) translates is not missing.
        """
        approved = self._approved(texts, target)
        wanted = [text for text in dict.fromkeys(texts) if text not in approved]
        earlier = [column for columns in before for column in columns if column.target == target]
        coming = {text: column.coming[text] for column in earlier for text in wanted if text in column.coming}
        keys = {text: self._key(text, target) for text in wanted if text not in coming}
        held = self._memory.get(list(keys.values()))
        new = {text: key for text, key in keys.items() if key not in held}
        if new:
            coming |= dict.fromkeys(new, pool.submit(self._solve, new, target))
        return _Column(
            window=window,
            target=target,
            texts=texts,
            approved=approved,
            known={text: held[key] for text, key in keys.items() if key in held},
            coming=coming,
            new=frozenset(new),
        )

    def _solve(self, new: Mapping[str, Key], target: str) -> _Solved:
        """Translate texts and store the results in the memory; runs in a thread of the pool."""
        found = climb(
            self.engine,
            list(new),
            source=self.source,
            target=target,
            options=self.options,
            preference=self._preference,
        )
        solved = dict(zip(new, found, strict=True))
        self._memory.put((new[text], item) for text, item in solved.items())
        return solved

    def _ended(
        self, begun: deque[list[_Column]], progress: Callable[[int], None]
    ) -> Iterator[tuple[Translation, ...]]:
        """Wait for the first of the begun windows, remove it from `begun`, and yield its translations."""
        made = [self._translations(column) for column in begun[0]]
        progress(len(begun.popleft()[0].window))
        yield from zip(*made, strict=True)

    def _translations(self, column: _Column) -> list[Translation]:
        """The translations of a window in one language, in order; waits for running jobs."""
        made = []
        identity = self.identity
        for sentence, text in zip(column.window, column.texts, strict=True):
            engine, found = identity, column.approved.get(text)
            if found is not None:
                engine = HUMAN
            elif text in column.coming:
                found = column.coming[text].result()[text]
            else:
                found = column.known[text]
            made.append(
                Translation(
                    sentence=sentence,
                    language=column.target,
                    hypotheses=found.hypotheses,
                    status=found.status,
                    flags=found.flags,
                    attempts=found.attempts,
                    engine=engine,
                    remembered=text not in column.new,
                    approval=found.approval or Approval(author="", time="") if engine == HUMAN else None,
                )
            )
        return made

    def _approved(self, texts: list[str], target: str) -> dict[str, Remembered]:
        """The approved translations of these texts; empty if the translator was made without `approved`."""
        if not self._takes_approved:
            return {}
        keys = {text: human_key(text, self.source, target) for text in texts}
        held = self._memory.get(list(keys.values()))
        return {text: held[key] for text, key in keys.items() if key in held}

    def _key(self, text: str, target: str) -> Key:
        """The key of a text in the translation memory."""
        return Key(
            engine=self.engine.identity,
            source=self.source,
            target=target,
            settings=f"{self.settings};pivot={pivot_language(self.engine, self.source, target)}",
            text=text,
        )


def _input(text: str) -> str:
    """The text for the engine: normalised if it is to be translated, else only stripped.

    A text that is too long to be a sentence (see `endless`) is also only stripped, because to normalise it
    would take too long.
    """
    return text.strip() if endless(text) or not translatable(text) else normalise(text)


def _offered(tag: str, engine: Engine) -> str:
    """The canonical tag of a language; LanguageError if the engine's model lacks it."""
    found = language(tag).tag
    if found not in engine.languages:
        known = engine.languages
        few = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
        raise LanguageError(
            f"this model has no {found!r}",
            expected=few,
            action="Choose another model with --model; `egiz models list` shows all models.",
        )
    return found
