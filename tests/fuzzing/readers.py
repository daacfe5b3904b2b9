"""Every reader of files that others made, with small valid files to begin from."""

from __future__ import annotations

import io
import json
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
GOLDEN = ROOT / "tests" / "golden"
FOUND = CASES / "fuzz"
"""A folder for each reader that something was found in; each file in it is a case."""


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


def _texts(*texts: str) -> Callable[[], tuple[bytes, ...]]:
    return lambda: tuple(text.encode() for text in texts)


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
    from egiz.parallel.bitext.rewrite import Unit, read_units
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
        assert b"".join(part.raw if isinstance(part, Unit) else part for part in parts) == path.read_bytes()
        again = [side.segment for part in parts if isinstance(part, Unit) for side in part.sides]
        assert again == segments
        for segment in segments:
            _check_text(segment.source + segment.target)
            assert "\n" not in segment.source + segment.target
    if len(errors) == len(ways):
        raise errors[0]


def _corpus(path: Path) -> None:
    """As data to export and to evaluate: ids, qualities, documents, licences."""
    from egiz.parallel.corpus.inputs import InputOptions, open_inputs, read_entries
    from egiz.parallel.evaluate.texts import read_texts

    options = InputOptions()
    for entry in read_entries(open_inputs([path], options), options):
        for text in (entry.id, entry.source, *(side.text for side in entry.sides)):
            _check_text(text)
    read_texts(path, ("kk", "ru"), "kk")


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
    from egiz.parallel.published import open_published
    from egiz.parallel.reader.load import load

    _one_by_one(
        path,
        lambda place: _used_up(open_published(place.with_name("parallel.tsv")).rows()),
        lambda place: _used_up(load(place.with_name("parallel.tsv")).rows),
        lambda place: _corpus(place.with_name("parallel.tsv")),
    )


def _page(path: Path) -> None:
    """All that stands in the folder of a build, as the page is made of it."""
    from egiz.parallel.corpus.quality import read_scores
    from egiz.parallel.reader.load import load
    from egiz.parallel.reader.page_file import render
    from egiz.parallel.review.history import read_history

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

    base = load(path)
    for term in base.terms:
        _check_text("".join([term.id, term.note, *(wording.text for wording in term.wordings)]))
    for form in FORMATS.values():
        form.write(base).text.encode()


def _edits(path: Path) -> None:
    from egiz.parallel.review.edits_file import read_edits

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
    from egiz.translate.models.layout import checkpoint_tokens, model_tokens
    from egiz.translate.models.spm import sentencepiece_facts
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


def _packed(members: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    return stream.getvalue()


@cache
def _docx() -> tuple[bytes, ...]:
    spaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relation}/{{}}" Target="{{}}"/></Relationships>'
    )
    body = (
        '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Тақырып</w:t></w:r></w:p>'
        '<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>Бір</w:t><w:tab/><w:t>екі</w:t><w:br/></w:r>'
        '<w:ins w:id="1"><w:r><w:t>үш</w:t></w:r></w:ins><w:del w:id="2"><w:r><w:delText>x</w:delText></w:r></w:del>'
        '<w:r><w:sym w:char="0416"/><w:footnoteReference w:id="2"/></w:r><m:oMath><m:r><m:t>x</m:t></m:r></m:oMath></w:p>'
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Ұяшық</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    notes = (
        '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>Ескерту.</w:t></w:r></w:p></w:footnote>'
    )
    return (
        _packed(
            {
                "[Content_Types].xml": "<Types/>",
                "_rels/.rels": relations.format("officeDocument", "word/document.xml"),
                "word/document.xml": f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
                "word/_rels/document.xml.rels": relations.format("footnotes", "footnotes.xml"),
                "word/footnotes.xml": f"<w:footnotes {spaces}>{notes}</w:footnotes>",
            }
        ),
    )


@cache
def _epub() -> tuple[bytes, ...]:
    page = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops"><head><title/></head><body><h1>Тарау</h1>'
        '<p>Бір&nbsp;екі <span epub:type="pagebreak">12</span><br/>үш &amp; төрт.</p></body></html>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Кітап</dc:title>'
        "<dc:language>kk-KZ</dc:language></metadata><manifest>"
        '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="a" href="text/a%20b.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="n"/><itemref idref="a" linear="no"/></spine></package>'
    )
    return (
        _packed(
            {
                "mimetype": "application/epub+zip",
                "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/>'
                "</rootfiles></container>",
                "META-INF/encryption.xml": '<encryption><CipherReference URI="OEBPS/font.otf"/></encryption>',
                "OEBPS/book.opf": package,
                "OEBPS/nav.xhtml": page,
                "OEBPS/text/a b.xhtml": page,
            }
        ),
    )


