"""Measure alignment against links that are known, beside two older methods, and its speed.

    python benchmarks/align.py SHARED [--model starter] [--home FOLDER] [--seed 1] [--methods ours,no-mt]
    python benchmarks/align.py SHARED --speed [--size 10000]

SHARED is the folder with `testsets` and `corpora`. Documents are made as `align_documents.py` does: 12 % of
units joined on each side, 4 % left out on each. FLORES devtest, which no weight has seen, comes first; then
text of corpora, which models are trained on, so that machine translation does better on it than it should.
Methods: `ours` with machine translation, `no-mt`, `galechurch` (Gale and Church 1993, lengths alone, here
rewritten), `bleualign` (the method of Sennrich and Volk 2010, rewritten: BLEU of the same machine translation
against the target, best path, gaps filled by trying to join neighbours, the rest by length). Translations are
kept in the memory under --home, so that a second run takes no model's time. For ours, the expected
calibration error of the link scores in ten bins is shown, and the share of flagged links that are wrong.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as egiz align does, before numpy is there

import numpy as np
from align_documents import Made, make, read_pairs

from egiz.parallel.align.aligner import DocumentPair, align
from egiz.parallel.align.documents import bridging, translate_units
from egiz.parallel.align.layers import LAYERS
from egiz.parallel.align.links_file import LinkSpans, score_links
from egiz.parallel.align.records import Link, TextUnit
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding
from egiz.translate.ladder import Options
from egiz.translate.memory import Memory, default_path
from egiz.translate.models import resolve
from egiz.translate.translator import Translator

NO_MT = tuple(name for name in LAYERS if name != "mt")
SETS = (
    ("FLORES devtest", "testsets/flores200_devtest.tsv", "ru"),
    ("FLORES devtest", "testsets/flores200_devtest.tsv", "en"),
    ("law", "corpora/law_561iv_military.tsv", "ru"),
    ("agency news", "corpora/apertium_kaz_rus_corpus.tsv", "ru"),
    ("government news", "corpora/kaznu_primeminister_kz.tsv", "en"),
    ("literature", "corpora/labiis_kazeng_literature.tsv", "en"),
)
METHODS = ("ours", "no-mt", "galechurch", "bleualign")
_BAND = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--home", type=Path, default=Path(".work/align"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--sets", type=int, default=len(SETS), help="How many of the sets, from the first.")
    parser.add_argument("--speed", action="store_true")
    arguments = parser.parse_args()
    if arguments.speed:
        speed(arguments.shared, arguments.size or 10_000, arguments.seed)
        return
    methods = arguments.methods.split(",")
    bridged = not {"ours", "bleualign"}.isdisjoint(methods)
    engine = CTranslate2Engine(resolve(arguments.model), Hardware()) if bridged else None
    heads = "documents, pair, units, method, strict P, R, F1, lax P, R, F1, null recall, ECE, CPU s"
    print(f"| {heads.replace(', ', ' | ')} |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    with Memory.open(default_path(arguments.home)) as memory:
        options = bridging(Options(decoding=Decoding.parse((f"beam={arguments.beam}",))))
        for name, path, target in SETS[: arguments.sets]:
            pairs = read_pairs(arguments.shared / path, target)[: arguments.size or 1012]
            made = make(pairs, arguments.seed)
            translated = None
            if engine:
                translator = Translator(engine, "kk", [target], options=options, memory=memory)
                translated = translate_units(units(made.source), translator)[0]
            for method in methods:
                row(name, target, made, method, translated)


def units(texts: Sequence[str]) -> list[TextUnit]:
    return [TextUnit(id=f"unit:1.{at}", paragraph=0, text=text) for at, text in enumerate(texts, start=1)]


def row(name: str, target: str, made: Made, method: str, translated: Sequence[str] | None) -> None:
    start = time.process_time()
    links: Sequence[Link] = ()
    if method in ("ours", "no-mt"):
        pair = DocumentPair(
            source=units(made.source),
            target=units(made.target),
            translated=translated if method == "ours" else None,
        )
        links = align(pair, LAYERS if method == "ours" else NO_MT)
        found = [(link.source, link.target) for link in links]
    elif method == "galechurch":
        found = gale_church(lengths(made.source), lengths(made.target))
    else:
        assert translated is not None
        found = bleualign(made, translated)
    seconds = time.process_time() - start
    got = score_links(found, made.gold)
    strict = (got.strict_precision, got.strict_recall, got.strict_f1)
    lax = (got.lax_precision, got.lax_recall, got.lax_f1)
    cells = [
        name, f"kk–{target}", f"{len(made.source)} × {len(made.target)}", method,
        *(f"{value:.3f}" for value in (*strict, *lax, got.null_recall or 0.0)),
        f"{calibration_error(links, made.gold):.3f}" if links else "", f"{seconds:.1f}",
    ]  # fmt: skip
    print(f"| {' | '.join(cells)} |", flush=True)


def calibration_error(links: Sequence[Link], gold: Sequence[LinkSpans]) -> float:
    """Mean distance, over ten bins of equal width, of the scores from the share of links that are right."""
    known = set(gold)
    right = np.array([(link.source, link.target) in known for link in links], dtype=float)
    scores = np.array([link.score for link in links])
    bins = np.minimum((scores * 10).astype(int), 9)
    return sum(abs(float((scores - right)[bins == at].sum())) for at in range(10)) / len(links)


def lengths(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


_PRIORS = {(1, 1): 0.89, (1, 0): 0.0099, (0, 1): 0.0099, (2, 1): 0.089, (1, 2): 0.089, (2, 2): 0.011}


def gale_church(source: Sequence[int], target: Sequence[int]) -> list[LinkSpans]:
    """The programme of Gale and Church (1993): two-sided probability of the length difference, and priors."""
    rows, columns = len(source), len(target)
    ratio = sum(target) / max(1, sum(source))
    own, other = np.concatenate(([0], np.cumsum(source))), np.concatenate(([0], np.cumsum(target)))
    costs: dict[tuple[int, int], float] = {(0, 0): 0.0}
    back: dict[tuple[int, int], tuple[int, int]] = {}
    slope = columns / rows if rows else 0.0
    for i in range(rows + 1):
        middle = int(i * slope)
        for j in range(max(0, middle - _BAND), min(columns, middle + _BAND) + 1):
            best = costs.get((i, j), math.inf)
            for (tall, wide), prior in _PRIORS.items():
                before = costs.get((i - tall, j - wide))
                if before is None:
                    continue
                read = float(own[i] - own[i - tall])
                written = float(other[j] - other[j - wide])
                cost = before + _match_cost(read, written, ratio) - math.log(prior)
                if cost < best:
                    best, back[i, j] = cost, (tall, wide)
            if best < math.inf:
                costs[i, j] = best
    return trace(back, rows, columns)


def _match_cost(read: float, written: float, ratio: float) -> float:
    mean = (read + written / ratio) / 2
    delta = abs((written - read * ratio) / math.sqrt(6.8 * mean)) if mean else 0.0
    return -math.log(max(math.erfc(delta / math.sqrt(2)), 1e-300))


def trace(back: dict[tuple[int, int], tuple[int, int]], i: int, j: int) -> list[LinkSpans]:
    links: list[LinkSpans] = []
    while i or j:
        tall, wide = back[i, j]
        links.append(((i - tall, i), (j - wide, j)))
        i, j = i - tall, j - wide
    return links[::-1]


def bleualign(made: Made, translated: Sequence[str]) -> list[LinkSpans]:
    """Sennrich and Volk (2010), "MT-based sentence alignment for OCR-generated parallel texts"."""
    read = [grams(text) for text in translated]
    written = [grams(text) for text in made.target]
    anchors = best_chain(candidates(read, written))
    links: list[LinkSpans] = []
    i = j = 0
    ends = [*anchors, (len(read), len(written))]
    grown = grow(anchors, translated, made.target)
    for (start, stop), (first, last) in [*grown, ((ends[-1][0], ends[-1][0]), (ends[-1][1], ends[-1][1]))]:
        gap = (
            gale_church(lengths(made.source[i:start]), lengths(made.target[j:first]))
            if (start > i and first > j)
            else [((at, at + 1), (0, 0)) for at in range(start - i)]
            + [((start - i, start - i), (at, at + 1)) for at in range(first - j)]
        )
        links += [((i + a, i + b), (j + c, j + d)) for (a, b), (c, d) in gap]
        if stop > start:
            links.append(((start, stop), (first, last)))
        i, j = stop, last
    return links


def grams(text: str) -> tuple[Counter[str], Counter[tuple[str, str]], int]:
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return Counter(words), Counter(pairwise(words)), len(words)


def bleu(left: tuple, right: tuple) -> float:
    """BLEU of word pairs and single words, harmonic over both directions, which share their matches."""
    if not left[2] or not right[2]:
        return 0.0
    shared = [sum((left[order] & right[order]).values()) for order in (0, 1)]
    if not shared[0]:
        return 0.0

    def one_way(length: int, other: int) -> float:
        precision = [(shared[0] + 0.0) / length, (shared[1] + 0.1) / max(1, length - 1)]
        brevity = min(1.0, math.exp(1 - other / length))
        return brevity * math.sqrt(precision[0] * min(1.0, precision[1]))

    there, back = one_way(left[2], right[2]), one_way(right[2], left[2])
    return 2 * there * back / (there + back) if there + back else 0.0


def candidates(read: Sequence[tuple], written: Sequence[tuple]) -> list[tuple[int, int, float]]:
    """For each source sentence its three best targets near the diagonal."""
    slope = len(written) / max(1, len(read))
    found = []
    for i, left in enumerate(read):
        near = range(max(0, int(i * slope) - _BAND), min(len(written), int(i * slope) + _BAND))
        scored = sorted(((bleu(left, written[j]), j) for j in near), reverse=True)[:3]
        found += [(i, j, score) for score, j in scored if score > 0]
    return sorted(found)


def best_chain(found: Sequence[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """The pairs of greatest total score in which both sentences grow."""
    totals: list[float] = []
    before: list[int] = []
    for place, (i, j, score) in enumerate(found):
        best, owner = 0.0, -1
        for other in range(max(0, place - 6 * _BAND), place):
            if found[other][0] < i and found[other][1] < j and totals[other] > best:
                best, owner = totals[other], other
        totals.append(best + score)
        before.append(owner)
    chain = []
    place = max(range(len(totals)), key=totals.__getitem__, default=-1)
    while place >= 0:
        chain.append(found[place][:2])
        place = before[place]
    return chain[::-1]


def grow(
    anchors: Sequence[tuple[int, int]], translated: Sequence[str], target: Sequence[str]
) -> list[LinkSpans]:
    """Join neighbours that no anchor has, where that makes BLEU grow: Bleualign's gap filling."""
    grown: list[LinkSpans] = []
    for place, (i, j) in enumerate(anchors):
        low = (grown[-1][0][1], grown[-1][1][1]) if grown else (0, 0)
        high = anchors[place + 1] if place + 1 < len(anchors) else (len(translated), len(target))
        best, best_score = ((i, i + 1), (j, j + 1)), -1.0
        for start in range(max(low[0], i - 1), i + 1):
            for stop in range(i + 1, min(high[0], i + 2) + 1):
                for first in range(max(low[1], j - 1), j + 1):
                    for last in range(j + 1, min(high[1], j + 2) + 1):
                        if stop - start > 1 and last - first > 1:
                            continue
                        score = bleu(
                            grams(" ".join(translated[start:stop])), grams(" ".join(target[first:last]))
                        )
                        if score > best_score:
                            best, best_score = ((start, stop), (first, last)), score
        grown.append(best)
    return grown


def speed(shared: Path, size: int, seed: int) -> None:
    """Align documents of `size` sentence pairs without machine translation."""
    pairs = [
        pair
        for name in ("apertium_kaz_rus_corpus", "docs_microsoft_dynamics", "docs_gnome_mate_help")
        for pair in read_pairs(shared / f"corpora/{name}.tsv", "ru")
    ][: int(size * 1.2)]
    made = make(pairs, seed)
    pair = DocumentPair(source=units(made.source)[:size], target=units(made.target)[:size])
    wall, start = time.perf_counter(), time.process_time()
    links = align(pair, NO_MT)
    used = time.process_time() - start, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    got = score_links([(link.source, link.target) for link in links], made.gold)
    print(
        f"{pair.shape[0]} x {pair.shape[1]} units: {used[0]:.1f} s of processor time, {used[1]:.1f} s by "
        f"the clock, {peak:.0f} MB at most; strict precision {got.strict_precision:.3f}"
    )


if __name__ == "__main__":
    main()
