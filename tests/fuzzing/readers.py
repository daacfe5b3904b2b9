"""Every reader of files that others made, with small valid files to begin from."""

from __future__ import annotations

import io
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
FOUND = CASES / "fuzz"
"""A folder for each reader that something was found in; each file in it is a case."""
SEEDS = CASES / "fuzz_seeds"
RECIPES = ROOT / "translate" / "train" / "recipes"
QUALITY = ROOT / "parallel" / "scores" / "data"
STARTER = ROOT / "translate" / "data" / "starter"
_HEAD = 1 << 16
"""Bytes of the starter's larger files; what is cut off there is one more way to be wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """`file` is the name that a case is written under, `seeds` are valid files, `read` reads one to its end.

    `beside` puts into a folder, once, what has to stand beside the file.
    """

    file: str
    seeds: Callable[[], tuple[bytes, ...]]
    read: Callable[[Path], None]
    beside: Callable[[Path], None] = lambda folder: None


def _files(*names: str, folder: Path = CASES) -> Callable[[], tuple[bytes, ...]]:
    return lambda: tuple((folder / name).read_bytes() for name in names)


def _check_text(text: str) -> None:
    """What was read can be written again, and holds nothing that no text has."""
    text.encode()
    assert "\0" not in text


def _document(path: Path) -> None:
    from egiz.translate.read import ReadOptions, read
    from egiz.translate.split import split

    for document in read(path, ReadOptions(language="kk")):
        _check_text(document.text + document.title + document.id)
        for sentence in split(document):
            assert document.text[sentence.start : sentence.stop]


def _column(path: Path) -> None:
    from egiz.translate.read import ReadOptions, read

    for column in ("kk", 1):
        for document in read(path, ReadOptions(language="kk", column=column)):
            _check_text(document.text)


def _bitext(path: Path) -> None:
    """A bilingual file, read in all the ways that there are; written again, it is the same to the byte."""
    from egiz.parallel.bitext import read_bitext
    from egiz.parallel.bitext.rewrite import FileUnit, read_units
    from egiz.translate.errors import EgizError

    errors: list[EgizError] = []
    ways = ((None, None), ("kk", "ru"))
    for asked in ways:
        try:
            segments = list(read_bitext(path, *asked))
            parts = list(read_units(path, *asked))
        except EgizError as error:
            errors.append(error)
            continue
        assert (
            b"".join(part.raw if isinstance(part, FileUnit) else part for part in parts) == path.read_bytes()
        )
        again = [side.segment for part in parts if isinstance(part, FileUnit) for side in part.sides]
        assert again == segments
        for segment in segments:
            _check_text(segment.source + segment.target)
            assert "\n" not in segment.source + segment.target
    if len(errors) == len(ways):
        raise errors[0]


def _corpus(path: Path) -> None:
    """As data to export and to evaluate: ids, qualities, documents, licences."""
    from egiz.parallel.corpus.inputs import InputOptions, open_inputs, read_rows
    from egiz.parallel.evaluate.texts import read_texts

    options = InputOptions()
    for entry in read_rows(open_inputs([path], options), options):
        for text in (entry.id, entry.source, *(side.text for side in entry.sides)):
            _check_text(text)
    read_texts(path, "kk,ru", "kk")


def _tables(path: Path) -> None:
    _one_by_one(path, _bitext, _corpus)


def _one_by_one(path: Path, *reads: Callable[[Path], None]) -> None:
    """Let each have the file, also where one before has refused it."""
    from egiz.translate.errors import EgizError

    errors: list[EgizError] = []
    for read in reads:
        try:
            read(path)
        except EgizError as error:
            errors.append(error)
    if len(errors) == len(reads):
        raise errors[0]


def _published(path: Path) -> None:
    from egiz.parallel.publish.published import open_published
    from egiz.parallel.reader.load import load

    _one_by_one(
        path,
        lambda place: _used_up(open_published(place.with_name("parallel.tsv")).rows()),
        lambda place: _used_up(load(place.with_name("parallel.tsv")).rows),
        lambda place: _corpus(place.with_name("parallel.tsv")),
    )


def _page(path: Path) -> None:
    """All that stands in the folder of a build, as the page is made of it."""
    from egiz.parallel.corpus.inputs import read_scores
    from egiz.parallel.reader.load import load
    from egiz.parallel.reader.page_file import render
    from egiz.parallel.review.files import read_history

    _one_by_one(
        path,
        _published,
        lambda place: _used_up(read_history(place.parent)),
        lambda place: _used_up(read_scores(place.with_name("scores.tsv"))),
        lambda place: _used_up(render(load(place.with_name("parallel.tsv")))),
    )


def _used_up(items: Iterable[object]) -> None:
    for _ in items:
        pass


def _terms(path: Path) -> None:
    from egiz.glossary.formats import FORMATS
    from egiz.glossary.termbase import load

    base = load(path, languages=("en", "ru"))
    for term in base.terms:
        _check_text("".join([term.id, term.note, *(wording.text for wording in term.wordings)]))
    for form in FORMATS.values():
        form.write(base).text.encode()


def _tools(*endings: str, encoding: str = "") -> Callable[[], tuple[bytes, ...]]:
    """Term bases in the shape that translation programs write, in an encoding of theirs."""

    def read() -> tuple[bytes, ...]:
        found = sorted((CASES / "term_bases").iterdir())
        data = [path.read_bytes() for path in found if path.suffix in endings]
        return tuple(one.decode().encode(encoding) if encoding else one for one in data)

    return read


def _term_sheet() -> tuple[bytes, ...]:
    from egiz.glossary.formats import FORMATS
    from egiz.glossary.termbase import load

    return (FORMATS["xlsx"].write(load(SEEDS / "terms.tsv")).content,)


def _edits(path: Path) -> None:
    from egiz.parallel.review.files import read_edits

    for edit in read_edits(path):
        _check_text(edit.before + edit.after + edit.comment + edit.author)


def _links(path: Path) -> None:
    from egiz.parallel.align.links_file import evaluate_files

    _used_up(evaluate_files(path, path))


def _recipe(path: Path) -> None:
    from egiz.translate.train.recipe import read_recipe

    read_recipe(path)


def _manifest(path: Path) -> None:
    from egiz.translate.models.manifest import verify

    verify(path.parent, quick=True)


def _model(path: Path) -> None:
    """A model whose file was changed: whatever happens, it is said which file."""
    from egiz.translate.models.layout import checkpoint_tokens, model_tokens, sentencepiece_facts
    from egiz.translate.models.weights import weight_facts

    _one_by_one(
        path,
        lambda place: _used_up(model_tokens(place.parent)),
        lambda place: _used_up(checkpoint_tokens(place.parent)),
        lambda place: _used_up([weight_facts(place.with_name("model.bin"))]),
        lambda place: _used_up([sentencepiece_facts(place.with_name("sentencepiece.bpe.model"))]),
    )


def _memory(path: Path) -> None:
    from egiz.translate.memory import Memory, human_key, human_translation

    key = human_key("Бұл сөйлем 7.", "kk", "ru")
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    with Memory.open(path) as memory:
        memory.get([key])
        memory.put([(key, human_translation("Предложение."))])
        memory.stats()
        memory.clear(source="kk")


def _calibration(path: Path) -> None:
    from egiz.parallel.scores.calibration import read_calibrations

    read_calibrations(path)


def _packed(name: str) -> Callable[[], tuple[bytes, ...]]:
    """An archive of the files in a folder of the seeds, in the order of their paths."""

    def pack() -> tuple[bytes, ...]:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted((SEEDS / name).rglob("*")):
                if path.is_file():
                    member = zipfile.ZipInfo(path.relative_to(SEEDS / name).as_posix())
                    archive.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
        return (stream.getvalue(),)

    return pack


@cache
def _folder() -> dict[str, bytes]:
    """What a build with terms publishes, made with a fake engine, and a history of reviews."""
    from tests.parallel.reviewing import made

    with TemporaryDirectory() as place:
        out = made(Path(place), terms=True)
        found = {path.name: path.read_bytes() for path in out.iterdir() if path.name != "page.html"}
    return found | {"review.tsv": (SEEDS / "review.tsv").read_bytes()}


def _in_folder(name: str) -> Reader:
    def put(folder: Path) -> None:
        for other, content in _folder().items():
            (folder / other).write_bytes(content)

    return Reader(file=name, seeds=lambda: (_folder()[name],), read=_page, beside=put)


@cache
def _memories() -> tuple[bytes, ...]:
    """A memory of twenty entries, all of it in the one file."""
    from egiz.translate.memory import Memory, human_key, human_translation

    with TemporaryDirectory() as place:
        path = Path(place) / "memory.sqlite"
        with Memory.open(path) as memory:
            keys = [human_key(f"Бұл сөйлем {number}.", "kk", "ru") for number in range(20)]
            memory.put((key, human_translation("Это предложение. " * 20)) for key in keys)
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return (path.read_bytes(),)


def _small_model(folder: Path) -> None:
    """The small files of the starter model, with weights that are cut off behind their head."""
    for name in ("config.json", "egiz-model.json", "sentencepiece.bpe.model", "shared_vocabulary.json"):
        shutil.copy(STARTER / name, folder / name)
    (folder / "model.bin").write_bytes(_head(STARTER / "model.bin"))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _model_file(name: str, read: Callable[[Path], None] = _model) -> Reader:
    return Reader(file=name, seeds=lambda: (_head(STARTER / name),), read=read, beside=_small_model)


READERS: dict[str, Reader] = {
    "text": Reader(file="a.txt", seeds=_files("read/notes.txt", "read/page.txt"), read=_document),
    "markdown": Reader(file="a.md", seeds=_files("read/notes.md"), read=_document),
    "html": Reader(file="a.html", seeds=_files("read/page.html"), read=_document),
    "xhtml": Reader(file="a.xhtml", seeds=_files("read/page.html"), read=_document),
    "docx": Reader(file="a.docx", seeds=_packed("docx"), read=_document),
    "epub": Reader(file="a.epub", seeds=_packed("epub"), read=_document),
    "fodt": Reader(file="a.fodt", seeds=_files("flat.fodt", folder=SEEDS), read=_document),
    "srt": Reader(file="a.srt", seeds=_files("film.srt", folder=SEEDS), read=_document),
    "vtt": Reader(file="a.vtt", seeds=_files("film.vtt", folder=SEEDS), read=_document),
    "fb2": Reader(file="a.fb2", seeds=_files("book.fb2", folder=SEEDS), read=_document),
    "mhtml": Reader(file="a.mhtml", seeds=_files("page.mhtml", folder=SEEDS), read=_document),
    "unnamed": Reader(
        file="a", seeds=lambda: (*_packed("docx")(), *_files("read/page.html")()), read=_document
    ),
    "column-tsv": Reader(file="a.tsv", seeds=_files("column.tsv", folder=SEEDS), read=_column),
    "column-csv": Reader(file="a.csv", seeds=_files("column.csv", folder=SEEDS), read=_column),
    "tsv": Reader(file="a.tsv", seeds=_files("headed.tsv", "plain.tsv", folder=SEEDS), read=_tables),
    "tmx": Reader(file="a.tmx", seeds=_files("bitext/memory.tmx"), read=_tables),
    "xliff-1": Reader(file="a.xlf", seeds=_files("bitext/two.xlf"), read=_tables),
    "xliff-2": Reader(file="a.xlf", seeds=_files("bitext/three.xliff"), read=_tables),
    "po": Reader(file="a.po", seeds=_files("bitext/messages.po"), read=_tables),
    "unnamed-bitext": Reader(
        file="a.bin", seeds=_files("bitext/memory.tmx", "bitext/messages.po", "bitext/two.xlf"), read=_bitext
    ),
    "parallel": _in_folder("parallel.tsv"),
    "datapackage": _in_folder("datapackage.json"),
    "scores": _in_folder("scores.tsv"),
    "term-uses": _in_folder("term-uses.tsv"),
    "edits": _in_folder("edits.tsv"),
    "review": _in_folder("review.tsv"),
    "terms-tsv": Reader(file="a.tsv", seeds=_files("terms.tsv", folder=SEEDS), read=_terms),
    "terms-csv": Reader(file="a.csv", seeds=_files("terms.csv", folder=SEEDS), read=_terms),
    "terms-tools-csv": Reader(file="a.csv", seeds=_tools(".csv"), read=_terms),
    "terms-tools-text": Reader(
        file="a.txt",
        seeds=lambda: (*_tools(".txt", ".tsv")(), *_tools(".txt", encoding="utf-16")()),
        read=_terms,
    ),
    "terms-tools-xml": Reader(file="a.xml", seeds=_tools(".xml", ".tbx", ".qph"), read=_terms),
    "terms-xlsx": Reader(file="a.xlsx", seeds=_term_sheet, read=_terms),
    "terms-json": Reader(file="a.json", seeds=_files("terms.json", folder=SEEDS), read=_terms),
    "terms-tbx": Reader(file="a.tbx", seeds=_files("2008.tbx", "2019.tbx", folder=SEEDS), read=_terms),
    "edits-json": Reader(file="a.json", seeds=_files("edits.json", folder=SEEDS), read=_edits),
    "links": Reader(
        file="links.tsv",
        seeds=_files("links.tsv", "ladder.txt", "numbers.tsv", folder=SEEDS),
        read=_links,
    ),
    "recipe": Reader(file="recipe.toml", seeds=_files("starter.toml", folder=RECIPES), read=_recipe),
    "calibration": Reader(file="a.json", seeds=_files("starter.json", folder=QUALITY), read=_calibration),
    "memory": Reader(file="memory.sqlite", seeds=_memories, read=_memory),
    "manifest": _model_file("egiz-model.json", _manifest),
    "model-config": _model_file("config.json"),
    "model-vocabulary": _model_file("shared_vocabulary.json"),
    "model-pieces": _model_file("sentencepiece.bpe.model"),
    "model-weights": _model_file("model.bin"),
}
