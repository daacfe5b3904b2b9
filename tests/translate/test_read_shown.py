"""What a page shows is what is read: exponents, formulas, hidden parts, notes, headings, titles."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from egiz.translate.errors import InputError
from egiz.translate.read import ReadOptions, read
from egiz.translate.read.html import read_html
from egiz.translate.read.markdown import read_markdown
from egiz.translate.records import Document, Heading
from tests.translate.test_read_docx import RELATION, docx, p, packed, r, text_of

CASES = json.loads(
    (Path(__file__).resolve().parent.parent / "cases" / "read" / "markup.json").read_text(encoding="utf-8")
)
KK = ReadOptions(language="kk")


@pytest.mark.parametrize(("name", "page", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_page_reads_as_it_shows(name: str, page: str, expected: str) -> None:
    assert read_html(f"<body>{page}".encode(), where=name).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10<sup>24</sup> және H<sub>2</sub>O", "10²⁴ және H₂O"),
        ("10<sup> 24 </sup>кг, x<sub>i</sub>, v<sub>max</sub>, Ал<sub>а</sub>", "10²⁴ кг, xᵢ, vmax, Ала"),
        ("10^24^ және H~2~O", "10²⁴ және H₂O"),
        ("Ол <del>ескі</del> үй", "Ол  үй"),
        ("~~бар~~ 5 ~ 6", "бар 5 ~ 6"),
    ],
)
def test_markdown_keeps_exponents(text: str, expected: str) -> None:
    assert read_markdown(text, where="a").text == expected


def one(path: Path, options: ReadOptions = KK) -> Document:
    (document,) = read(path, options)
    return document


def test_headings_have_their_places_and_levels(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<title>Кітап</title><h1>Бір</h1><p>Мәтін.</p>"
        "<div role='heading' aria-level='3'>Үш</div><h2><b>Екі</b></h2>",
        encoding="utf-8",
    )
    document = one(path)
    shown = [(document.text[item.start : item.stop], item.level) for item in document.headings]
    assert (document.title, shown) == ("Кітап", [("Бір", 1), ("Үш", 3), ("Екі", 2)])


def test_markdown_has_its_own_title_and_headings(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Кітап\n\nМәтін.\n\n## Тарау\n", encoding="utf-8")
    document = one(path)
    assert document.title == "Кітап"
    assert document.headings == (Heading(start=0, stop=5, level=1), Heading(start=15, stop=20, level=2))
    path.write_text("---\ntitle: 'Атауы'\n---\n# Кітап\n", encoding="utf-8")
    assert one(path).title == "Атауы"


def run(text: str, properties: str) -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def math(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


FORMULA = f"<m:oMath><m:f><m:num>{math('1')}</m:num><m:den>{math('2')}</m:den></m:f></m:oMath>"
POWER = f"<m:oMath><m:sSup><m:e>{math('10')}</m:e><m:sup>{math('6')}</m:sup></m:sSup></m:oMath>"
BODIES = {
    "exponent": (p(r("10"), run("6", '<w:vertAlign w:val="superscript"/>'), r("-дан")), "10⁶-дан"),
    "index": (p(r("H"), run("2", '<w:vertAlign w:val="subscript"/>'), r("O")), "H₂O"),
    "fraction": (p(r("жарты "), FORMULA, r(", 5"), FORMULA), "жарты 1/2, 5 1/2"),
    "power": (p(r("шама "), POWER), "шама 10⁶"),
    "Symbol's code": (p("<w:r><w:sym w:font='Symbol' w:char='F061'/></w:r>", r(" = 30")), "α = 30"),
    "Symbol's letters": (p(run("a", '<w:rFonts w:ascii="Symbol"/>'), r(" = 30")), "α = 30"),
    "unknown picture": (p("<w:r><w:sym w:font='Foo' w:char='F061'/></w:r>"), "\ufffc"),
    "deleted paragraph mark": (
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('бөлінген,')}</w:p>{p(r(' бірақ'))}",
        "бөлінген, бірақ",
    ),
    "deleted mark at the end": (f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('соңы')}</w:p>", "соңы"),
    "page break inside a sentence": (
        p(r("мәселе "), "<w:r><w:br w:type='page'/></w:r>", r("шешілді")),
        "мәселе шешілді",
    ),
    "page break before a heading": (
        p(r("соңы."), "<w:r><w:br w:type='page'/></w:r>", r("Тарау")),
        "соңы.\nТарау",
    ),
    "own mark of a note": (
        p(r("болған"), "<w:r><w:footnoteReference w:customMarkFollows='1'/><w:t>*</w:t></w:r>", r(".")),
        "болған.",
    ),
    "deleted row": (
        f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{p(r('жоқ'))}</w:tc></w:tr></w:tbl>{p(r('бар'))}",
        "бар",
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_word_document_reads_as_it_shows(name: str) -> None:
    body, expected = BODIES[name]
    assert text_of(docx(body)) == expected


STYLES = """<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:style w:type="character" w:styleId="Hid"><w:name w:val="Hid"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="HidP"><w:name w:val="HidP"/><w:basedOn w:val="Hid"/></w:style>
<w:style w:type="character" w:styleId="Up"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="a2"><w:name w:val="Chapter"/><w:basedOn w:val="a1"/></w:style>
<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="loop"><w:basedOn w:val="loop"/></w:style></w:styles>"""


def whole(body: str, parts: dict[str, tuple[str, str]]) -> bytes:
    """A Word document with more parts: by name, the kind and the content."""
    stream = io.BytesIO(docx(body))
    relations = "".join(
        f'<Relationship Id="{name}" Type="{RELATION}/{kind}" Target="{name}"/>'
        for name, (kind, _) in parts.items()
    )
    with zipfile.ZipFile(stream) as pack:
        members = {name: pack.read(name).decode() for name in pack.namelist()}
    members["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}'
        "</Relationships>"
    )
    return packed(members | {f"word/{name}": content for name, (_, content) in parts.items()})


def styled(style: str, text: str, more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{r(text)}</w:p>'


def test_styles_hide_raise_and_rank(tmp_path: Path) -> None:
    body = (
        styled("T", "Кітабым")
        + styled("a2", "Тарау")
        + styled("loop", "Мәтін", '<w:outlineLvl w:val="2"/>')
        + styled("HidP", "жоқ")
        + p(run("жоқ", '<w:rStyle w:val="Hid"/>'), r("10"), run("6", '<w:rStyle w:val="Up"/>'))
    )
    path = tmp_path / "a.docx"
    path.write_bytes(whole(body, {"styles.xml": ("styles", STYLES)}))
    document = one(path)
    shown = [(document.text[item.start : item.stop], item.level) for item in document.headings]
    assert document.text == "Кітабым\n\nТарау\n\nМәтін\n\n10⁶"
    assert (document.title, shown) == ("Кітабым", [("Кітабым", 1), ("Тарау", 2), ("Мәтін", 3)])


DIAGRAM = (
    '<d:dataModel xmlns:d="urn:d" xmlns:a="urn:a"><d:ptLst><d:pt><d:t><a:p><a:r><a:t>Жоғарғы</a:t></a:r>'
    "<a:r><a:t> кеңес</a:t></a:r></a:p></d:t></d:pt><d:pt/></d:ptLst></d:dataModel>"
)


def test_diagrams_and_embedded_documents_are_read_and_the_rest_is_named(tmp_path: Path) -> None:
    relation = f'xmlns:r="{RELATION}"'
    header = '<w:hdr xmlns:w="urn:w"><w:p><w:r><w:t>Үстіңгі</w:t></w:r></w:p></w:hdr>'
    body = (
        p(f'<w:r><w:drawing><d:relIds xmlns:d="urn:d" {relation} r:dm="data.xml"/></w:drawing></w:r>')
        + f'<w:altChunk {relation} r:id="part.html"/><w:altChunk {relation} r:id="part.rtf"/>'
        + p(r("Соңы"))
    )
    parts = {
        "data.xml": ("diagramData", DIAGRAM),
        "part.html": ("aFChunk", "<p>Кірме <b>мәтін</b></p>"),
        "part.rtf": ("aFChunk", "{\\rtf1}"),
        "header1.xml": ("header", header),
        "footer1.xml": ("footer", '<w:ftr xmlns:w="urn:w"/>'),
        "chart.xml": ("chart", '<c xmlns:a="urn:a"><a:t>Сызба</a:t></c>'),
    }
    path = tmp_path / "a.docx"
    path.write_bytes(whole(body, parts))
    document = one(path)
    assert document.text == "Жоғарғы кеңес\n\nКірме мәтін\n\nСоңы"
    assert document.left_out == ("headers and footers", "charts", "the embedded document word/part.rtf")


MHTML = (
    "From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n"
    "--x\nContent-Type: text/html; charset=windows-1251\nContent-Transfer-Encoding: quoted-printable\n\n"
    "<h1>=C0=E1=E0=E9</h1>\n--x\nContent-Type: image/png\n\nx\n--x--\n"
)
FB2 = (
    '<?xml version="1.0" encoding="windows-1251"?>\n'
    '<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">'
    "<description><title-info><book-title>Китап</book-title><lang>ru</lang></title-info></description>"
    "<body><title><p>Автор</p></title><section><title><p>Глава</p></title>"
    '<p>Он жил<a l:href="#n1" type="note">[1]</a> в 10<sup>3</sup> м.</p><poem><stanza><v>Стих</v><v>Ещё</v>'
    "</stanza></poem></section></body>"
    '<body name="notes"><section id="n1"><title><p>1</p></title><p>Сноска.</p></section></body>'
    "<binary>AAAA</binary></FictionBook>"
)


def test_saved_pages_and_fictionbooks_are_read_for_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.mhtml").write_text(MHTML, encoding="ascii")
    (tmp_path / "b.fb2").write_bytes(FB2.encode("cp1251"))
    page, book = one(tmp_path / "a.mhtml"), one(tmp_path / "b.fb2", ReadOptions(language=""))
    assert (page.text, page.headings[0].level) == ("Абай", 1)
    assert book.text == "Автор\n\nГлава\n\nОн жил в 10³ м.\n\nСтих\n\nЕщё\n\nСноска."
    assert (book.title, book.language, [item.level for item in book.headings]) == ("Китап", "ru", [1, 2])


FOREIGN = [
    ("a.json", '{"a": "Сәлем"}', "JSON"),
    ("a.tex", "\\documentclass{article}\nСәлем", "pandoc"),
    ("a.po", 'msgid "a"\nmsgstr "Сәлем"\n', "messages"),
    ("a.ass", "[Script Info]\n", "subtitles of a kind that is not read"),
    ("a.tmx", "<tmx/>", "translations"),
    ("a", '{"a": "Сәлем"}', "JSON"),
    ("c", '# x\nmsgid ""\nmsgstr ""\n', "messages"),
    ("d", "% x\n\\documentclass{article}\n", "LaTeX"),
    ("e", "<?xml version='1.0'?><xliff/>", "translations"),
]


@pytest.mark.parametrize(("name", "text", "says"), FOREIGN, ids=[item[0] for item in FOREIGN])
def test_what_is_no_prose_is_refused_with_advice(name: str, text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        one(path)
    assert says in str(caught.value)
    assert caught.value.action


@pytest.mark.parametrize("text", ["[1] Абай. Шығармалар.", "{Ескерту} Сәлем.", "1\nСәлем --> бар\n"])
def test_prose_that_begins_alike_is_read(text: str, tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text(text, encoding="utf-8")
    assert one(path).text == text
