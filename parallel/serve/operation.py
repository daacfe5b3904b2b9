"""Metrics in the format of Prometheus, and an access log with one JSON object a line. Both are for those who
run the server.

Neither contains texts of users. There is one exception: with `--log-text`, which is meant for a private
machine, the log contains the requests.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from egiz.parallel.serve.models import Models

Log = Callable[..., None]
"""Writes an event with its fields to the log (`egiz.parallel.cli.progress.JsonLog.event`)."""

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Operation:
    """Counts and logs requests."""

    def __init__(
        self, models: Models, at_work: Callable[[], int], files: Callable[[], int], log: Log
    ) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._log = log
        self.registry: CollectorRegistry = CollectorRegistry()
        self._requests = Counter(
            "egiz_requests",
            "Requests by route, method and status.",
            ("path", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "egiz_request_seconds", "Time to answer.", ("path",), buckets=_BUCKETS, registry=self.registry
        )
        self.registry.register(_Engine(models, at_work, files))

    def record(self, *, path: str, method: str, status: int, seconds: float, received: int) -> None:
        """Count and log a finished request; `received` is the size of its body in bytes."""
        self._requests.labels(path, method if method in _METHODS else "other", str(status)).inc()
        self._seconds.labels(path).observe(seconds)
        self._log(
            "request", path=path, method=method[:16], status=status, took=round(seconds, 4), received=received
        )

    def failed(self, error: BaseException) -> None:
        """Log an internal error by its class and the place in the code. Its message is left out, because it
        may quote a text.
        """
        places = traceback.extract_tb(error.__traceback__)
        where = f"{Path(places[-1].filename).name}:{places[-1].lineno}" if places else ""
        self._log("error", kind=type(error).__name__, where=where)

    def exposition(self) -> bytes:
        """The metrics in the text format of Prometheus."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)


_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH")


class _Engine:
    """A Prometheus collector that reads the state of the queues whenever the metrics are requested."""

    def __init__(self, models: Models, at_work: Callable[[], int], files: Callable[[], int]) -> None:
        self._models, self._at_work, self._files = models, at_work, files

    def describe(self) -> list[Any]:
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        models = self._models
        queues = [engine.queue for engine in models.opened]
        counts = [queue.counts for queue in queues]
        short, background = (sum(column) for column in zip(*(queue.waiting for queue in queues), strict=True))
        sentences = CounterMetricFamily("egiz_sentences", "Sentences done, by origin.", labels=("origin",))
        sentences.add_metric(("memory",), models.remembered)
        sentences.add_metric(("engine",), models.translated)
        yield sentences
        waiting = GaugeMetricFamily("egiz_queue_sentences", "Sentences that wait.", labels=("kind",))
        waiting.add_metric(("request",), short)
        waiting.add_metric(("background",), background)
        yield waiting
        batches, seconds = sum(item.batches for item in counts), sum(item.seconds for item in counts)
        yield CounterMetricFamily("egiz_batches", "Batches decoded.", value=batches)
        yield CounterMetricFamily("egiz_engine_seconds", "Time that the engines worked.", value=seconds)
        dropped = sum(item.dropped for item in counts)
        yield CounterMetricFamily("egiz_requests_dropped", "Requests whose client went away.", value=dropped)
        yield GaugeMetricFamily("egiz_requests_at_work", "Requests being answered.", value=self._at_work())
        yield GaugeMetricFamily("egiz_files_waiting", "Files that are not finished.", value=self._files())
