"""Edits as data: replay them, add one on top of others, derive them from two texts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from egiz.glossary.morphology.base import Change
from egiz.translate.records import Edit


def replay(raw: str, edits: Sequence[Edit]) -> str:
    """Apply `edits` to `raw`.

    Raises ValueError where the text at an edit is not its `before`, or two edits overlap.

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


def changes(before: str, after: str) -> list[Change]:
    """The word-level changes from one line to another: start and stop in `before`, and the new text.

    No change begins or ends with a space: a pure insertion or deletion includes the neighbouring word.
    """
    old, new = before.split(" "), after.split(" ")
    blocks: list[tuple[int, int, int, int]] = []
    for kind, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if first == last or begin == end:
            if first and begin:
                first, begin = first - 1, begin - 1
            else:
                last, end = last + 1, end + 1
        if blocks and blocks[-1][1] >= first:
            first, _, begin, _ = blocks.pop()
        blocks.append((first, last, begin, end))
    starts = [0]
    for word in old:
        starts.append(starts[-1] + len(word) + 1)
    return [(starts[first], starts[last] - 1, " ".join(new[begin:end])) for first, last, begin, end in blocks]


def shifted(made: Collection[Change]) -> list[Change]:
    """The places in the new text of changes that were made in the old one."""
    moved, shift = [], 0
    for start, stop, after in sorted(made):
        moved.append((start + shift, start + shift + len(after), after))
        shift += len(after) - (stop - start)
    return moved


def applied(text: str, made: Collection[Change]) -> str:
    """The text with changes that do not overlap."""
    for start, stop, after in sorted(made, reverse=True):
        text = text[:start] + after + text[stop:]
    return text


def amend(raw: str, edits: Sequence[Edit], change: Edit) -> tuple[Edit, ...]:
    """Add an edit on top of others: `change` has its offsets in the text that `edits` make of `raw`.

    The result has its offsets in `raw`. Edits that touch the change are merged with it into one, with the
    term of the change and the rules of all merged edits joined by ``+``.
    """
    text = replay(raw, edits)
    start, stop, shift = change.start, change.stop, 0
    kept: list[Edit] = []
    taken: list[Edit] = []
    before = after = 0
    for edit in sorted(edits, key=_place):
        begin = edit.start + shift
        end = begin + len(edit.after)
        grown = len(edit.after) - len(edit.before)
        if end < change.start:
            kept.append(edit)
            before += grown
        elif begin > change.stop:
            kept.append(edit)
        else:
            taken.append(edit)
            start, stop, after = min(start, begin), max(stop, end), after + grown
        shift += grown
    first, last = start - before, stop - before - after
    merged = Edit(
        start=first,
        stop=last,
        before=raw[first:last],
        after=text[start : change.start] + change.after + text[change.stop : stop],
        term=change.term,
        rule="+".join(dict.fromkeys([*(edit.rule for edit in taken), change.rule])),
    )
    return tuple(sorted([*kept, *([merged] if merged.before != merged.after else [])], key=_place))


def current_places(edits: Sequence[Edit]) -> tuple[tuple[int, int, Edit], ...]:
    """Start, stop and edit for each edit, with offsets in the edited text."""
    places, shift = [], 0
    for edit in sorted(edits, key=_place):
        start = edit.start + shift
        places.append((start, start + len(edit.after), edit))
        shift += len(edit.after) - len(edit.before)
    return tuple(places)


def _place(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.stop
