"""What is measured: made-up sentences of usual lengths, decoded to a fixed length.

Speed does not depend on what is said, so the sentences are pieces of the model's own vocabulary in a row, in
two of its languages: any model can be measured, and no corpus is needed. They come as a build brings them: as
many at once as `egiz.translate.translator` translates together, in one or several windows beside each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from egiz.translate.batching import mixed
from egiz.translate.ctranslate2_engine import CTranslate2Engine, Hardware, is_large
from egiz.translate.engine import Decoding, rounded
from egiz.translate.languages import language
from egiz.translate.models.manifest import read_manifest
from egiz.translate.tokenizer import END
from egiz.translate.translator import WINDOW
from egiz.translate.tune.choose import Run

LENGTHS = (11, 14, 17, 19, 21, 22, 26, 28, 30, 33, 36, 40, 45, 50, 60, 79)
"""Pieces in the sentences: the middles of the sixteenths of the 1,000 Kazakh sentences of WMT's newstest2019,
cut by the starter's tokenizer and ordered by length."""
_AROUND = 2
"""Language code and end, which every sentence has too."""
_PART = 0.25
"""Target tokens per source token. Whole translations are about as long as their sources, but every further
token is another step like those before, and a large model would take minutes for one round."""


class ModelWorkload:
    """The model in a folder at work; see `egiz.translate.tune.choose.Workload`.

    Raises ModelError as `CTranslate2Engine` does.
    """

    def __init__(self, folder: Path, hardware: Hardware, *, windows: int = 1) -> None:
        """`hardware` says where and how precisely to compute; its threads and workers are not asked.

        `windows` are decoded beside each other: of one alone, many workers would idle at its end.
        """
        self._folder, self._hardware, self._windows = folder, hardware, windows
        languages = read_manifest(folder).languages
        self._codes = language(languages[0]).code, language(languages[-1]).code

    @property
    def sentences(self) -> int:
        """Sentences of a run."""
        return self._windows * WINDOW

    def open(self, *, threads: int, workers: int) -> Run:
        """Load the model, and have it decode a few sentences before the first run is measured."""
        engine = CTranslate2Engine(self._folder, replace(self._hardware, threads=threads, workers=workers))
        window = self._window(tuple(engine.tokenizer.ids))

        def decode(sources: list[list[str]], batch_tokens: int) -> None:
            decoding = Decoding(hypotheses=1, batch_tokens=batch_tokens)
            engine.search(sources, [[self._codes[1]]] * len(sources), decoding, part=_PART)

        def run(batch_tokens: int) -> None:
            with ThreadPoolExecutor(self._windows) as pool:
                list(pool.map(decode, [window] * self._windows, [batch_tokens] * self._windows))

        decode(window[: len(LENGTHS)], Decoding().batch_tokens)
        return run

    def batches(self, batch_tokens: int) -> Hashable:
        """What shares a batch: with a large model lengths, else the most sentences of each length.

        Lengths are then rounded up, as the engine groups them; CTranslate2 counts the tokens that there are.
        """
        if is_large(self._folder):
            lengths = {at: own + _AROUND for at, own in enumerate(islice(cycle(LENGTHS), WINDOW))}
            plan = mixed(lengths, Decoding(batch_tokens=batch_tokens))
            return tuple(tuple(lengths[place] for place in batch.places) for batch in plan)
        groups = Counter(rounded(length + _AROUND) for length in islice(cycle(LENGTHS), WINDOW))
        return tuple(
            (length, min(count, max(1, batch_tokens // length))) for length, count in sorted(groups.items())
        )

    def _window(self, tokens: tuple[str, ...]) -> list[list[str]]:
        """The sentences: whole words of the vocabulary, spread over all of it."""
        words = [token for token in tokens if token.startswith("▁")] or list(tokens)
        needed = sum(islice(cycle(LENGTHS), WINDOW))
        taken = cycle(words[:: max(1, len(words) // needed)])
        lengths = islice(cycle(LENGTHS), WINDOW)
        return [[self._codes[0], *islice(taken, length), END] for length in lengths]
