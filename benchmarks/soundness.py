"""Fit what tells sound pairs from spoilt ones with no model, and write the file that scoring reads.

    python benchmarks/soundness.py FOLDER > parallel/scores/data/sound.json

FOLDER holds the test sets (`testsets/*.tsv`), columns kk, ru, en. Fitted on the FLORES-200 dev references in
all six directions, each with three spoilt versions (`egiz.parallel.scores.fit`), and on the half `dev` of the
challenge set, whose sentences are short and whose errors are small. From the features that need no model.
"""

from __future__ import annotations

import json
import sys
from itertools import permutations
from pathlib import Path

from challenge import SET, challenges

from egiz.parallel.scores.calibrate import Table, fit_soundness, given_unit, spoilt_pairs
from egiz.parallel.scores.evidence import Witness
from egiz.parallel.scores.features import SIGNATURE, Values, measure

LANGUAGES = ("kk", "ru", "en")
NAME = "flores200_dev_part.tsv"
REPEATED = 3
"""Times that each pair of the challenge set counts: they are few beside the others."""


def main(folder: str) -> None:
    """Print the file."""
    lines = (Path(folder) / "testsets" / NAME).read_text(encoding="utf-8").splitlines()
    columns = dict(zip(LANGUAGES, zip(*(line.split("\t") for line in lines), strict=True), strict=True))
    witness = Witness(None, None, "fast")
    given: list[tuple[Values, bool]] = []
    for source, target in permutations(LANGUAGES, 2):
        references = {tag: texts for tag, texts in columns.items() if tag != source}
        table = Table(source=source, sources=columns[source], references=references)
        for before, after, kind in spoilt_pairs(table, target, kinds=3):
            ((side,),) = witness.evidence([given_unit(source, before, target, after)])
            given.append((measure(side), not kind))
    for item in challenges():
        if item.half == "dev":
            for (before, after), is_sound in ((item.right, True), (item.wrong, False)):
                ((side,),) = witness.evidence(
                    [given_unit(item.languages[0], before, item.languages[1], after)]
                )
                given += [(measure(side), is_sound)] * REPEATED
    sound = fit_soundness(given, "fast").as_json()
    content = {
        "features": SIGNATURE,
        "made_from": f"{NAME}, {len(lines)} rows, six directions; {SET.name}, half dev",
        "sound": sound,
    }
    print(json.dumps(content, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
