"""Data package and data card: golden bytes, and that the tools they are made for accept them."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from egiz.parallel.publish import WrittenFile, card, datapackage
from egiz.parallel.rows import Row
from egiz.parallel.summary import Provenance, Summary, Tally

Publish = Callable[[Path, list[Row]], Path]

GOLDEN = Path(__file__).parent.parent / "golden" / "publish"
NAMES = ("sample.tsv", "datapackage.json", "README.md")
TABLE = WrittenFile(name="sample.tsv", bytes=1, sha256="0" * 64)


@pytest.fixture(scope="module")
def folder(publish: Publish, rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("published")
    publish(made, rows)
    return made


@pytest.fixture(scope="module")
def package(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.fixture
def summary(rows: list[Row]) -> Summary:
    tally = Tally(("ru", "en"))
    for row in rows:
        tally.add(row)
    return tally.summary()


@pytest.mark.parametrize("name", NAMES)
def test_published_bytes_are_the_golden_ones(name: str, folder: Path) -> None:
    """``EGIZ_RENEW_GOLDEN=1 pytest tests/parallel/test_publish_package.py`` renews them."""
    found = (folder / name).read_bytes()
    if os.environ.get("EGIZ_RENEW_GOLDEN"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        (GOLDEN / name).write_bytes(found)
    assert found == (GOLDEN / name).read_bytes()


def test_a_second_run_gives_the_same_bytes(
    folder: Path, publish: Publish, rows: list[Row], tmp_path: Path
) -> None:
    publish(tmp_path / "again", rows)
    for name in NAMES:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


def test_the_package_describes_the_table_as_it_is(folder: Path, package: dict[str, Any]) -> None:
    content = (folder / "sample.tsv").read_bytes()
    (resource,) = package["resources"]
    header = content.decode("utf-8").split("\n")[0].split("\t")
    assert resource["bytes"] == len(content)
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert [field["name"] for field in resource["schema"]["fields"]] == header
    assert package["egiz"]["counts"]["targets"]["ru"]["statuses"] == {
        "ok": 5,
        "retried": 1,
        "suspect": 0,
        "failed": 1,
        "edited": 0,
        "approved": 0,
    }
    assert [(item["id"], item["sentences"]) for item in package["sources"]] == [
        ("qaita-quru", 5),
        ("құбыр", 2),
    ]
    assert [item["title"] for item in package["licenses"]] == ["CC-BY-SA-4.0"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_frictionless_validates_the_package(folder: Path) -> None:
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    assert report.tasks[0].stats["rows"] == 7


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_frictionless_sees_a_changed_table(folder: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    for name in NAMES:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    table = (tmp_path / "sample.tsv").read_bytes()
    (tmp_path / "sample.tsv").write_bytes(table.replace(b"\tretried\t", b"\tretired\t", 1))
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert {kind for (kind,) in report.flatten(["type"])} == {"hash-count", "constraint-error"}


def test_what_is_not_known_is_left_out(provenance: Provenance, summary: Summary) -> None:
    bare = replace(
        provenance, sources=(), model=replace(provenance.model, licence="", revision=""), reasons=()
    )
    package = json.loads(datapackage(bare, summary, replace(TABLE, name="қайта құру.tsv")))
    assert "licenses" not in package
    assert "sources" not in package
    assert package["name"] == "parallel-text"
    text = card(bare, summary, TABLE)
    assert "license: unknown\n" in text
    assert "translation model hand-made: no licence is stated" in text
    assert "- revision" not in text


def test_the_card_says_plainly_what_the_licences_ask_for(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    used = text.partition("the licences under which they may be used:")[2]
    assert "- translation model hand-made: CC-BY-NC-4.0 (**non-commercial use only**)" in used
    assert "no licence is stated for 1 document" in text
    assert "license:\n- cc-by-sa-4.0\ntask" in text  # the model's licence is none of the table's


def test_the_card_accounts_for_every_sentence(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "7 sentences of 2 documents in Kazakh" in text
    assert "| Russian | 5 | 1 | 0 | 1 | 0 | 0 | 1 |" in text
    assert "| `repeated` | repeats itself | 0 | 1 |" in text
    assert "| `long` |  | 0 | 1 |" in text


def test_the_cards_tables_are_whole(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table


def test_a_licence_that_the_hub_does_not_know_is_given_in_words(
    provenance: Provenance, summary: Summary
) -> None:
    sources = tuple(replace(source, licence='Law: "free"') for source in provenance.sources)
    text = card(replace(provenance, sources=sources), summary, TABLE)
    assert 'license: other\nlicense_details: "Law: \\"free\\""\n' in text


def test_many_sources_are_listed_in_the_package_only(provenance: Provenance, summary: Summary) -> None:
    sources = tuple(replace(provenance.sources[0], id=f"d{number}") for number in range(105))
    text = card(replace(provenance, sources=sources), summary, TABLE)
    assert "5 more documents: see `datapackage.json`." in text
    assert "| d99 |" in text
    assert "| d100 |" not in text


def test_the_head_of_the_card_is_yaml(folder: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    head = yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert head["language"] == ["kk", "ru", "en"]
    assert head["configs"] == [{"config_name": "default", "data_files": "sample.tsv", "sep": "\t"}]
    assert len(head["dataset_info"]["features"]) == 14


@pytest.mark.parametrize("module", ["csv", "pandas", "polars", "duckdb", "datasets"])
def test_the_cards_code_opens_the_table(
    module: str, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"```python\n(import {module}\n.*?)```", text, re.DOTALL)
    opened = pytest.importorskip(module, reason=f"{module} is not installed")
    monkeypatch.chdir(folder)
    if module == "datasets":
        opened.disable_progress_bars()
        code = code.replace("split=", f"cache_dir={str(tmp_path)!r}, split=")
    found: dict[str, Any] = {}
    exec(code, found)
    assert len(found["table"]) == 7


def test_the_card_lets_datasets_read_columns_that_begin_late(
    publish: Publish, rows: list[Row], tmp_path: Path
) -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    datasets.disable_progress_bars()
    publish(tmp_path / "late", [rows[3]] * 10_000 + rows)
    table = datasets.load_dataset(str(tmp_path / "late"), cache_dir=str(tmp_path / "cache"))["train"]
    assert len(table) == 10_007
    assert table[0]["ru"] == "1985"
    assert table[10_005]["ru.flags"] == "empty"
    assert table[10_002]["ru.mt"] == "Королевство создано."
