"""Measure how many correct uses of Russian terms are recognised, and how often a term is seen by chance.

    python benchmarks/terms_recognition.py FOLDER [--dev] [--show]

FOLDER holds the word lists (`corpora/dict/*.tsv`; kk, ru in the first two columns) and the test sets
(`testsets/*.tsv`; kk, ru, en). Needs `snowballstemmer`.

**Terms.** Every pair of a word list whose sides are words of Cyrillic letters (three at least; infinitives
and sentences of more than four words left out) is an entry. An entry is drawn for a sentence where its
Kazakh side is found in the Kazakh text by `egiz.glossary.match.Matcher`; entries found in more than one
sentence in a hundred are common words, no terms, and left out.

**Correct uses.** Of a drawn entry, a reference uses the Russian side where it holds a form of it. What is a
form is judged by pooling, not by Egiz: Egiz, Snowball's stemmer and a coarse common-prefix rule each point at
words of the reference. A pair of term and words is right where it is the dictionary form, or where Egiz and
Snowball, which share neither code nor data, agree. The other pairs were read through by one person, and
`terms_recognition.tsv` beside this file lists those found right, as well as agreed ones found wrong (of the
agreed pairs only those with little in common were read). A pair that is not listed counts as wrong, so an
answer nobody has looked at never helps. All cases, numbers, short forms and degrees are right; other parts of
speech (химический in "химически", законный in "закон") and other words (метр in "метро") are wrong. A form
that none of the three points at is not counted, and homographs are judged without their sentence.

**Random accepts.** Each correct use is tried on other references, drawn with a fixed seed, of sentences that
lack the Kazakh side. The term may rightly stand there too; `wrong` are those accepts where it does not.

Systems: `exact` compares words, capitals aside; `substring` looks for the dictionary form anywhere in the
text; `stem inside` for each word's Snowball stem anywhere in a word; `stem` compares Snowball stems of whole
words. With ``--show`` the pairs of the pool that are not listed are printed: who pointed at them, term,
words, how often.

Rules were made on the dev part (``--dev``). Judging the devtest's pairs by hand meant reading them, and two
rules came of it: plural wordings are recognised in the singular, and nouns that pymorphy3 takes for no
dictionary form decline like a model. Without both, 98.7 % instead of 99.2 % are recognised there.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from egiz.glossary.match import Matcher
from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.find import find
from egiz.glossary.morphology.spelling import cut_words, fold
from egiz.glossary.records import Term, Wording
from egiz.glossary.russian.forms import Russian

RUSSIAN = Russian()
SIDE = {
    "kk": re.compile(r"[а-яёәғқңөұүһі]{3,}(?:[ -][а-яёәғқңөұүһі]+){0,3}", re.IGNORECASE),
    "ru": re.compile(r"[а-яё]{3,}(?:[ -][а-яё]+){0,3}", re.IGNORECASE),
}
INFINITIVE = re.compile(r"(?:ть|ти|чь)(?:ся)?")
COMMON = 0.01
DRAWS = 5
SEED = 2004
AUDIT = Path(__file__).with_suffix(".tsv")
Surfaces = frozenset[str]


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference with its words as they are cut, folded, and their Snowball stems."""

    text: str
    cut: tuple[Word, ...]
    words: tuple[str, ...]
    stems: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """What a system did: of correct uses found, of random draws accepted and wrongly accepted."""

    found: int = 0
    accepted: int = 0
    wrong: int = 0
    by_size: Counter[bool] = field(default_factory=Counter)


@cache
def stem(word: str) -> str:
    """Snowball's Russian stem of a folded word."""
    return str(_stemmer().stemWord(word))


@cache
def _stemmer():  # type: ignore[no-untyped-def]
    import snowballstemmer

    return snowballstemmer.stemmer("russian")


def entries(folder: Path) -> list[tuple[str, str]]:
    """The pairs of all word lists that can be terms, sorted."""
    found = set()
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            kk, ru = (cell.strip() for cell in line.split("\t")[:2])
            verb = " " not in ru and INFINITIVE.search(ru[-4:])
            if SIDE["kk"].fullmatch(kk) and SIDE["ru"].fullmatch(ru) and not verb:
                found.add((kk, ru))
    return sorted(found)


