"""Measure by what evidence two versions of one text are told from two texts.

    python benchmarks/align_mismatch.py SHARED [--home FOLDER] [--model starter]

Documents of several sizes are made by `align_documents.py` from FLORES dev and WMT 2019 and aligned with
their own translation, and with that of the next piece of the same file. Printed are, with and without machine
translation, the least evidence of the one and the most of the other: the share of units in links more likely
right than wrong, plus the share of comparisons that links win. The bounds of `egiz.parallel.align.documents`
come from this.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from align_documents import read_pairs
from align_weights import Document, documents

from egiz.parallel.align.aligner import Aligning, DocumentPair
from egiz.parallel.align.documents import bridging, sure_share
from egiz.parallel.align.layers import LAYERS
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding
from egiz.translate.ladder import Options
from egiz.translate.memory import Memory, default_path
from egiz.translate.models import resolve
from egiz.translate.translator import Translator

SIZES = (8, 15, 30, 60, 120)
FILES = (("flores200_dev_part", "ru"), ("flores200_dev_part", "en"), ("wmt19_kk_en", "en"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--home", type=Path, default=Path(".work/align"))
    parser.add_argument("--model", default="starter")
    arguments = parser.parse_args()
    engine = CTranslate2Engine(resolve(arguments.model), Hardware())
    options = bridging(Options(decoding=Decoding.parse(("beam=1",))))
    print("| sentences | translation | documents | one text, least | two texts, most |")
    print("|---|---|---|---|---|")
    with Memory.open(default_path(arguments.home)) as memory:
        for size in SIZES:
            made = []
            for name, target in FILES:
                path = arguments.shared / "testsets" / f"{name}.tsv"
                translator = Translator(engine, "kk", [target], options=options, memory=memory)
                count = min(8 * size, len(read_pairs(path, target)))
                made.append(documents(path, target, translator, size, count))
            for bridged in (True, False):
                right = [evidence(one, one, bridged) for group in made for one in group]
                wrong = [
                    evidence(one, other, bridged)
                    for group in made
                    for one, other in zip(group, [*group[1:], group[0]], strict=True)
                ]
                found = f"{len(right)} | {min(right):.2f} | {max(wrong):.2f}"
                print(f"| {size} | {'yes' if bridged else 'no'} | {found} |", flush=True)


def evidence(source: Document, target: Document, bridged: bool) -> float:
    """Both shares, of a source with the target of another document."""
    pair = DocumentPair(
        source=source.pair.source,
        target=target.pair.target,
        translated=source.pair.translated if bridged else None,
    )
    aligning = Aligning(pair, LAYERS)
    links = aligning.links(aligning.run())
    return sure_share(links) + aligning.win_rate(links)


if __name__ == "__main__":
    main()
