"""From edits of a text to changes of the bytes it is written in, with everything else left as it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal, NamedTuple, Protocol

from egiz.glossary.correct import replay
from egiz.parallel.bitext.segment import Segment, tidy
from egiz.parallel.rows import TermOutcome
from egiz.translate.errors import InputError
from egiz.translate.records import Edit
from egiz.translate.text import has_long_runs, single_line

Obstacle = Literal["markup", "encoding", "approved", "locked"]
OBSTACLES: dict[Obstacle, str] = {
    "markup": "markup or a line break stands among the words",
    "encoding": "the file's encoding lacks a letter of the term",
    "approved": "a person wrote or approved the translation",
    "locked": "its file says that it is locked, approved, signed off or final",
}
"""Why a text cannot take an edit, in words that complete "left alone: …"."""


class Letter(NamedTuple):
    """One character of a text as the file has it, and the bytes of its unit that say it, half-open.

    What `is_fixed` must stay where it is: a picture or variable, or bytes that are not understood. What
    `is_quoted` stands in a CDATA section, where nothing is escaped.
    """

    sign: str
    start: int
    stop: int
    is_fixed: bool = False
    is_quoted: bool = False


class Patch(NamedTuple):
    """New bytes in the place of a unit's bytes from `start` to `stop`."""

    start: int
    stop: int
    after: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How texts are written in a kind of file.

    `write` gives the bytes of a text, within CDATA or not, or None where it cannot be written there. `joins`
    says that what stands between two letters may go: the quotes that a PO file breaks its lines with.
    """

    write: Callable[[str, bool], bytes | None]
    joins: bool = False


def patched(raw: bytes, patches: Sequence[Patch]) -> bytes:
    """The bytes with patches in their places. They do not overlap; of equal ones there is one."""
    parts, at = [], 0
    for patch in sorted(set(patches)):
        parts += [raw[at : patch.start], patch.after]
        at = patch.stop
    return b"".join([*parts, raw[at:]])


def place(letters: Sequence[Letter], edits: Sequence[Edit], script: Script) -> tuple[Patch, ...] | Obstacle:
    """Where edits of a segment's text, whose letters these are, change the bytes; all of them or none.

    Words that change must stand in one run: neither markup, a comment nor a line break among them.
    """
    signs = "".join(letter.sign for letter in letters)
    made, new = [], []
    at, places = 0, tidied(signs)
    for edit in edits:
        if places is None or edit.start == edit.stop or not _is_whole(places, edit):
            return "markup"
        first, last = places[edit.start][1], places[edit.stop - 1][2]
        if not _is_run(letters[first:last], joins=script.joins):
            return "markup"
        after = script.write(edit.after, letters[first].is_quoted)
        if after is None:
            return "encoding"
        made.append(Patch(letters[first].start, letters[last - 1].stop, after))
        new += [signs[at:first], edit.after]
        at = last
    if tidy("".join([*new, signs[at:]])) != replay(tidy(signs), edits):
        return "markup"
    return tuple(made)


def _is_whole(places: Sequence[tuple[str, int, int]], edit: Edit) -> bool:
    """Whether an edit begins and ends between characters of the file, not inside one that is composed."""
    begins = edit.start == 0 or places[edit.start - 1][2] <= places[edit.start][1]
    return begins and (edit.stop == len(places) or places[edit.stop - 1][2] <= places[edit.stop][1])


def _is_run(letters: Sequence[Letter], *, joins: bool) -> bool:
    """Whether letters stand side by side, so that other words can take their place."""
    if any(letter.is_fixed or (letter.sign != " " and _tidied(letter.sign) == " ") for letter in letters):
        return False
    return all(
        one.is_quoted == other.is_quoted and (joins or one.stop == other.start)
        for one, other in pairwise(letters)
    )


def tidied(signs: str) -> list[tuple[str, int, int]] | None:
    """The characters of ``tidy(signs)``, each with the range of `signs` that it comes from.

    Characters that only exist together, as parts of what NFC makes of a range, have the same range. None
    where that cannot be said.

    >>> tidied("  a\\n b")
    [('a', 2, 3), (' ', 3, 5), ('b', 5, 6)]
    """
    found: list[tuple[str, int, int]] = []
    for at, sign in enumerate(signs):
        kind = _tidied(sign)
        if kind == " " and found and found[-1][0] == " ":
            found[-1] = (" ", found[-1][1], at + 1)
        elif kind:
            found.append((kind, at, at + 1))
    while found and found[-1][0].isspace():
        found.pop()
    while found and found[0][0].isspace():
        found.pop(0)
    text = "".join(sign for sign, _, _ in found)
    if has_long_runs(text):
        return None
    if not unicodedata.is_normalized("NFC", text):
        found = _composed(found)
    return found if "".join(sign for sign, _, _ in found) == tidy(signs) else None


@cache
def _tidied(sign: str) -> str:
    """What tidying makes of a character inside a text: itself, a space, or nothing."""
    return single_line(f"x{sign}x")[1:-1]


def _composed(found: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    groups: list[tuple[str, int, int]] = []
    for sign, start, stop in found:
        if groups:
            before, begin, _ = groups[-1]
            apart = unicodedata.normalize("NFC", before) + unicodedata.normalize("NFC", sign)
            if unicodedata.combining(sign) or unicodedata.normalize("NFC", before + sign) != apart:
                groups[-1] = (before + sign, begin, stop)
                continue
        groups.append((sign, start, stop))
    return [
        (sign, start, stop) for text, start, stop in groups for sign in unicodedata.normalize("NFC", text)
    ]


Uses = Sequence[tuple[str, TermOutcome]]
"""The ids of the terms that a source has, in its order, and what became of each."""


class Slot(Protocol):
    """Where one translation stands in its unit. `is_machine` says that it is known to be a machine's."""

    @property
    def is_machine(self) -> bool: ...

    def put(self, segment: Segment, edits: Sequence[Edit], uses: Uses) -> tuple[Patch, ...] | Obstacle:
        """What of the unit's bytes changes when `edits` are made to the target of the segment that was read
        here, whose terms then have these `uses`; why nothing can, where an edit does not fit.

        Raises InputError where another text stands there.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a file with the slots of its segments, in the order of the segments; None where a segment
    has no place for a translation."""

    raw: bytes
    slots: tuple[Slot | None, ...]


