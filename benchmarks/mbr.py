"""What minimum Bayes risk decoding gains over beam search, and what it costs.

    python benchmarks/mbr.py FOLDER [--part dev|devtest] [--model starter] [--directions kk-en,kk-ru]
                             [--sentences N] [--decoding NAME=VALUE]... [--beam-only]

FOLDER has the test sets, `flores200_dev_part.tsv` and `flores200_devtest.tsv`: columns kk, ru, en, no header.
Translates as `egiz build` does, with retries, by beam search and with `--method mbr`. Prints for
each direction chrF++ and BLEU of both with sacreBLEU's signatures, the difference, its p-value by paired
bootstrap resampling, and the processor time of mbr as a multiple of that of beam. `--decoding` changes a
setting of both from the model's own, such as length_penalty=1.5; `--beam-only` measures no mbr. Everything in
`Mbr` was chosen on dev; devtest is for measuring.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.mbr import Mbr
from egiz.translate.engine.protocol import Decoding
from egiz.translate.ladder import Options
from egiz.translate.metrics import compare
from egiz.translate.models import resolve
from egiz.translate.train.corpus import read_columns
from egiz.translate.train.evaluate import ModelEvaluation, evaluate

PARTS = {"dev": "flores200_dev_part.tsv", "devtest": "flores200_devtest.tsv"}
COLUMNS = ("kk", "ru", "en")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=sorted(PARTS), default="devtest")
    parser.add_argument("--model", default="starter")
    parser.add_argument("--directions", default="kk-en,kk-ru")
    parser.add_argument("--sentences", type=int)
    parser.add_argument("--decoding", action="append", default=[])
    parser.add_argument("--beam-only", action="store_true")
    arguments = parser.parse_args()
    columns = read_columns(arguments.folder / PARTS[arguments.part], COLUMNS)
    engine = CTranslate2Engine(resolve(arguments.model, None))
    options = Options(decoding=Decoding.parse((*engine.manifest.decoding, *arguments.decoding)))
    ways = {"beam": options} if arguments.beam_only else {"beam": options, "mbr": replace(options, mbr=Mbr())}
    for direction in arguments.directions.split(","):
        source, _, target = direction.partition("-")
        rows = slice(arguments.sentences)
        measure(engine, ways, source, target, columns[source][rows], columns[target][rows])


def measure(
    engine: CTranslate2Engine,
    ways: dict[str, Options],
    source: str,
    target: str,
    sources: list[str],
    references: list[str],
) -> None:
    """Translate in each way and print the scores, and how mbr compares with beam."""
    pair = f"{source}-{target}"
    found: dict[str, ModelEvaluation] = {}
    seconds: dict[str, float] = {}
    for name, options in ways.items():
        start = time.process_time()
        found[name] = evaluate(engine, sources, references, source=source, target=target, options=options)
        seconds[name] = time.process_time() - start
        for figure in found[name].scores:
            print(f"{pair}  {name:5}{figure.metric:7}{figure.value:6.2f}  {figure.signature}")
        print(f"{pair}  {name:5}{found[name].suspect} suspect, {found[name].failed} failed", flush=True)
    if "mbr" not in found:
        return
    metrics = [figure.metric for figure in found["beam"].scores]
    for item in compare(found["beam"].outputs, found["mbr"].outputs, references, metrics):
        print(f"{pair}  gain {item.metric:7}{item.difference:+6.2f}  p = {item.p:.3f}  {item.signature}")
    ratio = seconds["mbr"] / seconds["beam"]
    print(f"{pair}  {len(sources)} sentences, mbr takes {ratio:.1f} times as long", flush=True)


if __name__ == "__main__":
    main()
