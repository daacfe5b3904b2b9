"""Makes a draft term base from extracted candidates, for a person to complete."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from egiz.glossary.extract.records import Extraction, ExtractOptions, Rendering, TermCandidate
from egiz.glossary.formats.common import identify
from egiz.glossary.records import Term, TermBase, Wording
from egiz.translate.languages import language

SUBJECT = "draft"
"""The subject of all draft entries; it marks entries that are not yet reviewed."""


def draft(extraction: Extraction, options: ExtractOptions) -> TermBase:
    """A term base with one entry per candidate, in the same order.

    The target wording is filled in only if a rendering is sure by `options` (see `sure`); all renderings are
    in the note, with frequency, score and examples.
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
    """The rendering that is sure enough for the draft, if any.

    `others` has the best rendering of every candidate, by lemmas. A rendering is not sure if it is also the
    best one of a part of the candidate, or is that part itself: then it probably renders only the part.
    """
    best = candidate.renderings[0] if candidate.renderings else None
    if best is None or best.share < options.share or best.passages < options.passages:
        return None
    for part in _parts(candidate.lemmas):
        if best.text.lower() in (others.get(part, "").lower(), " ".join(part)):
            return None
    return best


def note(candidate: TermCandidate, target_language: str) -> str:
    """Frequency, score, examples and renderings of a candidate, in one line for a person to judge it by."""
    documents = "1 document" if candidate.documents == 1 else f"{candidate.documents} documents"
    parts = [f"{candidate.frequency} × in {documents}", f"score {candidate.score:.1f}"]
    if candidate.examples:
        parts.append(f"e.g. {', '.join(candidate.examples)}")
    if candidate.renderings:
        found = (f"{item.text} {item.passages}/{candidate.translated}" for item in candidate.renderings)
        parts.append(f"{target_language}: {', '.join(found)}")
    return "; ".join(parts)


def as_json(extraction: Extraction) -> str:
    """The whole extraction as JSON: the fields of the records, candidates best first."""
    return json.dumps(asdict(extraction), ensure_ascii=False, indent=2) + "\n"


def _parts(lemmas: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """All shorter contiguous sequences inside a sequence."""
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
