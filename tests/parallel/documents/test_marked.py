"""Documents of every marked kind, written again from a table: structure, links and pictures stay."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.glossary.correct.links import word_places
from egiz.parallel.corpus.marked import write_marked
from egiz.parallel.documents import open_document
from egiz.parallel.documents.located import locate
from egiz.parallel.documents.texts import Placed
from egiz.translate.read import ReadOptions, read
from egiz.translate.read.kinds import kind_of
from egiz.translate.split import split
from tests.translate.test_read_docx import docx, packed
from tests.translate.test_read_opendocument import MIMETYPE, NAMES

WORDS = {
    "бұл": "это", "жаңа": "новая", "кітап": "книга", "ол": "он", "үйге": "домой", "келді": "пришёл",
    "екінші": "вторая", "тарау": "глава", "ескерту": "примечание", "болды": "была", "қала": "город",
    "үлкен": "большой", "көк": "синий", "аспан": "небо", "биік": "высоко", "тау": "гора",
}  # fmt: skip
"""A language whose words stand in the opposite order."""


def said(text: str) -> str:
    """The translation of a sentence: its words in the opposite order."""
    words = [WORDS.get(text[slice(*place)].lower(), text[slice(*place)]) for place in word_places(text)]
    made = " ".join(reversed(words))
    return made[:1].upper() + made[1:] + (text[-1] if text[-1] in ".!?" else "")


def links(pairs: Sequence[tuple[str, str]]) -> list[list[list[float]]]:
    counts = [len(word_places(source)) for source, _ in pairs]
    return [
        [[float(left == count - 1 - right) for left in range(count)] for right in range(count)]
        for count in counts
    ]


def again(path: Path, *, bilingual: bool = False, **left_out: str) -> tuple[bytes, tuple[str, ...]]:
    """A document in the other language; sentences that `left_out` has have another translation there."""
    [document] = read(path, ReadOptions(language="kk"))
    placed = [
        Placed(
            start=one.start,
            stop=one.stop,
            paragraph=one.paragraph,
            texts=(left_out.get(one.text.split()[0].lower(), said(one.text)),),
        )
        for one in split(document)
    ]
    data = path.read_bytes()
    opened = open_document(kind_of(path.suffix, data, where="x"), data, "x")
    return write_marked(opened, document.text, placed, [("ru", links)], "kk", bilingual)


def written(path: Path, content: str | bytes, *, bilingual: bool = False) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return again(path, bilingual=bilingual)[0].decode()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>Бұл <b>жаңа</b> кітап.</p>", "<p>Книга <b>новая</b> это.</p>"),
        ('<p><a href="#x">Ол</a> үйге келді.</p>', '<p>Пришёл домой <a href="#x">он</a>.</p>'),
        ("<h1>Екінші тарау</h1><img src=a.png>", "<h1>Глава вторая</h1><img src=a.png>"),
        ("<p>Бұл 5·10<sup>24</sup> болды.</p>", "<p>Была 10<sup>24</sup> 5 это.</p>"),
        # the mark of a note is no word, and comes behind what stands for the word before it
        (
            '<p>Ол<sup><a href="#n1">[1]</a></sup> келді.</p>',
            '<p>Пришёл он<sup><a href="#n1">[1]</a></sup>.</p>',
        ),
        # menus and titles that say what the text says
        (
            "<title>Екінші тарау</title><nav><a href=x>Екінші тарау</a></nav><h2>Екінші тарау</h2>",
            "<title>Глава вторая</title><nav><a href=x>Глава вторая</a></nav><h2>Глава вторая</h2>",
        ),
        ("<p hidden>Көк.</p><p>Ол келді.</p>", "<p hidden>Көк.</p><p>Пришёл он.</p>"),
    ],
)
def test_html(tmp_path: Path, source: str, expected: str) -> None:
    assert written(tmp_path / "a.html", f"<html lang=kk>{source}") == f"<html lang=ru>{expected}"


def test_a_cell_of_digits_is_no_sentence_of_an_unwritten_part(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx(f"<w:p>{r('Ол келді.')}</w:p><w:p>{r('1990')}</w:p>"))
    assert again(tmp_path / "a.docx")[1] == ()


def test_bilingual_html_has_no_picture_and_no_name_twice(tmp_path: Path) -> None:
    source = '<p>Бұл <b id="b">жаңа</b> кітап<img src="a.png">.</p>'
    expected = '<p>Бұл <b id="b">жаңа</b> кітап<img src="a.png">.<br/>Книга <b>новая</b> это.</p>'
    assert written(tmp_path / "a.html", source, bilingual=True) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# Екінші тарау\n\nОл **үйге** келді.\n", "# Глава вторая\n\nПришёл **домой** он.\n"),
        ("- Көк [аспан](http://a.b)\n- Тау\n", "- [Небо](http://a.b) синий\n- Гора\n"),
        ("> Бұл жаңа\n> кітап болды.\n", "> Была книга новая это.\n"),
        (
            "| Көк | Тау |\n|---|---|\n| Ол | `x=1` қала |\n",
            "| Синий | Гора |\n|---|---|\n| Он | Город `x=1` |\n",
        ),
        ("```\nкөк = 1\n```\n\nКөк _аспан_.\n", "```\nкөк = 1\n```\n\n_Небо_ синий.\n"),
        (
            "Көк аспан[^1].\n\n[^1]: Жаңа ескерту болды.\n",
            "Небо синий[^1].\n\n[^1]: Была примечание новая.\n",
        ),
        (
            "---\ntitle: Қала\n---\n\nҮлкен тау ![а](b.png)\n",
            "---\ntitle: Қала\n---\n\nГора большой ![а](b.png)\n",
        ),
        ("Көк \\*аспан\\* &amp; тау\n=====\n", "Гора небо синий\n=====\n"),
        ("1. [ ] Ол келді\r\n2. [x] Тау\r\n", "1. [ ] Пришёл он\r\n2. [x] Гора\r\n"),
    ],
)
def test_markdown(tmp_path: Path, source: str, expected: str) -> None:
    assert written(tmp_path / "a.md", source) == expected


def test_bilingual_markdown(tmp_path: Path) -> None:
    source = "# Тау\n\n- Ол **үйге** келді.\n"
    expected = "# Тау<br>Гора\n\n- Ол **үйге** келді.\\\n  Пришёл **домой** он.\n"
    assert written(tmp_path / "a.md", source, bilingual=True) == expected


def test_what_looks_like_a_mark_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Көк аспан.\n", encoding="utf-8")
    made, _ = again(tmp_path / "a.md", көк="1. *a_b* [x] <i> & y")
    assert made.decode() == "1\\. \\*a\\_b\\* \\[x\\] \\<i\\> & y\n"
    (tmp_path / "b.md").write_bytes(made)
    [document] = read(tmp_path / "b.md", ReadOptions(language="ru"))
    assert document.text == "1. *a_b* [x] <i> & y"


def r(text: str, looks: str = "") -> str:
    return f'<w:r>{f"<w:rPr>{looks}</w:rPr>" if looks else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def field(instruction: str, result: str) -> str:
    char = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return char.format("begin") + code + char.format("separate") + result + char.format("end")


BOLD, UP = "<w:b/>", '<w:vertAlign w:val="superscript"/>'
NOTE = '<w:r><w:footnoteReference w:id="1"/></w:r>'
PICTURE = "<w:r><w:drawing/></w:r>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r("Бұл ") + r("жаңа", BOLD) + r(" кітап."), "Книга <b>новая</b> это."),
        # one word in two runs that look alike
        (r("Бұл ") + r("жа", BOLD) + r("ңа", BOLD) + r(" кітап."), "Книга <b>новая</b> это."),
        (r("Ол") + NOTE + r(" келді."), "Пришёл он{footnoteReference}."),
        (r("Ол келді.") + PICTURE, "Пришёл он.{drawing}"),
        (r("Бұл 10") + r("24", UP) + r(" болды."), "Была 10<^>24</^> это."),
        (r("Көк") + '<w:r><w:br w:type="page"/></w:r>', "Синий{br}"),
        (
            field('HYPERLINK "http://a.b"', r("Ол")) + r(" келді."),
            "Пришёл {fldChar}{instrText}{fldChar}он{fldChar}.",
        ),
        (
            r("Тау ") + field("PAGE", r("12")) + r(" болды"),
            "Была {fldChar}{instrText}{fldChar}12{fldChar} гора",
        ),
        (
            r("Көк ") + "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>" + r(" аспан"),
            "Небо {oMath} синий",
        ),
    ],
)
def test_word(tmp_path: Path, source: str, expected: str) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(docx(f"<w:p><w:pPr><w:jc/></w:pPr>{source}</w:p>"))
    made, _ = again(path)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        body = archive.read("word/document.xml").decode().partition("</w:pPr>")[2].partition("</w:p>")[0]
    assert shown(body) == expected


def shown(body: str) -> str:
    """Word's markup in short: bold and raised runs, and the names of what is no text."""
    made = ""
    for run in re.findall(r"<w:r>.*?</w:r>|<m:oMath>", body):
        words = re.sub(r"<w:t[^>]*>|</w:t>|</?w:rPr>|</?w:r>|<w:b/>|<w:vertAlign[^>]*>", "", run)
        words = re.sub(r"<[wm]:(\w+)[^>]*>(?:[^<]*</w:instrText>)?", r"{\1}", words)
        sign = "b" if "<w:b/>" in run else "^" if "vertAlign" in run else ""
        made += f"<{sign}>{words}</{sign}>" if sign else words
    return made


