"""Workers that are a dask cluster's, on any number of machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from egiz.parallel.job import Job
from egiz.parallel.shards.plan import Shard
from egiz.parallel.shards.shard import build_shard
from egiz.translate.errors import OptionError

SECONDS = 30
"""How long to wait for the scheduler to answer."""

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
        self.lost: tuple[type[BaseException], ...] = (distributed.KilledWorker,)
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
        return max(_LEAST, 4 * len(self._client.nthreads()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.close()

    def submit(self, shard: Shard, job: Job) -> Any:
        """Have one of them build a shard."""
        return self._client.submit(_work, shard.input, shard.output, job, pure=False)

    def renew(self) -> None:
        """Nothing: the cluster is not ours."""


def _work(input: Path, output: Path, job: Job) -> None:
    from distributed import get_worker

    build_shard(input, output, job.with_threads(get_worker().state.nthreads))
