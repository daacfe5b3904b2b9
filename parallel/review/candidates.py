"""Drafts a term base from recurring edits: the same replacement in several rows is likely a term.

Replacements are found by a word diff; words are runs of letters and digits. A replacement with more than
`_LONGEST` old or new words is ignored, because it rewrote the sentence. Case is ignored but inflection is
not, so each form of a word is a separate candidate. The draft needs a source wording for each replacement. It
takes a word that occurs, in some form, in the source sentences of all rows with the replacement; of several
such words, the one that is rarest in the table. A person has to check the draft.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from egiz.glossary.records import Term, TermBase, Wording
from egiz.parallel.publish.destination import UnlistedFiles
from egiz.parallel.publish.published import open_published
from egiz.parallel.review.records import HistoryEntry

_WORD = re.compile(r"\w+(?:[-’'‑]\w+)*")
_LONGEST = 4
_STEM = 4
"""Two forms of a word must have at least this many initial letters in common."""
_SOFTENED = 2
"""Two forms of a word may differ in this many of the last letters of the shorter form, because these may be
an ending, or a consonant that alternates (қ, ғ).
"""
_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """A replacement, and the ids of the rows in which it was made, in order. There are at least two such
    rows.
    """

    language: str
    before: str
    after: str
    rows: tuple[str, ...]


def recurring(history: Iterable[HistoryEntry]) -> tuple[Recurring, ...]:
    """Return the replacements made in at least two rows, the most frequent first."""
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
    """Return the most frequent spelling of the old text (`side` 0) or the new text (`side` 1). If several
    spellings are equally frequent, one in lower case is preferred.
    """
    counts = Counter(pair[side] for pair in rows.values())
    return min(counts, key=lambda text: (-counts[text], text.swapcase()))


def _replacements(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of old words and the new words in their place, from a word diff of two texts."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    folded = [word.casefold() for word in old], [word.casefold() for word in new]
    for kind, start, stop, begin, end in SequenceMatcher(None, *folded, autojunk=False).get_opcodes():
        if kind == "replace" and stop - start <= _LONGEST and end - begin <= _LONGEST:
            yield " ".join(old[start:stop]), " ".join(new[begin:end])


def draft(found: Sequence[Recurring], sources: Iterable[tuple[str, str]], language: str) -> TermBase:
    """Return a term base of the replacements. A term gets a source wording if one is found; the module
    docstring says how.

    `sources` are pairs of row id and source sentence for the whole table; `language` is the language of the
    sentences.
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
        _term(number, item, _common_word([kept.get(row, []) for row in item.rows], counts), language)
        for number, item in enumerate(found, start=1)
    )
    return TermBase(terms=terms, title="Draft: replacements that recur in human edits")


def _common_word(rows: Sequence[Sequence[str]], counts: Mapping[str, int]) -> str:
    """Return the source wording for a replacement: of the words that occur, in some form, in every row of
    `rows`, the one that is rarest in the table. It is empty if no word occurs in every row.

    `rows` has the words of each row's source, `counts` the frequencies of all words of the table.
    """
    shared = []
    for word in rows[0]:
        forms = [next((other for other in row if _may_be_forms(word, other)), "") for row in rows]
        if all(forms):
            shortest = min(forms, key=len)
            shared.append(
                (sum(count for other, count in counts.items() if _may_be_forms(word, other)), shortest)
            )
    return min(shared, default=(0, ""), key=lambda item: (item[0], -len(item[1]), item[1]))[1]


def _may_be_forms(word: str, other: str) -> bool:
    """Whether two words may be forms of one word.

    Their initial letters must agree: at least `_STEM` letters, and all letters of the shorter word except its
    last `_SOFTENED`.
    """
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
    """Write the recurring replacements of a history as a TSV term base, and return their number.

    `table` is the published table that was edited. If no replacement recurs, no file is written. Raises
    InputError for an invalid table, OutputError if the file cannot be written.
    """
    from egiz.glossary.formats.tables_write import write_tsv

    found = recurring(history)
    if not found:
        return 0
    published = open_published(table)
    base = draft(found, ((row.id, row.source) for row in published.rows()), published.source_language)
    with UnlistedFiles(output.parent) as publication:
        publication.write(output.name, write_tsv(base).text)
    return len(found)
