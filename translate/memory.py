"""The translation memory: what an engine has once said, on disk, and so also the journal to resume from.

One SQLite file in WAL mode, for any number of processes on one machine. A translation is found again by
engine identity, languages, settings and text, all of them; nothing is found by likeness. Translations that
people approved are kept beside those of the engines, under an identity of their own. Every entry has a
checksum: one that is damaged is not there, and is counted.
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
"""Keys per query; SQLite builds before 3.32 take 999 parameters at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What must be equal for a translation to be the same: who translated what, into what, and how."""

    engine: str
    source: str
    target: str
    settings: str
    text: str

    def digest(self) -> bytes:
        """Sixteen bytes that stand for all fields; fields are kept apart by their lengths."""
        fields = (self.engine, self.source, self.target, self.settings, self.text)
        frame = f"{','.join([str(len(field)) for field in fields])}:{''.join(fields)}"
        return blake2b(frame.encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the memory gives back: the engine's outputs, best first, and how the guards judged them.

    `approval` is there where it is no engine's output but what a person approved.
    """

    hypotheses: tuple[Hypothesis, ...]
    status: Status
    flags: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    approval: Approval | None = None


HUMAN = "human"
"""The engine identity of translations that a person approved. They go before those of any engine."""


def human_key(text: str, source: str, target: str) -> Key:
    """Where an approved translation of a sentence is kept, whatever the engine and its settings.

    Sentences that differ only in how their punctuation is typeset are the same, as they are to an engine.
    """
    return Key(engine=HUMAN, source=source, target=target, settings="", text=normalise(text))


