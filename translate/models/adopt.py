"""Take over a model that somebody else converted to CTranslate2: check it, and write its manifest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from egiz.translate.errors import ModelError, OptionError, OutputError
from egiz.translate.models.convert import chosen_languages, package_versions
from egiz.translate.models.layout import (
    SENTENCEPIECE,
    SourceFormat,
    check_layout,
    detect_source_format,
    load_sentencepiece,
    model_tokens,
)
from egiz.translate.models.manifest import Figure, Manifest, Trimming, hash_files, write_manifest
from egiz.translate.models.store import installing
from egiz.translate.models.weights import weight_facts

VOCABULARIES = tuple(
    f"{side}_vocabulary.{kind}" for side in ("shared", "source", "target") for kind in ("json", "txt")
)


def is_converted(names: Sequence[str] | frozenset[str]) -> bool:
    """Whether files of these names are a model in CTranslate2's format: weights, config and vocabulary."""
    present = frozenset(names)
    shared = {"shared_vocabulary.json", "shared_vocabulary.txt"} & present
    both = all(
        {f"{side}_vocabulary.json", f"{side}_vocabulary.txt"} & present for side in ("source", "target")
    )
    return {"model.bin", "config.json"} <= present and (bool(shared) or both)


def adopt(
    folder: Path,
    target: Path,
    *,
    precision: str = "",
    name: str = "",
    source: str = "local",
    revision: str = "",
    licence: str = "",
    languages: Sequence[str] = (),
    source_format: SourceFormat | None = None,
    figures: Sequence[Figure] = (),
    decoding: Sequence[str] = (),
    trimmed: Trimming | None = None,
    linkable: Path | None = None,
) -> Manifest:
    """Put the converted model in `folder` at `target` with a manifest; `folder` is left as it is.

    Files that lie below `linkable` get a second name instead of a copy, where the disk allows it. Give
    only a folder that nobody edits: what is written into one name shows under the other.

    Checked first: weights in CTranslate2's format, as many rows as tokens, NLLB's layout, language
    codes present. Raises ModelError where one fails, OptionError where the weights are of another
    precision than asked for, OutputError where `target` exists.
    """
    if target.exists():
        raise OutputError(f"{target} exists", action="Remove it or choose another name.")
    facts = weight_facts(folder / "model.bin")
    if precision not in ("", facts.precision):
        raise OptionError(
            f"the model is converted to {facts.precision} already, not {precision}",
            where=str(folder),
            action="Convert its checkpoint instead; the engine's own setting changes what it computes in.",
        )
    tokens = model_tokens(folder)
    if facts.rows != len(tokens):
        raise ModelError(f"the weights have {facts.rows} rows for {len(tokens)} tokens", where=str(folder))
    processor = load_sentencepiece(folder / SENTENCEPIECE)
    pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    check_layout(tokens, pieces, where=str(folder))
    tags = chosen_languages(tokens, languages, where=str(folder))
    with installing(target) as fresh:
        for path in (folder / item for item in ("model.bin", "config.json", SENTENCEPIECE, *VOCABULARIES)):
            if path.is_file():
                _take(path, fresh / path.name, linkable)
        manifest = Manifest(
            name=name or folder.name,
            source=source,
            revision=revision,
            licence=licence,
            languages=tags,
            source_format=source_format or detect_source_format(folder),
            precision=facts.precision,
            files=hash_files(fresh),
            created_with=package_versions("egiz"),
            figures=tuple(figures),
            decoding=tuple(decoding),
            trimmed=trimmed,
        )
        write_manifest(fresh, manifest)
    return manifest


def _take(path: Path, target: Path, linkable: Path | None) -> None:
    """A second name for a file below `linkable`, for weights are gigabytes; else a copy."""
    held = path.resolve()
    if linkable is not None and held.is_relative_to(linkable.resolve()):
        with suppress(OSError):
            os.link(held, target)
            return
    shutil.copyfile(held, target)
