"""Approved translations go into the translation memory, for later builds."""

from __future__ import annotations

from collections.abc import Iterable

from egiz.parallel.review.records import Decision, HumanEdit
from egiz.translate.memory import MemoryLike, human_key, human_translation


def remember(decisions: Iterable[Decision], source_language: str, memory: MemoryLike) -> tuple[int, int]:
    """Keep every approved translation that stands in the table; give how many, and how many were at odds.

    A source sentence that people approved two translations of is at odds with itself: which of them is meant
    depends on what stands around it, which a memory does not know, so none is kept.
    """
    approved: dict[tuple[str, str], dict[str, HumanEdit]] = {}
    for decision in decisions:
        stands = decision.outcome == "known" and decision.stands == decision.edit.after
        if decision.edit.approved and (stands or decision.outcome == "applied"):
            place = (decision.source, decision.edit.language)
            approved.setdefault(place, {})[decision.edit.after] = decision.edit
    settled = {place: next(iter(edits.values())) for place, edits in approved.items() if len(edits) == 1}
    memory.put(
        (human_key(source, source_language, tag), human_translation(edit.after, edit.author, edit.time))
        for (source, tag), edit in settled.items()
    )
    return len(settled), len(approved) - len(settled)
