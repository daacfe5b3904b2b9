"""The manifest of a model, `egiz-model.json`: its description, its origin, and the hashes of its files.

The manifest is written when a model is converted or installed. Every translation records the fingerprint,
which identifies the exact weights that made it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from egiz.translate.errors import ModelError
from egiz.translate.io.files import MISSHAPEN, unfinished
from egiz.translate.models.layout import SourceFormat, model_tokens, read_json
from egiz.translate.models.weights import weight_facts

MANIFEST = "egiz-model.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model: `size` in bytes, `sha256` in lower-case hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value of a direction such as ``kk-ru``, and how it was measured.

    `metric` is ``chrF++`` or ``BLEU``, with sacreBLEU's signature in `signature`, or ``sentences/s``, with
    the processor and the number of cores in `signature`.
    """

    direction: str
    metric: str
    value: float
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimming:
    """The model that a trimmed model was made from, and how its pieces were chosen (see `trim`).

    `name`, `fingerprint` and `vocabulary` (the number of tokens) are those of the original model. `scripts`
    are ISO 15924 codes. `texts` are the files whose pieces were counted: a piece was kept if it occurred at
    least `least` times in them. Without `texts`, all pieces of the scripts were kept. `shortlists` pairs each
    language (BCP-47) that has a shortlist with a text from whose pieces the shortlist was made.
    """

    name: str
    fingerprint: str
    vocabulary: int
    scripts: tuple[str, ...]
    texts: tuple[ModelFile, ...] = ()
    least: int = 1
    shortlists: tuple[tuple[str, ModelFile], ...] = ()

    def __str__(self) -> str:
        """The original model and the choice of pieces, in one line."""
        original = f"{self.name} ({self.fingerprint[:12]}, {self.vocabulary} tokens)"
        listed = ", ".join(f"{tag} by {text.name}" for tag, text in self.shortlists)
        shortlists = f"; shortlists: {listed}" if listed else ""
        if not self.texts:
            return f"from {original} to the pieces of {', '.join(self.scripts)}{shortlists}"
        names = ", ".join(text.name for text in self.texts)
        return f"from {original} to pieces used {self.least} times or more in {names}{shortlists}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The description of a converted model.

    `source` is a hub repository, ``local`` or ``embedded``; `revision` is the commit that was fetched, or
    empty. `licence` is an SPDX identifier if one fits, empty if unknown. `languages` are BCP-47 tags.
    `precision` is the type of the stored weights. `created_with` pairs package and version. `decoding` holds
    decoding settings that suit the model better than those of NLLB, in the form of the command line
    (``length_penalty=1.5``). These settings are used if the user does not set others. `trimmed` describes how
    the vocabulary was trimmed, if it was. `understands` names the marks that the model was trained to read in
    a source: ``hints``, lemmas between the pieces ``<term>`` and ``</term>``, and ``back-translation``, the
    piece ``<bt>`` before a machine-translated source.
    """

    name: str
    source: str
    revision: str
    licence: str
    languages: tuple[str, ...]
    source_format: SourceFormat
    precision: str
    files: tuple[ModelFile, ...]
    created_with: tuple[tuple[str, str], ...] = ()
    figures: tuple[Figure, ...] = ()
    decoding: tuple[str, ...] = ()
    trimmed: Trimming | None = None
    understands: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the names and hashes of all model files, sorted by name, and of the source format.

        It is equal for equal weights, vocabulary, tokenizer and source format, whatever the folder or name of
        the model. It does not depend on figures, licence and decoding settings.
        """
        lines = [f"{item.name} {item.sha256}\n" for item in sorted(self.files, key=lambda item: item.name)]
        content = "".join([*lines, f"source_format {self.source_format}\n"])
        return hashlib.sha256(content.encode("utf-8")).hexdigest()


