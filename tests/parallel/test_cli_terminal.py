"""What stands in texts and names never reaches a terminal as a command to it; data stay as they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from egiz.parallel.cli.main import shown
from tests.parallel.commandline import EGIZ, egiz, environment


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("қ\tә\n", "қ\tә\n"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\rb\x08\x7f\x00", "a\\rb\\x08\\x7f\\x00"),
        ("\x9b2J\x85", "\\x9b2J\\x85"),
        ("\u202eexe.txt\u2066", "\\u202eexe.txt\\u2066"),
        ("👩\u200d🚀 \u200f\u00ad", "👩\u200d🚀 \u200f\u00ad"),
    ],
)
def test_what_steers_is_escaped_and_nothing_else(text: str, found: str) -> None:
    assert shown(text) == found


def test_messages_show_names_escaped(tmp_path: Path) -> None:
    run = egiz(tmp_path, "split", tmp_path / "a\x07\u202eb.txt")
    assert run.returncode == 2
    assert b"\x07" not in run.stderr
    assert "a\\x07\\u202eb.txt" in run.stderr.decode()


TERMINAL = """
import os, pty, sys
def read(fd):
    data = os.read(fd, 1024)
    return data
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX systems")
def test_texts_are_escaped_on_a_terminal_and_exact_elsewhere(tmp_path: Path) -> None:
    """Reading makes control characters spaces, but a mark that turns the direction around is text."""
    (tmp_path / "a.txt").write_text("Бұл \u202eсөйлем.\n", encoding="utf-8")
    assert egiz(tmp_path, "split", tmp_path / "a.txt").stdout.decode() == "Бұл \u202eсөйлем.\n"
    command = [sys.executable, "-c", TERMINAL, EGIZ, "split", str(tmp_path / "a.txt")]
    run = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, env=environment(tmp_path), check=False
    )
    assert "Бұл \\u202eсөйлем." in run.stdout.decode()
    assert "\u202e" not in run.stdout.decode()
