"""How fast Egiz is beside what people would write themselves, with one and the same model in one run.

    python benchmarks/peers.py [--sentences 32] [--rounds 3] [--quick] [--smoke]

The model has the shape of NLLB-200 distilled 600M and random weights: a checkpoint as transformers saves it,
converted to int8 by `egiz models convert`, and that trimmed to Kazakh, Russian and English (64,000 of 256,206
tokens). Its translations have exactly the tokens of their sources (`peers_model`), which is checked for every
sentence and every side. So all sides write the same number of tokens, and sentences have the lengths of
life: the first sentences of the Kazakh seed document with 8 to 60 tokens, in their order. All search with a
beam of 4 and nothing blocked, and go from text to text.

- transformers, float32: what its documentation shows for NLLB, `tokenizer(...)` and `model.generate(...)`,
  for a sentence at a time and for 16. (Up to version 4 there was `pipeline("translation")`, which did the
  same, a sentence at a time unless told otherwise; 5 has no such task.)
- CTranslate2, int8, the model untrimmed: `translate_batch` with nothing set but the beam, for a sentence at a
  time and for 16; with threads as they are by default (at most four) and with one for every core.
- Egiz: `CTranslate2Engine` as it is, given all sentences; the model untrimmed and trimmed, and the latter as
  `--fast` decodes, with a shortlist of 16,000 tokens.

Sides take turns. Printed are sentences per second of the clock on the wall (the median of all rounds; a
sentence at a time is done in the first alone), processor seconds (system and all threads)
and how many times as fast as others a side is.

Then `parallel.build.build` makes Russian and English of these sentences with the trimmed model, without
retries, scores with effort fast, twice: in the first all that is loaded when needed is loaded. Printed is
the share of its time in which it did not wait for the decoder.

Needs egiz[torch]. Models are made in `.work` (3.5 GB) and removed. Some ten minutes of two cores, and
6 GB of memory. `--quick` leaves out what goes a sentence at a time, and the build. `--smoke` takes a tiny
shape and three sentences.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import ctranslate2
import torch
from peers_model import make_checkpoint
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar
from trim_models import NLLB_600M, Shape

from egiz.parallel.build.build import build
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.protocol import Decoding
from egiz.translate.engine.tokenizer import NllbTokenizer
from egiz.translate.ladder import Options
from egiz.translate.memory import Memory
from egiz.translate.models import read_manifest, resolve, write_manifest
from egiz.translate.models.convert import convert
from egiz.translate.models.layout import SPECIALS, model_tokens
from egiz.translate.models.manifest import hash_files
from egiz.translate.models.trim import TrimOptions, trim
from egiz.translate.models.weights import write_shortlists
from egiz.translate.read import ReadOptions, read
from egiz.translate.split import split
from egiz.translate.text import normalise
from egiz.translate.translator import Translator

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "seeds" / "kk" / "qaita-quru.txt"
WORK = ROOT / ".work"
TINY = Shape(width=128, layers=1, feed_forward=256, heads=4, tokens=15_000, kept=14_000)
SHORTEST, LONGEST, BATCH, BEAM = 8, 60, 16, 4
DECODING = Decoding(beam=BEAM, hypotheses=1, no_repeat=0)
LISTED = 16_000
SOURCE, TARGET = "kaz_Cyrl", "rus_Cyrl"

Lengths = list[int]
Side = Callable[[Sequence[str]], Lengths]
"""Translates texts; how many tokens each translation has, without language code and end."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    count, rounds = (3, 1) if arguments.smoke else (arguments.sentences, arguments.rounds)
    disable_progress_bar()
    WORK.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="peers-", dir=WORK) as folder:
        work = Path(folder)
        make_checkpoint(resolve("starter"), work / "checkpoint", TINY if arguments.smoke else NLLB_600M)
        convert(work / "checkpoint", work / "whole")
        trim(work / "whole", work / "trimmed", TrimOptions(languages=("kk", "ru", "en")))
        list_tokens(work / "trimmed")
        texts, lengths = sentences(work, count)
        print(
            f"{len(texts)} sentences of {min(lengths)} to {max(lengths)} tokens, {sum(lengths)} in all;"
            f" {os.cpu_count()} cores, torch {torch.__version__} with {torch.get_num_threads()} threads,"
            f" CTranslate2 {ctranslate2.__version__}"
        )
        compare(work, texts, lengths, rounds, quick=arguments.quick)
        if not arguments.quick:
            publish(work, texts)


