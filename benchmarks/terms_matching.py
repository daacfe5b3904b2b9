"""Measure the matching of terms with a base of 100,000: loading, speed, memory.

    python benchmarks/terms_matching.py [--dict FOLDER] [--text FILE] [--terms N]

Terms are made by a seeded generator out of Kazakh-like syllables, a third of them of two or three words;
with ``--dict`` the words of the first column of all tables in FOLDER are taken instead, and phrases made of
them fill up to N. The text is made of the terms, inflected, with twice as many other words between; with
``--text`` it is the first column of a table, or the lines of a text. Times are those of the processor, on one
core. The last line compares with a search by one regular expression a term (the wording, letters after it
allowed), on 200 terms and 50 sentences, scaled up to the whole.
"""

from __future__ import annotations

import argparse
import gc
import random
import re
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from egiz.glossary.languages import morphology
from egiz.glossary.match import Matcher
from egiz.glossary.records import Form, Term, Wording

ONSETS = ["б", "д", "ж", "к", "л", "м", "н", "п", "р", "с", "т", "ш", "ғ", "қ", "з"]
ENDS = ["", "н", "л", "р", "с", "т", "к", "ң", "з", "м", "ш"]
VOWELS = ("аоұы", "әеөүі")
CASES = ("nominative", "genitive", "dative", "accusative", "locative", "ablative", "instrumental")
SENTENCE = 16
"""Words of a sentence, as in the FLORES devtest."""


def words(chance: random.Random) -> Iterator[str]:
    """Words without end, each once: two to four syllables with vowels of one kind."""
    seen = set[str]()
    while True:
        vowels = chance.choice(VOWELS)
        made = "".join(
            chance.choice(ONSETS) + chance.choice(vowels) + chance.choice(ENDS)
            for _ in range(chance.choice((2, 2, 3, 3, 4)))
        )
        if made not in seen:
            seen.add(made)
            yield made


def read_words(folder: Path) -> Iterator[str]:
    """The first column of all tables of a folder, each entry once."""
    lines = (
        line
        for path in sorted(folder.glob("*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    yield from dict.fromkeys(cell for cell in (line.split("\t")[0].strip() for line in lines) if cell)


def wordings(count: int, source: Iterator[str], chance: random.Random, *, phrases: bool) -> list[str]:
    """So many wordings from a source of words; where it runs dry, or for a third, phrases of two or three."""
    made = list[str]()
    pool = list[str]()
    for word in source:
        if len(made) == count:
            return made
        pool.append(word)
        grown = phrases and len(pool) > SENTENCE and chance.random() < 1 / 3
        made.append(" ".join(chance.choices(pool, k=chance.choice((2, 3)))) if grown else word)
    single = [word for word in pool if " " not in word]
    while len(made) < count:
        made.append(" ".join(chance.choices(single, k=chance.choice((2, 3)))))
    return made


def sentences(texts: list[str], others: list[str], chance: random.Random, count: int) -> list[str]:
    """Sentences in which every third word or so is a form of a term, frequent ones often."""
    kazakh = morphology("kk")
    made = []
    for _ in range(count):
        line = list[str]()
        while len(line) < SENTENCE:
            if chance.random() < 1 / 3:
                text = texts[min(int(chance.paretovariate(0.5)), len(texts)) - 1]
                form = Form(case=chance.choice(CASES), number=chance.choice(("singular", "plural")))
                line += (kazakh.inflect(Wording(language="kk", text=text), form) or text).split()
            else:
                line.append(others[min(int(chance.paretovariate(0.5)), len(others)) - 1])
        made.append(" ".join(line) + ".")
    return made


def naive(texts: list[str], lines: list[str]) -> float:
    """Seconds that a search term by term takes for one term in one sentence."""
    patterns = [re.compile(rf"\b{re.escape(text)}\w*", re.IGNORECASE) for text in texts]
    start = time.process_time()
    for line in lines:
        for pattern in patterns:
            pattern.search(line)
    return (time.process_time() - start) / (len(texts) * len(lines))


def main() -> None:
    """Print one figure a line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--dict", type=Path)
    options.add_argument("--text", type=Path)
    options.add_argument("--terms", type=int, default=100_000)
    chosen = options.parse_args()
    chance = random.Random(1)
    source = words(chance) if chosen.dict is None else read_words(chosen.dict)
    texts = wordings(chosen.terms, source, chance, phrases=chosen.dict is None)
    others = [next(made) for made in [words(random.Random(2))] for _ in range(50_000)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    terms = [
        Term(
            id=str(at), wordings=(Wording(language="kk", text=text), Wording(language="ru", text=text[::-1]))
        )
        for at, text in enumerate(texts)
    ]
    gc.collect()
    start = time.process_time()
    matcher = Matcher(terms, "kk")
    print(f"terms           {len(terms):>12,}")
    print(f"index           {time.process_time() - start:>12.2f} s")
    if chosen.text is None:
        lines = sentences(texts, others, chance, 20_000)
    else:
        cells = (line.split("\t")[0] for line in chosen.text.read_text(encoding="utf-8").splitlines())
        lines = [cell for cell in cells if cell]
    for name in ("first pass", "second pass"):
        start = time.process_time()
        found = sum(len(matcher.matches(line)) for line in lines)
        spent = time.process_time() - start
        print(f"{name:15} {len(lines) / spent:>12,.0f} sentences/s ({found / len(lines):.1f} terms each)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory     {peak / 1024:>12,.0f} MB ({(peak - before) / 1024:,.0f} MB of it for terms)")
    each = naive(texts[:200], lines[:50]) * len(terms)
    print(f"one regex each  {1 / each:>12,.2f} sentences/s (index: {len(lines) / spent * each:,.0f} times)")


if __name__ == "__main__":
    main()
