"""Load term bases from files or from those shipped with Egiz, and merge them."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from egiz.glossary.records import Term, TermBase
from egiz.translate.errors import InputError, OptionError, nearest
from egiz.translate.io.tables import parse_columns

_SHIPPED = ".tsv"
_LONGEST = 1000
"""The most characters of a wording. The longest titles of laws have half as many."""


def load(
    source: str | Path,
    encoding: str | None = None,
    *,
    columns: str | None = None,
    languages: tuple[str | None, str | None] = (None, None),
) -> TermBase:
    """Read one term base: a table, JSON or XML file by its ending, or a shipped base by its name.

    Tables are TSV, CSV, tab-separated text or XLSX; XML is TBX of any edition, MultiTerm XML or a Qt phrase
    book. `encoding` is that of a table or JSON file that is not in UTF-8 or UTF-16; XML declares its own.
    `columns` gives the meaning of the columns of a table if their names do not tell it
    (``kk=Term,ru=Translation,status=State``). `languages` are the languages of columns named ``source`` and
    ``target``.

    Raises OptionError for an unknown ending or name, suggesting the nearest known one, and for columns that
    the table does not have; InputError, with line and column, for a file that does not fit its format.
    """
    from egiz.glossary.formats import FORMATS, ReadOptions, format_of

    path = Path(source)
    options = ReadOptions(encoding=encoding, columns=parse_columns(columns), languages=languages)
    with uncollected():
        if path.is_dir() and str(source) not in shipped():
            raise InputError("is a folder", where=str(path), expected="the file of a term base")
        if not path.suffix and not path.is_file():
            with as_file(_shipped(str(source))) as place:
                base = FORMATS["tsv"].read(place, f"{path.name}{_SHIPPED}", ReadOptions())
        else:
            base = FORMATS[format_of(path)].read(path, str(path), options)
        _check_lengths(base)
        return replace(base, name=path.stem)


def anchored(source: str) -> str:
    """Return a source that is valid in any working directory: an absolute path, or a name unchanged."""
    path = Path(source)
    return str(path.absolute()) if path.suffix or path.is_file() else source


def _check_lengths(base: TermBase) -> None:
    for term in base.terms:
        for wording in term.wordings:
            if len(wording.text) > _LONGEST:
                raise InputError(
                    f"a wording of {len(wording.text):,} letters in {wording.language!r}",
                    where=term.place,
                    expected=f"a term, of {_LONGEST:,} letters at most",
                )


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the garbage collector while many records are created, which it would traverse repeatedly.

    Without the pause it took 0.9 of 2.0 seconds for a TSV of 100,000 entries in three languages. The new
    objects are never examined by the collector afterwards either. Reference counting frees them, because they
    do not refer to each other in a cycle.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.enable()


def load_all(
    sources: Iterable[str | Path],
    encoding: str | None = None,
    *,
    columns: str | None = None,
    languages: tuple[str | None, str | None] = (None, None),
) -> TermBase:
    """Read term bases and merge them; later bases override earlier ones. See `load` and `merge`.

    Raises OptionError if `sources` is empty.
    """
    bases = [load(source, encoding, columns=columns, languages=languages) for source in sources]
    if not bases:
        raise OptionError("no term base", expected="a file, or one of " + ", ".join(shipped()))
    return merge(bases)


def shipped() -> tuple[str, ...]:
    """Return the names of the term bases shipped with Egiz, in alphabetical order."""
    return tuple(sorted(place.name.removesuffix(_SHIPPED) for place in _shipped_files()))


def merge(bases: Sequence[TermBase]) -> TermBase:
    """Merge term bases in order; a single one is returned unchanged.

    If entries of two bases have the same id and a wording in common, they are the same term, and the later
    entry replaces the earlier one. If only the id is the same, both are kept and the later one gets the id
    ``base:id``. Entries without a licence or origin inherit those of their base. `assumed` of the result
    lists the replaced entries, and the wordings that only they had.
    """
    if len(bases) == 1:
        return bases[0]
    merged: dict[str, Term] = {}
    replaced: list[str] = []
    for base in bases:
        found: dict[str, Term] = {}
        for term in base.terms:
            term = _with_provenance(term, base)
            if term.id in found or (term.id in merged and not _are_same_term(merged[term.id], term)):
                term = replace(term, id=_free_id(f"{base.name}:{term.id}", (merged, found)))
            found[term.id] = term
            replaced += _replacement_lines(merged[term.id], term) if term.id in merged else ()
        merged.update(found)
    return TermBase(
        terms=tuple(merged.values()),
        name="+".join(base.name for base in bases),
        bases=tuple(base.name for base in bases),
        title=" + ".join(dict.fromkeys(base.title or base.name for base in bases)),
        unread=tuple(f"{base.name}: {line}" for base in bases for line in base.unread),
        assumed=(*(f"{base.name}: {line}" for base in bases for line in base.assumed), *replaced),
    )


def _replacement_lines(earlier: Term, later: Term) -> Iterator[str]:
    """Yield a line that reports the replacement of an entry, with the wordings that only `earlier` has."""
    kept = {(wording.language, wording.text) for wording in later.wordings}
    lost = [
        f"{wording.language} {wording.text!r}"
        for wording in earlier.wordings
        if (wording.language, wording.text) not in kept
    ]
    yield f"the entry {later.id!r} of {later.place} replaces that of {earlier.place}" + (
        f", without its {', '.join(lost)}" if lost else ""
    )


def _with_provenance(term: Term, base: TermBase) -> Term:
    licence, origin = term.licence or base.licence, term.origin or base.origin or base.title
    if (licence, origin) == (term.licence, term.origin):
        return term
    return replace(term, licence=licence, origin=origin)


def _are_same_term(earlier: Term, later: Term) -> bool:
    """Whether two entries share a wording, ignoring case."""
    known = {(wording.language, wording.text.casefold()) for wording in earlier.wordings}
    return any((wording.language, wording.text.casefold()) in known for wording in later.wordings)


def _free_id(wanted: str, taken: Sequence[dict[str, Term]]) -> str:
    """Return `wanted`; if it is taken, `wanted` with the first free number, counted from 2."""
    name, number = wanted, 1
    while any(name in terms for terms in taken):
        number += 1
        name = f"{wanted}-{number}"
    return name


def _shipped_files() -> Iterator[Traversable]:
    folder = files("egiz.glossary").joinpath("data")
    if folder.is_dir():
        yield from (place for place in folder.iterdir() if place.name.endswith(_SHIPPED))


def _shipped(name: str) -> Traversable:
    for place in _shipped_files():
        if place.name == f"{name}{_SHIPPED}":
            return place
    raise OptionError(
        f"no file and no term base that ships with Egiz is called {name!r}",
        expected="a TSV, CSV, XLSX, JSON or TBX file, or one of " + ", ".join(shipped()),
        action=nearest(name, shipped()),
    )
