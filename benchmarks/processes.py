"""The installed program, and processes with the memory that they have resident.

The latter are read from Linux' /proc; elsewhere there is nothing to read.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path


def program() -> str:
    """The `egiz` that is installed beside this Python, else the one on the path."""
    return shutil.which("egiz", path=str(Path(sys.executable).parent)) or "egiz"


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


def children(pid: int) -> list[int]:
    """The processes that a process started; empty if it has ended."""
    try:
        return [int(task) for task in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def resident(pid: int) -> int:
    """Bytes that a process has resident, with its share of pages that processes share; 0 if it has ended.

    Linux calls this the proportional set size: of a page that three processes use, a third counts in each.
    """
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return 1024 * int(found[1]) if found else 0
