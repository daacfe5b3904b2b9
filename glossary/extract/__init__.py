"""Term extraction: propose a draft term base from documents or parallel text, for a person to complete."""

from egiz.glossary.extract.extract import as_json, draft, extract
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
