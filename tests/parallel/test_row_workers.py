"""Rows divided among processes: all results in order, the same with any number, and errors in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from egiz.parallel.bilingual.workers import CHUNK, MANY_ROWS, map_chunks
from egiz.translate.errors import InputError
from tests.parallel.commandline import egiz

BASE = "id\tkk\tru\tru.forbidden\ncourt\tсот\tсуд\tтрибунал\nland\tжер\tземля\t\n"
PAIRS = (("Сот шешімі", "Решение трибунала"), ("Жер туралы", "О почве"), ("Сот жері", "Земля суда"))


def total(start: int) -> Callable[[Sequence[int]], int]:
    """Make what adds up a chunk, from `start`."""
    return partial(sum, start=start)


def rows(count: int, fails: bool = False) -> Iterator[int]:
    yield from range(count)
    if fails:
        raise InputError("is cut off", where="x.tsv:9")


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, 2 * CHUNK, 2 * CHUNK + 1])
@pytest.mark.parametrize("workers", [0, 1])
def test_all_rows_come_once_and_in_order(count: int, workers: int) -> None:
    found = list(map_chunks(partial(total, 7), rows(count), workers))
    assert [row for chunk, _ in found for row in chunk] == list(range(count))
    assert [result for _, result in found] == [sum(chunk, 7) for chunk, _ in found]
    assert all(0 < len(chunk) <= CHUNK for chunk, _ in found)


@pytest.mark.parametrize("workers", [0, 1])
def test_an_error_comes_after_the_rows_before_it(workers: int) -> None:
    seen: list[int] = []
    chunks = map_chunks(partial(total, 0), rows(CHUNK + 5, fails=True), workers)
    for _ in range(2):
        seen += next(chunks)[0]
    with pytest.raises(InputError, match="cut off"):
        next(chunks)
    assert seen == list(range(CHUNK + 5))


def test_processes_give_what_one_gives(tmp_path: Path) -> None:
    (tmp_path / "base.tsv").write_text(BASE, encoding="utf-8")
    lines = [f"{source} {number}.\t{target} {number}." for number in range(200) for source, target in PAIRS]
    (tmp_path / "rows.tsv").write_text("\n".join(["kk\tru", *lines, ""]), encoding="utf-8")
    place = str(tmp_path / "rows.tsv")
    check = ("terms", "check", place, "--terms", str(tmp_path / "base.tsv"), "--format", "json", "-f", "kk")
    score = ("score", place, "--effort", "fast", "--from", "kk", "--quiet")
    assert len(lines) > 2 * CHUNK
    for command in (check, score):
        one, two = (egiz(tmp_path, *command, "--workers", count) for count in ("1", "2"))
        assert one.returncode == two.returncode == 0, two.stderr.decode()
        assert one.stdout == two.stdout
        assert one.stdout.decode().count("трибунал") >= 200
    written = {}
    for count in ("1", "2"):
        out, rejects = tmp_path / f"{count}.tsv", tmp_path / f"{count}.rejects"
        options = (
            "--clean",
            "--dedupe",
            "exact",
            "--characters",
            "15-",
            "--from",
            "kk",
            "--reject",
            rejects,
            "--workers",
            count,
        )
        done = egiz(tmp_path, "export", place, *options, "-o", out)
        assert done.returncode == 0, done.stderr.decode()
        written[count] = (out.read_bytes(), rejects.read_bytes())
    assert written["1"] == written["2"]
    assert all(len(text.splitlines()) > 1 for text in written["1"])


def test_only_scoring_without_a_model_takes_several_processes(tmp_path: Path) -> None:
    (tmp_path / "rows.tsv").write_text("kk\tru\nСот\tСуд\n", encoding="utf-8")
    done = egiz(tmp_path, "score", tmp_path / "rows.tsv", "--effort", "normal", "--workers", "2")
    assert done.returncode == 2
    assert b"--effort fast" in done.stderr


def test_few_rows_stay_in_this_process() -> None:
    # a local function could not be sent to another process
    assert [result for _, result in map_chunks(lambda: sum, range(3), 0)] == [3]
    assert MANY_ROWS > CHUNK
