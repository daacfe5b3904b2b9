"""The fair queue in front of the engine: sentences of all clients, decoded together in windows.

A *flow* is the sentences of one request or one file. The flow that has waited longest begins a window; then
the other flows that want the same kind of work add sentences of the same size, one each in turn, because only
sentences of like length are decoded in one batch. Each thread of the queue decodes one window at a time, so
that the engine always has a batch for each of its workers. No flow waits for the whole of another one.

Files and long texts are in the background: they fill what a window has left, up to a share, and every fourth
window is theirs. A short request waits for no more than the windows that were begun before it came, and a
file always goes on.

What the engine says of a sentence does not depend on its window (`egiz.translate.engine.ctranslate2`), so an
answer does not depend on who else asked.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from egiz.translate.translator import WINDOW

Work = Callable[[Sequence[Any]], Sequence[Any]]
"""What is done with a window: one result for each item, in order. Equal objects share windows."""

COLLECT = 0.005
"""Seconds that an idle engine waits for more sentences: a few milliseconds, a tenth of what a short sentence
takes, and enough for the requests that clients send at the same moment."""
BACKGROUND = 16
"""Sentences of a window for files alone: a short request that comes meanwhile waits for these."""
_FULL = 8
"""Sentences of one size that make a full batch: the starter model decodes larger batches no faster per
sentence on a CPU (`benchmarks/serving.py --batches`), so more of them are shared among the threads."""
_SHARE = 4
"""Sentences of files in a window that short requests want too."""
_TURN = 4
"""Of so many windows one belongs to files, if there are any."""
_LONG_TEXTS = 4
"""How many times as many sentences of long texts may wait as of short ones: they expect to."""
_MEMORY = 0.8
"""Weight of what was known of the speed, against that of the last window."""


class Busy(Exception):
    """The queue is full; `seconds` is when to come again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests are waiting; try again in {seconds} s")
        self.seconds = seconds


class Stopped(Exception):
    """The server is being stopped, and this was not begun."""


@dataclass(eq=False, slots=True)
class _Flow:
    """The items of one request or file. `left` has the places of those that wait, by size."""

    work: Work
    items: Sequence[Any]
    future: Future[list[Any]]
    is_file: bool
    left: dict[Hashable, deque[int]]
    results: list[Any]
    missing: int

    @property
    def waiting(self) -> int:
        return 0 if self.future.done() else sum(map(len, self.left.values()))

    def first_sizes(self, most: int) -> list[Hashable]:
        """The sizes of its next items, as many as `most`, in their order."""
        places = sorted((place, size) for size, places in self.left.items() for place in islice(places, most))
        return list(dict.fromkeys(size for _, size in places[:most]))


@dataclass(eq=False, slots=True)
class Counts:
    """What the queue has done: windows, sentences, and the seconds that its threads were at work in all."""

    windows: int = 0
    sentences: int = 0
    dropped: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Window:
    work: Work
    sizes: Sequence[Hashable] = ()
    places: list[tuple[_Flow, int]] = field(default_factory=list)


