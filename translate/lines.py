"""Translate plain text line by line: one line of output per line of input, of any number of sentences."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import overload

from egiz.translate.engine.protocol import Decoding, Engine
from egiz.translate.errors import InputError
from egiz.translate.guards import REASONS
from egiz.translate.ladder import Options
from egiz.translate.models.store import STARTER
from egiz.translate.records import Document, Sentence, Translation
from egiz.translate.split import split
from egiz.translate.text import nfc, target_text
from egiz.translate.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedLine:
    """A translated line: its number from 1, its translation per target language (`cells`), and `notes`.

    A note names a language and the reasons why a translation in the line is doubtful.
    """

    number: int
    cells: tuple[str, ...]
    notes: tuple[str, ...]


def decode_lines(stream: Iterable[bytes], name: str = "standard input") -> Iterator[str]:
    """Yield the lines of a UTF-8 stream in NFC, without line ends.

    Raises InputError with line and byte column for a line that is not UTF-8. `name` is the name of the stream
    in the message of this error.
    """
    for number, raw in enumerate(stream, start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise InputError(
                f"byte 0x{raw[error.start]:02x} at column {error.start + 1}",
                where=f"{name}:{number}",
                expected="UTF-8",
                action="Save it as UTF-8 in an editor, or convert it with iconv.",
            ) from error
        yield nfc(line.rstrip("\r\n"))


def translate_lines(lines: Iterable[str], translator: Translator) -> Iterator[TranslatedLine]:
    """Translate lines, in order; a blank line gives empty cells."""
    counts: deque[int] = deque()

    def sentences() -> Iterator[Sentence]:
        for number, line in enumerate(lines, start=1):
            found = list(split(Document(id=str(number), language=translator.source, text=line)))
            counts.append(len(found))
            yield from found

    number = 0
    stream = translator.translate(sentences())
    for first in stream:
        while not counts[0]:
            number += 1
            counts.popleft()
            yield _line(number, (), len(translator.targets))
        number += 1
        rows = (first, *islice(stream, counts.popleft() - 1))
        yield _line(number, rows, len(translator.targets))
    for blank in range(number + 1, number + 1 + len(counts)):
        yield _line(blank, (), len(translator.targets))


def _line(number: int, rows: Sequence[tuple[Translation, ...]], width: int) -> TranslatedLine:
    """Put a line together; `rows` has a tuple of translations per sentence, in the order of the targets.

    A line without rows (a blank line) gets `width` empty cells.
    """
    columns = list(zip(*rows, strict=True)) or [()] * width
    return TranslatedLine(
        number=number,
        cells=tuple(map(_cell, columns)),
        notes=tuple(
            f"{item.language}: {', '.join(REASONS[flag] for flag in item.flags)}"
            for column in columns
            for item in column
            if item.flags
        ),
    )


def _cell(column: Sequence[Translation]) -> str:
    """The translations of a line's sentences, joined by spaces; failed ones are left out."""
    texts = (target_text(item.text, item.language) for item in column)
    return " ".join(text for text in texts if text)


@overload
def translate(
    text: str,
    to: str,
    *,
    source: str = "kk",
    model: str | Path | Engine = STARTER,
    home: Path | None = None,
    options: Options | None = None,
) -> str: ...


@overload
def translate(
    text: list[str] | tuple[str, ...],
    to: str,
    *,
    source: str = "kk",
    model: str | Path | Engine = STARTER,
    home: Path | None = None,
    options: Options | None = None,
) -> list[str]: ...


def translate(
    text: str | list[str] | tuple[str, ...],
    to: str,
    *,
    source: str = "kk",
    model: str | Path | Engine = STARTER,
    home: Path | None = None,
    options: Options | None = None,
) -> str | list[str]:
    """Translate a text, or several, from the language `source` into the language `to` (BCP-47 tags).

    Sentences are translated one by one, with the same retries as in a build; the result has the same lines,
    blank ones included. `model` is a name, a hub id, a folder, or an engine from `open_model`; a model that
    is named is opened once and kept open. `home` is the folder that holds the models, by default the user's
    data folder. For statuses, hypotheses and log-probabilities use `Translator`.

    Raises LanguageError if the model lacks a language, ModelNotFound if it is not on this machine.
    """
    engine = _opened(str(model), home) if isinstance(model, str | Path) else model
    if options is None:
        manifest = getattr(engine, "manifest", None)
        options = Options(decoding=Decoding.parse(manifest.decoding if manifest else ()))
    translator = Translator(engine, source, [to], options=options)
    texts = [text] if isinstance(text, str) else list(text)
    lines = [item.split("\n") for item in texts]
    made = translate_lines((line for item in lines for line in item), translator)
    found = ["\n".join(line.cells[0] for line in islice(made, len(item))) for item in lines]
    return found[0] if isinstance(text, str) else found


@lru_cache(maxsize=2)
def _opened(model: str, home: Path | None) -> Engine:
    """The engine of a model; it is kept open for later calls with the same arguments."""
    from egiz.translate.engine.ctranslate2 import open_model

    return open_model(model, home=home)
