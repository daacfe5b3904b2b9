"""What was found to suit a model on a machine, and the file that keeps it.

`tuning.json` in the home folder has one entry for each model, device, precision and number of cores. It
holds no dates: measuring the same again writes the same. To forget everything, delete the file.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from egiz.translate.cores import usable_cores
from egiz.translate.ctranslate2_engine import Hardware
from egiz.translate.errors import InputError, OutputError
from egiz.translate.json_file import MISSHAPEN, read_json
from egiz.translate.models.store import make_folder
from egiz.translate.whole import unfinished

_AGAIN = "Delete it; `egiz doctor --tune` makes a new one."
_Kind = TypeVar("_Kind", str, int, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How work is shared out: `threads` CPU threads in all among `workers`, each with a batch of its own.

    `batch_tokens` is that of `egiz.translate.engine.Decoding`. Threads and workers change no output.
    """

    threads: int
    workers: int
    batch_tokens: int

    def __post_init__(self) -> None:
        if not 1 <= self.workers <= self.threads or self.batch_tokens < 1:
            raise ValueError(
                f"{self.workers} workers, {self.threads} threads, batches of {self.batch_tokens} tokens"
            )

    def __str__(self) -> str:
        return f"workers × threads {self.division}, batches of {self.batch_tokens:,} tokens"

    @property
    def division(self) -> str:
        """Workers and the threads of each: ``2 × 1``."""
        return f"{self.workers} × {self.threads // self.workers}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """A choice and what it holds for: it is used for the same model, device, precision and cores.

    `speed` and `default_speed` are sentences per second, of the chosen setting and of the default one, as
    `egiz.translate.tune.workload` measures them. `cut_short` where the time did not suffice to try all.
    `model` and `cpu` are names for people, the second empty where it is not known.
    """

    model: str
    fingerprint: str
    device: str
    precision: str
    cores: int
    cpu: str
    ctranslate2: str
    setting: Setting
    speed: float
    default_speed: float
    cut_short: bool

    def __str__(self) -> str:
        """In one line: the setting, and what it gains."""
        gain = self.speed / self.default_speed
        short = "; cut short" if self.cut_short else ""
        return f"{self.setting} ({gain:.2f} times the default{short})"

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What the entry holds for."""
        return self.fingerprint, self.device, self.precision, self.cores


def default_path(home: Path | None = None) -> Path:
    """Where tunings are kept: `tuning.json` in `home`, or in the user's data directory."""
    from platformdirs import user_data_path

    return (home or user_data_path("egiz", appauthor=False)) / "tuning.json"


def read_tunings(home: Path | None = None) -> tuple[Tuning, ...]:
    """All that is recorded, sorted; none where there is no file. Raises InputError where it is damaged."""
    path = default_path(home)
    if not path.exists():
        return ()
    content = read_json(path, action=_AGAIN)
    try:
        found = {entry.key: entry for entry in map(_tuning, content["tunings"])}
    except MISSHAPEN as error:
        raise InputError(
            f"is no record of tuning ({type(error).__name__}: {error})",
            where=str(path),
            expected="what `egiz doctor --tune` writes",
            action=_AGAIN,
        ) from error
    return tuple(found[key] for key in sorted(found))


def write_tuning(tuning: Tuning, home: Path | None = None) -> Path:
    """Put an entry in the place of the one with the same key; the file changes as a whole or not at all.

    Raises InputError where the file that stands there is damaged, and OutputError.
    """
    kept = {entry.key: entry for entry in read_tunings(home)} | {tuning.key: tuning}
    path = default_path(home)
    text = json.dumps({"tunings": [_entry(kept[key]) for key in sorted(kept)]}, ensure_ascii=False, indent=1)
    make_folder(path.parent)
    try:
        with unfinished(path, by=f".{os.getpid()}") as fresh:
            fresh.write_text(text + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"cannot write {path} ({error.strerror})", action="Make room there.") from error
    return path


def find(fingerprint: str, hardware: Hardware, home: Path | None = None) -> Tuning | None:
    """What is recorded for a model on this machine, computed as `hardware` says; None where nothing is.

    Raises InputError where the file is damaged.
    """
    if not (held := read_tunings(home)):
        return None
    placed = hardware.placed()
    key = (fingerprint, placed.device, placed.precision, usable_cores())
    return next((entry for entry in held if entry.key == key), None)


def tuned_hardware(hardware: Hardware, fingerprint: str, home: Path | None = None) -> Hardware:
    """The hardware with the recorded threads and workers, unless it says its own."""
    if hardware.threads or hardware.workers or not (held := find(fingerprint, hardware, home)):
        return hardware
    return replace(hardware, threads=held.setting.threads, workers=held.setting.workers)


def tuned_decoding(hardware: Hardware, fingerprint: str, home: Path | None = None) -> tuple[str, ...]:
    """The recorded size of batches, written as on the command line; nothing where none is recorded.

    It holds with any number of threads: what is remembered does not depend on them.
    """
    held = find(fingerprint, hardware, home)
    return (f"batch_tokens={held.setting.batch_tokens}",) if held else ()


def _entry(tuning: Tuning) -> dict[str, Any]:
    speeds = {name: float(f"{getattr(tuning, name):.4g}") for name in ("speed", "default_speed")}
    return {**asdict(tuning), **speeds}


def _tuning(entry: Mapping[str, Any]) -> Tuning:
    setting = entry["setting"]
    return Tuning(
        model=_of(str, entry, "model"),
        fingerprint=_of(str, entry, "fingerprint"),
        device=_of(str, entry, "device"),
        precision=_of(str, entry, "precision"),
        cores=_of(int, entry, "cores"),
        cpu=_of(str, entry, "cpu"),
        ctranslate2=_of(str, entry, "ctranslate2"),
        setting=Setting(
            threads=_of(int, setting, "threads"),
            workers=_of(int, setting, "workers"),
            batch_tokens=_of(int, setting, "batch_tokens"),
        ),
        speed=_speed(entry, "speed"),
        default_speed=_speed(entry, "default_speed"),
        cut_short=_of(bool, entry, "cut_short"),
    )


def _of(kind: type[_Kind], entry: Mapping[str, Any], name: str) -> _Kind:
    """A value that must be exactly of its kind: ``true`` is no number, and 2.5 no number of threads."""
    value = entry[name]
    if type(value) is not kind:
        raise TypeError(f"{name} is {value!r}")
    return value


def _speed(entry: Mapping[str, Any], name: str) -> float:
    value = float(entry[name])
    if not 0 < value < math.inf:
        raise ValueError(f"{name} is {value}")
    return value
