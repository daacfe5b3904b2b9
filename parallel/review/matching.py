"""Matches the sentences of an old and a new table, and moves the history entries to the new rows.

Equal sentences are paired first. Sentences that occur once in each table are paired wherever they are, so
that moved sentences are found. Repeated sentences are paired if they are next to a pair or at the same end of
both tables; the remaining ones by the longest common subsequence. For a sentence without an equal one, the
most similar sentence between the new places of its neighbours counts as its replacement. This tells
insertions, deletions, moves, splits and joins apart.

An entry whose sentence is in both tables moves with the sentence. If the sentence was replaced, the entry is
outdated: its text and its source are shown beside the new ones. If the sentence is gone, the entry is an
orphan, which is restored when the sentence comes back.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from egiz.parallel.publish import PublishedRow
from egiz.parallel.review.human_cells import target_of
from egiz.parallel.review.records import SEEN, HistoryEntry, HumanEdit, SentenceKey, State

MIN_LIKENESS = 0.5
"""A changed sentence must have at least this `likeness` to its old version. With a lower likeness it counts
as a different sentence, and the edits of the old sentence are not shown with it.
"""
MIN_PART_SHARE = 0.8
"""If at least this share of a sentence's trigrams occurs in another sentence, it counts as a part of that
sentence: the two were joined, or one was split.
"""
_LOOKED_AT = 12
"""The most new sentences with which an old sentence is compared. If there are more, those with the most words
in common with the old sentence are chosen.
"""
_NEAR = 50
"""In a long gap, this many sentences before and after the expected place are considered."""
_REPEATED = 4_000_000
"""If there are more pairs of equal sentences than this, the longest common subsequence is not computed. Equal
sentences are then paired in order.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The sentences of a table, in order: row ids, texts for matching, and sources.

    The text of a row is its source. A row that only a human translation has lacks a source; its text consists
    of its translations.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    sources: tuple[str, ...]

    @classmethod
    def of(cls, rows: Iterable[PublishedRow]) -> Sentences:
        """Return the sentences of a table."""
        found = [(row.id, row.source or _translations(row), row.source) for row in rows]
        ids, texts, sources = zip(*found, strict=True) if found else ((), (), ())
        return cls(ids=ids, texts=texts, sources=sources)

    def sentence(self, place: int) -> SentenceKey:
        """Return the key of the sentence at a place (index from 0): its source, and those of its
        neighbours.
        """
        return SentenceKey(
            source=self.sources[place],
            previous=self.sources[place - 1] if place else "",
            following=self.sources[place + 1] if place + 1 < len(self.sources) else "",
        )


