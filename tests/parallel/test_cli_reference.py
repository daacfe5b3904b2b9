"""docs/commands.md is made from the commands themselves, and says so when it is behind them."""

from __future__ import annotations

import difflib
import inspect
import os
from collections.abc import Iterator
from pathlib import Path

import click

from egiz.parallel.cli.sections import sections
from tests.parallel.commandline import every_command

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
RENEW = "EGIZ_RENEW_GOLDEN=1 pytest tests/parallel/test_cli_reference.py"
HEAD = f"""# Commands

The whole command line, as `egiz COMMAND --help` says it.

Results go to standard output, all else to standard error. Exit status: 0 done; 1 done, but `--strict` found
rows that need a look, or `doctor` found that the main job cannot run; 2 something that you can mend, told in
one line; 130 interrupted; 141 whoever read the output went away; 70 a bug of Egiz, with its traceback.

<!-- Made from the commands: {RENEW} -->
"""


def reference() -> str:
    """The page: each command with its usage, what it does, and its options."""
    parts = (part for path, command in every_command() for part in section(path, command))
    return HEAD + "".join(f"\n{part}\n" for part in parts)


def section(path: tuple[str, ...], command: click.Command) -> Iterator[str]:
    name = " ".join(("egiz", *path))
    context = click.Context(command, info_name=name)
    if path:
        yield f"{'#' * (len(path) + 1)} {name}"
    yield f"```\n{' '.join((name, *command.collect_usage_pieces(context)))}\n```"
    yield inspect.cleandoc(command.help or "")
    yield from options_of(command, context)
    if command.epilog:
        label, _, example = command.epilog.partition(": ")
        yield f"{label}: `{example}`"


def options_of(command: click.Command, context: click.Context) -> Iterator[str]:
    found = sections(command, context)
    for title, options in found:
        lines = [
            line
            for option in options
            if "--help" not in option.opts and (line := option_line(option, context))
        ]
        if lines:
            yield "\n".join(([f"{title}:", ""] if len(found) > 1 else []) + lines)


def option_line(option: click.Parameter, context: click.Context) -> str:
    record = option.get_help_record(context)
    return f"- `{record[0]}`: {' '.join(record[1].split())}" if record and record[1] else ""


def test_the_page_is_what_the_commands_say() -> None:
    made = reference()
    if os.environ.get("EGIZ_RENEW_GOLDEN"):
        PAGE.write_text(made, encoding="utf-8", newline="\n")
    stands = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    difference = "\n".join(
        difflib.unified_diff(stands.splitlines(), made.splitlines(), "docs/commands.md", "made", lineterm="")
    )
    assert made == stands, f"docs/commands.md is stale; renew it with: {RENEW}\n{difference}"
