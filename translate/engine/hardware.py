"""The hardware of an engine: device, number type, threads; and the CPU cores that this process may use.

The usable cores follow from CPU affinity and from the CPU quota of the container.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.translate.errors import OptionError, nearest

PRECISIONS = (
    "default",
    "int8",
    "int8_float32",
    "int8_float16",
    "int8_bfloat16",
    "float16",
    "bfloat16",
    "float32",
)
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """The device, number type and threads to compute with.

    `precision` ``default`` is int8 on a CPU and float16 on a GPU, whatever type the model is stored in.
    `threads` is the total number of CPU threads; 0 means one thread per usable core. `workers` is the number
    of batches that are translated at once; 0 means one batch per thread on a CPU if the model has less than
    100 MB of weights, otherwise one batch that all threads share, because memory limits the speed of a larger
    model. Threads and workers do not change the output.
    """

    device: str = "auto"
    precision: str = "default"
    threads: int = 0
    workers: int = 0

    def __post_init__(self) -> None:
        for name, known in (("device", DEVICES), ("precision", PRECISIONS)):
            value = getattr(self, name)
            if value not in known:
                raise OptionError(
                    f"unknown {name} {value!r}", expected=", ".join(known), action=nearest(value, known)
                )
        if self.threads < 0 or self.workers < 0:
            raise OptionError("a negative number of threads or workers", expected="0 or more")

    def resolved(self, folder: Path) -> Hardware:
        """A copy with ``auto``, ``default`` and 0 replaced by the actual values for the model in `folder`."""
        device, precision = self.device, self.precision
        if device == "auto":
            import ctranslate2

            device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
        if precision == "default":
            precision = "float16" if device == "cuda" else "int8"
        threads = self.threads or usable_cores()
        is_small = (folder / "model.bin").stat().st_size < _SMALL_MODEL
        workers = self.workers or (threads if device == "cpu" and is_small else 1)
        return replace(self, device=device, precision=precision, threads=threads, workers=workers)


_SMALL_MODEL = 100_000_000  # bytes of weights
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
    """The folder of a cgroup below `root`, and the folders of its parents."""
    inside = Path(group.strip("/"))
    return [root / inside, *(root / parent for parent in inside.parents)]


def _quota(text: str) -> int:
    """The quota in a line of ``cpu.max``, in cores, rounded up; 0 for no limit.

    The line has the quota and the period: ``150000 100000`` is 2 cores.
    """
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
