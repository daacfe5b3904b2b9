"""The shipped term bases: their content, and how reliably their terms are found in Kazakh text."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from egiz.glossary.match import Matcher
from egiz.glossary.records import Term
from egiz.glossary.termbase import load
from egiz.translate.records import Document
from egiz.translate.split import split

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
LEAST = {"soviet-history": 150, "government": 80}
RECALL_FLOOR = 0.97
"""Share of the gold occurrences in the seed that must be found."""
LOOKALIKES_ALLOWED = 2
LANGUAGES = ("kk", "ru", "en")

Span = tuple[str, str, int, int]
"""A sentence, a term, and where in the sentence it stands."""


def read_rows(name: str) -> list[dict[str, str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def terms(name: str = "soviet-history") -> tuple[Term, ...]:
    return tuple(load(name).terms)


@cache
def matcher() -> Matcher:
    return Matcher(terms(), "kk")


@cache
def seed() -> dict[str, str]:
    """Return the sentences of the seed by their ids."""
    text = (ROOT / "seeds" / "kk" / "qaita-quru.txt").read_text(encoding="utf-8")
    return {
        sentence.id: sentence.text for sentence in split(Document(id="qaita-quru", language="kk", text=text))
    }


def place(text: str, form: str, nth: int = 1) -> tuple[int, int]:
    """Return the offset of the `nth` occurrence (from 1) of `form` in `text` as whole words."""
    found = [match.span() for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text)]
    assert len(found) >= nth, f"{form!r} does not stand {nth} times in {text!r}"
    return found[nth - 1]


def gold() -> set[Span]:
    rows = read_rows("terms_seed_gold.tsv")
    spans = {
        (row["sentence"], row["term"], *place(seed()[row["sentence"]], row["form"], int(row["nth"])))
        for row in rows
    }
    assert len(spans) == len(rows), "a row of the gold list stands twice"
    return spans


def found(text: str) -> set[tuple[str, int, int]]:
    return {(match.term.id, match.start, match.stop) for match in matcher().matches(text)}


@pytest.mark.parametrize("name", sorted(LEAST))
def test_every_entry_has_all_three_languages(name: str) -> None:
    assert len(terms(name)) >= LEAST[name]
    incomplete = [term.id for term in terms(name) if not all(term.accepted_in(tag) for tag in LANGUAGES)]
    assert incomplete == []


@pytest.mark.parametrize("name", sorted(LEAST))
def test_ids_are_plain_and_unique(name: str) -> None:
    ids = [term.id for term in terms(name)]
    assert len(set(ids)) == len(ids)
    assert [one for one in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one)] == []


@pytest.mark.parametrize("name", sorted(LEAST))
def test_texts_are_clean(name: str) -> None:
    """Texts are in NFC, without straight double quotes or letters of a foreign script in wordings."""
    raw = (ROOT / "glossary" / "data" / f"{name}.tsv").read_bytes().decode("utf-8")
    assert '"' not in raw
    assert "\r" not in raw
    assert unicodedata.is_normalized("NFC", raw)
    foreign = {"kk": r"[A-Za-z]", "ru": r"[A-Za-zӘәҒғҚқҢңӨөҰұҮүҺһІі]", "en": r"[Ѐ-ӿ]"}
    words = [word for term in terms(name) for word in term.wordings]
    assert [word for word in words if re.search(foreign[word.language], word.text)] == []


@pytest.mark.parametrize("name", sorted(LEAST))
def test_base_says_its_licence(name: str) -> None:
    base = load(name)
    assert base.title
    assert base.origin
    assert base.licence == "CC0-1.0"


@pytest.mark.parametrize("name", sorted(LEAST))
def test_no_wording_is_both_right_and_forbidden(name: str) -> None:
    for term in terms(name):
        texts = [(word.language, word.text.casefold()) for word in term.wordings]
        assert len(set(texts)) == len(texts), term.id


@pytest.mark.parametrize("name", sorted(LEAST))
def test_no_source_wording_stands_in_two_entries(name: str) -> None:
    texts = [word.text for term in terms(name) for word in term.wordings_in("kk")]
    assert sorted(text for text in set(texts) if texts.count(text) > 1) == []


def test_entries_of_both_bases_are_alike() -> None:
    """Entries that both bases have must agree in id and wordings."""
    history = {term.id: term.wordings for term in terms()}
    shared = [term for term in terms("government") if term.id in history]
    assert len(shared) > 5
    assert [term.id for term in shared if term.wordings != history[term.id]] == []


def test_soviet_roubles_are_not_som() -> None:
    (rouble,) = (term for term in terms() if term.id == "rouble")
    assert [word.text for word in rouble.accepted_in("ru")][:1] == ["рубль"]
    assert {word.text for word in rouble.wordings if word.status == "forbidden"} >= {"сом", "som"}


def test_gold_names_terms_of_the_base_and_does_not_overlap() -> None:
    known = {term.id for term in terms()}
    spans = sorted((sentence, start, stop, term) for sentence, term, start, stop in gold())
    assert {term for *_, term in spans} <= known
    for (one, _, stop, _), (other, start, *_) in pairwise(spans):
        assert one != other or stop <= start


def test_terms_of_the_seed_are_found_and_nothing_else() -> None:
    wanted = gold()
    got = {(sentence, *span) for sentence, text in seed().items() for span in found(text)}
    recall = len(wanted & got) / len(wanted)
    assert sorted(got - wanted) == []
    assert recall >= RECALL_FLOOR, f"{recall:.3f}; missed: {sorted(wanted - got)}"


def test_lookalikes_are_left_alone() -> None:
    rows = read_rows("terms_lookalikes.tsv")
    assert len(rows) >= 100
    wrong = [row for row in rows if row["term"] in {term for term, *_ in found(row["text"])}]
    assert len(wrong) <= LOOKALIKES_ALLOWED, wrong


@pytest.mark.parametrize("row", read_rows("terms_forms.tsv"), ids=lambda row: row["form"])
def test_inflected_forms_are_found(row: dict[str, str]) -> None:
    assert (row["term"], *place(row["text"], row["form"])) in found(row["text"])
