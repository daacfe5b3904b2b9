"""From tables of parallel text to a model that translates, in small."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from egiz.translate.errors import InputError, OptionError
from egiz.translate.train.batches import BUCKETS, ExampleMaker, epoch, map_in_workers
from egiz.translate.train.copies import HeldOut
from egiz.translate.train.corpus import ROWS, prepare, read_columns, read_rows, read_texts
from egiz.translate.train.learn import rate
from egiz.translate.train.pieces import END, UNKNOWN, Pieces
from egiz.translate.train.recipe import Recipe, Schedule, read_recipe
from tests.translate.toy import LINES

TABLES = Path(__file__).resolve().parents[3] / "translate/train"

UNTIDY = [
    ("бір сөйлем бар.\tодно предложение.\tone sentence.", "rows kept", 1),
    ("бір сөйлем бар.\tодно предложение.\tone sentence.", "row: duplicate", 1),
    ("бір сөйлем бар.\t\t", "row: one side", 1),
    ("сол сөз\tсол сөз\t", "row: copied", 1),
    ("1234 5678\t1234 5679\t", "row: one side", 1),
    ("Это предложение никак не по-казахски.\tЭто предложение по-русски.\t", "cell: language", 1),
    ("өте ұзақ қазақша сөйлем осы жерде тұр\tда\t", "row: ratio", 1),
    ("Тексеруге арналған ең бірінші сөйлем осы жерде.\tодно предложение тут\t", "row: test sentence", 1),
]


def test_every_row_is_kept_or_left_out_for_a_reason(tmp_path: Path, recipe: Recipe) -> None:
    (tmp_path / "toy.tsv").write_text("\n".join(line for line, _, _ in UNTIDY) + "\n", encoding="utf-8")
    unseen = tmp_path / "test.tsv"
    unseen.write_text("«Тексеруге» арналған ең бірінші сөйлем осы жерде!\tдругое\n", encoding="utf-8")
    [counts] = prepare(recipe, tmp_path, [unseen], tmp_path / "run").values()
    assert counts["rows read"] == len(UNTIDY)
    assert sum(count for reason, count in counts.items() if reason.startswith("row")) == 2 * len(UNTIDY)
    for _, reason, _ in UNTIDY:
        assert counts[reason] >= 1, reason
    report = json.loads((tmp_path / "run" / "report.json").read_text(encoding="utf-8"))
    assert set(report["sha256"]) == {"toy.tsv", ROWS}


NEAR = [
    ("Қазақстан Республикасының астанасы Астана қаласы болып табылады", True),
    ("қазақстан республикасының астанасы астана қаласы болып табылады.", True),
    ("Бүгін Қазақстан Республикасының астанасы Астана қаласы болып табылады екен", True),
    ("Қазақстан Республикасының Президенті", False),
    ("Ақтөбе", False),
]


@pytest.mark.parametrize(("text", "expected"), NEAR)
def test_near_copies_of_test_sentences_are_known(text: str, *, expected: bool) -> None:
    unseen = HeldOut(["Қазақстан Республикасының астанасы — Астана қаласы болып табылады.", "Ақтөбе"])
    assert unseen.resembles(text) is expected


EVERY = int(os.environ.get("EGIZ_EVERY", "16"))


def test_prepared_rows_hold_no_test_sentence(shared: Path, tmp_path: Path) -> None:
    """The starter's own filter, on its own tables, everyday sentences and texts, against every test set.

    Of each table one line in EGIZ_EVERY is taken (1 takes all), of texts one in eight times as many. Test
    sentences are put among the rows.
    """
    starter = read_recipe(TABLES / "recipes" / "starter-further.toml")
    own = TABLES / "data"
    some = replace(
        starter,
        sources=tuple(
            item for item in starter.sources if (own / item.file).is_file() or item.file.startswith("tatoeba")
        ),
    )
    tests = sorted((shared / "testsets").glob("*.tsv"))
    part = tmp_path / "part"
    part.mkdir()
    steps = {item.file: EVERY for item in some.sources} | {item.file: 8 * EVERY for item in some.texts}
    for file, step in steps.items():
        [path, *_] = [path for path in (own / file, shared / "corpora" / file) if path.is_file()]
        (part / file).parent.mkdir(exist_ok=True)
        (part / file).write_text("".join(f"{line}\n" for line in _lines(path)[::step]), encoding="utf-8")
    with (part / "tatoeba_kaz.tsv").open("a", encoding="utf-8") as table:
        table.writelines(f"{line}\n" for line in _lines(shared / "testsets" / "flores200_devtest.tsv")[:50])
    counts = prepare(some, part, tests, tmp_path)
    assert counts["tatoeba_kaz.tsv"]["row: test sentence"] >= 50
    sentences = {cell for path in tests for cell in _letters(path)}
    rows, texts = read_rows(tmp_path), read_texts(tmp_path)
    assert len(rows) > 10_000 / EVERY
    assert len(texts) > 1_000 / EVERY
    learnt = [cell for row in rows for cell in row.cells] + [text for text, _ in texts]
    assert not [
        text for text in learnt if len(text) > 15 and "".join(filter(str.isalnum, text.lower())) in sentences
    ]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _letters(path: Path) -> set[str]:
    return {
        "".join(filter(str.isalnum, cell.lower()))
        for line in _lines(path)
        for cell in line.split("\t")
        if cell
    }


def test_batches_are_of_few_shapes_and_the_same_in_every_run(folder: Path, recipe: Recipe) -> None:
    rows = read_rows(folder)
    pieces = Pieces.load(folder / "sentencepiece.bpe.model", 3, 0.1)
    maker = ExampleMaker(recipe, rows, pieces)
    first = [(batch.length, batch.examples) for batch in epoch(maker, 0)]
    with map_in_workers(maker, 2) as each:
        second = [(batch.length, batch.examples) for batch in epoch(maker, 0, each)]
    other = [(batch.length, batch.examples) for batch in epoch(maker, 1)]
    assert first == second
    assert first != other
    assert {length for length, _ in first} <= set(BUCKETS)
    assert all(len(examples) == recipe.schedule.tokens // length for length, examples in first)
    for _, examples in first:
        for example in examples:
            assert example.source[0] in pieces.codes
            assert example.target[0] in pieces.codes
            assert example.source[0] != example.target[0]
            assert example.source[-1] == example.target[-1] == END


def test_pieces_keep_to_the_layout(folder: Path) -> None:
    pieces = Pieces.load(folder / "sentencepiece.bpe.model", 3)
    ids = pieces.encode("үй 漢")
    assert UNKNOWN not in ids
    assert [pieces.model.id_to_piece(number - 1) for number in ids[-3:]] == ["<0xE6>", "<0xBC>", "<0xA2>"]
    assert min(ids) >= UNKNOWN
    assert max(ids) < pieces.codes[0]
    assert pieces.codes == tuple(range(635 + 1, 635 + 4))


def test_the_rate_warms_up_stays_and_cools_down() -> None:
    schedule = Schedule(
        steps=100,
        tokens=1,
        warmup=10,
        cooldown=0.2,
        rate=1.0,
        matrix_rate=1.0,
        smoothing=0.0,
        dropout=0.0,
        seed=0,
    )
    assert rate(schedule, 0) == pytest.approx(0.1)
    assert rate(schedule, 10) == rate(schedule, 79) == 1.0
    assert rate(schedule, 90) == pytest.approx(0.5)
    assert rate(schedule, 99) == pytest.approx(0.1)


def test_learning_resumes_to_the_same_weights(folder: Path, recipe: Recipe) -> None:
    torch = pytest.importorskip("torch", reason="learning needs torch")
    from egiz.translate.train.learn import TrainingLimits, learn

    dev, limits = LINES[:20], TrainingLimits(every=3, precision="float32")
    whole = learn(recipe, folder, dev, limits=limits)
    expected = torch.load(whole, weights_only=True)["model"]
    curve = [json.loads(line) for line in (folder / "curve.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [point["step"] for point in curve] == [3, 6]
    assert set(curve[0]["dev"]) == set(recipe.directions)
    whole.unlink()
    learn(recipe.resized(steps=3), folder, dev, limits=limits)
    # The cool-down of the shorter run differs, so the halves are made to agree by learning at one rate.
    flat = replace(recipe, schedule=replace(recipe.schedule, cooldown=0.0))
    whole.unlink()
    learn(flat, folder, dev, limits=limits)
    once = torch.load(whole, weights_only=True)["model"]
    whole.unlink()
    learn(flat.resized(steps=3), folder, dev, limits=limits)
    learn(flat, folder, dev, limits=limits)
    twice = torch.load(whole, weights_only=True)["model"]
    assert all(torch.equal(once[name], twice[name]) for name in once)
    assert not all(torch.equal(once[name], expected[name]) for name in once)


def test_a_trained_model_is_exported_and_scored(toy_run: Path, toy_model: Path) -> None:
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.ladder import Options
    from egiz.translate.models import read_manifest
    from egiz.translate.train.evaluate import evaluate

    manifest = read_manifest(toy_model)
    assert manifest.languages == ("en", "kk", "ru")
    assert "CC0-1.0" in manifest.licence
    assert (toy_run / "checkpoint" / "model.safetensors").is_file()
    engine = CTranslate2Engine(toy_model)
    sources, references = [line[0] for line in LINES[:30]], [line[2] for line in LINES[:30]]
    found = evaluate(engine, sources, references, source="kk", target="en", options=Options())
    assert [figure.metric for figure in found.figures] == ["chrF++", "BLEU", "sentences/s"]
    (chrf, _), speed = found.scores, found.speed
    assert "nw:2" in chrf.signature
    assert chrf.value > 60
    assert re.search(r"\d+ cores$", speed.signature)
    assert speed.value > 0
    with pytest.raises(OptionError, match="as many of each"):
        evaluate(engine, sources, references[1:], source="kk", target="en", options=Options())


WRONG = [
    ("name = 'x'\nshpae = 1\n", OptionError, "unknown key 'shpae'. Did you mean 'shape'"),
    ("name = \n", InputError, "line 1"),
    ("name = 'x'\n", OptionError, "missing"),
]


@pytest.mark.parametrize(("text", "error", "message"), WRONG)
def test_a_broken_recipe_is_refused(tmp_path: Path, text: str, error: type[Exception], message: str) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message):
        read_recipe(path)


def test_a_direction_of_an_unknown_language_is_refused(tmp_path: Path, recipe: Recipe) -> None:
    from importlib.resources import files

    text = (files("egiz.translate") / "train" / "recipes" / "starter.toml").read_text(encoding="utf-8")
    path = tmp_path / "recipe.toml"
    path.write_text(text.replace('"kk-ru"', '"kk-tr"'), encoding="utf-8")
    with pytest.raises(OptionError, match="unknown direction 'kk-tr'"):
        read_recipe(path)


def test_columns_of_another_width_are_named(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text("a\tb\nc\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"table\.tsv:2: 1 cells; expected 2"):
        read_columns(path, ("kk", "ru"))


def test_the_card_names_scores_and_every_source(toy_model: Path, recipe: Recipe) -> None:
    from egiz.translate.models import Figure, describe
    from egiz.translate.train.evaluate import model_card

    info = replace(
        describe(toy_model),
        figures=(
            Figure(direction="kk-en", metric="chrF++", value=12.34, signature="nrefs:1"),
            Figure(direction="kk-en", metric="BLEU", value=1.0, signature="nrefs:1|case:mixed"),
        ),
    )
    text = model_card(recipe, info)
    assert "| kk-en | chrF++ | 12.3 | 54.2 | `nrefs:1` |" in text
    assert "| kk-en | BLEU | 1.0 |  | `nrefs:1\\|case:mixed` |" in text
    assert "| toy.tsv | toy | toy | CC0-1.0 | 1.0 |" in text
    assert info.fingerprint in text
    assert "How it was trained" not in text


def test_the_card_has_the_learning_curve_and_the_hashes(
    toy_run: Path, toy_model: Path, recipe: Recipe
) -> None:
    from egiz.translate.models import describe
    from egiz.translate.models.manifest import file_sha256
    from egiz.translate.train.evaluate import model_card

    text = model_card(recipe, describe(toy_model), [toy_run])
    points = (toy_run / "curve.jsonl").read_text(encoding="utf-8").splitlines()
    assert points
    assert all(f"| {json.loads(point)['step']} | " in text for point in points)
    digest = file_sha256(toy_run / "rows.tsv")
    assert f"`rows.tsv` {digest}" in text
    [leg] = [line for line in text.splitlines() if line.startswith("| 0–120 |")]
    assert f"| float32 | 512 | {json.loads(points[-1])['tokens']:,} |" in leg
    assert f"`{digest[:12]}`" in leg
