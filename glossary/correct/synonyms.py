"""Replace a synonym by the term: words that certainly render the same source words and no others.

A synonym is treated like a forbidden wording of the term, so that the words that depend on it change too
(«Контракт был заключён» → «Договор был заключён»). Only nouns are replaced.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from egiz.glossary.check import TermUse
from egiz.glossary.correct.candidates import swapped
from egiz.glossary.correct.job import Candidate
from egiz.glossary.correct.links import word_places
from egiz.glossary.correct.words import RENDERS, Verdict, WordTable, likeness
from egiz.glossary.languages import extraction_language, finder, morphology
from egiz.glossary.morphology.find import find
from egiz.glossary.records import Match, Wording
from egiz.translate.numbers.words import said

ALIKE, NEAR = 0.08, 0.2
"""The least likeness to the term (`egiz.glossary.correct.words.likeness`) of a synonym. The first is for a
word that the table knows as a rendering of the source word, the second for any other word. Chosen on
`tests/cases/people_rows.tsv`."""
_CLAIM = 0.1
"""If the likeness of a word to a rendering of another source word is at least this, the word may render that
source word instead."""
_END = 2
"""The most letters at the end in which two spellings of a word may differ."""
_SHORT = 3
"""Words of at most this number of letters are not compared."""


def renamed(
    source: str, text: str, use: TermUse, uses: Sequence[TermUse], table: WordTable
) -> list[Candidate]:
    """Return candidates with the preferred wording in place of a synonym.

    The list is empty if it is not certain which words are the synonym.
    """
    accepted = use.term.accepted_in(use.target_language)
    if not accepted:
        return []
    verdicts = _with_near(source, text, accepted[0], use, table)
    taken = [other.target for other in uses if other.target is not None]
    found = [
        place
        for place in runs(text, verdicts)
        if not any(place[0] < other.stop and other.start < place[1] for other in taken)
    ]
    if len(found) != 1:
        return []
    start, stop = found[0]
    if near(text[start:stop], accepted[0].text, use) < ALIKE or _is_spelling(
        text[start:stop], accepted[0].text
    ):
        return []
    if not _is_noun(text, start, stop, use.target_language):
        return []
    wording = Wording(
        language=use.target_language,
        text=_citation(text[start:stop], use.target_language),
        status="forbidden",
    )
    for place in find(wording, text, morphology(use.target_language)):
        if (place.start, place.stop) == (start, stop):
            match = Match(term=use.term, wording=wording, start=start, stop=stop, forms=place.forms)
            now = replace(use, outcome="forbidden", target=match, rendering=text[start:stop])
            made = swapped(text, now, uses)
            if _is_collective(source, match, use):
                made = [item for item in made if accepted[0].text in item.text]
            return [replace(item, rule="replaced") for item in made]
    return []


def _is_spelling(now: str, wording: str) -> bool:
    """Whether words equal those of the wording except for their endings: "Olympic", "Olympics"."""
    old, new = ([text[slice(*place)].lower() for place in word_places(text)] for text in (now, wording))
    return len(old) == len(new) and all(
        one[: max(_SHORT, len(one) - _END)] == other[: max(_SHORT, len(one) - _END)]
        for one, other in zip(old, new, strict=True)
    )


def _is_collective(source: str, match: Match, use: TermUse) -> bool:
    """Whether a plural in the text renders a singular of the source that no numeral precedes.

    Such a plural may stand for a whole group, the term for a single member.
    """
    numbers = [{form.number for form in one.forms[:1]} for one in (use.source, match)]
    return numbers == [{"singular"}, {"plural"}] and not said(source, use.source.wording.language)


def runs(text: str, verdicts: Sequence[Verdict]) -> list[tuple[int, int]]:
    """Return start and stop (code points) of each run of words that render the term by `verdicts`."""
    found: list[tuple[int, int]] = []
    for (start, stop), verdict in zip(word_places(text), verdicts, strict=True):
        if verdict != "term":
            continue
        if found and text[found[-1][1] : start] == " ":
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return found


def _with_near(source: str, text: str, wording: Wording, use: TermUse, table: WordTable) -> list[Verdict]:
    """Return the verdict on each word of `text`; words close in sense count as renderings of the term.

    Such a word must have at least the likeness `NEAR` to the term. It must render no known source word, and
    must not be close to a rendering of another source word. If a source word next to the term has no
    rendering, no word counts as close, because it may be the missing rendering of this neighbour.
    """
    verdicts = table.verdicts(source, text, use.source.start, use.source.stop)
    if _is_beside_unrendered(source, text, use, table):
        return verdicts
    others = [word for word in table.lemmas(source, 0) if word not in table.lemmas(use.form, 0)]
    for at, place in enumerate(word_places(text)):
        word = text[slice(*place)]
        if verdicts[at] in ("nothing", "unknown") and near(word, wording.text, use) >= NEAR:
            claims = (
                likeness(use.target_language, word, name, ())
                for other in others
                for name in table.renderings(other)
            )
            if max(claims, default=0.0) < _CLAIM:
                verdicts[at] = "term"
    return verdicts


def _is_beside_unrendered(source: str, text: str, use: TermUse, table: WordTable) -> bool:
    weights, lemmas = table.weights(source, text), table.lemmas(source, 0)
    places = word_places(source)
    own = [at for at, place in enumerate(places) if use.source.start <= place[0] < use.source.stop]
    beside = [at for at in (own[0] - 1, own[-1] + 1) if 0 <= at < len(places)]
    return any(
        table.renderings(lemmas[at]) and not any(row[at] >= RENDERS for row in weights) for at in beside
    )


def near(now: str, wording: str, use: TermUse) -> float:
    """Return the greatest likeness, 0 to 1, of a word of the rendering `now` and a word of the wording."""
    pairs = [
        (now[slice(*one)], wording[slice(*two)]) for one in word_places(now) for two in word_places(wording)
    ]
    return max(
        (
            likeness(use.target_language, one, two, (use.form, use.source.wording.text))
            for one, two in pairs
            if min(len(one), len(two)) > _SHORT
        ),
        default=0.0,
    )


def is_of_one_sense(source: str, text: str, use: TermUse, table: WordTable) -> bool:
    """Whether the words that render the term now, if any are known, have the sense of its target wording.

    маусым is a season or June: if the text has "season" and the term base has "June", then the text and the
    term base mean different things. True for terms of several source words, which seldom have two senses.
    """
    if len(use.form.split()) > 1:
        return True
    verdicts = table.verdicts(source, text, use.source.start, use.source.stop)
    standing = [
        text[slice(*place)]
        for place, verdict in zip(word_places(text), verdicts, strict=True)
        if verdict == "term"
    ]
    accepted = [wording.text for wording in use.term.accepted_in(use.target_language)]
    return all(any(near(word, wording, use) >= ALIKE for wording in accepted) for word in standing)


def _is_noun(text: str, start: int, stop: int, language: str) -> bool:
    words = [text[slice(*place)] for place in word_places(text) if start <= place[0] < stop]
    if language == "ru":
        roles = [reading.roles for reading in extraction_language(language).read(Counter(words)).values()]
        return any("N" in role for role in roles)
    find_spots = finder(language)
    return find_spots is not None and any(spot.stop == stop for spot in find_spots(text))


def _citation(text: str, language: str) -> str:
    words = [text[slice(*place)].lower() for place in word_places(text)]
    known = extraction_language(language).read(Counter(words))
    return extraction_language(language).citation(
        [known[word].lemma for word in words], Counter({tuple(words): 1})
    )
