"""Recognise Russian terms in any case and number.

Words are looked up by their lemmas in pymorphy3's dictionary, unknown words by their stems; both are found
without a full analysis of the word. Paradigms are built only in `Russian.accepts`, once for each wording;
`egiz.glossary.russian.inflect` writes the forms that it recognises.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import lru_cache
from itertools import islice, product

from egiz.glossary.morphology.base import Accepted, Word
from egiz.glossary.morphology.spelling import (
    capitals_fit,
    closing_stop,
    cut_words,
    fold,
    is_acronym,
    opens_sentence,
    same_gap,
    with_abbreviation,
)
from egiz.glossary.records import Form, Wording
from egiz.glossary.russian.context import governed_cases
from egiz.glossary.russian.inflect import inflected
from egiz.glossary.russian.lexicon import lemmas, readings, words_of
from egiz.glossary.russian.paradigms import first_stems, imitate, paradigms, stems, surname_model
from egiz.glossary.russian.wording import NAMES, Group, Phrase, agrees, phrases

_LEAST_SHARE = 0.1
"""If the analyses of a running word with the lemma and part of speech of the wording have less than this
share (0..1), the match is accepted only if the word before supports it. In pymorphy3 "стали" is a form of
сталь with the share 0.02, "уже" of уж with 0.08."""

Options = dict[tuple[str, str], float]
"""The possible cases and numbers of a word, each with its share (0..1) among the analyses of the word."""


def fit(phrase: Phrase, folded: Sequence[str], *, paucal: bool) -> Options | None:
    """Return the cases and numbers that words have as a form of a wording; None if they are no form of it.

    `phrase` is an analysis of the wording. The result is empty for forms without a case (verbs, short
    adjectives) and for nouns after numerals. `paucal` is true if a numeral from two to four precedes.
    """
    loose = {group.head for group in phrase.groups if group.loose}
    for place, (word, forms) in enumerate(zip(phrase.words, phrase.forms, strict=True)):
        literal = fold(word.text) == folded[place] and (not forms or place in loose)
        if not literal and folded[place] not in forms:
            return None
    found: Options | None = None
    for group in phrase.groups:
        options = _group_options(phrase, group, folded, paucal=paucal)
        if options is None:
            return None
        alone = len(phrase.forms[group.head]) == 1 and not group.modifiers
        if alone or (group.loose and _is_literal(phrase, group, folded)):
            continue
        found = options if found is None else _same_case(found, options)
        if not found and options:
            return None
    return found if found is not None else {}


def _is_literal(phrase: Phrase, group: Group, folded: Sequence[str]) -> bool:
    return fold(phrase.words[group.head].text) == folded[group.head]


def _same_case(found: Options, other: Options) -> Options:
    cases = {case for case, _ in other}
    return {key: share for key, share in found.items() if key[0] in cases}


def _group_options(phrase: Phrase, group: Group, folded: Sequence[str], *, paucal: bool) -> Options | None:
    """Return the cases and numbers in which the head and modifiers of a group agree; None if they do not."""
    heads = phrase.forms[group.head].get(folded[group.head], ())
    modifiers = [phrase.forms[place][folded[place]] for place in group.modifiers]
    shares = _shares(folded[group.head], group)
    options: Options = {}
    for head in heads:
        if all(any(agrees(cell, head) for cell in cells) for cells in modifiers) and head.case:
            key = (head.case, head.number)
            options[key] = max(shares.get(key, 0.0), options.get(key, 0.0))
    if options or (not modifiers and any(not head.case for head in heads)):
        return options
    if paucal and any(head.case == "genitive" and head.number == "singular" for head in heads):
        plural = [any(c.case == "genitive" and c.number == "plural" for c in cells) for cells in modifiers]
        return {} if all(plural) else None
    return {} if group.loose and not heads else None


@lru_cache(maxsize=1 << 16)
def _lemma_shares(word: str, lemma: str, part: str) -> tuple[tuple[tuple[str, str], float], ...]:
    found: Options = {}
    for reading in readings(word):
        same = reading.lemma == lemma and (reading.part == part or part not in ("NOUN",))
        if same or not reading.sure:
            key = (reading.case, reading.number)
            found[key] = found.get(key, 0.0) + reading.score
    return tuple(found.items())


def _shares(word: str, group: Group) -> Options:
    reading = group.paradigm.reading
    return dict(_lemma_shares(word, reading.lemma, reading.part))


def is_name_in_small_letters(phrase: Phrase, words: Sequence[str]) -> bool:
    """Whether words have the name of a person or place in small letters: "кубы" is not a form of Куба."""
    return any(
        group.paradigm.reading.flags & NAMES
        and group.paradigm.reading.sure
        and phrase.words[group.head].text[0].isupper()
        and not is_acronym(phrase.words[group.head].text)
        and words[group.head].islower()
        for group in phrase.groups
    )


def word_before(text: str, words: Sequence[Word], first: int) -> str:
    """Return the folded word before ``words[first]``; empty if more than white space separates the two."""
    if not first or text[words[first - 1].stop : words[first].start].strip():
        return ""
    return fold(words[first - 1].text)


def is_paucal(before: str) -> bool:
    """Whether a folded word is a numeral from two to four: три экономических реформы."""
    return before in words_of("numerals", "paucal") or (before[-1:] in tuple("234") and before[-2:-1] != "1")


def _is_rare(phrase: Phrase, folded: str) -> bool:
    """Whether a word is only rarely a form of a wording of one word, and mostly a form of another word.

    For example, "стали" may be a form of "сталь", but is mostly a form of "стать".
    The limit is `_LEAST_SHARE`. False for wordings of several words and for words that the dictionary lacks.
    """
    if len(phrase.words) > 1 or not phrase.groups[0].paradigm.reading.sure:
        return False
    return sum(_shares(folded, phrase.groups[0]).values()) < _LEAST_SHARE


def _is_supported(phrase: Phrase, folded: str, options: Options, before: str) -> bool:
    """Whether the word before makes a rare analysis likely: "из стали", but not "они стали".

    It does if it is a preposition that governs one of the cases, or an adjective that agrees.
    """
    cases = governed_cases(before)
    if any(case in cases for case, _ in options):
        return True
    attributes = [r for r in readings(before) if r.part in ("ADJF", "PRTF")] if before else []
    return any(
        agrees(attribute, head) for head in phrase.forms[0].get(folded, ()) for attribute in attributes
    )


_MOST_KEYS = 24
"""The most key sequences of a wording. Only long wordings with many ambiguous words have more."""
_STEM = "~"
_ORDER = ("nominative", "genitive", "accusative", "prepositional", "dative", "instrumental")
"""Cases by frequency, to order forms that are equally likely."""


class Russian:
    """The `Morphology` of Russian."""

    heads_first = True

    def readings(self, wording: Wording) -> tuple[Wording, ...]:
        """Return the variants of a wording; see `with_abbreviation`."""
        return with_abbreviation(wording)

    def conjunctions(self) -> frozenset[str]:
        """Return the conjunctions that join coordinated words, such as "and" and "or"."""
        return words_of("coordination", "conjunctions")

    def bounds(self) -> frozenset[str]:
        """Return prepositions and pronouns, which separate coordinated words of different phrases."""
        return words_of("coordination", "bounds")

    def singulars(self, word: str) -> tuple[str, ...]:
        """Return the singular forms of a plural noun in the same case: языка for языков."""
        return singular_nouns(word)

    def words(self, text: str) -> list[Word]:
        """Cut a text into runs of letters and digits with inner hyphens and apostrophes."""
        return cut_words(text)

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """Return the sequences of the lemmas of the words; an unknown word is represented by its stems.

        The wording and its explicit forms are indexed in the same way.
        """
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
        """Return the keys in `known` that are lemmas or stems of a running word."""
        return tuple([key for key in _running_keys(word) if key in known])

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Accept words that are an explicit form of the wording, or a form in which its words agree.

        Number, gaps and capitals must fit the wording. Returns None for other words.
        """
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
        forms = _forms_as(wording, tuple([word.text for word in span]), word_before(text, words, first))
        return None if forms is None else Accepted(stop=stop, forms=forms)

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """Return the wording in a case (by default nominative) and number (by default its own).

        Returns None in three cases: the dictionary lacks the head of the wording and `inflect_like` is not
        given, the wording has no form for this case and number, or its analyses give different forms. Second
        genitives (чаю) are not generated.
        """
        return inflected(wording, form)

    def _known_forms(self, wording: Wording, text: str, span: Sequence[Word]) -> tuple[Form, ...]:
        """Return the possible case and number of words that are an explicit form of the wording.

        There are none if the explicit form is not also a regular form.
        """
        folded = [fold(word.text) for word in span]
        options: Options = {}
        for phrase in phrases(wording):
            if len(phrase.words) == len(folded):
                options.update(fit(phrase, folded, paucal=False) or {})
        return _ranked(options)


