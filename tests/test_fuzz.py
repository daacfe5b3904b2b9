"""Wrong files are read or refused in words: some mutations of valid ones, and all that was ever found.

`benchmarks/fuzz.py` does the same for as long as one likes, guided by coverage where atheris is installed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.fuzzing.attempt import Attempts
from tests.fuzzing.mutations import mutate
from tests.fuzzing.readers import FOUND, READERS

HEAVY = {
    "terms-xlsx",
    "memory",
    "parallel",
    "datapackage",
    "scores",
    "term-uses",
    "edits",
    "review",
    "markdown",
}
"""Readers that take tens of milliseconds for a file."""
FOUND_CASES = sorted(path for path in FOUND.glob("*/*") if path.is_file())


@pytest.mark.parametrize("name", READERS)
def test_mutated_files_are_read_or_refused(name: str) -> None:
    with Attempts(READERS[name]) as attempts:
        for seed in attempts.seeds:
            assert attempts.run(seed) == ("", "")
        for number in range(8 if name in HEAVY or name.startswith("model-") else 50):
            fault, trace = attempts.run(attempts.case(number))
            assert not fault, f"case {number}: {trace}"


@pytest.mark.parametrize("path", FOUND_CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_found_once_is_read_or_refused(path: Path) -> None:
    with Attempts(READERS[path.parent.name]) as attempts:
        fault, trace = attempts.run(path.read_bytes())
        assert not fault, trace


def test_a_case_is_made_again_from_its_number() -> None:
    for name in ("po", "docx", "edits-json"):
        with Attempts(READERS[name]) as attempts, Attempts(READERS[name]) as others:
            made = [attempts.case(number) for number in range(20)]
            assert made == [others.case(number) for number in range(20)]
            assert len(set(made)) > 15


def test_a_mutation_never_fails_and_stays_small() -> None:
    for data in (b"", b"{", b"[]", b"PK\x03\x04", b"a", b'{"a": [1, {"b": null}]}', "ә".encode()):
        for number in range(100):
            assert len(mutate(data, Random(number), (b"x",))) <= 1 << 18


def test_a_fault_is_told_with_its_place() -> None:
    def broken(path: Path) -> None:
        raise ZeroDivisionError

    with Attempts(replace(READERS["edits-json"], read=broken)) as attempts:
        fault, trace = attempts.run(attempts.seeds[0])
    assert fault.startswith("ZeroDivisionError at test_fuzz.py:")
    assert "in broken" in trace
