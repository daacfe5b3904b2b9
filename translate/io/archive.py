"""Read ZIP archives in memory: members are found by name, limited in size, and never written to disk."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping

from egiz.translate.errors import InputError

MAX_UNPACKED = 200 * 2**20
"""The most bytes that are unpacked from one archive. A text file has the same limit. A novel takes 5 MB."""
MAX_RATIO = 200
"""The largest ratio of unpacked to packed size of a member. Markup has a ratio of 5 to 30; DEFLATE can reach
1032."""
RATIO_FREE = 4 * 2**20
"""The unpacked bytes up to which `MAX_RATIO` is not applied: a small, uniform table is no attack."""

MOST_MEMBERS = 20_000
"""The most members of an archive. A book of a thousand chapters with pictures has two thousand; the list of
four million members that 200 MB can hold would take gigabytes of memory."""

_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # all that DOCX and EPUB allow
_LISTED = b"PK\x01\x02"
"""The first bytes of each entry in the list of members of an archive."""
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
"""The errors that `zipfile` raises for a damaged archive (NotImplementedError is a RuntimeError)."""


class Archive:
    """A ZIP file in memory, whose members are unpacked within `MAX_UNPACKED` and `MAX_RATIO`.

    Members are found by their whole names and unpacked into memory only, so ``..``, absolute names and links
    have no effect. A name that occurs twice is refused, because two programs would read two different texts.

    Every failure is an InputError that names the archive and the member.
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

    def repacked(self, changed: Mapping[str, bytes]) -> bytes:
        """The archive with the contents of the `changed` members replaced; order and dates stay the same."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as written:
            for info in self._zip.infolist():
                member = zipfile.ZipInfo(info.filename, info.date_time)
                member.compress_type, member.external_attr = info.compress_type, info.external_attr
                content = changed.get(info.filename)
                written.writestr(member, self.read(info.filename) if content is None else content)
        return stream.getvalue()

    def _unpacked(self, info: zipfile.ZipInfo) -> bytes:
        """The bytes of a member. No more bytes are unpacked than its entry states; `ZipFile.read` has no such
        limit."""
        with self._zip.open(info) as member:
            data = member.read(info.file_size)
        if len(data) < info.file_size:
            raise EOFError(f"{len(data)} bytes, not {info.file_size}")
        return data


def beside(name: str, target: str) -> str:
    """Resolve the reference `target` in the member `name` to the name of a member.

    A reference is relative to the folder of `name`, or to the root of the archive if it begins with ``/``.

    >>> beside("OEBPS/text/book.opf", "../one.xhtml"), beside("word/document.xml", "/word/notes.xml")
    ('OEBPS/one.xhtml', 'word/notes.xml')
    """
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(name), target)).lstrip("/")
