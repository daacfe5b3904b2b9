"""Publishing: write rows to files, which appear complete or not at all."""

from egiz.parallel.publish.atomic import Publication, WrittenFile, leftovers, recover
from egiz.parallel.publish.card import MARK, card
from egiz.parallel.publish.columns import Column
from egiz.parallel.publish.datapackage import datapackage, package_beside, read_package
from egiz.parallel.publish.names import EDITS, HISTORY, LINKS, MANIFEST, SCORES, USES, WORDS
from egiz.parallel.publish.side_tables import (
    EDIT_COLUMNS,
    SCORE_COLUMNS,
    USE_COLUMNS,
    WORD_COLUMNS,
    ScoreTable,
    TermTables,
    score_columns,
)
from egiz.parallel.publish.tsv import MAX_CELL_CHARACTERS, TABLE_HEAD, PublishedRow, TsvWriter, read_tsv

__all__ = [
    "EDITS",
    "EDIT_COLUMNS",
    "HISTORY",
    "LINKS",
    "MANIFEST",
    "MARK",
    "MAX_CELL_CHARACTERS",
    "SCORES",
    "SCORE_COLUMNS",
    "TABLE_HEAD",
    "USES",
    "USE_COLUMNS",
    "WORDS",
    "WORD_COLUMNS",
    "Column",
    "Publication",
    "PublishedRow",
    "ScoreTable",
    "TermTables",
    "TsvWriter",
    "WrittenFile",
    "card",
    "datapackage",
    "leftovers",
    "package_beside",
    "read_package",
    "read_tsv",
    "recover",
    "score_columns",
]
