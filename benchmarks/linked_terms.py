"""How rightly missing terms are put where word links say, without a model, and beside one.

    python benchmarks/linked_terms.py SHARED [--ways none,table,thot,attention] [--only law] [--rows FILE]

Takes parallel text by people in which terms are rendered as a base asks, and asks for another word instead,
the same for many terms (ханство, каганат, орда; khanate, chanter, horde). So each term is missing, and it is
known where its rendering stands. Printed are, for each text and way: the terms, in how many the other word
came exactly where the rendering stands, on a part of it or with more than it, and somewhere else. `none` makes
safe replacements only, `table` and `thot` learn from the text itself (`egiz terms correct --words`), and
`attention` asks the starter. Texts: FLORES dev, a law, government news; SHARED holds `testsets` and
`corpora`. With --rows FILE every replacement goes to a table.

    python benchmarks/linked_terms.py TABLE.tsv --real [--terms soviet-history] [--to ru]

counts instead what becomes of the terms that are really missing in a file, by way.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.glossary.check import Checker
from egiz.glossary.correct import Correction, CorrectOptions, Corrector, Draft, Links, current_places
from egiz.glossary.records import Term, Wording
from egiz.glossary.termbase import load
from egiz.parallel.word_links import LEAST, WordLinks
from egiz.translate.forcing import Forcing

STAND_INS = {"ru": ("ханство", "каганат", "орда"), "en": ("khanate", "chanter", "horde")}
ADJ = ("ый", "ий", "ой")
TEXTS = {
    "flores": ("testsets/flores200_dev_part.tsv", "ru", "en"),
    "law": ("corpora/law_561iv_military.tsv", "ru"),
    "news": ("corpora/apertium_kaz_rus_texts.tsv", "ru"),
    "government": ("corpora/kaznu_primeminister_kz.tsv", "en"),
}
_SETTLED = ("applied", "variant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A pair of texts with the places of the renderings: start in the source, span in the target."""

    source: str
    target: str
    places: tuple[tuple[str, tuple[int, int]], ...]


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


def asking_otherwise(terms: Sequence[Term], target: str) -> list[Term]:
    """The terms with another word for their rendering."""
    made = []
    for place, term in enumerate(terms):
        if term.accepted_in(target) and not any(w.text.endswith(ADJ) for w in term.accepted_in(target)):
            word = Wording(language=target, text=STAND_INS[target][place % 3], part_of_speech="noun")
            own = tuple(item for item in term.wordings if item.language != target)
            made.append(replace(term, wordings=(*own, word)))
    return made


def judged(item: Planted, correction: Correction, target: str) -> Counter[str]:
    """Where the other words came to stand."""
    counts = Counter(terms=len(item.places))
    for edit in correction.edits:
        if edit.after.lower().startswith(tuple(word[:4] for word in STAND_INS[target])):
            wanted = [place for term, place in item.places if term == edit.term]
            span = (edit.start, edit.stop)
            is_near = any(_overlap(span, place) for place in wanted)
            counts["right" if span in wanted else "near" if is_near else "wrong"] += 1
    return counts


def _overlap(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return one[0] < two[1] and two[0] < one[1]


def attention() -> Forcing:
    from egiz.translate.ctranslate2_engine import CTranslate2Engine
    from egiz.translate.ctranslate2_forcing import CTranslate2Forcing
    from egiz.translate.models import resolve

    return CTranslate2Forcing(CTranslate2Engine(resolve("starter")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--ways", default="none,table,thot")
    parser.add_argument("--only", default="")
    parser.add_argument("--terms", default="government")
    parser.add_argument("--least", default="")
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    terms = load(arguments.terms).terms
    for name, (path, *targets) in TEXTS.items():
        if arguments.only and name != arguments.only:
            continue
        for target in targets:
            texts = read(arguments.shared / path, 1 if target == "ru" else 2)
            asked = asking_otherwise(terms, target)
            names = {t.id for t in asked}
            items = planted(texts, [t for t in terms if t.id in names], target)[:2000]
            for way in arguments.ways.split(","):
                began = time.process_time()
                learned = WordLinks(way, texts).learned if way in ("table", "thot") else None
                for least in arguments.least.split(",") if learned and arguments.least else [""]:
                    import egiz.glossary.correct.links as L
                    if least: L.SURE, L.LIKELY = map(float, least.split("/"))
                    links = None
                    if learned is not None:
                        def links(pairs):
                            return [learned.weights(*pair) for pair in pairs]
                    forcing = attention() if way == "attention" else None
                    corrector = Corrector(
                        asked, "kk", target, forcing=forcing, links=links,
                        options=CorrectOptions(hypotheses=0, others=0),
                    )
                    checker = Checker(asked, "kk", target)
                    counts: Counter[str] = Counter()
                    for item in items:
                        (found,) = corrector.correct([Draft(source=item.source, hypotheses=(item.target,))])
                        own = judged(item, found, target)
                        counts += own
                        if own["wrong"] + own["near"] and arguments.show > counts["shown"]:
                            counts["shown"] += 1
                            for e in found.edits:
                                if e.after[:4].lower() in {w[:4] for w in STAND_INS[target]} and (e.term, (e.start, e.stop)) not in item.places:
                                    print("   ", e.term, [item.target[slice(*p)] for t, p in item.places if t==e.term], e.before,'->',e.after,'|',item.source[:150],'|',item.target[:150])
                    made = counts["right"] + counts["near"] + counts["wrong"]
                    print(f"{name} kk-{target} {way} {least}: {len(items)} pairs {counts['terms']} terms; right {counts['right']} near {counts['near']} wrong {counts['wrong']}"
                          f" precision {counts['right']/max(1,made):.3f} {(counts['right']+counts['near'])/max(1,made):.3f}  {time.process_time()-began:.0f}s", flush=True)


if __name__ == "__main__":
    main()
