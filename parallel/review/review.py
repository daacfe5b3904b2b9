"""The flow of a review: reads edits, finds their rows, decides, publishes the table again with its history,
and puts approved translations into the memory."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from shutil import copyfile
from typing import Any

from egiz.glossary.records import TermBase
from egiz.parallel.publish import HISTORY, MANIFEST, Publication, PublishedRow, WrittenFile, card, datapackage
from egiz.parallel.publish.destination import check_destination, drop_leftovers, refuse_stranger
from egiz.parallel.publish.names import CARD, FOLDER_FILES, PAGE, TABLE
from egiz.parallel.publish.published import Published, open_published
from egiz.parallel.publish.side_tables import side_table_path, side_table_prefix
from egiz.parallel.reader import load, write_page
from egiz.parallel.review.carry_over import (
    CarriedReviews,
    old_sentences,
    people_section,
    review_facts,
    settle,
)
from egiz.parallel.review.decide import (
    conflicts,
    decide,
    entry_trace,
    new_entries,
    remember,
    settle_entries,
    unplaced,
)
from egiz.parallel.review.files import history_resource, read_edits, read_history
from egiz.parallel.review.human_cells import (
    TermFinder,
    claims,
    companions,
    term_finder_of,
)
from egiz.parallel.review.matching import Locator, Sentences, carry
from egiz.parallel.review.records import Decision, HistoryEntry
from egiz.parallel.summary import Provenance, Summary, TargetSummary
from egiz.translate.errors import InputError, OptionError
from egiz.translate.memory import MemoryLike, NoMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The result of a review: the decision on each edit, in order, and the whole history with these edits.

    `revised` is the number of cells whose text or status changed. `remembered` is the number of approved
    translations stored in the memory. `at_odds` is the number of source sentences for which none was stored,
    because people approved different translations. `unchecked` is the number of cells with a new text in
    which no terms were searched for, because the term base was not available. `summary` has the counts of the
    table; it is None if nothing was published.
    """

    table: Path
    decisions: tuple[Decision, ...]
    history: tuple[HistoryEntry, ...]
    revised: int
    remembered: int
    at_odds: int
    unchecked: int = 0
    summary: Summary | None = None

    @property
    def conflicts(self) -> tuple[Decision, ...]:
        """The decisions on edits that could not be applied."""
        return conflicts(self.decisions)

    @property
    def unplaced(self) -> tuple[Decision, ...]:
        """The decisions on edits whose sentence has changed or is gone."""
        return unplaced(self.decisions)


def review(
    files: Sequence[Path],
    place: Path,
    output: Path | None = None,
    *,
    memory: MemoryLike | None = None,
    terms: TermBase | None = None,
    strict: bool = False,
) -> Reviewed:
    """Apply the edits of `files` to the table at `place`, and publish the table there or as `output`.

    `place` is the folder of a build, or a table with its data package beside it, as `egiz align` makes it;
    `output` is of the same kind. Some edits do not change the table: those that conflict with the table or
    with another edit, and those whose sentence has changed or is gone. Such an edit is kept in the history,
    and the reader page shows its text beside the current one. With `strict`, a single edit of this kind
    prevents the table from being published.

    If `output` has a table already, the reviews of that table are carried over. Either all files appear or
    none. If no edit is new, the files at `place` stay unchanged. Approved translations are put into `memory`
    once the table is published. `terms` is the term base that the table was built with; it is needed only if
    that term base is not shipped with Egiz.

    Raises InputError for an invalid file of edits, table or data package, OptionError if `terms` is another
    base than that of the table, and OutputError if the files cannot be written.
    """
    published, provenance = _open(place)
    term_finder = term_finder_of(published, terms)
    own = read_history(side_table_path(published.table, HISTORY))
    table = _output(published, output)
    rows = _rows(published)
    locator = Locator(rows)
    history = _history(own, published, table, locator.sentences)
    found = [locator(edit) for file in files for edit in read_edits(file)]
    decisions = decide(found, rows, history)
    if strict and (conflicts(decisions) or unplaced(decisions)):
        return Reviewed(
            table=published.table, decisions=decisions, history=history, revised=0, remembered=0, at_odds=0
        )
    added = new_entries(found, decisions, rows, history)
    settled = settle_entries(history, found, decisions)
    summary, unchecked = None, 0
    if added or settled != history or table != published.table:
        carried = republish(published, provenance, (*settled, *added), table, term_finder)
        summary, unchecked = carried.summary, carried.unchecked
    kept = at_odds = 0
    if memory is not None and not isinstance(memory, NoMemory):
        kept, at_odds = remember(decisions, published.source_language, memory)
    return Reviewed(
        table=table,
        decisions=decisions,
        history=(*settled, *added),
        revised=len({entry.cell for entry in added if entry.is_claim}),
        remembered=kept,
        at_odds=at_odds,
        unchecked=unchecked if provenance.terms else 0,
        summary=summary,
    )


