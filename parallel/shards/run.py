"""Having shards built by workers, and getting them back in order, whichever workers are lost on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
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
        """What a result raises where the worker was lost."""
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
    given to others. Raises EgizError where a shard is given up, or cannot be built.
    """
    coming = iter(shards)
    waiting: deque[tuple[Shard, Result]] = deque()
    losses = 0
    while True:
        while len(waiting) < workers.ahead and (shard := next(coming, None)):
            waiting.append((shard, workers.submit(shard, job)))
        if not waiting:
            return
        shard, result = waiting[0]
        try:
            result.result()
        except workers.lost as error:
            losses += 1
            if losses >= _LOSSES:
                raise EgizError(
                    f"a worker was lost {losses} times over the shard (killed, or out of memory)",
                    where=str(shard.input),
                    action="Use fewer workers, or a smaller model. The same command goes on from there.",
                ) from error
            workers.renew()
            waiting = deque((item, workers.submit(item, job)) for item, _ in waiting)
            continue
        losses = 0
        waiting.popleft()
        yield shard
