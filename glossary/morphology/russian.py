"""Russian: terms recognised in any case and number, and put into one.

Words are looked up by the lemmas that pymorphy3's dictionary gives them, those it lacks by their stems; both
without reading the word in full. Only `accepts` and `inflect` build paradigms, once for a wording.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import lru_cache
from itertools import islice, product

from egiz.glossary.morphology.base import Accepted, Word
from egiz.glossary.morphology.russian_fit import (
    Options,
    fit,
    is_likely,
    is_name_in_small_letters,
    is_paucal,
    word_before,
)
from egiz.glossary.morphology.russian_inflect import inflected
from egiz.glossary.morphology.russian_lexicon import lemmas, readings
from egiz.glossary.morphology.russian_phrase import Phrase, phrases
from egiz.glossary.morphology.russian_tables import governed_cases, surname_model
from egiz.glossary.morphology.russian_unknown import first_stems, imitate, stems
from egiz.glossary.morphology.spelling import (
    capitals_fit,
    closing_stop,
    cut_words,
    fold,
    is_acronym,
    opens_sentence,
    same_gap,
)
from egiz.glossary.records import Form, Wording

_MOST_KEYS = 24
"""Sequences of keys of one wording; reached only by long ones with many ambiguous words."""
_STEM = "~"
_ORDER = ("nominative", "genitive", "accusative", "prepositional", "dative", "instrumental")
"""Cases by how usual they are, to order readings that are equally likely."""


class Russian:
    """`Morphology` of Russian."""

    def words(self, text: str) -> list[Word]:
        """Runs of letters and digits with their inner hyphens and apostrophes."""
        return cut_words(text)

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """Lemmas of each word, stems for words that the dictionary lacks; likewise for the explicit forms."""
        found: dict[tuple[str, ...], None] = {}
        for text in (wording.text, *wording.forms):
            words = cut_words(text)
            if not words:
                continue
            sets = [_word_keys(word.text) for word in words]
            if wording.inflect_like and text == wording.text:
                sets[-1] = tuple({**dict.fromkeys(sets[-1]), **dict.fromkeys(_like_keys(wording, words[-1]))})
            found.update(dict.fromkeys(islice(product(*sets), _MOST_KEYS)))
        return list(found)

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """The lemmas and stems of a running word that are known."""
        return tuple([key for key in _running_keys(word) if key in known])

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Whether the words agree with each other as the wording's do, in a number and writing it allows."""
        span = words[first:last]
        if not span:
            return None
        stop = closing_stop(text, span[-1].stop, wording.text)
        if any(_same_words(form, text, span, wording) for form in wording.forms):
            return Accepted(stop=stop, forms=self._known_forms(wording, text, span))
        understood = phrases(wording)
        if not understood:
            return Accepted(stop=stop) if _same_words(wording.text, text, span, wording) else None
        if not _same_writing(understood[0].words, wording, text, span):
            return None
        options = _readings_as(understood, wording, text, words[:last], first)
        if options is None:
            return None
        return Accepted(stop=stop, forms=_ranked(options, word_before(text, words, first)))

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """The wording in a case (nominative where none is asked) and number (its own where none is asked).

        None where the dictionary lacks its head and no `inflect_like` is given, where it has no such form,
        and where its readings differ in that form. Second genitives and locatives are not made.
        """
        return inflected(wording, form)

    def _known_forms(self, wording: Wording, text: str, span: Sequence[Word]) -> tuple[Form, ...]:
        """The forms of an explicitly listed text, where it is a regular form as well."""
        folded = [fold(word.text) for word in span]
        options: Options = {}
        for phrase in phrases(wording):
            if len(phrase.words) == len(folded):
                options.update(fit(phrase, folded, paucal=False) or {})
        return _ranked(options)


@lru_cache(maxsize=1 << 17)
def _running_keys(word: str) -> tuple[str, ...]:
    return (*lemmas(word), *(_STEM + stem for stem in stems(word)))


def _word_keys(word: str) -> tuple[str, ...]:
    """A wording's word by its lemmas, or stems; by both if it looks like a surname: Кунаев is no кунай."""
    found = lemmas(word)
    name = word[:1].isupper() and surname_model(fold(word))
    return found if found and not name else (*found, *(_STEM + stem for stem in first_stems(word)))


def _like_keys(wording: Wording, last: Word) -> tuple[str, ...]:
    cells = [cell.text for paradigm in imitate(last.text, wording.inflect_like) for cell in paradigm.cells]
    return tuple(dict.fromkeys(_STEM + min(stems(text), key=len) for text in cells))


def _same_words(form: str, text: str, span: Sequence[Word], wording: Wording) -> bool:
    """Whether the words of a text are those of a fixed text, capitals only where they matter."""
    words = cut_words(form)
    if [fold(word.text) for word in words] != [fold(word.text) for word in span]:
        return False
    return _written_alike(words, form, text, span, case_sensitive=wording.case_sensitive)


def _same_writing(words: Sequence[Word], wording: Wording, text: str, span: Sequence[Word]) -> bool:
    if len(words) != len(span):
        return False
    return _written_alike(words, wording.text, text, span, case_sensitive=wording.case_sensitive)


def _written_alike(
    words: Sequence[Word], form: str, text: str, span: Sequence[Word], *, case_sensitive: bool
) -> bool:
    """Whether the gaps fit, and the capitals where the wording asks for them or is an abbreviation."""
    for place, (want, have) in enumerate(zip(words, span, strict=True)):
        if place:
            gap = text[span[place - 1].stop : have.start]
            if not same_gap(gap, form[words[place - 1].stop : want.start]):
                return False
        if case_sensitive and not capitals_fit(want.text, have.text, opens=opens_sentence(text, have.start)):
            return False
        if is_acronym(want.text) and have.text.islower() and _is_common(have.text):
            return False
    return True


@lru_cache(maxsize=1 << 12)
def _is_common(word: str) -> bool:
    """Whether a word in small letters is more than an abbreviation so written: "воз" is not ВОЗ."""
    return any(reading.sure and "Abbr" not in reading.flags for reading in readings(word))


def _readings_as(
    understood: Sequence[Phrase], wording: Wording, text: str, words: Sequence[Word], first: int
) -> Options | None:
    """The cases and numbers that the words from `first` on have as a form of the wording, None if no form."""
    span = words[first:]
    folded = [fold(word.text) for word in span]
    before = word_before(text, words, first)
    doubtful = bool(wording.part_of_speech) or fold(wording.text) != folded[0]
    found: Options | None = None
    for phrase in understood:
        options = fit(phrase, folded, paucal=is_paucal(before))
        if options is None or is_name_in_small_letters(phrase, span):
            continue
        if doubtful and not is_likely(phrase, folded, options, before):
            continue
        limited = {k: v for k, v in options.items() if wording.number in ("", k[1]) or not k[1]}
        if limited or not options:
            found = found or {}
            found.update({k: max(v, found.get(k, 0.0)) for k, v in limited.items()})
    return found


def _ranked(options: Options, before: str = "") -> tuple[Form, ...]:
    """The readings as forms, those first that the preposition before governs, then the likelier ones."""
    governed = governed_cases(before)

    def rank(item: tuple[tuple[str, str], float]) -> tuple[bool, float, bool, int]:
        (case, number), share = item
        return (case not in governed, -share, number == "plural", _ORDER.index(case) if case else 0)

    return tuple(Form(case=case, number=number) for (case, number), _ in sorted(options.items(), key=rank))