def list_tokens(folder: Path) -> None:
    """Give the model in `folder` a shortlist for the target language."""
    write_shortlists(folder, {TARGET: model_tokens(folder)[len(SPECIALS) : LISTED]})
    write_manifest(folder, replace(read_manifest(folder), files=hash_files(folder)))


def sentences(work: Path, count: int) -> tuple[list[str], Lengths]:
    """So many sentences of the seed document, and how many tokens each has."""
    tokenizer = NllbTokenizer.load(work / "whole")
    [document] = read(SEED, ReadOptions(language="kk"))
    texts = (normalise(sentence.text) for sentence in split(document))
    chosen = list(islice((text for text in texts if SHORTEST <= tokenizer.count(text) <= LONGEST), count))
    return chosen, [tokenizer.count(text) for text in chosen]


def compare(work: Path, texts: Sequence[str], lengths: Lengths, rounds: int, *, quick: bool) -> None:
    """Time all sides, or without those that go a sentence at a time, round by round, and print."""
    generate, loop, cores = transformers(work), plain(work), plain(work, intra_threads=os.cpu_count() or 1)
    sides: dict[str, Side] = {
        "transformers, one by one": lambda texts: generate(texts, 1),
        f"transformers, by {BATCH}": lambda texts: generate(texts, BATCH),
        "CTranslate2, one by one": lambda texts: loop(texts, 1),
        f"CTranslate2, by {BATCH}": lambda texts: loop(texts, BATCH),
        f"CTranslate2, by {BATCH}, all cores": lambda texts: cores(texts, BATCH),
        "Egiz": egiz(work / "whole"),
        "Egiz, trimmed": egiz(work / "trimmed"),
        "Egiz, trimmed, --fast": egiz(work / "trimmed", Options(decoding=DECODING, fast=True).first),
    }
    slow, slower, alone, looped, *_ = sides
    if quick:
        del sides[slow], sides[alone]
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for side in sides.values():
        side(texts[:1])
    for number in range(rounds):
        for name, side in sides.items():
            if number and name in (slow, alone):
                continue
            start = time.perf_counter(), time.process_time()
            found = side(texts)
            taken[name].append((time.perf_counter() - start[0], time.process_time() - start[1]))
            assert found == lengths, f"{name}: {found}, not {lengths}"
    show(taken, len(texts), sum(lengths), slower, looped)


def show(
    taken: dict[str, list[tuple[float, float]]], sentences: int, tokens: int, slower: str, looped: str
) -> None:
    """Print medians, and the ratios to the two sides named."""
    wall = {name: median(seconds for seconds, _ in found) for name, found in taken.items()}
    cpu = {name: median(seconds for _, seconds in found) for name, found in taken.items()}
    print(f"{'':33}{'sentences/s':>12}{'tokens/s':>10}{'CPU s':>8}", end="")
    print(f"{'/ transformers':>16}{'CPU':>7}{'/ CTranslate2':>15}{'CPU':>7}")
    for name, seconds in wall.items():
        speeds = f"{sentences / seconds:12.2f}{tokens / seconds:10.1f}{cpu[name]:8.1f}"
        ratios = f"{wall[slower] / seconds:16.2f}{cpu[slower] / cpu[name]:7.2f}"
        print(f"{name:33}{speeds}{ratios}{wall[looped] / seconds:15.2f}{cpu[looped] / cpu[name]:7.2f}")


def transformers(work: Path) -> Callable[[Sequence[str], int], Lengths]:
    """As https://huggingface.co/docs/transformers/model_doc/nllb shows it."""
    tokenizer = AutoTokenizer.from_pretrained(work / "checkpoint", src_lang=SOURCE)
    model = AutoModelForSeq2SeqLM.from_pretrained(work / "checkpoint", dtype=torch.float32)
    first = tokenizer.convert_tokens_to_ids(TARGET)

    def translate(texts: Sequence[str], size: int) -> Lengths:
        lengths = []
        for chunk in chunks(texts, size):
            inputs = tokenizer(chunk, return_tensors="pt", padding=True)
            made = model.generate(**inputs, forced_bos_token_id=first, num_beams=BEAM)
            tokenizer.batch_decode(made, skip_special_tokens=True)
            special = (tokenizer.pad_token_id, tokenizer.eos_token_id)
            lengths += [sum(token not in special for token in row[2:]) for row in made.tolist()]
        return lengths

    return translate


