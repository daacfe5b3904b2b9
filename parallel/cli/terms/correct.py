"""`egiz terms correct`: write a bilingual file again, with its terms corrected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, TextIO

import click

from egiz.parallel.cli.options import columns_option, no_stdout, quiet_option, terms_mode_option
from egiz.parallel.cli.sections import Sectioned
from egiz.parallel.cli.terms.options import ModelChoice, model_options

if TYPE_CHECKING:
    from egiz.glossary.correct import Mode
    from egiz.parallel.bilingual.correct import ForcingOf
    from egiz.translate.engine.protocol import Forcing


@click.command(
    cls=Sectioned, epilog="Example: egiz terms correct memory.tmx --terms soviet-history -o corrected.tmx"
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--terms",
    "bases",
    multiple=True,
    required=True,
    metavar="BASE",
    help="A term base: a file, or the name of one that ships with Egiz. May be given again; later ones "
    "override earlier ones.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="OUT",
    callback=no_stdout,
    help="The corrected file; never FILE itself.",
)
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
@columns_option
@terms_mode_option
@quiet_option
@click.option("--edits", metavar="EDITS", help="Write every edit there, as a tab-separated table.")
@click.option(
    "--left",
    metavar="LEFT",
    help="Write every use of a term that is left wrong there, with its row and the reason, as a "
    "tab-separated table.",
)
@click.option(
    "--no-engine", is_flag=True, help="Ask no model: only replace forbidden wordings whose form is certain."
)
@click.option(
    "--redecode/--no-redecode",
    default=None,
    help="Whether a sentence may be translated again around a term; only in Egiz' own tables if not given.",
)
@click.option(
    "--words",
    type=click.Choice(["table", "thot"]),
    help="Where no model is asked, replace what stands for a missing term too, by the table of words learned "
    "from FILE, or by sil-thot (egiz[align]), and where their form is certain. FILE is read twice for that; "
    "of a large one, every second, fourth … row is learned from, so that memory does not grow.",
)
@model_options("As for egiz build; if not given, starter, where it has both languages.")
@click.option("--strict", is_flag=True, help="Leave with status 1 if a use stays forbidden or missing.")
def command(
    *,
    file: Path,
    bases: tuple[str, ...],
    output: str,
    source: str | None,
    target: str | None,
    columns: str | None,
    terms_mode: Mode,
    quiet: bool,
    edits: str | None,
    left: str | None,
    no_engine: bool,
    redecode: bool | None,
    words: Literal["table", "thot"] | None,
    model: ModelChoice,
    strict: bool,
) -> None:
    """Correct the terms in the translations of a bilingual file, in the form that the sentence needs.

    FILE is a table that Egiz published, another tab-separated table with a text beside its translation, TMX,
    XLIFF 1 or 2, or PO. OUT is the same file in which only the words of terms are changed: layout, comments
    and markup stay. A translation is left as it is if it is a draft, if markup stands among the words, if the
    engine finds no place for a term, or if every correction makes the sentence unlikely. In an Egiz table,
    the earlier text of a corrected cell goes to its column .mt if that is empty, and the column .terms is
    written anew; cells that a person approved are not changed. Counts, and the reasons for terms that were
    not corrected, go to standard error.
    """
    from egiz.glossary.termbase import load_all
    from egiz.parallel.bilingual.correct import EditTable, FileCorrector, LeftTable, summary_lines
    from egiz.parallel.bilingual.links import LearnedLinks

    forcing = None if no_engine else _engine(model, has_words=words is not None)
    links = LearnedLinks(words, [file], source, target, columns=columns) if words else None
    corrector = FileCorrector(load_all(bases).terms, forcing, links=links, redecode=redecode, mode=terms_mode)
    names = {"--edits": edits, "--left": left}
    with _opened(output, names, (file, *map(Path, bases))) as (stream, tables):
        tell = EditTable(tables["--edits"]).write if edits else lambda segment, edit: None
        tell_left = LeftTable(tables["--left"]).write if left else None
        for part in corrector.rewrite(file, source, target, columns=columns, tell=tell, tell_left=tell_left):
            stream.write(part)
    totals = corrector.summary()
    for line in summary_lines(totals) if not quiet else ():
        click.echo(line, err=True)
    if strict and not totals.is_clean:
        raise click.exceptions.Exit(1)


def _engine(model: ModelChoice, *, has_words: bool) -> ForcingOf:
    """Return a function that returns the engine for a source and a target language.

    If the model lacks one of the languages, the function raises LanguageError if the user chose the model.
    For the default model it prints a message and returns None instead. `has_words` says that word links are
    then learned in place of the engine; the message mentions this.
    """

    def forcing(source: str, target: str) -> Forcing | None:
        missing = model.lacks(source, target)
        if not missing or model.is_asked_for:
            return model.forcing(source, target)
        instead = "links of words are learned" if has_words else "only safe replacements are made"
        click.echo(f"{model.name} has no {', '.join(missing)}: {instead}", err=True)
        return None

    return forcing


@contextmanager
def _opened(
    output: str, tables: Mapping[str, str | None], read: Sequence[Path]
) -> Iterator[tuple[BinaryIO, Mapping[str, TextIO]]]:
    """Return a context manager for the files to write: it gives the output, and a mapping from each option in
    `tables` to the file of this option.

    `tables` maps options to file names; None for an option that was not given. No file appears if the block
    is left by an exception; otherwise the files of each folder appear together and complete. Raises
    OptionError if a file is one of those `read`, is given twice or is part of a published folder, OutputError
    if a file cannot be written.
    """
    from egiz.parallel.publish.destination import UnlistedFiles

    place = _writable(output, "--output", read)
    taken = [*read, place]
    places = {}
    for option, name in tables.items():
        if name is not None:
            places[option] = _writable(name, option, taken)
            taken.append(places[option])
    with ExitStack() as stack:
        publications = {place.parent.resolve(): stack.enter_context(UnlistedFiles(place.parent))}
        stream = stack.enter_context(publications[place.parent.resolve()].open(place.name))
        opened = {}
        for option, path in places.items():
            folder = path.parent.resolve()
            if folder not in publications:
                publications[folder] = stack.enter_context(UnlistedFiles(path.parent))
            opened[option] = stack.enter_context(publications[folder].open(path.name))
        yield stream.buffer, opened


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
    """Return the names of a data package and of the files that it describes; empty if it does not exist."""
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
        return {manifest.name}  # made by another program
