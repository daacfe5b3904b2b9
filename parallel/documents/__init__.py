"""Writes documents in another language and keeps everything that is not text in its place.

There are two kinds of formats. In formats with markup (`open_document`) the text comes in runs, which are
paragraphs with inline markup; `egiz.parallel.documents.inline` puts the markup into the translation of each
run. In plain text and subtitles (`WHOLE`) sentences are replaced in the text that was split.
"""

from egiz.parallel.documents.rewrite import KINDS, WHOLE, Marked, open_document

__all__ = ["KINDS", "WHOLE", "Marked", "open_document"]
