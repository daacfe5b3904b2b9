"""Collects the evidence for scoring: forced-decoding log-probabilities and new translations.

The model is queried window by window, and its answers are kept in the translation memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from egiz.glossary.records import RIGHT_OUTCOMES
from egiz.parallel.rows import Row, Target
from egiz.parallel.scores.records import Effort, Evidence, Side, Unit
from egiz.translate.engine.protocol import Decoding, Engine, TokenScorer, TokenScores
from egiz.translate.errors import TranslationMemoryError
from egiz.translate.ladder import Options, pivot_language
from egiz.translate.memory import Key, MemoryLike, NoMemory
from egiz.translate.records import Sentence, Translation
from egiz.translate.text import normalise, source_text, target_text
from egiz.translate.translator import Translator


def units_of(source_language: str, translations: Sequence[Translation]) -> Unit:
    """The unit of a sentence and its translations, in published form without term corrections."""
    return Unit(
        source_language=source_language,
        source=source_text(translations[0].sentence.text, source_language),
        sides=tuple(_side(item, target_text(item.text, item.language), None) for item in translations),
    )


def unit_of_row(row: Row, translations: Sequence[Translation]) -> Unit:
    """The unit of a row as it will be published, with its engine's log-probabilities and other outputs."""
    return Unit(
        source_language=row.source_language,
        source=row.source,
        sides=tuple(
            _side(found, target.text, _terms(target))
            for target, found in zip(row.targets, translations, strict=True)
        ),
    )


def _side(translation: Translation, text: str, terms: tuple[int, int] | None) -> Side:
    """The side for a translation; `text` is its first hypothesis, typeset and perhaps term-corrected."""
    first = translation.hypotheses[0] if translation.hypotheses else None
    others = (target_text(item.text, translation.language) for item in translation.hypotheses[1:])
    made = first is not None and bool(first.tokens)
    own = made and text == target_text(translation.text, translation.language)
    return Side(
        language=translation.language,
        text=text if made else "",
        generated=made,
        logprob=first.logprob if first and own and first.logprob == first.logprob else None,
        alternatives=tuple(filter(None, others)),
        terms=terms,
    )


def _terms(target: Target) -> tuple[int, int] | None:
    if not target.terms:
        return None
    return sum(use.outcome not in RIGHT_OUTCOMES for use in target.terms), len(target.terms)


_KIND = "spoken:v1"
_DIGITS = 3
"""Decimals of a log-probability. New values are rounded like stored ones, so that both are equal."""

_AGAIN = Options(decoding=Decoding.parse(("beam=1",)))
"""Decoding of new translations: greedy, at a fraction of a beam's cost, because they are only compared."""

_Question = tuple[str, str, str, str]
"""Source text, target text, and their languages."""
_ScoresByQuestion = dict[_Question, TokenScores | None]
_Again = dict[tuple[str, str, str], str]
"""From text, its language and the target language to the new translation."""


