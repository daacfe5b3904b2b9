"""The term stage of a build: it corrects translations with a term base and records every term use."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from hashlib import sha256

from egiz.glossary.check import Checker, Outcome, TermUse
from egiz.glossary.correct import (
    REASONS,
    RULES,
    UNFORCED,
    Correction,
    CorrectOptions,
    Corrector,
    Draft,
    Reason,
    Uncorrected,
    current_places,
    replay,
)
from egiz.glossary.records import RIGHT_OUTCOMES, TermBase
from egiz.parallel.rows import Row, Target, TermRecord
from egiz.parallel.summary import TermFacts
from egiz.translate.engine.protocol import Forcing
from egiz.translate.languages import language
from egiz.translate.memory import Key, MemoryLike, NoMemory
from egiz.translate.records import Edit, Translation
from egiz.translate.text import target_text


class TermStage:
    """Corrects the terms of rows, after translating and before scoring.

    Approved translations are left unchanged, but their term uses are recorded too. Corrections are stored in
    the translation memory under a key of term base, engine and settings, so a second run takes them from
    there, and an interrupted run continues.
    """

    def __init__(
        self,
        base: TermBase,
        source: str,
        targets: Sequence[str],
        *,
        forcing: Forcing | None = None,
        options: CorrectOptions | None = None,
        memory: MemoryLike | None = None,
    ) -> None:
        self.base = base
        self.source = source
        self._correctors = {
            target: Corrector(base.terms, source, target, forcing=forcing, options=options)
            for target in targets
        }
        self._engine = forcing.identity if forcing else ""
        self._memory = memory or NoMemory()
        self._digest = digest(base)

    @property
    def signature(self) -> str:
        """The term base and the settings in one line.

        If two stages have the same signature and the same engine, they make the same corrections.
        """
        options = next(iter(self._correctors.values())).options
        return f"{identity(self.base, self._digest)};{options.signature()}"

    @property
    def facts(self) -> TermFacts:
        """The facts about the term base for the provenance."""
        base = self.base
        licences = dict.fromkeys([base.licence, *(term.licence for term in base.terms)])
        return TermFacts(
            name=base.name,
            bases=base.bases or (base.name,),
            title=base.title,
            licence=", ".join(licence for licence in licences if licence),
            entries=len(base.terms),
            signature=self.signature,
        )

    def apply(self, rows: Sequence[Row], translations: Sequence[tuple[Translation, ...]]) -> list[Row]:
        """Return the rows with corrected translations and their term uses.

        `translations` has one tuple for each row: the translations of the sentence of this row, in the order
        of the target languages.
        """
        items = [
            [(row, row.targets[at], found[at]) for row, found in zip(rows, translations, strict=True)]
            for at in range(len(self._correctors))
        ]
        with ThreadPoolExecutor(len(items)) as pool:  # one target keeps the engine busy while another waits
            columns = list(pool.map(self._column, self._correctors.values(), items))
        return [
            replace(row, targets=targets)
            for row, targets in zip(rows, zip(*columns, strict=True), strict=True)
        ]

    def _column(self, corrector: Corrector, items: Sequence[tuple[Row, Target, Translation]]) -> list[Target]:
        drafts = [_draft(row, target, found) for row, target, found in items]
        needy = {
            draft: self._key(corrector, draft)
            for draft, (_, target, _) in zip(drafts, items, strict=True)
            if not target.approved and corrector.needs(draft)
        }
        held = self._memory.recall(list(needy.values()))
        new = [draft for draft, key in needy.items() if key not in held]
        solved = dict(zip(new, corrector.correct(new), strict=True))
        self._memory.keep((needy[draft], _pack(found)) for draft, found in solved.items())
        made = []
        for draft, (_, target, _) in zip(drafts, items, strict=True):
            correction = solved.get(draft)
            if correction is None and draft in needy:
                correction = _unpack(draft, held[needy[draft]])
            made.append(_corrected(corrector, draft, target, correction or Correction(text=target.text)))
        return made

    def _key(self, corrector: Corrector, draft: Draft) -> Key:
        return Key(
            engine=self._engine,
            source=corrector.source,
            target=corrector.target,
            settings=f"terms:{self.signature};{corrector.options.decoding.signature()}",
            text=json.dumps([draft.source, *draft.hypotheses], ensure_ascii=False),
        )


_POINTS: dict[Outcome, float] = {"applied": 2.0, "variant": 2.0, "forbidden": -2.0}
"""The points of chrF++ that a term use adds to the score of a candidate when candidates are ranked. One
changed word of twenty makes about 4 points. Terms weigh less, so that they decide between candidates of
similar quality but never outweigh the agreement of all other candidates."""


class TermPreference:
    """Gives a bonus to candidates that render the terms of the source, and a penalty to forbidden wordings.

    It implements `egiz.translate.engine.mbr.Preference`.
    """

    def __init__(self, base: TermBase, source: str, targets: Sequence[str]) -> None:
        known, wanted = language(source).tag, [language(target).tag for target in targets]
        self._checkers = {target: Checker(base.terms, known, target) for target in wanted}
        points = ",".join(f"{outcome}={value}" for outcome, value in _POINTS.items())
        self._signature = f"terms:sha256={digest(base)[:16]},{points}"

    @property
    def signature(self) -> str:
        """The term base and the points of its terms, in one line."""
        return self._signature

    def bonus(self, text: str, output: str, *, source: str, target: str) -> float:
        """Return points of chrF++: 2 for each term of `text` that `output` renders correctly, -2 for each
        forbidden rendering.

        The result is 0 if `target` is none of the target languages, for example in the first step of a
        translation through a pivot language.
        """
        checker = self._checkers.get(target)
        uses = checker.check(text, output) if checker else []
        return sum(_POINTS.get(use.outcome, 0.0) for use in uses)


def _draft(row: Row, target: Target, translation: Translation) -> Draft:
    """Return the input of the correction: source, hypotheses typeset for publication, and log-probabilities.

    If the translation failed, the input has no hypotheses.
    """
    found = translation.hypotheses if target.text else ()
    return Draft(
        source=row.source,
        hypotheses=tuple(target_text(item.text, target.language) for item in found),
        logprobs=tuple(item.logprob for item in found),
    )


def uses_in(checker: Checker, source: str, text: str) -> tuple[TermRecord, ...]:
    """Return the term uses in `text`, a translation of `source` that the term stage does not correct."""
    return tuple(_record(use, (), None) for use in checker.check(source, text))


def _corrected(corrector: Corrector, draft: Draft, target: Target, correction: Correction) -> Target:
    changed = current_places(correction.edits)
    why = {(item.start, item.stop): item.reason for item in correction.left}
    uses = corrector.checker.check(draft.source, correction.text) if correction.text else []
    return replace(
        target,
        text=correction.text,
        edits=correction.edits,
        terms=tuple(_record(use, changed, why.get((use.source.start, use.source.stop))) for use in uses),
    )


def _record(use: TermUse, changed: Sequence[tuple[int, int, Edit]], reason: Reason | None) -> TermRecord:
    made_by = None
    if use.target is not None and use.outcome in RIGHT_OUTCOMES:
        place = use.target
        made_by = next((e for start, stop, e in changed if start < place.stop and place.start < stop), None)
    inserted = made_by is not None and made_by.rule not in UNFORCED
    note = _words(made_by) if made_by else f"left alone: {REASONS[reason]}" if reason else ""
    return TermRecord(
        term=use.term.id,
        source_term=use.source.wording.text,
        source_start=use.source.start,
        source_stop=use.source.stop,
        source_form=use.form,
        target_term=next((item.text for item in use.term.accepted_in(use.target_language)), ""),
        target_start=use.target.start if use.target else None,
        target_stop=use.target.stop if use.target else None,
        target_form=use.rendering,
        outcome="inserted" if inserted else use.outcome,
        note=note,
    )


def _words(edit: Edit) -> str:
    return "; ".join(RULES[rule] for rule in edit.rule.split("+"))


def identity(base: TermBase, found: str = "") -> str:
    """Return the name and the hash of a term base as published tables state them: ``NAME;sha256=HASH``.

    `found` is the result of `digest` for this base; if it is empty, the digest is computed here.
    """
    return f"{base.name};sha256={(found or digest(base))[:16]}"


def digest(base: TermBase) -> str:
    """Return the SHA-256 of the content of all terms, without the places of the terms in their files."""
    content = [{**asdict(term), "place": ""} for term in base.terms]
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _pack(correction: Correction) -> str:
    value = {
        "edits": [asdict(edit) for edit in correction.edits],
        "left": [asdict(item) for item in correction.left],
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _unpack(draft: Draft, line: str) -> Correction:
    value = json.loads(line)
    edits = tuple(Edit(**item) for item in value["edits"])
    left = tuple(Uncorrected(**item) for item in value["left"])
    return Correction(text=replay(draft.hypotheses[0], edits), edits=edits, left=left)