def _open(place: Path) -> tuple[Published, Provenance]:
    """Open a table and its provenance. Raises InputError if the data package does not have the hash of this
    table.
    """
    published = open_published(place)
    where = str(published.table.with_name(published.manifest))
    if published.provenance is None:
        raise InputError(
            "is missing, or not about this table",
            where=where,
            expected="the output folder of a build, or a table with its data package beside it",
        )
    with published.table.open("rb") as file:
        found = f"sha256:{file_digest(file, 'sha256').hexdigest()}"
    name = published.table.name
    stated = [item.get("hash") for item in published.descriptor["resources"] if item["path"] == name]
    if found not in stated:
        raise InputError(
            "describes another table",
            where=where,
            expected=f"the hash {found}",
            action="Was the table changed by hand? Build it again and bring changes in as edits.",
        )
    return published, published.provenance


def _output(published: Published, output: Path | None) -> Path:
    """Return the path of the table to write. Raises OptionError or OutputError if nothing may be written
    there.
    """
    if published.table.name == TABLE:
        folder = published.table.parent if output is None else output
        check_destination(folder, ())
        same = folder.resolve() == published.table.parent.resolve()
        return published.table if same else folder / TABLE
    table = published.table if output is None else output
    if table.suffix.lower() != ".tsv" or table.is_dir() or table.name == TABLE:
        raise OptionError(f"{str(table)!r}", where="--output", expected="the name of a table, NAME.tsv")
    same = table.resolve() == published.table.resolve()
    if not same:
        for name in (
            table.name,
            f"{side_table_prefix(table.name)}{MANIFEST}",
            f"{side_table_prefix(table.name)}{HISTORY}",
        ):
            refuse_stranger(table.with_name(name))
    return published.table if same else table


def _rows(published: Published) -> list[PublishedRow]:
    """Return all rows of the table; raises InputError if an id occurs twice."""
    rows = list(published.rows())
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise InputError(
                f"the row {row.id!r} stands twice", where=str(published.table), expected="each id once"
            )
        seen.add(row.id)
    return rows


def _history(
    own: Sequence[HistoryEntry], published: Published, table: Path, sentences: Sentences
) -> tuple[HistoryEntry, ...]:
    """Return the history of the published table. If the output `table` is another table, the entries of the
    history at the output follow.

    If both histories have a different text for a cell, the entry of the history at the output is in conflict.
    """
    tags = published.target_languages
    own = carry(own, sentences, sentences, tags)
    if table == published.table:
        return own
    others = carry(read_history(side_table_path(table, HISTORY)), old_sentences(table), sentences, tags)
    known = {entry_trace(entry) for entry in own}
    standing = claims(own)
    new = []
    for entry in others:
        claim = standing.get(entry.cell)
        if entry_trace(entry) not in known:
            differs = entry.is_claim and claim is not None and claim.after != entry.after
            new.append(replace(entry, conflict="edited differently") if differs else entry)
    return (*own, *new)


