"""JSON term bases: which members are optional, and the places of entries."""

from __future__ import annotations

import json
from pathlib import Path

from egiz.glossary.formats import FORMATS
from egiz.glossary.records import Term, TermBase, Wording
from egiz.glossary.termbase import load
from tests.glossary.bases import base_of, term


def read(tmp_path: Path, text: str) -> TermBase:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_only_languages_and_texts_are_needed(tmp_path: Path) -> None:
    text = """{"terms": [
      {"wordings": [{"language": "KK-cyrl", "text": "сөз"},
                    {"language": "ru", "text": "речь", "status": "forbidden"},
                    {"language": "ru", "text": "слово"}, {"language": "ru", "text": "словцо"}]},
      {"id": "b", "wordings": [{"language": "kk", "text": "е\\u0308"}]}], "title": "Сөздік"}"""
    base = read(tmp_path, text)
    place = tmp_path / "a.json"
    assert (base.title, base.name) == ("Сөздік", "a")
    assert base.terms == (
        Term(
            id="сөз",
            wordings=(
                Wording(language="kk", text="сөз"),
                Wording(language="ru", text="речь", status="forbidden"),
                Wording(language="ru", text="слово"),
                Wording(language="ru", text="словцо", status="accepted"),
            ),
            place=f"{place}:2:7",
        ),
        Term(id="b", wordings=(Wording(language="kk", text="ё"),), place=f"{place}:5:7"),
    )


def test_an_empty_base(tmp_path: Path) -> None:
    assert read(tmp_path, FORMATS["json"].write(TermBase(terms=())).text).terms == ()


def test_what_is_written_is_plain_json_a_line_an_entry() -> None:
    words = [Wording(language="kk", text="сөз", exact=True, forms=("сөздер",))]
    text = FORMATS["json"].write(TermBase(terms=(term("a", *words),), title="Т", licence="CC0-1.0")).text
    assert text.splitlines()[4].strip().startswith('{"id": "a"')
    assert json.loads(text) == {
        "title": "Т",
        "licence": "CC0-1.0",
        "terms": [
            {
                "id": "a",
                "wordings": [
                    {
                        "language": "kk",
                        "text": "сөз",
                        "status": "preferred",
                        "exact": True,
                        "forms": ["сөздер"],
                    }
                ],
            }
        ],
    }


def test_defaults_are_left_out() -> None:
    text = FORMATS["json"].write(base_of(term("a", Wording(language="kk", text="сөз")))).text
    assert "exact" not in text
    assert "origin" not in text
