"""Either the old files or the new ones, whatever fails: every system call of a publication, one at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.parallel import faults

Case = dict[str, Any]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    run = subprocess.run(
        [sys.executable, faults.__file__, str(tmp_path_factory.mktemp("faults"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_every_kind_of_system_call_failed(cases: list[Case]) -> None:
    for error in faults.ERRORS:
        failed = [case["call"] for case in cases if case["action"] == error and case["start"] == "published"]
        assert {"open", "write", "close", "fsync", "rename", "link", "unlink", "mkdir"} <= set(failed)
        assert len(failed) > 40


def test_what_stands_there_afterwards_is_the_old_set_or_the_new_one(cases: list[Case]) -> None:
    wrong = [case for case in cases if case["torn"] or case["state"] not in ("old", "new")]
    assert wrong == []


def test_the_next_run_publishes_and_leaves_nothing_hidden(cases: list[Case]) -> None:
    assert [case for case in cases if case["next_state"] != "new"] == []


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT for one process alone on Windows")
def test_an_interruption_leaves_nothing_hidden(cases: list[Case]) -> None:
    interrupted = [case for case in cases if case["action"] == "SIGINT"]
    assert len(interrupted) > 40
    assert {case["raised"] for case in interrupted} == {"KeyboardInterrupt"}
    assert [case for case in interrupted if case["hidden"]] == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes die in a fork")
def test_a_process_died_at_every_call(cases: list[Case]) -> None:
    assert {case["state"] for case in cases if case["action"] == "death"} == {"old", "new"}
