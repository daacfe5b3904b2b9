"""The guards on the form of an output, and the list of all guards with their published codes.

The form is wrong if the output copies the source, repeats itself, has an impossible length, or loses
protected pieces or numbers. The guards on script and language are in `egiz.translate.guards.language`.
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
"""The number of consecutive plain source words (see `copied`) whose presence in the output makes it a copy.
In FLORES-200 dev, newstest2019 and 2,000 corpus rows, human translations between Kazakh and Russian keep at
most two such words in a row, and human translations from English at most three, in a quoted label, except one
row that keeps five."""

_SHARE = 0.6
_LEAST_PLAIN = 4
"""An output that keeps the share `_SHARE` of the plain source words is a copy if the source has at least
`_LEAST_PLAIN` plain words. In the human translations named at `_RUN`, the share is under 0.3 between Kazakh
and Russian; it is over 0.6 in one row, which quotes English."""

_EQUAL_PLAIN = 2
"""The fewest plain words of a source for which an equal output is a copy: a single word may be a loanword
(футбол, президент)."""

_FOREIGN_PLAIN = 3
"""The fewest words, besides possible names, for which `_is_foreign_copy` calls an equal output a copy: two
words may be the name of a thing."""


def copied(case: Case) -> bool | None:
    """Whether the output is the source instead of a translation; None if the source has too few plain words.

    Only plain words count: words in the script of the source language without a capital or a digit (in a
    source all in capitals, all words). An output may keep names, numbers, protected pieces and single words
    that both languages share.
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
    """Whether an output that equals the source is a copy because the source is in a wrong language.

    The source is in a wrong language if it has no word in the script of its language, and at least
    `_FOREIGN_PLAIN` words that cannot be names.
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
    """The plain words of the source (see `copied`), case-folded; a translation should not contain them."""
    own = families(case.source_language)
    capitals = headline(case.source)
    return tuple(
        word.casefold()
        for word in words(without_pieces(case.source))
        if len(word) > 1 and (not own or written_in(word, own)) and (capitals or not namelike(word))
    )


def _has_impossible_letters(case: Case) -> bool:
    """Whether the output has letters that the target language does not use.

    If source and target language have different scripts and the source's is not Latin, these are the letters
    of the source's script. Otherwise they are letters in the target's script that its alphabet lacks.
    """
    own, target = families(case.source_language), families(case.target_language)
    if "LATIN" not in own and not set(own) & set(target):
        return written_in(case.output, own)
    alphabet = alphabets().get(language(case.target_language).tag)
    if alphabet is None:
        return False
    return any(written_in(char, target) and char not in alphabet for char in case.output.lower())


def _longest_run(source: Sequence[str], output: Sequence[str], counted: frozenset[str]) -> int:
    """The largest number of words of `counted` in a run of consecutive words that is in both texts."""
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
"""A block of words that occurs `_TIMES_ANY` times in a row is a loop; two times ("да, да") are normal speech.
`_TIMES_PHRASE` times are a loop if the block has at least `_PHRASE` words (about three of 12,000 human corpus
rows have such a repetition), and also if the output consists only of the repeated block."""

_SCATTERED_TIMES = 4
"""The number of occurrences, anywhere in an output, that make a word trigram a loop. Decoding that forbids
repeated 4-grams puts other words between the repetitions."""

_REPEATED_RUN = re.compile(r"(\S{1,12}?)\1{3,}")
"""The same characters four times in a row: "аааа", "тататата"."""

_DIGITS = re.compile(r"(\d)\1{7}")
"""One digit eight times in a row. A translation in the corpora has such a row only if its source has one."""


def repeated(case: Case) -> bool | None:
    """Whether the output repeats words or characters in a loop that the source does not have.

    If the source repeats some block of words, the output may repeat a block as often in a row. Repeated
    numbers and punctuation marks are ignored, except eight equal digits in a row.
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
    """The sizes that a repeated block can have, in words, ascending.

    They are the distances between equal words, up to `_LONGEST_BLOCK` and up to half of the text.
    """
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
    """Whether a word trigram of the output occurs `_SCATTERED_TIMES` times, with other words between.

    A list may repeat a trigram ("2nd place - 2 people"). So the trigram must also occur more often than every
    word of the source.
    """
    grams = Counter(zip(output, output[1:], output[2:], strict=False))
    times = max((count for gram, count in grams.items() if any(map(letters, gram))), default=0)
    return times >= _SCATTERED_TIMES and times > max(Counter(source).values(), default=0)


def _stutters(case: Case) -> bool:
    """Whether a word of the output repeats characters or a digit (`_REPEATED_RUN`, `_DIGITS`), and no word of
    the source does."""
    return _has_run(case.output) and not _has_run(case.source)


def _has_run(text: str) -> bool:
    runs = _REPEATED_RUN.finditer(text.casefold())
    return bool(_DIGITS.search(text)) or any(letters(found.group(1)) for found in runs)


SMOOTHING = 10
"""Characters added to both lengths before they are compared, so that short texts are judged less strictly."""

_SHORT = -3.5
_SHORT_UNFINISHED = -2.0
_LONG = 5.0
"""Bounds of the `deviation` of an output's length, in standard deviations. In language pairs that were
measured, `_SHORT_UNFINISHED` replaces `_SHORT` if the source ends with a final mark and the output does not.
The bounds were chosen on FLORES-200 dev: in every direction less than 1 % of the human translations are
called short, and none is called long (`benchmarks/guards.py`)."""

