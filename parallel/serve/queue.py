"""The fair queue in front of the engine: sentences of all clients, decoded together in windows.

A *flow* is the sentences of one request or one file. A window takes sentences from all flows that want the
same kind of work, one from each in turn, so that no flow waits until another one is finished. Files and long
texts are background work: they fill the rest of a window, up to a share, and every fourth window belongs to
them. So a short request waits for at most one window that was begun before it came, and files always make
progress.

A window is divided into parts by sentence length, because the engine decodes only sentences of equal length
in one batch. As many threads as the engine has workers process the parts. All answers of a window are sent
together, so that their clients send the next requests at the same time and share a window again.

The translation of a sentence does not depend on its window (`egiz.translate.engine.ctranslate2`), so an
answer does not depend on other clients.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from egiz.translate.translator import WINDOW

Work = Callable[[Sequence[Any]], Sequence[Any]]
"""Processes items of a window; returns one result for each, in order. Flows with equal objects share
windows."""

COLLECT = 0.005
"""Seconds that an idle engine waits for more sentences: a tenth of the time for a short sentence, and enough
for requests that are sent at the same moment."""
RETURN = 0.05
"""Seconds that the engine waits after the answers of a window for the same clients, most of which send their
next request at once; the wait ends early when as many requests have come as were answered."""
BACKGROUND = 16
"""Sentences of a window that belongs to files: a short request that comes meanwhile waits for these."""
_FULL = 8
"""Sentences that make a full batch: the engine decodes larger ones hardly faster per sentence on a CPU
(`benchmarks/serving.py --batches`), so a part of twice as many is better shared by two threads."""
_START = 2
"""Fixed cost of a batch, in sentences of its length; decides which part is processed first."""
_SHARE = 4
"""Most sentences of files in a window that short requests share."""
_TURN = 4
"""One in so many windows belongs to files, if any wait."""
_LONG_TEXTS = 4
"""Factor by which more sentences of long texts than of short ones may wait, since clients expect it there."""
_MEMORY = 0.8
"""Weight of the earlier estimate of the speed against that of the last window, from 0 to 1."""


class Busy(Exception):
    """The queue is full; `seconds` is the time after which to try again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests are waiting; try again in {seconds} s")
        self.seconds = seconds


class Stopped(Exception):
    """The server is being stopped, and this work was not begun."""


@dataclass(eq=False, slots=True)
class _Flow:
    work: Work
    items: Sequence[Any]
    sizes: Sequence[int]
    future: Future[list[Any]]
    results: list[Any]
    is_file: bool
    next: int = 0
    missing: int = 0

    @property
    def waiting(self) -> int:
        return 0 if self.future.cancelled() else len(self.items) - self.next


@dataclass(eq=False, slots=True)
class Counts:
    """The work done so far: windows, sentences, `dropped` flows (cancelled by their clients), and the
    `seconds` that the engine worked."""

    windows: int = 0
    sentences: int = 0
    dropped: int = 0
    seconds: float = 0.0


_Place = tuple[_Flow, int]
"""A flow, and the index of an item in it."""


@dataclass(slots=True)
class _Window:
    work: Work
    places: list[_Place] = field(default_factory=list)


