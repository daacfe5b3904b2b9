"""Collects the evidence for scoring: log-probabilities of given texts by forced decoding, and new
translations.

The model is queried about a batch of rows at a time, and its answers are kept in the translation memory.
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
    """Return the unit of a sentence and its translations. The texts are typeset as for publication, but terms
    are not corrected.
    """
    return Unit(
        source_language=source_language,
        source=source_text(translations[0].sentence.text, source_language),
        sides=tuple(_side(item, target_text(item.text, item.language), None) for item in translations),
    )


def unit_of_row(row: Row, translations: Sequence[Translation]) -> Unit:
    """Return the unit of a row to be published, with the log-probabilities and other outputs of its
    engine."""
    return Unit(
        source_language=row.source_language,
        source=row.source,
        sides=tuple(
            _side(found, target.text, _terms(target))
            for target, found in zip(row.targets, translations, strict=True)
        ),
    )


def _side(translation: Translation, text: str, terms: tuple[int, int] | None) -> Side:
    """Return the `Side` for a translation. `text` is the text that is published for it."""
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
    """Return the number of wrong term uses and the number of all term uses; None if the translation has no
    term uses.
    """
    if not target.terms:
        return None
    return sum(use.outcome not in RIGHT_OUTCOMES for use in target.terms), len(target.terms)


_MEMORY_SETTINGS = "spoken:v1"
_DIGITS = 3
"""Decimals of a log-probability. New values are rounded like the values in the memory, so that a repeated run
gives the same scores.
"""

_RETRANSLATION = Options(decoding=Decoding.parse(("beam=1",)))
"""Options of new translations: greedy decoding, which costs a fraction of beam search. It is good enough
because new translations are only compared with other texts, not published.
"""

_Question = tuple[str, str, str, str]
"""A query for log-probabilities: source text, target text, source language, target language."""
_TokenScores = dict[_Question, TokenScores | None]
_Translations = dict[tuple[str, str, str], str]
"""New translations, by source text, source language and target language."""


class EvidenceCollector:
    """Queries a model about units. It asks for the probability of the texts and, with ``thorough``, for new
    translations.

    With ``fast`` it only asks for the number of subword pieces of the source, and for the probability of
    texts that the model made and that were edited later. Without an engine it asks nothing. Answers are kept
    in the translation memory, so a second run needs no queries, and an interrupted run can be continued.
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
        """Return, for each unit, the evidence for each of its translations, in order."""
        if self._engine is None:
            return [tuple(_plain(unit, side) for side in unit.sides) for unit in units]
        able = [self._able(unit) for unit in units]
        scores = self._token_scores(able) if self._scorer else {}
        retranslated = self._new_translations(able) if self._translates else {}
        found = []
        for unit in units:
            pieces = self._engine.count(normalise(unit.source))
            found.append(
                tuple(self._evidence_of(unit, side, pieces, scores, retranslated) for side in unit.sides)
            )
        return found

    def _able(self, unit: Unit) -> Unit:
        """Return the unit with only those translations that the model can score: they have text, and the
        model knows both languages.
        """
        known = self._engine.languages if self._engine else ()
        sides = tuple(side for side in unit.sides if side.text and side.language in known)
        if unit.source_language not in known or not unit.source:
            sides = ()
        return Unit(source_language=unit.source_language, source=unit.source, sides=sides)

    def _evidence_of(
        self, unit: Unit, side: Side, pieces: int, scores: _TokenScores, retranslated: _Translations
    ) -> Evidence:
        """Return the evidence for one translation (`side`) from the answers of the model."""
        plain = _plain(unit, side, pieces)
        if not scores and not retranslated:
            return plain
        source, target = normalise(unit.source), normalise(side.text)
        source_tag, target_tag = unit.source_language, side.language
        others = [other for other in unit.sides if other.language != target_tag and other.text]
        by_way = [retranslated.get((other.text, other.language, target_tag), "") for other in others]
        return replace(
            plain,
            forward=scores.get((source, target, source_tag, target_tag)),
            reverse=scores.get((target, source, target_tag, source_tag)),
            back=retranslated.get((side.text, target_tag, source_tag), ""),
            third=next(filter(None, by_way), retranslated.get((unit.source, source_tag, target_tag), "")),
            cross=tuple(
                (retranslated.get((side.text, target_tag, item.language), ""), item.text) for item in others
            ),
        )

    def _token_scores(self, units: Sequence[Unit]) -> _TokenScores:
        """Return the log-probabilities for all questions about the units, from the memory or the model."""
        assert self._scorer is not None  # the caller has checked it
        grouped: dict[tuple[str, str], dict[_Question, Key]] = {}
        for question in dict.fromkeys(self._questions(units)):
            source, target, source_tag, target_tag = question
            key = Key(
                engine=self._scorer.identity,
                source=source_tag,
                target=target_tag,
                settings=_MEMORY_SETTINGS,
                text=json.dumps([source, target], ensure_ascii=False),
            )
            grouped.setdefault((source_tag, target_tag), {})[question] = key
        found: _TokenScores = {}
        for (source_tag, target_tag), keys in grouped.items():
            held = self._memory.recall(list(keys.values()))
            new = [question for question, key in keys.items() if key not in held]
            answers = self._scorer.token_scores(
                [item[:2] for item in new], source=source_tag, target=target_tag
            )
            made = {keys[item]: _pack(one) for item, one in zip(new, answers, strict=True)}
            self._memory.keep(made.items())
            found |= {question: _unpack(made.get(key) or held[key]) for question, key in keys.items()}
        return found

    def _questions(self, units: Sequence[Unit]) -> Iterable[_Question]:
        """Yield the queries: each asks for the log-probabilities of the second text, given the first.

        A translation is scored if its log-probability is unknown; with ``thorough`` it is always scored. With
        ``normal`` and ``thorough``, the source is also scored given each translation.
        """
        for unit in units:
            source, source_tag = normalise(unit.source), unit.source_language
            for side in unit.sides:
                target, target_tag = normalise(side.text), side.language
                if self._reverses:
                    yield target, source, target_tag, source_tag
                unknown = side.logprob is None and (self._reverses or side.generated)
                if unknown or self._translates:
                    yield source, target, source_tag, target_tag

    def _new_translations(self, units: Sequence[Unit]) -> _Translations:
        """Translate every translation of the units again: into the source language, and into the other target
        languages of its unit.

        If a unit has only one translation, its source is also translated into the language of this
        translation by way of a third language.
        """
        wanted: dict[tuple[str, str], dict[str, None]] = {}
        single: dict[tuple[str, str], dict[str, None]] = {}
        for unit in units:
            languages = (unit.source_language, *(side.language for side in unit.sides))
            for side in unit.sides:
                for other in languages:
                    if other != side.language:
                        wanted.setdefault((side.language, other), {})[side.text] = None
            if len(unit.sides) == 1:
                single.setdefault((languages[0], languages[1]), {})[unit.source] = None
        found: _Translations = {}
        for (source, target), texts in wanted.items():
            found |= self._translated(texts, source, target)
        for (source, target), texts in single.items():
            found |= self._by_way(texts, source, target)
        return found

    def _by_way(self, texts: Iterable[str], source: str, target: str) -> _Translations:
        """Return translations of texts by way of a third language; empty if the model has no suitable third
        language.
        """
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

    def _translated(self, texts: Iterable[str], source: str, target: str) -> _Translations:
        assert self._engine is not None  # translates only then
        translator = Translator(self._engine, source, [target], options=_RETRANSLATION, memory=self._memory)
        made = translator.translate(map(Sentence.alone, texts))
        return {(item.sentence.text, source, target): item.text for (item,) in made}


def _plain(unit: Unit, side: Side, pieces: int | None = None) -> Evidence:
    """Return the evidence that is known without a query to the model."""
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


def _pack(answers: TokenScores | None) -> str:
    """Return token scores as a line for the memory; ``null`` for None."""
    if answers is None:
        return "null"
    logprobs = [round(value, _DIGITS) for value in answers.logprobs]
    return json.dumps([answers.spans, logprobs], separators=(",", ":"))


def _unpack(line: str) -> TokenScores | None:
    """Read a line of the memory; the inverse of `_pack`."""
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
