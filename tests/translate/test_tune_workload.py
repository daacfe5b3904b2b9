"""Measuring the starter itself, and what must not depend on how work is shared out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from egiz.translate.ctranslate2_engine import CTranslate2Engine, Hardware
from egiz.translate.engine import Decoding
from egiz.translate.errors import ModelError
from egiz.translate.models import read_manifest, resolve
from egiz.translate.translator import WINDOW
from egiz.translate.tune import Choice, Setting, read_tunings, tune
from egiz.translate.tune.workload import LENGTHS, ModelWorkload
from tests.translate.tiny import LINES

CPU = Hardware(device="cpu")


@pytest.fixture(scope="module")
def workload() -> ModelWorkload:
    return ModelWorkload(resolve("starter"), CPU)


def test_a_window_has_each_length_equally_often() -> None:
    assert WINDOW % len(LENGTHS) == 0
    assert sorted(LENGTHS) == list(LENGTHS)


def test_sizes_are_alike_where_they_cut_the_same_batches(workload: ModelWorkload) -> None:
    assert workload.batches(2048) == workload.batches(1024) == workload.batches(512)
    assert len({workload.batches(size) for size in (512, 256, 128)}) == 3


@pytest.mark.parametrize(("limit", "lengths"), [(100_000_000, [2, 11]), (0, [11, 11])])
def test_outputs_have_a_share_of_their_batchs_longest_source(
    monkeypatch: pytest.MonkeyPatch, limit: int, lengths: list[int]
) -> None:
    """By the second row the model counts as large, and both sentences share a batch."""
    monkeypatch.setattr("egiz.translate.ctranslate2_engine._SMALL_MODEL", limit)
    engine = CTranslate2Engine(resolve("starter"), CPU)
    sources = [["kaz_Cyrl", *["▁бір"] * length, "</s>"] for length in (3, 20)]
    found = engine.search(sources, [["rus_Cyrl"]] * 2, Decoding(hypotheses=1, length_extra=50), part=0.5)
    assert [len(hypotheses[0].tokens) for hypotheses in found] == lengths


def test_of_a_large_model_sizes_make_other_batches(
    monkeypatch: pytest.MonkeyPatch, workload: ModelWorkload
) -> None:
    monkeypatch.setattr("egiz.translate.ctranslate2_engine._SMALL_MODEL", 0)
    assert len({workload.batches(size) for size in (4096, 1024, 512, 256)}) == 4


def test_threads_and_workers_change_no_output() -> None:
    made = [
        CTranslate2Engine(
            resolve("starter"), Hardware(device="cpu", threads=threads, workers=workers)
        ).translate(LINES[:6], source="kk", target="ru", decoding=Decoding(batch_tokens=128))
        for threads, workers in ((1, 1), (2, 1), (2, 2))
    ]
    assert made[0] == made[1] == made[2]


def test_on_a_gpu_only_batches_are_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def chosen(
        workload: object, default: Setting, divisions: object, *rest: object, **named: object
    ) -> Choice:
        asked.append((default.workers, divisions))
        return Choice(
            setting=default,
            default=default,
            gain=1.0,
            default_speed=1.0,
            trials=(),
            alike=(),
            cut_short=False,
        )

    monkeypatch.setattr("egiz.translate.tune.run.choose", chosen)
    made = tune(resolve("starter"), Hardware(device="cuda"), home=tmp_path)
    assert asked == [(1, ())]
    assert (made.record.device, made.record.precision) == ("cuda", "float16")


def test_a_model_that_lacks_a_file_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(resolve("starter"), tmp_path / "model")
    (folder / "model.bin").unlink()
    with pytest.raises(ModelError, match=r"model\.bin is missing"):
        tune(folder, CPU, home=tmp_path)


def test_with_no_time_the_default_is_measured_and_recorded(tmp_path: Path) -> None:
    made = tune(resolve("starter"), CPU, home=tmp_path, seconds=0)
    manifest = read_manifest(resolve("starter"))
    default = Decoding.parse(manifest.decoding).batch_tokens
    [held] = read_tunings(tmp_path)
    assert held.setting == made.choice.setting == made.choice.default
    assert (held.fingerprint, held.device, held.precision) == (manifest.fingerprint, "cpu", "int8")
    assert isinstance(held.setting, Setting)
    assert made.former_batch_tokens == held.setting.batch_tokens == default
    assert held.cut_short
    assert held.speed == held.default_speed > 0
