"""What became of the terms in the words that a person wrote.

The cell of a person has no quality to guess and no machine to doubt, but its terms can be looked for as in
any other: by the very term base that the table was built with. One that ships with Egiz is found by itself.
"""

from __future__ import annotations

from functools import cache

from egiz.glossary.check import Checker
from egiz.glossary.records import TermBase
from egiz.glossary.termbase import load_all, shipped
from egiz.parallel.published import Published
from egiz.parallel.rows import TermRecord
from egiz.parallel.terms import identity, uses_in
from egiz.translate.errors import OptionError


class Recheck:
    """Finds the terms of a table's base in sentences and their translations."""

    def __init__(self, base: TermBase, source_language: str) -> None:
        self._checker = cache(lambda tag: Checker(base.terms, source_language, tag))

    def __call__(self, source: str, language: str, text: str) -> tuple[TermRecord, ...]:
        """The uses of terms in one translation."""
        return uses_in(self._checker(language), source, text)


def recheck_of(published: Published, base: TermBase | None) -> Recheck | None:
    """What looks for the terms of a table; None where it has no term base, or one that is not at hand.

    Raises OptionError where `base` is not the one that the table was built with: its entries would stand
    beside those of another in one table.
    """
    facts = published.provenance.terms if published.provenance else None
    if facts is None:
        if base is not None:
            raise OptionError("the table was built without a term base", where="--terms")
        return None
    if base is None:
        base = load_all(facts.bases) if set(facts.bases) <= set(shipped()) else None
        if base is None or not _is_same(base, facts.signature):
            return None
    if not _is_same(base, facts.signature):
        raise OptionError(
            f"the term base {identity(base)}",
            where="--terms",
            expected=f"the one that the table was built with, {';'.join(facts.signature.split(';')[:2])}",
        )
    return Recheck(base, published.source_language)


def _is_same(base: TermBase, signature: str) -> bool:
    return signature.startswith(f"{identity(base)};")
