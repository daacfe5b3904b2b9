"""How many tokens a batch should have: sentences per second for batches of several sizes, taking turns.

    python benchmarks/batches.py TABLE [--sentences 300] [--smoke]

TABLE has aligned Kazakh, Russian and English and no header; the starter translates the Kazakh into Russian.
Then a model of the shape of NLLB-200 distilled 600M, of random int8 weights and 64,000 tokens (what `egiz
models trim` leaves), decodes 64 sentences of 32 tokens to a fixed length with a beam of 5. Everything on all
cores. Printed are sentences per second, the median of three rounds, and the ratio to batches of 2,048 tokens.
The model is made in `.work/batches` (0.4 GB) and removed. Four minutes on two cores. With `--smoke` a tiny
model decodes four sentences, in one round.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import ctranslate2
from trim import sentences
from trim_models import NLLB_600M, SMALL, random_model

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.protocol import Decoding
from egiz.translate.models import resolve
from egiz.translate.models.layout import model_tokens
from egiz.translate.text import normalise
from egiz.translate.train.corpus import read_columns

SIZES = (2048, 1024, 512, 256)
ROUNDS = 3
WORK = Path(__file__).resolve().parent.parent / ".work" / "batches"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", type=Path)
    parser.add_argument("--sentences", type=int, default=300)
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    rounds = 1 if arguments.smoke else ROUNDS
    texts = read_columns(arguments.table, ["kk", "ru", "en"])["kk"][: arguments.sentences]
    show("starter", len(texts), starter(texts), rounds)
    try:
        shape, tokens, kept, count = NLLB_600M, 64_000, 40_000, 64
        if arguments.smoke:
            shape, tokens, kept, count = SMALL, 15_000, 14_000, 4
        random_model(resolve("starter"), WORK, replace(shape, tokens=tokens, kept=kept))
        sources = list(islice(cycle(sentences(model_tokens(WORK))), count))
        show("NLLB-200 600M shape", len(sources), fixed(sources), rounds)
    finally:
        shutil.rmtree(WORK, ignore_errors=True)


def starter(texts: list[str]) -> Callable[[int], object]:
    """Translates them with the starter as the first decoding of a build does."""
    engine = CTranslate2Engine(resolve("starter"))
    sources = [normalise(text) for text in texts]
    return lambda size: engine.translate(
        sources, source="kk", target="ru", decoding=Decoding(hypotheses=1, batch_tokens=size)
    )


def fixed(sources: list[list[str]]) -> Callable[[int], object]:
    """Decodes them to a fixed length with the model in `WORK`."""
    model = ctranslate2.Translator(str(WORK), compute_type="int8", intra_threads=0)
    return lambda size: model.translate_batch(
        sources,
        [["eng_Latn"]] * len(sources),
        beam_size=5,
        max_batch_size=size,
        batch_type="tokens",
        min_decoding_length=24,
        max_decoding_length=24,
    )


def show(name: str, count: int, run: Callable[[int], object], rounds: int) -> None:
    """Time all sizes, round by round, and print."""
    seconds: dict[int, list[float]] = {size: [] for size in SIZES}
    run(SIZES[0])
    for _ in range(rounds):
        for size, taken in seconds.items():
            start = time.perf_counter()
            run(size)
            taken.append(time.perf_counter() - start)
    speeds = {size: count / median(taken) for size, taken in seconds.items()}
    for size, speed in speeds.items():
        print(
            f"{name:20}{size:6} tokens {speed:8.1f} sentences/s {speed / speeds[SIZES[0]]:6.2f}", flush=True
        )


if __name__ == "__main__":
    main()
