"""Give a reader wrong files, made from valid ones, for as long as one likes.

    python benchmarks/fuzz.py READER … [--minutes 5] [--seed 0] [--random]     (``all`` for all readers)

A file must be read, or refused with an error of `egiz.translate.errors`. All else is a finding: another
exception, `SECONDS` of computing for one file, memory over `MEMORY`. A finding is written to
.work/fuzz/READER/, once for each place in the code; what has been mended becomes a case in
tests/cases/fuzz/READER/. Where atheris is installed, it chooses which files to mutate on, by the code that
they reach; else, and with `--random`, files are mutated from seeds, each by its number, which makes it again.
The readers and the mutations are those of tests/fuzzing, which the tests run a few hundred times.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.fuzzing.attempt import Attempts  # noqa: E402
from tests.fuzzing.mutations import LARGEST, mutate  # noqa: E402
from tests.fuzzing.readers import READERS  # noqa: E402

SECONDS = 5
"""CPU seconds for one file of at most `LARGEST` bytes. Reading one takes milliseconds."""
MEMORY = 2 * 2**30
"""Bytes of address space of the process, libraries and coverage included."""
OUT = ROOT / ".work" / "fuzz"
_GRACE = 60
"""Seconds that a process may take beyond its time, to start and to come to an end."""
_RUNNING = "running"
"""The file that is being read; still there, it is what the reader did not survive."""


class Finder:
    """Runs attempts, keeps the findings, counts."""

    def __init__(self, name: str) -> None:
        self.attempts = Attempts(READERS[name])
        self.folder = OUT / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.known = {path.name.partition(".")[0] for path in self.folder.iterdir() if path.suffix == ".txt"}
        self.tried = 0

    def attempt(self, data: bytes) -> None:
        """Read a file under the limits; a process that hangs is ended by the system."""
        running = self.folder / _RUNNING
        running.write_bytes(data)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        fault, trace = self.attempts.run(data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        running.unlink()
        self.tried += 1
        if fault:
            self.keep(data, fault, trace)

    def keep(self, data: bytes, fault: str, trace: str) -> None:
        """Write a finding down, unless the same fault is."""
        name = sha256(fault.encode()).hexdigest()[:12]
        if name not in self.known:
            self.known.add(name)
            (self.folder / f"{name}.case").write_bytes(data)
            (self.folder / f"{name}.txt").write_text(f"{fault}\n\n{trace}", encoding="utf-8")
            print(f"  {fault} ({name})", flush=True)


def work(name: str, until: float, seed: int, guided: bool) -> None:
    """One process that reads files until it is time, or until one of them ends it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    finder = Finder(name)
    if guided:
        _guided(finder, until, seed)
    for number in count(seed):
        if time.time() > until:
            break
        finder.attempt(finder.attempts.case(number))
    print(f"{name}: {finder.tried} files", flush=True)


def _guided(finder: Finder, until: float, seed: int) -> None:
    """Have atheris choose; it never comes back."""
    import atheris

    def mutated(data: bytes, most: int, number: int) -> bytes:
        return mutate(data, Random(number), finder.attempts.seeds)[:most]

    def one(data: bytes) -> None:
        if time.time() > until:
            print(f"{finder.folder.name}: {finder.tried} files, guided", flush=True)
            os._exit(0)
        finder.attempt(data)

    corpus = finder.folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, content in enumerate(finder.attempts.seeds):
        (corpus / f"seed-{number}").write_bytes(content)
    options = [
        f"-artifact_prefix={finder.folder}/",
        f"-max_len={LARGEST}",
        f"-seed={seed + 1}",
        "-verbosity=0",
        "-rss_limit_mb=0",
        "-timeout=9999",
    ]
    with atheris.instrument_imports(include=["egiz"]):
        one(finder.attempts.seeds[0])
    fuzzer: Any = atheris
    fuzzer.Setup([sys.argv[0], *options, str(corpus)], one, custom_mutator=mutated)
    fuzzer.Fuzz()


def main() -> int:
    """Run the readers one after the other; exit status 1 where something was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("readers", nargs="+", choices=[*READERS, "all"])
    parser.add_argument("--minutes", type=float, default=5.0, help="for each reader")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--random", action="store_true", help="never ask atheris")
    parser.add_argument("--until", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.until is not None:
        work(given.readers[0], given.until, given.seed, guided=not given.random)
        return 0
    found = 0
    for name in READERS if "all" in given.readers else given.readers:
        found += _watched(name, given.minutes, given.seed, guided=not given.random and _has_atheris())
    return 1 if found else 0


def _watched(name: str, minutes: float, seed: int, guided: bool) -> int:
    """Start a process for a reader, again after each file that ended it; give the number of findings."""
    until = time.time() + 60 * minutes
    running = OUT / name / _RUNNING
    while time.time() < until:
        way = [] if guided else ["--random"]
        command = [sys.executable, __file__, name, "--until", str(until), "--seed", str(seed), *way]
        try:
            run = subprocess.run(
                command,
                capture_output=True,
                text=True,
                cwd=ROOT,
                check=False,
                timeout=60 * minutes + _GRACE,
            )
        except subprocess.TimeoutExpired:
            print(f"  {name}: the fuzzer itself hangs and is ended", flush=True)
            break
        print(run.stdout, end="", flush=True)
        if run.returncode == 0:
            break
        seed += 1_000_000
        if not running.exists():
            print(f"  {name}: the fuzzer itself failed and goes on:\n{run.stderr[-500:]}", file=sys.stderr)
            continue
        fault = "too long" if run.returncode == -signal.SIGPROF else f"ended with {run.returncode}"
        kept = OUT / name / sha256(running.read_bytes()).hexdigest()[:12]
        shutil.move(running, kept.with_suffix(".case"))
        kept.with_suffix(".txt").write_text(f"{fault}\n\n{run.stderr[-8000:]}", encoding="utf-8")
        print(f"  {name}: {fault} ({kept.name})", flush=True)
    return len(list((OUT / name).glob("*.txt")))


def _has_atheris() -> bool:
    try:
        import atheris  # noqa: F401
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
