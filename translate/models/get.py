"""List the models that can be used; fetch a model from the catalogue or a Hugging Face hub and install it."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from egiz.translate.errors import EgizError, ModelError, ModelNotFound, OptionError, OutputError
from egiz.translate.models.convert import PICKLES, check_precision, safetensors_advice
from egiz.translate.models.hub import Hub, Listing, Progress, check_file
from egiz.translate.models.install import VOCABULARIES, install, is_converted
from egiz.translate.models.layout import SENTENCEPIECE, SourceFormat
from egiz.translate.models.manifest import Manifest, ModelInfo, describe, read_manifest, verify
from egiz.translate.models.store import (
    STARTER,
    catalogue_entries,
    catalogue_entry,
    downloads_folder,
    find,
    installed,
    is_hub_id,
    local_name,
    locked,
    make_folder,
    model_folder,
    pieces_source,
    resolve,
    starter_folder,
)

CHECKPOINT_FILES = (
    "config.json",
    "generation_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    SENTENCEPIECE,
)
_COMMIT = re.compile(r"[0-9a-f]{7,40}")
CONVERTED_FILES = ("config.json", "tokenizer_config.json", "model.bin", SENTENCEPIECE, *VOCABULARIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedModel:
    """A model to fetch: a repository at a revision, and what the catalogue states about it.

    `name` is the name under which the model will be installed. `sha256` pairs file names with their expected
    hashes; empty if the catalogue does not state them.
    """

    name: str
    repository: str
    revision: str
    licence: str
    languages: tuple[str, ...]
    sha256: tuple[tuple[str, str], ...]


def get_model(
    spec: str,
    *,
    hub: Hub | None = None,
    home: Path | None = None,
    revision: str = "",
    precision: str = "",
    source_format: SourceFormat | None = None,
    progress: Progress | None = None,
) -> Path:
    """Return the folder of a model; fetch and convert the model first unless it is installed.

    `spec` is a catalogue name or a hub id; `hub` is by default the public one, without a token. `revision`
    overrides the catalogue's commit; without both, the newest commit is taken. The commit is recorded in the
    manifest. An empty `precision` means int8 for a checkpoint, and the precision of the weights for a
    converted model. An installed model, `starter` included, is never changed.

    Raises OptionError if an installed or converted model has another precision or source format than
    requested, and if a model is installed and `revision` is a branch or tag, because only commits can be
    compared; OutputError if another commit is installed; ModelNotFound, with what to do by hand, if the hub
    or the model cannot be reached; ModelError if the repository holds only pickles, is not an NLLB model, or
    needs torch.
    """
    if precision:
        check_precision(precision)
    if spec == STARTER:
        return _starter(revision, precision, source_format)
    wanted = _wanted(spec, revision, home)
    target = model_folder(wanted.name, home)
    hub = hub or Hub()
    with locked(target):
        if find(wanted.name, home) is not None:
            return _checked_folder(target, revision, precision, source_format)
        try:
            listing = hub.listing(wanted.repository, wanted.revision)
            _fetch_and_install(listing, wanted, target, hub, home, precision, source_format, progress)
        except ModelNotFound as error:
            raise _with_advice(error, wanted) from error
    return target


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedModel:
    """A model that is in the catalogue or on this machine.

    `state` is ``here``, ``damaged``, or empty if the model must be fetched first. `about` describes the
    model, or says why it is damaged.
    """

    name: str
    state: Literal["here", "damaged", ""]
    about: str


def list_models(home: Path | None = None) -> list[ListedModel]:
    """List the starter model, the models of the catalogue, and all others installed in `home`.

    `home` is the user's data folder by default. The hashes of files are not checked.
    """
    here = {folder.name: _listed(folder) for folder in installed(home)}
    try:
        starter = _listed(starter_folder()).state
    except ModelNotFound:
        starter = ""
    listed = [ListedModel(name=STARTER, state=starter, about="inside the package: kk, ru, en")]
    for entry in catalogue_entries():
        found = here.pop(entry.name, None)
        about = f"{entry.title}: {entry.megabytes} MB, {entry.licence}, {entry.repository}"
        listed.append(ListedModel(name=entry.name, state=found.state if found else "", about=about))
    return [*listed, *(here[name] for name in sorted(here))]


def _listed(folder: Path) -> ListedModel:
    try:
        manifest = read_manifest(folder)
    except ModelError as error:
        return ListedModel(name=folder.name, state="damaged", about=" ".join(str(error).split()))
    about = f"{manifest.source}: {len(manifest.languages)} languages, {manifest.precision}"
    return ListedModel(name=folder.name, state="here", about=about)


def model_info(spec: str = STARTER, home: Path | None = None) -> ModelInfo:
    """Verify the files of a model by their hashes, and describe it.

    `spec` is a name, a hub id or a folder. Raises ModelNotFound if it is not on this machine, and ModelError
    if it is damaged.
    """
    folder = resolve(spec, home)
    verify(folder)
    return describe(folder)


def choose_files(listing: Listing) -> tuple[Literal["checkpoint", "ctranslate2"], tuple[str, ...]]:
    """The format of a repository's model and the files to fetch; ModelError if it has no safe weights."""
    names = sorted(name for name in listing.names if Path(name).name == name)
    if is_converted(frozenset(names)):
        return "ctranslate2", tuple(name for name in names if name in CONVERTED_FILES)
    weights = [name for name in names if name == "model.safetensors" or name.startswith("model-0")]
    weights = [name for name in weights if name.endswith(".safetensors")]
    if weights:
        index = ["model.safetensors.index.json"] if "model.safetensors.index.json" in names else []
        return "checkpoint", tuple([name for name in names if name in CHECKPOINT_FILES] + index + weights)
    pickles = [name for name in names if any(Path(name).match(pattern) for pattern in PICKLES)]
    raise ModelError(
        f"the weights are only in {', '.join(pickles)}" if pickles else "there are no weights",
        where=f"{listing.repository} at {listing.commit[:12]}",
        expected="model.safetensors, or a conversion to CTranslate2",
        action=safetensors_advice() if pickles else "",
    )


