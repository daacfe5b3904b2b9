"""`egiz terms lint`: reports errors in term bases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from egiz.parallel.cli.options import or_stdout, quiet_option
from egiz.parallel.cli.sections import Sectioned
from egiz.parallel.cli.terms.options import STRICT, base_options, format_of, opened, say_of
from egiz.translate.errors import plural

if TYPE_CHECKING:
    from egiz.glossary.lint import LintFinding
    from egiz.parallel.bilingual.notices import Notice

_ENDINGS = {".txt": "text", ".json": "json", ".sarif": "sarif", ".xml": "junit"}


@click.command(cls=Sectioned, epilog="Example: egiz terms lint soviet-history --strict --severity error")
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
    type=click.Choice(["text", "json", "sarif", "junit", "github"]),
    help="text for people, json for programs, sarif for code hosts, junit for build servers, github: "
    "annotations of GitHub Actions. By the ending of FILE (.txt, .json, .sarif, .xml), else text.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    callback=or_stdout,
    help="Write the findings there instead of to standard output.",
)
@click.option(
    "--severity",
    "least",
    type=click.Choice(["note", "warning", "error"]),
    default="note",
    show_default=True,
    help="Report findings of this severity and worse.",
)
@base_options
@quiet_option
@click.option("--strict", is_flag=True, help=STRICT)
def command(
    *,
    bases: tuple[str, ...],
    source: str | None,
    layout: str | None,
    output: str | None,
    least: str,
    encoding: str | None,
    columns: str | None,
    quiet: bool,
    strict: bool,
) -> None:
    """Find what is wrong in a term base.

    BASEs are files or names of term bases that ship with Egiz; several are looked at together, as a check
    would use them. Entries that contradict each other or can never be found are errors; what is doubtful are
    warnings; what may be meant are notes. Findings go to standard output or FILE, their number to standard
    error.
    """
    from egiz.glossary.sentences import lint_terms, load_terms
    from egiz.parallel.bilingual.findings import SEVERITIES

    chosen = format_of(layout, output, _ENDINGS)
    base = load_terms(*bases, encoding=encoding, columns=columns)
    shown = SEVERITIES[: SEVERITIES.index(least) + 1]
    found = [item for item in lint_terms(base, source=source) if item.severity in shown]
    with opened(output, [Path(name) for name in bases]) as stream:
        _write(chosen, found, bases, stream)
    count = Counter(finding.severity for finding in found)
    say_of(base)
    if not quiet:
        click.echo(", ".join(plural(count[severity], severity) for severity in SEVERITIES), err=True)
    if strict and count["error"] + count["warning"]:
        raise click.exceptions.Exit(1)


def _write(layout: str, found: Sequence[LintFinding], bases: Sequence[str], stream: TextIO) -> None:
    import json
    from dataclasses import asdict

    from egiz.glossary.lint import RULES
    from egiz.parallel.bilingual.notices import write_github, write_junit, write_sarif

    if layout == "json":
        stream.write(json.dumps([asdict(item) for item in found], ensure_ascii=False, indent=2) + "\n")
    elif layout == "sarif":
        rules = {
            rule.__name__.replace("_", "-"): (None, (rule.__doc__ or "").splitlines()[0]) for rule in RULES
        }
        write_sarif(_notices(found), rules, stream)
    elif layout == "junit":
        write_junit(_notices(found), dict.fromkeys(map(_file, bases), ""), stream)
    elif layout == "github":
        write_github(_notices(found), {}, stream)
    else:
        stream.writelines(
            f"{item.place}: {item.severity}: {item.term}: {item.message}. {item.action} [{item.code}]\n"
            for item in found
        )


def _file(base: str) -> str:
    """The file name in the places of a base; a shipped base is a TSV file."""
    return base if Path(base).suffix else f"{base}.tsv"


def _notices(found: Sequence[LintFinding]) -> Iterator[Notice]:
    """The findings as notices for code hosts, with file and line."""
    from hashlib import sha256

    from egiz.parallel.bilingual.notices import Notice

    for item in found:
        file, *numbers = _place(item.place)
        mark = "\x1f".join((item.code, item.term, item.message))
        yield Notice(
            file=file,
            line=int(numbers[0]) if numbers else 0,
            name=item.term,
            severity=item.severity,
            code=item.code,
            message=f"{item.message}. {item.action}",
            fingerprint=sha256(mark.encode("utf-8", "replace")).hexdigest()[:24],
        )


def _place(place: str) -> list[str]:
    """The file of a place, followed by its line and column as far as it has them."""
    numbers: list[str] = []
    while len(numbers) < 2 and place.rpartition(":")[2].isdecimal():
        place, _, number = place.rpartition(":")
        numbers.insert(0, number)
    return [place, *numbers]
