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
from egiz.parallel.cli.options import directions
from egiz.translate.errors import OptionError
from egiz.translate.memory import Memory, default_path
from egiz.translate.models import resolve
from tests.parallel.commandline import EGIZ, SEED, egiz, egiz_process, environment, every_command


@pytest.mark.parametrize(
    ("path", "command"), every_command(), ids=lambda item: " ".join(item) if isinstance(item, tuple) else ""
)
def test_every_command_and_option_explains_itself(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help or option.hidden, f"{path}: {option.name}"


def test_the_help_of_the_group_says_what_the_commands_say() -> None:
    firsts = {
        path[0]: (command.help or "").splitlines()[0] for path, command in every_command() if len(path) == 1
    }
    assert firsts == COMMANDS


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["biuld"], "biuld"),
        (["build", SEED, "-o", "x", "--modle", "starter"], "--modle"),
        (["build", SEED], "-o"),
        (["build", "-o", "x"], "SOURCE"),
        (["models", "gte"], "gte"),
        (["train", "learn", "--folder", "x", "--every", "0"], "--every"),
    ],
)
def test_wrong_usage_leaves_with_2(tmp_path: Path, arguments: list[str], word: str) -> None:
    run = egiz(tmp_path, *arguments)
    assert run.returncode == 2
    [line] = run.stderr.decode().splitlines()
    assert line.startswith("egiz: ")
    assert word in line
    assert run.stdout == b""


def test_version(tmp_path: Path) -> None:
    run = egiz(tmp_path, "--version")
    assert (run.returncode, run.stdout.split()[0]) == (0, b"egiz")


