"""The file of tunings, and what is taken from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from egiz.translate.cores import usable_cores
from egiz.translate.ctranslate2_engine import Hardware
from egiz.translate.errors import InputError, OutputError
from egiz.translate.tune import (
    Setting,
    Tuning,
    default_path,
    find,
    read_tunings,
    tuned_decoding,
    tuned_hardware,
    write_tuning,
)

CPU = Hardware(device="cpu")
TUNING = Tuning(
    model="made-up",
    fingerprint="f" * 64,
    device="cpu",
    precision="int8",
    cores=usable_cores(),
    cpu="Fast CPU",
    ctranslate2="4.5.0",
    setting=Setting(threads=6, workers=3, batch_tokens=300),
    speed=12.5,
    default_speed=10.0,
    cut_short=False,
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    others = [
        replace(TUNING, fingerprint="e" * 64, cut_short=True),
        replace(TUNING, precision="float32"),
        replace(TUNING, cores=usable_cores() + 1),
    ]
    for tuning in (TUNING, *others):
        assert write_tuning(tuning, tmp_path / "home") == default_path(tmp_path / "home")
    assert read_tunings(tmp_path / "home") == tuple(sorted((TUNING, *others), key=lambda item: item.key))
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["tuning.json"]


def test_measuring_again_replaces_the_entry_and_the_same_gives_the_same_bytes(tmp_path: Path) -> None:
    for speed in (11.0, 12.5):
        path = write_tuning(replace(TUNING, speed=speed), tmp_path)
    first = path.read_bytes()
    assert read_tunings(tmp_path) == (TUNING,)
    write_tuning(TUNING, tmp_path)
    assert path.read_bytes() == first


def test_speeds_keep_four_digits_however_small(tmp_path: Path) -> None:
    write_tuning(replace(TUNING, speed=0.00123456, default_speed=123456.0), tmp_path)
    [held] = read_tunings(tmp_path)
    assert (held.speed, held.default_speed) == (0.001235, 123500.0)


def test_without_a_file_nothing_is_tuned(tmp_path: Path) -> None:
    assert read_tunings(tmp_path) == ()
    assert tuned_hardware(CPU, TUNING.fingerprint, tmp_path) == CPU
    assert tuned_decoding(CPU, TUNING.fingerprint, tmp_path) == ()


def change(**values: Any) -> Callable[[dict[str, Any]], object]:
    return lambda entry: entry.update(values)


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: entry.pop("fingerprint"),
        lambda entry: entry["setting"].pop("workers"),
        lambda entry: entry["setting"].update(threads=True),
        lambda entry: entry["setting"].update(threads=2.0),
        lambda entry: entry["setting"].update(workers=7),
        lambda entry: entry["setting"].update(workers=0),
        lambda entry: entry["setting"].update(batch_tokens=0),
        lambda entry: entry["setting"].update(batch_tokens="512"),
        change(setting=[]),
        change(default_speed=0),
        change(speed=-1.0),
        change(speed=10**400),
        change(cores="2"),
        change(cut_short=0),
    ],
)
def test_an_entry_of_another_shape_is_refused_with_its_place(
    tmp_path: Path, damage: Callable[[dict[str, Any]], object]
) -> None:
    path = write_tuning(TUNING, tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    damage(content["tunings"][0])
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match="is no record of tuning") as caught:
        find(TUNING.fingerprint, CPU, tmp_path)
    assert str(path) in str(caught.value)
    assert "Delete it" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"tunings": 1}', '{"tunings": [1]}', "{}", "\0"])
def test_a_damaged_file_is_refused_and_not_written_over(tmp_path: Path, text: str) -> None:
    path = default_path(tmp_path)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="Delete it"):
        write_tuning(TUNING, tmp_path)
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("failure", "shown"),
    [(OSError(28, "No space left on device"), OutputError), (KeyboardInterrupt(), KeyboardInterrupt)],
)
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException, shown: type[BaseException]
) -> None:
    path = write_tuning(TUNING, tmp_path)
    before = path.read_bytes()

    def fail(self: Path, target: Path) -> Path:
        raise failure

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(shown):
        write_tuning(replace(TUNING, speed=99.0), tmp_path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["tuning.json"]


@pytest.mark.parametrize(
    ("hardware", "threads", "workers"),
    [
        (CPU, 6, 3),
        (Hardware(device="cpu", precision="int8"), 6, 3),
        (Hardware(device="cpu", threads=1), 1, 0),
        (Hardware(device="cpu", workers=2), 0, 2),
        (Hardware(device="cpu", precision="float32"), 0, 0),
        (Hardware(device="cuda"), 0, 0),
    ],
)
def test_threads_are_as_tuned_unless_they_are_given(
    tmp_path: Path, hardware: Hardware, threads: int, workers: int
) -> None:
    write_tuning(TUNING, tmp_path)
    made = tuned_hardware(hardware, TUNING.fingerprint, tmp_path)
    assert (made.threads, made.workers) == (threads, workers)


def test_the_size_of_batches_does_not_depend_on_threads_that_are_given(tmp_path: Path) -> None:
    write_tuning(TUNING, tmp_path)
    given = Hardware(device="cpu", threads=1)
    assert tuned_decoding(given, TUNING.fingerprint, tmp_path) == ("batch_tokens=300",)


def test_another_model_or_machine_has_its_own_tuning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tuning(TUNING, tmp_path)
    assert find("e" * 64, CPU, tmp_path) is None
    assert find(TUNING.fingerprint, CPU, tmp_path) == TUNING
    monkeypatch.setattr("egiz.translate.tune.records.usable_cores", lambda: TUNING.cores + 1)
    assert find(TUNING.fingerprint, CPU, tmp_path) is None
