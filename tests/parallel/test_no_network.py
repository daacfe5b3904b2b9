"""Nothing is asked of the network unless a model of the hub is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.parallel.commandline import SEED, environment

GUARDED = """
import sys

def refuse(event, arguments):
    if event.removeprefix("socket.") in ("connect", "getaddrinfo", "gethostbyname", "sendto", "bind"):
        raise RuntimeError(f"asked the network: {event} {arguments[1:]}")

sys.addaudithook(refuse)
from egiz.parallel.cli.main import main
main()
"""
"""The command line in a process that ends where anything is looked up, sent or listened for. An audit hook
sees what every library does through Python, and cannot be taken off again."""


def guarded(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", GUARDED, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=environment(home), check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    text = "\n".join(SEED.read_text(encoding="utf-8").splitlines()[:4])
    (folder / "a.txt").write_text(text, encoding="utf-8")
    quick = ("--beam", "1", "--threads", "1", "--terms", "soviet-history")
    run = guarded(folder, "build", folder / "a.txt", "-o", folder / "out", "--to", "ru", *quick)
    assert run.returncode == 0, run.stderr.decode()
    return folder


def test_a_build_with_terms_scores_and_page(home: Path) -> None:
    assert (home / "out" / "page.html").is_file()
    assert (home / "out" / "term-uses.tsv").is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ("read", "out", "-o", "page.html"),
        ("export", "out", "-o", "a.tmx"),
        ("terms", "check", "out/parallel.tsv", "--terms", "government"),
        ("models", "list"),
        ("doctor",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_that_read_what_is_there(home: Path, arguments: tuple[str, ...]) -> None:
    places = [str(home / item) if (home / item).exists() or "." in item else item for item in arguments]
    run = guarded(home, *places)
    assert b"asked the network" not in run.stderr
    assert run.returncode in (0, 1), run.stderr.decode()


def test_the_guard_sees_what_does_ask(home: Path) -> None:
    run = guarded(home, "models", "get", "nllb-600m")
    assert b"asked the network" in run.stderr
