"""Egiz translates text in Kazakh and other languages, checks and scores the translations, and publishes both.

This is the public Python API; everything that is not named in `__all__` may change. Names are imported when
they are first used, so that ``import egiz`` takes hardly any time. See docs/python.md.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import extend_path
from typing import TYPE_CHECKING, Any

__path__ = extend_path(__path__, __name__)  # a checkout has no layers in egiz/: they are elsewhere

if TYPE_CHECKING:
    from egiz.glossary.check import TermUse
    from egiz.glossary.correct import Correction
    from egiz.glossary.extract import Extraction, ExtractOptions, TermCandidate
    from egiz.glossary.lint import LintFinding
    from egiz.glossary.records import Match, Term, TermBase
    from egiz.glossary.sentences import check_terms, correct_terms, find_terms, lint_terms, load_terms
    from egiz.parallel.align.run import Aligned, align
    from egiz.parallel.bilingual.score import score_pairs
    from egiz.parallel.bilingual.term_bases import draft_terms, extract_terms, save_terms
    from egiz.parallel.build.build import Built
    from egiz.parallel.build.job import EngineChoice
    from egiz.parallel.build.run import build
    from egiz.parallel.corpus.data import DataOptions
    from egiz.parallel.corpus.duplicates import DuplicateOptions
    from egiz.parallel.corpus.filters import Bounds, FilterOptions
    from egiz.parallel.corpus.formats import export
    from egiz.parallel.corpus.inputs import InputOptions
    from egiz.parallel.corpus.make import CorpusOptions
    from egiz.parallel.corpus.split import SplitOptions
    from egiz.parallel.evaluate.evaluate import EvaluateOptions, evaluate
    from egiz.parallel.publish.destination import read_documents
    from egiz.parallel.publish.tsv import PublishedRow as Row
    from egiz.parallel.publish.tsv import read_table
    from egiz.parallel.reader.make import Page, make_page
    from egiz.parallel.review.review import Reviewed, review
    from egiz.parallel.scores.records import Score
    from egiz.translate.engine.ctranslate2 import open_model
    from egiz.translate.engine.protocol import Decoding
    from egiz.translate.errors import EgizError
    from egiz.translate.ladder import Options
    from egiz.translate.lines import translate
    from egiz.translate.memory import Memory
    from egiz.translate.models import Hub, ListedModel, ModelInfo, get_model, list_models, model_info
    from egiz.translate.models import install_folder as install_model
    from egiz.translate.models import remove as remove_model
    from egiz.translate.models.trim import TrimOptions, trim_model
    from egiz.translate.records import Document, Sentence, Translation
    from egiz.translate.split import split
    from egiz.translate.translator import Translator

    __version__: str

_HOMES = {
    "egiz.translate.split": ("split",),
    "egiz.translate.records": ("Document", "Sentence", "Translation"),
    "egiz.translate.engine.ctranslate2": ("open_model",),
    "egiz.translate.engine.protocol": ("Decoding",),
    "egiz.translate.ladder": ("Options",),
    "egiz.translate.memory": ("Memory",),
    "egiz.translate.translator": ("Translator",),
    "egiz.translate.errors": ("EgizError",),
    "egiz.glossary.records": ("Term", "TermBase", "Match"),
    "egiz.glossary.check": ("TermUse",),
    "egiz.glossary.correct": ("Correction",),
    "egiz.glossary.sentences": ("load_terms", "lint_terms", "find_terms", "check_terms", "correct_terms"),
    "egiz.parallel.build.run": ("build",),
    "egiz.parallel.build.build": ("Built",),
    "egiz.parallel.build.job": ("EngineChoice",),
    "egiz.parallel.publish.tsv": ("read_table", "Row"),
    "egiz.parallel.scores.records": ("Score",),
    "egiz.parallel.bilingual.score": ("score_pairs",),
    "egiz.parallel.align.run": ("align", "Aligned"),
    "egiz.parallel.corpus.formats": ("export",),
    "egiz.parallel.corpus.data": ("DataOptions",),
    "egiz.parallel.corpus.duplicates": ("DuplicateOptions",),
    "egiz.parallel.corpus.filters": ("Bounds", "FilterOptions"),
    "egiz.parallel.corpus.inputs": ("InputOptions",),
    "egiz.parallel.corpus.make": ("CorpusOptions",),
    "egiz.parallel.corpus.split": ("SplitOptions",),
    "egiz.parallel.review.review": ("review", "Reviewed"),
    "egiz.parallel.evaluate.evaluate": ("evaluate", "EvaluateOptions"),
    "egiz.glossary.extract": ("Extraction", "ExtractOptions", "TermCandidate"),
    "egiz.glossary.lint": ("LintFinding",),
    "egiz.parallel.bilingual.term_bases": ("draft_terms", "extract_terms", "save_terms"),
    "egiz.parallel.publish.destination": ("read_documents",),
    "egiz.parallel.reader.make": ("Page", "make_page"),
    "egiz.translate.models.trim": ("TrimOptions", "trim_model"),
    "egiz.translate.models": (
        *("Hub", "ListedModel", "ModelInfo", "get_model", "install_model", "list_models", "model_info"),
        "remove_model",
    ),
}
"""The public names by the module that defines them. `translate` is not among them, because it is the package
of that name, which is callable."""

_HOME = {name: module for module, names in _HOMES.items() for name in names}
_OWN_NAMES = {"Row": "PublishedRow", "install_model": "install_folder", "remove_model": "remove"}

__all__ = [
    "Aligned",
    "Bounds",
    "Built",
    "CorpusOptions",
    "Correction",
    "DataOptions",
    "Decoding",
    "Document",
    "DuplicateOptions",
    "EgizError",
    "EngineChoice",
    "EvaluateOptions",
    "ExtractOptions",
    "Extraction",
    "FilterOptions",
    "Hub",
    "InputOptions",
    "LintFinding",
    "ListedModel",
    "Match",
    "Memory",
    "ModelInfo",
    "Options",
    "Page",
    "Reviewed",
    "Row",
    "Score",
    "Sentence",
    "SplitOptions",
    "Term",
    "TermBase",
    "TermCandidate",
    "TermUse",
    "Translation",
    "Translator",
    "TrimOptions",
    "__version__",
    "align",
    "build",
    "check_terms",
    "correct_terms",
    "draft_terms",
    "evaluate",
    "export",
    "extract_terms",
    "find_terms",
    "get_model",
    "install_model",
    "lint_terms",
    "list_models",
    "load_terms",
    "make_page",
    "model_info",
    "open_model",
    "read_documents",
    "read_table",
    "remove_model",
    "review",
    "save_terms",
    "score_pairs",
    "split",
    "translate",
    "trim_model",
]


def __getattr__(name: str) -> Any:
    """Import a name of the API when it is first used."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("egiz")
    elif name == "translate":
        value = import_module("egiz.translate")
    elif name in _HOME:
        value = getattr(import_module(_HOME[name]), _OWN_NAMES.get(name, name))
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
