"""Fetch a model of the catalogue or of a Hugging Face hub, and install it.

Files are fetched at one commit and checked by size and hash. The address of the hub and the access token are
parameters: neither the environment nor a login on this machine is read. Only files on an allow list are
fetched, so no file that could run code is among them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from egiz.translate.errors import EgizError, ModelError, ModelNotFound, OptionError, OutputError
from egiz.translate.models.convert import PICKLES, check_precision, safetensors_advice
from egiz.translate.models.install import VOCABULARIES, install, is_converted
from egiz.translate.models.layout import SENTENCEPIECE, SourceFormat
from egiz.translate.models.manifest import Manifest, file_sha256, read_manifest, verify
from egiz.translate.models.store import (
    STARTER,
    catalogue_entry,
    downloads_folder,
    find,
    is_disk_error,
    is_hub_id,
    local_name,
    locked,
    make_folder,
    model_folder,
    pieces_source,
    resolve,
    starter_folder,
)

ENDPOINT = "https://huggingface.co"
HUB_NEEDED = 'Install it with `pip install "egiz[hub]"`.'
Progress = Callable[[str, int], None]
"""A function that is called with the name and the size (bytes) of each file before it is fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A file as the hub lists it: `size` in bytes, `sha256` empty for small files, which are stored in
    git."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The files of a repository at one commit; `licence` as stated by its card, or empty."""

    repository: str
    commit: str
    licence: str
    files: tuple[HubFile, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of all files."""
        return frozenset(item.name for item in self.files)


class Hub:
    """One hub: its address, and an access token, if any."""

    def __init__(self, *, endpoint: str = ENDPOINT, token: str | None = None) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._token: str | bool = token or False

    def listing(self, repository: str, revision: str = "") -> Listing:
        """List a repository at a commit, branch or tag; an empty `revision` is the head of its main branch.

        Raises ModelNotFound if repository or revision do not exist or the hub cannot be reached, and
        ModelError if access must be requested or huggingface_hub is not installed.
        """
        _require_hub()
        from huggingface_hub import HfApi

        with self._explained(repository, revision):
            api = HfApi(endpoint=self._endpoint, token=self._token)
            info = api.model_info(repository, revision=revision or None, files_metadata=True, timeout=30)
        if not info.sha:
            raise ModelError(f"the hub states no commit for {repository}", where=self._endpoint)
        files = tuple(
            HubFile(name=item.rfilename, size=item.size or 0, sha256=item.lfs.sha256 if item.lfs else "")
            for item in info.siblings or ()
        )
        licence = getattr(info.card_data, "license", None)
        return Listing(
            repository=repository,
            commit=info.sha,
            licence=_spdx(licence) if isinstance(licence, str) else "",
            files=files,
        )

    def download(
        self, listing: Listing, names: Sequence[str], folder: Path, *, progress: Progress | None = None
    ) -> None:
        """Fetch the named files into the folder; files that an earlier run completed are kept.

        A broken download is resumed several times; a file gets its name only when it is complete. Raises what
        `listing` raises, ModelError if a file does not have the hash that the hub states, and OutputError if
        it cannot be written.
        """
        _require_hub()
        from huggingface_hub import hf_hub_download

        known = {item.name: item for item in listing.files}
        for name in names:
            if progress is not None:
                progress(name, known[name].size)
            with self._explained(listing.repository, listing.commit):
                hf_hub_download(
                    listing.repository,
                    name,
                    revision=listing.commit,
                    local_dir=folder,
                    endpoint=self._endpoint,
                    token=self._token,
                )
            check_file(folder / name, known[name].sha256)

    @contextmanager
    def _explained(self, repository: str, revision: str) -> Iterator[None]:
        """Turn the errors of huggingface_hub into Egiz's.

        Its HTTP library depends on its major version, but `HfHubHTTPError` always inherits from that
        library's base error.
        """
        from huggingface_hub.errors import (
            EntryNotFoundError,
            GatedRepoError,
            HfHubHTTPError,
            RepositoryNotFoundError,
            RevisionNotFoundError,
        )

        bases = HfHubHTTPError.__bases__
        network: tuple[type[Exception], ...] = (
            OSError,
            *(base for base in bases if issubclass(base, Exception)),
        )
        where = f"{self._endpoint}/{repository}"
        try:
            yield
        except GatedRepoError as error:
            raise self._gated(repository) from error
        except RepositoryNotFoundError as error:
            raise ModelNotFound(
                "there is no such repository, or it is private",
                where=where,
                action="Check the spelling, or give a token that may read it.",
            ) from error
        except RevisionNotFoundError as error:
            raise ModelNotFound(f"there is no revision {revision!r}", where=where) from error
        except EntryNotFoundError as error:
            status = getattr(getattr(error, "response", None), "status_code", None)
            raise (
                ModelNotFound("a file is gone", where=where) if status else self._unreachable(where, error)
            ) from error
        except HfHubHTTPError as error:
            if error.response.status_code in (401, 403):
                raise self._gated(repository) from error
            raise ModelNotFound(f"the hub answers {error.response.status_code}", where=where) from error
        except network as error:
            if isinstance(error, OSError) and is_disk_error(error):
                raise OutputError(f"cannot write the model ({error})") from error
            raise self._unreachable(where, error) from error

    def _gated(self, repository: str) -> ModelError:
        """The error for a repository whose terms the user must accept first."""
        return ModelError(
            f"access to {repository} must be requested",
            where=self._endpoint,
            action=f"Accept its terms at {self._endpoint}/{repository}, then give your token (HF_TOKEN).",
        )

    def _unreachable(self, where: str, error: Exception) -> ModelNotFound:
        """The error for a hub that cannot be reached."""
        reason = str(error).strip().splitlines() or [type(error).__name__]
        return ModelNotFound(f"the hub cannot be reached ({reason[0][:120]})", where=where)


def check_file(path: Path, sha256: str) -> None:
    """Remove the file and raise ModelError unless it has this hash; an empty hash is not checked."""
    if sha256 and (found := file_sha256(path)) != sha256:
        path.unlink()
        raise ModelError(
            f"the file fetched has SHA-256 {found}",
            where=path.name,
            expected=sha256,
            action="Fetch it again; if it stays so, do not use the repository.",
        )


def _require_hub() -> None:
    """Raise ModelError unless huggingface_hub is installed."""
    from importlib.util import find_spec

    if find_spec("huggingface_hub") is None:
        raise ModelError("fetching models needs huggingface_hub", action=HUB_NEEDED)


def _spdx(licence: str) -> str:
    """The licence as an SPDX identifier; those of Creative Commons licences are in upper case."""
    return licence.upper() if licence.lower().startswith("cc") else licence


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

    `name` is that of the installed model. `sha256` pairs file names with the expected hashes.
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
    hub: Hub,
    home: Path | None = None,
    revision: str = "",
    precision: str = "",
    source_format: SourceFormat | None = None,
    progress: Progress | None = None,
) -> Path:
    """Return the folder of a model; fetch and convert the model first unless it is installed.

    `spec` is a catalogue name or a hub id. `revision` overrides the catalogue's commit; without either, the
    newest commit is taken and recorded in the manifest. An empty `precision` means int8 for a checkpoint, and
    the precision of the weights for a converted model. An installed model, `starter` included, is never
    changed.

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
    with locked(target):
        if find(wanted.name, home) is not None:
            return _kept(target, revision, precision, source_format)
        try:
            listing = hub.listing(wanted.repository, wanted.revision)
            _fetch_and_install(listing, wanted, target, hub, home, precision, source_format, progress)
        except ModelNotFound as error:
            raise _with_advice(error, wanted) from error
    return target


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
    """The model for a catalogue name or a hub id; raises OptionError or ModelNotFound for anything else."""
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
    """The folder of the starter model; OptionError if other properties than its own were requested."""
    folder = starter_folder()
    action = "It comes with the package as it is; install the checkpoint of another model instead."
    if revision:
        raise OptionError(f"{STARTER} has no revisions", action=action)
    _check_installed(read_manifest(folder), STARTER, precision, source_format, action)
    return folder


def _kept(target: Path, revision: str, precision: str, source_format: SourceFormat | None) -> Path:
    """The folder of an installed model; an error if it is not what was requested (see `get_model`)."""
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
    """Fetch NLLB's sentencepiece model; installing checks that it fits the other files."""
    source = pieces_source()
    listing = hub.listing(source.repository, source.revision)
    hub.download(listing, (SENTENCEPIECE,), folder, progress=progress)
    check_file(folder / SENTENCEPIECE, source.sha256)


def _with_advice(error: EgizError, wanted: WantedModel) -> ModelNotFound:
    """The error with advice on how to bring the model to this machine by hand."""
    at = f" --revision {wanted.revision}" if wanted.revision else ""
    by_hand = (
        f"Without a network here: on another machine run `hf download {wanted.repository}{at} --local-dir"
        f" FOLDER` (and the same for {SENTENCEPIECE} of {pieces_source().repository} if it has none), bring"
        f" FOLDER, and run `egiz models convert FOLDER --name {wanted.name}`."
    )
    action = f"{error.action} {by_hand}".strip()
    return ModelNotFound(error.found, where=error.where, expected=error.expected, action=action)