def human_translation(text: str, author: str = "", time: str = "") -> Remembered:
    """A person's translation in the form of an engine's: its words for tokens, with full probability."""
    return Remembered(
        hypotheses=(Hypothesis(text=text, tokens=tuple(text.split()), logprob=0.0),),
        status="ok",
        flags=(),
        attempts=(Attempt(rung=HUMAN, flags=()),),
        approval=Approval(author=author, time=time),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryCount:
    """The entries of one engine identity and language pair; times in seconds since 1970."""

    engine: str
    source: str
    target: str
    entries: int
    oldest: int
    newest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryStats:
    """What a memory holds, sorted by engine and languages; `size` in bytes, write-ahead log included."""

    path: Path | None
    size: int
    counts: tuple[MemoryCount, ...]

    @property
    def entries(self) -> int:
        """All entries."""
        return sum(count.entries for count in self.counts)


class MemoryLike(Protocol):
    """What the translator asks of a memory."""

    def get(self, keys: Sequence[Key]) -> dict[Key, Remembered]:
        """The keys that are known, with what is known."""
        ...

    def put(self, items: Iterable[tuple[Key, Remembered]]) -> None:
        """Keep these; when it returns, they are safe."""
        ...

    def recall(self, keys: Sequence[Key]) -> dict[Key, str]:
        """As `get`, for work of another kind than translating, which it keeps as a text of its own."""
        ...

    def keep(self, items: Iterable[tuple[Key, str]]) -> None:
        """As `put`, for such texts; the settings of their keys must say what kind of work it is."""
        ...

    @property
    def damaged(self) -> int:
        """How many entries were asked for that are damaged, and so were not given."""
        ...


class NoMemory:
    """Remembers nothing and writes nothing."""

    damaged = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def get(self, keys: Sequence[Key]) -> dict[Key, Remembered]:
        """Nothing."""
        return {}

    def put(self, items: Iterable[tuple[Key, Remembered]]) -> None:
        """Let the items go by; the iterable is used up, as a real memory would."""
        for _ in items:
            pass

    def recall(self, keys: Sequence[Key]) -> dict[Key, str]:
        """Nothing."""
        return {}

    def keep(self, items: Iterable[tuple[Key, str]]) -> None:
        """Let the items go by."""
        for _ in items:
            pass

    def stats(self) -> MemoryStats:
        """No entries."""
        return MemoryStats(path=None, size=0, counts=())

    def clear(self, engine: str | None = None, source: str | None = None, target: str | None = None) -> int:
        """Nothing to clear."""
        return 0

    def close(self) -> None:
        """Nothing to close."""


def default_path(home: Path | None = None) -> Path:
    """Where the memory is kept: `memory.sqlite` in `home`, or in the user's data directory."""
    from platformdirs import user_data_path

    return (home or user_data_path("egiz", appauthor=False)) / "memory.sqlite"


class Memory:
    """A translation memory on disk; a context manager that closes it.

    Threads of a process may share one (calls wait for each other); a forked or spawned process opens its
    own. All methods raise TranslationMemoryError where the file fails them: full disk, no permission,
    damage to more than single entries, another process that never finishes.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._damaged: set[bytes] = set()
        self._connection = connection
        self._lock = RLock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a memory, or make one where there is no file (or an empty one), with the folders above it.

        Raises TranslationMemoryError for a file that is no memory (and leaves it as it is), for one of a
        later Egiz, and for one that cannot be read and written.
        """
        return cls(path, connect(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Closing twice does no harm."""
        with self._lock:
            self._connection.close()

    def get(self, keys: Sequence[Key]) -> dict[Key, Remembered]:
        """Look up many keys at once; the known ones come back, in the order asked."""
        found = {}
        for key, value in self.recall(keys).items():
            try:
                found[key] = _unpack(value)
            except (TypeError, ValueError):
                self._damaged.add(key.digest())
        return found

    def recall(self, keys: Sequence[Key]) -> dict[Key, str]:
        """Look up many keys at once, as `get` does, for texts that `keep` has kept."""
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
        """How many entries were asked for that are damaged, and so were not given."""
        return len(self._damaged)

    def put(self, items: Iterable[tuple[Key, Remembered]]) -> None:
        """Keep all items in one transaction, each in place of what stood under its key.

        When this returns they are on the disk and survive the end of the process, however it ends. When it
        raises, none of them is kept.
        """
        self.keep((key, _pack(value)) for key, value in items)

    def keep(self, items: Iterable[tuple[Key, str]]) -> None:
        """Keep texts as `put` keeps translations: all of them, or none where it raises."""
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
        """Forget the entries of an engine identity, a source language, a target language; all without any.

        Gives the number of entries forgotten. Their room is given back to the disk.
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
        with self._lock, explained(self.path):
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, with no other writer from its first statement on: kept whole, or not at all."""
        with self._lock, explained(self.path), transaction(self._connection):
            yield self._connection


def _entry(key: Key, value: str, made: int) -> tuple[bytes, str, str, int, bytes]:
    digest = key.digest()
    return digest, key.text, value, made, checksum_of(digest, value.encode())


def _fields(key: Key) -> tuple[str, str, str, str]:
    return key.engine, key.source, key.target, key.settings


def _context(connection: sqlite3.Connection, fields: tuple[str, str, str, str]) -> int:
    """The number of an engine, language pair and settings; a new one if need be."""
    connection.execute(
        "INSERT OR IGNORE INTO context (engine, source, target, settings) VALUES (?, ?, ?, ?)", fields
    )
    chosen = "SELECT id FROM context WHERE (engine, source, target, settings) = (?, ?, ?, ?)"
    number: int = connection.execute(chosen, fields).fetchone()[0]
    return number


def _pack(value: Remembered) -> str:
    """One line of JSON. Floats are written so that they read back the same, tokens with spaces between."""
    hypotheses = [(item.text, _join(item.tokens), item.logprob, item.complete) for item in value.hypotheses]
    attempts = [(item.rung, item.flags) for item in value.attempts]
    said = () if value.approval is None else ([value.approval.author, value.approval.time],)
    fields = (hypotheses, value.status, value.flags, attempts, *said)
    return dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _join(tokens: tuple[str, ...]) -> str | tuple[str, ...]:
    """Tokens in one string, which reads faster; as they are where one is empty or has a space."""
    line = " ".join(tokens)
    return line if tuple(line.split(" ")) == tokens else tokens


def _split(tokens: str | list[str]) -> tuple[str, ...]:
    return tuple(tokens.split(" ") if isinstance(tokens, str) else tokens)


def _unpack(line: str) -> Remembered:
    """What `_pack` packed; raises TypeError or ValueError for anything else."""
    hypotheses, status, flags, attempts, *said = loads(line)
    approval = [Approval(author=str(author), time=str(time)) for author, time in said]
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
