"""The translation memory: engine outputs and approved translations on disk, from which builds also resume.

It is one SQLite file in WAL mode, for any number of processes on one machine. An entry is found by engine
identity, languages, settings and text, all of which must be equal; there is no fuzzy matching. Approved
translations have an engine identity of their own. Every entry has a checksum: damaged entries are counted and
treated as missing.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from json import dumps, loads
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Protocol, Self

from egiz.translate.memory_file import checksum_of, connect, explained, is_whole, transaction
from egiz.translate.records import Approval, Attempt, Hypothesis, Status
from egiz.translate.text import normalise

_BATCH = 500
"""The number of keys that are looked up in one query; SQLite before 3.32 accepts at most 999 parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The key of an entry: engine identity, languages, settings and text."""

    engine: str
    source: str
    target: str
    settings: str
    text: str

    def digest(self) -> bytes:
        """A 16-byte hash of all fields and their lengths.

        Without the lengths, the fields "ab" and "c" would have the same hash as "a" and "bc".
        """
        fields = (self.engine, self.source, self.target, self.settings, self.text)
        frame = f"{','.join([str(len(field)) for field in fields])}:{''.join(fields)}"
        return blake2b(frame.encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A translation in the memory: the engine's outputs, best first, with status, flags and attempts.

    The fields are as in `Translation`: `flags` are the guards' codes for the first output. `approval` is set
    if a person approved the translation; then `hypotheses` has the approved text instead of an engine's
    outputs.
    """

    hypotheses: tuple[Hypothesis, ...]
    status: Status
    flags: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    approval: Approval | None = None


HUMAN = "human"
"""The engine identity of approved translations, which override those of any engine."""


def human_key(text: str, source: str, target: str) -> Key:
    """The key of the approved translation of a sentence; it does not depend on engine and settings.

    Sentences that differ only in the typography of their punctuation have the same key, because an engine
    gets the same text for them.
    """
    return Key(engine=HUMAN, source=source, target=target, settings="", text=normalise(text))


