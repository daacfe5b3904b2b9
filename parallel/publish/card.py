"""Write the data card, `README.md` beside the table: text for people, with a YAML head for Hugging Face's
hub.

The card states no time and no machine, so equal input gives equal bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from egiz.parallel.publish.atomic import WrittenFile
from egiz.parallel.publish.columns import Column, columns
from egiz.parallel.publish.names import EDITS, MANIFEST, SCORES, USES
from egiz.parallel.rows import TERM_OUTCOMES
from egiz.parallel.summary import Provenance, Summary, TargetSummary
from egiz.translate.errors import plural
from egiz.translate.languages import language

MARK = "# Made by Egiz."
"""The second line of every card: a YAML comment by which a later build recognises a card of Egiz."""

_LISTED = 100
_HUB_LICENCES = re.compile(
    r"apache-2\.0|mit|bsd-3-clause|(?:l|a)?gpl-3\.0|mpl-2\.0|odbl|pddl|odc-by|cc0-1\.0"
    r"|cc-by-[234]\.0|cc-by-2\.5|cc-by-sa-[34]\.0|cc-by-nc-[234]\.0|cc-by-n[cd]-4\.0|cc-by-nc-sa-[234]\.0"
    r"|cc-by-nc-nd-[34]\.0"
)
"""The licence identifiers of huggingface.co/docs/hub/repositories-licenses common for texts and models."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_TERMS = (
    ("NC", "non-commercial use only"),
    ("SA", "what is made from it must stay under the same licence"),
    ("ND", "nothing changed may be passed on"),
)
"""Parts of the name of a Creative Commons licence, such as ``NC``, each with the condition that it states.
``BY`` (attribution) is not listed, because all of these licences have it."""


def card(provenance: Provenance, summary: Summary, table: WrittenFile) -> str:
    """Return the text of the data card for a table that has been written."""
    parts = (
        _head(provenance, summary, table),
        f"# {' '.join(provenance.title.split())}",
        _introduction(provenance, summary, table),
        "## How the sentences fared",
        _statuses(summary.targets),
        "## Quality",
        _quality(provenance),
        _deciles(summary.targets),
        "## Doubts",
        _flags(provenance, summary.targets),
        *_terms(provenance, summary.targets),
        "## How it was made",
        _making(provenance, summary.targets),
        "## Licences",
        _licences(provenance),
        "## Sources",
        _sources(provenance, summary),
        *_left_out(provenance),
        "## Columns",
        _columns(provenance),
        "## Opening it",
        _how_to_open(table.name),
    )
    return "\n\n".join(parts) + "\n"


def _introduction(provenance: Provenance, summary: Summary, table: WrittenFile) -> str:
    names = [language(tag).name for tag in provenance.target_languages]
    whose, doubted = "a machine's", "the machine or its checks"
    if provenance.alignment:
        whose, doubted = "people's, which a machine linked with their originals", "the machine"
    return (
        f"{plural(summary.sentences, 'sentence')} of {plural(len(summary.documents), 'document')} in "
        f"{language(provenance.source_language).name}, each beside its translation into {_and(names)}: one "
        f"row per source sentence in `{table.name}`, none left out. **The translations are {whose}.** "
        f"What {doubted} doubted says so in its row."
    )


def _quality(provenance: Provenance) -> str:
    meaning = provenance.quality.meaning
    if provenance.alignment:
        return meaning
    return f"{meaning} `{SCORES}` has label, reasons and every feature of each translation."


def _head(provenance: Provenance, summary: Summary, table: WrittenFile) -> str:
    """Return the YAML block. Texts are written as JSON strings, which are valid YAML."""
    tags = (provenance.source_language, *provenance.target_languages)
    lines = [
        "---",
        MARK,
        f"pretty_name: {_json(provenance.title)}",
        "language:",
        *(f"- {_json(tag)}" for tag in tags),
        *hub_licence([licence for licence, _ in provenance.licences]),
        "task_categories:",
        "- translation",
        "size_categories:",
        f"- {hub_size(summary.sentences)}",
        "configs:",
        "- config_name: default",
        f"  data_files: {_json(table.name)}",
        '  sep: "\\t"',
        "dataset_info:",
        "  config_name: default",
        "  features:",
    ]
    aligned = provenance.alignment is not None
    for column in columns(provenance.source_language, provenance.target_languages, aligned=aligned):
        kind = "float64" if column.type == "number" else "string"
        lines += [f"  - name: {_json(column.name)}", f"    dtype: {kind}"]
    return "\n".join([*lines, "---"])


