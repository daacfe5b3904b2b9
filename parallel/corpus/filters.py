"""Filters of training pairs: small functions in one ordered tuple.

Each function returns its reason to drop a pair, or None to pass it. The filters by quality, status and flags
pass every pair that a person approved, because they rest on judgements of a machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from egiz.glossary.records import RIGHT_OUTCOMES
from egiz.parallel.bitext.segment import OBJECT
from egiz.parallel.corpus.duplicates import same
from egiz.parallel.corpus.records import DataRow, DataSide, Meaning
from egiz.parallel.rows import with_insertions
from egiz.translate.errors import OptionError, nearest
from egiz.translate.guards.case import Case
from egiz.translate.train.copies import HeldOut

if TYPE_CHECKING:
    from egiz.glossary.check import Checker
    from egiz.glossary.records import TermBase


TermTestKind = Literal["contains", "satisfies", "misses"]
TERM_TEST_KINDS: dict[TermTestKind, str] = {
    "contains": "the source has the term",
    "satisfies": "the source has the term, and a wording that is accepted and not inserted stands each time",
    "misses": "the source has the term, and something else, or nothing, stands for it",
}
EVERY = "*"
"""The sign that stands for every term in a term test, in place of the id of a term. The test ``satisfies:*``
also holds for a pair without terms."""
_BAD = frozenset(("forbidden", "missing"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TermTest:
    """A test of the terms of a pair: its kind (see `TERM_TEST_KINDS`), and the id of the term or `EVERY`."""

    kind: TermTestKind
    term: str


def parse_test(text: str) -> TermTest:
    """Parse a test such as ``satisfies:khandyq``; raises OptionError for anything else."""
    kind, mark, term = text.partition(":")
    for known in TERM_TEST_KINDS:
        if kind == known and mark and term:
            return TermTest(kind=known, term=term)
    raise OptionError(
        repr(text),
        where="--require-term",
        expected=f"{', '.join(TERM_TEST_KINDS)} and, after a colon, the id of a term or *",
        action=nearest(kind, TERM_TEST_KINDS),
    )


class TermTests:
    """Applies term tests to pairs.

    The outcomes of terms are taken from the row or, if there is a term base, found by a new check.
    """

    def __init__(self, tests: Sequence[TermTest], base: TermBase | None = None) -> None:
        self._tests = tuple(tests)
        self._base = base
        self._checker = cache(self._new_checker)

    def objection(self, entry: DataRow, side: DataSide) -> str | None:
        """Return a message about the first test that does not hold for a pair; None if all tests hold."""
        found = list(self._outcomes(entry, side))
        for test in self._tests:
            outcomes = [outcome for term, outcome in found if test.term in (EVERY, term)]
            if not _holds(test, outcomes):
                return f"{test.kind}:{test.term} does not hold"
        return None

    def _outcomes(self, entry: DataRow, side: DataSide) -> Iterator[tuple[str, str]]:
        if self._base is not None:
            uses = self._checker(entry.source_language, side.language).check(entry.source, side.text)
            yield from with_insertions(((use.term.id, use.outcome) for use in uses), side.terms)
            return
        for item in filter(None, side.terms.split(",")):
            term, _, outcome = item.rpartition(":")
            yield term, outcome

    def _new_checker(self, source: str, target: str) -> Checker:
        from egiz.glossary.check import Checker

        assert self._base is not None
        return Checker(self._base.terms, source, target)


def _holds(test: TermTest, outcomes: Sequence[str]) -> bool:
    if test.kind == "contains":
        return bool(outcomes)
    if test.kind == "misses":
        return any(outcome in _BAD for outcome in outcomes)
    return (bool(outcomes) or test.term == EVERY) and all(outcome in RIGHT_OUTCOMES for outcome in outcomes)


ANY = "any"
"""Stands for all flags, in place of a flag code."""
_WORD = re.compile(r"\S+")
_OBJECT = re.compile(f"[{OBJECT}\N{REPLACEMENT CHARACTER}]")
_SMALL = 12
"""If the longer text has at most this many characters, the pair passes the ratio filter, as in
`egiz.translate.train.corpus`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Numbers from `least` to `most`, both included; None means no bound."""

    least: int | None = None
    most: int | None = None

    def holds(self, number: int) -> bool:
        """Whether a number is within the bounds."""
        return (self.least or 0) <= number and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        return f"{self.least or 0} to {'any' if self.most is None else self.most}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """The conditions that a pair must meet. The defaults drop only drafts and pairs with an empty text.

    `quality`, `link` and `soundness` are the lowest accepted scores of each kind (see `MEANINGS`), by target
    language; an empty language stands for all. If one of the three is set, pairs without a score are dropped.
    `statuses` lists the accepted statuses, all if empty; `flags` lists the codes that are not accepted, or
    `ANY`. `characters` and `words` (separated by whitespace) are bounds for source and target each; `ratio`
    is the largest accepted ratio of the longer text to the shorter, in characters. With `language` and
    `script`, texts in another language or script than stated are dropped. All tests in `terms` must hold.
    """

    quality: Mapping[str, float] | None = None
    link: Mapping[str, float] | None = None
    soundness: Mapping[str, float] | None = None
    statuses: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    characters: Bounds = Bounds()
    words: Bounds = Bounds()
    ratio: float | None = None
    language: bool = False
    script: bool = False
    drop_identical: bool = False
    drop_objects: bool = False
    approved_only: bool = False
    terms: tuple[TermTest, ...] = ()

    @property
    def limits(self) -> dict[Meaning, Mapping[str, float]]:
        """The lowest accepted scores by target language, for each kind of score that has a limit."""
        given: dict[Meaning, Mapping[str, float] | None] = {
            "quality": self.quality,
            "link": self.link,
            "soundness": self.soundness,
        }
        return {meaning: least for meaning, least in given.items() if least}

    def least(self, side: DataSide) -> float | None:
        """Return the lowest score with which a translation is accepted; None if there is no limit.

        If the translation has no score, its kind of score is unknown, so the limit for any kind is returned.
        """
        limits = self.limits
        given = limits.get(side.meaning, {}) if side.chance is not None else next(iter(limits.values()), {})
        return given.get(side.language, given.get(""))


CLEAN = FilterOptions(
    statuses=("ok", "retried", "edited"),
    characters=Bounds(least=2, most=400),
    ratio=3.0,
    language=True,
    script=True,
    drop_identical=True,
    drop_objects=True,
)
"""The usual conditions for training data. Lengths and ratio are those of the data on which the shipped model,
the starter, was trained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The data that all filters get besides the pair: the options, the sentences of test sets, and the term
    tests."""

    options: FilterOptions
    unseen: HeldOut | None = None
    terms: TermTests | None = None


def empty(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if its source or target is empty, or its file marks it as a draft."""
    if not entry.source or not side.text:
        return f"no text in {side.language if entry.source else entry.source_language}"
    return "not translated yet" if side.status == "draft" else None


