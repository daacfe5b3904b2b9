"""What counts as the same sentence: with digits or with number words, whole or a little trimmed."""

from __future__ import annotations

import pytest

from egiz.translate.train.copies import HeldOut, NearCopies, numberless

NEWS = "Осы елдің Сыртқы істер министрі екі мың он екінші жылы бізге арнайы сапармен келді."
AGAIN = [
    ("Осы елдің Сыртқы істер министрі 2012 жылы бізге арнайы сапармен келді.", True),
    ("Сыртқы істер министрі 2012 жылы бізге арнайы сапармен келді.", True),
    ("Осы елдің Сыртқы істер министрі 2012 жылы бізге арнайы сапармен келді, деп хабарлады тілші.", True),
    ("Осы елдің Қаржы министрі былтыр көрші мемлекетке жұмыс сапарымен барып қайтты.", False),
    ("Сыртқы істер министрі", False),
]


@pytest.mark.parametrize(("text", "again"), AGAIN)
def test_rows_that_come_again(text: str, *, again: bool) -> None:
    seen = NearCopies()
    assert not seen.is_repeat(NEWS)
    assert seen.is_repeat(text) is again


@pytest.mark.parametrize(("text", "again"), AGAIN[:3])
def test_near_copies_of_test_sentences_whatever_their_numbers(text: str, *, again: bool) -> None:
    assert HeldOut([NEWS], without_numbers=True).resembles(text) is again


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Енді оны 1000000000 доллардан асыруға", "Енді оны доллардан асыруға"),
        ("бір миллиард доллардан", "доллардан"),
        ("COVID-19 туралы", "COVID туралы"),
    ],
)
def test_words_without_numbers(text: str, left: str) -> None:
    assert numberless(text) == left
