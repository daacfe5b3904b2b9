"""Read out of a sentencepiece model what the sentencepiece library does not tell, and take pieces out of it.

The file is a protocol buffer. Two of its fields are needed to write a `tokenizer.json` that cuts
text as sentencepiece does: the character map of the normaliser and whether it is BPE. Reading the
fields takes thirty lines; the protobuf package would be a dependency for them alone. Field numbers
are those of sentencepiece's published `sentencepiece_model.proto`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from egiz.translate.errors import ModelError

_PIECE, _TRAINER, _NORMALISER, _SELF_TEST = 1, 2, 3, 4
_MODEL_TYPE, _BYTE_FALLBACK = 3, 35
_CHARACTER_MAP = 2
_BPE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SentencePieceFacts:
    """`is_bpe` (else unigram, word or char), `byte_fallback`, and the normaliser's map (may be empty)."""

    is_bpe: bool
    byte_fallback: bool
    character_map: bytes


def sentencepiece_facts(path: Path) -> SentencePieceFacts:
    """Read the facts from a sentencepiece model file; ModelError where it is none."""
    content = path.read_bytes()
    try:
        model = dict(_fields(content))
        trainer = dict(_fields(_bytes(model.get(_TRAINER, b""))))
        normaliser = dict(_fields(_bytes(model.get(_NORMALISER, b""))))
        return SentencePieceFacts(
            is_bpe=trainer.get(_MODEL_TYPE, 1) == _BPE,
            byte_fallback=trainer.get(_BYTE_FALLBACK, 0) == 1,
            character_map=_bytes(normaliser.get(_CHARACTER_MAP, b"")),
        )
    except (ValueError, IndexError) as error:
        raise ModelError("this is no sentencepiece model", where=str(path)) from error


def cut_pieces(path: Path, target: Path, kept: Container[int]) -> None:
    """Write the sentencepiece model `path` to `target` with only the pieces whose numbers are `kept`.

    Pieces keep their order and scores, and all settings stay. The examples that sentencepiece may hold
    to test itself go, for they may need the pieces that went. Raises ModelError where it is no such model.
    """
    content, parts, piece = path.read_bytes(), [], -1
    try:
        for number, _, start, stop in _spans(content):
            piece += number == _PIECE
            if number != _SELF_TEST and (number != _PIECE or piece in kept):
                parts.append(content[start:stop])
    except (ValueError, IndexError) as error:
        raise ModelError("this is no sentencepiece model", where=str(path)) from error
    target.write_bytes(b"".join(parts))


def _fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of one protocol buffer message; a later one of a number wins."""
    return ((number, value) for number, value, _, _ in _spans(content))


def _spans(content: bytes) -> Iterator[tuple[int, int | bytes, int, int]]:
    """Number and value of each field of one protocol buffer message, and where it stands with its key."""
    place = 0
    while place < len(content):
        begin = place
        key, place = _varint(content, place)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, place = _varint(content, place)
            yield number, value, begin, place
            continue
        if wire == 2:
            length, place = _varint(content, place)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if place + length > len(content):
            raise ValueError("cut short")
        yield number, content[place : place + length], begin, place + length
        place += length


def _varint(content: bytes, place: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = content[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number where bytes should be")
    return value
