"""Aligned units as published rows: the links of several languages merged into groups of source units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from egiz.parallel.align.documents import Text
from egiz.parallel.align.records import Link, Span
from egiz.parallel.rows import Row, Target
from egiz.translate.records import Status
from egiz.translate.text import source_text


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


def aligned_rows(
    source: Text, targets: Sequence[Text], alignments: Sequence[Sequence[Link]]
) -> Iterator[tuple[Row, Group]]:
    """Yield a row for every group, in order, with the group.

    Rows are named by the source's document and paragraph and counted within it. A row of a translation that
    answers nothing has an empty source and stands in the paragraph before it. A cell without text has status
    ``failed``, one whose links are unsure ``suspect``. Texts are as their translators wrote them, but for
    the marks that break tables.
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


def _text(text: Text, span: Span) -> str:
    return source_text(" ".join(unit.text for unit in text.units[slice(*span)]), text.document.language)


def _target(text: Text, span: Span, links: Sequence[Link]) -> Target:
    """One side of a row. Its quality is that of its least certain link."""
    published = _text(text, span)
    flags = tuple(dict.fromkeys(flag for link in links for flag in link.flags)) or (
        () if published else ("unaligned",)
    )
    if published and any(not link.is_null for link in links):
        flags = tuple(flag for flag in flags if flag != "unaligned")
    status: Status = "ok"
    if not published:
        status = "failed"
    elif "unsure" in flags or "unaligned" in flags:
        status = "suspect"
    return Target(
        language=text.document.language,
        raw=" ".join(unit.text for unit in text.units[slice(*span)]),
        text=published,
        quality=min((link.score for link in links), default=None),
        status=status,
        flags=flags,
    )
