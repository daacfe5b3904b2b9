"""Published rows counted anew, and the cells among them that people answer for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from egiz.parallel.publish import PublishedRow
from egiz.parallel.publish.tsv import PublishedTarget
from egiz.parallel.review.history import MEMORY
from egiz.parallel.review.records import SEEN, SETTLED, HistoryEntry
from egiz.parallel.review.standing import claims
from egiz.parallel.rows import TERM_OUTCOMES, Row, Target, TermOutcome, TermRecord
from egiz.parallel.summary import People, Summary, Tally
from egiz.translate.records import Edit

_OUTCOME = re.compile(f":({'|'.join(TERM_OUTCOMES)})(?=,|$)")
_OUTCOMES: dict[str, TermOutcome] = {name: name for name in TERM_OUTCOMES}


def count(rows: Iterable[PublishedRow], languages: Sequence[str], history: Sequence[HistoryEntry]) -> Summary:
    """What a table counts, with what people have said of it."""
    tally = Tally(languages)
    for row in rows:
        tally.add(_row(row))
    summary = tally.summary()
    if not history:
        return summary
    remembered = Counter(entry.language for entry in claims(history).values() if entry.origin == MEMORY)
    outdated = _cells(entry for entry in history if entry.state == "outdated" and entry.conflict != SEEN)
    conflicts = _cells(entry for entry in history if is_open(entry))
    people = tuple(
        People(
            language=target.language,
            edited=dict(target.statuses)["edited"],
            approved=dict(target.statuses)["approved"],
            remembered=remembered[target.language],
            outdated=outdated[target.language],
            conflicts=conflicts[target.language],
        )
        for target in summary.targets
    )
    orphaned = {(item.row, item.language, item.spot) for item in history if item.state == "orphaned"}
    targets = tuple(replace(target, approved=remembered[target.language]) for target in summary.targets)
    return replace(summary, targets=targets, people=people, orphaned=len(orphaned))


def is_open(entry: HistoryEntry) -> bool:
    """Whether it is of a sentence that is there, and its text waits for a person to decide."""
    return entry.state == "kept" and entry.conflict not in ("", SEEN, SETTLED)


def _cells(entries: Iterable[HistoryEntry]) -> Counter[str]:
    """In how many cells there are such entries, by language."""
    return Counter(language for _, language in {entry.cell for entry in entries})


def _row(row: PublishedRow) -> Row:
    """A published row as the tally takes it. All edits of a cell are one: its words for the machine's."""
    document, _, place = row.id.rpartition(":")
    paragraph, _, index = place.partition(".")
    is_plain = paragraph.isdecimal() and index.isdecimal()
    return Row(
        id=row.id,
        document=document if is_plain else "",
        paragraph=int(paragraph) if is_plain else 1,
        index=int(index) if is_plain else 1,
        source_language=row.source_language,
        source=row.source,
        targets=tuple(map(_target, row.targets)),
    )


def _target(target: PublishedTarget) -> Target:
    raw = target.machine or target.text
    edit = Edit(start=0, stop=len(raw), before=raw, after=target.text, term="", rule="published")
    return Target(
        language=target.language,
        raw=raw,
        text=target.text,
        quality=target.quality,
        status=target.status,
        flags=target.flags,
        edits=(edit,) if target.machine else (),
        terms=tuple(_use(_OUTCOMES[name]) for name in _OUTCOME.findall(target.terms)),
    )


def _use(outcome: TermOutcome) -> TermRecord:
    """A use of a term of which the table says the outcome only."""
    return TermRecord(
        term="",
        source_term="",
        source_start=0,
        source_stop=0,
        source_form="",
        target_term="",
        target_start=None,
        target_stop=None,
        target_form="",
        outcome=outcome,
        note="",
    )
