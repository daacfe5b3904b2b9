"""Repair the raw text of a sentence; each change is recorded as a `Repair`, and no change adds a word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from egiz.translate.records import Repair
from egiz.translate.split.candidates import INVISIBLE
from egiz.translate.split.scripts import Alphabet, transliterated
from egiz.translate.text import is_nfc

_GAP = re.compile(rf"[\s{INVISIBLE}]+")
_BREAK = re.compile(r"[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-zƏəƟɵ]")
_MIXED = re.compile(r"[A-Za-zƏəƟɵ][Ѐ-ԯ]|[Ѐ-ԯ][A-Za-zƏəƟɵ]")
_CYRILLIC = re.compile(r"[Ѐ-ԯ]")
_ROMAN = frozenset("IVXLCDMІХСМ")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_LONGEST_STEM = 3
"""The most Latin letters at the start of a word that may be look-alikes of Cyrillic ones. A word with more is
a foreign name with a native ending ("Opelдің")."""


def mend(
    raw: str,
    start: int,
    *,
    stray: Collection[int],
    lookalikes: Mapping[str, str],
    glued: bool,
    marks: Sequence[tuple[int, int]] = (),
    alphabet: Alphabet | None = None,
) -> tuple[str, tuple[Repair, ...]]:
    """Repair the slice `raw` of a document; return the text and the repairs, in order.

    `start` is the offset of the slice in the document. `stray` has the offsets in `raw` of quotes without a
    partner, `marks` the spans in `raw` of note marks. `glued` is true if no white space precedes the slice.
    `lookalikes` maps Latin letters to Cyrillic ones. `alphabet` is that of a Kazakh text that is not in
    Cyrillic, else None. If the repairs would leave an empty text, or one that is not NFC, only white space is
    repaired.
    """
    notes = [
        Repair(rule="note-mark", start=at, stop=stop, before=raw[at:stop], after="") for at, stop in marks
    ]
    letters = _transliterated(raw, alphabet) if alphabet else _lookalikes(raw, lookalikes)
    words = [
        edit
        for edit in (*_spaces(raw, frozenset(stray)), *letters)
        if not any(at < edit.stop and edit.start < stop for at, stop in marks)
    ]
    edits = sorted([*notes, *words], key=lambda edit: edit.start)
    text = replay(raw, edits)
    if not text or not is_nfc(text):
        edits = list(_spaces(raw, frozenset(), invisible=False))
        text = replay(raw, edits)
    placed = [
        Repair(rule=e.rule, start=e.start + start, stop=e.stop + start, before=e.before, after=e.after)
        for e in edits
    ]
    if glued:
        placed.insert(0, Repair(rule="glued-boundary", start=start, stop=start, before="", after=""))
    return text, tuple(placed)


def _transliterated(raw: str, alphabet: Alphabet) -> Iterator[Repair]:
    """Yield the repairs that spell the words of a Kazakh text in Cyrillic, which translation models know."""
    for at, stop, word in transliterated(raw, alphabet):
        yield Repair(rule="script", start=at, stop=stop, before=raw[at:stop], after=word)


def replay(raw: str, repairs: Sequence[Repair], start: int = 0) -> str:
    """Return a raw slice with repairs applied; `start` is the offset of the slice in its document.

    >>> replay("жаңа  ой", [Repair(rule="space", start=4, stop=6, before="  ", after=" ")])
    'жаңа ой'
    """
    pieces: list[str] = []
    done = 0
    for repair in repairs:
        pieces += [raw[done : repair.start - start], repair.after]
        done = repair.stop - start
    return "".join([*pieces, raw[done:]])


def _spaces(raw: str, stray: frozenset[int], *, invisible: bool = True) -> Iterator[Repair]:
    """Yield the repairs that remove stray quotes and invisible characters, and reduce white space.

    White space becomes a single space. A line break between letters of scripts without spaces, or after a
    hyphen inside a word, is removed. A stray quote (one without a partner) is removed, because the place of
    its partner is unknown, and because a model invents a partner for such a quote, or omits the clause.
    """
    for start, stop in _runs(raw, stray):
        edge = start == 0 or stop == len(raw)
        spaced = edge
        for at, end, kind in _parts(raw, start, stop):
            before, after = raw[at:end], ""
            if kind == "space":
                broken = _BREAK.search(before) is not None
                if not spaced and not (broken and _closes_up(raw[start - 1], raw[stop])):
                    after = " "
                spaced = True
                rule = "line" if broken else "space"
            elif kind == "quote":
                rule = "stray-quote"
            elif invisible and _removable(raw, at):
                rule = "invisible"
            else:
                continue
            if before != after:
                yield Repair(rule=rule, start=at, stop=end, before=before, after=after)


def _runs(raw: str, stray: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Return the spans of adjacent white space, invisible characters and stray quotes.

    Each span is repaired as a whole, so that one space is left where a quote is removed.
    """
    spans = [(m.start(), m.end()) for m in _GAP.finditer(raw)]
    merged: list[tuple[int, int]] = []
    for start, stop in sorted([*spans, *((at, at + 1) for at in stray)]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], stop)
        else:
            merged.append((start, stop))
    return iter(merged)


