"""Moses pairs: two files of plain lines, line by line translations of each other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from egiz.parallel.corpus.records import Entry


def write_moses(entries: Iterable[Entry], target: str, source_path: Path, target_path: Path) -> None:
    """Write the pairs in one target language; rows without it are left out of both files.

    Texts hold no line end of any kind, so that every program counts the same lines.
    """
    with (
        source_path.open("w", encoding="utf-8", newline="\n") as sources,
        target_path.open("w", encoding="utf-8", newline="\n") as targets,
    ):
        for entry in entries:
            for side in entry.sides:
                if side.language == target:
                    sources.write(entry.source + "\n")
                    targets.write(side.text + "\n")
