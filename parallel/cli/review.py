"""`egiz review`: apply the corrections and approvals of people to the table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egiz.parallel.cli.options import home_option, no_stdout
from egiz.parallel.cli.sections import Sectioned
from egiz.translate.errors import plural

if TYPE_CHECKING:
    from egiz.parallel.review import Decision, Reviewed
    from egiz.parallel.review.records import Outcome
    from egiz.translate.memory import Memory, NoMemory

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(cls=Sectioned, epilog="Example: egiz review edits.json --into out")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="EDITS.json...",
)
@click.option(
    "--into",
    "place",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="DIR|FILE.tsv",
    help="What was reviewed: the output folder of a build, or a table as of egiz align.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    callback=no_stdout,
    help="Publish here and leave what was reviewed as it is: a folder, or for FILE.tsv a table.",
)
@click.option("--strict", is_flag=True, help="Bring in nothing at all if any edit cannot stand in the table.")
@click.option(
    "--terms-draft", "draft", type=_FILE, metavar="FILE", help="Write a term base of edits that recur (TSV)."
)
@click.option(
    "--terms",
    "bases",
    multiple=True,
    metavar="BASE",
    help="The term base of the build, given as there; not needed for one that ships with Egiz.",
)
@click.option("--no-memory", is_flag=True, help="Do not keep approved translations for later builds.")
@home_option
def command(
    *,
    files: tuple[Path, ...],
    place: Path,
    output: Path | None,
    strict: bool,
    draft: Path | None,
    bases: tuple[str, ...],
    no_memory: bool,
    home: Path | None,
) -> None:
    """Bring human edits back into a published table.

    Each EDITS.json is a file that the reader page exports. Edits are applied to their sentences even if these
    have moved. Edited and approved translations are published, with author and time in review.tsv, and the
    machine's output is kept. Terms are searched for again in new texts; nothing else is changed. Later builds
    reuse approved translations for the same sentence. Edits that conflict, and those whose sentence has
    changed or is gone, do not change the table; they are kept in review.tsv, shown by the page, and listed on
    standard output; then the exit status is 1.
    """
    from egiz.glossary.termbase import load_all
    from egiz.parallel.review import review

    terms = load_all(bases) if bases else None
    with _memory(no_memory, home) as memory:
        reviewed = review(files, place, output, memory=memory, terms=terms, strict=strict)
    if draft:
        _write_draft(reviewed, draft)
    _show(reviewed, strict=strict, draft=draft)
    if reviewed.conflicts or reviewed.unplaced:
        raise click.exceptions.Exit(1)


def _memory(no_memory: bool, home: Path | None) -> Memory | NoMemory:
    from egiz.translate.memory import Memory, NoMemory, default_path

    return NoMemory() if no_memory else Memory.open(default_path(home))


def _show(reviewed: Reviewed, *, strict: bool, draft: Path | None) -> None:
    """Print to standard output the edits that could not be applied to the table, and a summary to standard
    error."""
    from egiz.parallel.review.candidates import recurring
    from egiz.parallel.review.carry_over import people_lines

    listed = [item for item in reviewed.decisions if item.outcome in ("conflict", *_UNPLACED)]
    if listed:
        click.echo("edit\trow\tlanguage\tconflict\tstands\tbefore\tafter")
    for decision in listed:
        click.echo(_line(decision))
    counts = Counter(decision.outcome for decision in reviewed.decisions)
    words = [f"{counts[name]} {text}" for name, text in _OUTCOMES.items() if counts[name]]
    if strict and listed:
        words = [f"{len(listed)} do not fit the table, so no edit is applied"]
    click.echo(f"{plural(len(reviewed.decisions), 'edit')}: {', '.join(words) or 'nothing to do'}", err=True)
    click.echo(f"  {plural(reviewed.revised, 'cell')} revised → {reviewed.table}", err=True)
    for line in people_lines(reviewed.summary) if reviewed.summary else ():
        click.echo(f"  {line}", err=True)
    if reviewed.remembered:
        click.echo(f"  {plural(reviewed.remembered, 'approved translation')} kept for later builds", err=True)
    if reviewed.at_odds:
        click.echo(f"  {plural(reviewed.at_odds, 'sentence')} approved in several ways, not kept", err=True)
    if reviewed.unchecked:
        cells = plural(reviewed.unchecked, "cell")
        click.echo(
            f"  terms of {cells} not looked for: give the term base of the build with --terms", err=True
        )
    found = len(recurring(reviewed.history))
    if found and not draft:
        recur = f"{plural(found, 'edit')} {'recurs' if found == 1 else 'recur'}"
        click.echo(f"  {recur} and may be a term: --terms-draft FILE", err=True)


_OUTCOMES: dict[Outcome, str] = {
    "applied": "brought in",
    "noted": "noted",
    "known": "brought in before",
    "replaced": "replaced by a later one of the same author",
    "conflict": "in conflict",
    "outdated": "of sentences that have changed since",
    "orphaned": "of sentences that are not there",
}
_UNPLACED: dict[str, str] = {"outdated": "sentence changed", "orphaned": "sentence gone"}


def _line(decision: Decision) -> str:
    """Return a conflict as one line of the table on standard output; line ends in texts become spaces."""
    edit = decision.edit
    cells = (
        edit.place,
        edit.row,
        edit.language,
        decision.conflict or _UNPLACED[decision.outcome],
        decision.stands,
        edit.before,
        edit.after,
    )
    return "\t".join(" ".join(cell.split()) for cell in cells)


def _write_draft(reviewed: Reviewed, draft: Path) -> None:
    from egiz.parallel.review.candidates import write_draft

    number = write_draft(reviewed.history, reviewed.table, draft)
    click.echo(f"{plural(number, 'term candidate')} → {draft}" if number else "no edit recurs", err=True)