def hash_files(folder: Path) -> tuple[ModelFile, ...]:
    """Size and hash of every file in a model folder except the manifest, sorted by name."""
    found = sorted(path for path in folder.iterdir() if path.is_file() and path.name != MANIFEST)
    return tuple(
        ModelFile(name=path.name, size=path.stat().st_size, sha256=file_sha256(path)) for path in found
    )


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal; the file is read in chunks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `egiz-model.json` into the folder atomically, with sorted keys and indented."""
    content = asdict(manifest)
    content["files"] = {item.name: {"sha256": item.sha256, "size": item.size} for item in manifest.files}
    content["created_with"] = dict(manifest.created_with)
    for name in ("decoding", "trimmed", "understands"):
        if not content[name]:
            del content[name]
    if manifest.trimmed and not manifest.trimmed.shortlists:
        del content["trimmed"]["shortlists"]
    content["fingerprint"] = manifest.fingerprint
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    with unfinished(folder / MANIFEST) as fresh:
        fresh.write_text(text, encoding="utf-8", newline="\n")


def record_figures(folder: Path, figures: Sequence[Figure], decoding: Sequence[str] = ()) -> Manifest:
    """Add measured values to a model's manifest; they replace earlier values of the same direction and
    metric.

    `decoding` are the settings of the measurement; they become the model's defaults. They replace earlier
    defaults of the same name; defaults with other names stay. Returns the new manifest.
    """
    manifest = read_manifest(folder)
    measured = {(figure.direction, figure.metric) for figure in figures}
    kept = [figure for figure in manifest.figures if (figure.direction, figure.metric) not in measured]
    settings = {pair.partition("=")[0]: pair for pair in (*manifest.decoding, *decoding)}
    manifest = replace(manifest, figures=(*kept, *figures), decoding=tuple(sorted(settings.values())))
    write_manifest(folder, manifest)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a model folder.

    Raises ModelError if the folder has no manifest, if the manifest is malformed, or if its fingerprint does
    not fit its list of files.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(
            f"there is no {MANIFEST} in {folder}",
            action="Make the model with `egiz models convert FOLDER` or `egiz models get NAME`.",
        )
    content = read_json(path)
    try:
        manifest = _manifest(content)
    except MISSHAPEN as error:
        raise ModelError(f"the manifest lacks or misstates {error}", where=str(path)) from error
    if content.get("fingerprint", manifest.fingerprint) != manifest.fingerprint:
        raise ModelError(
            "the fingerprint does not match the listed files", where=str(path), action=_advice(manifest)
        )
    return manifest


def verify(folder: Path, *, quick: bool = False) -> Manifest:
    """Compare every file with the manifest and return the manifest; `quick` compares only names and sizes.

    Without `quick` every file is hashed, which takes about a second per gigabyte. Raises ModelError, which
    names each file that is missing, changed or unreadable.
    """
    manifest = read_manifest(folder)
    wrong = [problem for item in manifest.files if (problem := _difference(folder, item, quick=quick))]
    if wrong:
        raise ModelError("; ".join(wrong), where=str(folder), action=_advice(manifest))
    return manifest


def _difference(folder: Path, item: ModelFile, *, quick: bool) -> str:
    """The difference of a file from its entry in the manifest, for a message; empty if there is none."""
    path = folder / item.name
    if not path.is_file():
        return f"{item.name} is missing"
    if path.stat().st_size != item.size:
        return f"{item.name} has {path.stat().st_size} bytes, not {item.size}"
    if quick:
        return ""
    try:
        found = file_sha256(path)
    except OSError as error:
        return f"{item.name} cannot be read ({error.strerror})"
    if found != item.sha256:
        return (
            f"{item.name} has changed since it was installed (SHA-256 {found[:12]}, not {item.sha256[:12]})"
        )
    return ""


def _advice(manifest: Manifest) -> str:
    """Advice to the user on how to restore a damaged model."""
    if manifest.source == "embedded":
        return "The model belongs to the package: install Egiz again."
    return f"Remove the folder and fetch or convert {manifest.name} again."


def _manifest(content: Mapping[str, Any]) -> Manifest:
    """The manifest in a JSON object; raises one of `MISSHAPEN` if it is malformed."""
    source_format = content["source_format"]
    if source_format not in ("nllb", "legacy"):
        raise ValueError(f"source_format {source_format!r}")
    return Manifest(
        name=str(content["name"]),
        source=str(content["source"]),
        revision=str(content["revision"]),
        licence=str(content["licence"]),
        languages=tuple(str(tag) for tag in content["languages"]),
        source_format=source_format,
        precision=str(content["precision"]),
        files=tuple(
            ModelFile(name=_file_name(name), size=int(entry["size"]), sha256=str(entry["sha256"]))
            for name, entry in sorted(content["files"].items())
        ),
        created_with=tuple(sorted((str(key), str(value)) for key, value in content["created_with"].items())),
        figures=tuple(
            Figure(
                direction=str(entry["direction"]),
                metric=str(entry["metric"]),
                value=float(entry["value"]),
                signature=str(entry["signature"]),
            )
            for entry in content["figures"]
        ),
        decoding=tuple(map(str, content.get("decoding", ()))),
        trimmed=_trimming(content["trimmed"]) if "trimmed" in content else None,
        understands=tuple(map(str, content.get("understands", ()))),
    )


def _trimming(content: Mapping[str, Any]) -> Trimming:
    return Trimming(
        name=str(content["name"]),
        fingerprint=str(content["fingerprint"]),
        vocabulary=int(content["vocabulary"]),
        scripts=tuple(map(str, content["scripts"])),
        texts=tuple(map(_text_file, content["texts"])),
        least=int(content["least"]),
        shortlists=tuple((str(tag), _text_file(text)) for tag, text in content.get("shortlists", ())),
    )


def _text_file(content: Mapping[str, Any]) -> ModelFile:
    return ModelFile(name=str(content["name"]), size=int(content["size"]), sha256=str(content["sha256"]))


def _file_name(name: str) -> str:
    """Return `name`; ValueError if it has a folder, because a manifest must not name other folders."""
    if Path(name).name != name or name in ("", ".", "..") or "\\" in name:
        raise ValueError(f"file name {name!r}")
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """The description that `egiz models info` shows.

    `size` is in bytes, without the manifest; `vocabulary` is the number of tokens; the other fields are as in
    `Manifest` and `WeightFacts`.
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
    understands: tuple[str, ...]


def describe(folder: Path) -> ModelInfo:
    """Describe the model in a folder.

    Raises ModelError if manifest, vocabulary or weights are missing or malformed. Hashes are not checked:
    that is done by `verify`.
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
        understands=manifest.understands,
    )