def occurrences(pairs: Iterable[tuple[str, str]], sentences: Sequence[str]) -> dict[str, set[int]]:
    """In which sentences each Kazakh side is found."""
    sides = sorted({kk for kk, _ in pairs})
    terms = [Term(id=kk, wordings=(Wording(language="kk", text=kk),)) for kk in sides]
    matcher = Matcher(terms, "kk")
    found: dict[str, set[int]] = {}
    for number, sentence in enumerate(sentences):
        for match in matcher.occurrences(sentence):
            found.setdefault(match.term.id, set()).add(number)
    return found


def exact(wording: str, reference: Reference) -> Surfaces:
    """The wording's own words, capitals and ё aside."""
    return _runs(reference.words, [fold(word.text) for word in cut_words(wording)], str.__eq__, reference)


def substring(wording: str, reference: Reference) -> Surfaces:
    """The words that the dictionary form stands in."""
    text, wanted = fold(reference.text), fold(wording)
    at = text.find(wanted)
    if at < 0:
        return frozenset()
    first = text.rfind(" ", 0, at) + 1
    return frozenset({" ".join(word.text for word in cut_words(text[first : at + len(wanted)]))})


def stem_inside(wording: str, reference: Reference) -> Surfaces:
    """Words that hold the wording's stems."""
    wanted = [stem(fold(word.text)) for word in cut_words(wording)]
    return _runs(reference.words, wanted, lambda word, part: part in word, reference)


@lru_cache(maxsize=64)
def stem_match(wording: str, reference: Reference) -> Surfaces:
    """Words with the wording's stems."""
    wanted = [stem(fold(word.text)) for word in cut_words(wording)]
    return _runs(reference.stems, wanted, str.__eq__, reference)


def prefix(wording: str, reference: Reference) -> Surfaces:
    """Words that begin as the wording's do, for the pool alone: all but three letters, at least three."""

    def alike(word: str, want: str) -> bool:
        size = max(3, len(want) - 3) if len(want) > 4 else len(want) - 1
        return word[:size] == want[:size] and len(word) - len(want) <= 4

    return _runs(reference.words, [fold(word.text) for word in cut_words(wording)], alike, reference)


@lru_cache(maxsize=64)
def egiz(wording: str, reference: Reference) -> Surfaces:
    """Egiz's Russian forms."""
    found = find(Wording(language="ru", text=wording), reference.text, RUSSIAN, reference.cut)
    spans = (reference.text[item.start : item.stop] for item in found)
    return frozenset(" ".join(fold(word.text) for word in cut_words(span)) for span in spans)


def _runs(
    have: Sequence[str], wanted: Sequence[str], same: Callable[[str, str], bool], reference: Reference
) -> Surfaces:
    size = len(wanted)
    starts = range(len(have) - size + 1)
    hits = (at for at in starts if all(same(h, w) for h, w in zip(have[at : at + size], wanted, strict=True)))
    return frozenset(" ".join(reference.words[at : at + size]) for at in hits)


SYSTEMS: dict[str, Callable[[str, Reference], Surfaces]] = {
    "exact": exact,
    "substring": substring,
    "stem inside": stem_inside,
    "stem": stem_match,
    "egiz": egiz,
}


def audit() -> dict[tuple[str, str], bool]:
    """The judgements made by hand: (wording, words, folded) → right."""
    rows = (line.split("\t") for line in AUDIT.read_text(encoding="utf-8").splitlines()[1:])
    return {(fold(wording), words): verdict == "right" for wording, words, verdict in rows}


