"""`egiz export`: write published rows in other formats, for readers and as training data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from egiz.parallel.cli.options import no_stdout, quiet_option
from egiz.parallel.cli.sections import Sectioned
from egiz.parallel.cli.terms.options import ModelChoice, model_options

if TYPE_CHECKING:
    from egiz.glossary.correct.links import Links
    from egiz.parallel.corpus.data import DataFormat
    from egiz.parallel.corpus.formats import BookFormat

from egiz.parallel.cli.export_options import DataChoice, data_options

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(cls=Sectioned, epilog="Example: egiz export out -o book.epub")
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
    callback=no_stdout,
    help="What to write; files of that name are replaced. moses adds the languages to the name; hf and train "
    "write a folder.",
)
@click.option(
    "--format",
    "name",
    metavar="NAME",
    help="epub, docx (books with facing columns); tsv, sheet (no cell is a formula), moses, tmx, xliff, "
    "jsonl, parquet, hf (Hugging Face folder), train (tables and recipe for egiz train), same (the source "
    "document itself in another language, with --document). What FILE ends in if not given.",
)
@click.option(
    "--languages",
    default="",
    metavar="LANGS",
    help="Only these columns, in this order, separated by commas; all if not given.",
)
@click.option(
    "--document",
    type=_FILE,
    metavar="FILE",
    help="Write this source of the table in another language, for --format same: .docx, .odt, .epub, .html, "
    ".md, .srt, .vtt or .txt. With the source language in --languages, each translation stands below its "
    "original.",
)
@quiet_option
@model_options("The model whose attention links words, for --document; starter if not given.")
@data_options
def command(
    sources: tuple[Path, ...],
    output: Path,
    name: str | None,
    languages: str,
    choice: DataChoice,
    *,
    document: Path | None,
    quiet: bool,
    model: ModelChoice,
) -> None:
    """Write published tables and other bilingual files in another format.

    DIR is the output folder of a build, FILE a table of one, an aligned or other table (TSV, CSV, XLSX),
    Moses files, TMX, XLIFF or PO. Titles and licences come from the data package beside a table, if there is
    one. Equal input gives equal bytes.

    The options below choose rows; books take whole tables. A pair is a source text with one translation.
    What was left out, and why, is said at the end.
    """
    from egiz.parallel.bitext.segment import plain_tag
    from egiz.parallel.cli.options import split_languages
    from egiz.parallel.corpus.data import DataFormat
    from egiz.parallel.corpus.formats import format_named, format_of

    if document is None:
        _refuse_idle_model()
    tags = tuple(map(plain_tag, split_languages(languages)))
    if document is not None or name == "same":
        lines = _export_document(name, sources, output, tags, choice, document, model)
    else:
        form = format_named(name) if name else format_of(output)
        write = _export_data if isinstance(form, DataFormat) else _export_book
        lines = write(form, sources, output, tags, choice)  # type: ignore[arg-type]
    for line in lines if not quiet else ():
        click.echo(line, err=True)


def _refuse_idle_model() -> None:
    """Raise OptionError if the user gave an option of the model. Call this if the export uses no model."""
    from egiz.translate.errors import OptionError

    context = click.get_current_context()
    for name in ("model", "device", "precision", "threads"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise OptionError("has no effect here", where=f"--{name}", expected="--document beside it")


def _export_book(
    form: BookFormat, sources: tuple[Path, ...], output: Path, languages: tuple[str, ...], choice: DataChoice
) -> list[str]:
    from egiz.parallel.corpus.formats import write_book
    from egiz.parallel.publish.published import open_published
    from egiz.translate.errors import OptionError

    if len(sources) > 1:
        raise OptionError(f"{len(sources)} inputs", where=f"--format {form.name}", expected="one table")
    if given := choice.given():
        raise OptionError(given, where=f"--format {form.name}", expected="no choice of rows: a book has all")
    write_book(open_published(sources[0]), form, output, languages)
    return [f"{sources[0]} → {output} ({form.about})"]


def _export_document(
    name: str | None,
    sources: tuple[Path, ...],
    output: Path,
    languages: tuple[str, ...],
    choice: DataChoice,
    document: Path | None,
    model: ModelChoice,
) -> list[str]:
    from egiz.parallel.bilingual.links import AttentiveLinks
    from egiz.parallel.corpus.same import SAME, write_same
    from egiz.parallel.publish.published import open_published
    from egiz.translate.errors import OptionError, plural

    if document is None or name not in (None, SAME):
        raise OptionError(
            "needs the other option", where=f"--format {SAME} and --document", expected="both of them"
        )
    if len(sources) > 1:
        raise OptionError(f"{len(sources)} inputs", where=f"--format {SAME}", expected="one table")
    if given := choice.given():
        raise OptionError(given, where=f"--format {SAME}", expected="no choice of rows: a document has all")
    attentive = AttentiveLinks(model.forcing)

    def attention(source: str, target: str) -> Links | None:
        """Return the model's word linker for two languages.

        If the model lacks one of the languages, the result is None for the default model; LanguageError is
        raised for a model that the user chose.
        """
        return attentive(source, target) if model.is_asked_for or not model.lacks(source, target) else None

    done = write_same(open_published(sources[0]), document, output, languages, attention)
    lines = [f"{document} → {output}: {plural(done.sentences, 'sentence')}"]
    if done.untranslated:
        lines.append(f"{plural(done.untranslated, 'sentence')} without a translation: as in the source")
    for what in done.lost:
        click.echo(f"not kept: {what}", err=True)
    return lines


def _export_data(
    form: DataFormat, sources: tuple[Path, ...], output: Path, languages: tuple[str, ...], choice: DataChoice
) -> list[str]:
    from egiz.glossary.termbase import load_all
    from egiz.parallel.corpus.data import export_data

    terms = load_all(choice.values["terms"]) if choice.values["terms"] else None
    found = export_data(sources, form, output, choice.options(languages), terms=terms)
    files = ", ".join(item.name for item in found.files)
    return [*found.account.as_text(), f"{', '.join(map(str, sources))} → {output} ({form.about}): {files}"]
