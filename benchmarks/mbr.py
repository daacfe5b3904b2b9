"""What minimum Bayes risk decoding gains over beam search, and what it costs.

    python benchmarks/mbr.py FOLDER [--part dev|devtest] [--model starter] [--directions kk-en,kk-ru]

FOLDER has the test sets, `flores200_dev_part.tsv` and `flores200_devtest.tsv`: columns kk, ru, en, no header.
Translates as `egiz build` does, with retries, with the default options and with `--decode mbr`. Prints for
each direction chrF++ and BLEU of both with sacreBLEU's signatures, the difference, its p-value by paired
bootstrap resampling, and the processor time of mbr as a multiple of that of beam. `--sentences N` takes the
first N only. Everything in `Mbr` was chosen on dev; devtest is for measuring.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from egiz.translate.ctranslate2_engine import CTranslate2Engine
from egiz.translate.ladder import Options
from egiz.translate.mbr import Mbr
from egiz.translate.metrics import compare
from egiz.translate.models import resolve
from egiz.translate.train.corpus import read_columns
from egiz.translate.train.evaluate import Evaluation, evaluate

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
    arguments = parser.parse_args()
    columns = read_columns(arguments.folder / PARTS[arguments.part], COLUMNS)
    engine = CTranslate2Engine(resolve(arguments.model, None))
    for direction in arguments.directions.split(","):
        source, _, target = direction.partition("-")
        rows = slice(arguments.sentences)
        measure(engine, source, target, columns[source][rows], columns[target][rows])


def measure(
    engine: CTranslate2Engine, source: str, target: str, sources: list[str], references: list[str]
) -> None:
    """Translate in both ways and print how they compare."""

    def run(options: Options) -> tuple[Evaluation, float]:
        start = time.process_time()
        found = evaluate(engine, sources, references, source=source, target=target, options=options)
        return found, time.process_time() - start

    beam, beam_seconds = run(Options())
    mbr, mbr_seconds = run(Options(mbr=Mbr()))
    for name, found in (("beam", beam), ("mbr", mbr)):
        for figure in found.figures:
            print(f"{found.direction}  {name:5}{figure.metric:7}{figure.value:6.2f}  {figure.signature}")
        print(f"{found.direction}  {name:5}{found.suspect} suspect, {found.failed} failed")
    metrics = [figure.metric for figure in beam.figures]
    for item in compare(beam.outputs, mbr.outputs, references, metrics):
        line = f"{item.metric:7}{item.difference:+6.2f}  p = {item.p:.3f}  {item.signature}"
        print(f"{beam.direction}  gain {line}")
    ratio = mbr_seconds / beam_seconds
    print(f"{beam.direction}  {len(sources)} sentences, mbr takes {ratio:.1f} times as long")


if __name__ == "__main__":
    main()
