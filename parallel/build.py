"""The main job: documents in, parallel text out.

Reads like the flow it is: read, split, translate, score, publish. Everything streams; a row is written as
soon as its window is translated, and the files appear under their names only when all are complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from egiz.parallel.publish import Publication, TsvWriter, write_card, write_datapackage
from egiz.parallel.rows import make_row
from egiz.parallel.summary import Provenance, Summary
from egiz.translate.errors import InputError
from egiz.translate.read import ReadOptions, read_all
from egiz.translate.records import Document, Sentence
from egiz.translate.split import split
from egiz.translate.translator import Translator