def hub_size(rows: int) -> str:
    """Return the hub's name for the size class of a number of rows."""
    return next((name for limit, name in _SIZES if rows < limit), "n>1M")


def hub_licence(names: Iterable[str]) -> list[str]:
    """Return the YAML lines that state licences on the hub.

    If every licence has a name on the hub, the lines list these names. Otherwise the licence is ``other``,
    and all licences are listed as details.
    """
    found = list(dict.fromkeys(names))
    if not found:
        return ["license: unknown"]
    if all(_HUB_LICENCES.fullmatch(licence.lower()) for licence in found):
        return ["license:", *(f"- {licence.lower()}" for licence in found)]
    return ["license: other", f"license_details: {_json('; '.join(found))}"]


def _statuses(targets: Sequence[TargetSummary]) -> str:
    names = [status for status, _ in targets[0].statuses]
    rows = [
        [_name(target), *(f"{count:,}" for _, count in target.statuses), f"{target.edited:,}"]
        for target in targets
    ]
    return _table(["translation", *names, "changed"], rows)


def _deciles(targets: Sequence[TargetSummary]) -> str:
    shares = [tenth / 10 for tenth in range(1, 10)]
    rows = [
        [_name(target), *(_decimal(target.quantile(share)) for share in shares), f"{target.scored:,}"]
        for target in targets
    ]
    heads = ["translation", *(f"{share:.0%}" for share in shares), "scored"]
    return f"So many of the rows are at or below:\n\n{_table(heads, rows)}"


def _flags(provenance: Provenance, targets: Sequence[TargetSummary]) -> str:
    """Return a Markdown table of the flag codes that occur, or a sentence if there are none.

    The codes are in the order of ``provenance.reasons``; codes that are not listed there come last.
    """
    words = dict(provenance.reasons)
    counts = [dict(target.flags) for target in targets]
    codes = [code for code in words if any(code in count for count in counts)]
    codes += sorted({code for count in counts for code in count} - words.keys())
    if not codes:
        return "No check failed on any published translation."
    rows = [
        [f"`{code}`", words.get(code, ""), *(f"{count.get(code, 0):,}" for count in counts)] for code in codes
    ]
    return _table(["flag", "this translation …", *(_name(target) for target in targets)], rows)


def _terms(provenance: Provenance, targets: Sequence[TargetSummary]) -> list[str]:
    """Return the section on terms; empty if no term base was used."""
    if provenance.terms is None:
        return []
    rows = [[_name(target), *(f"{count:,}" for _, count in target.terms)] for target in targets]
    found = provenance.terms
    introduction = (
        f"The translations were corrected by a term base, {_plain(found.title or found.name)} "
        f"({plural(found.entries, 'term')}). `{USES}` has every use of a term, and why some were left alone; "
        f"`{EDITS}` has every edit: replayed on the column `.mt`, they give the published text."
    )
    return ["## Terms", introduction, _table(["translation", *TERM_OUTCOMES], rows)]


def _making(provenance: Provenance, targets: Sequence[TargetSummary]) -> str:
    model, aligned = provenance.model, provenance.alignment
    approved = [f"{_name(target)} {target.approved:,}" for target in targets if target.approved]
    facts = (
        ("made by", f"egiz {provenance.version}"),
        (
            "translated by" if aligned else "model",
            f"{model.name} ({model.source})" if model.source else model.name,
        ),
        ("linked by", aligned.signature if aligned else ""),
        ("compared with the translation of", aligned.model if aligned else ""),
        ("revision", model.revision),
        ("fingerprint", model.fingerprint),
        ("engine", model.engine),
        ("precision", model.precision),
        ("decoding", provenance.decoding),
        ("splitter", provenance.splitter),
        ("quality", provenance.quality.signature),
        ("terms", provenance.terms.signature if provenance.terms else ""),
        ("neural scores", "; ".join(f"{item.name} ({item.kind})" for item in provenance.neural)),
        ("taken from what people approved before", ", ".join(approved)),
    )
    return "\n".join(f"- {name}: `{value}`" for name, value in facts if value)


