"""Progress and summaries: a bar or plain lines for people, JSON lines for programs.

Every JSON line has ``event``, ``time`` (UTC, ISO 8601) and ``seconds`` since the start. Events: ``start``
(the settings), ``progress`` (at most one a second), ``end`` (counts and times), ``error`` and
``interrupted``. After ``end``, ``error`` or ``interrupted``, no further event follows.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from egiz.parallel.publish.interruptions import came
from egiz.parallel.publish.names import PAGE
from egiz.translate.errors import plural

if TYPE_CHECKING:
    from egiz.parallel.build.build import Built
    from egiz.parallel.build.flow import Progress
    from egiz.translate.records import LeftOut


_SECONDS = 10.0
"""The seconds between two lines of progress if standard error is no terminal."""

_LABELS = {"good": "good", "check": "to check", "poor": "poor"}
_EMPTY = "without translation"
"""The words for failed translations in the summary. The words here and in `_LABELS` are the same as on the
reader page."""

_SHOWN = 0.05
"""Stages that took fewer seconds than this are not printed."""


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Return a context manager that gives a function which shows progress on standard error.

    On a terminal it shows a bar, else a line every `_SECONDS`; with `quiet`, nothing.
    """
    if quiet:
        yield lambda progress: None
    elif sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("sentences,"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(file=sys.__stderr__), transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def show(progress: Progress) -> None:
            name = "translating" + (
                f" {plural(progress.documents, 'document')}" if progress.documents > 1 else ""
            )
            bar.update(task, description=name, total=progress.total, completed=progress.done)

        yield show


def _lines() -> Callable[[Progress], None]:
    last = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _SECONDS:
            last = now
            click.echo(f"{progress.done:,} of {plural(progress.total, 'sentence')}", err=True)

    return show


def show_summary(built: Built, seconds: float) -> None:
    """Print a build's summary to standard error: counts, times, qualities and the path of the table."""
    from egiz.parallel.review.carry_over import people_lines
    from egiz.translate.languages import language

    summary = built.summary
    click.echo(f"{plural(summary.sentences, 'sentence')} in {seconds:.1f} s → {built.table}", err=True)
    stages = ", ".join(f"{name} {spent:.1f} s" for name, spent in built.seconds.items() if spent >= _SHOWN)
    if stages:
        click.echo(f"  {stages}", err=True)
    for target in summary.targets:
        found = [f"{count} {_LABELS[name]}" for name, count in target.labels.items() if count]
        found += [f"{count} {_EMPTY}" for status, count in target.statuses if status == "failed" and count]
        middle = target.quantile(0.5)
        median = "" if middle is None else f"; median quality {middle:.3f}"
        click.echo(f"  {language(target.language).name}: {', '.join(found)}{median}", err=True)
        if target.flags:
            doubts = ", ".join(f"{count} {code}" for code, count in target.flags)
            click.echo(f"    doubts: {doubts}", err=True)
        if target.refused:
            reasons = ", ".join(f"{count} {code}" for code, count in target.refused)
            click.echo(f"    tried again for: {reasons}", err=True)
        if any(count for _, count in target.terms):
            terms = ", ".join(f"{count} {outcome}" for outcome, count in target.terms if count)
            click.echo(f"    terms: {terms}", err=True)
    for line in people_lines(summary):
        click.echo(f"  people: {line}", err=True)
    show_left_out(built.provenance.left_out)
    for source in built.provenance.sources:
        if source.encoding:
            click.echo(f"  {source.id}: the encoding was guessed, {source.encoding}", err=True)
        if source.left_out:
            click.echo(f"  {source.id}: not read: {', '.join(source.left_out)}", err=True)
    if built.remembered:
        click.echo(
            f"  {plural(built.remembered, 'translation')} remembered, {built.translated} new", err=True
        )
    show_damaged(built.damaged)
    show_missing_page(built.table, summary.sentences)


def show_missing_page(table: Path, rows: int) -> None:
    """Print to standard error how to make a reader page, if the table has more rows than `PAGE_ROWS`."""
    from egiz.parallel.build.tables import PAGE_ROWS
    from egiz.parallel.reader import LARGEST

    if rows <= PAGE_ROWS:
        return
    reason = f"  no page.html, which is made for up to {PAGE_ROWS:,} rows"
    if rows <= LARGEST:
        click.echo(f'{reason}; make one: egiz read "{table}" -o "{table.with_name(PAGE)}"', err=True)
    else:
        click.echo(
            f"{reason}, by egiz read for up to {LARGEST:,}: build the documents in several folders",
            err=True,
        )


_NAMED = 5
"""The most files whose names are printed for one reason why files were left out."""


def show_left_out(files: Sequence[LeftOut]) -> None:
    """Print to standard error from which files of source folders no document was read, and why."""
    reasons: dict[str, list[str]] = {}
    for left in files:
        reasons.setdefault(left.reason, []).append(left.path)
    for reason, paths in reasons.items():
        more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
        click.echo(f"  left out: {', '.join(paths[:_NAMED])}{more} ({reason})", err=True)


def warner(*, quiet: bool) -> Callable[[Progress], None]:
    """Return a function that prints the warnings of progress reports to standard error, each once.

    With `quiet`, it prints nothing.
    """
    shown = 0

    def warn(progress: Progress) -> None:
        nonlocal shown
        for warning in progress.warnings[shown:]:
            click.echo(f"egiz: warning: {warning}", err=True)
        shown = len(progress.warnings)

    return (lambda progress: None) if quiet else warn


def show_damaged(entries: int) -> None:
    """Print to standard error the number of memory entries that were found damaged; nothing if it is 0."""
    if entries:
        click.echo(f"  damaged in the memory, and made anew: {entries:,}", err=True)


def show_uncalibrated(targets: Sequence[str]) -> None:
    """Warn on standard error about target languages for which the model's qualities are not calibrated."""
    if targets:
        click.echo(
            f"  quality for {', '.join(targets)} is a cautious guess: this model has no calibration; see "
            "`egiz score calibrate`",
            err=True,
        )


_JSON_LOG_SECONDS = 1.0
"""The least number of seconds between two events ``progress``."""


class JsonLog:
    """Writes events to a stream as they happen; does nothing without a stream."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._start = self._told = time.monotonic()

    def event(self, name: str, **fields: Any) -> None:
        """Write one line; the fields must be values that JSON can hold."""
        if self._stream is None:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        seconds = round(time.monotonic() - self._start, 3)
        line = {"event": name, "time": now, "seconds": seconds, **fields}
        self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._stream.flush()

    def progress(self, progress: Progress) -> None:
        """Write an event ``progress``. Do nothing if the last event of this kind is less than
        `_JSON_LOG_SECONDS` old."""
        now = time.monotonic()
        if now - self._told >= _JSON_LOG_SECONDS:
            self._told = now
            self.event("progress", documents=progress.documents, total=progress.total, done=progress.done)

    def end(self, built: Built) -> None:
        """Write the event ``end`` with the counts and times of a build."""
        from egiz.parallel.review.carry_over import review_facts

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
            warnings=built.warnings,
            left_out=[asdict(left) for left in built.provenance.left_out],
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
    """Return a context manager for the log in the file `path`; ``-`` is standard error, None writes no log.

    An exception that ends the block is logged and raised again. Raises OutputError if the file cannot be
    written, or exists and was not made by Egiz.
    """
    from egiz.parallel.publish.destination import refuse_other
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
    """Return a context manager that logs the exception that ends its block, and raises it again."""
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
