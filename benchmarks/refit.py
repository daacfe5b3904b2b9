"""Fit everything that scoring reads again, for a model: the tables of word stems, soundness, and calibration.

    python benchmarks/refit.py FOLDER [--model MODEL] [--from kk] [--only stems|sound|model]... [--output DIR]

FOLDER holds the corpora (`corpora/*.tsv`) and test sets (`testsets/*.tsv`), columns kk, ru, en. The parts:

- `stems`: ``words.*.tsv``, by `stem_tables.py`. They depend on the corpora, not on the model.
- `sound`: ``sound.json``, what tells sound pairs from spoilt ones with no model: from the FLORES-200 dev
  references in all six directions, each with three spoilt versions (`egiz.parallel.scores.fit`), and the half
  `dev` of the challenge set, whose sentences are short and whose errors are small.
- `model`: ``starter.json``, the calibration of the model at normal effort, as `egiz score calibrate` makes
  it, from each source language of `--from` into the other two.

The seconds that each part took are printed. To be run again for every new starter, and after any change of
`FEATURES`.
"""

from __future__ import annotations

import argparse
import json
import time
from itertools import permutations
from pathlib import Path

import stem_tables
from challenge import SET, challenges

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.scores.calibrate import (
    Table,
    calibrate_table,
    fit_soundness,
    given_unit,
    read_table,
    spoilt_pairs,
)
from egiz.parallel.scores.evidence import EvidenceCollector
from egiz.parallel.scores.features import SIGNATURE, Values, measure
from egiz.parallel.scores.records import Unit

LANGUAGES = ("kk", "ru", "en")
NAME = "flores200_dev_part.tsv"
DATA = Path(__file__).parent.parent / "parallel/scores/data"
REPEATED = 3
"""Times that each pair of the challenge set counts: they are few beside the others."""


def measured(unit: Unit) -> Values:
    """The features of one pair that need no model."""
    ((side,),) = EvidenceCollector(None, None, "fast").evidence([unit])
    return measure(side)


def fit_sound(folder: Path, output: Path) -> None:
    """Fit soundness and write it."""
    lines = (folder / "testsets" / NAME).read_text(encoding="utf-8").splitlines()
    columns = dict(zip(LANGUAGES, zip(*(line.split("\t") for line in lines), strict=True), strict=True))
    given: list[tuple[Values, bool]] = []
    for source, target in permutations(LANGUAGES, 2):
        references = {tag: texts for tag, texts in columns.items() if tag != source}
        table = Table(source=source, sources=columns[source], references=references)
        for before, after, kind in spoilt_pairs(table, target, kinds=3):
            given.append((measured(given_unit(source, before, target, after)), not kind))
    for item in challenges():
        if item.half == "dev":
            source, target = item.languages
            for (before, after), is_sound in ((item.right, True), (item.wrong, False)):
                given += [(measured(given_unit(source, before, target, after)), is_sound)] * REPEATED
    content = {
        "features": SIGNATURE,
        "made_from": f"{NAME}, {len(lines)} rows, six directions; {SET.name}, half dev",
        "sound": fit_soundness(given, "fast").as_json(),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (output / "sound.json").write_text(text, encoding="utf-8")


def fit_model(folder: Path, output: Path, model: str, sources: list[str]) -> None:
    """Calibrate the model and write the fits, those of an earlier model gone."""
    path, choice = folder / "testsets" / NAME, EngineChoice(model=model)
    engine = choice.forcing_engine("--model")
    for source in sources:
        targets = [tag for tag in LANGUAGES if tag != source]
        with choice.memory() as memory:
            _, made = calibrate_table(
                read_table(path, source, targets, LANGUAGES),
                path,
                engine,
                "normal",
                options=choice.options(engine.manifest),
                memory=memory,
                output=output / "starter.json",
                report=print,
            )
        for fit in made.fits:
            pair, check = f"{fit.source}-{fit.target}", fit.check
            print(f"{pair} {fit.effort:7} unseen AUC {check.auc:.3f} ECE {check.ece:.3f}")


def main() -> None:
    """Run the parts that are asked for, with their times."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--from", dest="sources", default="kk", help="source languages, with commas")
    parser.add_argument("--only", choices=("stems", "sound", "model"), action="append")
    parser.add_argument("--output", type=Path, default=DATA)
    given = parser.parse_args()
    parts = {
        "stems": lambda: stem_tables.main(str(given.folder), str(given.output)),
        "sound": lambda: fit_sound(given.folder, given.output),
        "model": lambda: fit_model(given.folder, given.output, given.model, given.sources.split(",")),
    }
    for name, part in parts.items():
        if name in (given.only or parts):
            start, busy = time.monotonic(), time.process_time()
            part()
            spent, worked = time.monotonic() - start, time.process_time() - busy
            print(f"{name}: {spent:.0f} s, {worked:.0f} s of processor")


if __name__ == "__main__":
    main()
