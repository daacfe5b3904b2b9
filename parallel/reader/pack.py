"""Packs a table and all that belongs to it (`Reading`) into the compact JSON data of the page.

Data are stored by column, each repeated value once, and word links as short codes. Every number of a code is
the signed difference from the number before, in base64 digits of five bits (Source Map format, ECMA-426,
"base64 VLQ").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from itertools import groupby
from typing import Any

from egiz.glossary.correct.job import RULES
from egiz.glossary.correct.options import REASONS
from egiz.parallel.publish import PublishedRow
from egiz.parallel.publish.datapackage import read_entry
from egiz.parallel.reader.records import Bands, Reading, Review
from egiz.parallel.summary import STATUSES, UNLINKED
from egiz.translate.errors import LanguageError
from egiz.translate.languages import language

_STATUSES = (*STATUSES, UNLINKED)
_LEFT = "left alone: "
CODES = {words: f"rule.{code}" for code, words in RULES.items()} | {
    f"{_LEFT}{words}": f"left.{code.replace(' ', '-')}" for code, words in REASONS.items()
}
"""A map from each known note about a correction to the key of its text in the page's text catalogues."""


def note_codes(note: str) -> tuple[str, ...]:
    """Split a note into its parts, and return a tuple of their codes. The code of a part that `CODES` has is
    its catalogue key; any other part stands for itself.

    >>> note_codes("left alone: the word may be another term"), note_codes("by hand"), note_codes("")
    (('left.homograph',), ('by hand',), ())
    """
    return tuple(CODES.get(part, part) for part in note.split("; ") if part)


_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def word_codes(reading: Reading) -> list[str]:
    """Return the word links of all rows: one text per target language, with the codes of the rows
    (`word_code`) joined by semicolons.
    """
    rows = [[""] * len(reading.rows) for _ in reading.rows[0].targets]
    for links in reading.words:
        rows[links.target][links.row] = word_code(links.pairs)
    return [";".join(codes) for codes in rows]


def word_code(pairs: Iterable[tuple[int, int]]) -> str:
    """Encode the word links of one row. The pairs are sorted. Each number is written as the difference from
    the corresponding number of the previous pair (`_signed`).

    >>> word_code([(0, 0), (1, 2), (20, 1)])
    'AACEmBD'
    """
    source = target = 0
    digits = []
    for own, other in sorted(pairs):
        digits += [_signed(own - source), _signed(other - target)]
        source, target = own, other
    return "".join(digits)


def _signed(number: int) -> str:
    """Encode a signed number in base-64 digits of five bits, lowest first.

    The sign is the lowest bit of the number; the highest bit of a digit says that another digit follows.
    """
    rest, text = abs(number) << 1 | (number < 0), ""
    while rest > 31:
        text, rest = text + _DIGITS[rest & 31 | 32], rest >> 5
    return text + _DIGITS[rest]


_RIGHT_TO_LEFT = frozenset(("Adlm", "Arab", "Hebr", "Nkoo", "Syrc", "Thaa"))
"""Scripts written from right to left (Unicode Standard, Bidirectional Algorithm)."""


def pack(reading: Reading, bands: Bands, title: str) -> dict[str, Any]:
    """Return all data that the page shows, ready for JSON; equal input gives equal data.

    The texts are not included, because the plain table of the page has them. A target language has
    ``quality``, with the quality of each row in thousandths (-1 if a row has none), and ``status``, with one
    digit for each row. ``flags`` and ``machine`` are pairs of a row and its value, for the rows that have a
    value. Offsets are UTF-16 units. ``words`` is present only if the table has word links.
    """
    rows = reading.rows
    words = {"words": word_codes(reading)} if reading.words else {}
    codes = _Numbers(flag for row in rows for target in row.targets for flag in target.flags)
    tags = [rows[0].source_language, *(target.language for target in rows[0].targets)]
    egiz = _object(reading.package.get("egiz"))
    return {
        "version": version("egiz"),
        "table": reading.sha256,
        "document": _document(reading),
        "name": reading.name,
        "title": title,
        "scored": reading.scored,
        "altered": reading.altered,
        "bands": [round(bands.good * 1000), round(bands.poor * 1000)],
        "languages": [_language(tag) for tag in tags],
        "documents": _documents(reading),
        "targets": [_target(rows, place, codes) for place in range(len(tags) - 1)],
        "statuses": _STATUSES,
        "flags": codes.values,
        "reasons": _object(egiz.get("flags")),
        "about": _about(reading, egiz),
        "terms": _terms(reading),
        "edits": _edits(reading),
        "causes": _causes(reading),
        "reviews": [_review(item) for item in reading.reviews],
        **words,
    }


def _review(item: Review) -> list[Any]:
    """Return a review as a list. Reviews of the kinds in `_APART` have a text that no cell contains; their
    list ends with this text, its source and its language.
    """
    head = [item.kind, item.row, item.target, item.author, item.time, item.approved, item.comment]
    return [*head, item.text, item.source, item.language] if item.kind in _APART else head


_APART = ("outdated", "conflict", "orphan")


def _document(reading: Reading) -> str:
    """Return an identifier that is the same for every page made from the same documents.

    It is a hash of the source language and the names of the documents.
    """
    names = sorted({document_of(row.id) for row in reading.rows} - {""}) or [reading.name]
    return sha256("\0".join((reading.rows[0].source_language, *names)).encode()).hexdigest()[:16]


def document_of(row: str) -> str:
    """Return the document that a row id names; empty if the row id names no document.

    >>> document_of("qaita-quru:1.2"), document_of("17")
    ('qaita-quru', '')
    """
    return row.rpartition(":")[0]


