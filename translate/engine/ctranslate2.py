"""The default engine: CTranslate2 on a converted NLLB model. Needs no torch.

What a model says of a sentence must not depend on the sentences that share its batch: a build that finds half
of its sentences in the memory, or works in shards, makes other batches than one that does not. Three things
of a batch reach into a sentence, and here all three follow from the sentence alone:

- The length that sources are padded to. Attention multiplies matrices of that length, and sums of other
  lengths are rounded otherwise; on some processors that changed a translation in a hundred. So each sentence
  has a padded length of its own (`padded`), and shares a batch only with those that have the same. Where none
  is as long as that, the engine adds one that is (`CTranslate2Engine`).
- The number of rows. With int8 weights all other sums are of whole numbers, exact in any order, and each row
  is scaled by itself. With floating-point weights they are rounded, otherwise for other numbers of rows, and
  a sentence must be decoded by itself to come out the same bit by bit: ``batch_tokens=1`` does that.
- The cap on target tokens, which a batch has for all its sentences: see `batches`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from egiz.translate.engine.cores import usable_cores
from egiz.translate.engine.protocol import Decoding, EngineFacts
from egiz.translate.engine.tokenizer import END, NllbTokenizer
from egiz.translate.errors import ModelError, OptionError, nearest
from egiz.translate.languages import language
from egiz.translate.models.manifest import verify
from egiz.translate.models.store import STARTER, resolve
from egiz.translate.records import Hypothesis

if TYPE_CHECKING:
    import ctranslate2


ROOM = 1.5
"""Target tokens that a batch leaves for each source token of its longest sentence: a choice between larger
batches and fewer translations that need more and so are decoded again."""

_SHORTEST = 16
_LONGEST = 512
"""Source tokens that every model of NLLB's architecture has positions for; longer sources are not padded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The `places` of some sentences, longest first, the `length` that their sources are padded to, and the
    target tokens that each may have at most."""

    places: tuple[int, ...]
    length: int
    cap: int


def padded(tokens: int) -> int:
    """The length that a source of so many tokens is padded to: 16, 24, 32, 48, 64, 96 and so on.

    Few lengths make large batches, and padding is less than half of a sentence's length (above 16), in
    attention only: the other layers skip it.

    >>> [padded(tokens) for tokens in (3, 16, 17, 25, 33, 49, 65, 600)]
    [16, 16, 24, 32, 48, 64, 96, 600]
    """
    if tokens > _LONGEST:
        return tokens
    length = _SHORTEST
    while length < tokens:
        length += length // 2 if length & (length - 1) == 0 else length // 3
    return length


def batches(lengths: Mapping[int, int], decoding: Decoding, *, own_caps: bool = False) -> list[Batch]:
    """Sentences of one padded length together, as many as `decoding` lets a batch have; longest first.

    `lengths` are source tokens by place. The cap of a batch is that of its shortest sentence. A search that
    ends below it would have ended so under the sentence's own cap as well; one that does not must be done
    again with `own_caps`, where only sentences with the same cap share a batch.
    """
    made: list[Batch] = []
    group: list[int] = []
    for place in sorted(lengths, key=lambda place: -lengths[place]):
        if group and not _fits(lengths[place], len(group), lengths[group[0]], decoding, own_caps):
            made.append(_batch(group, lengths, decoding))
            group = []
        group.append(place)
    return [*made, _batch(group, lengths, decoding)] if group else made


def _fits(tokens: int, held: int, longest: int, decoding: Decoding, own_caps: bool) -> bool:
    """Whether a sentence may join so many others, none shorter, whose longest has so many tokens."""
    length, highest = padded(longest), decoding.longest(longest)
    least = highest if own_caps else min(ROOM * longest, highest)
    return (
        padded(tokens) == length
        and length * (held + 1) <= decoding.batch_tokens
        and decoding.longest(tokens) >= least
    )


def _batch(group: Sequence[int], lengths: Mapping[int, int], decoding: Decoding) -> Batch:
    return Batch(
        places=tuple(group), length=padded(lengths[group[0]]), cap=decoding.longest(lengths[group[-1]])
    )


PRECISIONS = (
    "default",
    "int8",
    "int8_float32",
    "int8_float16",
    "int8_bfloat16",
    "float16",
    "bfloat16",
    "float32",
)
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """Where and how precisely to compute.

    `precision` ``default`` is int8 on a CPU and float16 on a GPU, whatever the model was stored in.
    `threads` is the number of CPU threads in all, 0 for one per core that this process may use. Each
    translates a batch of its own (`workers`) where the model is small; the memory-bound matrices of a large
    one are shared between threads instead, so `workers` 0 means one per thread below 100 MB of weights, else
    one. Neither changes an output.
    """

    device: str = "auto"
    precision: str = "default"
    threads: int = 0
    workers: int = 0

    def __post_init__(self) -> None:
        for name, known in (("device", DEVICES), ("precision", PRECISIONS)):
            value = getattr(self, name)
            if value not in known:
                raise OptionError(
                    f"unknown {name} {value!r}", expected=", ".join(known), action=nearest(value, known)
                )
        if self.threads < 0 or self.workers < 0:
            raise OptionError("a negative number of threads or workers", expected="0 or more")

    def placed(self) -> Hardware:
        """The same with `device` and `precision` settled: what ``auto`` and ``default`` come to here."""
        device, precision = self.device, self.precision
        if device == "auto":
            import ctranslate2

            device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
        if precision == "default":
            precision = "float16" if device == "cuda" else "int8"
        return replace(self, device=device, precision=precision)


_RECENT = 1024
"""Searches remembered: more than the translator is ahead of what is done with its outputs."""
_CODES = 1  # language codes that the decoder is made to begin with
_SMALL_MODEL = 100_000_000


class Recent:
    """The outputs of the last searches, the whole beam of each.

    Whoever asks for other hypotheses of a sentence that was just translated gets them without a second
    search, and gets the same: an output follows from the text and the settings.
    """

    def __init__(self, most: int = _RECENT) -> None:
        self._most = most
        self._held: dict[Hashable, tuple[Hypothesis, ...]] = {}
        self._lock = Lock()

    def get(self, key: Hashable) -> tuple[Hypothesis, ...] | None:
        """The beam of a search that is remembered."""
        return self._held.get(key)

    def keep(self, found: Iterable[tuple[Hashable, tuple[Hypothesis, ...]]]) -> None:
        """Remember searches, and forget the oldest ones."""
        with self._lock:
            self._held.update(found)
            for key in list(self._held)[: max(0, len(self._held) - self._most)]:
                del self._held[key]


class CTranslate2Engine:
    """Translates with the converted model in a folder; see `egiz.translate.engine.protocol.Engine`.

    Searches are remembered where `recent` is given room: ``engine.recent = Recent()``.

    With int8 weights on a CPU, what it says of a text follows from the text, the settings and the processor:
    not from the other texts, their number or their order, nor from threads.

    Raises ModelError where the folder lacks a part, fails its own checks, or cannot be computed here.
    """

    def __init__(self, folder: Path, hardware: Hardware | None = None) -> None:
        hardware = hardware or Hardware()
        self.folder = folder
        self.manifest = verify(folder)
        self.tokenizer = NllbTokenizer.load(folder)
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
        """The facts in one line."""
        return self._identity

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the model, from its manifest."""
        return self.manifest.languages

    def count(self, text: str) -> int:
        """The number of pieces of `text`."""
        return self.tokenizer.count(text)

    def unknown(self, text: str) -> tuple[str, ...]:
        """The pieces of `text` that the vocabulary lacks."""
        return self.tokenizer.unknown(text)

    def translate(
        self, texts: Sequence[str], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        """Translate single sentences; results in the order of `texts`."""
        first, prefix = language(source), self.tokenizer.prefix(language(target))
        encoded = [
            self.tokenizer.encode(text, first, dropout=decoding.dropout, variant=decoding.variant)
            for text in texts
        ]
        results = self.search(encoded, [prefix] * len(encoded), decoding)
        return self._rescored(encoded, results, prefix, decoding)

    def search(
        self,
        encoded: Sequence[list[str]],
        given: Sequence[list[str]],
        decoding: Decoding,
        *,
        part: float = 0.0,
    ) -> list[tuple[Hypothesis, ...]]:
        """Decode source tokens, each from the target tokens it is `given`, which begin with the code.

        The log-probabilities are the search's own; `translate` mends those that the settings have bent. With
        `part` each output has this share of the tokens of its batch's longest source and no more, so that the
        work is the same whatever is said.
        """
        pairs = zip(encoded, given, strict=True)
        keys = [self._key(tokens, begun, decoding, part) for tokens, begun in pairs]
        results = {place: held for place, key in enumerate(keys) if (held := self.recent.get(key))}
        lengths = {place: len(tokens) for place, tokens in enumerate(encoded) if place not in results}
        for batch, place, found in self._decode(batches(lengths, decoding), encoded, given, decoding, part):
            # The search ends when there are as many hypotheses as the beam is wide: all are below the cap.
            ended = max(map(len, found.hypotheses)) < batch.cap + _CODES
            if part or ended or batch.cap == decoding.longest(lengths[place]):
                results[place] = self._hypotheses(found, decoding)
        left = {place: length for place, length in lengths.items() if place not in results}
        again = batches(left, decoding, own_caps=True)
        for _, place, found in self._decode(again, encoded, given, decoding, part):
            results[place] = self._hypotheses(found, decoding)
        self.recent.keep((keys[place], results[place]) for place in lengths)
        return [results[place][: decoding.hypotheses] for place in range(len(encoded))]

    @staticmethod
    def _key(tokens: list[str], begun: list[str], decoding: Decoding, part: float) -> Hashable:
        """What an output follows from, apart from the model: a search finds its whole beam anyway."""
        return (*tokens, None, *begun), replace(decoding, hypotheses=1), part

    def _decode(
        self,
        plan: Sequence[Batch],
        encoded: Sequence[list[str]],
        given: Sequence[list[str]],
        decoding: Decoding,
        part: float,
    ) -> Iterator[tuple[Batch, int, Any]]:
        """Queue all batches; then, for each sentence, its batch, its place and what came of it."""
        waiting = [self._submit(batch, encoded, given, decoding, part) for batch in plan]
        for batch, futures in zip(plan, waiting, strict=True):
            for place, future in zip(batch.places, futures, strict=True):
                yield batch, place, result_of(future, self.folder)

    def _submit(
        self,
        batch: Batch,
        encoded: Sequence[list[str]],
        given: Sequence[list[str]],
        decoding: Decoding,
        part: float,
    ) -> list[Any]:
        """Queue a batch. Where none of its sources has the length that all are padded to, one is added.

        That is its shortest source, filled up with end tokens: a model says of it what it says of that
        source, or less, and it is done when most of the others are not.
        """
        group = [encoded[place] for place in batch.places]
        begun = [given[place] for place in batch.places]
        fixed = max(1, int(part * len(group[0]))) if part else 0
        if len(group[0]) < batch.length:
            group.append([*group[-1], *[END] * (batch.length - len(group[-1]))])
            begun.append(begun[-1])
        waiting: list[Any] = self.model.translate_batch(
            group,
            begun,
            asynchronous=True,
            max_batch_size=0,  # the batch is one already
            beam_size=decoding.beam,
            num_hypotheses=decoding.beam,
            length_penalty=decoding.length_penalty,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat,
            disable_unk=decoding.block_unknown,
            max_input_length=0,
            min_decoding_length=fixed + _CODES if part else 1,
            max_decoding_length=(fixed or batch.cap) + _CODES,
            return_scores=True,
            return_end_token=True,
        )
        return waiting[: len(batch.places)]

    def _hypotheses(self, result: Any, decoding: Decoding) -> tuple[Hypothesis, ...]:
        made = []
        for tokens, score in zip(result.hypotheses, result.scores, strict=True):
            complete = bool(tokens) and tokens[-1] == END
            own = len(tokens) - 1  # without the language code, which CTranslate2 counts in its mean
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
        """Replace search scores that penalties or blocked repetitions have bent by the model's own."""
        bent = [
            (place, rank)
            for place, found in enumerate(results)
            for rank, hypothesis in enumerate(found)
            if _bent(hypothesis, decoding)
        ]
        spoken = self.speak(
            [encoded[place] for place, _ in bent],
            [[*prefix, *results[place][rank].tokens] for place, rank in bent],
        )
        made = [list(found) for found in results]
        for (place, rank), scores in zip(bent, spoken, strict=True):
            hypothesis = made[place][rank]
            own = scores[len(prefix) : None if hypothesis.complete else -1] or (0.0,)
            made[place][rank] = replace(hypothesis, logprob=sum(own) / len(own))
        return [tuple(found) for found in made]

    def attend(self, encoded: Sequence[list[str]], said: Sequence[list[str]]) -> list[Any]:
        """The attention of each step of the decoder while it is made to say target tokens of sources.

        For each pair a row per token said, the code and the end included, with a weight per source token.
        Sources share a batch as in `search`, so a row does not depend on the other pairs.
        """
        lengths = {place: len(tokens) for place, tokens in enumerate(encoded)}
        waiting: dict[int, Any] = {}
        for batch in batches(lengths, Decoding()):
            group = [encoded[place] for place in batch.places]
            given = [[*said[place], END] for place in batch.places]
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

    def speak(self, encoded: Sequence[list[str]], said: Sequence[list[str]]) -> list[tuple[float, ...]]:
        """The log-probability of each of the target tokens that are `said` of sources, and of the end.

        Each pair is computed by itself, so that it cannot depend on the others. All positions of a sentence
        are computed at once, which is work enough for the processor: batches are hardly faster.
        """
        waiting = [
            self.model.score_batch([source], [target], asynchronous=True, max_input_length=0)[0]
            for source, target in zip(encoded, said, strict=True)
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
    """Open a model that is on this machine: by name, hub id or folder.

    `home` is the folder of models, the user's data folder by default; the other options are those of
    `Hardware`. Raises ModelNotFound with what to do where the model is not here, ModelError where it is
    damaged, OptionError for an unknown option.
    """
    hardware = Hardware(device=device, precision=precision, threads=threads)
    return CTranslate2Engine(resolve(str(name), home), hardware)


def _bent(hypothesis: Hypothesis, decoding: Decoding) -> bool:
    """Whether the search score of an output is not what the model itself says of it.

    CTranslate2 takes blocked pieces out before it normalises, so wherever an n-gram was about to be
    repeated the rest looks likelier than it is.
    """
    if decoding.repetition_penalty != 1:
        return True
    size = decoding.no_repeat - 1
    grams = [hypothesis.tokens[at : at + size] for at in range(len(hypothesis.tokens) - size + 1)]
    return size >= 0 and len(set(grams)) < len(grams)


def result_of(future: Any, folder: Path) -> Any:
    """What a queued job came to; raises ModelError where the engine failed."""
    try:
        return future.result()
    except RuntimeError as error:
        raise ModelError(
            f"the engine failed: {error}",
            where=str(folder),
            action="If memory ran out, make batches smaller: --decoding batch_tokens=512.",
        ) from error


def divided(hardware: Hardware, folder: Path) -> Hardware:
    """The same for the model in `folder` with everything settled, `threads` and `workers` as well."""
    placed = hardware.placed()
    threads = hardware.threads or usable_cores()
    workers = hardware.workers or (threads if placed.device == "cpu" and not is_large(folder) else 1)
    return replace(placed, threads=threads, workers=workers)


def is_large(folder: Path) -> bool:
    """Whether a model has so many weights that reading them is what a step of decoding costs."""
    return (folder / "model.bin").stat().st_size >= _SMALL_MODEL


def _load(folder: Path, hardware: Hardware) -> ctranslate2.Translator:
    import ctranslate2

    settled = divided(hardware, folder)
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
