"""How many CPU cores this process may use, by affinity and by the limits of its container."""

from __future__ import annotations

import os
import platform
from pathlib import Path

_SYSTEM = Path("/")


def usable_cores(system: Path = _SYSTEM) -> int:
    """The cores this process may run on, at least 1: by CPU affinity, and by the quota of its cgroups (v2).

    A quota of part of a core counts as a whole one. `system` is the root folder to look in.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([cores, *_quotas(system)]))


def cpu_name(system: Path = _SYSTEM) -> str:
    """What the processor calls itself, empty where the system does not say."""
    for line in _text(system / "proc" / "cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor()


def _quotas(system: Path) -> list[int]:
    """The limits of this process's cgroup and of those it lies in, in whole cores, rounded up."""
    lines = _text(system / "proc" / "self" / "cgroup").splitlines()
    groups = [line.removeprefix("0::") for line in lines if line.startswith("0::")]
    root = system / "sys" / "fs" / "cgroup"
    folders = {folder for group in groups for folder in _upwards(root, group)}
    return [quota for folder in folders if (quota := _quota(_text(folder / "cpu.max")))]


def _upwards(root: Path, group: str) -> list[Path]:
    inside = Path(group.strip("/"))
    return [root / inside, *(root / parent for parent in inside.parents)]


def _quota(text: str) -> int:
    """``150000 100000`` (microseconds of processor time in each so many of time) as 2; 0 for no limit."""
    used, _, period = text.strip().partition(" ")
    if not (used.isdecimal() and period.isdecimal() and int(period)):
        return 0
    return -(-int(used) // int(period))


def _text(path: Path) -> str:
    """A file of the system; empty where this system has none, or keeps it from us."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
