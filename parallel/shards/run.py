"""Having shards built by workers, and getting them back in order, whichever workers are lost on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from egiz.parallel.job import Job
from egiz.parallel.shards.plan import Shard
from egiz.translate.errors import EgizError

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
