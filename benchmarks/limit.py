"""How far CTranslate2's decoding is from what a core can do: a measured roofline, by part of a translation.

    python benchmarks/limit.py [--rounds 3] [--plot docs/pictures/limit.svg] [--shapes starter,nllb-600m,...]

Two limits of one core are measured first.

- The matrix rate, in operations a second (a multiplication and an addition are two): CTranslate2's own
  encoder where matrix products dominate, one layer of width 2,048 on 256, 512 or 1,024 tokens at once,
  whichever is fastest, in int8 and in float32. (CTranslate2 4.8 computes in no bfloat16 on a CPU.)
- The memory bandwidth, in bytes a second: numpy copies 256 MB; read and written bytes count.

Then 8 sentences of 32 tokens are decoded on one thread, by a beam of 5, to a fixed length: by the starter,
and by random int8 weights of the shapes of NLLB-200 distilled 600M and 1.3B with 64,000 tokens (what `egiz
models trim` leaves). Parts are told apart by differences. The encoder is a greedy search of one step, which
counts with it; a step of the decoder is what a longer search takes more, with a vocabulary map of 64 tokens;
the output projection, with softmax and the choice of the best, is what a step takes more without that map.

For each part: the operations of its matrix products and attention; the bytes that have to be read at least
(weights once, keys and values of earlier steps once); the time that both need at the limits, whichever is
longer; the time taken; and their ratio. Besides, CTranslate2 copies the keys and values of all earlier steps
twice at every step, to append the new ones and to follow the beams: their bytes and the time that they need
at the measured bandwidth stand in a row of their own, and are part of the decoder's time.

Times are processor seconds of one thread, the least of all rounds. Models are made in `.work/limit` (2 GB)
and removed. Two minutes of one core.
"""

from __future__ import annotations

import argparse
import functools
import math
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from plots import picture
from trim_models import NLLB_600M, NLLB_1300M, Shape, random_model

from egiz.translate.engine.hardware import cpu_name
from egiz.translate.models import resolve
from egiz.translate.models.layout import model_tokens
from egiz.translate.models.manifest import describe
from egiz.translate.models.weights import SHORTLIST

WORK = Path(__file__).resolve().parent.parent / ".work" / "limit"
WIDE = Shape(width=2048, layers=1, feed_forward=8192, heads=16, tokens=15_000, kept=14_000)
SHAPES = {
    "starter": None,
    "nllb-600m": replace(NLLB_600M, tokens=64_000, kept=40_000),
    "nllb-1.3b": replace(NLLB_1300M, tokens=64_000, kept=40_000),
}
SENTENCES, SOURCE, BEAM = 8, 32, 5
STEPS = (8, 16)
"""The lengths of the two searches whose difference is the decoder's time."""
FEW = 64
COPIED = 256_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The measures of an encoder and decoder; `parts` counts what they compute."""

    width: int
    encoder: int
    decoder: int
    feed_forward: int
    tokens: int

    def parts(self, sentences: int, source: int) -> Iterator[tuple[str, float, float]]:
        """Name, operations and bytes of each part: of the encoder in all, of the others for one step.

        A step has the mean length of those between `STEPS`. Weights are of one byte, keys and values of four.
        """
        w, f, rows = self.width, self.feed_forward, sentences * BEAM
        words, step = sentences * source, sum(STEPS) / 2
        layer, crossed = 4 * w * w + 2 * w * f, 2 * w * w
        encoder = self.encoder * (layer * words + 2 * source * w * words)
        greedy = self.decoder * (crossed * words + (layer + crossed + 2 * source * w) * sentences)
        weights = self.encoder * layer + self.decoder * (layer + 2 * crossed)
        yield "encoder", 2.0 * (encoder + greedy), float(weights)
        attention = 2 * w * (step + source)
        held = 4 * 2 * w * self.decoder * (rows * step + words)
        decoder = self.decoder * (layer + crossed + attention) * rows
        yield "decoder", 2.0 * decoder, self.decoder * (layer + crossed) + held
        yield "copies of keys and values", 0.0, 4.0 * 4 * 2 * w * self.decoder * rows * step
        yield "projection", 2.0 * self.tokens * w * rows, float(self.tokens * w)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a part computes (operations, bytes) and the seconds that it takes; 0 if it was not measured."""

    model: str
    name: str
    operations: float
    moved: float
    seconds: float

    def possible(self, rate: float, bandwidth: float) -> float:
        """The seconds that it needs at these limits, whichever is longer."""
        return max(self.operations / rate, self.moved / bandwidth)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    rounds = 1 if arguments.smoke else arguments.rounds
    names = ["starter"] if arguments.smoke else arguments.shapes.split(",")
    shutil.rmtree(WORK, ignore_errors=True)
    try:
        rates = {kind: matrix_rate(kind, rounds, arguments.smoke) for kind in ("int8", "float32")}
        bandwidth = copying(rounds)
        forced = os.environ.get("CT2_FORCE_CPU_ISA", "chosen by CTranslate2")
        print(f"{cpu_name()}, one thread; CTranslate2 {ctranslate2.__version__}, instructions: {forced}")
        print(
            f"int8 {rates['int8'] / 1e9:.0f}, float32 {rates['float32'] / 1e9:.0f} G operations/s;", end=" "
        )
        print(f"memory {bandwidth / 1e9:.1f} GB/s")
        parts = [part for name in names for part in measured(name, rounds)]
    finally:
        shutil.rmtree(WORK, ignore_errors=True)
    show(parts, rates["int8"], bandwidth)
    if arguments.plot:
        arguments.plot.write_text(drawn(parts, rates["int8"], bandwidth), encoding="utf-8")


