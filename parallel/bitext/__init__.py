"""Bilingual files: every format in, one stream of segments out."""

from egiz.parallel.bitext.read import read_bitext
from egiz.parallel.bitext.segment import Segment

__all__ = ["Segment", "read_bitext"]
