"""`egiz translate`: lines in, translated lines out, however many sentences a line has."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import click

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.cli.options import engine_options, language_options, split_languages
from egiz.translate.errors import InputError
from egiz.translate.guards import REASONS
from egiz.translate.normal import nfc
from egiz.translate.punctuation import target_text
from egiz.translate.records import Document, Sentence, Translation
from egiz.translate.split import split
from egiz.translate.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A translated line: one cell per target language, and what a person should know of it."""

    number: int
    cells: tuple[str, ...]
    notes: tuple[str, ...]


def decode_lines(stream: Iterable[bytes], name: str = "standard input") -> Iterator[str]:
    """Yield the lines of a UTF-8 stream without their ends, NFC; raises InputError naming line and byte."""
    for number, raw in enumerate(stream, start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise InputError(
                f"byte 0x{raw[error.start]:02x} at column {error.start + 1}",
                where=f"{name}:{number}",
                expected="UTF-8",
                action="Convert it first, for example with iconv.",
            ) from error
        yield nfc(line.rstrip("\r\n"))


def translate_lines(lines: Iterable[str], translator: Translator) -> Iterator[Line]:
    """Translate lines, numbered from 1; a blank line gives empty cells."""
    counts: deque[int] = deque()

    def sentences() -> Iterator[Sentence]:
        for number, line in enumerate(lines, start=1):
            found = list(split(Document(id=str(number), language=translator.source, text=line)))
            counts.append(len(found))
            yield from found

    number = 0
    stream = translator.translate(sentences())
    for first in stream:
        while not counts[0]:
            number += 1
            counts.popleft()
            yield _line(number, (), len(translator.targets))
        number += 1
        rows = (first, *islice(stream, counts.popleft() - 1))
        yield _line(number, rows, len(translator.targets))
    for blank in range(number + 1, number + 1 + len(counts)):
        yield _line(blank, (), len(translator.targets))


def _line(number: int, rows: Sequence[tuple[Translation, ...]], width: int) -> Line:
    columns = list(zip(*rows, strict=True)) or [()] * width
    return Line(
        number=number,
        cells=tuple(map(_cell, columns)),
        notes=tuple(
            f"{item.language}: {', '.join(REASONS[flag] for flag in item.flags)}"
            for column in columns
            for item in column
            if item.flags
        ),
    )


def _cell(column: Sequence[Translation]) -> str:
    """The sentences of a line in one language; those that came to nothing leave no gap."""
    texts = (target_text(item.text, item.language) for item in column)
    return " ".join(text for text in texts if text)


@click.command(epilog="Example: echo 'Сәлем, әлем!' | egiz translate --to en")
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
    from egiz.translate.translator import Translator

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