def human_translation(text: str, author: str = "", time: str = "") -> Remembered:
    """An approved translation in the form of an engine's output: words as tokens, log-probability 0."""
    return Remembered(
        hypotheses=(Hypothesis(text=text, tokens=tuple(text.split()), logprob=0.0),),
        status="ok",
        flags=(),
        attempts=(Attempt(rung=HUMAN, flags=()),),
        approval=Approval(author=author, time=time),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryCount:
    """The number of entries of one engine identity and language pair, and the times of the oldest and newest.

    Times are in seconds since 1970.
    """

    engine: str
    source: str
    target: str
    entries: int
    oldest: int
    newest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryStats:
    """The content of a memory by engine and languages; `size` in bytes, including the write-ahead log."""

    path: Path | None
    size: int
    counts: tuple[MemoryCount, ...]

    @property
    def entries(self) -> int:
        """The number of all entries."""
        return sum(count.entries for count in self.counts)


class MemoryLike(Protocol):
    """The interface of a memory, as the translator and other stages use it."""

    def get(self, keys: Sequence[Key]) -> dict[Key, Remembered]:
        """The entries of the keys that are known, in the order of `keys`."""
        ...

    def put(self, items: Iterable[tuple[Key, Remembered]]) -> None:
        """Store these entries; when the call returns, they are on disk."""
        ...

    def recall(self, keys: Sequence[Key]) -> dict[Key, str]:
        """Like `get`, for results that are not translations and were stored as text by `keep`."""
        ...

    def keep(self, items: Iterable[tuple[Key, str]]) -> None:
        """Like `put`, for results in the form of text; `Key.settings` must name the kind of result."""
        ...

    @property
    def damaged(self) -> int:
        """The number of damaged entries that were looked up, and treated as missing."""
        ...


class NoMemory:
    """A memory that stores nothing."""

    damaged = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def get(self, keys: Sequence[Key]) -> dict[Key, Remembered]:
        """Return no entries."""
        return {}

    def put(self, items: Iterable[tuple[Key, Remembered]]) -> None:
        """Discard the items; the iterable is consumed, as by a real memory."""
        for _ in items:
            pass

    def recall(self, keys: Sequence[Key]) -> dict[Key, str]:
        """Return no entries."""
        return {}

    def keep(self, items: Iterable[tuple[Key, str]]) -> None:
        """Discard the items; the iterable is consumed."""
        for _ in items:
            pass

    def stats(self) -> MemoryStats:
        """Return the statistics of an empty memory."""
        return MemoryStats(path=None, size=0, counts=())

    def clear(self, engine: str | None = None, source: str | None = None, target: str | None = None) -> int:
        """Delete nothing and return 0."""
        return 0

    def close(self) -> None:
        """Do nothing, because there is no file."""


def default_path(home: Path | None = None) -> Path:
    """The path of the memory: `memory.sqlite` in `home`, or in the user's data directory."""
    from platformdirs import user_data_path

    return (home or user_data_path("egiz", appauthor=False)) / "memory.sqlite"


class Memory:
    """A translation memory on disk; in a ``with`` statement, it is closed at the end of the block.

    The threads of a process may share one object (calls wait for each other); a forked or spawned process
    must open its own. All methods raise TranslationMemoryError if the file cannot be used: if the disk is
    full, permission is missing, something other than single entries is damaged, or another process does not
    release the file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._damaged: set[bytes] = set()
        self._connection = connection
        self._lock = RLock()

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """Open a memory, or make one, with its parent folders, if the file is missing or empty.

        Without a path, it opens the memory in the user's data folder, which all builds use by default. Raises
        TranslationMemoryError for a file that is not a memory (the file is left unchanged), for a memory that
        a later version of Egiz made, and for a memory that cannot be both read and written.
        """
        path = path or default_path()
        return cls(path, connect(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        with self._lock:
            self._connection.close()

    def get(self, keys: Sequence[Key]) -> dict[Key, Remembered]:
        """Look up many keys at once; return the known ones, in the order of `keys`."""
        found = {}
        for key, value in self.recall(keys).items():
            try:
                found[key] = _unpack(value)
            except (TypeError, ValueError):
                self._damaged.add(key.digest())
        return found

    def recall(self, keys: Sequence[Key]) -> dict[Key, str]:
        """Look up many keys at once, like `get`, for texts that `keep` stored."""
        wanted = {key.digest(): key for key in keys}
        found: dict[Key, str] = {}
        stream = iter(wanted)
        while batch := list(islice(stream, _BATCH)):
            with self._reading() as connection:
                marks = ",".join("?" * len(batch))
                rows = connection.execute(
                    "SELECT digest, CAST(text AS BLOB), CAST(value AS BLOB), checksum FROM entry"
                    f" WHERE digest IN ({marks})",
                    batch,
                ).fetchall()
            for digest, text, value, checksum in rows:
                if not is_whole(digest, value, checksum):
                    self._damaged.add(digest)
                elif digest in wanted and wanted[digest].text.encode() == text:
                    found[wanted[digest]] = value.decode()
        return {key: found[key] for key in wanted.values() if key in found}

    @property
    def damaged(self) -> int:
        """The number of damaged entries that were looked up, and treated as missing."""
        return len(self._damaged)

    def put(self, items: Iterable[tuple[Key, Remembered]]) -> None:
        """Store all items in one transaction; each replaces the entry of its key.

        When the call returns, the entries are on disk and survive the end of the process, however it ends. If
        it raises, none of them is stored.
        """
        self.keep((key, _pack(value)) for key, value in items)

    def keep(self, items: Iterable[tuple[Key, str]]) -> None:
        """Store texts in one transaction, like `put`: all of them, or none if the call raises."""
        made = int(time.time())
        rows = [(key, _entry(key, value, made)) for key, value in items]
        if not rows:
            return
        with self._writing() as connection:
            contexts = {fields: _context(connection, fields) for fields in {_fields(key) for key, _ in rows}}
            connection.executemany(
                "INSERT OR REPLACE INTO entry (context, digest, text, value, made, checksum)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(contexts[_fields(key)], *row) for key, row in rows],
            )

    def stats(self) -> MemoryStats:
        """Count the entries per engine identity and language pair."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT engine, source, target, COUNT(*), MIN(made), MAX(made) FROM entry"
                " JOIN context ON context.id = entry.context GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
            ).fetchall()
        counts = tuple(
            MemoryCount(
                engine=engine, source=source, target=target, entries=entries, oldest=oldest, newest=newest
            )
            for engine, source, target, entries, oldest, newest in rows
        )
        files = [self.path, self.path.with_name(self.path.name + "-wal")]
        return MemoryStats(
            path=self.path, size=sum(file.stat().st_size for file in files if file.exists()), counts=counts
        )

    def clear(self, engine: str | None = None, source: str | None = None, target: str | None = None) -> int:
        """Delete the entries with this engine identity, source and target language; None stands for any.

        Returns the number of deleted entries. Their disk space is released.
        """
        chosen = (
            "SELECT id FROM context WHERE ?1 IN (engine, '') AND ?2 IN (source, '') AND ?3 IN (target, '')"
        )
        values = (engine or "", source or "", target or "")
        with self._writing() as connection:
            gone = connection.execute(f"DELETE FROM entry WHERE context IN ({chosen})", values).rowcount
            connection.execute(f"DELETE FROM context WHERE id IN ({chosen})", values)
        with self._reading() as connection:
            connection.execute("PRAGMA incremental_vacuum").fetchall()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return gone

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock for the block; errors of SQLite become TranslationMemoryErrors."""
        with self._lock, explained(self.path):
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Run the block as one transaction; no other process can write before the block ends."""
        with self._lock, explained(self.path), transaction(self._connection):
            yield self._connection


