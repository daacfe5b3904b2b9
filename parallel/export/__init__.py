"""Exporting: published rows → files for other programs and other readers."""

from egiz.parallel.export.data import DataOptions, Exported, export_data
from egiz.parallel.export.data_formats import DATA_FORMATS, DataFormat
from egiz.parallel.export.formats import FORMATS, Format, export, format_named, format_of

__all__ = [
    "DATA_FORMATS",
    "FORMATS",
    "DataFormat",
    "DataOptions",
    "Exported",
    "Format",
    "export",
    "export_data",
    "format_named",
    "format_of",
]
