"""The training loop: from a recipe and rows to checkpoints and a learning curve.

A run can be interrupted and resumed: a checkpoint holds weights, optimiser states and the position in the
data, so a resumed run takes the same steps as an uninterrupted one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from egiz.translate.engine.hardware import cpu_name, usable_cores
from egiz.translate.errors import InputError, OptionError
from egiz.translate.languages import language
from egiz.translate.models.checkpoint import vocabulary_size
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.text import normalise
from egiz.translate.train.batches import ExampleMaker, MapParts, TrainingBatch, ahead, epoch, map_in_workers
from egiz.translate.train.corpus import ROWS, TrainingRow, check_rows, read_columns, read_hints, read_rows
from egiz.translate.train.network import network
from egiz.translate.train.pieces import Pieces
from egiz.translate.train.recipe import Recipe, Schedule
from egiz.translate.train.resume import (
    CHECKPOINT,
    RunSegment,
    State,
    follow,
    input_hashes,
    is_converted_model,
    resume,
    save,
    start_from,
    weights_in,
)
from egiz.translate.train.step import Learner

CURVE = "curve.jsonl"
_FLOOR = 0.1  # share of the peak rate at the end of the cool-down
_LAST = 0.03  # share of a limited time that is reserved for measuring and saving


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of the learning curve.

    `loss` is the mean training loss since the last point, `dev` the loss on the dev set per direction,
    without label smoothing; both are in nats per target token. `rate` is the learning rate; `tokens` and
    `seconds` are totals of the run.
    """

    step: int
    epoch: int
    rate: float
    loss: float
    dev: dict[str, float]
    tokens: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLimits:
    """Limits and resources of one call of `learn`.

    A checkpoint is saved after each `every` steps. `workers` is the number of processes that make batches;
    with 0 the training process makes them itself. Training ends after `minutes` even if steps are left, and
    the learning rate cools down before that. `precision` is ``bfloat16`` or ``float32``; None measures both
    and takes the faster one.
    """

    every: int = 250
    workers: int = 0
    minutes: float | None = None
    precision: str | None = None

    def __post_init__(self) -> None:
        if self.every < 1:
            raise OptionError(f"a checkpoint every {self.every} steps", expected="1 or more")
        if self.minutes is not None and not self.minutes > 0:
            raise OptionError(f"{self.minutes} minutes", expected="more than 0")


def rate(schedule: Schedule, step: int, passed: float = 0.0) -> float:
    """The learning rate at `step` as a share of the peak: linear warm-up, plateau, linear cool-down to 0.1.

    `passed` is the share of the time limit that has passed. The cool-down takes the share `schedule.cooldown`
    of the steps at the end, and the same share of the time limit. It begins as soon as one of these two
    periods begins.
    """
    if step < schedule.warmup:
        return (step + 1) / schedule.warmup
    left = (schedule.steps - step) / max(1.0, schedule.cooldown * schedule.steps)
    time_left = (1 - passed) / max(1e-9, schedule.cooldown)
    return max(_FLOOR, min(1.0, left, time_left))


def learn(
    recipe: Recipe,
    folder: Path,
    dev: Sequence[tuple[str, ...]] = (),
    *,
    start: Path | None = None,
    limits: TrainingLimits | None = None,
    report: Callable[[Point], None] = lambda point: None,
    say: Callable[[str], None] = lambda text: None,
) -> Path:
    """Train until the recipe's last step or the time limit; resume from the checkpoint in `folder`, if any.

    `folder` holds the files that `prepare` and `train_vocabulary` wrote. `dev` are aligned sentences in the
    recipe's languages; their loss is measured at every checkpoint. This measurement, and the export, use the
    running average of the weights (Izmailov et al. 2018).

    A new run begins with random weights or, if `start` is given, with the weights of `start`. `start` is a
    CTranslate2 model of the same shape, or the training checkpoint (or its folder) of another run with the
    same shape and pieces. From such a checkpoint the optimiser states are used as well. The other run may
    have had other rows, and other sources or weights of sources.

    `report` is called with each point of the learning curve, `say` with messages to the user. Returns the
    path of the checkpoint.

    Raises InputError if rows or vocabulary are missing, do not fit the recipe, or make no batch; ModelError
    if the checkpoint in `folder` is of another run, or `start` has another shape.
    """
    limits = limits or TrainingLimits()
    rows, pieces, noisy = _read_inputs(recipe, folder)
    made_from = input_hashes(recipe, folder, start)
    maker = ExampleMaker(recipe, rows, noisy, read_hints(folder))
    with map_in_workers(maker, limits.workers) as each:
        learner, state = _begin(recipe, folder, start, made_from)
        _begin_segment(recipe, learner, state, limits, made_from, say)
        batches = _batches_from(state, maker, each)
        if limits.workers:
            batches = ahead(batches)

        def finish(losses: Sequence[Any], share: float) -> None:
            measured = learner.measure(recipe, pieces, dev)
            save(folder / CHECKPOINT, recipe, learner, state, made_from)
            point = Point(
                step=state.step,
                epoch=state.epoch,
                rate=share * recipe.schedule.rate,
                loss=float(sum(losses) / len(losses)),
                dev=measured,
                tokens=state.tokens,
                seconds=round(state.seconds, 1),
            )
            with (folder / CURVE).open("a", encoding="utf-8", newline="\n") as curve:
                curve.write(json.dumps(asdict(point)) + "\n")
            report(point)

        _train(recipe.schedule, limits, learner, state, batches, finish)
    return folder / CHECKPOINT


