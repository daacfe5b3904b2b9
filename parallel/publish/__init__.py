"""Publishing: rows in, files out, whole or not at all."""

from egiz.parallel.publish.atomic import MANIFEST, Publication, WrittenFile, leftovers, recover
from egiz.parallel.publish.card import MARK, card
from egiz.parallel.publish.columns import Column
from egiz.parallel.publish.datapackage import datapackage
from egiz.parallel.publish.package_beside import package_beside, read_package
from egiz.parallel.publish.score_table import SCORE_COLUMNS, SCORES, ScoreTable, score_columns
from egiz.parallel.publish.term_tables import EDIT_COLUMNS, EDITS, USE_COLUMNS, USES, TermTables
from egiz.parallel.publish.tsv import LONGEST_CELL, TABLE_HEAD, PublishedRow, TsvWriter, read_tsv
from egiz.parallel.publish.word_table import HISTORY, LINKS, WORD_COLUMNS, WORDS

__all__ = [
    "EDITS",
    "EDIT_COLUMNS",
    "HISTORY",
    "LINKS",
    "LONGEST_CELL",
    "MANIFEST",
    "MARK",
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
