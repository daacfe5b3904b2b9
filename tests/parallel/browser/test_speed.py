"""Ten thousand rows: small enough, and quick enough in the processor time that the page itself takes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from egiz.parallel.reader import load, write_page

ROWS = 10_000
OPEN, ANSWER = 1500, 150  # milliseconds


def benchmark() -> ModuleType:
    """The module that measures, which is no part of a package."""
    place = Path(__file__).parents[3] / "benchmarks" / "reader.py"
    spec = importlib.util.spec_from_file_location("reader_benchmark", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    table = benchmark().make_table(tmp_path_factory.mktemp("large"), ROWS)
    page_file = table.with_name("page.html")
    write_page(load(table), page_file)
    return table, page_file


def test_the_page_is_little_larger_than_the_table(large: tuple[Path, Path]) -> None:
    table, page_file = (path.stat().st_size for path in large)
    assert page_file < 1.3 * table + 150_000


def test_it_opens_filters_and_searches_at_once(browser: Any, large: tuple[Path, Path]) -> None:
    times = benchmark().measure(browser, large[1])
    (_, opened), *answers = times.values()
    assert opened < OPEN
    slow = {name: spent for name, (_, spent) in list(times.items())[1:] if spent > ANSWER}
    assert slow == {}
    assert len(answers) > 5
