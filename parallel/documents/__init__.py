"""Writes documents in another language and keeps everything that is not text in its place.

There are two kinds of formats. In formats with markup (`open_document`) the text comes in runs, which are
paragraphs with inline markup, and each run is written from the tokens that `egiz.parallel.documents.inline`
puts in order. In plain text and subtitles (`WHOLE`) sentences are replaced in the text that was split.
"""

from egiz.parallel.documents.rewrite import KINDS, WHOLE, Marked, open_document

__all__ = ["KINDS", "WHOLE", "Marked", "open_document"]
