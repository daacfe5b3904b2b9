"""Russian lemmas, analyses and paradigms from pymorphy3's dictionary, and the tables of `data/ru.toml`.

This module alone uses pymorphy3. A reading of a word is one of its morphological analyses, as a `Shape`. The
analyser (about 0.2 s, 40 MB) is built at the first word, and its analyses are cached.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from importlib.resources import files
from typing import Any, NamedTuple

from egiz.glossary.morphology.spelling import fold


@cache
def knowledge() -> Mapping[str, Any]:
    """Return all tables of `data/ru.toml`."""
    source = files("egiz.glossary.russian").joinpath("data", "ru.toml")
    table: Mapping[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    return table


@cache
def words_of(*path: str) -> frozenset[str]:
    """Return the words of one list in `data/ru.toml`.

    `path` has its keys, from the outermost table inwards.
    """
    table: Any = knowledge()
    for name in path:
        table = table[name]
    return frozenset(table.split())


CASES = {
    "nomn": "nominative",
    "gent": "genitive",
    "datv": "dative",
    "accs": "accusative",
    "ablt": "instrumental",
    "loct": "prepositional",
    "voct": "nominative",
    "gen1": "genitive",
    "gen2": "genitive",
    "acc2": "accusative",
    "loc1": "prepositional",
    "loc2": "prepositional",
}
NUMBERS = {"sing": "singular", "plur": "plural"}
_GENDERS = {"masc": "masculine", "femn": "feminine", "neut": "neuter"}
_COMMON = frozenset({"GNdr", "ms-f", "Ms-f"})
_VERBAL = frozenset({"INFN", "VERB", "PRTF", "PRTS", "GRND"})
_ADJECTIVAL = frozenset({"ADJF", "ADJS", "COMP"})
_VOICE = frozenset({"actv", "pssv", "pres", "past"})
_SHORTEST_TAIL = 4
"""The fewest letters after the first part of a clipped compound. So "соцлагерь" is such a compound (соц +
лагерь), but "госта" is not (гос + та)."""


class Shape(NamedTuple):
    """One form of a word with its grammar: a cell of its paradigm, or one analysis of a running word.

    `part` is pymorphy's part of speech; `case` and `number` are named as in `Form`; `gender` is
    ``masculine``, ``feminine``, ``neuter``, ``common`` or empty; `animate` is None if it makes no difference.
    `flags` are all of pymorphy's grammemes. `score` is the share, 0..1, of this analysis among those of the
    word. `marked` forms (archaic, colloquial, second genitive and locative) are recognised, never generated.
    `sure` is False if the dictionary lacks the word, and the analysis is a guess from its ending.
    """

    text: str
    lemma: str
    part: str
    case: str = ""
    number: str = ""
    gender: str = ""
    animate: bool | None = None
    flags: frozenset[str] = frozenset()
    score: float = 0.0
    marked: bool = False
    sure: bool = True


class _Ending(NamedTuple):
    """An ending: the letters before and after the stem, and the fields of `Shape` from `part` on."""

    prefix: str
    suffix: str
    grammar: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Endings:
    """The endings of a paradigm, in the order of the dictionary.

    `by_form` has the endings of each case and number. `is_fixed` is true if all forms are spelt alike.
    """

    all: tuple[_Ending, ...]
    by_form: Mapping[tuple[str, str], tuple[_Ending, ...]]
    is_fixed: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Paradigm:
    """A dictionary word: the analysis by which it was found, and all its forms, also called cells.

    The forms are in `given`, or they are made at the first use. If `endings` is not None, they are made of
    the `stem` and these endings; otherwise, if `later` is not None, a call of `later` returns them.
    """

    reading: Shape
    given: tuple[Shape, ...] = ()
    later: Callable[[], tuple[Shape, ...]] | None = None
    stem: str = ""
    endings: _Endings | None = None

    @cached_property
    def cells(self) -> tuple[Shape, ...]:
        """All forms of the word."""
        if self.endings is not None:
            return self._with_endings(self.endings.all)
        return self.given if self.later is None else self.later()

    def cells_in(self, case: str, number: str) -> tuple[Shape, ...]:
        """Return the forms of a case and number."""
        if self.endings is None:
            return tuple(cell for cell in self.cells if cell.case == case and cell.number == number)
        return self._with_endings(self.endings.by_form.get((case, number), ()))

    def spellings(self) -> tuple[tuple[str, str, str, str], ...]:
        """Return text, case, number and part of speech of all forms; this costs less than `cells`."""
        if self.endings is None:
            return tuple([(cell.text, cell.case, cell.number, cell.part) for cell in self.cells])
        stem = self.stem
        return tuple(
            [
                (prefix + stem + suffix, case, number, part)
                for prefix, suffix, (part, case, number, *_) in self.endings.all
            ]
        )

    @property
    def is_fixed(self) -> bool:
        """Whether all forms are spelt alike."""
        if self.endings is None:
            return len({cell.text for cell in self.cells}) == 1
        return self.endings.is_fixed

    def _with_endings(self, endings: tuple[_Ending, ...]) -> tuple[Shape, ...]:
        stem, lemma = self.stem, self.reading.lemma
        return tuple([Shape(prefix + stem + suffix, lemma, *rest) for prefix, suffix, rest in endings])


@cache
def _analyzer() -> Any:
    import pymorphy3  # type: ignore[import-untyped]

    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=1 << 17)
def lemmas(word: str) -> tuple[str, ...]:
    """Return the folded lemmas of a word by the dictionary.

    There are none for an unknown word, because nothing is guessed.
    """
    analyzer, folded = _analyzer(), fold(word)
    found: dict[str, None] = {}
    for item, places in analyzer.dictionary.words.similar_items(folded, analyzer.char_substitutes):
        for paradigm, form in places:
            found[fold(analyzer.dictionary.build_normal_form(paradigm, form, item))] = None
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def is_unknown(word: str) -> bool:
    """Whether a Cyrillic word is not in the dictionary, so that all its analyses are guesses."""
    return not any(reading.sure or "LATN" in reading.flags for reading in readings(word))


@lru_cache(maxsize=1 << 16)
def readings(word: str) -> tuple[Shape, ...]:
    """Return the analyses of a running word, likeliest first; those of an unknown word are guesses."""
    folded = fold(word)
    tail = _clipped_tail(folded)
    if tail:
        return tuple(_prefixed(reading, folded[: -len(tail)]) for reading in readings(tail))
    return tuple(_shape(parse) for parse in _analyzer().parse(folded))


@cache
def _infinitive_ends() -> tuple[str, ...]:
    return tuple(knowledge()["pymorphy3"]["infinitives"].split())


def is_infinitive(word: str) -> bool:
    """Whether all analyses of a word are infinitives in the dictionary.

    Most words are decided by their last letters alone, without the dictionary.
    """
    if not fold(word).endswith(_infinitive_ends()):
        return False
    dictionary, substitutes = _analyzer().dictionary, _analyzer().char_substitutes
    known = [
        _grammar(dictionary.build_tag_info(paradigm, form)).part
        for _, places in dictionary.words.similar_items(fold(word), substitutes)
        for paradigm, form in places
    ]
    if known:
        return all(part == "INFN" for part in known)
    found = readings(word)
    return bool(found) and all(reading.part == "INFN" and reading.sure for reading in found)


@lru_cache(maxsize=1 << 13)
def lexemes(word: str) -> tuple[Paradigm, ...]:
    """Return the whole lexeme of each analysis of a word, as pymorphy3 has it, likeliest first."""
    return dictionary_paradigms(word, is_whole=True)


def dictionary_paradigms(word: str, *, is_whole: bool) -> tuple[Paradigm, ...]:
    """Return the analyses of a word, each with its forms.

    With `is_whole` these are the whole lexeme, otherwise only the forms with the same gender, voice, tense
    and class of word as the analysis.
    """
    folded = fold(word)
    parses = _analyzer().parse(word)
    tail = "" if any(map(_is_listed, parses)) else _clipped_tail(folded)
    if not tail:
        return tuple(_Lexemes(parses, is_whole=is_whole).paradigms())
    head = folded[: -len(tail)]
    return tuple(
        Paradigm(
            reading=_prefixed(item.reading, head), given=tuple(_prefixed(cell, head) for cell in item.cells)
        )
        for item in dictionary_paradigms(tail, is_whole=is_whole)
    )


class _Lexemes:
    """The analyses of a word, each with its forms; see `dictionary_paradigms`.

    A word of the dictionary shares its endings with thousands of others, so the endings are made once and put
    on the stem of each word. The forms of words that are not in the dictionary are made at the first use.
    """

    def __init__(self, parses: Sequence[Any], *, is_whole: bool) -> None:
        self._parses = parses
        self._is_whole = is_whole

    def paradigms(self) -> Iterator[Paradigm]:
        """Yield the paradigm of each analysis, likeliest first."""
        for place, parse in enumerate(self._parses):
            reading = _shape(parse)
            if _is_listed(parse):
                _, word, paradigm, form = parse.methods_stack[0]
                dictionary = _analyzer().dictionary
                stem = dictionary.build_stem(dictionary.paradigms[paradigm], form, word)
                endings = _endings(paradigm, form, self._is_whole, reading.lemma == fold(reading.text))
                yield Paradigm(reading=reading, stem=stem, endings=endings)
            else:
                yield Paradigm(reading=reading, later=partial(self._forms, place, reading))

    def _forms(self, place: int, reading: Shape) -> tuple[Shape, ...]:
        cells = self._unlisted[place]
        return cells if self._is_whole else tuple(cell for cell in cells if _belongs(cell, reading))

    @cached_property
    def _unlisted(self) -> dict[int, tuple[Shape, ...]]:
        """The forms for analyses that are not directly from the dictionary, by the index of the analysis.

        If several of them have the same lexeme, its forms are made once, for the first of them.
        """
        found: dict[int, tuple[Shape, ...]] = {}
        known: dict[tuple[str, str, bool], tuple[Shape, ...]] = {}
        for place, parse in enumerate(self._parses):
            if _is_listed(parse):
                continue
            reading, forms = _shape(parse), parse.lexeme
            name = (forms[0].word, str(forms[0].tag), "Supr" in reading.flags)
            if name not in known:
                kept = (form for form in forms if not _is_unabbreviated(form.tag, reading))
                known[name] = tuple(_cell(form, reading) for form in kept)
            found[place] = known[name]
        return found


def _is_listed(parse: Any) -> bool:
    """Whether an analysis is directly from the dictionary, without a prefix or a part before a hyphen."""
    return len(parse.methods_stack) == 1 and type(parse.methods_stack[0][0]).__name__ == "DictionaryAnalyzer"


@lru_cache(maxsize=1 << 14)
def _endings(paradigm: int, form: int, is_whole: bool, is_lemma: bool) -> _Endings:
    """Return the endings of a paradigm of the dictionary, for a word in the form with index `form`.

    For `is_whole` see `dictionary_paradigms`; `is_lemma` is true if the word is its own lemma.
    """
    dictionary = _analyzer().dictionary
    numbers = dictionary.paradigms[paradigm]  # those of the suffixes, then of the tags, then of the prefixes
    size = len(numbers) // 3
    found: list[_Ending] = []
    by_form: dict[tuple[str, str], list[_Ending]] = {}
    for place, grammar in _own_forms(tuple(numbers[size : 2 * size]), form, is_whole, is_lemma):
        prefix = dictionary.paradigm_prefixes[numbers[2 * size + place]]
        found.append(_Ending(prefix, dictionary.suffixes[numbers[place]], grammar))
        by_form.setdefault((grammar[1], grammar[2]), []).append(found[-1])
    return _Endings(
        all=tuple(found),
        by_form={form: tuple(endings) for form, endings in by_form.items()},
        is_fixed=len({ending[:2] for ending in found}) == 1,
    )


@lru_cache(maxsize=1 << 14)
def _own_forms(
    tags: tuple[int, ...], form: int, is_whole: bool, is_lemma: bool
) -> tuple[tuple[int, tuple[Any, ...]], ...]:
    """Return index and grammar of the forms of a paradigm that belong to the form with index `form`.

    With `is_whole` all forms belong to it, otherwise those that `_belongs` accepts. Hundreds of paradigms
    have the same `tags` and differ only in their endings, so the results are cached.
    """
    gramtab = _analyzer().dictionary.gramtab
    tag = _grammar(gramtab[tags[form]])
    reading = Shape("", "" if is_lemma else "-", *tag[:6], 1.0, tag.marked, True)
    found: list[tuple[int, tuple[Any, ...]]] = []
    for place, number in enumerate(tags):
        if _is_unabbreviated(gramtab[number], reading):
            continue
        grammar = _grammar(gramtab[number])
        cell = Shape("", "", *grammar[:6], 1.0, _is_marked_for(grammar, reading), True)
        if is_whole or _belongs(cell, reading):
            found.append((place, cell[2:]))
    return tuple(found)


def _is_unabbreviated(tag: Any, reading: Shape) -> bool:
    """Whether the form with `tag` is no abbreviation, although `reading`, an analysis of its lexeme, is one.

    There are such forms because OpenCorpora has the abbreviation гг in the lexeme of год.
    """
    return "Abbr" in reading.flags and "Abbr" not in tag.grammemes


def _cell(form: Any, reading: Shape) -> Shape:
    marked = _is_marked_for(_grammar(form.tag), reading)
    return _shape(form, lemma=reading.lemma, sure=reading.sure, marked=marked)


def _is_marked_for(grammar: _Grammar, reading: Shape) -> bool:
    """Whether a form in the lexeme of an analysis is recognised, but never generated."""
    if "Supr" in grammar.flags and "Supr" not in reading.flags:
        return True
    return _is_marked(grammar.flags - {"Abbr"}) if "Abbr" in reading.flags else grammar.marked


class _Grammar(NamedTuple):
    """The grammar in a tag of pymorphy3: the fields of `Shape` from `part` to `flags`, and `marked`."""

    part: str
    case: str
    number: str
    gender: str
    animate: bool | None
    flags: frozenset[str]
    marked: bool


@cache
def _grammar(tag: Any) -> _Grammar:
    """Return the grammar of a tag.

    Cached, because there are only some thousand tags, and reading one is slow.
    """
    flags: frozenset[str] = tag.grammemes
    return _Grammar(
        part=str(tag.POS or ""),
        case=CASES.get(tag.case or "", ""),
        number=NUMBERS.get(tag.number or "", ""),
        gender="common" if flags & _COMMON else _GENDERS.get(tag.gender or "", ""),
        animate={"anim": True, "inan": False}.get(tag.animacy or ""),
        flags=flags,
        marked=_is_marked(flags),
    )


def _shape(
    parse: Any, *, lemma: str | None = None, sure: bool | None = None, marked: bool | None = None
) -> Shape:
    grammar = _grammar(parse.tag)
    return Shape(
        text=parse.word,
        lemma=fold(parse.normal_form) if lemma is None else lemma,
        part=grammar.part,
        case=grammar.case,
        number=grammar.number,
        gender=grammar.gender,
        animate=grammar.animate,
        flags=grammar.flags,
        score=float(parse.score),
        marked=grammar.marked if marked is None else marked,
        sure=_is_sure(parse) if sure is None else sure,
    )


def _is_marked(flags: frozenset[str]) -> bool:
    return not flags.isdisjoint(words_of("pymorphy3", "marked"))


def _is_sure(parse: Any) -> bool:
    """Whether an analysis is from the dictionary, perhaps after a known prefix or a hyphen."""
    methods = [type(item[0]).__name__ for item in parse.methods_stack]
    if methods[0] == "DictionaryAnalyzer":
        return methods[1:] in ([], ["KnownPrefixAnalyzer"])
    last = parse.word.rpartition("-")[2]
    return methods[0] == "HyphenatedWordsAnalyzer" and bool(lemmas(last))


def _belongs(cell: Shape, reading: Shape) -> bool:
    """Whether a form has the same gender, voice, tense and class of word as an analysis of its lexeme."""
    if reading.part == "NOUN":
        same = not reading.gender or reading.number == "plural" or cell.gender == reading.gender
        return cell.part == "NOUN" and (cell.number == "plural" or same)
    if reading.part == "PRTF":
        return cell.part in ("PRTF", "PRTS") and cell.flags & _VOICE == reading.flags & _VOICE
    if reading.part in _ADJECTIVAL:
        if cell.part == "ADJS" and cell.gender == "neuter":  # spelled like the adverb
            return False
        own = reading.gender and reading.lemma != fold(reading.text)  # "сборная" is not "сборный"
        if own and cell.gender and cell.gender != reading.gender:
            return False
        return cell.part in _ADJECTIVAL and ("Supr" in cell.flags or "Supr" not in reading.flags)
    if reading.part == "INFN":
        return cell.part in _VERBAL
    return cell.part == reading.part


def _clipped_tail(word: str) -> str:
    """Return the second part of a clipped compound that the dictionary lacks: лагерь for соцлагерь.

    The result is empty for other words.
    """
    if "-" in word or lemmas(word):
        return ""
    heads = words_of("clipped")
    for size in range(6, 2, -1):
        tail = word[size:]
        if word[:size] in heads and len(tail) >= _SHORTEST_TAIL and lemmas(tail):
            return tail
    return ""


def _prefixed(shape: Shape, head: str) -> Shape:
    """Return a form of the second part of a clipped compound as a form of the compound.

    `head` is the first part.
    """
    return shape._replace(text=head + shape.text, lemma=head + shape.lemma)
