"""The parts of term extraction: measures, Kazakh stems, background lists, renderings, the draft."""

from __future__ import annotations

import json
import runpy
import sys
from collections import Counter
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.glossary.extract import (
    Extraction,
    ExtractOptions,
    Passage,
    Rendering,
    TermCandidate,
    as_json,
    draft,
    extract,
)
from egiz.glossary.extract.counting import Corpus, tokens
from egiz.glossary.extract.extract import note, sure
from egiz.glossary.extract.language import fits, profile
from egiz.glossary.extract.ranking import background, c_value, log_likelihood, weirdness
from egiz.glossary.kazakh.extraction import Kazakh, attach, splits
from egiz.glossary.languages import extraction_language
from egiz.glossary.records import Form

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
LANGUAGES = ("kk", "ru", "en")
PACKAGES = {
    "kk": "egiz.glossary.kazakh",
    "ru": "egiz.glossary.russian",
    "en": "egiz.glossary.english",
    "plain": "egiz.glossary.extract",
}
LARGEST = 250_000


def rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (CASES / name).read_text(encoding="utf-8").splitlines()[1:]]


def parallel(target: str = "ru") -> Extraction:
    passages = [
        Passage(id=f"r:{number}", document="r", text=kk, target=ru)
        for number, (kk, ru) in enumerate(rows("extract_rows.tsv"), 1)
    ]
    return extract(passages, ExtractOptions(language="kk", target_language=target))


def by_text(found: Extraction) -> dict[str, TermCandidate]:
    return {candidate.text.lower(): candidate for candidate in found.candidates}


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 400))
def test_log_likelihood(both: int, first: int, second: int, rest: int) -> None:
    total = both + first + second + rest
    value = log_likelihood(both, both + first, both + second, total)
    assert value >= -1e-9
    assert value == pytest.approx(log_likelihood(both, both + second, both + first, total))
    if both * total <= (both + first) * (both + second):
        assert value == 0.0


def test_measures_on_values_of_the_papers() -> None:
    assert log_likelihood(110, 2552, 221, 31777) == pytest.approx(270.72, abs=0.01)
    assert c_value(2, 5, 0, 0) == pytest.approx(5 * 1.58496, abs=1e-4)
    assert c_value(1, 6, 2, 12) == 0.0
    assert weirdness(10, 1000, 0, 1_000_000) == 10_000


@pytest.mark.parametrize(("word", "others", "lemma"), rows("extract_kk_stems.tsv"), ids=lambda value: value)
def test_kazakh_stems(word: str, others: str, lemma: str) -> None:
    counts = Counter(dict.fromkeys(others.lower().split(), 2)) + Counter({word.lower(): 3})
    if word == "Қазақстан":
        counts = Counter({"қазақстан": 900, "қазақстанның": 50, "қазақстанға": 50, "қазақс": 1})
    kazakh = extraction_language("kk")
    assert isinstance(kazakh, Kazakh)
    verbs = frozenset({"бол"})
    assert kazakh.stems(counts, verbs)[word.lower()][0] == lemma


@pytest.mark.parametrize("stem", ["дәреже", "меншік", "мүлік", "құру", "съезд", "халық", "партия", "қазақ"])
def test_what_is_attached_comes_off_again(stem: str) -> None:
    for case in ("nominative", "genitive", "dative", "accusative", "locative", "ablative", "instrumental"):
        for possessor in ("", "3"):
            form = Form(case=case, number="singular", possessor=possessor)
            word = attach(stem, form)
            assert word is not None
            assert word == stem or (stem, form) in splits(word)


def test_tokens() -> None:
    assert tokens("«Қайта құру»дың 70-жылдар, есеп‑шот со\u00adюз") == [
        *("«", "Қайта", "құру", "»", "7", "0", "-", "жылдар", ",", "есеп-шот", "союз"),
    ]
    assert tokens("") == []


@given(st.lists(st.text(alphabet="аБ -.,1«»", max_size=30), max_size=8))
def test_a_corpus_keeps_words_and_breaks(lines: list[str]) -> None:
    corpus = Corpus()
    for line in lines:
        corpus.add(line)
    assert len(corpus) == len(lines)
    for line, passage in zip(lines, corpus, strict=True):
        words = [token for token in tokens(line) if token[0].isalpha()]
        assert [corpus.forms[number] for number in passage if number] == words
        assert not any(one == 0 == other for one, other in pairwise(passage))
    assert sum(corpus.counts().values()) == sum(1 for passage in corpus for number in passage if number)


