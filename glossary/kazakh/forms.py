"""Recognise Kazakh terms in running text by stem and suffix chain, and inflect them.

A running word is cut at every place where the rest may be an ending, and the part before the cut is looked
up, so the cost does not grow with the number of terms. `accepts` then checks the ending against that stem.
Suffixes that derive other words do not count as endings: партиялық is not a form of партия, nor сайлаушы of
сайлау.

Some words look like forms of others, and ``data/kk_words.tsv`` lists them. Those of kind ``word`` never are
such forms: басқа "other" is not the dative of бас, nor жүзім "grape" a form of жүз. Those of kind ``object``
may be: заңды is "lawful" or the accusative of заң, тапты "found" or the accusative of тап. They count as
accusatives only before a verb, because an object mostly precedes its verb directly.

The words of a text recur again and again, so the functions about single words cache their results.
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
"""Characters of the following text that suffice to read the next word."""
_MANY = 65536


@lru_cache(maxsize=_MANY)
def own_word(folded: str) -> str:
    """The longest listed word that a running word is a form of; empty if there is none."""
    own = _words()["word"]
    stems = (folded[:stop] for stop in range(len(folded), 1, -1))
    return next((stem for stem in stems if stem in own and readings(stem, folded)), "")


def rather_other(folded: str) -> bool:
    """Whether a running word in -ды is listed as an adjective or past tense rather than an accusative."""
    return folded in _words()["object"]


def before_verb(following: str) -> bool:
    """Whether the following text begins with a verb, as it does after most objects."""
    found = _NEXT.match(following)
    if found is None:
        return False
    rules, word = _rules(), found[1].lower()
    if word.startswith(rules["no_verbs"]) or word.endswith(rules["objects"]):
        return False
    return word.endswith(rules["verbs"]) or (not found[2] and word.endswith(rules["past"]))


def compound(text: str, words: Sequence[Word], other: int, at: int) -> bool:
    """Whether ``words[other]`` and its neighbour ``words[at]`` form a hyphenated compound.

    A particle, a number, an abbreviation before a word, or two names do not: тарап-ақ, 1-съезд, АТ-компания,
    Алматы-Астана.
    """
    if not 0 <= other < len(words):
        return False
    one, two = (words[other], words[at]) if other < at else (words[at], words[other])
    if text[one.stop : two.start] not in _HYPHENS:
        return False
    neighbour = words[other].text
    if other > at and is_abbreviation(words[at].text) and not _is_ending(fold(neighbour)):
        return False
    if neighbour.isdigit() or (other > at and fold(neighbour) in _rules()["particles"]):
        return False
    return not (one.text[0].isupper() and two.text[0].isupper())


def derived(gap: str, ending: str) -> bool:
    """Whether the letters after a closing quote derive another word from the stem: “партия”шыл."""
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
"""The most comparisons that are cached (about 40 MB)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How words match a wording: the forms that they may be, and the conditions in the text around them.

    If `fixed`, no ending may follow. `tail` is the text of the wording after its last word; it belongs to an
    occurrence if it follows. If `object`, they match only as the object of a verb: заңды is otherwise
    "lawful".
    """

    forms: tuple[Form, ...]
    fixed: bool = False
    tail: str = ""
    object: bool = False


@lru_cache(maxsize=_COMPARISONS_CACHED)
def compare(wording: Wording, raw: tuple[str, ...], gaps: tuple[str, ...]) -> Comparison | None:
    """How words with these gaps match a wording; None if they do not."""
    cased = wording.case_sensitive
    if any(form.same(raw, gaps, cased, whole=True) for form in spellings(wording)):
        return Comparison(forms=(), fixed=True)
    parsed = parse(wording)
    if not parsed.same(raw, gaps, cased, whole=parsed.fixed):
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
    return Comparison(forms=forms, tail=parsed.tail, object=rather_other(running))


def _is_other_head(last: str, running: str) -> bool:
    """Whether a running word is a form of a longer listed word: табысы for табы, in "жұмысшы табы".

    False if it is a form of the stem of a possessive head: халық жауының, although жауын is a word.
    """
    if running == last or len(own_word(running)) <= len(last):
        return False
    return not any(readings(head.stem, running) for head in heads(last, phrase=True) if head.possessed)


def inflected(wording: Wording, form: Form) -> str | None:
    """The wording in a form, fields left empty as in the wording; None where it is uncertain."""
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
    start = wording.text[: cut_runs(wording.text)[-1].start]
    if parsed.spelled:
        ending = _spelled_ending(wording, parsed, wanted)
        return None if ending is None else start + parsed.raw[-1] + parsed.tail + ending
    last = _last(wording, parsed, head, wanted)
    return None if last is None else start + last + parsed.tail


def _known(wording: Wording) -> Parsed | None:
    parsed = parse(wording)
    return parsed if parsed.raw else None


def _last(wording: Wording, parsed: Parsed, head: Head, form: Form) -> str | None:
    """The last word in a form, by its likeliest reading; None where there is no such form."""
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
    """The ending of an abbreviation with its hyphen, by `inflect_like` if given, else by its own end.

    One that ends in a vowel, or in a vowel and a consonant, is read as spelled (КСРО-ның, ГЭС-тің); the sound
    of others, and of numbers, is unknown: None.
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
    """The inflected word with the capitals and ё of the dictionary form in the letters they share."""
    if len(raw) > 1 and raw.isupper():
        return last.upper()
    same = next((at for at, (one, two) in enumerate(zip(fold(raw), last, strict=False)) if one != two), None)
    kept = min(len(raw), len(last)) if same is None else same
    return raw[:kept] + last[kept:]


