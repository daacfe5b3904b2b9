"""The reader: rows as one page that opens anywhere."""

from egiz.parallel.reader.bands import BANDS, Bands
from egiz.parallel.reader.load import LARGEST, load, load_files
from egiz.parallel.reader.page_file import render, write_page
from egiz.parallel.reader.records import MachineEdit, Reading, Review, TermPlace
from egiz.parallel.reader.texts import INTERFACE_LANGUAGES

__all__ = [
    "BANDS",
    "INTERFACE_LANGUAGES",
    "LARGEST",
    "Bands",
    "MachineEdit",
    "Reading",
    "Review",
    "TermPlace",
    "load",
    "load_files",
    "render",
    "write_page",
]
