"""Findings of missing terms with the words of the translation that stand for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice

from egiz.glossary.correct.links import Weights, standing, word_places
from egiz.parallel.findings.records import TermFinding
from egiz.parallel.word_links import LinksOf

_BATCH = 64
"""Findings that are held while their texts are asked about together: enough to fill an engine's batches."""
Places = tuple[tuple[int, int], ...]


def with_words(findings: Iterable[TermFinding], links: LinksOf) -> Iterator[TermFinding]:
    """The findings in their order; missing terms with the words that surely stand for them, if any do."""
    coming = iter(findings)
    while batch := list(islice(coming, _BATCH)):
        for (source, target), group in groupby(batch, _languages):
            yield from _linked(list(group), source, target, links)


def _languages(item: TermFinding) -> tuple[str, str]:
    return item.source.language, item.target.language


def _linked(group: Sequence[TermFinding], source: str, target: str, links: LinksOf) -> Iterator[TermFinding]:
    missing = [item for item in group if item.finding.code == "term-missing"]
    pairs = list(dict.fromkeys((item.source.text, item.target.text) for item in missing))
    link = links(source, target) if pairs else None
    tables = dict(zip(pairs, link(pairs), strict=True)) if link is not None else {}
    for item in group:
        table = tables.get((item.source.text, item.target.text), ())
        words = _words(item, table) if item.finding.code == "term-missing" else ()
        yield _told(replace(item, words=words)) if words else item


def _words(item: TermFinding, table: Weights) -> Places:
    """Where the words stand that stand for a term; neighbours as one. None where it is not sure of any."""
    side = item.source
    found = standing(table, side.text, item.target.text, side.start, side.stop)
    places = word_places(item.target.text)
    joined: list[tuple[int, int]] = []
    for at in sorted(found.likely) if found.sure else ():
        start, stop = places[at]
        if joined and not item.target.text[joined[-1][1] : start].strip(" -"):
            start = joined.pop()[0]
        joined.append((start, stop))
    return tuple(joined)


def _told(item: TermFinding) -> TermFinding:
    named = ", ".join(f"‘{form}’" for form in item.forms)
    verb = "stands" if len(item.words) == 1 else "stand"
    message = f"{item.finding.message}; {named} {verb} for it"
    return replace(item, finding=replace(item.finding, message=message))
