"""How fast chrF++ of two like texts is beside sacreBLEU's, and that it is the same.

    python benchmarks/chrf.py [--smoke]

The sentences of the Kazakh seed document, each against itself with one word left out at three places, as the
other outputs of a beam differ from the best. Both take turns for five rounds (`--smoke`: one). Printed are
microseconds of processor time a pair, the median of the rounds, how many times as fast ours is, and the
largest difference of any score. Exit status 1 where one differs by more than 1e-9.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from sacrebleu.metrics.chrf import CHRF

from egiz.translate.metrics import WORDS, chrf
from egiz.translate.read import ReadOptions, read
from egiz.translate.split import split

SEED = Path(__file__).resolve().parent.parent / "seeds" / "kk" / "qaita-quru.txt"
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true")
    rounds = 1 if parser.parse_args().smoke else ROUNDS
    pairs = alike()
    metric = CHRF(word_order=WORDS)
    sides: dict[str, Callable[[str, str], float]] = {
        "sacreBLEU": lambda text, reference: metric.sentence_score(text, [reference]).score,
        "Egiz": chrf,
    }
    taken: dict[str, list[float]] = {name: [] for name in sides}
    scores: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, side in sides.items():
            start = time.process_time()
            scores[name] = [side(*pair) for pair in pairs]
            taken[name].append((time.process_time() - start) / len(pairs) * 1e6)
    for name, found in taken.items():
        print(f"{name:10}{median(found):8.1f} µs a pair, {len(pairs)} pairs")
    print(f"{median(taken['sacreBLEU']) / median(taken['Egiz']):.1f} times as fast")
    apart = max(abs(one - two) for one, two in zip(*scores.values(), strict=True))
    print(f"largest difference {apart:.1e}")
    sys.exit(apart > 1e-9)


def alike() -> list[tuple[str, str]]:
    """Texts with what they lack a word of."""
    [document] = read(SEED, ReadOptions(language="kk"))
    pairs = []
    for sentence in split(document):
        words = sentence.text.split()
        for at in sorted({len(words) // 4, len(words) // 2, len(words) - 1}):
            pairs.append((" ".join(words[:at] + words[at + 1 :]), sentence.text))
    return pairs


if __name__ == "__main__":
    main()
