"""What makes a table what it is, from what makes it; and as JSON, for those that make a part each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from egiz.parallel.scores.scale import Scale
from egiz.parallel.scores.stage import ScoreStage
from egiz.parallel.summary import ModelFacts, NeuralFacts, Provenance, Source, TermFacts
from egiz.parallel.terms import TermStage
from egiz.translate.guards import REASONS
from egiz.translate.models import Manifest
from egiz.translate.split import SIGNATURE as SPLITTER
from egiz.translate.translator import Translator


def provenance_of(
    translator: Translator, manifest: Manifest, terms: TermStage | None, scores: ScoreStage
) -> Provenance:
    """What is said of a table that these make; its title and sources are to be added, see `about`."""
    engine = translator.engine.facts
    return Provenance(
        title="",
        version=version("egiz"),
        source_language=translator.source,
        target_languages=translator.targets,
        sources=(),
        model=ModelFacts(
            name=manifest.name,
            source=manifest.source,
            revision=manifest.revision,
            fingerprint=manifest.fingerprint,
            licence=manifest.licence,
            precision=engine.precision,
            engine=f"{engine.program} {engine.version}",
        ),
        decoding=translator.settings,
        splitter=SPLITTER,
        quality=scores.scale(translator.source, translator.targets),
        reasons=tuple(REASONS.items()),
        terms=terms.facts if terms else None,
        neural=tuple(
            NeuralFacts(name=item.name, kind=item.kind, licence=item.licence) for item in scores.neural
        ),
    )


def about(provenance: Provenance, sources: Sequence[Source], title: str) -> Provenance:
    """The same of these sources. `title` names the table, and the source where there is one only."""
    if title and len(sources) == 1:
        sources = [replace(sources[0], title=title)]
    return replace(provenance, title=title or _title(sources), sources=tuple(sources))


def _title(sources: Sequence[Source]) -> str:
    first = sources[0].title or sources[0].id
    return first if len(sources) == 1 else f"{first} and {len(sources) - 1} more"


def from_json(value: dict[str, Any]) -> Provenance:
    """What `asdict` gave of one without sources or alignment, by way of JSON.

    Raises KeyError or TypeError where it is something else.
    """
    terms = value["terms"]
    return Provenance(
        **value
        | {
            "target_languages": tuple(value["target_languages"]),
            "sources": (),
            "model": ModelFacts(**value["model"]),
            "quality": Scale(**value["quality"] | {"unfitted": tuple(value["quality"]["unfitted"])}),
            "reasons": tuple((code, words) for code, words in value["reasons"]),
            "terms": TermFacts(**terms | {"bases": tuple(terms["bases"])}) if terms else None,
            "neural": tuple(NeuralFacts(**item) for item in value["neural"]),
        }
    )
