"""The time of each stage: nested stages, generators, and the log for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from egiz.parallel.build.build import STAGES
from egiz.parallel.build.flow import Stages
from egiz.parallel.cli.progress import json_log
from egiz.translate.errors import InputError, OutputError
from tests.parallel.commandline import egiz


class Clock:
    """Goes on only when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_stage_inside_another_stops_its_clock() -> None:
    clock = Clock()
    stages = Stages(clock)
    with stages.stage("outer"):
        clock.now += 1
        with stages.stage("inner"):
            clock.now += 10
        clock.now += 100
    clock.now += 1000
    with stages.stage("outer"):
        clock.now += 10_000
    assert stages.seconds == {"outer": 10_101, "inner": 10}


def test_generators_that_pull_on_each_other_each_pay_their_own_time() -> None:
    clock = Clock()
    stages = Stages(clock)

    def read() -> Iterator[int]:
        for number in range(3):
            clock.now += 1
            yield number
        clock.now += 5

    def translate(items: Iterator[int]) -> Iterator[int]:
        for number in items:
            clock.now += 10
            yield number + 1

    for item in stages.over("translating", translate(stages.over("reading", read()))):
        clock.now += 100
        assert item in (1, 2, 3)
    assert stages.seconds == {"translating": 30, "reading": 8}


def test_what_fails_is_timed_and_passed_on() -> None:
    clock = Clock()
    stages = Stages(clock)

    def failing() -> Iterator[int]:
        clock.now += 2
        raise InputError("bad", where="a:1")
        yield 0

    with pytest.raises(InputError), stages.stage("outer"):
        next(stages.over("inner", failing()))
    assert stages.seconds == {"outer": 0, "inner": 2}


def events(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_build_logs_its_start_and_end(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("Бірінші: 1985ж\n\nОсы кезең дамуында бірнеше этаптарға бөлінеді.\n", encoding="utf-8")
    log = tmp_path / "log.json"
    found = egiz(tmp_path, "build", text, "-o", tmp_path / "out", "--log-json", log, "--effort", "fast")
    assert found.returncode == 0, found.stderr
    start, *_, end = events(log)
    assert (start["event"], start["model"], start["sources"]) == ("start", "starter", [str(text)])
    assert (end["event"], end["rows"], end["translated"], end["remembered"]) == ("end", 2, 4, 0)
    stages = end["stages"]
    assert isinstance(stages, dict)
    assert {"reading", "translating", "scores", "publishing", "page"} == set(stages) < set(STAGES)
    assert sum(stages.values()) <= end["seconds"]  # type: ignore[operator]
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    targets = end["targets"]
    assert isinstance(targets, dict)
    for tag, counts in package["egiz"]["counts"]["targets"].items():
        assert targets[tag]["statuses"] == counts["statuses"]
        assert targets[tag]["retried_for"] == counts.get("retriedFor", {})


def test_what_an_interruption_breaks_is_logged_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egiz.parallel.cli.progress.came", lambda: True)
    log = tmp_path / "log.json"
    with pytest.raises(ImportError), json_log(str(log)):
        raise ImportError
    assert [event["event"] for event in events(log)] == ["interrupted"]


def test_what_ends_a_run_early_is_logged(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    for error, event in ((InputError("bad", where="a:1"), "error"), (KeyboardInterrupt(), "interrupted")):
        with pytest.raises(type(error)), json_log(str(log)):
            raise error
        [last] = events(log)
        assert last["event"] == event
    missing = egiz(tmp_path, "build", tmp_path / "none.txt", "-o", tmp_path / "out", "--log-json", log)
    assert missing.returncode == 2
    assert events(log)[-1]["event"] == "error"
    with pytest.raises(OutputError, match="cannot be written"), json_log(str(tmp_path)):
        pass
