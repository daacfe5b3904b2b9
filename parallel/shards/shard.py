"""One shard: a file of sentences in, a folder of tables out. The same function on every machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TextIO

from egiz.parallel.flow import Counts, rows_of
from egiz.parallel.job import Job, Steps
from egiz.parallel.provenance import provenance_of
from egiz.parallel.publish.atomic import cannot_write
from egiz.parallel.shards.done import DONE, Done, read_done
from egiz.parallel.shards.plan import read_shard
from egiz.parallel.tables import Tables, names
from egiz.translate.models.manifest import file_sha256
from egiz.translate.translator import WINDOW

_working = Lock()
"""One shard at a time in a process: the model and its threads are one."""


class Stopped(BaseException):
    """The work was stopped from outside, between two windows."""


def build_shard(input: Path, output: Path, job: Job, *, stopped: Callable[[], bool] = lambda: False) -> None:
    """Make the folder `output` of the sentences in `input`; do nothing where it is there and whole.

    The folder has the tables that a build has, with headers, and `DONE`. It appears by one rename, so
    workers that were given the same shard, or were killed over it, do no harm. The model is loaded at the
    first shard of a process and kept for the next. `stopped` is asked after every window; Stopped is raised
    where it says so. Raises EgizError for what is wrong with job, input or disk.
    """
    with _working:
        if is_whole(output):
            return
        steps = _opened(job)
        try:
            with TemporaryDirectory(
                prefix=f".{output.name}-", dir=output.parent, ignore_cleanup_errors=True
            ) as folder:
                _build(input, Path(folder), steps, stopped)
                shutil.rmtree(output, ignore_errors=True)
                Path(folder).rename(output)
        except OSError as error:
            if is_whole(output):  # another worker was quicker
                return
            raise cannot_write(output, error) from error


def is_whole(output: Path) -> bool:
    """Whether a shard is done, and its files are as they were written."""
    done = read_done(output)
    try:
        return done is not None and all(
            file_sha256(output / name) == digest for name, digest in done.files.items()
        )
    except OSError:
        return False


@lru_cache(maxsize=1)
def _opened(job: Job) -> Steps:
    return job.open()


def _build(input: Path, folder: Path, steps: Steps, stopped: Callable[[], bool]) -> None:
    translator, terms, scores = steps.translator, steps.terms, steps.scores
    counts, damaged = Counts(), translator.damaged
    with Tables(
        partial(_text, folder),
        translator.source,
        translator.targets,
        neural=[model.name for model in scores.neural],
        terms=terms is not None,
    ) as tables:
        rows = rows_of(read_shard(input), translator, terms, scores, counts)
        for number, row in enumerate(rows, start=1):
            with counts.stages.stage("publishing"):
                tables.write(row)
            if number % WINDOW == 0 and stopped():
                rows.close()
                raise Stopped
    done = Done(
        provenance=provenance_of(translator, steps.manifest, terms, scores),
        summary=tables.tally.summary(),
        remembered=counts.remembered,
        translated=counts.translated,
        damaged=translator.damaged - damaged,
        seconds=counts.stages.seconds,
        files={name: file_sha256(folder / name) for name in names(terms=terms is not None)},
    )
    (folder / DONE).write_text(done.dumps(), encoding="utf-8")


def _text(folder: Path, name: str) -> TextIO:
    return (folder / name).open("w", encoding="utf-8", newline="\n")
