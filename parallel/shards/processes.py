"""Workers that are processes of this machine."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from ctypes import c_bool
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Self

from egiz.parallel.interruptions import put_off
from egiz.parallel.job import Job
from egiz.parallel.shards.plan import Shard
from egiz.parallel.shards.shard import build_shard
from egiz.translate.cores import usable_cores

_CONTEXT = get_context("spawn")
"""New processes, not copies of this one: an engine's threads do not survive a fork."""

_stop: c_bool
"""Known to a worker from its start: whether its work is to end. It lies in memory that all share, without a
lock, which a worker that is killed would hold for ever."""


class Processes:
    """So many processes, each with a model of its own; a context manager.

    They share the cores: where the job does not say how many threads an engine may have, each has an equal
    part. Leaving the block by an exception has them stop at the end of the window that they are at.
    """

    lost = (BrokenProcessPool,)

    def __init__(self, count: int) -> None:
        self._count = count
        self._threads = max(1, usable_cores() // count)
        self._stop = _CONTEXT.RawValue(c_bool, False)
        self._pool = self._made()

    @property
    def ahead(self) -> int:
        """Two for each worker: one to work at, one to go on with."""
        return 2 * self._count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        if kind is not None:
            self._stop.value = True
        self._pool.shutdown(cancel_futures=True)

    def submit(self, shard: Shard, job: Job) -> Future[None]:
        """Have one of them build a shard.

        Processes are started here, and one that is half started would never end.
        """
        with put_off():
            before = active_children()
            try:
                return self._pool.submit(_work, shard.input, shard.output, job.with_threads(self._threads))
            except OSError as error:  # one died while it was told what to do, so the pool knows no end
                for process in active_children():
                    if process not in before:
                        process.terminate()
                raise BrokenProcessPool(str(error)) from error

    def renew(self) -> None:
        """Start as many again: when one is lost, the pool ends the others."""
        self._pool.shutdown(cancel_futures=True)
        self._pool = self._made()

    def _made(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._count, mp_context=_CONTEXT, initializer=_begin, initargs=(self._stop,)
        )


def _begin(stop: c_bool) -> None:
    """Leave interruptions to the first process, and do not outlive it."""
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None  # this is a worker
    wait([parent.sentinel])
    os._exit(1)


def _work(input: Path, output: Path, job: Job) -> None:
    build_shard(input, output, job, stopped=lambda: _stop.value)
