"""All that is known of a model on this machine, in one record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from egiz.translate.models.layout import SourceFormat, model_tokens
from egiz.translate.models.manifest import Figure, Trimming, read_manifest
from egiz.translate.models.weights import weight_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What `models info` shows.

    `size` is in bytes, the manifest not counted; the rest is as in `Manifest` and `WeightFacts`.
    """

    name: str
    path: Path
    fingerprint: str
    size: int
    source: str
    revision: str
    licence: str
    languages: tuple[str, ...]
    source_format: SourceFormat
    precision: str
    vocabulary: int
    encoder_layers: int
    decoder_layers: int
    width: int
    created_with: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    decoding: tuple[str, ...]
    trimmed: Trimming | None


def describe(folder: Path) -> ModelInfo:
    """Describe the model in a folder; weights are skipped over, not read, so it is quick for any size.

    Raises ModelError where manifest, vocabulary or weights are missing or damaged. Whether the files
    still have the hashes of the manifest is `manifest.verify`'s question.
    """
    manifest = read_manifest(folder)
    facts = weight_facts(folder / "model.bin")
    return ModelInfo(
        name=manifest.name,
        path=folder,
        fingerprint=manifest.fingerprint,
        size=sum(item.size for item in manifest.files),
        source=manifest.source,
        revision=manifest.revision,
        licence=manifest.licence,
        languages=manifest.languages,
        source_format=manifest.source_format,
        precision=manifest.precision,
        vocabulary=len(model_tokens(folder)),
        encoder_layers=facts.encoder_layers,
        decoder_layers=facts.decoder_layers,
        width=facts.width,
        created_with=manifest.created_with,
        figures=manifest.figures,
        decoding=manifest.decoding,
        trimmed=manifest.trimmed,
    )
