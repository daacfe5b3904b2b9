"""Entries → the rows of a term table, and what such a table cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from egiz.glossary.formats.cells import escape, join_list
from egiz.glossary.formats.columns import FORBIDDEN, language_column
from egiz.glossary.formats.losses import Loss
from egiz.glossary.records import Term, TermBase, Wording

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


def table(base: TermBase) -> tuple[list[Cells], tuple[Loss, ...]]:
    """The remarks, the header and a row for each entry, without columns that would be empty; the losses."""
    remarks = [
        [f"# {name}: {escape(text.strip())}"]
        for name, text in (("title", base.title), ("licence", base.licence), ("origin", base.origin))
        if text.strip()
    ]
    sides = [(tag, is_forbidden) for tag in base.languages for is_forbidden in (False, True)]
    columns: list[Cells] = [["id", *(escape(term.id) for term in base.terms)]]
    for tag, is_forbidden in sides:
        columns += _side(base.terms, tag, is_forbidden)
    columns += [[name, *(escape(read(term).strip()) for term in base.terms)] for name, read in _PLAIN.items()]
    filled = [column for column in columns if any(column[1:])]
    rows = [list(row) for row in zip(*filled, strict=True)]
    kept = [row for row in rows if any(row[1:])]
    return [*remarks, *kept], tuple(_losses(base))


def _side(terms: Sequence[Term], tag: str, is_forbidden: bool) -> Iterator[Cells]:
    """The columns of one language's usable or forbidden wordings."""
    name = language_column(tag) + (f".{FORBIDDEN}" if is_forbidden else "")
    entries = [_wordings(term, tag, is_forbidden) for term in terms]
    yield [name, *(" | ".join(escape(word.text.strip()) for word in words) for words in entries)]
    for attribute, read in _ATTRIBUTES.items():
        yield [f"{name}.{attribute}", *(_aligned([read(word) for word in words]) for words in entries)]


def _wordings(term: Term, tag: str, is_forbidden: bool) -> list[Wording]:
    """What goes into one cell, the preferred wording first."""
    words = [
        word
        for word in term.wordings
        if word.language == tag and (word.status == "forbidden") == is_forbidden and word.text.strip()
    ]
    return sorted(words, key=lambda word: word.status != "preferred")


def _aligned(values: Sequence[str]) -> str:
    """One value where all are alike, else all of them: ``| plural |`` where two of three are empty."""
    if len(set(values)) == 1:
        return values[0]
    return "|".join(f" {value} " if value else " " for value in values).strip()


def _losses(base: TermBase) -> Iterator[Loss]:
    for text in (base.title, base.licence, base.origin):
        if text != text.strip():
            yield Loss(term="", what="spaces at the ends of texts")
    for term in base.terms:
        for what in dict.fromkeys(_lost(term)):
            yield Loss(term=term.id, what=what)


def _lost(term: Term) -> Iterator[str]:
    texts = [term.id, term.subject, term.note, term.origin, term.licence]
    for word in term.wordings:
        texts += [word.text, word.inflect_like, *word.forms]
        if not word.text.strip():
            yield "an empty wording, with all that is said of it"
    if not term.wordings:
        yield "an entry without wordings"
    if any(text != text.strip() for text in texts):
        yield "spaces at the ends of texts"
    if any(not form.strip() for word in term.wordings for form in word.forms):
        yield "an empty form"
    for tag in dict.fromkeys(word.language for word in term.wordings):
        usable = [word.status for word in term.wordings_in(tag) if word.status != "forbidden"]
        if usable and usable.count("preferred") != 1:
            yield (
                "that several wordings of a language are preferred alike (the first one is now)"
                if "preferred" in usable
                else "that no wording of a language is preferred (the first one is now)"
            )
