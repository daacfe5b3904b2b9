"""The public API: its names, its cost, and the examples of its page."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import egiz
from egiz.translate.records import LeftOut

PAGE = Path(__file__).resolve().parent.parent / "docs" / "python.md"
NAMES = """
Aligned Bounds Built CorpusOptions Correction DataOptions Decoding Document DuplicateOptions EgizError
EngineChoice EvaluateOptions ExtractOptions Extraction FilterOptions Hub InputOptions LintFinding
ListedModel Match Memory ModelInfo Options Page Reviewed Row Score Sentence SplitOptions Term TermBase
TermCandidate TermUse Translation Translator TrimOptions __version__ align build check_terms
correct_terms draft_terms evaluate export extract_terms find_terms get_model install_model lint_terms
list_models load_terms make_page model_info open_model read_documents read_table remove_model review
save_terms score_pairs split translate trim_model
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


def test_documents_of_a_folder_leave_out_what_egiz_wrote_there(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Бұл кітап.", encoding="utf-8")
    table = tmp_path / "table.tsv"
    table.write_text("kk\tru\nБұл кітап.\tЭто книга.\n", encoding="utf-8")
    egiz.make_page(table, tmp_path / "page.html")
    left: list[LeftOut] = []
    found = [document.id for document in egiz.read_documents(tmp_path, leave_out=left.append)]
    assert found == ["text"]
    reasons = {item.path.rpartition("/")[2]: item.reason for item in left}
    assert reasons["page.html"] == "made by Egiz: output and no source"


def test_a_saved_term_base_is_read_again_and_losses_are_named(tmp_path: Path) -> None:
    terms = egiz.load_terms("government")
    assert egiz.save_terms(terms, tmp_path / "base.tsv") == []
    assert [term.id for term in egiz.load_terms(tmp_path / "base.tsv").terms] == [
        term.id for term in terms.terms
    ]
    with pytest.raises(egiz.EgizError, match="no term base has the ending"):
        egiz.save_terms(terms, tmp_path / "base.pdf")


def test_documents_have_no_renderings() -> None:
    options = egiz.ExtractOptions(target_language="ru")
    with pytest.raises(egiz.EgizError, match="documents have no translations"):
        egiz.extract_terms("seeds/kk/qaita-quru.txt", options)
