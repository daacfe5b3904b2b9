"""Corrects the terms of a bilingual file: yields the bytes of the corrected file, and counts the outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from egiz.glossary.check import OUTCOMES, Outcome, TermUse, is_banned
from egiz.glossary.correct import (
    REASONS,
    UNFORCED,
    Correction,
    CorrectOptions,
    Corrector,
    Draft,
    Links,
    Mode,
    Reason,
    current_places,
)
from egiz.glossary.records import RIGHT_OUTCOMES, Term
from egiz.parallel.bilingual.findings import printable
from egiz.parallel.bilingual.links import LinksOf
from egiz.parallel.bitext import Segment
from egiz.parallel.bitext.patches import OBSTACLES, Patch, Slot, patched
from egiz.parallel.bitext.rewrite import FileUnit, read_units
from egiz.parallel.rows import TERM_OUTCOMES, TermOutcome
from egiz.translate.engine.protocol import Forcing
from egiz.translate.errors import InputError, plural
from egiz.translate.records import Edit
from egiz.translate.text import single_line

_BATCH = 64
"""The number of units whose segments are corrected together: enough to fill the batches of the engine."""
_PARTS = 4 * _BATCH
"""The largest number of parts of a file that are held in memory: units with segments, and the bytes between
them."""
_WITHOUT_ENGINE: dict[Reason, str] = {
    "no place": "only an engine can find the words that render it",
    "unsure": "only an engine can judge the form that its place asks for",
}
"""Texts for some of the reasons in `REASONS`; they replace the usual texts if there is no engine. If word
links are used, the reason ``no place`` keeps its usual text."""

_BANNED = "the term base has no wording to write instead of this one"
"""The reason for not replacing a wording that is forbidden in every translation, whatever the source says."""

ForcingOf = Callable[[str, str], Forcing | None]
"""A function that returns the engine for forced decoding from a source into a target language.

It returns None if there is no engine for these languages."""
TellLeft = Callable[[Segment, TermUse, str], None]
"""A function that is called for each use of a term that stays wrong.

Its arguments are the segment, the use, and the reason why the use was not corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSummary:
    """The counts of one corrected file.

    `rows` is the number of all segments. Three kinds of them are not checked: `untranslated` ones lack source
    or target, `drafts` are marked as unfinished in their file, and `foreign` ones are in a language that the
    term base lacks. `before` and `after` count the uses of terms by outcome, before and after the correction;
    `left` counts the uses that stay wrong, by reason. `changed` is the number of segments with edits, `edits`
    the number of all edits.
    """

    rows: int
    untranslated: int
    drafts: int
    foreign: int
    changed: int
    edits: int
    before: tuple[tuple[Outcome, int], ...]
    after: tuple[tuple[TermOutcome, int], ...]
    left: tuple[tuple[str, int], ...]

    @property
    def occurrences(self) -> int:
        """The number of occurrences of terms in the sources of checked segments."""
        return sum(count for _, count in self.before)

    @property
    def is_clean(self) -> bool:
        """Whether no use is forbidden or missing after the correction."""
        return not any(count for name, count in self.after if name in ("forbidden", "missing"))


@dataclass(slots=True)
class _Job:
    """A segment to check, with its uses of terms and the correction found for it."""

    segment: Segment
    slot: Slot
    corrector: Corrector
    reasons: Mapping[Reason, str]
    uses: Sequence[TermUse]
    correction: Correction = field(default_factory=lambda: Correction(text=""))

    @property
    def draft(self) -> Draft:
        return Draft(source=self.segment.source, hypotheses=(self.segment.target,))

    @property
    def is_open(self) -> bool:
        return any(use.outcome not in RIGHT_OUTCOMES and use.form for use in self.uses)