class Witness:
    """Queries a model about units: how likely the texts are and, with ``thorough``, new translations of them.

    With ``fast`` it queries only the number of source pieces, and the probability of the model's own texts
    that were edited since; without an engine, nothing. Answers are kept in the translation memory, so a
    second run needs no query, and an interrupted one continues.
    """

    def __init__(
        self,
        engine: Engine | None,
        scorer: TokenScorer | None,
        effort: Effort,
        memory: MemoryLike | None = None,
    ) -> None:
        self._engine = engine
        self._scorer = scorer
        self._reverses = effort != "fast"
        self._translates = engine is not None and effort == "thorough"
        self._memory = memory or NoMemory()

    def evidence(self, units: Sequence[Unit]) -> list[tuple[Evidence, ...]]:
        """For each unit, the evidence for each of its sides, in order."""
        if self._engine is None:
            return [tuple(_plain(unit, side) for side in unit.sides) for unit in units]
        able = [self._able(unit) for unit in units]
        spoken = self._spoken(able) if self._scorer else {}
        again = self._again(able) if self._translates else {}
        found = []
        for unit in units:
            pieces = self._engine.count(normalise(unit.source))
            found.append(tuple(self._of(unit, side, pieces, spoken, again) for side in unit.sides))
        return found

    def _able(self, unit: Unit) -> Unit:
        """The unit reduced to the sides that the model can score: with text, in its languages."""
        known = self._engine.languages if self._engine else ()
        sides = tuple(side for side in unit.sides if side.text and side.language in known)
        if unit.source_language not in known or not unit.source:
            sides = ()
        return Unit(source_language=unit.source_language, source=unit.source, sides=sides)

    def _of(self, unit: Unit, side: Side, pieces: int, spoken: _ScoresByQuestion, again: _Again) -> Evidence:
        plain = _plain(unit, side, pieces)
        if not spoken and not again:
            return plain
        source, target = normalise(unit.source), normalise(side.text)
        home, away = unit.source_language, side.language
        others = [other for other in unit.sides if other.language != away and other.text]
        by_way = [again.get((other.text, other.language, away), "") for other in others]
        return replace(
            plain,
            forward=spoken.get((source, target, home, away)),
            reverse=spoken.get((target, source, away, home)),
            back=again.get((side.text, away, home), ""),
            third=next(filter(None, by_way), again.get((unit.source, home, away), "")),
            cross=tuple((again.get((side.text, away, item.language), ""), item.text) for item in others),
        )

    def _spoken(self, units: Sequence[Unit]) -> _ScoresByQuestion:
        assert self._scorer is not None  # the caller has checked it
        grouped: dict[tuple[str, str], dict[_Question, Key]] = {}
        for question in dict.fromkeys(self._questions(units)):
            source, target, home, away = question
            key = Key(
                engine=self._scorer.identity,
                source=home,
                target=away,
                settings=_KIND,
                text=json.dumps([source, target], ensure_ascii=False),
            )
            grouped.setdefault((home, away), {})[question] = key
        found: _ScoresByQuestion = {}
        for (home, away), keys in grouped.items():
            held = self._memory.recall(list(keys.values()))
            new = [question for question, key in keys.items() if key not in held]
            said = self._scorer.token_scores([item[:2] for item in new], source=home, target=away)
            made = {keys[item]: _pack(one) for item, one in zip(new, said, strict=True)}
            self._memory.keep(made.items())
            found |= {question: _unpack(made.get(key) or held[key]) for question, key in keys.items()}
        return found

    def _questions(self, units: Sequence[Unit]) -> Iterable[_Question]:
        """The texts to force: each side from the source if its log-probability is unknown (always with
        ``thorough``), and, unless effort is ``fast``, the source from each side.
        """
        for unit in units:
            source, home = normalise(unit.source), unit.source_language
            for side in unit.sides:
                target, away = normalise(side.text), side.language
                if self._reverses:
                    yield target, source, away, home
                unknown = side.logprob is None and (self._reverses or side.generated)
                if unknown or self._translates:
                    yield source, target, home, away

    def _again(self, units: Sequence[Unit]) -> _Again:
        """New translations of every side into the other languages of its unit; for a unit with a single side
        also of the source by way of a third language.
        """
        wanted: dict[tuple[str, str], dict[str, None]] = {}
        lone: dict[tuple[str, str], dict[str, None]] = {}
        for unit in units:
            languages = (unit.source_language, *(side.language for side in unit.sides))
            for side in unit.sides:
                for other in languages:
                    if other != side.language:
                        wanted.setdefault((side.language, other), {})[side.text] = None
            if len(unit.sides) == 1:
                lone.setdefault((languages[0], languages[1]), {})[unit.source] = None
        found: _Again = {}
        for (source, target), texts in wanted.items():
            found |= self._translated(texts, source, target)
        for (source, target), texts in lone.items():
            found |= self._by_way(texts, source, target)
        return found

    def _by_way(self, texts: Iterable[str], source: str, target: str) -> _Again:
        assert self._engine is not None  # translates only then
        middle = pivot_language(self._engine, source, target)
        if not middle:
            return {}
        first = self._translated(texts, source, middle)
        second = self._translated(dict.fromkeys(filter(None, first.values())), middle, target)
        return {
            (text, source, target): second.get((made, middle, target), "")
            for (text, _, _), made in first.items()
        }

    def _translated(self, texts: Iterable[str], source: str, target: str) -> _Again:
        assert self._engine is not None  # translates only then
        translator = Translator(self._engine, source, [target], options=_AGAIN, memory=self._memory)
        made = translator.translate(map(Sentence.alone, texts))
        return {(item.sentence.text, source, target): item.text for (item,) in made}


def _plain(unit: Unit, side: Side, pieces: int | None = None) -> Evidence:
    """The evidence that needs no query."""
    return Evidence(
        source=unit.source,
        target=side.text,
        source_language=unit.source_language,
        target_language=side.language,
        generated=side.generated,
        logprob=side.logprob,
        alternatives=side.alternatives,
        terms=side.terms,
        pieces=pieces,
    )


def _pack(said: TokenScores | None) -> str:
    if said is None:
        return "null"
    logprobs = [round(value, _DIGITS) for value in said.logprobs]
    return json.dumps([said.spans, logprobs], separators=(",", ":"))


def _unpack(line: str) -> TokenScores | None:
    try:
        value = json.loads(line)
        if value is None:
            return None
        places, logprobs = value
        return TokenScores(spans=tuple((start, stop) for start, stop in places), logprobs=tuple(logprobs))
    except (ValueError, TypeError) as error:
        raise TranslationMemoryError(
            f"an entry of the translation memory that cannot be read ({error})",
            action="Clear the memory with `egiz memory clear`.",
        ) from error
