"""The public functions for terms: read and lint term bases; find, check and correct terms in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from egiz.glossary.check import Checker, TermUse
from egiz.glossary.match import Matcher
from egiz.glossary.records import Match, TermBase
from egiz.glossary.termbase import load_all

if TYPE_CHECKING:
    from egiz.glossary.correct import Correction
    from egiz.glossary.lint import LintFinding
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine

Terms = TermBase | str | Path | Sequence[str | Path]
"""A term base, or the files and names of shipped bases that `load_terms` reads."""


def load_terms(*sources: str | Path, encoding: str | None = None, columns: str | None = None) -> TermBase:
    """Read term bases and merge them; where entries conflict, the last base wins.

    A source is a file (TSV, CSV, XLSX, JSON, TBX, MultiTerm XML, Qt phrase book) or the name of a base that
    ships with Egiz: ``"government"``. `encoding` is that of tables, if it is not Unicode; `columns` says what
    the columns of tables are, if their headers do not: ``"kk=Term,ru=Translation,status=State"``. The fields
    `unread` and `assumed` of the result list the content that was not read, and the assumptions made.

    Raises InputError with file and line for invalid content, OptionError for an unknown name.
    """
    return load_all(sources, encoding, columns=columns)


def lint_terms(terms: Terms, *, source: str | None = None) -> list[LintFinding]:
    """Find the mistakes in a term base; the findings are in the order of its entries.

    `source` is the language that texts are translated from, by default the first one of the base. Raises
    LanguageError if it is unknown.
    """
    from egiz.glossary.lint import lint

    return lint(term_base(terms), source=source)


def find_terms(text: str, terms: Terms, language: str = "kk") -> list[Match]:
    """Return the terms that occur in a text, in any inflected form, in order and without overlap.

    Of overlapping terms, the longest is returned. Offsets are code points of `text`, half-open.
    """
    return Matcher(term_base(terms).terms, language).matches(text)


def check_terms(
    source: str, target: str, terms: Terms, *, source_language: str = "kk", target_language: str = "ru"
) -> list[TermUse]:
    """Return how a translation renders each term of its source sentence, in the order of the source.

    The outcome of a use is ``applied``, ``variant``, ``forbidden``, ``missing`` or ``ambiguous``, as
    `TermUse` explains.
    """
    return Checker(term_base(terms).terms, source_language, target_language).check(source, target)


def correct_terms(
    source: str,
    target: str,
    terms: Terms,
    *,
    source_language: str = "kk",
    target_language: str = "ru",
    engine: CTranslate2Engine | None = None,
    mode: str = "safe",
    machine: bool = False,
) -> Correction:
    """Correct the terms in a translation; return the new text, the edits, and the terms that were left.

    If an `engine` is given (see `egiz.open_model`), its probabilities decide between candidates; otherwise
    only certain replacements are made. `mode` is ``check`` (nothing is edited), ``safe`` or ``eager``.
    ``safe`` replaces only forbidden wordings and, with an engine, certain synonyms; if `machine` is true, a
    machine made the translation, and words that are known to render a term are replaced too, unless the rest
    of the sentence gets worse. ``eager`` puts in a term wherever it can. Raises OptionError for another mode.
    """
    from egiz.glossary.correct import CorrectOptions, Corrector, Draft, mode_named
    from egiz.translate.engine.forcing import CTranslate2Forcing

    forcing = CTranslate2Forcing(engine) if engine else None
    options = CorrectOptions(mode=mode_named(mode), people=not machine)
    corrector = Corrector(
        term_base(terms).terms, source_language, target_language, forcing=forcing, options=options
    )
    (found,) = corrector.correct([Draft(source=source, hypotheses=(target,))])
    return found


def term_base(terms: Terms) -> TermBase:
    """Return `terms` if it is a term base, else read the files or shipped bases that it names."""
    if isinstance(terms, TermBase):
        return terms
    return load_all([terms] if isinstance(terms, str | Path) else terms)
