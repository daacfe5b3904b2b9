"""Exporting: published rows → files for other programs and other readers."""

from egiz.parallel.export.formats import FORMATS, Format, export, format_named, format_of

__all__ = ["FORMATS", "Format", "export", "format_named", "format_of"]
