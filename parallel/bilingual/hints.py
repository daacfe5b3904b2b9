"""Hints for training: pairs of a source word and the dictionary form of its translation.

Words are linked by a table learned from the rows themselves; only links between content words with a high
probability (`_SURE`) become hints. Russian dictionary forms are those of pymorphy3; English ones are derived
from the endings of words, and from the other words in the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from egiz.glossary.correct.links import word_places
from egiz.glossary.english.words import bases, plurals, verb_forms
from egiz.parallel.bilingual.links import thinned
from egiz.translate.engine.protocol import Hint
from egiz.translate.errors import OptionError
from egiz.translate.train.corpus import TrainingRow
from egiz.translate.train.recipe import Recipe

if TYPE_CHECKING:
    from egiz.parallel.align.learned import LearnedTable

Lemma = Callable[[str], str | None]
"""A function that returns the dictionary form of a word in a text; None for a function word."""

_SURE = 0.35
"""The lowest probability of a link that becomes a hint: the geometric mean of the translation probabilities
of its two words in both directions."""
_SHORTEST = 3
COMMON = 120
"""The number of most frequent words of a language that are treated as function words."""
_LONGEST = 60  # words of source or target; longer rows are seldom clean
_CONTENT = {"NOUN", "ADJF", "INFN", "VERB", "PRTF"}


def annotate(
    recipe: Recipe, rows: Sequence[TrainingRow], directions: Sequence[str], *, common: int = COMMON
) -> Iterator[tuple[tuple[int, int, int], tuple[Hint, ...]]]:
    """Yield a key and the hints for each row that has hints, first for the first direction, and so on.

    `directions` are pairs of languages such as ``kk-ru``. The key is (index of the row, column of the source,
    column of the target), all from 0. Rows whose texts were made by a machine get no hints. `common` is
    passed to `dictionary_forms`. Raises OptionError for a direction into a language for which
    `dictionary_forms` has no rules.
    """
    from egiz.parallel.align.learned import LearnedTable

    for direction in directions:
        first, _, second = direction.partition("-")
        source, target = recipe.languages.index(first), recipe.languages.index(second)
        places = [
            place
            for place, row in enumerate(rows)
            if row.cells[source] and row.cells[target] and not recipe.sources[row.source].synthetic
        ]
        texts = [(rows[place].cells[source], rows[place].cells[target]) for place in places]
        lemma = dictionary_forms(second, [text for _, text in texts], common=common)
        learned = LearnedTable(thinned(texts))
        for place, (text, answer) in zip(places, texts, strict=True):
            if told := hints(text, answer, learned, lemma):
                yield (place, source, target), told


def hints(text: str, answer: str, learned: LearnedTable, lemma: Lemma) -> tuple[Hint, ...]:
    """Return the hints for translating `text` into `answer`, in the order of the source.

    A hint is a pair: the offset in `text` at which a source word ends, and the dictionary form of its
    translation.
    """
    own, other = word_places(text), word_places(answer)
    if not own or not other or max(len(own), len(other)) > _LONGEST:
        return ()
    weights = learned.weights(text, answer)
    told: dict[int, str] = {}
    for number, row in enumerate(weights):
        at = max(range(len(row)), key=row.__getitem__)
        rival = max(range(len(weights)), key=lambda place, at=at: weights[place][at])  # type: ignore[misc]
        start, stop = other[number]
        if row[at] < _SURE or rival != number or own[at][1] - own[at][0] < _SHORTEST:
            continue
        if form := lemma(answer[start:stop]):
            told[own[at][1]] = form
    return tuple(sorted(told.items()))


def dictionary_forms(language: str, texts: Sequence[str], *, common: int = COMMON) -> Lemma:
    """Return a function that gives the dictionary form of a word that occurs in `texts`.

    The function returns None for the `common` most frequent words, because they count as function words. The
    dictionary form begins with a capital if the word has a capital in most places of `texts`. Raises
    OptionError for a language other than Russian and English.
    """
    written = Counter(text[start:stop] for text in texts for start, stop in word_places(text))
    counts: Counter[str] = Counter()
    for word, count in written.items():
        counts[word.lower()] += count
    frequent = {word for word, _ in counts.most_common(common)}

    def lemma(word: str) -> str | None:
        small = word.lower()
        if small in frequent or len(word) < _SHORTEST or not word.isalpha():
            return None
        form = _russian(word) if language == "ru" else _english(counts, small)
        if not form or word == small or written[small] >= written[word]:
            return form
        return word if form == small else form.capitalize()

    if language not in ("ru", "en"):
        raise OptionError(f"hints into {language!r}", expected="ru or en, whose dictionary forms are known")
    return lemma


@cache
def _analyser() -> Any:
    import pymorphy3  # type: ignore[import-untyped]

    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=1 << 16)
def _russian(word: str) -> str | None:
    best = _analyser().parse(word)[0]
    form: str = best.normal_form
    return form if best.tag.POS in _CONTENT else None


def _english(counts: Counter[str], word: str) -> str:
    own = [base for base in bases(word) if base != word and _is_form(word, base)]
    best = max(own, key=lambda base: counts[base], default=word)
    return best if counts[best] else word


def _is_form(word: str, base: str) -> bool:
    return word in plurals(base) or word in verb_forms(base)
