"""Benchmarks still run: the shortest form of those that make models of their own, and what it must print."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.translate.tiny import LINES

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_what_a_benchmark_imports_from_egiz_is_there(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "egiz":
            module = import_module(str(node.module))
            for name in node.names:
                is_module = hasattr(module, "__path__") and find_spec(f"{node.module}.{name.name}")
                assert hasattr(module, name.name) or is_module, f"{node.module}.{name.name}"


def run(name: str, *arguments: object) -> str:
    """What a benchmark prints, which must leave with status 0."""
    command = [sys.executable, ROOT / "benchmarks" / f"{name}.py", *arguments, "--smoke"]
    done = subprocess.run(list(map(str, command)), capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(find_spec("torch") is None, reason="needs egiz[torch]")
def test_peers() -> None:
    """The benchmark itself checks that all sides write as many tokens as there are to write."""
    lines = run("peers").splitlines()
    names = [line[:33].strip() for line in lines[2:9]]
    assert names == [
        "transformers, one by one",
        "transformers, by 16",
        "CTranslate2, one by one",
        "CTranslate2, by 16",
        "CTranslate2, by 16, all cores",
        "Egiz",
        "Egiz, trimmed",
    ]
    assert all(len(line[33:].split()) == 7 for line in lines[2:9])
    assert lines[0].startswith("6 sentences of ")
    assert [line.split(",")[0] for line in lines[10:]] == [
        "build 1: 12 translations",
        "build 2: 12 translations",
    ]


def test_chrf() -> None:
    """The benchmark itself checks that both give the same scores."""
    theirs, ours, faster, apart = run("chrf").splitlines()
    assert theirs.split()[0] == "sacreBLEU"
    assert ours.split()[0] == "Egiz"
    assert faster.endswith(" times as fast")
    assert apart.startswith("largest difference ")


def test_company(tmp_path: Path) -> None:
    """The benchmark itself leaves with status 1 where company changes anything."""
    table = tmp_path / "table.tsv"
    table.write_text("".join(f"{line}\n" for line in LINES), encoding="utf-8")
    shuffled, third = run("company", table).splitlines()
    assert shuffled.startswith("shuffled")
    assert "best text 0, any text 0, any score 0" in shuffled
    assert third.startswith("every third")


def test_trim() -> None:
    printed = run("trim")
    assert printed.startswith("wide: 11197 -> 8192 tokens\n")
    assert printed.count("1 of 1 translations have the same tokens") >= 2
    assert all(f"beam {beam}  trimmed " in printed for beam in (1, 5))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A few rows of three columns."""
    path = tmp_path / "table.tsv"
    rows = zip(LINES[:6], LINES[6:12], LINES[12:], strict=True)
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_overhead(table: Path) -> None:
    raw, script, whole, stages = run("overhead", table).splitlines()
    assert re.fullmatch(r"raw engine +[\d.]+ sentences/s into 2 languages", raw)
    assert re.fullmatch(r"script +[\d.]+ sentences/s", script)
    assert re.fullmatch(r"whole build +[\d.]+ sentences/s, \d+% of the engine, [\d.]+ scripts", whole)
    assert stages.startswith("of which translating ")


def test_rows(table: Path, tmp_path: Path) -> None:
    corpora = tmp_path / "shared" / "corpora"
    corpora.mkdir(parents=True)
    for name in ("kaznu_titles", "kaznu_primeminister_kz", "kaznu_economy_gov_kz", "docs_microsoft_dynamics"):
        shutil.copy(table, corpora / f"{name}.tsv")
    for name in ("docs_gnome_mate_help", "tatoeba_kaz"):
        (corpora / f"{name}.tsv").touch()
    lines = run("rows", tmp_path / "shared").splitlines()
    assert re.match(r"300 rows in [\d.]+ s with 2 workers: ", lines[0])
    assert lines[1] == "0 of 600 translations were not remembered"
    assert sum("resident memory" in line for line in lines) == 3


def test_batches(table: Path) -> None:
    lines = run("batches", table).splitlines()
    sizes = [(line[:20].strip(), line.split(" tokens")[0].split()[-1]) for line in lines]
    assert sizes == [
        (model, size)
        for model in ("starter", "NLLB-200 600M shape")
        for size in ("2048", "1024", "512", "256")
    ]


@pytest.mark.skipif(find_spec("uvicorn") is None, reason="needs egiz[serve]")
def test_serving(table: Path) -> None:
    """The benchmark itself leaves with status 1 where company changes an answer."""
    lines = run("serving", table).splitlines()
    assert [line[:24].strip() for line in lines[:4]] == [
        "one client",
        "4 clients",
        "each by itself",
        "flooded",
    ]
    assert lines[4].startswith("together ")
    assert lines[5] == "0 texts with several translations, 0 answers that are neither 200 nor 429"
