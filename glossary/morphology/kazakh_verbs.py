"""The stems of a Kazakh verb, told from its dictionary form in -у, and its forms in text.

құру is of құр-, сайлау of сайла-, оқу of оқы-, шығу of шық-, қою of қой-: the form in -у has lost the
vowel or the voicelessness of the stem, so a verb has several stems to try. Of a verb in ы or і the present
(оқиды) is not known, as it drops the vowel.
"""

from __future__ import annotations

from egiz.glossary.morphology.kazakh_endings import table
from egiz.glossary.morphology.kazakh_heads import readings_of
from egiz.glossary.morphology.kazakh_sounds import harmonies, key, shapes
from egiz.glossary.records import Form


def verb_stems(word: str) -> tuple[str, ...]:
    """The stems a dictionary form in -у or -ю may have, in lower case; none where it is no such form.

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
    """The keys of the stems of a verb given in -у."""
    return tuple(key(stem) for stem in verb_stems(word))


def verb_forms(word: str, running: str) -> tuple[Form, ...]:
    """The forms of a verb in -у that a running word may be, empty but for participles; none if it is none."""
    found = (readings_of(shapes(stem), running, "verb") for stem in verb_stems(word))
    return next((forms for forms in found if forms), ())
