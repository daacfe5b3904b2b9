"""Carries the review history over to a new table of the same text, and counts the reviewed cells."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from egiz.parallel.publish import HISTORY, Publication, PublishedRow, WrittenFile, read_tsv
from egiz.parallel.publish.side_tables import side_table_prefix
from egiz.parallel.publish.tsv import PublishedTarget
from egiz.parallel.review.files import MEMORY, history_resource, history_text, read_history
from egiz.parallel.review.human_cells import TermFinder, claims, put_claims, with_machines
from egiz.parallel.review.matching import NO_SENTENCES, Sentences, carry
from egiz.parallel.review.records import SEEN, SETTLED, HistoryEntry
from egiz.parallel.rows import TERM_OUTCOMES, Row, Target, TermOutcome, TermRecord
from egiz.parallel.summary import People, Summary, Tally
from egiz.translate.errors import InputError, plural
from egiz.translate.languages import language
from egiz.translate.records import Edit

_OUTCOME = re.compile(f":({'|'.join(TERM_OUTCOMES)})(?=,|$)")
_OUTCOMES: dict[str, TermOutcome] = {name: name for name in TERM_OUTCOMES}


def count(rows: Iterable[PublishedRow], languages: Sequence[str], history: Sequence[HistoryEntry]) -> Summary:
    """Return the summary of a table. If the table has a review history, the summary includes the counts of
    the review.
    """
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
    orphaned = {(item.row, item.language, item.sentence) for item in history if item.state == "orphaned"}
    targets = tuple(replace(target, approved=remembered[target.language]) for target in summary.targets)
    return replace(summary, targets=targets, people=people, orphaned=len(orphaned))


def is_open(entry: HistoryEntry) -> bool:
    """Whether an entry is in conflict and undecided: its sentence is in the table, and its text waits for a
    person's decision.
    """
    return entry.state == "kept" and entry.conflict not in ("", SEEN, SETTLED)


def _cells(entries: Iterable[HistoryEntry]) -> Counter[str]:
    """Return, by language, the number of different cells to which these entries belong."""
    return Counter(language for _, language in {entry.cell for entry in entries})


def _row(row: PublishedRow) -> Row:
    """Convert a published row to a `Row` that can be counted. The table does not record single edits of a
    cell, so a changed cell gets one edit of its whole text.
    """
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
    """Return a term use that has only an outcome, because the table records nothing else about it."""
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


_MEANING = (
    "Cells that a person wrote (edited) or approved, by target language. An approved one has the quality "
    "1.000, an edited one none; neither has flags. The machine's own output is kept in the column .mt."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedReviews:
    """The result of carrying reviews over: the whole published history, and the summary with the new counts.

    `written` is the file of the history; it is None if there is no history. `unchecked` is the number of
    cells with a new human text in which no terms were searched for.
    """

    history: tuple[HistoryEntry, ...]
    summary: Summary
    written: WrittenFile | None
    unchecked: int = 0


def carry_reviews(
    publication: Publication,
    folder: Path,
    table: str,
    beside: Iterable[str],
    summary: Summary,
    term_finder: TermFinder | None = None,
) -> CarriedReviews:
    """Carry the reviews of the table in `folder` over to the table that is being published there.

    No entry of the old history is dropped: if the sentence of an entry is not in the new table, the entry
    stays in the history. A new approval from the translation memory is dropped if a person has edited or
    approved the same cell in this table. Raises InputError if the history is damaged.
    """
    name = f"{side_table_prefix(table)}{HISTORY}"
    before = read_history(folder / name)
    fresh = read_history(publication.path(name))
    if not before and not fresh:
        publication.discard(name)
        return CarriedReviews(history=(), summary=summary, written=None)
    rows = list(read_tsv(publication.path(table)))
    tags = tuple(target.language for target in summary.targets)
    new = Sentences.of(rows)
    carried = carry(before, old_sentences(folder / table), new, tags)
    located = carry(fresh, new, new, tags)
    history = with_machines((*carried, *_new_approvals(located, carried)), rows)
    return settle(publication, table, beside, history, summary, term_finder)


def settle(
    publication: Publication,
    table: str,
    beside: Iterable[str],
    history: Sequence[HistoryEntry],
    summary: Summary,
    term_finder: TermFinder | None,
) -> CarriedReviews:
    """Write a history into the publication, put its texts into the cells of the published files, and count
    the cells again.

    `beside` are the names of the side tables. `summary` supplies the counts that cannot be read from the
    cells: sentences per document and refused outputs.
    """
    unchecked = put_claims(publication, table, beside, history, term_finder)
    path = publication.path(f"{side_table_prefix(table)}{HISTORY}")
    path.write_text(history_text(history), encoding="utf-8", newline="\n")
    found = count(read_tsv(publication.path(table)), [item.language for item in summary.targets], history)
    refused = {target.language: target.refused for target in summary.targets}
    targets = tuple(replace(target, refused=refused[target.language]) for target in found.targets)
    return CarriedReviews(
        history=tuple(history),
        summary=replace(found, documents=summary.documents, targets=targets),
        written=publication.written(f"{side_table_prefix(table)}{HISTORY}"),
        unchecked=unchecked,
    )


def old_sentences(table: Path) -> Sentences:
    """Return the sentences of an existing table; `NO_SENTENCES` if the table is missing or cannot be read."""
    try:
        return Sentences.of(read_tsv(table)) if table.is_file() else NO_SENTENCES
    except InputError:
        return NO_SENTENCES


def _new_approvals(fresh: Sequence[HistoryEntry], carried: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """Return the new approvals from the translation memory, without those for cells that a person has edited
    or approved in this table.
    """
    standing = claims(carried)

    def is_new(entry: HistoryEntry) -> bool:
        claim = standing.get(entry.cell)
        if claim is None:
            return True
        other = (claim.author, claim.time, claim.after) != (entry.author, entry.time, entry.after)
        return claim.origin == MEMORY and other

    return [entry for entry in fresh if is_new(entry)]


def with_people(package: str, carried: CarriedReviews) -> str:
    """Return the data package with the history and the counts of the review added."""
    if carried.written is None:
        return package
    content: dict[str, Any] = json.loads(package)
    content["resources"].append(history_resource(carried.written))
    content["egiz"]["review"] = review_facts(carried.summary)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def review_facts(summary: Summary) -> dict[str, Any]:
    """Return the counts of the review in the form that the data package contains."""
    return {
        "cells": {item.language: item.edited + item.approved for item in summary.people},
        "targets": {
            item.language: {
                "edited": item.edited,
                "approved": item.approved,
                "fromMemory": item.remembered,
                "outOfDate": item.outdated,
                "inConflict": item.conflicts,
            }
            for item in summary.people
        },
        "orphaned": summary.orphaned,
        "meaning": _MEANING,
    }


def people_lines(summary: Summary) -> list[str]:
    """Return messages with the counts of the review: one for each language with reviewed cells, and one for
    reviews whose sentence is gone.
    """
    lines = []
    for item in summary.people:
        counts = (
            (item.edited, "edited"),
            (item.approved, "approved"),
            (item.remembered, "of these from the translation memory"),
            (item.outdated, "out of date"),
            (item.conflicts, "in conflict"),
        )
        said = [f"{number:,} {words}" for number, words in counts if number]
        if said:
            lines.append(f"{language(item.language).name}: {', '.join(said)}")
    if summary.orphaned:
        lines.append(f"{plural(summary.orphaned, 'reviewed sentence')} no longer in the table")
    return lines


def people_section(carried: CarriedReviews) -> str:
    """Return the last section of the card, which is about the review. If there is no history, the section is
    empty.
    """
    if carried.written is None:
        return ""
    listed = "\n".join(f"- {line}" for line in people_lines(carried.summary))
    text = (
        "What people wrote has the status `edited` and no quality; what they approved is `approved`, with "
        "the quality 1.000. The machine's own output is kept in the column `.mt`. Where a text is out of "
        "date, its source sentence has changed since; where texts are in conflict, people wrote different "
        f"ones. `{carried.written.name}` has all of it, {plural(len(carried.history), 'line')}, with authors "
        "and times."
    )
    return f"\n## Review\n\n{text}\n\n{listed}\n"
