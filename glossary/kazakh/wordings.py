"""Prepare Kazakh wordings for matching: words, gaps, capitals, analyses of the last word, verb stems.

The dictionary form of a verb, in -у, may have lost the last vowel of the stem, or have voiced its last
consonant (құру from құр-, сайлау from сайла-, оқу from оқы-, шығу from шық-, қою from қой-), so several stems
are tried. The present of a verb in ы or і (оқиды) is not recognised, because it drops the vowel.

In "халық шаруашылығы" the last word has the possessive ending that relates it to the word before; its other
forms are built on шаруашылық (шаруашылықтары, шаруашылығымыз). In "сталиндік репрессиялар" it is a plural. A
word may have several analyses, and all are kept: қаулы is not a possessive, although it ends like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from egiz.glossary.kazakh.endings import Start, all_endings, endings, sound_of, table
from egiz.glossary.kazakh.sounds import Shape, fold, harmonies, key, keys, like, shapes, undropped
from egiz.glossary.morphology.base import Word
from egiz.glossary.morphology.spelling import cut_runs, gap_fits, gaps, masked
from egiz.glossary.records import Form, Wording
from egiz.translate.split.scripts import Alphabet, alphabet_of, transliterated


def verb_stems(word: str) -> tuple[str, ...]:
    """Return the possible stems of a verb from its dictionary form in -у or -ю; none for other words.

    >>> verb_stems("шығу"), verb_stems("қою"), verb_stems("сайлау")
    (('шық', 'шығы'), ('қой', 'қойы'), ('сайла',))
    """
    if word[-1:] not in ("у", "ю") or len(word) <= len("ою") - 1:
        return ()
    stem = word[:-1] + ("й" if word.endswith("ю") else "")
    rules = table()
    if stem[-1] in rules["sounds"]["vowel"]:
        return (stem,)
    unvoiced = {voiced: voiceless for voiceless, voiced in rules["stems"]["voiced"].items()}
    vowel = "ы" if harmonies(stem)[0] == "back" else "і"
    return (stem[:-1] + unvoiced.get(stem[-1], stem[-1]), stem + vowel)


def verb_keys(word: str) -> tuple[str, ...]:
    """Return the index keys of the stems of a verb in -у."""
    return tuple(key(stem) for stem in verb_stems(word))


def verb_forms(word: str, running: str) -> tuple[Form, ...]:
    """Return the forms of a verb in -у that a running word may be; only participles have case and number."""
    found = (
        readings_of(shapes(stem), spelling, "verb")
        for stem in verb_stems(word)
        for spelling in (running, *uncontracted(running))
    )
    return next((forms for forms in found if forms), ())


@lru_cache(maxsize=1 << 16)
def uncontracted(running: str) -> tuple[str, ...]:
    """Return a running word with the two letters for which one letter stands between a verb and its ending.

    In қояды, the letter я stands for й, the last letter of the verb қой-, and а, the first letter of the
    ending. The result is empty if the word has no such letter.

    >>> uncontracted("қояды"), uncontracted("қойды")
    (('қойады',), ())
    """
    pairs = (pair.split("/") for pair in table()["context"]["contracted"].split())
    return tuple(running.replace(letter, letters) for letter, letters in pairs if letter in running[1:])


_THIRD = Form(case="nominative", number="singular", possessor="3")
_PLURAL = Form(case="nominative", number="plural")
_PLURAL_THIRD = Form(case="nominative", number="plural", possessor="3")
_PLURAL_END = re.compile(r"[лдт][ае]р$")
_PLURAL_THIRD_END = re.compile(r"[лдт](?:ары|ері)$")
_SHORTEST = 3
"""The fewest letters of the stem of a plural: қатары is not a plural of the stem қа."""
_MANY = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """An analysis of the last word of a wording: its stem, and whether it is a possessive or a plural."""

    stem: str
    possessed: bool = False
    plural: bool = False


def head_keys(word: str, *, phrase: bool) -> tuple[str, ...]:
    """Return index keys under which all forms of the last word of a wording are found.

    They are fast to compute. Other words may have the same keys, so a word that is found must be compared.
    """
    found = list(keys(word))
    last = word[-1:]
    if last == "р" and _PLURAL_END.search(word):
        found.append(key(word[:-3]))
    if phrase and last in ("ы", "і"):
        found.append(key(word[:-1]))
        stem = undropped(word[:-1])
        if stem is not None:
            found.append(key(stem))
        if word[-2:-1] == "с":
            found.append(key(word[:-2]))
        elif _PLURAL_THIRD_END.search(word):
            found.append(key(word[:-4]))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=_MANY)
def heads(word: str, *, phrase: bool) -> tuple[Head, ...]:
    """Return the analyses of a last word, likeliest first.

    Possessive endings are considered only in a wording of several words (`phrase`).
    """
    plain = Head(stem=word)
    plurals = [
        Head(stem=stem, plural=True) for stem in _stems(word, _PLURAL_END) if _PLURAL in readings(stem, word)
    ]
    if not phrase:
        return (*plurals, plain)
    possessed = [
        Head(stem=stem, possessed=True, plural=form.number == "plural")
        for stems, form in (
            (_stems(word, _PLURAL_THIRD_END), _PLURAL_THIRD),
            (_possessed_stems(word), _THIRD),
        )
        for stem in stems
        if form in readings(stem, word)
    ]
    soft = word[:-1] + "ь"  # else: тілі is of тіл, not тіль; ролі of роль, as рол would give ролы
    if not possessed and _THIRD in readings(soft, word):
        possessed = [Head(stem=soft, possessed=True)]
    if word.endswith(tuple(table()["stems"]["agents"].split())):
        return (plain, *possessed)
    return (*possessed, *plurals, plain)


def readings(stem: str, word: str, *, name: bool = False) -> tuple[Form, ...]:
    """Return the forms of a stem that `word` may be, best first; none if it is no form of the stem."""
    return readings_of(shapes(stem, name=name), word)


def readings_of(stem_shapes: tuple[Shape, ...], word: str, start: Start = "word") -> tuple[Form, ...]:
    """Return the forms that `word` may be of the stem with these shapes, best first."""
    found: dict[Form, None] = {}
    for shape in stem_shapes:
        if not word.startswith(shape.text):
            continue
        ending = word[len(shape.text) :]
        if shape.stands_before(ending):
            for harmony in shape.harmonies:
                found.update(dict.fromkeys(endings(shape.sound, harmony, start).forms.get(ending, ())))
    return tuple(found)


def _stems(word: str, end: re.Pattern[str]) -> list[str]:
    found = end.search(word)
    return [word[: found.start()]] if found and found.start() >= _SHORTEST else []


def _possessed_stems(word: str) -> list[str]:
    """Return the possible stems of a word without its third-person possessive, the likelier first.

    It is not checked whether the word is a form of them.
    """
    if word[-1:] not in ("ы", "і"):
        return []
    bare = word[:-1]
    stem = undropped(bare)
    if stem is not None:
        return [stem]
    rules = table()["stems"]
    unvoiced = {voiced: voiceless for voiceless, voiced in rules["voiced"].items()}
    if bare[-1:] in unvoiced and not bare.endswith(tuple(rules["own_voiced"].split())):
        return [bare[:-1] + unvoiced[bare[-1]]]
    if not bare.endswith("с"):
        return [bare]
    closed = bare.endswith(tuple(rules["closed"].split())) or (
        bare[-2:-1] in ("ы", "і") and not bare[:-1].endswith(tuple(rules["open_ends"].split()))
    )
    return [bare, bare[:-1]] if closed else [bare[:-1], bare]


_LONGEST_ABBREVIATION = 4
"""The most letters of a word in capitals that counts as an abbreviation. It is found in capitals only: БАҚ is
"press", бақ "fortune"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A wording cut into words, as written (`raw`) and folded, with the gaps between them.

    `tail` is the text after the last word. `capitals` tells for each word whether it must be in capitals. If
    `fixed`, nothing is inflected. `spelled` is true if the last word is an abbreviation, a letter or a
    number, whose spelling does not tell its sound.
    """

    raw: tuple[str, ...]
    folded: tuple[str, ...]
    gaps: tuple[str, ...]
    tail: str
    capitals: tuple[bool, ...]
    fixed: bool
    spelled: bool

    def same(self, raw: tuple[str, ...], gaps: tuple[str, ...], cased: bool, *, last_too: bool) -> bool:
        """Whether words and gaps of a text are those of this wording.

        The last word is compared only if `last_too`. With `cased`, the capitals of each two words are
        compared, last words included: up to the end of the shorter word, each letter must be a capital in
        both words or in neither.
        """
        if len(raw) != len(self.raw):
            return False
        last = len(raw) if last_too else len(raw) - 1
        if any(fold(raw[at]) != self.folded[at] for at in range(last)) or not all(
            map(gap_fits, self.gaps, gaps)
        ):
            return False
        if any(self.capitals) and not all(map(_capitals, self.raw, raw, self.capitals)):
            return False
        return not cased or all(
            ours_at.isupper() == theirs_at.isupper()
            for ours, theirs in zip(self.raw, raw, strict=True)
            for ours_at, theirs_at in zip(ours, theirs, strict=False)
        )


@lru_cache(maxsize=_MANY)
def parse(wording: Wording) -> Parsed:
    """Return the dictionary form of a wording, cut into words."""
    fixed = wording.exact or wording.part_of_speech == "adverb"
    return _parse(wording.text, fixed)


@lru_cache(maxsize=_MANY)
def spellings(wording: Wording) -> tuple[Parsed, ...]:
    """Return the explicit forms of a wording, cut into words."""
    return tuple(_parse(form, True) for form in wording.forms)


def last_forms(wording: Wording, raw: str) -> tuple[Form, ...]:
    """Return the forms of the last word of a wording that the running word `raw` may be, best first.

    There are none if it is no form of that word.
    """
    parsed, running = parse(wording), fold(raw)
    word = parsed.folded[-1]
    found: dict[Form, None] = {}
    for head in heads(word, phrase=len(parsed.raw) > 1):
        only = wording.number
        if head.plural and len(parsed.raw) == 1 and (only or head.stem in _whole_plurals()):
            only = "plural"
        for form in readings(head.stem, running, name=parsed.raw[-1][0].isupper()):
            if (form.possessor or not head.possessed) and only in ("", form.number):
                found[form] = None
    if wording.inflect_like:
        found.update(dict.fromkeys(readings_of(like(word, fold(wording.inflect_like)), running)))
    if wording.part_of_speech == "verb":
        found.update(dict.fromkeys(verb_forms(word, running)))
    if raw[len(word) :].islower():
        found.update(dict.fromkeys(spelled_forms(wording, raw[: len(word)], raw[len(word) :])))
    return tuple(found)


@cache
def _whole_plurals() -> frozenset[str]:
    """Return the stems of plurals that are words of their own: жастар means "youth", not several "жас"."""
    return frozenset(table()["stems"]["whole_plurals"].split())


def spelled_forms(wording: Wording, stem: str, ending: str) -> tuple[Form, ...]:
    """Return the forms that `ending` may express after an abbreviation or number.

    Endings for any last sound are accepted, because its sound is unknown.
    """
    parsed = parse(wording)
    if not parsed.spelled or stem != parsed.raw[-1]:
        return ()
    if fold(ending) in table()["context"]["spelled"].split() and wording.number != "plural":
        return (Form(),)
    forms = all_endings().get(fold(ending), ())
    return tuple(form for form in forms if wording.number in ("", form.number))


@lru_cache(maxsize=_MANY)
def _parse(text: str, fixed: bool) -> Parsed:
    words = cut_runs(text)
    raw = tuple([word.text for word in words])
    style = text.isupper() and any(len(word) > _LONGEST_ABBREVIATION for word in raw)
    last = raw[-1] if raw else ""
    return Parsed(
        raw=raw,
        folded=tuple([fold(word) for word in raw]),
        gaps=gaps(text, words),
        tail=text[words[-1].stop :] if words else "",
        capitals=tuple([not style and is_abbreviation(word) for word in raw]),
        fixed=fixed,
        spelled=last.isdigit() or len(last) == 1 or (not style and last[-2:].isupper()),
    )


def is_pronounced(word: str) -> bool:
    """Whether the spelling of an abbreviation tells how its end is pronounced: КСРО, ГЭС."""
    return len(word) > 1 and not word.isdigit() and "vowel" in (sound_of(word[-1]), sound_of(word[-2]))


def is_abbreviation(word: str) -> bool:
    """Whether a word is all capitals, with two to `_LONGEST_ABBREVIATION` letters.

    A longer word in capitals is an ordinary word in a heading.
    """
    return word.isupper() and 1 < len(word) <= _LONGEST_ABBREVIATION


def _capitals(ours: str, theirs: str, needed: bool) -> bool:
    """Whether `theirs` has the abbreviation `ours` in capitals and its ending in small letters.

    False for ҚР in ҚРЫМ, because the rest of ҚРЫМ is in capitals too. If capitals are not `needed`, always
    true.
    """
    return not needed or (theirs[: len(ours)].isupper() and not any(map(str.isupper, theirs[len(ours) :])))


_CYRILLIC = re.compile(r"[Ѐ-ӿ]")


def in_cyrillic(text: str, script: str) -> list[Word]:
    """Cut a text into words; words in Latin or Arabic letters are spelt in Cyrillic.

    `script` is the script of the text (``Latn``, ``Arab``), or empty if it is not known. Then a text is
    converted only if it is certainly Kazakh in one of these scripts. A word with letters that the alphabet
    lacks stays as it is.

    >>> [word.text for word in in_cyrillic("Jer uchaskesi 2021", "Latn")]
    ['Жер', 'uchaskesi', '2021']
    """
    alphabet = None if _CYRILLIC.search(text) else alphabet_of(text, script)
    if alphabet is None:
        return cut_runs(text)
    plain = masked(text)
    found: list[Word] = []
    at = 0
    for start, stop, word in transliterated(plain, alphabet):
        found += [Word(other.text, other.start + at, other.stop + at) for other in cut_runs(plain[at:start])]
        found.append(Word(word, start, stop))
        at = stop
    return [*found, *(Word(other.text, other.start + at, other.stop + at) for other in cut_runs(plain[at:]))]


@cache
def _latin() -> tuple[dict[int, str], ...]:
    """Return two tables of Cyrillic letters that change when a text is converted to Latin and back.

    Each table maps such a letter to the letter that it becomes. The first table has the letters that change
    with every Latin alphabet. The second table also has those that change with some of the alphabets.
    """
    rules = table()["latin"]
    tables = (rules["lost"], {**rules["lost"], **rules["merged"]})
    return tuple(
        str.maketrans({**letters, **{small.upper(): other.upper() for small, other in letters.items()}})
        for letters in tables
    )


def converted(wording: Wording, script: str) -> tuple[Wording, ...]:
    """Return the possible Cyrillic spellings of a wording.

    A wording in another script is converted in all ways that its letters allow. If texts are in Latin letters
    (`script` is ``Latn``), a Cyrillic wording is spelt as it is after conversion to Latin and back, as the
    words of these texts are.
    """
    own = wording.locale.split("-")[1] if wording.is_converted else ""
    alphabet = alphabet_of(wording.text, own) if own else None
    found: Iterable[str] = ()
    if alphabet is not None:
        spelt = (replace(alphabet, told_apart=is_told) for is_told in (True, False))
        plain = ["".join(_respelt(wording.text, spelling)) for spelling in spelt]
        found = (*plain, *(_with_initials(text) for text in plain))
    elif script == "Latn" and not own:
        found = (wording.text.translate(letters) for letters in _latin())
    return tuple(replace(wording, text=text) for text in dict.fromkeys(found) if text != wording.text)


def _with_initials(text: str) -> str:
    """Replace the letters that may stand for another letter at the beginning of a word: е becomes э."""
    letters: dict[str, str] = table()["latin"]["initial"]
    for letter, other in letters.items():
        text = re.sub(rf"\b{letter}", other, re.sub(rf"\b{letter.upper()}", other.upper(), text))
    return text


def _respelt(text: str, alphabet: Alphabet) -> Iterator[str]:
    """Yield the parts of a text in order, with its words in Cyrillic."""
    at = 0
    for start, stop, word in transliterated(text, alphabet):
        yield text[at:start] + word
        at = stop
    yield text[at:]
