"""Extract term candidates from text, and make a draft term base of them for a person to complete.

`extract` lemmatises the words, counts and ranks the candidates, drops known terms, and finds renderings;
`draft` turns the result into a term base.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from egiz.glossary.extract.counting import Corpus, Gram, Words, count, tokens
from egiz.glossary.extract.language import ExtractionLanguage
from egiz.glossary.extract.ranking import Ranked, background, rank
from egiz.glossary.extract.records import Extraction, ExtractOptions, Passage, Rendering, TermCandidate
from egiz.glossary.extract.renderings import Description, Rendered, describe, render
from egiz.glossary.formats.common import identify
from egiz.glossary.languages import extraction_language
from egiz.glossary.records import Term, TermBase, Wording
from egiz.translate.languages import language


def extract(passages: Iterable[Passage], options: ExtractOptions, known: Iterable[Term] = ()) -> Extraction:
    """Propose the terms of passages, best first.

    A candidate is left out if it is a wording of a term in `known`, in any form. It is also left out if it
    occurs fewer than `options.least` times outside longer candidates and longer known terms. The passages are
    read once; about four bytes per word, and the ids of the passages, are kept in memory.

    Raises LanguageError for a language that is unknown or written without spaces.
    """
    rules = extraction_language(options.language)
    source, target = Corpus(), Corpus()
    ids, documents = _gather(passages, source, target if options.target_language else None)
    wordings = _known_wordings(known, options.language)
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
    """Return the best candidates that are not in `listed` and occur often enough outside longer ones.

    `listed` are the known terms. `look` describes candidates by their occurrences in the text. It is called
    for one and a half times `options.top` candidates, because some of them will be too rare.
    """
    fresh = [item for item in ranked if item.gram not in listed][: options.top + options.top // 2]
    known = [item.gram for item in ranked if item.gram in listed]
    seen = look([*(item.gram for item in fresh), *known])
    kept = [(item, seen[item.gram]) for item in fresh if seen[item.gram].alone >= options.least]
    return kept[: options.top]


def _gather(
    passages: Iterable[Passage], source: Corpus, target: Corpus | None
) -> tuple[list[str], list[str]]:
    """Add the passages to the corpora; return the id and the document name of each passage."""
    ids: list[str] = []
    documents: list[str] = []
    for passage in passages:
        ids.append(passage.id)
        documents.append(sys.intern(passage.document))
        source.add(passage.text)
        if target is not None:
            target.add(passage.target)
    return ids, documents


def _known_wordings(known: Iterable[Term], tag: str) -> list[tuple[str, ...]]:
    """Return the words of every wording of the known terms in a language, forbidden wordings included."""
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


SUBJECT = "draft"
"""The subject given to all entries of a draft; it marks entries that nobody has reviewed yet."""


def draft(extraction: Extraction, options: ExtractOptions) -> TermBase:
    """Make a term base with one entry per candidate, in the order of the candidates.

    An entry has a target wording only if its best rendering meets the limits in `options` (see `sure`). Its
    note lists all renderings, and the frequency, score and examples of the candidate.
    """
    texts = [candidate.text for candidate in extraction.candidates]
    others = {item.lemmas: item.renderings[0].text for item in extraction.candidates if item.renderings}
    ids = identify([""] * len(texts), texts)
    return TermBase(
        title="Draft of a term base: check every entry",
        terms=tuple(
            Term(
                id=name,
                wordings=_wordings(candidate, extraction, options, others),
                subject=SUBJECT,
                note=note(candidate, extraction.target_language),
            )
            for name, candidate in zip(ids, extraction.candidates, strict=True)
        ),
    )


def sure(
    candidate: TermCandidate, options: ExtractOptions, others: Mapping[tuple[str, ...], str]
) -> Rendering | None:
    """Return the best rendering of a candidate if it meets the limits in `options`, else None.

    `others` maps the lemmas of each candidate to the text of its best rendering. A rendering is also rejected
    if it probably renders only a part of the candidate. This is so if a shorter candidate inside the
    candidate has the same best rendering, or if the rendering equals the lemmas of a part of the candidate.
    """
    best = candidate.renderings[0] if candidate.renderings else None
    if best is None or best.share < options.share or best.passages < options.passages:
        return None
    for part in _parts(candidate.lemmas):
        if best.text.lower() in (others.get(part, "").lower(), " ".join(part)):
            return None
    return best


def note(candidate: TermCandidate, target_language: str) -> str:
    """Describe a candidate in one line for a reviewer: frequency, score, examples and renderings."""
    documents = "1 document" if candidate.documents == 1 else f"{candidate.documents} documents"
    parts = [f"{candidate.frequency} × in {documents}", f"score {candidate.score:.1f}"]
    if candidate.examples:
        parts.append(f"e.g. {', '.join(candidate.examples)}")
    if candidate.renderings:
        found = (f"{item.text} {item.passages}/{candidate.translated}" for item in candidate.renderings)
        parts.append(f"{target_language}: {', '.join(found)}")
    return "; ".join(parts)


def as_json(extraction: Extraction) -> str:
    """Return the extraction as JSON with the fields of the records, best candidate first."""
    return json.dumps(asdict(extraction), ensure_ascii=False, indent=2) + "\n"


def _parts(lemmas: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield all contiguous subsequences of `lemmas` that are shorter than it."""
    for length in range(1, len(lemmas)):
        for start in range(len(lemmas) - length + 1):
            yield lemmas[start : start + length]


def _wordings(
    candidate: TermCandidate,
    extraction: Extraction,
    options: ExtractOptions,
    others: Mapping[tuple[str, ...], str],
) -> tuple[Wording, ...]:
    source = Wording(
        language=language(extraction.language).tag,
        text=candidate.text,
        part_of_speech="noun" if len(candidate.lemmas) == 1 else "phrase",
    )
    rendering = sure(candidate, options, others)
    if rendering is None:
        return (source,)
    target = Wording(language=language(extraction.target_language).tag, text=rendering.text)
    return (source, target)
