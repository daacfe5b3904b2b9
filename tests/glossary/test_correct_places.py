"""Places in Russian sentences: which are left alone, and where a term gets another case than stood there."""

from __future__ import annotations

import pytest

from egiz.glossary.morphology.base import Spot
from egiz.glossary.russian.context import case_asked
from egiz.glossary.russian.places import russian_spots, stands_rightly

RIGHT = [
    "В 1985 году партия начала [реформу].",
    "Вчера [партия] решила иначе.",
    "Он читает о новой [политике].",
    "План и [закон] приняты.",
    "Предусмотрена [реформа] власти.",
    "На площади происходили [протесты].",
    "Он является [членом] партии.",
    "Они достигли [согласия].",
    "Движение под названием [перестройка] росло.",
    "Они выросли на 5 [процентов].",
    "В том числе [партия] выросла.",
]
BROKEN = [
    ("городская [клуба] создана", "an adjective that does not agree"),
    ("в сентябре [Казахстане] было тепло", "no preposition"),
    ("работа с [закон]", "against the preposition"),
    ("Это 1985 [год] застоя", "a date"),
    ("1,2 млн. [метров] построено", "behind a measure"),
    ("построено 33,1 [план]", "behind a broken number"),
    ("получено 121 [сумм]", "against a number in one"),
    ("встреча с рабочими [класс]", "a nominative behind a noun"),
    ("Он является [членам] партии", "against the verb's government"),
    ("[Партия] не удалось выбрать", "against the predicate"),
    ("новая яркость и [руководством]", "joined to another case"),
]
MENDED = [
    ("встреча с рабочими [класс] в клубе", "genitive", "singular"),
    ("Они часто говорят о [закону] страны.", "prepositional", "singular"),
    ("Это является [нового плана].", "instrumental", "singular"),
]
RULED = [
    ("Это один из [законов] страны.", "plural"),
    ("Завод является [производителем] машин.", "singular"),
    ("Читали различные [законы] страны.", "plural"),
]


def cut(marked: str) -> tuple[str, int, int]:
    start, stop = marked.index("["), marked.index("]") - 1
    return marked.replace("[", "").replace("]", ""), start, stop


def spot(marked: str) -> Spot | None:
    """The spot of the marked words; where an adjective is marked, too, the spot of the noun alone will do."""
    text, _, stop = cut(marked)
    return next((found for found in russian_spots(text) if found.stop == stop), None)


@pytest.mark.parametrize("marked", RIGHT)
def test_right_places_are_known(marked: str) -> None:
    assert stands_rightly(*cut(marked))


@pytest.mark.parametrize(("marked", "why"), BROKEN, ids=[why for _, why in BROKEN])
def test_broken_places_are_known(marked: str, why: str) -> None:
    assert not stands_rightly(*cut(marked))


@pytest.mark.parametrize(("marked", "case", "number"), MENDED, ids=[case for _, case, _ in MENDED])
def test_the_word_before_says_what_the_case_should_be(marked: str, case: str, number: str) -> None:
    found = spot(marked)
    assert found is not None
    assert found.is_sure
    assert (found.form.case, found.form.number) == (case, number)


@pytest.mark.parametrize(("marked", "number"), RULED)
def test_words_before_that_rule_the_number(marked: str, number: str) -> None:
    found = spot(marked)
    assert found is not None
    assert found.is_counted
    assert found.form.number == number


def test_an_adjective_behind_a_word_of_degree_is_not_taken_away() -> None:
    text = "Это наиболее важный план страны."
    assert next(text[found.start : found.stop] for found in russian_spots(text)) == "план"
    assert "важный план" not in [text[found.start : found.stop] for found in russian_spots(text)]


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("Меры по ", "dative"),
        ("Закон о ", "prepositional"),
        ("Он был в ", "locative"),
        ("начало ", "genitive"),
        ("он помогает ", "dative"),
        ("чтобы начать ", "accusative"),
        ("в том числе ", ""),
        ("слово ", ""),
        ("Вместе с тем, ", ""),
        ("", ""),
    ],
)
def test_what_is_asked_of_the_next_word(text: str, case: str) -> None:
    assert case_asked(text, len(text)) == case
