"""Which pairs are fit: small named functions in one ordered tuple, each of which says why it drops one.

What a machine or its checks doubted (quality, status, flags) is not held against a pair that a person
approved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from egiz.parallel.bitext.segment import OBJECT
from egiz.parallel.corpus.duplicates import same
from egiz.parallel.corpus.records import Entry, Side
from egiz.parallel.corpus.terms import TermTest, TermTests
from egiz.translate.guards.case import Case
from egiz.translate.train.copies import HeldOut

ANY = "any"
"""In place of the codes of flags: all of them."""
_WORD = re.compile(r"\S+")
_OBJECT = re.compile(f"[{OBJECT}\N{REPLACEMENT CHARACTER}]")
_SMALL = 12
"""Characters of the longer side up to which no ratio is taken, as in `egiz.translate.train.corpus`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Numbers from `least` to `most`, both included; None is no bound."""

    least: int | None = None
    most: int | None = None

    def holds(self, number: int) -> bool:
        """Whether a number is in it."""
        return (self.least or 0) <= number and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        return f"{self.least or 0} to {'any' if self.most is None else self.most}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """What a pair must be. The defaults drop only what has no text on both sides.

    `quality` is the least, by target language, or for all under an empty name; a pair that is not scored has
    less than any. `statuses` are those that may stay, all if empty; `flags` codes of which a pair may have
    none, or `ANY`. `characters` and `words` (what stands between spaces) hold for both sides; `ratio` is
    that of the longer side to the shorter, in characters. All `terms` must hold.
    """

    quality: Mapping[str, float] | None = None
    statuses: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    characters: Span = Span()
    words: Span = Span()
    ratio: float | None = None
    language: bool = False
    script: bool = False
    drop_identical: bool = False
    drop_objects: bool = False
    approved_only: bool = False
    terms: tuple[TermTest, ...] = ()

    def least_quality(self, language: str) -> float | None:
        """The least quality in a target language; None where all may stay."""
        given = self.quality or {}
        return given.get(language, given.get(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What filters look things up in: options, test sets, and the terms that are asked for."""

    options: FilterOptions
    unseen: HeldOut | None = None
    terms: TermTests | None = None


def empty(entry: Entry, side: Side, bench: Bench) -> str | None:
    """No text on one of the sides, or a translation that its file calls a draft."""
    if not entry.source or not side.text:
        return f"no text in {side.language if entry.source else entry.source_language}"
    return "not translated yet" if side.status == "draft" else None


def review(entry: Entry, side: Side, bench: Bench) -> str | None:
    """Not approved by a person, where only such pairs are wanted."""
    return "no person approved it" if bench.options.approved_only and not side.approved else None


def status(entry: Entry, side: Side, bench: Bench) -> str | None:
    """A status other than those that may stay; files without statuses have none to object to."""
    wanted = bench.options.statuses
    return f"status {side.status}" if wanted and side.status and side.status not in wanted else None


def flags(entry: Entry, side: Side, bench: Bench) -> str | None:
    """A doubt of the checks that may not be."""
    unwanted = bench.options.flags
    found = [code for code in side.flags if ANY in unwanted or code in unwanted]
    return f"flags {', '.join(found)}" if found else None


def quality(entry: Entry, side: Side, bench: Bench) -> str | None:
    """A quality below the least of its language, or none."""
    least = bench.options.least_quality(side.language)
    if least is None:
        return None
    if side.quality is None:
        return "not scored"
    return f"quality {side.quality:.3f} is below {least:g}" if side.quality < least else None


def identical(entry: Entry, side: Side, bench: Bench) -> str | None:
    """The same letters and digits on both sides."""
    if not bench.options.drop_identical or same(entry.source) != same(side.text):
        return None
    return "source and target are the same"


def objects(entry: Entry, side: Side, bench: Bench) -> str | None:
    """A mark in place of a picture, a variable or a character that could not be read."""
    if not bench.options.drop_objects:
        return None
    for name, text in (("source", entry.source), ("target", side.text)):
        if _OBJECT.search(text):
            return f"the {name} has a mark where something else stood"
    return None