def test_bilingual_word(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(docx(f"<w:p>{r('Ол')}{NOTE}{r(' үйге ')}{r('келді', BOLD)}{r('.')}</w:p>"))
    with zipfile.ZipFile(io.BytesIO(again(path, bilingual=True)[0])) as archive:
        assert (
            shown(archive.read("word/document.xml").decode())
            == "Ол{footnoteReference} үйге <b>келді</b>.{br}<b>Пришёл</b> домой он."
        )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Бұл <T4>жаңа</T4> кітап.", "Книга <T4>новая</T4> это."),
        # spans that only say when they were typed
        ("Бұл <T5>жа</T5><T6>ңа</T6> кітап.", "Книга новая это."),
        # most of it is bold: that is its base format
        ("<T4>Бұл жаңа үлкен көк кітап</T4> тау", "<T4>Гора книга синий большой новая это</T4>"),
        ("Бұл 10<T1>24</T1> болды.", "Была 10<T1>24</T1> это."),
        (
            "Ол<text:note><text:note-body><text:p>Ескерту.</text:p></text:note-body></text:note> келді.",
            "Пришёл он<text:note><text:note-body><text:p>Примечание.</text:p></text:note-body></text:note>.",
        ),
        (
            '<text:a xlink:href="http://a.b">Ол</text:a> келді.',
            'Пришёл <text:a xlink:href="http://a.b">он</text:a>.',
        ),
        (
            "Көк аспан<draw:frame><draw:image/></draw:frame>",
            "Небо синий<draw:frame><draw:image/></draw:frame>",
        ),
    ],
)
def test_opendocument(tmp_path: Path, source: str, expected: str) -> None:
    path = tmp_path / "a.fodt"
    path.write_text(flat(source), encoding="utf-8")
    made = again(path)[0].decode()
    body = made.partition("<text:p>")[2].rpartition("</text:p>")[0]
    short = re.sub(r'<text:span text:style-name="(\w+)">(.*?)</text:span>', r"<\1>\2</\1>", body)
    assert short == expected


