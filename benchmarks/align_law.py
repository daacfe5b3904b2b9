"""Align two versions of a law from plain paragraphs, and print a sample of links to be judged by a person.

    python benchmarks/align_law.py SHARED [--sample 50] [--seed 2] [--joined]

`corpora/law_561iv_military.tsv` has the Kazakh and the Russian of a law, paired. The pairing is forgotten:
each side alone is joined to paragraphs of one to five sentences at points of its own, and both are read,
split and linked as `egiz align --no-mt` would do. Items of lists, which end in a semicolon, stay paragraphs;
with --joined they too are run together, at other points on each side, so that the units of the two sides
cut across each other. The text itself stays where it is.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from align_documents import read_pairs

from egiz.parallel.align.documents import read_text
from egiz.parallel.align.layers import LAYERS
from egiz.parallel.align.run import align_texts
from egiz.translate.read import ReadOptions


def paragraphs(sentences: list[str], chance: random.Random, *, joined: bool) -> str:
    """Plain text: one to five sentences a paragraph; list items and headings stand alone unless `joined`."""
    blocks: list[list[str]] = []
    left = 0
    for sentence in sentences:
        if left == 0:
            blocks.append([])
            left = chance.randint(1, 5)
        blocks[-1].append(sentence)
        left = left - 1 if joined or sentence.endswith((".", "!", "?")) else 0
    return "\n\n".join(" ".join(block) for block in blocks) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--sample", type=int, default=50)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--joined", action="store_true")
    arguments = parser.parse_args()
    pairs = read_pairs(arguments.shared / "corpora/law_561iv_military.tsv", "ru")
    chance = random.Random(arguments.seed)
    with TemporaryDirectory() as folder:
        texts = []
        for side, tag in enumerate(("kk", "ru")):
            place = Path(folder) / f"law-{tag}.txt"
            place.write_text(
                paragraphs([pair[side] for pair in pairs], chance, joined=arguments.joined), encoding="utf-8"
            )
            texts.append(read_text(place, ReadOptions(language=tag)))
    source, target = texts
    links = align_texts(source, [target], None, layers=LAYERS)[0]
    linked = [link for link in links if not link.is_null]
    sizes = Counter(f"{left}:{right}" for left, right in (link.sizes for link in linked))
    alone = [sum(link.sizes[side] for link in links if link.is_null) for side in (0, 1)]
    print(f"{len(source.units):,} Kazakh and {len(target.units):,} Russian sentences, {len(linked):,} links")
    print(f"sizes: {', '.join(f'{size} {count}' for size, count in sizes.most_common())}")
    print(
        f"alone: {alone[0]} Kazakh, {alone[1]} Russian; "
        f"unsure: {sum('unsure' in link.flags for link in linked)}"
    )
    for number, link in enumerate(
        sorted(chance.sample(linked, arguments.sample), key=lambda link: link.source), 1
    ):
        print(f"\n{number}. {link.score:.3f} {link.sizes}")
        for text, span in ((source, link.source), (target, link.target)):
            print(f"   {' | '.join(unit.text for unit in text.units[slice(*span)])}")


if __name__ == "__main__":
    main()
