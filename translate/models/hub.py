"""The client of a Hugging Face hub: list and fetch the files of a repository at one commit.

Files are checked by size and hash. The address of the hub and the access token are parameters: neither the
environment nor a login on this machine is read. Callers name each file, from an allow list, so no file that
could run code is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from egiz.translate.errors import ModelError, ModelNotFound, OutputError
from egiz.translate.models.manifest import file_sha256
from egiz.translate.models.store import is_disk_error

ENDPOINT = "https://huggingface.co"
HUB_NEEDED = 'Install it with `pip install "egiz[hub]"`.'
Progress = Callable[[str, int], None]
"""A function that is called with the name and the size (bytes) of each file before it is fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A file as the hub lists it; `size` is in bytes. `sha256` is empty for a small file: the hub keeps
    such files in git and states no hash for them."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The files of a repository at one commit. `licence` is what its model card states; empty if it states
    none."""

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
        """Turn the errors of huggingface_hub in the block into Egiz's.

        Versions of huggingface_hub use different HTTP libraries, whose network errors must be caught, too.
        The base error of the library in use is a base class of `HfHubHTTPError`.
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
                ModelNotFound("a file is missing", where=where) if status else self._unreachable(where, error)
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
    """Remove a fetched file and raise ModelError if its hash is not `sha256`.

    With an empty `sha256` the file is not checked.
    """
    if sha256 and (found := file_sha256(path)) != sha256:
        path.unlink()
        raise ModelError(
            f"the file fetched has SHA-256 {found}",
            where=path.name,
            expected=sha256,
            action="Fetch it again; if the hash is wrong again, do not use the repository.",
        )


def _require_hub() -> None:
    """Raise ModelError unless huggingface_hub is installed."""
    from importlib.util import find_spec

    if find_spec("huggingface_hub") is None:
        raise ModelError("fetching models needs huggingface_hub", action=HUB_NEEDED)


def _spdx(licence: str) -> str:
    """The licence as an SPDX identifier; a Creative Commons licence is written in upper case."""
    return licence.upper() if licence.lower().startswith("cc") else licence
