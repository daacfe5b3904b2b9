"""The SQLite file of the translation memory: recognise, make and upgrade it; checksums and errors."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from egiz.translate.errors import TranslationMemoryError

APPLICATION = 0x4567697A
"""SQLite's application_id for our files: "Egiz" in ASCII."""

SCHEMA = 2
"""SQLite's user_version for our files. Increase it with every change of the tables."""

_TABLES = """
CREATE TABLE context (
    id INTEGER PRIMARY KEY, engine TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
    settings TEXT NOT NULL, UNIQUE (engine, source, target, settings)
);
CREATE TABLE entry (
    digest BLOB PRIMARY KEY, context INTEGER NOT NULL REFERENCES context (id), text TEXT NOT NULL,
    value TEXT NOT NULL, made INTEGER NOT NULL, checksum BLOB
);
CREATE INDEX entry_context ON entry (context, made);
"""
_TO_SCHEMA_2 = "ALTER TABLE entry ADD COLUMN checksum BLOB"
"""The upgrade from schema 1. Entries of that schema stay without a checksum until they are written again: a
checksum computed at the upgrade would confirm damage that happened before."""

_WAIT = 60.0
"""The seconds to wait for another process to commit. A commit takes milliseconds, on a busy disk seconds."""

_PAGE = 16384
"""Bytes per page. With SQLite's default of 4096, entries of some 2,000 bytes waste half of the space (4,418
bytes per entry against 2,827) and are stored at half the speed (`benchmarks/memory.py`)."""


_OTHER_PLACE = "name another folder with --home, or work without a memory (--no-memory)"


def connect(path: Path) -> sqlite3.Connection:
    """Open a memory for reading and writing; make one if the file is missing or empty.

    Parent folders are made, too. Raises TranslationMemoryError for a file that is not a memory (the file is
    left unchanged), for a memory that a later version of Egiz made, and for a memory that cannot be both read
    and written.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("BEGIN")
            state = _recognised(connection, path)
            connection.execute("ROLLBACK")
            if state == "new":
                _create(connection, path)
            elif state == "older":
                _upgrade(connection, path)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE").execute("ROLLBACK")
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run the block as one transaction that excludes other writers; roll it back on an exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def checksum_of(digest: bytes, value: bytes) -> bytes:
    """An 8-byte hash of a value and of the digest of its key."""
    return blake2b(digest + value, digest_size=8).digest()


def is_whole(digest: object, value: object, checksum: object) -> bool:
    """Whether an entry is undamaged.

    An entry of the first schema has no checksum; it counts as undamaged if its value is UTF-8.
    """
    if not (isinstance(digest, bytes) and isinstance(value, bytes)):
        return False
    if checksum is not None:
        return checksum == checksum_of(digest, value)
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _recognised(connection: sqlite3.Connection, path: Path) -> Literal["ours", "older", "new"]:
    """Recognise the file: a memory (``ours``), one with an earlier schema (``older``), or empty (``new``).

    Raises TranslationMemoryError for any other file. Call it inside a transaction: otherwise another process
    may create the tables between the reads.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application == APPLICATION and version > SCHEMA:
        raise TranslationMemoryError(
            f"a translation memory of version {version}",
            where=str(path),
            expected=f"version {SCHEMA} at most",
            action=f"A later Egiz has made it: update Egiz, or {_OTHER_PLACE}.",
        )
    if application == APPLICATION:
        return "ours" if version == SCHEMA else "older"
    if application or version or connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
        raise _foreign(path, "an SQLite database of another program")
    return "new"


def _create(connection: sqlite3.Connection, path: Path) -> None:
    """Create the tables, unless another process has done so in the meantime."""
    connection.execute(f"PRAGMA page_size = {_PAGE}")
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    _to_wal(connection)
    with transaction(connection):
        if _recognised(connection, path) == "new":
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {SCHEMA}")


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Upgrade the tables to the current schema, unless another process has done so in the meantime."""
    with transaction(connection):
        if _recognised(connection, path) == "older":
            connection.execute(_TO_SCHEMA_2)
            connection.execute(f"PRAGMA user_version = {SCHEMA}")


def _to_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; SQLite does not wait for a locked file here, so retry for `_WAIT`."""
    until = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _foreign(path: Path, found: str) -> TranslationMemoryError:
    """The error for a file that is not a translation memory of Egiz."""
    return TranslationMemoryError(
        found,
        where=str(path),
        expected="a translation memory of Egiz, or no file",
        action=f"It was left as it is: {_OTHER_PLACE}.",
    )


def _damaged(path: Path, found: str) -> TranslationMemoryError:
    """The error for a file that was a memory and can no longer be read."""
    return TranslationMemoryError(
        f"a damaged translation memory: {found}",
        where=str(path),
        action=f"Move it away together with {path.name}-wal and {path.name}-shm if they are there; a new one "
        "is made at the next run. Only remembered translations are lost, and they are made again; sources "
        "and published files are not touched.",
    )


_ACTIONS = {
    sqlite3.SQLITE_FULL: "Free some room and run again: everything committed so far is kept.",
    sqlite3.SQLITE_READONLY: f"Make the file and its folder writable, or {_OTHER_PLACE}.",
    sqlite3.SQLITE_PERM: f"Make the file and its folder writable, or {_OTHER_PLACE}.",
    sqlite3.SQLITE_CANTOPEN: f"Make sure the folder is there and writable, or {_OTHER_PLACE}.",
    sqlite3.SQLITE_IOERR: f"Check the disk, or {_OTHER_PLACE}.",
    sqlite3.SQLITE_BUSY: "Another process holds it: end that one or wait for it, then run again.",
}
"""Advice to the user, by SQLite's primary result code."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and the file system into a TranslationMemoryError that says what to do."""
    try:
        yield
    except OSError as error:
        raise TranslationMemoryError(
            f"cannot be made ({error.strerror})",
            where=str(path),
            action=_ACTIONS[sqlite3.SQLITE_CANTOPEN],
        ) from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code == sqlite3.SQLITE_NOTADB:
            raise _foreign(path, "a file of another kind") from error
        if code in _ACTIONS:
            raise TranslationMemoryError(str(error), where=str(path), action=_ACTIONS[code]) from error
        if isinstance(error, sqlite3.ProgrammingError):
            raise
        raise _damaged(path, str(error)) from error
