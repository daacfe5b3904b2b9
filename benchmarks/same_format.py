"""Whether documents of LibreOffice and python-docx come through `egiz export --document` whole.

    python benchmarks/same_format.py [--ways table,attention] [--to ru,en] [--show] [--smoke]

`same_format.tsv` beside this has the text of 12 documents in Kazakh, with bold words ``{b:…}``, words in
italics ``{i:…}`` and links ``{a:…}``. For each mark it says what stands for it in Russian and English: words
with ``*`` for any ending, ``/`` between alternatives, ``|`` between the marks. Every document has a heading,
paragraphs, a table, a picture, links and a note. LibreOffice makes four as ODT and four as DOCX, python-docx
four. Documents 1 to 6 were looked at while the placing of marks was worked on, 7 to 12 were not.

The starter translates them, each is exported in its own format, and LibreOffice converts it to PDF, and to
flat ODT, in which paragraphs, pictures, links and notes are counted and marked words are compared.
A mark is right if it covers what stands for its words, with no more than an article or a preposition before
them; it is not judged where the translation has none of the expected words. `table` links words without a
model, `attention` also by the starter, as `egiz export` does. Leaves with status 1 where a document does not
open or a count differs. Needs `soffice` (LibreOffice) and python-docx. --show prints the marks that are not
right, --smoke takes one document of each kind.
"""

from __future__ import annotations

import argparse
import base64
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from lxml import etree

import egiz
from egiz.parallel.bilingual.links import AttentiveLinks
from egiz.parallel.corpus.same import write_same
from egiz.parallel.publish.published import open_published
from egiz.translate.engine.forcing import CTranslate2Forcing

