"""A shard of a build: a file of sentences, from which a worker makes a folder of tables.

The hashes of the file and of the tables are stored, so that damage is noticed before a shard is reused.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache, partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, TextIO

from egiz.parallel.build.flow import BuildCounts, rows_of
from egiz.parallel.build.job import Job, Steps
from egiz.parallel.build.tables import Tables, provenance_from_json, provenance_of, table_names
from egiz.parallel.publish.atomic import cannot_write
from egiz.parallel.summary import Provenance, Summary, TargetSummary
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.files import MISSHAPEN, unfinished
from egiz.translate.models.manifest import file_sha256
from egiz.translate.records import Sentence
from egiz.translate.translator import WINDOW

SHARD_LIST = "shards.jsonl"
"""The name of the file that lists the shards in their folder. It has a line for each shard: its number, the
number of its sentences, and the SHA-256 of its file of sentences."""

_NAMED = 16
"""The number of hexadecimal digits of the content hash in the name of a shard."""

_FIELDS = tuple(field.name for field in fields(Sentence) if field.name != "repairs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A part of a build. `number` counts from 1, `sentences` is the number of its sentences, `input` the file
    that holds them, and `output` the folder of its tables."""

    number: int
    sentences: int
    input: Path
    output: Path


def plan(sentences: Iterable[Sentence], folder: Path, size: int) -> Iterator[Shard]:
    """Write shards of `size` sentences into `folder`, and yield each as soon as its file is written.

    The name of a shard contains the hash of its sentences, so a result is never reused for other sentences.
    Raises OptionError if `size` is not a multiple of `WINDOW`, the number of sentences that the translator
    processes together. With any other size, the rows would depend on the number of shards.
    """
    if size < WINDOW or size % WINDOW:
        raise OptionError(f"shards of {size} sentences", expected=f"a multiple of {WINDOW}")
    stream = iter(sentences)
    listed = []
    number = 0
    while batch := list(islice(stream, size)):
        number += 1
        content = "".join(_line(sentence) for sentence in batch).encode()
        digest = sha256(content).hexdigest()
        shard = folder / f"{number:06d}-{digest[:_NAMED]}"
        source = shard.with_suffix(".jsonl")
        _write(source, content)
        listed.append(json.dumps({"shard": number, "sentences": len(batch), "sha256": digest}))
        yield Shard(number=number, sentences=len(batch), input=source, output=shard)
    _write(folder / SHARD_LIST, "".join(f"{line}\n" for line in listed).encode())


def read_shard(path: Path) -> list[Sentence]:
    """Read the sentences of a shard from its file.

    Raises InputError if the content does not have the hash that is in the name of the file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(path)) from error
    if not path.stem.endswith(f"-{sha256(content).hexdigest()[:_NAMED]}"):
        raise InputError(
            "this shard is damaged", where=str(path), action="Run the build again: it is then written anew."
        )
    return [Sentence(**json.loads(line)) for line in content.splitlines()]


def _line(sentence: Sentence) -> str:
    value = {name: getattr(sentence, name) for name in _FIELDS}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _write(path: Path, content: bytes) -> None:
    """Write a file atomically; leave it unchanged if it already has this content."""
    try:
        if not path.exists() or path.read_bytes() != content:
            with unfinished(path) as fresh:
                fresh.write_bytes(content)
    except OSError as error:
        raise cannot_write(path, error) from error


RESULT_FILE = "shard.json"
"""The file with the result of a shard; it is written last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardResult:
    """The content of `RESULT_FILE`; the file also holds a hash of this content.

    `provenance` has no title and no sources. `files` maps the name of each table to its SHA-256.
    """

    provenance: Provenance
    summary: Summary
    remembered: int
    translated: int
    damaged: int
    seconds: Mapping[str, float]
    files: Mapping[str, str]

    def dumps(self) -> str:
        """Return the text of `RESULT_FILE`."""
        text = _dumps(asdict(self))
        return _dumps({"sha256": _sha256(text), "done": json.loads(text)}) + "\n"


def read_result(folder: Path) -> ShardResult | None:
    """Read `RESULT_FILE` in `folder`; return None if it is missing or damaged in any way."""
    try:
        content = json.loads((folder / RESULT_FILE).read_text(encoding="utf-8"))
        value = content["done"]
        if _sha256(_dumps(value)) != content["sha256"]:
            return None
        provenance, summary = provenance_from_json(value["provenance"]), _summary(value["summary"])
        return ShardResult(**value | {"provenance": provenance, "summary": summary})
    except (OSError, *MISSHAPEN):
        return None


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _summary(value: Mapping[str, Any]) -> Summary:
    return Summary(
        sentences=value["sentences"],
        documents=_pairs(value["documents"]),
        targets=tuple(
            TargetSummary(
                **target
                | {name: _pairs(target[name]) for name in ("statuses", "flags", "refused", "terms")}
                | {"thousandths": tuple(target["thousandths"])}
            )
            for target in value["targets"]
        ),
    )


def _pairs(value: list[list[Any]]) -> tuple[tuple[Any, int], ...]:
    return tuple((name, count) for name, count in value)


_working = Lock()
"""The lock that is held while a shard is built, because a process has only one model."""


class ShardStopped(BaseException):
    """Raised between two batches when the process is told to stop; there is no fault in the shard."""


def build_shard(input: Path, output: Path, job: Job, *, stopped: Callable[[], bool] = lambda: False) -> None:
    """Build the folder `output` from the sentences in `input`; do nothing if it exists and is undamaged.

    The folder has the tables of a build, with headers, and `RESULT_FILE`. It appears by one rename, so it is
    never incomplete, even if a worker is killed or two workers build the same shard. The model is loaded for
    the first shard of a process and kept for the next. `stopped` is called after every batch of sentences; if
    it returns true, ShardStopped is raised. Raises EgizError if the job, the input or the disk is at fault.
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
    """Whether the folder `output` is a finished shard whose files have the hashes that `RESULT_FILE`
    states."""
    done = read_result(output)
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
    counts, damaged = BuildCounts(), translator.damaged
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
                raise ShardStopped
    done = ShardResult(
        provenance=provenance_of(translator, steps.manifest, terms, scores),
        summary=tables.tally.summary(),
        remembered=counts.remembered,
        translated=counts.translated,
        damaged=translator.damaged - damaged,
        seconds=counts.stages.seconds,
        files={name: file_sha256(folder / name) for name in table_names(terms=terms is not None)},
    )
    (folder / RESULT_FILE).write_text(done.dumps(), encoding="utf-8")


def _text(folder: Path, name: str) -> TextIO:
    return (folder / name).open("w", encoding="utf-8", newline="\n")
