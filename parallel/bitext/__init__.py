"""Bilingual files: read every supported format as a stream of segments, and rewrite translations in place."""

from egiz.parallel.bitext.read import read_bitext, read_bitexts
from egiz.parallel.bitext.segment import Segment

__all__ = ["Segment", "read_bitext", "read_bitexts"]
