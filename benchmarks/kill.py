"""Stop builds at any moment, go on, and see that nothing is lost, half-written or different.

    python benchmarks/kill.py [--runs 100] [--seed 0] [--workers 1] [--beam 1] [--large] [--lose-workers]
                              [--sentences N] [SOURCE]

SOURCE is a text, the Kazakh seed document unless told otherwise, or a table (`.tsv`, no header), of which the
first column is taken; with `--sentences` no more than so many distinct lines of it. First, three builds that
nobody stops must publish the same bytes: a plain one, one that remembers every second line, and one with two
workers more.

Each run has a home and an output folder of its own. The installed `egiz build` is stopped one to three
times, by SIGTERM, SIGINT or SIGKILL, at random moments between its start and four fifths of the time that a
whole build takes; after each stop, files that were being written may be cut at a random byte, as when the
power fails: hidden partial files, shards, and the memory's write-ahead log. Then the same command is run to
its end. At every stop, what stands under its final name must be whole; at the end, all files must have the
bytes of a build that nobody stopped. Exit status 1 where one did not.

With `--large` the model is a copy of the starter, padded to more than 100 MB: it is decoded as large models
are, one batch at a time, by two threads together. Other processors are imitated by the environment:
CT2_FORCE_CPU_ISA=GENERIC or AVX2, and CT2_USE_MKL=0.

With `--lose-workers` (Linux) nothing is stopped: one to three times, at random moments, one of the worker
processes of a build is killed, and the build must end by itself, with the right bytes; or, where workers were
lost over one shard as often as is allowed, with status 2 and one line, and the same command must go on.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from processes import children, program

from egiz.translate.engine.hardware import Hardware
from egiz.translate.models import read_manifest, resolve
from egiz.translate.models.manifest import hash_files, write_manifest

SEED = Path(__file__).resolve().parent.parent / "seeds" / "kk" / "qaita-quru.txt"
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL)
LARGE = 100_000_001
"""Bytes of weights from which a model is decoded as a large one."""
Files = dict[str, bytes]
POLITE = {130}
"""Exit status after SIGTERM and SIGINT, once Python is up; before, the system's own."""
EARLY = {-signal.SIGTERM, -signal.SIGINT, 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What all builds have in common."""

    source: Path
    model: str
    beam: int
    threads: int
    workers: int


class Place:
    """A home and an output folder, and the build that goes into it."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        egiz = program()
        self.home, self.out = folder / "home", folder / "out"
        self.command = [egiz, "build", str(settings.source), "-o", str(self.out), "--home", str(self.home)]
        self.command += ["--to", "en", "--beam", str(settings.beam), "--model", settings.model]
        self.command += ["--threads", str(settings.threads)]
        if settings.workers > 1:
            self.command += ["--workers", str(settings.workers), "--shard-rows", "64"]

    def start(self) -> subprocess.Popen[bytes]:
        """Start the build."""
        return subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=_interruptible
        )

    def contents(self) -> Files:
        """The files that stand under their final names."""
        if not self.out.exists():
            return {}
        return {path.name: path.read_bytes() for path in self.out.iterdir() if path.is_file()}

    def under_construction(self) -> list[Path]:
        """What a failing disk may have lost the end of."""
        parts = [path for path in self.out.glob(".egiz-partial-*/*.part") if path.is_file()]
        parts += [path for path in self.out.glob(".egiz-shards/**/*") if path.is_file()]
        return parts + [path for path in self.home.glob("memory.sqlite-wal") if path.is_file()]


