"""The learning loop: recipe and rows in, checkpoints and a learning curve out.

Stops and resumes anywhere: a checkpoint holds weights, optimiser state and the place in the data, so an
interrupted run that is started again takes the same steps as one that never stopped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from egiz.translate.errors import InputError, OptionError
from egiz.translate.languages import language
from egiz.translate.models.checkpoint import vocabulary_size
from egiz.translate.models.layout import SENTENCEPIECE
from egiz.translate.text import normalise
from egiz.translate.train.batches import Batch, epoch, fixed
from egiz.translate.train.corpus import ROWS, Row, check_rows, read_columns, read_rows
from egiz.translate.train.loss import cross_entropy
from egiz.translate.train.pieces import END, PAD, Pieces
from egiz.translate.train.recipe import HEAD, Recipe, Schedule
from egiz.translate.train.resume import CHECKPOINT, State, origin, resume, save
from egiz.translate.train.warm import start_from

if TYPE_CHECKING:
    import torch
    from transformers import M2M100ForConditionalGeneration

CURVE = "curve.jsonl"
_FLOOR = 0.1  # of the peak rate, reached at the end of the cool-down
_IGNORED = -100
_KEPT = 0.998  # of the running average, each step


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of the learning curve; losses are nats per target token, `dev` unsmoothed, per direction."""

    step: int
    epoch: int
    rate: float
    loss: float
    dev: dict[str, float]
    tokens: int
    seconds: float


def network(recipe: Recipe) -> M2M100ForConditionalGeneration:
    """An untrained M2M100, NLLB's architecture, in the recipe's dimensions."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    shape = recipe.shape
    config = M2M100Config(
        vocab_size=recipe.vocabulary,
        d_model=shape.width,
        encoder_layers=shape.encoder_layers,
        decoder_layers=shape.decoder_layers,
        encoder_ffn_dim=shape.feed_forward,
        decoder_ffn_dim=shape.feed_forward,
        encoder_attention_heads=shape.width // HEAD,
        decoder_attention_heads=shape.width // HEAD,
        dropout=recipe.schedule.dropout,
        attention_dropout=0.0,
        activation_dropout=0.0,
        encoder_layerdrop=0.0,
        decoder_layerdrop=0.0,
        max_position_embeddings=512,
        decoder_start_token_id=END,
    )
    config._attn_implementation = "eager"  # faster than the fused kernel at sentence lengths on CPUs
    return M2M100ForConditionalGeneration(config)


def rate(schedule: Schedule, step: int) -> float:
    """The share of the peak rate at `step`: linear warm-up, plateau, linear cool-down to a tenth."""
    if step < schedule.warmup:
        return (step + 1) / schedule.warmup
    left = (schedule.steps - step) / max(1.0, schedule.cooldown * schedule.steps)
    return max(_FLOOR, min(1.0, left))


def learn(
    recipe: Recipe,
    folder: Path,
    dev: Sequence[tuple[str, ...]] = (),
    *,
    start: Path | None = None,
    every: int = 250,
    report: Callable[[Point], None] = lambda point: None,
) -> Path:
    """Train until the recipe's last step, resuming from `folder` where a checkpoint lies there.

    `folder` holds what `prepare` and `train_vocabulary` wrote. `dev` are aligned sentences in the recipe's
    languages, measured and saved with a checkpoint `every` so many steps; what is measured, and exported
    later, is the running average of the weights (Izmailov et al. 2018). A new run begins with the weights of
    the CTranslate2 model in `start`, or with random ones. Returns the checkpoint's path.

    Raises InputError where rows or vocabulary are missing, do not fit the recipe, or make no batch,
    ModelError where the checkpoint there is of another run or `start` of another shape, OptionError where
    `every` is below 1.
    """
    if every < 1:
        raise OptionError(f"a checkpoint every {every} steps", expected="1 or more")
    rows, pieces, noisy = _material(recipe, folder)
    made_from = origin(recipe, folder, start)
    import torch

    torch.manual_seed(recipe.schedule.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model: Any = network(recipe)
    if start is not None and not (folder / CHECKPOINT).exists():
        start_from(start, model, folder / SENTENCEPIECE, [language(tag).code for tag in recipe.languages])
    model.to(device)
    optimisers = _optimisers(recipe.schedule, model)
    averaged = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=_average())
    state = resume(folder / CHECKPOINT, model, averaged, optimisers, made_from)
    losses: list[float] = []
    for batch in _from(state, recipe, rows, noisy):
        if state.step >= recipe.schedule.steps:
            break
        began = time.perf_counter()
        share = rate(recipe.schedule, state.step)
        losses.append(_step(model, optimisers, batch, share, recipe.schedule.smoothing, device))
        averaged.update_parameters(model)
        state.step += 1
        state.batch += 1
        state.tokens += sum(len(example.source) + len(example.target) for example in batch.examples)
        state.seconds += time.perf_counter() - began
        if state.step % every == 0 or state.step == recipe.schedule.steps:
            measured = _measure(recipe, averaged.module, pieces, dev, device)
            save(folder / CHECKPOINT, recipe, model, averaged, optimisers, state, made_from)
            point = Point(
                step=state.step,
                epoch=state.epoch,
                rate=share * recipe.schedule.rate,
                loss=sum(losses) / len(losses),
                dev=measured,
                tokens=state.tokens,
                seconds=round(state.seconds, 1),
            )
            with (folder / CURVE).open("a", encoding="utf-8", newline="\n") as curve:
                curve.write(json.dumps(asdict(point)) + "\n")
            report(point)
            losses.clear()
    return folder / CHECKPOINT


def _average() -> Callable[..., None]:
    """The exponential average of some 500 steps; of the last tenth where there are fewer."""
    import torch

    @torch.no_grad()
    def update(averages: list[torch.Tensor], current: list[torch.Tensor], count: torch.Tensor) -> None:
        share = max(10 / (int(count) + 10), 1 - _KEPT)
        torch._foreach_lerp_(averages, current, share)

    return update


def _material(recipe: Recipe, folder: Path) -> tuple[list[Row], Pieces, Pieces]:
    """Rows, and pieces without and with dropout, once they are known to fit the recipe."""
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
    """Read aligned sentences, one column per language of the recipe, normalised as the engine's input is."""
    columns = read_columns(path, recipe.languages)
    return [tuple(map(normalise, cells)) for cells in zip(*columns.values(), strict=True)]


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


