"""Look into CTranslate2's `model.bin` without loading it: what it is, its layers, its precision.

The file is CTranslate2's own format: a version, the name of the architecture, then each variable
with name, shape, type and bytes. No part of it is code. Other things called `model.bin` (pickles
above all) are told apart by the first bytes.
"""

from __future__ import annotations

import re
import struct
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
    """Read the facts from a `model.bin`, skipping the weights themselves.

    Raises ModelError where the file is not CTranslate2's, is cut short, or is no encoder-decoder
    Transformer.
    """
    try:
        with path.open("rb") as file:
            _check_head(file, path)
            return _facts(file)
    except FileNotFoundError as error:
        raise ModelError(f"there is no {path.name} in {path.parent}") from error
    except (struct.error, IndexError, ValueError) as error:
        raise ModelError(
            "the file is cut short or damaged", where=str(path), action="Fetch it again."
        ) from error


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


def _facts(file: BinaryIO) -> WeightFacts:
    _revision, count = struct.unpack("<II", file.read(8))
    layers: dict[str, set[int]] = {"encoder": set(), "decoder": set()}
    weight_bytes: dict[str, int] = {}
    rows = width = 0
    for _ in range(count):
        name, shape, kind, size = _variable(file)
        if found := _LAYER.match(name):
            layers[found[1]].add(int(found[2]))
        if _EMBEDDING.fullmatch(name):
            rows, width = shape
        if name.endswith("/weight"):
            weight_bytes[kind] = weight_bytes.get(kind, 0) + size
    return WeightFacts(
        encoder_layers=len(layers["encoder"]),
        decoder_layers=len(layers["decoder"]),
        rows=rows,
        width=width,
        precision=max(weight_bytes, key=lambda kind: weight_bytes[kind], default="float32"),
    )


def _variable(file: BinaryIO) -> tuple[str, tuple[int, ...], str, int]:
    """Name, shape, type and size of the next variable; its bytes are skipped, and must be there."""
    name = _string(file)
    (rank,) = struct.unpack("<B", file.read(1))
    shape = struct.unpack(f"<{rank}I", file.read(4 * rank))
    kind, size = struct.unpack("<BI", file.read(5))
    if size:
        file.seek(size - 1, 1)
        struct.unpack("<B", file.read(1))
    return name, shape, _TYPES[kind], size


def _string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<H", file.read(2))
    return file.read(length)[:-1].decode("utf-8")
