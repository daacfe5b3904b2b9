"""The commands in README and docs run as they stand, and every command line in them is valid."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from tests.parallel.commandline import SEED, egiz

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
POSIX = re.compile(r"\b(?:printf|iconv|pdftotext)\b|\.venv/bin/activate")
BESIDE = re.compile(
    r"^```sh[^\n]*\n(?P<body>.*?)^```\n(?P<after>(?:(?!```|#)[^\n]*\n)*)(?P<next>```\w*)?",
    re.DOTALL | re.MULTILINE,
)
BLOCK = re.compile(r"^```sh(?P<norun> norun)?\n(?P<body>.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)(?P<target>[^)#]+)")


def blocks(page: Path) -> list[tuple[str, bool]]:
    return [(found["body"], not found["norun"]) for found in BLOCK.finditer(page.read_text(encoding="utf-8"))]


def command_lines(page: Path) -> list[str]:
    lines = [line for body, _ in blocks(page) for line in body.splitlines()]
    parts = [part for line in lines for part in re.split(r" && | \| ", line)]
    return [part[part.index("egiz ") :] for part in parts if re.match(r"(\S*/)?egiz ", part)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_egiz_command_line_is_valid(page: Path) -> None:
    from egiz.parallel.cli.main import group

    for line in command_lines(page):
        words = shlex.split(line.partition(" > ")[0])[1:]
        context = click.Context(group, info_name="egiz")
        command: click.Command = group
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            if words[0] not in command.list_commands(context):
                words.insert(0, getattr(command, "otherwise", words[0]))
            found = command.get_command(context, words.pop(0))
            assert found is not None, line
            command = found
        parser = command.make_parser(click.Context(command, resilient_parsing=False))
        parser.parse_args(words)


HAND_OVER = """
set -euo pipefail
egiz() {
  local call status
  call=$(mktemp -d "$CALLS/XXXXXX")
  mkfifo "$call/status"
  cat > "$call/in"
  printf '%s\\0' "$PWD" "$@" > "$call/words"
  echo "$call" > "$CALLS/asked"
  read -r status < "$call/status"
  cat "$call/out"
  cat "$call/errors" >&2
  return "$status"
}
trap 'echo > "$CALLS/asked"' EXIT
"""
"""Hands every `egiz` of a script over to the test process, which has loaded already what each process of its
own would load anew; at the end of the script an empty line follows."""


def run_script(script: str, work: Path, calls: Path, home: Path) -> tuple[int, str]:
    """Run a script in the folder `work`; its status and what it wrote to standard error."""
    calls.mkdir()
    os.mkfifo(calls / "asked")
    environment = {**os.environ, "CALLS": str(calls)}
    with (
        (calls / "errors").open("wb") as errors,
        subprocess.Popen(
            ["bash", "-c", HAND_OVER + script],
            cwd=work,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        ) as process,
        (calls / "asked").open("r+b", buffering=0) as asked,
    ):
        while line := asked.readline().strip():
            call = Path(line.decode())
            folder, *words = (call / "words").read_text(encoding="utf-8").split("\0")[:-1]
            done = egiz(home, *words, given=(call / "in").read_bytes(), cwd=Path(folder))
            (call / "out").write_bytes(done.stdout)
            (call / "errors").write_bytes(done.stderr)
            (call / "status").write_text(f"{done.returncode}\n", encoding="utf-8")
    return process.returncode, (calls / "errors").read_text(encoding="utf-8")


def test_a_script_hands_everything_over(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    script = (
        "cd ..; echo 'Бір. Екі.' | egiz split | tail -n 1 | egiz split - > out; egiz split no.txt; echo > no"
    )
    status, errors = run_script(script, tmp_path / "work", tmp_path / "calls", tmp_path)
    assert (tmp_path / "out").read_text(encoding="utf-8") == "Екі.\n"
    assert status == 2
    assert errors.startswith("egiz: no.txt: ")
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent.name == "docs"], ids=lambda page: page.name
)
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path, seed_home: Path) -> None:
    bodies = [body for body, runs in blocks(page) if runs]
    if not bodies:
        assert page.name in {
            "architecture.md",
            "challenge.md",
            "commands.md",
            "python.md",
            "serving.md",
            "training.md",
        }
        return
    work, calls = tmp_path / "work", tmp_path / "calls"
    shutil.copytree(ROOT / "seeds", work / "seeds")
    shutil.copy(seed_home / SEED.name, work / SEED.relative_to(ROOT))  # its beginning, which is remembered
    status, errors = run_script("\n".join(bodies), work, calls, seed_home)
    assert status == 0, errors


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_posix_shells_have_their_like_for_windows_beside_them(page: Path) -> None:
    for found in BESIDE.finditer(page.read_text(encoding="utf-8")):
        if POSIX.search(found["body"]):
            assert found["next"] == "```powershell", found["body"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for found in LINK.finditer(text):
        assert (page.parent / found["target"]).exists(), found["target"]


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert any(line.startswith("egiz build seeds/") for line in command_lines(ROOT / "README.md"))
    assert "<!-- main command -->" in text
    assert "<!-- test command -->" in text


def test_every_page_is_reachable_from_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in PAGES[1:]:
        assert f"docs/{page.name}" in text, page.name
