"""Rows, scores and counts, from hand-made records."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.rows import Row, RowStatus, TermOutcome, TermRecord, make_row
from egiz.parallel.summary import STATUSES, Tally
from egiz.translate.records import Hypothesis, Sentence, Translation
from egiz.translate.text import source_text, target_text

CASES = json.loads(
    (Path(__file__).parent.parent / "cases" / "published_texts.json").read_text(encoding="utf-8")
)
SENTENCE = Sentence(id="d:1.1", document="d", paragraph=1, index=1, start=0, stop=3, text="Сөз")
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\"]|^'")
ANY_TEXT = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\"'\t\n\r\v\f\x1c\x85\u2028 -.a1\ud800"))
)


def translation(logprob: float = -0.5, **changes: object) -> Translation:
    made = Translation(
        sentence=SENTENCE,
        language="ru",
        hypotheses=(Hypothesis(text="Слово", tokens=("Слово",), logprob=logprob),),
        status="ok",
        flags=(),
        attempts=(),
        engine="hand",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_texts_are_published_as_listed(case: dict[str, str]) -> None:
    publish = {"source": source_text, "target": target_text}[case["side"]]
    assert publish(case["text"], case["language"]) == case["published"]


@given(ANY_TEXT, st.sampled_from(["kk", "ru", "en", "zh-Hans"]))
def test_any_text_is_published_in_a_form_that_every_table_reader_shares(text: str, language: str) -> None:
    for publish in (source_text, target_text):
        published = publish(text, language)
        assert not FORBIDDEN.search(published)
        assert published == published.strip()
        assert len(published.splitlines()) <= 1
        assert unicodedata.is_normalized("NFC", published)
        assert published.encode("utf-8").decode("utf-8") == published
        assert publish(published, language) == published


@given(st.text(alphabet=st.characters(categories=["L", "N", "Zs"])))
def test_letters_and_digits_are_left_alone(text: str) -> None:
    kept = [mark for mark in unicodedata.normalize("NFC", text) if mark.isalnum()]
    assert [mark for mark in target_text(text, "ru") if mark.isalnum()] == kept


def test_a_row_keeps_the_raw_output_beside_the_published(rows: list[Row]) -> None:
    first = rows[0]
    assert (first.id, first.document, first.source_language) == ("qaita-quru:1.1", "qaita-quru", "kk")
    assert first.source == "«Қайта құру» саясаты 1985 ж. басталды."
    assert first.targets[0].raw == '"Перестройка" началась в 1985 году.'
    assert first.targets[0].text == "«Перестройка» началась в 1985 году."


def test_the_machine_output_is_told_only_where_an_edit_changed_it(rows: list[Row]) -> None:
    assert [row.targets[0].machine for row in rows] == ["", "", "Королевство создано.", "", "", "", ""]
    edited = rows[2].targets[0]
    assert replace(edited, text=target_text(edited.raw, "ru")).machine == ""


def test_a_failed_translation_gives_an_empty_text_and_no_quality(rows: list[Row]) -> None:
    failed = rows[5].targets[0]
    assert (failed.status, failed.text, failed.raw, failed.quality) == ("failed", "", "", None)


def test_a_translation_of_another_sentence_is_refused() -> None:
    other = translation(sentence=replace(SENTENCE, id="d:1.2"))
    with pytest.raises(ValueError, match=r"d:1\.2.*d:1\.1"):
        make_row(SENTENCE, "kk", [other])


def test_the_tally_counts_every_row_once(rows: list[Row]) -> None:
    tally = Tally(("ru", "en"))
    for row in rows:
        tally.add(row)
    summary = tally.summary()
    russian, english = summary.targets
    assert summary.sentences == 7
    assert summary.documents == (("qaita-quru", 5), ("құбыр", 2))
    counts = {"ok": 5, "retried": 1, "suspect": 0, "failed": 1, "edited": 0, "approved": 0}
    assert dict(russian.statuses) == counts
    assert english.flags == (("long", 1), ("repeated", 1))
    assert (russian.edited, english.edited) == (1, 0)
    assert (russian.scored, english.scored) == (6, 7)


@given(st.lists(st.floats(min_value=0, max_value=1), min_size=1), st.sampled_from([0.1, 0.5, 0.9]))
def test_quantiles_are_those_of_the_published_numbers(values: list[float], share: float) -> None:
    row = make_row(SENTENCE, "kk", [translation()])
    tally = Tally(("ru",))
    for value in values:
        tally.add(replace(row, targets=(replace(row.targets[0], quality=value),)))
    published = sorted(float(f"{value:.3f}") for value in values)
    place = next(place for place in range(len(published)) if place + 1 >= share * len(published))
    assert tally.summary().targets[0].quantile(share) == published[place]


@pytest.mark.parametrize(
    ("quality", "status", "outcomes", "expected"),
    [
        (0.6, "ok", ("applied", "variant"), "good"),
        (0.6, "ok", ("applied", "missing"), "check"),
        (0.6, "ok", ("inserted",), "check"),
        (0.6, "suspect", (), "check"),
        (0.3, "suspect", ("missing",), "check"),
        (0.05, "ok", ("forbidden",), "poor"),
    ],
)
def test_a_row_is_good_only_if_no_check_and_no_term_objects(
    quality: float, status: RowStatus, outcomes: tuple[TermOutcome, ...], expected: str
) -> None:
    row = make_row(SENTENCE, "kk", [translation()])
    terms = tuple(
        TermRecord(
            term="word",
            source_term="сөз",
            source_start=0,
            source_stop=3,
            source_form="Сөз",
            target_term="слово",
            target_start=None,
            target_stop=None,
            target_form="",
            outcome=outcome,
            note="",
        )
        for outcome in outcomes
    )
    target = replace(row.targets[0], quality=quality, status=status, terms=terms)
    tally, whole = Tally(("ru",)), Tally(("ru",))
    tally.add(replace(row, targets=(target,)))
    whole.include(tally.summary())
    for found in (tally, whole):
        labels = found.summary().targets[0].labels
        assert [name for name, count in labels.items() if count] == [expected]


def test_nothing_scored_has_no_quantile() -> None:
    empty = Tally(("ru",)).summary().targets[0]
    assert empty.quantile(0.5) is None
    assert empty.statuses == tuple((status, 0) for status in STATUSES)


def test_a_row_in_other_languages_is_not_counted(rows: list[Row]) -> None:
    with pytest.raises(ValueError, match="'ru' where 'en'"):
        Tally(("en", "ru")).add(rows[0])