def republish(
    published: Published,
    provenance: Provenance,
    history: Sequence[HistoryEntry],
    output: Path,
    term_finder: TermFinder | None,
) -> CarriedReviews:
    """Publish a table with the human texts of `history` as `output`, atomically; `output` may be the table
    itself.

    Unchanged lines keep their bytes. The other files that the data package lists are copied. If there is an
    old reader page, a new page made from the new files replaces it.
    """
    table, folder = published.table, published.table.parent
    has_page = table.name == TABLE and (folder / PAGE).is_file()
    names = _names(published, output)
    manifest = published.manifest if output == table else f"{side_table_prefix(output.name)}{MANIFEST}"
    summary = _summary(published)
    with Publication(output.parent, manifest=manifest) as publication:
        for old, new in names.items():
            if old != HISTORY:
                _copy(folder / old, publication.path(new))
        beside = [new for old, new in names.items() if old not in (HISTORY, table.name)]
        carried = settle(publication, output.name, beside, history, summary, term_finder)
        if not history:
            publication.discard(names[HISTORY])
            carried = replace(carried, written=None)
        files = {new: publication.written(new) for old, new in names.items() if old != HISTORY}
        descriptor = _descriptor(published.descriptor, names, files, provenance, carried)
        publication.write(manifest, json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n")
        if output.name == TABLE:
            drop_leftovers(publication, output.parent, FOLDER_FILES)
            text = card(provenance, carried.summary, files[TABLE])
            publication.write(CARD, text + people_section(carried))
    if has_page:
        write_page(load(output.parent), output.with_name(PAGE))
    return carried


def _names(published: Published, output: Path) -> dict[str, str]:
    """Return a map from the names of the table's files to the names that they get in the output.

    The history has the key `HISTORY`, whatever its file is called.
    """
    table = published.table.name
    own, other = side_table_prefix(table), side_table_prefix(output.name)
    listed = companions(published.descriptor, (table, f"{own}{HISTORY}"))
    names = {name: f"{other}{name.removeprefix(own)}" if own else f"{other}{name}" for name in listed}
    return {HISTORY: f"{other}{HISTORY}", table: output.name, **names}


def _copy(source: Path, output: Path) -> None:
    try:
        copyfile(source, output)
    except FileNotFoundError as error:
        raise InputError(
            "is missing", where=str(source), expected="the file that the data package lists"
        ) from error


def _summary(published: Published) -> Summary:
    """Return the counts that cannot be read from the cells: sentences per document, and refused outputs."""
    made = published.descriptor["egiz"]["counts"]
    sources = published.descriptor.get("sources", [])
    return Summary(
        sentences=made["sentences"],
        documents=tuple((item["id"], item["sentences"]) for item in sources if item.get("sentences")),
        targets=tuple(
            TargetSummary(
                language=tag,
                statuses=(),
                flags=(),
                edited=0,
                thousandths=(),
                refused=tuple(made["targets"][tag].get("retriedFor", {}).items()),
            )
            for tag in published.target_languages
        ),
    )


def _descriptor(
    old: Mapping[str, Any],
    names: Mapping[str, str],
    files: Mapping[str, WrittenFile],
    provenance: Provenance,
    carried: CarriedReviews,
) -> dict[str, Any]:
    """Return the old data package with updated files, counts and review."""
    table = next(iter(files.values()))
    counts = json.loads(datapackage(provenance, carried.summary, table))["egiz"]["counts"]
    resources = [
        {
            **item,
            "name": files[names[item["path"]]].name.removesuffix(".tsv"),
            "path": names[item["path"]],
            "bytes": files[names[item["path"]]].bytes,
            "hash": f"sha256:{files[names[item['path']]].sha256}",
        }
        for item in old["resources"]
        if item["path"] != HISTORY and item["path"] in names
    ]
    made = {**old["egiz"], "counts": counts}
    if carried.written is not None:
        resources.append(history_resource(carried.written))
        made["review"] = review_facts(carried.summary)
    return {**old, "resources": resources, "egiz": made}
