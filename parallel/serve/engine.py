"""A model behind a queue, and the functions that process the batches of the queue: translate, correct terms
and score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from egiz.glossary.check import Checker
from egiz.glossary.correct import Mode
from egiz.glossary.correct.links import Weights, word_attention
from egiz.glossary.records import TermBase
from egiz.parallel.build.job import EngineChoice, score_stage, term_stage
from egiz.parallel.build.terms import TermPreference, digest, uses_in
from egiz.parallel.documents.inline import Rendered
from egiz.parallel.rows import Row, Target, make_row
from egiz.parallel.serve.queue import BATCH, Queue
from egiz.translate.engine.batching import padded_length
from egiz.translate.guards import translatable
from egiz.translate.memory import Memory, NoMemory
from egiz.translate.records import Sentence, Translation
from egiz.translate.text import normalise, target_text
from egiz.translate.translator import WINDOW, Translator

if TYPE_CHECKING:
    from egiz.parallel.build.terms import TermStage
    from egiz.parallel.scores import ScoreStage
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.engine.transformers import TransformersEngine

_TAGS = 2
"""Tokens that the engine adds to each sentence: the language code and the end of the sentence."""
_KEPT = 32
"""Translators and matchers are kept for at most this many combinations of a language pair and a term base."""

_PART, _AHEAD = 16, 2
"""A build submits `_PART` sentences at a time. It submits up to `_AHEAD` such parts before it waits for the
results of the first part.
"""
_SEARCHES = 2 * WINDOW
"""Number of searches whose hypotheses the engine keeps: those of the batches that are being decoded, and some
more.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceRequest:
    """A sentence to translate, and what is wanted in addition to its translation.

    `links` asks for word links, `alternatives` is the number of further translations, and `parts` are parts
    of its text that are also translated separately.
    """

    sentence: Sentence
    links: bool = False
    parts: tuple[str, ...] = ()
    alternatives: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceAnswer:
    """The answer to a `SentenceRequest`: the translation as published (`target`), and what the request wanted
    in addition.

    `links` are the word link weights, with a row for each target word and a column for each source word; they
    are empty if unknown. `parts` maps each part to its translation. `remembered` says that the translation is
    from the memory.
    """

    sentence: Sentence
    target: Target
    links: Weights = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    alternatives: tuple[str, ...] = ()
    remembered: bool = False

    @property
    def rendered(self) -> Rendered:
        """The answer as `egiz.parallel.documents` needs it to write a document."""
        return Rendered(sentence=self.sentence, text=self.target.text, links=self.links, parts=self.parts)

    def with_text(self, text: str) -> SentenceAnswer:
        """The same answer with `text` in place of the translation. It has no links, because these belong to
        the old text.
        """
        return replace(self, target=replace(self.target, text=text), links=())


