"""The guards on the form of an output, and the list of all guards with their published codes.

The form is wrong if words are copied, the output loops, its length is impossible, or pieces and numbers are
lost. The guards on script and language are in `egiz.translate.guards.language`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from egiz.translate.guards.case import CONTROL, Case, headline, letters, namelike, translatable, words
from egiz.translate.guards.language import families, other_language, script, written_in
from egiz.translate.languages import alphabets, language
from egiz.translate.numbers import Number, missing_numbers
from egiz.translate.protected import missing_pieces, protected, without_pieces
from egiz.translate.records import Hypothesis

_RUN = 4
"""Number of consecutive plain source words from which an output is a copy. On FLORES-200 dev, newstest2019
and 2,000 corpus rows, people keep one or two between Kazakh and Russian, and up to three from English where
they quote a label; one row has five."""

_SHARE = 0.6
_LEAST_PLAIN = 4
"""Share of the plain source words that are kept, and the fewest plain words for which a share is computed. On
the same sentences people keep under 0.3 between Kazakh and Russian; one row of quoted English has over
0.6."""

_EQUAL_PLAIN = 2
"""The fewest plain words of a source for which an equal output is a copy: a single word may be a loanword
(футбол, президент)."""

_FOREIGN_PLAIN = 3
"""The same for a source without a word in its language's script: two words may be the name of a thing."""


def copied(case: Case) -> bool | None:
    """Whether the output is the source instead of a translation.

    Only plain words count: those in the source's script without a capital or digit (in a line set in capitals
    all words). Names, numbers, protected pieces and single words that both languages share are allowed.
    """
    source, output = _folded(without_pieces(case.source)), _folded(without_pieces(case.output))
    plain = _plain(case)
    if source == output:
        return len(plain) >= _EQUAL_PLAIN or _has_impossible_letters(case) or _is_foreign_copy(case)
    if len(plain) < _EQUAL_PLAIN:
        return None
    kept = sum((Counter(plain) & Counter(output)).values())
    if len(plain) >= _LEAST_PLAIN and kept >= _SHARE * len(plain):
        return True
    return _longest_run(source, output, frozenset(plain)) >= _RUN


def _is_foreign_copy(case: Case) -> bool:
    """Whether a source that was copied has no word in its language's script, and at least three plain words.

    Such a source is in the wrong language.
    """
    own = families(case.source_language)
    found = words(case.source)
    if any(not own or written_in(word, own) for word in found):
        return False
    return sum(len(word) > 1 and letters(word) > 1 and not namelike(word) for word in found) >= _FOREIGN_PLAIN


def _folded(text: str) -> tuple[str, ...]:
    """The words of a text, case-folded."""
    return tuple(word.casefold() for word in words(text))


def _plain(case: Case) -> tuple[str, ...]:
    """The plain words of the source, case-folded; a translation should not keep them."""
    own = families(case.source_language)
    capitals = headline(case.source)
    return tuple(
        word.casefold()
        for word in words(without_pieces(case.source))
        if len(word) > 1 and (not own or written_in(word, own)) and (capitals or not namelike(word))
    )


def _has_impossible_letters(case: Case) -> bool:
    """Whether the output has letters that the target language cannot have.

    These are letters of the source's script, if it is not Latin and the target has another one, and letters
    that the target's alphabet lacks.
    """
    own, target = families(case.source_language), families(case.target_language)
    if "LATIN" not in own and not set(own) & set(target):
        return written_in(case.output, own)
    alphabet = alphabets().get(language(case.target_language).tag)
    if alphabet is None:
        return False
    return any(written_in(char, target) and char not in alphabet for char in case.output.lower())


def _longest_run(source: Sequence[str], output: Sequence[str], counted: frozenset[str]) -> int:
    """The most words of `counted` in one run of words that both texts contain."""
    best, row = 0, [0] * (len(output) + 1)
    for word in source:
        above, row = row, [0] * (len(output) + 1)
        for place, other in enumerate(output, start=1):
            if word == other:
                row[place] = above[place - 1] + (word in counted)
        best = max(best, *row)
    return best


