"""Kazakh wordings put into another form, by the tables that recognise forms."""

from __future__ import annotations

from egiz.glossary.morphology.kazakh_endings import Harmony, Sound, endings, sound_of
from egiz.glossary.morphology.kazakh_heads import Head, heads
from egiz.glossary.morphology.kazakh_sounds import Shape, fold, harmonies, like, shapes
from egiz.glossary.morphology.kazakh_wordings import Parsed, parse
from egiz.glossary.morphology.plain import cut
from egiz.glossary.records import Form, Wording


def inflected(wording: Wording, form: Form) -> str | None:
    """The wording in a form; what the form leaves open is as in the wording. None where that is not sure."""
    parsed = _known(wording)
    if parsed is None or (form.number and wording.number not in ("", form.number)):
        return None
    readings = heads(parsed.folded[-1], phrase=len(parsed.raw) > 1)
    wanted = Form(
        case=form.case or "nominative",
        number=form.number or wording.number or ("plural" if readings[0].plural else "singular"),
        possessor=form.possessor or ("3" if readings[0].possessed else ""),
    )
    if parsed.fixed:
        return wording.text if wanted == Form(case="nominative", number="singular") else None
    last = _spelled(wording, parsed, wanted) if parsed.spelled else _last(wording, parsed, readings, wanted)
    return None if last is None else wording.text[: cut(wording.text)[-1].start] + last + parsed.tail


def _known(wording: Wording) -> Parsed | None:
    parsed = parse(wording)
    return parsed if parsed.raw else None


def _last(wording: Wording, parsed: Parsed, readings: tuple[Head, ...], form: Form) -> str | None:
    """The last word in a form, if all likely readings of it agree."""
    raw, word = parsed.raw[-1], parsed.folded[-1]
    if wording.inflect_like:
        made = {_compose(like(word, fold(wording.inflect_like)), form)}
    elif readings[0].possessed:
        made = {_compose(shapes(head.stem), form) for head in readings if head.possessed}
    elif readings[0].plural and len(parsed.raw) == 1 and form.number != "plural":
        return None
    else:
        made = {_compose(shapes(readings[0].stem, name=raw[0].isupper()), form)}
    last = made.pop() if len(made) == 1 else None
    return None if last is None else _dress(raw, last)


def _compose(stem_shapes: tuple[Shape, ...], form: Form) -> str | None:
    for shape in stem_shapes:
        ending = endings(shape.sound, shape.harmonies[0]).written.get(form)
        if ending is not None and shape.stands_before(ending):
            return shape.text + ending
    return None


def _spelled(wording: Wording, parsed: Parsed, form: Form) -> str | None:
    """An abbreviation with its ending behind a hyphen: by the word it is inflected like, or by its end.

    One that ends in a vowel, or in a vowel and a consonant, is read as it is spelled (КСРО-ның, ГЭС-тің);
    of others the reading is not told.
    """
    raw, word = parsed.raw[-1], parsed.folded[-1]
    if form == Form(case="nominative", number="singular"):
        return raw
    sounds = _reading(fold(wording.inflect_like) or word, told=bool(wording.inflect_like))
    if sounds is None:
        return None
    ending = endings(*sounds).written.get(form)
    return None if ending is None else f"{raw}-{ending}"


def _reading(word: str, *, told: bool) -> tuple[Sound, Harmony] | None:
    sound = sound_of(word[-1])
    if word.isdigit() or not (told or sound == "vowel" or sound_of(word[-2:-1]) == "vowel"):
        return None
    return sound, harmonies(word)[0]


def _dress(raw: str, last: str) -> str:
    """The capitals and the ё of the dictionary form, as far as the letters are the same."""
    if len(raw) > 1 and raw.isupper():
        return last.upper()
    same = next((at for at, (one, two) in enumerate(zip(fold(raw), last, strict=False)) if one != two), None)
    kept = min(len(raw), len(last)) if same is None else same
    return raw[:kept] + last[kept:]
