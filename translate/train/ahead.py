"""Prepare batches in worker processes, for devices that train faster than one process prepares."""

from __future__ import annotations

import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from egiz.translate.train.batches import EpochPart, Example, ExampleMaker, MapParts

T = TypeVar("T")
_AHEAD = 64  # batches
_maker: ExampleMaker | None = None  # set in worker processes, forks of the process that has the rows


@contextmanager
def map_in_workers(maker: ExampleMaker, workers: int) -> Iterator[MapParts]:
    """Yield a `map` that makes parts of an epoch in `workers` processes, in order.

    The processes are forks of this one, so enter the block before torch does any work. Without workers, the
    built-in `map` is yielded.
    """
    if not workers:
        yield map
        return
    with multiprocessing.get_context("fork").Pool(workers, _take, (maker,)) as pool:

        def each(
            _: Callable[[EpochPart], list[Example]], jobs: Iterable[EpochPart]
        ) -> Iterable[list[Example]]:
            return pool.imap(_make, jobs)

        yield each


def _take(maker: ExampleMaker) -> None:
    """Initialise a worker: it exits silently when it is terminated, and ignores Ctrl-C."""
    global _maker
    _maker = maker
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _make(job: EpochPart) -> list[Example]:
    assert _maker is not None
    return _maker(job)


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