class FileCorrector:
    """Corrects the terms of one file in one pass.

    `mode` is that of `egiz.glossary.correct.CorrectOptions`. Only translations in tables that Egiz published
    are known to be made by a machine. All others are treated as written by a person; in these, the mode
    ``safe`` replaces only forbidden wordings and, with an engine, certain synonyms of terms.

    `forcing` returns the engine for two languages. Without an engine, only forbidden wordings are replaced,
    and only if the inflected form of the new wording is certain. Word links (`links`) are used only without
    an engine: the words that stand in place of a missing term are then replaced too, if the inflected form of
    the term is certain.

    With an engine, a sentence may also be translated again around a term. This discards the wording of the
    translation. `redecode` says whether it is done; by default (None) it is done only in machine
    translations.
    """

    def __init__(
        self,
        terms: Sequence[Term],
        forcing: ForcingOf | None = None,
        *,
        links: LinksOf | None = None,
        redecode: bool | None = None,
        mode: Mode = "safe",
    ) -> None:
        self._mode = mode
        self._terms = terms
        self._forcing = forcing
        self._links = links
        self._redecode = redecode
        self._correctors: dict[tuple[str, str, bool, bool], Corrector | None] = {}
        self._reasons: dict[tuple[str, str], Mapping[Reason, str]] = {}
        self._tell: Callable[[Segment, Edit], None] = lambda segment, edit: None
        self._tell_left: TellLeft | None = None
        self._rows: Counter[str] = Counter()
        self._before: Counter[Outcome] = Counter()
        self._after: Counter[TermOutcome] = Counter()
        self._left: Counter[str] = Counter()

    def rewrite(
        self,
        path: Path,
        source: str | None = None,
        target: str | None = None,
        *,
        columns: str | None = None,
        tell: Callable[[Segment, Edit], None],
        tell_left: TellLeft | None = None,
    ) -> Iterator[bytes]:
        """Yield the bytes of the corrected file part by part. Call this only once.

        `tell` is called for each edit. `tell_left` is called, with the reason, for each use of a term that
        stays forbidden, missing or ambiguous. Both are called in the order of the file. The offsets of an
        edit are code points of the target before the correction.

        Raises what `egiz.parallel.bitext.rewrite.read_units` raises, and InputError if no segment is in two
        languages of the term base.
        """
        self._tell, self._tell_left = tell, tell_left
        parts: list[bytes | FileUnit] = []
        units = 0
        for part in read_units(path, source, target, columns=columns):
            parts.append(part)
            units += isinstance(part, FileUnit)
            if units == _BATCH or len(parts) == _PARTS:
                yield from self._batch(parts)
                parts, units = [], 0
        yield from self._batch(parts)
        self._check_languages(path)

    def summary(self) -> FileSummary:
        """Return the counts so far."""
        return FileSummary(
            rows=self._rows["all"],
            untranslated=self._rows["untranslated"],
            drafts=self._rows["drafts"],
            foreign=self._rows["foreign"],
            changed=self._rows["changed"],
            edits=self._rows["edits"],
            before=tuple((name, self._before[name]) for name in OUTCOMES),
            after=tuple((name, self._after[name]) for name in TERM_OUTCOMES),
            left=tuple(self._left.most_common()),
        )

    def _batch(self, parts: Sequence[bytes | FileUnit]) -> Iterator[bytes]:
        units = {
            place: [self._job(side.segment, side.slot) for side in part.sides]
            for place, part in enumerate(parts)
            if isinstance(part, FileUnit)
        }
        self._correct([job for jobs in units.values() for job in jobs if job is not None and job.is_open])
        for place, part in enumerate(parts):
            if isinstance(part, bytes):
                yield part
                continue
            patches = [patch for job in units[place] if job is not None for patch in self._settle(job)]
            yield patched(part.raw, patches)

    def _job(self, segment: Segment, slot: Slot | None) -> _Job | None:
        """Count a segment, check its terms and return its job; None if the segment is not to be checked."""
        self._rows["all"] += 1
        if not segment.source or not segment.target or slot is None:
            self._rows["untranslated"] += 1
            return None
        if segment.draft:
            self._rows["drafts"] += 1
            return None
        corrector = self._corrector(segment, is_machine=slot.is_machine)
        if corrector is None:
            self._rows["foreign"] += 1
            return None
        reasons = self._reasons[segment.source_language, segment.target_language]
        uses = corrector.checker.check(segment.source, segment.target)
        return _Job(segment, slot, corrector, reasons, uses)

    def _corrector(self, segment: Segment, *, is_machine: bool) -> Corrector | None:
        """Return the corrector for the languages of a segment; None if the term base lacks one of them."""
        source, target = segment.source_language, segment.target_language
        redecode = is_machine if self._redecode is None else self._redecode
        key = (source, target, redecode, is_machine)
        if key not in self._correctors:
            usable = [
                term
                for term in self._terms
                if term.wordings_in(target) and (term.wordings_in(source) or is_banned(term))
            ]
            forcing = self._forcing(source, target) if self._forcing is not None and usable else None
            links = (
                self._links(source, target) if self._links is not None and usable and not forcing else None
            )
            self._reasons[source, target] = _reasons(forcing, links)
            options = CorrectOptions(mode=self._mode, people=not is_machine)
            options = options if redecode else replace(options, hypotheses=0)
            self._correctors[key] = (
                Corrector(usable, source, target, forcing=forcing, links=links, options=options)
                if usable
                else None
            )
        return self._correctors[key]

    def _correct(self, jobs: Sequence[_Job]) -> None:
        for corrector in self._correctors.values():
            own = [job for job in jobs if job.corrector is corrector]
            if corrector is None or not own:
                continue
            for job, correction in zip(own, corrector.correct([job.draft for job in own]), strict=True):
                job.correction = correction

    def _settle(self, job: _Job) -> tuple[Patch, ...]:
        """Finish a segment: return the patches that apply its correction, count the outcomes, and call the
        functions that the caller gave for edits and for uses that stay wrong.

        If one of the edits cannot be applied in the file, none of them is applied.
        """
        segment, edits = job.segment, job.correction.edits
        uses = list(job.uses)
        if edits:
            uses = job.corrector.checker.check(segment.source, job.correction.text)
        found = job.slot.put(segment, edits, _published_outcomes(uses, edits))
        why = {item.start: job.reasons[item.reason] for item in job.correction.left}
        otherwise = ""
        if isinstance(found, str):
            otherwise, uses, edits = OBSTACLES[found], list(job.uses), ()
            found = job.slot.put(segment, (), _published_outcomes(uses, ()))
            assert not isinstance(found, str)  # without edits there is nothing that could be refused
        self._before.update(use.outcome for use in job.uses)
        self._after.update(outcome for _, outcome in _published_outcomes(uses, edits))
        for use in uses:
            if use.outcome not in RIGHT_OUTCOMES:
                reason = why.get(use.source.start, otherwise) if use.form else _BANNED
                self._left[reason] += 1
                if self._tell_left is not None:
                    self._tell_left(segment, use, reason)
        self._rows["changed"] += bool(edits)
        self._rows["edits"] += len(edits)
        for edit in edits:
            self._tell(segment, edit)
        return found

    def _check_languages(self, path: Path) -> None:
        if self._correctors and not any(self._correctors.values()):
            pairs = sorted({f"{source} to {target}" for source, target, *_ in self._correctors})
            known = sorted({wording.language for term in self._terms for wording in term.wordings})
            raise InputError(
                f"no term has wordings in its languages ({', '.join(pairs)})",
                where=str(path),
                expected=f"languages of the term base, which are {', '.join(known) or 'none'}",
            )