_UNMEASURED = 0.5
"""The standard deviation assumed for language pairs that were not measured; it makes the bounds wide."""

_DENSE = frozenset({"Hans", "Hant", "Jpan", "Hang"})
"""Scripts that write a syllable or a word with one character. The length of an output is not judged if one
language of the pair has such a script and the pair was not measured."""

_FINISHED = re.compile(r"[.!?…。！？।։።۔؟:;][\W_]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The length ratios of human translations of sources with at least `characters` characters.

    `mean` and `deviation` are the mean and the standard deviation of ln((target + 10) / (source + 10)) over
    `pairs` pairs of sentences, where `target` and `source` are lengths in characters. The next bucket of the
    same languages begins at a higher number of `characters`.
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
    """The deviation of the log length ratio (target to source) from the mean of human translations.

    The unit is the standard deviation of human translations; negative for a short output. None if the pair of
    languages was not measured and one of the two languages has a script of `_DENSE`.
    """
    bucket = _bucket(case)
    return None if bucket is None else _deviation(case, bucket)


def _deviation(case: Case, bucket: Bucket) -> float:
    """The deviation of an output (see `deviation`), by the mean and the standard deviation of `bucket`."""
    ratio = math.log((len(case.output) + SMOOTHING) / (len(case.source) + SMOOTHING))
    return (ratio - bucket.mean) / bucket.deviation


def finished(text: str) -> bool:
    """Whether a text ends with a stop, colon or semicolon; quotes and brackets may follow it."""
    return bool(_FINISHED.search(text))


def _bucket(case: Case) -> Bucket | None:
    """The bucket for the languages and the length of the source.

    A pair of languages that was not measured gets a wide bucket with mean 0 or, if one of the two languages
    is in a `_DENSE` script, None.
    """
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
    """The buckets of each measured pair (source tag, target tag), by ascending `characters`.

    They are in `data/lengths.tsv`, which ``python benchmarks/lengths.py`` writes.
    """
    text = files("egiz.translate").joinpath("data/lengths.tsv").read_text(encoding="utf-8")
    table: dict[tuple[str, str], tuple[Bucket, ...]] = {}
    for line in text.splitlines()[1:]:
        source, target, characters, mean, spread, pairs = line.split("\t")
        row = Bucket(characters=int(characters), mean=float(mean), deviation=float(spread), pairs=int(pairs))
        table[source, target] = (*table.get((source, target), ()), row)
    return table


def pieces(case: Case) -> bool | None:
    """Whether a protected piece was lost, changed or invented; None if neither text has a protected piece.

    No human translation in FLORES-200 dev loses, changes or invents a piece.
    """
    if not protected(case.source) and not protected(case.output):
        return None
    if missing_pieces(case.source, case.output):
        return True
    return any(not CONTROL.search(piece.text) for piece in missing_pieces(case.output, case.source))


_COUNTED = frozenset({"number", "date", "time", "code"})
_LONG_NUMBER = 3
"""The fewest digits of a lost number that is reported even if the output has no number in its place. People
sometimes leave out a shorter one ("a 4x4" is a car with all-wheel drive)."""


def numbers(case: Case) -> bool | None:
    """Whether a number in digits was replaced by another one, or a number of `_LONG_NUMBER` digits was lost.

    Numbers are compared by value, whatever their format; see `egiz.translate.numbers`. Numerals in words,
    months and units are not checked here, but by the scores.
    """
    lost = _lost(case.source, case.output, case.source_language, case.target_language)
    if any(sum(map(str.isdigit, item.text)) >= _LONG_NUMBER for item in lost):
        return True
    return bool(lost and _lost(case.output, case.source, case.target_language, case.source_language))


def _lost(text: str, other: str, language: str, other_language: str) -> list[Number]:
    """The numbers of `text` that `other` lacks, of the kinds in `_COUNTED`."""
    missing = missing_numbers(text, other, language, other_language)
    return [item for item in missing if item.kind in _COUNTED]


Guard = Callable[[Case], bool | None]
"""A guard returns True for a bad output, False for an output that it examined and found fine, and None if it
has no opinion."""


def empty(case: Case) -> bool | None:
    """Whether the output is empty, or has no letter although the source has a word of three or more letters.

    So "1985" is accepted for "1985 ж.", but not for "1985 жылы".
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

    The characters ``⁇`` and U+FFFD count even if the source has them. All other such text counts only if the
    source does not have it.
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
"""For each code, the words that complete the sentence "This translation …". The last four codes are not set
by a guard: ``unread`` says that the engine's vocabulary lacks characters of the source, `FOREIGN` that the
source is in the wrong script; `KEPT` and `ENDLESS` are for sentences that are never given to the engine."""


def check(
    source: str, hypothesis: Hypothesis, *, source_language: str, target_language: str
) -> tuple[str, ...]:
    """The codes of all guards that find the output bad, in the order of `GUARDS`; ``()`` if it is fine.

    Texts are normalised sentences; languages are BCP-47 tags. An output for which `empty` is True gets no
    other code than ``empty`` and ``cut``. An output equal to the source is fine if the source has nothing to
    translate (see `translatable`). Raises LanguageError for a language that NLLB lacks.
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
