"""The log of a run for programs: one JSON object a line, written as things happen.

Every line has ``event``, ``time`` (UTC, ISO 8601) and ``seconds`` since the start. Events: ``start`` (what
was asked for), ``progress`` (at most one a second), ``end`` (counts and times), ``error`` and
``interrupted``; nothing follows the last three.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from egiz.parallel.interruptions import came

if TYPE_CHECKING:
    from egiz.parallel.build import Built
    from egiz.parallel.progress import Progress

_SECONDS = 1.0
"""Least time between two lines of progress."""


class JsonLog:
    """Writes events to a stream, each at once; to none where there is none."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._start = self._told = time.monotonic()

    def event(self, name: str, **fields: Any) -> None:
        """Write one line. The fields must be JSON."""
        if self._stream is None:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        seconds = round(time.monotonic() - self._start, 3)
        line = {"event": name, "time": now, "seconds": seconds, **fields}
        self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._stream.flush()

    def progress(self, progress: Progress) -> None:
        """Say how far the work is, unless that was said a moment ago."""
        now = time.monotonic()
        if now - self._told >= _SECONDS:
            self._told = now
            self.event("progress", documents=progress.documents, total=progress.total, done=progress.done)

    def end(self, built: Built) -> None:
        """Say what a build came to."""
        from egiz.parallel.review.along import review_facts

        elapsed = time.monotonic() - self._start
        self.event(
            "end",
            table=str(built.table),
            model=built.provenance.model.fingerprint,
            engine=f"{built.provenance.model.engine}, {built.provenance.model.precision}",
            decoding=built.provenance.decoding,
            rows=built.summary.sentences,
            rows_per_second=round(built.summary.sentences / elapsed, 2),
            remembered=built.remembered,
            translated=built.translated,
            damaged=built.damaged,
            people=review_facts(built.summary) if built.summary.people else {},
            stages={name: round(value, 3) for name, value in built.seconds.items()},
            targets={
                target.language: {
                    "statuses": dict(target.statuses),
                    "flags": dict(target.flags),
                    "retried_for": dict(target.refused),
                    "edited": target.edited,
                    "terms": dict(target.terms),
                    "quality_median": target.quantile(0.5),
                }
                for target in built.summary.targets
            },
        )


@contextmanager
def json_log(path: str | None) -> Iterator[JsonLog]:
    """Open the log; ``-`` is standard error. What ends the block early is logged, and goes on its way.

    Raises OutputError where the file cannot be written, or is none of ours.
    """
    from egiz.parallel.publish.ours import refuse_other
    from egiz.translate.errors import OutputError

    if path not in (None, "-"):
        refuse_other(Path(path))
    with ExitStack() as stack:
        stream = None
        if path is not None:
            try:
                stream = (
                    sys.stderr if path == "-" else stack.enter_context(Path(path).open("w", encoding="utf-8"))
                )
            except OSError as error:
                raise OutputError(f"cannot be written ({error.strerror})", where=path) from error
        yield stack.enter_context(_ends(JsonLog(stream)))


@contextmanager
def _ends(log: JsonLog) -> Iterator[JsonLog]:
    """Log what ends the block early."""
    from egiz.translate.errors import EgizError

    try:
        yield log
    except KeyboardInterrupt:
        log.event("interrupted")
        raise
    except Exception as error:
        if came():
            log.event("interrupted")
        else:
            said = str(error) if isinstance(error, EgizError) else f"{type(error).__name__}: {error}"
            log.event("error", message=said)
        raise
