"""Keeps protected pieces in a translation: by stand-ins for them, or by translating the text around them.

A model copies most pieces by itself, so this is for sentences in which it broke one. A stand-in keeps the
sentence whole. Repairing the output instead often fails, because a broken piece cannot be found in it. The
form of the stand-ins was chosen by how often they come back in the output: of 34 sentences in four directions
with the starter model, ``#1`` did in 33, ``<1>`` in 32, ``(1)`` in 31, ``{}`` in 28, ``U1`` in 22, ``№1`` in
none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from egiz.translate.guards.case import translatable
from egiz.translate.protected import protected, without_pieces

_SHAPES = ("#{}", "<{}>", "[{}]")
_STOPS = ".!?…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A text with stand-ins, and the piece that each replaces."""

    text: str
    originals: dict[str, str]

    def unmask(self, output: str) -> str | None:
        """The output with the pieces in place of their stand-ins; None unless each stand-in occurs once.

        >>> masked = mask("{{n}} файл: egiz.kz")
        >>> masked.text, masked.unmask("Файлов #1: #2"), masked.unmask("Файлов #1: #1")
        ('#1 файл: #2', 'Файлов {{n}}: egiz.kz', None)
        """
        pattern = re.compile("|".join(rf"{re.escape(name)}(?!\d)" for name in self.originals))
        if Counter(pattern.findall(output)) != Counter(list(self.originals)):
            return None
        return pattern.sub(lambda found: self.originals[found.group()], output)


def mask(text: str) -> Masked | None:
    """Replace every protected piece by a stand-in; None without pieces, or if no stand-in is unambiguous."""
    parts = around_pieces(text)
    rest = without_pieces(text)
    shape = next((shape for shape in _SHAPES if shape[0] not in rest), None)
    if shape is None or len(parts) < 2:
        return None
    originals: dict[str, str] = {}
    made = []
    for part, is_piece in parts:
        name = shape.format(len(originals) + 1) if is_piece else part
        made.append(name)
        if is_piece:
            originals[name] = part
    return Masked(text="".join(made), originals=originals)


def around_pieces(text: str) -> list[tuple[str, bool]]:
    """The text divided into parts, each with whether it is a protected piece; joined they give the text."""
    parts, at = [], 0
    for piece in protected(text):
        parts += [(text[at : piece.start], False), (piece.text, True)]
        at = piece.stop
    return [(part, is_piece) for part, is_piece in [*parts, (text[at:], False)] if part]


def to_translate(parts: Sequence[tuple[str, bool]]) -> list[str]:
    """The parts that are not pieces and have words, without the spaces at their edges."""
    return [part.strip() for part, is_piece in parts if not is_piece and translatable(part)]


def put_together(parts: Sequence[tuple[str, bool]], translations: Sequence[str]) -> str:
    """The text from its parts and the translations of `to_translate`, with the spaces of the source.

    A model ends every part with a full stop and begins it with a capital; both are undone if the source part
    lacks them.

    >>> put_together([("қараңыз: ", False), ("egiz.kz", True), (".", False)], ["See:"])
    'see: egiz.kz.'
    """
    found = iter(translations)
    made = []
    for part, is_piece in parts:
        if is_piece or not translatable(part):
            made.append(part)
            continue
        core = part.strip()
        before, _, after = part.partition(core)
        text = next(found).strip()
        if core[-1:] not in _STOPS:
            text = text.rstrip(_STOPS)
        if core[:1].islower() and text[1:2].islower():
            text = text[:1].lower() + text[1:]
        made += [before, text, after]
    return "".join(made)
