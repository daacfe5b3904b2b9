"""The file formats of term bases: tables (TSV, CSV, XLSX), JSON, XML (TBX, MultiTerm, Qt)."""

from egiz.glossary.formats.common import Loss, ReadOptions, Written, summarise
from egiz.glossary.formats.known import FORMATS, Format, choose, format_of

__all__ = ["FORMATS", "Format", "Loss", "ReadOptions", "Written", "choose", "format_of", "summarise"]
