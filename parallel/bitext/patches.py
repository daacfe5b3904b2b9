"""Turn edits of a segment's text into patches of the bytes of its file; all other bytes stay unchanged.

Byte offsets count from the start of the unit, the part of the file that is read and written at once.
"""

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
"""For each obstacle to an edit, the text that completes the message "left alone: …"."""


class Letter(NamedTuple):
    """One character, `sign`, of a text in a file, and the half-open range of bytes that encode it.

    `is_fixed` marks a character that no edit may replace: an inline object, or a character of a text whose
    bytes cannot be assigned to its characters one by one. `is_quoted` marks a character in a CDATA section,
    where nothing is escaped.
    """

    sign: str
    start: int
    stop: int
    is_fixed: bool = False
    is_quoted: bool = False


class Patch(NamedTuple):
    """A change of a unit: the bytes `after` replace its bytes from `start` to before `stop`."""

    start: int
    stop: int
    after: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How a file format writes text.

    `write` takes a text, and whether the text goes into a CDATA section. It returns the bytes for the text,
    or None if the format or the encoding cannot express the text there. If `joins` is true, an edit may
    remove bytes that stand between characters of a text: the quotes and line ends that divide a PO string
    into lines.
    """

    write: Callable[[str, bool], bytes | None]
    joins: bool = False


def patched(raw: bytes, patches: Sequence[Patch]) -> bytes:
    """Return the bytes with all patches applied. Patches must not overlap; of equal patches, only one is
    applied."""
    parts, at = [], 0
    for patch in sorted(set(patches)):
        parts += [raw[at : patch.start], patch.after]
        at = patch.stop
    return b"".join([*parts, raw[at:]])


def place(letters: Sequence[Letter], edits: Sequence[Edit], script: Script) -> tuple[Patch, ...] | Obstacle:
    """Return the patches that apply all `edits` to the text of a segment, or the first obstacle.

    `letters` are the characters of the text as they are in the file. The offsets of the edits count in the
    text of the segment, which `tidy` has made of these characters. The characters that an edit replaces must
    be adjacent in the file, without markup, comments or line breaks between them.
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
    """Whether an edit begins and ends between two characters of the file.

    An edit may instead begin or end inside a group of characters that NFC has composed together; such an edit
    cannot be written to the file.
    """
    begins = edit.start == 0 or places[edit.start - 1][2] <= places[edit.start][1]
    return begins and (edit.stop == len(places) or places[edit.stop - 1][2] <= places[edit.stop][1])


def _is_run(letters: Sequence[Letter], *, joins: bool) -> bool:
    """Whether an edit may replace these characters together: they are adjacent in the file, and none of them
    is fixed or a line break. With `joins`, see `Script`, other bytes may stand between them."""
    if any(letter.is_fixed or (letter.sign != " " and _tidied(letter.sign) == " ") for letter in letters):
        return False
    return all(
        one.is_quoted == other.is_quoted and (joins or one.stop == other.start)
        for one, other in pairwise(letters)
    )


def tidied(signs: str) -> list[tuple[str, int, int]] | None:
    """Return each character of ``tidy(signs)`` with the range (start, stop) of `signs` from which it is made.

    If NFC composes a group of characters together, each character of the result has the range of the whole
    group. Returns None if the ranges cannot be determined.

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
    """Return what `tidy` makes of a character inside a text: the same character, a space, or nothing."""
    return single_line(f"x{sign}x")[1:-1]


def _composed(found: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Bring the characters to NFC. Characters composed from one group get the range of the whole group."""
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
"""The term uses of a segment in the order of its source: pairs of term id and outcome."""


class Slot(Protocol):
    """The place of one translation in its unit.

    `is_machine` says that the translation is known to be made by a machine.
    """

    @property
    def is_machine(self) -> bool: ...

    def put(self, segment: Segment, edits: Sequence[Edit], uses: Uses) -> tuple[Patch, ...] | Obstacle:
        """Return the patches of the unit's bytes that apply `edits` to the segment's target, or the obstacle.

        `uses` are the term uses after these edits. Raises InputError if the file was changed meanwhile: it no
        longer holds the segment's target at this place.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePiece:
    """The bytes of a part of a file, with one slot for each of its segments, in order.

    The slot is None if the file has no place for the translation.
    """

    raw: bytes
    slots: tuple[Slot | None, ...]


class TextSlot:
    """A slot that locates the characters of its text in the file (by calling `letters`) only if there is an
    edit."""

    is_machine = False

    def __init__(
        self,
        letters: Callable[[], Sequence[Letter]],
        script: Script,
        *,
        is_locked: bool = False,
        notice: Callable[[], tuple[Patch, ...]] = tuple,
    ) -> None:
        """With `is_locked`, every edit is refused.

        If the text changes, the patches that `notice` returns are applied too; for example, they change the
        state that the file gives for the translation.
        """
        self._letters, self._script = letters, script
        self._is_locked, self._notice = is_locked, notice

    def put(self, segment: Segment, edits: Sequence[Edit], uses: Uses) -> tuple[Patch, ...] | Obstacle:
        """See `Slot.put`; `uses` are ignored, because the format has no place for them."""
        if not edits:
            return ()
        if self._is_locked:
            return "locked"
        letters = self._letters()
        if tidy("".join(letter.sign for letter in letters)) != segment.target:
            raise InputError(
                "has changed while it was read",
                where=segment.place,
                expected="a file that no other program writes to",
            )
        found = place(letters, edits, self._script)
        return found if isinstance(found, str) else (*found, *self._notice())


def plain_letters(
    text: str, start: int, raw: bytes, encoding: str, *, is_quoted: bool = False
) -> list[Letter]:
    """Return the characters of a text without escapes, whose bytes `raw` begin at byte `start` of the unit.

    If the characters, encoded one by one, do not give `raw`, all of them are marked as fixed.
    """
    codes = [sign.encode(encoding, "replace") for sign in text]
    is_fixed = b"".join(codes) != raw
    letters, at = [], start
    for sign, code in zip(text, codes, strict=True):
        letters.append(Letter(sign, at, at + len(code), is_fixed, is_quoted))
        at += len(code)
    return letters
