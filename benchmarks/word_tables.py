"""Make the word tables that correction of terms takes its evidence from, from parallel text.

    python benchmarks/word_tables.py SHARED [kk-ru kk-en en-ru]

Reads SHARED/corpora/*.tsv, of manuals and messages at most MOST rows each, for they would outweigh prose, and
dictionaries with free licences, reduces words to lemmas (`egiz.glossary.correct.words`), learns how probable
the lemmas of two languages are of each other (Model 1 in both directions), and writes what is likely in both
to glossary/data/words. Lemmas seen in fewer than SEEN rows prove nothing and are left out. No test set is
read.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from pathlib import Path

from egiz.glossary.correct.links import word_places
from egiz.glossary.correct.words import lemma
from egiz.glossary.languages import extraction_language
from egiz.parallel.align.learned import learn_both_ways

FOLDER = Path(__file__).resolve().parents[1] / "glossary" / "data" / "words"
COLUMNS = {"kk": 0, "ru": 1, "en": 2}
DICTIONARIES = ("anmitali_dict", "cldr_names", "roose_sozdik_wiki")
HEADWORDS = "dict/*.tsv"
MOST = 1_200
"""Rows of one manual or list of messages at most."""
MANUALS = ("ui_", "docs_", "en_ru_docs")
SEEN = 3
LONGEST = 30
BOTH = 0.03
"""Least geometric mean of both probabilities."""
_WORD = re.compile(r"[^\W\d_]{2,}")

Rows = list[tuple[str, str]]


class _Any(Container[str]):
    """Holds every word: Russian lemmas need no list."""

    def __contains__(self, word: object) -> bool:
        return True


def main() -> None:
    shared, wanted = Path(sys.argv[1]), sys.argv[2:] or ["kk-ru", "kk-en", "en-ru"]
    FOLDER.mkdir(exist_ok=True)
    for pair in wanted:
        tags = pair.split("-")
        texts = list(read(shared / "corpora", COLUMNS[tags[0]], COLUMNS[tags[1]]))
        own, other = (reduced(shared, tag, [text[at] for text in texts]) for at, tag in enumerate(tags))
        lines = table([row for row in zip(own, other, strict=True) if all(row)])
        (FOLDER / f"{pair}.tsv").write_text("".join(lines), encoding="utf-8", newline="\n")
        print(f"{pair}: {len(texts):,} rows, {len(lines):,} lemmas", flush=True)


def read(folder: Path, source: int, target: int) -> Iterator[tuple[str, str]]:
    """The pairs of texts of all corpora, each once, without long ones and without very unequal ones."""
    paths = sorted(folder.glob("*.tsv")) + [folder / "dict" / f"{name}.tsv" for name in DICTIONARIES]
    seen = set[tuple[str, str]]()
    for path in paths:
        held: Rows = []
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = line.split("\t")
            if len(cells) <= 2 or not cells[source] or not cells[target]:
                continue
            key = cells[source].lower(), cells[target].lower()
            if key not in seen and _even(*(len(word_places(text)) for text in key)):
                seen.add(key)
                held.append((cells[source], cells[target]))
        most = 10 * MOST if path.stem == "en_ru_docs" else MOST
        step = max(1, -(-len(held) // most)) if path.name.startswith(MANUALS) else 1
        yield from held[::step]


def _even(one: int, other: int) -> bool:
    return min(one, other) >= 1 and max(one, other) <= min(LONGEST, 3 * min(one, other) + 3)


def reduced(shared: Path, tag: str, texts: list[str]) -> list[list[str]]:
    """The lemmas of each text, without those that are seen in few texts."""
    forms = Counter(word for text in texts for word in cut(text))
    known: Container[str] = _Any()
    if tag == "kk":
        paths = (shared / "corpora").glob(HEADWORDS)
        lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
        known = {head for line in lines if _WORD.fullmatch(head := line.split("\t")[0].lower())}
    elif tag == "en":
        known = {reading.lemma for reading in extraction_language("en").read(forms).values()} & set(forms)
    lemmas = {form: lemma(tag, form, known) for form in forms}
    rows = [[lemmas[word] for word in cut(text)] for text in texts]
    seen = Counter(word for row in rows for word in set(row))
    return [[word for word in row if seen[word] >= SEEN] for row in rows]


def cut(text: str) -> list[str]:
    return [text[start:stop].lower() for start, stop in word_places(text)]


def table(texts: list[tuple[list[str], list[str]]]) -> list[str]:
    """A line for each source lemma: itself, then each likely target lemma with the probabilities of either
    given the other, in percent."""
    learned = learn_both_ways(texts)
    names, others = list(learned.own), list(learned.other)
    found: defaultdict[str, list[tuple[float, float, float, str]]] = defaultdict(list)
    for (one, two), chance in learned.there.items():
        back = learned.back.get((two, one), 0.0)
        mean = math.sqrt(chance * back)
        if mean >= BOTH and not names[one].isdigit():
            found[names[one]].append((-mean, chance, back, others[two]))
    return [
        "\t".join([word, *(f"{two}:{100 * a:.0f}:{100 * b:.0f}" for _, a, b, two in sorted(found[word]))])
        + "\n"
        for word in sorted(found)
    ]


if __name__ == "__main__":
    main()