_LONGEST_BLOCK = 30
_TIMES_ANY = 3
_TIMES_PHRASE = 2
_PHRASE = 3
"""A block of words that occurs three times in a row is a loop ("да, да" is normal speech). Twice is enough
for a block of three or more words, which occurs in some three of 12,000 human corpus rows, and for a block
that makes up the whole output."""

_SCATTERED_TIMES = 4
"""The number of times that a triple of words must occur, anywhere in an output, to be a loop. The ban on
repeated 4-grams breaks loops up in this way."""

_REPEATED_RUN = re.compile(r"(\S{1,12}?)\1{3,}")
"""The same characters four times in a row: "аааа", "тататата"."""

_DIGITS = re.compile(r"(\d)\1{7}")
"""One digit eight times in a row: no translation of the corpora has that, unless its source has it."""


def repeated(case: Case) -> bool | None:
    """Whether the output is stuck in a loop and the source is not.

    The output may repeat a block as many times in a row as the source repeats any block. Repeated numbers and
    punctuation marks are ignored.
    """
    source, output = _folded(case.source), _folded(case.output)
    return _loops(source, output) or _scattered(source, output) or _stutters(case)


def _loops(source: Sequence[str], output: Sequence[str]) -> bool:
    """Whether the output repeats a block of words in a row too often, and more often than the source does."""
    for size in _sizes(output):
        times = _most_times(output, size)
        phrase = size >= _PHRASE or size * 2 == len(output)
        if times >= (_TIMES_PHRASE if phrase else _TIMES_ANY) and times > _most_times_any(source):
            return True
    return False


