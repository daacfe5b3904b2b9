"""The files of CTranslate2 in a converted model: the weights in `model.bin`, the shortlists in `vmap.txt`.

`model.bin` is read without loading it as a model, and rows of it can be selected. The file has CTranslate2's
own format: a version, the name of the architecture, then each variable with name, shape, type and bytes, then
aliases of some variables. It contains no code. Other files called `model.bin`, above all pickles, are
recognised by their first bytes and refused.

A shortlist names, for one target language, the tokens that a translation with ``--fast`` may consist of. At
each step, a search computes a score for every token of the vocabulary. A vocabulary for several languages has
many tokens that a single language never uses. CTranslate2 restricts the search to the tokens that `vmap.txt`
lists for sequences of source tokens, and takes the union of the lists of a whole batch. Lists by source word
would therefore make a translation depend on the other sentences of its batch. Egiz's lists depend on the
target language alone: each list belongs to a sequence of tokens that no sentence contains, and the engine
adds a row with that sequence to the batch (see `egiz.translate.engine.ctranslate2`).
"""

from __future__ import annotations

import re
import shutil
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from egiz.translate.errors import ModelError

_TYPES = ("float32", "int8", "int16", "int32", "float16", "bfloat16")
"""The types of weights in the order of CTranslate2's `DataType`; the file states a type by its index here."""
_LAYER = re.compile(r"(encoder|decoder)/layer_(\d+)/")
_EMBEDDING = re.compile(r"(en|de)coder/embeddings(_\d+)?/weight")
_BY_TOKEN = re.compile(
    r"((en|de)coder/embeddings(_\d+)?/(weight|weight_scale))|decoder/projection/(weight|weight_scale|bias)"
)
"""The variables with one row per token of the vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFacts:
    """The dimensions of a model.

    `rows` is the number of rows of the embedding. `precision` is the number type in which most bytes of the
    weights are stored.
    """

    encoder_layers: int
    decoder_layers: int
    rows: int
    width: int
    precision: str


def weight_facts(path: Path) -> WeightFacts:
    """Read the facts from a `model.bin`.

    Raises ModelError if the file is missing, truncated, or not an encoder-decoder Transformer of CTranslate2.
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


def cut_rows(path: Path, target: Path, kept: Sequence[int], rows: int) -> None:
    """Copy `path` to `target`, but keep only the rows `kept`, in this order, of variables with a row per
    token.

    These variables (embeddings and output layer, with scales and biases) must have `rows` rows. Kept rows and
    all other variables are unchanged byte for byte, whatever the precision. One variable is in memory at a
    time. Raises ModelError as `weight_facts` does, and if a variable has another number of rows.
    """
    import numpy

    try:
        with path.open("rb") as file, target.open("wb") as output:
            _check_head(file, path)
            head = file.tell() + 8  # revision and number of variables
            file.seek(0)
            output.write(file.read(head))
            file.seek(head - 4)
            (count,) = struct.unpack("<I", file.read(4))
            for _ in range(count):
                name, shape, kind, content = _variable(file)
                if _BY_TOKEN.fullmatch(name) and shape:
                    if shape[0] != rows:
                        raise ModelError(f"{name} has {shape[0]} rows for {rows} tokens", where=str(path))
                    table = numpy.frombuffer(content, dtype=numpy.uint8).reshape(rows, -1)
                    shape, content = (len(kept), *shape[1:]), table[list(kept)].tobytes()
                _write_variable(output, name, shape, kind, content)
            shutil.copyfileobj(file, output)
    except (struct.error, IndexError, ValueError) as error:
        raise _damaged(path) from error


def _check_head(file: BinaryIO, path: Path) -> None:
    """Read the version and the architecture; ModelError for anything but a Transformer of CTranslate2."""
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
    """The error for a truncated or damaged `model.bin`."""
    return ModelError("the file is cut short or damaged", where=str(path), action="Fetch it again.")


def _variable(file: BinaryIO) -> tuple[str, tuple[int, ...], str, bytes]:
    """Read name, shape, type and bytes of the next variable; ValueError if the file is truncated."""
    name = _string(file)
    (rank,) = struct.unpack("<B", file.read(1))
    shape = struct.unpack(f"<{rank}I", file.read(4 * rank))
    kind, size = struct.unpack("<BI", file.read(5))
    content = file.read(size)
    if len(content) < size:
        raise ValueError(f"{name} is cut short")
    return name, shape, _TYPES[kind], content


def _write_variable(file: BinaryIO, name: str, shape: tuple[int, ...], kind: str, content: bytes) -> None:
    called = name.encode("utf-8") + b"\x00"
    file.write(struct.pack("<H", len(called)) + called)
    file.write(struct.pack(f"<B{len(shape)}I", len(shape), *shape))
    file.write(struct.pack("<BI", _TYPES.index(kind), len(content)))
    file.write(content)


def _string(file: BinaryIO) -> str:
    """Read a string: its length in bytes, then its UTF-8 with a NUL at the end."""
    (length,) = struct.unpack("<H", file.read(2))
    return file.read(length)[:-1].decode("utf-8")


SHORTLIST = "vmap.txt"
"""The name that CTranslate2 prescribes for the file of shortlists; see `use_vmap` in its documentation."""

_BEGIN = "<s>"
"""The first source token of each shortlist's key; a token that no encoder input of an NLLB model contains."""


def selector(code: str) -> tuple[str, str]:
    """The source tokens under which the shortlist of a target language is stored; `code` is its NLLB code."""
    return _BEGIN, code


def write_shortlists(folder: Path, lists: Mapping[str, Iterable[str]]) -> None:
    """Write the shortlists of a converted model to its folder; `lists` maps NLLB codes to the tokens."""
    lines = [
        f"{' '.join(selector(code))}\t{' '.join(sorted({code, *tokens}))}\n"
        for code, tokens in sorted(lists.items())
    ]
    (folder / SHORTLIST).write_text("".join(lines), encoding="utf-8", newline="\n")


def read_shortlists(folder: Path) -> dict[str, frozenset[str]]:
    """The tokens of each shortlist, by the NLLB code of its target language; empty if the model has none.

    Raises ModelError for a file that `write_shortlists` did not write: with the usual lists by source word,
    the translations of a batch would depend on each other.
    """
    path = folder / SHORTLIST
    if not path.is_file():
        return {}
    lists: dict[str, frozenset[str]] = {}
    try:
        lines = path.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"the file cannot be read ({error})", where=str(path), expected="UTF-8") from error
    for number, line in enumerate(lines, start=1):
        key, _, tokens = line.partition("\t")
        begin, _, code = key.partition(" ")
        if begin != _BEGIN or not code or " " in code or not tokens:
            raise ModelError(
                f"the line begins {key[:40]!r}",
                where=f"{path}:{number}",
                expected=f"'{_BEGIN}', the code of a target language, a tab, and tokens",
                action="Make the shortlists with `egiz models trim --shortlist`.",
            )
        lists[code] = frozenset(tokens.split(" "))
    return lists