@pytest.mark.parametrize("language", LANGUAGES)
def test_background_lists(language: str) -> None:
    place = files("egiz.glossary").joinpath("data", "background", f"{language}.tsv")
    data = place.read_bytes()
    lines = data.decode("utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    assert len(data) < LARGEST
    assert "benchmarks/background.py" in head[0]
    assert all("CC" in line for line in head[1:])
    general = background(language)
    assert len(general) == len(lines) - len(head) > 3000
    values = list(general.frequencies.values())
    assert values == sorted(values, reverse=True)
    assert 0 < min(values) < max(values) < 50_000
    assert set(general.kinds.values()) <= {"noun", "verb"}
    assert not profile(PACKAGES[language]).stop & set(general.frequencies)


def test_background_is_what_its_script_counts(
    shared: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["background.py", str(shared / "corpora"), "en"])
    runpy.run_path(str(ROOT / "benchmarks" / "background.py"), run_name="__main__")
    shipped = files("egiz.glossary").joinpath("data", "background", "en.tsv").read_text(encoding="utf-8")
    assert capsys.readouterr().out == shipped


@pytest.mark.parametrize("language", PACKAGES)
def test_profiles_are_in_order(language: str) -> None:
    known = profile(PACKAGES[language])
    assert all(word == word.lower() for word in known.stop)
    assert any(fits(known.pattern, (role,)) for role in "NU")
    assert not fits(known.pattern, ("",))


def test_renderings_are_found_and_counted() -> None:
    found = by_text(parallel())
    property_ = found["жеке меншік"]
    assert property_.translated == 5
    assert property_.renderings[0].text == "частная собственность"
    assert property_.renderings[0].passages == 5
    assert property_.renderings[0].share == 1.0
    assert found["жеделдету"].renderings[0].text == "ускорение"
    assert "меншік" not in found
    for candidate in found.values():
        assert all(0 < item.share <= 1 for item in candidate.renderings)
        assert sum(item.passages for item in candidate.renderings) <= candidate.translated
        assert len({item.text for item in candidate.renderings}) == len(candidate.renderings)


def test_renderings_that_differ_show_as_shares() -> None:
    lines = [("Партия съезі өтті.", "Прошёл съезд."), ("Партия съезін ашты.", "Открыли собрание.")] * 4
    more = [(f"Көктем {word} келді.", f"Весна {word} пришла.") for word in "абвгдежзийклмнопрст"]
    passages = [
        Passage(id=str(number), document="d", text=kk, target=ru)
        for number, (kk, ru) in enumerate([*lines, *more])
    ]
    found = by_text(extract(passages, ExtractOptions(language="kk", target_language="ru")))
    shares = {item.text: item.share for item in found["партия съезі"].renderings}
    assert shares == {"съезд": 0.5, "собрание": 0.5}


def test_rows_without_a_translation_are_not_counted_as_unrendered() -> None:
    pairs = [*rows("extract_rows.tsv"), ["Жеке меншік керек.", ""], ["Жеке меншік бар.", ""]]
    passages = [
        Passage(id=str(number), document="d", text=kk, target=ru) for number, (kk, ru) in enumerate(pairs)
    ]
    found = by_text(extract(passages, ExtractOptions(language="kk", target_language="ru")))["жеке меншік"]
    assert (found.frequency, found.translated, found.renderings[0].share) == (7, 5, 1.0)


CANDIDATE = TermCandidate(
    text="жоба бюджеті",
    lemmas=("жоба", "бюджет"),
    frequency=9,
    documents=2,
    score=12.34,
    examples=("a:1.1", "b:2.1"),
    translated=8,
    renderings=(
        Rendering(text="бюджет проекта", passages=6, share=0.75, strength=40.0),
        Rendering(text="смета", passages=2, share=0.25, strength=12.0),
    ),
)
OPTIONS = ExtractOptions(language="kk", target_language="ru")


def test_only_sure_renderings_are_filled_in() -> None:
    best = CANDIDATE.renderings[0]
    assert sure(CANDIDATE, OPTIONS, {}) == best
    assert sure(CANDIDATE, replace(OPTIONS, share=0.8), {}) is None
    assert sure(CANDIDATE, replace(OPTIONS, passages=7), {}) is None
    assert sure(replace(CANDIDATE, renderings=()), OPTIONS, {}) is None
    assert sure(CANDIDATE, OPTIONS, {("бюджет",): "бюджет проекта"}) is None
    assert sure(CANDIDATE, OPTIONS, {("бюджет",): "бюджет"}) == best
    same = replace(CANDIDATE, renderings=(replace(best, text="Бюджет"),))
    assert sure(same, OPTIONS, {}) is None


def test_the_draft_says_what_was_found() -> None:
    assert note(CANDIDATE, "ru") == (
        "9 × in 2 documents; score 12.3; e.g. a:1.1, b:2.1; ru: бюджет проекта 6/8, смета 2/8"
    )
    found = replace(parallel(), candidates=(CANDIDATE, replace(CANDIDATE, renderings=(), examples=())))
    terms = draft(found, OPTIONS).terms
    assert [term.id for term in terms] == ["жоба-бюджеті", "жоба-бюджеті-2"]
    assert [[word.text for word in term.wordings] for term in terms] == [
        ["жоба бюджеті", "бюджет проекта"],
        ["жоба бюджеті"],
    ]
    assert {term.subject for term in terms} == {"draft"}
    assert json.loads(as_json(found))["candidates"][0]["renderings"][1]["text"] == "смета"