def _sizes(items: Sequence[str]) -> list[int]:
    """The possible sizes of repeated blocks: the distances between equal items, at most `_LONGEST_BLOCK`."""
    longest = min(_LONGEST_BLOCK, len(items) // 2)
    places: dict[str, list[int]] = {}
    sizes: set[int] = set()
    for place, item in enumerate(items):
        earlier = places.setdefault(item, [])
        sizes.update(place - before for before in earlier[-longest:])
        earlier.append(place)
    return sorted(size for size in sizes if size <= longest)


def _most_times(items: Sequence[str], size: int) -> int:
    """The most times that any block of `size` words occurs in a row."""
    best = run = 0
    for place in range(len(items) - size):
        run = run + 1 if items[place] == items[place + size] else 0
        if run > best and any(map(letters, items[place - run + 1 : place + 1])):
            best = run
    return best // size + 1


def _most_times_any(items: Sequence[str]) -> int:
    """The most times that a block of any size occurs in a row; 1 if no block is repeated."""
    return max((_most_times(items, size) for size in _sizes(items)), default=1)


def _scattered(source: Sequence[str], output: Sequence[str]) -> bool:
    """Whether one triple of words occurs too often, with other words between.

    A list repeats its pattern ("2nd place - 2 people"); then some word of the source occurs as often.
    """
    grams = Counter(zip(output, output[1:], output[2:], strict=False))
    times = max((count for gram, count in grams.items() if any(map(letters, gram))), default=0)
    return times >= _SCATTERED_TIMES and times > max(Counter(source).values(), default=0)


def _stutters(case: Case) -> bool:
    """Whether characters repeat inside a word, and the source has no such run."""
    return _has_run(case.output) and not _has_run(case.source)


def _has_run(text: str) -> bool:
    runs = _REPEATED_RUN.finditer(text.casefold())
    return bool(_DIGITS.search(text)) or any(letters(found.group(1)) for found in runs)


SMOOTHING = 10
"""Characters added to both lengths before they are compared, so that short texts are judged less strictly."""

_SHORT = -3.5
_SHORT_UNFINISHED = -2.0
_LONG = 5.0
"""Bounds in standard deviations of the log ratio of lengths; the second is for outputs, in measured pairs,
that lack the final mark of the source. Chosen on FLORES-200 dev so that under 1 % of human translations are
called short in any direction, and none long (`benchmarks/guards.py`)."""

_UNMEASURED = 0.5
"""Standard deviation assumed for pairs that are not in the table, which makes the bounds wide."""

_DENSE = frozenset({"Hans", "Hant", "Jpan", "Hang"})
"""Scripts that write a syllable or a word with one character; unmeasured pairs with one are not judged."""

_FINISHED = re.compile(r"[.!?…。！？।։።۔؟:;][\W_]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The length ratios of human translations, for sources of at least `characters` characters.

    `mean` and `deviation` are those of ln((target + 10) / (source + 10)) over `pairs` pairs of sentences.
    """

    characters: int
    mean: float
    deviation: float
    pairs: int


def short(case: Case) -> bool | None:
    """Whether the output is so short that a part must be missing."""
    bucket = _bucket(case)
    if bucket is None:
        return None
    unfinished = bucket.pairs > 0 and finished(case.source) and not finished(case.output)
    return _deviation(case, bucket) < (_SHORT_UNFINISHED if unfinished else _SHORT)


def long(case: Case) -> bool | None:
    """Whether the output is so long that something must have been added."""
    bucket = _bucket(case)
    return None if bucket is None else _deviation(case, bucket) > _LONG


def deviation(case: Case) -> float | None:
    """The deviation of the length ratio from that of human translations, in standard deviations.

    None if there is no bucket for the pair of languages.
    """
    bucket = _bucket(case)
    return None if bucket is None else _deviation(case, bucket)


def _deviation(case: Case, bucket: Bucket) -> float:
    """The deviation of the length ratio from the bucket's mean, in standard deviations."""
    ratio = math.log((len(case.output) + SMOOTHING) / (len(case.source) + SMOOTHING))
    return (ratio - bucket.mean) / bucket.deviation


def finished(text: str) -> bool:
    """Whether a text ends in a mark that ends a sentence or a line, quotes and brackets aside."""
    return bool(_FINISHED.search(text))


def _bucket(case: Case) -> Bucket | None:
    """The bucket for the languages and the length of the source; None for unmeasured pairs in a dense
    script."""
    source, target = language(case.source_language), language(case.target_language)
    table = buckets().get((source.tag, target.tag))
    if table is not None:
        length = len(case.source)
        return next(row for row in reversed(table) if row.characters <= length)
    if {source.script, target.script} & _DENSE:
        return None
    return Bucket(characters=0, mean=0.0, deviation=_UNMEASURED, pairs=0)


@cache
def buckets() -> dict[tuple[str, str], tuple[Bucket, ...]]:
    """The measured pairs, from `data/lengths.tsv`, which ``python benchmarks/lengths.py`` writes."""
    text = files("egiz.translate").joinpath("data/lengths.tsv").read_text(encoding="utf-8")
    table: dict[tuple[str, str], tuple[Bucket, ...]] = {}
    for line in text.splitlines()[1:]:
        source, target, characters, mean, spread, pairs = line.split("\t")
        row = Bucket(characters=int(characters), mean=float(mean), deviation=float(spread), pairs=int(pairs))
        table[source, target] = (*table.get((source, target), ()), row)
    return table


def pieces(case: Case) -> bool | None:
    """Whether a protected piece was lost, changed or invented; no human translation of FLORES-200 dev does
    so."""
    if not protected(case.source) and not protected(case.output):
        return None
    if missing_pieces(case.source, case.output):
        return True
    return any(not CONTROL.search(piece.text) for piece in missing_pieces(case.output, case.source))


_COUNTED = frozenset({"number", "date", "time", "code"})
_LONG_NUMBER = 3
"""Digits from which a number is reported even if no other number replaces it: people sometimes leave out a
short one ("a 4x4" is a car with all-wheel drive)."""


def numbers(case: Case) -> bool | None:
    """Whether a number in digits was lost or replaced by another one.

    Numbers are compared by value, whatever their format; see `egiz.translate.numbers`. Numerals in words,
    months and units are left to the scores.
    """
    lost = _lost(case.source, case.output, case.source_language, case.target_language)
    if any(sum(map(str.isdigit, item.text)) >= _LONG_NUMBER for item in lost):
        return True
    return bool(lost and _lost(case.output, case.source, case.target_language, case.source_language))


def _lost(text: str, other: str, language: str, other_language: str) -> list[Number]:
    """The numbers of `text` that `other` lacks, of the kinds that the guard checks."""
    missing = missing_numbers(text, other, language, other_language)
    return [item for item in missing if item.kind in _COUNTED]


Guard = Callable[[Case], bool | None]
"""A guard returns True for a bad output, False for an output that it examined and found fine, and None if it
has no opinion."""


def empty(case: Case) -> bool | None:
    """Whether the output is empty, or has no letter although the source has a word of three or more letters.

    "1985 ж." may become "1985"; "1985 жылы" may not.
    """
    if letters(case.output) or not any(map(str.isalnum, case.source)):
        return False
    wordy = translatable(case.source) and any(letters(word) > 2 for word in words(case.source))
    return wordy or not any(map(str.isalnum, case.output))


def cut(case: Case) -> bool | None:
    """Whether the output reached the length cap before its end token."""
    return not case.complete


def unknown(case: Case) -> bool | None:
    """Whether the output has text that readers should never see: unknown or control pieces, language codes.

    A replacement character counts even if the source has it; a language code only if the source lacks it.
    """
    shown = {found.group() for found in CONTROL.finditer(case.output)}
    return "<unk>" in case.tokens or any(mark in "⁇\ufffd" or mark not in case.source for mark in shown)


GUARDS: tuple[tuple[str, Guard], ...] = (
    ("empty", empty),
    ("cut", cut),
    ("unknown", unknown),
    ("copied", copied),
    ("script", script),
    ("language", other_language),
    ("repeated", repeated),
    ("pieces", pieces),
    ("numbers", numbers),
    ("short", short),
    ("long", long),
)
"""Code and guard, in the order in which flags are published: from unusable output to doubtful output."""

CODES = tuple(code for code, _ in GUARDS)

KEPT, ENDLESS, FOREIGN = "kept", "endless", "foreign"

REASONS: dict[str, str] = {
    "empty": "says nothing",
    "cut": "was cut off at the length limit",
    "unknown": "holds marks the model could not spell",
    "copied": "repeats the original instead of translating it",
    "script": "is written in the wrong letters",
    "language": "is in another language",
    "repeated": "repeats itself",
    "pieces": "has lost or changed an address, a placeholder, a tag or the like",
    "numbers": "has lost or changed a number",
    "short": "ends early or leaves something out",
    "long": "is much longer than the original",
    "unread": "misses characters of the original that the model cannot read",
    FOREIGN: "is of an original that is not in the letters of its language",
    KEPT: "is the original as it stands, which is in this language already",
    ENDLESS: "was not made, because the original is too long to be a sentence",
}
"""For each code, the words that complete "This translation …". The last four codes are not from a guard:
``unread`` is from the engine, `FOREIGN` from the check of the source, and `KEPT` and `ENDLESS` are for
sentences that are never given to the engine."""


def check(
    source: str, hypothesis: Hypothesis, *, source_language: str, target_language: str
) -> tuple[str, ...]:
    """The codes of all guards that find the output bad, in the order of `GUARDS`; ``()`` if it is fine.

    Texts are normalised sentences; languages are BCP-47 tags. An empty output gets ``empty`` only. The copy
    of a source with nothing to translate is fine. Raises LanguageError for a language that NLLB lacks.
    """
    case = Case(
        source=source,
        output=hypothesis.text,
        tokens=hypothesis.tokens,
        complete=hypothesis.complete,
        source_language=source_language,
        target_language=target_language,
    )
    if source.strip() == case.output.strip() and not translatable(source):
        return ()
    if empty(case):
        return ("empty", "cut") if cut(case) else ("empty",)
    return tuple(code for code, guard in GUARDS if guard(case))
