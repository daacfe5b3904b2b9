"""Look into CTranslate2's `model.bin` without loading it: what it is, its layers, its precision, its weights.

The file is CTranslate2's own format: a version, the name of the architecture, then each variable
with name, shape, type and bytes. No part of it is code. Other things called `model.bin` (pickles
above all) are told apart by the first bytes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from egiz.translate.errors import ModelError

_TYPES = ("float32", "int8", "int16", "int32", "float16", "bfloat16")
"""Type numbers in the file, in the order of CTranslate2's `DataType`."""
_LAYER = re.compile(r"(encoder|decoder)/layer_(\d+)/")
_EMBEDDING = re.compile(r"(en|de)coder/embeddings(_\d+)?/weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFacts:
    """Layer counts, `rows` of the embedding, `width` of the model and `precision` of most of the weights."""

    encoder_layers: int
    decoder_layers: int
    rows: int
    width: int
    precision: str


def weight_facts(path: Path) -> WeightFacts:
    """Read the facts from a `model.bin`.

    Raises ModelError where the file is not CTranslate2's, is cut short, or is no encoder-decoder
    Transformer.
    """
    layers: dict[str, set[int]] = {"encoder": set(), "decoder": set()}
    weight_bytes: dict[str, int] = {}
    rows = width = 0
    for name, shape, kind, content in read_weights(path):
        if found := _LAYER.match(name):
            layers[found[1]].add(int(found[2]))
        if _EMBEDDING.fullmatch(name):
            if len(shape) != 2:
                raise _damaged(path)
            rows, width = shape
        if name.endswith("/weight"):
            weight_bytes[kind] = weight_bytes.get(kind, 0) + len(content)
    return WeightFacts(
        encoder_layers=len(layers["encoder"]),
        decoder_layers=len(layers["decoder"]),
        rows=rows,
        width=width,
        precision=max(weight_bytes, key=lambda kind: weight_bytes[kind], default="float32"),
    )


def read_weights(path: Path) -> Iterator[tuple[str, tuple[int, ...], str, bytes]]:
    """Yield name, shape, type and bytes of each variable of a `model.bin`, in the order of the file.

    Raises ModelError as `weight_facts` does.
    """
    try:
        with path.open("rb") as file:
            _check_head(file, path)
            _revision, count = struct.unpack("<II", file.read(8))
            for _ in range(count):
                yield _variable(file)
    except FileNotFoundError as error:
        raise ModelError(f"there is no {path.name} in {path.parent}") from error
    except (struct.error, IndexError, ValueError) as error:
        raise _damaged(path) from error


def _check_head(file: BinaryIO, path: Path) -> None:
    head = file.read(2)
    if head[:1] == b"\x80" or head == b"PK":
        raise ModelError(
            "the file is a pickle, which could run any code when opened",
            where=str(path),
            expected="CTranslate2's model.bin",
        )
    file.seek(0)
    (version,) = struct.unpack("<I", file.read(4))
    name = _string(file) if 4 <= version <= 99 else ""
    if name != "TransformerSpec":
        raise ModelError(
            f"the file holds {name!r}" if name else "the file is not CTranslate2's",
            where=str(path),
            expected="an encoder-decoder Transformer of CTranslate2 (TransformerSpec)",
        )


def _damaged(path: Path) -> ModelError:
    return ModelError("the file is cut short or damaged", where=str(path), action="Fetch it again.")


def _variable(file: BinaryIO) -> tuple[str, tuple[int, ...], str, bytes]:
    name = _string(file)
    (rank,) = struct.unpack("<B", file.read(1))
    shape = struct.unpack(f"<{rank}I", file.read(4 * rank))
    kind, size = struct.unpack("<BI", file.read(5))
    content = file.read(size)
    if len(content) < size:
        raise ValueError(f"{name} is cut short")
    return name, shape, _TYPES[kind], content


def _string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<H", file.read(2))
    return file.read(length)[:-1].decode("utf-8")
