"""What a person sees while work goes on: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from egiz.parallel.words import plural

if TYPE_CHECKING:
    from egiz.parallel.build import Built
    from egiz.parallel.progress import Progress

_SECONDS = 10.0
"""Time between two lines where there is no terminal to draw a bar on."""

_SHOWN = 0.05
"""Seconds from which a stage is worth a word."""


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows how far the work is, on standard error."""
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
    """Say on standard error what was made, how it fared, and where it lies."""
    from egiz.parallel.review.along import people_lines
    from egiz.translate.languages import language

    summary = built.summary
    click.echo(f"{plural(summary.sentences, 'sentence')} in {seconds:.1f} s → {built.table}", err=True)
    stages = ", ".join(f"{name} {spent:.1f} s" for name, spent in built.seconds.items() if spent >= _SHOWN)
    if stages:
        click.echo(f"  {stages}", err=True)
    for target in summary.targets:
        counts = ", ".join(f"{count} {status}" for status, count in target.statuses if count)
        middle = target.quantile(0.5)
        median = "" if middle is None else f"; median quality {middle:.3f}"
        click.echo(f"  {language(target.language).name}: {counts}{median}", err=True)
        if target.refused:
            reasons = ", ".join(f"{count} {code}" for code, count in target.refused)
            click.echo(f"    tried again for: {reasons}", err=True)
        if any(count for _, count in target.terms):
            terms = ", ".join(f"{count} {outcome}" for outcome, count in target.terms if count)
            click.echo(f"    terms: {terms}", err=True)
    for line in people_lines(summary):
        click.echo(f"  people: {line}", err=True)
    if built.remembered:
        click.echo(
            f"  {plural(built.remembered, 'translation')} remembered, {built.translated} new", err=True
        )
    show_damaged(built.damaged)


def show_damaged(entries: int) -> None:
    """Say on standard error how much of the memory was damaged, if any of what was asked for was."""
    if entries:
        click.echo(f"  damaged in the memory, and made anew: {entries:,}", err=True)


def show_uncalibrated(targets: Sequence[str]) -> None:
    """Warn on standard error where quality is no more than a guess."""
    if targets:
        click.echo(
            f"  quality for {', '.join(targets)} is a cautious guess: this model has no calibration; see "
            "`egiz score calibrate`",
            err=True,
        )
