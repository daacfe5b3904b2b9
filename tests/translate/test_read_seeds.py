"""The seed documents are what their table says."""

from __future__ import annotations

from pathlib import Path

import pytest

from egiz.translate.read import ReadOptions, read

SEEDS = Path(__file__).resolve().parent.parent.parent / "seeds"
HEADER, *ROWS = [
    line.split("\t") for line in (SEEDS / "sources.tsv").read_text(encoding="utf-8").splitlines()
]


def test_the_table_names_every_seed() -> None:
    assert HEADER == ["path", "title", "language", "licence", "sha256"]
    texts = sorted(path.relative_to(SEEDS).as_posix() for path in SEEDS.glob("*/*"))
    assert [row[0] for row in ROWS] == texts


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_seed_is_what_its_row_says(row: list[str]) -> None:
    path, title, language, licence, sha256 = row
    (document,) = read(SEEDS / path, ReadOptions(language=language, title=title, licence=licence))
    assert document.sha256 == sha256
    assert document.language == Path(path).parent.name
    assert all((title, licence))
    assert len(document.text) > 1000
