"""The page among the files that are published together."""

from __future__ import annotations

from pathlib import Path

from egiz.parallel.destination import PAGE, TABLE
from egiz.parallel.publish import MANIFEST, Publication, read_package
from egiz.parallel.reader import load_files, render

PAGE_ROWS = 20_000
"""Rows of a table up to which the page is made unasked: all of them are held at once for it."""


def publish_page(
    publication: Publication,
    rows: int,
    *,
    terms: str | None = None,
    edits: str | None = None,
    scores: str | None = None,
    words: str | None = None,
    reviews: str | None = None,
) -> None:
    """Make the page of a table that was written just now, from it and the tables beside it, by their names.

    Of a table with more than `PAGE_ROWS` rows none is made, and an older page goes.
    """
    if rows > PAGE_ROWS:
        publication.drop(PAGE)
        return

    def place(name: str | None) -> Path | None:
        return publication.path(name) if name else None

    reading = load_files(
        publication.path(TABLE),
        package=read_package(publication.path(MANIFEST)),
        terms=place(terms),
        edits=place(edits),
        scores=place(scores),
        words=place(words),
        reviews=place(reviews),
        name=TABLE.removesuffix(".tsv"),
    )
    publication.write(PAGE, render(reading))