def _train(
    schedule: Schedule,
    limits: TrainingLimits,
    learner: Learner,
    state: State,
    batches: Iterator[tuple[int, int, TrainingBatch]],
    finish: Callable[[Sequence[Any], float], None],
) -> None:
    """Train to the last step or the time limit.

    `finish` is called whenever a checkpoint is due. Its arguments are the losses since the last checkpoint,
    and the current learning rate as a share of the peak rate.
    """
    began = last = time.perf_counter()
    losses: list[Any] = []
    ended = state.step >= schedule.steps
    while not ended:
        state.epoch, state.batch, batch = next(batches)
        passed = (last - began) / (60 * limits.minutes) if limits.minutes else 0.0
        share = rate(schedule, state.step, passed)
        losses.append(learner.step(batch, share, state.step))
        now = time.perf_counter()
        state.took(sum(len(example.source) + len(example.target) for example in batch.examples), now - last)
        last = now
        ended = state.step >= schedule.steps or passed > 1 - _LAST
        if state.step % limits.every == 0 or ended:
            finish(losses, share)
            losses.clear()
            last = time.perf_counter()


def _begin(
    recipe: Recipe, folder: Path, start: Path | None, made_from: dict[str, str]
) -> tuple[Learner, State]:
    """The network with its optimisers, and the state of the run.

    They are resumed from `folder`, continued from another run, or new.
    """
    import torch

    torch.manual_seed(recipe.schedule.seed)
    model: Any = network(recipe)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if (folder / CHECKPOINT).exists():
        learner = Learner(recipe, model, device)
        return learner, resume(folder / CHECKPOINT, learner, made_from)
    if start is not None and not is_converted_model(start):
        learner = Learner(recipe, model, device)
        return learner, follow(weights_in(start), learner, made_from)
    if start is not None:
        codes = [language(tag).code for tag in recipe.languages]
        start_from(start, model, folder / SENTENCEPIECE, codes)
    return Learner(recipe, model, device), State()


def _begin_segment(
    recipe: Recipe,
    learner: Learner,
    state: State,
    limits: TrainingLimits,
    made_from: dict[str, str],
    say: Callable[[str], None],
) -> None:
    """Choose the precision, and add a segment to the run's history.

    No segment is added if machine, inputs and precision are the same as in the last segment.
    """
    machine = _machine(learner.device)
    last = state.history[-1] if state.history else None
    same = last is not None and (last.machine, last.origin) == (machine, made_from)
    wanted = limits.precision or (last.precision if last and same else None)
    for name, seconds in learner.choose(recipe, wanted).items():
        say(f"{name}: {seconds:.3f} s forward and back")
    say(f"learning in {learner.precision} on {machine}, from step {state.step}")
    if last is None or not same or last.precision != learner.precision:
        tokens = recipe.schedule.tokens
        state.history.append(
            RunSegment(
                origin=made_from,
                machine=machine,
                precision=learner.precision,
                batch=tokens,
                first=state.step,
                step=state.step,
            )
        )


def _machine(device: str) -> str:
    """The name of the GPU, or of the processor with the number of usable cores."""
    import torch

    if device == "cuda":
        return str(torch.cuda.get_device_name())
    return ", ".join(filter(None, (cpu_name(), f"{usable_cores()} cores")))


def _read_inputs(recipe: Recipe, folder: Path) -> tuple[list[TrainingRow], Pieces, Pieces]:
    """Read the rows, the pieces without dropout (for the dev set) and the pieces with dropout (for training).

    Raises InputError if they do not fit the recipe.
    """
    rows = read_rows(folder)
    check_rows(rows, recipe, where=str(folder / ROWS))
    path = folder / SENTENCEPIECE
    pieces = Pieces.load(path, len(recipe.languages))
    size = vocabulary_size(path, recipe.languages)
    if size != recipe.vocabulary:
        raise InputError(
            f"the pieces make a vocabulary of {size}",
            where=str(path),
            expected=f"{recipe.vocabulary} as in the recipe",
            action="Run `egiz train vocabulary` again.",
        )
    return rows, pieces, Pieces.load(path, len(recipe.languages), recipe.noise.piece_dropout)


def read_dev(path: Path, recipe: Recipe) -> list[tuple[str, ...]]:
    """Read aligned sentences, one column per language of the recipe, normalised like the engine's input."""
    columns = read_columns(path, recipe.languages)
    return [tuple(map(normalise, cells)) for cells in zip(*columns.values(), strict=True)]


def _batches_from(
    state: State, maker: ExampleMaker, each: MapParts | None = None
) -> Iterator[tuple[int, int, TrainingBatch]]:
    """Yield batches from the position in `state` on, epoch after epoch without end.

    Each comes with the number of its epoch and its own number in the epoch, from 1.
    """
    number, before = state.epoch, state.batch
    while True:
        place = before
        for batch in islice(epoch(maker, number, each), before, None):
            place += 1
            yield number, place, batch
        if place == before == 0:
            raise InputError(
                f"{len(maker.rows)} rows make no full batch of {maker.recipe.schedule.tokens} tokens",
                expected="enough pairs of one length in the recipe's directions",
                action="Add text, or lower `tokens` in the recipe's [schedule].",
            )
        number, before = number + 1, 0
