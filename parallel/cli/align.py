"""`egiz align`: link human translations with their source, and publish them as parallel text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.cli.options import engine_options_but, no_stdout, split_languages
from egiz.parallel.cli.sections import Sectioned

if TYPE_CHECKING:
    from egiz.parallel.align import AlignDocument, Aligned
    from egiz.parallel.align.documents import UnitKind
    from egiz.parallel.align.words import Method
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.engine.transformers import TransformersEngine
    from egiz.translate.memory import Memory, NoMemory
    from egiz.translate.translator import Translator


@click.command(cls=Sectioned, epilog="Example: egiz align law.kk.docx law.ru.docx --to ru -o law.tsv")
@click.argument("source", metavar="SOURCE")
@click.argument("humans", nargs=-1, required=True, metavar="HUMAN...")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE.tsv|DIR",
    type=click.Path(path_type=Path),
    callback=no_stdout,
    help="The table, with FILE.links.tsv and FILE.datapackage.json beside it; or a folder, which gets the "
    "reader page too.",
)
@click.option(
    "--from", "-f", "tag", default="kk", show_default=True, metavar="LANG", help="Language of SOURCE."
)
@click.option(
    "--to",
    "-t",
    "targets",
    default="",
    metavar="LANGS",
    help="Languages of the HUMAN documents, in their order, separated by commas; recognised if not given.",
)
@click.option(
    "--units",
    type=click.Choice(["sentences", "lines"]),
    default="sentences",
    show_default=True,
    help="What is linked: sentences, which are split here, or lines as they stand.",
)
@click.option("--no-mt", is_flag=True, help="Ask no model: words, names, numbers, marks and lengths only.")
@click.option(
    "--layers",
    default="",
    metavar="NAMES",
    help="Only these kinds of evidence: mt, lexical, names, numbers, marks, length.",
)
@click.option(
    "--words",
    type=click.Choice(["attention", "table", "thot"]),
    help="Write FILE.words.tsv too, the words of each row linked by the model's attention, by the table of "
    "words learned from the documents, or by sil-thot (egiz[align]).",
)
@engine_options_but("decode", "fast")
@click.option(
    "--encoding", metavar="NAME", help="Read documents in this encoding instead of UTF-8 or UTF-16."
)
@click.option("--column", metavar="NAME", help="Read this column of TSV or CSV documents.")
@click.option("--title", default="", metavar="TEXT", help="Title of the table.")
@click.option("--licence", default="", metavar="NAME", help="Licence of the texts.")
@click.option("--force", is_flag=True, help="Align documents even if they do not look like one text.")
@click.option("--quiet", "-q", is_flag=True, help="No summary.")
def command(
    *,
    source: str,
    humans: tuple[str, ...],
    output: Path,
    tag: str,
    targets: str,
    units: UnitKind,
    no_mt: bool,
    layers: str,
    words: Method | None,
    choice: EngineChoice,
    encoding: str | None,
    column: str | None,
    title: str,
    licence: str,
    force: bool,
    quiet: bool,
) -> None:
    """Align human translations with their source.

    SOURCE and each HUMAN are documents of any kind that egiz build reads: one text in several languages.
    Sentences are linked one to one, or up to four to four; those without a counterpart stand alone. The
    result is a table like that of egiz build, with the probability of each link; egiz read and egiz export
    accept it.
    """
    # The matrices are many and small: with several threads each product takes twice as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from egiz.parallel.align import LAYERS, AlignJob, read_texts, word_linker

    wanted = split_languages(layers) or LAYERS
    texts = read_texts(
        source,
        humans,
        tag,
        split_languages(targets),
        units,
        encoding=encoding,
        column=column,
        licence=licence,
    )
    with choice.memory() as memory:
        bridged = not no_mt and "mt" in wanted
        engine = choice.engine() if bridged or words == "attention" else None
        job = AlignJob(
            texts=texts,
            translator=_translator(engine, choice, texts, memory) if engine and bridged else None,
            layers=wanted,
            model=engine.identity if engine else "",
            force=force,
            words=word_linker(words, engine) if words else None,
        )
        aligned = job.run(output, title=title)
    if not quiet:
        _summarise(aligned, texts)


def _translator(
    engine: CTranslate2Engine | TransformersEngine,
    choice: EngineChoice,
    texts: Sequence[AlignDocument],
    memory: Memory | NoMemory,
) -> Translator | None:
    """Return the translator whose output is compared with the human translations.

    If the model lacks the source or a target language, a message is printed to standard error, and the target
    is aligned without a translation. Returns None if that is so for all targets.
    """
    from egiz.parallel.align import bridging
    from egiz.translate.translator import Translator

    source, *targets = [text.document.language for text in texts]
    known = [tag for tag in targets if tag in engine.languages and source in engine.languages]
    for tag in targets:
        if tag not in known:
            click.echo(f"the model does not know {source} and {tag}: aligned without translation", err=True)
    if not known:
        return None
    return Translator(engine, source, known, options=bridging(choice.options(engine.manifest)), memory=memory)


def _summarise(aligned: Aligned, texts: Sequence[AlignDocument]) -> None:
    """Print to standard error the number of links, and the path of the table."""
    from egiz.parallel.cli.progress import show_missing_page
    from egiz.parallel.publish.names import TABLE
    from egiz.parallel.review.carry_over import people_lines
    from egiz.translate.errors import plural

    click.echo(f"{plural(aligned.summary.sentences, 'row')} → {aligned.table}", err=True)
    for text, links in zip(texts[1:], aligned.alignments, strict=True):
        linked = [link for link in links if not link.is_null]
        alone = sum(max(link.sizes) for link in links if link.is_null)
        unsure = sum("unsure" in link.flags for link in linked)
        click.echo(
            f"  {text.document.language}: {plural(len(linked), 'link')}, {unsure} unsure; "
            f"{plural(alone, 'sentence')} without counterpart",
            err=True,
        )
    for line in people_lines(aligned.summary):
        click.echo(f"  people: {line}", err=True)
    if aligned.table.name == TABLE:
        show_missing_page(aligned.table, aligned.summary.sentences)
