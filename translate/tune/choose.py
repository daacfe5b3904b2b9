"""The choice among settings: each takes turns with the best so far, and must win twice to replace it.

First the ways to share the cores among workers are tried with batches of the default size, then sizes of
batches with the best of them (coordinate descent): trying all combinations would take several times as long,
and how many tokens suit a batch depends little on who works through it.

Other work on the machine comes and goes, so speeds are compared only within a round, in which both settings
run one after the other; the median of the rounds counts. Of several settings that are equally fast, one
always looks faster by chance: therefore the winner must win again, and that second result is recorded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Protocol

from egiz.translate.tune.records import Setting

Run = Callable[[int], object]
"""Does the work to be measured, in batches of so many tokens."""

ROUNDS = 5
"""Turns of a comparison. A setting that has lost most of them can no longer win, and is left at that."""
LONG = 2.0
"""Seconds from which a run is long enough to even out much of what disturbs it: three turns must do then, so
that a large model takes minutes and not a quarter of an hour."""
_ROUNDS_OF_LONG = 3
DIVISION_MARGIN = 0.03
"""How much faster another division of the cores must be. Less would not be noticed, and could be chance. The
choice costs nothing: outputs stay the same."""
BATCH_MARGIN = 0.05
"""How much faster another size of batches must be: more than of a division, because translations that are
remembered with the former size are not found again, and published settings change."""


class Workload(Protocol):
    """What is measured: a fixed number of sentences, decoded by the model."""

    @property
    def sentences(self) -> int:
        """How many sentences one run decodes."""
        ...

    def open(self, *, threads: int, workers: int) -> Run:
        """Load the model so, ready to be measured."""
        ...

    def batches(self, batch_tokens: int) -> Hashable:
        """The batches that the sentences are cut into; sizes with equal ones need not both be measured."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One comparison: sentences per second (median), and how many times as fast as the default.

    `again` is True for the second comparison of a setting that has won.
    """

    setting: Setting
    speed: float
    gain: float
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The chosen setting, all that was tried, and the speeds of the chosen and the default setting.

    `gain` is how many times as fast as the default the chosen one was in its own comparisons, 1 where it is
    the default; `speed` is `default_speed` times that. `alike` are the sizes of batches that were not tried
    because they cut the sentences into the same batches as another. `cut_short` where time ran out.
    """

    setting: Setting
    default: Setting
    gain: float
    default_speed: float
    trials: tuple[Trial, ...]
    alike: tuple[int, ...]
    cut_short: bool

    @property
    def speed(self) -> float:
        """Sentences per second of the chosen setting."""
        return self.default_speed * self.gain


def choose(
    workload: Workload,
    default: Setting,
    divisions: Sequence[tuple[int, int]],
    sizes: Sequence[int],
    *,
    seconds: float,
    clock: Callable[[], float] = time.perf_counter,
    report: Callable[[str], None] = lambda line: None,
) -> Choice:
    """Choose among divisions, given as (threads in all, workers), and sizes of batches, in their order.

    After `seconds` by `clock` no further run is begun, and a comparison that is not finished counts for
    nothing. The default is measured once whatever time there is. `report` gets a line for every comparison.
    """
    race = _Race(workload, default, clock, clock() + seconds, report)
    differing, alike = _differing(workload, default.batch_tokens, sizes)
    cut_short = False
    try:
        race.stage(
            [replace(default, threads=threads, workers=workers) for threads, workers in divisions],
            DIVISION_MARGIN,
        )
        race.stage([replace(race.chosen, batch_tokens=size) for size in differing], BATCH_MARGIN)
    except _OutOfTime:
        cut_short = True
    return Choice(
        setting=race.chosen,
        default=default,
        gain=race.gain,
        default_speed=workload.sentences / median(race.default_seconds),
        trials=tuple(race.trials),
        alike=alike,
        cut_short=cut_short,
    )


def _differing(
    workload: Workload, default: int, sizes: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Sizes that make other batches than the default and those before them; and the rest."""
    seen, differing = {workload.batches(default)}, []
    for size in sizes:
        made = workload.batches(size)
        if made not in seen:
            seen.add(made)
            differing.append(size)
    return tuple(differing), tuple(size for size in sizes if size not in (*differing, default))


class _OutOfTime(Exception):
    """No further run may begin."""


class _Race:
    """The best setting so far, `gain` times as fast as the default, and what it takes to replace it."""

    def __init__(
        self,
        workload: Workload,
        default: Setting,
        clock: Callable[[], float],
        deadline: float,
        report: Callable[[str], None],
    ) -> None:
        self.chosen, self.gain = default, 1.0
        self.trials: list[Trial] = []
        self._default, self._workload, self._report = default, workload, report
        self._clock, self._deadline = clock, deadline
        self._open: dict[tuple[int, int], Run] = {}
        self.default_seconds: list[float] = []
        spent = self._run(default)
        self._rounds = ROUNDS if spent < LONG else _ROUNDS_OF_LONG
        report(f"{default}: {workload.sentences / spent:.1f} sentences/s, the default")

    def stage(self, candidates: Sequence[Setting], margin: float) -> None:
        """Compare each with the best before the stage; the fastest replaces it if it wins twice."""
        found = [(self._compare(candidate, margin), candidate) for candidate in candidates]
        if not found:
            return
        ratio, best = max(found, key=lambda pair: pair[0])
        if ratio >= 1 + margin:
            ratio = self._compare(best, margin, again=True)
        if ratio >= 1 + margin:
            self.chosen, self.gain = best, self.gain * ratio

    def _compare(self, challenger: Setting, margin: float, *, again: bool = False) -> float:
        """How many times as fast as the best so far a setting is: the median of rounds that take turns."""
        ratios, taken = [], []
        for number in range(self._rounds):
            order = (self.chosen, challenger) if number % 2 == 0 else (challenger, self.chosen)
            spent = {setting: self._timed(setting, beside=challenger) for setting in order}
            taken.append(spent[challenger])
            ratios.append(spent[self.chosen] / spent[challenger])
            if sum(ratio < 1 + margin for ratio in ratios) > self._rounds // 2:
                break
        ratio = median(ratios)
        speed = self._workload.sentences / median(taken)
        trial = Trial(setting=challenger, speed=speed, gain=self.gain * ratio, again=again)
        self.trials.append(trial)
        self._report(f"{challenger}: {speed:.1f} sentences/s, {trial.gain:.2f} times the default")
        return ratio

    def _timed(self, setting: Setting, *, beside: Setting) -> float:
        if self._clock() >= self._deadline:
            raise _OutOfTime
        return self._run(setting, beside=beside)

    def _run(self, setting: Setting, beside: Setting | None = None) -> float:
        """Seconds of one run. At most two models are open: memory may not hold a third."""
        needed = {(item.threads, item.workers) for item in (self.chosen, setting, beside) if item}
        for division in set(self._open) - needed:
            del self._open[division]
        threads, workers = division = setting.threads, setting.workers
        if division not in self._open:
            self._open[division] = self._workload.open(threads=threads, workers=workers)
        start = self._clock()
        self._open[division](setting.batch_tokens)
        spent = self._clock() - start
        if setting == self._default:
            self.default_seconds.append(spent)
        return spent
