"""The interface speaks three languages, completely."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from egiz.parallel.reader.pack import CODES
from egiz.parallel.reader.page_file import INTERFACE_LANGUAGES, catalogues
from egiz.parallel.rows import TERM_OUTCOMES
from egiz.parallel.summary import HUMAN_STATUSES
from egiz.translate.guards import REASONS

PAGE = Path(__file__).resolve().parents[2] / "parallel" / "reader" / "page"
PLURALS = {"en": {"one", "other"}, "ru": {"one", "few", "many", "other"}, "kk": {"one", "other"}}
USED = re.compile(r'\bt\(\s*"([\w.]+)"|data-t(?:-label|-placeholder)?="([\w.]+)"|t(?:\[| \? )"([\w.]+)"')
KEYS = re.compile(r'"((?:about|earlier|edits|filter|keys|review|view)\.[\w.]+)"')
BUILT = (
    *(
        "band.",
        "cause.",
        "flag.",
        "language.",
        "left.",
        "link.",
        "mode.",
        "order.",
        "outcome.",
        "review.",
        "rule.",
        "served.",
    ),
    *("status.", "theme."),
)
"""Beginnings of keys that the page puts together."""


def forms(text: str | dict[str, str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def test_all_languages_have_all_keys() -> None:
    texts = catalogues()
    assert set(texts) == set(INTERFACE_LANGUAGES)
    keys = {tag: sorted(texts[tag]) for tag in texts}
    assert keys["ru"] == keys["en"]
    assert keys["kk"] == keys["en"]


@pytest.mark.parametrize("tag", INTERFACE_LANGUAGES)
def test_no_text_is_empty_and_plurals_are_whole(tag: str) -> None:
    for key, text in catalogues()[tag].items():
        assert all(form.strip() for form in forms(text)), key
        if isinstance(text, dict):
            assert set(text) == PLURALS[tag], key


def test_texts_are_filled_with_the_same_values() -> None:
    texts = catalogues()
    for key, english in texts["en"].items():
        wanted = {frozenset(re.findall(r"{(\w+)}", form)) for form in forms(english)}
        for tag in ("ru", "kk"):
            found = {frozenset(re.findall(r"{(\w+)}", form)) for form in forms(texts[tag][key])}
            assert found == wanted, (tag, key)


def test_every_text_is_used_and_every_use_has_a_text() -> None:
    sources = [path.read_text(encoding="utf-8") for path in PAGE.iterdir() if path.suffix in (".js", ".html")]
    used = {key for text in sources for found in USED.findall(text) for key in found if key}
    used |= {key for text in sources for key in KEYS.findall(text)}
    known = set(catalogues()["en"])
    assert used <= known
    assert {key for key in known - used if not key.startswith(BUILT)} == set()


@pytest.mark.parametrize(
    ("beginning", "codes"),
    [
        ("flag.", REASONS),
        ("status.", HUMAN_STATUSES),
        ("outcome.", TERM_OUTCOMES),
        ("", tuple(CODES.values())),
        ("band.", ("own", "good", "none", "check", "poor", "missing")),
    ],
)
def test_every_code_has_its_words(beginning: str, codes: object) -> None:
    assert isinstance(codes, dict | tuple)
    for texts in catalogues().values():
        assert {f"{beginning}{code}" for code in codes} <= set(texts)


def test_english_reasons_are_those_of_the_data_package() -> None:
    english = catalogues()["en"]
    assert {code: english[f"flag.{code}"] for code in REASONS} == {
        code: f"This translation {words}." for code, words in REASONS.items()
    }


def test_kazakh_is_written_in_kazakh_and_russian_in_russian() -> None:
    texts = catalogues()
    for tag, letters in (("ru", "ёыэ"), ("kk", "әғқңөұүі")):
        whole = " ".join(form for text in texts[tag].values() for form in forms(text))
        assert set(letters) <= set(whole.lower()), tag
    russian = " ".join(form for text in texts["ru"].values() for form in forms(text) if "қ =" not in form)
    assert not set(russian.lower().replace("ә = а", "")) & set("әғқңөұүһі")