def _wanted(spec: str, revision: str, home: Path | None) -> WantedModel:
    """The model to fetch for a catalogue name or a hub id.

    Any other `spec` is an error: OptionError if it is a model on this machine (for example, a folder),
    because such a model cannot be fetched; otherwise ModelNotFound.
    """
    entry = catalogue_entry(spec)
    if entry is not None:
        own = not revision or revision == entry.revision
        return WantedModel(
            name=spec,
            repository=entry.repository,
            revision=revision or entry.revision,
            licence=entry.licence,
            languages=entry.languages,
            sha256=entry.sha256 if own else (),
        )
    if is_hub_id(spec):
        return WantedModel(
            name=local_name(spec), repository=spec, revision=revision, licence="", languages=(), sha256=()
        )
    resolve(spec, home)
    raise OptionError(f"{spec} is on this machine already", expected="a name of the catalogue or a hub id")


def _starter(revision: str, precision: str, source_format: SourceFormat | None) -> Path:
    """The folder of the starter model.

    Raises OptionError if a revision was requested, or a precision or source format that the model does not
    have.
    """
    folder = starter_folder()
    action = "It comes with the package as it is; install the checkpoint of another model instead."
    if revision:
        raise OptionError(f"{STARTER} has no revisions", action=action)
    _check_installed(read_manifest(folder), STARTER, precision, source_format, action)
    return folder


def _checked_folder(target: Path, revision: str, precision: str, source_format: SourceFormat | None) -> Path:
    """Return `target`, the folder of an installed model, after checking it against the request.

    Raises what `get_model` raises for an installed model.
    """
    manifest = verify(target, quick=True)
    name, held = target.name, manifest.revision or "unknown"
    action = f"Run `egiz models remove {name}` first, then fetch it again."
    if revision and not _COMMIT.fullmatch(revision.lower()):
        raise OptionError(
            f"{name} is installed at revision {held}; only commits can be compared with it, not {revision!r}",
            where=str(target),
            expected="a commit of 7 to 40 hexadecimal digits",
            action=action,
        )
    if revision and not manifest.revision.startswith(revision.lower()):
        raise OutputError(
            f"{name} is installed at revision {held}, not {revision}", where=str(target), action=action
        )
    _check_installed(manifest, name, precision, source_format, action)
    return target


def _check_installed(
    manifest: Manifest, name: str, precision: str, source_format: SourceFormat | None, action: str
) -> None:
    """Raise OptionError if the installed model has another precision or source format than requested."""
    for what, found, asked in (
        ("precision", manifest.precision, precision),
        ("source format", manifest.source_format, source_format),
    ):
        if asked and asked != found:
            raise OptionError(f"{name} is installed with {what} {found}, not {asked}", action=action)


def _fetch_and_install(
    listing: Listing,
    wanted: WantedModel,
    target: Path,
    hub: Hub,
    home: Path | None,
    precision: str,
    source_format: SourceFormat | None,
    progress: Progress | None,
) -> None:
    """Download the files of a model, check their hashes, and install the model at `target`."""
    _, names = choose_files(listing)
    folder = downloads_folder(home) / wanted.name / listing.commit
    make_folder(folder)
    hub.download(listing, names, folder, progress=progress)
    for name, sha256 in wanted.sha256:
        check_file(folder / name, sha256)
    if SENTENCEPIECE not in names:
        _fetch_pieces(hub, folder, progress)
    install(
        folder,
        target,
        precision,
        name=wanted.name,
        source=wanted.repository,
        revision=listing.commit,
        licence=wanted.licence or listing.licence,
        languages=wanted.languages,
        source_format=source_format,
        linkable=downloads_folder(home),
    )
    shutil.rmtree(downloads_folder(home) / wanted.name, ignore_errors=True)


def _fetch_pieces(hub: Hub, folder: Path, progress: Progress | None) -> None:
    """Fetch NLLB's sentencepiece model into `folder`; `install` checks that it fits the other files."""
    source = pieces_source()
    listing = hub.listing(source.repository, source.revision)
    hub.download(listing, (SENTENCEPIECE,), folder, progress=progress)
    check_file(folder / SENTENCEPIECE, source.sha256)


def _with_advice(error: EgizError, wanted: WantedModel) -> ModelNotFound:
    """`error` as ModelNotFound, with advice on how to bring the model to this machine by hand."""
    at = f" --revision {wanted.revision}" if wanted.revision else ""
    by_hand = (
        f"Without a network here: on another machine run `hf download {wanted.repository}{at} --local-dir"
        f" FOLDER` (and the same for {SENTENCEPIECE} of {pieces_source().repository} if it has none), bring"
        f" FOLDER, and run `egiz models convert FOLDER --name {wanted.name}`."
    )
    action = f"{error.action} {by_hand}".strip()
    return ModelNotFound(error.found, where=error.where, expected=error.expected, action=action)
