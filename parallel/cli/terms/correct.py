"""`egiz terms correct`: a bilingual file again, with the right terms in its translations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from egiz.parallel.cli.options import EngineChoice, home_option

if TYPE_CHECKING:
    from egiz.parallel.correct_files import ForcingOf
    from egiz.translate.forcing import Forcing


@click.command(epilog="Example: egiz terms correct memory.tmx --terms soviet-history -o corrected.tmx")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--terms",
    "bases",
    multiple=True,
    required=True,
    metavar="BASE",
    help="A term base: a file, or the name of one that ships with Egiz. May be given again; later ones go "
    "before earlier ones.",
)
@click.option("-o", "--output", required=True, metavar="OUT", help="The corrected file; never FILE itself.")
@click.option(
    "--from",
    "-f",
    "source",
    metavar="LANG",
    help="Source language (BCP-47); needed where the file does not say it.",
)
@click.option(
    "--to",
    "-t",
    "target",
    metavar="LANG",
    help="Target language; all that the file has, other than the source, if not given.",
)
@click.option("--edits", metavar="EDITS", help="Write every edit there, as a tab-separated table.")
@click.option("--no-engine", is_flag=True, help="Only replace forbidden wordings whose form is certain.")
@click.option(
    "--redecode/--no-redecode",
    default=None,
    help="Whether a sentence may be translated again around a term; only in Egiz' own tables if not given.",
)
@click.option(
    "--model",
    "-m",
    metavar="MODEL",
    help="As for egiz build; if not given, starter, where it has both languages.",
)
@click.option("--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu or cuda.")
@click.option("--precision", default="default", show_default=True, metavar="TYPE", help="As for egiz build.")
@click.option("--threads", default=0, metavar="N", help="CPU threads; 0 is one per core.  [default: 0]")
@home_option
@click.option("--strict", is_flag=True, help="Leave with status 1 if a use stays forbidden or missing.")
def command(
    *,
    file: Path,
    bases: tuple[str, ...],
    output: str,
    source: str | None,
    target: str | None,
    edits: str | None,
    no_engine: bool,
    redecode: bool | None,
    model: str | None,
    device: str,
    precision: str,
    threads: int,
    home: Path | None,
    strict: bool,
) -> None:
    """Put the right terms into translations, in the right form.

    FILE is a table that Egiz published, another tab-separated table with a text beside its translation, TMX,
    XLIFF 1 or 2, or PO. OUT is the same file with nothing changed but the words of terms: layout, comments
    and markup stay. Where markup stands among the words, where the engine finds every correction absurd or
    no place for a term, a translation is left alone, and so are drafts. In an Egiz table, what stood in a
    cell before goes to its column .mt if that is empty, and the column .terms is made anew; cells that a
    person approved stay. Numbers and reasons go to standard error.
    """
    from egiz.glossary.termbase import load_all
    from egiz.parallel.correct_files import FileCorrector
    from egiz.parallel.correct_report import EditTable, summary_lines

    choice = _choice(model or "starter", device, precision, threads, home)
    forcing = None if no_engine else _engine(choice, is_asked_for=model is not None)
    corrector = FileCorrector(load_all(bases).terms, forcing, redecode=redecode)
    with _opened(output, edits, (file, *map(Path, bases))) as (stream, beside):
        table = EditTable(beside) if beside else None
        tell = table.write if table else lambda segment, edit: None
        for part in corrector.rewrite(file, source, target, tell=tell):
            stream.write(part)
    totals = corrector.summary()
    for line in summary_lines(totals):
        click.echo(line, err=True)
    if strict and not totals.is_clean:
        raise click.exceptions.Exit(1)


def _choice(model: str, device: str, precision: str, threads: int, home: Path | None) -> EngineChoice:
    """The engine; what is only for translating stays as it is by default."""
    return EngineChoice(
        model=model,
        home=home,
        device=device,
        precision=precision,
        threads=threads,
        beam=5,
        decode="beam",
        decoding=(),
        engine_name="ctranslate2",
        no_memory=True,
    )


def _engine(choice: EngineChoice, *, is_asked_for: bool) -> ForcingOf:
    """Opens the model when a file has languages to ask it about.

    Where it lacks one of them, an engine that was not asked for is done without; one that was is an error.
    """
    from egiz.translate.ctranslate2_engine import CTranslate2Engine
    from egiz.translate.ctranslate2_forcing import CTranslate2Forcing
    from egiz.translate.errors import LanguageError

    opened: list[CTranslate2Engine] = []

    def forcing(source: str, target: str) -> Forcing | None:
        if not opened:
            engine = choice.engine()
            assert isinstance(engine, CTranslate2Engine)
            opened.append(engine)
        known = opened[0].languages
        missing = [tag for tag in (source, target) if tag not in known]
        if not missing:
            return CTranslate2Forcing(opened[0])
        if is_asked_for:
            raise LanguageError(
                f"the model has no {', '.join(missing)}",
                where="--model",
                expected=f"one of {', '.join(known)}",
            )
        click.echo(f"{choice.model} has no {', '.join(missing)}: only safe replacements are made", err=True)
        return None

    return forcing


@contextmanager
def _opened(output: str, edits: str | None, read: Sequence[Path]) -> Iterator[tuple[BinaryIO, TextIO | None]]:
    """The files to write, which appear whole or not at all, the output last.

    Raises OptionError where one of them is a file that is read, or part of a published folder; OutputError
    where it cannot be written.
    """
    from egiz.parallel.publish import Publication

    place = _writable(output, "--output", read)
    beside = None if edits is None else _writable(edits, "--edits", (*read, place))
    with ExitStack() as stack:
        publication = stack.enter_context(Publication(place.parent))
        stream = stack.enter_context(publication.open(place.name))
        if beside is None:
            yield stream.buffer, None
            return
        other = publication
        if beside.parent.resolve() != place.parent.resolve():
            other = stack.enter_context(Publication(beside.parent))
        with other.open(beside.name) as table:
            yield stream.buffer, table


def _writable(name: str, option: str, read: Sequence[Path]) -> Path:
    from egiz.parallel.publish import MANIFEST
    from egiz.translate.errors import OptionError

    place = Path(name)
    if not place.name or place.resolve() in {path.resolve() for path in read}:
        raise OptionError(f"{name!r}", where=option, expected="a file that is not read")
    if place.name in _described(place.with_name(MANIFEST)):
        raise OptionError(
            f"{name!r} belongs to a published folder, whose data package has its hash",
            where=option,
            expected="another file",
        )
    return place


def _described(manifest: Path) -> set[str]:
    """The data package of a folder and the files that it describes; nothing where there is none."""
    import json

    from egiz.translate.errors import InputError

    try:
        content = json.loads(manifest.read_bytes())
        return {manifest.name, *(str(item["path"]) for item in content["resources"])}
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(manifest)) from error
    except (ValueError, KeyError, TypeError, RecursionError):
        return {manifest.name}  # another program's
