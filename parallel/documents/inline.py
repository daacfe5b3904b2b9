"""Transfers inline markup: each element is put around the target words that translate its source words.

A `Run` is the text of one paragraph, with elements as spans of it. Elements may contain others; one of zero
width is a mark at a place (a line break, a picture). The caller decides what an element is made of: here it
consists of two tokens, one that opens and one that closes it.

An element is put around the stretch of target words that translate its words. Text that is the same on both
sides (a name, a number) decides first; then the target words that resemble the separate translation of the
element's text, and those that are linked to its words. If nothing is known, an element without others in its
sentence is put around the whole sentence, else around the same share of the sentence as in the source.
Elements never overlap, and none is lost, doubled or left open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from egiz.glossary.correct.links import Weights, word_places
from egiz.parallel.documents.texts import glue, is_translated
from egiz.translate.guards import translatable
from egiz.translate.records import Sentence

_LIKE = 0.6
"""Likeness from which two words count as forms of one word: «новая» and «новый»."""
_TRUST = 2.0
"""Weight of likeness relative to attention, which is unreliable in small models."""
_PLAIN = 3
"""Weight of a plain letter relative to a formatted one when the ground of a paragraph is chosen."""
_FAINT = 0.02
"""Cost of a target word without links, so that a stretch of words does not extend over many of them."""


@dataclass(slots=True, kw_only=True)
class Node:
    """An element: its tokens, its span in the text of the run, and the elements in it, in order.

    `closing` is None for a mark. A `fixed` element is not translated: its `opening` is the whole element with
    its text, which the run contains only as context for the model. A line break is a fixed element whose text
    is white space.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A sentence of a run with its translation; an empty translation leaves the sentence as it was.

    `links` are the weights between each target word and each source word, empty if unknown; `parts` has
    separate translations of parts of the sentence.
    """

    sentence: Sentence
    text: str
    links: Weights = ()
    parts: Mapping[str, str] = field(default_factory=dict)


def ground(letters: Mapping[str, int]) -> str:
    """The format that counts as the plain text of a paragraph, from the number of letters in each format.

    Text without formatting is ``""``. It is preferred unless few letters have it.
    """
    return max(letters, key=lambda look: letters[look] * (1 if look else _PLAIN), default="")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text of a rendering; `start` is its offset in the run if it is copied from there."""

    text: str
    start: int | None = None


_Edge = tuple[int, bool]
"""The key of a token: its element, and whether the token opens it."""


@dataclass(slots=True)
class _Part:
    """The part of an element that lies in one sentence, with its span in the translation once placed."""

    node: Node
    start: int
    stop: int
    opens: bool
    closes: bool
    parts: list[_Part]
    target: tuple[int, int] = (0, 0)

    @property
    def edges(self) -> list[_Edge]:
        """The tokens that are written with the sentence."""
        wanted = ((True, self.opens), (False, self.closes and not self.node.fixed))
        return [(id(self.node), opening) for opening, owned in wanted if owned]


def inner(run: Run, sentence: Sentence) -> dict[str, Any]:
    """The fields of a `SentenceRequest` that are needed to place the markup inside a sentence: whether word
    links are wanted, and which parts of the sentence must be translated separately."""
    parts = list(_flat(_parts(run.nodes, sentence.start, sentence.stop)))
    texts = (" ".join(run.text[part.start : part.stop].split()) for part in parts if not part.node.fixed)
    return {"links": bool(parts), "parts": tuple(text for text in dict.fromkeys(texts) if translatable(text))}


def _flat(parts: Sequence[_Part]) -> Iterator[_Part]:
    for part in parts:
        yield part
        yield from _flat(part.parts)


def is_fixed(run: Run, sentence: Sentence) -> bool:
    """Whether a sentence lies in a fixed element and is not translated."""
    nodes = run.nodes
    return any(
        node.fixed and node.start <= sentence.start and sentence.stop <= node.stop for node in _all(nodes)
    )


def without_marks(run: Run) -> Run:
    """The run without pictures, notes and other marks, which must not occur twice."""
    return replace(run, nodes=_unmarked(run.nodes))


def _unmarked(nodes: Sequence[Node]) -> list[Node]:
    kept = (node for node in nodes if node.closing is not None or node.fixed)
    return [replace(node, children=_unmarked(node.children)) for node in kept]


def guessed(run: Run, said: Sequence[Rendered]) -> int:
    """The number of elements whose place in the translation is only guessed."""
    return sum(
        not part.node.fixed and part.start < part.stop and not links.knows(part)
        for item in said
        for links in (_Links(run, item),)
        for part in _flat(_parts_of(run, item))
    )


