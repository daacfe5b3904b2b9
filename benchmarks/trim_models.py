"""Models with large vocabularies to trim, made of the starter: itself, widened, and random ones of any shape.

CTranslate2's files are written here byte by byte, so that nothing but numpy is needed.
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice, product
from pathlib import Path

import numpy as np

from egiz.translate.models.layout import SENTENCEPIECE, model_tokens, nllb_tokens
from egiz.translate.models.manifest import describe, hash_files, read_manifest, write_manifest
from egiz.translate.models.weights import read_weights

Variable = tuple[str, tuple[int, ...], str, bytes]

FOREIGN = ("ابتثجحخدذرزسشصضط", "अआइईउऊएऐओऔकखगघचछ", "가나다라마바사아자차카타파하", "აბგდევზთიკლმნოპჟ")
"""Letters of pieces that Kazakh, Russian and English never need."""
MIXED = ("한", "a한", "年", "1年", "中", "▁the中")
"""Pieces of which only a part is in the scripts that are kept, with the characters they need; all go."""
RARE_LATIN = "ƀƃƅƈƌƒƙƚƞơƣƥƨƫƭư"
"""Latin letters that no text here has: pieces that are kept and never used."""
CODES = ("arb_Arab", "hin_Deva", "kor_Hang", "tur_Latn")
ALL_CODES = ("kaz_Cyrl", "rus_Cyrl", "eng_Latn", *CODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The measures of a model; `kept` of its `tokens` are Latin, Cyrillic or common."""

    width: int
    layers: int
    feed_forward: int
    heads: int
    tokens: int
    kept: int


NLLB_600M = Shape(width=1024, layers=12, feed_forward=4096, heads=16, tokens=256_206, kept=64_000)
"""facebook/nllb-200-distilled-600M by its config.json. How much is kept is chosen, as in `--texts`."""
NLLB_1300M = Shape(width=1024, layers=24, feed_forward=8192, heads=16, tokens=256_206, kept=64_000)
"""facebook/nllb-200-distilled-1.3B by its config.json."""
SMALL = Shape(width=64, layers=1, feed_forward=128, heads=4, tokens=60_000, kept=45_000)


def widen(folder: Path, target: Path, extra: int, seed: int = 1) -> None:
    """Copy the int8 model in `folder` to `target` with `extra` pieces of other scripts and four languages.

    The pieces stand between the model's own, at random, with random ranks. They have the probability that
    training leaves to tokens which are never right: by label smoothing a tenth, shared out among all.
    ``<mask>`` has it in the model, so their rows are that of ``<mask>`` with some noise, and a bias of the
    output layer makes up for there being more tokens to share the tenth.
    """
    chance = np.random.default_rng(seed)
    target.mkdir(parents=True)
    foreign = [*MIXED, *_words(FOREIGN, extra - len(MIXED))]
    content = (folder / SENTENCEPIECE).read_bytes()
    own = _messages(content)
    places = np.sort(chance.integers(3, len(own) + 1, len(foreign))).tolist()
    ranks = chance.integers(0, len(own), len(foreign)).tolist()
    pieces = list(enumerate(own))
    for place, word, rank in reversed(list(zip(places, foreign, ranks, strict=True))):
        pieces.insert(place, (-1, _message(word, -float(rank))))
    body = b"".join(message for _, message in pieces)
    (target / SENTENCEPIECE).write_bytes(body + content[sum(map(len, own)) :])

    tokens, names = model_tokens(folder), iter(foreign)
    end = len(own) + 1  # of the pieces' rows
    rows = [*range(4), *(-1 if number < 0 else number + 1 for number, _ in pieces[3:])]
    rows += [*range(end, len(tokens)), *(-1 for _ in CODES), -1]
    named = [tokens[row] if row >= 0 else next(names, "") for row in rows]
    named[-len(CODES) - 1 :] = [*CODES, "madeupword0000"]
    _write_vocabulary(target, named)
    shutil.copyfile(folder / "config.json", target / "config.json")
    _write_weights(folder / "model.bin", target / "model.bin", _widened(folder, rows, len(tokens), seed))
    parent = read_manifest(folder)
    write_manifest(target, replace(parent, name=target.name, source="local", files=hash_files(target)))


def random_model(folder: Path, target: Path, shape: Shape) -> None:
    """Write an int8 model of this shape with random weights to `target`, built as the one in `folder` is."""
    target.mkdir(parents=True)
    pieces = write_pieces(folder, target / SENTENCEPIECE, shape)
    _write_vocabulary(target, nllb_tokens(pieces, ALL_CODES))
    shutil.copyfile(folder / "config.json", target / "config.json")
    _write_weights(folder / "model.bin", target / "model.bin", list(_random(folder, shape)))
    parent = read_manifest(folder)
    write_manifest(target, replace(parent, name=target.name, source="local", files=hash_files(target)))


