"""Publishes a reviewed table again, with its history and an updated data package and card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from typing import Any

from egiz.parallel.publish import HISTORY, MANIFEST, Publication, WrittenFile, card, datapackage
from egiz.parallel.publish.destination import drop_leftovers
from egiz.parallel.publish.names import CARD, FOLDER_FILES, PAGE, TABLE
from egiz.parallel.publish.published import Published
from egiz.parallel.publish.side_tables import side_table_prefix
from egiz.parallel.reader import load, write_page
from egiz.parallel.review.carry_over import CarriedReviews, people_section, review_facts, settle
from egiz.parallel.review.files import history_resource
from egiz.parallel.review.human_cells import TermFinder, companions
from egiz.parallel.review.records import HistoryEntry
from egiz.parallel.summary import Provenance, Summary, TargetSummary
from egiz.translate.errors import InputError


def republish(
    published: Published,
    provenance: Provenance,
    history: Sequence[HistoryEntry],
    output: Path,
    term_finder: TermFinder | None,
) -> CarriedReviews:
    """Publish a table with the human texts of `history` as `output`, atomically; it may replace itself.

    Unchanged lines keep their bytes. The other files that the data package lists are copied. An old reader
    page is removed, and if there was one, a new one is made from the new files.
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
    """The files of a table: from their names beside it to those beside the output. The key of the history is
    always `HISTORY`."""
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
    """The counts that the cells do not show: sentences per document, and refused outputs."""
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
    """The old data package with updated files, counts and review."""
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
