"""The translation memory: what goes in comes out, whatever happens between."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.translate import memory as module
from egiz.translate import memory_file
from egiz.translate.errors import TranslationMemoryError
from egiz.translate.memory import Key, Memory, NoMemory, Remembered, default_path
from egiz.translate.memory_file import APPLICATION, connect
from egiz.translate.records import Attempt, Hypothesis

KEY = Key(engine="starter int8", source="kk", target="ru", settings="beam=5", text="Қайта құру")
VALUE = Remembered(
    hypotheses=(
        Hypothesis(text="Перестройка", tokens=("▁Пере", "стройка"), logprob=-0.1 - 0.2),
        Hypothesis(text="", tokens=(), logprob=float("-inf"), complete=False),
    ),
    status="suspect",
    flags=("short", "language"),
    attempts=(Attempt(rung="beam", flags=("short",)), Attempt(rung="pivot", flags=())),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "memory.sqlite"


@pytest.fixture
def memory(path: Path) -> Iterator[Memory]:
    with Memory.open(path) as opened:
        yield opened


def numbered(number: int, **fields: str) -> Key:
    return replace(KEY, text=f"{KEY.text} {number}", **fields)


def test_what_is_put_is_got_after_reopening(path: Path) -> None:
    with Memory.open(path) as memory:
        memory.put([(KEY, VALUE)])
    with Memory.open(path) as memory:
        assert memory.get([KEY]) == {KEY: VALUE}


@pytest.mark.parametrize("field", ["engine", "source", "target", "settings", "text"])
def test_every_field_of_the_key_counts(memory: Memory, field: str) -> None:
    memory.put([(KEY, VALUE)])
    assert memory.get([replace(KEY, **{field: "x"})]) == {}


def test_fields_do_not_run_into_each_other() -> None:
    assert replace(KEY, source="kkr", target="u").digest() != replace(KEY, source="kk", target="ru").digest()


def test_known_keys_come_in_the_order_asked(memory: Memory) -> None:
    keys = [numbered(number) for number in range(1800)]
    memory.put((key, VALUE) for key in keys[::2])
    asked = keys[::-1]
    assert list(memory.get(asked)) == [key for key in asked if key in set(keys[::2])]


def test_the_last_put_holds(memory: Memory) -> None:
    later = replace(VALUE, status="ok", flags=())
    memory.put([(KEY, VALUE), (KEY, later)])
    assert memory.get([KEY, KEY]) == {KEY: later}
    memory.put([(KEY, VALUE)])
    assert memory.get([KEY]) == {KEY: VALUE}
    assert memory.stats().entries == 1


def test_nothing_in_nothing_out(memory: Memory) -> None:
    memory.put([])
    assert memory.get([]) == {}


tokens = st.lists(st.text(st.characters(codec="utf-8"), max_size=4), max_size=5).map(tuple)
texts = st.text(st.characters(codec="utf-8"), max_size=30)
hypotheses = st.builds(
    Hypothesis,
    text=texts,
    tokens=tokens,
    logprob=st.floats(max_value=0, allow_nan=False),
    complete=st.booleans(),
)
values = st.builds(
    Remembered,
    hypotheses=st.lists(hypotheses, max_size=4).map(tuple),
    status=st.sampled_from(["ok", "retried", "suspect", "failed"]),
    flags=tokens,
    attempts=st.lists(st.builds(Attempt, rung=texts, flags=tokens), max_size=3).map(tuple),
)


@settings(max_examples=25)
@given(value=values, text=texts)
def test_any_value_survives(value: Remembered, text: str) -> None:
    key = replace(KEY, text=text)
    with tempfile.TemporaryDirectory() as folder, Memory.open(Path(folder) / "m.sqlite") as memory:
        memory.put([(key, value)])
        assert memory.get([key]) == {key: value}


def test_another_text_under_the_same_digest_is_not_taken(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Key, "digest", lambda self: b"0" * 16)
    memory.put([(KEY, VALUE)])
    assert memory.get([numbered(1)]) == {}
    assert memory.get([KEY]) == {KEY: VALUE}


def test_a_failing_source_of_items_keeps_none(memory: Memory) -> None:
    def items() -> Iterator[tuple[Key, Remembered]]:
        yield KEY, VALUE
        raise RuntimeError("engine fell over")

    with pytest.raises(RuntimeError, match="fell over"):
        memory.put(items())
    assert memory.stats().entries == 0


def test_stats_and_clear_go_by_engine_and_languages(memory: Memory, path: Path) -> None:
    memory.put((numbered(number), VALUE) for number in range(300))
    memory.put((numbered(number, target="en"), VALUE) for number in range(200))
    memory.put([(replace(KEY, engine="nllb"), VALUE), (replace(KEY, engine="nllb", settings="x"), VALUE)])
    stats = memory.stats()
    assert [(count.engine, count.source, count.target, count.entries) for count in stats.counts] == [
        ("nllb", "kk", "ru", 2),
        ("starter int8", "kk", "en", 200),
        ("starter int8", "kk", "ru", 300),
    ]
    assert all(0 < count.oldest <= count.newest for count in stats.counts)
    assert stats.path == path
    assert memory.clear(engine="starter int8", target="en") == 200
    assert memory.clear(engine="nobody") == 0
    assert memory.clear(engine="nllb") == 2
    assert memory.stats().entries == 300
    assert memory.clear() == 300
    assert memory.stats().counts == ()
    assert memory.stats().size < stats.size / 2


def test_no_memory_has_the_same_methods_and_keeps_nothing() -> None:
    public = {name for name in dir(Memory) if not name.startswith("_")} - {"open"}
    assert public <= set(dir(NoMemory))
    with NoMemory() as memory:
        memory.put([(KEY, VALUE)])
        assert memory.get([KEY]) == {}
        assert memory.clear() == 0
        assert memory.stats().entries == 0


def test_the_default_place_is_the_user_s() -> None:
    assert default_path().name == "memory.sqlite"
    assert "egiz" in default_path().parts


def test_closing_twice_does_no_harm(path: Path) -> None:
    memory = Memory.open(path)
    memory.close()
    memory.close()
    assert not path.with_name(f"{path.name}-wal").exists()


def database(path: Path, statements: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(statements)
    connection.close()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"id\tkk\tru\n" * 200, "file of another kind"),
        (os.urandom(9000), "file of another kind"),
        ("CREATE TABLE bookmarks (url TEXT)", "database of another program"),
        ("PRAGMA application_id = 77", "database of another program"),
    ],
    ids=["text", "noise", "tables", "application"],
)
def test_a_file_that_is_none_of_ours_is_refused_and_left_alone(
    tmp_path: Path, content: bytes | str, found: str
) -> None:
    path = tmp_path / "other.db"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        database(path, content)
    before = path.read_bytes()
    with pytest.raises(TranslationMemoryError, match=rf"other\.db: .*{found}.*--home.*--no-memory"):
        Memory.open(path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["other.db"]


def test_an_empty_file_becomes_a_memory(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    path.touch()
    with Memory.open(path) as memory:
        assert memory.stats().entries == 0


def test_a_later_schema_is_refused(path: Path) -> None:
    Memory.open(path).close()
    database(path, "PRAGMA user_version = 3")
    with pytest.raises(TranslationMemoryError, match=r"version 3; expected version 2.*update"):
        Memory.open(path)


def test_the_file_says_whose_it_is(path: Path) -> None:
    Memory.open(path).close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_damaged_pages_are_told_with_what_to_do(path: Path) -> None:
    with Memory.open(path) as memory:
        memory.put((numbered(number), VALUE) for number in range(2000))
    with path.open("r+b") as file:
        file.seek(16384)
        file.write(b"\xaa" * (path.stat().st_size - 16384))
    with (
        pytest.raises(TranslationMemoryError, match=r"damaged.*Move it away.*made again"),
        Memory.open(path) as memory,
    ):
        memory.get([numbered(number) for number in range(2000)])


@pytest.mark.parametrize("value", ["", "[", "[[],1]", "7", '[[["a"]],"ok",[],[]]', "null", None, 7])
@pytest.mark.parametrize("checksum", ["checksum", "NULL"], ids=["with a checksum", "of the first schema"])
def test_a_damaged_entry_is_counted_not_given_and_can_be_made_anew(
    path: Path, value: str | int | None, checksum: str
) -> None:
    with Memory.open(path) as memory:
        memory.put([(KEY, VALUE), (numbered(1), VALUE)])
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = replace(sql, 'value TEXT NOT NULL', 'value')")
    connection.close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"UPDATE entry SET value = ?, checksum = {checksum} WHERE text = ?", (value, KEY.text))
    connection.close()
    with Memory.open(path) as memory:
        for _ in range(2):
            assert memory.get([KEY, numbered(1)]) == {numbered(1): VALUE}
        assert memory.damaged == 1
        memory.put([(KEY, VALUE)])
        assert memory.get([KEY]) == {KEY: VALUE}


def test_a_memory_of_the_first_schema_is_taken_over(path: Path) -> None:
    with Memory.open(path) as memory:
        memory.put([(KEY, VALUE)])
    database(path, "ALTER TABLE entry DROP COLUMN checksum; PRAGMA user_version = 1")
    for _ in range(2):
        with Memory.open(path) as memory:
            assert memory.get([KEY, numbered(1)]).get(KEY) == VALUE
            memory.put([(numbered(1), VALUE)])
    with Memory.open(path) as memory:
        assert memory.get([KEY, numbered(1)]) == {KEY: VALUE, numbered(1): VALUE}
        assert memory.damaged == 0


def test_a_full_disk_loses_nothing_that_was_committed(path: Path) -> None:
    connection = connect(path)
    memory = Memory(path, connection)
    memory.put((numbered(number), VALUE) for number in range(100))
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(TranslationMemoryError, match=r"memory\.sqlite: database or disk is full\. Free"):
        memory.put((numbered(number), VALUE) for number in range(100, 2000))
    assert memory.stats().entries == 100
    connection.execute(f"PRAGMA max_page_count = {pages + 2000}")
    memory.put((numbered(number), VALUE) for number in range(100, 2000))
    assert memory.stats().entries == 2000
    memory.close()


def test_a_place_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TranslationMemoryError, match=r"cannot be made \(.*name another folder with --home"):
        Memory.open(tmp_path / "file" / "memory.sqlite")


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(
        TranslationMemoryError, match=r"unable to open database file.*name another folder with --home"
    ):
        Memory.open(tmp_path)


def run(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


OPEN = """
import os, sys
from pathlib import Path
from egiz.translate.errors import TranslationMemoryError
from egiz.translate.memory import Memory
if os.geteuid() == 0:
    os.setuid(65534)
