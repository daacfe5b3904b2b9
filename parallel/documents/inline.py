"""Transfers inline markup: each element is put around the target words that translate its source words.

A `Run` is the text of one paragraph, with elements as spans of it. Elements may contain other elements; an
element of zero width is a mark (a picture, a note). An element has two tokens, which open and close it; only
the format of the document knows their content.

`egiz.parallel.documents.spans` finds the target words of an element. Elements never overlap, and none is
lost, doubled or left open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from egiz.glossary.correct.links import Weights
from egiz.parallel.documents.spans import SpanFinder
from egiz.parallel.documents.texts import glue, is_translated
from egiz.translate.guards import translatable
from egiz.translate.records import Sentence

_PLAIN = 3
"""Number of times that a letter without formatting counts in `base_format`; a formatted letter counts once.
"""


@dataclass(slots=True, kw_only=True)
class Node:
    """An inline element: its opening and closing token, its span in the text of the run, and its child
    elements.

    If the element is a mark, `closing` is None. A `fixed` element is not translated: its `opening` contains
    the whole element with its text, and the run has the text only as context for the model. A line break is a
    fixed element whose text is white space.
    """

    opening: Any
    closing: Any
    start: int
    stop: int
    children: list[Node] = field(default_factory=list)
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The text of a paragraph with its inline elements in text order."""

    text: str
    nodes: Sequence[Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A sentence of a run with its translation. If the translation is empty, the source sentence is kept.

    `links` are the word link weights, with a row for each target word and a column for each source word; they
    are empty if unknown. `parts` maps the source text of parts of the sentence to separate translations of
    these parts.
    """

    sentence: Sentence
    text: str
    links: Weights = ()
    parts: Mapping[str, str] = field(default_factory=dict)


def base_format(letters: Mapping[str, int]) -> str:
    """Return the format that counts as the plain text of a paragraph, from the number of letters per format.

    Text without formatting has the format ``""``. Each of its letters counts `_PLAIN` times; the format with
    the highest count is returned.
    """
    return max(letters, key=lambda look: letters[look] * (1 if look else _PLAIN), default="")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text in a translated run. If it was copied from the source run, `start` is its offset there;
    if it is a translation, `start` is None.
    """

    text: str
    start: int | None = None


_Edge = tuple[int, bool]
"""The key of a token: the identity of its element, and whether the token opens it."""


@dataclass(slots=True)
class _Part:
    """The part of an element that lies in one sentence.

    `start` and `stop` are the span of the part in the sentence. `target` is its span in the translation,
    which `_place` sets. Offsets are code points. `opens` says whether the element begins in this sentence,
    `closes` whether it ends there.
    """

    node: Node
    start: int
    stop: int
    opens: bool
    closes: bool
    parts: list[_Part]
    target: tuple[int, int] = (0, 0)

    @property
    def edges(self) -> list[_Edge]:
        """The keys of the element's tokens that are written with this sentence."""
        wanted = ((True, self.opens), (False, self.closes and not self.node.fixed))
        return [(id(self.node), opening) for opening, owned in wanted if owned]


def queries_for_markup(run: Run, sentence: Sentence) -> dict[str, Any]:
    """Return additional arguments for the `SentenceRequest` (`egiz.parallel.serve`) of a sentence with
    markup.

    ``links`` says whether word links are needed to place the markup; ``parts`` has the texts that are to be
    translated separately for this.
    """
    parts = list(_flat(_parts(run.nodes, sentence.start, sentence.stop)))
    text = run.text[sentence.start : sentence.stop]
    texts = (" ".join(text[part.start : part.stop].split()) for part in parts if not part.node.fixed)
    return {"links": bool(parts), "parts": tuple(text for text in dict.fromkeys(texts) if translatable(text))}


def _flat(parts: Sequence[_Part]) -> Iterator[_Part]:
    for part in parts:
        yield part
        yield from _flat(part.parts)


def is_fixed(run: Run, sentence: Sentence) -> bool:
    """Whether a sentence lies in a fixed element, which is not translated."""
    nodes = run.nodes
    return any(
        node.fixed and node.start <= sentence.start and sentence.stop <= node.stop for node in _all(nodes)
    )


def without_marks(run: Run) -> Run:
    """Return the run without its marks (pictures, notes and the like). Where a document repeats a run, for
    example in a second language, the marks must not be repeated.
    """
    return replace(run, nodes=_unmarked(run.nodes))


def _unmarked(nodes: Sequence[Node]) -> list[Node]:
    kept = (node for node in nodes if node.closing is not None or node.fixed)
    return [replace(node, children=_unmarked(node.children)) for node in kept]


def guessed(run: Run, rendered: Sequence[Rendered]) -> int:
    """Return the number of elements with text whose place in the translation is only guessed, because there
    is no evidence for it (`SpanFinder.has_evidence`).
    """
    return sum(
        not part.node.fixed and part.start < part.stop and not finder.has_evidence(part.start, part.stop)
        for item in rendered
        for finder in (_finder(run, item),)
        for part in _flat(_parts_of(run, item))
    )


def rebuilt(run: Run, rendered: Sequence[Rendered], target: str) -> list[Any]:
    """Return the tokens and texts (`Text`) of the translated run, in order. `rendered` are its sentences with
    their translations, in order; `target` is the target language.
    """
    parts = [_parts_of(run, item) for item in rendered]
    owned = {edge for found in parts for part in _flat(found) for edge in part.edges}
    made: list[Any] = []
    at = 0
    for item, own in zip(rendered, parts, strict=True):
        start, stop, text = item.sentence.start, item.sentence.stop, item.text
        made += _copied(run, at, start, owned)
        if at == start > 0:
            made.append(Text(glue(target)))
        if _is_kept(run, item):
            made += _copied(run, start, stop, owned, inside=True)
        else:
            _place(own, _finder(run, item), 0, len(text))
            made += _written(own, text, 0, len(text))
        at = stop
    return [*made, *_copied(run, at, len(run.text), owned)]


def renderings(
    run: Run, versions: Sequence[tuple[str, Sequence[Rendered]]], *, bilingual: bool = False
) -> list[list[Any]]:
    """Return a list for each language: the tokens and texts of the run in this language. In the document
    these are written one below the other.

    `versions` are pairs of a target language and the run's sentences with their translations. With
    `bilingual` the source comes first. Only the first list has pictures and other marks. If no sentence is
    translated, the result has only the source.
    """
    made = [rebuilt(run, (), "")] if bilingual else []
    for language, rendered in versions:
        if any(is_translated(item.sentence, item.text) for item in rendered):
            made.append(rebuilt(without_marks(run) if made else run, rendered, language))
    return made or [rebuilt(run, (), "")]


def _parts_of(run: Run, item: Rendered) -> list[_Part]:
    """Return the parts of elements in a sentence. If the sentence is kept in the source language, the result
    is empty.
    """
    return [] if _is_kept(run, item) else _parts(run.nodes, item.sentence.start, item.sentence.stop)


def _is_kept(run: Run, item: Rendered) -> bool:
    """Whether a sentence is kept in the source language."""
    return is_fixed(run, item.sentence) or not is_translated(item.sentence, item.text)


def _all(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all(node.children)


def _copied(run: Run, start: int, stop: int, owned: Collection[_Edge], *, inside: bool = False) -> list[Any]:
    """Return the tokens and source text of ``start:stop`` in order, without the tokens in `owned`.

    Tokens exactly at `start` or `stop` are included. With `inside` they are left out, because they belong to
    the text between sentences.
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
    """Yield each token in order: its offset, the end of the text that the token contains, the token, and its
    key.

    Only the token of a fixed element contains text. For any other token, the end is equal to the offset.
    """
    for node in nodes:
        yield node.start, node.stop if node.fixed else node.start, node.opening, (id(node), True)
        if not node.fixed:
            yield from _edges(node.children)
            if node.closing is not None:
                yield node.stop, node.stop, node.closing, (id(node), False)


def _parts(nodes: Sequence[Node], start: int, stop: int) -> list[_Part]:
    """Return the parts of elements that are written with the sentence ``start:stop``, in order.

    These are elements that begin or end inside the sentence or are fixed. An element around the whole
    sentence is not among them, but elements inside it may be.
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
        first, last = max(start, node.start) - start, min(stop, node.stop) - start
        if opens or closes:
            found.append(_Part(node, first, last, opens, closes, inner))
        else:
            found += inner
    return found


def _finder(run: Run, item: Rendered) -> SpanFinder:
    """Return the finder of target spans for a translated sentence."""
    source = run.text[item.sentence.start : item.sentence.stop]
    return SpanFinder(source, item.text, item.links, item.parts)


def _place(parts: Sequence[_Part], finder: SpanFinder, least: int, most: int) -> None:
    """Set the target span of each part within ``least:most``. The target spans of separate parts do not
    overlap; the target span of a part inside another part lies in the span of that other part.

    Parts with evidence (`SpanFinder.has_evidence`) are placed first.
    """
    free = [(least, most)]
    alone = sum(part.start < part.stop for part in parts) == 1
    for part in sorted(parts, key=lambda part: not finder.has_evidence(part.start, part.stop)):
        if part.start == part.stop:
            at = finder.point(part.start, least, most)
            part.target = at, at
            continue
        if part.node.fixed and finder.is_space(part.start, part.stop):
            part.target = finder.line_break(part.start, least, most)
            continue
        find = partial(finder.span, part.start, part.stop, alone=alone, fixed=part.node.fixed)
        wanted = find(least, most)
        low, high = gap = max(free, key=lambda span: min(wanted[1], span[1]) - max(wanted[0], span[0]))
        begin, end = find(low, high)
        part.target = (begin if part.opens else low, end if part.closes else high)
        begin, end = part.target
        free.remove(gap)
        free += [span for span in ((low, begin), (end, high)) if span[0] < span[1]]
        if not free:
            free.append((high, high))
        _place(part.parts, finder, begin, end)


def _written(parts: Sequence[_Part], text: str, start: int, stop: int) -> list[Any]:
    """Return ``text[start:stop]`` of a translation as tokens and texts; the tokens of `parts` stand at the
    edges of the target spans of the parts.
    """
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
