"""Scoring rows: what is asked of the model, what is remembered, and what is said of each side."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from egiz.parallel.rows import Row, make_row
from egiz.parallel.scores import Effort, EvidenceCollector, QualityScorer, Reason, ScoreStage, Side, Unit
from egiz.parallel.scores.features import NAMES
from egiz.parallel.scores.reasons import in_words, packed, unpacked
from egiz.parallel.scores.records import GOOD, POOR, label
from egiz.translate.engine.protocol import TokenScores
from egiz.translate.memory import Memory
from egiz.translate.records import Approval, Hypothesis, Sentence, Translation
from tests.parallel.scores.test_fit import FIT, FITS
from tests.translate.fakes import FakeEngine


@dataclass
class FakeTokenScorer:
    """Finds every word as likely as it says; counts what it is asked."""

    identity: str = "fake"
    likely: float = -1.0
    asked: list[tuple[str, str, str, str]] = field(default_factory=list)

    def token_scores(
        self, pairs: Sequence[tuple[str, str]], *, source: str, target: str
    ) -> list[TokenScores | None]:
        self.asked += [(one, two, source, target) for one, two in pairs]
        return [self._said(text) for _, text in pairs]

    def _said(self, text: str) -> TokenScores | None:
        if "long" in text:
            return None
        places, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            places.append((at, at + len(word)))
            at += len(word)
        logprobs = [-9.0 if word == "strange" else self.likely for word in text.split()]
        return TokenScores(spans=tuple(places), logprobs=(*logprobs, 0.0))


def engine() -> FakeEngine:
    return FakeEngine(lambda text, source, target, decoding: [f"{target} {text}"])


def unit(source: str = "Бір сөз.", *sides: Side) -> Unit:
    return Unit(
        source_language="kk", source=source, sides=sides or (Side(language="ru", text="Одно слово."),)
    )


def translation(
    text: str, *, language: str = "ru", source: str = "Бір сөз.", **changes: object
) -> Translation:
    made = Translation(
        sentence=Sentence(
            id="d:1.1", document="d", paragraph=1, index=1, start=0, stop=len(source), text=source
        ),
        language=language,
        hypotheses=(Hypothesis(text=text, tokens=tuple(text.split()), logprob=-0.5),),
        status="ok",
        flags=(),
        attempts=(),
        engine="fake",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def rows(*translations: Translation) -> tuple[list[Row], list[tuple[Translation, ...]]]:
    return [make_row(translations[0].sentence, "kk", translations)], [translations]


def stage(effort: Effort = "fast", *, fitted: bool = False) -> ScoreStage:
    return ScoreStage(QualityScorer(FITS if fitted else None, effort), EvidenceCollector(None, None, "fast"))


@pytest.mark.parametrize(
    ("effort", "questions"),
    [
        ("fast", []),
        ("normal", [("Одно слово.", "Бір сөз.", "ru", "kk")]),
        ("thorough", [("Одно слово.", "Бір сөз.", "ru", "kk"), ("Бір сөз.", "Одно слово.", "kk", "ru")]),
    ],
)
def test_effort_chooses_what_is_asked(effort: Effort, questions: list[tuple[str, ...]]) -> None:
    scorer = FakeTokenScorer()
    made = Side(language="ru", text="Одно слово.", logprob=-0.5)
    asked = engine()
    ((evidence,),) = EvidenceCollector(asked, scorer, effort).evidence([unit("Бір сөз.", made)])
    assert scorer.asked == questions
    assert evidence.pieces == 2
    assert bool(evidence.back) == bool(evidence.third) == bool(asked.asked) == (effort == "thorough")


def test_of_given_text_the_model_is_asked_for_both_sides() -> None:
    scorer = FakeTokenScorer()
    ((evidence,),) = EvidenceCollector(engine(), scorer, "normal").evidence([unit()])
    assert [item[2:] for item in scorer.asked] == [("ru", "kk"), ("kk", "ru")]
    assert evidence.forward is not None
    assert evidence.reverse is not None


def test_two_translations_of_a_source_are_witnesses_of_each_other() -> None:
    sides = [
        Side(language=tag, text=text, logprob=-0.5) for tag, text in (("ru", "Слово."), ("en", "A word."))
    ]
    ((russian, english),) = EvidenceCollector(engine(), FakeTokenScorer(), "thorough").evidence(
        [unit("Сөз.", *sides)]
    )
    assert (russian.third, english.third) == ("ru A word.", "en Слово.")
    assert russian.cross == (("en Слово.", "A word."),)
    assert (russian.back, english.back) == ("kk Слово.", "kk A word.")


def test_a_lone_translation_is_compared_with_one_by_way_of_a_third_language() -> None:
    side = Side(language="ru", text="Слово.", logprob=-0.5)
    answers = {("Сөз.", "en"): "A word.", ("A word.", "ru"): "Одно слово.", ("Слово.", "kk"): "Бір сөз."}
    fluent = FakeEngine(lambda text, source, target, decoding: [answers[text, target]])
    ((evidence,),) = EvidenceCollector(fluent, FakeTokenScorer(), "thorough").evidence([unit("Сөз.", side)])
    assert (evidence.third, evidence.back) == ("Одно слово.", "Бір сөз.")


@pytest.mark.parametrize("tag", ["fr", "xx"])
def test_nothing_is_asked_about_languages_that_the_model_lacks(tag: str) -> None:
    scorer = FakeTokenScorer()
    ((evidence,),) = EvidenceCollector(engine(), scorer, "thorough").evidence(
        [unit("Сөз.", Side(language=tag, text="Mot."))]
    )
    assert (scorer.asked, evidence.reverse, evidence.back) == ([], None, "")


def test_answers_are_remembered_and_read_the_same(tmp_path: Path) -> None:
    first, second = FakeTokenScorer(likely=-1.23456), FakeTokenScorer()
    units = [unit(), unit("Екі сөз.", Side(language="ru", text="so long"))]
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        fresh = EvidenceCollector(engine(), first, "normal", memory).evidence(units)
        assert EvidenceCollector(engine(), second, "normal", memory).evidence(units) == fresh
    assert second.asked == []
    assert fresh[1][0].forward is None
    assert fresh[0][0].forward is not None
    assert fresh[0][0].forward.logprobs[0] == -1.235


def test_a_damaged_answer_is_asked_for_again(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        whole = EvidenceCollector(engine(), FakeTokenScorer(), "normal", memory).evidence([unit()])
        with closing(sqlite3.connect(tmp_path / "memory.sqlite")) as connection, connection:
            connection.execute("UPDATE entry SET value = '[1]'")
        assert EvidenceCollector(engine(), FakeTokenScorer(), "normal", memory).evidence([unit()]) == whole
        assert memory.damaged == 2


def test_without_a_calibration_no_row_is_good_and_the_scale_says_so() -> None:
    table, found = rows(
        translation("Одно слово.", hypotheses=(Hypothesis(text="Одно слово.", tokens=("a",), logprob=0.0),))
    )
    (row,) = stage().apply(table, found)
    assert row.targets[0].quality == GOOD - 0.001
    scale = stage().scale("kk", ("ru", "en"))
    assert scale.meaning.startswith("No calibration was made for this model from kk to ru, kk to en")
    assert "unfitted:ru,en" in scale.signature


def test_with_a_calibration_quality_is_the_fitted_chance() -> None:
    table, found = rows(translation("Одно слово."))
    (row,) = stage(fitted=True).apply(table, found)
    values = [None] * len(NAMES)
    assert row.targets[0].score is not None
    assert row.targets[0].score.values[NAMES.index("likelihood")] == -0.5
    likelihood = [-0.5 if name == "likelihood" else None for name in NAMES]
    assert row.targets[0].quality == pytest.approx(FIT.reached(likelihood))
    assert FIT.reached(likelihood) > FIT.reached(values)
    scale = stage(fitted=True).scale("kk", ("ru", "en"))
    assert scale.meaning.startswith("The probability")
    assert "kk to en" in scale.meaning
    assert FITS.signature in scale.signature


def test_text_that_no_model_is_known_to_have_made_gets_the_chance_that_it_is_sound() -> None:
    collector = EvidenceCollector(None, None, "fast")
    scorer = QualityScorer(None, "fast")
    good, bad = (
        scorer(collector.evidence([unit("Ол 1985 жылы келді.", Side(language="ru", text=text))])[0][0])
        for text in ("Он приехал в 1985 году.", "Он приехал в 1986 году.")
    )
    assert good.quality == good.sound > 0.8
    assert bad.quality < 0.5
    assert bad.label != "good"
    assert set(in_words(bad.reasons).split("; ")) == {
        "number 1985 missing",
        "number 1986 is not in the original",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "failed", "hypotheses": ()},
        {"hypotheses": (Hypothesis(text="1985", tokens=(), logprob=0.0),)},
    ],
)
def test_nothing_is_said_where_the_model_made_no_words(changes: dict[str, object]) -> None:
    table, found = rows(translation("", **changes))
    (row,) = stage().apply(table, found)
    assert (row.targets[0].quality, row.targets[0].score) == (None, None)


def test_what_a_person_approved_is_not_judged() -> None:
    table, found = rows(translation("Одно слово.", approval=Approval(author="A", time="")))
    (row,) = stage().apply(table, found)
    assert (row.targets[0].quality, row.targets[0].score) == (1.0, None)


def test_the_corrected_text_is_what_is_scored() -> None:
    table, found = rows(translation("Он ⁇ сказал."))
    corrected = [replace(table[0], targets=(replace(table[0].targets[0], text="Он это сказал."),))]
    (row,) = stage().apply(corrected, found)
    assert row.targets[0].score is not None
    assert row.targets[0].score.values[NAMES.index("unknown")] == 0


@pytest.mark.parametrize("effort", ["fast", "normal"])
def test_a_corrected_text_has_the_probability_of_its_own_words(effort: Effort) -> None:
    table, found = rows(translation("Одно слово."))
    corrected = replace(table[0], targets=(replace(table[0].targets[0], text="Одно strange слово."),))
    scorer = FakeTokenScorer()
    (row,) = ScoreStage(QualityScorer(FITS, effort), EvidenceCollector(engine(), scorer, effort)).apply(
        [corrected], found
    )
    assert row.targets[0].score is not None
    expected = scorer.token_scores([("Бір сөз.", "Одно strange слово.")], source="kk", target="ru")[0].mean
    assert row.targets[0].score.values[NAMES.index("likelihood")] == pytest.approx(expected)
    assert expected < -2


def test_a_corrected_text_whose_probability_cannot_be_asked_is_still_judged_as_the_models_own() -> None:
    table, found = rows(translation("Одно слово."))
    corrected = replace(table[0], targets=(replace(table[0].targets[0], text="Два слова."),))
    (row,) = ScoreStage(QualityScorer(FITS, "fast"), EvidenceCollector(None, None, "fast")).apply(
        [corrected], found
    )
    assert row.targets[0].score is not None
    assert row.targets[0].score.values[NAMES.index("likelihood")] is None
    assert row.targets[0].quality == pytest.approx(FIT.reached([None] * len(NAMES)))


def test_unlikely_words_are_named_whole() -> None:
    collector = EvidenceCollector(engine(), FakeTokenScorer(), "normal")
    side = Side(language="en", text="It is a very strange word indeed.")
    ((evidence,),) = collector.evidence([unit("Бұл өте біртүрлі сөз екен.", side)])
    from egiz.parallel.scores.reasons import reasons

    (reason,) = reasons(evidence, ["worst"])
    assert "strange" in reason.detail.split()


def test_reasons_are_packed_and_unpacked() -> None:
    found = (Reason(feature="numbers_missing", detail="1,2 млн: x"), Reason(feature="ending"))
    assert packed(found) == "numbers_missing:1,2 млн: x; ending"
    assert unpacked(packed(found)) == found
    assert unpacked("") == ()


@pytest.mark.parametrize(
    ("quality", "expected"),
    [(1.0, "good"), (GOOD, "good"), (0.4994, "check"), (POOR, "check"), (0.0994, "poor"), (0.0, "poor")],
)
def test_labels_are_those_of_the_published_number(quality: float, expected: str) -> None:
    assert label(quality) == expected