def _reasons(forcing: Forcing | None, links: Links | None) -> Mapping[Reason, str]:
    """Return the text of each reason.

    With an engine, it is the usual text in `REASONS`. Without an engine, the texts in `_WITHOUT_ENGINE`
    replace the usual texts; but with word links, the reason ``no place`` keeps its usual text.
    """
    if forcing is not None:
        return REASONS
    if links is not None:
        return {**REASONS, "unsure": _WITHOUT_ENGINE["unsure"]}
    return {**REASONS, **_WITHOUT_ENGINE}


def _published_outcomes(uses: Sequence[TermUse], edits: Sequence[Edit]) -> list[tuple[str, TermOutcome]]:
    """Return the term uses as a published table states them: pairs of term id and outcome.

    If the rendering of a term was inserted by one of the `edits`, the outcome is ``inserted`` instead of the
    outcome that the check found.
    """
    changed = current_places(edits)
    outcomes: list[tuple[str, TermOutcome]] = []
    for use in uses:
        place = use.target
        is_made = (
            place is not None
            and use.outcome in RIGHT_OUTCOMES
            and any(
                edit.rule not in UNFORCED and start < place.stop and place.start < stop
                for start, stop, edit in changed
            )
        )
        outcomes.append((use.term.id, "inserted" if is_made else use.outcome))
    return outcomes


EDIT_COLUMNS = ("file", "id", "language", "start", "stop", "before", "after", "term", "rule")


class EditTable:
    """Writes a header of `EDIT_COLUMNS`, then a tab-separated line for each edit.

    `start` and `stop` are offsets, in code points, in the target of the `Segment` before the correction.
    Cells are not quoted: a tab always ends a cell.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        stream.write("\t".join(EDIT_COLUMNS) + "\n")

    def write(self, segment: Segment, edit: Edit) -> None:
        """Write one edit."""
        cells = (
            single_line(printable(segment.file)),
            segment.id,
            segment.target_language,
            str(edit.start),
            str(edit.stop),
            edit.before,
            edit.after,
            single_line(edit.term),
            edit.rule,
        )
        self._stream.write("\t".join(cells) + "\n")


LEFT_COLUMNS = ("file", "line", "id", "language", "term", "wording", "form", "outcome", "rendering", "reason")


class LeftTable:
    """Writes a header of `LEFT_COLUMNS`, then a tab-separated line for each use of a term that stays wrong.

    The cell ``form`` has the words of the term in the source. The cell ``rendering`` has the words that
    render it in the target; it is empty if there are none. The cell ``form`` is empty for a wording that is
    forbidden in every translation, whatever the source says.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        stream.write("\t".join(LEFT_COLUMNS) + "\n")

    def write(self, segment: Segment, use: TermUse, reason: str) -> None:
        """Write one use."""
        cells = (
            printable(segment.file),
            str(segment.line),
            segment.id,
            segment.target_language,
            use.term.id,
            use.source.wording.text,
            use.form,
            use.outcome,
            use.rendering,
            reason,
        )
        self._stream.write("\t".join(map(single_line, cells)) + "\n")


def summary_lines(totals: FileSummary) -> Iterator[str]:
    """Yield the counts as lines of text, for standard error."""
    yield f"{plural(totals.rows, 'segment')}, {plural(totals.occurrences, 'use')} of terms"
    yield f"before: {_outcomes(totals.before)}"
    yield f"after: {_outcomes(totals.after)}"
    yield f"{plural(totals.edits, 'edit')} in {plural(totals.changed, 'segment')}"
    for reason, count in totals.left:
        yield f"left alone: {reason} ({count:,})"
    unread = {
        "without translation": totals.untranslated,
        "drafts": totals.drafts,
        "in languages that the term base lacks": totals.foreign,
    }
    if any(unread.values()):
        yield "not looked at: " + ", ".join(f"{count:,} {name}" for name, count in unread.items() if count)


def _outcomes(counts: Sequence[tuple[Outcome | TermOutcome, int]]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts)
