"""What people said of sentences, brought from the rows of one table to those of the next.

A sentence that stands in both keeps what was said of it, wherever it has moved. Where another sentence has
come in its place, the old text and its old source are shown beside the new ones, as out of date. What is
nowhere is an orphan, and comes back with its sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from egiz.parallel.review.match import Matched, Sentences, find, match
from egiz.parallel.review.records import SEEN, HistoryEntry, Spot, State

NOTHING = Sentences(ids=(), texts=(), sources=())


def carry(
    history: Sequence[HistoryEntry], old: Sentences, new: Sentences, languages: Collection[str]
) -> tuple[HistoryEntry, ...]:
    """The entries of a history, all of them and in their order, with the rows of a new table.

    `old` is the table that they were last shown with, as far as it is there; an entry that does not fit it,
    as after a run that was killed while it published, is looked for by its sentence. `languages` are the
    target languages of the new table.
    """
    if not history:
        return ()
    homes = _homes(history, old)
    matched = match(old.texts, new.texts, {place for place in homes if place is not None})
    found = _found(history, homes, matched, new)
    return tuple(
        _carried(entry, place, matched, found, new, languages)
        for entry, place in zip(history, homes, strict=True)
    )


def _homes(history: Sequence[HistoryEntry], old: Sentences) -> list[int | None]:
    """Where in the old table each entry is shown; None for orphans."""
    places = {name: place for place, name in enumerate(old.ids)}
    by_source: dict[str, list[int]] = defaultdict(list)
    for place, source in enumerate(old.sources):
        by_source[source].append(place)

    def home(entry: HistoryEntry) -> int | None:
        place = places.get(entry.row)
        if place is not None and _fits(entry, place, old):
            return place
        if entry.now or not entry.row:
            return None
        same = by_source.get(entry.source, []) if entry.source else []
        exact = [item for item in same if old.spot(item) == entry.spot]
        return (exact or same)[0] if len(same) == 1 or len(exact) == 1 else None

    return [home(entry) for entry in history]


def _fits(entry: HistoryEntry, place: int, old: Sentences) -> bool:
    if entry.now:
        return old.sources[place] == entry.now
    alone = not entry.previous and not entry.following  # as in histories that did not know the neighbours
    return old.spot(place) == entry.spot or (alone and old.sources[place] == entry.source != "")


def _found(
    history: Sequence[HistoryEntry], homes: Sequence[int | None], matched: Matched, new: Sentences
) -> dict[Spot, int]:
    """Where the sentences of orphans, and of what was out of date, have come back."""
    lost: dict[Spot, None] = {}
    used = set()
    for entry, place in zip(history, homes, strict=True):
        if place is None or entry.now:
            lost[entry.spot] = None
        elif place in matched.same:
            used.add(matched.same[place])
    everywhere = range(len(new.ids))
    free = set(everywhere).difference(matched.same.values()) if lost else set()
    return find(tuple(lost), new, free, set(everywhere) - used if lost else set())


def _carried(
    entry: HistoryEntry,
    place: int | None,
    matched: Matched,
    found: dict[Spot, int],
    new: Sentences,
    languages: Collection[str],
) -> HistoryEntry:
    known = -1 if place is None else place
    here = matched.same.get(known) if not entry.now else None
    here = found.get(entry.spot) if here is None and (place is None or entry.now) else here
    if here is not None:
        return at(entry, here, new, languages)
    instead = matched.changed.get(known, matched.same.get(known) if entry.now else None)
    if instead is None:
        return replace(entry, row="", now="", state="orphaned")
    return beside(entry, instead, new, languages)


def at(entry: HistoryEntry, place: int, table: Sentences, languages: Collection[str]) -> HistoryEntry:
    """The entry at its sentence in a table."""
    spot = table.spot(place)
    return replace(
        entry,
        row=table.ids[place],
        source=spot.source,
        previous=spot.previous,
        following=spot.following,
        now="",
        state="kept" if entry.language in languages else "orphaned",
        conflict="" if entry.conflict == SEEN else entry.conflict,
    )


def beside(entry: HistoryEntry, place: int, table: Sentences, languages: Collection[str]) -> HistoryEntry:
    """The entry beside the sentence that has come in the place of its own."""
    state: State = "outdated" if entry.language in languages else "orphaned"
    return replace(entry, row=table.ids[place], now=table.sources[place], state=state)
