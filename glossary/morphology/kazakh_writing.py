"""Kazakh wordings put into another form, by the tables that recognise forms."""

from __future__ import annotations

from egiz.glossary.morphology.kazakh_endings import endings, sound_of
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
    head = heads(parsed.folded[-1], phrase=len(parsed.raw) > 1)[0]
    wanted = Form(
        case=form.case or "nominative",
        number=form.number or wording.number or ("plural" if head.plural else "singular"),
        possessor=form.possessor or ("3" if head.possessed else ""),
    )
    if parsed.fixed:
        return wording.text if wanted == Form(case="nominative", number="singular") else None
    start = wording.text[: cut(wording.text)[-1].start]
    if parsed.spelled:
        ending = _spelled_ending(wording, parsed, wanted)
        return None if ending is None else start + parsed.raw[-1] + parsed.tail + ending
    last = _last(wording, parsed, head, wanted)
    return None if last is None else start + last + parsed.tail


def _known(wording: Wording) -> Parsed | None:
    parsed = parse(wording)
    return parsed if parsed.raw else None


def _last(wording: Wording, parsed: Parsed, head: Head, form: Form) -> str | None:
    """The last word in a form, by the likeliest reading of it."""
    raw, word = parsed.raw[-1], parsed.folded[-1]
    if wording.inflect_like:
        last = _compose(like(word, fold(wording.inflect_like)), form)
    elif head.plural and len(parsed.raw) == 1 and form.number != "plural":
        return None
    else:
        last = _compose(shapes(head.stem, name=raw[0].isupper()), form)
    return None if last is None else _dress(raw, last)


def _compose(stem_shapes: tuple[Shape, ...], form: Form) -> str | None:
    for shape in stem_shapes:
        ending = endings(shape.sound, shape.harmonies[0]).written.get(form)
        if ending is not None and shape.stands_before(ending):
            return shape.text + ending
    return None


def _spelled_ending(wording: Wording, parsed: Parsed, form: Form) -> str | None:
    """The ending of an abbreviation, behind a hyphen: by the word it is inflected like, or by its own end.

    One that ends in a vowel, or in a vowel and a consonant, is read as it is spelled (КСРО-ның, ГЭС-тің);
    of others the reading is not told.
    """
    if form == Form(case="nominative", number="singular"):
        return ""
    word = fold(wording.inflect_like) or parsed.folded[-1]
    told = wording.inflect_like or (len(word) > 1 and "vowel" in (sound_of(word[-1]), sound_of(word[-2])))
    if not told or word.isdigit():
        return None
    ending = endings(sound_of(word[-1]), harmonies(word)[0]).written.get(form)
    return None if ending is None else f"-{ending}"


def _dress(raw: str, last: str) -> str:
    """The capitals and the ё of the dictionary form, as far as the letters are the same."""
    if len(raw) > 1 and raw.isupper():
        return last.upper()
    same = next((at for at, (one, two) in enumerate(zip(fold(raw), last, strict=False)) if one != two), None)
    kept = min(len(raw), len(last)) if same is None else same
    return raw[:kept] + last[kept:]
