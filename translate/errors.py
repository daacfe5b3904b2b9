"""The exception tree of Egiz, and helpers for the wording of messages.

::

    EgizError
    ├── InputError       a document, table or stream that cannot be read in its stated format
    ├── OptionError      an option, column or setting that does not exist or does not fit
    │   └── LanguageError   a language that is unknown, or that the model lacks
    ├── ModelError       a model that is broken, incomplete or unsafe to load
    │   └── ModelNotFound   a model that is not on this machine and cannot be fetched
    ├── TranslationMemoryError  a memory that cannot be opened, or a file that is not one
    └── OutputError      a result that cannot be written

The user can correct the cause of each of them, so the command line prints the message without a traceback
and exits with status 2. Bugs of Egiz are ordinary Python exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class EgizError(Exception):
    """An error whose cause the user can correct.

    `where` names the place (file:line, row id, option), `found` what is wrong there, `expected` what would be
    right, `action` what to do. The message has these four in one line, without empty ones.
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
    """A document, table or stream that cannot be read in its stated format."""


class OptionError(EgizError):
    """An option, column or setting that does not exist or does not fit."""


class LanguageError(OptionError):
    """A language that is unknown, or that the model lacks."""


class ModelError(EgizError):
    """A model that is broken, incomplete or unsafe to load."""


class ModelNotFound(ModelError):
    """A model that is not on this machine and cannot be fetched."""


class TranslationMemoryError(EgizError):
    """A translation memory that cannot be opened, or a file that is not one."""


class OutputError(EgizError):
    """A result that cannot be written."""


def nearest(word: str, known: Iterable[str]) -> str:
    """A question that suggests the words of `known` most similar to `word`, for the `action` of an error.

    For example ``Did you mean 'kk'?``; empty if no word is similar.
    """
    close = get_close_matches(word, list(known), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(repr(item) for item in close)}?" if close else ""


def plural(number: int, noun: str) -> str:
    """A number with its noun, singular or plural: ``1 sentence``, ``37,000 sentences``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