def length(entry: Entry, side: Side, bench: Bench) -> str | None:
    """Too few or too many characters or words on one of the sides."""
    for name, text in (("source", entry.source), ("target", side.text)):
        if not bench.options.characters.holds(len(text)):
            return f"the {name} has {len(text):,} characters"
        if not bench.options.words.holds(count := len(_WORD.findall(text))):
            return f"the {name} has {count:,} words"
    return None


def ratio(entry: Entry, side: Side, bench: Bench) -> str | None:
    """One side many times as long as the other."""
    most = bench.options.ratio
    shorter, longer = sorted((len(entry.source), len(side.text)))
    if most is None or longer <= _SMALL or longer <= most * shorter:
        return None
    return f"{longer} characters beside {shorter}"


def script(entry: Entry, side: Side, bench: Bench) -> str | None:
    """Letters that the language of a side does not have (see `egiz.translate.guards.script`)."""
    from egiz.translate.guards.script import script as guard

    if not bench.options.script:
        return None
    if guard(_case(side.text, side.language, entry.source, entry.source_language)):
        return f"letters that are not of {side.language}"
    wrong = guard(_case(entry.source, entry.source_language, side.text, side.language))
    return f"letters that are not of {entry.source_language}" if wrong else None


def language(entry: Entry, side: Side, bench: Bench) -> str | None:
    """A side clearly in another language than its own (see `egiz.translate.guards.identify`)."""
    if not bench.options.language:
        return None
    for tag, text in ((entry.source_language, entry.source), (side.language, side.text)):
        if _is_other(text, tag):
            return f"not in {tag}"
    return None


@lru_cache(maxsize=16)
def _is_other(text: str, tag: str) -> bool:
    from egiz.translate.guards.identify import foreign

    return foreign(text, tag) is True


def _case(output: str, target_language: str, source: str, source_language: str) -> Case:
    return Case(
        source=source,
        output=output,
        tokens=(),
        complete=True,
        source_language=source_language,
        target_language=target_language,
    )


def terms(entry: Entry, side: Side, bench: Bench) -> str | None:
    """A test of terms that does not hold."""
    return bench.terms.objection(entry, side) if bench.terms else None


def unseen(entry: Entry, side: Side, bench: Bench) -> str | None:
    """A side that is, or nearly is, a sentence of a test set (see `egiz.translate.train.corpus`)."""
    if bench.unseen is None:
        return None
    found = bench.unseen.resembles(entry.source) or bench.unseen.resembles(side.text)
    return "resembles a sentence of a test set" if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter: its name in reports, what it drops in words, and whether it spares what a person approved."""

    name: str
    about: str
    objection: Callable[[Entry, Side, Bench], str | None]
    spares_approved: bool = False


FILTERS = (
    Filter(name="empty", about="no text on one side, or a draft", objection=empty),
    Filter(name="review", about="not approved by a person", objection=review),
    Filter(name="status", about="a status that may not stay", objection=status, spares_approved=True),
    Filter(name="flags", about="doubts of the checks", objection=flags, spares_approved=True),
    Filter(name="quality", about="a quality too low, or none", objection=quality, spares_approved=True),
    Filter(name="identical", about="the same text on both sides", objection=identical),
    Filter(name="objects", about="a mark where a picture or variable stood", objection=objects),
    Filter(name="length", about="too short or too long", objection=length),
    Filter(name="ratio", about="sides of unlike length", objection=ratio),
    Filter(name="script", about="letters of another language", objection=script),
    Filter(name="language", about="another language", objection=language),
    Filter(name="terms", about="terms not as asked for", objection=terms),
    Filter(name="unseen", about="a sentence of a test set", objection=unseen),
)
"""All filters in their order: what costs nothing first, so that a pair is seldom looked at twice."""


def objection(entry: Entry, side: Side, bench: Bench) -> tuple[str, str] | None:
    """The name of the first filter that drops a pair, and why; None where all let it pass."""
    for item in FILTERS:
        if side.approved and item.spares_approved:
            continue
        found = item.objection(entry, side, bench)
        if found is not None:
            return item.name, found
    return None
