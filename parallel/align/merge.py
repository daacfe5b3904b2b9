"""Several languages against one source: the links of all brought into one row a group of source units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from egiz.parallel.align.records import Link, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Units of the source (none where a translation has more than the source), and for each language, in
    order, the units that answer them with the links this comes from."""

    source: Span
    targets: tuple[Span, ...]
    links: tuple[tuple[Link, ...], ...]


def merge(alignments: Sequence[Sequence[Link]]) -> tuple[Group, ...]:
    """Bring the links of several languages together.

    Source units that any language links as one are one group. Every unit of every language is in exactly one
    group, in order; what only a translation has stands alone, after the source unit it follows.
    """
    cuts = sorted(set.intersection(*(_cuts(links) for links in alignments)))
    groups: list[Group] = []
    places = [0] * len(alignments)
    for number, cut in enumerate(cuts):
        last = cuts[number + 1] if number + 1 < len(cuts) else cut
        for language, links in enumerate(alignments):
            while places[language] < len(links) and links[places[language]].source == (cut, cut):
                groups.append(_alone(links[places[language]], language, groups, alignments))
                places[language] += 1
        if last == cut:
            break
        groups.append(_group((cut, last), alignments, places, groups))
    return tuple(groups)


def _cuts(links: Sequence[Link]) -> set[int]:
    """The numbers of source units before which no link of a language reaches on."""
    return {0, *(link.source[1] for link in links)}


def _ends(groups: Sequence[Group], languages: int) -> list[int]:
    """How far each language is."""
    return [span[1] for span in groups[-1].targets] if groups else [0] * languages


def _alone(link: Link, language: int, groups: Sequence[Group], alignments: Sequence[Sequence[Link]]) -> Group:
    ends = _ends(groups, len(alignments))
    return Group(
        source=link.source,
        targets=tuple(link.target if place == language else (end, end) for place, end in enumerate(ends)),
        links=tuple((link,) if place == language else () for place in range(len(alignments))),
    )


def _group(
    source: Span, alignments: Sequence[Sequence[Link]], places: list[int], groups: Sequence[Group]
) -> Group:
    """Take the links of each language that lie in `source`, with what stands alone between them."""
    taken, spans = [], []
    for language, (links, end) in enumerate(zip(alignments, _ends(groups, len(alignments)), strict=True)):
        own = []
        while places[language] < len(links) and links[places[language]].source[0] < source[1]:
            own.append(links[places[language]])
            places[language] += 1
        taken.append(tuple(own))
        spans.append((end, own[-1].target[1] if own else end))
    return Group(source=source, targets=tuple(spans), links=tuple(taken))
