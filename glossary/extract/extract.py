"""Extracts term candidates: lemmatises, counts, ranks, drops known terms, describes, finds renderings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from egiz.glossary.extract.counting import Corpus, Gram, Words, count, tokens
from egiz.glossary.extract.language import ExtractionLanguage
from egiz.glossary.extract.ranking import Ranked, background, rank
from egiz.glossary.extract.records import Extraction, ExtractOptions, Passage, TermCandidate
from egiz.glossary.extract.renderings import Description, Rendered, describe, render
from egiz.glossary.languages import extraction_language
from egiz.glossary.records import Term
from egiz.translate.languages import language


def extract(passages: Iterable[Passage], options: ExtractOptions, known: Iterable[Term] = ()) -> Extraction:
    """Propose the terms of passages, best first.

    Candidates are left out if they are a wording of a term in `known`, in any form, or if they occur fewer
    than `options.least` times outside longer candidates, known ones included. The passages are iterated over
    once; about four bytes per word and the ids of each passage are kept in memory.

    Raises LanguageError for a language that is unknown or written without spaces.
    """
    rules = extraction_language(options.language)
    source, target = Corpus(), Corpus()
    ids, documents = _gather(passages, source, target if options.target_language else None)
    wordings = _wordings(known, options.language)
    counts = source.counts()
    readings = rules.read({form: 1 for words in wordings for form in words} | counts)
    words = Words(source, readings, rules.pattern, options.longest)
    total = sum(counts.values())
    general = background(language(options.language).tag)
    ranked = rank(count(words, options.least), words.lemmas, general, total)
    listed = {tuple(words.numbers.get(readings[form].lemma, 0) for form in wording) for wording in wordings}
    chosen = _choose(ranked, listed, options, lambda grams: describe(words, grams, ids, documents))
    rendered: dict[Gram, Rendered] = {}
    if options.target_language:
        rendered = render({item.gram: seen for item, seen in chosen}, target, options)
    known_ones = sum(item.gram in listed for item in ranked)
    return Extraction(
        language=options.language,
        target_language=options.target_language,
        candidates=tuple(
            _candidate(item, seen, rendered.get(item.gram, Rendered()), words, rules) for item, seen in chosen
        ),
        documents=len(set(documents)),
        passages=len(source),
        words=total,
        known=known_ones,
        cut=len(ranked) - known_ones - len(chosen),
    )


def _choose(
    ranked: Sequence[Ranked],
    listed: Container[Gram],
    options: ExtractOptions,
    look: Callable[[Sequence[Gram]], Mapping[Gram, Description]],
) -> list[tuple[Ranked, Description]]:
    """The best candidates that are new and occur often enough outside longer ones, known ones included.

    One and a half times `options.top` candidates are examined, since some are dropped.
    """
    fresh = [item for item in ranked if item.gram not in listed][: options.top + options.top // 2]
    known = [item.gram for item in ranked if item.gram in listed]
    seen = look([*(item.gram for item in fresh), *known])
    kept = [(item, seen[item.gram]) for item in fresh if seen[item.gram].alone >= options.least]
    return kept[: options.top]


def _gather(
    passages: Iterable[Passage], source: Corpus, target: Corpus | None
) -> tuple[list[str], list[str]]:
    """Add the passages to the corpora; return their ids and their documents."""
    ids: list[str] = []
    documents: list[str] = []
    for passage in passages:
        ids.append(passage.id)
        documents.append(sys.intern(passage.document))
        source.add(passage.text)
        if target is not None:
            target.add(passage.target)
    return ids, documents


def _wordings(known: Iterable[Term], tag: str) -> list[tuple[str, ...]]:
    """The words of each wording in the language, including forbidden wordings."""
    texts = (wording.text for term in known for wording in term.wordings_in(language(tag).tag))
    return [tuple(token for token in tokens(text) if token[0].isalpha()) for text in texts]


def _candidate(
    item: Ranked, seen: Description, rendered: Rendered, words: Words, rules: ExtractionLanguage
) -> TermCandidate:
    lemmas = tuple(words.lemmas[number] for number in item.gram)
    return TermCandidate(
        text=rules.citation(lemmas, seen.variants),
        lemmas=lemmas,
        frequency=item.frequency,
        documents=len(seen.documents),
        score=item.score,
        examples=tuple(seen.examples),
        translated=rendered.translated,
        renderings=rendered.renderings,
    )