class _Rows:
    """The `Work` that answers requests: it translates sentences of one language pair, corrects their terms
    and scores them.

    Several threads may translate at the same time. Only one thread at a time corrects terms and scores.
    """

    def __init__(
        self,
        translator: Translator,
        terms: TermStage | None,
        checker: Checker | None,
        scores: ScoreStage,
        translated: Callable[[int, int], None],
    ) -> None:
        """`terms` corrects terms; `checker` reports term uses without correcting them. `translated` is called
        with two numbers: of sentences that came from the memory, and of sentences that came from the engine.
        """
        self._translator, self._terms, self._checker = translator, terms, checker
        self._scores, self._translated = scores, translated
        self._lock = Lock()

    def __call__(self, items: Sequence[SentenceRequest]) -> list[SentenceAnswer]:
        found = list(self._translator.translate([item.sentence for item in items]))
        with self._lock:
            return self._finished(items, found)

    def _finished(
        self, items: Sequence[SentenceRequest], found: Sequence[tuple[Translation, ...]]
    ) -> list[SentenceAnswer]:
        remembered = sum(item.remembered for (item,) in found)
        self._translated(remembered, len(found) - remembered)
        rows = [make_row(made.sentence, self._translator.source, (made,)) for (made,) in found]
        if self._terms is not None:
            rows = self._terms.apply(rows, found)
        if self._checker is not None:
            rows = [_with_uses(row, self._checker) for row in rows]
        rows = self._scores.apply(rows, found)
        targets = [row.targets[0] for row in rows]
        links, others = self._links(items, targets), self._others(items, targets)
        parts = self._parts(items)
        return [
            SentenceAnswer(
                sentence=item.sentence,
                target=target,
                links=links.get(at, ()),
                parts={part: parts[part] for part in item.parts},
                alternatives=others.get(at, ()),
                remembered=made.remembered,
            )
            for at, (item, target, (made,)) in enumerate(zip(items, targets, found, strict=True))
        ]

    def _links(self, items: Sequence[SentenceRequest], targets: Sequence[Target]) -> dict[int, Weights]:
        from egiz.translate.engine.ctranslate2 import CTranslate2Engine
        from egiz.translate.engine.forcing import CTranslate2Forcing

        engine = self._translator.engine
        wanted = [at for at, item in enumerate(items) if item.links and targets[at].text]
        if not wanted or not isinstance(engine, CTranslate2Engine):
            return {}
        pairs = [(normalise(items[at].sentence.text), normalise(targets[at].text)) for at in wanted]
        found = CTranslate2Forcing(engine).align(
            pairs, source=self._translator.source, target=targets[wanted[0]].language
        )
        return {at: word_attention(gaze, *pair) for at, pair, gaze in zip(wanted, pairs, found, strict=True)}

    def _parts(self, items: Sequence[SentenceRequest]) -> dict[str, str]:
        texts = list(dict.fromkeys(part for item in items for part in item.parts))
        found = self._translator.translate([Sentence.alone(text) for text in texts])
        return {text: item.text for text, (item,) in zip(texts, found, strict=True)}

    def _others(
        self, items: Sequence[SentenceRequest], targets: Sequence[Target]
    ) -> dict[int, tuple[str, ...]]:
        """Further translations by the index of the item: best first, without duplicates. A sentence that has
        nothing to translate, or is too long, has no further translations.
        """
        options, engine = self._translator.options, self._translator.engine
        wanted = [
            at
            for at, item in enumerate(items)
            if item.alternatives
            and translatable(item.sentence.text)
            and engine.count(normalise(item.sentence.text)) <= options.longest
        ]
        if not wanted:
            return {}
        most = max(items[at].alternatives for at in wanted) + 1
        tag = targets[wanted[0]].language
        found = engine.translate(
            [normalise(items[at].sentence.text) for at in wanted],
            source=self._translator.source,
            target=tag,
            decoding=replace(options.decoding, hypotheses=most, beam=max(options.decoding.beam, most)),
        )
        others = {}
        for at, hypotheses in zip(wanted, found, strict=True):
            texts = dict.fromkeys(target_text(item.text, tag) for item in hypotheses)
            kept = [text for text in texts if text and text != targets[at].text]
            others[at] = tuple(kept[: items[at].alternatives])
        return others


def _with_uses(row: Row, checker: Checker) -> Row:
    target = row.targets[0]
    return replace(row, targets=(replace(target, terms=uses_in(checker, row.source, target.text)),))


class _Translations:
    """The `Work` that translates for builds: it translates sentences of one language pair, and does nothing
    else.
    """

    def __init__(self, translator: Translator, translated: Callable[[int, int], None]) -> None:
        self._translator, self._translated = translator, translated

    def __call__(self, sentences: Sequence[Sentence]) -> list[Translation]:
        found = [item for (item,) in self._translator.translate(sentences)]
        remembered = sum(item.remembered for item in found)
        self._translated(remembered, len(found) - remembered)
        return found


