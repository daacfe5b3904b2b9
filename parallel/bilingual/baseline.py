"""Baselines: tables of accepted findings, by fingerprint, each with a reason.

A baseline is a tab-separated table that people edit: they write the reason why they accept a finding, or
delete its row. Only the columns ``fingerprint`` and ``reason`` are read; the other columns describe the
finding for the people who edit the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from egiz.glossary.records import Severity
from egiz.parallel.bilingual.findings import TermFinding, severities_from
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.files import unfinished
from egiz.translate.io.tables import read_table_file
from egiz.translate.text import source_text

COLUMNS = ("fingerprint", "reason", "code", "term", "file", "source", "target")


def read_baseline(path: Path) -> dict[str, str]:
    """Return the reasons for accepting findings, by fingerprint; a reason may be empty.

    Raises InputError for a file that cannot be read, or lacks the column ``fingerprint`` or ``reason``.
    """
    rows = ((line, cells) for line, cells in read_table_file(path, str(path)).rows if any(cells))
    line, header = next(rows, (1, []))
    names = [name.strip().lower() for name in header]
    if not set(COLUMNS[:2]) <= set(names):
        raise InputError(
            f"has the columns {', '.join(header) or 'none'}",
            where=f"{path}:{line}",
            expected=f"a baseline, with the columns {' and '.join(COLUMNS[:2])}",
        )
    places = [names.index(name) for name in COLUMNS[:2]]
    padded = ([*cells, *[""] * len(names)] for _, cells in rows)
    return {cells[places[0]].strip(): cells[places[1]].strip() for cells in padded}


def write_baseline(path: Path, findings: Iterable[TermFinding], reasons: Mapping[str, str]) -> int:
    """Write the findings as a baseline, and return their number.

    `reasons` are the reasons given before, by fingerprint. The file appears whole or not at all. Raises
    OptionError if `path` is an existing file that is not a baseline.
    """
    if path.is_file() and path.stat().st_size:
        try:
            read_baseline(path)
        except InputError as error:
            raise OptionError(
                f"{str(path)!r} is no baseline",
                where="--write-baseline",
                expected="a new file, or a baseline",
            ) from error
    lines = ["\t".join(COLUMNS)]
    for item in findings:
        cells = (
            item.fingerprint,
            reasons.get(item.fingerprint, ""),
            item.finding.code,
            item.wording,
            item.place.file,
            item.source.text,
            item.target.text,
        )
        lines.append("\t".join(source_text(cell, item.source.language) for cell in cells))
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished(path) as fresh:
        fresh.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
    return len(lines) - 1


class Selection:
    """Selects the findings that a report shows: those of severity `least` or worse that are not accepted.

    `needs_attention` says that an error or a warning was among them. `accepted` is the number of accepted
    findings, and `stale` the number of fingerprints in the baseline for which there was no finding.
    """

    def __init__(
        self,
        least: Severity,
        reasons: Mapping[str, str],
        *,
        shows_accepted: bool = False,
        keeps: bool = False,
    ) -> None:
        """`reasons` are the reasons in the baseline, by fingerprint.

        With `shows_accepted`, accepted findings are selected too, and state their reason. With `keeps`, all
        findings of severity `least` or worse are collected in `found`, for a new baseline.
        """
        self._severities: Sequence[Severity] = severities_from(least)
        self._reasons = reasons
        self._shows_accepted, self._keeps = shows_accepted, keeps
        self._met: set[str] = set()
        self.found: list[TermFinding] = []
        self.accepted = 0
        self.needs_attention = False

    @property
    def stale(self) -> int:
        return len(self._reasons.keys() - self._met)

    def of(self, findings: Iterable[TermFinding]) -> Iterator[TermFinding]:
        """Yield those of the findings that the report shows, in order, and count the others."""
        for item in findings:
            if item.finding.severity not in self._severities:
                continue
            if self._keeps:
                self.found.append(item)
            reason = self._reasons.get(item.fingerprint)
            if reason is None:
                self.needs_attention |= item.finding.severity != "note"
                yield item
                continue
            self._met.add(item.fingerprint)
            self.accepted += 1
            if self._shows_accepted:
                yield replace(item, accepted=reason)
