"""The sentence splitter: gold rows, the seed, properties, measured floors."""

from __future__ import annotations

import csv
import importlib.util
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.translate.records import Document, Sentence
from egiz.translate.split import split
from egiz.translate.split.repairs import replay

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
SEED = (ROOT / "seeds" / "kk" / "qaita-quru.txt").read_text(encoding="utf-8").rstrip("\n")

FLOORS = {"kk": 0.900, "ru": 0.913, "en": 0.925}
"""Boundary F1 on FLORES-200 devtest, five sentences a paragraph; a cell that holds two sentences caps it."""
GLUED_FLOOR = 0.98
BROKEN_LINES = {13, 54, 60, 67, 69, 84, 91, 94}
"""Lines of the seed, from 1, that go on in the next: they end in "т.с.с", "60ж", "13 млн" and the like."""


def read_rows(name: str) -> list[dict[str, str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def sentences(text: str, language: str = "kk") -> list[Sentence]:
    return list(split(Document(id="d", language=language, text=text)))


def gold_cases() -> list[object]:
    marks = {"known-failing": [pytest.mark.xfail(strict=True, reason="beyond the rules so far")]}
    return [
        pytest.param(
            row["language"], row["gold"], id=f"{row['kind']}-{number}", marks=marks.get(row["kind"], [])
        )
        for number, row in enumerate(read_rows("split_cases.tsv"), start=1)
    ]


@pytest.mark.parametrize(("language", "gold"), gold_cases())
def test_gold(language: str, gold: str) -> None:
    gold = gold.replace("⏎", "\n")
    text = gold.replace("|", "")
    found = [text[sentence.start : sentence.stop] for sentence in sentences(text, language)]
    assert found == [piece.strip() for piece in gold.split("|")]


def test_case_kinds() -> None:
    rows = read_rows("split_cases.tsv")
    assert {row["kind"] for row in rows} == {"wild", "synthetic", "negative", "known-failing"}
    assert all("|" not in row["gold"] for row in rows if row["kind"] == "negative")


def test_seed_is_split_as_by_hand() -> None:
    gold = (CASES / "split_seed.txt").read_text(encoding="utf-8").splitlines()
    assert [sentence.text for sentence in sentences(SEED)] == gold


def test_every_glued_boundary_of_the_seed_is_found() -> None:
    found = sentences(SEED)
    glued = [
        (before.text.split()[-1], after.text.split()[0].rstrip(",:"))
        for before, after in pairwise(found)
        if any(repair.rule == "glued-boundary" for repair in after.repairs)
    ]
    assert glued == [(row["left"], row["right"]) for row in read_rows("split_seed_glued.tsv")]


@pytest.mark.parametrize(
    "text", (CASES / "split_kk_abbreviations.tsv").read_text(encoding="utf-8").splitlines()
)
def test_no_break_behind_a_kazakh_abbreviation(text: str) -> None:
    assert [sentence.text for sentence in split(text, "kk")] == [text]


def test_there_are_a_hundred_abbreviation_cases() -> None:
    assert len(set((CASES / "split_kk_abbreviations.tsv").read_text(encoding="utf-8").splitlines())) == 100


def test_ids_count_paragraphs_and_sentences_from_one() -> None:
    assert [s.id for s in sentences("Бір. Екі.\n\nҮш.")] == ["d:1.1", "d:1.2", "d:2.1"]


@pytest.mark.parametrize("language", ["kk-Cyrl-KZ", "kk_KZ", "kaz_Cyrl", "KK"])
def test_language_tags_find_their_tables(language: str) -> None:
    assert len(list(split("Ол 1465 ж. құрылды. Осы т.б. бар.", language))) == 2


ALPHABET = (
    "абвйқіӘЖҚаAbcopHXVI.!?…։。।؟,:;()[]«»“”„\"'’-–—•0123 \n\n\t\u00a0\u00ad\u200b\ufeff\u2028"
    "你はक\u093fم\u0301ьe%@/№"
)
WORDS = [
    "т.б",
    "ж",
    "1985",
    "млн",
    "Осы",
    "болды",
    "М",
    "https://a.B/c",
    "бөлінеді.Бірінші",
    "Қaзaқ",
    "г",
    "U.S",
    "\n\n",
    "\n",
]
TEXTS = st.one_of(
    st.text(alphabet=ALPHABET, max_size=120),
    st.lists(st.sampled_from([*WORDS, ".", " ", "?", "«", "»", "“", ","]), max_size=40).map("".join),
    st.text(max_size=60),
).map(lambda text: unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, language=st.sampled_from(["kk", "ru", "en", "zh", "hi", "de", "und"]))
def test_properties(text: str, language: str) -> None:
    found = sentences(text, language)
    end = 0
    for sentence in found:
        raw = text[sentence.start : sentence.stop]
        assert raw
        assert raw == raw.strip()
        assert not text[end : sentence.start].strip()
        assert sentence.text
        assert sentence.text == replay(raw, sentence.repairs, sentence.start)
        assert sentence.text == " ".join(sentence.text.split())
        assert unicodedata.is_normalized("NFC", sentence.text)
        assert [text[r.start : r.stop] for r in sentence.repairs] == [r.before for r in sentence.repairs]
        end = sentence.stop
    assert not text[end:].strip()
    assert found == sentences(text, language)
    assert len({sentence.id for sentence in found}) == len(found)


@pytest.mark.parametrize(
    "unit",
    [
        "а",
        "сөз ",
        "Ол келді. ",
        "А. ",
        ". ",
        ".",
        "?!",
        "«а “б ",
        "((((",
        "1. ",
        "т.б.",
        "\u200b ",
        "a.B",
        "Қa",
    ],
)
def test_one_long_line_is_split_whole(unit: str) -> None:
    """A rule that took quadratic time would keep this from ending within minutes."""
    text = unicodedata.normalize("NFC", (unit * 20_000)[:20_000])
    slices = "".join(text[sentence.start : sentence.stop] for sentence in sentences(text))
    assert visible(slices) == visible(text)


def visible(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def load_benchmark() -> ModuleType:
    path = ROOT / "benchmarks" / "splitting.py"
    spec = importlib.util.spec_from_file_location("egiz_splitting_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", sorted(FLOORS))
def test_boundary_f1_on_flores(shared: Path, language: str) -> None:
    benchmark = load_benchmark()
    rows = benchmark.read_column(shared / "testsets" / "flores200_devtest.tsv", language)
    assert len(rows) > 900
    score = benchmark.measure(lambda text: benchmark.egiz(text, language), rows)
    assert score.f1 >= FLOORS[language]


def test_glued_recall_on_flores(shared: Path) -> None:
    benchmark = load_benchmark()
    rows = benchmark.read_column(shared / "testsets" / "flores200_devtest.tsv", "kk")
    score = benchmark.measure(lambda text: benchmark.egiz(text, "kk"), rows, glued=True)
    assert score.recall >= GLUED_FLOOR


@pytest.mark.parametrize("size", [2, 3, 4])
def test_excerpts_of_the_seed_join_the_same_lines(size: int) -> None:
    lines = SEED.split("\n")
    for first in range(len(lines) - size + 1):
        text = "\n".join(lines[first : first + size])
        joined = {
            first + text.count("\n", 0, s.start) + 1
            for s in sentences(text)
            if "\n" in text[s.start : s.stop]
        }
        assert joined == {line for line in BROKEN_LINES if first < line < first + size}
