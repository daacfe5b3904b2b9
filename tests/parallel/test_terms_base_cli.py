"""`egiz terms lint` and `egiz terms convert` as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from egiz.glossary.termbase import load
from tests.parallel.commandline import egiz

WRONG = "kk\tru\nсом\tрубль\nсом\tсом\n"


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.tsv"
    path.write_text(WRONG, encoding="utf-8")
    return path


def test_lint_says_place_and_rule(tmp_path: Path, wrong: Path) -> None:
    run = egiz(tmp_path, "terms", "lint", wrong)
    assert run.returncode == 0
    assert f"{wrong}:3: error: сом-2: 'сом' is translated differently in 'сом'" in run.stdout.decode()
    assert "[conflict]" in run.stdout.decode()
    assert "1 error, " in run.stderr.decode()


def test_lint_is_strict_when_asked(tmp_path: Path, wrong: Path) -> None:
    assert egiz(tmp_path, "terms", "lint", "--strict", wrong).returncode == 1
    shipped = ("terms", "lint", "--strict", "--severity", "error", "government", "soviet-history")
    assert egiz(tmp_path, *shipped).returncode == 0


def test_lint_for_programs(tmp_path: Path, wrong: Path) -> None:
    run = egiz(tmp_path, "terms", "lint", wrong, "--format", "json")
    (conflict,) = [item for item in json.loads(run.stdout) if item["code"] == "conflict"]
    assert set(conflict) == {"severity", "code", "term", "place", "message", "action"}
    assert conflict["term"] == "сом-2"


def test_lint_for_another_source(tmp_path: Path, wrong: Path) -> None:
    run = egiz(tmp_path, "terms", "lint", wrong, "--from", "ru")
    assert "[conflict]" not in run.stdout.decode()


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.tbx", "a.xml", "new/a.tsv"])
def test_convert_by_the_ending(tmp_path: Path, name: str) -> None:
    run = egiz(tmp_path, "terms", "convert", "government", "-o", tmp_path / name)
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
    assert [term.id for term in load(tmp_path / name).terms] == [term.id for term in load("government").terms]
    assert [
        path.name for path in (tmp_path / name).parent.iterdir() if path.name.startswith(".egiz-partial")
    ] == []


def test_convert_to_standard_output_and_an_edition(tmp_path: Path, wrong: Path) -> None:
    assert egiz(tmp_path, "terms", "convert", wrong).stdout.decode().startswith("id\tkk\tru\n")
    assert b"<martif " in egiz(tmp_path, "terms", "convert", wrong, "--format", "tbx2008").stdout


def test_convert_says_what_is_lost(tmp_path: Path) -> None:
    (tmp_path / "a.tbx").write_text(
        '<tbx><text><body><conceptEntry><langSec xml:lang="kk"><termSec><term>сөз</term>'
        "<termNote type='administrativeStatus'>admitted</termNote>"
        "<termNote type='grammaticalGender'>neuter</termNote></termSec></langSec>"
        "</conceptEntry></body></text></tbx>",
        encoding="utf-8",
    )
    run = egiz(tmp_path, "terms", "convert", tmp_path / "a.tbx")
    assert run.stdout.decode() == "id\tkk\nсөз\tсөз\n"
    assert run.stderr.decode().splitlines() == [
        "not read: 1 × grammaticalGender",
        "not kept: that no wording of a language is preferred (the first one is now) (сөз)",
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["wrong.tsv", "-o", "a.docx"], "no term base has the ending '.docx'"),
        (["wrong.tsv", "--format", "tbx3"], "Did you mean 'tbx'"),
        (["wrong.tsv", "--format", "json", "-o", "a.tsv"], "is not named as json files are"),
        (["none", "-o", "a.tsv"], "ships with Egiz"),
        (["bad.tsv", "-o", "wrong.tsv"], "bad.tsv:2, column 'kk.pos': 'x'"),
    ],
)
def test_convert_refuses_and_leaves_files_alone(
    tmp_path: Path, wrong: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.tsv").write_text("kk\tkk.pos\nсөз\tx\n", encoding="utf-8")
    run = egiz(tmp_path, "terms", "convert", *arguments)
    assert run.returncode == 2
    assert says in run.stderr.decode()
    assert wrong.read_text(encoding="utf-8") == WRONG
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.tsv", "wrong.tsv"]
