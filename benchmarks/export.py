"""Measure exporting: rows a second of processor time, and peak memory by the number of rows.

    python benchmarks/export.py [rows ...]

Rows are made up, of 20 words a side, one in ten a near copy of the one before. Each figure is of a process of
its own. Formats are written with no filter; `exact` and `near` are the making of training data with these
duplicates removed, without writing; `rensa` and `datasketch` sign the same texts, where they are installed.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from egiz.parallel.corpus import CorpusOptions, DataRow, DataSide, make_corpus
from egiz.parallel.corpus.duplicates import GRAM, DuplicateOptions, folded
from egiz.parallel.corpus.records import About
from egiz.parallel.corpus.writers import write_jsonl, write_parquet, write_table, write_tmx, write_xliff

ABOUT = About(title="made up", source_language="kk", target_languages=("ru",), version="0")
WORDS = [
    a + b + c for a in ("қа", "ба", "ти", "ло", "сұ") for b in ("рал", "мек", "шын") for c in ("", "дар", "ы")
]
LIKE_10 = 10


def entries(count: int) -> Iterator[DataRow]:
    """Rows that are the same in every run."""
    chance = random.Random(1)
    words = [WORDS[0]] * 20
    for number in range(count):
        if number % LIKE_10:
            words = [chance.choice(WORDS) + str(chance.randrange(100)) for _ in range(20)]
        else:
            words = [*words[:-1], "жаңа"]
        text = " ".join(words)
        side = DataSide(language="ru", text=f"{text} да", chance=round(chance.random(), 3), status="ok")
        yield DataRow(
            id=f"d{number // 100}:1.{number}",
            document=f"d{number // 100}",
            source_language="kk",
            source=text,
            sides=(side,),
        )


def make(count: int, options: DuplicateOptions) -> None:
    """Make training data and throw it away."""
    with make_corpus(entries(count), CorpusOptions(duplicates=options)) as corpus:
        for _ in corpus.part("train"):
            pass


def sign_rensa(count: int) -> None:
    """Sign with rensa."""
    from rensa import RMinHash  # type: ignore[import-not-found]

    for item in entries(count):
        signature = RMinHash(num_perm=128, seed=1)
        signature.update(grams(item))
        signature.digest()


def sign_datasketch(count: int) -> None:
    """Sign with datasketch."""
    from datasketch import MinHash  # type: ignore[import-not-found]

    for item in entries(count):
        signature = MinHash(num_perm=128)
        signature.update_batch([gram.encode() for gram in grams(item)])


def grams(item: DataRow) -> list[str]:
    """The 5-grams of both sides."""
    texts = (folded(item.source), "\t" + folded(item.sides[0].text))
    return [text[at : at + GRAM] for text in texts for at in range(len(text) - GRAM + 1)]


def tasks(folder: Path) -> dict[str, Callable[[int], None]]:
    """What is measured, by name; `rows` is the making of the rows alone, which is in all the others."""
    path = folder / "x"
    return {
        "rows": lambda count: [None for _ in entries(count)].clear(),
        "tsv": lambda count: write_table(entries(count), ABOUT, path),
        "jsonl": lambda count: write_jsonl(entries(count), ABOUT, path),
        "tmx": lambda count: write_tmx(entries(count), ABOUT, path),
        "xliff": lambda count: write_xliff(entries(count), "ru", ABOUT, path),
        "parquet": lambda count: write_parquet(entries(count), ABOUT, path),
        "exact": lambda count: make(count, DuplicateOptions(kind="exact")),
        "near": lambda count: make(count, DuplicateOptions(kind="near")),
        "rensa": sign_rensa,
        "datasketch": sign_datasketch,
    }


def run(name: str, count: int) -> None:
    """Do one task and print processor seconds and peak memory in MB."""
    with TemporaryDirectory() as folder:
        began = time.process_time()
        try:
            tasks(Path(folder))[name](count)
        except ModuleNotFoundError:
            print("- -")
            return
        seconds = time.process_time() - began
    print(f"{seconds:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


def main(*counts: int) -> None:
    """Print a table."""
    print(f"{'':12}{'rows':>10}{'rows/s':>12}{'peak MB':>10}")
    for name in tasks(Path()):
        for count in counts or (10_000, 100_000):
            command = [sys.executable, __file__, "--one", name, str(count)]
            found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            speed = "not there" if found[0] == "-" else f"{count / float(found[0]):,.0f}"
            print(f"{name:12}{count:>10,}{speed:>12}{found[1]:>10}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        run(sys.argv[2], int(sys.argv[3]))
    else:
        main(*map(int, sys.argv[1:]))
