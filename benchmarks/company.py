"""Does what a model says of a sentence depend on the sentences that are decoded with it?

    python benchmarks/company.py TABLE [--model starter] [--precision int8] [--sentences 500] [--smoke]

The first column of TABLE, which has no header, is translated from Kazakh into Russian as a build does it, 64
sentences at a time: in their order, shuffled, and every third of them alone, as where the others are
remembered. Printed are, for the latter two beside the first, in how many sentences the best text, any text
and any log-probability is another, and by how much the latter differ at most. With int8 there must be none,
else the exit status is 1.

Processors of other kinds are imitated by the environment: CT2_FORCE_CPU_ISA=GENERIC, AVX2 or AVX512, and
CT2_USE_MKL=0 for those that are not Intel's.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding
from egiz.translate.models import resolve
from egiz.translate.records import Hypothesis
from egiz.translate.text import normalise
from egiz.translate.translator import WINDOW

Found = dict[str, tuple[Hypothesis, ...]]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--sentences", type=int, default=500)
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    engine = CTranslate2Engine(
        resolve(arguments.model), Hardware(device="cpu", precision=arguments.precision)
    )
    lines = arguments.table.read_text(encoding="utf-8").splitlines()
    texts = list(dict.fromkeys(normalise(line.split("\t")[0]) for line in lines))
    texts = texts[: 12 if arguments.smoke else arguments.sentences]
    usual = translated(engine, texts, WINDOW)
    differing = 0
    for name, order, size in (
        ("shuffled", random.Random(1).sample(texts, len(texts)), WINDOW),
        ("every third", texts[::3], WINDOW // 3),
    ):
        differing += compare(name, usual, translated(engine, order, size))
    return 1 if differing and arguments.precision == "int8" else 0


def translated(engine: CTranslate2Engine, texts: Sequence[str], size: int) -> Found:
    """What the model says of them, given so many at a time."""
    decoding = Decoding.parse(engine.manifest.decoding)
    found: Found = {}
    for start in range(0, len(texts), size):
        window = texts[start : start + size]
        said = engine.translate(window, source="kk", target="ru", decoding=decoding)
        found |= zip(window, said, strict=True)
    return found


def compare(name: str, usual: Found, found: Found) -> int:
    """Print how far they differ; gives the number of sentences that do."""
    pairs = [(usual[text], own) for text, own in found.items()]
    best = sum(one[0].text != other[0].text for one, other in pairs)
    some = sum([item.text for item in one] != [item.text for item in other] for one, other in pairs)
    apart = [abs(one[0].logprob - other[0].logprob) for one, other in pairs]
    differing = sum(one != other for one, other in pairs)
    print(
        f"{name:12}{len(pairs):5} sentences: best text {best}, any text {some}, any score {differing};"
        f" log-probability of the best by {max(apart):.1e} at most",
        flush=True,
    )
    return differing


if __name__ == "__main__":
    sys.exit(main())
