"""Measure the scores: how they rank, how true they are, what spoilt pairs they know, and how fast they are.

    python benchmarks/scores.py FOLDER [--only PART] [--rows N] [--limit N] [--home HOME] [--model MODEL]

FOLDER holds the corpora (`corpora/*.tsv`) and the test sets (`testsets/*.tsv`), columns kk, ru, en.

- `ranking`: translations of FLORES-200 devtest from Kazakh. AUC of telling sentences whose chrF++ is at or
  above the median from the others, by quality and by log-probability alone; ECE (10 bins) of the chance that
  chrF++ reaches 50.
- `spoilt`: devtest references against the same references spoilt in seven ways, scored as given text: AUC.
- `speed`: pairs of the corpora through the features that need no model, on one core: rows per CPU second, and
  peak memory after 10,000 and after `--rows`.
- `cost`: CPU time of scoring at normal effort, in percent of the time of translating.

Calibrations are those that `egiz score calibrate` keeps, or that ship. Translations and forced scores are
kept in the memory of HOME, so that a second run measures without translating.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from egiz.parallel.scores import EvidenceCollector, QualityScorer, Score, Side, Unit, calibrations_of
from egiz.parallel.scores.calibrate import given_unit
from egiz.parallel.scores.calibration import THRESHOLD
from egiz.parallel.scores.evidence import units_of
from egiz.parallel.scores.features import NAMES
from egiz.parallel.scores.fit import CORRUPTIONS, calibration_error, ranking, samples
from egiz.parallel.scores.records import Effort
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.guards.language import identifier
from egiz.translate.memory import Memory, NoMemory, default_path
from egiz.translate.metrics import chrf, signature
from egiz.translate.models import resolve
from egiz.translate.records import Sentence
from egiz.translate.text import target_text
from egiz.translate.translator import WINDOW, Translator

TARGETS = ("ru", "en")
COLUMNS = {"kk": 0, "ru": 1, "en": 2}
FLORES = "flores200_devtest.tsv"
COST_ROWS = 128
WARM = 1000
"""Pairs scored before the clock starts, which loads tables and dictionaries."""


@dataclass(frozen=True)
class Bench:
    """What every part needs."""

    shared: Path
    engine: CTranslate2Engine
    memory: Memory
    limit: int | None

    def columns(self) -> list[tuple[str, ...]]:
        """Devtest by column: kk, ru, en."""
        lines = (self.shared / "testsets" / FLORES).read_text(encoding="utf-8").splitlines()[: self.limit]
        return list(zip(*(line.split("\t") for line in lines), strict=True))

    def scorer(self, effort: Effort, home: Path | None) -> QualityScorer:
        """The scorer with the model's calibrations."""
        return QualityScorer(calibrations_of(self.engine.manifest.fingerprint, home), effort)

    def collector(self, effort: Effort) -> EvidenceCollector:
        """What asks the model."""
        return EvidenceCollector(self.engine, CTranslate2Forcing(self.engine), effort, self.memory)


def sentences(texts: tuple[str, ...]) -> list[Sentence]:
    """Lines as sentences."""
    return [
        Sentence(id=f"t:{n}.1", document="t", paragraph=n, index=1, start=0, stop=len(text), text=text)
        for n, text in enumerate(texts, start=1)
    ]


def print_ranking(bench: Bench, home: Path | None) -> None:
    """Translate devtest and compare."""
    columns = bench.columns()
    translator = Translator(bench.engine, "kk", TARGETS, memory=bench.memory)
    judges = {effort: bench.scorer(effort, home) for effort in ("fast", "normal")}
    collector = bench.collector("normal")
    scores: dict[tuple[str, str], list[Score]] = {}
    reached: dict[str, list[float]] = {tag: [] for tag in TARGETS}
    stream, place = translator.translate(sentences(columns[0])), 0
    while window := list(islice(stream, WINDOW)):
        for sides in collector.evidence([units_of("kk", item) for item in window]):
            for side in sides:
                tag = side.target_language
                reached[tag].append(chrf(side.target, target_text(columns[COLUMNS[tag]][place], tag)))
                for effort, scorer in judges.items():
                    scores.setdefault((tag, effort), []).append(scorer(side))
            place += 1
    print(f"Translations of {FLORES}, {place} sentences; sentence chrF++ {signature()}")
    heads = f"{'AUC':>7}{'log-prob.':>11}{'more':>7}{'ECE':>7}{'reach 50':>10}{'mean quality':>14}"
    print(f"{'pair':8}{'effort':9}{heads}")
    for (tag, effort), found in scores.items():
        middle = statistics.median(reached[tag])
        upper = [value >= middle for value in reached[tag]]
        full = [value >= THRESHOLD for value in reached[tag]]
        qualities = [score.quality for score in found]
        alone = [score.values[NAMES.index("likelihood")] or 0.0 for score in found]
        ours, theirs = ranking(qualities, upper), ranking(alone, upper)
        print(
            f"kk-{tag:5}{effort:9}{ours:7.3f}{theirs:11.3f}{ours - theirs:7.3f}"
            f"{calibration_error(qualities, full):7.3f}{sum(full) / len(full):10.3f}"
            f"{statistics.mean(qualities):14.3f}"
        )


