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
"""The label of each quality in the table, the reasons for it, and the features from which it is computed."""
USES = "term-uses.tsv"
"""Every use of a term, if a term base was given."""
EDITS = "edits.tsv"
"""The edits that term correction made to the machine's output."""
WORDS = "words.tsv"
"""Word links: which words of a source text and of its translation correspond."""
LINKS = "links.tsv"
"""The links of an alignment, by the ids of the sentences."""
HISTORY = "review.tsv"
"""The review history: all texts, approvals and comments by people; see `egiz.parallel.review.files`."""

FOLDER_FILES = (MANIFEST, CARD, TABLE, SCORES, USES, EDITS, LINKS, WORDS, HISTORY, PAGE)
"""All files that such a folder may have."""
