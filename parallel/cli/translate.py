"""`egiz translate`: lines in, translated lines out, however many sentences a line has."""

from __future__ import annotations

import sys

import click

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.cli.options import engine_options, language_options, split_languages
from egiz.parallel.cli.sections import Sectioned
from egiz.translate.lines import decode_lines, translate_lines
from egiz.translate.translator import Translator


@click.command(cls=Sectioned, epilog="Example: echo 'Сәлем, әлем!' | egiz translate --to en")
@language_options
@engine_options
@click.option(
    "--approved", is_flag=True, help="Where a person approved a translation in a review, take that one."
)
def command(*, source: str, targets: str, choice: EngineChoice, approved: bool) -> None:
    """Translate lines from standard input to standard output.

    One line out for each line in, blank lines kept; several targets make tab-separated columns. A line of
    several sentences is translated sentence by sentence. Output comes in windows of sentences, not line by
    line as typed. Lines that need a look are named on standard error.
    """
    from egiz.parallel.cli.progress import show_damaged

    languages = split_languages(targets)
    with choice.memory() as memory:
        engine = choice.engine()
        options = choice.options(engine.manifest)
        translator = Translator(engine, source, languages, options=options, memory=memory, approved=approved)
        for line in translate_lines(decode_lines(sys.stdin.buffer), translator):
            click.echo("\t".join(line.cells))
            for note in line.notes:
                click.echo(f"line {line.number}: {note}", err=True)
        show_damaged(memory.damaged)
