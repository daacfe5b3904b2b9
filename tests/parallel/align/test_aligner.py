"""Linking two documents: every unit once, in order, and the right ones together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.parallel.align import LAYERS, DocumentPair, Link, align
from egiz.parallel.align.aligner import guessed
from egiz.parallel.align.layers import fixed_layers, heading
from egiz.translate.errors import OptionError
from tests.parallel.align.books import book, units

WORDS = st.text(alphabet="абвгдеқңө 15.,", min_size=1, max_size=40)


def check_cover(links: tuple[Link, ...], shape: tuple[int, int]) -> None:
    """Links are in order on both sides and hold every unit once."""
    spans = [(link.source, link.target) for link in links]
    for (source, target), (after, beside) in pairwise([((0, 0), (0, 0)), *spans]):
        assert source[1] == after[0] <= after[1]
        assert target[1] == beside[0] <= beside[1]
    assert (spans[-1][0][1], spans[-1][1][1]) == shape
    assert all(0 <= link.score <= 1 and 1 <= max(link.sizes) <= 4 for link in links)


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=9), st.lists(WORDS, min_size=1, max_size=9))
def test_every_unit_is_in_exactly_one_link(source: list[str], target: list[str]) -> None:
    check_cover(align(DocumentPair(source=units(source), target=units(target))), (len(source), len(target)))


def test_a_book_is_linked_with_its_translation() -> None:
    kazakh, russian, _ = book()
    links = align(DocumentPair(source=units(kazakh), target=units(russian)))
    assert [link.source for link in links] == [link.target for link in links]
    assert all(link.score > 0.8 and not link.flags for link in links)


def test_joined_and_missing_sentences_are_found() -> None:
    kazakh, _, english = book()
    source = [*kazakh[:4], f"{kazakh[4]} {kazakh[5]}", *kazakh[6:]]
    target = [*english[:14], *english[15:20], f"{english[20]} {english[21]}", *english[22:]]
    links = align(DocumentPair(source=units(source), target=units(target)))
    check_cover(links, (len(source), len(target)))
    special = [(link.source, link.target) for link in links if link.sizes != (1, 1)]
    assert special == [((4, 5), (4, 6)), ((13, 14), (14, 14)), ((19, 21), (19, 20))]


def test_the_machine_translation_alone_is_enough() -> None:
    kazakh, russian, _ = book()
    target = [f"{russian[0]} {russian[1]}", *russian[2:]]
    links = align(DocumentPair(source=units(kazakh), target=units(target), translated=russian), ["mt"])
    assert [link.source for link in links] == [(0, 2), *((at, at + 1) for at in range(2, 30))]


@pytest.mark.parametrize("layer", [name for name in LAYERS if name != "mt"])
def test_each_layer_works_alone(layer: str) -> None:
    kazakh, russian, _ = book()
    links = align(DocumentPair(source=units(kazakh), target=units(russian)), [layer])
    check_cover(links, (30, 30))
    assert sum(link.sizes == (1, 1) for link in links) > 15


def test_an_unknown_layer_is_refused_with_the_nearest() -> None:
    with pytest.raises(OptionError, match=r"no layer 'lexicon'.*Did you mean 'lexical'"):
        align(DocumentPair(source=units(["a"]), target=units(["b"])), ["lexicon"])


def test_paragraphs_help_where_lengths_and_words_do_not() -> None:
    source = ["Иә.", "Жоқ.", "Иә.", "Жоқ.", "Бар.", "Иә."]
    target = ["Да.", "Нет.", "Да.", "Нет.", "Да."]
    links = align(
        DocumentPair(source=units(source, [1, 1, 2, 2, 2, 3]), target=units(target, [1, 1, 2, 2, 3])),
        ["length", "marks"],
    )
    assert ((5, 6), (4, 5)) in [(link.source, link.target) for link in links]


def test_a_missing_chapter_is_left_out_in_one_piece() -> None:
    kazakh, russian, _ = book()
    links = align(DocumentPair(source=units(kazakh), target=units(russian[:8] + russian[20:])))
    alone = {unit for link in links if link.is_null for unit in range(*link.source)}
    assert len(alone & set(range(8, 20))) >= 10


def test_equal_documents_give_equal_links() -> None:
    kazakh, russian, _ = book()
    pair = DocumentPair(source=units(kazakh), target=units(russian[3:]))
    assert align(pair) == align(pair)


CHAPTERS = (
    "1-тарау",
    "Құрман таңертең ерте оянды.",
    "Ол балаларын алып, өзенге суға барды.",
    "Үйде ешкім қалған жоқ еді.",
    "2-тарау",
    "Кешке қарай ауылға қонақтар келді.",
    "Олар ұзақ әңгімелесті.",
    "3-тарау",
    "Ертеңіне бәрі қалаға аттанды.",
    "Жол алыс еді.",
)
CHAPTERS_RU = (
    "I",
    "Курман проснулся рано утром.",
    "Он взял детей и пошёл к реке за водой.",
    "Дома никого не осталось.",
    "II",
    "К вечеру в аул приехали гости.",
    "Они долго беседовали.",
    "III",
    "На следующий день все уехали в город.",
    "Дорога была дальней.",
)


def test_numbered_headings_meet_and_a_preface_is_no_sure_counterpart() -> None:
    source = list(CHAPTERS)
    target = ["От переводчика", "Эту повесть я переводил всю зиму.", *CHAPTERS_RU]
    links = align(DocumentPair(source=units(source), target=units(target)))
    found = {(link.source, link.target) for link in links if not link.is_null}
    assert {((4, 5), (6, 7)), ((7, 8), (9, 10))} <= found
    assert all("unsure" in link.flags for link in links if link.target[0] < 2 and not link.is_null)


def test_links_without_evidence_are_guessed_beside_a_gap_alone() -> None:
    source = ["Ол келді.", "Асан 12 кітап алды.", "Ел көшті."]
    target = ["Он пришёл.", "Асан взял 12 книг.", "Аул ушёл."]
    layers = fixed_layers(source, target, ["names", "numbers"])
    even = [Link(source=(at, at + 1), target=(at, at + 1), score=0.9) for at in range(3)]
    assert guessed(layers, even) == frozenset()
    alone = Link(source=(2, 2), target=(2, 3), score=0.9)
    gap = [*even[:2], alone, Link(source=(2, 3), target=(3, 4), score=0.9)]
    layers = fixed_layers(source, [*target[:2], "Настала ночь.", target[2]], ["names", "numbers"])
    assert guessed(layers, gap) == {3}


@pytest.mark.parametrize(
    ("one", "other"),
    [("1-тарау", "I"), ("2-бөлім", "Глава II"), ("IV тарау", "Chapter 4"), ("3. Жол", "III. The road")],
)
def test_headings_have_one_number_in_arabic_and_roman_digits(one: str, other: str) -> None:
    assert heading(one) == heading(other) != ""


@pytest.mark.parametrize("text", ["Кіріспе", "I am here.", "1998 жылы ол қалаға келді."])
def test_sentences_and_titles_are_no_numbered_headings(text: str) -> None:
    assert heading(text) == ""
