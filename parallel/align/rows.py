"""Aligned units as published rows: one a group of source units, beside what people made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from egiz.parallel.align.documents import Text
from egiz.parallel.align.merge import Group, merge
from egiz.parallel.align.records import Link, Span
from egiz.parallel.rows import Row, Target, source_text
from egiz.translate.records import Status


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
