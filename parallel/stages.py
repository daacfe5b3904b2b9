"""Where the time of a run goes, stage by stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


class Stages:
    """Seconds of each stage, by the clock on the wall. While one inside another runs, the outer one's stands.

    So the seconds of all stages add up to no more than those of the run, whichever way generators hand rows
    to each other.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """`clock` gives seconds that never go back."""
        self._clock = clock
        self._seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0

    @property
    def seconds(self) -> dict[str, float]:
        """The seconds of each stage that has been entered, in the order in which they first were."""
        return dict(self._seconds)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time until the end of the block for this stage."""
        self._turn(name)
        try:
            yield
        finally:
            self._turn(None)

    def over(self, name: str, items: Iterable[Item]) -> Iterator[Item]:
        """The same items; the time that it takes to make each counts for this stage."""
        iterator = iter(items)
        while True:
            with self.stage(name):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    def _turn(self, name: str | None) -> None:
        """Settle the clock of the stage that runs, then begin `name`, or go back to the one around it."""
        now = self._clock()
        if self._running:
            self._seconds[self._running[-1]] += now - self._since
        self._since = now
        if name is None:
            self._running.pop()
        else:
            self._seconds.setdefault(name, 0.0)
            self._running.append(name)