@lru_cache(maxsize=1 << 12)
def singular_nouns(word: str) -> tuple[str, ...]:
    """Return the singular of a plural noun, in each case that the plural may have: языка for языков."""
    found: dict[str, None] = {}
    for reading in readings(word):
        if reading.part == "NOUN" and reading.number == "plural" and reading.sure:
            for paradigm in paradigms(reading.lemma):
                found.update(
                    dict.fromkeys(
                        cell.text
                        for cell in paradigm.cells
                        if cell.case == reading.case and cell.number == "singular" and not cell.marked
                    )
                )
    return tuple(found)


@lru_cache(maxsize=1 << 17)
def _running_keys(word: str) -> tuple[str, ...]:
    return (*lemmas(word), *(_STEM + stem for stem in stems(word)))


def _word_keys(word: str) -> tuple[str, ...]:
    """Return the keys of a word of a wording: its lemmas, or its stems if it is unknown.

    A word that looks like a surname has both, because the lemma may belong to another word: the dictionary
    takes the surname Кунаев for a form of кунай.
    """
    found = lemmas(word)
    name = word[:1].isupper() and surname_model(fold(word))
    return found if found and not name else (*found, *(_STEM + stem for stem in first_stems(word)))


def _like_keys(wording: Wording, last: Word) -> tuple[str, ...]:
    cells = [cell.text for paradigm in imitate(last.text, wording.inflect_like) for cell in paradigm.cells]
    return tuple(dict.fromkeys(_STEM + min(stems(text), key=len) for text in cells))


