"""The number of CPU cores that this process may use: CPU affinity, and the CPU quota of its container."""

from __future__ import annotations

import os
import platform
from pathlib import Path

_SYSTEM = Path("/")


def usable_cores(system: Path = _SYSTEM) -> int:
    """The number of usable cores, at least 1: the smaller of CPU affinity and the quota of the cgroups (v2).

    A quota is rounded up to whole cores. `system` is the root of the file system to read from.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([cores, *_quotas(system)]))


def cpu_name(system: Path = _SYSTEM) -> str:
    """The model name of the processor; empty if the system does not state it."""
    for line in _text(system / "proc" / "cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor()


def _quotas(system: Path) -> list[int]:
    """The quotas of this process's cgroup and of its parents, in cores, rounded up."""
    lines = _text(system / "proc" / "self" / "cgroup").splitlines()
    groups = [line.removeprefix("0::") for line in lines if line.startswith("0::")]
    root = system / "sys" / "fs" / "cgroup"
    folders = {folder for group in groups for folder in _upwards(root, group)}
    return [quota for folder in folders if (quota := _quota(_text(folder / "cpu.max")))]


def _upwards(root: Path, group: str) -> list[Path]:
    inside = Path(group.strip("/"))
    return [root / inside, *(root / parent for parent in inside.parents)]


def _quota(text: str) -> int:
    """A line of ``cpu.max`` in cores, rounded up: ``150000 100000`` (quota, period) is 2; no limit is 0."""
    used, _, period = text.strip().partition(" ")
    if not (used.isdecimal() and period.isdecimal() and int(period)):
        return 0
    return -(-int(used) // int(period))


def _text(path: Path) -> str:
    """The content of a system file; empty if it is missing or unreadable."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
