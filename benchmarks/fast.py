"""What each part of `--fast` gains and costs: the starter's chrF++ and processor time, exact and fast.

    python benchmarks/fast.py TABLE CORPORA [--sentences 500] [--directions kk-ru,kk-en,en-kk] [--all]

TABLE has aligned Kazakh, Russian and English and no header, such as FLORES-200; CORPORA is a folder of tables
with the same columns, whose cells in a language (at most 5,000 rows of each table) are the text that its
shortlist is made of. Printed for each direction: chrF++, its difference from the exact decoding (beam 5), the
share of texts that are the same, and processor seconds, alone and as a ratio. `--all` measures the shortlist
and the smaller beam one by one too.

Nothing is retried here: what the guards object to would be decoded exactly by `--fast`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sacrebleu.metrics.chrf import CHRF

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding
from egiz.translate.ladder import Options
from egiz.translate.models import resolve
from egiz.translate.models.trim import TrimOptions, trim
from egiz.translate.models.weights import read_shortlists
from egiz.translate.text import normalise
from egiz.translate.train.corpus import read_columns

LANGUAGES = ("kk", "ru", "en")
ROWS = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--sentences", type=int, default=500)
    parser.add_argument("--directions", default="kk-ru,kk-en,en-kk")
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    columns = read_columns(arguments.table, LANGUAGES)
    with TemporaryDirectory() as work:
        engine = listed(Path(work), arguments.corpora)
        for direction in arguments.directions.split(","):
            source, target = direction.split("-")
            texts = [normalise(text) for text in columns[source][: arguments.sentences]]
            references = columns[target][: arguments.sentences]
            compare(engine, direction, texts, references, alone=arguments.all)


def listed(work: Path, corpora: Path) -> CTranslate2Engine:
    """The starter with a shortlist for each language."""
    texts = {tag: work / f"{tag}.txt" for tag in LANGUAGES}
    files = {tag: path.open("w", encoding="utf-8") for tag, path in texts.items()}
    for table in sorted(corpora.glob("*.tsv")):
        with table.open(encoding="utf-8") as rows:
            for _, row in zip(range(ROWS), rows, strict=False):
                for file, cell in zip(files.values(), row.rstrip("\n").split("\t"), strict=False):
                    file.write(f"{cell}\n")
    for file in files.values():
        file.close()
    cut = TrimOptions(languages=LANGUAGES, shortlists=tuple(texts.items()))
    made = trim(resolve("starter"), work / "model", cut)
    sizes = ", ".join(f"{code} {len(tokens)}" for code, tokens in read_shortlists(made.folder).items())
    print(f"{made.tokens} tokens; shortlists: {sizes}", flush=True)
    return CTranslate2Engine(made.folder, Hardware(device="cpu"))


def compare(
    engine: CTranslate2Engine, direction: str, texts: Sequence[str], references: Sequence[str], *, alone: bool
) -> None:
    """Decode one direction in every way, and print."""
    source, target = direction.split("-")
    exact = Decoding.parse((*engine.manifest.decoding, "hypotheses=1"))
    fast = Options(decoding=exact, fast=True).first
    ways = {"exact": exact}
    if alone:
        ways |= {
            f"beam {fast.beam}": replace(exact, beam=fast.beam),
            "shortlist": replace(exact, shortlist=True),
        }
    ways["--fast"] = fast
    first: tuple[list[str], float, float] | None = None
    engine.translate(texts[:8], source=source, target=target, decoding=exact)
    for name, decoding in ways.items():
        start = time.process_time()
        found = engine.translate(texts, source=source, target=target, decoding=decoding)
        seconds = time.process_time() - start
        made = [best.text for best, *_ in found]
        score = CHRF(word_order=2).corpus_score(made, [references]).score
        first = first or (made, score, seconds)
        same = sum(one == two for one, two in zip(made, first[0], strict=True)) / len(made)
        print(
            f"{direction:7}{name:11} chrF++ {score:6.2f} {score - first[1]:+6.2f}  same {same:6.1%}"
            f"  {seconds:7.1f} s {first[2] / seconds:5.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
