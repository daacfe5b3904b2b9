"""ZIP packages with equal bytes for equal content (and an equal zlib), written member by member."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every member: the earliest that ZIP can state."""

EPOCH_ISO = "1980-01-01T00:00:00Z"
"""The same for places that ask for a date: when a file was made is no part of what it says."""


class Package:
    """A ZIP file that is being written; a context manager that completes it."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def add(self, name: str, content: str | bytes, *, packed: bool = True) -> None:
        """Write one member."""
        self.stream(name, (content,), packed=packed)

    def stream(self, name: str, pieces: Iterable[str | bytes], *, packed: bool = True) -> None:
        """Write one member piece by piece; texts become UTF-8."""
        info = zipfile.ZipInfo(name, EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.create_system = 3
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w") as member:
            for piece in pieces:
                member.write(piece.encode("utf-8") if isinstance(piece, str) else piece)
