"""Aligns a source with its human translations and publishes the aligned table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from egiz.parallel.align.aligner import Aligning, DocumentPair, set_name, signature
from egiz.parallel.align.documents import (
    AlignDocument,
    UnitKind,
    bridging,
    check_languages,
    check_links,
    read_text,
    recognised,
    translate_units,
)
from egiz.parallel.align.layers import LAYERS
from egiz.parallel.align.links_file import LINK_COLUMNS, LinksTable
from egiz.parallel.align.records import FLAGS, Link
from egiz.parallel.align.rows import aligned_rows
from egiz.parallel.align.words import WordLinker, write_words
from egiz.parallel.build.tables import publish_page
from egiz.parallel.publish import (
    HISTORY,
    LINKS,
    MANIFEST,
    WORD_COLUMNS,
    WORDS,
    Publication,
    TsvWriter,
    datapackage,
    read_tsv,
)
from egiz.parallel.publish.atomic import WrittenFile
from egiz.parallel.publish.columns import Column
from egiz.parallel.publish.destination import check_destination, drop_leftovers, refuse_stranger
from egiz.parallel.publish.names import FOLDER_FILES, TABLE
from egiz.parallel.publish.side_tables import side_table_path, side_table_prefix
from egiz.parallel.review.carry_over import carry_reviews, with_people
from egiz.parallel.review.files import history_text
from egiz.parallel.scores.records import Scale
from egiz.parallel.summary import AlignmentFacts, ModelFacts, Provenance, Summary, Tally, source_of
from egiz.translate.errors import OptionError
from egiz.translate.languages import language
from egiz.translate.read import ReadOptions
from egiz.translate.split import SIGNATURE as SPLITTER
from egiz.translate.text import single_line
from egiz.translate.translator import Translator


def link_scale() -> Scale:
    """Return the scale of the qualities of aligned rows. These are probabilities that a link is right."""
    return Scale(
        name="link",
        low=0.0,
        high=1.0,
        direction="higher is better",
        signature=signature(),
        meaning=(
            "How probable it is that exactly these sentences are each other's translation, as measured on "
            "documents whose links are known. It says nothing of how good the translation is: people made it."
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """The result of an alignment: the table, its summary, and the links of each language in order."""

    table: Path
    summary: Summary
    alignments: tuple[tuple[Link, ...], ...]

    @property
    def attention(self) -> int:
        """The number of links that are unsure or have an empty side."""
        return sum("unsure" in link.flags or link.is_null for links in self.alignments for link in links)


def align_texts(
    source: AlignDocument,
    targets: Sequence[AlignDocument],
    translator: Translator | None,
    *,
    layers: Sequence[str] = LAYERS,
    anyway: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[tuple[Link, ...], ...]:
    """Link each target document with the source. The result has the links of each target. For the comparison,
    the source is machine-translated into those target languages that the translator has.

    Raises InputError if documents are not translations of each other (see `check_links`); with `anyway` this
    is not checked. `progress` is called with the number of sentences that were translated since the last
    call.
    """
    if not anyway:
        for text in (source, *targets):
            check_languages(text, (source, *targets))
    bridged = translator.targets if translator else ()
    translated = translate_units(source.units, translator, progress) if translator else ()
    alignments = []
    for text in targets:
        tag = text.document.language
        bridge = translated[bridged.index(tag)] if tag in bridged else None
        aligning = Aligning(DocumentPair(source=source.units, target=text.units, translated=bridge), layers)
        links = aligning.links(aligning.run())
        if not anyway:
            check_links(source, text, links, aligning.win_rate(links), bridged=bridge is not None)
        alignments.append(links)
    return tuple(alignments)


def publish(
    source: AlignDocument,
    targets: Sequence[AlignDocument],
    alignments: Sequence[Sequence[Link]],
    output: Path,
    *,
    model: str = "",
    layers: Sequence[str] = LAYERS,
    title: str = "",
    words: WordLinker | None = None,
) -> Aligned:
    """Write the aligned table, its links and its data package atomically: all files or none.

    `output` is either a folder, which also gets the reader page, or a file that ends in ``.tsv``:
    ``NAME.tsv``, with ``NAME.links.tsv`` and ``NAME.datapackage.json`` beside it. `model` names the model
    that translated the source for the comparison. With `words`, a method of linking words, the word links of
    the rows are written to ``words.tsv``. Reviews of an earlier table in the same place are kept; see
    `egiz.parallel.review.carry_over`. Raises OptionError or OutputError if the output is not allowed or
    cannot be written.
    """
    single = output.suffix.lower() == ".tsv"
    folder, stem = (output.parent, f"{output.stem}.") if single else (output, "")
    table, manifest = (output.name if single else TABLE), f"{stem}{MANIFEST}"
    _check_output(folder, table, single=single, texts=(source, *targets))
    tags = tuple(text.document.language for text in targets)
    tally = Tally(tags)
    history = f"{side_table_prefix(table)}{HISTORY}"
    with Publication(folder, manifest=manifest) as publication:
        publication.write(history, history_text(()))
        with publication.open(table) as stream, publication.open(f"{stem}{LINKS}") as links_stream:
            writer = TsvWriter(stream, source.document.language, tags, aligned=True)
            links = LinksTable(links_stream, source, targets)
            for row, group in aligned_rows(source, targets, alignments):
                writer.write(row)
                links.write(row.id, group.links)
                tally.add(row)
        summary = tally.summary()
        made = _provenance(source, targets, model, layers, title)
        tables: list[tuple[WrittenFile, tuple[Column, ...]]] = [
            (publication.written(f"{stem}{LINKS}"), LINK_COLUMNS)
        ]
        if words is not None:
            with publication.open(f"{stem}{WORDS}") as stream:
                write_words(stream, read_tsv(publication.path(table)), words)
            tables.append((publication.written(f"{stem}{WORDS}"), WORD_COLUMNS))
        carried = carry_reviews(publication, folder, table, [item.name for item, _ in tables], summary)
        tables = [(publication.written(item.name), columns) for item, columns in tables]
        package = datapackage(made, carried.summary, publication.written(table), tables)
        publication.write(manifest, with_people(package, carried))
        drop_leftovers(publication, folder, [f"{stem}{WORDS}"] if single else FOLDER_FILES)
        if not single:
            publish_page(
                publication,
                summary.sentences,
                words=WORDS if words else None,
                reviews=HISTORY if carried.written else None,
            )
    return Aligned(
        table=folder / table,
        summary=carried.summary,
        alignments=tuple(tuple(links) for links in alignments),
    )


def _check_output(folder: Path, table: str, *, single: bool, texts: Sequence[AlignDocument]) -> None:
    """Raise OptionError or OutputError if the output would overwrite an input document or a file that Egiz
    has not written.
    """
    if not single:
        check_destination(folder, [text.path for text in texts])
        return
    place = folder / table
    for text in texts:
        if text.path != "-" and Path(text.path).resolve() == place.resolve():
            raise OptionError("would be overwritten", where=text.path, action="Choose another output file.")
    for name in (table, *(f"{place.stem}.{name}" for name in (LINKS, WORDS, MANIFEST))):
        refuse_stranger(folder / name)
    refuse_stranger(side_table_path(place, HISTORY))


def _provenance(
    source: AlignDocument, targets: Sequence[AlignDocument], model: str, layers: Sequence[str], title: str
) -> Provenance:
    texts = [source_of(text.document, text.outline) for text in (source, *targets)]
    used = tuple(name for name in LAYERS if name in layers and (name != "mt" or model))
    human = ModelFacts(
        name="people", source="", revision="", fingerprint="", licence="", precision="", engine=""
    )
    return Provenance(
        title=single_line(title) or texts[0].title or texts[0].id,
        version=version("egiz"),
        source_language=source.document.language,
        target_languages=tuple(text.document.language for text in targets),
        sources=tuple(texts),
        model=human,
        decoding="",
        splitter=SPLITTER,
        quality=link_scale(),
        reasons=tuple(FLAGS.items()),
        alignment=AlignmentFacts(signature=signature(), layers=used, model=model),
    )


def read_texts(
    source: str,
    humans: Sequence[str],
    tag: str,
    targets: Sequence[str],
    kind: UnitKind = "sentences",
    *,
    encoding: str | None = None,
    column: str | None = None,
    licence: str = "",
) -> tuple[AlignDocument, ...]:
    """Read the source and its human translations. In the result the source comes first.

    `tag` is the language of the source. `targets` are the languages of the translations, in the order of
    `humans`; if `targets` is empty, the languages are identified. Raises the errors of `read_text`. Raises
    OptionError if the number of languages differs from that of translations, or if two documents are in one
    language.
    """
    if targets and len(targets) != len(humans):
        raise OptionError(
            f"{len(targets)} languages for {len(humans)} documents",
            where="--to",
            expected="one for each HUMAN document, in their order",
        )
    options = ReadOptions(language=language(tag).tag, encoding=encoding, column=column, licence=licence)
    texts = [read_text(source, options, kind)]
    for place, path in enumerate(humans):
        own = language(targets[place]).tag if targets else recognised(path, options)
        named = ReadOptions(language=own, encoding=encoding, column=column, licence=licence)
        texts.append(read_text(path, named, kind))
    return _distinct(texts)


def _distinct(texts: Sequence[AlignDocument]) -> tuple[AlignDocument, ...]:
    """Return the texts. If two documents have the same id, the second one is renamed. Raises OptionError if
    two documents are in the same language.
    """
    tags = [text.document.language for text in texts]
    for place, tag in enumerate(tags):
        if tag in tags[:place]:
            raise OptionError(
                f"two documents in {language(tag).name}",
                where=texts[place].path,
                expected="one document a language",
                action="Name the languages with --from and --to.",
            )
    return tuple(
        text.renamed(f"{text.document.id}-{text.document.language}")
        if any(text.document.id == other.document.id for other in texts[:place])
        else text
        for place, text in enumerate(texts)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignJob:
    """The texts and options of an alignment. `texts` has the source first, then its translations.

    `model` names the model of `translator`. If `words` is given, it links the words of the rows. With
    `force`, documents are aligned even if they do not look like translations of each other.
    """

    texts: tuple[AlignDocument, ...]
    translator: Translator | None = None
    layers: Sequence[str] = LAYERS
    model: str = ""
    force: bool = False
    words: WordLinker | None = None

    def run(
        self, output: Path, *, title: str = "", progress: Callable[[int], None] = lambda done: None
    ) -> Aligned:
        """Align the documents and publish the table. If an EgizError is raised, nothing is written."""
        set_name(self.layers)
        source, *targets = self.texts
        alignments = align_texts(
            source,
            targets,
            self.translator,
            layers=self.layers,
            anyway=self.force,
            progress=progress,
        )
        return publish(
            source,
            targets,
            alignments,
            output,
            model=self.model if self.translator else "",
            layers=self.layers,
            title=title,
            words=self.words,
        )


def align(
    source: str | Path,
    humans: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    source_language: str = "kk",
    to: str | Sequence[str] = (),
    units: UnitKind = "sentences",
    model: str | Path | None = "starter",
    home: Path | None = None,
    title: str = "",
    force: bool = False,
) -> Aligned:
    """Link a document with the translations that people made of it, and publish the table of links.

    `humans` are the translations, and `to` are their languages in the same order. If `to` is empty, the
    languages are identified. `output` is a folder, or a file that ends in ``.tsv``. For the comparison,
    `model` translates the source into those languages of the translations that it has. If `model` is None,
    only words, names, numbers, punctuation and lengths are compared.

    Raises EgizError. This includes the case that the documents do not look like translations of each other,
    unless `force` is set.
    """
    from egiz.translate.engine.ctranslate2 import open_model
    from egiz.translate.engine.protocol import Decoding
    from egiz.translate.ladder import Options

    texts = read_texts(
        str(source),
        [str(humans)] if isinstance(humans, str | Path) else [str(human) for human in humans],
        source_language,
        [to] if isinstance(to, str) else list(to),
        units,
    )
    if model is None:
        return AlignJob(texts=texts, force=force).run(Path(output), title=title)
    engine = open_model(model, home=home)
    first, *others = (text.document.language for text in texts)
    known = [tag for tag in others if tag in engine.languages and first in engine.languages]
    options = bridging(Options(decoding=Decoding.parse(engine.manifest.decoding)))
    translator = Translator(engine, first, known, options=options) if known else None
    job = AlignJob(texts=texts, translator=translator, model=engine.identity, force=force)
    return job.run(Path(output), title=title)
