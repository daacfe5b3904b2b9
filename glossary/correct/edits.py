"""Edits as data: replaying them, and finding those that turn one text into another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from egiz.translate.records import Edit

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def replay(raw: str, edits: Sequence[Edit]) -> str:
    """The text that `edits` make of `raw`.

    Raises ValueError where an edit does not fit: what stands there is not its `before`, or two overlap.

    >>> replay("реформа началась", [Edit(start=0, stop=7, before="реформа", after="перестройка",
    ...     term="perestroika", rule="replaced")])
    'перестройка началась'
    """
    parts, at = [], 0
    for edit in sorted(edits, key=_place):
        if edit.start < at or raw[edit.start : edit.stop] != edit.before:
            found = raw[edit.start : edit.stop]
            raise ValueError(f"edit at {edit.start}: expected {edit.before!r}, found {found!r}")
        parts += [raw[at : edit.start], edit.after]
        at = edit.stop
    return "".join([*parts, raw[at:]])


def between(raw: str, text: str, *, term: str, rule: str) -> tuple[Edit, ...]:
    """The edits, word by word, that turn `raw` into `text`; all bear the same term and rule."""
    before, after = _TOKEN.findall(raw), _TOKEN.findall(text)
    starts = [0]
    for token in before:
        starts.append(starts[-1] + len(token))
    return tuple(
        Edit(
            start=starts[first],
            stop=starts[last],
            before="".join(before[first:last]),
            after="".join(after[begin:end]),
            term=term,
            rule=rule,
        )
        for kind, first, last, begin, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if kind != "equal"
    )


def free(edits: Iterable[Edit], start: int, stop: int) -> bool:
    """Whether no edit touches ``raw[start:stop]``."""
    return all(edit.stop <= start or stop <= edit.start for edit in edits)


def _place(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.stop