class Queue:
    """Accepts flows from any thread and processes them in its own threads, which `close` ends."""

    def __init__(
        self,
        most: int,
        *,
        threads: int = 1,
        collect: float = COLLECT,
        back: float = RETURN,
        window: int = WINDOW,
    ) -> None:
        """`most` is the number of waiting sentences above which new requests are refused, `threads` the
        number of parts of a window that are processed at once, `window` the most sentences in a window."""
        self.counts = Counts()
        self._most, self._collect, self._return, self._window = most, collect, back, window
        self._parts, self._pool = threads, ThreadPoolExecutor(threads, thread_name_prefix="egiz-engine")
        self._answered, self._answered_at = 0, -math.inf
        self._short: deque[_Flow] = deque()
        self._long: deque[_Flow] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._turn = 0
        self._pace = 0.05  # seconds per sentence, an assumption until some are measured
        self._thread = threading.Thread(target=self._run, name="egiz-queue", daemon=True)
        self._thread.start()

    def submit(
        self, work: Work, items: Sequence[Any], *, sizes: Sequence[int] = (), background: bool = False
    ) -> Future[list[Any]]:
        """Queue items for a kind of work. The future gives one result for each item, and may be cancelled.

        `sizes` are the padded lengths of the items in tokens; without them all count as equal. A request with
        more items than a window is treated as background work too.

        Raises Busy if too many sentences of such requests wait already (never with `background`, whose
        callers limit their own number), and Stopped after `stop`.
        """
        future: Future[list[Any]] = Future()
        if not items:
            future.set_result([])
            return future
        number = len(items)
        flow = _Flow(work, items, sizes or [1] * number, future, [None] * number, background, missing=number)
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
        """The numbers of waiting sentences: of short requests, and of background work."""
        with self._changed:
            return self._waiting(self._short), self._waiting(self._long)

    def stop(self) -> None:
        """Finish the window that is being decoded; everything else fails with Stopped."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, and wait for the window that is being decoded."""
        self.stop()
        self._thread.join()
        self._pool.shutdown()

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
            self._answered = sum(flow.future.done() for flow in {flow for flow, _ in window.places})
            self._answered_at = time.monotonic()
            self.counts.windows += 1
            self.counts.sentences += len(window.places)
            self.counts.seconds += spent
            self._pace = _MEMORY * self._pace + (1 - _MEMORY) * spent / len(window.places)
        with self._changed:
            left = [*self._short, *self._long]
        for flow in left:
            _fail(flow, Stopped())

    def _take(self) -> _Window | None:
        """Wait for work and choose the next window; None once the queue is stopped."""
        with self._changed:
            while not self._stopping:
                is_idle = not self._short and not self._long
                while not self._stopping and not self._short and not self._long:
                    self._changed.wait()
                self._gather(is_idle)
                self._drop_cancelled()
                if not self._stopping and (self._short or self._long):
                    return self._chosen()
        return None

    def _gather(self, is_idle: bool) -> None:
        """Wait for the clients that were answered last, else `collect` seconds; not at all if files wait."""
        now = time.monotonic()
        until, wanted = self._answered_at + self._return, self._answered
        if now >= until:
            until, wanted = now + self._collect * is_idle, self._window
        while not self._stopping and not self._long and len(self._short) < wanted:
            left = until - time.monotonic()
            if left <= 0 or self._waiting(self._short) >= self._window:
                return
            self._changed.wait(left)

    def _drop_cancelled(self) -> None:
        for flows in (self._short, self._long):
            gone = [flow for flow in flows if flow.future.cancelled()]
            for flow in gone:
                flows.remove(flow)
            self.counts.dropped += len(gone)

    def _chosen(self) -> _Window:
        self._turn += 1
        for_files = bool(self._long) and (not self._short or self._turn % _TURN == 0)
        window = _Window((self._long if for_files else self._short)[0].work)
        if for_files:
            self._fill(window, self._long, BACKGROUND)
        self._fill(window, self._short, self._window)
        if not for_files:
            self._fill(window, self._long, min(self._window, len(window.places) + _SHARE))
        return window

    def _fill(self, window: _Window, flows: deque[_Flow], most: int) -> None:
        """Take items from the flows that want this work, one from each in turn, up to `most` in all."""
        own = [flow for flow in flows if flow.work == window.work]
        served = []
        while len(window.places) < most and (own := [flow for flow in own if flow.waiting]):
            for flow in own[: most - len(window.places)]:
                window.places.append((flow, flow.next))
                flow.next += 1
                served.append(flow)
        for flow in dict.fromkeys(served):
            flows.remove(flow)  # it goes behind the others, or leaves the queue if it has no items left
            if flow.waiting:
                flows.append(flow)

    def _do(self, window: _Window) -> None:
        """Process a window in parts; then give each flow its results, or the error of one of its items."""
        parts = self._divided(window.places)
        results: dict[_Place, Any] = {}
        failed: dict[_Flow, Exception] = {}
        for done, errors in self._pool.map(lambda part: _done(window.work, part), parts):
            results |= done
            failed |= errors
        with self._changed:
            for queue in (self._short, self._long):
                for flow in [flow for flow in queue if flow in failed]:
                    queue.remove(flow)
        for flow, error in failed.items():
            _fail(flow, error)
        for (flow, at), result in results.items():
            if flow not in failed:
                _keep(flow, at, result)

    def _divided(self, places: Sequence[_Place]) -> list[list[_Place]]:
        """The items of a window in parts of one size, the costliest first, shared out among the threads."""
        by_size: dict[int, list[_Place]] = {}
        for flow, at in places:
            by_size.setdefault(flow.sizes[at], []).append((flow, at))
        parts = []
        for size, alike in by_size.items():
            shares = max(1, min(self._parts, len(alike) // _FULL))
            parts += [(size, alike[first::shares]) for first in range(shares)]
        parts.sort(key=lambda part: -part[0] * (len(part[1]) + _START))
        return [alike for _, alike in parts]


def _done(work: Work, part: Sequence[_Place]) -> tuple[dict[_Place, Any], dict[_Flow, Exception]]:
    """The results of a part of a window, and the errors of flows. If the work fails, the items of each flow
    are processed separately, so that only the flow with the faulty item fails."""
    try:
        results = work([flow.items[at] for flow, at in part])
        return dict(zip(part, results, strict=True)), {}
    except Exception as error:
        flows = list(dict.fromkeys(flow for flow, _ in part))
        if len(flows) == 1:
            return {}, {flows[0]: error}
    done: dict[_Place, Any] = {}
    failed: dict[_Flow, Exception] = {}
    for own in flows:
        results_of_one, errors = _done(work, [place for place in part if place[0] is own])
        done |= results_of_one
        failed |= errors
    return done, failed


def _keep(flow: _Flow, at: int, result: Any) -> None:
    flow.results[at] = result
    flow.missing -= 1
    if not flow.missing:
        with suppress(InvalidStateError):  # cancelled meanwhile
            flow.future.set_result(flow.results)


def _fail(flow: _Flow, error: BaseException) -> None:
    with suppress(InvalidStateError):
        flow.future.set_exception(error)
