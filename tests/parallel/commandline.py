"""Running the installed `egiz` as a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click

from egiz.parallel.cli.main import COMMANDS, group

EGIZ = str(Path(sys.executable).parent / "egiz")
SEED = Path(__file__).resolve().parents[2] / "seeds" / "kk" / "qaita-quru.txt"


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "EGIZ_HOME": str(home), "HF_ENDPOINT": "http://127.0.0.1:9", "COLUMNS": "100"}


def egiz(
    home: Path, *arguments: str | Path, given: bytes = b"", before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `egiz` to its end, with a home of its own; `given` is its standard input."""
    return subprocess.run(
        [EGIZ, *map(str, arguments)],
        input=given,
        capture_output=True,
        env=environment(home),
        check=False,
        preexec_fn=before,
    )


def start(home: Path, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start `egiz` and return at once."""
    return subprocess.Popen(
        [EGIZ, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(home)
    )


def every_command() -> list[tuple[tuple[str, ...], click.Command]]:
    """All commands with their paths, groups included, in the order of the help."""

    def walk(path: tuple[str, ...], command: click.Command) -> list[tuple[tuple[str, ...], click.Command]]:
        found = [(path, command)]
        if isinstance(command, click.Group):
            for name in command.list_commands(click.Context(command)):
                child = command.get_command(click.Context(command), name)
                assert child is not None
                found += walk((*path, name), child)
        return found

    assert set(COMMANDS) == set(group.list_commands(click.Context(group)))
    return walk((), group)