def main() -> int:
    """Run all, print what was seen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, nargs="?", default=SEED)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--lose-workers", action="store_true")
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--sentences", type=int, default=0)
    given = parser.parse_args()
    once = _lose_workers if given.lose_workers else _one
    chance, seen = random.Random(given.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            source=_source(given.source, given.sentences, Path(folder)),
            model=str(_large(Path(folder) / "large")) if given.large else "starter",
            beam=given.beam,
            threads=2 if given.large else 1,
            workers=max(2, given.workers) if given.lose_workers else given.workers,
        )
        whole, takes, wrong = _undisturbed(settings, Path(folder))
        good = 0
        for number in range(given.runs):
            with tempfile.TemporaryDirectory() as own:
                found = once(Place(Path(own), settings), whole, takes, chance, seen)
            good += not found
            if found:
                print(f"run {number}: {found}", flush=True)
    for what, count in sorted(seen.items()):
        print(f"{count:5} {what}")
    print(f"{good} of {given.runs} ended complete and identical ({len(whole)} files)")
    return 0 if good == given.runs and not wrong else 1


def _source(path: Path, most: int, folder: Path) -> Path:
    """The text to build: the file itself, or a new one of some of its lines, each a paragraph."""
    if path.suffix != ".tsv" and not most:
        return path
    lines = path.read_text(encoding="utf-8").splitlines()
    texts = list(dict.fromkeys(text for line in lines if (text := line.partition("\t")[0].strip())))
    made = folder / f"{path.stem}.txt"
    made.write_text("\n\n".join(texts[: most or None]) + "\n", encoding="utf-8")
    return made


def _large(folder: Path) -> Path:
    """The starter with zeros after its weights, which CTranslate2 does not read."""
    starter = resolve("starter")
    shutil.copytree(starter, folder)
    with (folder / "model.bin").open("r+b") as weights:
        weights.truncate(LARGE)
    write_manifest(folder, replace(read_manifest(starter), name=folder.name, files=hash_files(folder)))
    assert Hardware(device="cpu", threads=2).resolved(folder).workers == 1
    return folder


def _undisturbed(settings: Settings, folder: Path) -> tuple[Files, float, bool]:
    """What a build publishes, the seconds that it takes, and whether other ways to it give other bytes."""
    place = Place(folder / "plain", settings)
    began = time.monotonic()
    errors = _finish(place)
    takes, whole = time.monotonic() - began, place.contents()
    half = folder / "half.txt"
    lines = [line for line in settings.source.read_text(encoding="utf-8").splitlines() if line.strip()]
    half.write_text("\n\n".join(lines[::2]), encoding="utf-8")
    earlier = Place(folder / "half", replace(settings, source=half))
    errors += _finish(earlier)
    shutil.rmtree(earlier.out)
    ways = {
        "every second line remembered": Place(folder / "half", settings),
        "two workers more": Place(folder / "workers", replace(settings, workers=settings.workers + 2)),
    }
    wrong = False
    for name, other in ways.items():
        errors += _finish(other)
        same = not errors and other.contents() == whole
        print(f"{name}: {'the same bytes' if same else f'OTHER BYTES {errors}'}", flush=True)
        wrong = wrong or not same
    rows = len(whole.get("parallel.tsv", b"").splitlines()) - 1
    print(f"{rows} rows, {takes:.1f} s undisturbed", flush=True)
    return whole, takes, wrong


def _one(place: Place, whole: Files, takes: float, chance: random.Random, seen: Counter[str]) -> str:
    """One run; what was wrong, or nothing."""
    was_killed = False
    for _ in range(chance.randint(1, 3)):
        process, number = place.start(), chance.choice(SIGNALS)
        time.sleep(chance.uniform(0, 0.8 * takes))
        process.send_signal(number)
        errors = (process.communicate()[1] or b"").decode(errors="replace")
        status = process.returncode
        was = "over before" if status == 0 else "too early for words" if status in EARLY else "stopped"
        seen[f"{number.name}: {was}"] += 1
        if number != signal.SIGKILL and status not in {0, *POLITE, *EARLY}:
            return f"{number.name} gave status {status}: {errors[-500:]}"
        if status in POLITE and "run the same command again to go on" not in errors:
            return f"{number.name} said nothing of how to go on: {errors[-500:]}"
        was_killed = was_killed or number == signal.SIGKILL
        if status in POLITE and not was_killed and list(place.out.glob(".egiz-partial-*")):
            return f"{number.name} left partial files"
        if wrong := _half_written(place.contents(), whole):
            return f"after {number.name}: {wrong}"
        if chance.random() < 0.5:
            seen["files cut short"] += _cut(place.under_construction(), chance)
    errors = _finish(place)
    if errors:
        return errors
    if place.contents() != whole:
        return "other bytes than a build that was not stopped"
    return "partial files were left" if list(place.out.glob(".egiz-*")) else ""


def _lose_workers(place: Place, whole: Files, takes: float, chance: random.Random, seen: Counter[str]) -> str:
    """One build that loses workers; what was wrong, or nothing."""
    process, began = place.start(), time.monotonic()
    for moment in sorted(chance.uniform(0, takes) for _ in range(chance.randint(1, 3))):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        workers = _workers(process.pid)
        if workers:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
        seen["a worker was killed" if workers else "there was no worker to kill"] += 1
        if wrong := _half_written(place.contents(), whole):
            return wrong
    try:
        errors = process.communicate(timeout=20 * takes)[1].decode(errors="replace")
    except subprocess.TimeoutExpired:
        process.kill()
        return "the build hung"
    seen[f"ended with status {process.returncode}"] += 1
    if process.returncode == 2 and "lost 3 times over the shard" in errors and "Traceback" not in errors:
        errors = _finish(place)
    elif process.returncode == 0:
        errors = ""
    if errors:
        return f"status {process.returncode}: {errors[-500:]}"
    if place.contents() != whole:
        return "other bytes than a build that lost nobody"
    return "hidden files were left" if list(place.out.glob(".egiz-*")) else ""


def _workers(build: int) -> list[int]:
    """The processes that build shards for a build."""
    found = []
    with suppress(OSError):
        for child in children(build):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


def _interruptible() -> None:
    """A shell has its background jobs ignore SIGINT, and so would the builds."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _half_written(found: Files, whole: Files) -> str:
    for name, content in found.items():
        if whole.get(name) != content:
            return f"{name} is not whole"
    if "datapackage.json" in found and len(found) < len(whole):
        return f"the manifest stands beside {len(found) - 1} files only"
    return ""


def _cut(paths: list[Path], chance: random.Random) -> int:
    for path in paths:
        os.truncate(path, chance.randint(0, path.stat().st_size))
    return len(paths)


def _finish(place: Place) -> str:
    """Run the build to its end; what it said if it failed."""
    process = place.start()
    errors = process.communicate()[1].decode(errors="replace")
    return f"status {process.returncode}: {errors[-500:]}" if process.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