def write_pieces(folder: Path, target: Path, shape: Shape) -> list[str]:
    """Write a sentencepiece model for a model of this shape to `target`; its pieces in the order of numbers.

    They are those of the model in `folder`, then such of other scripts, then Latin ones of no use: what
    trimming to the languages of `folder` keeps is `shape.kept`.
    """
    content = (folder / SENTENCEPIECE).read_bytes()
    own = _messages(content)
    latin = list(_words((RARE_LATIN,), shape.kept - len(own) - 5))  # three languages, <pad> and <mask>
    foreign = list(_words(FOREIGN, shape.tokens - shape.kept - len(CODES)))
    added = b"".join(_message(word, -1e6) for word in (*foreign, *latin))
    target.write_bytes(b"".join(own) + added + content[sum(map(len, own)) :])
    return ["", "", "", *model_tokens(folder)[4 : len(own) + 1], *foreign, *latin]


def _widened(folder: Path, rows: Sequence[int], tokens: int, seed: int) -> Iterator[Variable]:
    order = np.array(rows)
    for name, shape, kind, content in read_weights(folder / "model.bin"):
        if shape[:1] != (tokens,):
            yield name, shape, kind, content
            continue
        table = np.frombuffer(content, dtype="i1" if kind == "int8" else "f4").reshape(shape)
        table = table[np.where(order < 0, tokens - 1, order)]
        if table.ndim == 2:
            noise = np.random.default_rng(seed).integers(-32, 33, (int((order < 0).sum()), shape[1]))
            table[order < 0] = np.clip(table[order < 0] + noise, -127, 127)
        yield name, (len(order), *shape[1:]), kind, table.tobytes()
    bias = np.where(order < 0, np.log(tokens / len(order)), 0).astype("f4")
    yield "decoder/projection/bias", bias.shape, "float32", bias.tobytes()


def _random(folder: Path, shape: Shape) -> Iterator[Variable]:
    """The variables of the model in `folder`, its layers as many and its tables as large as asked for."""
    chance, info = np.random.default_rng(1), describe(folder)
    width = info.width
    sizes = {info.vocabulary: shape.tokens, width * 4: shape.feed_forward}
    sizes |= {width * times: shape.width * times for times in (1, 2, 3)}
    for name, found, kind, content in read_weights(folder / "model.bin"):
        if "/layer_" in name and "/layer_0/" not in name:
            continue
        wanted = tuple(sizes.get(length, length) for length in found)
        if name.endswith("num_heads"):
            content = struct.pack("<h", shape.heads)
        elif name.endswith("scale_embeddings"):
            content = struct.pack("<f", shape.width**0.5)
        elif found:
            content = _drawn(chance, name, wanted)
        for layer in range(shape.layers if "/layer_0/" in name else 1):
            yield name.replace("/layer_0/", f"/layer_{layer}/"), wanted, kind, content


def _drawn(chance: np.random.Generator, name: str, shape: tuple[int, ...]) -> bytes:
    """Weights as a fresh model has them: standard deviation 0.02, gains of one, no biases."""
    if name.endswith("/weight"):
        return chance.integers(-127, 128, shape, dtype=np.int8).tobytes()
    fill = 127 / 0.035 if name.endswith("weight_scale") else float(name.endswith("gamma"))
    return np.full(shape, fill, dtype="f4").tobytes()


def _write_weights(template: Path, target: Path, variables: Iterable[Variable]) -> None:
    content = template.read_bytes()
    head = 4 + 2 + len("TransformerSpec\0") + 4  # version, length, name, revision
    end = head + 4 + sum(2 + len(n) + 1 + 6 + 4 * len(s) + len(c) for n, s, _, c in read_weights(template))
    kinds = ("float32", "int8", "int16", "int32", "float16", "bfloat16")
    with target.open("wb") as file:
        file.write(content[:head] + bytes(4))
        count = 0
        for name, shape, kind, table in variables:
            count += 1
            called = name.encode() + b"\0"
            file.write(struct.pack("<H", len(called)) + called)
            file.write(struct.pack(f"<B{len(shape)}IBI", len(shape), *shape, kinds.index(kind), len(table)))
            file.write(table)
        file.write(content[end:])
        file.seek(head)
        file.write(struct.pack("<I", count))


def _write_vocabulary(folder: Path, tokens: Sequence[str]) -> None:
    (folder / "shared_vocabulary.json").write_text(json.dumps(tokens, indent=2), encoding="utf-8")


def _words(alphabets: Sequence[str], count: int) -> Iterator[str]:
    """So many different pieces, one alphabet after the other in turn: letters, pairs, and ever longer ones.

    With a piece there are all its beginnings and parts, so that merging really arrives at it.
    """
    streams = [_combined(letters) for letters in alphabets]
    return islice((next(stream) for stream in cycle(streams)), count)


def _combined(letters: str) -> Iterator[str]:
    for length in range(6):
        for combined in product("▁" + letters if length else letters, *[letters] * length):
            yield "".join(combined)


def _messages(content: bytes) -> list[bytes]:
    """The pieces of a sentencepiece model as they stand in the file, which begins with them."""
    found, place = [], 0
    while content[place : place + 1] == b"\x0a":
        assert content[place + 1] < 0x80
        end = place + 2 + content[place + 1]
        found.append(content[place:end])
        place = end
    return found


def _message(piece: str, score: float) -> bytes:
    text = piece.encode()
    body = b"\x0a" + bytes([len(text)]) + text + b"\x15" + struct.pack("<f", score)
    return b"\x0a" + bytes([len(body)]) + body
