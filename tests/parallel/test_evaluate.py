"""Translations against references: reading, matching, scores, comparison, reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sacrebleu.metrics.chrf import CHRF

from egiz.parallel.cli.evaluate import command
from egiz.parallel.evaluate import EvaluateOptions, evaluate_texts, of_machines, read_texts
from egiz.parallel.review import review
from egiz.parallel.rows import Row
from egiz.translate.errors import EgizError, OptionError
from egiz.translate.metrics import METRICS, compare, corpus_scores, metric_named
from tests.conftest import ROOT
from tests.parallel.reviewing import ANSWERS, edit, edits, made

BAD = json.loads((ROOT / "tests" / "cases" / "evaluate_bad_files.json").read_text(encoding="utf-8"))
SOURCES = ["Қайта құру басталды.", "Біз қоғамның реформасын көрдік.", "Күн жарық."]
REFERENCES = ["Перестройка началась.", "Мы видели реформу общества.", "Солнце светит ярко."]
OUTPUTS = ["Началась перестройка.", "Мы увидели реформу.", "Солнце светит ярко."]
WORSE = ["Началась стройка.", "Увидели.", "День."]


def table(path: Path, names: list[str], *columns: list[str]) -> Path:
    lines = ["\t".join(names), *("\t".join(cells) for cells in zip(*columns, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def lines(path: Path, texts: list[str]) -> Path:
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(item) for item in arguments], catch_exceptions=False)


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    ids = ["a:1.1", "a:1.2", "b:1.1"]
    return table(tmp_path / "reference.tsv", ["id", "kk", "ru"], ids, SOURCES, REFERENCES)


def test_scores_are_sacrebleus_own() -> None:
    found = corpus_scores(OUTPUTS, REFERENCES)
    assert [score.metric for score in found] == list(METRICS)
    for score in found:
        metric = metric_named(score.metric)
        assert score.value == metric.corpus_score(OUTPUTS, [REFERENCES]).score
        assert score.signature == str(metric.get_signature())
    assert found[0].value == CHRF(word_order=2).corpus_score(OUTPUTS, [REFERENCES]).score


@pytest.mark.parametrize(("outputs", "says"), [(OUTPUTS[:2], "2 outputs and 3"), ([], "0 outputs and 3")])
def test_unequal_counts_are_refused_by_the_library(outputs: list[str], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        corpus_scores(outputs, REFERENCES)
    with pytest.raises(OptionError):
        compare(REFERENCES, outputs, REFERENCES)


def test_an_unknown_metric_is_refused_with_the_nearest() -> None:
    with pytest.raises(OptionError, match="Did you mean"):
        metric_named("chrf++")


def test_rows_are_matched_by_their_ids(tmp_path: Path, reference: Path) -> None:
    shuffled = table(
        tmp_path / "own.tsv", ["id", "ru"], ["b:1.1", "a:1.1", "a:1.2"], OUTPUTS[2:] + OUTPUTS[:2]
    )
    [found] = evaluate_texts([read_texts(shuffled)], read_texts(reference), EvaluateOptions())
    assert found.whole.scores == corpus_scores(OUTPUTS, REFERENCES)
    assert [(part.name, part.rows) for part in found.documents] == [("a", 2), ("b", 1)]
    assert found.documents[1].scores == corpus_scores(OUTPUTS[2:], REFERENCES[2:])
    assert (found.language, found.skipped, found.empty, found.terms) == ("ru", 0, 0, None)


def test_a_table_of_egiz_is_its_own_source(
    tmp_path: Path, rows: list[Row], publish: Callable[[Path, list[Row]], Path]
) -> None:
    path = publish(tmp_path / "out", rows)
    found = evaluate_texts([read_texts(path)], read_texts(path), EvaluateOptions())
    assert [(item.language, round(item.whole.scores[0].value)) for item in found] == [
        ("ru", 100),
        ("en", 100),
    ]
    assert found[0].skipped == 1
    assert found[1].whole.rows == len(rows)


def test_rows_without_a_reference_do_not_count(tmp_path: Path) -> None:
    own = lines(tmp_path / "own.txt", OUTPUTS)
    partly = table(tmp_path / "partly.tsv", ["kk", "ru"], SOURCES, [REFERENCES[0], "", REFERENCES[2]])
    [found] = evaluate_texts(
        [read_texts(own, language="ru")], read_texts(partly), EvaluateOptions(languages=("ru",))
    )
    assert (found.skipped, found.whole.rows) == (1, 2)
    assert found.whole.scores == corpus_scores(OUTPUTS[::2], REFERENCES[::2])


def test_a_blank_line_is_an_empty_output(tmp_path: Path, reference: Path) -> None:
    own = lines(tmp_path / "own.txt", [OUTPUTS[0], "", OUTPUTS[2]])
    [found] = evaluate_texts(
        [read_texts(own, language="ru")], read_texts(reference), EvaluateOptions(languages=("ru",))
    )
    assert (found.empty, found.whole.rows) == (1, 3)


def test_lengths_are_of_the_source(tmp_path: Path) -> None:
    sources = ["а" * 40, "а" * 41, "а" * 300]
    reference = table(tmp_path / "reference.tsv", ["kk", "ru"], sources, REFERENCES)
    [found] = evaluate_texts([read_texts(reference)], read_texts(reference), EvaluateOptions())
    assert [(part.name, part.rows) for part in found.lengths] == [("1-40", 1), ("41-80", 1), ("241-", 1)]
    assert found.documents == ()


def test_other_systems_are_compared_with_the_first(tmp_path: Path, reference: Path) -> None:
    paths = [lines(tmp_path / name, texts) for name, texts in (("1.txt", OUTPUTS * 1), ("2.txt", WORSE))]
    systems = [read_texts(path, language="ru") for path in paths]
    options = EvaluateOptions(languages=("ru",), resamples=50)
    first, second = evaluate_texts(systems, read_texts(reference), options)
    assert first.comparisons == ()
    assert [item.metric for item in second.comparisons] == list(METRICS)
    for item, before, after in zip(second.comparisons, first.whole.scores, second.whole.scores, strict=True):
        assert item.difference == pytest.approx(after.value - before.value)
        assert 0 < item.p <= 1
        assert "bs:50" in item.signature
        assert "seed" in item.signature
    assert evaluate_texts(systems, read_texts(reference), options)[1] == second


def test_terms_are_counted_in_output_and_reference(tmp_path: Path, reference: Path) -> None:
    base = table(tmp_path / "terms.tsv", ["kk", "ru"], ["қайта құру", "қоғам"], ["перестройка", "общество"])
    own = lines(tmp_path / "own.txt", OUTPUTS)
    found = json.loads(run(own, "-r", reference, "--to", "ru", "--terms", base, "--format", "json").output)[
        "evaluations"
    ][0]["terms"]
    assert found == {"base": "terms", "occurrences": 2, "right": 1, "reference": 2}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], r"nothing to compare with; expected --reference FILE, or --links GOLD\.tsv"),
        (["-r", "a", "--links", "b"], "other options beside --links; expected --to and --format"),
        (["--links", "b", "--terms", "soviet-history"], "other options beside --links"),
    ],
)
def test_one_thing_is_judged_at_a_time(options: list[str], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        run("own.tsv", *options)


@pytest.mark.parametrize("case", BAD, ids=lambda case: case["name"])
def test_bad_input_is_refused_in_words(case: dict[str, Any], tmp_path: Path) -> None:
    own, reference = tmp_path / "own.tsv", tmp_path / "reference.tsv"
    own.write_text(case["hypothesis"], encoding="utf-8")
    reference.write_text(case["reference"], encoding="utf-8")
    with pytest.raises(EgizError) as caught:
        run(own, "-r", reference, *case["options"])
    for words in case["says"]:
        assert words in str(caught.value)


def test_the_reports_say_the_same(tmp_path: Path, reference: Path) -> None:
    own = lines(tmp_path / "own.txt", OUTPUTS)
    text, content, rows = (
        run(own, "-r", reference, "--to", "ru", "--format", layout).output
        for layout in ("text", "json", "tsv")
    )
    [found] = json.loads(content)["evaluations"]
    score = found["whole"]["scores"][0]
    assert f"{score['value']:.2f}" in text
    assert score["signature"] in text
    cells = [line.split("\t") for line in rows.splitlines()]
    assert len({len(line) for line in cells}) == 1
    assert cells[1][1:7] == ["ru", "all", "", "3", "chrF++", f"{score['value']:.4f}"]
    assert [line[2] for line in cells[1:]].count("document") == 8


def test_tables_without_a_header_and_tmx(tmp_path: Path, reference: Path) -> None:
    bare = tmp_path / "bare.tsv"
    bare.write_text("".join(f"{a}\t{b}\n" for a, b in zip(SOURCES, OUTPUTS, strict=True)), encoding="utf-8")
    found = read_texts(bare, columns="kk,ru")
    assert (found.rows, found.languages, found.columns["ru"]) == (3, ("kk", "ru"), tuple(OUTPUTS))
    memory = read_texts(ROOT / "tests" / "cases" / "bitext" / "memory.tmx")
    assert memory.rows > 0
    assert all(len(column) == memory.rows for column in memory.columns.values())


def test_a_reviewed_table_is_judged_by_what_the_machine_said(tmp_path: Path) -> None:
    out = made(tmp_path)
    human, gone = "Ханство было создано.", "Доброе слово."
    items = [edit("text:1.1", ANSWERS["Хандық құрылды."], human), edit("text:3.2", "Хорошее слово.", gone)]
    review([edits(tmp_path / "edits.json", *items)], out)
    history = out / "review.tsv"
    lines = history.read_text(encoding="utf-8").replace("\tХорошее слово.\tЖақсы", "\t\tЖақсы")
    history.write_text(lines, encoding="utf-8")
    table = out / "parallel.tsv"
    cells = table.read_text(encoding="utf-8").replace("\tХорошее слово.\t", "\t\t")
    table.write_text(cells, encoding="utf-8")
    found = of_machines(read_texts(table))
    assert (found.columns["ru"][0], found.people) == (ANSWERS["Хандық құрылды."], {"ru": frozenset([5])})
    reference = tmp_path / "reference.txt"
    reference.write_text("\n".join([human] * 6), encoding="utf-8")
    for texts, rows in ((found, 5), (read_texts(table), 6)):
        [score] = evaluate_texts(
            [texts], read_texts(reference, language="ru"), EvaluateOptions(languages=("ru",))
        )
        assert (score.whole.rows, score.skipped) == (rows, 6 - rows)
