"""Cutting sentences into shards: one file of JSON lines each, named by its number and what is in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from hashlib import sha256
from itertools import islice
from pathlib import Path

from egiz.parallel.publish.atomic import cannot_write
from egiz.translate.errors import InputError, OptionError
from egiz.translate.records import Sentence
from egiz.translate.translator import WINDOW
from egiz.translate.whole import unfinished

MANIFEST = "shards.jsonl"
"""The list of shards in their folder: a line each, with number, sentences, and the SHA-256 of the file."""

_NAMED = 16
"""Hexadecimal digits of its hash in the name of a shard."""

_FIELDS = tuple(field.name for field in fields(Sentence) if field.name != "repairs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A part of a build: `number` from 1, its sentences in the file `input`, its tables to be in `output`."""

    number: int
    sentences: int
    input: Path
    output: Path


def plan(sentences: Iterable[Sentence], folder: Path, size: int) -> Iterator[Shard]:
    """Write shards of `size` sentences into `folder`, and give each as soon as it is there.

    A file's name has the hash of its content, so that what was made of other sentences before is never
    taken for what is made of these. Raises OptionError for a size that is no multiple of the translator's
    window: rows are then the same with one shard or many.
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
    _write(folder / MANIFEST, "".join(f"{line}\n" for line in listed).encode())


def read_shard(path: Path) -> list[Sentence]:
    """The sentences of a shard; raises InputError where the file is not what `plan` wrote under its name."""
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
    """Write a file whole or not at all; leave one that is as it should be."""
    try:
        if not path.exists() or path.read_bytes() != content:
            with unfinished(path) as fresh:
                fresh.write_bytes(content)
    except OSError as error:
        raise cannot_write(path, error) from error
