"""The file formats of term bases: TSV and CSV, JSON, TBX."""

from egiz.glossary.formats.common import Loss, Written, summarise
from egiz.glossary.formats.known import FORMATS, Format, choose, format_of

__all__ = ["FORMATS", "Format", "Loss", "Written", "choose", "format_of", "summarise"]
