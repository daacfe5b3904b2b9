"""Workers that are a dask cluster's, on any number of machines."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Self

from egiz.parallel.job import Job
from egiz.parallel.shards.plan import Shard
from egiz.parallel.shards.run import Result
from egiz.parallel.shards.shard import build_shard
from egiz.translate.errors import EgizError, OptionError

_SECONDS = 30
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

    def __init__(self, address: str) -> None:
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
            self._client = client(address, timeout=_SECONDS, set_as_default=False)
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
        future = self._client.submit(_work, shard.input, shard.output, job.absolute(), pure=False)
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


def _work(input: Path, output: Path, job: Job) -> None:
    from distributed import get_worker

    build_shard(input, output, job.with_threads(get_worker().state.nthreads))