try:
    Memory.open(Path(sys.argv[1]))
except TranslationMemoryError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="file modes are checked on POSIX systems")
@pytest.mark.parametrize("existing", [False, True], ids=["no file yet", "read-only file"])
def test_a_read_only_folder(existing: bool) -> None:
    """Root may write anywhere, so the process that opens stops being root first."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "memory.sqlite"
        if existing:
            Memory.open(path).close()
            path.chmod(0o444)
        Path(name).chmod(0o555)
        said, problems = run(OPEN, path).communicate(timeout=60)
        Path(name).chmod(0o755)
    assert problems == ""
    assert "memory.sqlite: " in said
    assert "writable, or name another folder with --home" in said


WORK = """
import sys
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from egiz.translate.memory import Key, Memory, Remembered
from egiz.translate.records import Hypothesis
name = sys.argv[2]
def key(name, number):
    return Key(engine="e", source="kk", target="ru", settings="s", text=f"{name} {number}")
def value(text):
    hypothesis = Hypothesis(text=text * 20, tokens=tuple(text) * 20, logprob=-0.1)
    return Remembered(hypotheses=(hypothesis,), status="ok", flags=(), attempts=())
"""
WRITE = (
    WORK
    + """
with Memory.open(Path(sys.argv[1])) as memory:
    for start in range(0, 2000, 50):
        batch = [key(name, number) for number in range(start, start + 50)]
        shared = [key("all", number) for number in range(start, start + 5)]
        memory.put((item, value(item.text)) for item in batch + shared)
        assert memory.get(batch) == {item: value(item.text) for item in batch}
        assert len(memory.get(shared)) == 5
