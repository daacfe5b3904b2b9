"""Runs that follow runs, end by the clock, and travel."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from egiz.translate.errors import ModelError, OptionError
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.train.corpus import ROWS
from egiz.translate.train.learn import TrainingLimits, learn, rate
from egiz.translate.train.recipe import Recipe
from egiz.translate.train.resume import CHECKPOINT

torch = pytest.importorskip("torch", reason="learning needs torch")
SURE = TrainingLimits(precision="float32")


def held(path: Path) -> dict[str, object]:
    found: dict[str, object] = torch.load(path, weights_only=True)
    return found


def copied(folder: Path, target: Path) -> Path:
    target.mkdir()
    for name in (ROWS, SENTENCEPIECE):
        (target / name).write_bytes((folder / name).read_bytes())
    return target


def test_a_run_follows_another_with_other_rows(folder: Path, recipe: Recipe, tmp_path: Path) -> None:
    first = learn(recipe.resized(steps=2), folder, limits=SURE)
    other = copied(folder, tmp_path / "other")
    rows = (other / ROWS).read_text(encoding="utf-8").splitlines(keepends=True)
    (other / ROWS).write_text("".join(rows[::-1]), encoding="utf-8")
    path = learn(recipe.resized(steps=4), other, start=folder, limits=SURE)
    before, after = held(first)["state"], held(path)["state"]
    assert after["step"] == 4
    assert after["tokens"] > before["tokens"]
    one, two = after["history"]
    assert (one["first"], one["step"], two["first"], two["step"]) == (0, 2, 2, 4)
    assert one == before["history"][0]
    assert one["origin"][ROWS] != two["origin"][ROWS]
    assert two["origin"]["start"]
    assert one["tokens"] + two["tokens"] == after["tokens"]
    [_, leg] = held(learn(recipe.resized(steps=5), other, limits=SURE))["state"]["history"]
    assert leg["origin"] == two["origin"]
    assert leg["step"] == 5


def test_other_pieces_are_not_followed(folder: Path, recipe: Recipe, tmp_path: Path) -> None:
    learn(recipe.resized(steps=1), folder, limits=SURE)
    state = torch.load(folder / CHECKPOINT, weights_only=True)
    state["origin"][SENTENCEPIECE] = "another"
    torch.save(state, tmp_path / "old.pt")
    other = copied(folder, tmp_path / "other")
    with pytest.raises(ModelError, match="made with another sentencepiece"):
        learn(recipe, other, start=tmp_path / "old.pt", limits=SURE)


def test_a_run_ends_when_its_time_is_over(folder: Path, recipe: Recipe) -> None:
    points = []
    limits = replace(SURE, minutes=0.02, every=10_000)
    learn(recipe.resized(steps=1_000_000), folder, limits=limits, report=points.append)
    [point] = points
    assert 0 < point.step < 1_000_000
    assert held(folder / CHECKPOINT)["state"]["step"] == point.step


def test_the_rate_falls_with_the_time_left(recipe: Recipe) -> None:
    schedule = replace(recipe.schedule, steps=1_000_000, cooldown=0.5)
    found = [rate(schedule, 30, passed) for passed in (0.0, 0.5, 0.75, 1.0)]
    assert found == pytest.approx([1.0, 1.0, 0.5, 0.1])


def test_the_type_of_numbers_is_chosen_by_timing_and_kept(folder: Path, recipe: Recipe) -> None:
    said: list[str] = []
    path = learn(recipe.resized(steps=1), folder, say=said.append)
    timed = {line.partition(":")[0]: float(line.split()[1]) for line in said[:2]}
    chosen = held(path)["state"]["history"][0]["precision"]
    assert timed[chosen] == min(timed.values())
    said.clear()
    learn(recipe.resized(steps=2), folder, say=said.append)
    assert len(said) == 1
    assert chosen in said[0]
    with pytest.raises(OptionError, match="unknown type 'bfloat17'"):
        learn(recipe.resized(steps=3), folder, limits=TrainingLimits(precision="bfloat17"))


def test_batches_made_ahead_are_the_same(folder: Path, recipe: Recipe) -> None:
    path = learn(recipe, folder, limits=SURE)
    once = held(path)["averaged"]
    path.unlink()
    twice = held(learn(recipe, folder, limits=replace(SURE, workers=2)))["averaged"]
    assert all(torch.equal(once[name], twice[name]) for name in once)


def test_weights_travel_in_small_parts(folder: Path, recipe: Recipe, tmp_path: Path) -> None:
    from egiz.translate.train.export import export_checkpoint, join_weights, split_weights

    path = learn(recipe, folder, limits=SURE)
    parts = split_weights(folder, tmp_path / "parts", 20_000)
    assert len(parts) > 3
    assert all(part.stat().st_size <= 20_000 for part in parts[1:])
    other = copied(folder, tmp_path / "other")
    made = join_weights(tmp_path / "parts", other)
    wanted, found = held(path), held(made)
    assert found["state"] == wanted["state"]
    for name, value in found["averaged"].items():
        torch.testing.assert_close(value, wanted["averaged"][name], rtol=0.01, atol=1e-5)
    assert (export_checkpoint(recipe, other) / "model.safetensors").is_file()
    third = copied(folder, tmp_path / "third")
    followed = held(learn(recipe.resized(steps=8), third, start=other, limits=SURE))
    assert followed["state"]["step"] == 8


def test_a_packed_run_learns_where_it_is_unpacked(
    folder: Path, recipe: Recipe, tmp_path: Path, toy_recipe_file: Path
) -> None:
    from egiz.translate.train.export import pack

    archive = tmp_path / "run.tar.xz"
    assert pack(folder, toy_recipe_file, archive) == archive.stat().st_size
    with tarfile.open(archive) as content:
        names = content.getnames()
        content.extractall(tmp_path / "there", filter="data")
    assert not [name for name in names if "starter/model.bin" in name or "__pycache__" in name]
    command = [sys.executable, "egiz_train.py", "learn", "--recipe", "run/recipe.toml", "--folder", "run"]
    options = ["--steps", "2", "--tokens", "256", "--precision", "float32"]
    told = subprocess.run(
        [*command, *options, "--workers", "1"],
        cwd=tmp_path / "there",
        check=True,
        env={"PATH": ""},
        capture_output=True,
        text=True,
    )
    assert "step 2" in told.stdout
    assert "Traceback" not in told.stderr
    curve = (tmp_path / "there/run/curve.jsonl").read_text(encoding="utf-8")
    assert json.loads(curve)["step"] == 2