def _parts(raw: str, start: int, stop: int) -> Iterator[tuple[int, int, str]]:
    """Yield the parts of a span from `_runs`: start, stop, and ``space``, ``invisible`` or ``quote``."""
    at = start
    while at < stop:
        end = at + 1
        if raw[at].isspace():
            while end < stop and raw[end].isspace():
                end += 1
            yield at, end, "space"
        else:
            yield at, end, "invisible" if raw[at] in INVISIBLE else "quote"
        at = end


def _removable(raw: str, at: int) -> bool:
    """Whether an invisible character may be removed.

    A zero-width space between letters of scripts without spaces is kept, because it separates words.
    """
    return raw[at] != "\u200b" or not (_UNSPACED.match(raw, at + 1) and at and _UNSPACED.match(raw, at - 1))


def _closes_up(left: str, right: str) -> bool:
    """Whether a line break between these characters is removed without a space in its place."""
    return bool(_UNSPACED.match(left) and _UNSPACED.match(right)) or (left == "-" and right.islower())


def _lookalikes(raw: str, table: Mapping[str, str]) -> Iterator[Repair]:
    """Yield the repairs that replace Latin look-alikes in Cyrillic words by Cyrillic letters ("қоғaм").

    Words of one script, Roman numerals, words with a Latin letter that looks like no Cyrillic one ("Wordта"),
    and foreign names with a native ending ("HPға", "Opelдің") are not changed.
    """
    if not _MIXED.search(raw):
        return
    for word in _WORD.finditer(raw):
        letters = word.group()
        if not _MIXED.search(letters) or not _is_cyrillic(letters, table):
            continue
        for at, letter in enumerate(letters, start=word.start()):
            if _LATIN.match(letter):
                yield Repair(rule="look-alike", start=at, stop=at + 1, before=letter, after=table[letter])


def _is_cyrillic(word: str, table: Mapping[str, str]) -> bool:
    """Whether a word of Cyrillic and Latin letters is a Cyrillic word with Latin look-alikes."""
    latin = _LATIN.findall(word)
    cyrillic = _CYRILLIC.findall(word)
    if len(latin) + len(cyrillic) != len(word) or not all(letter in table for letter in latin):
        return False
    if set(word) <= _ROMAN or len(latin) >= len(cyrillic) + (len(word) == 2):
        return False
    head = _LATIN.match(word) and re.match(r"[A-Za-z]+", word)
    if not head:
        return True
    stem, ending = head.group(), word[head.end() :]
    acronym = len(stem) > 1 and stem.isupper() and not ending.isupper()
    return not acronym and (len(stem) <= _LONGEST_STEM or _LATIN.search(ending) is not None)
