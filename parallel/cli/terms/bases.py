"""The options about term bases that the term commands share, and what they say of bases on standard error."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egiz.parallel.cli.options import Command

if TYPE_CHECKING:
    from egiz.glossary.formats import Written
    from egiz.glossary.records import TermBase

_COLUMNS = (
    "What the columns of tables are, where their headers do not say it: kk=Term,ru=Translation,status=State; "
    "by number from 1 where there is no header: en=1,ru=2."
)
_ENCODING = "Read tables in this encoding instead of UTF-8, UTF-16 or what their letters tell."


def base_options(command: Command) -> Command:
    """Add ``--encoding`` and ``--columns``, for commands whose files are term bases."""
    command = click.option("--columns", metavar="LIST", help=_COLUMNS)(command)
    return click.option("--encoding", metavar="NAME", help=_ENCODING)(command)


def say_of(base: TermBase) -> None:
    """Say what of a base was not read, and what was taken for granted."""
    for line in base.unread:
        click.echo(f"not read: {line}", err=True)
    for line in base.assumed:
        click.echo(f"taken for granted: {line}", err=True)


def write_base(written: Written, output: Path | None, read: Iterable[str | Path]) -> None:
    """Write a base to a file, which appears whole or not at all, or to standard output.

    Raises OptionError for a file that is read, and for a format that is no text without a file.
    """
    from egiz.parallel.publish.ours import Files
    from egiz.translate.errors import OptionError

    if output is None:
        if written.data is not None:
            raise OptionError("the format is no text", expected="a file to write", action="Give -o.")
        click.echo(written.text, nl=False)
        return
    if output.resolve() in {Path(name).resolve() for name in read}:
        raise OptionError(f"{str(output)!r}", where="--output", expected="a file that is not read")
    with Files(output.parent) as publication, publication.open(output.name) as stream:
        stream.buffer.write(written.content)
