"""Which pieces of a vocabulary a few languages need.

NLLB cuts text by byte-pair encoding: single characters are merged, two neighbours at a time, and every
merge makes a piece. A text is cut as before if, and only if, all pieces that its merges make are still
there: those that are gone were never made. Two choices keep that promise:

- by script: pieces of nothing but characters of the languages' scripts. A text of such characters can
  make no other piece.
- by use: pieces that given texts are cut into, and those that come into being on the way there. These
  texts are cut as before, others of those scripts into more and shorter pieces, never into unknown
  ones: all single characters of the scripts stay.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from egiz.translate.errors import InputError
from egiz.translate.languages import language
from egiz.translate.models.manifest import ModelFile
from egiz.translate.punctuation import normalise

if TYPE_CHECKING:
    import regex
    from sentencepiece import SentencePieceProcessor

    from egiz.translate.tokenizer import NllbTokenizer

_UNICODE = {"Hans": ("Hani",), "Hant": ("Hani",), "Jpan": ("Hani", "Hira", "Kana")}
"""What Unicode calls the scripts that ISO 15924 has other names for."""
_ALWAYS = "Latn"
"""Names, addresses and units of measurement are Latin in every language."""
_COMMON = ("Zyyy", "Zinh", "Zzzz")
"""Digits, punctuation, signs and the mark of a space; accents that combine; characters without a script."""
_SYMBOLS = "Grek"
"""The script whose single letters stand in formulas of every language."""


def scripts_of(tags: Iterable[str]) -> tuple[str, ...]:
    """The scripts that these languages are written in, as Unicode names them, and Latin; sorted.

    >>> scripts_of(["kk", "ja"])
    ('Cyrl', 'Hani', 'Hira', 'Kana', 'Latn')
    """
    written = {language(tag).script for tag in tags}
    return tuple(sorted({_ALWAYS, *(part for script in written for part in _UNICODE.get(script, (script,)))}))


def pieces_by_script(processor: SentencePieceProcessor, scripts: Sequence[str]) -> tuple[int, ...]:
    """Numbers of the pieces, ascending, of which every character is of the scripts or of none.

    Control pieces stay, and so do single Greek letters.
    """
    written = _written_in(scripts)
    return tuple(
        number
        for number, piece in enumerate(_pieces(processor))
        if written.fullmatch(piece) or _is_control(processor, number)
    )


def pieces_by_use(
    processor: SentencePieceProcessor, scripts: Sequence[str], uses: Mapping[str, int], least: int
) -> tuple[int, ...]:
    """Numbers of the pieces, ascending, that have at least `least` of the `uses`, and of what they need.

    They need the pieces that they are merged from. Single characters stay as in `pieces_by_script`. A
    piece that is used stays whatever its script.
    """
    written, pieces = _written_in(scripts), _pieces(processor)
    ranks = {
        piece: processor.get_score(number)
        for number, piece in enumerate(pieces)
        if not _is_control(processor, number)
    }
    needed = {made for piece, count in uses.items() if count >= least for made in merges(piece, ranks)}
    return tuple(
        number
        for number, piece in enumerate(pieces)
        if piece in needed or (len(piece) == 1 and written.fullmatch(piece)) or _is_control(processor, number)
    )


def merges(piece: str, ranks: Mapping[str, float]) -> Iterator[str]:
    """All pieces that come into being while byte-pair encoding makes `piece` of its characters; it is last.

    The neighbours whose join has the highest rank are merged first, the leftmost of several, as in
    sentencepiece. What happens inside a piece does not depend on the text around it, for nothing is ever
    merged across its border.
    """
    symbols = list(piece)
    yield from symbols
    while True:
        possible = [
            (ranks[left + right], -place)
            for place, (left, right) in enumerate(pairwise(symbols))
            if left + right in ranks
        ]
        if not possible:
            return
        place = -max(possible)[1]
        symbols[place : place + 2] = [symbols[place] + symbols[place + 1]]
        yield symbols[place]


def count_uses(tokenizer: NllbTokenizer, path: Path) -> tuple[Counter[str], ModelFile]:
    """How often each piece stands in a file, and which file that was; it is read once, line by line.

    UTF-8, one text a line or, in a table, tabs between texts; they are normalised as before translation.
    Raises InputError where the file cannot be read.
    """
    uses: Counter[str] = Counter()
    digest, size, number = hashlib.sha256(), 0, 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                digest.update(line)
                size += len(line)
                for text in line.decode("utf-8-sig" if number == 1 else "utf-8").split("\t"):
                    uses.update(tokenizer.pieces(normalise(text)))
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte 0x{error.object[error.start]:02x} is no UTF-8",
            where=f"{path}:{number}",
            expected="plain text or a table in UTF-8",
        ) from error
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", where=str(path)) from error
    return uses, ModelFile(name=path.name, size=size, sha256=digest.hexdigest())


def _written_in(scripts: Sequence[str]) -> regex.Pattern[str]:
    import regex

    written = "".join(rf"\p{{Script={script}}}" for script in (*scripts, *_COMMON))
    return regex.compile(rf"[{written}]+|\p{{Script={_SYMBOLS}}}")


def _pieces(processor: SentencePieceProcessor) -> list[str]:
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def _is_control(processor: SentencePieceProcessor, number: int) -> bool:
    """Whether a piece is no text: ``<unk>``, ``<s>``, ``</s>`` and their like, whose letters mean nothing."""
    return bool(processor.is_control(number) or processor.is_unknown(number) or processor.is_unused(number))
