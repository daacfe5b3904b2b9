"""Read files, folders, table columns and standard input into documents."""

from egiz.translate.read.blocks import ReadOptions
from egiz.translate.read.documents import read, read_all
from egiz.translate.read.kinds import EXTENSIONS, Kind

__all__ = ["EXTENSIONS", "Kind", "ReadOptions", "read", "read_all"]
