"""How rightly missing terms are put where links of words say, without a model, and beside one.

    python benchmarks/linked_terms.py SHARED [--ways none,table,thot] [--only law] [--pairs N] [--rows FILE]

Takes parallel text by people in which terms are rendered as a base asks, and asks for another word instead,
one of three for all terms (ханство, каганат, орда; khanate, chanter, horde). So each term is missing, and it
is known where its rendering stands. Printed are for each text and way: the terms; for how many the other word
came exactly where the rendering stands (right), on a part of it or with more than it (near), somewhere else
(wrong); and the processor's time. `none` makes safe replacements only, `table` and `thot` learn from the text
itself as `egiz terms correct --words` does, `attention` asks the starter, without translating again. Texts:
FLORES dev, a law, news, government news; SHARED holds `testsets` and `corpora`. Of each, the first --pairs
with terms are taken. With --rows FILE, what was replaced is written there, to be read by a person.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from egiz.glossary.check import Checker
from egiz.glossary.correct import Correction, CorrectOptions, Corrector, Draft
from egiz.glossary.records import Term, Wording
from egiz.glossary.termbase import load
from egiz.parallel.bilingual.links import LearnedLinks
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.models import resolve

STAND_INS = {"ru": ("ханство", "каганат", "орда"), "en": ("khanate", "chanter", "horde")}
_BEGINNINGS = ("хан", "каг", "орд", "kha", "cha", "hor")
_ADJECTIVES = ("ый", "ий", "ой")
TEXTS = {
    "flores": ("testsets/flores200_dev_part.tsv", "ru", "en"),
    "law": ("corpora/law_561iv_military.tsv", "ru"),
    "news": ("corpora/apertium_kaz_rus_texts.tsv", "ru"),
    "government": ("corpora/kaznu_primeminister_kz.tsv", "en"),
}
_SETTLED = ("applied", "variant")
Place = tuple[str, tuple[int, int]]
"""A term and the span of its rendering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A pair of texts with the places of the renderings of its terms."""

    source: str
    target: str
    places: tuple[Place, ...]


def read(path: Path, column: int) -> list[tuple[str, str]]:
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(cells[0], cells[column]) for cells in lines if cells[0] and cells[column]]


def planted(texts: Sequence[tuple[str, str]], terms: Sequence[Term], target: str) -> list[Planted]:
    """The pairs with terms that are rendered, and no term that is not."""
    checker = Checker(terms, "kk", target)
    made = []
    for source, text in texts:
        uses = checker.check(source, text)
        if uses and all(use.outcome in _SETTLED for use in uses):
            places = [(use.term.id, (use.target.start, use.target.stop)) for use in uses if use.target]
            made.append(Planted(source=source, target=text, places=tuple(places)))
    return made


def nouns(terms: Sequence[Term], target: str) -> list[Term]:
    """The terms that have a rendering, but for adjectives, in whose place no noun can stand."""
    return [
        term
        for term in terms
        if (accepted := term.accepted_in(target))
        and not any(wording.text.endswith(_ADJECTIVES) for wording in accepted)
    ]


def asking_otherwise(terms: Sequence[Term], target: str) -> list[Term]:
    """The terms with another word for their rendering."""
    made = []
    for place, term in enumerate(terms):
        word = Wording(language=target, text=STAND_INS[target][place % 3], part_of_speech="noun")
        own = tuple(item for item in term.wordings if item.language != target)
        made.append(replace(term, wordings=(*own, word)))
    return made


def judged(item: Planted, correction: Correction) -> Counter[str]:
    """Where the other words came to stand."""
    counts = Counter(terms=len(item.places))
    for edit in correction.edits:
        if edit.after.lower().startswith(_BEGINNINGS):
            wanted = [place for term, place in item.places if term == edit.term]
            is_near = any(edit.start < stop and start < edit.stop for start, stop in wanted)
            counts["right" if (edit.start, edit.stop) in wanted else "near" if is_near else "wrong"] += 1
    return counts


def write(stream: TextIO, name: str, item: Planted, correction: Correction) -> None:
    for edit in correction.edits:
        before, after = item.target[: edit.start][-60:], item.target[edit.stop :][:40]
        cells = (name, edit.term, item.source, f"{before}[{edit.before}→{edit.after}]{after}")
        stream.write("\t".join(cells) + "\n")


def corrector(way: str, terms: Sequence[Term], texts: Sequence[tuple[str, str]], target: str) -> Corrector:
    options = CorrectOptions(mode="eager", hypotheses=0)
    if way == "attention":
        forcing = CTranslate2Forcing(CTranslate2Engine(resolve("starter")))
        return Corrector(terms, "kk", target, forcing=forcing, options=options)
    if way == "none":
        return Corrector(terms, "kk", target, options=options)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "texts.tsv"
        lines = [f"{source}\t{text}\n" for source, text in texts]
        path.write_text(f"kk\t{target}\n" + "".join(lines), encoding="utf-8")
        links = LearnedLinks("table" if way == "table" else "thot", [path])("kk", target)
    return Corrector(terms, "kk", target, links=links, options=options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--ways", default="none,table,thot")
    parser.add_argument("--only", default="", choices=["", *TEXTS])
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--rows", type=Path)
    arguments = parser.parse_args()
    rows = arguments.rows.open("w", encoding="utf-8") if arguments.rows else None
    for name, (path, *targets) in TEXTS.items():
        for target in targets if arguments.only in ("", name) else ():
            texts = read(arguments.shared / path, ("kk", "ru", "en").index(target))
            terms = nouns(load("government").terms, target)
            items = planted(texts, terms, target)[: arguments.pairs]
            for way in arguments.ways.split(","):
                began, counts = time.process_time(), Counter[str]()
                made = corrector(way, asking_otherwise(terms, target), texts, target)
                drafts = [Draft(source=item.source, hypotheses=(item.target,)) for item in items]
                for item, correction in zip(items, made.correct(drafts), strict=True):
                    counts += judged(item, correction)
                    if rows:
                        write(rows, f"{name} {way}", item, correction)
                total = counts["right"] + counts["near"] + counts["wrong"]
                print(
                    f"{name} kk-{target} {way}: {counts['terms']} terms, right {counts['right']}, "
                    f"near {counts['near']}, wrong {counts['wrong']}, "
                    f"right of what was replaced {counts['right'] / max(1, total):.3f}; "
                    f"{time.process_time() - began:.0f} s",
                    flush=True,
                )
    if rows:
        rows.close()


if __name__ == "__main__":
    main()
