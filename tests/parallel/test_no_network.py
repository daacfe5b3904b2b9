"""Nothing is asked of the network unless a model of the hub is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.parallel.commandline import SEED, environment

GUARDED = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout

def refuse(event, arguments):
    if event.removeprefix("socket.") in ("connect", "getaddrinfo", "gethostbyname", "sendto", "bind"):
        raise RuntimeError(f"asked the network: {event} {arguments[1:]}")

sys.addaudithook(refuse)
from egiz.parallel.cli.main import main
for words in json.loads(sys.argv[1]):
    sys.argv[1:] = words
    errors, status = io.StringIO(), None
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(errors):
            main()
    except SystemExit as end:
        status = end.code
    except RuntimeError as error:
        errors.write(str(error))
    print(json.dumps([status, errors.getvalue()]))
"""
"""The command line in a process that stops a command where anything is looked up, sent or listened for. An
audit hook sees what every library does through Python, and cannot be taken off again."""

BUILD = (
    "build",
    "a.txt",
    "-o",
    "out",
    "--to",
    "ru",
    "--beam",
    "1",
    "--threads",
    "1",
    "--terms",
    "soviet-history",
)
READING = (
    ("read", "out", "-o", "page.html"),
    ("export", "out", "-o", "a.tmx"),
    ("terms", "check", "out/parallel.tsv", "--terms", "government"),
    ("models", "list"),
    ("doctor",),
)
ASKING = ("models", "get", "nllb-600m")
Runs = dict[tuple[str, ...], tuple[Any, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    text = "\n".join(SEED.read_text(encoding="utf-8").splitlines()[:4])
    (folder / "a.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def runs(home: Path) -> Runs:
    """The exit status of each command and what it said, one after the other in one process."""
    commands = (BUILD, *READING, ASKING)
    done = subprocess.run(
        [sys.executable, "-c", GUARDED, json.dumps(commands)],
        capture_output=True,
        cwd=home,
        env=environment(home),
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = [tuple(json.loads(line)) for line in done.stdout.splitlines()]
    return dict(zip(commands, found, strict=True))


def test_a_build_with_terms_scores_and_page(home: Path, runs: Runs) -> None:
    status, errors = runs[BUILD]
    assert status == 0, errors
    assert (home / "out" / "page.html").is_file()
    assert (home / "out" / "term-uses.tsv").is_file()


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_commands_that_read_what_is_there(runs: Runs, command: tuple[str, ...]) -> None:
    status, errors = runs[command]
    assert "asked the network" not in errors
    assert status in (0, 1), errors


def test_the_guard_sees_what_does_ask(runs: Runs) -> None:
    _, errors = runs[ASKING]
    assert "asked the network" in errors
