"""A memory that was cut, overwritten or given another's log: the truth, or an error that says what to do."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from random import Random

import pytest

from egiz.translate.errors import TranslationMemoryError
from egiz.translate.memory import Key, Memory, Remembered
from egiz.translate.memory_file import connect
from egiz.translate.records import Hypothesis

ENTRIES = 300


def key(number: int) -> Key:
    return Key(engine="e", source="kk", target="ru", settings="s", text=f"Бұл сөйлем {number}.")


def value(number: int) -> Remembered:
    text = f"Предложение {number}. " * 20
    hypothesis = Hypothesis(text=text, tokens=tuple(text.split()), logprob=-0.1)
    return Remembered(hypotheses=(hypothesis,), status="ok", flags=(), attempts=())


def grown(folder: Path, entries: int) -> Path:
    """A memory whose log has not been brought in, as a killed process leaves it."""
    folder.mkdir()
    path = folder / "memory.sqlite"
    connection = connect(path)
    with Memory(path, connection) as memory:
        memory.put((key(number), value(number)) for number in range(entries // 2))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        memory.put((key(number), value(number)) for number in range(entries // 2, entries))
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", folder / f"left{ending}")
    for ending in ("", "-wal"):
        (folder / f"left{ending}").replace(f"{path}{ending}")
    return path


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = grown(tmp_path_factory.mktemp("memory") / "a", ENTRIES)
    return {ending: Path(f"{path}{ending}").read_bytes() for ending in ("", "-wal")}


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for ending, content in files.items():
        (folder / f"memory.sqlite{ending}").write_bytes(content)
    return folder / "memory.sqlite"


def recalled(path: Path) -> int:
    """How many entries come back, as they were; -1 for an error that says what to do, -2 for another."""
    try:
        with Memory.open(path) as memory:
            found = memory.get([key(number) for number in range(ENTRIES)])
            memory.put([(key(1_000_000), value(7))])
            assert memory.get([key(1_000_000)]) == {key(1_000_000): value(7)}
    except TranslationMemoryError as error:
        message = str(error)
        said = any(words in message for words in ("Move it away", "left as it is", "--no-memory"))
        return -1 if message.startswith(str(path)) and said else -2
    assert all(found[item] == value(number) for number in range(ENTRIES) if (item := key(number)) in found)
    return len(found)


def test_a_killed_process_leaves_all_that_it_committed(tmp_path: Path, left: dict[str, bytes]) -> None:
    assert recalled(put(tmp_path, left)) == ENTRIES


@pytest.mark.parametrize("number", range(6))
def test_a_log_that_is_cut_loses_whole_transactions_only(
    tmp_path: Path, left: dict[str, bytes], number: int
) -> None:
    cut = Random(number).randrange(len(left["-wal"]))
    assert recalled(put(tmp_path, left | {"-wal": left["-wal"][:cut]})) == ENTRIES // 2


@pytest.mark.parametrize("number", range(4))
def test_a_log_that_is_overwritten_loses_whole_transactions_only(
    tmp_path: Path, left: dict[str, bytes], number: int
) -> None:
    chance, log = Random(number), bytearray(left["-wal"])
    place = chance.randrange(32, len(log) - 100)
    log[place : place + 100] = chance.randbytes(100)
    assert recalled(put(tmp_path, left | {"-wal": bytes(log)})) == ENTRIES // 2


@pytest.mark.parametrize("number", range(10))
def test_a_memory_that_is_cut_or_overwritten_never_says_something_else(
    tmp_path: Path, left: dict[str, bytes], number: int
) -> None:
    chance, data = Random(number), bytearray(left[""])
    if number % 2:
        del data[chance.randrange(1, len(data)) :]
    else:
        place = chance.randrange(len(data) // 16384) * 16384
        data[place : place + 16384] = chance.randbytes(16384)
    assert -1 <= recalled(put(tmp_path, left | {"": bytes(data)})) <= ENTRIES


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a small memory."""
    path = tmp_path_factory.mktemp("closed") / "memory.sqlite"
    with Memory.open(path) as memory:
        memory.put((key(number), value(number)) for number in range(20))
    return path.read_bytes()


def flipped(data: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


def test_a_flipped_bit_of_a_translation_is_found_and_counted(tmp_path: Path, closed: bytes) -> None:
    text = value(7).hypotheses[0].text.encode()
    start = closed.index(text)
    for place in range(start, start + len(text), 61):
        path = put(tmp_path, {"": flipped(closed, place, place % 8)})
        with Memory.open(path) as memory:
            found = memory.get([key(number) for number in range(20)])
            assert found == {key(number): value(number) for number in range(20) if number != 7}
            assert memory.damaged == 1
            memory.put([(key(7), value(7))])
            assert memory.get([key(7)]) == {key(7): value(7)}


def test_no_flipped_bit_of_the_file_makes_it_say_something_else(tmp_path: Path, closed: bytes) -> None:
    chance = Random(0)
    for _ in range(150):
        path = put(tmp_path, {"": flipped(closed, chance.randrange(len(closed)), chance.randrange(8))})
        try:
            with Memory.open(path) as memory:
                found = memory.get([key(number) for number in range(20)])
        except TranslationMemoryError:
            continue
        assert all(found[item] == value(number) for number in range(20) if (item := key(number)) in found)


def test_the_log_of_another_memory(tmp_path: Path, left: dict[str, bytes]) -> None:
    other = grown(tmp_path / "other", 40)
    log = Path(f"{other}-wal").read_bytes()
    assert -1 <= recalled(put(tmp_path, left | {"-wal": log})) <= ENTRIES


@pytest.mark.parametrize("log", [b"", b"\0" * 5000, b"garbage" * 999], ids=["empty", "zeros", "garbage"])
def test_a_log_that_is_none(tmp_path: Path, left: dict[str, bytes], log: bytes) -> None:
    assert recalled(put(tmp_path, left | {"-wal": log})) == ENTRIES // 2


def test_an_index_of_the_log_that_is_garbage(tmp_path: Path, left: dict[str, bytes]) -> None:
    assert recalled(put(tmp_path, left | {"-shm": b"\xff" * 32768})) == ENTRIES


def test_a_disk_that_is_full_while_a_memory_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = sqlite3.connect

    def small(*arguments: object, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = plain(*arguments, **options)  # type: ignore[call-overload]
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    monkeypatch.setattr("egiz.translate.memory_file.sqlite3.connect", small)
    with pytest.raises(TranslationMemoryError, match=r"memory\.sqlite: database or disk is full\. Free"):
        Memory.open(tmp_path / "memory.sqlite")
    monkeypatch.undo()
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        assert memory.stats().entries == 0