def qualities(
    scorer: QualityScorer, collector: EvidenceCollector, pairs: list[tuple[str, str]], tag: str
) -> list[float]:
    """The qualities of pairs as given texts."""
    units = [given_unit("kk", source, tag, text) for source, text in pairs]
    return [
        scorer(side).quality
        for start in range(0, len(units), WINDOW)
        for (side,) in collector.evidence(units[start : start + WINDOW])
    ]


def print_spoilt(bench: Bench, home: Path | None) -> None:
    """Spoil the references of devtest and score them as given texts."""
    columns = bench.columns()
    judges = {
        "no model": (QualityScorer(None, "fast"), EvidenceCollector(None, None, "fast")),
        "normal": (bench.scorer("normal", home), bench.collector("normal")),
    }
    rows: dict[str, list[str]] = {kind: [] for kind in CORRUPTIONS}
    for tag in TARGETS:
        other = next(item for item in TARGETS if item != tag)
        held = samples(columns[0], columns[COLUMNS[tag]], columns[COLUMNS[other]], tag)
        chance = random.Random(0)
        spoilt = {kind: [way(sample, chance) for sample in held] for kind, way in CORRUPTIONS.items()}
        for scorer, collector in judges.values():
            sound = qualities(scorer, collector, [(item.source, item.target) for item in held], tag)
            for kind, texts in spoilt.items():
                pairs = [(item.source, text) for item, text in zip(held, texts, strict=True) if text]
                bad = qualities(scorer, collector, pairs, tag)
                good = [True] * len(sound) + [False] * len(bad)
                rows[kind].append(f"{ranking([*sound, *bad], good):10.3f}")
        for kind, texts in spoilt.items():
            rows[kind].append(f"{sum(map(bool, texts)):8}")
    print(f"\nReferences of {FLORES} against the same spoilt: AUC")
    heads = "".join(f"{f'kk-{tag}':>10}{'normal':>10}{'pairs':>8}" for tag in TARGETS)
    print(f"{'':18}{heads}   (first without a model)")
    for kind, cells in rows.items():
        print(f"{kind:18}{''.join(cells)}")


def corpus_pairs(shared: Path) -> Iterator[tuple[str, str, str]]:
    """Source, target and target language of all corpora, round and round."""
    paths = sorted((shared / "corpora").glob("*.tsv"))
    for path in cycle(paths):
        with path.open(encoding="utf-8") as file:
            for line in file:
                cells = line.rstrip("\n").split("\t")
                for tag in TARGETS:
                    if cells[0] and len(cells) > COLUMNS[tag] and cells[COLUMNS[tag]]:
                        yield cells[0], cells[COLUMNS[tag]], tag


def units_in(pairs: Iterable[tuple[str, str, str]]) -> list[Unit]:
    """The units of pairs of the corpora."""
    return [
        Unit(source_language="kk", source=source, sides=(Side(language=tag, text=target),))
        for source, target, tag in pairs
    ]


def print_speed(shared: Path, rows: int) -> None:
    """Cheap features over the corpora."""
    scorer, collector = QualityScorer(None, "fast"), EvidenceCollector(None, None, "fast")
    pairs = corpus_pairs(shared)
    identifier().rank("loaded before the clock starts")
    for side in collector.evidence(units_in(islice(pairs, WARM))):
        scorer(*side)
    print("\nFeatures that need no model, with quality, label and reasons, on one core")
    done, letters, spent = 0, 0, 0.0
    for goal in sorted({goal for goal in (10_000, 100_000, rows) if goal <= rows}):
        while done < goal:
            window = list(islice(pairs, min(1000, goal - done)))
            start = time.process_time()
            for (side,) in collector.evidence(units_in(window)):
                scorer(side)
            spent += time.process_time() - start
            done += len(window)
            letters += sum(len(source) + len(target) for source, target, _ in window)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        print(
            f"{done:10,} rows ({letters / done:.0f} characters each): {done / spent:8,.0f} rows/s, "
            f"peak memory {peak:.0f} MB"
        )


def print_cost(bench: Bench) -> None:
    """CPU time of both, with nothing remembered."""
    texts = bench.columns()[0][:COST_ROWS]
    translator = Translator(bench.engine, "kk", TARGETS, memory=NoMemory())
    list(translator.translate(sentences(texts[:8])))
    start = time.process_time()
    units = [units_of("kk", item) for item in translator.translate(sentences(texts))]
    middle = time.process_time()
    collector = EvidenceCollector(bench.engine, CTranslate2Forcing(bench.engine), "normal", NoMemory())
    scorer = QualityScorer(None, "normal")
    for sides in collector.evidence(units):
        for side in sides:
            scorer(side)
    end = time.process_time()
    print(
        f"\nScoring at normal effort takes {(end - middle) / (middle - start):.0%} of the time of translating"
    )


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("--only", choices=["ranking", "spoilt", "speed", "cost"], action="append")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--model", default="starter")
    given = parser.parse_args()
    parts = given.only or ["speed", "cost", "ranking", "spoilt"]
    if "speed" in parts:
        print_speed(given.shared, given.rows)
    if set(parts) == {"speed"}:
        return
    engine = CTranslate2Engine(resolve(given.model, given.home))
    with Memory.open(default_path(given.home)) as memory:
        bench = Bench(given.shared, engine, memory, given.limit)
        if "cost" in parts:
            print_cost(bench)
        if "ranking" in parts:
            print_ranking(bench, given.home)
        if "spoilt" in parts:
            print_spoilt(bench, given.home)


if __name__ == "__main__":
    main()
