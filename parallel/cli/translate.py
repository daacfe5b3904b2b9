"""`egiz translate`: translate text or lines; each input line gives one output line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.cli.options import engine_options, language_options, quiet_option, split_languages
from egiz.parallel.cli.sections import Sectioned
from egiz.translate.errors import InputError
from egiz.translate.lines import decode_lines, translate_lines
from egiz.translate.read.kinds import EXTENSIONS, FOREIGN
from egiz.translate.translator import Translator


@click.command(cls=Sectioned, epilog="Example: egiz translate 'Сәлем, әлем!' --to en")
@click.argument("texts", nargs=-1, metavar="[TEXT|FILE|-]...")
@language_options
@engine_options
@click.option(
    "--approved", is_flag=True, help="Where a person approved a translation in a review, take that one."
)
@quiet_option
def command(
    *, texts: tuple[str, ...], source: str, targets: str, choice: EngineChoice, approved: bool, quiet: bool
) -> None:
    """Translate text, the lines of files, or lines from standard input.

    One line out for each line in, blank lines kept; several targets make tab-separated columns. A line of
    several sentences is translated sentence by sentence. Output comes in windows of sentences, not line by
    line as typed. Lines that need a look are named on standard error. Documents are for egiz build.
    """
    from egiz.parallel.cli.progress import show_damaged

    languages = split_languages(targets)
    lines = chain.from_iterable([_lines(text) for text in texts or ("-",)])
    with choice.memory() as memory:
        engine = choice.engine()
        options = choice.options(engine.manifest)
        translator = Translator(engine, source, languages, options=options, memory=memory, approved=approved)
        for line in translate_lines(lines, translator):
            click.echo("\t".join(line.cells))
            for note in line.notes if not quiet else ():
                click.echo(f"line {line.number}: {note}", err=True)
        show_damaged(memory.damaged)


_LINES = ("text", "markdown")
"""The kinds of files that are translated line by line; files of all other kinds are documents."""


def _lines(text: str) -> Iterator[str]:
    """Return the lines to translate for an argument of the command.

    If `text` is ``-``, they are the lines of standard input. If it is the name of a file, they are the lines
    of the file. Otherwise they are the lines of `text` itself.

    Raises InputError if `text` names a document or a folder, or if it has a known file ending but there is no
    file of this name.
    """
    if text == "-":
        return decode_lines(sys.stdin.buffer)
    path, ending = Path(text), Path(text).suffix.lower()
    known = ending in EXTENSIONS or ending in FOREIGN
    if "\n" in text or not (known or (len(text) < _LONGEST_NAME and path.exists())):
        return iter(text.splitlines())
    if not path.is_file():
        found = "is a folder" if path.is_dir() else "there is no such file"
        raise InputError(found, where=text, expected="a text, or a file of lines")
    if known and EXTENSIONS.get(ending) not in _LINES:
        raise InputError(
            "is a document",
            where=text,
            expected="lines of text",
            action=f"egiz build {text} -o DIR reads it.",
        )
    return decode_lines(path.open("rb"), text)


_LONGEST_NAME = 256
"""A text of at least this number of characters is not taken for the name of a file."""
