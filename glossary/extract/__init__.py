"""Term extraction: from documents or parallel text to a draft term base that a person completes."""

from egiz.glossary.extract.draft import as_json, draft
from egiz.glossary.extract.extract import extract
from egiz.glossary.extract.records import Extraction, ExtractOptions, Passage, Rendering, TermCandidate

__all__ = [
    "ExtractOptions",
    "Extraction",
    "Passage",
    "Rendering",
    "TermCandidate",
    "as_json",
    "draft",
    "extract",
]
