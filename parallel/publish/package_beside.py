"""The data package beside a table: where it stands, and what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from egiz.parallel.publish.atomic import MANIFEST
from egiz.translate.errors import InputError


def package_beside(table: Path) -> tuple[Path, dict[str, Any]]:
    """The data package that lists a table, and its file; an empty one where there is none.

    The table's own, ``NAME.datapackage.json`` as `egiz align` writes it, comes before the folder's. Raises
    InputError where the file is no JSON object.
    """
    own = table.with_name(f"{table.stem}.{MANIFEST}")
    path = own if own.is_file() else table.with_name(MANIFEST)
    content = read_package(path) if path.is_file() else {}
    resources = content.get("resources")
    items = resources if isinstance(resources, list) else []
    listed = [item.get("path") for item in items if isinstance(item, dict)]
    return path, content if table.name in listed else {}


def read_package(path: Path) -> dict[str, Any]:
    """A data package as it stands; raises InputError where it is no JSON object."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not JSON ({error})", where=str(path), expected="a data package") from error
    if not isinstance(content, dict):
        raise InputError("not an object", where=str(path), expected="a data package")
    return content
