"""The main job as a newcomer runs it: time of the first and the second run, `--help`, memory.

    python benchmarks/build.py [SOURCE]

Runs the installed `egiz` in a home of its own. Prints wall seconds and peak memory of each whole process,
and the ratio of the first run to the second, which finds everything in the translation memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from processes import program

SEED = Path(__file__).resolve().parent.parent / "seeds" / "kk" / "qaita-quru.txt"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, nargs="?", default=SEED)
    source = parser.parse_args().source
    egiz = program()
    helps = [timed([egiz, "--help"])[0] for _ in range(11)]
    python = [timed([sys.executable, "-c", "pass"])[0] for _ in range(11)]
    shown, bare = statistics.median(helps) * 1000, statistics.median(python) * 1000
    print(f"egiz --help           {shown:8.0f} ms (bare python {bare:.0f} ms)")
    with tempfile.TemporaryDirectory() as home:
        build = [egiz, "build", str(source), "--home", home, "--quiet", "-o"]
        first, memory = timed([*build, f"{home}/one"])
        print(f"first build           {first:8.1f} s, {memory / 1e6:.0f} MB at most")
        again = [timed([*build, f"{home}/two"]) for _ in range(3)]
        second = statistics.median(seconds for seconds, _ in again)
        print(f"second build          {second:8.2f} s, {again[0][1] / 1e6:.0f} MB at most")
        print(f"first / second        {first / second:8.1f}")
        one, two = Path(home) / "one", Path(home) / "two"
        same = all(path.read_bytes() == (two / path.name).read_bytes() for path in one.iterdir())
        print(f"same bytes            {same}")
        if not same:
            sys.exit(1)


def timed(command: list[str]) -> tuple[float, int]:
    """Wall seconds and peak resident bytes of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command} left with status {os.waitstatus_to_exitcode(status)}")
    scale = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - start, usage.ru_maxrss * scale


if __name__ == "__main__":
    main()
