"""The places of a file that hold translations, and what it takes to put other words there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from egiz.parallel.bitext.rewrite_letters import Letter, Obstacle, Patch, Script, place
from egiz.parallel.bitext.segment import Segment, tidy
from egiz.parallel.rows import TermOutcome
from egiz.translate.errors import InputError
from egiz.translate.records import Edit

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
