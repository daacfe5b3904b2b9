"""How many cores a process may use, on systems laid out in a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from egiz.translate.engine.hardware import cpu_name, usable_cores

GROUPS = Path("sys/fs/cgroup")


def system(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(8)), raising=False)


@pytest.mark.parametrize(
    ("limits", "cores"),
    [
        ({}, 8),
        ({"a/b": "max 100000\n"}, 8),
        ({"a/b": "200000 100000\n"}, 2),
        ({"a/b": "150000 100000\n"}, 2),
        ({"a/b": "1000 100000\n"}, 1),
        ({"a/b": "1600000 100000\n"}, 8),
        ({"a/b": "max 100000\n", "a": "300000 100000\n"}, 3),
        ({"a/b": "400000 100000\n", "": "100000 100000\n"}, 1),
        ({"other": "100000 100000\n"}, 8),
        ({"a/b": "what is this"}, 8),
    ],
)
@pytest.mark.usefixtures("eight_cores")
def test_the_tightest_limit_above_the_process_holds(
    tmp_path: Path, limits: dict[str, str], cores: int
) -> None:
    files = {str(GROUPS / group / "cpu.max"): text for group, text in limits.items()}
    assert usable_cores(system(tmp_path, {"proc/self/cgroup": "1:cpu:/\n0::/a/b\n", **files})) == cores


@pytest.mark.usefixtures("eight_cores")
def test_a_system_without_groups_has_its_affinity(tmp_path: Path) -> None:
    assert usable_cores(tmp_path) == 8


def test_without_affinity_all_cores_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert usable_cores(tmp_path) == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores(tmp_path) == 1


def test_the_processor_is_named_as_it_names_itself(tmp_path: Path) -> None:
    text = "processor\t: 0\nmodel name\t: Fast CPU @ 3 GHz\n\nprocessor\t: 1\nmodel name\t: Other\n"
    assert cpu_name(system(tmp_path, {"proc/cpuinfo": text})) == "Fast CPU @ 3 GHz"
