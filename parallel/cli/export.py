"""`egiz export`: rows as files of other formats, for reading, and as training data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from egiz.parallel.cli.export_options import data_options

if TYPE_CHECKING:
    from egiz.parallel.cli.export_options import DataChoice
    from egiz.parallel.export import DataFormat, Format


@click.command(epilog="Example: egiz export out -o book.epub")
@click.argument(
    "sources",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="DIR|FILE...",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE|DIR",
    help="What to write; files of that name are replaced. moses adds the languages to the name; hf and train "
    "write a folder.",
)
@click.option(
    "--format",
    "name",
    metavar="NAME",
    help="epub, docx (books with facing columns); tsv, sheet (no cell is a formula), moses, tmx, xliff, "
    "jsonl, parquet, hf (Hugging Face folder), train (tables and recipe for egiz train). "
    "What FILE ends in if not given.",
)
@click.option(
    "--languages",
    default="",
    metavar="LANGS",
    help="Only these columns, in this order, separated by commas; all if not given.",
)
@data_options
def command(
    sources: tuple[Path, ...], output: Path, name: str | None, languages: str, choice: DataChoice
) -> None:
    """Write published tables and other bilingual files in another format.

    DIR is the output folder of a build, FILE a table of one, an aligned table, or TMX, XLIFF or PO. Titles
    and licences come from the data package beside a table, if there is one. Equal input gives equal bytes.

    The options below choose rows; books take whole tables. A pair is a source text with one translation.
    What was left out, and why, is said at the end.
    """
    from egiz.parallel.bitext.languages import plain_tag
    from egiz.parallel.cli.options import split_languages
    from egiz.parallel.export import DataFormat, format_named, format_of

    form = format_named(name) if name else format_of(output)
    tags = tuple(map(plain_tag, split_languages(languages)))
    if isinstance(form, DataFormat):
        _data(form, sources, output, tags, choice)
    else:
        _book(form, sources, output, tags, choice)


def _book(
    form: Format, sources: tuple[Path, ...], output: Path, languages: tuple[str, ...], choice: DataChoice
) -> None:
    from egiz.parallel.export import export
    from egiz.parallel.published import open_published
    from egiz.translate.errors import OptionError

    if len(sources) > 1:
        raise OptionError(f"{len(sources)} inputs", where=f"--format {form.name}", expected="one table")
    if given := choice.given():
        raise OptionError(given, where=f"--format {form.name}", expected="no choice of rows: a book has all")
    export(open_published(sources[0]), form, output, languages)
    click.echo(f"{sources[0]} → {output} ({form.about})", err=True)


def _data(
    form: DataFormat, sources: tuple[Path, ...], output: Path, languages: tuple[str, ...], choice: DataChoice
) -> None:
    from egiz.glossary.termbase import load_all
    from egiz.parallel.export import export_data

    terms = load_all(choice.values["terms"]) if choice.values["terms"] else None
    found = export_data(sources, form, output, choice.options(languages), terms=terms)
    for line in found.account.as_text():
        click.echo(line, err=True)
    files: Any = ", ".join(item.name for item in found.files)
    click.echo(f"{', '.join(map(str, sources))} → {output} ({form.about}): {files}", err=True)
