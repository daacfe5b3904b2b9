"""The token layout of an NLLB model: which token has which id, and its sentencepiece model.

Four special tokens come first, then the sentencepiece pieces from the fourth on, then the language codes,
then ``<mask>``. This is the order of fairseq; every NLLB checkpoint on the hub and every model that Egiz
trains has it::

    id      0    1      2     3      4 … size       size+1 … size+codes   size+codes+1
    token   <s>  <pad>  </s>  <unk>  pieces 3 …     language codes        <mask>

`size` is the number of pieces in the sentencepiece model, whose own first three are ``<unk>``,
``<s>`` and ``</s>``: piece number *i* has id *i* + 1. Further rows of the embedding are padding.

The sentencepiece model is a protocol buffer. Two of its fields are needed to write a `tokenizer.json` that
segments text as sentencepiece does: the character map of the normaliser, and whether it is BPE. Reading them
takes thirty lines, which avoids a dependency on protobuf. Field numbers are those of the published
`sentencepiece_model.proto`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from egiz.translate.errors import ModelError
from egiz.translate.io import files as json_file
from egiz.translate.languages import languages, nllb_codes

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor


_PIECE, _TRAINER, _NORMALISER, _SELF_TEST = 1, 2, 3, 4
_MODEL_TYPE = 3
_CHARACTER_MAP = 2
_BPE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SentencePieceFacts:
    """The type of a sentencepiece model and its normaliser.

    `is_bpe` is False for unigram, word and char models. `character_map` is the character map of the
    normaliser; it may be empty.
    """

    is_bpe: bool
    character_map: bytes


def sentencepiece_facts(path: Path) -> SentencePieceFacts:
    """Read the facts from a sentencepiece model file; ModelError if it is not one."""
    content = path.read_bytes()
    try:
        model = dict(_fields(content))
        trainer = dict(_fields(_bytes(model.get(_TRAINER, b""))))
        normaliser = dict(_fields(_bytes(model.get(_NORMALISER, b""))))
        return SentencePieceFacts(
            is_bpe=trainer.get(_MODEL_TYPE, 1) == _BPE,
            character_map=_bytes(normaliser.get(_CHARACTER_MAP, b"")),
        )
    except (ValueError, IndexError) as error:
        raise ModelError("this is no sentencepiece model", where=str(path)) from error


def cut_pieces(path: Path, target: Path, kept: Container[int]) -> None:
    """Copy the sentencepiece model `path` to `target` with only the pieces whose numbers are in `kept`.

    The pieces keep their order and scores, and all settings stay. The self-test samples of the model are
    removed, because they may need removed pieces. Raises ModelError if `path` is not a sentencepiece model.
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
    """Number and value of each field of one protocol buffer message, in the order of the message."""
    return ((number, value) for number, value, _, _ in _spans(content))


