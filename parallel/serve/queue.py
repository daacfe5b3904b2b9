"""The fair queue in front of the engine: sentences of all clients, decoded together in batches.

A *flow* is all sentences of one request or one file. Each worker thread takes the next batch as soon as it is
free, and delivers the results of a batch as soon as it is done. So no worker waits for another worker, for a
sentence that needs retries, or for a client's next request.

A batch has sentences of one padded length, because the engine decodes only such sentences together. It begins
with the first waiting sentence of the flow whose turn it is. Sentences of the same length and `Work` join it,
one from each flow in turn, so that no flow has to wait until another one is finished. Files and long texts
are background work: a few of their sentences join the batches of short requests, and every fourth batch
belongs to them. So a short request need not wait until a file is finished, and files always make progress.

The translation of a sentence does not depend on its batch (`egiz.translate.engine.ctranslate2`), so an answer
does not depend on other clients.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from egiz.translate.translator import WINDOW

Work = Callable[[Sequence[Any]], Sequence[Any]]
"""Processes the items of a batch; returns one result for each, in order. Flows share batches if their `Work`
objects are equal.
"""

COLLECT = 0.005
"""Seconds that an idle engine waits for more sentences. This is a tenth of the time that a short sentence
takes, and long enough for requests that are sent at the same moment.
"""
BATCH = 8
"""The most sentences in a batch. On a CPU, larger batches do not take less time per sentence, because the
states of their sentences do not fit into the CPU's caches (`benchmarks/serving.py --batches`).
"""
LEAST = 4
"""If threads are idle, batches are made smaller so that each thread gets work, but not smaller than this:
half of such a batch would hardly be faster.
"""
_SHARE = 4
"""The most sentences of files and long texts that join a batch of short requests."""
_TURN = 4
"""If files or long texts wait, one batch in this many is for them."""
_LONG_TEXTS = 4
"""The limit of waiting sentences is this many times higher for requests with long texts, because their
clients expect to wait.
"""
_MEMORY = 0.9
"""Weight of the earlier estimate, from 0 to 1, when the estimated speed is updated after a batch. The speed
of this batch has the rest of the weight.
"""


class Busy(Exception):
    """The queue is full. The client should try again after `seconds` seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests are waiting; try again in {seconds} s")
        self.seconds = seconds


class Stopped(Exception):
    """The server is stopping, and this work will not be done."""


@dataclass(eq=False, slots=True)
class _Flow:
    """The sentences of a request or a file.

    `left` are the indices of the sentences that wait; `missing` is the number of sentences without a result.
    """

    work: Work
    items: Sequence[Any]
    sizes: Sequence[int]
    future: Future[list[Any]]
    results: list[Any]
    is_file: bool
    left: list[int]
    missing: int

    @property
    def waiting(self) -> int:
        return 0 if self.future.done() else len(self.left)

    def take(self, size: int) -> int | None:
        """Remove the first waiting sentence of this size from `left`, and return its index. If no waiting
        sentence has this size, return None.
        """
        at = next((at for at in self.left if self.sizes[at] == size), None)
        if at is not None:
            self.left.remove(at)
        return at


@dataclass(eq=False, slots=True)
class Counts:
    """The work done so far: the numbers of batches, of sentences and of flows that clients cancelled
    (`dropped`), and the sum of the working times of all threads (`seconds`).
    """

    batches: int = 0
    sentences: int = 0
    dropped: int = 0
    seconds: float = 0.0


_Place = tuple[_Flow, int]
"""A flow, and the index of one of its sentences."""


