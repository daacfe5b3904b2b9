"""The records that flow through Egiz: document → sentences → translations.

They are small frozen dataclasses, keyword-only, and need only the standard library. A stage never changes a
record; it makes a new one. Offsets count code points of `Document.text` from 0 and are half-open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

Status = Literal["ok", "retried", "suspect", "failed"]
"""The status of a translation: ``ok``, the first output has no flags; ``retried``, a later one has none;
``suspect``, the best output has flags; ``failed``, there is no translation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of a document: ``text[start:stop]`` of the document, at a level from 1 (highest) to 6.

    If `stop` equals `start`, the heading is not in the text: a chapter begins at `start`, and `title` is its
    title in the table of contents.
    """

    start: int
    stop: int
    level: int
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file of a folder that gave no document: its path, beginning with the folder's name, and the reason.

    `failed` says that the file is of a kind that Egiz reads, but could not be read. Other files are left out
    because they are of another kind, hidden, or made by Egiz.
    """

    path: str
    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One source text and its origin.

    `text` is the text as read, in NFC and with `\\n` line ends; it is never changed, because all offsets
    refer to it. `sha256` is that of the bytes that were read, in hexadecimal. `headings` are in text order;
    `left_out` names the parts of the file that were not read; `encoding` is set if it was guessed.
    """

    id: str
    language: str
    text: str
    title: str = ""
    licence: str = ""
    sha256: str = ""
    headings: tuple[Heading, ...] = ()
    left_out: tuple[str, ...] = ()
    encoding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One change the splitter made between the raw text and a sentence's text.

    `rule` is the name of the rule; `before` is the document's text at ``start:stop``, `after` its replacement
    in the sentence. Both are empty if the rule found a sentence boundary without a space and changed nothing.
    """

    rule: str
    start: int
    stop: int
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of a document, the unit of everything that follows.

    `id` is ``document:paragraph.index``: the id of the document, the number of the paragraph in the document,
    and the number of the sentence in the paragraph; both count from 1. Every run over the same text gives the
    same ids. ``document.text[start:stop]`` is the raw text; `text` is its repaired form: one line, single
    spaces, NFC, never empty.
    """

    id: str
    document: str
    paragraph: int
    index: int
    start: int
    stop: int
    text: str
    repairs: tuple[Repair, ...] = ()

    @classmethod
    def alone(cls, text: str) -> Self:
        """A sentence that belongs to no document."""
        return cls(id="", document="", paragraph=1, index=1, start=0, stop=len(text), text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One output of the engine.

    `tokens` are the target pieces without language code and end token. `logprob` is the mean
    natural-log probability per target token, end token included; higher is better, 0 at most. `complete`
    is False if the output reached the length cap before its end token.
    """

    text: str
    tokens: tuple[str, ...]
    logprob: float
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One decoding of a sentence: the name of the rung of the retry ladder, and the guards' flags of its
    first output."""

    rung: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The person who approved a translation, by name, and the time (UTC, ISO 8601); empty if unknown."""

    author: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The translation of a sentence into one target language, with all attempts.

    `hypotheses` are best first, and empty only if `status` is ``failed``. `flags` are the guards' codes for
    the first hypothesis; a ``suspect`` translation has at least one. `engine` names model fingerprint,
    precision and decoding settings. `remembered` says that the translation came from the translation memory.
    `approval` is set if it is a translation that a person approved; then no engine was used.
    """

    sentence: Sentence
    language: str
    hypotheses: tuple[Hypothesis, ...]
    status: Status
    flags: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    engine: str
    remembered: bool = False
    approval: Approval | None = None

    @property
    def text(self) -> str:
        """The best output, as the engine returned it; empty if there is none."""
        return self.hypotheses[0].text if self.hypotheses else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change to the machine's output, as data that can be replayed.

    `before` is the output at ``start:stop`` (code points from 0, half-open), `after` its replacement in the
    corrected text. In published rows, the offsets refer to the typeset output. `term` is the identifier of
    the term that required the change, `rule` the name of the rule that made it.
    """

    start: int
    stop: int
    before: str
    after: str
    term: str
    rule: str
