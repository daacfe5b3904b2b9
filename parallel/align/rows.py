"""Turns the links of several languages into rows to publish: one row per group of source units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from egiz.parallel.align.documents import AlignDocument
from egiz.parallel.align.records import Link, Span
from egiz.parallel.rows import Row, RowStatus, Target
from egiz.parallel.summary import UNLINKED
from egiz.translate.text import source_text


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkGroup:
    """The units of one row: source units, and for each target language its units and the links between them.

    `source` is empty for units that only a translation has. `targets` and `links` are in the order of the
    languages.
    """

    source: Span
    targets: tuple[Span, ...]
    links: tuple[tuple[Link, ...], ...]


def merge(alignments: Sequence[Sequence[Link]]) -> tuple[LinkGroup, ...]:
    """Merge the links of several languages into groups.

    If a link of any language has several source units, these are in one group. Every unit of every language
    is in exactly one group, in order. Target units that only a translation has form a group of their own,
    which comes after the source unit that they follow.
    """
    cuts = sorted(set.intersection(*(_cuts(links) for links in alignments)))
    groups: list[LinkGroup] = []
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
    """Return the positions between source units at which no link of this language would be cut in two. A
    position is the number of units before it.
    """
    return {0, *(link.source[1] for link in links)}


def _ends(groups: Sequence[LinkGroup], languages: int) -> list[int]:
    """Return, for each language, where its target units end in the last of `groups`; 0 if there is no group
    yet.
    """
    return [span[1] for span in groups[-1].targets] if groups else [0] * languages


def _alone(
    link: Link, language: int, groups: Sequence[LinkGroup], alignments: Sequence[Sequence[Link]]
) -> LinkGroup:
    """Return the group of a link without source units; `language` is the index of its target language."""
    ends = _ends(groups, len(alignments))
    return LinkGroup(
        source=link.source,
        targets=tuple(link.target if place == language else (end, end) for place, end in enumerate(ends)),
        links=tuple((link,) if place == language else () for place in range(len(alignments))),
    )


def _group(
    source: Span, alignments: Sequence[Sequence[Link]], places: list[int], groups: Sequence[LinkGroup]
) -> LinkGroup:
    """Return the group of the source units in the span `source`, with the links of each language that start
    in it.

    `places` has, for each language, the number of links that were already used; this function updates it.
    """
    taken, spans = [], []
    for language, (links, end) in enumerate(zip(alignments, _ends(groups, len(alignments)), strict=True)):
        own = []
        while places[language] < len(links) and links[places[language]].source[0] < source[1]:
            own.append(links[places[language]])
            places[language] += 1
        taken.append(tuple(own))
        spans.append((end, own[-1].target[1] if own else end))
    return LinkGroup(source=source, targets=tuple(spans), links=tuple(taken))


def aligned_rows(
    source: AlignDocument, targets: Sequence[AlignDocument], alignments: Sequence[Sequence[Link]]
) -> Iterator[tuple[Row, LinkGroup]]:
    """Yield a row for every group, in order, together with the group.

    The id of a row consists of the source document, the paragraph and a number within the paragraph. A row of
    units that only a translation has gets an empty source, and belongs to the paragraph of the row before it.
    A cell without a counterpart has the status ``unlinked``; a cell with an unsure link has the status
    ``suspect``. Texts stay as their translators wrote them, except for characters that a table cannot
    contain.
    """
    paragraph, index = source.units[0].paragraph, 0
    for group in merge(alignments):
        start, stop = group.source
        if start < stop and source.units[start].paragraph != paragraph:
            paragraph, index = source.units[start].paragraph, 0
        index += 1
        row = Row(
            id=f"{source.document.id}:{paragraph}.{index}",
            document=source.document.id,
            paragraph=paragraph,
            index=index,
            source_language=source.document.language,
            source=_text(source, group.source),
            targets=tuple(
                _target(text, span, links)
                for text, span, links in zip(targets, group.targets, group.links, strict=True)
            ),
        )
        yield row, group


def _text(text: AlignDocument, span: Span) -> str:
    return source_text(" ".join(unit.text for unit in text.units[slice(*span)]), text.document.language)


def _target(text: AlignDocument, span: Span, links: Sequence[Link]) -> Target:
    """Return one target cell of a row. Its quality is the lowest score of its links; a cell without links has
    no quality.
    """
    published = _text(text, span)
    flags = tuple(dict.fromkeys(flag for link in links for flag in link.flags)) or (
        () if published else ("unaligned",)
    )
    if published and any(not link.is_null for link in links):
        flags = tuple(flag for flag in flags if flag != "unaligned")
    is_linked = bool(published) and any(not link.is_null for link in links)
    status: RowStatus = "ok"
    if not is_linked:
        status = UNLINKED
    elif "unsure" in flags or "unaligned" in flags:
        status = "suspect"
    return Target(
        language=text.document.language,
        raw=" ".join(unit.text for unit in text.units[slice(*span)]),
        text=published,
        quality=min(link.score for link in links) if is_linked else None,
        status=status,
        flags=flags,
    )
