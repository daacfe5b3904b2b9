"""Publishing: rows in, files out, whole or not at all."""

from egiz.parallel.publish.atomic import MANIFEST, Publication, WrittenFile, cannot_write
from egiz.parallel.publish.card import card
from egiz.parallel.publish.columns import Column, columns, text_column
from egiz.parallel.publish.datapackage import datapackage
from egiz.parallel.publish.tsv import LONGEST_CELL, PublishedRow, PublishedTarget, TsvWriter, read_tsv

__all__ = [
    "LONGEST_CELL",
    "MANIFEST",
    "Column",
    "Publication",
    "PublishedRow",
    "PublishedTarget",
    "TsvWriter",
    "WrittenFile",
    "cannot_write",
    "card",
    "columns",
    "datapackage",
    "read_tsv",
    "text_column",
]
