"""The names of the files that a build, an alignment or a review publishes in its folder."""

from __future__ import annotations

TABLE = "parallel.tsv"
"""The published table: a row for each source sentence."""
MANIFEST = "datapackage.json"
"""The data package: columns, hashes, model, settings, licences. It is published last."""
CARD = "README.md"
"""The data card, for people."""
PAGE = "page.html"
"""The reader page."""
SCORES = "scores.tsv"
"""Labels, reasons and features of the qualities in the table."""
USES = "term-uses.tsv"
"""Every use of a term, where a term base was given."""
EDITS = "edits.tsv"
"""The edits that term correction made to the machine's output."""
WORDS = "words.tsv"
"""Links between the words of rows."""
LINKS = "links.tsv"
"""The links of an alignment, by the ids of the sentences."""
HISTORY = "review.tsv"
"""What people wrote, approved and commented; see `egiz.parallel.review.files`."""

FOLDER_FILES = (MANIFEST, CARD, TABLE, SCORES, USES, EDITS, LINKS, WORDS, HISTORY, PAGE)
"""All files that such a folder may have."""
