"""Alignment: a source and human translations of it become parallel text."""

from egiz.parallel.align.aligner import Pair, align
from egiz.parallel.align.bridge import bridging, translate_units
from egiz.parallel.align.documents import Text, read_text
from egiz.parallel.align.evaluate import LinkEvaluation, LinkScores, score_links
from egiz.parallel.align.job import AlignJob, read_texts
from egiz.parallel.align.layers import LAYERS
from egiz.parallel.align.links_file import evaluate_files
from egiz.parallel.align.records import FLAGS, Link, Unit, units_of_lines
from egiz.parallel.align.report import LINK_FORMATS
from egiz.parallel.align.run import Aligned
from egiz.parallel.align.words_file import link_rows, word_linker

__all__ = [
    "FLAGS",
    "LAYERS",
    "LINK_FORMATS",
    "AlignJob",
    "Aligned",
    "Link",
    "LinkEvaluation",
    "LinkScores",
    "Pair",
    "Text",
    "Unit",
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