@cache
def _folder() -> dict[str, bytes]:
    """What a build with terms publishes, and a history of reviews, made with an engine that answers at once."""
    from tests.parallel.reviewing import made

    with TemporaryDirectory() as place:
        out = made(Path(place), terms=True)
        found = {path.name: path.read_bytes() for path in out.iterdir() if path.name != "page.html"}
    line = "text:1.1\tru\tАйша\t2026-01-01T12:00:00+00:00\tКоролевство было создано.\tХандық.\ttrue\tиә\t\n"
    head = "row\tlanguage\tauthor\ttime\tbefore\tafter\tapproved\tcomment\tmachine\n"
    return found | {"review.tsv": (head + line).encode()}


def _published_seed(name: str) -> Callable[[], tuple[bytes, ...]]:
    return lambda: (_folder()[name],)


def _put_folder(folder: Path) -> None:
    for name, content in _folder().items():
        (folder / name).write_bytes(content)


@cache
def _memory_seeds() -> tuple[bytes, ...]:
    """A memory of some entries; one whose log was not brought in is made by `tests/translate/test_memory.py`."""
    from egiz.translate.memory import Memory, human_key, human_translation

    with TemporaryDirectory() as place:
        path = Path(place) / "memory.sqlite"
        with Memory.open(path) as memory:
            keys = [human_key(f"Бұл сөйлем {number}.", "kk", "ru") for number in range(20)]
            memory.put((key, human_translation("Это предложение. " * 20)) for key in keys)
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return (path.read_bytes(),)


STARTER = ROOT / "translate" / "data" / "starter"


def _small_model(folder: Path) -> None:
    """The small files of the starter model, with weights that are cut off behind their head."""
    for name in ("config.json", "egiz-model.json", "sentencepiece.bpe.model", "shared_vocabulary.json"):
        shutil.copy(STARTER / name, folder / name)
    with (STARTER / "model.bin").open("rb") as weights:
        (folder / "model.bin").write_bytes(weights.read(1 << 12))


def _starter(name: str, most: int = -1) -> Callable[[], tuple[bytes, ...]]:
    def read() -> tuple[bytes, ...]:
        with (STARTER / name).open("rb") as file:
            return (file.read(most),)

    return read


_HEADED = "id\tkk\tru\ten\tru.quality\na:1.1\tБір.\tОдин.\tOne.\t0.500\na:1.2\tЕкі.\tДва.\t\t\n"
_TERMS_TSV = (
    "# title: Тарих\n# licence: CC0-1.0\nid\tkk\tkk.pos\tkk.forms\tru\tru.number\tru.forbidden\ten\tnote\n"
    "хандық\tхандық\tnoun\tхандығы, хандықтың\tханство | княжество\tsingular | plural\tкоролевство\tkhanate\tа\\|б\n"
)
_TERMS_CSV = 'id,kk,ru,ru.match,note\n1,"қайта құру",перестройка,case,"a ""b"", c"\n2,қала,город,,\n'
_TERMS_JSON = json.dumps(
    {
        "title": "Тарих",
        "licence": "CC0-1.0",
        "terms": [
            {
                "id": "a",
                "note": "x",
                "wordings": [
                    {"language": "kk", "text": "хандық", "forms": ["хандығы"], "part_of_speech": "noun"},
                    {"language": "ru", "text": "ханство", "status": "preferred", "exact": True},
                ],
            }
        ],
    },
    ensure_ascii=False,
)
_TBX = (
    '<?xml version="1.0"?><!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd"><martif type="TBX" xml:lang="en">'
    "<martifHeader><fileDesc><titleStmt><title>Stars</title></titleStmt></fileDesc></martifHeader><text><body>"
    '<termEntry id="c1"><descrip type="subjectField">astronomy</descrip><langSet xml:lang="en-US"><tig>'
    '<term>open <hi>cluster</hi></term><termNote type="partOfSpeech">noun</termNote></tig></langSet>'
    '<langSet xml:lang="ru"><ntig><termGrp><term>скопление</term><note>x-egiz-match: case</note></termGrp></ntig>'
    "</langSet></termEntry></body></text></martif>",
    '<tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2" '
    'xmlns:min="http://www.tbxinfo.net/ns/min"><tbxHeader/><text><body><conceptEntry id="c1">'
    '<langSec xml:lang="kk"><termSec><term>қала</term><min:partOfSpeech>noun</min:partOfSpeech></termSec></langSec>'
    '<langSec xml:lang="ru"><termSec><term>город</term></termSec></langSec></conceptEntry></body></text></tbx>',
)
_EDITS = json.dumps(
    {
        "format": "egiz-edits",
        "version": 1,
        "table": "0" * 64,
        "author": "Айша",
        "edits": [
            {
                "row": "text:1.1",
                "language": "ru",
                "before": "Королевство было создано.",
                "after": "Ханство было создано.",
                "approved": True,
                "comment": "",
                "time": "2026-01-01T12:00:00Z",
            }
        ],
    },
    ensure_ascii=False,
)

