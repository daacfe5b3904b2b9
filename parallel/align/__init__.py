"""Alignment: makes parallel text from a source document and human translations of it."""

from egiz.parallel.align.aligner import DocumentPair, align
from egiz.parallel.align.documents import AlignDocument, bridging, read_text, translate_units
from egiz.parallel.align.layers import LAYERS
from egiz.parallel.align.links_file import (
    LINK_FORMATS,
    LinkEvaluation,
    LinkScores,
    evaluate_files,
    score_links,
)
from egiz.parallel.align.records import FLAGS, Link, TextUnit, units_of_lines
from egiz.parallel.align.run import Aligned, AlignJob, read_texts
from egiz.parallel.align.words import link_rows, word_linker

__all__ = [
    "FLAGS",
    "LAYERS",
    "LINK_FORMATS",
    "AlignDocument",
    "AlignJob",
    "Aligned",
    "DocumentPair",
    "Link",
    "LinkEvaluation",
    "LinkScores",
    "TextUnit",
    "align",
    "bridging",
    "evaluate_files",
    "link_rows",
    "read_text",
    "read_texts",
    "score_links",
    "translate_units",
    "units_of_lines",
    "word_linker",
]
