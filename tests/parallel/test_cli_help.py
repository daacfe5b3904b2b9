"""Help shows every option, by sections; a thing has one name in every command, and old names still work."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from egiz.parallel.cli.main import group
from egiz.parallel.cli.progress import show_missing_page
from egiz.parallel.cli.sections import SECTIONS, Option, sections
from tests.parallel.browser.pages import make_folder
from tests.parallel.commandline import every_command

ALL = every_command()


def options_of(command: click.Command) -> list[click.Option]:
    return [option for option in command.params if isinstance(option, click.Option)]


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) or "egiz" for path, _ in ALL])
def test_help_shows_every_option(path: tuple[str, ...], command: click.Command) -> None:
    text = CliRunner().invoke(group, [*path, "--help"]).output
    for option in options_of(command):
        old = option.old if isinstance(option, Option) else ()
        shown = [name for name in option.opts if name not in old]
        assert option.hidden or any(name in text for name in shown), option.name
        assert not any(f"{name} " in text.partition("Examples")[0] for name in old), option.name


def test_every_section_has_options_that_exist() -> None:
    known = {name for _, command in ALL for option in options_of(command) for name in option.opts}
    assert {f"--{name}" for names in SECTIONS.values() for name in names} <= known
    names = [name for section in SECTIONS.values() for name in section]
    assert len(names) == len(set(names))


def test_many_options_stand_in_sections_and_each_once() -> None:
    by_name = {" ".join(path): command for path, command in ALL}
    for name in ("build", "score files", "export", "align", "terms check"):
        command = by_name[name]
        found = sections(command, click.Context(command))
        assert len(found) >= 4, name
        placed = [option for _, options in found for option in options]
        assert (
            len(placed)
            == len(set(placed))
            == len(command.get_params(click.Context(command)))
            - sum(isinstance(param, click.Argument) for param in command.params)
        )


def test_the_help_of_score_has_the_options_of_scoring() -> None:
    text = CliRunner().invoke(group, ["score", "--help"]).output
    for word in ("--effort", "--features", "--output", "calibrate", "Quality:"):
        assert word in text


RENAMED = [
    ("build", "--method", "--decode", "mbr"),
    ("translate", "--setting", "--decoding", "no_repeat=3"),
    ("export", "--word-count", "--words", "1-80"),
    ("export", "--require-term", "--term", "satisfies:*"),
    ("train learn", "--start-from", "--from", "starter"),
    ("train evaluate", "--setting", "--decoding", "no_repeat=3"),
]


@pytest.mark.parametrize(("name", "new", "old", "value"), RENAMED)
def test_old_names_of_options_still_work(name: str, new: str, old: str, value: str) -> None:
    command = next(command for path, command in ALL if " ".join(path) == name)
    option = next(option for option in options_of(command) if new in option.opts)
    parsed = [
        command.make_parser(click.Context(command)).parse_args([spelling, value])[0]
        for spelling in (new, old)
    ]
    assert parsed[0] == parsed[1]
    assert option.name in parsed[0]


def test_an_old_name_is_taken_with_a_word_about_the_new_one(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "out")
    arguments = ["export", str(folder), "-o", str(tmp_path / "pairs.tsv"), "--to", "ru"]
    run = CliRunner().invoke(group, [*arguments, "--words", "1-80", "--dedupe", "keep"])
    assert run.exit_code == 0, run.output
    assert "egiz: --words is called --word-count now" in run.output


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (20_000, ""),
        (20_001, "no page.html, which is made for up to 20,000 rows; make one: egiz read"),
        (100_001, "by egiz read for up to 100,000"),
    ],
)
def test_a_table_too_large_for_a_page_says_how_to_get_one(
    rows: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_missing_page(Path("out") / "parallel.tsv", rows)
    said = capsys.readouterr().err
    assert said.count("\n") == bool(says)
    assert says in said


def test_options_of_a_model_that_is_not_asked_are_refused(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    arguments = ["read", str(folder), "-o", str(tmp_path / "page.html"), "--model", "starter"]
    run = CliRunner().invoke(group, arguments)
    assert run.exception is not None
    assert "--model: has no effect here" in str(run.exception)
    assert not (tmp_path / "page.html").exists()
