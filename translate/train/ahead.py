"""Work in worker processes and ahead of need, for devices that are faster than one process feeds them."""

from __future__ import annotations

import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
_AHEAD = 64  # batches
_function: Callable[[Any], Any] | None = None  # set in worker processes


@contextmanager
def map_in_workers(
    function: Callable[[Any], T], workers: int
) -> Iterator[Callable[[Iterable[Any]], Iterable[T]]]:
    """Yield what maps `function` over jobs in `workers` processes; results are in order.

    The processes are forks of this one, with all that `function` holds, so enter the block before torch does
    any work. Without workers, this process does it.
    """
    if not workers:
        yield partial(map, function)
        return
    with multiprocessing.get_context("fork").Pool(workers, _take, (function,)) as pool:
        yield partial(pool.imap, _apply)


def _take(function: Callable[[Any], Any]) -> None:
    """Initialise a worker: it exits silently when it is terminated, and ignores Ctrl-C."""
    global _function
    _function = function
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _apply(job: Any) -> Any:
    assert _function is not None
    return _function(job)


def ahead(batches: Iterator[T]) -> Iterator[T]:
    """Yield the batches, which a thread takes from the iterator in advance; its errors are raised here."""
    waiting: queue.Queue[T | BaseException] = queue.Queue(_AHEAD)

    def fill() -> None:
        try:
            for batch in batches:
                waiting.put(batch)
        except BaseException as error:
            waiting.put(error)

    threading.Thread(target=fill, daemon=True).start()
    while True:
        found = waiting.get()
        if isinstance(found, BaseException):
            raise found
        yield found