LOOKED_AT = 6
"""The last document that was looked at while the placing of marks was worked on."""
ROWS = Path(__file__).with_suffix(".tsv")
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""
LINK = "https://example.org/"
MARK = re.compile(r"\{(?P<kind>[bia]):(?P<words>[^{}]*)\}")
SMALL = {
    "ru": r"(?:(?:в|во|на|по|с|со|к|о|об|из|от|за|для|под) )?",
    "en": r"(?:(?:in|on|at|of|from|by|with|to|for|as|into|about) )?(?:(?:the|a|an|our|his|its) )?",
}
"""What may stand before the words of a mark: a case of Kazakh is a preposition, and an article is nothing."""
COUNTED = {"paragraphs": ("p", "h"), "pictures": ("image",), "links": ("a",), "notes": ("note",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A paragraph of a document, its role, and what is expected of its marks, by language."""

    role: str
    source: str
    expected: dict[str, list[str]]


def documents() -> dict[int, list[Line]]:
    rows = [line.split("\t") for line in ROWS.read_text(encoding="utf-8").splitlines()]
    names, rows = rows[0], rows[1:]
    found = {}
    for number, group in groupby(rows, key=lambda row: int(row[0])):
        cells = [dict(zip(names, row, strict=True)) for row in group]
        found[number] = [
            Line(
                role=cell["role"],
                source=cell["source"],
                expected={tag: cell[tag].split(" | ") if cell[tag] else [] for tag in ("ru", "en")},
            )
            for cell in cells
        ]
    return found


def pieces(line: Line) -> Iterator[tuple[str, str]]:
    """The stretches of a line, each with the kind of its mark, empty for plain text."""
    at = 0
    for found in MARK.finditer(line.source):
        yield "", line.source[at : found.start()]
        yield found["kind"], found["words"]
        at = found.end()
    yield "", line.source[at:]


def as_html(lines: Sequence[Line]) -> str:
    """A page from which LibreOffice makes a document: its import knows pictures and notes of this form."""
    opened = {"": "", "b": "<b>", "i": "<i>", "a": f'<a href="{LINK}">'}
    closed = {"": "", "b": "</b>", "i": "</i>", "a": "</a>"}
    texts = [
        (line.role, "".join(opened[kind] + escape(words) + closed[kind] for kind, words in pieces(line)))
        for line in lines
    ]
    picture = f'<img src="data:image/png;base64,{base64.b64encode(PICTURE).decode()}" width="9" height="9">'
    reference = '<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a>'
    body = []
    for role, text in texts:
        if role == "heading":
            body.append(f"<h1>{text}</h1>")
        elif role == "text":
            body.append(f"<p>{text}</p>")
        elif role == "cell":
            body[-1] = body[-1].replace("</p>", f"{reference}</p>")
            body.append(f"<p>{picture}</p><table border=1><tr><td>1</td><td>{text}</td></tr></table>")
        else:
            body.append(
                f'<div id="sdfootnote1"><p class="sdfootnote"><a class="sdfootnotesym" name="sdfootnote1sym" '
                f'href="#sdfootnote1anc">1</a>{text}</p></div>'
            )
    return f'<!DOCTYPE html><html lang="kk"><meta charset="utf-8"><body>{"".join(body)}</body></html>'


def by_python_docx(lines: Sequence[Line], path: Path) -> None:
    document = Document()
    last = None
    for line in lines:
        if line.role == "heading":
            document.add_heading(line.source, 1)
        elif line.role == "text":
            last = document.add_paragraph()
            fill(last, line)
        elif line.role == "cell":
            document.add_picture(BytesIO(PICTURE))
            table = document.add_table(1, 2)
            table.cell(0, 0).text = "1"
            fill(table.cell(0, 1).paragraphs[0], line)
        else:
            add_note(document, last, line)
    document.save(str(path))


def fill(paragraph: Any, line: Line) -> None:
    for kind, words in pieces(line):
        if kind == "a":
            link = OxmlElement("w:hyperlink")
            link.set(
                qn("r:id"), paragraph.part.relate_to(LINK, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            )
            link.append(paragraph.add_run(words)._r)
            paragraph._p.append(link)
        elif words:
            run = paragraph.add_run(words)
            run.bold, run.italic = (True if kind == "b" else None), (True if kind == "i" else None)


def add_note(document: Any, paragraph: Any, line: Line) -> None:
    """A footnote, which python-docx has no function for."""
    runs = "".join(
        f'<w:r><w:rPr>{f"<w:{kind}/>" if kind else ""}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'
        for kind, words in pieces(line)
    )
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
        f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>{runs}</w:p></w:footnote></w:footnotes>'
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), "1")
    paragraph.add_run()._r.append(reference)


def soffice(folder: Path, kind: str, paths: Sequence[Path], profile: Path) -> None:
    """Convert files with LibreOffice into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", kind]
    done = subprocess.run(
        [*command, "--outdir", str(folder), *map(str, paths)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"soffice --convert-to {kind}: {done.stderr}")


def made(folder: Path, wanted: Sequence[int], profile: Path) -> list[tuple[int, Path]]:
    """The documents, by LibreOffice as ODT (1 to 4), as DOCX (5 to 8) and by python-docx (9 to 12)."""
    pages, sources = folder / "pages", folder / "sources"
    pages.mkdir()
    sources.mkdir()
    found = []
    for kind, form, numbers in (
        ("odt", "odt:writer8", range(1, 5)),
        ("docx", "docx:MS Word 2007 XML", range(5, 9)),
    ):
        own = [number for number in numbers if number in wanted]
        for number in own:
            (pages / f"{number}.html").write_text(as_html(documents()[number]), encoding="utf-8")
            found.append((number, sources / f"{number}.{kind}"))
        import_as_text = ["--infilter=HTML (StarWriter)"]
        soffice(sources, form, [*map(Path, import_as_text), *(pages / f"{n}.html" for n in own)], profile)
    for number in range(9, 13):
        if number in wanted:
            by_python_docx(documents()[number], sources / f"{number}.docx")
            found.append((number, sources / f"{number}.docx"))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph as LibreOffice has it: its text, and the texts that are bold, in italics and links."""

    text: str
    marked: dict[str, list[str]]


class Flat:
    """A document that LibreOffice wrote as flat ODT."""

    def __init__(self, path: Path) -> None:
        root = etree.parse(str(path), etree.XMLParser(huge_tree=True)).getroot()
        self._styles = {
            item.get(_name(item, "name")): item
            for item in root.iter("{*}style")
            if item.get(_name(item, "name"))
        }
        [body] = root.iter("{*}body")
        self.counts = {
            name: sum(1 for tag in tags for _ in body.iter(f"{{*}}{tag}")) for name, tags in COUNTED.items()
        }
        self.paragraphs = [
            self._paragraph(item) for item in body.iter("{*}p", "{*}h") if "".join(_texts(item)).strip()
        ]

    def _paragraph(self, element: Any) -> Paragraph:
        stretches = [(text, self._kinds(parents)) for text, parents in _stretches(element, ())]
        marked = {
            kind: [
                "".join(text for text, _ in group).strip()
                for has, group in groupby(stretches, key=lambda item, kind=kind: kind in item[1])
                if has
            ]
            for kind in "bia"
        }
        return Paragraph(text="".join(text for text, _ in stretches), marked=marked)

    def _kinds(self, parents: Sequence[Any]) -> set[str]:
        kinds = {"a" for item in parents if _local(item) == "a"}
        for item in parents:
            name = item.get(_name(item, "style-name"))
            while _local(item) == "span" and name in self._styles:
                style = self._styles[name]
                looks = {_local_name(key): value for found in style for key, value in found.attrib.items()}
                kinds |= {"b"} if looks.get("font-weight") == "bold" else set()
                kinds |= {"i"} if looks.get("font-style") == "italic" else set()
                name = style.get(_name(style, "parent-style-name"))
        return kinds


def _local_name(name: str) -> str:
    return name.rpartition("}")[2]


def _local(element: Any) -> str:
    return _local_name(element.tag)


def _name(element: Any, name: str) -> str:
    """The name of an attribute in the namespace of its element."""
    return f"{element.tag.rpartition('}')[0]}}}{name}"


def _stretches(element: Any, parents: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The text of a paragraph without that of notes and pictures in it, each piece with its elements."""
    if element.text:
        yield element.text, parents
    for child in element:
        if _local(child) == "s":
            yield " ", parents
        elif _local(child) not in ("note", "frame"):
            yield from _stretches(child, (*parents, child))
        if child.tail:
            yield child.tail, parents


def _texts(element: Any) -> Iterator[str]:
    return (text for text, _ in _stretches(element, ()))


def pattern(expected: str) -> str:
    return "|".join(f"(?:{one})" for one in expected.replace("*", r"\w*").split("/"))


def verdict(paragraph: Paragraph, kind: str, expected: str, tag: str) -> str:
    """`right`, `wrong` or `whole` for a mark, or `unsaid` where the translation has none of the words."""
    text = paragraph.text
    if not re.search(rf"\b(?:{pattern(expected)})\b", text, re.IGNORECASE):
        return "unsaid"
    covered = rf"\W*{SMALL[tag]}(?:{pattern(expected)})\W*"
    found = paragraph.marked[kind]
    if any(re.fullmatch(covered, words, re.IGNORECASE) for words in found):
        return "right"
    return "whole" if any(words == text.strip() for words in found) else "wrong"


def judged(
    lines: Sequence[Line], before: Flat, after: Flat, tag: str
) -> Iterator[tuple[str, str, Paragraph]]:
    """The verdict on each mark, with the line and what became of it."""
    places = {" ".join(item.text.split()): at for at, item in enumerate(before.paragraphs)}
    for line in lines:
        kinds = [found["kind"] for found in MARK.finditer(line.source)]
        at = places[MARK.sub(r"\g<words>", line.source)]
        for kind, expected in zip(kinds, line.expected[tag], strict=True):
            yield verdict(after.paragraphs[at], kind, expected, tag), line.source, after.paragraphs[at]


def whole(before: Flat, after: Flat, pdf: Path) -> str:
    """What a translated document lacks; empty if nothing."""
    if not pdf.is_file() or not pdf.read_bytes().startswith(b"%PDF"):
        return "does not open"
    if before.counts != after.counts or len(before.paragraphs) != len(after.paragraphs):
        return f"{before.counts} became {after.counts}"
    return ""


def measured(folder: Path, tag: str, way: str, sources: Sequence[tuple[int, Path]], *, show: bool) -> int:
    """Export, convert and judge the documents; prints the account and gives the number that are not whole."""
    own, profile = folder / f"{tag}-{way}", folder / "profile"
    own.mkdir()
    engine = CTranslate2Forcing(egiz.open_model()) if way == "attention" else None
    attention = AttentiveLinks(lambda *_: engine) if engine is not None else None
    table = open_published(folder / "out")
    said: Counter[str] = Counter()
    for _, path in sources:
        said.update(write_same(table, path, own / path.name, (tag,), attention).lost)
    outputs = [own / path.name for _, path in sources]
    soffice(own / "flat", "fodt", outputs, profile)
    soffice(own / "pdf", "pdf", outputs, profile)
    verdicts: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    damaged = 0
    for number, path in sources:
        before = Flat(folder / "before" / f"{path.stem}.fodt")
        after = Flat(own / "flat" / f"{path.stem}.fodt")
        if lacks := whole(before, after, own / "pdf" / f"{path.stem}.pdf"):
            print(f"{path.name} in {tag}: {lacks}")
            damaged += 1
            continue
        for one, source, paragraph in judged(documents()[number], before, after, tag):
            verdicts[number > LOOKED_AT][one] += 1
            if show and one != "right":
                print(f"{path.name} {one}: {source} → {paragraph.text} {paragraph.marked}")
    print(f"{tag} {way}: {len(sources) - damaged} of {len(sources)} documents whole")
    for unseen, found in verdicts.items():
        known = found.total() - found["unsaid"]
        print(
            f"    documents {'7 to 12' if unseen else '1 to 6'}: {found['right']} of {known} marks right "
            f"({found['right'] / max(1, known):.1%}), {found['whole']} on the whole sentence, "
            f"{found['wrong']} on other words; {found['unsaid']} not judged"
        )
    for line, count in said.items():
        print(f"    {count} of the documents: not kept: {line}")
    return damaged


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ways", default="table,attention")
    parser.add_argument("--to", default="ru,en")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    tags = arguments.to.split(",")
    with TemporaryDirectory() as name:
        folder = Path(name)
        sources = made(folder, (1, 5, 9) if arguments.smoke else tuple(documents()), folder / "profile")
        paths = [path for _, path in sources]
        egiz.build(paths, folder / "out", to=tags, home=folder, effort="fast")
        soffice(folder / "before", "fodt", paths, folder / "profile")
        damaged = sum(
            measured(folder, tag, way, sources, show=arguments.show)
            for tag in tags
            for way in arguments.ways.split(",")
        )
    sys.exit(bool(damaged))


if __name__ == "__main__":
    main()
