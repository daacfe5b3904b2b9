"""The public API: its names, its cost, and the examples of its page."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import egiz

PAGE = Path(__file__).resolve().parent.parent / "docs" / "python.md"
NAMES = """
Aligned Bounds Built CorpusOptions Correction DataOptions Decoding Document DuplicateOptions EgizError
EngineChoice EvaluateOptions FilterOptions InputOptions Match Memory Options Reviewed Row Score Sentence
SplitOptions Term TermBase TermUse Translation Translator __version__ align build check_terms correct_terms
evaluate export find_terms load_terms open_model read_table review score_pairs split translate
"""


def test_the_names_are_these() -> None:
    """Removing or renaming one breaks the programs of users: say so in the changelog."""
    assert sorted(egiz.__all__) == sorted(NAMES.split())


@pytest.mark.parametrize("name", NAMES.split())
def test_every_name_is_there_documented_and_listed(name: str) -> None:
    value = getattr(egiz, name)
    assert name in dir(egiz)
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8")
    if name != "__version__":
        assert callable(value)
        assert (value.__doc__ or "").strip()


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        egiz.nothing  # noqa: B018


def test_the_import_loads_no_layer() -> None:
    code = "import egiz, sys; print(*sorted(name for name in sys.modules if name.startswith('egiz')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["egiz"]


def test_the_examples_of_the_page_come_out_as_printed() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert found.failed == 0
    assert found.attempted > 15


def test_the_names_keep_their_meaning_whatever_was_imported_first() -> None:
    code = """
import egiz.translate.errors, egiz
assert egiz.translate("", to="ru") == ""
from egiz.translate import Sentence
assert Sentence is egiz.Sentence
"""
    subprocess.run([sys.executable, "-c", code], check=True)