def _spans(content: bytes) -> Iterator[tuple[int, int | bytes, int, int]]:
    """Number, value and span of each field of a protocol buffer message.

    A span is (start, stop) in bytes and includes the key of the field. Raises ValueError or IndexError for
    bytes that are no such message.
    """
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
    """The variable-length integer at offset `place`, and the offset after it."""
    value, shift = 0, 0
    while True:
        byte = content[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7


def _bytes(value: int | bytes) -> bytes:
    """The value of a field that must hold bytes; ValueError if it is a number."""
    if isinstance(value, int):
        raise ValueError("a number where bytes should be")
    return value


SourceFormat = Literal["nllb", "legacy"]
"""The position of the source language code: first (``nllb``), or after ``</s>`` (``legacy``)."""
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
MASK = "<mask>"
SENTENCEPIECE = "sentencepiece.bpe.model"
MADE_UP = "madeupword{}"
MOST_PADDING = 63
"""The most padding rows after ``<mask>``: embeddings are rounded up to a multiple of 64. NLLB-200 itself has
2."""


def load_sentencepiece(path: Path) -> SentencePieceProcessor:
    """Open a sentencepiece model whose first three pieces are NLLB's.

    Raises ModelError if the file is missing, is not a sentencepiece model, or has another order of control
    pieces, which would make all ids wrong.
    """
    from sentencepiece import SentencePieceProcessor

    if not path.is_file():
        raise ModelError(
            f"there is no {path.name} in {path.parent}",
            action="Copy it from the repository that the checkpoint came from.",
        )
    processor = SentencePieceProcessor()
    try:
        processor.Load(str(path))
    except (OSError, RuntimeError) as error:
        raise ModelError("this is no sentencepiece model", where=str(path)) from error
    found = tuple(processor.id_to_piece(number) for number in range(3))
    if found != ("<unk>", "<s>", "</s>"):
        raise ModelError(
            f"the first pieces are {', '.join(found)}",
            where=str(path),
            expected="<unk>, <s>, </s> as in NLLB",
            action="Train the sentencepiece model with unk_id=0, bos_id=1, eos_id=2 and no pad.",
        )
    return processor


def nllb_tokens(pieces: Sequence[str], codes: Sequence[str], size: int = 0) -> tuple[str, ...]:
    """All tokens in id order for these sentencepiece pieces and language codes.

    `size` is the number of rows of the embedding. Rows beyond the tokens are padding and are named
    ``madeupword0`` and so on, as in fairseq. With `size` 0 there is no padding.
    """
    tokens = (*SPECIALS, *pieces[3:], *codes, MASK)
    padding = tuple(MADE_UP.format(number) for number in range(size - len(tokens)))
    return tokens + padding


def checkpoint_tokens(folder: Path) -> tuple[str, ...]:
    """All tokens of a checkpoint in hub layout, in the order of its embedding rows.

    They are taken from `tokenizer.json` or, without one, from the `added_tokens_decoder` of
    `tokenizer_config.json`. If that has no language codes either, they are rebuilt from the sentencepiece
    model alone, but only if the number of embedding rows fits the 202 codes of NLLB and at most
    `MOST_PADDING` rows of padding. (With a sentencepiece model alone, transformers 5 silently loads a
    tokenizer in which every language is ``<unk>``.)

    Raises ModelError if the language codes cannot be determined, if the tokens disagree with the
    sentencepiece model, or if there are more tokens than embedding rows.
    """
    size = _embedding_rows(folder)
    processor = load_sentencepiece(folder / SENTENCEPIECE)
    pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    listed = _listed_tokens(folder, pieces)
    tokens = listed or _rebuilt_tokens(folder, pieces, size)
    check_layout(tokens, pieces, where=str(folder))
    if len(tokens) > size:
        raise ModelError(
            f"the tokenizer has {len(tokens)} tokens but the embedding {size} rows",
            where=str(folder),
            action="Tokenizer and weights are of different models; fetch both from one revision.",
        )
    return tokens + tuple(MADE_UP.format(number) for number in range(size - len(tokens)))


def model_tokens(folder: Path) -> tuple[str, ...]:
    """All tokens, in id order, of a model folder: a CTranslate2 model, or a checkpoint in hub layout.

    Raises ModelError if there is no vocabulary, or if a converted model has different vocabularies for source
    and target: NLLB has one vocabulary for both.
    """
    if not (folder / "model.bin").is_file():
        return checkpoint_tokens(folder)
    shared = _vocabulary(folder, "shared")
    if shared:
        return shared
    source, target = _vocabulary(folder, "source"), _vocabulary(folder, "target")
    if not source:
        raise ModelError("there is no shared_vocabulary.json", where=str(folder), action="Convert it again.")
    if source != target:
        raise ModelError(
            "source and target vocabulary differ", where=str(folder), expected="one vocabulary, as in NLLB"
        )
    return source


def check_layout(tokens: Sequence[str], pieces: Sequence[str], *, where: str) -> None:
    """Raise ModelError unless the tokens follow NLLB's layout for these pieces and have a language code."""
    if tuple(tokens[:4]) != SPECIALS:
        raise ModelError(f"the vocabulary begins {tuple(tokens[:4])}", where=where, expected=f"{SPECIALS}")
    for number, piece in enumerate(pieces[3:], start=4):
        found = tokens[number] if number < len(tokens) else "nothing"
        if found != piece:
            raise ModelError(
                f"token {number} is {found!r}",
                where=where,
                expected=f"{piece!r} as in {SENTENCEPIECE}",
                action="Tokenizer and pieces are of different models; fetch both from one revision.",
            )
    repeated = len(tokens) - len(set(tokens))
    if repeated:
        raise ModelError(f"the vocabulary has {repeated} repeated tokens", where=where)
    if not present_codes(tokens):
        raise ModelError(
            "the vocabulary has no NLLB language code",
            where=where,
            expected="codes such as kaz_Cyrl after the pieces",
            action="Egiz runs NLLB checkpoints; M2M100, mBART and others mark languages in another way.",
        )


def detect_source_format(folder: Path) -> SourceFormat:
    """``legacy`` if `tokenizer_config.json` has ``legacy_behaviour: true``, otherwise ``nllb``.

    Checkpoints that were fine-tuned with transformers before April 2023 expect the legacy format, but not all
    of them state this. For a checkpoint that does not, the user must name the format.
    """
    path = folder / "tokenizer_config.json"
    legacy = path.is_file() and read_json(path).get("legacy_behaviour") is True
    return "legacy" if legacy else "nllb"


def present_codes(tokens: Iterable[str]) -> tuple[str, ...]:
    """The NLLB language codes among these tokens, in the order of NLLB's list."""
    known = frozenset(tokens)
    return tuple(code for code in nllb_codes() if code in known)


def present_tags(tokens: Iterable[str]) -> tuple[str, ...]:
    """The BCP-47 tags of the languages whose codes are among these tokens, sorted."""
    codes = frozenset(present_codes(tokens))
    return tuple(sorted(item.tag for item in languages() if item.code in codes))


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file of a model; ModelError if the file is missing or holds anything else."""
    if not path.exists():
        raise ModelError(f"there is no {path.name} in {path.parent}")
    value = json_file.read_json(path, error=ModelError)
    if not isinstance(value, dict):
        raise ModelError(
            f"the file holds a {type(value).__name__}", where=str(path), expected="a JSON object"
        )
    return value


def _vocabulary(folder: Path, side: str) -> tuple[str, ...]:
    """The tokens in ``<side>_vocabulary.json`` or, if there is no such file, in ``<side>_vocabulary.txt``.

    The second name is that of CTranslate2 2 and 3. Empty if there is neither file.
    """
    path = folder / f"{side}_vocabulary.json"
    if path.is_file():
        content = json_file.read_json(path, error=ModelError)
        if not isinstance(content, list) or not all(isinstance(token, str) for token in content):
            raise ModelError("the file holds something else", where=str(path), expected="a list of tokens")
        return tuple(content)
    path = folder / f"{side}_vocabulary.txt"
    if not path.is_file():
        return ()
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"the file cannot be read ({error})", where=str(path), expected="UTF-8") from error
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def _embedding_rows(folder: Path) -> int:
    """The number of embedding rows that `config.json` states."""
    size = read_json(folder / "config.json").get("vocab_size")
    if not isinstance(size, int) or size < 5:
        raise ModelError(f"vocab_size is {size!r}", where=str(folder / "config.json"), expected="a number")
    return size


def _listed_tokens(folder: Path, pieces: Sequence[str]) -> tuple[str, ...]:
    """The tokens in id order, as a tokenizer file lists them; empty if the file lists no language code.

    Raises ModelError if an id is missing between 0 and the highest one.
    """
    ids = _listed_ids(folder, pieces)
    if not present_codes(ids.values()):
        return ()
    highest = max(ids)
    if len(ids) != highest + 1:
        hole = next(number for number in range(highest) if number not in ids)
        raise ModelError(
            f"the tokenizer has no token with id {hole} though it has {highest}", where=str(folder)
        )
    return tuple(ids[number] for number in range(highest + 1))


def _listed_ids(folder: Path, pieces: Sequence[str]) -> dict[int, str]:
    """Tokens by id, from `tokenizer.json` or else `tokenizer_config.json`; empty if neither file exists.

    Raises ModelError if the file is malformed.
    """
    path = folder / "tokenizer.json"
    is_full = path.is_file()
    if not is_full:
        path = folder / "tokenizer_config.json"
    if not path.is_file():
        return {}
    content = read_json(path)
    try:
        ids = _ids_of_tokenizer(content, where=str(path)) if is_full else _ids_of_config(content, pieces)
        if min(ids, default=0) < 0:
            raise ValueError(f"id {min(ids)}")
    except json_file.MISSHAPEN as error:
        raise ModelError(
            f"the tokens cannot be read ({type(error).__name__}: {error})",
            where=str(path),
            expected="a tokenizer as transformers writes it, with a number for every token",
            action="Fetch the file again from the repository that the checkpoint came from.",
        ) from error
    return ids


def _ids_of_config(content: Mapping[str, Any], pieces: Sequence[str]) -> dict[int, str]:
    """Tokens by id, from the added tokens in `tokenizer_config.json` and the sentencepiece pieces."""
    added = content.get("added_tokens_decoder")
    if not isinstance(added, Mapping):
        return {}
    ids = dict(enumerate((*SPECIALS, *pieces[3:])))
    return ids | {int(number): str(entry["content"]) for number, entry in added.items()}


def _ids_of_tokenizer(content: Mapping[str, Any], *, where: str) -> dict[int, str]:
    """Tokens by id, from `tokenizer.json`; ModelError if it has two tokens with one id."""
    vocabulary = content.get("model", {}).get("vocab", {})
    if isinstance(vocabulary, list):
        ids = {number: str(entry[0]) for number, entry in enumerate(vocabulary)}
    else:
        ids = {int(number): str(token) for token, number in vocabulary.items()}
    for entry in content.get("added_tokens", ()):
        number, token = int(entry["id"]), str(entry["content"])
        if ids.setdefault(number, token) != token:
            raise ModelError(f"id {number} is both {ids[number]!r} and {token!r}", where=where)
    return ids


def _rebuilt_tokens(folder: Path, pieces: Sequence[str], size: int) -> tuple[str, ...]:
    """The tokens of NLLB-200 for these pieces; ModelError if they do not fit `size` embedding rows."""
    codes = nllb_codes()
    least = len(nllb_tokens(pieces, codes))
    if least <= size <= least + MOST_PADDING:
        return nllb_tokens(pieces, codes)
    raise ModelError(
        f"the tokenizer has no language codes: {SENTENCEPIECE} alone ({len(pieces)} pieces) does not say"
        f" which of the embedding's {size} rows is which language",
        where=str(folder),
        expected=f"tokenizer.json beside it, or NLLB-200's {least} rows",
        action="Copy tokenizer.json from the repository that the checkpoint came from.",
    )


def merge_ranks(processor: SentencePieceProcessor) -> dict[str, float]:
    """The score of each piece of a byte-pair model; the merge with the highest score is made first.

    Control, unknown and byte pieces are left out.
    """
    return {
        processor.id_to_piece(number): processor.get_score(number)
        for number in range(processor.get_piece_size())
        if not (processor.is_control(number) or processor.is_unknown(number) or processor.is_byte(number))
    }
