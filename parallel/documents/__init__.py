"""Documents written again in another language: what is no text keeps its place.

Two kinds of formats. In the marked ones (`open_document`) the text comes in runs, paragraphs with inline
markup, and each run is written again from the tokens that `egiz.parallel.documents.inline` puts in order. In
plain text and subtitles (`WHOLE`) sentences are replaced in the text that was split.
"""

from egiz.parallel.documents.rewrite import KINDS, WHOLE, Marked, open_document

__all__ = ["KINDS", "WHOLE", "Marked", "open_document"]
