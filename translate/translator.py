"""Sentences in, translations out: the memory asked first, the engine only for what is new, order kept.

Where it is asked for, a translation that a person approved goes before all others, with any engine and any
settings; the translation says so, and who approved it.

While one window of sentences is corrected, scored and written, the next ones are already being translated,
so that the engine does not wait for the rest of the work, nor one language for the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from egiz.translate.engine.mbr import Preference
from egiz.translate.engine.protocol import Engine
from egiz.translate.errors import LanguageError
from egiz.translate.guards import endless, translatable
from egiz.translate.ladder import Options, climb, pivot_language
from egiz.translate.languages import language
from egiz.translate.memory import HUMAN, Key, MemoryLike, NoMemory, Remembered, human_key
from egiz.translate.records import Approval, Sentence, Translation
from egiz.translate.text import normalise

WINDOW = 64
"""Sentences translated and committed to the memory together: what an interruption can lose of each job that
is at work, and how often progress is told. A sentence does not depend on the others of its window."""

_AHEAD = 2
"""Windows that are begun besides the one that is waited for: the jobs have something to go on with while it
is corrected, scored and written."""

_JOBS = 2
"""Windows, in one language each, that are at work at once: while the outputs of one are judged, the engine
decodes the other."""

_Solved = dict[str, Remembered]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A window in one target language on its way: where each of its texts' translations comes from.

    `known` were remembered, `approved` by a person; `coming` are at work, those of `new` for this window, the
    others for one before it, whose text they share.
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
        approved: bool = False,
    ) -> None:
        """`preference` has a say in the choice of candidates, where `options` has one made.

        With `approved`, what people approved in the memory is taken; without it, all is the engine's.
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
        """Engine and settings: equal identities give equal outputs, approved translations aside."""
        return f"{self.engine.identity} {self.settings}"

    @property
    def settings(self) -> str:
        """All that can change an output apart from engine and languages, in one line."""
        return self._settings

    @property
    def damaged(self) -> int:
        """How many entries of the memory were damaged, and so made anew."""
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
        """Look up a window in one language, and set to work what is neither remembered nor at work."""
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
        """Translate texts and remember them; done beside the rest of the work."""
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
        """Wait for the first of the windows that are begun; it stays among them until then."""
        made = [self._translations(column) for column in begun[0]]
        progress(len(begun.popleft()[0].window))
        yield from zip(*made, strict=True)

    def _translations(self, column: _Column) -> list[Translation]:
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
        """What people approved as the translations of these texts; nothing where it was not asked for."""
        if not self._takes_approved:
            return {}
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


def _input(text: str) -> str:
    """What the engine gets; a text that no engine will see stays as it is written.

    An endless line is looked at first, because nothing else may take the time to search it.
    """
    return text.strip() if endless(text) or not translatable(text) else normalise(text)


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
