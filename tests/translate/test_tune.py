"""The choice among settings, on a machine and a clock that are made up."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Callable, Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.tune import BATCH_MARGIN, DIVISION_MARGIN, Choice, Setting, choose
from egiz.translate.tune.choose import LONG, ROUNDS, Run
from egiz.translate.tune.run import divisions

Speeds = Callable[[Setting, int], float]
"""Seconds of a run of a setting, by how many runs it has had before."""

DEFAULT = Setting(threads=4, workers=4, batch_tokens=2048)
DIVISIONS = ((4, 2), (4, 1))
SIZES = (256, 512)
HALF = Setting(threads=4, workers=2, batch_tokens=2048)
MOST_OF_THEM = ROUNDS // 2 + 1


class Machine:
    """Runs take the seconds that `speeds` says, by a clock that only runs move."""

    sentences = 100

    def __init__(self, speeds: Speeds, cuts: Callable[[int], Hashable] = lambda size: size) -> None:
        self.now = 0.0
        self.runs: Counter[Setting] = Counter()
        self.open_models: weakref.WeakSet[Run] = weakref.WeakSet()
        self.most_open = 0
        self._speeds, self._cuts = speeds, cuts

    def open(self, *, threads: int, workers: int) -> Run:
        def run(batch_tokens: int) -> None:
            setting = Setting(threads=threads, workers=workers, batch_tokens=batch_tokens)
            self.now += self._speeds(setting, self.runs[setting])
            self.runs[setting] += 1

        self.open_models.add(run)
        self.most_open = max(self.most_open, len(self.open_models))
        return run

    def batches(self, batch_tokens: int) -> Hashable:
        return self._cuts(batch_tokens)

    def choose(self, seconds: float = 1e9) -> Choice:
        return choose(self, DEFAULT, DIVISIONS, SIZES, seconds=seconds, clock=lambda: self.now)


def machine(*, workers: dict[int, float] | None = None, sizes: dict[int, float] | None = None) -> Machine:
    """Where some numbers of workers and sizes of batches are so many times as fast as the default."""

    def seconds(setting: Setting, before: int) -> float:
        faster = (workers or {}).get(setting.workers, 1.0) * (sizes or {}).get(setting.batch_tokens, 1.0)
        return 1 / faster

    return Machine(seconds)


def test_the_fastest_division_and_then_the_fastest_size_are_chosen() -> None:
    made = machine(workers={2: 1.5, 1: 1.2}, sizes={256: 1.1, 512: 1.25}).choose()
    assert made.setting == Setting(threads=4, workers=2, batch_tokens=512)
    assert made.gain == pytest.approx(1.5 * 1.25)
    assert (made.default_speed, made.speed) == pytest.approx((100, 187.5))
    assert [(trial.setting.workers, trial.setting.batch_tokens, trial.again) for trial in made.trials] == [
        (2, 2048, False),
        (1, 2048, False),
        (2, 2048, True),
        (2, 256, False),
        (2, 512, False),
        (2, 512, True),
    ]
    assert not made.cut_short


@pytest.mark.parametrize(
    ("workers", "sizes", "chosen"),
    [
        ({2: 1 + DIVISION_MARGIN - 0.001}, {}, DEFAULT),
        ({2: 1 + DIVISION_MARGIN + 0.001}, {}, HALF),
        ({}, {512: 1 + BATCH_MARGIN - 0.001}, DEFAULT),
        ({}, {512: 1 + BATCH_MARGIN + 0.001}, Setting(threads=4, workers=4, batch_tokens=512)),
        ({2: 0.5, 1: 0.9}, {256: 0.99, 512: 1.0}, DEFAULT),
    ],
)
def test_what_is_hardly_faster_is_not_worth_a_change(
    workers: dict[int, float], sizes: dict[int, float], chosen: Setting
) -> None:
    assert machine(workers=workers, sizes=sizes).choose().setting == chosen


def test_who_wins_by_luck_does_not_win_again() -> None:
    made = Machine(lambda setting, before: 0.8 if setting == HALF and before < ROUNDS else 1.0).choose()
    assert [trial.gain for trial in made.trials if trial.setting == HALF] == pytest.approx([1.25, 1.0])
    assert (made.setting, made.gain) == (DEFAULT, 1.0)


def test_a_slow_spell_of_the_machine_changes_nothing() -> None:
    slowing = Machine(lambda setting, before: 0.0)
    slowing._speeds = lambda setting, before: (0.9 if setting == HALF else 1.0) * (1 + slowing.now / 200)
    found = slowing.choose()
    assert found.setting == HALF
    assert found.gain == pytest.approx(1 / 0.9, rel=0.02)


def test_one_disturbed_round_changes_nothing() -> None:
    def disturbed(setting: Setting, before: int) -> float:
        usual = 0.9 if setting == HALF else 1.0
        return usual * (5.0 if before == 2 and setting in (HALF, DEFAULT) else 1.0)

    assert Machine(disturbed).choose().setting == HALF


def test_who_has_lost_most_rounds_runs_no_more() -> None:
    track = machine()
    track.choose()
    others = Setting(threads=4, workers=1, batch_tokens=2048), Setting(threads=4, workers=4, batch_tokens=256)
    assert [track.runs[setting] for setting in (HALF, *others)] == [MOST_OF_THEM] * 3


def test_long_runs_take_fewer_turns() -> None:
    track = Machine(lambda setting, before: LONG * (0.5 if setting == HALF else 1.0))
    made = track.choose()
    assert (made.setting, made.gain) == (HALF, 2.0)
    assert track.runs[Setting(threads=4, workers=1, batch_tokens=2048)] == 2


def test_without_time_the_default_is_measured_and_kept() -> None:
    track = machine(workers={2: 2.0})
    made = track.choose(seconds=0)
    assert (made.setting, made.trials, made.cut_short) == (DEFAULT, (), True)
    assert made.default_speed == pytest.approx(100)
    assert track.runs == {DEFAULT: 1}


def test_what_was_won_before_time_ran_out_stays() -> None:
    whole = machine(workers={2: 2.0}, sizes={256: 2.0})
    whole.choose()
    cut = machine(workers={2: 2.0}, sizes={256: 2.0})
    made = cut.choose(seconds=whole.now - 1.0)
    assert (made.setting, made.gain, made.cut_short) == (HALF, 2.0, True)


def test_a_comparison_that_is_not_finished_counts_for_nothing() -> None:
    made = machine(workers={2: 2.0}).choose(seconds=5.0)
    assert (made.setting, made.trials, made.cut_short) == (DEFAULT, (), True)


def test_sizes_that_make_the_same_batches_are_not_measured_twice() -> None:
    same = Machine(lambda setting, before: 1.0, cuts=lambda size: size >= 512)
    made = same.choose()
    assert made.alike == (512,)
    assert {setting.batch_tokens for setting in same.runs} == {2048, 256}


def test_no_more_than_two_models_are_open() -> None:
    track = machine(workers={1: 2.0, 2: 1.5}, sizes={256: 2.0})
    track.choose()
    assert track.most_open == 2


FACTORS = st.floats(0.2, 5.0)


@given(st.dictionaries(st.sampled_from([1, 2]), FACTORS), st.dictionaries(st.sampled_from(SIZES), FACTORS))
def test_on_a_quiet_machine_nothing_that_is_worth_a_change_is_missed(
    workers: dict[int, float], sizes: dict[int, float]
) -> None:
    made = machine(workers=workers, sizes=sizes).choose()
    best_division, best_size = (max(1.0, *found.values(), 0.0) for found in (workers, sizes))
    gained = (best_division if best_division >= 1 + DIVISION_MARGIN + 1e-9 else 1.0) * (
        best_size if best_size >= 1 + BATCH_MARGIN + 1e-9 else 1.0
    )
    assert made.gain == pytest.approx(gained, rel=1e-6)
    assert (made.setting == DEFAULT) == (made.gain == 1.0)


@pytest.mark.parametrize(
    ("cores", "default_workers", "expected"),
    [
        (1, 1, ()),
        (2, 2, ((2, 1),)),
        (2, 1, ((2, 2),)),
        (4, 4, ((4, 2), (4, 1), (2, 2), (2, 1))),
        (6, 1, ((6, 2), (6, 3), (6, 6), (3, 1), (3, 3))),
    ],
)
def test_cores_are_shared_out_equally(
    cores: int, default_workers: int, expected: tuple[tuple[int, int], ...]
) -> None:
    assert divisions(cores, Setting(threads=cores, workers=default_workers, batch_tokens=1)) == expected
