"""Workers that build shards: processes of this machine or a dask cluster, and what replaces lost ones."""

from __future__ import annotations

import logging
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from ctypes import c_bool
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any, Protocol, Self

from egiz.parallel.build.job import Job
from egiz.parallel.build.shard import Shard, build_shard
from egiz.parallel.publish.interruptions import put_off
from egiz.translate.engine.cores import usable_cores
from egiz.translate.errors import EgizError, OptionError

_LOSSES = 3
"""Times that workers may be lost over one shard: after that it is the shard that kills them."""


class Result(Protocol):
    """The end of a shard that will come."""

    def result(self) -> object:
        """Wait for it; raises what the worker raised, or what says that it was lost."""
        ...


class Workers(Protocol):
    """What builds shards: processes of this machine, or a cluster."""

    @property
    def ahead(self) -> int:
        """Shards that should wait, so that no worker has to."""
        ...

    @property
    def lost(self) -> tuple[type[BaseException], ...]:
        """What is raised where a worker was lost: by a result, by `submit`, by `ahead`."""
        ...

    def submit(self, shard: Shard, job: Job) -> Result:
        """Have a shard built."""
        ...

    def renew(self) -> None:
        """Make workers anew where they were lost; results that have not come never will."""
        ...


def run(shards: Iterable[Shard], job: Job, workers: Workers) -> Iterator[Shard]:
    """Give the shards in order, each when it is built.

    They are taken as workers come free, so their files may be written meanwhile. A lost worker's shards are
    given to others, whenever it was lost: while shards are cut, while one is put with the others, or while
    work is given out. Raises EgizError where a shard is given up, or cannot be built.
    """
    coming = iter(shards)
    waiting: deque[Shard] = deque()
    results: deque[Result] = deque()
    """Of the first of those that wait; a lost worker takes all of them with it."""
    losses = 0
    while True:
        try:
            while len(waiting) < workers.ahead and (shard := next(coming, None)):
                waiting.append(shard)
                _submit(waiting, results, job, workers)
            if not waiting:
                return
            _submit(waiting, results, job, workers)
            results[0].result()
        except workers.lost as error:
            losses += 1
            if losses >= _LOSSES:
                raise EgizError(
                    f"a worker was lost {losses} times over the shard (killed, or out of memory)",
                    where=str(waiting[0].input) if waiting else "",
                    action="Use fewer workers, or a smaller model. The same command goes on from there.",
                ) from error
            results.clear()
            workers.renew()
            continue
        losses = 0
        results.popleft()
        yield waiting.popleft()


def _submit(waiting: Sequence[Shard], results: deque[Result], job: Job, workers: Workers) -> None:
    """Have those built that nobody is at work at."""
    while len(results) < len(waiting):
        results.append(workers.submit(waiting[len(results)], job))


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


SECONDS = 30
"""How long to wait for the scheduler to answer."""

_PATIENCE = 300
"""Seconds without any worker, seen twice in a row, after which none is waited for."""

_GOES_ON = "The same command goes on from there."

_LEAST = 8
"""Shards that wait at least: workers may join while the work goes on."""


class Cluster:
    """The workers of the dask scheduler at an address (``tcp://host:8786``); a context manager.

    Each loads a model of its own and works on one shard at a time, with as many threads as dask gives it,
    where the job does not say how many. dask itself gives the shards of a lost worker to others. Workers
    must have the same Egiz installed, and see the output folder under the same path.

    Raises OptionError where dask is not installed, or nothing answers there.
    """

    def __init__(self, address: str, *, seconds: float = SECONDS) -> None:
        """`seconds` is how long the scheduler may take to answer."""
        where = f"--scheduler {address}"
        try:
            import distributed
        except ImportError as error:
            raise OptionError(
                "dask is not installed", where=where, action='pip install "egiz[cluster]"'
            ) from error
        self._where = where
        self.lost: tuple[type[BaseException], ...] = (
            distributed.KilledWorker,
            distributed.CancelledError,
            distributed.client.ClosedClientError,
            distributed.comm.core.CommClosedError,
        )
        try:
            client: Any = distributed.Client  # its types do not say what it takes
            self._client = client(address, timeout=seconds, set_as_default=False)
        except (OSError, ValueError) as error:
            raise OptionError(
                f"no dask scheduler answers ({error})",
                where=where,
                expected="an address such as tcp://host:8786",
            ) from error

    @property
    def ahead(self) -> int:
        """Four for each worker: word of the next one has to travel."""
        return max(_LEAST, 4 * _count(self._client, self._where))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.close()

    def submit(self, shard: Shard, job: Job) -> Result:
        """Have one of them build a shard."""
        future = self._client.submit(_cluster_work, shard.input, shard.output, job, pure=False)
        return _Coming(self._client, future, self._where)

    def renew(self) -> None:
        """Nothing where the scheduler is there: the cluster is not ours. Raises EgizError where it is not."""
        if self._client.status != "running":
            raise _gone(self._where)


class _Coming:
    """The end of a shard that will come, while there are workers."""

    def __init__(self, client: Any, future: Any, where: str) -> None:
        self._client, self._future, self._where = client, future, where

    def result(self) -> object:
        """Wait for it. Raises EgizError where no worker has been there for so long that none may come."""
        empty = False
        while True:
            try:
                return self._future.result(timeout=_PATIENCE)
            except TimeoutError as error:
                if self._future.status == "error":  # the worker's own
                    raise
                was_empty, empty = empty, not _count(self._client, self._where)
                if was_empty and empty:
                    raise EgizError(
                        f"the cluster has had no worker for {_PATIENCE // 60} minutes",
                        where=self._where,
                        action=f"Start workers. {_GOES_ON}",
                    ) from error


def _count(client: Any, where: str) -> int:
    """The workers that are there now. Raises EgizError where the scheduler does not say."""
    try:
        return len(client.nthreads())
    except (OSError, TimeoutError, ValueError) as error:
        raise _gone(where) from error


def _gone(where: str) -> EgizError:
    """The error for a scheduler that is gone. dask itself would add nothing to it but tracebacks."""
    for name in logging.root.manager.loggerDict:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)
    return EgizError("the dask scheduler went away", where=where, action=f"Start it again. {_GOES_ON}")


def _cluster_work(input: Path, output: Path, job: Job) -> None:
    from distributed import get_worker

    build_shard(input, output, job.with_threads(get_worker().state.nthreads))
