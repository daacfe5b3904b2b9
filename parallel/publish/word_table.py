"""The table of word links beside a published one: its name and its columns."""

from __future__ import annotations

from egiz.parallel.publish.columns import Column

WORDS = "words.tsv"


def _column(name: str, title: str, description: str, *, required: bool = True) -> Column:
    return Column(
        name=name,
        kind="links",
        language="",
        type="string",
        title=title,
        description=description,
        required=required,
    )


WORD_COLUMNS = (
    _column("row", "Row", "the id of the row in the table"),
    _column("language", "Language", "of the translation"),
    _column(
        "words",
        "Words",
        "pairs such as 0-1: word of the source and word of the translation, runs of letters and digits "
        "counted from 0",
        required=False,
    ),
)
