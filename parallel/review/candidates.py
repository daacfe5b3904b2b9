"""Edits that recur: one and the same replacement in several rows is likely a term.

Words are compared as runs of letters and digits; what was replaced is found by a diff of words, and at most
four words on a side count: longer stretches are rewritten sentences. Equal up to capitals is equal, with no
knowledge of inflection, so each form of a word is a candidate of its own. As the term's source wording is
offered the word that all of those rows have in their source sentences, in one form or another, and that is
rarest in the rest of the table. It is a draft, to be read by a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from egiz.glossary.records import Term, TermBase, Wording
from egiz.parallel.publish.ours import Files
from egiz.parallel.publish.published import open_published
from egiz.parallel.review.records import HistoryEntry

_WORD = re.compile(r"\w+(?:[-’'‑]\w+)*")
_LONGEST = 4
_STEM = 4
"""Letters that two forms of a word begin with alike, at least."""
_SOFTENED = 2
"""Letters at the end of the shorter form that may differ: an ending, or a sound that it changed (қ, ғ)."""
_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """One replacement with the rows it was made in, in their order; at least two."""

    language: str
    before: str
    after: str
    rows: tuple[str, ...]


def recurring(history: Iterable[HistoryEntry]) -> tuple[Recurring, ...]:
    """The replacements that were made in at least two rows, the most frequent first."""
    found: dict[tuple[str, str, str], dict[str, tuple[str, str]]] = {}
    for entry in history:
        for before, after in _replacements(entry.before, entry.after):
            rows = found.setdefault((entry.language, before.casefold(), after.casefold()), {})
            rows.setdefault(entry.row, (before, after))
    several = [(key, rows) for key, rows in found.items() if len(rows) > 1]
    several.sort(key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Recurring(language=language, before=_usual(rows, 0), after=_usual(rows, 1), rows=tuple(rows))
        for (language, _, _), rows in several
    )


def _usual(rows: Mapping[str, tuple[str, str]], side: int) -> str:
    """The way of writing that is most frequent, small letters first where two are equally so."""
    counts = Counter(pair[side] for pair in rows.values())
    return min(counts, key=lambda text: (-counts[text], text.swapcase()))


def _replacements(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The pairs of words that a person put for each other."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    folded = [word.casefold() for word in old], [word.casefold() for word in new]
    for kind, start, stop, begin, end in SequenceMatcher(None, *folded, autojunk=False).get_opcodes():
        if kind == "replace" and stop - start <= _LONGEST and end - begin <= _LONGEST:
            yield " ".join(old[start:stop]), " ".join(new[begin:end])


def draft(found: Sequence[Recurring], sources: Iterable[tuple[str, str]], language: str) -> TermBase:
    """A term base of the replacements, with a source wording where one suggests itself.

    `sources` are the source sentences of the table by row id, all of them; `language` is theirs.
    """
    wanted = {row for item in found for row in item.rows}
    kept: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    for row, text in sources:
        words = list(dict.fromkeys(word.casefold() for word in _WORD.findall(text)))
        counts.update(words)
        if row in wanted:
            kept[row] = words
    terms = tuple(
        _term(number, item, _shared([kept.get(row, []) for row in item.rows], counts), language)
        for number, item in enumerate(found, start=1)
    )
    return TermBase(terms=terms, title="Draft: replacements that recur in human edits")


def _shared(rows: Sequence[Sequence[str]], counts: Mapping[str, int]) -> str:
    """The word that all rows have, in some form, and that the table has least; empty where there is none."""
    shared = []
    for word in rows[0]:
        forms = [next((other for other in row if _akin(word, other)), "") for row in rows]
        if all(forms):
            shortest = min(forms, key=len)
            shared.append((sum(count for other, count in counts.items() if _akin(word, other)), shortest))
    return min(shared, default=(0, ""), key=lambda item: (item[0], -len(item[1]), item[1]))[1]


def _akin(word: str, other: str) -> bool:
    """Whether two words may be forms of one: they begin alike, up to the end of the shorter one or nearly."""
    if word == other:
        return True
    alike = max(_STEM, min(len(word), len(other)) - _SOFTENED)
    return len(word) >= alike and word[:alike] == other[:alike]


def _term(number: int, item: Recurring, source: str, language: str) -> Term:
    wordings = [Wording(language=item.language, text=item.after)]
    if source and language != item.language:
        wordings.insert(0, Wording(language=language, text=source))
    rows = ", ".join(item.rows[:_LISTED]) + (" …" if len(item.rows) > _LISTED else "")
    return Term(
        id=f"draft-{number}",
        wordings=tuple(wordings),
        note=f"in place of “{item.before}” in {len(item.rows)} rows: {rows}",
        origin="human edits",
    )


def write_draft(history: Iterable[HistoryEntry], table: Path, output: Path) -> int:
    """Write the recurring replacements of a history as a term base in TSV; give how many there are.

    `table` is the published table that the edits are of. Nothing is written where none recurs. Raises
    InputError and OutputError as reading and publishing do.
    """
    from egiz.glossary.formats.tables import write_tsv

    found = recurring(history)
    if not found:
        return 0
    published = open_published(table)
    base = draft(found, ((row.id, row.source) for row in published.rows()), published.source_language)
    with Files(output.parent) as publication:
        publication.write(output.name, write_tsv(base).text)
    return len(found)