class Judge:
    """Says which words of a reference are forms of a wording, by the pool and the audit."""

    def __init__(self) -> None:
        self.judged = audit()
        self.unlisted: Counter[tuple[str, str, str]] = Counter()

    def right(self, wording: str, reference: Reference, *, note: bool) -> Surfaces:
        """The words that are rightly a form of the wording; `note` remembers who differs on which."""
        own, stems = egiz(wording, reference), stem_match(wording, reference)
        pool = own | stems | prefix(wording, reference)
        found = set()
        for words in pool:
            agreed = words in own and words in stems
            listed = self.judged.get((fold(wording), words))
            if listed if listed is not None else agreed or words == fold(wording):
                found.add(words)
            elif note and listed is None:
                who = "egiz" if words in own else "stem" if words in stems else "prefix"
                self.unlisted[who, wording, words] += 1
        return frozenset(found)


@dataclass(slots=True)
class Result:
    """What was measured on one test set: terms and their correct uses, random draws, and each system."""

    terms: set[str] = field(default_factory=set)
    uses: int = 0
    several: int = 0
    draws: int = 0
    tallies: dict[str, Tally] = field(default_factory=lambda: {system: Tally() for system in SYSTEMS})


def measure(folder: Path, name: str, judge: Judge, *, note: bool = False, most: int | None = None) -> Result:
    """Try all systems on one test set, or on no more than its first sentences."""
    lines = (folder / "testsets" / name).read_text(encoding="utf-8").splitlines()[:most]
    rows = [line.split("\t") for line in lines]
    references = [_reference(row[1]) for row in rows]
    pairs = entries(folder / "corpora" / "dict")
    places = occurrences(pairs, [row[0] for row in rows])
    chance, result = random.Random(SEED), Result()
    for kk, ru in pairs:
        found = places.get(kk, set())
        if len(found) > COMMON * len(rows):
            continue
        others = [number for number in range(len(rows)) if number not in found]
        for number in sorted(found):
            right = judge.right(ru, references[number], note=note)
            if right:
                _use(result, ru, references[number], right)
                for other in chance.sample(others, DRAWS):
                    _draw(result, ru, references[other], judge, note=note)
    return result


def _use(result: Result, wording: str, reference: Reference, right: Surfaces) -> None:
    result.terms.add(wording)
    result.uses += 1
    result.several += " " in wording
    for system, recognise in SYSTEMS.items():
        found = recognise(wording, reference)
        hit = bool(found) if system == "substring" else bool(found & right)
        result.tallies[system].found += hit
        result.tallies[system].by_size[" " in wording] += hit


def _draw(result: Result, wording: str, reference: Reference, judge: Judge, *, note: bool) -> None:
    result.draws += 1
    there = judge.right(wording, reference, note=note)
    for system, recognise in SYSTEMS.items():
        accepted = bool(recognise(wording, reference))
        result.tallies[system].accepted += accepted
        result.tallies[system].wrong += accepted and not there


def _reference(text: str) -> Reference:
    cut = tuple(cut_words(text))
    words = tuple(fold(word.text) for word in cut)
    return Reference(text, cut, words, tuple(map(stem, words)))


def report(folder: Path, name: str, *, show: bool) -> None:
    """Print the table of one test set."""
    judge = Judge()
    result = measure(folder, name, judge, note=show)
    uses = f"{result.uses:,} correct uses ({result.several} of several words)"
    print(f"{name}: {len(result.terms):,} terms, {uses}, {result.draws:,} random draws")
    print(f"{'':12}{'recognised':>12}{'one word':>10}{'several':>10}{'random':>10}{'wrong':>10}")
    for system, tally in result.tallies.items():
        shares = (
            tally.found / result.uses,
            tally.by_size[False] / (result.uses - result.several),
            tally.by_size[True] / result.several,
            tally.accepted / result.draws,
            tally.wrong / result.draws,
        )
        print(f"{system:12}{shares[0]:12.1%}" + "".join(f"{share:10.2%}" for share in shares[1:]))
    for (who, wording, words), times in sorted(judge.unlisted.items()):
        print(f"{who}\t{wording}\t{words}\t{times}")


if __name__ == "__main__":
    report(
        Path(sys.argv[1]),
        "flores200_dev_part.tsv" if "--dev" in sys.argv else "flores200_devtest.tsv",
        show="--show" in sys.argv,
    )
