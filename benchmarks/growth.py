"""How the work of each command grows with the number of rows.

    python benchmarks/growth.py SHARED [--rows 1000,10000,100000,1000000] [--novel 1000,5000,20000]
        [--targets ru] [--workers 2] [--only COMMAND,...] [--plot FILE.svg] [--smoke]

SHARED has `corpora/` with aligned Kazakh, Russian and English. For each number of rows, texts and a memory
that has all their translations are made (`remembered.py`); then, each as a process of its own, run `egiz
build` with checked terms, `terms check` and `score --effort fast` of the table that it made, and `export` of
it to TMX with `--clean`. For each length of `--novel`, `egiz align --no-mt` links a text of so many Kazakh
sentences with two others, Russian and English, of which every 25th sentence is missing.

Printed are seconds by the clock on the wall, seconds of processor time of all processes, and the memory that
they had resident together at a tenth of the way and at most; for each but the first number of rows, the power
with which processor time grew since the one before (1 is linear). `--plot` draws seconds of processor time.
A million rows need 6 GB in `.work/rows`, which are removed at the end, and take some ten minutes to make.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from plots import log_lines
from processes import program, watch
from remembered import fill, numbered

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = "build,terms check,score,export,align"
BASE = "government"
MISSING = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one command took: seconds, seconds of processor time, bytes at a tenth of the way and at most."""

    rows: int
    wall: float
    processor: float
    early: int
    most: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("--rows", default="1000,10000,100000,1000000")
    parser.add_argument("--novel", default="1000,5000,20000")
    parser.add_argument("--targets", default="ru")
    parser.add_argument("--only", default=COMMANDS, metavar="COMMAND,...")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--smoke", action="store_true")
    asked = parser.parse_args()
    corpora = asked.shared / "corpora"
    only = asked.only.split(",")
    costs: dict[str, list[Cost]] = {}
    for rows in numbers("60" if asked.smoke else asked.rows):
        for name, cost in of_rows(rows, corpora, asked.targets, asked.workers, only):
            costs.setdefault(name, []).append(cost)
            tell(name, costs[name])
    for rows in numbers("50" if asked.smoke else asked.novel) if "align" in only else ():
        costs.setdefault("align", []).append(of_novel(rows, corpora))
        tell("align", costs["align"])
    if asked.plot:
        lines = {name: [(cost.rows, cost.processor) for cost in found] for name, found in costs.items()}
        asked.plot.write_text(
            log_lines("Processor time of commands by rows", "rows", "seconds of processor time", lines),
            encoding="utf-8",
        )


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def tell(name: str, costs: Sequence[Cost]) -> None:
    cost = costs[-1]
    power = ""
    if len(costs) > 1:
        before = costs[-2]
        grown = math.log(cost.processor / before.processor) / math.log(cost.rows / before.rows)
        power = f"  grows with the power {grown:.2f}"
    print(
        f"{name:12} {cost.rows:>9,} rows {cost.wall:8.1f} s {cost.processor:8.1f} s of processor time "
        f"{cost.early / 1e6:6.0f} MB, at most {cost.most / 1e6:.0f} MB{power}",
        flush=True,
    )


def of_rows(
    rows: int, corpora: Path, targets: str, workers: int, only: Sequence[str]
) -> Iterator[tuple[str, Cost]]:
    """What each command on a table of so many rows takes; the build always runs, since it makes the table."""
    folder = ROOT / ".work" / "rows" / f"growth-{rows}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        fill(folder, corpora, rows, tuple(targets.split(",")))
        out = folder / "out"
        build = ["build", folder / "texts", "-o", out, "--to", targets, "--home", folder / "home"]
        build += ["--effort", "fast", "--terms", BASE, "--terms-mode", "check", "--workers", workers]
        log = folder / "log.jsonl"
        build += ["--log-json", log]
        commands: dict[str, list[object]] = {
            "build": build,
            "terms check": ["terms", "check", out, "--terms", BASE, "-o", folder / "terms.tsv"],
            "score": ["score", out, "--effort", "fast", "-o", folder / "scores.tsv"],
            "export": ["export", out, "--clean", "-o", folder / "pairs.tmx"],
        }
        for name, command in commands.items():
            if name == "build" or name in only:
                yield name, measured(rows, command)
            if name == "build" and (new := json.loads(log.read_text().splitlines()[-1])["translated"]):
                sys.exit(f"{new} translations were not remembered: the model was measured too")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def of_novel(rows: int, corpora: Path) -> Cost:
    """What linking a text of so many sentences with two others takes."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        texts = zip(*islice(numbered(corpora), rows), strict=True)
        for place, (language, lines) in enumerate(zip(("kk", "ru", "en"), texts, strict=True)):
            kept = [line for number, line in enumerate(lines) if number % MISSING != 9 * place - 1]
            (folder / f"{language}.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")
        command = ["align", *(folder / f"{language}.txt" for language in ("kk", "ru", "en"))]
        return measured(
            rows, [*command, "--to", "ru,en", "--units", "lines", "--no-mt", "-o", folder / "o.tsv"]
        )


def measured(rows: int, arguments: Sequence[object]) -> Cost:
    """Run the command as a user would; leaves with its message where it fails."""
    egiz = program()
    before, start = os.times(), time.perf_counter()
    process = subprocess.Popen([egiz, *map(str, arguments), "--quiet"], stderr=subprocess.PIPE)
    samples: list[tuple[float, int]] = []
    watching = Thread(target=watch, args=(process, samples), daemon=True)
    watching.start()
    _, errors = process.communicate()
    watching.join()
    if process.returncode:
        sys.exit(f"egiz {' '.join(map(str, arguments))}\n{errors.decode()}")
    after, wall = os.times(), time.perf_counter() - start
    return Cost(
        rows=rows,
        wall=wall,
        processor=after.children_user + after.children_system - before.children_user - before.children_system,
        early=max(size for at, size in samples if at - start <= wall / 10),
        most=max(size for _, size in samples),
    )


if __name__ == "__main__":
    main()
