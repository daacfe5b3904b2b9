"""Workers that build shards: processes of this machine or a dask cluster; lost ones are replaced."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from ctypes import c_bool
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any, Protocol, Self

from egiz.parallel.build.job import Job
from egiz.parallel.build.shard import Shard, build_shard
from egiz.parallel.publish.interruptions import begin_worker, put_off
from egiz.translate.engine.hardware import usable_cores
from egiz.translate.errors import EgizError, OptionError

_GO_ON = "Then run the same command again to go on."

_LOSSES = 3
"""The number of workers that may be lost in a row before the build ends with an error. The cause is then
probably the shard on which they all worked."""


class Result(Protocol):
    """The pending result of a shard."""

    def result(self) -> object:
        """Wait until the shard is built.

        If building it fails, the error of the worker is raised. If the worker is lost, one of the exceptions
        in `Workers.lost` is raised.
        """
        ...


class Workers(Protocol):
    """A group of workers that builds shards: processes of this machine, or a cluster."""

    @property
    def ahead(self) -> int:
        """The number of shards to keep submitted so that no worker is idle."""
        ...

    @property
    def lost(self) -> tuple[type[BaseException], ...]:
        """The exceptions which mean that a worker was lost; `Result.result`, `submit` and `ahead` may raise
        them."""
        ...

    def submit(self, shard: Shard, job: Job) -> Result:
        """Start building a shard."""
        ...

    def renew(self) -> None:
        """Replace the lost workers. The caller must submit all pending shards again."""
        ...


def run(shards: Iterable[Shard], job: Job, workers: Workers) -> Iterator[Shard]:
    """Build the shards, and yield each in order when it is done.

    The next shard is taken from `shards` when a worker becomes free, so `shards` may be a generator that
    writes the files of later shards while earlier shards are built. If a worker is lost, at any moment, all
    unfinished shards are submitted again. Raises EgizError if `_LOSSES` workers are lost in a row, or if a
    shard cannot be built.
    """
    coming = iter(shards)
    waiting: deque[Shard] = deque()
    results: deque[Result] = deque()
    """The pending results of the first shards in `waiting`; if a worker is lost, all of them are invalid."""
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
                    action="Run the command again with fewer workers to go on, or use a smaller model.",
                ) from error
            results.clear()
            workers.renew()
            continue
        losses = 0
        results.popleft()
        yield waiting.popleft()


def _submit(waiting: Sequence[Shard], results: deque[Result], job: Job, workers: Workers) -> None:
    """Submit the waiting shards that have no pending result."""
    while len(results) < len(waiting):
        results.append(workers.submit(waiting[len(results)], job))


_CONTEXT = get_context("spawn")
"""Worker processes are started afresh, not forked, because the threads of an engine do not survive a fork."""

_stop: c_bool
"""Exists in a worker process: the parent process sets it, in shared memory, to tell the worker to stop. It
has no lock, because a worker that is killed while it holds a lock would never release it."""


class Processes:
    """`count` processes, each with its own model; a context manager.

    If the job sets no number of engine threads, each process gets an equal part of the cores. If the block is
    left by an exception, the processes stop after their current batch of sentences.
    """

    lost = (BrokenProcessPool,)

    def __init__(self, count: int) -> None:
        self._count = count
        self._threads = max(1, usable_cores() // count)
        self._stop = _CONTEXT.RawValue(c_bool, False)
        self._pool = self._made()

    @property
    def ahead(self) -> int:
        """The number of shards to keep submitted: two for each process, the current shard and the next
        one."""
        return 2 * self._count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        if kind is not None:
            self._stop.value = True
        self._pool.shutdown(cancel_futures=True)

    def submit(self, shard: Shard, job: Job) -> Future[None]:
        """Start building a shard in one of the processes.

        The first calls start the processes. Interruptions are delayed meanwhile, because a process that is
        only half started would never end.
        """
        with put_off():
            before = active_children()
            try:
                return self._pool.submit(_work, shard.input, shard.output, job.with_threads(self._threads))
            except OSError as error:  # a process died at its start, and the pool does not notice
                for process in active_children():
                    if process not in before:
                        process.terminate()
                raise BrokenProcessPool(str(error)) from error

    def renew(self) -> None:
        """Start a new pool of processes, because a pool that loses one of its processes ends all of them."""
        self._pool.shutdown(cancel_futures=True)
        self._pool = self._made()

    def _made(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._count, mp_context=_CONTEXT, initializer=_begin, initargs=(self._stop,)
        )


def _begin(stop: c_bool) -> None:
    """Initialise a worker process: keep `stop`, the flag that the parent process sets, and call
    `begin_worker`."""
    global _stop
    _stop = stop
    begin_worker()


def _work(input: Path, output: Path, job: Job) -> None:
    build_shard(input, output, job, stopped=lambda: _stop.value)


SCHEDULER_SECONDS = 30
"""Seconds to wait for the answer of the scheduler."""

_PATIENCE = 300
"""Seconds between two counts of the workers. After two counts of zero in a row, an error is raised."""


_LEAST = 8
"""The least number of shards to keep submitted, because workers may join later."""


class Cluster:
    """The workers of the dask scheduler at an address (``tcp://host:8786``); a context manager.

    Each worker loads its own model and works on one shard at a time. If the job sets no number of engine
    threads, each worker uses as many threads as dask gives it. When a worker is lost, dask gives its shards
    to other workers. All workers must have the same version of Egiz, and see the output folder under the same
    path.

    Raises OptionError if dask is not installed, or if no scheduler answers.
    """

    def __init__(self, address: str, *, seconds: float = SCHEDULER_SECONDS) -> None:
        """`seconds` is how long to wait for the scheduler's answer."""
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
            client: Any = distributed.Client  # its type hints do not have these arguments
            self._client = client(address, timeout=seconds, set_as_default=False)
        except (OSError, ValueError) as error:
            raise OptionError(
                f"no dask scheduler answers ({error})",
                where=where,
                expected="an address such as tcp://host:8786",
            ) from error

    @property
    def ahead(self) -> int:
        """The number of shards to keep submitted: four for each worker, because sending a shard to a worker
        takes time, but not fewer than `_LEAST`."""
        return max(_LEAST, 4 * _worker_count(self._client, self._where))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.close()

    def submit(self, shard: Shard, job: Job) -> Result:
        """Start building a shard on the cluster."""
        future = self._client.submit(_cluster_work, shard.input, shard.output, job, pure=False)
        return _ClusterResult(self._client, future, self._where)

    def renew(self) -> None:
        """Do nothing: the cluster replaces its own workers. Raises EgizError if the scheduler is gone."""
        if self._client.status != "running":
            raise _scheduler_gone(self._where)


class _ClusterResult:
    """The pending result of a shard on a cluster."""

    def __init__(self, client: Any, future: Any, where: str) -> None:
        self._client, self._future, self._where = client, future, where

    def result(self) -> object:
        """Wait until the shard is built. Raises EgizError if the cluster has had no worker for `_PATIENCE`
        seconds."""
        empty = False
        while True:
            try:
                return self._future.result(timeout=_PATIENCE)
            except TimeoutError as error:
                if self._future.status == "error":  # raised by the worker itself
                    raise
                was_empty, empty = empty, not _worker_count(self._client, self._where)
                if was_empty and empty:
                    raise EgizError(
                        f"the cluster has had no worker for {_PATIENCE // 60} minutes",
                        where=self._where,
                        action=f"Start workers. {_GO_ON}",
                    ) from error


def _worker_count(client: Any, where: str) -> int:
    """Return the present number of workers. Raises EgizError if the scheduler does not answer."""
    try:
        return len(client.nthreads())
    except (OSError, TimeoutError, ValueError) as error:
        raise _scheduler_gone(where) from error


def _scheduler_gone(where: str) -> EgizError:
    """Return the error for a scheduler that no longer answers. Also silences dask's log, which would print
    tracebacks."""
    for name in logging.root.manager.loggerDict:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)
    return EgizError("the dask scheduler went away", where=where, action=f"Start it again. {_GO_ON}")


def _cluster_work(input: Path, output: Path, job: Job) -> None:
    from distributed import get_worker

    build_shard(input, output, job.with_threads(get_worker().state.nthreads))
