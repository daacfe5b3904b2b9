"""`egiz terms lint`: what is wrong in a term base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from egiz.translate.errors import plural

if TYPE_CHECKING:
    from egiz.glossary.lint import LintFinding


@click.command(epilog="Example: egiz terms lint soviet-history --strict")
@click.argument("bases", nargs=-1, required=True, metavar="BASE...")
@click.option(
    "--from",
    "-f",
    "source",
    metavar="LANG",
    help="Language that texts are translated from; the first one of the base if not given.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text for people, json for programs.",
)
@click.option("--encoding", metavar="NAME", help="Read tables in this encoding instead of UTF-8 or UTF-16.")
@click.option("--strict", is_flag=True, help="Leave with status 1 if there is an error.")
def command(
    *, bases: tuple[str, ...], source: str | None, layout: str, encoding: str | None, strict: bool
) -> None:
    """Find what is wrong in a term base.

    BASEs are files or names of term bases that ship with Egiz; several are looked at together, as a check
    would use them. Entries that contradict each other or can never be found are errors; what is doubtful are
    warnings; what may be meant are notes. Findings go to standard output, their number to standard error.
    """
    from egiz.glossary.lint import lint
    from egiz.glossary.termbase import load_all

    base = load_all(bases, encoding)
    found = lint(base, source=source)
    (_show_json if layout == "json" else _show_text)(found)
    for line in base.unread:
        click.echo(f"not read: {line}", err=True)
    count = Counter(finding.severity for finding in found)
    numbers = (plural(count[severity], severity) for severity in ("error", "warning", "note"))
    click.echo(", ".join(numbers), err=True)
    if strict and count["error"]:
        raise click.exceptions.Exit(1)


def _show_text(found: Sequence[LintFinding]) -> None:
    for item in found:
        click.echo(f"{item.place}: {item.severity}: {item.term}: {item.message}. {item.action} [{item.code}]")


def _show_json(found: Sequence[LintFinding]) -> None:
    import json
    from dataclasses import asdict

    click.echo(json.dumps([asdict(item) for item in found], ensure_ascii=False, indent=2))
