"""Make training data from rows: filter, deduplicate, and split into parts that share no sentence.

The input is read once. Pairs that pass the filters are kept in a temporary file until all duplicates and
held-out documents are known; memory holds only a few numbers for each pair.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from egiz.parallel.bilingual.workers import map_chunks
from egiz.parallel.corpus.duplicates import EXACT, KEPT, NEAR, DuplicateOptions, Index, hash64
from egiz.parallel.corpus.filters import Bench, FilterOptions, TermTests, objection
from egiz.parallel.corpus.records import DataRow, DataSide, Meaning
from egiz.parallel.corpus.report import Account, Reject
from egiz.parallel.corpus.split import TRAIN, Held, SplitOptions, deal
from egiz.parallel.publish.published import paragraph_of
from egiz.translate.errors import InputError, OptionError, plural
from egiz.translate.train.corpus import read_held_out

if TYPE_CHECKING:
    from egiz.glossary.records import TermBase


class Spool:
    """A temporary file of rows, written once in order and read any number of times; a context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = path.open("w", encoding="utf-8", newline="\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def add(self, entry: DataRow) -> None:
        """Write one row."""
        self._stream.write(json.dumps(astuple(entry), ensure_ascii=False) + "\n")

    def read(self) -> Iterator[DataRow]:
        """Yield all rows in the order in which they were written."""
        self._stream.flush()
        with self._path.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                name, document, source_language, source, sides = json.loads(line)
                yield DataRow(
                    id=name,
                    document=document,
                    source_language=source_language,
                    source=source,
                    sides=tuple(map(_side, sides)),
                )


def _side(values: list[object]) -> DataSide:
    language, text, chance, meaning, status, flags, terms, approved = values
    assert isinstance(flags, list)
    assert isinstance(chance, float | None)
    return DataSide(
        language=str(language),
        text=str(text),
        chance=chance,
        meaning=cast("Meaning", meaning),
        status=str(status),
        flags=tuple(flags),
        terms=str(terms),
        approved=bool(approved),
    )


_BELOW, _LEAK = 3, 4
_REMOVALS = {
    EXACT: ("duplicate", "the same as a pair that stays"),
    NEAR: ("near duplicate", "nearly the same as a pair that stays"),
    _BELOW: ("best", "others have a better quality"),
    _LEAK: ("leak", "resembles a sentence of the dev or test part"),
}
"""For each verdict that removes a pair after the filters: the name of the stage, and the reason that reports
give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusOptions:
    """The options for making training data.

    `languages` are the wanted target languages; all if empty. The source language may be among them, but
    selects nothing. `best` is the number of pairs to keep for each target language after deduplication, those
    with the highest quality; with 0, all are kept. `unseen` are tables of test sentences; pairs that resemble
    one of these sentences are dropped.
    """

    languages: tuple[str, ...] = ()
    filters: FilterOptions = field(default_factory=FilterOptions)
    duplicates: DuplicateOptions = field(default_factory=DuplicateOptions)
    split: SplitOptions = field(default_factory=SplitOptions)
    best: int = 0
    unseen: tuple[Path, ...] = ()


class Corpus:
    """Training data ready to be written; each part can be read any number of times."""

    def __init__(self, spool: Spool, index: Index, account: Account, options: CorpusOptions) -> None:
        """Decide which pairs are kept, and which part each of them goes into.

        `spool` and `index` hold the same pairs in the same order.
        """
        self._spool = spool
        self._verdicts = index.verdicts()
        self._wanted = options.languages
        self.account = account
        self.parts = options.split.parts
        if options.best:
            self._keep_best(index, options.best)
        self._by_paragraph = len(self.parts) > 1 and self._is_one_document()
        self._dealt = deal(self._documents(), options.split) if len(self.parts) > 1 else {}
        for number in range(len(self.parts) - 1, 0, -1):
            self._drop_leaks(self.parts[number - 1], self.parts[number:])

    @property
    def source_language(self) -> str:
        """The language of all sources."""
        return next(self._spool.read()).source_language

    @property
    def target_languages(self) -> tuple[str, ...]:
        """The target languages that have pairs, in the order of the requested languages.

        If no languages were requested, the order is that of the input.
        """
        found = [tag for tag, account in self.account.languages.items() if account.kept]
        return tuple(tag for tag in self._wanted or found if tag in found)

    def part(self, name: str) -> Iterator[DataRow]:
        """Yield the rows of a part in the order of the input, with only the translations that are kept."""
        for entry, start in self._numbered(name):
            kept = [side for at, side in enumerate(entry.sides, start=start) if self._verdicts[at] == KEPT]
            if kept:
                yield replace(entry, sides=tuple(kept))

    def rejects(self) -> Iterator[Reject]:
        """Yield the pairs that passed the filters but were removed later, for example as duplicates."""
        for entry, start in self._numbered():
            for at, side in enumerate(entry.sides, start=start):
                if self._verdicts[at] != KEPT:
                    stage, reason = _REMOVALS[self._verdicts[at]]
                    yield Reject(entry=entry, side=side, stage=stage, reason=reason)

    def _numbered(self, part: str = "") -> Iterator[tuple[DataRow, int]]:
        """Yield the rows, each with the number (from 0) of its first pair.

        If `part` is empty, they are all rows, otherwise only the rows of this part.
        """
        number = 0
        for entry in self._spool.read():
            if not part or self._dealt.get(self._unit(entry), TRAIN) == part:
                yield entry, number
            number += len(entry.sides)

    def _is_one_document(self) -> bool:
        """Whether all rows belong to one document. If so, the parts get different paragraphs of this
        document."""
        entries = self._spool.read()
        first = next(entries).document
        return all(entry.document == first for entry in entries)

    def _unit(self, entry: DataRow) -> int:
        """Return the hash of the unit to which a row belongs; all rows of a unit go into the same part.

        The unit is the document of the row. If all rows are of one document, it is the paragraph of the row.
        """
        if self._by_paragraph and (place := paragraph_of(entry.id))[0]:
            return hash64(":".join(place))
        return hash64(entry.document)

    def _documents(self) -> dict[int, int]:
        """Return, for each unit (by its hash, see `_unit`), the number of its rows that have a pair which is
        kept."""
        counts: Counter[int] = Counter()
        for entry, start in self._numbered():
            stop = start + len(entry.sides)
            counts[self._unit(entry)] += any(verdict == KEPT for verdict in self._verdicts[start:stop])
        return {document: count for document, count in counts.items() if count}

    def _keep_best(self, index: Index, number: int) -> None:
        """Remove all pairs of each target language except the `number` best.

        Of pairs with the same rank, the earlier pairs count as better.
        """
        standing: dict[str, array[int]] = {}
        for entry, start in self._numbered():
            for at, side in enumerate(entry.sides, start=start):
                if self._verdicts[at] == KEPT:
                    standing.setdefault(side.language, array("q")).append(at)
        for pairs in standing.values():
            for at in index.best_first(pairs)[number:]:
                self._verdicts[at] = _BELOW

    def _drop_leaks(self, name: str, held: Sequence[str]) -> None:
        """Remove the pairs of the part `name` in which a text resembles a sentence of the parts `held`."""
        if not held:
            return
        texts = (text for part in held for entry in self.part(part) for text in _texts(entry))
        known = Held(texts)
        for entry, start in self._numbered(name):
            leaks = known.resembles(entry.source)
            for at, side in enumerate(entry.sides, start=start):
                if self._verdicts[at] == KEPT and (leaks or known.resembles(side.text)):
                    self._verdicts[at] = _LEAK


def _texts(entry: DataRow) -> Iterator[str]:
    yield entry.source
    yield from (side.text for side in entry.sides)


@contextmanager
def make_corpus(
    entries: Iterable[DataRow],
    options: CorpusOptions,
    *,
    terms: TermBase | None = None,
    workers: int = 1,
    listen: Callable[[Reject], None] | None = None,
) -> Iterator[Corpus]:
    """Return a context manager that makes training data from rows; its temporary file is deleted at the end.

    `terms` is the term base for the term tests; without a term base, the tests use the outcomes of terms that
    the rows state. `workers` is the number of processes that filter, as for
    `egiz.parallel.bilingual.workers.map_chunks`; it does not change the result. `listen` is called for every
    pair that is left out. Raises InputError if no pair is left, or none in a part; OptionError if the split
    is impossible or if no row has a requested language.
    """
    account, index = Account(listen), Index(options.duplicates)
    with TemporaryDirectory(prefix="egiz-export-") as folder, Spool(Path(folder) / "entries") as spool:
        languages: dict[str, None] = {}
        rows = _wanted(entries, options.languages, languages)
        for chunk, verdicts in map_chunks(partial(RowFilter, options, terms), rows, workers):
            _keep(chunk, verdicts, spool, index, account)
        if missing := [tag for tag in options.languages if tag not in languages]:
            expected = " or ".join(languages)
            raise OptionError(f"nothing is in {missing[0]!r}", where="--languages", expected=expected)
        if not len(index):
            raise InputError(f"none of {plural(account.rows, 'row')} is left", action=account.main_reason())
        corpus = Corpus(spool, index, account, options)
        for reject in corpus.rejects():
            account.remove(reject)
        for name in options.split.parts:
            for entry in corpus.part(name):
                account.count(name, entry)
            if name not in account.parts:
                raise InputError(f"nothing is left in {name}", action=account.main_reason())
        yield corpus


Verdict = tuple[str, str] | None
"""The verdict on a pair: the name of the filter that drops it, and the reason; None if all filters pass
it."""


class RowFilter:
    """A callable that applies the filters of `options` to rows; each worker process makes its own."""

    def __init__(self, options: CorpusOptions, terms: TermBase | None) -> None:
        self._bench = Bench(
            options=options.filters,
            unseen=read_held_out(options.unseen) if options.unseen else None,
            terms=TermTests(options.filters.terms, terms) if options.filters.terms else None,
        )

    def __call__(self, rows: Sequence[DataRow]) -> list[list[Verdict]]:
        """Return one list for each row, with a verdict for each of its translations."""
        return [[objection(row, side, self._bench) for side in row.sides] for row in rows]


def _wanted(rows: Iterable[DataRow], languages: Sequence[str], found: dict[str, None]) -> Iterator[DataRow]:
    """Yield the rows with only their translations into `languages`, or with all if `languages` is empty.

    The languages of all sides, of the sources too, are added to `found`.
    """
    for row in rows:
        found.update(dict.fromkeys(side.language for side in row.sides))
        found.setdefault(row.source_language)
        if languages:
            row = replace(row, sides=tuple(side for side in row.sides if side.language in languages))
        yield row


def _keep(
    rows: Sequence[DataRow],
    verdicts: Sequence[Sequence[Verdict]],
    spool: Spool,
    index: Index,
    account: Account,
) -> None:
    """Write the pairs that pass all filters to `spool` and add them to `index`; count the other pairs as
    removed."""
    for row, found in zip(rows, verdicts, strict=True):
        account.add(row)
        kept = []
        for side, verdict in zip(row.sides, found, strict=True):
            if verdict is None:
                index.add(row, side)
                kept.append(side)
            else:
                account.remove(Reject(entry=row, side=side, stage=verdict[0], reason=verdict[1]))
        if kept:
            spool.add(replace(row, sides=tuple(kept)))
