"""The account of an export and its data card: pairs read, and pairs removed by each filter, with samples."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from egiz.parallel.corpus.duplicates import hash64
from egiz.parallel.corpus.filters import FILTERS
from egiz.parallel.corpus.records import About, DataRow, DataSide, language_name, language_names
from egiz.parallel.corpus.writers import data_columns
from egiz.parallel.publish import MARK
from egiz.parallel.publish.card import hub_licence, hub_size
from egiz.parallel.publish.columns import Column
from egiz.parallel.publish.tsv import write_cells
from egiz.translate.errors import plural
from egiz.translate.text import source_text

SAMPLES = 3
"""The most removed pairs that are kept as samples, for each language and stage."""
REMOVAL_STAGES: dict[str, str] = {
    **{item.name: item.about for item in FILTERS},
    "duplicate": "the same as a better pair, or as an earlier one",
    "near duplicate": "nearly the same as a better pair, or an earlier one",
    "best": "not among the best",
    "leak": "in training, a sentence of the dev or test part",
}
"""All stages that remove pairs, in the order of application, each with a description of the removed pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A pair that was left out, with the name of the stage that removed it, and the reason."""

    entry: DataRow
    side: DataSide
    stage: str
    reason: str


_NAMES = ("row", "language", "stage", "reason", "source", "target")


class RejectWriter:
    """Writes rejected pairs to a table, one line each, in the form of the published table."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._columns = [
            Column(name=name, kind="text", language="", type="string", title=name, description="")
            for name in _NAMES
        ]
        stream.write("\t".join(_NAMES) + "\n")

    def write(self, reject: Reject) -> None:
        """Write one pair."""
        entry, side = reject.entry, reject.side
        cells = (
            source_text(entry.id, entry.source_language),
            side.language,
            reject.stage,
            reject.reason,
            source_text(entry.source, entry.source_language),
            source_text(side.text, side.language),
        )
        write_cells(self._stream, entry.id, self._columns, cells)


@dataclass(slots=True, kw_only=True)
class LanguageAccount:
    """The counts of one target language: pairs read, pairs removed by each stage, and samples of removed
    pairs."""

    read: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[Reject]] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """The number of pairs kept."""
        return self.read - self.removed.total()


class Account:
    """Counts pairs as they are read and removed. Memory use does not grow with their number."""

    def __init__(self, listen: Callable[[Reject], None] | None = None) -> None:
        """`listen` is called for every pair that is left out."""
        self.rows = 0
        self.languages: dict[str, LanguageAccount] = {}
        self.parts: dict[str, dict[str, int]] = {}
        self._listen = listen or (lambda reject: None)

    def add(self, entry: DataRow) -> None:
        """Count a row that was read, and its pairs."""
        self.rows += 1
        for side in entry.sides:
            self.languages.setdefault(side.language, LanguageAccount()).read += 1

    def remove(self, reject: Reject) -> None:
        """Count a pair that is left out.

        Some removed pairs are kept as samples: those whose ids have the smallest hashes. Such pairs are
        spread over the input, and they are the same in every run.
        """
        account = self.languages[reject.side.language]
        account.removed[reject.stage] += 1
        samples = account.samples.setdefault(reject.stage, [])
        samples.append(reject)
        if len(samples) > SAMPLES:
            samples.sort(key=lambda item: hash64(item.entry.id))
            samples.pop()
        self._listen(reject)

    def count(self, part: str, entry: DataRow) -> None:
        """Count a row that goes into a part."""
        counts = self.parts.setdefault(part, {"rows": 0})
        counts["rows"] += 1
        for side in entry.sides:
            counts[side.language] = counts.get(side.language, 0) + 1

    def main_reason(self) -> str:
        """Return a sentence about the stage that removed most pairs; empty if no pair was removed."""
        removed: Counter[str] = Counter()
        for account in self.languages.values():
            removed.update(account.removed)
        if not removed:
            return ""
        stage, count = removed.most_common(1)[0]
        return f"{plural(count, 'pair')} left out, {stage}: {REMOVAL_STAGES[stage]}."

    def as_json(self) -> dict[str, Any]:
        """Return the counts and samples as JSON values, for ``report.json``."""
        return {
            "rows": self.rows,
            "languages": {tag: _language(account) for tag, account in self.languages.items()},
            "parts": self.parts,
        }

    def as_text(self) -> Iterator[str]:
        """Yield the counts, with one sample for each stage, as lines of text."""
        yield f"{plural(self.rows, 'row')} read"
        for tag, account in self.languages.items():
            yield f"  {language_name(tag)}: {plural(account.read, 'pair')}, {account.kept:,} kept"
            for stage, count in _ordered(account):
                yield f"    {count:,} left out, {stage}: {REMOVAL_STAGES[stage]}"
                sample = min(account.samples[stage], key=lambda item: hash64(item.entry.id))
                yield f"      {sample.entry.id}: {sample.reason}: {_short(sample.side.text)}"
        for part, counts in self.parts.items():
            yield f"  {part}: {plural(counts['rows'], 'row')}"