def matrix_rate(kind: str, rounds: int, smoke: bool) -> float:
    """Operations a second of CTranslate2's encoder in this type, on matrices where nothing else counts."""
    shape, sizes = (WIDE, (8, 16, 32)) if not smoke else (replace(WIDE, width=512), (4,))
    folder = WORK / "wide"
    if not folder.exists():
        make(folder, shape)
    network, found = network_of(folder, shape), []
    for sentences in sizes:
        [(_, operations, _), *_] = network.parts(sentences, SOURCE)
        run = searcher(folder, kind, sentences, SOURCE)
        found.append(operations / least(functools.partial(run, 1, 1, True), 3 * rounds))
    return max(found)


def copying(rounds: int) -> float:
    """Bytes a second that a copy of a large array reads and writes."""
    source = np.ones(COPIED // 8)
    target = source.copy()  # so that its memory is there before it is timed
    return 2 * COPIED / least(lambda: np.copyto(target, source), rounds)


def measured(name: str, rounds: int) -> Iterator[Part]:
    """The parts of one model."""
    folder, shape = WORK / name, SHAPES[name]
    make(folder, shape)
    run = searcher(folder, "int8", SENTENCES, SOURCE)
    first, last = STEPS
    plans = {
        "encoder": (1, 1, True),
        "few, first": (BEAM, first, True),
        "few, last": (BEAM, last, True),
        "all, first": (BEAM, first, False),
        "all, last": (BEAM, last, False),
    }
    best = dict.fromkeys(plans, math.inf)
    for _ in range(rounds):
        for plan, values in plans.items():
            best[plan] = min(best[plan], least(functools.partial(run, *values), 1))
    few = (best["few, last"] - best["few, first"]) / (last - first)
    all_ = (best["all, last"] - best["all, first"]) / (last - first)
    seconds = {"encoder": best["encoder"], "decoder": few, "projection": all_ - few}
    for part, operations, moved in network_of(folder, shape).parts(SENTENCES, SOURCE):
        yield Part(model=name, name=part, operations=operations, moved=moved, seconds=seconds.get(part, 0.0))
    shutil.rmtree(folder)


def make(folder: Path, shape: Shape | None) -> None:
    """A model of this shape, or the starter, with a vocabulary map of few tokens."""
    if shape is None:
        shutil.copytree(resolve("starter"), folder)
    else:
        random_model(resolve("starter"), folder, shape)
    few = " ".join(model_tokens(folder)[4 : 4 + FEW])
    (folder / SHORTLIST).write_text(f"\t{few}\n", encoding="utf-8")


def network_of(folder: Path, shape: Shape | None) -> Network:
    info = describe(folder)
    return Network(
        width=info.width,
        encoder=info.encoder_layers,
        decoder=info.decoder_layers,
        feed_forward=shape.feed_forward if shape else 4 * info.width,
        tokens=info.vocabulary,
    )


def searcher(folder: Path, kind: str, sentences: int, source: int) -> Callable[[int, int, bool], None]:
    """A function that decodes to a fixed length; takes beam, steps, and whether few tokens count."""
    model: Any = ctranslate2.Translator(str(folder), compute_type=kind, inter_threads=1, intra_threads=1)
    tokens = model_tokens(folder)[500 : 500 + source - 2]
    batch = [["kaz_Cyrl", *tokens, "</s>"]] * sentences

    def run(beam: int, steps: int, few: bool) -> None:
        found = model.translate_batch(
            batch, beam_size=beam, min_decoding_length=steps, max_decoding_length=steps, use_vmap=few
        )
        assert all(len(result.hypotheses[0]) == steps for result in found)

    run(1, 1, True)
    return run


def least(call: Callable[[], object], rounds: int) -> float:
    """The least processor seconds of some calls."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return min(taken)


def show(parts: Sequence[Part], rate: float, bandwidth: float) -> None:
    """Print the table, in the form of docs/scaling.md."""
    print("| model | part | G operations | MB | possible, ms | taken, ms | attained |")
    print("|---|---|---|---|---|---|---|")
    for part in parts:
        possible = part.possible(rate, bandwidth)
        taken, ratio = "", ""
        if part.seconds > 0:
            taken, ratio = f"{1000 * part.seconds:.1f}", f"{possible / part.seconds:.0%}"
        sizes = f"{part.operations / 1e9:.2f} | {part.moved / 1e6:.0f} | {1000 * possible:.1f}"
        print(f"| {part.model} | {part.name} | {sizes} | {taken} | {ratio} |")


_WIDE, _HIGH, _LEFT, _TOP = 520, 300, 70, 20
_COLOURS = {"starter": "#2c7fb8", "nllb-600m": "#d95f0e", "nllb-1.3b": "#31a354"}


def drawn(parts: Sequence[Part], rate: float, bandwidth: float) -> str:
    """The roofline as SVG: operations a second over operations per byte, both in powers of two."""
    top = math.log2(rate / 1e9)
    low = top - 9

    def at(intensity: float, speed: float) -> tuple[float, float]:
        x = _LEFT + _WIDE * min(1, max(0, math.log2(intensity) / 11))
        y = _TOP + _HIGH * min(1, max(0, (top + 0.5 - math.log2(speed / 1e9)) / (top + 0.5 - low)))
        return round(x, 1), round(y, 1)

    ridge = rate / bandwidth
    (x0, y0), (x1, y1), (x2, y2) = at(1, bandwidth), at(ridge, rate), at(2**11, rate)
    lines = [
        f'<polyline points="{x0},{y0} {x1},{y1} {x2},{y2}" fill="none" stroke="black"/>',
        f'<text x="{x2}" y="{y2 - 5}" text-anchor="end">int8 {rate / 1e9:.0f} G operations/s</text>',
        f'<text x="{x0 + 6}" y="{y0 - 16}">memory {bandwidth / 1e9:.0f} GB/s</text>',
    ]
    for power in range(0, 12, 2):
        x, _ = at(2**power, rate)
        lines.append(f'<text x="{x}" y="{_TOP + _HIGH + 16}" text-anchor="middle">{2**power}</text>')
    for power in range(math.ceil(low), math.floor(top) + 1, 2):
        _, y = at(1, 1e9 * 2**power)
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{2**power:g}</text>')
    lines.append(f'<text x="{_LEFT}" y="{_TOP + _HIGH + 34}">operations per byte →, G operations/s ↑</text>')
    for place, (name, colour) in enumerate(_COLOURS.items()):
        x = _LEFT + 110 * place
        lines.append(f'<circle cx="{x + 4}" cy="{_TOP + _HIGH + 48}" r="4" fill="{colour}"/>')
        lines.append(f'<text x="{x + 12}" y="{_TOP + _HIGH + 52}">{name}</text>')
    for part in parts:
        if part.seconds > 0 and part.operations:
            x, y = at(part.operations / part.moved, part.operations / part.seconds)
            lines.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{_COLOURS[part.model]}"/>')
            lines.append(f'<text x="{x + 6}" y="{y + 4}">{part.name}</text>')
    title = "Operations a second over operations per byte: possible and attained on one core"
    style = "text {font: 11px sans-serif}"
    return picture(title, _LEFT + _WIDE + 20, _TOP + _HIGH + 60, style, lines)


if __name__ == "__main__":
    main()
