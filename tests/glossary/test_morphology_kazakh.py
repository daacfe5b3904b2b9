"""Kazakh morphology: forms are recognised, distinguished from other words, and written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.glossary.kazakh.endings import HARMONIES, SOUNDS, all_endings, endings
from egiz.glossary.kazakh.forms import Kazakh, own_word
from egiz.glossary.kazakh.sounds import fold, harmonies, key, shapes
from egiz.glossary.kazakh.wordings import readings
from egiz.glossary.match import Matcher
from egiz.glossary.records import Form, Match, Term, Wording

CASES = Path(__file__).resolve().parents[1] / "cases"
WORDS = Path(__file__).resolve().parents[2] / "glossary" / "kazakh" / "data" / "words.tsv"
KAZAKH = Kazakh()
CASE_NAMES = ("nominative", "genitive", "dative", "accusative", "locative", "ablative", "instrumental")
NOUNS = """
партия сайлау кеңес халық қоғам мектеп кітап мүлік дауыс қазақ ел заң қыз үй тау қала би су сөз ауыл класс
съезд коммунист факт банк педагог клуб роль рубль тип этап архив институт университет тарих рынок
цех бюро кино Ленин Баку Алматы Семей жүйе құру оқу жою мұғалім теңіз көш бас жел орын қауіп адам әйел
"""
STEMS = tuple(NOUNS.split())
PHRASES = (
    "халық шаруашылығы",
    "орыс халқы",
    "партия съезі",
    "ана тілі",
    "жеке меншік",
    "бұқаралық ақпарат құралдары",
    "министрлер кеңесі",
    "сталиндік репрессиялар",
    "үкімет қаулысы",
    "бірлескен қаулы",
    "мемлекет басшысы",
    "қайта құру",
)
BLOCKED = ("лық", "лік", "дық", "дік", "тық", "тік", "шы", "ші", "шыл", "шіл", "сыз", "сіз", "лы", "лі")
"""Endings that make other words. -ды, -ді, -ты, -ті do as well, but are the accusative too."""


def read_rows(name: str) -> list[dict[str, str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def wording(text: str, **settings: object) -> Wording:
    return Wording(language="kk", text=text, **settings)  # type: ignore[arg-type]


def find(wanted: Wording, text: str) -> list[Match]:
    return Matcher([Term(id="x", wordings=(wanted,))], "kk").matches(text)


def found(wanted: Wording, text: str) -> list[str]:
    return [text[match.start : match.stop] for match in find(wanted, text)]


def told(form: Form) -> str:
    return " ".join(part for part in (form.case, form.number, form.possessor) if part)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=f"{row['kind']}-{row['wording']}-{at}")
        for at, row in enumerate(read_rows("kk_forms.tsv"))
    ],
)
def test_cases(row: dict[str, str]) -> None:
    text = row["text"].replace("⏎", "\n")
    matches = find(wording(row["wording"]), text)
    assert [text[match.start : match.stop] for match in matches][:1] == (
        [row["found"]] if row["found"] else []
    )
    if row["form"]:
        assert told(matches[0].forms[0]).startswith(row["form"])


def test_cases_are_of_all_kinds() -> None:
    rows = read_rows("kk_forms.tsv")
    assert {row["kind"] for row in rows} == {"wild", "synthetic", "negative"}
    assert sum(row["kind"] == "negative" for row in rows) >= 200
    assert all(bool(row["found"]) == (row["kind"] != "negative") for row in rows)


@pytest.mark.parametrize("row", read_rows("kk_inflect.tsv"), ids=lambda row: row["form"])
def test_written_forms(row: dict[str, str]) -> None:
    form = Form(case=row["case"], number=row["number"], possessor=row["possessor"])
    assert KAZAKH.inflect(wording(row["wording"], inflect_like=row["like"]), form) == (row["form"] or None)


FORMS = st.builds(
    Form,
    case=st.sampled_from(CASE_NAMES),
    number=st.sampled_from(("singular", "plural")),
    possessor=st.sampled_from(("", "1", "2", "3", "1p", "2p")),
)


@settings(max_examples=400)
@given(st.sampled_from((*STEMS, *PHRASES)), FORMS)
def test_what_is_written_is_recognised(text: str, form: Form) -> None:
    wanted = wording(text)
    written = KAZAKH.inflect(wanted, form)
    if written is None or len(own_word(fold(written))) > len(text):
        return
    matches = find(wanted, f"Бұл {written} көріп тұр.")
    assert [(match.start, match.stop) for match in matches] == [(4, 4 + len(written))]
    kept = Form(case=form.case, number=form.number, possessor=form.possessor or "3")
    assert {form, kept}.intersection(matches[0].forms)


def test_every_form_of_a_noun_can_be_written() -> None:
    forms = [Form(case=case, number=number) for case in CASE_NAMES for number in ("singular", "plural")]
    assert all(KAZAKH.inflect(wording(text), form) for text in (*STEMS, *PHRASES) for form in forms)


@given(st.sampled_from(STEMS), st.sampled_from(BLOCKED), FORMS)
def test_other_words_are_not_recognised(text: str, blocked: str, form: Form) -> None:
    other = KAZAKH.inflect(wording(text + blocked), form)
    assert other is not None
    assert found(wording(text), f"Бұл {other} болып табылады.") == []


@given(st.text(alphabet="абгдежзиклмнорстуәғқңөұүіьяё -", max_size=12), st.sampled_from(STEMS))
def test_any_text_is_read_without_fail(tail: str, text: str) -> None:
    line = text + tail
    for match in find(wording(text), line):
        assert 0 <= match.start < match.stop <= len(line)
        assert match.forms


def test_exact_wordings_are_not_inflected() -> None:
    wanted = wording("жаңа саяси ойлау", exact=True, forms=("жаңа саяси ойлаудың",))
    assert found(wanted, "Жаңа саяси ойлау") == ["Жаңа саяси ойлау"]
    assert found(wanted, "жаңа саяси ойлаудың") == ["жаңа саяси ойлаудың"]
    assert found(wanted, "жаңа саяси ойлауға") == []
    assert found(wording("КОКП", exact=True), "КОКП-ның") == []
    assert KAZAKH.inflect(wanted, Form(case="dative")) is None


def test_explicit_forms_count_besides() -> None:
    wanted = wording("Алматы", forms=("Верный", "Алма-Ата"))
    assert found(wanted, "Алматыда, Верный мен Алма-Ата") == ["Алматыда", "Верный", "Алма-Ата"]


def test_capitals_count_where_they_are_asked_for() -> None:
    wanted = wording("Кеңес", case_sensitive=True)
    assert found(wanted, "Кеңестің кеңесі") == ["Кеңестің"]
    assert found(wanted, "КЕҢЕС") == []
    assert found(wording("кеңес"), "КЕҢЕСТІҢ Кеңесі") == ["КЕҢЕСТІҢ", "Кеңесі"]


def test_number_is_kept_where_it_is_given() -> None:
    assert found(wording("кеңес", number="plural"), "кеңес, кеңестердің") == ["кеңестердің"]
    assert found(wording("кеңестер", number="plural"), "кеңес, кеңестердің") == ["кеңестердің"]
    assert found(wording("кеңес", number="singular"), "кеңестің, кеңестер") == ["кеңестің"]
    assert KAZAKH.inflect(wording("кеңес", number="singular"), Form(number="plural")) is None


def test_verbs_have_their_forms_only_as_verbs() -> None:
    text = "қайта құрды, қайта құрған, қайта құрып, қайта құрмайды, қайта құруға, қайта құрылды"
    assert found(wording("қайта құру"), text) == ["қайта құруға"]
    assert found(wording("қайта құру", part_of_speech="verb"), text) == [
        "қайта құрды",
        "қайта құрған",
        "қайта құрып",
        "қайта құрмайды",
        "қайта құруға",
        "қайта құрылды",
    ]
    assert found(wording("шығу", part_of_speech="verb"), "шықты, шығып, шығады, шық") == [
        "шықты",
        "шығып",
        "шығады",
    ]
    assert found(wording("оқу", part_of_speech="verb"), "оқыған оқыды") == ["оқыған", "оқыды"]


def test_adverbs_stay_as_they_are() -> None:
    assert found(wording("бірден", part_of_speech="adverb"), "бірден бірденнің") == ["бірден"]


def test_endings_of_a_model_word() -> None:
    wanted = wording("Facebook", inflect_like="партия")
    assert found(wanted, "Facebookның Facebookке") == ["Facebookның", "Facebookке"]


def test_paradigm_is_whole() -> None:
    for harmony in HARMONIES:
        for sound in SOUNDS:
            written = endings(sound, harmony).written
            assert len(written) == len(CASE_NAMES) * 2 * 6
            assert all(form in endings(sound, harmony).forms[text] for form, text in written.items())
    assert not {"лық", "шы", "сыз", "лы", "дас", "шыл"} & set(all_endings())


def test_words_of_their_own_are_worth_their_row() -> None:
    rows = [line.split("\t") for line in WORDS.read_text(encoding="utf-8").splitlines()[1:]]
    assert len({word for word, _ in rows}) == len(rows)
    assert {kind for _, kind in rows} == {"word", "object"}
    idle = [
        word
        for word, _ in rows
        if not any(
            readings(stem, form)
            for form in (word, f"{word}ы", f"{word}і")
            for stem in shorter(form)
            if stem != word
        )
    ]
    assert idle == []


def shorter(word: str) -> set[str]:
    beginnings = {word[:stop] for stop in range(1, len(word))}
    return beginnings | {key(stem) for stem in beginnings}


def test_shapes_come_with_what_is_to_be_written_first() -> None:
    assert [shape.text for shape in shapes("халық")] == ["халқ", "халық", "халығ"]
    assert harmonies("тарих") == ("back", "front")
    assert harmonies("") == HARMONIES
