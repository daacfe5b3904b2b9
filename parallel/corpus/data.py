"""Export training data: the formats, the names of their files, and the function that writes them
atomically."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from egiz.parallel.corpus import Corpus, CorpusOptions, make_corpus
from egiz.parallel.corpus.duplicates import DuplicateOptions
from egiz.parallel.corpus.filters import CLEAN
from egiz.parallel.corpus.inputs import Input, InputOptions, open_inputs, read_rows
from egiz.parallel.corpus.recipe import RECIPE, recipe_text, tuning_recipe
from egiz.parallel.corpus.records import MEANINGS, About, Meaning, merged_about
from egiz.parallel.corpus.report import Account, Reject, RejectWriter, data_card, hub_card
from egiz.parallel.corpus.split import TRAIN
from egiz.parallel.corpus.writers import (
    write_bare_table,
    write_jsonl,
    write_moses,
    write_parquet,
    write_table,
    write_tmx,
    write_xliff,
)
from egiz.parallel.publish import MANIFEST, WrittenFile
from egiz.parallel.publish.atomic import cannot_write
from egiz.parallel.publish.destination import UnlistedFiles, refuse_other
from egiz.parallel.publish.names import CARD
from egiz.translate.errors import OptionError, OutputError

if TYPE_CHECKING:
    from egiz.glossary.records import TermBase


EXPORTED_FILES = (
    *(f"{part}{ending}" for part in ("train", "dev", "test") for ending in (".parquet", ".tsv")),
    "recipe.toml",
    "report.json",
)
"""The files that a folder of exported data may have besides its card. If an earlier export wrote one of them
and the new export does not, it is deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlace:
    """The place for the files of an export: the folder, and the stem and the ending of their names.

    `taken` are the input files, which must not be overwritten. `written` collects the names for which `path`
    was called.
    """

    publication: UnlistedFiles
    folder: Path
    stem: str
    ending: str
    taken: tuple[Path, ...]
    written: list[str]

    def path(self, name: str) -> Path:
        """Return the path at which to write the file `name`.

        Raises OptionError if that file is an input, OutputError if it exists and Egiz did not write it.
        """
        if (self.folder / name).resolve() in [item.resolve() for item in self.taken]:
            raise OptionError(
                "is the input of this export", where=str(self.folder / name), expected="another file"
            )
        if name not in self.written:
            self.written.append(name)
        return self.publication.path(name)

    def part_name(self, part: str, parts: Sequence[str], *middle: str) -> str:
        """Return the name of the file of a part: ``stem.part.middle.ending``.

        `parts` are all parts of the data. If the data has only one part, the name does not contain the part:
        ``stem.middle.ending``.
        """
        inner = (part, *middle) if len(parts) > 1 else middle
        return ".".join((self.stem, *inner)) + self.ending

    def part_files(self, corpus: Corpus) -> Iterator[tuple[str, Path]]:
        """Yield pairs of the name of a part and the path of its file."""
        for part in corpus.parts:
            yield part, self.path(self.part_name(part, corpus.parts))

    def pair_files(self, corpus: Corpus, about: About) -> Iterator[tuple[str, str, str, About]]:
        """Yield one tuple for each part and each target language: (part, target language, file name,
        description).

        The description covers only the data in this target language. If the data has several target
        languages, the file name contains the source and the target language: ``stem.train.kk-ru.ending``.
        """
        for part in corpus.parts:
            for tag in about.target_languages:
                several = len(about.target_languages) > 1
                middle = (f"{about.source_language}-{tag}",) if several else ()
                name = self.part_name(part, corpus.parts, *middle)
                yield part, tag, name, replace(about, target_languages=(tag,))

    def write(self, name: str, text: str) -> None:
        """Write a whole text file."""
        self.path(name).write_text(text, encoding="utf-8", newline="\n")

    def files(self) -> list[WrittenFile]:
        """Return all files in `written`, with size and hash; they must be closed."""
        return [self.publication.written(name) for name in self.written]


def check_export_folder(folder: Path, taken: Sequence[Path]) -> None:
    """Check that data may be exported to a folder.

    `taken` are the input files. Raises OptionError if one of them is in the folder. Raises OutputError if the
    folder holds a build, or if a file that the export would replace (see `EXPORTED_FILES`) was not written by
    Egiz.
    """
    if any(item.resolve().parent == folder.resolve() for item in taken):
        raise OptionError("is the folder of the input", where=str(folder), expected="a folder of its own")
    if (folder / MANIFEST).exists():
        raise OutputError("holds a build", where=str(folder), action="Choose another folder.")
    for name in (CARD, *EXPORTED_FILES):
        refuse_other(folder / name)