"""
)
ENDLESS = (
    WORK
    + """
with Memory.open(Path(sys.argv[1])) as memory:
    for start in range(0, 10**9, 50):
        batch = [key(name, number) for number in range(start, start + 50)]
        memory.put((item, value(item.text)) for item in batch)
        print(start + 50, flush=True)
"""
)


def test_four_processes_write_and_read_at_once(path: Path) -> None:
    workers = [run(WRITE, path, name) for name in "abcd"]
    ends = [(*worker.communicate(timeout=240), worker.returncode) for worker in workers]
    assert ends == [("", "", 0)] * 4
    with Memory.open(path) as memory:
        assert memory.stats().entries == 4 * 2000 + 200


def test_what_was_committed_outlives_a_killed_process(path: Path) -> None:
    for name in ("first", "second", "third"):
        worker = run(ENDLESS, path, name)
        assert worker.stdout is not None
        for _ in range(20):
            worker.stdout.readline()
        worker.send_signal(signal.SIGKILL)
        rest, _ = worker.communicate(timeout=60)
        committed = int((rest.split() or ["1000"])[-1])
        assert committed >= 1000
        keys = [
            Key(engine="e", source="kk", target="ru", settings="s", text=f"{name} {number}")
            for number in range(committed)
        ]
        with Memory.open(path) as memory:
            found = memory.get(keys)
            assert list(found) == keys
            assert all(found[key].hypotheses[0].text == key.text * 20 for key in keys)
        with closing(sqlite3.connect(path)) as plain:
            assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_process_that_never_finishes_is_told(path: Path) -> None:
    connection = connect(path)
    connection.execute("PRAGMA busy_timeout = 50")
    with Memory(path, connection) as memory:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TranslationMemoryError, match=r"locked.*Another process"):
            memory.put([(KEY, VALUE)])
        other.execute("ROLLBACK")
        other.close()
        memory.put([(KEY, VALUE)])
        assert memory.get([KEY]) == {KEY: VALUE}


def test_public_names_are_documented() -> None:
    for item in (Key, Remembered, Memory, NoMemory, module.MemoryStats, module.MemoryCount):
        assert item.__doc__


def test_a_file_that_another_process_makes_in_the_middle_of_a_look_is_not_foreign(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(1) as pool:
        others: list[Future[None]] = []

        class Slow(sqlite3.Connection):
            def execute(self, sql: str, *args: object) -> sqlite3.Cursor:
                cursor = super().execute(sql, *args)
                if sql == "PRAGMA user_version" and not others:
                    others.append(pool.submit(lambda: Memory.open(path).close()))
                    wait(others, timeout=0.5)
                return cursor

        plain = sqlite3.connect
        slow = [lambda *args, **options: plain(*args, factory=Slow, **options)]
        monkeypatch.setattr(
            memory_file.sqlite3, "connect", lambda *args, **options: (slow or [plain]).pop()(*args, **options)
        )
        with Memory.open(path):
            others[0].result()