class QueuedEngine:
    """A model with a queue in front of it.

    Raises EgizError if the model cannot be opened.
    """

    def __init__(
        self,
        choice: EngineChoice,
        effort: str,
        waiting: int,
        memory: Memory | NoMemory,
        counted: Callable[[int, int], None],
    ) -> None:
        """If more than `waiting` sentences wait, the queue refuses new requests. `counted` is called with two
        numbers: of sentences that came from the memory, and of sentences that came from the engine.
        """
        self.choice, self.effort = choice, effort
        self.memory, self._counted = memory, counted
        self.engine: CTranslate2Engine | TransformersEngine = choice.engine()
        _keep_searches(self.engine)
        self._options = choice.options(self.engine.manifest)
        self.queue = Queue(waiting, threads=self.workers, batch=BATCH if self.workers > 1 else WINDOW)
        self._rows = lru_cache(_KEPT)(self._new_rows)
        self._translations = lru_cache(_KEPT)(self._new_translations)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the model."""
        return self.engine.languages

    @property
    def identity(self) -> str:
        """A text that identifies model, engine and settings. Two engines with the same text give the same
        translations.
        """
        return f"{self.engine.identity} {self._options.signature()}"

    @property
    def workers(self) -> int:
        """The number of batches that the engine decodes at once."""
        from egiz.translate.engine.ctranslate2 import CTranslate2Engine

        return self.engine.workers if isinstance(self.engine, CTranslate2Engine) else 1

    def submit(
        self,
        items: Sequence[SentenceRequest],
        source: str,
        target: str,
        terms: TermBase | None = None,
        *,
        sizes: Sequence[int],
        mode: Mode = "safe",
        background: bool = False,
    ) -> Future[list[Any]]:
        """Queue sentences. `sizes` are their padded lengths in tokens, as the method `sizes` returns them.
        Raises the errors of `Queue.submit`.
        """
        return self.queue.submit(
            self._rows(source, target, _TermKey(terms), mode), items, sizes=sizes, background=background
        )

    def translator(
        self,
        source: str,
        targets: Sequence[str],
        terms: TermBase | None,
        seen: Callable[[list[str]], None] = lambda row: None,
    ) -> Translator:
        """A translator for a build. It puts the sentences of the build into the queue as background work.

        `seen` is called for each sentence, with a list of the sentence and its translations.
        """
        return _QueuedTranslator(self, source, targets, terms, seen)

    def stages(
        self, translator: Translator, terms: TermBase | None, mode: Mode = "safe"
    ) -> tuple[TermStage | None, ScoreStage]:
        """The stages that a build runs after translation: term correction and scoring. Without a term base,
        None stands in place of term correction.
        """
        return (
            term_stage(terms, translator, self.engine, self.memory, mode),
            score_stage(self.choice, self.engine, self.effort, (), self.memory),
        )

    def sizes(self, sentences: Iterable[Sentence]) -> list[int]:
        """The padded length of each sentence in tokens; sentences of equal length share a batch."""
        return [padded_length(self.engine.count(normalise(item.text)) + _TAGS) for item in sentences]

    def _new_rows(self, source: str, target: str, terms: _TermKey, mode: Mode) -> _Rows:
        translator = self._plain(source, (target,), terms.base)
        base = terms.base
        checker = (
            Checker(base.terms, translator.source, translator.targets[0])
            if base and mode == "check"
            else None
        )
        stage, scores = self.stages(translator, None if mode == "check" else base, mode)
        return _Rows(translator, stage, checker, scores, self._counted)

    def _new_translations(self, source: str, target: str, terms: _TermKey) -> _Translations:
        return _Translations(self._plain(source, (target,), terms.base), self._counted)

    def _plain(self, source: str, targets: Sequence[str], terms: TermBase | None) -> Translator:
        return Translator(self.engine, source, targets, **self._how(source, targets, terms))

    def _how(self, source: str, targets: Sequence[str], terms: TermBase | None) -> dict[str, Any]:
        return {
            "options": self._options,
            "memory": None if isinstance(self.memory, NoMemory) else self.memory,
            "preference": TermPreference(terms, source, targets) if terms else None,
            "approved": True,
        }


def _keep_searches(engine: CTranslate2Engine | TransformersEngine) -> None:
    """Let the engine keep the hypotheses of the last searches. If a sentence is retried, these hypotheses are
    needed again.
    """
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine, Recent

    if isinstance(engine, CTranslate2Engine):
        engine.recent = Recent(_SEARCHES)


class _TermKey:
    """A dictionary key for a term base. If two term bases have equal content, their keys are equal."""

    def __init__(self, base: TermBase | None) -> None:
        self.base = base
        self._key = "" if base is None else f"{base.name}:{digest(base)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TermKey) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


class _QueuedTranslator(Translator):
    """A translator that submits parts of `_PART` sentences to the queue, with up to `_AHEAD` parts waiting at
    a time.
    """

    def __init__(
        self,
        engine: QueuedEngine,
        source: str,
        targets: Sequence[str],
        terms: TermBase | None,
        seen: Callable[[list[str]], None],
    ) -> None:
        super().__init__(engine.engine, source, targets, **engine._how(source, targets, terms))
        self._own, self._base, self._seen = engine, _TermKey(terms), seen

    def translate(
        self, sentences: Iterable[Sentence], progress: Callable[[int], None] = lambda done: None
    ) -> Iterator[tuple[Translation, ...]]:
        """See `Translator.translate`."""
        waiting: list[list[Future[list[Any]]]] = []
        window: list[Sentence] = []
        for sentence in sentences:
            window.append(sentence)
            if len(window) == _PART:
                waiting.append(self._submitted(window))
                window = []
            if len(waiting) > _AHEAD:
                yield from self._finished(waiting.pop(0), progress)
        if window:
            waiting.append(self._submitted(window))
        while waiting:
            yield from self._finished(waiting.pop(0), progress)

    def _submitted(self, window: list[Sentence]) -> list[Future[list[Any]]]:
        works = [self._own._translations(self.source, target, self._base) for target in self.targets]
        sizes = self._own.sizes(window)
        return [self._own.queue.submit(work, window, sizes=sizes, background=True) for work in works]

    def _finished(
        self, futures: list[Future[list[Any]]], progress: Callable[[int], None]
    ) -> Iterator[tuple[Translation, ...]]:
        columns = [future.result() for future in futures]
        progress(len(columns[0]))
        for row in zip(*columns, strict=True):
            self._seen([row[0].sentence.text, *(target_text(item.text, item.language) for item in row)])
            yield row
