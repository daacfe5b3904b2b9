"""How much of the engine's speed a whole build keeps, with the starter.

    python benchmarks/overhead.py TABLE [--sentences 997] [--rounds 3] [--smoke]

TABLE has aligned Kazakh, Russian and English and no header; its Kazakh is translated into both. The raw
engine is one call of CTranslate2 with all sentences, cut into pieces before, with the decoding settings of a
build and no more: no guards, no second tries, no memory, no files. The script is what one might write: a file
cut after full stops, sentencepiece, sixteen sentences at a time through CTranslate2 with nothing set but the
beam, a table written by `csv`. The build is all of `egiz build --effort fast`, from the file to the published
folder, with a memory that holds nothing yet. They take turns. Printed are source sentences per second, what
the build is to the other two, and where its time goes.
"""

from __future__ import annotations

import argparse
import csv
import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import ctranslate2
import sentencepiece

from egiz.parallel.build.build import Built, build
from egiz.parallel.scores import ScoreStage
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.protocol import Decoding
from egiz.translate.ladder import Options
from egiz.translate.languages import language
from egiz.translate.memory import Memory
from egiz.translate.models import resolve
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.read import ReadOptions
from egiz.translate.text import normalise
from egiz.translate.train.corpus import read_columns
from egiz.translate.translator import Translator

TARGETS = ("ru", "en")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", type=Path)
    parser.add_argument("--sentences", type=int, default=997)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    count = 20 if arguments.smoke else arguments.sentences
    texts = read_columns(arguments.table, ["kk", "ru", "en"])["kk"][:count]
    engine = CTranslate2Engine(resolve("starter"))
    decoding = Decoding.parse(engine.manifest.decoding)
    raw_seconds, script_seconds, built_seconds, stages = [], [], [], []
    for _ in range(1 if arguments.smoke else arguments.rounds):
        start = time.perf_counter()
        raw(engine, texts, decoding)
        raw_seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
        script(engine.folder, texts, decoding.beam)
        script_seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
        built = whole(engine, texts, decoding)
        built_seconds.append(time.perf_counter() - start)
        stages.append(built.seconds)
    fast, plain = len(texts) / median(raw_seconds), len(texts) / median(script_seconds)
    kept = built.summary.sentences / median(built_seconds)
    print(f"raw engine   {fast:8.1f} sentences/s into {len(TARGETS)} languages")
    print(f"script       {plain:8.1f} sentences/s")
    print(
        f"whole build  {kept:8.1f} sentences/s, {kept / fast:.0%} of the engine, {kept / plain:.2f} scripts"
    )
    print("of which", ", ".join(f"{name} {value:.1f} s" for name, value in middle(stages).items()))


def raw(engine: CTranslate2Engine, texts: list[str], decoding: Decoding) -> None:
    """Decode everything in one call for each target language."""
    source = language("kk")
    encoded = [engine.tokenizer.encode(normalise(text), source) for text in texts]
    for target in TARGETS:
        engine.model.translate_batch(
            encoded,
            [engine.tokenizer.prefix(language(target))] * len(encoded),
            max_batch_size=decoding.batch_tokens,
            batch_type="tokens",
            beam_size=decoding.beam,
            num_hypotheses=1,
            no_repeat_ngram_size=decoding.no_repeat,
            disable_unk=decoding.block_unknown,
            max_input_length=0,
            return_scores=True,
        )


def script(model: Path, texts: list[str], beam: int) -> None:
    """Translate a file of these paragraphs as a short program of one's own would."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.txt"
        file.write_text("\n\n".join(texts), encoding="utf-8")
        pieces = sentencepiece.SentencePieceProcessor(str(model / SENTENCEPIECE))
        translator = ctranslate2.Translator(str(model))
        sentences = re.split(r"(?<=[.!?])\s+|\n+", file.read_text(encoding="utf-8"))
        columns = [sentences]
        for target in ("rus_Cyrl", "eng_Latn"):
            column = []
            for at in range(0, len(sentences), 16):
                sources = [
                    ["kaz_Cyrl", *pieces.encode(text, out_type=str), "</s>"]
                    for text in sentences[at : at + 16]
                ]
                found = translator.translate_batch(
                    sources, target_prefix=[[target]] * len(sources), beam_size=beam
                )
                column += [pieces.decode(result.hypotheses[0][1:]) for result in found]
            columns.append(column)
        with (Path(folder) / "table.tsv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter="\t").writerows(zip(*columns, strict=True))


def whole(engine: CTranslate2Engine, texts: list[str], decoding: Decoding) -> Built:
    """Build from a file of these paragraphs, in a folder that is new."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.txt"
        file.write_text("\n\n".join(texts), encoding="utf-8")
        with Memory.open(Path(folder) / "memory.sqlite") as memory:
            return build(
                [file],
                Path(folder) / "out",
                Translator(engine, "kk", TARGETS, options=Options(decoding=decoding), memory=memory),
                manifest=engine.manifest,
                reading=ReadOptions(language="kk"),
                scores=ScoreStage.of_engine(
                    engine, None, "fast", fingerprint=engine.manifest.fingerprint, memory=memory
                ),
            )


def middle(stages: list[Mapping[str, float]]) -> dict[str, float]:
    """The median of each stage over the rounds."""
    return {name: median(found[name] for found in stages) for name in stages[0]}


if __name__ == "__main__":
    main()