def plain(work: Path, **settings: Any) -> Callable[[Sequence[str], int], Lengths]:
    """As https://opennmt.net/CTranslate2/guides/transformers.html shows it, for many sentences."""
    tokenizer = AutoTokenizer.from_pretrained(work / "checkpoint", src_lang=SOURCE)
    translator = ctranslate2.Translator(str(work / "whole"), **settings)

    def translate(texts: Sequence[str], size: int) -> Lengths:
        lengths = []
        for chunk in chunks(texts, size):
            sources = [tokenizer.convert_ids_to_tokens(tokenizer.encode(text)) for text in chunk]
            results = translator.translate_batch(
                sources, target_prefix=[[TARGET]] * len(sources), beam_size=BEAM
            )
            for result in results:
                target = result.hypotheses[0][1:]
                tokenizer.decode(tokenizer.convert_tokens_to_ids(target))
                lengths.append(len(target))
        return lengths

    return translate


def chunks(texts: Sequence[str], size: int) -> list[list[str]]:
    return [list(texts[start : start + size]) for start in range(0, len(texts), size)]


def egiz(folder: Path, decoding: Decoding = DECODING) -> Side:
    engine = CTranslate2Engine(folder)

    def translate(texts: Sequence[str]) -> Lengths:
        found = engine.translate(texts, source="kk", target="ru", decoding=decoding)
        assert all(best.complete for best, *_ in found)
        return [len(best.tokens) for best, *_ in found]

    return translate


def publish(work: Path, texts: Sequence[str]) -> None:
    """Build from these texts, and print how much of the time the decoder was not waited for."""
    source = work / "text.txt"
    source.write_text("\n\n".join(texts), encoding="utf-8")
    start = time.perf_counter()
    engine = CTranslate2Engine(work / "trimmed")
    print(f"loading the model: {time.perf_counter() - start:.2f} s")
    engine.model = watched = Watched(engine.model)
    for number in (1, 2):
        watched.seconds = 0.0
        start = time.perf_counter()
        with Memory.open(work / f"memory-{number}.db") as memory:
            translator = Translator(
                engine, "kk", ("ru", "en"), options=Options(decoding=DECODING, rungs=()), memory=memory
            )
            built = build(
                [source],
                work / f"built-{number}",
                translator,
                manifest=engine.manifest,
                reading=ReadOptions(language="kk"),
            )
        seconds = time.perf_counter() - start
        stages = ", ".join(f"{name} {spent:.2f}" for name, spent in built.seconds.items())
        share = 1 - watched.seconds / seconds
        print(
            f"build {number}: {built.translated} translations, {seconds:.2f} s, "
            f"{share:.1%} of it not waiting for the decoder ({stages})"
        )


class Watched:
    """A translator of CTranslate2, and the seconds in which anyone handed it work or waited for it."""

    def __init__(self, translator: Any) -> None:
        self._translator = translator
        self._lock = Lock()
        self._waiting = 0
        self._since = 0.0
        self.seconds = 0.0

    def translate_batch(self, *arguments: Any, **settings: Any) -> list[Any]:
        results = self.timed(self._translator.translate_batch, *arguments, **settings)
        return [Awaited(result, self) for result in results]

    def score_batch(self, *arguments: Any, **settings: Any) -> list[Any]:
        results = self.timed(self._translator.score_batch, *arguments, **settings)
        return [Awaited(result, self) for result in results]

    def timed(self, call: Callable[..., Any], *arguments: Any, **settings: Any) -> Any:
        with self._lock:
            if not self._waiting:
                self._since = time.perf_counter()
            self._waiting += 1
        try:
            return call(*arguments, **settings)
        finally:
            with self._lock:
                self._waiting -= 1
                if not self._waiting:
                    self.seconds += time.perf_counter() - self._since


class Awaited:
    """A result to come."""

    def __init__(self, result: Any, watched: Watched) -> None:
        self._result, self._watched = result, watched

    def result(self) -> Any:
        return self._watched.timed(self._result.result)


if __name__ == "__main__":
    main()
