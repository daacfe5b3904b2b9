"""Exports training data: the formats, and the function that filters rows and writes all files atomically."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

from egiz.parallel.corpus import Corpus, CorpusOptions, make_corpus
from egiz.parallel.corpus.duplicates import DuplicateOptions
from egiz.parallel.corpus.filters import CLEAN
from egiz.parallel.corpus.inputs import Input, InputOptions, open_inputs, read_entries
from egiz.parallel.corpus.place import EXPORTED_FILES, ExportPlace, check_folder
from egiz.parallel.corpus.recipe import RECIPE, recipe_text, tuning_recipe
from egiz.parallel.corpus.records import MEANINGS, About, Meaning, merged
from egiz.parallel.corpus.report import Account, Reject, data_card, hub_card
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
from egiz.parallel.publish import WrittenFile
from egiz.parallel.publish.atomic import cannot_write
from egiz.parallel.publish.columns import Column
from egiz.parallel.publish.destination import UnlistedFiles, refuse_other
from egiz.parallel.publish.names import CARD
from egiz.parallel.publish.tsv import write_cells
from egiz.translate.errors import OptionError
from egiz.translate.text import source_text

if TYPE_CHECKING:
    from egiz.glossary.records import TermBase


WriteData = Callable[[Corpus, About, ExportPlace], None]
"""Writes all files of a format: takes the data, its description, and where the files go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFormat:
    """One format: name, file ending, description for the help, and the function that writes all its files.

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
    """Write plain lines, and a data card, since they have no header; tables and JSON get a card likewise."""
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
"""The format of a file ending; if several have it, the first of them."""


_NAMES = ("row", "language", "stage", "reason", "source", "target")


class RejectWriter:
    """Writes rejected pairs to a table, one line each; cells are checked as in the published table."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._columns = [
            Column(name=name, kind="text", language="", type="string", title=name, description="")
            for name in _NAMES
        ]
        stream.write("\t".join(_NAMES) + "\n")

    def write(self, reject: Reject) -> None:
        """Write one pair."""
        entry, side = reject.entry, reject.side
        cells = (
            source_text(entry.id, entry.source_language),
            side.language,
            reject.stage,
            reject.reason,
            source_text(entry.source, entry.source_language),
            source_text(side.text, side.language),
        )
        write_cells(self._stream, entry.id, self._columns, cells)


REPORT = "report.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOptions:
    """The options of an export. `report` and `rejects` are files to write; None writes none.

    A folder format also has the report in its folder. An empty `title` means that of the inputs.
    """

    inputs: InputOptions = field(default_factory=InputOptions)
    corpus: CorpusOptions = field(default_factory=CorpusOptions)
    title: str = ""
    report: Path | None = None
    rejects: Path | None = None

    @classmethod
    def clean(cls) -> Self:
        """The usual options for training data: the filters `CLEAN`, and no near duplicates."""
        return cls(corpus=CorpusOptions(filters=CLEAN, duplicates=DuplicateOptions(kind="near")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The files written, and the account of what was kept and left out."""

    files: tuple[WrittenFile, ...]
    account: Account


def _meanings(inputs: Sequence[Input]) -> tuple[Meaning, ...]:
    """What the numbers of the inputs are, each once."""
    return tuple(dict.fromkeys(item.meaning for item in inputs if item.meaning is not None))


def _check_meanings(inputs: Sequence[Input], options: DataOptions) -> None:
    """Refuse to choose by a number that the inputs do not have, or by several as if they were one.

    The quality of a translation and that of a link cannot be compared.
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
                f"its number is a {item.meaning}: {MEANINGS[item.meaning]}",
                where=str(item.path),
                expected=f"--min-{item.meaning} too",
            )
    if len(found) > 1 and options.corpus.best:
        raise OptionError(
            f"inputs with different numbers: {', '.join(found)}",
            where="--best",
            expected="one of them",
            action="Export them apart.",
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

    Equal inputs and options give equal bytes. Raises InputError if an input is malformed or nothing is left,
    OptionError for options that do not fit and for an output that is an input, OutputError if the file system
    refuses to write or a file that Egiz did not write is in the way.
    """
    inputs = open_inputs(places, options.inputs)
    taken = tuple(item.path for item in inputs)
    _check_meanings(inputs, options)
    for path in filter(None, (options.rejects, options.report)):
        if path.resolve() not in [item.resolve() for item in taken]:  # which has another message
            refuse_other(path)
    if form.folder:
        check_folder(output, taken)
    with ExitStack() as stack:
        listen = stack.enter_context(_rejecting(options.rejects, taken))
        entries = read_entries(inputs, options.inputs)
        corpus = stack.enter_context(make_corpus(entries, options.corpus, terms=terms, listen=listen))
        about = merged(
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
    """The place of a format's files, written atomically; without a format, that of a single file."""
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
    """The callback that writes rejected pairs to a table at `path`; None if `path` is None."""
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
