"""Which row of a table an edit is of: the one with its sentence, whatever the row was called before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from egiz.parallel.publish import PublishedRow
from egiz.parallel.review.match import Sentences, match
from egiz.parallel.review.records import HumanEdit, Spot, State
from egiz.parallel.review.standing import target_of

_UNKNOWN = Spot(source="", previous="", following="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """An edit with the row that it is of now, and its sentence.

    `place` is that of the row in the table, None where there is none; it is another sentence's where the
    state is ``outdated``.
    """

    edit: HumanEdit
    spot: Spot
    state: State
    place: int | None


class Locator:
    """Finds the rows of edits in one table."""

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

    def __call__(self, edit: HumanEdit) -> Located:
        """Where an edit belongs."""
        if edit.spot is None:
            return self._by_row(edit)
        same = self._sources.get(edit.spot.source, [])
        if same:
            return self._at(edit, max(same, key=lambda place: self._nearness(edit, place)))
        around = (edit.spot.previous, edit.spot.source, edit.spot.following)
        place = match(around, self.sentences.texts, [1]).changed.get(1)
        state: State = "orphaned" if place is None else "outdated"
        row = "" if place is None else self.sentences.ids[place]
        return Located(edit=replace(edit, row=row), spot=edit.spot, state=state, place=place)

    def _nearness(self, edit: HumanEdit, place: int) -> tuple[int, bool, int]:
        """How many neighbours are the same, then whether the row's name is; the first of equals."""
        there = self.sentences.spot(place)
        assert edit.spot is not None
        same = (there.previous == edit.spot.previous) + (there.following == edit.spot.following)
        return same, self.sentences.ids[place] == edit.row, -place

    def _by_row(self, edit: HumanEdit) -> Located:
        """By the name of the row; where it does not read as the author saw it, by the only row that does."""
        place = self._places.get(edit.row)
        target = target_of(self._rows[place], edit.language) if place is not None else None
        if target is None or not {target.text, target.machine} & {edit.before, edit.after}:
            only = self._texts.get((edit.language, edit.before), [])
            place = only[0] if len(only) == 1 and edit.before else place
        if place is None:
            return Located(edit=replace(edit, row=""), spot=_UNKNOWN, state="orphaned", place=None)
        return self._at(edit, place)

    def _at(self, edit: HumanEdit, place: int) -> Located:
        found = replace(edit, row=self.sentences.ids[place])
        return Located(edit=found, spot=self.sentences.spot(place), state="kept", place=place)