_WHOLE, _VERB = "=", "~"
"""Prefixes of the keys of uninflected words and of verb stems. The latter alone is a key of every verb, so
that verb endings are built only if the base has verbs."""
_APART = re.compile(r"[»”“\"’')\]]*[-\u2010\u2011\u2013]?")
"""What may separate a stem from its ending: closing quotes or brackets, then a hyphen."""


class Kazakh:
    """`Morphology` of Kazakh: suffix chains after indexed stems.

    Words in Latin or Arabic letters are compared in Cyrillic. If `script` (``Latn``, ``Arab``) is given, all
    texts are in such letters; otherwise a text is converted only if it is certain that it is Kazakh in them.
    """

    heads_first = False

    def __init__(self, script: str = "") -> None:
        self._script = script

    def readings(self, wording: Wording) -> tuple[Wording, ...]:
        """The wording, also without its abbreviation in brackets and as that alone, and all in Cyrillic."""
        found = with_abbreviation(wording)
        if not (wording.locale or self._script):
            return found
        return (*found, *(other for one in found for other in converted(one, self._script)))

    def conjunctions(self) -> frozenset[str]:
        """The words that join coordinated words."""
        return frozenset(_rules()["conjunctions"])

    def bounds(self) -> frozenset[str]:
        """None: case endings show where a phrase ends."""
        return frozenset()

    def singulars(self, word: str) -> tuple[str, ...]:
        """None: the singular of a term is recognised by its plural."""
        return ()

    def words(self, text: str) -> list[Word]:
        """Cut a text into words; hyphens separate them, so that КОКП-ның is a stem and an ending."""
        return in_cyrillic(text, self._script)

    def keys(self, wording: Wording) -> list[tuple[str, ...]]:
        """Whole words and, for the last word, its stems; only whole words for explicit forms."""
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
        """The known keys of the whole word and of its beginnings before a possible ending, longest first."""
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
        for one in (folded, *uncontracted(folded)) if of_verbs else ():
            for stop in range(len(one), min(len(one), 2) - 1, -1):
                stem = _VERB + key(one[:stop])
                if one[stop:] in of_verbs and stem in known:
                    found[stem] = None
        return tuple(found)

    def accepts(
        self, wording: Wording, text: str, words: Sequence[Word], first: int, last: int
    ) -> Accepted | None:
        """Whether the words are the wording with its last word inflected, or one of its explicit forms.

        A one-word wording is not found in a hyphenated compound: келісім-шарт is neither келісім nor шарт.
        A hyphen between names (Қазақстан-Ресей), or before an ending or a particle, makes no compound.
        """
        one = last - first == 1
        span = (words[first],) if one else words[first:last]
        raw = (span[0].text,) if one else tuple([word.text for word in span])
        comparison = compare(wording, raw, () if one else gaps(text, span))
        if comparison is None or (one and compound(text, words, first - 1, first)):
            return None
        stop = span[-1].stop
        gap = text[stop : words[last].start] if last < len(words) else ""
        if gap and not comparison.fixed and _APART.fullmatch(gap):
            ending = words[last]
            forms = _forms_with(wording, raw[-1], ending.text)
            if forms:
                return Accepted(stop=ending.stop, forms=forms)
            if derived(gap, ending.text):
                return None
        if one and compound(text, words, last, last - 1):
            return None
        if comparison.object and not before_verb(text[stop : stop + WINDOW]):
            return None
        tail = comparison.tail
        closed = tail and text.startswith(tail, stop)
        return Accepted(stop=stop + len(tail) if closed else stop, forms=comparison.forms)

    def inflect(self, wording: Wording, form: Form) -> str | None:
        """The wording in another form, by the tables that also recognise it.

        Fields that `form` leaves empty are as in the wording: its possessive is kept (халық шаруашылығы).
        None where the stem is uncertain, the sound of an abbreviation unknown, or the script another one.
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
    """The forms of a last word with a separated ending: КОКП-ның, “қайта құру”дың."""
    return spelled_forms(wording, last, ending) or last_forms(wording, last + ending)
