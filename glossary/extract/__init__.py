"""Term extraction: documents or parallel text in, a draft term base for a person to finish out."""

from egiz.glossary.extract.draft import as_json, draft
from egiz.glossary.extract.extract import extract
from egiz.glossary.extract.records import Candidate, Extraction, Options, Passage, Rendering

__all__ = ["Candidate", "Extraction", "Options", "Passage", "Rendering", "as_json", "draft", "extract"]
