"""Russian lemmas, readings and paradigms from pymorphy3, guesses for unknown words, and `data/ru.toml`.

The only module that uses pymorphy3. The analyser (about 0.2 s, 40 MB) is built at the first word, and its
analyses are cached.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from egiz.glossary.morphology.spelling import fold


@cache
def _knowledge() -> Mapping[str, Any]:
    source = files("egiz.glossary.russian").joinpath("data", "ru.toml")
    table: Mapping[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    return table


@cache
def words_of(*path: str) -> frozenset[str]:
    """The words of one list in `data/ru.toml`, named by its path."""
    table: Any = _knowledge()
    for name in path:
        table = table[name]
    return frozenset(table.split())


@lru_cache(maxsize=1 << 14)
def surname_model(word: str) -> str:
    """The model surname that a folded word declines like, by its ending; empty if it looks like none."""
    for like, endings in _knowledge()["surnames"]["endings"]:
        if any(word.endswith(ending) and len(word) > len(ending) + 2 for ending in endings.split()):
            return str(like)
    return ""


@cache
def governed_cases(preposition: str) -> tuple[str, ...]:
    """The cases that a preposition of one or more words (folded) governs, the likelier first.

    Empty for other words.
    """
    table = _knowledge()["prepositions"]
    for cases, listed in table["governing"]:
        if preposition in listed.split():
            return tuple(cases.split())
    for cases, listed in table["phrases"]:
        if preposition in (" ".join(phrase.split()) for phrase in listed.split("|")):
            return tuple(cases.split())
    return ()


_CASES = {
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
_NUMBERS = {"sing": "singular", "plur": "plural"}
_GENDERS = {"masc": "masculine", "femn": "feminine", "neut": "neuter"}
_COMMON = frozenset({"GNdr", "ms-f", "Ms-f"})
_VERBAL = frozenset({"INFN", "VERB", "PRTF", "PRTS", "GRND"})
_ADJECTIVAL = frozenset({"ADJF", "ADJS", "COMP"})
_VOICE = frozenset({"actv", "pssv", "pres", "past"})
_SHORTEST_TAIL = 4
"""The fewest letters after the first part of a clipped compound: "соцлагерь" is one, "госта" is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A form of a word, or one reading of a running word.

    `part` is pymorphy's part of speech; `case`, `number` are named as in `Form`; `gender` is ``masculine``,
    ``feminine``, ``neuter``, ``common`` or empty; `animate` is None where it makes no difference. `flags`
    are all of pymorphy's grammemes. `score` is the share of this reading among those of the word, 0..1.
    `marked` forms (archaic, colloquial, second genitive and locative) are recognised, never generated.
    `sure` is False for words that the dictionary lacks, whose reading is a guess from the ending.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Paradigm:
    """A dictionary word: the reading by which it was found, and all its forms, including that one."""

    reading: Shape
    cells: tuple[Shape, ...]


@cache
def _analyzer() -> Any:
    import pymorphy3  # type: ignore[import-untyped]

    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=1 << 17)
def lemmas(word: str) -> tuple[str, ...]:
    """The folded lemmas of a word by the dictionary, without guessing; none for an unknown word."""
    analyzer, folded = _analyzer(), fold(word)
    found: dict[str, None] = {}
    for item, places in analyzer.dictionary.words.similar_items(folded, analyzer.char_substitutes):
        for paradigm, form in places:
            found[fold(analyzer.dictionary.build_normal_form(paradigm, form, item))] = None
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def is_unknown(word: str) -> bool:
    """Whether a Cyrillic word is not in the dictionary, so that all its readings are guesses."""
    return not any(reading.sure or "LATN" in reading.flags for reading in readings(word))


@lru_cache(maxsize=1 << 16)
def readings(word: str) -> tuple[Shape, ...]:
    """The readings of a running word, likeliest first; guesses for words not in the dictionary."""
    folded = fold(word)
    tail = _clipped_tail(folded)
    if tail:
        return tuple(_put(reading, folded[: -len(tail)]) for reading in readings(tail))
    return tuple(_shape(parse) for parse in _analyzer().parse(folded))


