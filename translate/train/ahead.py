"""Batches made ahead by other processes, where one process cannot feed the device that learns."""

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
_AHEAD = 64
_maker: ExampleMaker | None = None  # of a worker process, which is a fork of the one that has the rows


@contextmanager
def map_in_workers(maker: ExampleMaker, workers: int) -> Iterator[MapParts]:
    """What makes parts in `workers` processes, which are forks of this one: begin before torch is at work.

    With no workers they are made here, when they are asked for.
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
    """Begin a worker: it ends when it is told to, without a word, and leaves Ctrl-C to its parent."""
    global _maker
    _maker = maker
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _make(job: EpochPart) -> list[Example]:
    assert _maker is not None
    return _maker(job)


def ahead(batches: Iterator[T]) -> Iterator[T]:
    """Ask for batches in a thread, so that the next ones are there in time; its errors are raised here."""
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
