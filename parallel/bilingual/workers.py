"""Apply a function to many rows in several processes; the results are in the order of the rows."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from typing import Any, TypeVar

from egiz.parallel.publish.interruptions import begin_worker
from egiz.translate.engine.hardware import usable_cores
from egiz.translate.errors import EgizError

Row = TypeVar("Row")
Result = TypeVar("Result")

CHUNK = 256
"""The number of rows that a process gets at a time: some tenths of a second of work."""
MANY_ROWS = 4096
"""From this number of rows on, several processes are faster than one, since starting one takes seconds."""
_AHEAD = 3
"""The number of chunks that are submitted in advance for each process, so that no process has to wait."""

_function: Callable[[Any], Any]
"""In a worker process: the function that it applies to chunks."""


def map_chunks(
    make: Callable[[], Callable[[Sequence[Row]], Result]], rows: Iterable[Row], workers: int = 1
) -> Iterator[tuple[Sequence[Row], Result]]:
    """Apply a function to chunks of at most `CHUNK` rows; yield each chunk with its result, in order.

    `make` creates the function, once in each process; `make`, the rows and the results must be picklable.
    `workers` is the number of processes. With 1, the work is done in this process. With 0, it is done in this
    process if there are fewer than `MANY_ROWS` rows, else in as many processes as there are usable cores. If
    `rows` raises an EgizError, the results of the rows before the error are yielded first; then the error is
    raised. Raises EgizError if a process is lost.
    """
    coming = iter(rows)
    if workers == 0:
        first, failure = _read(coming, MANY_ROWS)
        is_large = failure is None and len(first) == MANY_ROWS
        coming = chain(first, coming) if failure is None else chain(first, _raising(failure))
        workers = usable_cores() if is_large else 1
    if workers == 1:
        function = make()
        for chunk in _chunks(coming):
            yield chunk, function(chunk)
        return
    context = get_context("spawn")  # a fork would copy the locks of an engine's threads
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(make,)) as pool:
        try:
            yield from _in_order(_chunks(coming), pool, _AHEAD * workers)
        except BrokenProcessPool as error:
            raise EgizError(
                "a process was lost (killed, or out of memory)",
                where="--workers",
                action="Run the command again with fewer workers.",
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _in_order(
    chunks: Iterator[list[Row]], pool: ProcessPoolExecutor, ahead: int
) -> Iterator[tuple[list[Row], Any]]:
    """Submit chunks, at most `ahead` at a time, and yield each with its result, in order."""
    waiting: deque[tuple[list[Row], Future[Any]]] = deque()
    failure: BaseException | None = None
    while True:
        try:
            for chunk in islice(chunks, ahead - len(waiting)) if failure is None else ():
                waiting.append((chunk, pool.submit(_apply, chunk)))
        except EgizError as error:
            failure = error
        if not waiting:
            break
        chunk, result = waiting.popleft()
        yield chunk, result.result()
    if failure is not None:
        raise failure


def _read(rows: Iterator[Row], count: int) -> tuple[list[Row], EgizError | None]:
    """Return at most `count` further rows, and the error that ended them early; None if there was no
    error."""
    found: list[Row] = []
    try:
        for row in islice(rows, count):
            found.append(row)
    except EgizError as error:
        return found, error
    return found, None


def _raising(error: EgizError) -> Iterator[Any]:
    raise error
    yield  # makes this a generator


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Yield the rows in chunks.

    If `rows` raises an error, the rows before the error are yielded first, then the error is raised.
    """
    while True:
        chunk, failure = _read(rows, CHUNK)
        if chunk:
            yield chunk
        if failure is not None:
            raise failure
        if len(chunk) < CHUNK:
            return


def _begin(make: Callable[[], Callable[[Any], Any]]) -> None:
    global _function
    begin_worker()
    _function = make()
    gc.freeze()  # garbage collection would spend a tenth of the time on the function's objects


def _apply(chunk: Any) -> Any:
    return _function(chunk)
