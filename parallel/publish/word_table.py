"""The table of word links beside a published one: its name and its columns."""

from __future__ import annotations

from egiz.parallel.publish.columns import link_column

WORDS = "words.tsv"

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