def rebuilt(run: Run, said: Sequence[Rendered], target: str) -> list[Any]:
    """The tokens and texts of the translated run, in order. `said` are its sentences with translations."""
    parts = [_parts_of(run, item) for item in said]
    owned = {edge for found in parts for part in _flat(found) for edge in part.edges}
    made: list[Any] = []
    at = 0
    for item, own in zip(said, parts, strict=True):
        start, stop, text = item.sentence.start, item.sentence.stop, item.text
        made += _copied(run, at, start, owned)
        if at == start > 0:
            made.append(Text(glue(target)))
        if _is_kept(run, item):
            made += _copied(run, start, stop, owned, inside=True)
        else:
            _place(own, _Links(run, item), 0, len(text))
            made += _written(own, text, 0, len(text))
        at = stop
    return [*made, *_copied(run, at, len(run.text), owned)]


def renderings(
    run: Run, versions: Sequence[tuple[str, Sequence[Rendered]]], *, bilingual: bool = False
) -> list[list[Any]]:
    """The tokens and texts of a run in several languages, which are written one below the other.

    `versions` are pairs of a language and the sentences in it; `bilingual` keeps the source above. Only the
    first version has pictures and other marks. A run without a translated sentence stays as it was.
    """
    made = [rebuilt(run, (), "")] if bilingual else []
    for language, said in versions:
        if any(is_translated(item.sentence, item.text) for item in said):
            made.append(rebuilt(without_marks(run) if made else run, said, language))
    return made or [rebuilt(run, (), "")]


def _parts_of(run: Run, item: Rendered) -> list[_Part]:
    return [] if _is_kept(run, item) else _parts(run.nodes, item.sentence.start, item.sentence.stop)


def _is_kept(run: Run, item: Rendered) -> bool:
    return is_fixed(run, item.sentence) or not is_translated(item.sentence, item.text)


