"""Tuning a model on this machine: what to try, and what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from egiz.translate.cores import cpu_name, usable_cores
from egiz.translate.ctranslate2_engine import Hardware, divided
from egiz.translate.engine import Decoding
from egiz.translate.models.manifest import verify
from egiz.translate.tune.choose import Choice, choose
from egiz.translate.tune.records import Setting, Tuning, find, write_tuning
from egiz.translate.tune.workload import ModelWorkload

SECONDS = 120.0
"""Time after which nothing new is begun: what a person may be asked to wait."""
SIZES = (256, 512, 1024, 4096, 128)
"""Sizes of batches to try, likely ones first in case time runs out. Sentences come 64 at a time and go into
batches with others of their length, so large sizes differ seldom (`Workload.batches`)."""
_MANY_CORES = 8
"""Cores below which a model that is given one worker, because it is large, is measured on one window of
sentences: two would take long, and the few workers there can be are kept busy by one."""
_HALVED_FROM = 4
"""Cores from which half of them are tried too: often two that the system counts share one arithmetic unit,
and many threads wait for memory together. With fewer, half would be a single thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What tuning came to: the choice, its record, where that is kept, and the batch size used until now."""

    choice: Choice
    record: Tuning
    path: Path
    former_batch_tokens: int


def tune(
    folder: Path,
    hardware: Hardware | None = None,
    *,
    home: Path | None = None,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.perf_counter,
    report: Callable[[str], None] = lambda line: None,
) -> Tuned:
    """Measure the model in `folder`, computed as `hardware` says, and record what suits it best.

    Threads and workers of `hardware` are not asked. The batch size that others must beat is the model's own,
    else that of all models. Raises ModelError, OutputError, and InputError where the record that stands there
    is damaged, before anything is measured.
    """
    manifest, placed = verify(folder, quick=True), (hardware or Hardware()).placed()
    plain = divided(Hardware(device=placed.device, precision=placed.precision), folder)
    default = Setting(
        threads=plain.threads,
        workers=plain.workers,
        batch_tokens=Decoding.parse(manifest.decoding).batch_tokens,
    )
    former = find(manifest.fingerprint, placed, home)
    slow = default.workers == 1 and usable_cores() < _MANY_CORES
    choice = choose(
        ModelWorkload(folder, placed, windows=1 if slow else 2),
        default,
        divisions(usable_cores(), default) if placed.device == "cpu" else (),
        SIZES,
        seconds=seconds,
        clock=clock,
        report=report,
    )
    record = Tuning(
        model=manifest.name,
        fingerprint=manifest.fingerprint,
        device=placed.device,
        precision=placed.precision,
        cores=usable_cores(),
        cpu=cpu_name(),
        ctranslate2=version("ctranslate2"),
        setting=choice.setting,
        speed=choice.speed,
        default_speed=choice.default_speed,
        cut_short=choice.cut_short,
    )
    return Tuned(
        choice=choice,
        record=record,
        path=write_tuning(record, home),
        former_batch_tokens=(former.setting if former else default).batch_tokens,
    )


def divisions(cores: int, default: Setting) -> tuple[tuple[int, int], ...]:
    """Ways to share cores out, as (threads in all, workers), without the default, those like it first.

    All cores go to equal workers, or half of them where there are many.
    """
    wholes = [cores, cores // 2] if cores >= _HALVED_FROM else [cores]
    found = [
        (threads, workers)
        for threads in wholes
        for workers in range(1, threads + 1)
        if threads % workers == 0 and (threads, workers) != (default.threads, default.workers)
    ]
    return tuple(sorted(found, key=lambda item: (cores - item[0], abs(item[1] - default.workers), item[1])))