def _entry(key: Key, value: str, made: int) -> tuple[bytes, str, str, int, bytes]:
    """The values of a row of the table `entry`, except the id of its context (see `_context`)."""
    digest = key.digest()
    return digest, key.text, value, made, checksum_of(digest, value.encode())


def _fields(key: Key) -> tuple[str, str, str, str]:
    """The context of a key: its engine, source, target and settings. Many entries share one context."""
    return key.engine, key.source, key.target, key.settings


def _context(connection: sqlite3.Connection, fields: tuple[str, str, str, str]) -> int:
    """The id of the context with these fields (see `_fields`); a missing context is inserted."""
    connection.execute(
        "INSERT OR IGNORE INTO context (engine, source, target, settings) VALUES (?, ?, ?, ?)", fields
    )
    chosen = "SELECT id FROM context WHERE (engine, source, target, settings) = (?, ?, ?, ?)"
    number: int = connection.execute(chosen, fields).fetchone()[0]
    return number


def _pack(value: Remembered) -> str:
    """Write an entry as one line of JSON; floats are exact, and tokens are joined by spaces."""
    hypotheses = [(item.text, _join(item.tokens), item.logprob, item.complete) for item in value.hypotheses]
    attempts = [(item.rung, item.flags) for item in value.attempts]
    approval = () if value.approval is None else ([value.approval.author, value.approval.time],)
    fields = (hypotheses, value.status, value.flags, attempts, *approval)
    return dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _join(tokens: tuple[str, ...]) -> str | tuple[str, ...]:
    """Join tokens by spaces, because one string is parsed faster than a list.

    Tokens that could not be split again, because one is empty or has a space, are returned as they are.
    """
    line = " ".join(tokens)
    return line if tuple(line.split(" ")) == tokens else tokens


def _split(tokens: str | list[str]) -> tuple[str, ...]:
    """The inverse of `_join`."""
    return tuple(tokens.split(" ") if isinstance(tokens, str) else tokens)


def _unpack(line: str) -> Remembered:
    """Read what `_pack` wrote; raises TypeError or ValueError for any other text."""
    hypotheses, status, flags, attempts, *approvals = loads(line)
    approval = [Approval(author=str(author), time=str(time)) for author, time in approvals]
    return Remembered(
        hypotheses=tuple(
            Hypothesis(text=text, tokens=_split(tokens), logprob=logprob, complete=complete)
            for text, tokens, logprob, complete in hypotheses
        ),
        status=status,
        flags=tuple(flags),
        attempts=tuple(Attempt(rung=rung, flags=tuple(codes)) for rung, codes in attempts),
        approval=approval[0] if approval else None,
    )
