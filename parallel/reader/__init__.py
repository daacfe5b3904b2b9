"""The reader: shows a table as one HTML page that works offline in any browser."""

from egiz.parallel.reader.load import LARGEST, load, load_files
from egiz.parallel.reader.page_file import INTERFACE_LANGUAGES, render, write_page
from egiz.parallel.reader.records import BANDS, Bands, MachineEdit, Reading, Review, TermPlace

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