class TextSlot:
    """A text whose letters are looked up when they are needed."""

    is_machine = False

    def __init__(
        self,
        letters: Callable[[], Sequence[Letter]],
        script: Script,
        *,
        is_locked: bool = False,
        notice: Callable[[], tuple[Patch, ...]] = tuple,
    ) -> None:
        """`is_locked` says that nothing may change; `notice` gives what else changes where the text does."""
        self._letters, self._script = letters, script
        self._is_locked, self._notice = is_locked, notice

    def put(self, segment: Segment, edits: Sequence[Edit], uses: Uses) -> tuple[Patch, ...] | Obstacle:
        """See `Slot.put`; what became of the terms is not written anywhere."""
        if not edits:
            return ()
        if self._is_locked:
            return "locked"
        letters = self._letters()
        if tidy("".join(letter.sign for letter in letters)) != segment.target:
            raise InputError(
                "holds another text than it did",
                where=segment.place,
                expected="a file that nobody writes to meanwhile",
            )
        found = place(letters, edits, self._script)
        return found if isinstance(found, str) else (*found, *self._notice())


def plain_letters(
    text: str, start: int, raw: bytes, encoding: str, *, is_quoted: bool = False
) -> list[Letter]:
    """The letters of a text that stands unescaped in `raw`, which begins at byte `start` of its unit.

    Where the encoding does not write one letter after the other, all of them are fixed.
    """
    codes = [sign.encode(encoding, "replace") for sign in text]
    is_fixed = b"".join(codes) != raw
    letters, at = [], start
    for sign, code in zip(text, codes, strict=True):
        letters.append(Letter(sign, at, at + len(code), is_fixed, is_quoted))
        at += len(code)
    return letters