def _from(state: State, recipe: Recipe, rows: Sequence[Row], pieces: Pieces) -> Iterator[Batch]:
    """Batches without end, from the place that `state` names on."""
    while True:
        before = state.batch
        yield from islice(epoch(recipe, rows, pieces, state.epoch), before, None)
        if state.batch == before == 0:
            raise InputError(
                f"{len(rows)} rows make no full batch of {recipe.schedule.tokens} tokens",
                expected="enough pairs of one length in the recipe's directions",
                action="Add text, or lower `tokens` in the recipe's [schedule].",
            )
        state.epoch, state.batch = state.epoch + 1, 0


def tensors(batch: Batch, device: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pad a batch: source, decoder input and labels, each ``[examples, length]``.

    The decoder starts from the end token and reads the language code first; the code itself is forced
    when translating, so it bears no loss.
    """
    import torch

    def pad(rows: list[list[int]], fill: int) -> torch.Tensor:
        return torch.tensor([row + [fill] * (batch.length - len(row)) for row in rows], device=device)

    source = pad([example.source for example in batch.examples], PAD)
    given = pad([[END, *example.target[:-1]] for example in batch.examples], PAD)
    labels = pad([[_IGNORED, *example.target[1:]] for example in batch.examples], _IGNORED)
    return source, given, labels


def _loss(model: Any, batch: Batch, smoothing: float, device: str) -> torch.Tensor:
    import torch

    source, given, labels = tensors(batch, device)
    narrow = _has_bfloat16(device)
    with torch.autocast(device, dtype=torch.bfloat16, enabled=narrow):
        hidden = model.model(
            input_ids=source, attention_mask=source.ne(PAD).long(), decoder_input_ids=given, use_cache=False
        ).last_hidden_state
    wanted = labels.ne(_IGNORED)
    chosen = hidden[wanted].to(torch.bfloat16 if narrow else torch.float32)
    return cross_entropy(chosen, model.lm_head.weight, labels[wanted], smoothing)


@cache
def _has_bfloat16(device: str) -> bool:
    """Whether bfloat16 is the fast way to multiply; where hardware emulates it, float32 is.

    So it is on x86 without AMX: a step took 1.5 times as long in bfloat16 with `avx512_bf16` alone.
    """
    import torch

    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    found = torch.cpu.get_capabilities()
    return bool(found.get("amx_bf16") or found.get("bf16"))


def _step(
    model: Any,
    optimisers: list[torch.optim.Optimizer],
    batch: Batch,
    share: float,
    smoothing: float,
    device: str,
) -> float:
    import torch

    model.train()
    loss = _loss(model, batch, smoothing, device)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * share
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
    return float(loss.detach())


def _measure(
    recipe: Recipe, model: Any, pieces: Pieces, dev: Sequence[tuple[str, ...]], device: str
) -> dict[str, float]:
    """Unsmoothed loss per direction on `dev`."""
    import torch

    model.eval()
    measured = {}
    for direction in recipe.directions:
        source, _, target = direction.partition("-")
        first, second = recipe.languages.index(source), recipe.languages.index(target)
        pairs = [(row[first], row[second]) for row in dev if row[first] and row[second]]
        total, count = 0.0, 0
        with torch.no_grad():
            for batch in fixed(recipe, pairs, pieces, direction):
                number = sum(len(example.target) - 1 for example in batch.examples)
                total += float(_loss(model, batch, 0.0, device)) * number
                count += number
        if count:
            measured[direction] = round(total / count, 4)
    return measured
