"""A reviewed table published: with its history, its data package and card brought up to date."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from egiz.parallel.destination import CARD, PAGE, TABLE
from egiz.parallel.publish import USES, Publication, WrittenFile, card, datapackage, read_tsv
from egiz.parallel.published import Published
from egiz.parallel.reader import load, write_page
from egiz.parallel.review.companions import companions, copy_uses, copy_without
from egiz.parallel.review.counting import count
from egiz.parallel.review.history import HISTORY, history_resource, history_text
from egiz.parallel.review.records import HistoryEntry
from egiz.parallel.review.standing import HumanText, lines_of, revise
from egiz.parallel.summary import Provenance, Summary
from egiz.parallel.words import plural
from egiz.translate.languages import language

_MEANING = (
    "Cells that a person wrote or approved, by target language. Their quality is 1.000, their status ok, and "
    "they have no flags: a person's word settles what the machine and its checks could only guess."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a review changes: texts by row id and language, and the whole history that there is then."""

    texts: Mapping[tuple[str, str], HumanText]
    history: tuple[HistoryEntry, ...]


def republish(published: Published, provenance: Provenance, revision: Revision, output: Path) -> None:
    """Publish a table with its revision in `output`, which may be where it stands; whole or not at all.

    Lines that are not touched keep their bytes. What else the data package lists comes along. The reader page
    is of the old table, so it goes; where there was one, a new one is made of the files as they stand then.
    """
    has_page = (published.table.parent / PAGE).is_file()
    folder, tags = published.table.parent, published.target_languages
    replaced = {cell: text.uses for cell, text in revision.texts.items() if text.is_new}
    with Publication(output, manifest=published.manifest) as publication:
        publication.drop(PAGE)
        with publication.open(TABLE) as stream:
            stream.writelines(revise(lines_of(published.table), published, revision.texts))
        written = {TABLE: publication.written(TABLE)}
        for name in companions(published.descriptor, (TABLE, HISTORY)):
            if name == USES and replaced:
                copy_uses(folder / name, publication.path(name), published.rows(), replaced)
            else:
                copy_without(folder / name, publication.path(name), replaced)
            written[name] = publication.written(name)
        if revision.history:
            written[HISTORY] = publication.write(HISTORY, history_text(revision.history))
        summary, human = count(read_tsv(publication.path(TABLE)), tags, revision.history)
        summary = _with_what_no_cell_tells(summary, published.descriptor)
        descriptor = _descriptor(published.descriptor, written, provenance, summary, human)
        publication.write(published.manifest, json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n")
        publication.write(CARD, card(provenance, summary, written[TABLE]) + _section(human, revision.history))
    if has_page:
        write_page(load(output), output / PAGE)


def _with_what_no_cell_tells(summary: Summary, old: Mapping[str, Any]) -> Summary:
    """The build's own counts of translations that were approved before, and of what it tried again for."""
    counts = old["egiz"]["counts"]["targets"]
    return replace(
        summary,
        targets=tuple(
            replace(
                target,
                approved=counts[target.language].get("approved", 0),
                refused=tuple(counts[target.language].get("retriedFor", {}).items()),
            )
            for target in summary.targets
        ),
    )


def _descriptor(
    old: Mapping[str, Any],
    written: Mapping[str, WrittenFile],
    provenance: Provenance,
    summary: Summary,
    human: Mapping[str, int],
) -> dict[str, Any]:
    """The data package as it was, with what is not true any more put right."""
    counts = json.loads(datapackage(provenance, summary, written[TABLE]))["egiz"]["counts"]
    resources = [
        {**item, "bytes": written[item["path"]].bytes, "hash": f"sha256:{written[item['path']].sha256}"}
        for item in old["resources"]
        if item["path"] != HISTORY
    ]
    if HISTORY in written:
        resources.append(history_resource(written[HISTORY]))
    review = {"cells": dict(human), "meaning": _MEANING}
    return {**old, "resources": resources, "egiz": {**old["egiz"], "counts": counts, "review": review}}


def _section(human: Mapping[str, int], history: tuple[HistoryEntry, ...]) -> str:
    """What the card says of the review, at its end."""
    if not history:
        return ""
    numbers = ", ".join(f"{language(tag).name} {number:,}" for tag, number in human.items())
    text = (
        f"People wrote or approved these numbers of translations: {numbers}. Their quality is 1.000, their "
        f"status `ok`, and they have no flags; the machine's own output is kept in the column `.mt`. "
        f"`{HISTORY}` has the whole history: {plural(len(history), 'edit')}, with author and time."
    )
    return f"\n## Review\n\n{text}\n"
