"""A Kazakh wording made ready for comparison with text: capitals, gaps, and the forms of its last word."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from egiz.glossary.morphology.kazakh_endings import all_endings
from egiz.glossary.morphology.kazakh_heads import heads, readings, readings_of
from egiz.glossary.morphology.kazakh_sounds import fold, like
from egiz.glossary.morphology.kazakh_verbs import verb_forms
from egiz.glossary.morphology.plain import cut, fits, gaps
from egiz.glossary.records import Form, Wording

_LONGEST_ABBREVIATION = 4
"""Capitals up to so many are an abbreviation only in capitals: БАҚ is the press, бақ is fortune."""
_MANY = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The words of a wording as they stand and folded, what stands between them, and what follows the last.

    `capitals` says of each word whether it must be in capitals; `fixed` that nothing is inflected; `spelled`
    that the last word is read by letters or is a number, so that its sounds are not told by its spelling.
    """

    raw: tuple[str, ...]
    folded: tuple[str, ...]
    gaps: tuple[str, ...]
    tail: str
    capitals: tuple[bool, ...]
    fixed: bool
    spelled: bool

    def same(self, raw: tuple[str, ...], gaps: tuple[str, ...], cased: bool, *, whole: bool) -> bool:
        """Whether words of a text are these, but for the end of the last if not `whole`.

        `cased` asks for the very capitals of the wording in all they have in common.
        """
        if len(raw) != len(self.raw):
            return False
        last = len(raw) if whole else len(raw) - 1
        if any(fold(raw[at]) != self.folded[at] for at in range(last)) or not all(map(fits, self.gaps, gaps)):
            return False
        if any(self.capitals) and not all(map(_capitals, self.raw, raw, self.capitals)):
            return False
        return not cased or all(
            one.isupper() == two.isupper()
            for ours, theirs in zip(self.raw, raw, strict=True)
            for one, two in zip(ours, theirs, strict=False)
        )


@lru_cache(maxsize=_MANY)
def parse(wording: Wording) -> Parsed:
    """The wording's dictionary form, made ready."""
    fixed = wording.exact or wording.part_of_speech == "adverb"
    return _parse(wording.text, fixed)


@lru_cache(maxsize=_MANY)
def spellings(wording: Wording) -> tuple[Parsed, ...]:
    """The wording's explicit forms, made ready."""
    return tuple(_parse(form, True) for form in wording.forms)


def last_forms(wording: Wording, raw: str) -> tuple[Form, ...]:
    """The forms of the wording's last word that a running word may be, best first; none if it is none."""
    parsed, running = parse(wording), fold(raw)
    word = parsed.folded[-1]
    found: dict[Form, None] = {}
    for head in heads(word, phrase=len(parsed.raw) > 1):
        only = wording.number or ("plural" if head.plural and len(parsed.raw) == 1 else "")
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


def spelled_forms(wording: Wording, stem: str, ending: str) -> tuple[Form, ...]:
    """The forms of an abbreviation or a number with any ending, for only its reader knows how it sounds."""
    parsed = parse(wording)
    if not parsed.spelled or stem != parsed.raw[-1]:
        return ()
    forms = all_endings().get(fold(ending), ())
    return tuple(form for form in forms if wording.number in ("", form.number))


@lru_cache(maxsize=_MANY)
def _parse(text: str, fixed: bool) -> Parsed:
    words = cut(text)
    raw = tuple([word.text for word in words])
    style = text.isupper() and any(len(word) > _LONGEST_ABBREVIATION for word in raw)
    last = raw[-1] if raw else ""
    return Parsed(
        raw=raw,
        folded=tuple([fold(word) for word in raw]),
        gaps=gaps(text, words),
        tail=text[words[-1].stop :] if words else "",
        capitals=tuple([not style and _abbreviation(word) for word in raw]),
        fixed=fixed,
        spelled=last.isdigit() or len(last) == 1 or (not style and last[-2:].isupper()),
    )


def _abbreviation(word: str) -> bool:
    return word.isupper() and 1 < len(word) <= _LONGEST_ABBREVIATION


def _capitals(ours: str, theirs: str, needed: bool) -> bool:
    """Capitals as far as an abbreviation goes, and none in what is written onto it: ҚР is not in ҚРЫМ."""
    return not needed or (theirs[: len(ours)].isupper() and not any(map(str.isupper, theirs[len(ours) :])))
