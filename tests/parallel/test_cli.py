"""The command line: help, commands, exit status, and what is not imported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from egiz.parallel.cli.main import COMMANDS
from egiz.translate.memory import Memory, default_path
from egiz.translate.models import resolve
from tests.parallel.commandline import SEED, egiz, every_command


@pytest.mark.parametrize(
    ("path", "command"), every_command(), ids=lambda item: " ".join(item) if isinstance(item, tuple) else ""
)
def test_every_command_and_option_explains_itself(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help or option.hidden, f"{path}: {option.name}"


def test_the_help_of_the_group_says_what_the_commands_say() -> None:
    for path, command in every_command():
        if len(path) == 1:
            first = (command.help or "").splitlines()[0]
            assert COMMANDS[path[0]]
            assert first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["biuld"], "no command 'biuld'. Did you mean 'build'"),
        (["build", SEED, "-o", "x", "--modle", "starter"], "no such option '--modle'."),
        (["build", SEED], "missing option '-o'"),
        (["build", "-o", "x"], "missing argument 'SOURCE...'"),
        (["models", "gte"], "no such command 'gte'. Did you mean 'get'"),
    ],
)
def test_wrong_usage_leaves_with_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    run = egiz(tmp_path, *arguments)
    assert run.returncode == 2
    [line] = run.stderr.decode().splitlines()
    assert line.startswith(f"egiz: {message}")
    assert run.stdout == b""


def test_version(tmp_path: Path) -> None:
    run = egiz(tmp_path, "--version")
    assert (run.returncode, run.stdout.split()[0]) == (0, b"egiz")


def test_split_to_lines_and_to_a_table(tmp_path: Path) -> None:
    text = "Бірінші сөйлем.Екінші  сөйлем.\n\nҮшінші.".encode()
    lines = egiz(tmp_path, "split", given=text)
    assert lines.stdout.decode() == "Бірінші сөйлем.\nЕкінші сөйлем.\n\nҮшінші.\n"
    assert "glued-boundary" in lines.stderr.decode()
    table = egiz(tmp_path, "split", "--format", "tsv", given=text)
    rows = [line.split("\t") for line in table.stdout.decode().splitlines()]
    assert rows[0] == ["id", "start", "stop", "text"]
    assert [row[0] for row in rows[1:]] == ["stdin:1.1", "stdin:1.2", "stdin:2.1"]
    source = text.decode()
    assert [source[int(row[1]) : int(row[2])] for row in rows[1:]] == [
        "Бірінші сөйлем.",
        "Екінші  сөйлем.",
        "Үшінші.",
    ]


def test_translate_keeps_lines_and_blank_lines(tmp_path: Path) -> None:
    run = egiz(tmp_path, "translate", "--to", "en", "--beam", "1", given="Сәлем, әлем!\n\n1985\n".encode())
    assert run.returncode == 0
    lines = run.stdout.decode().split("\n")
    assert (len(lines), lines[1], lines[2], lines[3]) == (4, "", "1985", "")
    assert lines[0]


def test_translate_refuses_bytes_that_are_no_text(tmp_path: Path) -> None:
    run = egiz(tmp_path, "translate", "--to", "en", given=b"\xff\xfe\xfa\n")
    assert run.returncode == 2
    assert run.stderr.decode().startswith("egiz: standard input:1: byte 0xff")


def test_models_are_listed_and_described(tmp_path: Path) -> None:
    listed = egiz(tmp_path, "models", "list").stdout.decode()
    for name in ("starter", "nllb-600m", "nllb-1.3b-distilled", "nllb-3.3b", "tilmash"):
        assert name in listed
    info = egiz(tmp_path, "models", "info", "starter").stdout.decode()
    assert "kk" in info
    assert "int8" in info
    assert "chrF++" in info


def test_a_folder_is_installed_by_name_used_and_removed(tmp_path: Path) -> None:
    run = egiz(tmp_path, "models", "convert", resolve("starter"), "--name", "mine")
    assert run.returncode == 0, run.stderr
    assert "mine" in egiz(tmp_path, "models", "list").stdout.decode()
    used = egiz(
        tmp_path, "translate", "--to", "en", "--model", "mine", "--beam", "1", given="Сәлем!\n".encode()
    )
    assert used.returncode == 0
    assert egiz(tmp_path, "models", "remove", "mine", "--yes").returncode == 0
    assert egiz(tmp_path, "models", "info", "mine").returncode == 2


def test_the_memory_is_counted_and_cleared(tmp_path: Path) -> None:
    assert b"no memory yet" in egiz(tmp_path, "memory", "stats").stdout
    egiz(tmp_path, "translate", "--to", "en", "--beam", "1", given="Сәлем, әлем!\n".encode())
    assert b"1 translation," in egiz(tmp_path, "memory", "stats").stdout
    assert b"1 translation forgotten" in egiz(tmp_path, "memory", "clear", "--yes").stdout
    assert b"0 translations" in egiz(tmp_path, "memory", "stats").stdout


def test_the_doctor_finds_a_sound_installation_sound(tmp_path: Path) -> None:
    run = egiz(tmp_path, "doctor")
    assert run.returncode == 0, run.stdout.decode()
    assert "files intact" in run.stdout.decode()


def test_the_doctor_names_a_damaged_model(tmp_path: Path) -> None:
    shutil.copytree(resolve("starter"), tmp_path / "models" / "mine")
    with (tmp_path / "models" / "mine" / "model.bin").open("r+b") as file:
        file.seek(5000)
        file.write(b"\0\0\0\0")
    run = egiz(tmp_path, "doctor")
    assert "✗ model mine" in run.stdout.decode() or "· model mine" in run.stdout.decode()


BROKEN_STARTER = """
import sys
from pathlib import Path
from egiz.parallel.cli import main
from egiz.translate.models import catalogue
starter = Path(sys.argv.pop())
catalogue.starter_folder = lambda: starter
main()
"""


@pytest.mark.parametrize("damage", ["cut short", "changed", "file missing"])
def test_the_doctor_leaves_with_1_when_the_starter_is_damaged(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "starter"
    shutil.copytree(resolve("starter"), folder)
    if damage == "cut short":
        os.truncate(folder / "model.bin", 100_000)
    elif damage == "changed":
        with (folder / "model.bin").open("r+b") as file:
            file.seek(-1000, os.SEEK_END)
            file.write(b"\x55" * 10)
    else:
        (folder / "sentencepiece.bpe.model").unlink()
    run = subprocess.run(
        [sys.executable, "-c", BROKEN_STARTER, "doctor", "--home", str(tmp_path), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "✗ model starter" in run.stdout
    assert run.stderr == ""


def test_what_nobody_confirms_is_not_done(tmp_path: Path) -> None:
    with Memory.open(default_path(tmp_path)):
        pass
    run = egiz(tmp_path, "memory", "clear", given=b"n\n")
    assert run.returncode == 2
    assert run.stderr.decode() == "egiz: not confirmed, nothing done (--yes confirms)\n"


def test_languages_may_be_named_by_nllb_codes(tmp_path: Path) -> None:
    source = tmp_path / "text.txt"
    source.write_text("1985\n", encoding="utf-8")
    run = egiz(tmp_path, "build", source, "-o", tmp_path / "out", "--from", "kaz_Cyrl", "--to", "eng_Latn")
    assert run.returncode == 0, run.stderr.decode()
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert [found["language"] for found in package["sources"]] == ["kk"]


def test_strict_leaves_with_1_when_rows_need_attention(tmp_path: Path) -> None:
    source = tmp_path / "text.txt"
    source.write_text("漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字。\n", encoding="utf-8")
    run = egiz(tmp_path, "build", source, "-o", tmp_path / "out", "--strict", "--to", "en", "--beam", "1")
    assert run.returncode == 1, run.stderr.decode()
    assert (tmp_path / "out" / "parallel.tsv").exists()


NO_TORCH = """
import sys, json
from click.testing import CliRunner
from egiz.parallel.cli.main import group
result = CliRunner().invoke(group, json.loads(sys.argv[1]), input="Сәлем!\\n")
loaded = sorted({"torch", "transformers"} & set(sys.modules))
print(json.dumps([result.exit_code, loaded]))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["split"],
        ["translate", "--to", "en", "--beam", "1"],
        ["build", "-", "-o", "OUT", "--beam", "1"],
        ["models", "list"],
        ["models", "info", "starter"],
        ["memory", "stats"],
        ["doctor"],
        ["train", "--help"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_no_command_imports_torch_without_need(tmp_path: Path, arguments: list[str]) -> None:
    words = [str(tmp_path / "out") if word == "OUT" else word for word in arguments]
    home = ["--home", str(tmp_path)] if words[0] in ("translate", "build", "doctor") else []
    run = subprocess.run(
        [sys.executable, "-c", NO_TORCH, json.dumps([*words, *home])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(run.stdout.splitlines()[-1]) == [0, []], run.stderr
