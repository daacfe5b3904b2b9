"""How a cell stands that a person wrote or approved, and how such cells come into the table.

Its quality is 1.000, its status ``ok``, and it has no flags. Quality says how far a cell may be trusted, and
flags what the guards doubted in a machine's words; a person's word settles both, and who filters by quality
or status must not lose the best rows. Where the text is another one, what was said of its terms goes with the
old words, and they are looked for in the new ones where the term base is at hand. The machine's own output
stays beside it, in the column that is kept for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from egiz.parallel.publish import PublishedRow
from egiz.parallel.publish.columns import Column, columns
from egiz.parallel.publish.tsv import MISSING, PublishedTarget
from egiz.parallel.published import Published
from egiz.parallel.review.records import HistoryEntry
from egiz.parallel.rows import TermRecord
from egiz.translate.records import Status

QUALITY = 1.0
STATUS: Status = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanText:
    """What stands in a cell after review; `machine` is the machine's output, empty where it had none.

    `is_new` says that the text is another one than before, not only approved; `uses` are the uses of terms in
    it then, empty where they were not looked for.
    """

    text: str
    machine: str
    is_new: bool
    uses: tuple[TermRecord, ...] = ()


def target_of(row: PublishedRow | None, language: str) -> PublishedTarget | None:
    """The side of a row in a language."""
    sides = row.targets if row is not None else ()
    return next((target for target in sides if target.language == language), None)


def is_human(target: PublishedTarget, entry: HistoryEntry) -> bool:
    """Whether a cell still stands as that edit left it; in a table built anew it does not."""
    return target.text == entry.after and (target.status, target.quality) == (STATUS, QUALITY)


def revise(
    lines: Iterable[str], published: Published, texts: Mapping[tuple[str, str], HumanText]
) -> Iterator[str]:
    """Yield the lines of a table with `texts` in their cells, by row and language.

    Lines that no text is for are left as they are, to the byte.
    """
    table = columns(published.source_language, published.target_languages)
    touched = {row for row, _ in texts}
    for line in lines:
        row = unmarked(line.partition("\t")[0])
        yield _revised(line, table, texts) if row in touched else line


def _revised(line: str, table: tuple[Column, ...], texts: Mapping[tuple[str, str], HumanText]) -> str:
    cells = line.removesuffix("\n").split("\t")
    row, tag = unmarked(cells[0]), ""
    for place, column in enumerate(table):
        tag = column.language if column.kind == "text" else tag
        human = texts.get((row, tag))
        if human is not None:
            cells[place] = marked(_values(human).get(column.kind, cells[place]))
    return "\t".join(cells) + "\n"


def _values(human: HumanText) -> dict[str, str]:
    """What stands in the columns of a cell, by their kind; what is not named stays."""
    values = {
        "text": human.text,
        "quality": f"{QUALITY:.3f}",
        "status": STATUS,
        "flags": "",
        "mt": human.machine if human.machine != human.text else "",
    }
    terms = ",".join(f"{use.term}:{use.outcome}" for use in human.uses)
    return values | {"terms": terms} if human.is_new else values


def marked(cell: str) -> str:
    """A word that pandas takes for a missing value is followed by one space, as `TsvWriter` writes it."""
    return f"{cell} " if cell in MISSING else cell


def unmarked(cell: str) -> str:
    """The cell without that space."""
    return cell[:-1] if cell[:-1] in MISSING and cell.endswith(" ") else cell


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a table with their ends."""
    with path.open(encoding="utf-8", newline="\n") as stream:
        yield from stream
