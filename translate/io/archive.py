"""ZIP archives in memory: members are found by name, limited in size, and never written to disk."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections import Counter

from egiz.translate.errors import InputError

MAX_UNPACKED = 200 * 2**20
"""Bytes that are unpacked from one archive in all: as much as a file of text may have. A novel takes 5 MB."""
MAX_RATIO = 200
"""Unpacked to packed size of one member. Markup packs to 1/5 to 1/30, DEFLATE at most to 1/1032."""
RATIO_FREE = 4 * 2**20
"""Bytes below which the ratio is not looked at: a small table of equal cells is no attack."""

MOST_MEMBERS = 20_000
"""Members of one archive. A book of a thousand chapters and pictures has two thousand; the list of four
million that a file of 200 MB can hold would take gigabytes."""

_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # all that DOCX and EPUB allow
_LISTED = b"PK\x01\x02"
"""How an entry of an archive's list of members begins."""
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
"""What `zipfile` raises for bytes that are no sound archive (NotImplementedError is a RuntimeError)."""


class Archive:
    """A ZIP file held as bytes, handing out members within `MAX_UNPACKED` and `MAX_RATIO`.

    Members are found by their whole names and go nowhere but into memory, so ``..``, absolute names and links
    lead nowhere. One whose name stands twice is refused: two programs would read two texts.

    Every failure is an `InputError` that names archive and member.
    """

    def __init__(self, data: bytes, *, where: str) -> None:
        self.where = where
        self._left = MAX_UNPACKED
        if data.count(_LISTED) > MOST_MEMBERS:
            raise InputError(f"lists over {MOST_MEMBERS:,} members", where=where, expected="a document")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise InputError(
                f"is a damaged ZIP archive ({error})",
                where=where,
                action="Was the file cut off? Get it again.",
            ) from error
        names = Counter(self._zip.namelist())
        self.names = frozenset(names)
        self._twice = frozenset(name for name, count in names.items() if count > 1)

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def read(self, name: str) -> bytes:
        """The unpacked bytes of one member."""
        where = f"{self.where}: {name}"
        if name not in self:
            raise InputError("is missing from the archive", where=where, action="Was the file cut off?")
        if name in self._twice:
            raise InputError("stands twice in the archive", where=where, expected="each member once")
        info = self._zip.getinfo(name)
        if info.flag_bits & 1:
            raise InputError("is locked by a password", where=where, action="Save it without one.")
        if info.compress_type not in _METHODS:
            raise InputError("is packed by an unusual method", where=where, expected="DEFLATE, or none")
        too_dense = info.file_size > RATIO_FREE and info.file_size > MAX_RATIO * info.compress_size
        if too_dense or info.file_size > self._left:
            raise InputError(
                f"unpacks from {info.compress_size} to {info.file_size} bytes, as a zip bomb does",
                where=where,
                expected=f"at most {MAX_RATIO} times its size, and {MAX_UNPACKED >> 20} MB in all",
            )
        self._left -= info.file_size
        try:
            return self._unpacked(info)
        except _BROKEN as error:
            raise InputError(f"cannot be unpacked ({error})", where=where) from error

    def _unpacked(self, info: zipfile.ZipInfo) -> bytes:
        """No more than the size that the member states: `ZipFile.read` unpacks all and then cuts it off."""
        with self._zip.open(info) as member:
            data = member.read(info.file_size)
        if len(data) < info.file_size:
            raise EOFError(f"{len(data)} bytes, not {info.file_size}")
        return data


def beside(name: str, target: str) -> str:
    """Resolve a reference made inside member `name`; an absolute one counts from the archive's root.

    >>> beside("OEBPS/text/book.opf", "../one.xhtml"), beside("word/document.xml", "/word/notes.xml")
    ('OEBPS/one.xhtml', 'word/notes.xml')
    """
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(name), target)).lstrip("/")
