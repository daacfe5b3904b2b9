"""Term bases loaded by file and by name, merged, and large ones."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import pytest

from egiz.glossary.records import Term, TermBase, Wording
from egiz.glossary.termbase import load, load_all, merge, shipped
from egiz.translate.errors import InputError, OptionError
from tests.glossary.bases import term

KK, RU = Wording(language="kk", text="сом"), Wording(language="ru", text="рубль")


def test_shipped_bases_load_by_name() -> None:
    assert {"government", "soviet-history"} <= set(shipped())
    for name in shipped():
        base = load(name)
        assert base.name == name
        assert base.title
        assert base.licence
        assert base.languages[:3] == ("kk", "ru", "en")
        assert base.terms[0].place.startswith(f"{name}.tsv:")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("soviet-histroy", "Did you mean 'soviet-history'?"),
        ("terms.docx", "no term base has the ending '.docx'"),
        ("terms.tvs", "Did you mean '.tsv'"),
        ("../government", "ships with Egiz"),
    ],
)
def test_unknown_names_and_endings(source: str, says: str) -> None:
    with pytest.raises(OptionError) as caught:
        load(source)
    assert says in str(caught.value)


def test_a_file_goes_before_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("government").write_text("kk\n", encoding="utf-8")
    with pytest.raises(OptionError, match="has no ending"):
        load("government")


def test_a_folder_is_no_base_and_hides_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.tsv").mkdir()
    Path("government").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        load("a.tsv")
    assert load("government").terms


def test_ids_are_unique() -> None:
    with pytest.raises(InputError, match=r"base\.tsv:a: the id 'a' stands twice, first at base\.tsv:a"):
        TermBase(terms=(term("a", KK), term("b", KK), term("a", RU)))


def test_languages_in_the_order_of_their_first_wordings() -> None:
    assert TermBase(terms=(term("a", RU), term("b", KK, RU))).languages == ("ru", "kk")


def named(name: str, *terms: Term, licence: str = "", origin: str = "") -> TermBase:
    return TermBase(terms=terms, name=name, title=name.title(), licence=licence, origin=origin)


def test_one_base_stays_as_it_is() -> None:
    base = named("one", term("a", KK))
    assert merge([base]) is base


def test_a_later_entry_of_the_same_term_takes_the_place_of_an_earlier_one() -> None:
    mine = replace(KK, text="Сом")
    merged = merge([named("one", term("a", KK, RU), term("b", RU)), named("two", term("a", mine))])
    assert [(found.id, found.wordings) for found in merged.terms] == [("a", (mine,)), ("b", (RU,))]


def test_entries_that_have_the_id_alone_in_common_both_stay() -> None:
    other = term("a", Wording(language="kk", text="үкімет"))
    merged = merge([named("one", term("a", KK)), named("two", other), named("two", other)])
    assert [found.id for found in merged.terms] == ["a", "two:a", "two:a-2"]


def test_no_entry_is_lost_to_a_made_id() -> None:
    later = named("two", term("a", RU), term("two:a", replace(RU, text="копейка")))
    merged = merge([named("one", term("a", KK)), later])
    assert [found.id for found in merged.terms] == ["a", "two:a", "two:two:a"]


def test_licence_and_origin_go_down_to_the_entries() -> None:
    own = replace(term("b", RU), licence="CC-BY-4.0", origin="a book")
    merged = merge([named("one", term("a", KK), licence="CC0-1.0"), named("two", own, origin="a list")])
    assert [(found.licence, found.origin) for found in merged.terms] == [
        ("CC0-1.0", "One"),
        ("CC-BY-4.0", "a book"),
    ]
    assert (merged.name, merged.title) == ("one+two", "One + Two")


def test_bases_load_together(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("kk\tru\nбаға\tцена\n", encoding="utf-8")
    base = load_all(["government", path])
    assert base.terms[-1].id == "баға"
    assert len(base.terms) == len(load("government").terms) + 1
    with pytest.raises(OptionError, match="no term base"):
        load_all([])


def test_a_large_table_is_read_whole(tmp_path: Path) -> None:
    rows = [f"\tқайта құру {number}\tперестройка {number} | ремонт\tword" for number in range(30_000)]
    path = tmp_path / "large.tsv"
    path.write_text("\n".join(["id\tkk\tru\ten", *rows, ""]), encoding="utf-8")
    base = load(path)
    assert len(base.terms) == 30_000
    assert gc.isenabled()
