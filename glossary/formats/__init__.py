"""The file formats of term bases: TSV and CSV, JSON, TBX."""

from egiz.glossary.formats.known import FORMATS, Format, choose, format_of
from egiz.glossary.formats.losses import Loss, Written, summarise

__all__ = ["FORMATS", "Format", "Loss", "Written", "choose", "format_of", "summarise"]
