"""The guards in their order, their published codes, and what the codes mean to a reader."""

from __future__ import annotations

from collections.abc import Callable

from egiz.translate.guards.case import CONTROL, Case, letters, translatable, words
from egiz.translate.guards.language import other_language, script
from egiz.translate.guards.rules import copied, long, numbers, pieces, repeated, short
from egiz.translate.records import Hypothesis

Guard = Callable[[Case], bool | None]
"""A guard's answer. True: the output is bad; False: examined and fine; None: no opinion."""


def empty(case: Case) -> bool | None:
    """Whether the output is empty, or has no letter although the source has a word of three or more letters.

    "1985 ж." may become "1985"; "1985 жылы" may not.
    """
    if letters(case.output) or not any(map(str.isalnum, case.source)):
        return False
    wordy = translatable(case.source) and any(letters(word) > 2 for word in words(case.source))
    return wordy or not any(map(str.isalnum, case.output))


def cut(case: Case) -> bool | None:
    """Whether the output reached the length cap before its end token."""
    return not case.complete


def unknown(case: Case) -> bool | None:
    """Whether the output has text that readers should never see: unknown or control pieces, language codes.

    A replacement character counts even if the source has it; a language code only if the source lacks it.
    """
    shown = {found.group() for found in CONTROL.finditer(case.output)}
    return "<unk>" in case.tokens or any(mark in "⁇\ufffd" or mark not in case.source for mark in shown)


GUARDS: tuple[tuple[str, Guard], ...] = (
    ("empty", empty),
    ("cut", cut),
    ("unknown", unknown),
    ("copied", copied),
    ("script", script),
    ("language", other_language),
    ("repeated", repeated),
    ("pieces", pieces),
    ("numbers", numbers),
    ("short", short),
    ("long", long),
)
"""Code and guard, in the order in which flags are published: from unusable output to doubtful output."""

CODES = tuple(code for code, _ in GUARDS)

KEPT, ENDLESS, FOREIGN = "kept", "endless", "foreign"

REASONS: dict[str, str] = {
    "empty": "says nothing",
    "cut": "was cut off at the length limit",
    "unknown": "holds marks the model could not spell",
    "copied": "repeats the original instead of translating it",
    "script": "is written in the wrong letters",
    "language": "is in another language",
    "repeated": "repeats itself",
    "pieces": "has lost or changed an address, a placeholder, a tag or the like",
    "numbers": "has lost or changed a number",
    "short": "ends early or leaves something out",
    "long": "is much longer than the original",
    "unread": "misses characters of the original that the model cannot read",
    FOREIGN: "is of an original that is not in the letters of its language",
    KEPT: "is the original as it stands, which is in this language already",
    ENDLESS: "was not made, because the original is too long to be a sentence",
}
"""Each code in words that complete "This translation …". The last four are not from a guard, but from the
engine, from the check of the original, and for sentences that are never given to the engine."""


def check(
    source: str, hypothesis: Hypothesis, *, source_language: str, target_language: str
) -> tuple[str, ...]:
    """The codes of all guards that find the output bad, in the order of `GUARDS`; ``()`` if it is fine.

    Texts are normalised sentences; languages are BCP-47 tags. An empty output gets ``empty`` only. The copy
    of a source with nothing to translate is fine. Raises LanguageError for a language that NLLB lacks.
    """
    case = Case(
        source=source,
        output=hypothesis.text,
        tokens=hypothesis.tokens,
        complete=hypothesis.complete,
        source_language=source_language,
        target_language=target_language,
    )
    if source.strip() == case.output.strip() and not translatable(source):
        return ()
    if empty(case):
        return ("empty", "cut") if cut(case) else ("empty",)
    return tuple(code for code, guard in GUARDS if guard(case))
