"""Of the same pairs the best stays, and likeness is what the signatures say."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.parallel.corpus.duplicates import (
    EXACT,
    FUNCTIONS,
    GRAM,
    KEPT,
    NEAR,
    DuplicateOptions,
    Index,
    Measure,
    Signer,
    alike,
    folded,
    hash64,
)
from egiz.parallel.corpus.records import DataRow
from tests.parallel.corpora import entry, pairs, side

WORDS = [
    a + b + c for a in ("қа", "ба", "ти", "ло", "сұ") for b in ("рал", "мек", "шын") for c in ("", "дар", "ы")
]


def verdicts(entries: Sequence[DataRow], options: DuplicateOptions) -> list[int]:
    index = Index(options)
    for item in entries:
        for one in item.sides:
            index.add(item, one)
    return list(index.verdicts())


def sentence(chance: random.Random, length: int = 20) -> list[str]:
    return [chance.choice(WORDS) for _ in range(length)]


def shingles(text: str) -> set[str]:
    text = folded(text).ljust(GRAM)
    return {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}


def test_the_best_of_the_same_pairs_stays() -> None:
    made = [
        entry(1, "Бір сөйлем.", side("Одно предложение", chance=0.2)),
        entry(2, "бір сөйлем", side("Одно предложение.", chance=0.9)),
        entry(3, "«Бір» сөйлем!", side("одно предложение", chance=0.1, approved=True)),
        entry(4, "Бір сөйлем.", side("Одно предложение", "en", chance=0.1)),
        entry(5, "Бір сөйлем.", side("Другое", chance=0.1)),
    ]
    assert verdicts(made, DuplicateOptions(kind="exact")) == [EXACT, EXACT, KEPT, KEPT, KEPT]
    assert verdicts(made, DuplicateOptions()) == [KEPT] * 5


MEASURES: list[tuple[Measure, list[int]]] = [
    ("pair", [KEPT, KEPT, KEPT]),
    ("source", [KEPT, EXACT, KEPT]),
    ("target", [KEPT, KEPT, EXACT]),
]


@pytest.mark.parametrize(("measure", "expected"), MEASURES)
def test_one_side_can_be_what_counts(measure: Measure, expected: list[int]) -> None:
    made = pairs([("бір", "один"), ("бір", "единица"), ("жалғыз", "один")])
    assert verdicts(made, DuplicateOptions(kind="exact", measure=measure)) == expected


def test_texts_without_letters_are_not_all_the_same() -> None:
    made = pairs([("—", "…"), ("!", "?"), ("!", "?")])
    assert verdicts(made, DuplicateOptions(kind="near")) == [KEPT, KEPT, EXACT]


def test_near_copies_are_found_and_others_are_left() -> None:
    chance = random.Random(5)
    originals = [sentence(chance, 40) for _ in range(400)]
    copies = []
    for words in originals[:200]:
        copy = list(words)
        copy[chance.randrange(40)] = "басқаша"
        copies.append(copy)
    texts = [" ".join(words) for words in (*originals, *copies)]
    found = verdicts(
        [entry(number, text, side(text + " да")) for number, text in enumerate(texts)],
        DuplicateOptions(kind="near"),
    )
    assert found[:400] == [KEPT] * 400
    assert found[400:].count(NEAR) >= 195


def test_a_row_that_goes_has_a_better_one_like_it_that_stays() -> None:
    chance = random.Random(7)
    base = sentence(chance, 30)
    texts = []
    for _ in range(300):
        words = list(base)
        for _ in range(chance.randrange(8)):
            words[chance.randrange(30)] = chance.choice(WORDS)
        texts.append(" ".join(words))
    made = [entry(n, text, side(text, chance=chance.random())) for n, text in enumerate(texts)]
    found = verdicts(made, DuplicateOptions(kind="near"))
    signer = Signer()
    table = numpy.array(
        [list(signer.sign(text, text, salt=hash64("kk ru"))) for text in texts], dtype=numpy.uint8
    )
    quality = numpy.array([item.sides[0].chance for item in made], dtype=float)
    kept = numpy.array(found) == KEPT
    assert 1 < kept.sum() < 300
    for number, verdict in enumerate(found):
        like = alike(table[number], table) >= 0.8
        better = like & kept & (quality >= quality[number])
        better[number] = False
        assert verdict == KEPT or better.any()


def test_the_estimate_is_near_the_truth() -> None:
    chance = random.Random(3)
    signer = Signer()
    errors = []
    for _ in range(200):
        words = sentence(chance, 30)
        other = list(words)
        for place in range(chance.randrange(30)):
            other[place] = chance.choice(WORDS)
        one, two = " ".join(words), " ".join(other)
        truth = len(shingles(one) & shingles(two)) / len(shingles(one) | shingles(two))
        signatures = numpy.array([list(signer.sign(text)) for text in (one, two)], dtype=numpy.uint8)
        errors.append(float(alike(signatures[0], signatures[1:])[0]) - truth)
    assert abs(sum(errors) / len(errors)) < 0.02
    assert max(map(abs, errors)) < 0.16


SIGNER, ANOTHER = Signer(), Signer()


@settings(max_examples=50, deadline=None)
@given(st.text(), st.text())
def test_every_text_has_a_signature_of_one_size(one: str, two: str) -> None:
    assert len(SIGNER.sign(one, two)) == FUNCTIONS
    assert SIGNER.sign(one, two) == ANOTHER.sign(one, two)


def test_signatures_never_change() -> None:
    """Other bytes would mean that a new version of Egiz makes other corpora of the same rows."""
    assert Signer().sign("Қазақ хандығы 1465 жылы құрылды.").hex()[:32] == "b09b1e4cb13b97a2feac28e05f9cad7b"


FRAME = "Кеше қаладағы үлкен жиналыста төраға жаңа мектептің құрылысы туралы кеңінен айтып берді, {}"
SAID = "Вчера на большом городском собрании председатель подробно рассказал о строительстве школы, {}"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("ол дайын.", "она готова."), ("ол дайын емес.", "она не готова."), KEPT),
        (("оған 12 ай керек.", "нужно 12 месяцев."), ("оған 15 ай керек.", "нужно 15 месяцев."), KEPT),
        (("оған екі ай керек.", "нужно два месяца."), ("оған үш ай керек.", "нужно три месяца."), KEPT),
        (("ол 1 000 бетті.", "она в 1 000 страниц."), ("ол 1000 бетті еді.", "она в 1000 страниц."), NEAR),
        (("ол дайын.", "она готова."), ("ол дайын екен.", "она уже готова."), NEAR),
        (("ол дайын емес.", "она не готова."), ("ол дайын емес екен.", "она не готова!"), NEAR),
    ],
)
def test_pairs_that_state_something_else_are_no_duplicates(
    one: tuple[str, str], other: tuple[str, str], expected: int
) -> None:
    made = pairs([(FRAME.format(source), SAID.format(target)) for source, target in (one, other)])
    assert verdicts(made, DuplicateOptions(kind="near")) == [KEPT, expected]