READERS: dict[str, Reader] = {
    "text": Reader(file="a.txt", seeds=_files("read/notes.txt", "read/page.txt"), read=_document),
    "markdown": Reader(file="a.md", seeds=_files("read/notes.md"), read=_document),
    "html": Reader(file="a.html", seeds=_files("read/page.html"), read=_document),
    "xhtml": Reader(file="a.xhtml", seeds=_files("read/page.html"), read=_document),
    "unnamed": Reader(
        file="a", seeds=lambda: (*_docx(), *_epub(), *_files("read/page.html")()), read=_document
    ),
    "docx": Reader(file="a.docx", seeds=_docx, read=_document),
    "epub": Reader(file="a.epub", seeds=_epub, read=_document),
    "column-tsv": Reader(file="a.tsv", seeds=_texts("id\tkk\n1\tБір.\n2\tЕкі.\n"), read=_column),
    "column-csv": Reader(file="a.csv", seeds=_texts('id;kk\n1;"Бір; ""екі""."\n2;Үш.\n'), read=_column),
    "tsv": Reader(file="a.tsv", seeds=_texts(_HEADED, "Бір.\tОдин.\nЕкі.\tДва.\n"), read=_tables),
    "tmx": Reader(file="a.tmx", seeds=_files("bitext/memory.tmx"), read=_tables),
    "xliff-1": Reader(file="a.xlf", seeds=_files("bitext/two.xlf"), read=_tables),
    "xliff-2": Reader(file="a.xlf", seeds=_files("bitext/three.xliff"), read=_tables),
    "po": Reader(file="a.po", seeds=_files("bitext/messages.po"), read=_tables),
    **{
        name.partition(".")[0]: Reader(file=name, seeds=_published_seed(name), read=_page, beside=_put_folder)
        for name in (
            "parallel.tsv",
            "datapackage.json",
            "scores.tsv",
            "term-uses.tsv",
            "edits.tsv",
            "review.tsv",
        )
    },
    "terms-tsv": Reader(file="a.tsv", seeds=_texts(_TERMS_TSV), read=_terms),
    "terms-csv": Reader(file="a.csv", seeds=_texts(_TERMS_CSV), read=_terms),
    "terms-json": Reader(file="a.json", seeds=_texts(_TERMS_JSON), read=_terms),
    "terms-tbx": Reader(file="a.tbx", seeds=_texts(*_TBX), read=_terms),
    "edits-json": Reader(file="a.json", seeds=_texts(_EDITS), read=_edits),
    "links": Reader(
        file="links.tsv",
        seeds=_texts(
            "row\tlanguage\tsource\ttarget\tscore\tflags\na\tru\ta:1.1\tb:1.1,b:1.2\t0.900\t\na\tru\t\tb:1.3\t0.5\tx\n",
            "[0, 1]:[0]:0.1\n[2]:[]\n[]:[1]\n",
            "0,1\t0\n2\t1\n",
        ),
        read=_links,
    ),
    "recipe": Reader(
        file="recipe.toml",
        seeds=_files("starter.toml", folder=ROOT / "translate" / "train" / "recipes"),
        read=_recipe,
    ),
    "manifest": Reader(
        file="egiz-model.json", seeds=_starter("egiz-model.json"), read=_manifest, beside=_small_model
    ),
    **{
        f"model-{name.partition('.')[0]}": Reader(
            file=name, seeds=_starter(name, most), read=_model, beside=_small_model
        )
        for name, most in (
            ("config.json", -1),
            ("shared_vocabulary.json", -1),
            ("sentencepiece.bpe.model", -1),
            ("model.bin", 1 << 12),
        )
    },
    "memory": Reader(file="memory.sqlite", seeds=_memory_seeds, read=_memory),
    "calibration": Reader(
        file="a.json",
        seeds=_files("starter.json", folder=ROOT / "parallel" / "scores" / "data"),
        read=_calibration,
    ),
}
