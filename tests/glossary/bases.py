"""Term bases for tests: made by hand, and drawn by hypothesis."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import get_args

from hypothesis import strategies as st

from egiz.glossary.formats import FORMATS
from egiz.glossary.records import Number, PartOfSpeech, Term, TermBase, Wording, WordingStatus, wording_in
from egiz.glossary.termbase import load

_LETTERS = st.one_of(
    st.sampled_from("абвқғңәіABcd \t\n\r|\\,;\"'<>&#:=.-–«»“” \u00a0\u0301\u0338е\u0308"),
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")),
)
_TAGS = ("kk", "ru", "en", "id", "zh-Hans", "en-GB", "kk-Latn", "es-419")


def is_kept(text: str) -> bool:
    """Whether any text file keeps a text: composed, no space at its ends, no mark on a control character."""
    composed = unicodedata.is_normalized("NFC", text) and text == text.strip()
    return composed and not re.search(r"[\t\n\r]\W", text)


TEXTS = st.text(_LETTERS, min_size=1, max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text.strip())
)
TEXTS = TEXTS.filter(lambda text: bool(text) and is_kept(text))
PLAIN_TEXTS = TEXTS.map(lambda text: " ".join(re.split("[ \t\r\n]+", text))).filter(is_kept).filter(bool)
"""Texts as XML keeps them, where white space is one space."""


@st.composite
def wordings(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> tuple[Wording, ...]:
    """Some wordings in one to three languages: of each the preferred first, the forbidden last."""
    found = []
    for tag in draw(st.lists(st.sampled_from(_TAGS), min_size=1, max_size=3, unique=True)):
        statuses: list[WordingStatus] = ["preferred"] * draw(st.integers(0, 1))
        statuses += ["accepted"] * draw(st.integers(0, 2)) if statuses else []
        statuses += ["forbidden"] * draw(st.integers(0 if statuses else 1, 2))
        for status in statuses:
            found.append(
                wording_in(
                    tag,
                    draw(texts),
                    status=status,
                    part_of_speech=draw(st.sampled_from(get_args(PartOfSpeech))),
                    case_sensitive=draw(st.booleans()),
                    exact=draw(st.booleans()),
                    forms=tuple(draw(st.lists(texts, max_size=2))),
                    inflect_like=draw(st.one_of(st.just(""), texts)),
                    number=draw(st.sampled_from(get_args(Number))),
                )
            )
    return tuple(found)


@st.composite
def bases(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> TermBase:
    """A base of one to four entries."""
    maybe = st.one_of(st.just(""), texts)
    ids = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    return TermBase(
        terms=tuple(
            Term(
                id=name,
                wordings=draw(wordings(texts)),
                subject=draw(maybe),
                note=draw(maybe),
                origin=draw(maybe),
                licence=draw(maybe),
            )
            for name in ids
        ),
        title=draw(maybe),
        licence=draw(maybe),
        origin=draw(maybe),
    )


def read_back(base: TermBase, name: str, folder: Path) -> TermBase:
    """Write a base in a format that keeps all of it, and read the file."""
    written = FORMATS[name].write(base)
    assert written.losses == ()
    path = folder / f"base{FORMATS[name].endings[0]}"
    path.write_bytes(written.content)
    return load(path)


def bare(base: TermBase, *, by_language: bool = False) -> TermBase:
    """A base without places and name; `by_language` sorts wordings by the base's languages and by status."""
    order = base.tags
    statuses = get_args(WordingStatus)

    def sort(term: Term) -> tuple[Wording, ...]:
        if not by_language:
            return term.wordings
        return tuple(
            sorted(
                term.wordings,
                key=lambda wording: (order.index(wording.tag), statuses.index(wording.status)),
            )
        )

    terms = tuple(replace(term, place="", wordings=sort(term)) for term in base.terms)
    return replace(base, name="", terms=terms)


def term(name: str, *found: Wording, subject: str = "", note: str = "") -> Term:
    """An entry by hand."""
    return Term(id=name, wordings=found, subject=subject, note=note, place=f"base.tsv:{name}")


def base_of(*terms: Term) -> TermBase:
    return TermBase(terms=terms, name="base")
