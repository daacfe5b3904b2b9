"""The table of languages and the names it is asked by."""

from __future__ import annotations

import re

import pytest

from egiz.translate.errors import LanguageError
from egiz.translate.languages import language, languages, nllb_codes

CASES = [
    ("kk", "kaz_Cyrl"),
    ("KK", "kaz_Cyrl"),
    ("kaz_Cyrl", "kaz_Cyrl"),
    ("KAZ_CYRL", "kaz_Cyrl"),
    ("kk-Cyrl", "kaz_Cyrl"),
    ("ru", "rus_Cyrl"),
    ("en", "eng_Latn"),
    ("zh-hans", "zho_Hans"),
    ("zh-Hant", "zho_Hant"),
    ("ar", "arb_Arab"),
    ("fa", "pes_Arab"),
    ("ace", "ace_Latn"),
    ("ace-Arab", "ace_Arab"),
    ("uz", "uzn_Latn"),
    ("ky", "kir_Cyrl"),
    ("sat", "sat_Beng"),
    ("sat-Olck", "sat_Beng"),
]


@pytest.mark.parametrize(("tag", "code"), CASES)
def test_finds(tag: str, code: str) -> None:
    assert language(tag).code == code


@pytest.mark.parametrize(
    ("tag", "suggested"),
    [
        ("zh", "'zh-Hans' or 'zh-Hant'"),
        ("kk-Latn", "'kk'"),
        ("kk_KZ", "'kk'"),
        ("kaz", "'kk'"),
        ("Kazakh", "'kk'"),
        ("eng", "'en'"),
    ],
)
def test_suggests(tag: str, suggested: str) -> None:
    with pytest.raises(LanguageError) as caught:
        language(tag)
    assert caught.value.action == f"Did you mean {suggested}?"


@pytest.mark.parametrize("tag", ["", "xx-yy", "тіл"])
def test_refuses(tag: str) -> None:
    with pytest.raises(LanguageError, match="is no language"):
        language(tag)


def test_table_is_whole() -> None:
    table = languages()
    assert len(table) == 202
    for values in ([item.tag.lower() for item in table], nllb_codes(), [item.name for item in table]):
        assert len(set(values)) == 202
    for item in table:
        assert re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?", item.tag), item
        assert re.fullmatch(r"[a-z]{3}_[A-Z][a-z]{3}", item.code), item
        assert language(item.tag) == language(item.code) == item
        assert item.script == item.code[4:] or item.tag == "sat"


def test_order_is_that_of_nllb() -> None:
    """The codes' rows in the embedding follow from the order, so it must be NLLB's own."""
    tokenization = pytest.importorskip("transformers.models.nllb.tokenization_nllb")
    assert list(nllb_codes()) == tokenization.FAIRSEQ_LANGUAGE_CODES
