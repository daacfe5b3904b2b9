"""Install the checkpoint or converted model in a folder: convert or copy it, check it, write its manifest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from egiz.translate.errors import ModelError, ModelNotFound, OptionError, OutputError
from egiz.translate.models.convert import chosen_languages, convert, package_versions
from egiz.translate.models.layout import (
    SENTENCEPIECE,
    SourceFormat,
    check_layout,
    detect_source_format,
    load_sentencepiece,
    model_tokens,
)
from egiz.translate.models.manifest import (
    MANIFEST,
    Figure,
    Manifest,
    Trimming,
    hash_files,
    read_manifest,
    write_manifest,
)
from egiz.translate.models.store import installing, model_folder
from egiz.translate.models.weights import SHORTLIST, weight_facts

VOCABULARIES = tuple(
    f"{side}_vocabulary.{kind}" for side in ("shared", "source", "target") for kind in ("json", "txt")
)


def is_converted(names: Sequence[str] | frozenset[str]) -> bool:
    """Whether these file names are those of a CTranslate2 model: weights, config and vocabulary."""
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
    understands: Sequence[str] = (),
    linkable: Path | None = None,
) -> Manifest:
    """Copy the converted model in `folder` to `target` and write its manifest; `folder` is left unchanged.

    Files below `linkable` are hard-linked instead of copied, if the file system allows it. Pass only a folder
    whose files are never edited: a change would show in both places.

    Raises ModelError unless the weights are in CTranslate2's format with as many rows as tokens, the tokens
    follow NLLB's layout and the codes of `languages` are present; OptionError if the weights have another
    precision than `precision`; OutputError if `target` exists.
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
    listed = (SHORTLIST,) if trimmed and trimmed.shortlists else ()
    names = ("model.bin", "config.json", SENTENCEPIECE, *listed, *VOCABULARIES)
    with installing(target) as fresh:
        for path in (folder / item for item in names):
            if path.is_file():
                _link_or_copy(path, fresh / path.name, linkable)
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
            understands=tuple(understands),
        )
        write_manifest(fresh, manifest)
    return manifest


def _link_or_copy(path: Path, target: Path, linkable: Path | None) -> None:
    """Hard-link a file below `linkable`, because weights may have gigabytes; copy any other file."""
    held = path.resolve()
    if linkable is not None and held.is_relative_to(linkable.resolve()):
        with suppress(OSError):
            os.link(held, target)
            return
    shutil.copyfile(held, target)


def install_folder(
    folder: Path,
    name: str = "",
    *,
    home: Path | None = None,
    precision: str = "",
    licence: str = "",
    languages: Sequence[str] = (),
    source_format: SourceFormat | None = None,
) -> Path:
    """Install the checkpoint or converted model in `folder` as `name`, by default the folder's own name.

    Returns the new folder. This is what `egiz models convert FOLDER` does. `precision` is as in `get_model`.
    Raises ModelNotFound if there is no such folder, and what `convert` and `adopt` raise.
    """
    if not folder.is_dir():
        raise ModelNotFound(f"there is no folder {folder}")
    name = name or folder.resolve().name
    target = model_folder(name, home)
    return install(
        folder,
        target,
        precision,
        name=name,
        licence=licence,
        languages=languages,
        source_format=source_format,
    )


def install(
    folder: Path,
    target: Path,
    precision: str,
    *,
    name: str,
    source: str = "local",
    revision: str = "",
    licence: str = "",
    languages: Sequence[str] = (),
    source_format: SourceFormat | None = None,
    linkable: Path | None = None,
) -> Path:
    """Install the checkpoint or converted model in `folder` at `target`, and return `target`.

    An empty `precision` means int8 for a checkpoint, and the precision of the weights for a converted model.
    If a converted model has a manifest, it supplies licence, languages and source format that the caller
    leaves empty. Raises what `convert` and `adopt` raise.
    """
    if is_converted(frozenset(path.name for path in folder.iterdir())):
        known = read_manifest(folder) if (folder / MANIFEST).is_file() else None
        manifest = adopt(
            folder,
            target,
            precision=precision,
            name=name,
            source=source,
            revision=revision,
            licence=licence or (known.licence if known else ""),
            languages=languages or (known.languages if known else ()),
            source_format=source_format or (known.source_format if known else None),
            figures=known.figures if known else (),
            decoding=known.decoding if known else (),
            trimmed=known.trimmed if known else None,
            understands=known.understands if known else (),
            linkable=linkable,
        )
    else:
        manifest = convert(
            folder,
            target,
            precision=precision or "int8",
            name=name,
            source=source,
            revision=revision,
            licence=licence,
            languages=languages,
            source_format=source_format,
        )
    assert manifest.name == name
    return target
