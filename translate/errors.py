"""The exception tree of Egiz, and helpers for the wording of messages.

::

    EgizError
    ├── InputError       a document, table or stream that cannot be read as what it claims to be
    ├── OptionError      an option, column or setting that does not exist or does not fit
    │   └── LanguageError   a language that is unknown, or that the model lacks
    ├── ModelError       a model that is broken, incomplete or unsafe to load
    │   └── ModelNotFound   a model that is not on this machine and cannot be fetched
    ├── TranslationMemoryError  a memory that cannot be opened, or a file that is not one
    └── OutputError      a result that cannot be written

Every one is a mistake or a lack that a person can mend, so the command line prints the message
without a traceback and leaves with status 2. Our own bugs are ordinary Python exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class EgizError(Exception):
    """Something a person can mend.

    `where` names the place (file:line, row id, option), `found` what stood there, `expected` what
    should have, `action` what to do now. The message is these four in one line, empty ones left out.
    """

    def __init__(self, found: str, *, where: str = "", expected: str = "", action: str = "") -> None:
        self.where, self.found, self.expected, self.action = where, found, expected, action
        message = f"{where}: {found}" if where else found
        if expected:
            message += f"; expected {expected}"
        if action:
            message += f". {action}"
        super().__init__(message)


class InputError(EgizError):
    """A document, table or stream that cannot be read as what it claims to be."""


class OptionError(EgizError):
    """An option, column or setting that does not exist or does not fit."""


class LanguageError(OptionError):
    """A language that is unknown, or that the model at hand lacks."""


class ModelError(EgizError):
    """A model that is broken, incomplete or unsafe to load."""


class ModelNotFound(ModelError):
    """A model that is not on this machine and cannot be fetched."""


class TranslationMemoryError(EgizError):
    """A translation memory that cannot be opened, or a file that is not one."""


class OutputError(EgizError):
    """A result that cannot be written."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Say the nearest valid words, for the `action` of an error: ``Did you mean 'kk'?`` or nothing."""
    close = get_close_matches(word, list(known), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(repr(item) for item in close)}?" if close else ""


def plural(number: int, noun: str) -> str:
    """A number with its noun: ``1 sentence``, ``37,000 sentences``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
