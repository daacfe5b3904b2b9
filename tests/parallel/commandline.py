"""Running `egiz` as a person does, inside this process or as the installed program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, chdir
from pathlib import Path
from tempfile import TemporaryFile
from unittest.mock import patch

import click
import pytest

from egiz.parallel.cli.main import COMMANDS, group, main

EGIZ = str(Path(sys.executable).parent / "egiz")
SEED = Path(__file__).resolve().parents[2] / "seeds" / "kk" / "qaita-quru.txt"


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "EGIZ_HOME": str(home), "HF_ENDPOINT": "http://127.0.0.1:9", "COLUMNS": "100"}


def egiz(
    home: Path, *arguments: str | Path, given: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `egiz` to its end with a home of its own, inside this process; `given` is its standard input.

    A process of its own needs a second to import and read what is here already. Everything that it would have
    to itself is replaced for the time of the run: standard streams down to their descriptors, arguments,
    environment, working folder and signal handlers. Use `egiz_process` where the process is the point.
    """
    with ExitStack() as stack:
        streams = [stack.enter_context(TemporaryFile()) for _ in range(3)]
        streams[0].write(given)
        streams[0].seek(0)
        for number, stream in enumerate(streams):
            stack.callback(_back, os.dup(number), number)
            os.dup2(stream.fileno(), number)
        for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
            stack.callback(setattr, sys, name, getattr(sys, name))
            mode, errors = ("w", "backslashreplace") if number == 2 else ("w" if number else "r", "strict")
            opened = open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
            stack.callback(opened.close)
            setattr(sys, name, opened)
        for kind in (signal.SIGINT, signal.SIGTERM):
            stack.callback(signal.signal, kind, signal.getsignal(kind))
        stack.enter_context(patch.object(sys, "argv", ["egiz", *map(str, arguments)]))
        stack.enter_context(patch.dict(os.environ, environment(home)))
        stack.enter_context(chdir(cwd or Path.cwd()))
        status = _status()
        for stream in streams:
            stream.seek(0)
        return subprocess.CompletedProcess(sys.argv, status, streams[1].read(), streams[2].read())


def _back(kept: int, number: int) -> None:
    os.dup2(kept, number)
    os.close(kept)


def _status() -> int:
    """The exit status of `main`, once all that it has written is handed on."""
    with pytest.raises(SystemExit) as stop:
        main()
    sys.stdout.flush()
    sys.stderr.flush()
    assert isinstance(stop.value.code, int)
    return stop.value.code


def egiz_process(
    home: Path,
    *arguments: str | Path,
    given: bytes = b"",
    cwd: Path | None = None,
    before: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run the installed `egiz` to its end as a process, with a home of its own."""
    return subprocess.run(
        [EGIZ, *map(str, arguments)],
        input=given,
        capture_output=True,
        cwd=cwd,
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