def test_bilingual_opendocument(tmp_path: Path) -> None:
    path = tmp_path / "a.fodt"
    path.write_text(flat('Бұл <T4>жаңа</T4> кітап<text:bookmark text:name="b"/>.'), encoding="utf-8")
    made = again(path, bilingual=True)[0].decode().partition("<text:p>")[2].rpartition("</text:p>")[0]
    span = '<text:span text:style-name="T4">{}</text:span>'
    first, second = span.format("жаңа"), span.format("новая")
    mark = '<text:bookmark text:name="b"/>'
    assert made == f"Бұл {first} кітап{mark}.<text:line-break/>Книга {second} это."


STYLES = "".join(
    f'<style:style style:name="{name}" style:family="text"><style:text-properties {look}/></style:style>'
    for name, look in (
        ("T1", 'style:text-position="super 58%"'),
        ("T4", 'fo:font-weight="bold"'),
        ("T5", 'officeooo:rsid="1"'),
        ("T6", 'officeooo:rsid="2"'),
    )
)


def flat(body: str) -> str:
    spans = re.sub(r"<(T\d)>", r'<text:span text:style-name="\1">', re.sub(r"</T\d>", "</text:span>", body))
    names = f'{NAMES} xmlns:fo="urn:fo" xmlns:officeooo="urn:ooo" office:mimetype="{MIMETYPE}"'
    return (
        f"<office:document {names}><office:automatic-styles>{STYLES}</office:automatic-styles>"
        f"<office:body><office:text><text:p>{spans}</text:p></office:text></office:body></office:document>"
    )


