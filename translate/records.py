"""The records that flow through Egiz: document → sentences → translations.

Small frozen dataclasses, keyword-only, standard library only. A stage never changes a record; it
makes the next one. Offsets are code points into `Document.text`, counted from 0, half-open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

Status = Literal["ok", "retried", "suspect", "failed"]
"""How a translation fared: as decoded; as decoded on a later try; published with doubts; none at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of a document: `text[start:stop]` at a level from 1 to 6.

    Where `stop` is `start`, no words of the text are the heading: a chapter begins at `start` that the table
    of contents calls `title`.
    """

    start: int
    stop: int
    level: int
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file of a folder that gave no document: its path from the folder's name on, and why.

    `failed` says that it should have been readable; the others are of other kinds, hidden, or made by Egiz.
    """

    path: str
    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One source text with where it comes from.

    `text` is what was read, NFC-normalised and with `\\n` line ends, and never changed after: every
    offset points into it. `sha256` is of the bytes that were read, in hex. `headings` stand in order;
    `left_out` names what the file holds besides and was not read; `encoding` is set if it was guessed.
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

    `rule` is the name of the rule; `before` stood at `start:stop` of the document's text and reads
    `after` in the sentence (both may be empty: a glued boundary replaces nothing by nothing).
    """

    rule: str
    start: int
    stop: int
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of a document, the unit of everything that follows.

    `id` is ``document:paragraph.index``, both counted from 1, so that a second run over the same
    text names the same sentences. ``document.text[start:stop]`` is the raw slice; `text` is its
    repaired form: one line, single spaces, NFC, never empty.
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
        """A text that stands in no document."""
        return cls(id="", document="", paragraph=1, index=1, start=0, stop=len(text), text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One output of the engine.

    `tokens` are the target pieces without language code and end token. `logprob` is the mean
    natural-log probability per target token, end token included; higher is better, 0 at most. `complete`
    is False where the output ran into the length cap before its end token.
    """

    text: str
    tokens: tuple[str, ...]
    logprob: float
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One rung of the retry ladder that was tried: its name, and what the guards said of its best output."""

    rung: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved a translation, by their own name, and when (UTC, ISO 8601); empty where unknown."""

    author: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A sentence in one target language, with everything that was tried to get it.

    `hypotheses` stand best first; none only where `status` is ``failed``. `flags` are the guards' codes
    that still hold for the first one, so ``suspect`` always has at least one. `engine` names model
    fingerprint, precision and decoding settings. `remembered` says it came from the translation memory, and
    `approval` that a person approved it, so that no engine was asked.
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
        """The best output, raw as the engine gave it; empty where there is none."""
        return self.hypotheses[0].text if self.hypotheses else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change to the machine's output, as data that can be replayed.

    `before` stood at `start:stop` of the output (code points from 0, half-open; in published rows that is
    the output as it was typeset) and reads `after` in the corrected text. `term` is the identifier of the
    term that asked for it, `rule` the name of the rule that made it.
    """

    start: int
    stop: int
    before: str
    after: str
    term: str
    rule: str
