"""Rules that ask what is known of a language: what is never found, what cannot be inflected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from egiz.glossary.lint.finding import Examined, Remark
from egiz.glossary.morphology.find import find
from egiz.glossary.records import Form, Wording

_OBLIQUE = {"ru": Form(case="genitive"), "kk": Form(case="genitive")}
"""A form that every noun of a language has, and that a wording must be able to take to be inserted."""
_UNINFLECTED = frozenset({"verb", "adverb", "phrase"})


def never_found(examined: Examined) -> Iterator[Remark]:
    """A wording that is not found even where the text is the wording itself."""
    for term, wording in examined.wordings():
        text = wording.text.strip()
        if not any(map(str.isalnum, text)):
            continue
        found = find(wording, text, examined.morphology(wording.language))
        if not any(place.start == 0 and place.stop == len(text) for place in found):
            yield Remark(
                severity="error",
                term=term,
                message=f"{wording.text!r} ({wording.language}) is not found in its own text",
                action="Write it as it stands in texts; give other forms as forms.",
            )


def not_inflectable(examined: Examined) -> Iterator[Remark]:
    """A target wording that cannot be put into another case, so that a correction cannot insert it."""
    for term, wording in examined.wordings():
        form = _OBLIQUE.get(wording.language)
        if form is None or wording.language == examined.source or not _should_inflect(wording):
            continue
        form = replace(form, number=wording.number)
        if examined.morphology(wording.language).inflect(wording, form) is None:
            model = wording.inflect_like
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} ({wording.language}) cannot be inflected"
                + (f" like {model!r}" if model else ""),
                action="Name another word of the same paradigm."
                if model
                else "Name a word of the same paradigm (like), or say that it is exact.",
            )


def _should_inflect(wording: Wording) -> bool:
    return (
        wording.status != "forbidden"
        and not wording.exact
        and wording.part_of_speech not in _UNINFLECTED
        and any(map(str.isalnum, wording.text))
    )


def like_itself(examined: Examined) -> Iterator[Remark]:
    """A model of inflection that leads back to the word it is for: itself, or through other wordings."""
    models = {
        (wording.language, wording.text.casefold()): wording.inflect_like.casefold()
        for _, wording in examined.wordings()
        if wording.inflect_like
    }
    for term, wording in examined.wordings():
        if not wording.inflect_like:
            continue
        start = wording.text.casefold()
        passed = {start}
        model = models[wording.language, start]
        while model not in passed and (wording.language, model) in models:
            passed.add(model)
            model = models[wording.language, model]
        if model == start or model == start.split()[-1]:
            yield Remark(
                severity="error",
                term=term,
                message=f"{wording.text!r} ({wording.language}) is to be inflected like "
                f"{wording.inflect_like!r}, which leads back to it",
                action="Name a word whose forms are known by themselves.",
            )
