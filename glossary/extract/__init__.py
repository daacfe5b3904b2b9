"""Term extraction: from documents or parallel text to a draft term base that a person completes."""

from egiz.glossary.extract.draft import as_json, draft
from egiz.glossary.extract.extract import extract
from egiz.glossary.extract.records import Candidate, Extraction, Options, Passage, Rendering

__all__ = ["Candidate", "Extraction", "Options", "Passage", "Rendering", "as_json", "draft", "extract"]
