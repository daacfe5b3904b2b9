"""Text with inline markup to sentences and back: each element ends up around the words that stand for its
own.

A `Run` is the text of one paragraph, with elements as spans of it. Elements may hold others; one without
width is a mark at a place (a line break, a picture). What an element is made of is the caller's business:
here it is two tokens, one that opens and one that closes it.

An element goes around the run of target words that stand for its words: those that are like the words of its
own translation, by itself, and that the model's attention links to them. The same text on both sides (a name,
a number) decides before that, and the same share of the sentence where nothing is known. Elements never
overlap, and none is lost, doubled or left open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from egiz.glossary.correct.links import Weights, word_places
from egiz.parallel.serve.engine import Said
from egiz.parallel.serve.texts import glue, is_translated
from egiz.translate.guards import translatable
from egiz.translate.records import Sentence

_LIKE = 0.6
"""Likeness from which a word is taken for a form of another: «новая» and «новый»."""
_TRUST = 2.0
"""Weight of likeness against attention, of which small models have little that can be relied on."""
_FAINT = 0.02
"""What a target word costs that is linked to nothing: a run of words does not reach over many of them."""


@dataclass(slots=True, kw_only=True)
class Node:
    """An element: its tokens, its span in the text of the run, and the elements in it, in order.

    `closing` is None for a mark. A `fixed` element is not translated: its `opening` stands for all of it, its
    text too, which the run has only so that the model sees it.
    """

    opening: Any
    closing: Any
    start: int
    stop: int
    children: list[Node] = field(default_factory=list)
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The text of a paragraph with its elements, in order."""

    text: str
    nodes: Sequence[Node]


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text of an answer; `start` is its place in the run if it comes from there."""

    text: str
    start: int | None = None


_Edge = tuple[int, bool]
"""The name of a token: its element, and whether it opens it."""


@dataclass(slots=True)
class _Part:
    """The part of an element that lies in one sentence, with its span in the translation once it has one."""

    node: Node
    start: int
    stop: int
    opens: bool
    closes: bool
    parts: list[_Part]
    target: tuple[int, int] = (0, 0)

    @property
    def edges(self) -> list[_Edge]:
        """The tokens that the sentence writes."""
        wanted = ((True, self.opens), (False, self.closes and not self.node.fixed))
        return [(id(self.node), opening) for opening, owned in wanted if owned]


def inner(run: Run, sentence: Sentence) -> dict[str, Any]:
    """What must be asked besides, to place the markup inside of a sentence: fields of `Asked`."""
    parts = list(_flat(_parts(run.nodes, sentence.start, sentence.stop)))
    texts = (" ".join(run.text[part.start : part.stop].split()) for part in parts if not part.node.fixed)
    return {"links": bool(parts), "parts": tuple(text for text in dict.fromkeys(texts) if translatable(text))}


def _flat(parts: Sequence[_Part]) -> Iterator[_Part]:
    for part in parts:
        yield part
        yield from _flat(part.parts)


def is_fixed(run: Run, sentence: Sentence) -> bool:
    """Whether the whole sentence is not to be translated."""
    nodes = run.nodes
    return any(
        node.fixed and node.start <= sentence.start and sentence.stop <= node.stop for node in _all(nodes)
    )


def rebuilt(run: Run, said: Sequence[Said], target: str) -> list[Any]:
    """The tokens and texts of the translated run, in order. `said` are its sentences."""
    parts = [_parts_of(run, item) for item in said]
    owned = {edge for found in parts for part in _flat(found) for edge in part.edges}
    made: list[Any] = []
    at = 0
    for item, own in zip(said, parts, strict=True):
        start, stop, text = item.sentence.start, item.sentence.stop, item.target.text
        made += _copied(run, at, start, owned)
        if at == start > 0:
            made.append(Text(glue(target)))
        if _is_kept(run, item):
            made += _copied(run, start, stop, owned, inside=True)
        else:
            links = _Links(run.text[start:stop], text, item.links, item.parts)
            _place(own, links, start, 0, len(text))
            made += _written(own, text, 0, len(text))
        at = stop
    return [*made, *_copied(run, at, len(run.text), owned)]


def _parts_of(run: Run, item: Said) -> list[_Part]:
    return [] if _is_kept(run, item) else _parts(run.nodes, item.sentence.start, item.sentence.stop)


def _is_kept(run: Run, item: Said) -> bool:
    return is_fixed(run, item.sentence) or not is_translated(item.sentence, item.target.text)


def _all(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all(node.children)


def _copied(run: Run, start: int, stop: int, owned: Collection[_Edge], *, inside: bool = False) -> list[Any]:
    """Markup and text of a stretch as they were, without the markup that sentences own.

    Markup right at the edge of a sentence belongs to what stands between sentences: `inside` leaves it out.
    """
    made: list[Any] = []
    at = start
    for place, after, token, edge in _edges(run.nodes):
        within = start <= place < stop if after > place else start < place < stop
        if edge in owned or not (within or (after == place and not inside and place in (start, stop))):
            continue
        if place > at:
            made.append(Text(run.text[at:place], at))
        made.append(token)
        at = max(at, place, min(after, stop))
    if stop > at:
        made.append(Text(run.text[at:stop], at))
    return made


def _edges(nodes: Sequence[Node]) -> Iterator[tuple[int, int, Any, _Edge]]:
    """Each token in order: its place, the place up to which it stands for the text, itself, its name."""
    for node in nodes:
        yield node.start, node.stop if node.fixed else node.start, node.opening, (id(node), True)
        if not node.fixed:
            yield from _edges(node.children)
            if node.closing is not None:
                yield node.stop, node.stop, node.closing, (id(node), False)


def _parts(nodes: Sequence[Node], start: int, stop: int) -> list[_Part]:
    """The parts of elements that a sentence owns: those that begin or end inside of it.

    One around the whole sentence is none of them, but those in it are looked at.
    """
    found = []
    for node in nodes:
        if node.stop < start or node.start > stop:
            continue
        opens, closes = start < node.start < stop, start < node.stop < stop
        has_width = node.start < node.stop
        inside = has_width and start <= node.start and node.stop <= stop
        overlaps = node.start < stop and node.stop > start
        if (node.fixed and overlaps) or (inside and (node.start, node.stop) != (start, stop)):
            opens = closes = True
        inner = _parts(node.children, start, stop)
        if opens or closes:
            found.append(_Part(node, max(start, node.start), min(stop, node.stop), opens, closes, inner))
        else:
            found += inner
    return found


class _Links:
    """Where the words of a sentence stand in its translation."""

    def __init__(self, source: str, target: str, weights: Weights, parts: Mapping[str, str]) -> None:
        self.source, self.target = source, target
        self._parts = parts
        self._own, self._other = word_places(source), word_places(target)
        fits = len(weights) == len(self._other) and all(len(row) == len(self._own) for row in weights)
        self._weights = weights if fits else ()

    def span(self, start: int, stop: int, least: int, most: int) -> tuple[int, int]:
        """What stands for a stretch of the source, between `least` and `most` of the translation."""
        same = self._same(start, stop, least, most)
        if same is not None:
            return same
        asked = [at for at, (begin, end) in enumerate(self._own) if begin < stop and start < end]
        words = [at for at, (begin, end) in enumerate(self._other) if least <= begin and end <= most]
        if not words:
            return least, least
        if len(asked) == len(self._own):
            return self._other[words[0]][0], self._other[words[-1]][1]
        alike = self._alike(start, stop, words)
        best = self._heaviest(asked, words, alike) if asked and (self._weights or any(alike)) else None
        first, last = best or self._by_share(start, stop, words)
        return self._other[first][0], self._other[last][1]

    def point(self, place: int, least: int, most: int) -> int:
        """Where a mark goes: behind what stands for the word before it."""
        before = [span for span in self._own if span[1] <= place]
        at = self.span(*before[-1], least, most)[1] if before else least
        while at < most and self.source[place - 1 : place].isspace() and self.target[at].isspace():
            at += 1
        return at

    def _same(self, start: int, stop: int, least: int, most: int) -> tuple[int, int] | None:
        wanted = self.source[start:stop].strip()
        if wanted and self.target.count(wanted, least, most) == 1:
            at = self.target.index(wanted, least, most)
            return at, at + len(wanted)
        return None

    def _alike(self, start: int, stop: int, words: Sequence[int]) -> list[float]:
        """How much each target word is like a word of the part's own translation, from -1 to 1.

        All 0 where none is: then the part reads otherwise in its sentence, and says nothing.
        """
        own = self._parts.get(" ".join(self.source[start:stop].split()), "")
        wanted = [own[begin:end] for begin, end in word_places(own)]
        found = [max((_likeness(self._word(at), word) for word in wanted), default=0.0) for at in words]
        return [2 * share - 1 for share in found] if max(found) >= _LIKE else [0.0] * len(words)

    def _word(self, at: int) -> str:
        begin, end = self._other[at]
        return self.target[begin:end]

    def _heaviest(
        self, asked: Sequence[int], words: Sequence[int], alike: Sequence[float]
    ) -> tuple[int, int] | None:
        """The run of words with the largest sum of weight inside less weight outside (Kadane)."""
        best, here, begin = 0.0, 0.0, 0
        found = None
        for number, word in enumerate(words):
            row = self._weights[word] if self._weights else ()
            here += 2 * sum(row[at] for at in asked if row) - sum(row) + _TRUST * alike[number] - _FAINT
            if here <= 0:
                here, begin = 0.0, number + 1
            elif here > best:
                best, found = here, (words[begin], word)
        return found

    def _by_share(self, start: int, stop: int, words: Sequence[int]) -> tuple[int, int]:
        scale = len(words) / max(1, len(self.source))
        first = min(len(words) - 1, int(start * scale))
        return words[first], words[min(len(words) - 1, max(first, round(stop * scale) - 1))]


def _likeness(one: str, other: str) -> float:
    """How much of the longer of two words their common beginning is: inflected forms share it.

    >>> round(_likeness("новая", "Новый"), 2), _likeness("об", "новый")
    (0.6, 0.0)
    """
    common = 0
    for left, right in zip(one.casefold(), other.casefold(), strict=False):
        if left != right:
            break
        common += 1
    return common / max(len(one), len(other))


def _place(parts: Sequence[_Part], links: _Links, base: int, least: int, most: int) -> None:
    """Give each part its span in the translation: inside of its parent's, clear of those placed before it."""
    free = [(least, most)]
    for part in parts:
        start, stop = part.start - base, part.stop - base
        if start == stop:
            place = links.point(start, least, most)
            part.target = (place, place)
            continue
        wanted = links.span(start, stop, least, most)
        low, high = room = max(free, key=lambda one: min(wanted[1], one[1]) - max(wanted[0], one[0]))
        begin, end = links.span(start, stop, low, high)
        part.target = (begin if part.opens else low, end if part.closes else high)
        begin, end = part.target
        free.remove(room)
        free += [one for one in ((low, begin), (end, high)) if one[0] < one[1]]
        if not free:
            free.append((high, high))
        _place(part.parts, links, base, begin, end)


def _written(parts: Sequence[_Part], text: str, start: int, stop: int) -> list[Any]:
    made: list[Any] = []
    at = start
    for part in sorted(parts, key=lambda item: item.target):
        begin, end = part.target
        if begin > at:
            made.append(Text(text[at:begin]))
        if part.opens:
            made.append(part.node.opening)
        if not part.node.fixed:
            made += _written(part.parts, text, max(at, begin), max(at, end))
            if part.closes and part.node.closing is not None:
                made.append(part.node.closing)
        at = max(at, end)
    if stop > at:
        made.append(Text(text[at:stop]))
    return made