def _translations(row: PublishedRow) -> str:
    return "\0".join(("", *(target.machine or target.text for target in row.targets)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Pairs of sentences as maps from places in the old table to places in the new one: `same` for equal and
    `changed` for changed sentences.
    """

    same: Mapping[int, int]
    changed: Mapping[int, int]


def match(old: Sequence[str], new: Sequence[str], wanted: Collection[int]) -> Matched:
    """Pair the sentences of two tables. Equal sentences are paired throughout; a changed sentence is searched
    for only for the old places in `wanted`.

    A sentence is in at most one pair of equal sentences. If several old sentences were joined into one new
    sentence, each of them may be paired with it as changed.
    """
    same = _equal(old, new)
    gaps = _Gaps(same, len(old), len(new))
    changed = {}
    for place in sorted(wanted):
        if place not in same:
            found = _most_similar(old[place], new, gaps.around(place))
            if found is not None:
                changed[place] = found
    return Matched(same=same, changed=changed)


def _equal(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Pair equal sentences, in the way that the module docstring describes. The result maps old places to new
    places.
    """
    places: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, texts in enumerate((old, new)):
        for place, text in enumerate(texts):
            places[text][side].append(place)
    pairs = {one[0]: other[0] for one, other in places.values() if len(one) == len(other) == 1}
    _spread(pairs, old, new)
    left = [[p for p in one if p not in pairs] for one, _ in places.values()]
    taken = set(pairs.values())
    right = [[p for p in other if p not in taken] for _, other in places.values()]
    sizes = [len(one) * len(other) for one, other in zip(left, right, strict=True)]
    if sum(sizes) > _REPEATED:
        for one, other in zip(left, right, strict=True):
            pairs |= dict(zip(one, other, strict=False))
    elif any(sizes):
        rest = sorted(p for one, size in zip(left, sizes, strict=True) for p in one if size)
        others = sorted(p for other, size in zip(right, sizes, strict=True) for p in other if size)
        left_over, offered = [old[p] for p in rest], [new[p] for p in others]
        for start, begin, size in SequenceMatcher(None, left_over, offered, False).get_matching_blocks():
            pairs |= dict(zip(rest[start : start + size], others[begin : begin + size], strict=True))
        _spread(pairs, old, new)
        taken = set(pairs.values())
        for one, other in zip(left, right, strict=True):
            free = [p for p in other if p not in taken]
            pairs |= dict(zip([p for p in one if p not in pairs], free, strict=False))
    return pairs


def _spread(pairs: dict[int, int], old: Sequence[str], new: Sequence[str]) -> None:
    """Add pairs of equal sentences that are next to a known pair, or at the same end of both tables. This is
    repeated until no further pair is found.
    """
    taken = set(pairs.values())
    waiting = deque([(-1, -1), (len(old), len(new)), *pairs.items()])
    while waiting:
        place, other = waiting.popleft()
        for step in (1, -1):
            one, two = place + step, other + step
            inside = 0 <= one < len(old) and 0 <= two < len(new)
            if inside and one not in pairs and two not in taken and old[one] == new[two]:
                pairs[one] = two
                taken.add(two)
                waiting.append((one, two))


class _Gaps:
    """For an old sentence that has no equal one, finds the new sentences that may replace it; these have no
    partner either.
    """

    def __init__(self, same: Mapping[int, int], old: int, new: int) -> None:
        self._same = {-1: -1, old: new, **same}
        self._known = sorted(self._same)
        self._taken = sorted((-1, new, *same.values()))

    def around(self, place: int) -> list[int]:
        """Return places of new sentences that may replace the old sentence at `place`.

        Its neighbours are the nearest old sentences before and after it that have a partner in the new table.
        The result has the places of all unpaired new sentences between the partner of the neighbour before it
        and the next paired new sentence, and in the same way those directly before the partner of the
        neighbour after it. In a long gap, only places within `_NEAR` of the expected place are returned.
        """
        at = bisect_left(self._known, place)
        found: set[int] = set()
        for known, step in ((self._known[at - 1], 1), (self._known[at], -1)):
            edge, away = self._same[known], abs(place - known)
            end = self._taken[bisect_left(self._taken, edge) + step]
            length = abs(end - edge) - 1
            steps = range(max(1, away - _NEAR), min(length, away + _NEAR) + 1)
            found.update(edge + step * by for by in steps)
        return sorted(found)


def _most_similar(text: str, new: Sequence[str], gap: Sequence[int]) -> int | None:
    """Return the place of the new sentence that is most similar to a text; only places in `gap` are
    considered. Of equally similar sentences the first is taken.

    The result is None if no sentence has a likeness of at least `MIN_LIKENESS`.
    """
    if len(gap) > _LOOKED_AT:
        words = set(text.split())
        gap = sorted(gap, key=lambda place: (-len(words.intersection(new[place].split())), place))
        gap = sorted(gap[:_LOOKED_AT])
    likes = [(likeness(text, new[place]), -place) for place in gap]
    best, place = max(likes, default=(0.0, 0))
    return -place if best >= MIN_LIKENESS else None


def likeness(one: str, other: str) -> float:
    """Return the similarity of two sentences by common character trigrams, from 0 to 1.

    If it is at least `MIN_LIKENESS`, the sentences count as versions of one sentence. If one sentence is a
    part of the other (`MIN_PART_SHARE`), it is always at least `MIN_LIKENESS`, however short the part is.

    >>> likeness("Ол келді.", "Ол келді."), likeness("Ол келді.", "Қала үлкен.")
    (1.0, 0.0)
    """
    pieces = _pieces(one), _pieces(other)
    shared = (pieces[0] & pieces[1]).total()
    sizes = sorted((pieces[0].total(), pieces[1].total()))
    share = 2 * shared / sum(sizes)
    part = shared / sizes[0]
    return (
        max(share, MIN_LIKENESS + (1 - MIN_LIKENESS) * share) if part >= MIN_PART_SHARE else min(share, part)
    )


def _pieces(text: str) -> Counter[str]:
    padded = f" {text.casefold()} "
    return Counter(padded[start : start + 3] for start in range(max(1, len(padded) - 2)))


def find(
    lost: Collection[SentenceKey], new: Sentences, free: Collection[int], open_to_all: Collection[int]
) -> dict[SentenceKey, int]:
    """Find places in the new table for sentences that the old table does not contain. No place is given to
    two sentences.

    A place must have the same source. It must also be in `free` (no sentence of the old table is paired with
    it), or be in `open_to_all` and have the same two neighbours. Places with more equal neighbours are
    assigned first.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place in sorted({*free, *open_to_all}):
        places[new.sources[place]].append(place)
    offers = []
    for sentence in lost:
        for place in places.get(sentence.source, ()):
            there = new.sentence(place)
            alike = (there.previous == sentence.previous) + (there.following == sentence.following)
            if alike == 2 or (place in free and sentence.source):
                offers.append((-alike, place, sentence.previous, sentence.following, sentence))
    found: dict[SentenceKey, int] = {}
    taken: set[int] = set()
    for _, place, _, _, sentence in sorted(offers, key=lambda offer: offer[:-1]):
        if sentence not in found and place not in taken:
            found[sentence] = place
            taken.add(place)
    return found


_UNKNOWN = SentenceKey(source="", previous="", following="")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedEdit:
    """An edit with its sentence and the row to which it belongs in the present table.

    `place` is the index of the row in the table, from 0; it is None if the table has no such row. If the
    state is ``outdated``, the row has another sentence than the one that was edited.
    """

    edit: HumanEdit
    sentence: SentenceKey
    state: State
    place: int | None


class Locator:
    """Finds the rows that edits belong to in one table."""

    def __init__(self, rows: Sequence[PublishedRow]) -> None:
        self.sentences = Sentences.of(rows)
        self._rows = rows
        self._places = {row.id: place for place, row in enumerate(rows)}
        self._sources: dict[str, list[int]] = defaultdict(list)
        self._texts: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            self._sources[row.source].append(place)
            for target in row.targets:
                self._texts[target.language, target.text].append(place)

    def __call__(self, edit: HumanEdit) -> LocatedEdit:
        """Find the present row of an edit."""
        if edit.sentence is None:
            return self._by_row(edit)
        same = self._sources.get(edit.sentence.source, [])
        if same:
            return self._at(edit, max(same, key=lambda place: self._nearness(edit, place)))
        around = (edit.sentence.previous, edit.sentence.source, edit.sentence.following)
        place = match(around, self.sentences.texts, [1]).changed.get(1)
        state: State = "orphaned" if place is None else "outdated"
        row = "" if place is None else self.sentences.ids[place]
        return LocatedEdit(edit=replace(edit, row=row), sentence=edit.sentence, state=state, place=place)

    def _nearness(self, edit: HumanEdit, place: int) -> tuple[int, bool, int]:
        """Return a sort key for a row whose source is that of the edit; the row with the highest key is the
        best. It has the number of equal neighbours, then whether the row id is equal, then the negated place,
        so that of equally good rows the first is best.
        """
        there = self.sentences.sentence(place)
        assert edit.sentence is not None
        same = (there.previous == edit.sentence.previous) + (there.following == edit.sentence.following)
        return same, self.sentences.ids[place] == edit.row, -place

    def _by_row(self, edit: HumanEdit) -> LocatedEdit:
        """Find the row of an edit by the row id, because the edit does not contain its sentence. If this row
        has none of the edit's texts, and exactly one row has the text that the author saw, that row is taken
        instead.
        """
        place = self._places.get(edit.row)
        target = target_of(self._rows[place], edit.language) if place is not None else None
        if target is None or not {target.text, target.machine} & {edit.before, edit.after}:
            only = self._texts.get((edit.language, edit.before), [])
            place = only[0] if len(only) == 1 and edit.before else place
        if place is None:
            return LocatedEdit(edit=replace(edit, row=""), sentence=_UNKNOWN, state="orphaned", place=None)
        return self._at(edit, place)

    def _at(self, edit: HumanEdit, place: int) -> LocatedEdit:
        """Return the edit as located at a row that has the sentence of the edit."""
        found = replace(edit, row=self.sentences.ids[place])
        return LocatedEdit(edit=found, sentence=self.sentences.sentence(place), state="kept", place=place)


NO_SENTENCES = Sentences(ids=(), texts=(), sources=())


def carry(
    history: Sequence[HistoryEntry], old: Sentences, new: Sentences, languages: Collection[str]
) -> tuple[HistoryEntry, ...]:
    """Move all entries of a history, in order, to the rows of a new table.

    `old` has the sentences of the table with which the history was last published, or is `NO_SENTENCES`. The
    row of an entry may have another sentence in `old`, for example after a run that was killed while
    publishing; then the entry is located by its sentence. `languages` are the target languages of the new
    table.
    """
    if not history:
        return ()
    homes = _old_places(history, old)
    matched = match(old.texts, new.texts, {place for place in homes if place is not None})
    found = _found(history, homes, matched, new)
    return tuple(
        _carried(entry, place, matched, found, new, languages)
        for entry, place in zip(history, homes, strict=True)
    )


def _old_places(history: Sequence[HistoryEntry], old: Sentences) -> list[int | None]:
    """Return the place of each entry in the old table; None for an entry whose sentence is not in
    that table.
    """
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
        exact = [item for item in same if old.sentence(item) == entry.sentence]
        return (exact or same)[0] if len(same) == 1 or len(exact) == 1 else None

    return [home(entry) for entry in history]


def _fits(entry: HistoryEntry, place: int, old: Sentences) -> bool:
    if entry.now:
        return old.sources[place] == entry.now
    alone = not entry.previous and not entry.following  # from a history without neighbours
    return old.sentence(place) == entry.sentence or (alone and old.sources[place] == entry.source != "")


def _found(
    history: Sequence[HistoryEntry], homes: Sequence[int | None], matched: Matched, new: Sentences
) -> dict[SentenceKey, int]:
    """Return the places in the new table of sentences that have come back. These are sentences of orphaned
    and outdated entries.
    """
    lost: dict[SentenceKey, None] = {}
    used = set()
    for entry, place in zip(history, homes, strict=True):
        if place is None or entry.now:
            lost[entry.sentence] = None
        elif place in matched.same:
            used.add(matched.same[place])
    everywhere = range(len(new.ids))
    free = set(everywhere).difference(matched.same.values()) if lost else set()
    return find(tuple(lost), new, free, set(everywhere) - used if lost else set())


def _carried(
    entry: HistoryEntry,
    place: int | None,
    matched: Matched,
    found: dict[SentenceKey, int],
    new: Sentences,
    languages: Collection[str],
) -> HistoryEntry:
    known = -1 if place is None else place
    here = matched.same.get(known) if not entry.now else None
    here = found.get(entry.sentence) if here is None and (place is None or entry.now) else here
    if here is not None:
        return _kept_at(entry, here, new, languages)
    instead = matched.changed.get(known, matched.same.get(known) if entry.now else None)
    if instead is None:
        return replace(entry, row="", now="", state="orphaned")
    return _outdated_at(entry, instead, new, languages)


def _kept_at(entry: HistoryEntry, place: int, table: Sentences, languages: Collection[str]) -> HistoryEntry:
    """Return the entry, marked as kept, at a row of the table that has its sentence."""
    sentence = table.sentence(place)
    return replace(
        entry,
        row=table.ids[place],
        source=sentence.source,
        previous=sentence.previous,
        following=sentence.following,
        now="",
        state="kept" if entry.language in languages else "orphaned",
        conflict="" if entry.conflict == SEEN else entry.conflict,
    )


def _outdated_at(
    entry: HistoryEntry, place: int, table: Sentences, languages: Collection[str]
) -> HistoryEntry:
    """Return the entry, marked as outdated, at the row of the sentence that has replaced the sentence of the
    entry.
    """
    state: State = "outdated" if entry.language in languages else "orphaned"
    return replace(entry, row=table.ids[place], now=table.sources[place], state=state)