def _same_words(form: str, text: str, span: Sequence[Word], wording: Wording) -> bool:
    """Whether words of a text equal a fixed form; capitals are compared only if the wording requires it."""
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
    """Whether the gaps between the words are those of `form` and, if `case_sensitive`, the capitals fit too.

    An abbreviation never matches a common word in small letters: ВОЗ is not "воз".
    """
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
    """Whether a word in small letters is in the dictionary, and not only as an abbreviation: "воз"."""
    return any(reading.sure and "Abbr" not in reading.flags for reading in readings(word))


@lru_cache(maxsize=1 << 17)
def _forms_as(wording: Wording, raw: tuple[str, ...], before: str) -> tuple[Form, ...] | None:
    """Return the forms of a wording that the words `raw` may be, best first; None if they are no form of it.

    `before` is the folded word before them. The result is cached, because the same words recur in a text.
    """
    found: Options | None = None
    for phrase, options, is_rare in _readings_as(wording, raw, is_paucal(before)):
        if is_rare and not _is_supported(phrase, fold(raw[0]), options, before):
            continue
        limited = {k: v for k, v in options.items() if wording.number in ("", k[1]) or not k[1]}
        if limited or not options:
            found = found or {}
            found.update({k: max(v, found.get(k, 0.0)) for k, v in limited.items()})
    return None if found is None else _ranked(found, before)


@lru_cache(maxsize=1 << 17)
def _readings_as(
    wording: Wording, raw: tuple[str, ...], paucal: bool
) -> tuple[tuple[Phrase, Options, bool], ...]:
    """Return the analyses of a wording that have the words as a form, each with its cases and numbers.

    The third value of each is true if the words are rarely a form of the wording, so that the word before
    must support the match.
    """
    folded = [fold(word) for word in raw]
    doubtful = bool(wording.part_of_speech) or fold(wording.text) != folded[0]
    found = []
    for phrase in phrases(wording):
        options = fit(phrase, folded, paucal=paucal)
        if options is not None and not is_name_in_small_letters(phrase, raw):
            found.append((phrase, options, doubtful and _is_rare(phrase, folded[0])))
    return tuple(found)


def _ranked(options: Options, before: str = "") -> tuple[Form, ...]:
    """Return cases and numbers as `Form` records, best first.

    Cases that the preposition `before` governs come first, then the likelier ones.
    """
    governed = governed_cases(before)

    def rank(item: tuple[tuple[str, str], float]) -> tuple[bool, float, bool, int]:
        (case, number), share = item
        return (case not in governed, -share, number == "plural", _ORDER.index(case) if case else 0)

    return tuple(Form(case=case, number=number) for (case, number), _ in sorted(options.items(), key=rank))
