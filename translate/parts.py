"""Translate a sentence in parts or with stand-ins, and assemble its translation.

A sentence that is too long for the model is cut into clauses.

A model copies most protected pieces by itself. For a sentence in which it broke one, there are two ways: to
replace the pieces by stand-ins, which keeps the sentence in one part, or to translate only the text around
the pieces. Repairing the output instead often fails, because a broken piece cannot be found in it. The form
of the stand-ins was chosen by how often they occur again in the output: of 34 sentences in four directions
with the starter model, ``#1`` did in 33, ``<1>`` in 32, ``(1)`` in 31, ``{}`` in 28, ``U1`` in 22, ``№1`` in
none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from egiz.translate.guards.case import translatable
from egiz.translate.protected import protected, without_pieces
from egiz.translate.split.knowledge import know, primary

_STOPS = ".!?…"
_LAST_STOP = re.compile(r"(?<=\w\w\w)[.!?…]+$")
"""A pattern for the final stop of a sentence; the stops of "т.д." and "U.S." do not match."""

_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conjunctions:
    """Patterns for conjunctions that begin a clause (`strong`) or join words (`weak`).

    `capital` are words that keep their capital.
    """

    strong: str = ""
    weak: str = ""
    capital: frozenset[str] = frozenset()


@cache
def _conjunctions(language: str) -> _Conjunctions:
    """The conjunctions of a language, from ``data/conjunctions.tsv``; empty if it has none there."""
    text = (files("egiz.translate") / "data" / "conjunctions.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        name, strong, weak, capital = line.split("\t")
        if name == primary(language):
            return _Conjunctions(
                strong=strong, weak=weak, capital=frozenset(filter(None, capital.split("|")))
            )
    return _Conjunctions()


@cache
def _cuts(language: str) -> tuple[re.Pattern[str], ...]:
    """Patterns for the places at which a text may be cut, best first: at the end of a match.

    They are: a sentence's stop inside a quotation; a semicolon or colon; before a dash; a comma before a
    conjunction; any comma; before a weak conjunction; any space.
    """
    words = _conjunctions(language)
    patterns = [
        r"(?<=\w\w\w\w\w[.!?…]) (?=\W*[^\W\d_a-zа-яёәғқңөұүһі])",
        r"(?<=[;:]) |(?<=[。！？；])",
        r" (?=- )",
        rf"(?<=,) (?=(?:{words.strong})\b)" if words.strong else "",
        r"(?<=[,)]) |(?<=[，、])",
        rf" (?=(?:{words.weak})\b)" if words.weak else "",
        r" ",
    ]
    return tuple(re.compile(pattern) for pattern in patterns if pattern)


def cut(text: str, longest: int, count: Callable[[str], int], language: str) -> tuple[str, ...]:
    """Cut `text` into parts of at most `longest` tokens by `count`, at the best places near the middle.

    `language` (BCP-47) selects the conjunctions to cut before. The parts concatenated are the text: a space
    at a cut belongs to the part before it. A single word that is too long is cut inside, because the model
    has no room for it.

    >>> cut("Бірі келді, ал бірі кетті.", 3, lambda part: len(part.split()), "kk")
    ('Бірі келді, ', 'ал бірі кетті.')
    """
    if count(text) <= longest or len(text) < 2:
        return (text,)
    place = _place(text, language)
    return cut(text[:place], longest, count, language) + cut(text[place:], longest, count, language)


def _place(text: str, language: str) -> int:
    """The offset of the best cut; no side may be shorter than a tenth of the text."""
    middle, least = len(text) / 2, len(text) / 10
    for pattern in _cuts(language):
        ends = (match.end() for match in pattern.finditer(text))
        places = [end for end in ends if least <= end <= len(text) - least]
        if places:
            return min(places, key=lambda place: abs(place - middle))
    return len(text) // 2


def join(sources: Sequence[str], targets: Sequence[str], language: str) -> str:
    """Join the translations, into `language`, of the parts that `cut` made.

    A model formats every part like a sentence. So a final stop that the source part does not have is removed
    before the next part, and a capital is lowered if the source part begins in lower case and the word is one
    that commonly opens sentences, not a name.

    >>> join(["Бірі келді, ", "ал бірі кетті."], ["One came.", "And one left."], "en")
    'One came, and one left.'
    """
    made = ""
    last = len(sources) - 1
    for place, (source, target) in enumerate(zip(sources, targets, strict=True)):
        source, target = source.strip(), target.strip()
        if place < last and source[-1:] not in _STOPS:
            target = _LAST_STOP.sub("", target)
            if source[-1:] in ",;:" and target and target[-1] not in ",;:":
                target += source[-1]
        if place and source.lstrip("- ")[:1].islower():
            target = _lowered(target, language)
        made += _gap(made, target) + target
    return made


def _gap(before: str, after: str) -> str:
    """A space between parts, or nothing if both sides are in a script without spaces."""
    if not before or not after or (_UNSPACED.match(before[-1]) and _UNSPACED.match(after[0])):
        return ""
    return " "


def _lowered(text: str, language: str) -> str:
    """The text with a small first letter, if its first word is one that commonly opens sentences."""
    word = re.match(r"\w+", text)
    common = know(language).starters
    if not word or word[0].lower() not in common or word[0] in _conjunctions(language).capital:
        return text
    return text[0].lower() + text[1:]


_SHAPES = ("#{}", "<{}>", "[{}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A text with stand-ins for its protected pieces; `originals` maps each stand-in to its piece."""

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
    """Divide a text into parts, each with whether it is a protected piece; joined, they are the text."""
    parts, at = [], 0
    for piece in protected(text):
        parts += [(text[at : piece.start], False), (piece.text, True)]
        at = piece.stop
    return [(part, is_piece) for part, is_piece in [*parts, (text[at:], False)] if part]


def to_translate(parts: Sequence[tuple[str, bool]]) -> list[str]:
    """The parts that are not pieces and have words, without the spaces at their edges."""
    return [part.strip() for part, is_piece in parts if not is_piece and translatable(part)]


def put_together(parts: Sequence[tuple[str, bool]], translations: Sequence[str]) -> str:
    """Join the parts of a text, with the translations of `to_translate` and the spaces of the source.

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
