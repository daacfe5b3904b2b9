"""Published rows counted anew, and the cells among them that people answer for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from egiz.parallel.publish import PublishedRow
from egiz.parallel.publish.tsv import PublishedTarget
from egiz.parallel.review.records import HistoryEntry
from egiz.parallel.review.standing import is_human
from egiz.parallel.rows import TERM_OUTCOMES, Row, Target, TermOutcome, TermRecord
from egiz.parallel.summary import Summary, Tally
from egiz.translate.records import Edit

_OUTCOME = re.compile(f":({'|'.join(TERM_OUTCOMES)})(?=,|$)")
_OUTCOMES: dict[str, TermOutcome] = {name: name for name in TERM_OUTCOMES}


def count(
    rows: Iterable[PublishedRow], languages: Sequence[str], history: Iterable[HistoryEntry]
) -> tuple[Summary, dict[str, int]]:
    """What a table counts, and how many of its cells stand as a person left them, by target language."""
    last = {entry.cell: entry for entry in history if not entry.is_remark}
    tally = Tally(languages)
    human: Counter[str] = Counter()
    for row in rows:
        tally.add(_row(row))
        for target in row.targets:
            entry = last.get((row.id, target.language))
            human[target.language] += entry is not None and is_human(target, entry)
    return tally.summary(), {tag: human[tag] for tag in languages}


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
