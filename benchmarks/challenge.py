"""Score the challenge set: does quality tell a right translation from a minimally wrong one?

    python benchmarks/challenge.py [--effort fast|normal] [--half dev|test] [--plot FILE.svg] [--wrong] [--set
    FILE] [--references TABLE]

`challenge.tsv` beside this file holds pairs of a right and a minimally wrong translation by kind, for kk-ru,
kk-en and en-ru; it was written for this purpose and is in the public domain (CC0 1.0). Rows of the half
`dev` are for tuning (`benchmarks/refit.py` fits on them), those of `test` for reporting. In the kind
"language" some wrong rows have a source in another language instead.

For each kind: pairs, in how many percent the right one scores higher, in how many the wrong one scores below
.5, and in how many the right one does not. `--wrong` lists the pairs that fail.

`--references` measures human translations instead, by `fast`: TABLE has the columns kk, ru, en without a
header. For each direction: pairs, the percentage of .5 or more, and the percentages by feature that proves an
error.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from plots import COLOURS, picture

from egiz.parallel.scores import EFFORTS, Effort, EvidenceCollector, QualityScorer, Score, calibrations_of
from egiz.parallel.scores.calibrate import given_unit
from egiz.parallel.scores.quality import proven
from egiz.parallel.scores.reasons import in_words
from egiz.parallel.scores.records import GOOD
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.memory import Memory, default_path
from egiz.translate.models import resolve

SET = Path(__file__).with_suffix(".tsv")
FORMAL = ("number", "date", "unit", "format", "address", "placeholder", "tag", "language", "name", "omission")
MEANING = ("negation", "antonym", "quantifier", "entity swap", "tense", "addition", "loan word")


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """One pair: two sources (usually the same) with a right and a wrong translation."""

    id: str
    half: str
    kind: str
    languages: tuple[str, str]
    right: tuple[str, str]
    wrong: tuple[str, str]


def challenges(path: Path = SET) -> list[Challenge]:
    """The pairs of a file in the form of the challenge set."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        row = dict(zip(header.split("\t"), line.split("\t"), strict=True))
        found.append(
            Challenge(
                id=row["id"],
                half=row["half"],
                kind=row["kind"],
                languages=(row["from"], row["to"]),
                right=(row["source"], row["right"]),
                wrong=(row["wrong_source"], row["wrong"]),
            )
        )
    return found


def scores(held: Sequence[Challenge], effort: Effort) -> list[tuple[Score, Score]]:
    """The scores of the right and the wrong side of each pair, as `egiz score` gives them."""
    if effort == "fast":
        return _judged(held, QualityScorer(None, effort), EvidenceCollector(None, None, effort))
    engine = CTranslate2Engine(resolve("starter"))
    scorer = QualityScorer(calibrations_of(engine.manifest.fingerprint), effort)
    with Memory.open(default_path(None)) as memory:
        return _judged(held, scorer, EvidenceCollector(engine, CTranslate2Forcing(engine), effort, memory))


