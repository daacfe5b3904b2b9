"""Refuses documents that are not translations of each other, with an error that states the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from egiz.parallel.align.documents import Text
from egiz.parallel.align.records import Link
from egiz.translate.errors import InputError, LanguageError
from egiz.translate.guards.language import identifier
from egiz.translate.guards.spoken import named, other_language
from egiz.translate.languages import language
from egiz.translate.read import ReadOptions, read

_LEAST_LETTERS = 40
"""Texts with fewer letters are not identified."""
_BRIDGED = ((15, 1.3), (8, 0.9))
_UNBRIDGED = ((60, 1.5), (30, 1.2), (12, 0.9))
"""The least evidence (see `check_links`) with and without machine translation, as pairs of the least units of
the shorter side and the bound; shorter documents show too little to be refused. Measured by
``benchmarks/align_mismatch.py``. With the starter, two versions of one text had 1.47 or more and different
texts at most 1.23 from 15 sentences on; at 8 sentences they overlap. Without it, 1.62 and 1.08 at 30
sentences, but free translations and manuals came near each other, so the bound is higher for long texts and
lower for short ones."""


def check_languages(text: Text, texts: Sequence[Text]) -> None:
    """Raise InputError if a document is clearly in another language than the one given for it."""
    found = _spoken(text)
    if found is None:
        return
    owner = next((other for other in texts if other.document.language.split("-")[0] == found), None)
    action = "Name the languages in the order of the documents with --from and --to."
    if owner is not None and owner is not text and _spoken(owner):
        action = "The languages look reversed. " + action
    raise InputError(
        f"the text is in {named(found)}",
        where=text.path,
        expected=named(text.document.language),
        action=action,
    )


def _spoken(text: Text) -> str | None:
    return other_language([unit.text for unit in text.units], text.document.language)


def recognised(path: str | Path, options: ReadOptions) -> str:
    """The most probable language of a document, as a tag.

    Raises InputError for standard input, for too little text and for a language that Egiz does not know.
    """
    text = " ".join(document.text[:5000] for document in read(path, options))
    if path == "-" or sum(map(str.isalpha, text)) < _LEAST_LETTERS:
        raise InputError(
            "its language cannot be recognised",
            where=str(path),
            expected="some sentences, in a file",
            action="Name it with --to.",
        )
    best = identifier().rank(text)[0]
    try:
        return language(best[0]).tag
    except LanguageError as error:
        raise InputError(
            f"its language was identified as {best[0]!r}, which Egiz does not know",
            where=str(path),
            action="Name it with --to.",
        ) from error


def check_links(source: Text, target: Text, links: Sequence[Link], win_rate: float, *, bridged: bool) -> None:
    """Raise InputError if the links show too little evidence that both documents are versions of one text.

    The evidence is the sum of two shares, at most 2: the `sure_share` of units in links that are more likely
    right than wrong, and the `win_rate` of links (see `egiz.parallel.align.aligner`). `bridged` says that the
    source was machine-translated for the alignment.
    """
    shorter = min(len(source.units), len(target.units))
    bounds = _BRIDGED if bridged else _UNBRIDGED
    least = next((least for size, least in bounds if shorter >= size), 0.0)
    share = sure_share(links)
    if share + win_rate < least:
        alone = sum(max(link.sizes) for link in links if link.is_null)
        total = len(source.units) + len(target.units)
        raise InputError(
            f"{len(source.units):,} units against {len(target.units):,}: {share:.0%} of them in links that "
            f"are more likely right than wrong, {alone / total:.0%} without counterpart; in {win_rate:.0%} "
            f"of comparisons (by chance 50%) a link fits better than another would",
            where=f"{source.path} and {target.path}",
            expected="two versions of one text",
            action="Check that both are the same work; --force aligns them nevertheless.",
        )


def sure_share(links: Sequence[Link]) -> float:
    """The share of units in links that have both sides and a score of at least 0.5."""
    total = sum(sum(link.sizes) for link in links)
    sure = sum(sum(link.sizes) for link in links if not link.is_null and link.score >= 0.5)
    return sure / total if total else 0.0
