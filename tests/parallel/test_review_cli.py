"""`egiz review` as a command: what it says where, and with which exit status."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from egiz.parallel.cli.review import command
from egiz.translate.errors import InputError
from egiz.translate.memory import HUMAN, Memory, default_path
from tests.parallel.reviewing import ANSWERS, cell, edit, edits, made

FIRST = ANSWERS["Хандық құрылды."]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return made(tmp_path)


def run(folder: Path, *arguments: str | Path) -> Result:
    home = folder.parent / "home"
    return CliRunner().invoke(
        command, [*map(str, arguments), "--into", str(folder), "--home", str(home)], catch_exceptions=False
    )


def test_a_review_is_summed_up_on_standard_error(out: Path) -> None:
    path = edits(out.parent / "edits.json", edit("text:1.1", FIRST, "Раз.", approved=True))
    done = run(out, path)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "1 edit: 1 brought in" in done.stderr
    assert "1 approved translation kept" in done.stderr
    with Memory.open(default_path(out.parent / "home")) as memory:
        assert [count.engine for count in memory.stats().counts] == [HUMAN]


def test_without_a_memory_nothing_is_said_to_be_kept(out: Path) -> None:
    path = edits(out.parent / "edits.json", edit("text:1.1", FIRST, "Раз.", approved=True))
    assert "kept" not in run(out, path, "--no-memory").stderr


def test_the_term_base_of_the_build_is_asked_for_and_taken(tmp_path: Path) -> None:
    folder = made(tmp_path, terms=True)
    path = edits(tmp_path / "edits.json", edit("text:2.2", "Город был большим.", "Он велик."))
    assert "terms of 1 cell not looked for" in run(folder, path, "--no-memory").stderr
    base = tmp_path / "cities.tsv"
    base.write_text("id\tkk\tru\ntown\tқала\tгород\nword\tсөз\tслово\n", encoding="utf-8", newline="\n")
    path = edits(tmp_path / "edits.json", edit("text:2.2", "Он велик.", "Город велик."))
    done = run(folder, path, "--no-memory", "--terms", base)
    assert (done.exit_code, "not looked for" in done.stderr) == (0, False)
    assert cell(folder, "text:2.2").terms == "town:applied"


def test_conflicts_are_listed_on_standard_output_with_status_1(out: Path) -> None:
    path = edits(
        out.parent / "edits.json",
        edit("text:1.1", "Было.\nТак", "Раз."),
        edit("text:1.2", ANSWERS["Хандықтың астанасы болды."], "Два."),
    )
    done = run(out, path, "--no-memory")
    assert done.exit_code == 1
    header, line = done.stdout.splitlines()
    cells = dict(zip(header.split("\t"), line.split("\t"), strict=True))
    assert cells == {
        "edit": f"{path}: edits[0]",
        "row": "text:1.1",
        "language": "ru",
        "conflict": "changed since",
        "stands": FIRST,
        "before": "Было. Так",
        "after": "Раз.",
    }
    assert cell(out, "text:1.2").text == "Два."
    assert not (out.parent / "home").exists()


def test_strict_says_that_nothing_was_brought_in(out: Path) -> None:
    path = edits(
        out.parent / "edits.json", edit("text:1.1", "Было.", "Раз."), edit("text:1.2", FIRST, "Два.")
    )
    done = run(out, path, "--strict")
    assert done.exit_code == 1
    assert "2 do not fit the table, so no edit is applied" in done.stderr


def test_recurring_edits_are_offered_and_written(out: Path) -> None:
    path = edits(
        out.parent / "edits.json",
        edit("text:1.1", "Королевство было создано.", "Ханство было создано."),
        edit("text:1.2", "У Королевство была столица.", "У Ханство была столица."),
    )
    assert "1 edit recurs" in run(out, path).stderr
    draft = out.parent / "draft.tsv"
    assert "1 term candidate" in run(out, path, "--terms-draft", draft).stderr
    assert "Ханство" in draft.read_text(encoding="utf-8")


def test_a_file_that_is_no_file_of_edits_is_an_error_that_names_it(out: Path) -> None:
    path = out.parent / "edits.json"
    path.write_text("{}")
    with pytest.raises(InputError, match=r"edits\.json: key 'format' is missing"):
        run(out, path)