def _all(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all(node.children)


def _copied(run: Run, start: int, stop: int, owned: Collection[_Edge], *, inside: bool = False) -> list[Any]:
    """Markup and text of the stretch `start:stop` unchanged, without the tokens in `owned`.

    Markup exactly at the edge of a sentence belongs to the text between sentences; `inside` leaves it out.
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
    """Each token in order: its place, the place up to which it replaces the text, the token, its key."""
    for node in nodes:
        yield node.start, node.stop if node.fixed else node.start, node.opening, (id(node), True)
        if not node.fixed:
            yield from _edges(node.children)
            if node.closing is not None:
                yield node.stop, node.stop, node.closing, (id(node), False)


def _parts(nodes: Sequence[Node], start: int, stop: int) -> list[_Part]:
    """The parts of elements that belong to a sentence: those that begin or end inside it.

    An element around the whole sentence does not belong to it, but the elements inside may.
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
    """Finds the words of a sentence in its translation."""

    def __init__(self, run: Run, item: Rendered) -> None:
        self._base = item.sentence.start
        self.source, self.target = run.text[self._base : item.sentence.stop], item.text
        self._parts = item.parts
        self._own, self._other = word_places(self.source), word_places(self.target)
        weights = item.links
        fits = len(weights) == len(self._other) and all(len(row) == len(self._own) for row in weights)
        self._weights = weights if fits else ()

    def knows(self, part: _Part) -> bool:
        """Whether there is evidence for the place of an element."""
        return self._found(part, 0, len(self.target)) is not None

    def span(self, part: _Part, least: int, most: int, *, alone: bool) -> tuple[int, int]:
        """The span that translates an element, between `least` and `most` of the translation."""
        found = self._found(part, least, most)
        if found is not None:
            return found
        start, stop = part.start - self._base, part.stop - self._base
        if part.node.fixed:
            at = self._point(start, least, most)
            return at, at
        words = self._words(least, most)
        if not words:
            return least, least
        first, last = (words[0], words[-1]) if alone else self._by_share(start, stop, words)
        return self._other[first][0], self._other[last][1]

    def mark(self, part: _Part, least: int, most: int) -> tuple[int, int]:
        """The span for a mark or a line break; a line break replaces a space."""
        place = part.start - self._base
        if part.start == part.stop:
            at = self._point(place, least, most)
            return at, at
        spaces = [at for at in range(least, most) if self.target[at].isspace()]
        share = place * len(self.target) / max(1, len(self.source))
        at = min(spaces, key=lambda space: abs(space - share), default=most)
        return at, min(at + 1, most)

    def is_space(self, part: _Part) -> bool:
        """Whether an element is a line break."""
        return self.source[part.start - self._base : part.stop - self._base].isspace()

    def _found(self, part: _Part, least: int, most: int) -> tuple[int, int] | None:
        start, stop = part.start - self._base, part.stop - self._base
        same = self._same(start, stop, least, most)
        asked = [at for at, (begin, end) in enumerate(self._own) if begin < stop and start < end]
        words = self._words(least, most)
        if same is not None or not words:
            return same
        if len(asked) == len(self._own):
            return self._other[words[0]][0], self._other[words[-1]][1]
        alike = self._alike(start, stop, words)
        best = self._heaviest(asked, words, alike) if asked and (self._weights or any(alike)) else None
        return best and (self._other[best[0]][0], self._other[best[1]][1])

    def _words(self, least: int, most: int) -> list[int]:
        return [at for at, (begin, end) in enumerate(self._other) if least <= begin and end <= most]

    def _point(self, place: int, least: int, most: int) -> int:
        """The point after the translation of the word before a place, or after the last word."""
        before = [span for span in self._own if span[1] <= place]
        words = self._words(least, most)
        at = least
        if words and len(before) == len(self._own):
            at = self._other[words[-1]][1]
        elif before:
            node = Node(opening=None, closing=None, start=0, stop=0)
            start, stop = (self._base + end for end in before[-1])
            at = self.span(_Part(node, start, stop, True, True, []), least, most, alone=False)[1]
        while at < most and self.source[place - 1 : place].isspace() and self.target[at].isspace():
            at += 1
        return at

    def _same(self, start: int, stop: int, least: int, most: int) -> tuple[int, int] | None:
        """The span of the same text in the translation, if it occurs there as often as in the source."""
        wanted = self.source[start:stop].strip()
        count = self.target.count(wanted) if wanted else 0
        if not count:
            return None
        at = -1
        if count == self.source.count(wanted):
            for _ in range(self.source.count(wanted, 0, start) + 1):
                at = self.target.index(wanted, at + 1)
        elif self.target.count(wanted, least, most) == 1:
            at = self.target.index(wanted, least, most)
        return (at, at + len(wanted)) if least <= at and at + len(wanted) <= most else None

    def _alike(self, start: int, stop: int, words: Sequence[int]) -> list[float]:
        """How much each target word resembles a word of the part's separate translation, from -1 to 1.

        All 0 if none does: then the part is translated differently in its sentence, and is no evidence.
        """
        own = self._parts.get(" ".join(self.source[start:stop].split()), "")
        wanted = [own[begin:end] for begin, end in word_places(own)]
        found = [max((likeness(self._word(at), word) for word in wanted), default=0.0) for at in words]
        return [2 * share - 1 for share in found] if max(found) >= _LIKE else [0.0] * len(words)

    def _word(self, at: int) -> str:
        begin, end = self._other[at]
        return self.target[begin:end]

    def _heaviest(
        self, asked: Sequence[int], words: Sequence[int], alike: Sequence[float]
    ) -> tuple[int, int] | None:
        """The stretch of target words that translates the words `asked` rather than others.

        The value of a target word is its largest weight to a word in `asked` minus that to any other word.
        The stretch with the largest sum is returned (Kadane's algorithm).
        """
        best, here, begin = 0.0, 0.0, 0
        found = None
        for number, word in enumerate(words):
            row = self._weights[word] if self._weights else ()
            own = max((weight for at, weight in enumerate(row) if at in asked), default=0.0)
            other = max((weight for at, weight in enumerate(row) if at not in asked), default=0.0)
            here += own - other + _TRUST * alike[number] - _FAINT
            if here <= 0:
                here, begin = 0.0, number + 1
            elif here > best:
                best, found = here, (words[begin], word)
        return found

    def _by_share(self, start: int, stop: int, words: Sequence[int]) -> tuple[int, int]:
        scale = len(words) / max(1, len(self.source))
        first = min(len(words) - 1, int(start * scale))
        return words[first], words[min(len(words) - 1, max(first, round(stop * scale) - 1))]


def likeness(one: str, other: str) -> float:
    """The length of the common beginning of two words, as a share of the longer word.

    Inflected forms of one word share their beginning.

    >>> round(likeness("новая", "Новый"), 2), likeness("об", "новый")
    (0.6, 0.0)
    """
    common = 0
    for left, right in zip(one.casefold(), other.casefold(), strict=False):
        if left != right:
            break
        common += 1
    return common / max(len(one), len(other))


def _place(parts: Sequence[_Part], links: _Links, least: int, most: int) -> None:
    """Give each part its span in the translation: inside that of its parent, apart from those placed before.

    Parts with evidence for their place are placed first.
    """
    free = [(least, most)]
    wide = sum(part.start < part.stop for part in parts)
    for part in sorted(parts, key=lambda part: not links.knows(part)):
        if part.start == part.stop or (part.node.fixed and links.is_space(part)):
            part.target = links.mark(part, least, most)
            continue
        wanted = links.span(part, least, most, alone=wide == 1)
        low, high = room = max(free, key=lambda one: min(wanted[1], one[1]) - max(wanted[0], one[0]))
        begin, end = links.span(part, low, high, alone=wide == 1)
        part.target = (begin if part.opens else low, end if part.closes else high)
        begin, end = part.target
        free.remove(room)
        free += [one for one in ((low, begin), (end, high)) if one[0] < one[1]]
        if not free:
            free.append((high, high))
        _place(part.parts, links, begin, end)


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
