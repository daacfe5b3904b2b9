"""The card of training data: what it is, where it comes from, and what was left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from egiz.parallel.corpus.about import About, language_name, language_names
from egiz.parallel.corpus.report import STAGES, Account
from egiz.parallel.export.columns import data_columns
from egiz.parallel.publish import MARK
from egiz.parallel.publish.card import hub_licence, hub_size
from egiz.parallel.words import plural

_HUB_NAMES = {"train": "train", "dev": "validation", "test": "test"}
"""What the Hugging Face hub calls the parts."""


def data_card(about: About, account: Account, *, columns: bool = True) -> str:
    """The text of the card; `columns` says that the files have the columns of `data_columns`."""
    return "\n".join((f"<!--\n{MARK}\n-->", *_lines(about, account, columns))) + "\n"


def hub_card(about: About, account: Account, files: Sequence[tuple[str, str]]) -> str:
    """The card with the head that the Hugging Face hub reads; `files` are pairs of a part and its file."""
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
    """A text for YAML, which reads JSON's strings as they are."""
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
    for stage, words in STAGES.items():
        counts = [item.removed[stage] for item in languages.values()]
        if any(counts):
            yield f"| {stage}: {words} | {' | '.join(f'{count:,}' for count in counts)} |"
    yield f"| kept | {' | '.join(f'{item.kept:,}' for item in languages.values())} |"


def _cell(text: str) -> str:
    return " ".join(text.split())
