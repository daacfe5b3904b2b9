"""Show what filtering by quality is worth: train on the best half of a spoilt bitext, and on a random half.

    python benchmarks/filtering.py SHARED [--scores FILE] [--pairs 3000] [--steps 100] [--smoke]

SHARED holds `corpora`. Kazakh-English pairs of two sources that the starter has not learnt from (fiction, and
an installer's questions; GPL) are taken apart: 200 are held out, and of the others every second one is
spoilt in one of five ways. The bitext is scored by `egiz score files`, or by FILE (columns id, soundness).
Twice the starter is trained on, with the same recipe, seed and number of pairs: those of the best quality,
and a random choice. Loss (nats per token) and chrF++ are measured on what was held out, which is spoilt
nowhere. Everything goes into `.work/filtering`; needs egiz[torch]. Some eight minutes on two cores; `--smoke`
takes one, and its figures mean nothing.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from egiz.parallel.corpus import CorpusOptions
from egiz.parallel.corpus.data import DATA_FORMATS, DataOptions, export_data
from egiz.parallel.corpus.duplicates import hash64
from egiz.parallel.corpus.inputs import InputOptions, read_scores
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.ladder import Options
from egiz.translate.models import resolve
from egiz.translate.train.corpus import prepare, read_columns
from egiz.translate.train.evaluate import evaluate
from egiz.translate.train.export import export_checkpoint, export_model
from egiz.translate.train.learn import Point, TrainingLimits, learn, read_dev
from egiz.translate.train.pieces import take_vocabulary
from egiz.translate.train.recipe import read_recipe

SOURCES = ("labiis_kazeng_literature.tsv", "docs_debian_installer.tsv")
LANGUAGES = ("kk", "ru", "en")
SEED = 5
HELD_OUT = 200
CHARACTERS = (20, 300)
Pair = tuple[str, str]
Spoil = Callable[[list[Pair], int, random.Random], str]


def neighbour(pairs: list[Pair], at: int, chance: random.Random) -> str:
    """The translation of another sentence."""
    return pairs[(at + 1) % len(pairs)][1]


def truncated(pairs: list[Pair], at: int, chance: random.Random) -> str:
    """The first half of the words."""
    words = pairs[at][1].split()
    return " ".join(words[: max(1, len(words) // 2)])


def copied(pairs: list[Pair], at: int, chance: random.Random) -> str:
    """The source with a word changed, since a plain copy would be dropped without any score."""
    words = pairs[at][0].split()
    words[chance.randrange(len(words))] = "the"
    return " ".join(words)


def repeated(pairs: list[Pair], at: int, chance: random.Random) -> str:
    """The first words over and over."""
    words = pairs[at][1].split()
    return " ".join(words[: max(2, len(words) // 3)] * 3)


def renumbered(pairs: list[Pair], at: int, chance: random.Random) -> str:
    """Other numbers; where there are none, the translation of another sentence."""
    target = pairs[at][1]
    if not re.search(r"\d", target):
        return neighbour(pairs, at, chance)
    return re.sub(r"\d", lambda found: str((int(found[0]) + chance.randrange(1, 9)) % 10), target)


SPOILERS: tuple[Spoil, ...] = (neighbour, truncated, copied, repeated, renumbered)


def read_pairs(corpora: Path) -> list[Pair]:
    """All usable pairs of the sources, in an order that is always the same."""
    pairs: dict[str, str] = {}
    for name in SOURCES:
        for line in (corpora / name).read_text(encoding="utf-8").splitlines():
            kk, _, en, *_ = line.split("\t")
            if all(CHARACTERS[0] <= len(text) <= CHARACTERS[1] for text in (kk, en)):
                pairs.setdefault(kk, en)
    return sorted(pairs.items(), key=lambda pair: hash64(pair[0]))


def spoil(pairs: list[Pair]) -> tuple[list[Pair], set[str]]:
    """Every second pair spoilt, each way in turn; returns the pairs and the ids of the sound ones."""
    chance = random.Random(SEED)
    made, sound = [], set()
    for at, (source, target) in enumerate(pairs):
        if at % 2:
            target = SPOILERS[at // 2 % len(SPOILERS)](pairs, at, chance)
        else:
            sound.add(f"pair:{at}.1")
        made.append((source, target))
    return made, sound


def write_table(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """Write lines of cells with tabs between."""
    lines = ("\t".join(cell.replace("\t", " ") for cell in row) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return path


def score(bitext: Path, output: Path) -> Path:
    """Have the command line score the bitext."""
    command = Path(sys.executable).parent / "egiz"
    subprocess.run([command, "score", "files", bitext, "--effort", "normal", "-o", output], check=True)
    return output


def area(scores: dict[str, float], sound: set[str]) -> float:
    """How often a sound pair has a higher score than a spoilt one (AUC)."""
    ranked = sorted(scores, key=lambda name: (scores[name], hash64(name)))
    ranks = [rank for rank, name in enumerate(ranked, start=1) if name in sound]
    good, bad = len(ranks), len(ranked) - len(ranks)
    return (sum(ranks) - good * (good + 1) / 2) / (good * bad)


def train(name: str, bitext: Path, scores: Path, count: int, steps: int, folder: Path) -> None:
    """Export the `count` best pairs by `scores`, train the starter on with them, and measure it."""
    data, run, held = folder / name, folder / f"{name}-run", folder / "held.tsv"
    options = DataOptions(
        inputs=InputOptions(scores=scores, licence="GPL-3.0"),
        corpus=CorpusOptions(best=count, unseen=(held,)),
    )
    export_data([bitext], DATA_FORMATS["train"], data, options)
    recipe = read_recipe(data / "recipe.toml").resized(steps=steps)
    recipe = replace(recipe, noise=replace(recipe.noise, piece_dropout=0.0))
    prepare(recipe, data, [held], run)
    start = resolve("starter", None)
    take_vocabulary(recipe, start, run)
    points: list[Point] = []
    limits = TrainingLimits(every=steps)
    learn(recipe, run, read_dev(held, recipe), start=start, limits=limits, report=points.append)
    export_model(recipe, export_checkpoint(recipe, run), run / "model", precision="int8", source="local")
    measure(name, run / "model", held, points[-1].dev["kk-en"])


def measure(name: str, model: Path, held: Path, loss: float | None = None) -> None:
    """Print loss and chrF++ of a model on what was held out."""
    table = read_columns(held, LANGUAGES)
    engine = CTranslate2Engine(model)
    found = evaluate(engine, table["kk"], table["en"], source="kk", target="en", options=Options())
    figure = found.scores[0]
    said = "" if loss is None else f"  loss {loss:.3f}"
    print(f"{name:12}{figure.metric} {figure.value:.2f}{said}  ({figure.signature})", flush=True)


def main(shared: Path, given: Path | None, pairs: int, steps: int, held: int) -> None:
    """Print the figures."""
    folder = Path(".work/filtering")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    everything = read_pairs(shared / "corpora")
    write_table(folder / "held.tsv", [(kk, "", en) for kk, en in everything[:held]])
    noisy, sound = spoil(everything[held : held + pairs])
    rows = [(f"pair:{at}.1", *pair) for at, pair in enumerate(noisy)]
    bitext = write_table(folder / "bitext.tsv", [("id", "kk", "en"), *rows])
    scores = given or score(bitext, folder / "scores.tsv")
    values = {name: value for (name, _), value in read_scores(scores).items()}
    values = {name: values.get(name, 0.0) for name, _, _ in rows}
    count = len(sound)
    best = sorted(values, key=lambda name: (-values[name], int(name[5:-2])))[:count]
    print(f"{len(rows)} pairs, {len(sound)} sound; AUC {area(values, sound):.3f}")
    print(f"sound among the best {count}: {len(sound.intersection(best)) / count:.3f}", flush=True)
    chosen = [(name, f"{hash64(f'{SEED} {name}') / 2**64:.6f}") for name in values]
    chance = write_table(folder / "random.tsv", [("id", "quality"), *chosen])
    measure("starter", resolve("starter", None), folder / "held.tsv")
    train("best", bitext, scores, count, steps, folder)
    train("random", bitext, chance, count, steps, folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("--scores", type=Path)
    parser.add_argument("--pairs", type=int, default=3000)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--smoke", action="store_true")
    asked = parser.parse_args()
    if asked.smoke:
        main(asked.shared, asked.scores, 200, 2, 8)
    else:
        main(asked.shared, asked.scores, asked.pairs, asked.steps, HELD_OUT)