def _licences(provenance: Provenance) -> str:
    model = provenance.model
    lines = [f"- {what}: {licence}{_conditions(licence)}" for licence, what in provenance.licences]
    unknown = sum(not source.licence for source in provenance.sources)
    if unknown:
        lines.append(
            f"- source texts: no licence is stated for {plural(unknown, 'document')}; ask before passing on"
        )
    used = [f"- {what}: {licence}{_conditions(licence)}" for licence, what in provenance.model_licences]
    if not model.licence and not provenance.alignment:
        used.append(f"- translation model {model.name}: no licence is stated")
    if used:
        lines += ["", "Models that made it, with the licences under which they may be used:", "", *used]
    return "\n".join(lines).strip("\n")


def _conditions(licence: str) -> str:
    parts = licence.upper().split("-")
    asked = [words for part, words in _TERMS if parts[0] == "CC" and part in parts]
    return f" (**{'; '.join(asked)}**)" if asked else ""


def _sources(provenance: Provenance, summary: Summary) -> str:
    sentences = dict(summary.documents)
    rows = [
        [
            _plain(source.id),
            _plain(source.title),
            f"{sentences.get(source.id, 0):,}",
            _plain(source.licence) or "not stated",
            f"`{source.sha256}`" if source.sha256 else "",
        ]
        for source in provenance.sources[:_LISTED]
    ]
    table = _table(["document", "title", "sentences", "licence", "SHA-256"], rows)
    more = len(provenance.sources) - len(rows)
    parts = [table, f"{plural(more, 'more document')}: see `{MANIFEST}`." if more else ""]
    guessed = [f"{_plain(item.id)} ({item.encoding})" for item in provenance.sources if item.encoding]
    if guessed:
        parts.append(f"The encoding was guessed, so look at the letters: {_listed(guessed)}.")
    unread = [
        f"{_plain(item.id)} ({', '.join(item.left_out)})" for item in provenance.sources if item.left_out
    ]
    if unread:
        parts.append(f"Not read, and so not in the table: {_listed(unread)}.")
    return "\n\n".join(filter(None, parts))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return "; ".join([*names[:_LISTED], *([f"{more:,} more"] if more > 0 else [])])


def _left_out(provenance: Provenance) -> list[str]:
    """Return the section that lists the files of source folders from which no document was read.

    The result is empty if a document was read from every file.
    """
    found = provenance.left_out
    if not found:
        return []
    rows = [[f"`{_plain(left.path)}`", _plain(left.reason)] for left in found[:_LISTED]]
    parts = ["## Files left out", _table(["file", "why"], rows)]
    if len(found) > _LISTED:
        parts.append(f"{plural(len(found) - _LISTED, 'more file')}: see `{MANIFEST}`.")
    return parts


def _columns(provenance: Provenance) -> str:
    def described(column: Column) -> list[str]:
        return [f"`{column.name}`", column.title, column.description]

    aligned = provenance.alignment is not None
    found = columns(provenance.source_language, provenance.target_languages, aligned=aligned)
    return _table(["column", "what", "how to read it"], [described(column) for column in found])


def _how_to_open(name: str) -> str:
    text = _json(name)
    code = f"""```python
import csv
with open({text}, encoding="utf-8", newline="") as file:
    table = list(csv.DictReader(file, delimiter="\\t"))
```

```python
import pandas
table = pandas.read_csv({text}, sep="\\t")
```

```python
import polars
table = polars.read_csv({text}, separator="\\t")
```

```python
import duckdb
table = duckdb.read_csv({text}, delimiter="\\t")
```

```python
import datasets
table = datasets.load_dataset("csv", data_files={text}, delimiter="\\t", split="train")
```

`datasets.load_dataset` on the folder itself takes the types of the columns from the head of this card."""
    note = (
        'Tab-separated, UTF-8, no quoting: `line.split("\\t")` is all it takes. A text that is exactly `NA`, '
        "`None` or another word that pandas takes for a missing value is followed by one space."
    )
    return f"{note}\n\n{code}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _name(target: TargetSummary) -> str:
    return language(target.language).name


def _plain(text: str) -> str:
    """Return the text in a form for a cell of a Markdown table: on one line, with ``|`` escaped."""
    return " ".join(text.replace("|", "\\|").split())


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _decimal(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _and(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