def review(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if no person approved it, and only approved pairs are wanted."""
    return "no person approved it" if bench.options.approved_only and not side.approved else None


def status(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if its status is not accepted; a pair without a status passes."""
    wanted = bench.options.statuses
    return f"status {side.status}" if wanted and side.status and side.status not in wanted else None


def flags(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if it has a flag that is not accepted."""
    unwanted = bench.options.flags
    found = [code for code in side.flags if ANY in unwanted or code in unwanted]
    return f"flags {', '.join(found)}" if found else None


def quality(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if its score is below the limit for this kind of score and this
    language.

    If there is a limit, a pair without a score is dropped too.
    """
    least = bench.options.least(side)
    if least is None:
        return None
    if side.chance is None:
        return "not scored"
    return f"{side.meaning} {side.chance:.3f} is below {least:g}" if side.chance < least else None


def identical(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if its source and target have the same letters and digits."""
    if not bench.options.drop_identical or same(entry.source) != same(side.text):
        return None
    return "source and target are the same"


def objects(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if a text has U+FFFC, which replaces a picture or a variable, or U+FFFD,
    which replaces an unreadable character."""
    if not bench.options.drop_objects:
        return None
    for name, text in (("source", entry.source), ("target", side.text)):
        if _OBJECT.search(text):
            return f"the {name} has a mark where something else stood"
    return None


def length(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if its source or target has too few or too many characters or words."""
    for name, text in (("source", entry.source), ("target", side.text)):
        if not bench.options.characters.holds(len(text)):
            return f"the {name} has {len(text):,} characters"
        if not bench.options.words.holds(count := len(_WORD.findall(text))):
            return f"the {name} has {count:,} words"
    return None


def ratio(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if one text is more than `FilterOptions.ratio` times as long as the
    other."""
    most = bench.options.ratio
    shorter, longer = sorted((len(entry.source), len(side.text)))
    if most is None or longer <= _SMALL or longer <= most * shorter:
        return None
    return f"{longer} characters beside {shorter}"


def script(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if a text has letters that its language does not have.

    See `egiz.translate.guards.language`.
    """
    from egiz.translate.guards.language import script as guard

    if not bench.options.script:
        return None
    if guard(_case(side.text, side.language, entry.source, entry.source_language)):
        return f"letters that are not of {side.language}"
    wrong = guard(_case(entry.source, entry.source_language, side.text, side.language))
    return f"letters that are not of {entry.source_language}" if wrong else None


def language(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if a text is clearly in another language than stated.

    See `egiz.translate.guards.language`.
    """
    if not bench.options.language:
        return None
    for tag, text in ((entry.source_language, entry.source), (side.language, side.text)):
        if _is_other(text, tag):
            return f"not in {tag}"
    return None


@lru_cache(maxsize=16)
def _is_other(text: str, tag: str) -> bool:
    from egiz.translate.guards.language import foreign

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


def terms(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if a term test does not hold for it."""
    return bench.terms.objection(entry, side) if bench.terms else None


def unseen(entry: DataRow, side: DataSide, bench: Bench) -> str | None:
    """Return a reason to drop a pair if a text resembles a sentence of a test set.

    See `egiz.translate.train.corpus`.
    """
    if bench.unseen is None:
        return None
    found = bench.unseen.resembles(entry.source) or bench.unseen.resembles(side.text)
    return "resembles a sentence of a test set" if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter: its name in reports, a description of the dropped pairs, and its function.

    `objection` returns the reason to drop a pair, or None. With `spares_approved`, the filter is not applied
    to pairs that a person approved.
    """

    name: str
    about: str
    objection: Callable[[DataRow, DataSide, Bench], str | None]
    spares_approved: bool = False


FILTERS = (
    Filter(name="empty", about="no text on one side, or a draft", objection=empty),
    Filter(name="review", about="not approved by a person", objection=review),
    Filter(name="status", about="a status that may not stay", objection=status, spares_approved=True),
    Filter(name="flags", about="doubts of the checks", objection=flags, spares_approved=True),
    Filter(
        name="quality",
        about="a number too low, or none",
        objection=quality,
        spares_approved=True,
    ),
    Filter(name="identical", about="the same text on both sides", objection=identical),
    Filter(name="objects", about="a mark where a picture or variable stood", objection=objects),
    Filter(name="length", about="too short or too long", objection=length),
    Filter(name="ratio", about="sides of unlike length", objection=ratio),
    Filter(name="script", about="letters of another language", objection=script),
    Filter(name="language", about="another language", objection=language),
    Filter(name="terms", about="terms not as asked for", objection=terms),
    Filter(name="unseen", about="a sentence of a test set", objection=unseen),
)
"""All filters in the order in which they are applied: cheap ones first."""


def objection(entry: DataRow, side: DataSide, bench: Bench) -> tuple[str, str] | None:
    """Return the name of the first filter that drops a pair, and its reason; None if all filters pass it."""
    for item in FILTERS:
        if side.approved and item.spares_approved:
            continue
        found = item.objection(entry, side, bench)
        if found is not None:
            return item.name, found
    return None
