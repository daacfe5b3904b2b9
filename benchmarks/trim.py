"""What trimming changes, and what it gains in size and speed.

    python benchmarks/trim.py [--model starter] [--sentences 60] [--table FILE] [--smoke]

First the model is widened by 30,000 pieces of other scripts and four languages, and trimmed back (see
`trim_models.widen`). Printed is how many sentences of the Kazakh seed document get from the trimmed model the
very tokens that they get from the widened one, and both mean log-probabilities per token. With a table of
references (columns kk, ru, en, no header) chrF++ of both follows, for as many of its sentences.

Then a model of the shape of NLLB-200 distilled 600M with random int8 weights (how long a step takes does
not depend on what weights say) is trimmed from 256,206 tokens to 64,000. Printed are megabytes and, for
translations of a fixed length on one thread, processor seconds, and how many times as long the whole model
takes; models take turns. `shortlist` is the trimmed model with CTranslate2's vocabulary map besides, which
leaves it every third token, about as many as one target language needs; `third` is a model that has no more
tokens than those. `--smoke` takes a tiny shape, 3,000 pieces and one sentence.

Models are made in `.work/trim` (1.5 GB) and removed. Some four minutes of one core.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import ctranslate2
from sacrebleu.metrics.chrf import CHRF
from trim_models import CODES, NLLB_600M, SMALL, Shape, random_model, widen

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding
from egiz.translate.models import resolve
from egiz.translate.models.layout import model_tokens
from egiz.translate.models.trim import TrimOptions, trim
from egiz.translate.read import ReadOptions, read
from egiz.translate.split import split
from egiz.translate.text import normalise
from egiz.translate.train.corpus import read_columns

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "seeds" / "kk" / "qaita-quru.txt"
CUT = TrimOptions(languages=("kk", "ru", "en"))
SOURCE_TOKENS, TARGET_TOKENS, SENTENCES, ROUNDS = 32, 32, 16, 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter")
    parser.add_argument("--sentences", type=int, default=60)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    model = resolve(arguments.model)
    work = ROOT / ".work" / "trim"
    shutil.rmtree(work, ignore_errors=True)
    try:
        sentences, pieces = (1, 3_000) if arguments.smoke else (arguments.sentences, 30_000)
        same(model, work, pieces, sentences, arguments.table)
        speed(model, work, SMALL if arguments.smoke else NLLB_600M, 1 if arguments.smoke else ROUNDS)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def same(model: Path, work: Path, pieces: int, sentences: int, table: Path | None) -> None:
    """Print how many translations are the same after as before, and how good both are."""
    wide, back = work / "wide", work / "back"
    widen(model, wide, pieces)
    made = trim(wide, back, CUT)
    print(f"{made.parent.name}: {len(model_tokens(wide))} -> {made.tokens} tokens")
    [document] = read(SEED, ReadOptions(language="kk"))
    texts = [normalise(sentence.text) for sentence in split(document)][:sentences]
    engines = [CTranslate2Engine(folder, Hardware(device="cpu")) for folder in (wide, back)]
    for beam in (1, 5):
        decoding = Decoding(beam=beam, hypotheses=1)
        for target in ("ru", "en"):
            found = [
                engine.translate(texts, source="kk", target=target, decoding=decoding) for engine in engines
            ]
            count = sum(one[0].tokens == two[0].tokens for one, two in zip(*found, strict=True))
            print(
                f"beam {beam}  kk-{target}  {count} of {len(texts)} translations have the same tokens,",
                end=" ",
            )
            means = [sum(best[0].logprob for best in results) / len(texts) for results in found]
            print(f"log-probability {means[0]:.3f} -> {means[1]:.3f}")
    if table is not None:
        scores(engines, table, sentences)


def scores(engines: Sequence[CTranslate2Engine], table: Path, sentences: int) -> None:
    """Print chrF++ of the engines, by beam search with the model's own settings."""
    columns = read_columns(table, ("kk", "ru", "en"))
    texts = [normalise(text) for text in columns["kk"][:sentences]]
    for target in ("ru", "en"):
        decoding = Decoding.parse(engines[0].manifest.decoding)
        found = (engine.translate(texts, source="kk", target=target, decoding=decoding) for engine in engines)
        outputs = [[hypotheses[0].text for hypotheses in results] for results in found]
        references = columns[target][:sentences]
        before, after = (CHRF(word_order=2).corpus_score(output, [references]).score for output in outputs)
        print(f"kk-{target}  chrF++ {before:.2f} before, {after:.2f} after, {len(texts)} sentences")


def speed(model: Path, work: Path, shape: Shape, rounds: int) -> None:
    """Print sizes and times of a random model before and after, and with a shortlist."""
    whole, cut, third = work / "whole", work / "cut", work / "third"
    random_model(model, whole, shape)
    made = trim(whole, cut, CUT)
    before, after = (sum(item.size for item in found.files) for found in (made.parent, made.manifest))
    ratio = before / after
    print(f"{shape.tokens} -> {made.tokens} tokens, {before / 1e6:.0f} -> {after / 1e6:.0f} MB ({ratio:.2f})")
    listed = shortlist(cut)
    random_model(model, third, replace(shape, tokens=listed, kept=listed - len(CODES)))
    loaded = {
        "whole": (load(whole), False),
        "trimmed": (load(cut), False),
        "shortlist": (load(cut), True),
        "third": (load(third), False),
    }
    sources = sentences(model_tokens(third))
    for beam in (1, 5):
        seconds: dict[str, list[float]] = {name: [] for name in loaded}
        for _ in range(rounds):
            for name, (translator, mapped) in loaded.items():
                seconds[name].append(translate(translator, sources, beam, mapped))
        middle = {name: median(values) for name, values in seconds.items()}
        for name, value in middle.items():
            print(f"beam {beam}  {name:10} {value:7.2f} s  {middle['whole'] / value:.2f}")


def load(folder: Path) -> Any:
    return ctranslate2.Translator(str(folder), compute_type="int8", inter_threads=1, intra_threads=1)


def shortlist(folder: Path) -> int:
    """Put a vocabulary map with every third token, and those that are no text, into the model; how many."""
    tokens = model_tokens(folder)
    listed = [*tokens[:4], *tokens[4:-8:3], *tokens[-8:]]
    (folder / "vmap.txt").write_text("\t" + " ".join(listed) + "\n", encoding="utf-8")
    return len(listed)


def sentences(tokens: tuple[str, ...]) -> list[list[str]]:
    """Source sentences of tokens that all models have."""
    step = (len(tokens) - 200) // (SENTENCES * SOURCE_TOKENS)
    taken = iter(tokens[100:-100:step])
    return [["kaz_Cyrl", *(next(taken) for _ in range(SOURCE_TOKENS)), "</s>"] for _ in range(SENTENCES)]


def translate(translator: Any, sources: list[list[str]], beam: int, mapped: bool) -> float:
    """Processor seconds to decode all sentences to the fixed length."""
    start = time.process_time()
    results = translator.translate_batch(
        sources,
        [["eng_Latn"]] * len(sources),
        beam_size=beam,
        min_decoding_length=TARGET_TOKENS,
        max_decoding_length=TARGET_TOKENS,
        use_vmap=mapped,
    )
    assert all(len(result.hypotheses[0]) == TARGET_TOKENS for result in results)
    return time.process_time() - start


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    main()
