"""The data package beside a table: where it stands, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from egiz.parallel.publish.atomic import MANIFEST, recover
from egiz.translate.errors import InputError
from egiz.translate.json_file import read_json


def package_beside(table: Path) -> tuple[Path, dict[str, Any]]:
    """The data package that lists a table, and its file; an empty one where there is none.

    The table's own, ``NAME.datapackage.json`` as `egiz align` writes it, comes before the folder's. What a
    killed run was replacing there is put back first. Raises InputError where the file is no JSON object.
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
    """A data package as it stands; raises InputError where it is no JSON object, or as `read_json` does."""
    content = read_json(path)
    if not isinstance(content, dict):
        raise InputError("not an object", where=str(path), expected="a data package")
    return content