LINES = "Бұл жаңа үлкен кітап болды, ол үйге ертең келеді,", "бірақ әлі келген жоқ."


@pytest.mark.parametrize("name", ["a.html", "a.docx", "a.fodt", "a.md"])
def test_a_line_break_inside_a_sentence_stays_near_its_place(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(
        {
            "a.html": "<p>{}<br>{}</p>".format(*LINES).encode(),
            "a.docx": docx(f"<w:p>{r(LINES[0])}<w:r><w:br/></w:r>{r(LINES[1])}</w:p>"),
            "a.fodt": flat("<text:line-break/>".join(LINES)).encode(),
            "a.md": "\\\n".join(LINES).encode(),
        }[name]
    )
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / name).write_bytes(again(tmp_path / name)[0])
    [document] = read(tmp_path / "made" / name, ReadOptions(language="ru"))
    first, second = document.text.split("\n")
    assert f"{first} {second}" == said(" ".join(LINES))
    assert abs(len(first) / len(document.text) - len(LINES[0]) / len(" ".join(LINES))) < 0.1


@given(
    st.lists(st.sampled_from(["Ол келді.", "Көк аспан", "1950 жылы", "Тау!", "м²"]), min_size=1, max_size=8),
    st.lists(st.sampled_from(["", "", "[1]", "Мәзір", " ", "12"]), min_size=8, max_size=8),
)
def test_sentences_are_found_between_other_text(sentences: list[str], between: list[str]) -> None:
    """What is found is in order and inside of its run, and sentences that are runs are found whole."""
    text = " ".join(sentences)
    spans = []
    at = 0
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    runs = [f"{sentence}{other}" for sentence, other in zip(sentences, between, strict=False)]
    found = locate(text, spans, runs)
    for run, parts in zip(runs, found, strict=True):
        places = [place for part in parts for place in (part.start, part.stop)]
        assert places == sorted(places)
        assert all(0 <= place <= len(run) for place in places)
    whole = locate(text, spans, sentences)
    assert [[(part.sentence, part.start, part.stop) for part in parts] for parts in whole] == [
        [(number, 0, len(sentence))] for number, sentence in enumerate(sentences)
    ]


def test_a_book_is_written_whole(tmp_path: Path) -> None:
    chapter = '<html xmlns="http://www.w3.org/1999/xhtml" lang="kk"><body>{}</body></html>'
    menu = '<nav><ol><li><a href="a.xhtml">{}</a></li><li><a href="z.xhtml">{}</a></li></ol></nav>'
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfile full-path="b/a.opf"/></container>',
        "b/a.opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:language>kk</dc:language><manifest>'
        '<item id="z" href="z.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '</manifest><spine><itemref idref="z"/><itemref idref="a"/></spine></package>',
        "b/a.xhtml": chapter.format('<h1>Екінші тарау</h1><p>Ол <a href="z.xhtml#b">үйге</a> келді.</p>'),
        "b/z.xhtml": chapter.format('<h1>Тау</h1><p id="b">Көк аспан.<img src="i.png"/></p>'),
        "b/nav.xhtml": chapter.format(menu.format("Екінші тарау", "Тау")),
        "b/i.png": "PNG",
    }
    path = tmp_path / "a.epub"
    path.write_bytes(packed(members))
    with zipfile.ZipFile(io.BytesIO(again(path)[0])) as archive:
        made = {name: archive.read(name).decode() for name in archive.namelist()}
    russian = chapter.replace('"kk"', '"ru"')
    assert made == members | {
        "b/a.opf": members["b/a.opf"].replace(">kk<", ">ru<"),
        "b/a.xhtml": russian.format('<h1>Глава вторая</h1><p>Пришёл <a href="z.xhtml#b">домой</a> он.</p>'),
        "b/z.xhtml": russian.format('<h1>Гора</h1><p id="b">Небо синий.<img src="i.png"/></p>'),
        "b/nav.xhtml": russian.format(menu.format("Глава вторая", "Гора")),
    }