WriteData = Callable[[Corpus, About, ExportPlace], None]
"""A function that writes all files of a format, given the data, its description, and the place for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFormat:
    """A format of training data: name, file ending, description for the help, and function that writes it.

    `folder` says that the output is a folder of several files with fixed names.
    """

    name: str
    ending: str
    about: str
    write: WriteData
    folder: bool = False


def _tmx(corpus: Corpus, about: About, place: ExportPlace) -> None:
    for part, path in place.part_files(corpus):
        write_tmx(corpus.part(part), about, path)


def _xliff(corpus: Corpus, about: About, place: ExportPlace) -> None:
    for part, tag, name, pair in place.pair_files(corpus, about):
        write_xliff(corpus.part(part), tag, pair, place.path(name))


def _parquet(corpus: Corpus, about: About, place: ExportPlace) -> None:
    for part, path in place.part_files(corpus):
        write_parquet(corpus.part(part), about, path)


def _moses(corpus: Corpus, about: About, place: ExportPlace) -> None:
    """Write Moses files, which are plain lines of text. The description of the data goes into a data card,
    because these files have no place for it."""
    for part, tag, name, _ in place.pair_files(corpus, about):
        source, target = (place.path(f"{name}.{language}") for language in (about.source_language, tag))
        write_moses(corpus.part(part), tag, source, target)
    _card(corpus, about, place, columns=False)


def _tsv(corpus: Corpus, about: About, place: ExportPlace) -> None:
    for part, path in place.part_files(corpus):
        write_table(corpus.part(part), about, path)
    _card(corpus, about, place)


def _sheet(corpus: Corpus, about: About, place: ExportPlace) -> None:
    for part, path in place.part_files(corpus):
        write_table(corpus.part(part), about, path, guard=True)
    _card(corpus, about, place)


def _jsonl(corpus: Corpus, about: About, place: ExportPlace) -> None:
    for part, path in place.part_files(corpus):
        write_jsonl(corpus.part(part), about, path)
    _card(corpus, about, place)


def _card(corpus: Corpus, about: About, place: ExportPlace, *, columns: bool = True) -> None:
    place.write(f"{place.stem}.{CARD}", data_card(about, corpus.account, columns=columns))


def _hub(corpus: Corpus, about: About, place: ExportPlace) -> None:
    files = []
    for part in corpus.parts:
        name = f"{part}.parquet"
        write_parquet(corpus.part(part), about, place.path(name))
        files.append((part, name))
    place.write(CARD, hub_card(about, corpus.account, files))


def _train(corpus: Corpus, about: About, place: ExportPlace) -> None:
    counts = corpus.account.parts[TRAIN]
    recipe = tuning_recipe(about, f"{TRAIN}.tsv", sum(counts.get(tag, 0) for tag in about.target_languages))
    files = []
    for part in corpus.parts:
        write_bare_table(corpus.part(part), recipe.languages, place.path(f"{part}.tsv"))
        files.append((part, f"{part}.tsv"))
    place.write(RECIPE, recipe_text(recipe, corpus.parts))
    place.write(CARD, data_card(about, corpus.account, columns=False))


_ALL = (
    DataFormat(name="tsv", ending=".tsv", about="table with a header", write=_tsv),
    DataFormat(name="sheet", ending=".tsv", about="table without formulas, for spreadsheets", write=_sheet),
    DataFormat(name="moses", ending="", about="plain lines, a file for each language", write=_moses),
    DataFormat(name="tmx", ending=".tmx", about="translation memory, TMX 1.4b", write=_tmx),
    DataFormat(name="xliff", ending=".xlf", about="translation units, XLIFF 2", write=_xliff),
    DataFormat(name="jsonl", ending=".jsonl", about="JSON lines", write=_jsonl),
    DataFormat(name="parquet", ending=".parquet", about="Parquet", write=_parquet),
    DataFormat(name="hf", ending="", about="Hugging Face dataset folder", write=_hub, folder=True),
    DataFormat(
        name="train", ending="", about="tables and a recipe for egiz train", write=_train, folder=True
    ),
)
DATA_FORMATS: dict[str, DataFormat] = {item.name: item for item in _ALL}
"""All formats of training data by name, in the order of the help."""
ENDINGS: dict[str, DataFormat] = {item.ending: item for item in reversed(_ALL) if item.ending} | {
    ".xliff": DATA_FORMATS["xliff"]
}
"""The format of training data by file ending.

If several formats have the same ending, it stands for the first of them."""


REPORT = "report.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOptions:
    """The options of an export of training data.

    `report` is the file to which the account of the export is written, `rejects` the file to which the pairs
    that are left out are written; None if no such file is wanted. A folder format always has the account in
    its folder too. If `title` is empty, the title is made from the titles of the inputs. `workers` is the
    number of processes that filter the rows; with 0, it depends on the number of rows (see
    `egiz.parallel.bilingual.workers.map_chunks`).
    """

    inputs: InputOptions = field(default_factory=InputOptions)
    corpus: CorpusOptions = field(default_factory=CorpusOptions)
    title: str = ""
    report: Path | None = None
    rejects: Path | None = None
    workers: int = 1

    @classmethod
    def clean(cls) -> Self:
        """Return the usual options for training data: the filters are `CLEAN`, and exact and near duplicates
        are dropped."""
        return cls(corpus=CorpusOptions(filters=CLEAN, duplicates=DuplicateOptions(kind="near")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The result of an export: the files that were written, and the account of the pairs kept and left
    out."""

    files: tuple[WrittenFile, ...]
    account: Account