class Queue:
    """Takes flows from any thread; threads of its own do the work. `close` ends them."""

    def __init__(
        self, most: int, *, threads: int = 1, collect: float = COLLECT, window: int = WINDOW
    ) -> None:
        """`most` is the number of waiting sentences above which new requests are refused; `threads` is how
        many windows are decoded at once, `window` how many sentences one holds."""
        self.counts = Counts()
        self._most, self._collect, self._window = most, collect, window
        self._short: deque[_Flow] = deque()
        self._long: deque[_Flow] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._turn = 0
        self._pace = 0.05  # seconds a sentence, until some are done
        self._threads = [
            threading.Thread(target=self._run, name=f"egiz-engine-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        work: Work,
        items: Sequence[Any],
        *,
        sizes: Sequence[Hashable] = (),
        background: bool = False,
    ) -> Future[list[Any]]:
        """Queue items for a kind of work; the future has a result for each, and may be cancelled.

        Items of equal `sizes` share windows; without sizes, all do. Texts of more than a window are in the
        background too. Raises Busy where too many sentences of such requests wait already (never for
        `background`, whose callers bound their own number), Stopped after `stop`.
        """
        future: Future[list[Any]] = Future()
        if not items:
            future.set_result([])
            return future
        left: dict[Hashable, deque[int]] = {}
        for place, size in enumerate(sizes or [None] * len(items)):
            left.setdefault(size, deque()).append(place)
        flow = _Flow(work, items, future, background, left, [None] * len(items), len(items))
        is_long = len(items) > self._window
        with self._changed:
            if self._stopping:
                raise Stopped
            others = self._long if is_long else self._short
            waiting = sum(other.waiting for other in others if not other.is_file)
            if not background and waiting >= self._most * (_LONG_TEXTS if is_long else 1):
                raise Busy(self._seconds(waiting))
            (self._long if background or is_long else self._short).append(flow)
            self._changed.notify_all()
        return future

    @property
    def waiting(self) -> tuple[int, int]:
        """The sentences that wait now: of short requests, and in the background."""
        with self._changed:
            return self._waiting(self._short), self._waiting(self._long)

    def stop(self) -> None:
        """Finish the windows that are being decoded, refuse all else with Stopped."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, and wait for the windows that are being decoded."""
        self.stop()
        for thread in self._threads:
            thread.join()

    @staticmethod
    def _waiting(flows: deque[_Flow]) -> int:
        return sum(flow.waiting for flow in flows)

    def _seconds(self, waiting: int) -> int:
        return min(600, max(1, math.ceil(waiting * self._pace)))

    def _run(self) -> None:
        while (window := self._take()) is not None:
            started = time.perf_counter()
            self._do(window)
            spent = time.perf_counter() - started
            with self._changed:
                self.counts.windows += 1
                self.counts.sentences += len(window.places)
                self.counts.seconds += spent
                pace = spent / len(window.places) / len(self._threads)
                self._pace = _MEMORY * self._pace + (1 - _MEMORY) * pace
        with self._changed:
            left = [*self._short, *self._long]
        for flow in left:
            _fail(flow, Stopped())

    def _take(self) -> _Window | None:
        """Wait for work and choose the next window; None once the queue is stopped."""
        with self._changed:
            while not self._stopping:
                idle = not self._short and not self._long
                while not self._stopping and not self._short and not self._long:
                    self._changed.wait()
                if idle and not self._stopping:
                    self._gather()
                self._drop_done()
                if not self._stopping and (self._short or self._long):
                    return self._chosen()
        return None

    def _gather(self) -> None:
        """Wait a few milliseconds for more, unless a window is full already."""
        until = time.monotonic() + self._collect
        while (left := until - time.monotonic()) > 0 and not self._stopping:
            if self._waiting(self._short) >= self._window:
                return
            self._changed.wait(left)

    def _drop_done(self) -> None:
        """Take out the flows whose clients went away, and those that failed."""
        for flows in (self._short, self._long):
            gone = [flow for flow in flows if flow.future.done()]
            for flow in gone:
                flows.remove(flow)
            self.counts.dropped += sum(flow.future.cancelled() for flow in gone)

    def _chosen(self) -> _Window:
        self._turn += 1
        for_files = bool(self._long) and (not self._short or self._turn % _TURN == 0)
        first = (self._long if for_files else self._short)[0]
        window = _Window(first.work, first.first_sizes(1 if for_files else _FULL))
        if for_files:
            self._fill(window, self._long, BACKGROUND)
        self._fill(window, self._short, self._share(window))
        if not for_files:
            self._fill(window, self._long, min(self._window, len(window.places) + _SHARE))
        return window

    def _share(self, window: _Window) -> int:
        """How many sentences the window may have, so that the other threads have as many."""
        alike = sum(
            len(flow.left.get(size, ()))
            for flow in self._short
            if flow.work == window.work
            for size in window.sizes
        )
        return min(
            self._window,
            max(len(window.places), _FULL * len(window.sizes), math.ceil(alike / len(self._threads))),
        )

    def _fill(self, window: _Window, flows: deque[_Flow], most: int) -> None:
        """Take items of the flows that want this work, one of each in turn, up to `most` in the window."""
        own = deque(flow for flow in flows if flow.work == window.work)
        served: dict[_Flow, None] = {}
        while own and len(window.places) < most:
            flow = own.popleft()
            places = min(
                (places for size in window.sizes if (places := flow.left.get(size))),
                key=lambda places: places[0],
                default=None,
            )
            if places:
                window.places.append((flow, places.popleft()))
                served[flow] = None
                own.append(flow)
        for flow in served:
            flows.remove(flow)  # behind the others, and out of the queue where nothing is left
            if flow.waiting:
                flows.append(flow)

    def _do(self, window: _Window) -> None:
        """Do a window's work; where it fails, each flow's part by itself: only the faulty one fails."""
        places = window.places
        try:
            results = window.work([flow.items[at] for flow, at in places])
            with self._changed:
                for (flow, at), result in zip(places, results, strict=True):
                    _keep(flow, at, result)
        except Exception as error:
            flows = list(dict.fromkeys(flow for flow, _ in places))
            if len(flows) == 1:
                _fail(flows[0], error)
                return
            for own in flows:
                self._do(_Window(window.work, places=[place for place in places if place[0] is own]))


def _keep(flow: _Flow, at: int, result: Any) -> None:
    flow.results[at] = result
    flow.missing -= 1
    if not flow.missing:
        with suppress(InvalidStateError):  # cancelled meanwhile
            flow.future.set_result(flow.results)


def _fail(flow: _Flow, error: BaseException) -> None:
    with suppress(InvalidStateError):
        flow.future.set_exception(error)
