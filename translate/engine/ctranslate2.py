"""The default engine: runs a converted NLLB model with CTranslate2. It does not need torch."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from egiz.translate.engine.batching import Batch, batches
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding, EngineFacts, Hint, check_hints
from egiz.translate.engine.tokenizer import END, TERM, NllbTokenizer
from egiz.translate.errors import ModelError
from egiz.translate.languages import language
from egiz.translate.models.manifest import verify
from egiz.translate.models.store import STARTER, resolve
from egiz.translate.models.weights import read_shortlists, selector
from egiz.translate.records import Hypothesis

if TYPE_CHECKING:
    import ctranslate2


_RECENT = 1024
"""The number of searches that are remembered. Correction asks for the n-best list of a sentence some time
after its translation; in this time the translator finishes fewer sentences than this number."""
_CODES = 1  # language codes at the start of every forced target prefix


class Recent:
    """A cache of the last searches, with the outputs of the whole beam.

    The n-best list of a sentence that was just translated then needs no second search. A second search would
    give the same list, because an output depends only on the text and the settings.
    """

    def __init__(self, most: int = _RECENT) -> None:
        self._most = most
        self._held: dict[Hashable, tuple[Hypothesis, ...]] = {}
        self._lock = Lock()

    def get(self, key: Hashable) -> tuple[Hypothesis, ...] | None:
        """The outputs of a search; None if it is not remembered."""
        return self._held.get(key)

    def keep(self, found: Iterable[tuple[Hashable, tuple[Hypothesis, ...]]]) -> None:
        """Remember searches by key, and forget the oldest searches."""
        with self._lock:
            self._held.update(found)
            for key in list(self._held)[: max(0, len(self._held) - self._most)]:
                del self._held[key]


class CTranslate2Engine:
    """Translates with the converted model in a folder; see `egiz.translate.engine.protocol.Engine`.

    With int8 weights on a CPU, a translation depends only on the text, the settings and the processor. It
    does not depend on the number or order of the other texts, or on the number of threads. ``engine.recent =
    Recent()`` keeps the n-best lists of the last searches.

    Raises ModelError if the folder is incomplete, does not match its manifest, or cannot be loaded on this
    hardware.
    """

    def __init__(self, folder: Path, hardware: Hardware | None = None) -> None:
        hardware = hardware or Hardware()
        self.folder = folder
        self.manifest = verify(folder)
        self.tokenizer = NllbTokenizer.load(folder)
        self.shortlists = frozenset(read_shortlists(folder))
        self.model = _load(folder, hardware)
        self.facts = EngineFacts(
            fingerprint=self.manifest.fingerprint,
            program="ctranslate2",
            version=version("ctranslate2"),
            precision=self.model.compute_type,
        )
        self._identity = str(self.facts)
        self.recent = Recent(0)

    @property
    def identity(self) -> str:
        """The engine's facts in one line; see `Engine.identity`."""
        return self._identity

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the model, from its manifest."""
        return self.manifest.languages

    @property
    def workers(self) -> int:
        """The number of batches that are decoded at once."""
        return int(self.model.num_translators)

    def count(self, text: str) -> int:
        """The number of subword pieces of `text`."""
        return self.tokenizer.count(text)

    def unknown(self, text: str) -> tuple[str, ...]:
        """The pieces of `text` that the vocabulary lacks."""
        return self.tokenizer.unknown(text)

    @property
    def takes_hints(self) -> bool:
        """Whether the manifest says that the model understands hints, and the vocabulary has their marks.

        Trimming the vocabulary can remove the marks.
        """
        return "hints" in self.manifest.understands and TERM in self.tokenizer.ids

    def translate(
        self,
        texts: Sequence[str],
        *,
        source: str,
        target: str,
        decoding: Decoding,
        hints: Sequence[Sequence[Hint]] = (),
    ) -> list[tuple[Hypothesis, ...]]:
        """Translate single sentences; the results are in the order of `texts`."""
        check_hints(hints, texts, takes_hints=self.takes_hints)
        first, prefix = language(source), self.tokenizer.prefix(language(target))
        encoded = [
            self.tokenizer.encode(text, first, dropout=decoding.dropout, variant=decoding.variant, hints=own)
            for text, own in zip(texts, hints or [()] * len(texts), strict=True)
        ]
        results = self.search(encoded, [prefix] * len(encoded), decoding)
        return self._rescored(encoded, results, prefix, decoding)

    def search(
        self,
        encoded: Sequence[list[str]],
        given: Sequence[list[str]],
        decoding: Decoding,
    ) -> list[tuple[Hypothesis, ...]]:
        """Decode each source from the target prefix in `given`, which begins with the language code.

        Returns the hypotheses of each source, in order, best first. The log-probabilities are those of the
        search. Its settings can bias them (see `_is_biased`); `translate` replaces the biased ones.
        """
        keys = [self._key(tokens, begun, decoding) for tokens, begun in zip(encoded, given, strict=True)]
        results = {place: held for place, key in enumerate(keys) if (held := self.recent.get(key))}
        lengths = {place: len(tokens) for place, tokens in enumerate(encoded) if place not in results}
        for batch, place, found in self._decode(batches(lengths, decoding), encoded, given, decoding):
            # The search ends once it has `beam` complete hypotheses: all of them are below the cap.
            ended = max(map(len, found.hypotheses)) < batch.cap + _CODES
            if ended or batch.cap == decoding.longest(lengths[place]):
                results[place] = self._hypotheses(found, decoding)
        left = {place: length for place, length in lengths.items() if place not in results}
        again = batches(left, decoding, own_caps=True)
        for _, place, found in self._decode(again, encoded, given, decoding):
            results[place] = self._hypotheses(found, decoding)
        self.recent.keep((keys[place], results[place]) for place in lengths)
        return [results[place][: decoding.hypotheses] for place in range(len(encoded))]

    @staticmethod
    def _key(tokens: list[str], begun: list[str], decoding: Decoding) -> Hashable:
        """The key of a search in `recent`: everything besides the model that can change its output.

        The number of requested hypotheses is left out, because a search always finds its whole beam.
        """
        return (*tokens, None, *begun), replace(decoding, hypotheses=1)

    def _decode(
        self,
        plan: Sequence[Batch],
        encoded: Sequence[list[str]],
        given: Sequence[list[str]],
        decoding: Decoding,
    ) -> Iterator[tuple[Batch, int, Any]]:
        """Queue all batches; then yield, for each sentence, its batch, its index and its result."""
        waiting = [self._submit(batch, encoded, given, decoding) for batch in plan]
        for batch, futures in zip(plan, waiting, strict=True):
            for place, future in zip(batch.places, futures, strict=True):
                yield batch, place, result_of(future, self.folder)

    def _submit(
        self,
        batch: Batch,
        encoded: Sequence[list[str]],
        given: Sequence[list[str]],
        decoding: Decoding,
    ) -> list[Any]:
        """Queue a batch; return one future per sentence, in order.

        If no source has the padded length of the batch, or if a shortlist must be chosen, a source of the
        padded length is added, and its result is dropped. The added source is a copy of the shortest source,
        cut off or filled up with end tokens, because its search ends before most other searches.
        """
        group = [encoded[place] for place in batch.places]
        begun = [given[place] for place in batch.places]
        restricted = decoding.shortlist and begun[0][0] in self.shortlists
        if restricted or len(group[0]) < batch.length:
            last = selector(begun[-1][0]) if restricted else ()
            body = [*group[-1], *[END] * batch.length][: batch.length - len(last)]
            group.append([*body, *last])
            begun.append(begun[-1])
        waiting: list[Any] = self.model.translate_batch(
            group,
            begun,
            asynchronous=True,
            max_batch_size=0,  # do not split the batch
            beam_size=decoding.beam,
            num_hypotheses=decoding.beam,
            length_penalty=decoding.length_penalty,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat,
            disable_unk=decoding.block_unknown,
            use_vmap=restricted,
            max_input_length=0,
            min_decoding_length=1,
            max_decoding_length=batch.cap + _CODES,
            return_scores=True,
            return_end_token=True,
        )
        return waiting[: len(batch.places)]

    def _hypotheses(self, result: Any, decoding: Decoding) -> tuple[Hypothesis, ...]:
        """Convert a result of CTranslate2 to hypotheses, best first, without language code and end token."""
        made = []
        for tokens, score in zip(result.hypotheses, result.scores, strict=True):
            complete = bool(tokens) and tokens[-1] == END
            own = len(tokens) - 1  # without the language code, which CTranslate2's mean includes
            pieces = tuple(token for token in tokens[_CODES:] if token != END)
            made.append(
                Hypothesis(
                    text=self.tokenizer.decode(pieces),
                    tokens=pieces,
                    logprob=float(score) * (own + 1) ** decoding.length_penalty / max(1, own),
                    complete=complete,
                )
            )
        return tuple(made)

    def _rescored(
        self,
        encoded: list[list[str]],
        results: list[tuple[Hypothesis, ...]],
        prefix: list[str],
        decoding: Decoding,
    ) -> list[tuple[Hypothesis, ...]]:
        """Give each output for which `_is_biased` is true the model's log-probability instead of its
        score."""
        biased = [
            (place, rank)
            for place, found in enumerate(results)
            for rank, hypothesis in enumerate(found)
            if _is_biased(hypothesis, decoding)
        ]
        rescored = self.token_logprobs(
            [encoded[place] for place, _ in biased],
            [[*prefix, *results[place][rank].tokens] for place, rank in biased],
        )
        made = [list(found) for found in results]
        for (place, rank), scores in zip(biased, rescored, strict=True):
            hypothesis = made[place][rank]
            own = scores[len(prefix) : None if hypothesis.complete else -1] or (0.0,)
            made[place][rank] = replace(hypothesis, logprob=sum(own) / len(own))
        return [tuple(found) for found in made]

    def attend(self, encoded: Sequence[list[str]], targets: Sequence[list[str]]) -> list[Any]:
        """The decoder's attention to the source tokens while the tokens in `targets` are forced.

        Returns a matrix for each pair: a row per target token, language code and end token included, with a
        weight per source token. Sources share batches as in `search`, so no row depends on the other pairs.
        """
        lengths = {place: len(tokens) for place, tokens in enumerate(encoded)}
        waiting: dict[int, Any] = {}
        for batch in batches(lengths, Decoding()):
            group = [encoded[place] for place in batch.places]
            given = [[*targets[place], END] for place in batch.places]
            if len(group[0]) < batch.length:
                group.append([*group[-1], *[END] * (batch.length - len(group[-1]))])
                given.append(min(given, key=len))
            futures = self.model.translate_batch(
                group,
                given,
                asynchronous=True,
                max_batch_size=0,
                beam_size=1,
                max_input_length=0,
                max_decoding_length=max(map(len, given)),
                return_attention=True,
                return_end_token=True,
            )
            waiting.update(zip(batch.places, futures, strict=False))
        return [result_of(waiting[place], self.folder).attention[0] for place in range(len(encoded))]

    def token_logprobs(
        self, encoded: Sequence[list[str]], given: Sequence[list[str]]
    ) -> list[tuple[float, ...]]:
        """Forced-decoding log-probabilities, in nats, of given target tokens and of the end token.

        `given` holds the target tokens, language code first. Each pair is computed alone, so that it cannot
        depend on the others. This is hardly slower than batches, because all positions of a sentence are
        computed at once, which keeps the processor busy.
        """
        waiting = [
            self.model.score_batch([source], [target], asynchronous=True, max_input_length=0)[0]
            for source, target in zip(encoded, given, strict=True)
        ]
        return [tuple(result_of(future, self.folder).log_probs) for future in waiting]


def open_model(
    name: str | Path = STARTER,
    *,
    home: Path | None = None,
    device: str = "auto",
    precision: str = "default",
    threads: int = 0,
) -> CTranslate2Engine:
    """Open a model that is on this machine, by name, hub id or folder.

    `home` is the folder that holds the models, by default the user's data folder; the other options are those
    of `Hardware`. Raises ModelNotFound, with what to do, if the model is not on this machine, ModelError if
    it is damaged, OptionError for an unknown option.
    """
    hardware = Hardware(device=device, precision=precision, threads=threads)
    return CTranslate2Engine(resolve(str(name), home), hardware)


def _is_biased(hypothesis: Hypothesis, decoding: Decoding) -> bool:
    """Whether the search score of an output differs from the model's log-probability.

    CTranslate2 removes the pieces that it blocks before it normalises the probabilities. So where a piece is
    blocked because it would repeat an n-gram, the other pieces get too high a probability.
    """
    if decoding.repetition_penalty != 1:
        return True
    size = decoding.no_repeat - 1
    grams = [hypothesis.tokens[at : at + size] for at in range(len(hypothesis.tokens) - size + 1)]
    return size >= 0 and len(set(grams)) < len(grams)


def result_of(future: Any, folder: Path) -> Any:
    """Wait for a queued job and return its result; raises ModelError if the engine failed."""
    try:
        return future.result()
    except RuntimeError as error:
        raise ModelError(
            f"the engine failed: {error}",
            where=str(folder),
            action="If memory ran out, make batches smaller: --setting batch_tokens=512.",
        ) from error


def _load(folder: Path, hardware: Hardware) -> ctranslate2.Translator:
    """Load the weights in `folder`; raises ModelError if CTranslate2 cannot use them or the device."""
    import ctranslate2

    settled = hardware.resolved(folder)
    try:
        return ctranslate2.Translator(
            str(folder),
            device=settled.device,
            compute_type=settled.precision,
            inter_threads=settled.workers,
            intra_threads=max(1, settled.threads // settled.workers),
            max_queued_batches=-1,
        )
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            str(error),
            where=str(folder),
            action="Check the model with 'egiz models info' and the device with 'egiz doctor'.",
        ) from error