@lru_cache(maxsize=1 << 13)
def lexemes(word: str) -> tuple[Paradigm, ...]:
    """The full lexeme of each reading of a word as pymorphy3 has it, likeliest first."""
    folded = fold(word)
    tail = _clipped_tail(folded)
    if not tail:
        known: dict[tuple[str, str, bool], tuple[Shape, ...]] = {}
        return tuple(_lexeme(parse, known) for parse in _analyzer().parse(word))
    head = folded[: -len(tail)]
    return tuple(
        Paradigm(reading=_put(item.reading, head), cells=tuple(_put(cell, head) for cell in item.cells))
        for item in lexemes(tail)
    )


@cache
def _listed(name: str) -> Mapping[str, str]:
    pairs = (pair.split("/") for pair in _knowledge()["declension"][name].split())
    return dict(pairs)


def chosen_plural(word: str) -> str | None:
    """The nominative plural to write of a folded noun that has several: "счета".

    Empty if none is certain; None for other nouns.
    """
    return _listed("plurals").get(word)


def counted_plural(word: str) -> str:
    """The form of a folded noun after five and more if it is a special one: "лет"; empty for other nouns."""
    return _listed("counted").get(word, "")


def _as_listed(word: str) -> tuple[Paradigm, ...]:
    """The paradigm of a noun that the dictionary lacks and `data/ru.toml` has; none for other words."""
    folded = fold(word)
    like = _listed("like").get(folded, "")
    if like:
        return imitate(word, like)
    if folded not in words_of("declension", "fixed"):
        return ()
    cells = tuple(
        Shape(
            text=folded,
            lemma=folded,
            part="NOUN",
            case=case,
            number=number,
            gender="masculine",
            animate=False,
        )
        for number in _NUMBERS.values()
        for case in dict.fromkeys(_CASES.values())
    )
    return (Paradigm(reading=replace(cells[0], score=1.0), cells=cells),)


@lru_cache(maxsize=1 << 13)
def paradigms(word: str) -> tuple[Paradigm, ...]:
    """The paradigms of a word: its lexemes without forms of another gender, voice, tense or class."""
    listed = _as_listed(word)
    if listed:
        return listed
    return tuple(
        replace(item, cells=tuple(cell for cell in item.cells if _belongs(cell, item.reading)))
        for item in lexemes(word)
    )


def _lexeme(parse: Any, known: dict[tuple[str, str, bool], tuple[Shape, ...]]) -> Paradigm:
    """One reading with all forms of its lexeme; `known` caches the forms by lexeme."""
    reading, lexeme = _shape(parse), parse.lexeme
    place = (lexeme[0].word, str(lexeme[0].tag), "Supr" in reading.flags)
    if place not in known:
        known[place] = tuple(_cell(form, reading) for form in lexeme if not _is_unabbreviated(form, reading))
    return Paradigm(reading=reading, cells=known[place])


def _is_unabbreviated(form: Any, reading: Shape) -> bool:
    """Whether a form is not abbreviated but its reading is: OpenCorpora has гг in the lexeme of год."""
    return "Abbr" in reading.flags and "Abbr" not in form.tag.grammemes


def _cell(form: Any, reading: Shape) -> Shape:
    grammar = _grammar(form.tag)
    degree = "Supr" in grammar.flags and "Supr" not in reading.flags
    marked = degree or (_is_marked(grammar.flags - {"Abbr"}) if "Abbr" in reading.flags else grammar.marked)
    return _shape(form, lemma=reading.lemma, sure=reading.sure, marked=marked)


@dataclass(frozen=True, slots=True)
class _Grammar:
    """What a tag of pymorphy3 says, in the terms of `Shape`."""

    part: str
    case: str
    number: str
    gender: str
    animate: bool | None
    flags: frozenset[str]
    marked: bool