class Queue:
    """Accepts flows from any thread, and processes them in its own threads. The threads end when `close` is
    called.
    """

    def __init__(
        self,
        most: int,
        *,
        threads: int = 1,
        collect: float = COLLECT,
        batch: int = BATCH,
        window: int = WINDOW,
    ) -> None:
        """If `most` sentences wait, new requests are refused. `threads` is the number of batches that are
        processed at once, `batch` the most sentences in a batch. A request of more than `window` sentences
        counts as a long text, which is background work.
        """
        self.counts = Counts()
        self._most, self._collect, self._batch, self._window = most, collect, batch, window
        self._short: deque[_Flow] = deque()
        self._long: deque[_Flow] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._turn = self._at_work = 0
        self._pace = 0.05  # seconds per sentence, an assumption until some are measured
        self._threads = [
            threading.Thread(target=self._run, name=f"egiz-engine-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self, work: Work, items: Sequence[Any], *, sizes: Sequence[int] = (), background: bool = False
    ) -> Future[list[Any]]:
        """Queue items to be processed by `work`. The future returns one result for each item, in order; the
        caller may cancel it.

        `sizes` are the padded lengths of the items in tokens. Without `sizes`, all items count as equally
        long.

        A request is either short or a long text, and each kind has its own limit of waiting sentences. Raises
        Busy if the limit for this kind is reached. With `background` there is no limit, because callers with
        background work limit their own number. Raises Stopped after `stop`.
        """
        future: Future[list[Any]] = Future()
        if not items:
            future.set_result([])
            return future
        number = len(items)
        is_long = number > self._window
        flow = _Flow(
            work=work,
            items=items,
            sizes=sizes or [1] * number,
            future=future,
            results=[None] * number,
            is_file=background,
            left=list(range(number)),
            missing=number,
        )
        with self._changed:
            if self._stopping:
                raise Stopped
            others = self._long if is_long else self._short
            waiting = sum(other.waiting for other in others if not other.is_file)
            if not background and waiting >= self._most * (_LONG_TEXTS if is_long else 1):
                raise Busy(min(600, max(1, math.ceil(waiting * self._pace))))
            (self._long if background or is_long else self._short).append(flow)
            self._changed.notify_all()
        return future

    @property
    def waiting(self) -> tuple[int, int]:
        """The numbers of waiting sentences: of short requests, and of background work."""
        with self._changed:
            return _waiting(self._short), _waiting(self._long)

    def stop(self) -> None:
        """Finish the batches that are being decoded; all other work fails with Stopped."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, and wait for the batches that are being decoded."""
        self.stop()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while batch := self._take():
            started = time.perf_counter()
            results, failed = _done(batch[0][0].work, batch)
            spent = time.perf_counter() - started
            with self._changed:
                self._at_work -= 1
                for queue in (self._short, self._long):
                    for flow in [flow for flow in queue if flow in failed]:
                        queue.remove(flow)
                ended = [flow for (flow, at), result in results.items() if _keep(flow, at, result)]
                self.counts.batches += 1
                self.counts.sentences += len(batch)
                self.counts.seconds += spent
                pace = spent / len(batch) / len(self._threads)
                self._pace = _MEMORY * self._pace + (1 - _MEMORY) * pace
            for flow, error in failed.items():
                _fail(flow, error)
            for flow in ended:
                with suppress(InvalidStateError):  # cancelled, or failed in another batch
                    flow.future.set_result(flow.results)
        with self._changed:
            left = [*self._short, *self._long]
        for flow in left:
            _fail(flow, Stopped())

    def _take(self) -> list[_Place]:
        """Wait for work and return the next batch. The batch is empty once the queue is stopped."""
        with self._changed:
            while not self._stopping:
                is_idle = not self._at_work and not self._short and not self._long
                while not self._stopping and not self._short and not self._long:
                    self._changed.wait()
                if is_idle:
                    self._gather()
                self._drop_cancelled()
                if not self._stopping and (self._short or self._long):
                    self._at_work += 1
                    return self._chosen()
        return []

    def _gather(self) -> None:
        """Wait up to `COLLECT` seconds for sentences of other clients. If files or long texts wait, return at
        once.
        """
        until = time.monotonic() + self._collect
        while not self._stopping and not self._long and _waiting(self._short) < self._window:
            left = until - time.monotonic()
            if left <= 0:
                return
            self._changed.wait(left)

    def _drop_cancelled(self) -> None:
        for flows in (self._short, self._long):
            gone = [flow for flow in flows if flow.future.cancelled()]
            for flow in gone:
                flows.remove(flow)
            self.counts.dropped += len(gone)

    def _chosen(self) -> list[_Place]:
        """The next batch. It begins with a sentence of the first flow; this flow then moves behind the other
        flows.
        """
        self._turn += 1
        for_files = bool(self._long) and (not self._short or self._turn % _TURN == 0)
        flows = self._long if for_files else self._short
        head = flows[0]
        work, size = head.work, head.sizes[head.left[0]]
        batch: list[_Place] = []
        most = self._most_of(flows)
        if for_files:
            _fill(batch, self._long, work, size, most)
            _fill(batch, self._short, work, size, most)
        else:
            _fill(batch, self._short, work, size, most)
            _fill(batch, self._long, work, size, min(most, len(batch) + _SHARE))
        if flows and flows[0] is head:
            flows.rotate(-1)
        return batch

    def _most_of(self, flows: deque[_Flow]) -> int:
        """The most sentences that the next batch may have. The number is so small that idle threads also get
        sentences, but it is at least `LEAST` (and never above the batch size of the queue).
        """
        idle = len(self._threads) - self._at_work
        share = math.ceil(_waiting(flows) / (idle + 1))
        return min(self._batch, max(LEAST, share))


def _waiting(flows: deque[_Flow]) -> int:
    return sum(flow.waiting for flow in flows)


def _fill(batch: list[_Place], flows: deque[_Flow], work: Work, size: int, most: int) -> None:
    """Add sentences of one `Work` and size to a batch, one from each flow in turn, until it has `most`.

    Flows without a waiting sentence are removed from `flows`.
    """
    taken_from = [flow for flow in flows if flow.work == work]
    while taken_from and len(batch) < most:
        for flow in list(taken_from):
            if len(batch) == most:
                break
            at = flow.take(size)
            if at is None:
                taken_from.remove(flow)
                continue
            batch.append((flow, at))
            if not flow.left:
                flows.remove(flow)
                taken_from.remove(flow)


def _done(work: Work, batch: Sequence[_Place]) -> tuple[dict[_Place, Any], dict[_Flow, Exception]]:
    """Process a batch. Returns the results of its items, and the errors of flows that failed.

    If `work` raises an error, the items of each flow are processed separately, so that only the flow with the
    faulty item fails.
    """
    try:
        results = work([flow.items[at] for flow, at in batch])
        return dict(zip(batch, results, strict=True)), {}
    except Exception as error:
        flows = list(dict.fromkeys(flow for flow, _ in batch))
        if len(flows) == 1:
            return {}, {flows[0]: error}
    done: dict[_Place, Any] = {}
    failed: dict[_Flow, Exception] = {}
    for own in flows:
        results_of_flow, errors = _done(work, [place for place in batch if place[0] is own])
        done |= results_of_flow
        failed |= errors
    return done, failed


def _keep(flow: _Flow, at: int, result: Any) -> bool:
    """Store the result of an item. Returns whether all items of its flow have results now."""
    flow.results[at] = result
    flow.missing -= 1
    return not flow.missing


def _fail(flow: _Flow, error: BaseException) -> None:
    with suppress(InvalidStateError):
        flow.future.set_exception(error)
