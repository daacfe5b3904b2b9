"""Files that appear whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def unfinished(path: Path, *, by: str = "") -> Iterator[Path]:
    """Another name to write under; the file takes its own name when all went well, else it is removed.

    What a killed process left is written over by the next. `by` tells processes apart that may write the same
    file at once.
    """
    fresh = path.with_name(f".{path.name}{by}.new")
    try:
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
