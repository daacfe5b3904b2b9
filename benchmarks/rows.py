"""How fast and how large a build of very many rows is where all translations are remembered.

    python benchmarks/rows.py SHARED [--rows 1000000] [--workers 2] [--targets ru,en] [--keep] [--smoke]

SHARED has `corpora/` with aligned Kazakh, Russian and English. Its sentences, the same ones again and again
with another number each, become files of 10,000 paragraphs; their human translations, with three others
that lack a word each, are put into a translation memory as if the starter had made them. Then `egiz build
--effort fast` runs as a process of its own, so that it is all of the work but the engine's: reading,
splitting, looking up, scoring, writing, putting shards together. Printed are rows per second by the clock on
the wall, resident memory of all its processes together at a tenth, half and all of the way, the most there
was, and where the time went (added up over the workers). Texts and memory lie in `.work/rows` (6 GB for a
million rows) and are removed at the end unless `--keep` is given; they take some ten minutes to make.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import count, islice
from pathlib import Path
from random import Random
from threading import Thread
from typing import TypeVar

from egiz.parallel.cli.options import split_languages
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.protocol import Decoding
from egiz.translate.ladder import Options
from egiz.translate.memory import Key, Memory, Remembered
from egiz.translate.models import resolve
from egiz.translate.read import ReadOptions, read
from egiz.translate.records import Attempt, Hypothesis
from egiz.translate.split import split
from egiz.translate.text import normalise
from egiz.translate.translator import Translator

ROOT = Path(__file__).resolve().parent.parent
FILES = (
    "kaznu_titles",
    "kaznu_primeminister_kz",
    "kaznu_economy_gov_kz",
    "docs_microsoft_dynamics",
    "docs_gnome_mate_help",
    "tatoeba_kaz",
)
PARAGRAPHS = 10_000
Texts = tuple[str, str, str]
Item = TypeVar("Item")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--targets", default="ru,en")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    asked = parser.parse_args()
    rows = 300 if asked.smoke else asked.rows
    folder = ROOT / ".work" / "rows" / f"{rows}-{asked.targets}"
    try:
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            fill(folder, asked.shared / "corpora", rows, split_languages(asked.targets))
            (folder / "complete").touch()
        run(folder, asked.workers, asked.targets)
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)


def fill(folder: Path, corpora: Path, rows: int, targets: tuple[str, ...]) -> None:
    """Write the texts, and a memory that has all their translations."""
    (folder / "texts").mkdir(parents=True)
    engine = CTranslate2Engine(resolve("starter"))
    options = Options(decoding=Decoding.parse((*engine.manifest.decoding, "beam=5")))
    made = 0
    with Memory.open(folder / "home" / "memory.sqlite") as memory:
        translator = Translator(engine, "kk", targets, options=options, memory=memory)
        for number, paragraphs in enumerate(chunks(numbered(corpora), PARAGRAPHS)):
            file = folder / "texts" / f"{number:04d}.txt"
            file.write_text("\n\n".join(kazakh for kazakh, _, _ in paragraphs), encoding="utf-8")
            [document] = read(file, ReadOptions(language="kk"))
            sentences = list(islice(split(document), rows - made))
            made += len(sentences)
            if made == rows:  # the last file ends with the last row
                file.write_text(document.text[: sentences[-1].stop], encoding="utf-8")
            entries = (
                (
                    key_of(translator, sentence.text, target),
                    remembered(paragraphs[sentence.paragraph - 1], target),
                )
                for sentence in sentences
                for target in targets
            )
            for part in chunks(entries, 2000):
                memory.put(part)
            if made == rows:
                return


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of so many."""
    stream = iter(items)
    return iter(lambda: list(islice(stream, size)), [])


def numbered(corpora: Path) -> Iterator[Texts]:
    """The sentences that are in all three languages, shuffled, without end; each time with another number."""
    lines = (line for name in FILES for line in (corpora / f"{name}.tsv").open(encoding="utf-8"))
    texts = [cells[:3] for line in lines if all((cells := line.rstrip("\n").split("\t"))[:3])]
    Random(1).shuffle(texts)
    for number in count():
        for kazakh, russian, english in texts:
            yield f"{kazakh.rstrip('.')} ({number}).", f"{russian} ({number})", f"{english} ({number})"


def key_of(translator: Translator, text: str, target: str) -> Key:
    """Where the translator looks for it."""
    return translator._key(normalise(text), target)


def remembered(texts: Texts, target: str) -> Remembered:
    """The human translation with three others, as an engine's outputs."""
    words = texts[1 if target == "ru" else 2].split()
    outputs = [words, *(words[:at] + words[at + 1 :] for at in (len(words) // 4, len(words) // 2, -2))]
    return Remembered(
        hypotheses=tuple(
            Hypothesis(
                text=" ".join(output), tokens=tuple(f"▁{word}" for word in output), logprob=-0.5 - 0.1 * rank
            )
            for rank, output in enumerate(outputs)
        ),
        status="ok",
        flags=(),
        attempts=(Attempt(rung="beam", flags=()),),
    )


def run(folder: Path, workers: int, targets: str) -> None:
    """Build as a user would, watching the memory of its processes, and print."""
    log = folder / "log.jsonl"
    command = [shutil.which("egiz", path=str(Path(sys.executable).parent)) or "egiz", "build"]
    command += [
        str(folder / "texts"),
        "-o",
        str(folder / "out"),
        "--to",
        targets,
        "--home",
        str(folder / "home"),
    ]
    command += ["--effort", "fast", "--workers", str(workers), "--quiet", "--log-json", str(log)]
    start = time.perf_counter()
    process = subprocess.Popen(command)
    samples: list[tuple[float, int]] = []
    watching = Thread(target=watch, args=(process, samples), daemon=True)
    watching.start()
    if process.wait():
        sys.exit(f"{command} left with status {process.returncode}")
    seconds = time.perf_counter() - start
    watching.join()
    end = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    print(
        f"{end['rows']:,} rows in {seconds:.1f} s with {workers} workers: {end['rows'] / seconds:,.0f} rows/s"
    )
    print(
        f"{end['translated']} of {end['translated'] + end['remembered']:,} translations were not remembered"
    )
    for share in (0.1, 0.5, 1.0):
        held = [size for at, size in samples if at - start <= share * seconds]
        print(f"resident memory, all processes, at {share:4.0%}: {held[-1] / 1e6:6.0f} MB")
    print(f"at most {max(size for _, size in samples) / 1e6:.0f} MB")
    print(", ".join(f"{name} {value:.1f} s" for name, value in end["stages"].items()))


def watch(process: subprocess.Popen[bytes], samples: list[tuple[float, int]]) -> None:
    """Add up what a process and all below it have resident, five times a second (Linux)."""
    while process.poll() is None:
        samples.append((time.perf_counter(), sum(map(resident, family(process.pid)))))
        time.sleep(0.2)


def family(pid: int) -> Iterator[int]:
    """A process and all that it started."""
    yield pid
    for task in children(pid):
        yield from family(task)


def children(pid: int) -> Iterable[int]:
    try:
        return [int(task) for task in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # it has ended
        return []


def resident(pid: int) -> int:
    """Bytes; pages that processes share count in each."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    main()
