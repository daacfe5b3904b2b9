"""Writes a document in another language; everything that is not text stays in its place.

There are two kinds of formats. In formats with markup (`open_document`) the text comes in runs, which are
paragraphs with inline markup; `egiz.parallel.documents.inline` puts the markup into the translation of each
run. Plain text and subtitles (`WHOLE`) have no runs: each sentence is replaced at its offsets in the whole
text.
"""

from egiz.parallel.documents.rewrite import KINDS, WHOLE, Marked, open_document

__all__ = ["KINDS", "WHOLE", "Marked", "open_document"]
