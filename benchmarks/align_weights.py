"""Measure the weights of alignment on documents whose links are known, and write them as data.

    python benchmarks/align_weights.py SHARED [--rounds 24] [--only NAME] [--home FOLDER]

SHARED is the folder with `testsets` and `corpora`. Documents are made by `align_documents.py` from FLORES
dev and WMT 2019, in pieces of about 170 sentence pairs, and for layers without machine translation also from
the ends of corpora, of which `align.py` reads the beginnings; nothing of FLORES devtest is read. The weights
are those that make the gold paths most probable (a conditional random field over paths, Lafferty et al.
2001), by gradient ascent with a step of its own for each weight, held to starting values by a small penalty.
Calibration is logistic, on documents that the weights have not seen. Writes
parallel/align/data/weights.json and prints what the documents it calibrates on come to.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from align_documents import Made, make, read_pairs

from egiz.parallel.align.aligner import Aligning, DocumentPair, LayerWeights
from egiz.parallel.align.aligner import _data as weights_data
from egiz.parallel.align.beads import ALL_BEADS, Features
from egiz.parallel.align.corridor import Corridor, corridor_around, points_of
from egiz.parallel.align.documents import bridging, translate_units
from egiz.parallel.align.layers import LAYERS
from egiz.parallel.align.links_file import score_links
from egiz.parallel.align.program import NULL, Posterior, Scores
from egiz.parallel.align.records import TextUnit
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding
from egiz.translate.ladder import Options
from egiz.translate.memory import Memory, default_path
from egiz.translate.models import resolve
from egiz.translate.translator import Translator

DATA = Path(__file__).resolve().parent.parent / "parallel" / "align" / "data" / "weights.json"
SETS = {
    "plain": tuple(name for name in LAYERS if name not in ("mt", "lexical")),
    "no-lexical": tuple(name for name in LAYERS if name != "lexical"),
    "all": LAYERS,
    "no-mt": tuple(name for name in LAYERS if name != "mt"),
    **{name: (name,) for name in LAYERS},
}
START = {
    "bead 1:1": 1.0, "bead 1:2": -2.0, "bead 2:2": -4.0, "bead 1:3": -5.0, "bead 2:3": -6.0, "bead 1:4": -7.0,
    "bead 2:4": -8.0, "bead 3:3": -8.0, "bead 3:4": -9.0, "bead 4:4": -10.0, NULL: -2.0,
    "length ratio": -1.0, "paragraph both": 1.0, "paragraph one": -1.0, "paragraph crossed": -2.0,
    "heading apart": -8.0,
}  # fmt: skip
PENALTY = 0.3
TRAIN_RADIUS = 10
RATES = ((0.12, 0.04), (0.12, 0.04), (0.12, 0.04), (0.25, 0.04), (0.10, 0.10), (0.03, 0.02))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    pair: DocumentPair
    gold: tuple[tuple[tuple[int, int], tuple[int, int]], ...]


def units(texts: tuple[str, ...], paragraphs: tuple[int, ...], name: str) -> list[TextUnit]:
    return [
        TextUnit(id=f"{name}:{at}", paragraph=number, text=text)
        for at, (text, number) in enumerate(zip(texts, paragraphs, strict=True))
    ]


def documents(
    path: Path, target: str, translator: Translator | None, size: int, limit: int
) -> list[Document]:
    """Documents of `size` pairs, out of the last `limit` of a file: `align.py` measures on the first."""
    pairs = read_pairs(path, target)[-limit:]
    found = []
    for number, start in enumerate(range(0, len(pairs) - size // 2, size)):
        merged, dropped = RATES[number % len(RATES)]
        made = make(
            pairs[start : start + size], number, merged=merged, dropped=dropped, paragraphs=number % 3 == 2
        )
        found.append(document(made, translator))
    return found


def document(made: Made, translator: Translator | None) -> Document:
    source = units(made.source, made.source_paragraphs, "s")
    target = units(made.target, made.target_paragraphs, "t")
    translated = translate_units(source, translator)[0] if translator else None
    return Document(pair=DocumentPair(source=source, target=target, translated=translated), gold=made.gold)


class Held(Features):
    """Features worked out once, block by block of a corridor, as one array each."""

    def __init__(self, features: Features, corridor: Corridor) -> None:
        self.inner, self.corridor = features, corridor
        self.names: list[str] = []
        self._blocks: dict[tuple[int, int], np.ndarray] = {}

    @property
    def shape(self) -> tuple[int, int]:
        return self.inner.shape

    def tensor(self, rows: tuple[int, int], columns: tuple[int, int]) -> np.ndarray:
        if rows not in self._blocks:
            block = self.inner.block(rows, columns, ALL_BEADS)
            self.names = self.names or sorted({name for found in block.values() for name in found})
            shape = (rows[1] - rows[0], columns[1] - columns[0])
            values = np.zeros((len(self.names), len(ALL_BEADS), *shape), dtype=np.float32)
            for place, found in enumerate(block.values()):
                for name, value in found.items():
                    values[self.names.index(name), place] = value
            self._blocks[rows] = values
        return self._blocks[rows]

    def scores(self, rows, columns, beads, weights):
        values = self.tensor(rows, columns)
        vector = np.array([weights.get(name, 0.0) for name in self.names], dtype=np.float32)
        return np.tensordot(vector, values, axes=1)


def gradient(held: Held, document: Document, weights: dict[str, float]) -> tuple[float, dict[str, float]]:
    """Log-probability of the gold path, and its slope in each weight."""
    scores = Scores(held, held.corridor, ALL_BEADS, weights)
    posterior = Posterior(scores)
    firsts = scores._firsts
    expected: dict[str, float] = {}
    total, units_left = 0.0, sum(document.pair.shape)
    gold_rows: dict[int, list] = {}
    for source, target in document.gold:
        gold_rows.setdefault(source[0], []).append((source, target))
    slope = np.zeros(1)
    nulls_expected, nulls_gold = float(units_left), 0.0
    sizes = np.array([sum(bead) for bead in ALL_BEADS], dtype=float)
    for place in range(len(firsts) - 1):
        rows = (int(firsts[place]), int(firsts[place + 1]))
        first = int(held.corridor.low[rows[0]])
        columns = (first, min(int(held.corridor.high[rows[1] - 1]), held.shape[1]))
        tensor = held.tensor(rows, columns)
        if len(slope) == 1:
            slope = np.zeros(tensor.shape[0])
        weight = np.zeros(tensor.shape[1:])
        for i in range(*rows):
            low = held.corridor.row(i)[0]
            chances = posterior.row(i)[:, : columns[1] - low]
            nulls_expected -= float((chances.sum(axis=1) * sizes).sum())
            weight[:, i - rows[0], low - first : low - first + chances.shape[1]] -= chances
            for source, target in gold_rows.get(i, []):
                if source[0] == source[1] or target[0] == target[1]:
                    continue
                bead = (source[1] - source[0], target[1] - target[0])
                if bead not in ALL_BEADS or not columns[0] <= target[0] < columns[1]:
                    raise ValueError("gold outside of the corridor")
                weight[ALL_BEADS.index(bead), i - rows[0], target[0] - first] += 1
                total += float(scores.row(i)[ALL_BEADS.index(bead), target[0] - low])
        slope += np.tensordot(tensor, weight, axes=3)
    for source, target in document.gold:
        if source[0] == source[1] or target[0] == target[1]:
            nulls_gold += source[1] - source[0] + target[1] - target[0]
    expected = dict(zip(held.names, slope.tolist(), strict=True))
    expected[NULL] = nulls_gold - nulls_expected
    return total + nulls_gold * scores.null - posterior.total, expected


def fit(
    documents: list[Document], layers: tuple[str, ...], rounds: int, start: dict[str, float]
) -> dict[str, float]:
    """Ascend: each weight has a step that grows while its slope keeps its sign (Rprop without weight
    backtracking)."""
    weights = dict(start)
    for again in range(2 if rounds else 0):
        held = []
        for document in documents:
            aligning = Aligning(document.pair, layers, LayerWeights(features=weights, slope=1, intercept=0))
            aligning.run()
            corridor = corridor_around(points_of(document.gold), document.pair.shape, TRAIN_RADIUS)
            held.append((Held(aligning.features(), corridor), document))
        steps: dict[str, float] = {}
        before: dict[str, float] = {}
        for number in range(rounds if again else rounds // 2):
            value, slopes = 0.0, {}
            for features, document in held:
                own, slope = gradient(features, document, weights)
                value += own
                for name, part in slope.items():
                    slopes[name] = slopes.get(name, 0.0) + part
            for name in sorted(slopes):
                slope = slopes[name] - PENALTY * (weights.get(name, 0.0) - START.get(name, 0.0))
                sign = slope * before.get(name, 0.0)
                step = steps.get(name, 0.3) * (1.2 if sign > 0 else 0.5 if sign < 0 else 1.0)
                steps[name] = step = min(max(step, 0.005), 1.5)
                before[name] = 0.0 if sign < 0 else slope
                if sign >= 0:
                    weights[name] = weights.get(name, START.get(name, 0.0)) + math.copysign(step, slope)
            if number % 10 == 9:
                print(f"    round {number + 1}: {value:.1f}", flush=True)
    return {name: round(value, 4) for name, value in sorted(weights.items())}


def calibrate(
    documents: list[Document], layers: tuple[str, ...], weights: dict[str, float]
) -> tuple[float, float, str]:
    """Slope and intercept of the line from log-odds of the programme to those seen; and what came out."""
    odds, right = [], []
    counts = np.zeros(4)
    for document in documents:
        aligning = Aligning(document.pair, layers, LayerWeights(features=weights, slope=1, intercept=0))
        links = aligning.links(aligning.run())
        gold = set(document.gold)
        for link in links:
            bounded = min(max(link.score, 1e-6), 1 - 1e-6)
            odds.append(math.log(bounded / (1 - bounded)))
            right.append((link.source, link.target) in gold)
        scores = score_links([(link.source, link.target) for link in links], document.gold)
        counts += np.array([scores.strict_f1, scores.lax_f1, scores.null_recall or 0, 1])
    x, y = np.array(odds), np.array(right, dtype=float)
    slope, intercept = 1.0, 0.0
    for _ in range(200):
        chance = 1 / (1 + np.exp(-(slope * x + intercept)))
        spread = chance * (1 - chance) + 1e-9
        hessian = np.array(
            [[np.sum(spread * x * x), np.sum(spread * x)], [np.sum(spread * x), np.sum(spread)]]
        )
        move = np.linalg.solve(hessian + 1e-3 * np.eye(2), [np.sum((y - chance) * x), np.sum(y - chance)])
        slope, intercept = slope + move[0], intercept + move[1]
    means = counts[:3] / counts[3]
    said = f"strict F1 {means[0]:.3f}, lax F1 {means[1]:.3f}, null recall {means[2]:.3f}"
    return float(slope), float(intercept), said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--rounds", type=int, default=24, help="0 calibrates only.")
    parser.add_argument("--only", default="")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--model", default="starter")
    arguments = parser.parse_args()
    sets, corpora = arguments.shared / "testsets", arguments.shared / "corpora"
    engine = CTranslate2Engine(resolve(arguments.model), Hardware(threads=1))
    options = bridging(Options(decoding=Decoding.parse(("beam=1",))))
    content = json.loads(DATA.read_text(encoding="utf-8"))
    with Memory.open(default_path(arguments.home)) as memory:
        translators = {
            target: Translator(engine, "kk", [target], options=options, memory=memory)
            for target in ("ru", "en")
        }
        heard = documents(sets / "flores200_dev_part.tsv", "ru", translators["ru"], 170, 510)
        heard += documents(sets / "flores200_dev_part.tsv", "en", translators["en"], 170, 510)
        news = documents(sets / "wmt19_kk_en.tsv", "en", translators["en"], 200, 1000)
    read = [
        item
        for name, target in (
            ("apertium_kaz_rus_corpus", "ru"), ("docs_microsoft_dynamics", "ru"),
            ("law_561iv_military", "ru"),
            ("kaznu_economy_gov_kz", "en"), ("labiis_kazeng_literature", "en"),
        )
        for item in documents(corpora / f"{name}.tsv", target, None, 150, 150 if name[:3] == "law" else 300)
    ]  # fmt: skip
    for name, layers in SETS.items():
        if arguments.only and name not in arguments.only.split(","):
            continue
        start = time.process_time()
        training = [*heard, *news[:3]] + ([] if "mt" in layers else read[::2])
        unseen = news[3:] + ([] if "mt" in layers else read[1::2])
        key = "+".join(own for own in LAYERS if own in layers)
        print(f"{name}: {key}, {len(training)} documents", flush=True)
        rounds = arguments.rounds if len(layers) > 1 else arguments.rounds // 2
        known = START if rounds else content["sets"][key]["features"]
        features = fit(training, layers, rounds, dict(known))
        slope, intercept, said = calibrate(unseen, layers, features)
        print(f"  {said} on {len(unseen)} unseen; slope {slope:.3f}, intercept {intercept:.3f}; "
              f"{time.process_time() - start:.0f} s", flush=True)  # fmt: skip
        content["sets"][key] = {
            "features": features,
            "slope": round(slope, 4),
            "intercept": round(intercept, 4),
        }
        content["version"] = "v2"
        content["command"] = "python benchmarks/align_weights.py SHARED"
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        DATA.write_text(text, encoding="utf-8", newline="\n")
        weights_data.cache_clear()


if __name__ == "__main__":
    main()
