"""Lint rules about entries that share a source wording, or whose wordings contain each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple

from egiz.glossary.lint.finding import Examined, Remark, folded
from egiz.glossary.records import Term, Wording

_WORD = re.compile(r"\w+")
_SHOWN = 3

Kind = Literal["duplicate", "conflict", "homograph"]


class _Pair(NamedTuple):
    """An entry, an earlier entry with the same source wording, and the relation of the two."""

    term: Term
    earlier: Term
    wording: Wording
    kind: Kind


def duplicate(examined: Examined) -> Iterator[Remark]:
    """Report two entries with the same source wording whose translations do not contradict each other."""
    for pair in _pairs(examined):
        if pair.kind == "duplicate":
            yield Remark(
                severity="warning",
                term=pair.term,
                message=f"{pair.wording.text!r} has an entry already: {_named(pair.earlier)}",
                action="Make one entry of the two.",
            )


def conflict(examined: Examined) -> Iterator[Remark]:
    """Report two entries with the same source wording, subject and part of speech, but other translations."""
    for pair in _pairs(examined):
        if pair.kind == "conflict":
            yield Remark(
                severity="error",
                term=pair.term,
                message=f"{pair.wording.text!r} is translated differently in {_named(pair.earlier)}",
                action="Make one entry of the two, or distinguish them by subject or part of speech.",
            )


def homograph(examined: Examined) -> Iterator[Remark]:
    """Report two entries with the same source wording but another sense and other translations.

    Entries have another sense if they differ in subject or part of speech.
    """
    for pair in _pairs(examined):
        if pair.kind == "homograph":
            yield Remark(
                severity="note",
                term=pair.term,
                message=f"{pair.wording.text!r} means something else in {_named(pair.earlier)}",
                action="Add longer wordings that tell them apart, if there are any.",
            )


def contradiction(examined: Examined) -> Iterator[Remark]:
    """Report a target wording that one entry forbids and another accepts for the same source wording."""
    seen: set[tuple[str, str]] = set()
    for group in examined.groups.values():
        usable = {folded(w): t for t, _ in group for w in t.wordings if w.status != "forbidden"}
        for term in dict.fromkeys(term for term, _ in group):
            for wording in term.wordings:
                other = usable.get(folded(wording))
                if wording.status != "forbidden" or other is None or other is term:
                    continue
                if (term.id, other.id) not in seen:
                    seen.add((term.id, other.id))
                    yield Remark(
                        severity="error",
                        term=term,
                        message=f"{wording.text!r} ({wording.language}) is forbidden here and wanted in "
                        f"{_named(other)}, for the same source wording",
                        action="Accept or forbid it in both entries.",
                    )


def cycle(examined: Examined) -> Iterator[Remark]:
    """Report a forbidden wording that a chain of replacements puts in again.

    For example, one entry replaces A by B, and another entry forbids B and replaces it by A.
    """
    edges: dict[tuple[str, str], set[tuple[str, str]]] = {}
    owners: list[tuple[Term, Wording, Wording]] = []
    for term, wording in examined.wordings():
        if wording.status == "forbidden" and wording.language != examined.source:
            for instead in term.accepted_in(wording.language)[:1]:
                if folded(instead) != folded(wording):
                    edges.setdefault(folded(wording), set()).add(folded(instead))
                    owners.append((term, wording, instead))
    circling = _on_cycles(edges)
    for term, wording, instead in owners:
        if {folded(wording), folded(instead)} <= circling:
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} is to become {instead.text!r} here, and other entries lead from "
                f"{instead.text!r} back to it",
                action="Make sure that no text has both source terms, or forbid less.",
            )


def overlap(examined: Examined) -> Iterator[Remark]:
    """Report a source wording that is part of longer ones; in texts only the longest is found.

    This is usually intended.
    """
    groups = examined.groups
    inside: dict[str, tuple[Term, str, dict[str, str]]] = {}
    words = {text: tuple(_WORD.findall(text)) for text in groups}
    by_words = {sequence: text for text, sequence in words.items() if sequence}
    longest = max(map(len, by_words), default=0)
    for outer, sequence in words.items():
        for start in range(len(sequence)):
            for stop in range(start + 1, min(len(sequence), start + longest) + 1):
                text = by_words.get(sequence[start:stop])
                if text is None or text == outer:
                    continue
                term, longer = groups[text][0][0], groups[outer][0][0]
                if term is not longer:
                    inside.setdefault(text, (term, text, {}))[2][longer.id] = groups[outer][0][1].text
    for term, text, outers in inside.values():
        shown = ", ".join(repr(outer) for outer in list(outers.values())[:_SHOWN])
        more = f" and {len(outers) - _SHOWN} more" if len(outers) > _SHOWN else ""
        yield Remark(
            severity="note",
            term=term,
            message=f"{text!r} stands inside {shown}{more}",
            action="None, if the longer ones are to be found instead.",
        )


@lru_cache(maxsize=1)
def _pairs(examined: Examined) -> tuple[_Pair, ...]:
    """Return the pairs of entries with a source wording in common, each pair once.

    An entry is paired with the first earlier entry of the same subject and part of speech or, if there is
    none, with the first earlier entry. Case-sensitive wordings with different capitals are different
    wordings.
    """
    found: list[_Pair] = []
    seen: set[tuple[str, str]] = set()
    for group in examined.groups.values():
        first: dict[tuple[str | None, tuple[str, str] | None], Term] = {}
        for term, wording in group:
            sense = (term.subject, wording.part_of_speech)
            own = wording.text if wording.case_sensitive else ""
            capitals = (own, "") if own else (None,)  # None matches any
            same = next((first[key] for key in product(capitals, (sense,)) if key in first), None)
            earlier = same or next((first[key] for key in product(capitals, (None,)) if key in first), None)
            for key in product((own, None), (sense, None)):
                first.setdefault(key, term)
            if earlier is None or earlier is term or (term.id, earlier.id) in seen:
                continue
            seen.add((term.id, earlier.id))
            is_other = _differ(term, earlier, examined.source)
            kind: Kind = "duplicate" if not is_other else "homograph" if same is None else "conflict"
            found.append(_Pair(term, earlier, wording, kind))
    return tuple(found)


def _differ(term: Term, other: Term, source: str) -> bool:
    """Whether both entries have translations into the same language, but none of these in common."""
    for tag in dict.fromkeys(word.language for word in term.wordings if word.language != source):
        own = {folded(word) for word in term.accepted_in(tag)}
        others = {folded(word) for word in other.accepted_in(tag)}
        if own and others and not own & others:
            return True
    return False


def _on_cycles(edges: dict[tuple[str, str], set[tuple[str, str]]]) -> set[tuple[str, str]]:
    """Return the nodes that lie on a cycle, or on a path between cycles.

    Nodes without an incoming or an outgoing edge are removed until no such node is left.
    """
    left = set(edges)
    while True:
        reached = {target for node in left for target in edges[node]}
        kept = {node for node in left if node in reached and edges[node] & left}
        if kept == left:
            return kept
        left = kept


def _named(term: Term) -> str:
    return f"{term.id!r}" + (f" ({term.place})" if term.place else "")
