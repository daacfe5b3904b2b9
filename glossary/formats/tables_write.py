"""Write a term base as a table: TSV, CSV or XLSX, and list what tables cannot represent.

`egiz.glossary.formats.tables` describes the columns and the escapes in cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from egiz.glossary.formats.columns import FORBIDDEN, language_column
from egiz.glossary.formats.common import Loss, Written, escape, escape_wording, join_list
from egiz.glossary.records import Term, TermBase, Wording
from egiz.translate.io.tables import ABOUT, workbook
from egiz.translate.text import nfc

Cells = list[str]

_ATTRIBUTES: dict[str, Callable[[Wording], str]] = {
    "pos": lambda wording: wording.part_of_speech,
    "number": lambda wording: wording.number,
    "match": lambda wording: ",".join(
        name for name, is_set in (("case", wording.case_sensitive), ("exact", wording.exact)) if is_set
    ),
    "forms": lambda wording: join_list(wording.forms),
    "like": lambda wording: escape(wording.inflect_like),
}
_PLAIN: dict[str, Callable[[Term], str]] = {
    "subject": lambda term: term.subject,
    "note": lambda term: term.note,
    "origin": lambda term: term.origin,
    "licence": lambda term: term.licence,
}


def table(base: TermBase) -> tuple[list[tuple[str, str]], list[Cells], tuple[Loss, ...]]:
    """Return the content of a table: remarks on the base as (name, text), rows, and losses.

    The remarks are title, licence and origin. The rows are the header and one row per entry. Columns without
    a value are left out.
    """
    remarks = [
        (name, escape(text.strip()))
        for name, text in (("title", base.title), ("licence", base.licence), ("origin", base.origin))
        if text.strip()
    ]
    sides = [(tag, is_forbidden) for tag in base.tags for is_forbidden in (False, True)]
    columns: list[Cells] = [["id", *(escape(term.id) for term in base.terms)]]
    for tag, is_forbidden in sides:
        columns += _side(base.terms, tag, is_forbidden)
    columns += [[name, *(escape(read(term).strip()) for term in base.terms)] for name, read in _PLAIN.items()]
    filled = [column for column in columns if any(column[1:])]
    rows = [list(row) for row in zip(*filled, strict=True)]
    kept = [row for row in rows if any(row[1:])]
    return remarks, kept, tuple(_losses(base))


def _side(terms: Sequence[Term], tag: str, is_forbidden: bool) -> Iterator[Cells]:
    """Yield the columns of the accepted or forbidden wordings of one language.

    Each begins with its header.
    """
    name = language_column(tag) + (f".{FORBIDDEN}" if is_forbidden else "")
    entries = [_table_wordings(term, tag, is_forbidden) for term in terms]
    yield [name, *(" | ".join(escape_wording(word.text.strip()) for word in words) for words in entries)]
    for attribute, read in _ATTRIBUTES.items():
        yield [f"{name}.{attribute}", *(_aligned([read(word) for word in words]) for words in entries)]


def _table_wordings(term: Term, tag: str, is_forbidden: bool) -> list[Wording]:
    """Return the wordings of an entry that are written to one cell, preferred ones first."""
    words = [
        word
        for word in term.wordings
        if word.tag == tag and (word.status == "forbidden") == is_forbidden and word.text.strip()
    ]
    return sorted(words, key=lambda word: word.status != "preferred")


def _aligned(values: Sequence[str]) -> str:
    """Join the values that an attribute has for the wordings of a cell; if all are equal, return that value.

    If of three values only the second is not empty, the cell is ``| plural |``.
    """
    if len(set(values)) == 1:
        return values[0]
    return "|".join(f" {value} " if value else " " for value in values).strip()


def _losses(base: TermBase) -> Iterator[Loss]:
    for text in (base.title, base.licence, base.origin):
        if text != text.strip():
            yield Loss(term="", what="spaces at the ends of texts")
    for term in base.terms:
        for what in dict.fromkeys(_losses_of(term)):
            yield Loss(term=term.id, what=what)


def _losses_of(term: Term) -> Iterator[str]:
    texts = [term.id, term.subject, term.note, term.origin, term.licence]
    for word in term.wordings:
        texts += [word.text, word.inflect_like, *word.forms]
        if not word.text.strip():
            yield "an empty wording, with its attributes"
    if not term.wordings:
        yield "an entry without wordings"
    if any(text != text.strip() for text in texts):
        yield "spaces at the ends of texts"
    if any(not form.strip() for word in term.wordings for form in word.forms):
        yield "an empty form"
    for tag in dict.fromkeys(word.tag for word in term.wordings):
        usable = [word.status for word in term.wordings if word.tag == tag and word.status != "forbidden"]
        if usable and usable.count("preferred") != 1:
            yield (
                "that several wordings of a language are preferred (now only the first one is)"
                if "preferred" in usable
                else "that no wording of a language is preferred (the first one is now)"
            )


def write_tsv(base: TermBase) -> Written:
    """Write a base as TSV, without empty columns."""
    remarks, rows, losses = table(base)
    text = "".join("\t".join(cells) + "\n" for cells in (*_remarks(remarks), *rows))
    return Written(text=nfc(text), losses=losses)


def write_csv(base: TermBase) -> Written:
    """Write a base as CSV with commas; see `write_tsv`."""
    remarks, rows, losses = table(base)
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows((*_remarks(remarks), *rows))
    return Written(text=nfc(stream.getvalue()), losses=losses)


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no cell of a workbook can hold."""
_LONGEST_CELL = 32_767
"""The most characters that a cell of a workbook may have, by the XLSX format."""


def write_xlsx(base: TermBase) -> Written:
    """Write a base as a workbook: the entries in one sheet; title, licence and origin in another."""
    remarks, rows, losses = table(base)
    about = [[name, text] for name, text in remarks]
    more = [
        Loss(term=row[0], what=what)
        for row in rows
        for what, is_lost in (
            ("control characters", any(map(_ILLEGAL.search, row))),
            (f"what is beyond {_LONGEST_CELL:,} characters in a cell", max(map(len, row)) > _LONGEST_CELL),
        )
        if is_lost
    ]
    sheets = {"terms": rows, **({ABOUT: about} if about else {})}
    clean = {
        name: [[_ILLEGAL.sub("", nfc(cell))[:_LONGEST_CELL] for cell in row] for row in table]
        for name, table in sheets.items()
    }
    return Written(data=workbook(clean), losses=(*losses, *more))


def _remarks(remarks: Iterable[tuple[str, str]]) -> Iterator[Cells]:
    for name, text in remarks:
        yield [f"# {name}: {text}"]
