"""Tables beside a published one that are not made with its rows: their names, and the columns of words."""

from __future__ import annotations

from pathlib import Path

from egiz.parallel.publish.columns import link_column

WORDS = "words.tsv"
LINKS = "links.tsv"
"""The links of an alignment, by the ids of the sentences."""
HISTORY = "review.tsv"
"""What people wrote, approved and said; see `egiz.parallel.review.history`."""

WORD_COLUMNS = (
    link_column("row", "Row", "the id of the row in the table"),
    link_column("language", "Language", "of the translation"),
    link_column(
        "words",
        "Words",
        "pairs such as 0-1: word of the source and word of the translation, runs of letters and digits "
        "counted from 0",
        required=False,
    ),
)


def beside(table: Path, name: str) -> Path:
    """Where such a table stands: ``name`` beside ``parallel.tsv``, ``NAME.name`` beside ``NAME.tsv``."""
    return table.with_name(f"{prefix(table.name)}{name}")


def prefix(table: str) -> str:
    """What the names of the files that belong to a table begin with.

    >>> prefix("parallel.tsv"), prefix("law.tsv")
    ('', 'law.')
    """
    return "" if table == "parallel.tsv" else f"{table.removesuffix('.tsv')}."