def _ordered(account: LanguageAccount) -> Iterator[tuple[str, int]]:
    return ((stage, account.removed[stage]) for stage in REMOVAL_STAGES if account.removed[stage])


def _language(account: LanguageAccount) -> dict[str, Any]:
    return {
        "read": account.read,
        "kept": account.kept,
        "removed": {
            stage: {
                "count": count,
                "about": REMOVAL_STAGES[stage],
                "samples": [
                    _sample(item)
                    for item in sorted(account.samples[stage], key=lambda item: hash64(item.entry.id))
                ],
            }
            for stage, count in _ordered(account)
        },
    }


def _sample(reject: Reject) -> dict[str, str]:
    return {
        "row": reject.entry.id,
        "reason": reject.reason,
        "source": reject.entry.source,
        "target": reject.side.text,
    }


def _short(text: str, longest: int = 60) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


_HUB_NAMES = {"train": "train", "dev": "validation", "test": "test"}
"""The names of the parts on the Hugging Face hub."""


def data_card(about: About, account: Account, *, columns: bool = True) -> str:
    """Return the text of the data card; with `columns`, it lists the `data_columns`."""
    return "\n".join((f"<!--\n{MARK}\n-->", *_lines(about, account, columns))) + "\n"


def hub_card(about: About, account: Account, files: Sequence[tuple[str, str]]) -> str:
    """Return the data card with the metadata for the Hugging Face hub.

    `files` are pairs of part and file name.
    """
    rows = sum(counts["rows"] for counts in account.parts.values())
    head = [
        "---",
        MARK,
        f"pretty_name: {_quoted(about.title)}",
        "language:",
        *(f"- {_quoted(tag)}" for tag in about.languages),
        *hub_licence(about.licence_names),
        "task_categories:",
        "- translation",
        "size_categories:",
        f"- {hub_size(rows)}",
        "configs:",
        "- config_name: default",
        "  data_files:",
    ]
    for part, name in files:
        head += [f"  - split: {_HUB_NAMES[part]}", f"    path: {_quoted(name)}"]
    return "\n".join((*head, "---", "", *_lines(about, account, True))) + "\n"


def _quoted(text: str) -> str:
    """Return a text as a JSON string, which is valid YAML."""
    return json.dumps(text, ensure_ascii=False)


def _lines(about: About, account: Account, columns: bool) -> Iterator[str]:
    total = sum(counts["rows"] for counts in account.parts.values())
    yield f"# {' '.join(about.title.split())}"
    yield ""
    named = language_names(about)
    yield f"{plural(total, 'row')} of parallel text in {named}, made with Egiz {about.version}."
    yield from ("", "| part | rows | pairs |", "|---|---|---|")
    for part, counts in account.parts.items():
        pairs = ", ".join(f"{language_name(tag)} {counts.get(tag, 0):,}" for tag in about.target_languages)
        yield f"| {part} | {counts['rows']:,} | {pairs} |"
    yield from ("", "## Where it comes from", "")
    yield from (f"- {name}: {_cell(line)}" for name, line in about.notes())
    yield from ("", "## What was left out", "", f"Of {plural(account.rows, 'row')} read:", "")
    yield from _removed(account)
    if columns:
        yield from ("", "## Columns", "", "| column | |", "|---|---|")
        yield from (f"| `{column.name}` | {column.about} |" for column in data_columns(about))


def _removed(account: Account) -> Iterator[str]:
    languages = account.languages
    yield f"| | {' | '.join(language_name(tag) for tag in languages)} |"
    yield "|---" * (len(languages) + 1) + "|"
    for stage, words in REMOVAL_STAGES.items():
        counts = [item.removed[stage] for item in languages.values()]
        if any(counts):
            yield f"| {stage}: {words} | {' | '.join(f'{count:,}' for count in counts)} |"
    yield f"| kept | {' | '.join(f'{item.kept:,}' for item in languages.values())} |"


def _cell(text: str) -> str:
    return " ".join(text.split())
