"""What two texts alone say: numbers, names, negation, and how the translation looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.scores.features import FEATURES, NAMES, known_at, measure
from egiz.parallel.scores.form import negation_added, negation_lost
from egiz.parallel.scores.names import missing
from egiz.parallel.scores.reasons import DETAILS, LANGUAGES, texts
from egiz.parallel.scores.records import EFFORTS, Evidence

CASES = Path(__file__).resolve().parents[2] / "cases"


def cases(name: str) -> list[list[str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def pair(source: str, target: str, languages: str = "kk ru") -> Evidence:
    home, away = languages.split()
    return Evidence(source=source, target=target, source_language=home, target_language=away)


def value(name: str, evidence: Evidence) -> float | None:
    return dict(zip(NAMES, measure(evidence), strict=True))[name]


@pytest.mark.parametrize("case", cases("score_negation.tsv"), ids=lambda case: f"{case[1]} | {case[3]}")
def test_negation_on_one_side_only(case: list[str]) -> None:
    home, source, away, target, gone, new = case
    evidence = pair(source, target, f"{home} {away}")
    assert (negation_lost(evidence), negation_added(evidence)) == (float(gone), float(new))


def test_nothing_is_said_of_negation_in_a_language_that_is_not_known() -> None:
    assert negation_lost(pair("Ол келген жоқ.", "Il est venu.", "kk fr")) is None


@pytest.mark.parametrize("case", cases("score_names.tsv"), ids=lambda case: f"{case[0]} | {case[1]}")
def test_names_are_found_by_how_they_sound(case: list[str]) -> None:
    source, target, gone = case
    evidence = pair(source, target)
    assert ", ".join(missing(evidence)) == gone


@pytest.mark.parametrize(
    ("name", "evidence", "expected"),
    [
        ("too_short", pair("Бұл өте ұзын сөйлем, оның ішінде көп сөз бар еді.", "Это."), 6.0),
        ("too_long", pair("Сөз.", "Это очень длинное предложение, в котором много разных слов."), 6.0),
        ("script", pair("Қала үлкен.", "Город үлкен очень."), 1.0),
        ("script", pair("Windows жүйесі бар.", "Есть система Windows."), 0.0),
        ("script", pair("Қала үлкен.", "The город is large and old.", "kk en"), 1.0),
        (
            "other_language",
            pair("Қала үлкен.", "Die Stadt war groß und sie wurde vor langer Zeit gebaut.", "kk en"),
            1.0,
        ),
        ("other_language", pair("Қала үлкен.", "Город был большой, и его построили очень давно."), 0.0),
        ("copied", pair("Ең үлкен қала осы.", "Ең үлкен қала это."), 2 / 3),
        ("copied", pair("Ең үлкен қала осы.", "Это самый большой город."), 0.0),
        ("repeated", pair("Ол айтты.", "Он сказал, он сказал, он сказал."), 1.0),
        ("repeated", pair("Ол айтты.", "да да"), 1.0),
        ("repeated", pair("Ол айтты.", "Он это сказал."), 0.0),
        ("doubled", pair("Ол айтты.", "он так сказал и он так сказал"), 0.2),
        ("unknown", pair("Ол айтты.", "Он ⁇ сказал."), 1.0),
        ("ending", pair("Ол айтты.", "Он сказал"), 1.0),
        ("ending", pair("Ол айтты ма?", "Он сказал."), 1.0),
        ("ending", pair("«Ол айтты».", "«Он сказал»."), 0.0),
        ("marks", pair("Ол «иә» деді.", "Он сказал да."), 1.0),
        ("marks", pair("Ол (кеше) келді.", "Он (вчера) пришёл."), 0.0),
        ("sentences", pair("Ол келді. Біз күттік.", "Он пришёл, мы ждали."), 1.0),
        ("sentences", pair("Ол 1985 ж. келді.", "Он пришёл в 1985 г."), 0.0),
        ("terms", pair("Сөз.", "Слово."), None),
    ],
)
def test_the_look_of_a_translation(name: str, evidence: Evidence, expected: float | None) -> None:
    found = value(name, evidence)
    assert found == (None if expected is None else pytest.approx(expected))


def test_terms_that_are_wrong_are_a_share() -> None:
    evidence = Evidence(source="a", target="b", source_language="kk", target_language="ru", terms=(1, 4))
    assert value("terms", evidence) == 0.25


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["kk ru", "ru en", "en kk", "fr de"]))
def test_features_say_something_finite_of_any_two_texts(source: str, target: str, languages: str) -> None:
    for feature, found in zip(FEATURES, measure(pair(source, target, languages)), strict=True):
        assert found is None or abs(found) < 1e6, feature.name


def test_more_effort_never_knows_less() -> None:
    values = tuple(1.0 for _ in FEATURES)
    counts = [sum(item is not None for item in known_at(values, effort)) for effort in EFFORTS]
    assert counts == sorted(counts)
    assert counts[-1] == len(FEATURES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_with_a_direction_has_its_words(language: str) -> None:
    wanted = {feature.name for feature in FEATURES if feature.sign}
    assert set(texts(language)) == wanted
    assert {name for name, text in texts(language).items() if "{detail}" in text} == set(DETAILS)


@pytest.mark.parametrize("case", cases("score_evidence.tsv"), ids=lambda case: f"{case[0]} {case[1]}")
def test_evidence_is_in_the_wrong_translation_and_not_in_the_right_one(case: list[str]) -> None:
    name, languages, source, right, wrong = case
    assert not value(name, pair(source, right, languages))
    assert (value(name, pair(source, wrong, languages)) or 0.0) > 0


@pytest.mark.parametrize(
    ("languages", "source", "right", "wrong"),
    [
        (
            "kk ru",
            "Бағбан алма, өрік және жүзім отырғызды.",
            "Садовник посадил яблони, абрикосы и виноград.",
            "Садовник посадил яблони и виноград.",
        ),
        (
            "en ru",
            "The miller opened the gate and greeted the guests.",
            "Мельник открыл ворота и поприветствовал гостей.",
            "Мельник открыл ворота.",
        ),
        (
            "kk en",
            "Далада жел соқты, бірақ күн жылы болды.",
            "The wind blew in the steppe, but the day was warm.",
            "The wind blew in the steppe.",
        ),
    ],
)
def test_a_member_or_clause_of_a_short_text_that_is_left_out_is_proven(
    languages: str, source: str, right: str, wrong: str
) -> None:
    assert (value("left_out", pair(source, right, languages)) or 0.0) < 1
    assert (value("left_out", pair(source, wrong, languages)) or 0.0) >= 1
