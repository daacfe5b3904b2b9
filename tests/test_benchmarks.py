"""Benchmarks still run: the shortest form of those that make models of their own, and what it must print."""

from __future__ import annotations

import ast
import os
import re
import runpy
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch
from xml.etree.ElementTree import fromstring

import pytest

from egiz.translate.models import resolve
from egiz.translate.models.layout import model_tokens
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


Run = Callable[..., list[str]]


def left_with(path: Path) -> object:
    """The exit status of a script."""
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as end:
        return end.code
    return None


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a benchmark, which must leave with status 0; gives the lines that it prints.

    It runs in this process, which has loaded already what each process of its own would load anew.
    """
    before = set(sys.modules)

    def ran(name: str, *arguments: object) -> list[str]:
        path = ROOT / "benchmarks" / f"{name}.py"
        monkeypatch.syspath_prepend(str(path.parent))
        monkeypatch.setattr(sys, "argv", [str(path), *map(str, arguments), "--smoke"])
        monkeypatch.chdir(ROOT)
        capsys.readouterr()
        with warnings.catch_warnings(), patch.dict(os.environ):
            warnings.simplefilter("ignore")
            status = left_with(path)
        printed = capsys.readouterr()
        assert not status, printed.err
        return printed.out.splitlines()

    yield ran
    own = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
    for module in (set(sys.modules) - before) & own:
        del sys.modules[module]


@pytest.mark.skipif(find_spec("torch") is None, reason="needs egiz[torch]")
def test_peers(run: Run) -> None:
    """The benchmark itself checks that all sides write as many tokens as there are to write."""
    lines = run("peers")
    names = [line[:33].strip() for line in lines[2:10]]
    assert names == [
        "transformers, one by one",
        "transformers, by 16",
        "CTranslate2, one by one",
        "CTranslate2, by 16",
        "CTranslate2, by 16, all cores",
        "Egiz",
        "Egiz, trimmed",
        "Egiz, trimmed, --fast",
    ]
    assert all(len(line[33:].split()) == 7 for line in lines[2:10])
    assert lines[0].startswith("3 sentences of ")
    assert [line.split(",")[0] for line in lines[11:]] == [
        "build 1: 6 translations",
        "build 2: 6 translations",
    ]


def test_chrf(run: Run) -> None:
    """The benchmark itself checks that both give the same scores."""
    theirs, ours, faster, apart = run("chrf")
    assert theirs.split()[0] == "sacreBLEU"
    assert ours.split()[0] == "Egiz"
    assert faster.endswith(" times as fast")
    assert apart.startswith("largest difference ")


def test_company(run: Run, tmp_path: Path) -> None:
    """The benchmark itself leaves with status 1 where company changes anything."""
    table = tmp_path / "table.tsv"
    table.write_text("".join(f"{line}\n" for line in LINES), encoding="utf-8")
    shuffled, third = run("company", table)
    assert shuffled.startswith("shuffled")
    assert "best text 0, any text 0, any score 0" in shuffled
    assert third.startswith("every third")


def test_trim(run: Run) -> None:
    printed = "\n".join(run("trim"))
    before, after = map(int, re.findall(r"\d+", printed.partition("\n")[0]))
    assert before > after == len(model_tokens(resolve("starter")))
    assert printed.count("1 of 1 translations have the same tokens") >= 2
    assert all(f"beam {beam}  trimmed " in printed for beam in (1, 5))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A few rows of three columns."""
    path = tmp_path / "table.tsv"
    rows = zip(LINES[:6], LINES[6:12], LINES[12:], strict=True)
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_overhead(run: Run, table: Path) -> None:
    raw, script, whole, stages = run("overhead", table)
    assert re.fullmatch(r"raw engine +[\d.]+ sentences/s into 2 languages", raw)
    assert re.fullmatch(r"script +[\d.]+ sentences/s", script)
    assert re.fullmatch(r"whole build +[\d.]+ sentences/s, \d+% of the engine, [\d.]+ scripts", whole)
    assert stages.startswith("of which translating ")


def test_growth(run: Run, table: Path, tmp_path: Path) -> None:
    corpora = tmp_path / "shared" / "corpora"
    corpora.mkdir(parents=True)
    for name in ("kaznu_titles", "kaznu_primeminister_kz", "kaznu_economy_gov_kz", "docs_microsoft_dynamics"):
        shutil.copy(table, corpora / f"{name}.tsv")
    for name in ("docs_gnome_mate_help", "tatoeba_kaz"):
        (corpora / f"{name}.tsv").touch()
    names = ["build", "terms check", "align"]
    lines = run("growth", tmp_path / "shared", "--only", ",".join(names), "--plot", tmp_path / "growth.svg")
    assert [line[:12].rstrip() for line in lines] == names
    assert all(re.search(r" [\d.]+ s of processor time +\d+ MB, at most \d+ MB", line) for line in lines)
    assert all(f">{name}</text>" in (tmp_path / "growth.svg").read_text() for name in names)


def test_batches(run: Run, table: Path) -> None:
    lines = run("batches", table)
    sizes = [(line[:20].strip(), line.split(" tokens")[0].split()[-1]) for line in lines]
    assert sizes == [
        (model, size)
        for model in ("starter", "NLLB-200 600M shape")
        for size in ("2048", "1024", "512", "256")
    ]


@pytest.mark.skipif(find_spec("uvicorn") is None, reason="needs egiz[serve]")
def test_serving(run: Run, table: Path) -> None:
    """The benchmark itself exits with status 1 if an answer depends on other requests."""
    lines = run("serving", table)
    assert [line[:32].strip() for line in lines[:5]] == [
        "one client",
        "together",
        "alone",
        "alone, several at once",
        "twice what it bears",
    ]
    assert lines[5].startswith("together ")
    assert lines[8] == "0 texts with several translations, 0 answers that are neither 200 nor 429"


def test_limit_counts_what_a_translation_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One layer each of width 2 and of 4 inside, 10 tokens; 3 sentences of 4 tokens, by a beam of 5."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    limit = import_module("limit")
    network = limit.Network(width=2, encoder=1, decoder=1, feed_forward=4, tokens=10)
    parts = {name: (operations, moved) for name, operations, moved in network.parts(3, 4)}
    step = sum(limit.STEPS) / 2
    encoder = (4 * 4 + 2 * 8) * 12 + 2 * 4 * 2 * 12
    greedy = 2 * 4 * 12 + (4 * 4 + 2 * 8 + 2 * 4 + 2 * 4 * 2) * 3
    assert parts["encoder"][0] == 2 * (encoder + greedy)
    assert parts["decoder"][0] == 2 * (4 * 4 + 2 * 8 + 2 * 4 + 2 * 2 * (step + 4)) * 15
    assert parts["projection"] == (2 * 10 * 2 * 15, 10 * 2)
    assert parts["copies of keys and values"] == (0, 4 * 4 * 2 * 2 * 15 * step)

    part = limit.Part(model="starter", name="decoder", operations=8e9, moved=1e9, seconds=4.0)
    assert part.possible(rate=4e9, bandwidth=1e9) == 2.0
    assert part.possible(rate=4e9, bandwidth=0.25e9) == 4.0
    picture = limit.drawn([part], 4e9, 1e9)
    assert fromstring(picture).tag.endswith("svg")
    assert "decoder" in picture
