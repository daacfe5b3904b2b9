"""Texts and HTML go apart and come together again to the character; markup follows its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.documents.inline import Rendered, rebuilt, renderings
from egiz.parallel.documents.markup import Page
from egiz.parallel.documents.texts import broken, cleaned, joined, sentences_of
from egiz.parallel.serve.service import requests_of

WORDS = st.text(alphabet="абқ АБҚ.!? \n\t\r«»\"'-1", max_size=60)
TAGS = ("<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<br/>", "<img src='>'>", "<pre>", "</pre>")
OTHERS = ("<!-- <b> -->", "<code>", "</code>", "&amp;", "&nbsp;", "&bogus;", "<", "&", "<script>", '<a "')
PROSE = ("Бұл кітап. ", "жақсы", " ", "\n")
CODE = st.lists(st.sampled_from((*TAGS, *OTHERS, *PROSE)), max_size=20).map("".join)


@given(WORDS)
def test_what_is_not_translated_comes_back_as_it_was(text: str) -> None:
    text = cleaned(text)
    sentences = sentences_of(text, "kk")
    made, spans = joined(text, sentences, [""] * len(sentences), "zh-Hans")  # which puts no spaces in
    assert made == text
    assert [made[slice(*span.target)] for span in spans] == [text[slice(*span.source)] for span in spans]


@given(WORDS)
def test_all_lines_come_back(text: str) -> None:
    text = cleaned(text)
    sentences = sentences_of(text, "kk")
    made, spans = joined(text, sentences, ["Это новая книга о войне."] * len(sentences), "ru")
    assert made.count("\n") == text.count("\n")
    assert made[: len(made) - len(made.lstrip())] == text[: len(text) - len(text.lstrip())]
    assert [span.target for span in spans] == sorted(span.target for span in spans)


@pytest.mark.parametrize(
    ("raw", "translation", "expected"),
    [
        ("бір екі", "one two", "one two"),
        ("бір\nекі", "one two", "one\ntwo"),
        ("бір\r\n  екі\r\nүш", "one two three", "one\r\n  two\r\nthree"),
        ("бір\nекі\nүш", "one", "one\n\n"),
        ("бір екі үш төрт\nбес", "one two three four five", "one two three four\nfive"),
    ],
)
def test_lines_inside_of_a_sentence(raw: str, translation: str, expected: str) -> None:
    assert broken(raw, translation) == expected


def test_sentences_without_a_space_between_get_one() -> None:
    text = "Ол келді.Бірінші сөйледі."
    sentences = sentences_of(text, "kk")
    assert joined(text, sentences, ["He came.", "The first spoke."], "en")[0] == "He came. The first spoke."


@given(CODE)
def test_source_code_comes_back_as_it_was(code: str) -> None:
    page = Page(code)
    assert page.written([renderings(run, [], bilingual=True) for run in page.runs]) == code


def translated(code: str, sentences: list[str], parts: dict[str, str], links: list[list[float]]) -> str:
    page = Page(code)
    asked = [requests_of(run, "kk") for run in page.runs]
    texts = zip(sentences, (item for items in asked for item in items), strict=True)
    said = iter([Rendered(sentence=one.sentence, text=text, parts=parts, links=links) for text, one in texts])
    runs = zip(page.runs, asked, strict=True)
    return page.written([[rebuilt(run, [next(said) for _ in items], "ru")] for run, items in runs])


@pytest.mark.parametrize(
    ("code", "sentences", "parts", "links", "expected"),
    [
        ("<p>Бұл кітап.</p>", ["Это книга."], {}, [], "<p>Это книга.</p>"),
        ("<p><b>Бұл кітап.</b></p>", ["Это книга."], {}, [], "<p><b>Это книга.</b></p>"),
        ("Бұл <b>жаңа</b> кітап.", ["Это новая книга."], {"жаңа": "новый"}, [], "Это <b>новая</b> книга."),
        # turned round: the attention says which words
        ("<u>бала</u> келді", ["пришёл ребёнок"], {}, [[0, 0.9], [0.9, 0]], "пришёл <u>ребёнок</u>"),
        ("бала <u>келді</u>", ["пришёл ребёнок"], {}, [[0, 0.9], [0.9, 0]], "<u>пришёл</u> ребёнок"),
        # a word that two marked words stand near belongs to a third one that is nearer
        (
            "Қала <b>Есіл өзенінің</b> жағасында",
            ["Город на берегу реки Есиль"],
            {},
            [[0.9, 0, 0, 0], [0, 0, 0.1, 0.7], [0, 0.5, 0.5, 0.8], [0, 0.1, 0.9, 0], [0, 0.9, 0, 0]],
            "Город на берегу <b>реки Есиль</b>",
        ),
        # names and numbers stand for themselves
        ("Ол <i>1985</i> жылы келді", ["Он приехал в 1985 году"], {}, [], "Он приехал в <i>1985</i> году"),
        ("<a href='?a&b'>Astana</a> қала", ["город Astana"], {}, [], "город <a href='?a&b'>Astana</a>"),
        # nested and across sentences
        (
            "Ол <b>жаңа <i>кітап</i></b> алды.",
            ["Он купил новую книгу."],
            {"жаңа кітап": "новая книга", "кітап": "книга"},
            [],
            "Он купил <b>новую <i>книгу</i></b>.",
        ),
        (
            "Бір <b>екі. Үш</b> төрт.",
            ["One two.", "Three four."],
            {"екі.": "two.", "Үш": "Three"},
            [],
            "One <b>two. Three</b> four.",
        ),
        # what is not translated
        ("Бұл <code>a &lt; b</code> болды", ["Это a < b было"], {}, [], "Это <code>a &lt; b</code> было"),
        (
            '<span translate="no">@кім</span> келді',
            ["@кім пришёл"],
            {},
            [],
            '<span translate="no">@кім</span> пришёл',
        ),
        ("<p class='x notranslate'>Бұл кітап.</p>", [], {}, [], "<p class='x notranslate'>Бұл кітап.</p>"),
        ("<script>Бұл</script><style>a{}</style>", [], {}, [], "<script>Бұл</script><style>a{}</style>"),
        # marks and what never ends
        ("бір<br>екі", ["one", "two"], {}, [], "one<br>two"),
        ("Бұл <b>кітап", ["Это книга"], {"": ""}, [], "Это <b>книга"),
        ("Бұл кітап</i> бар", ["Это книга есть"], {}, [], "Это книга</i> есть"),
        ("5 < 6 & кітап", ["5 < 6 & книга"], {}, [], "5 &lt; 6 &amp; книга"),
    ],
)
def test_markup_follows_its_words(
    code: str, sentences: list[str], parts: dict[str, str], links: list[list[float]], expected: str
) -> None:
    assert translated(code, sentences, parts, links) == expected


@given(CODE, st.lists(st.sampled_from(["один", "два", "три", "."]), min_size=1, max_size=6).map(" ".join))
def test_no_tag_is_lost_or_doubled(code: str, translation: str) -> None:
    count = sum(len(requests_of(run, "kk")) for run in Page(code).runs)
    made = translated(code, [translation] * count, {}, [])
    for tag in TAGS:
        assert made.count(tag) == code.count(tag), tag
