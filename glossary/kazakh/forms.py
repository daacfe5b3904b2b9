"""Recognise Kazakh terms in running text by stem and suffix chain, and inflect them.

A running word is cut wherever the rest may be an ending, and the part before the cut is looked up in the
index, so the cost does not grow with the number of terms. `Kazakh.accepts` then checks whether this stem can
have this ending. Suffixes that derive other words do not count as endings: партиялық is not a form of партия,
nor сайлаушы of сайлау.

Some words look like forms of other words; `data/words.tsv` lists them. Words of the kind ``word`` are never
such forms: басқа "other" is not the dative of бас, nor жүзім "grape" a form of жүз. Words of the kind
``object`` may be such forms: заңды is "lawful" or the accusative of заң, тапты "found" or the accusative of
тап. They count as accusatives only before a verb, because an object mostly precedes its verb directly.

The same words recur in a text, so the functions about single words cache their results.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from egiz.glossary.kazakh.endings import BARE, all_endings, all_verb_endings, endings, sound_of, table
from egiz.glossary.kazakh.sounds import Shape, fold, harmonies, key, like, shapes
from egiz.glossary.kazakh.wordings import (
    Head,
    Parsed,
    converted,
    head_keys,
    heads,
    in_cyrillic,
    is_abbreviation,
    is_pronounced,
    last_forms,
    parse,
    readings,
    spelled_forms,
    spellings,
    uncontracted,
    verb_keys,
)
from egiz.glossary.morphology.base import Accepted, Word
from egiz.glossary.morphology.spelling import cut_runs, gaps, with_abbreviation
from egiz.glossary.records import Form, Wording

_NEXT = re.compile(r"\s+([^\W\d_]+)\s*(\w?)")
_HYPHENS = ("-", "\u2010", "\u2011")
WINDOW = 64
"""The number of characters after a word in which the next word is searched for."""
_MANY = 65536


@lru_cache(maxsize=_MANY)
def own_word(folded: str) -> str:
    """Return the longest word of the kind ``word`` in `data/words.tsv` of which a running word is a form.

    The result is empty if the list has no such word.
    """
    own = _words()["word"]
    stems = (folded[:stop] for stop in range(len(folded), 1, -1))
    return next((stem for stem in stems if stem in own and readings(stem, folded)), "")


def is_rarely_accusative(folded: str) -> bool:
    """Whether a running word is listed as an adjective or past tense that is rarely an accusative."""
    return folded in _words()["object"]


def precedes_verb(following: str) -> bool:
    """Whether the text `following` begins with a verb; most objects directly precede their verb."""
    found = _NEXT.match(following)
    if found is None:
        return False
    rules, word = _rules(), found[1].lower()
    if word.startswith(rules["no_verbs"]) or word.endswith(rules["objects"]):
        return False
    return word.endswith(rules["verbs"]) or (not found[2] and word.endswith(rules["past"]))


def is_compound(text: str, words: Sequence[Word], other: int, at: int) -> bool:
    """Whether ``words[other]`` and its neighbour ``words[at]`` form a hyphenated compound.

    No compound is formed by a particle, a number, an abbreviation before a word, or two names: тарап-ақ,
    1-съезд, АТ-компания, Алматы-Астана.
    """
    if not 0 <= other < len(words):
        return False
    left, right = (words[other], words[at]) if other < at else (words[at], words[other])
    if text[left.stop : right.start] not in _HYPHENS:
        return False
    neighbour = words[other].text
    if other > at and is_abbreviation(words[at].text) and not _is_ending(fold(neighbour)):
        return False
    if neighbour.isdigit() or (other > at and fold(neighbour) in _rules()["particles"]):
        return False
    return not (left.text[0].isupper() and right.text[0].isupper())


def is_derived(gap: str, ending: str) -> bool:
    """Whether the letters after a closing quote make another word of the quoted one: “партия”шыл.

    False if they are a grammatical ending, or if a hyphen precedes them.
    """
    return gap[:1] not in _HYPHENS and _is_derived(fold(ending))


def _is_ending(folded: str) -> bool:
    return folded in all_endings() or _is_derived(folded)


def _is_derived(folded: str) -> bool:
    return any(folded.startswith(end) and folded[len(end) :] in all_endings() for end in _rules()["derived"])


@cache
def _rules() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words.split()) for name, words in table()["context"].items()}


@cache
def _words() -> dict[str, frozenset[str]]:
    source = files("egiz.glossary.kazakh").joinpath("data", "words.tsv")
    rows = [row.split("\t") for row in source.read_text(encoding="utf-8").splitlines()[1:]]
    return {kind: frozenset(word for word, of in rows if of == kind) for kind in ("word", "object")}


_COMPARISONS_CACHED = 1 << 17
"""The most results of `compare` that are cached (about 40 MB)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The result of comparing words with a wording: their possible forms, and conditions on the text around.

    If `fixed`, no ending may follow. `tail` is the text of the wording after its last word; it is part of the
    occurrence if the same text follows the words there. If `object`, the words match only if a verb follows:
    заңды is the accusative of "law" before a verb, and otherwise the adjective "lawful".
    """

    forms: tuple[Form, ...]
    fixed: bool = False
    tail: str = ""
    object: bool = False


@lru_cache(maxsize=_COMPARISONS_CACHED)
def compare(wording: Wording, raw: tuple[str, ...], gaps: tuple[str, ...]) -> Comparison | None:
    """Compare words and the gaps between them with a wording; return None if they do not match."""
    cased = wording.case_sensitive
    if any(form.same(raw, gaps, cased, last_too=True) for form in spellings(wording)):
        return Comparison(forms=(), fixed=True)
    parsed = parse(wording)
    if not parsed.same(raw, gaps, cased, last_too=parsed.fixed):
        return None
    if parsed.fixed:
        return Comparison(forms=(BARE,), fixed=True, tail=parsed.tail)
    forms = last_forms(wording, raw[-1])
    if not forms:
        return None
    running, stem = fold(raw[-1]), parsed.folded[-1]
    if len(raw) > 1 and _is_other_head(stem, running):
        return None
    if len(raw) > 1 or running == stem:
        return Comparison(forms=forms, tail=parsed.tail)
    if len(own_word(running)) > len(stem):
        return None
    return Comparison(forms=forms, tail=parsed.tail, object=is_rarely_accusative(running))


def _is_other_head(last: str, running: str) -> bool:
    """Whether a running word is a form of a longer word, and not of `last`, the last word of a phrase.

    The last word of "жұмысшы табы" is табы, but the running word табысы is a form of табыс. If `last` is a
    possessive, False for all forms of its stem: халық жауының is a form of халық жауы, although жауын is a
    word too.
    """
    if running == last or len(own_word(running)) <= len(last):
        return False
    return not any(readings(head.stem, running) for head in heads(last, phrase=True) if head.possessed)


def inflected(wording: Wording, form: Form) -> str | None:
    """Return the wording in a form; None if that form is uncertain.

    Fields that are empty in `form` are as in the wording.
    """
    parsed = parse(wording)
    if not parsed.raw or (form.number and wording.number not in ("", form.number)):
        return None
    head = heads(parsed.folded[-1], phrase=len(parsed.raw) > 1)[0]
    wanted = Form(
        case=form.case or "nominative",
        number=form.number or wording.number or ("plural" if head.plural else "singular"),
        possessor=form.possessor or ("3" if head.possessed else ""),
    )
    if parsed.fixed:
        return wording.text if wanted == Form(case="nominative", number="singular") else None
    start = wording.text[: cut_runs(wording.text)[-1].start]
    if parsed.spelled:
        ending = _spelled_ending(wording, parsed, wanted)
        return None if ending is None else start + parsed.raw[-1] + parsed.tail + ending
    last = _last_word(wording, parsed, head, wanted)
    return None if last is None else start + last + parsed.tail


def _last_word(wording: Wording, parsed: Parsed, head: Head, form: Form) -> str | None:
    """Return the last word of a wording in a form, by its likeliest analysis; None if it has no such form."""
    raw, word = parsed.raw[-1], parsed.folded[-1]
    if wording.inflect_like:
        last = _compose(like(word, fold(wording.inflect_like)), form)
    elif head.plural and len(parsed.raw) == 1 and form.number != "plural":
        return None
    else:
        last = _compose(shapes(head.stem, name=raw[0].isupper()), form)
    return None if last is None else _capitalised_like(raw, last)


def _compose(stem_shapes: tuple[Shape, ...], form: Form) -> str | None:
    for shape in stem_shapes:
        ending = endings(shape.sound, shape.harmonies[0]).written.get(form)
        if ending is not None and shape.stands_before(ending):
            return shape.text + ending
    return None


def _spelled_ending(wording: Wording, parsed: Parsed, form: Form) -> str | None:
    """Return the ending of an abbreviation with its hyphen; None if its last sound is unknown.

    If the wording has `inflect_like`, its last sound is that of this word. Otherwise an abbreviation that
    ends in a vowel, or in a vowel and a consonant, is pronounced as it is spelt (КСРО-ның, ГЭС-тің). The last
    sound of any other abbreviation, and of a number, is unknown.
    """
    if form == Form(case="nominative", number="singular"):
        return ""
    word = fold(wording.inflect_like) or parsed.folded[-1]
    if word.isdigit() or not (wording.inflect_like or is_pronounced(word)):
        return None
    ending = endings(sound_of(word[-1]), harmonies(word)[0]).written.get(form)
    return None if ending is None else f"-{ending}"


def _capitalised_like(raw: str, last: str) -> str:
    """Return the inflected word `last` with the capitals, and the letter ё, of its dictionary form `raw`.

    They are copied as far as the two words begin alike. The whole result is in capitals if `raw` is.
    """
    if len(raw) > 1 and raw.isupper():
        return last.upper()
    same = next(
        (at for at, (want, have) in enumerate(zip(fold(raw), last, strict=False)) if want != have), None
    )
    kept = min(len(raw), len(last)) if same is None else same
    return raw[:kept] + last[kept:]


_WHOLE, _VERB = "=", "~"
"""The prefixes of two kinds of index keys: keys of uninflected words, and keys of verb stems. The prefix
``~`` alone is also a key of every verb. It shows whether the base has verbs, and verb endings are built only
if it has."""
_APART = re.compile(r"[»”“\"’')\]]*[-\u2010\u2011\u2013]?")
"""The signs that may separate a stem from its ending: closing quotes or brackets, then a hyphen."""


class Kazakh:
    """The `Morphology` of Kazakh, which recognises stems of the index with suffix chains.

    Words in Latin or Arabic letters are compared in Cyrillic. If `script` (``Latn``, ``Arab``) is given, all
    texts are taken to be in it; otherwise a text is converted only if it is certainly Kazakh in one of these
    scripts.
    """

    heads_first = False

    def __init__(self, script: str = "") -> None:
        self._script = script

    def readings(self, wording: Wording) -> tuple[Wording, ...]:
        """Return the variants of a wording; see `with_abbreviation`.

        If the wording or the texts are in another script, its spellings in Cyrillic are among them.
        """
        found = with_abbreviation(wording)
        if not (wording.locale or self._script):
            return found
        return (*found, *(other for reading in found for other in converted(reading, self._script)))

    def conjunctions(self) -> frozenset[str]:
        """Return the conjunctions that join coordinated words, such as "and" and "or"."""
        return frozenset(_rules()["conjunctions"])

    def bounds(self) -> frozenset[str]:
        """Return nothing, because case endings show where a phrase ends."""
        return frozenset()

    def singulars(self, word: str) -> tuple[str, ...]:
        """Return nothing: a plural that coordinated terms share is recognised without its singular."""
        return ()

    def words(self, text: str) -> list[Word]:
        """Cut a text into words; a hyphen separates words, so that КОКП-ның is a stem and an ending."""
        return in_cyrillic(text, self._script)

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """Return the keys of a wording: those of its whole words, and those of its explicit forms.

        The last word of the wording is also indexed by its possible stems.
        """
        found: dict[tuple[str, ...], None] = {}
        for form in wording.forms:
            found[tuple([_WHOLE + fold(word.text) for word in cut_runs(form)])] = None
        words = [fold(word.text) for word in cut_runs(wording.text)]
        if words:
            before = tuple([_WHOLE + word for word in words[:-1]])
            for last in _last_keys(wording, words):
                found[(*before, last)] = None
            if wording.part_of_speech == "verb":
                found[(_VERB,)] = None
        found.pop((), None)
        return list(found)

    def lookup(self, word: str, known: Container[str]) -> tuple[str, ...]:
        """Return the keys in `known` of a word, and of each beginning of it that may be its stem.

        A beginning may be the stem if the rest of the word is an ending. The longest beginnings come first.
        """
        folded = fold(word)
        found = dict.fromkeys([_WHOLE + folded] if _WHOLE + folded in known else [])
        chains = all_endings()
        of_verbs = all_verb_endings() if _VERB in known else frozenset[str]()
        for stop in range(len(folded), min(len(folded), 2) - 1, -1):
            ending = folded[stop:]
            if ending in chains:
                stem = key(folded[:stop])
                if stem in known:
                    found[stem] = None
        for spelling in (folded, *uncontracted(folded)) if of_verbs else ():
            for stop in range(len(spelling), min(len(spelling), 2) - 1, -1):
                stem = _VERB + key(spelling[:stop])
                if spelling[stop:] in of_verbs and stem in known:
                    found[stem] = None
        return tuple(found)

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Accept words that are the wording with its last word inflected, or one of its explicit forms.

        A one-word wording is not found in a hyphenated compound: келісім-шарт is neither келісім nor шарт. A
        hyphen between names (Қазақстан-Ресей), or before an ending or a particle, makes no compound. Returns
        None for other words.
        """
        is_single = last - first == 1
        span = (words[first],) if is_single else words[first:last]
        raw = (span[0].text,) if is_single else tuple([word.text for word in span])
        comparison = compare(wording, raw, () if is_single else gaps(text, span))
        if comparison is None or (is_single and is_compound(text, words, first - 1, first)):
            return None
        stop = span[-1].stop
        gap = text[stop : words[last].start] if last < len(words) else ""
        if gap and not comparison.fixed and _APART.fullmatch(gap):
            ending = words[last]
            forms = _forms_with(wording, raw[-1], ending.text)
            if forms:
                return Accepted(stop=ending.stop, forms=forms)
            if is_derived(gap, ending.text):
                return None
        if is_single and is_compound(text, words, last, last - 1):
            return None
        if comparison.object and not precedes_verb(text[stop : stop + WINDOW]):
            return None
        tail = comparison.tail
        closed = tail and text.startswith(tail, stop)
        return Accepted(stop=stop + len(tail) if closed else stop, forms=comparison.forms)

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """Return the wording in another form, by the tables that also recognise it.

        Fields that `form` leaves empty are as in the wording: its possessive is kept (халық шаруашылығы).
        Returns None if the stem is uncertain, the sound of an abbreviation is unknown, or the wording is in
        another script.
        """
        return None if wording.is_converted else inflected(wording, form)


def _last_keys(wording: Wording, words: Sequence[str]) -> tuple[str, ...]:
    if wording.exact or wording.part_of_speech == "adverb":
        return (_WHOLE + words[-1],)
    found = head_keys(words[-1], phrase=len(words) > 1)
    if wording.part_of_speech != "verb":
        return found
    return (*found, *(_VERB + stem for stem in verb_keys(words[-1])))


def _forms_with(wording: Wording, last: str, ending: str) -> tuple[Form, ...]:
    """Return the forms that the last word `last` of a wording may have with an ending separated from it.

    A hyphen or a closing quote separates the ending: КОКП-ның, “қайта құру”дың.
    """
    return spelled_forms(wording, last, ending) or last_forms(wording, last + ending)
