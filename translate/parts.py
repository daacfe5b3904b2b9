"""Translate a sentence in parts or with stand-ins, and assemble its translation.

A sentence that is too long for the model is cut into clauses.

A model copies most protected pieces (addresses, placeholders, tags; see `egiz.translate.protected`) by
itself. If the model broke a piece of a sentence, the sentence can be translated again in two ways: with a
stand-in such as ``#1`` in the place of each piece, which keeps the sentence in one part, or with only the
text between the pieces translated. Repairing the broken output would often fail, because the broken piece
cannot be found in it. The form of the stand-ins was chosen by the number of outputs that keep them: of 34
sentences in four directions with the starter model, 33 keep ``#1``, 32 ``<1>``, 31 ``(1)``, 28 ``{}``, 22
``U1`` and none ``№1``.
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
"""A pattern for the final stop of a sentence. It needs three letters before the stop, so that the stops of
"т.д." and "U.S." do not match."""

_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conjunctions:
    """Patterns for conjunctions: `strong` matches those that begin a clause, `weak` those that join words.

    `capital` are words that keep their capital inside a sentence, such as the English "I".
    """

    strong: str = ""
    weak: str = ""
    capital: frozenset[str] = frozenset()


@cache
def _conjunctions(language: str) -> _Conjunctions:
    """The conjunctions of a language in ``data/conjunctions.tsv``; empty patterns if it lacks the
    language."""
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
    """Patterns whose matches end at a place where a text may be cut; the best kind of place first.

    The kinds are: after a stop inside a quotation; after a semicolon or colon; before a dash; after a comma
    before a strong conjunction; after any comma or bracket; before a weak conjunction; after any space.
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
    """Cut `text` into parts of at most `longest` tokens, which `count` counts.

    A text that is too long is cut into two at the best kind of place, near its middle, and each half again if
    it is still too long. `language` (BCP-47) selects the conjunctions to cut before. The parts concatenated
    are the text: a space at a cut belongs to the part before it. A word of more than `longest` tokens is cut
    inside.

    >>> cut("Бірі келді, ал бірі кетті.", 3, lambda part: len(part.split()), "kk")
    ('Бірі келді, ', 'ал бірі кетті.')
    """
    if count(text) <= longest or len(text) < 2:
        return (text,)
    place = _place(text, language)
    return cut(text[:place], longest, count, language) + cut(text[place:], longest, count, language)


def _place(text: str, language: str) -> int:
    """The offset at which to cut a text: of the places of the best kind, the one nearest to the middle.

    A place is left out if one part would be shorter than a tenth of the text. Kinds without a place are
    skipped (see `_cuts`); if no kind has a place, the text is cut in the middle.
    """
    middle, least = len(text) / 2, len(text) / 10
    for pattern in _cuts(language):
        ends = (match.end() for match in pattern.finditer(text))
        places = [end for end in ends if least <= end <= len(text) - least]
        if places:
            return min(places, key=lambda place: abs(place - middle))
    return len(text) // 2


def join(sources: Sequence[str], targets: Sequence[str], language: str) -> str:
    """Join the translations, into `language`, of the parts that `cut` made.

    A model writes every part like a sentence. So a final stop is removed from a part, except the last one, if
    the source part has none there. The capital of a part is lowered if the source part begins in lower case,
    but only in words that commonly open sentences, because other words can be names.

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
    """A space to join two parts, or nothing if one is empty or both are in a script without spaces."""
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
        """The output with each stand-in replaced by its piece; None if a stand-in is lost or repeated in it.

        >>> masked = mask("{{n}} файл: egiz.kz")
        >>> masked.text, masked.unmask("Файлов #1: #2"), masked.unmask("Файлов #1: #1")
        ('#1 файл: #2', 'Файлов {{n}}: egiz.kz', None)
        """
        pattern = re.compile("|".join(rf"{re.escape(name)}(?!\d)" for name in self.originals))
        if Counter(pattern.findall(output)) != Counter(list(self.originals)):
            return None
        return pattern.sub(lambda found: self.originals[found.group()], output)


def mask(text: str) -> Masked | None:
    """Replace every protected piece by a stand-in.

    Returns None if the text has no protected piece, if it is a single piece and nothing else, or if it
    contains the signs of every form of stand-ins itself (such as ``#``).
    """
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
    """Divide a text into protected pieces and the parts between, in order: (part, whether it is a piece)."""
    parts, at = [], 0
    for piece in protected(text):
        parts += [(text[at : piece.start], False), (piece.text, True)]
        at = piece.stop
    return [(part, is_piece) for part, is_piece in [*parts, (text[at:], False)] if part]


def to_translate(parts: Sequence[tuple[str, bool]]) -> list[str]:
    """The parts for the model, stripped: those that are not pieces and are `translatable`."""
    return [part.strip() for part, is_piece in parts if not is_piece and translatable(part)]


def put_together(parts: Sequence[tuple[str, bool]], translations: Sequence[str]) -> str:
    """Join the parts of a text, with `translations` in the place of the parts that `to_translate` returned.

    The spaces around a part are kept. A model begins every part with a capital and ends it with a full stop;
    each of the two is undone if the source part does not have it.

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