@cache
def _grammar(tag: Any) -> _Grammar:
    """The grammar of a tag; there are some thousand tags, and reading one takes most of a parse."""
    flags: frozenset[str] = tag.grammemes
    return _Grammar(
        part=str(tag.POS or ""),
        case=_CASES.get(tag.case or "", ""),
        number=_NUMBERS.get(tag.number or "", ""),
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
    """Whether a parse is from the dictionary, also after a known prefix or a hyphen, and not guessed."""
    methods = [type(item[0]).__name__ for item in parse.methods_stack]
    if methods[0] == "DictionaryAnalyzer":
        return methods[1:] in ([], ["KnownPrefixAnalyzer"])
    last = parse.word.rpartition("-")[2]
    return methods[0] == "HyphenatedWordsAnalyzer" and bool(lemmas(last))


def _belongs(cell: Shape, reading: Shape) -> bool:
    """Whether a form belongs to the paradigm of a reading: same gender, voice, tense and class of word."""
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
    """The dictionary word after the first part of an unknown clipped compound; empty for other words."""
    if "-" in word or lemmas(word):
        return ""
    heads = words_of("clipped")
    for size in range(6, 2, -1):
        tail = word[size:]
        if word[:size] in heads and len(tail) >= _SHORTEST_TAIL and lemmas(tail):
            return tail
    return ""


def _put(shape: Shape, head: str) -> Shape:
    """A form with the first part of a clipped compound prepended."""
    return replace(shape, text=head + shape.text, lemma=head + shape.lemma)


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> tuple[str, ...]:
    """The possible stems of an unknown word: itself, and itself without each ending that fits."""
    return _without(fold(word), "endings")


@lru_cache(maxsize=1 << 14)
def first_stems(word: str) -> tuple[str, ...]:
    """The possible stems of an unknown word in its dictionary form."""
    return _without(fold(word), "first_endings")


def _without(word: str, endings: str) -> tuple[str, ...]:
    known = words_of(endings)
    cuts = [size for size in (1, 2, 3) if len(word) - size >= 2 and word[-size:] in known]
    return (word, *(word[:-size] for size in cuts))


def imitate(word: str, like: str) -> tuple[Paradigm, ...]:
    """The paradigms of a word that declines like another one: the endings of `like` on the stem of `word`.

    Empty if `word` does not end like `like`.
    """
    made = []
    for paradigm in paradigms(like):
        texts = [cell.text for cell in paradigm.cells if not cell.marked] or [like]
        size = _shared(texts)
        ending = fold(like)[size:]
        nominative = paradigm.reading.case == "nominative" and fold(paradigm.reading.text) == fold(like)
        if not nominative or not fold(word).endswith(ending):
            continue
        stem = word.lower()[: len(word) - len(ending)]

        def put(shape: Shape, stem: str = stem, size: int = size) -> Shape:
            return replace(shape, text=stem + shape.text[size:], lemma=fold(word), sure=True)

        cells = tuple(put(cell) for cell in paradigm.cells if cell.text[:size] == texts[0][:size])
        made.append(Paradigm(reading=put(paradigm.reading), cells=cells))
    return tuple(made)


def surnames(word: str) -> tuple[Paradigm, ...]:
    """The paradigms of a capitalised word that looks like a surname by its ending; empty for others."""
    like = surname_model(fold(word)) if word[:1].isupper() else ""
    return imitate(word, like) if like else ()


def guesses(word: str) -> tuple[Paradigm, ...]:
    """Possible paradigms of an unknown noun, judged by its ending."""
    made = (item for like in sorted(words_of("models")) for item in imitate(word, like))
    return tuple(
        Paradigm(
            reading=replace(item.reading, sure=False, animate=None),
            cells=tuple(replace(cell, sure=False) for cell in item.cells),
        )
        for item in made
    )


def _shared(texts: list[str]) -> int:
    """The length of the common prefix of some words."""
    size = min(map(len, texts))
    while any(text[:size] != texts[0][:size] for text in texts):
        size -= 1
    return size
