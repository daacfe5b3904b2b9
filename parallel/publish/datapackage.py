"""Write and read `datapackage.json`, the description of a published table for programs (Data Package 2.0).

It has the hash of the table, the type and meaning of every column, the licences and sources, and, under
``egiz``, the model and settings that made the table. It has no time stamp, so equal input gives equal bytes.
The standard is at datapackage.org.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from egiz.parallel.publish.atomic import WrittenFile, recover
from egiz.parallel.publish.columns import Column, columns
from egiz.parallel.publish.names import MANIFEST
from egiz.parallel.summary import OutlineEntry, Provenance, Summary
from egiz.translate.errors import InputError
from egiz.translate.io.files import read_json

_SCHEMA = "https://datapackage.org/profiles/2.0/datapackage.json"


def datapackage(
    provenance: Provenance,
    summary: Summary,
    table: WrittenFile,
    beside: Sequence[tuple[WrittenFile, Sequence[Column]]] = (),
) -> str:
    """Return the text of `datapackage.json` for a written table and the side tables `beside` it."""
    descriptor: dict[str, Any] = {
        "$schema": _SCHEMA,
        "name": _name(table.name.removesuffix(".tsv")),
        "title": provenance.title,
        "licenses": [
            {"name": _name(licence, "licence"), "title": licence, "appliesTo": what}
            for licence, what in provenance.licences
        ],
        "sources": _sources(provenance, summary),
        "resources": [_main(provenance, table), *(_resource(*item) for item in beside)],
        "egiz": _making(provenance, summary),
    }
    return json.dumps(_filled(descriptor), ensure_ascii=False, indent=2) + "\n"


def _name(text: str, otherwise: str = "parallel-text") -> str:
    """Return the text as a name that the standard allows: ASCII letters and digits, hyphen, dot, underscore.

    Other characters become hyphens. If the text has no allowed character, the result is `otherwise`.
    """
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-._") or otherwise


def _filled(descriptor: dict[str, Any]) -> dict[str, Any]:
    """Return the descriptor without keys whose value is empty: the standard forbids empty lists and texts."""
    return {key: value for key, value in descriptor.items() if value not in ("", [], None)}


def _sources(provenance: Provenance, summary: Summary) -> list[dict[str, Any]]:
    sentences = dict(summary.documents)
    return [
        _filled(
            {
                "title": source.title or source.id,
                "id": source.id,
                "language": source.language,
                "license": source.licence,
                "sha256": source.sha256,
                "sentences": sentences.get(source.id, 0),
                "encoding": source.encoding,
                "leftOut": list(source.left_out),
                "outline": [_entry(entry) for entry in source.outline],
            }
        )
        for source in provenance.sources
    ]


def _entry(entry: OutlineEntry) -> str:
    """Return a heading as text: ``12:1`` for paragraph 12 and level 1.

    If the title of the heading is not in the text of the document, it is added: ``3:1:Title``.
    """
    title = f":{entry.title}" if entry.title else ""
    return f"{entry.paragraph}:{entry.level}{title}"


def read_entry(text: str) -> OutlineEntry:
    """Parse a heading of a data package, as `_entry` writes it; raises ValueError for any other text.

    >>> read_entry("12:1"), read_entry("3:1:Бірінші: тарау").title
    (OutlineEntry(paragraph=12, level=1, title=''), 'Бірінші: тарау')
    """
    paragraph, level, *title = text.split(":", 2)
    return OutlineEntry(paragraph=int(paragraph), level=int(level), title="".join(title))


def _main(provenance: Provenance, table: WrittenFile) -> dict[str, Any]:
    resource = _resource(table, _main_columns(provenance))
    resource["schema"]["primaryKey"] = ["id"]
    return resource


def _main_columns(provenance: Provenance) -> Sequence[Column]:
    return columns(
        provenance.source_language,
        provenance.target_languages,
        aligned=provenance.alignment is not None,
    )


def _resource(table: WrittenFile, columns: Sequence[Column]) -> dict[str, Any]:
    return {
        "name": _name(table.name.removesuffix(".tsv")),
        "type": "table",
        "path": table.name,
        "format": "tsv",
        "mediatype": "text/tab-separated-values",
        "encoding": "utf-8",
        "bytes": table.bytes,
        "hash": f"sha256:{table.sha256}",
        "dialect": {"delimiter": "\t", "lineTerminator": "\n", "header": True},
        "schema": {"fields": [_field(column) for column in columns], "missingValues": [""]},
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.kind == "id":
        constraints["unique"] = True
    if column.values:
        constraints["enum"] = list(column.values)
    if column.kind == "quality":
        constraints |= {"minimum": 0, "maximum": 1}
    return _filled(
        {
            "name": column.name,
            "type": column.type,
            "title": column.title,
            "description": column.description,
            "language": column.language,
            "constraints": constraints or None,
        }
    )


def _terms(provenance: Provenance) -> dict[str, Any] | None:
    if provenance.terms is None:
        return None
    found = provenance.terms
    merged = {"bases": list(found.bases)} if len(found.bases) > 1 else {}
    return {
        "name": found.name,
        **merged,
        "title": found.title,
        "licence": found.licence,
        "entries": found.entries,
        "method": found.signature,
    }


def _neural(provenance: Provenance) -> list[dict[str, str]] | None:
    found = [{"name": item.name, "kind": item.kind, "licence": item.licence} for item in provenance.neural]
    return found or None


def _alignment(provenance: Provenance) -> dict[str, Any] | None:
    if provenance.alignment is None:
        return None
    found = provenance.alignment
    return _filled({"method": found.signature, "layers": list(found.layers), "comparedWith": found.model})


def _making(provenance: Provenance, summary: Summary) -> dict[str, Any]:
    model, scale = provenance.model, provenance.quality
    made = {
        "version": provenance.version,
        "languages": {"source": provenance.source_language, "targets": list(provenance.target_languages)},
        "model": {
            "name": model.name,
            "source": model.source,
            "revision": model.revision,
            "fingerprint": model.fingerprint,
            "licence": model.licence,
            "precision": model.precision,
            "engine": model.engine,
        },
        "decoding": provenance.decoding,
        "splitter": provenance.splitter,
        "terms": _terms(provenance),
        "neural": _neural(provenance),
        "alignment": _alignment(provenance),
        "leftOut": [
            {"path": left.path, "reason": left.reason, **({"failed": True} if left.failed else {})}
            for left in provenance.left_out
        ]
        or None,
        "quality": {
            "name": scale.name,
            "range": [scale.low, scale.high],
            "direction": scale.direction,
            "signature": scale.signature,
            "meaning": scale.meaning,
        },
        "flags": {code: f"This translation {words}." for code, words in provenance.reasons},
        "counts": {
            "documents": len(summary.documents),
            "sentences": summary.sentences,
            "targets": {
                target.language: {
                    "statuses": dict(target.statuses),
                    "flags": dict(target.flags),
                    **({"retriedFor": dict(target.refused)} if target.refused else {}),
                    "edited": target.edited,
                    **({"approved": target.approved} if target.approved else {}),
                    **({"terms": dict(target.terms)} if provenance.terms else {}),
                }
                for target in summary.targets
            },
        },
    }
    return {key: value for key, value in made.items() if value is not None}


def package_beside(table: Path) -> tuple[Path, dict[str, Any]]:
    """Return the path and the content of the data package of a table.

    If there is a package of this table alone (``NAME.datapackage.json``, as `egiz align` writes it), it is
    taken; otherwise the package of the folder is taken. The content is empty if the package does not list the
    table or does not exist. If a killed run has replaced only some files of the folder, the old files are
    restored first. Raises InputError if the package is not a JSON object.
    """
    recover(table.parent)
    own = table.with_name(f"{table.stem}.{MANIFEST}")
    path = own if own.is_file() else table.with_name(MANIFEST)
    content = read_package(path) if path.is_file() else {}
    resources = content.get("resources")
    items = resources if isinstance(resources, list) else []
    listed = [item.get("path") for item in items if isinstance(item, dict)]
    return path, content if table.name in listed else {}


def read_package(path: Path) -> dict[str, Any]:
    """Read a data package without checking its fields; raises InputError if it is not a JSON object."""
    content = read_json(path)
    if not isinstance(content, dict):
        raise InputError("not an object", where=str(path), expected="a data package")
    return content