@pytest.mark.parametrize("arguments", [("split",), ("split", "none.txt"), ("biuld",)], ids=" ".join)
def test_the_installed_program_does_what_is_done_in_this_process(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    given = "Бірінші сөйлем.Екінші  сөйлем.\n".encode()
    here, there = (run(tmp_path, *arguments, given=given, cwd=tmp_path) for run in (egiz, egiz_process))
    assert (here.returncode, here.stdout) == (there.returncode, there.stdout)
    assert here.stderr == there.stderr


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


def test_split_sets_files_apart_as_it_does_paragraphs(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"Бұл {name} құжаты.\n", encoding="utf-8")
    run = egiz(tmp_path, "split", tmp_path / "a.txt", tmp_path / "b.txt")
    assert run.stdout.decode() == "Бұл a құжаты.\n\nБұл b құжаты.\n"


def test_results_are_utf8_whatever_the_locale(tmp_path: Path) -> None:
    run = subprocess.run(
        [EGIZ, "split"],
        input="Сәлем!\n".encode(),
        capture_output=True,
        check=False,
        env={**environment(tmp_path), "PYTHONIOENCODING": "cp1251:replace", "PYTHONUTF8": "0"},
    )
    assert run.stdout.decode("utf-8") == "Сәлем!\n"


def test_a_bug_of_our_own_shows_itself_and_leaves_with_70(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def examine(home: Path, folders: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("egiz.parallel.cli.doctor.examine", examine)
    run = egiz(tmp_path, "doctor")
    assert run.returncode == 70
    assert run.stderr.startswith(b"Traceback")
    assert run.stderr.endswith(b"ZeroDivisionError: ours\n")


def test_doctor_names_what_was_left_over_and_its_size(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    left = (
        out / ".egiz-partial-abc",
        out / ".egiz-shards" / "0123456789abcdef",
        home / "models" / ".mine.xyz.old",
        home / "downloads" / "theirs",
    )
    for folder in left:
        folder.mkdir(parents=True)
        (folder / "some.file").write_bytes(b"x" * 1_500_000)
    run = egiz(home, "doctor", out)
    assert run.returncode == 0, run.stderr.decode()
    lines = [line for line in run.stdout.decode().splitlines() if "left over" in line]
    assert sorted(line.split(maxsplit=3)[3] for line in lines) == sorted(f"{path}: 1.5 MB" for path in left)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("kk-ru,kk-en", (("kk", "ru"), ("kk", "en"))),
        ("zh-Hans-en, en-zh-Hans", (("zh-Hans", "en"), ("en", "zh-Hans"))),
    ],
)
def test_directions_are_pairs_of_known_languages(text: str, pairs: tuple[tuple[str, str], ...]) -> None:
    assert directions(text, ("kk", "ru", "en", "zh-Hans")) == pairs


@pytest.mark.parametrize("text", ["", ",", "kk", "kk-kk", "kk-de", "kk-ru-en", "kkru"])
def test_other_directions_are_refused(text: str) -> None:
    with pytest.raises(OptionError, match="--directions"):
        directions(text, ("kk", "ru", "en"))


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


def test_a_model_is_trimmed_described_and_used(tmp_path: Path) -> None:
    run = egiz(tmp_path, "models", "trim", "starter", "--languages", "kk,ru,en", "-o", "all")
    assert (run.returncode, run.stdout.decode()) == (0, f"{tmp_path / 'models' / 'all'}\n")
    assert "nothing to gain, starter has no tokens of other languages" in run.stderr.decode()
    small = tmp_path / "small"
    run = egiz(
        tmp_path,
        "models",
        "trim",
        "all",
        "--languages",
        "kk,en",
        "-o",
        small,
        "--texts",
        SEED,
        "--least",
        "2",
        "--shortlist",
        f"en={SEED.parents[2] / 'LICENSE'}",
    )
    assert run.returncode == 0, run.stderr.decode()
    assert run.stderr.decode().startswith("12288 -> ")
    info = egiz(tmp_path, "models", "info", small).stdout.decode()
    assert "trimmed      from all (" in info
    assert "; shortlists: en by LICENSE" in info
    used = egiz(
        tmp_path,
        "translate",
        "--to",
        "en",
        "--model",
        small,
        "--beam",
        "1",
        "--fast",
        given="Сәлем!\n".encode(),
    )
    assert used.returncode == 0
    assert used.stdout.strip()
    unclear = egiz(tmp_path, "models", "trim", "all", "--languages", "kk,en", "-o", "x", "--shortlist", "en")
    assert (unclear.returncode, unclear.stdout) == (2, b"")
    assert "expected LANG=FILE, as in ru=russian.txt" in unclear.stderr.decode()
    again = egiz(tmp_path, "models", "trim", small, "--languages", "kk,ru", "-o", "again")
    assert (again.returncode, again.stdout) == (2, b"")
    assert "trimmed from all: trim that again" in again.stderr.decode()


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
    assert run.returncode == 0
    assert "· model mine" in run.stdout.decode()


def test_a_damaged_model_is_listed_as_damaged(tmp_path: Path) -> None:
    run = egiz(tmp_path, "models", "convert", resolve("starter"), "--name", "mine")
    assert run.returncode == 0, run.stderr.decode()
    [manifest] = (tmp_path / "models" / "mine").glob("egiz*.json")
    manifest.write_text("{", encoding="utf-8")
    run = egiz(tmp_path, "models", "list")
    assert run.returncode == 0, run.stderr.decode()
    [line] = [line for line in run.stdout.decode().splitlines() if line.startswith("mine ")]
    assert line.split()[1] == "damaged"


@pytest.mark.parametrize("damage", ["cut short", "changed", "file missing"])
def test_the_doctor_leaves_with_1_when_the_starter_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
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
    monkeypatch.setattr("egiz.translate.models.store.starter_folder", lambda: folder)
    run = egiz(tmp_path, "doctor")
    assert (run.returncode, run.stderr) == (1, b""), run.stdout.decode()
    assert "✗ model starter" in run.stdout.decode()


def test_what_nobody_confirms_is_not_done(tmp_path: Path) -> None:
    with Memory.open(default_path(tmp_path)):
        pass
    run = egiz(tmp_path, "memory", "clear", given=b"n\n")
    assert run.returncode == 2
    assert run.stderr.decode() == "egiz: not confirmed, so nothing was done (--yes confirms)\n"


def test_languages_may_be_named_by_nllb_codes(tmp_path: Path) -> None:
    source = tmp_path / "text.txt"
    source.write_text("1985\n", encoding="utf-8")
    run = egiz(tmp_path, "build", source, "-o", tmp_path / "out", "--from", "kaz_Cyrl", "--to", "eng_Latn")
    assert run.returncode == 0, run.stderr.decode()
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert [found["language"] for found in package["sources"]] == ["kk"]


def test_strict_leaves_with_1_when_rows_need_attention(tmp_path: Path) -> None:
    source = tmp_path / "text.txt"
    source.write_text("Бүгін мектепте оқушылар жаңа кітаптар оқыды.\n", encoding="utf-8")
    short = ("--setting", "length_factor=0.01", "--setting", "length_extra=1")
    build = ("build", source, "-o", tmp_path / "out", "--to", "en", "--beam", "1", *short)
    assert egiz(tmp_path, *build).returncode == 0
    run = egiz(tmp_path, *build, "--strict")
    assert run.returncode == 1, run.stderr.decode()
    assert (tmp_path / "out" / "parallel.tsv").exists()


NO_TORCH = """
import sys, json
from click.testing import CliRunner
from egiz.parallel.cli.main import group
for words in json.loads(sys.argv[1]):
    result = CliRunner().invoke(group, words, input="Сәлем!\\n")
    loaded = sorted({"torch", "transformers"} & set(sys.modules))
    print(json.dumps([" ".join(words), result.exit_code, loaded]))
"""


def test_no_command_imports_torch_without_need(tmp_path: Path) -> None:
    commands = [
        ["--help"],
        ["split"],
        ["models", "list"],
        ["models", "info", "starter"],
        ["memory", "stats"],
        ["train", "--help"],
        ["doctor"],
        ["translate", "--to", "en", "--beam", "1"],
        ["build", "-", "-o", str(tmp_path / "out"), "--beam", "1"],
    ]
    run = subprocess.run(
        [sys.executable, "-c", NO_TORCH, json.dumps(commands)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert found == [[" ".join(words), 0, []] for words in commands]
