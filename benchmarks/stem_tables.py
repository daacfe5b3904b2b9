"""Learn which word stems translate each other, and write the tables that scoring reads.

    python benchmarks/stem_tables.py FOLDER parallel/scores/data

FOLDER holds the corpora (`corpora/*.tsv`) and dictionaries (`corpora/dict/*.tsv`), columns kk, ru, en. IBM
Model 1 in both directions on stems (`egiz.parallel.align.learned`); a pair of stems is kept if it is likely
enough in either direction. Beside each stem stands how often, of a hundred times, one of its translations is
in the other text (words whose translation is hard to foresee prove little when it is missing), and whether it
is usually written with a capital.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from egiz.parallel.align.learned import learn_both_ways
from egiz.parallel.scores.lexicon import NAME, path_of, stem, stems
from egiz.translate.guards.language import families, written_in

COLUMNS = {"kk": 0, "ru": 1, "en": 2}
PAIRS = (("kk", "ru"), ("kk", "en"), ("en", "ru"))
CORPORA = (
    "prose_news_kaznerd",
    "prose_wiki_kazqad",
    "prose_written",
    "prose_en_ru",
    "tatoeba_kaz",
    "anmitali_examples",
    "kaznu_titles",
    "kaznu_primeminister_kz",
    "kaznu_economy_gov_kz",
    "docs_gnome_user_docs",
    "docs_microsoft_dynamics",
    "ui_signal_ios",
    "ui_mastodon",
    "ui_mozilla_www",
    "ui_gnome_gtk",
    "en_ru_docs",
    "dict/anmitali_dict",
    "dict/cldr_names",
    "dict/roose_sozdik_wiki",
)
WRITTEN = Path(__file__).parent.parent / "translate/train/data"
MOST = 15_000
"""Rows of one corpus at most, evenly spread: manuals would outweigh prose."""
LONGEST = 60
LEAST = 3
LIKELY, LIKELY_RARE = 0.04, 0.12
MOST_LINKS = 12
UNPROVEN = 2
"""Added to the occurrences of a stem, so that a rare one is not trusted."""


Stems = tuple[list[str], list[str]]
Counts = tuple[Counter[str], Counter[str]]
CAPITAL = re.compile(r"(?<=[^\W_][ ,])[^\W\d_]+")
"""A word that does not begin a sentence."""


def rows(folder: Path, pair: tuple[str, str], capitals: tuple[Counter[str], Counter[str]]) -> Iterator[Stems]:
    """The stems of both sides of every row that has both.

    Counts stems inside sentences in `capitals`: one more with a capital, one less without.
    """
    paths = [folder / "corpora" / f"{name}.tsv" for name in CORPORA] + sorted(WRITTEN.glob("*.tsv"))
    for path in paths:
        lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        held = [[cells[COLUMNS[tag]] for tag in pair] for cells in lines if len(cells) > 2]
        held = [texts for texts in held if all(texts)]
        for source, target in held[:: max(1, -(-len(held) // MOST))]:
            sides = stems(source), stems(target)
            for text, count in zip((source, target), capitals, strict=True):
                for word in CAPITAL.findall(text):
                    count[stem(word)] += 1 if word.istitle() else -1
            if all(0 < len(side) <= LONGEST for side in sides):
                yield sides


def kept(texts: list[Stems], pair: tuple[str, str]) -> list[Stems]:
    """The texts with the stems alone that are frequent enough and in their language's letters."""
    found = []
    for place, tag in enumerate(pair):
        counts = Counter(stem for sides in texts for stem in sides[place])
        good = {stem for stem, n in counts.items() if n >= LEAST and written_in(stem, families(tag))}
        found.append([[stem for stem in sides[place] if stem in good] for sides in texts])
    return list(zip(*found, strict=True))


def linked(texts: list[Stems]) -> dict[str, set[str]]:
    """For each stem of the first language, its likeliest translations."""
    learned = learn_both_ways(texts)
    left, right = list(learned.own), list(learned.other)
    there = {(left[one], right[other]): value for (one, other), value in learned.there.items()}
    back = {(right[other], left[one]): value for (other, one), value in learned.back.items()}
    found: dict[str, dict[str, float]] = {}
    for (one, other), value in there.items():
        if value >= LIKELY_RARE or (value >= LIKELY and (other, one) in back):
            found.setdefault(one, {})[other] = value
    for (other, one), value in back.items():
        if value >= LIKELY_RARE:
            held = found.setdefault(one, {})
            held[other] = max(value, held.get(other, 0.0))
    return {
        one: set(sorted(held, key=lambda stem: (-held[stem], stem))[:MOST_LINKS])
        for one, held in found.items()
    }


def reliable(texts: list[Stems], found: dict[str, set[str]], side: int) -> dict[str, int]:
    """For each stem, how often in a hundred one of its translations is there."""
    seen, met = Counter[str](), Counter[str]()
    for pair in texts:
        other = set(pair[1 - side])
        for one in set(pair[side]):
            if one in found:
                seen[one] += 1
                met[one] += not found[one].isdisjoint(other)
    return {one: round(100 * met[one] / (seen[one] + UNPROVEN)) for one in seen}


def entry(stem: str, trust: dict[str, int], capitals: Counter[str]) -> str:
    """The cells of a stem: itself, its reliability, and whether it is a name."""
    return f"{stem}\t{trust.get(stem, 0)}{NAME if capitals[stem] > 0 else ''}"


def main(folder: str, output: str) -> None:
    """Write one table a pair."""
    for pair in PAIRS:
        capitals = Counter[str](), Counter[str]()
        texts = kept(list(rows(Path(folder), pair, capitals)), pair)
        there = linked(texts)
        back: dict[str, set[str]] = {}
        for one, held in there.items():
            for other in held:
                back.setdefault(other, set()).add(one)
        trust = reliable(texts, there, 0), reliable(texts, back, 1)
        lines = [f"# {' '.join(pair)}: {len(texts)} pairs; made by: python benchmarks/stem_tables.py FOLDER"]
        lines += [
            f"{entry(one, trust[0], capitals[0])}\t{' '.join(sorted(there[one]))}" for one in sorted(there)
        ]
        lines.append("")
        lines += [entry(other, trust[1], capitals[1]) for other in sorted(back)]
        path = Path(output) / path_of(pair)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(path, len(texts), "pairs", len(there), len(back), "stems", path.stat().st_size, file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