def _judged(
    held: Sequence[Challenge], scorer: QualityScorer, collector: EvidenceCollector
) -> list[tuple[Score, Score]]:
    units = [
        given_unit(item.languages[0], source, item.languages[1], target)
        for item in held
        for source, target in (item.right, item.wrong)
    ]
    found = [scorer(side) for (side,) in collector.evidence(units)]
    return list(zip(found[::2], found[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Shares:
    """Of `pairs` pairs, how many have the right one above, the wrong one below .5, the right one not."""

    pairs: int
    above: int
    wrong_below: int
    right_good: int

    def __str__(self) -> str:
        cells = (self.above, self.wrong_below, self.right_good)
        return f"{self.pairs:6}" + "".join(f"{100 * cell / self.pairs:14.0f}" for cell in cells)


def shares(found: Sequence[tuple[Score, Score]]) -> Shares:
    """Count over some pairs."""
    return Shares(
        len(found),
        sum(right.quality > wrong.quality for right, wrong in found),
        sum(wrong.quality < GOOD for _, wrong in found),
        sum(right.quality >= GOOD for right, _ in found),
    )


def table(held: Sequence[Challenge], found: Sequence[tuple[Score, Score]]) -> dict[str, Shares]:
    """The shares by kind, then of both groups and of everything."""
    kinds: dict[str, list[tuple[Score, Score]]] = {}
    for item, pair in zip(held, found, strict=True):
        kinds.setdefault(item.kind, []).append(pair)
    groups = {"formal": FORMAL, "meaning": MEANING, "all": FORMAL + MEANING}
    rows = {kind: kinds[kind] for kind in (*FORMAL, *MEANING) if kind in kinds}
    rows |= {name: [pair for kind in group for pair in kinds.get(kind, ())] for name, group in groups.items()}
    return {name: shares(pairs) for name, pairs in rows.items() if pairs}


def listed(item: Challenge, pair: tuple[Score, Score]) -> str:
    """A pair that fails, with both qualities and reasons."""
    (right, wrong) = pair
    return "\n".join(
        (
            f"{item.id} {item.languages[0]}-{item.languages[1]}",
            f"  {right.quality:.3f} {item.right[0]} | {item.right[1]} | {in_words(right.reasons)}",
            f"  {wrong.quality:.3f} {item.wrong[0]} | {item.wrong[1]} | {in_words(wrong.reasons)}",
        )
    )


def references(path: Path) -> None:
    """Print how many human translations have .5 or more, and which features prove an error in them."""
    scorer, collector = QualityScorer(None, "fast"), EvidenceCollector(None, None, "fast")
    rows = [line.split("\t")[:3] for line in path.read_text(encoding="utf-8").splitlines()]
    total, good = 0, 0
    for (one, source), (two, target) in permutations(enumerate(("kk", "ru", "en")), 2):
        units = [given_unit(source, row[one], target, row[two]) for row in rows if row[one] and row[two]]
        found = [scorer(side) for (side,) in collector.evidence(units)]
        kept = sum(score.quality >= GOOD for score in found)
        total, good = total + len(found), good + kept
        counts = Counter(name for score in found for name in proven(score.values))
        shares_ = ", ".join(f"{name} {100 * count / len(found):.1f}" for name, count in counts.most_common())
        print(f"{source}-{target} {len(found):5} {100 * kept / len(found):5.1f}  {shares_}")
    print(f"all   {total:5} {100 * good / total:5.1f}")


_LINE, _LEFT, _WIDTH = 22, 110, 420


def bars(tables: dict[str, dict[str, Shares]]) -> str:
    """An SVG picture: for each kind, a bar an effort with the share of pairs in which the right one is
    above."""
    kinds = list(next(iter(tables.values())))
    lines = []
    for place, (effort, colour) in enumerate(zip(tables, COLOURS, strict=False)):
        lines.append(f'<rect x="{_LEFT + 90 * place}" y="6" width="10" height="10" fill="{colour}"/>')
        lines.append(f'<text x="{_LEFT + 14 + 90 * place}" y="15">{effort}</text>')
    for row, kind in enumerate(kinds, start=1):
        top = row * _LINE + 4
        lines.append(f'<text x="{_LEFT - 6}" y="{top + 12}" text-anchor="end">{kind}</text>')
        thick = 16 // len(tables)
        for place, (table_, colour) in enumerate(zip(tables.values(), COLOURS, strict=False)):
            share = table_[kind].above / table_[kind].pairs
            y = top + place * thick
            wide = f"{_WIDTH * share:.0f}"
            lines.append(f'<rect x="{_LEFT}" y="{y}" width="{wide}" height="{thick - 1}" fill="{colour}"/>')
            end = f"{_LEFT + 4 + _WIDTH * share:.0f}"
            lines.append(f'<text class="share" x="{end}" y="{y + thick - 1}">{share:.0%}</text>')
    title = "Share of pairs in which the right translation scores higher, by kind"
    style = "text {font: 12px sans-serif} .share {font-size: 9px}"
    return picture(title, _LEFT + _WIDTH + 60, _LINE * (len(kinds) + 2), style, lines)


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--effort", choices=EFFORTS, action="append")
    parser.add_argument("--half", choices=("dev", "test"))
    parser.add_argument("--set", type=Path, default=SET)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--references", type=Path)
    given = parser.parse_args()
    if given.references:
        references(given.references)
        return
    held = [item for item in challenges(given.set) if given.half in (None, item.half)]
    tables = {}
    for effort in given.effort or ("fast", "normal"):
        found = scores(held, effort)
        tables[effort] = table(held, found)
        print(f"{effort}\n{'kind':14}{'pairs':>6}{'right above':>14}{'wrong < .5':>14}{'right >= .5':>14}")
        for name, row in tables[effort].items():
            print(f"{name:14}{row}")
        if given.wrong:
            for item, (right, wrong) in zip(held, found, strict=True):
                if not (right.quality > wrong.quality and right.quality >= GOOD > wrong.quality):
                    print(listed(item, (right, wrong)))
    if given.plot:
        given.plot.write_text(bars(tables), encoding="utf-8")


if __name__ == "__main__":
    main()
