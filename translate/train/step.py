"""One training step: loss, gradients and optimisers, in the type that is fast on this machine.

The loss is cross-entropy over the vocabulary. It is computed together with its gradient, for a block of some
hundred positions at a time, so that the scores of a block, in float32, fit in the processor's cache. Only the
gradients of the scores are kept, in the narrow type, so that the gradients of hidden states and weights are
one matrix product each. On two CPU cores with AMX, 5,000 positions of width 384 over 12,288 pieces take half
as long as with a product for each block.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from egiz.translate.errors import OptionError, nearest
from egiz.translate.train.batches import BUCKETS, Example, TrainingBatch, fixed
from egiz.translate.train.network import IGNORED, DropoutMasks, hidden_states, tensors
from egiz.translate.train.pieces import END, Pieces
from egiz.translate.train.recipe import Recipe, Schedule

if TYPE_CHECKING:
    import torch

_SCORES = {"cpu": 1 << 21, "cuda": 1 << 28}
"""The number of scores (positions times vocabulary) that are computed at a time, by device."""


def cross_entropy(
    hidden: torch.Tensor, weight: torch.Tensor, labels: torch.Tensor, smoothing: float
) -> torch.Tensor:
    """The mean smoothed cross-entropy of ``hidden @ weight.T`` against `labels`, in nats.

    `hidden` is ``[positions, width]``, `weight` ``[vocabulary, width]``, `labels` ``[positions]``. Equals
    ``torch.nn.functional.cross_entropy(hidden @ weight.T, labels, label_smoothing=smoothing)``.
    """
    function = _cross_entropy_function()
    loss: torch.Tensor = function.apply(hidden, weight, labels, smoothing)
    return loss


def _cross_entropy_function() -> Any:
    """Make the autograd function of `cross_entropy`; its class needs torch, which is imported only here."""
    import torch

    class CrossEntropy(torch.autograd.Function):
        @staticmethod
        def forward(
            ctx: Any, hidden: torch.Tensor, weight: torch.Tensor, labels: torch.Tensor, smoothing: float
        ) -> torch.Tensor:
            count, words = len(labels), len(weight)
            rows = weight.to(hidden.dtype)
            slopes = torch.empty((count, words), dtype=hidden.dtype, device=hidden.device)
            total = torch.zeros((), device=hidden.device)
            step = max(64, _SCORES[hidden.device.type] // words)
            for at in range(0, count, step):
                label = labels[at : at + step, None]
                scores = (hidden[at : at + step] @ rows.T).float()
                top, mean = scores.amax(1, keepdim=True), scores.mean(1, keepdim=True)
                right = scores.gather(1, label)
                sums = scores.sub_(top).exp_().sum(1, keepdim=True)
                total += (sums.log() + top - (1 - smoothing) * right - smoothing * mean).sum()
                scores.div_(sums * count).sub_(smoothing / words / count)
                scores.scatter_add_(1, label, torch.full_like(right, (smoothing - 1) / count))
                slopes[at : at + step] = scores
            ctx.save_for_backward(slopes @ rows, (slopes.T @ hidden).float())
            return total / count

        @staticmethod
        def backward(ctx: Any, *slopes: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
            back, wide = ctx.saved_tensors
            return back * slopes[0], wide * slopes[0], None, None

    return CrossEntropy


TYPES = ("bfloat16", "float32")
_KEPT = 0.998  # share of the running average that is kept at each step
_TRIES = 2
_SAMPLE = 4  # a batch of 1/4 of the tokens is timed
_STEPS = 1_000_003  # more steps than any run has, so that every step has its own seed


class Learner:
    """A network with its optimisers and the running average of its weights.

    `precision` is the type of its matrix products, ``float32`` or ``bfloat16``.
    """

    def __init__(self, recipe: Recipe, model: Any, device: str) -> None:
        import torch

        self.schedule = recipe.schedule
        self.model = model.to(device)
        self.device = device
        self.precision = TYPES[1]
        self.optimisers = _optimisers(recipe.schedule, model)
        self.averaged = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=_average())

    def step(self, batch: TrainingBatch, share: float, number: int) -> torch.Tensor:
        """Train on a batch, at the learning rate `share` times the peak; return the loss, in nats per token.

        `number` is the number of the step, which seeds the dropout.
        """
        import torch

        loss = self._loss(self.model, batch, number)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * share
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.averaged.update_parameters(self.model)
        return loss.detach()

    def measure(self, recipe: Recipe, pieces: Pieces, dev: Sequence[tuple[str, ...]]) -> dict[str, float]:
        """The loss of the averaged weights on `dev` by direction; see the function `measure`."""
        return measure(recipe, self.averaged.module, pieces, dev, self.device, self.precision)

    def choose(self, recipe: Recipe, wanted: str | None = None) -> dict[str, float]:
        """Set the precision to `wanted` or, without it, to the faster one on this machine.

        The faster precision cannot be derived from the features of the hardware: some processors only emulate
        bfloat16, and some processors without matrix units are still faster with bfloat16. So a few forward
        and backward passes are timed, which do not change the weights. Returns the seconds of a pass by
        precision, empty if `wanted` is given. Raises OptionError for an unknown precision.
        """
        import torch

        if wanted is not None:
            if wanted not in TYPES:
                raise OptionError(f"unknown type {wanted!r}", action=nearest(wanted, TYPES))
            self.precision = wanted
            return {}
        length = BUCKETS[len(BUCKETS) // 2]
        example = Example([END] * length, [END] * length)
        batch = TrainingBatch(length, [example] * max(1, recipe.schedule.tokens // _SAMPLE // length))
        taken = {}
        for self.precision in TYPES:
            times = []
            for _ in range(1 + _TRIES):
                began = time.perf_counter()
                self._loss(self.model, batch, 0).backward()  # type: ignore[no-untyped-call]
                if self.device == "cuda":
                    torch.cuda.synchronize()
                times.append(time.perf_counter() - began)
                self.model.zero_grad(set_to_none=True)
            taken[self.precision] = round(min(times[1:]), 4)
        self.precision = min(taken, key=lambda name: taken[name])
        return taken

    def _loss(self, model: Any, batch: TrainingBatch, number: int) -> torch.Tensor:
        """The mean loss of a batch in nats per target token; `number` seeds the dropout."""
        import torch

        seed = self.schedule.seed * _STEPS + number
        masks = DropoutMasks(self.schedule.dropout, seed, getattr(torch, self.precision))
        return loss_of(model, batch, self.schedule.smoothing, self.device, self.precision, masks)


def loss_of(
    model: Any,
    batch: TrainingBatch,
    smoothing: float,
    device: str,
    precision: str,
    masks: DropoutMasks | None = None,
) -> torch.Tensor:
    """The mean loss of a batch in nats per target token."""
    import torch

    source, given, labels = tensors(batch, device)
    states = hidden_states(model, source, given, getattr(torch, precision), masks)
    wanted = labels.ne(IGNORED)
    return cross_entropy(states[wanted], model.lm_head.weight, labels[wanted], smoothing)


def measure(
    recipe: Recipe,
    model: Any,
    pieces: Pieces,
    dev: Sequence[tuple[str, ...]],
    device: str,
    precision: str = TYPES[1],
) -> dict[str, float]:
    """The loss of `model` on `dev` by direction, without label smoothing, in nats per target token.

    `dev` are aligned sentences in the recipe's languages; a direction without a pair is left out.
    """
    import torch

    measured = {}
    for direction in recipe.directions:
        source, _, target = direction.partition("-")
        first, second = recipe.languages.index(source), recipe.languages.index(target)
        pairs = [(row[first], row[second]) for row in dev if row[first] and row[second]]
        total, count = 0.0, 0
        with torch.no_grad():
            for batch in fixed(recipe, pairs, pieces, direction):
                number = sum(len(example.target) - 1 for example in batch.examples)
                total += float(loss_of(model, batch, 0.0, device, precision)) * number
                count += number
        if count:
            measured[direction] = round(total / count, 4)
    return measured


def _average() -> Callable[..., None]:
    """The function with which `AveragedModel` updates the running average of the weights.

    The average is exponential. It covers about 500 steps or, at the beginning of a run, a tenth of the steps
    so far.
    """
    import torch

    @torch.no_grad()
    def update(averages: list[torch.Tensor], current: list[torch.Tensor], count: torch.Tensor) -> None:
        share = max(10 / (int(count) + 10), 1 - _KEPT)
        torch._foreach_lerp_(averages, current, share)

    return update


def _optimisers(schedule: Schedule, model: torch.nn.Module) -> list[torch.optim.Optimizer]:
    """Muon (Jordan et al. 2024) for the layers' matrices, AdamW for embeddings, biases and norms."""
    import torch

    matrices = [item for name, item in model.named_parameters() if item.ndim == 2 and "shared" not in name]
    others = [item for name, item in model.named_parameters() if item.ndim != 2 or "shared" in name]
    muon = torch.optim.Muon(
        matrices, lr=schedule.matrix_rate, weight_decay=0.05, momentum=0.95, adjust_lr_fn="match_rms_adamw"
    )
    adam = torch.optim.AdamW(others, lr=schedule.rate, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0)
    for optimiser in (muon, adam):
        for group in optimiser.param_groups:
            group["peak"] = group["lr"]
    return [muon, adam]
