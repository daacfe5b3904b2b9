"""The one way from rows to training data on disk: read, choose, write; whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from egiz.parallel.corpus import Corpus, CorpusOptions, make_corpus
from egiz.parallel.corpus.about import About, merged
from egiz.parallel.corpus.inputs import Input, InputOptions, open_inputs, read_entries
from egiz.parallel.corpus.report import Account, Reject
from egiz.parallel.export.data_formats import DataFormat
from egiz.parallel.export.place import FOLDER_FILES, Place, check_folder
from egiz.parallel.export.rejects import RejectWriter
from egiz.parallel.publish import WrittenFile
from egiz.parallel.publish.atomic import cannot_write
from egiz.parallel.publish.ours import Files, refuse_other

if TYPE_CHECKING:
    from egiz.glossary.records import TermBase

REPORT = "report.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOptions:
    """What goes where. `report` and `rejects` are files of their own; None writes none.

    A format that is a folder has its report in it as well. `title` is that of the inputs if empty.
    """

    inputs: InputOptions
    corpus: CorpusOptions
    title: str = ""
    report: Path | None = None
    rejects: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written, and the account of what was not."""

    files: tuple[WrittenFile, ...]
    account: Account


def export_data(
    places: Sequence[Path],
    form: DataFormat,
    output: Path,
    options: DataOptions,
    *,
    terms: TermBase | None = None,
) -> Exported:
    """Write training data out of `places` to `output`, in `form`.

    Equal inputs and options give equal bytes. Raises InputError where an input is damaged or nothing is left,
    OptionError for options that do not fit and an output that is an input, OutputError where the file system
    refuses, or a file stands in the way that Egiz did not make.
    """
    inputs = open_inputs(places, options.inputs)
    taken = tuple(item.path for item in inputs)
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
        place = stack.enter_context(_placed(form, output, taken))
        try:
            form.write(corpus, about, place)
            files = tuple(place.files())
            report = _report(inputs, options, about, corpus, files)
            if form.folder:
                place.write(REPORT, report)
                for name in FOLDER_FILES:
                    place.publication.drop(name)
            if options.report is not None:
                with _placed(None, options.report, taken) as beside:
                    beside.write(options.report.name, report)
        except OSError as error:
            raise cannot_write(output, error) from error
        return Exported(files=files, account=corpus.account)


@contextmanager
def _placed(form: DataFormat | None, output: Path, taken: tuple[Path, ...]) -> Iterator[Place]:
    """The place that a format's files go to; without a format, that of one file of any kind."""
    folder = output if form is not None and form.folder else output.parent
    ending = output.suffix if form is not None and form.ending else ""
    with Files(folder) as publication:
        yield Place(
            publication=publication,
            folder=folder,
            stem=output.name.removesuffix(ending) if ending else output.name,
            ending=ending,
            taken=taken,
            written=[],
        )


@contextmanager
def _rejecting(path: Path | None, taken: tuple[Path, ...]) -> Iterator[Callable[[Reject], None] | None]:
    """Something to tell of what is left out, which writes it to a table; None where none is wanted."""
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
