"""The reader: rows as one page that opens anywhere."""

from egiz.parallel.reader.bands import BANDS, Bands
from egiz.parallel.reader.load import LARGEST, Reading, TermPlace, load, load_files
from egiz.parallel.reader.page_file import render, write_page
from egiz.parallel.reader.texts import INTERFACE_LANGUAGES

__all__ = [
    "BANDS",
    "INTERFACE_LANGUAGES",
    "LARGEST",
    "Bands",
    "Reading",
    "TermPlace",
    "load",
    "load_files",
    "render",
    "write_page",
]
