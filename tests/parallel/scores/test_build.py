"""A build with scores: the table beside, the data package, the card and the page."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from egiz.parallel.build.build import build
from egiz.parallel.publish import SCORES, read_tsv
from egiz.parallel.publish.published import open_published
from egiz.parallel.reader import load, render
from egiz.parallel.scores import EvidenceCollector, QualityScorer, ScoreStage
from egiz.parallel.scores.neural import Neural
from egiz.parallel.scores.reasons import unpacked
from egiz.translate.errors import InputError
from egiz.translate.memory import Memory
from egiz.translate.translator import Translator
from tests.parallel.scores.test_fit import FITS
from tests.parallel.scores.test_stage import FakeTokenScorer
from tests.parallel.test_build import MANIFEST, READING, contents
from tests.translate.fakes import FakeEngine

TEXT = "Ол 1985 жылы келді. Біз оны Мәскеуде көрдік. 1985"
ANSWERS = {
    "Ол 1985 жылы келді.": ("Он приехал в 1986 году.", "He came in 1985."),
    "Біз оны Мәскеуде көрдік.": ("Мы видели его в Москве.", "We saw him in Moscow."),
}
BOTH = ANSWERS | {english: (russian, english) for russian, english in ANSWERS.values()}
"""The same from English, by way of which a wrong number is tried again."""


def engine() -> FakeEngine:
    return FakeEngine(lambda text, source, target, decoding: [BOTH[text][target == "en"]])


def run(folder: Path, memory: Memory | None = None, scorer: FakeTokenScorer | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    source = folder / "text.txt"
    source.write_text(TEXT, encoding="utf-8")
    asked = engine()
    lengths = Neural("labse", "sentence-transformers", "apache-2.0", lambda pairs: [len(b) for _, b in pairs])
    collector = EvidenceCollector(asked, scorer or FakeTokenScorer(), "normal", memory)
    build(
        [source],
        folder / "out",
        Translator(asked, "kk", ("ru", "en"), memory=memory),
        manifest=MANIFEST,
        reading=READING,
        scores=ScoreStage(QualityScorer(FITS, "normal"), collector, [lengths]),
    )
    return folder / "out"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_the_table_beside_accounts_for_every_quality(tmp_path: Path) -> None:
    out = run(tmp_path)
    scores = {(row["row"], row["language"]): row for row in table(out / SCORES)}
    for row in read_tsv(out / "parallel.tsv"):
        for target in row.targets:
            found = scores.get((row.id, target.language))
            assert (found is None) == (target.quality is None)
            assert found is None or float(found["quality"]) == target.quality
    assert len(scores) == 4
    wrong = scores["text:1.1", "ru"]
    assert "number 1985 missing" in wrong["reasons"]
    assert [reason.feature for reason in unpacked(wrong["causes"])] == ["numbers_missing", "numbers_added"]
    assert (wrong["numbers_missing"], wrong["likelihood"], wrong["neural.labse"]) == ("1", "-0.5", "23")


def test_package_and_card_say_what_made_the_scores(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    out = run(tmp_path)
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert [item["path"] for item in package["resources"]] == ["parallel.tsv", SCORES]
    assert package["egiz"]["neural"] == [
        {"name": "labse", "kind": "sentence-transformers", "licence": "apache-2.0"}
    ]
    assert FITS.signature in package["egiz"]["quality"]["signature"]
    assert frictionless.Package(str(out / "datapackage.json")).validate().valid
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "- neural scores of labse: apache-2.0" in card
    assert f"`{SCORES}` has label, reasons and every feature" in card
    published = open_published(out)
    assert published.provenance is not None
    assert [item.name for item in published.provenance.neural] == ["labse"]


def test_a_second_run_asks_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    second = FakeTokenScorer()
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        one = contents(run(tmp_path / "one", memory))
        two = contents(run(tmp_path / "two", memory, second))
    assert one == two
    assert second.asked == []


def test_the_page_has_the_reasons(tmp_path: Path) -> None:
    reading = load(run(tmp_path))
    assert [(item.row, item.target) for item in reading.reasons][:1] == [(0, 0)]
    causes = '"features":["numbers_missing","numbers_added"],"places":[[0,0,[0,"1985"],[1,"1986"]]]'
    assert f'"causes":{{{causes}}}' in render(reading)


def test_scores_of_another_table_are_refused(tmp_path: Path) -> None:
    out = run(tmp_path)
    lines = (out / SCORES).read_text(encoding="utf-8").replace("text:1.1", "text:9.9", 1)
    (out / SCORES).write_text(lines, encoding="utf-8")
    with pytest.raises(InputError, match=r"scores\.tsv:2: row 'text:9\.9' in language 'ru'"):
        load(out)