def _meanings(inputs: Sequence[Input]) -> tuple[Meaning, ...]:
    """Return the kinds of scores that the inputs have (keys of `MEANINGS`), each once."""
    return tuple(dict.fromkeys(item.meaning for item in inputs if item.meaning is not None))


def _check_meanings(inputs: Sequence[Input], options: DataOptions) -> None:
    """Check that the options which select by score fit the scores of the inputs.

    Raises OptionError in three cases. A limit is set for a kind of score that no input has. Limits are set,
    but an input has a kind of score without a limit. Only the best pairs are wanted, but the inputs have
    different kinds of scores: the quality of a translation cannot be compared with the probability of a link.
    """
    found = _meanings(inputs)
    limits = options.corpus.filters.limits
    for asked in limits:
        if asked not in found:
            raise OptionError(
                f"no input has a {asked}: {MEANINGS[asked]}",
                where=f"--min-{asked}",
                expected=" or ".join(f"--min-{item}" for item in found) or "--scores FILE, from egiz score",
            )
    for item in inputs:
        if limits and item.meaning is not None and item.meaning not in limits:
            raise OptionError(
                f"its scores are of the kind {item.meaning}: {MEANINGS[item.meaning]}",
                where=str(item.path),
                expected=f"--min-{item.meaning} too",
            )
    if len(found) > 1 and options.corpus.best:
        raise OptionError(
            f"inputs with scores of different kinds: {', '.join(found)}",
            where="--best",
            expected="one of them",
            action="Export them separately.",
        )


def export_data(
    places: Sequence[Path],
    form: DataFormat,
    output: Path,
    options: DataOptions,
    *,
    terms: TermBase | None = None,
) -> Exported:
    """Write training data from the inputs in `places` to `output`, in the format `form`.

    Equal inputs and options give equal bytes. `terms` is the term base for the term filters. Raises
    InputError if an input is malformed or if no pair is left, OptionError for options that do not fit the
    inputs and for an output that is an input, OutputError if the file system refuses to write or if a file
    that Egiz did not write would be replaced.
    """
    inputs = open_inputs(places, options.inputs)
    taken = tuple(item.path for item in inputs)
    _check_meanings(inputs, options)
    for path in filter(None, (options.rejects, options.report)):
        if path.resolve() not in [
            item.resolve() for item in taken
        ]:  # an input is refused later, with another message
            refuse_other(path)
    if form.folder:
        check_export_folder(output, taken)
    with ExitStack() as stack:
        listen = stack.enter_context(_rejecting(options.rejects, taken))
        entries = read_rows(inputs, options.inputs)
        corpus = stack.enter_context(
            make_corpus(entries, options.corpus, terms=terms, workers=options.workers, listen=listen)
        )
        about = merged_about(
            [item.about for item in inputs], corpus.target_languages, corpus.source_language, options.title
        )
        about = replace(about, meanings=_meanings(inputs) or about.meanings)
        place = stack.enter_context(_placed(form, output, taken))
        try:
            form.write(corpus, about, place)
            files = tuple(place.files())
            report = _report(inputs, options, about, corpus, files)
            if form.folder:
                place.write(REPORT, report)
                for name in EXPORTED_FILES:
                    place.publication.drop(name)
            if options.report is not None:
                with _placed(None, options.report, taken) as beside:
                    beside.write(options.report.name, report)
        except OSError as error:
            raise cannot_write(output, error) from error
        return Exported(files=files, account=corpus.account)


@contextmanager
def _placed(form: DataFormat | None, output: Path, taken: tuple[Path, ...]) -> Iterator[ExportPlace]:
    """Return a context manager for the place of the files of an export; it publishes them atomically.

    If `form` is None, the place is for the single file `output`.
    """
    folder = output if form is not None and form.folder else output.parent
    ending = output.suffix if form is not None and form.ending else ""
    with UnlistedFiles(folder) as publication:
        yield ExportPlace(
            publication=publication,
            folder=folder,
            stem=output.name.removesuffix(ending) if ending else output.name,
            ending=ending,
            taken=taken,
            written=[],
        )


@contextmanager
def _rejecting(path: Path | None, taken: tuple[Path, ...]) -> Iterator[Callable[[Reject], None] | None]:
    """Return a context manager that gives a function which writes rejected pairs to a table at `path`.

    It gives None if `path` is None.
    """
    if path is None:
        yield None
        return
    with (
        _placed(None, path, taken) as place,
        place.path(path.name).open("w", encoding="utf-8", newline="\n") as stream,
    ):
        yield RejectWriter(stream).write


def _report(
    inputs: Sequence[Input],
    options: DataOptions,
    about: About,
    corpus: Corpus,
    files: Sequence[WrittenFile],
) -> str:
    chosen = replace(options.corpus, unseen=tuple(Path(path.name) for path in options.corpus.unseen))
    content = {
        "title": about.title,
        "inputs": [{"file": item.path.name, "kind": item.kind} for item in inputs],
        "about": [list(pair) for pair in about.notes()],
        "options": asdict(chosen),
        **corpus.account.as_json(),
        "files": [{"name": item.name, "bytes": item.bytes, "sha256": item.sha256} for item in files],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n"
