"""Stop builds at any moment, go on, and see that nothing is lost, half-written or different.

    python benchmarks/kill.py [--runs 100] [--seed 0] [--workers 1] [--lose-workers] [SOURCE]

Each run has a home and an output folder of its own. The installed `egiz build` is stopped one to three
times, by SIGTERM, SIGINT or SIGKILL, at random moments between its start and four fifths of the time that a
whole build takes; after each stop, files that were being written may be cut at a random byte, as when the
power fails: hidden partial files, shards, and the memory's write-ahead log. Then the same command is run to
its end. At every stop, what stands under its final name must be whole; at the end, all files must have the
bytes of a build that nobody stopped. Exit status 1 where one did not.

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
from pathlib import Path

SEED = Path(__file__).resolve().parent.parent / "seeds" / "kk" / "qaita-quru.txt"
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL)
QUICK = ("--to", "en", "--beam", "1", "--threads", "1")
POLITE = {130}
"""Exit status after SIGTERM and SIGINT, once Python is up; before, the system's own."""
EARLY = {-signal.SIGTERM, -signal.SIGINT, 1}


class Place:
    """A home and an output folder, and the build that goes into it."""

    def __init__(self, folder: Path, source: Path, workers: int) -> None:
        egiz = shutil.which("egiz", path=str(Path(sys.executable).parent)) or "egiz"
        self.home, self.out = folder / "home", folder / "out"
        self.command = [egiz, "build", str(source), "-o", str(self.out), "--home", str(self.home), *QUICK]
        if workers > 1:
            self.command += ["--workers", str(workers), "--shard-rows", "64"]

    def start(self) -> subprocess.Popen[bytes]:
        """Start the build."""
        return subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=_interruptible
        )

    def contents(self) -> dict[str, bytes]:
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
    given = parser.parse_args()
    if given.lose_workers:
        given.workers = max(2, given.workers)
    once = _lose_workers if given.lose_workers else _one
    chance, seen = random.Random(given.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), given.source, given.workers)
        began = time.monotonic()
        _finish(place)
        takes, whole = time.monotonic() - began, place.contents()
    good = 0
    for number in range(given.runs):
        with tempfile.TemporaryDirectory() as folder:
            wrong = once(Place(Path(folder), given.source, given.workers), whole, takes, chance, seen)
        good += not wrong
        if wrong:
            print(f"run {number}: {wrong}", flush=True)
    for what, count in sorted(seen.items()):
        print(f"{count:5} {what}")
    print(f"{good} of {given.runs} ended complete and identical ({len(whole)} files)")
    return 0 if good == given.runs else 1


def _one(
    place: Place, whole: dict[str, bytes], takes: float, chance: random.Random, seen: Counter[str]
) -> str:
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


def _lose_workers(
    place: Place, whole: dict[str, bytes], takes: float, chance: random.Random, seen: Counter[str]
) -> str:
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
        for child in Path(f"/proc/{build}/task/{build}/children").read_text().split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(int(child))
    return found


def _interruptible() -> None:
    """A shell has its background jobs ignore SIGINT, and so would the builds."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _half_written(found: dict[str, bytes], whole: dict[str, bytes]) -> str:
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