def _language(tag: str) -> dict[str, str]:
    try:
        found = language(tag)
    except LanguageError:
        return {"tag": tag, "name": tag, "dir": "auto"}
    return {"tag": tag, "name": found.name, "dir": "rtl" if found.script in _RIGHT_TO_LEFT else "ltr"}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _documents(reading: Reading) -> list[dict[str, Any]]:
    """Return an object for each sequence of rows of one document, in order. A document may have several
    sequences.

    If a document has headings, its object has ``headings``: for each heading a list of the paragraph's
    number, the level, and the title if the title differs from the paragraph.
    """
    sources = {str(item.get("id")): item for item in _objects(reading.package.get("sources"))}
    found = []
    for name, run in groupby(reading.rows, key=lambda row: document_of(row.id)):
        source = sources.get(name, {})
        about = {"id": name, "title": str(source.get("title", name)), "rows": len(list(run))}
        headings = _headings(source.get("outline"))
        found.append(about | {"headings": headings} if headings else about)
    return found


def _headings(outline: Any) -> list[list[Any]]:
    """Return the headings of a document from its outline in the data package; malformed entries are
    left out.
    """
    found: list[list[Any]] = []
    for text in outline if isinstance(outline, list) else []:
        with suppress(ValueError):
            entry = read_entry(str(text))
            title = [entry.title] if entry.title else []
            found.append([entry.paragraph, min(max(entry.level, 1), 6), *title])
    return found


def _target(rows: Sequence[PublishedRow], place: int, codes: _Numbers) -> dict[str, Any]:
    sides = [row.targets[place] for row in rows]
    flagged = [(row, side.flags) for row, side in enumerate(sides) if side.flags]
    return {
        "quality": [-1 if side.quality is None else round(side.quality * 1000) for side in sides],
        "status": "".join(str(_STATUSES.index(side.status)) for side in sides),
        "flags": [[row, [codes[flag] for flag in flags]] for row, flags in flagged],
        "machine": [[row, side.machine] for row, side in enumerate(sides) if side.machine],
    }


def _about(reading: Reading, egiz: dict[str, Any]) -> dict[str, Any]:
    model, quality, aligned = (_object(egiz.get(name)) for name in ("model", "quality", "alignment"))
    licences = [
        [str(item.get("title") or item.get("name") or ""), str(item.get("appliesTo") or "")]
        for item in _objects(reading.package.get("licenses"))
    ]
    made: dict[str, Any] = {
        "model": " ".join(str(model[key]) for key in ("name", "revision") if model.get(key)),
        "engine": ", ".join(str(model[key]) for key in ("engine", "precision") if model.get(key)),
        "decoding": str(egiz.get("decoding") or ""),
    }
    if aligned:  # the translations are by people, not by the model
        settings = [str(aligned[key]) for key in ("method", "comparedWith") if aligned.get(key)]
        made = {"people": True, "model": "", "engine": "", "decoding": "; ".join(settings)}
    return {
        **made,
        "quality": str(quality.get("meaning") or ""),
        "licences": licences,
    }


def _terms(reading: Reading) -> dict[str, Any]:
    places = reading.places
    entries = _Numbers((place.term, place.source_term) for place in places)
    wordings = _Numbers(place.target_term for place in places)
    outcomes = _Numbers(place.outcome for place in places)
    notes = _Numbers(place.note for place in places)
    spans = []
    for place in places:
        row = reading.rows[place.row]
        source, target = _units(row.source), _units(row.targets[place.target].text)
        spans.append((*map(source, place.source), *map(target, place.rendered)))
    return {
        "entries": [list(pair) for pair in entries.values],
        "wordings": wordings.values,
        "outcomes": outcomes.values,
        "notes": [note_codes(note) for note in notes.values],
        "places": [
            [
                place.row,
                place.target,
                entries[place.term, place.source_term],
                wordings[place.target_term],
                outcomes[place.outcome],
                notes[place.note],
                *span,
            ]
            for place, span in zip(places, spans, strict=True)
        ],
    }


def _edits(reading: Reading) -> dict[str, Any]:
    """Return ``rules`` and ``places``. Each place is an edit: its row, target, span in the machine output
    (UTF-16 units), new text and the index of its rule.
    """
    rules = _Numbers(edit.rule for edit in reading.edits)
    places = []
    for edit in reading.edits:
        target = reading.rows[edit.row].targets[edit.target]
        units = _units(target.machine or target.text)
        span = (units(edit.start), units(edit.stop))
        places.append([edit.row, edit.target, *span, edit.after, rules[edit.rule]])
    return {"rules": rules.values, "places": places}


def _causes(reading: Reading) -> dict[str, Any]:
    """Return ``features`` and ``places``. Each place is a translation that has reasons: its row, its target
    and its reasons. A reason is the index of its feature, or a list of this index and the detail.
    """
    features = _Numbers(reason.feature for item in reading.reasons for reason in item.reasons)
    places = []
    for item in reading.reasons:
        numbered = [(features[reason.feature], reason.detail) for reason in item.reasons]
        found = [[number, detail] if detail else number for number, detail in numbered]
        places.append([item.row, item.target, *found])
    return {"features": features.values, "places": places}


def _units(text: str) -> Callable[[int], int]:
    """Return a function from offsets in code points of `text` to offsets in UTF-16 units."""
    if text.isascii() or max(text, default="") <= "\uffff":
        return lambda offset: offset
    return lambda offset: len(text[:offset].encode("utf-16-le")) // 2


class _Numbers:
    """Gives each distinct value a number, from 0 in order of first occurrence."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._numbers: dict[Any, int] = {}
        for value in values:
            self._numbers.setdefault(value, len(self._numbers))

    def __getitem__(self, value: Any) -> int:
        return self._numbers[value]

    @property
    def values(self) -> list[Any]:
        return list(self._numbers)
