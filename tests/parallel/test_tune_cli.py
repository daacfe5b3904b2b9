"""`egiz doctor --tune`, and that later commands use what it found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from egiz.parallel.cli.options import EngineChoice
from egiz.parallel.doctor import examine
from egiz.translate.cores import usable_cores
from egiz.translate.ctranslate2_engine import CTranslate2Engine
from egiz.translate.models import Manifest, read_manifest, resolve
from egiz.translate.tune import Setting, Tuning, default_path, read_tunings, write_tuning
from tests.parallel.commandline import egiz

TUNED = Setting(threads=1, workers=1, batch_tokens=300)


def choice(
    home: Path, *, threads: int = 0, decoding: tuple[str, ...] = (), engine: str = "ctranslate2"
) -> EngineChoice:
    return EngineChoice(
        model="starter",
        home=home,
        device="cpu",
        precision="default",
        threads=threads,
        beam=5,
        decode="beam",
        decoding=decoding,
        engine_name=engine,
        no_memory=True,
    )


def starter(decoding: tuple[str, ...]) -> Manifest:
    return replace(read_manifest(resolve("starter")), decoding=decoding)


def record(home: Path, setting: Setting = TUNED, ctranslate2: str = "0.1") -> None:
    write_tuning(
        Tuning(
            model="starter",
            fingerprint=starter(()).fingerprint,
            device="cpu",
            precision="int8",
            cores=usable_cores(),
            cpu="",
            ctranslate2=ctranslate2,
            setting=setting,
            speed=12.0,
            default_speed=10.0,
            cut_short=False,
        ),
        home,
    )


@pytest.mark.parametrize(
    ("given", "tuned", "own", "used"),
    [
        ((), False, (), 2048),
        ((), False, ("batch_tokens=1024",), 1024),
        ((), True, ("batch_tokens=1024", "length_penalty=1.5"), 300),
        (("batch_tokens=512",), True, ("batch_tokens=1024",), 512),
        (("batch_tokens=512",), False, ("batch_tokens=1024",), 512),
    ],
)
def test_the_command_line_goes_before_the_tuning_and_that_before_the_model(
    tmp_path: Path, given: tuple[str, ...], tuned: bool, own: tuple[str, ...], used: int
) -> None:
    if tuned:
        record(tmp_path)
    decoding = choice(tmp_path, decoding=given).options(starter(own)).decoding
    assert decoding.batch_tokens == used
    assert decoding.length_penalty == (1.5 if len(own) > 1 else 1.0)


def test_the_reference_engine_is_not_tuned(tmp_path: Path) -> None:
    record(tmp_path)
    assert choice(tmp_path, engine="transformers").options(starter(())).decoding.batch_tokens == 2048


@pytest.mark.parametrize(("threads", "workers"), [(0, 1), (2, 2)])
def test_the_engine_is_opened_as_tuned_unless_threads_are_given(
    tmp_path: Path, threads: int, workers: int
) -> None:
    record(tmp_path)
    engine = choice(tmp_path, threads=threads).engine()
    assert isinstance(engine, CTranslate2Engine)
    assert engine.model.num_translators == workers


def test_it_is_recorded_and_a_build_takes_it(tmp_path: Path) -> None:
    run = egiz(tmp_path, "doctor", "--tune", "--device", "cpu", "--seconds", "0")
    shown = run.stdout.decode()
    assert run.returncode == 0, run.stderr.decode()
    assert "time ran out" in shown
    assert shown.endswith(f"recorded in {default_path(tmp_path)}\n")
    [held] = read_tunings(tmp_path)
    write_tuning(replace(held, setting=TUNED), tmp_path)
    source = tmp_path / "text.txt"
    source.write_text("1985\n", encoding="utf-8")
    built = egiz(tmp_path, "build", source, "-o", tmp_path / "out", "--effort", "fast", "--device", "cpu")
    assert built.returncode == 0, built.stderr.decode()
    assert "batch_tokens=300" in (tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8")


def test_a_changed_size_of_batches_is_said_to_cost_the_memory(tmp_path: Path) -> None:
    record(tmp_path)
    run = egiz(tmp_path, "doctor", "--tune", "--device", "cpu", "--seconds", "0")
    assert "translations remembered with batches of 300 tokens are not found" in run.stdout.decode()


@pytest.mark.parametrize("command", [("doctor", "--tune", "--seconds", "0"), ("translate",)])
def test_a_damaged_record_is_told_in_one_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    default_path(tmp_path).write_text(json.dumps({"tunings": [{}]}), encoding="utf-8")
    run = egiz(tmp_path, *command)
    assert run.returncode == 2
    [line] = run.stderr.decode().splitlines()
    assert f"{default_path(tmp_path)}: is no record of tuning" in line
    assert "Delete it" in line


def test_options_of_tuning_alone_are_wrong_usage(tmp_path: Path) -> None:
    run = egiz(tmp_path, "doctor", "--model", "starter")
    assert run.returncode == 2
    assert run.stderr.decode() == "egiz: --model goes with --tune. See 'egiz doctor --help'.\n"


def test_the_doctor_says_what_is_recorded(tmp_path: Path) -> None:
    def line() -> tuple[bool, str, str]:
        [found] = [finding for finding in examine(tmp_path) if finding.subject == "tuning"]
        return found.good, found.state, found.advice

    assert line()[:2] == (True, "none yet")
    record(tmp_path)
    good, state, advice = line()
    assert good
    assert state == (
        "starter (cpu, int8): workers × threads 1 × 1, batches of 300 tokens (1.20 times the default)"
    )
    assert "measured with ctranslate2 0.1" in advice
    default_path(tmp_path).write_text("{", encoding="utf-8")
    good, state, _ = line()
    assert not good
    assert "is not JSON" in state
