"""How far the engines agree, and how fast they are beside each other.

    python benchmarks/engines.py CHECKPOINT TABLE [--sentences 200]

CHECKPOINT is a model in hub layout (what `egiz train export` leaves in its folder); TABLE has aligned
sentences, one column per language (--columns, kk among them) and no header. Translates Kazakh into --target.
Prints, for transformers in float32 and for CTranslate2 in float32 and int8, all on the CPU: the share of
sentences with the same text as transformers, chrF++ against the table's own references, sentences per
second, and their ratio to transformers. Needs egiz[torch].
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding, Engine
from egiz.translate.engine.transformers import TransformersEngine
from egiz.translate.models.convert import convert
from egiz.translate.text import normalise
from egiz.translate.train.corpus import read_columns


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("table", type=Path)
    parser.add_argument("--columns", default="kk,ru,en")
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--target", default="en")
    arguments = parser.parse_args()
    columns = read_columns(arguments.table, arguments.columns.split(","))
    sources = [normalise(text) for text in columns["kk"][: arguments.sentences]]
    references = columns[arguments.target][: arguments.sentences]

    expected, slowest = run(TransformersEngine(arguments.checkpoint), sources, arguments.target)
    print(f"{'engine':28}{'same text':>10}{'chrF++':>8}{'sentences/s':>13}{'ratio':>7}")
    show("transformers float32", expected, expected, references, slowest, slowest)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        convert(arguments.checkpoint, model, precision="float32")
        for precision in ("float32", "int8"):
            engine = CTranslate2Engine(model, Hardware(device="cpu", precision=precision))
            found, speed = run(engine, sources, arguments.target)
            show(f"CTranslate2 {precision}", found, expected, references, speed, slowest)


def run(engine: Engine, sources: list[str], target: str) -> tuple[list[str], float]:
    """Best texts, and sentences per second."""
    start = time.perf_counter()
    found = engine.translate(sources, source="kk", target=target, decoding=Decoding())
    return [item[0].text for item in found], len(sources) / (time.perf_counter() - start)


def show(
    name: str, found: list[str], expected: list[str], references: list[str], speed: float, slowest: float
) -> None:
    from sacrebleu.metrics.chrf import CHRF

    same = sum(one == two for one, two in zip(found, expected, strict=True)) / len(found)
    chrf = CHRF(word_order=2).corpus_score(found, [references]).score
    print(f"{name:28}{same:10.1%}{chrf:8.2f}{speed:13.1f}{speed / slowest:7.1f}")


if __name__ == "__main__":
    main()
