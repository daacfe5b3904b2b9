"""The documents of a workspace: folders like those of `egiz build`, built by the server or on the command
line.

A workspace is a folder that contains such folders, or is itself one. An accepted document is written to disk
at once, so that its build continues after a restart of the server. Edits are applied as by `egiz review`: the
folder changes completely or not at all, and each edit records the text that its author saw. If the cell now
has another text, the edit does not overwrite this text; the edit is kept, and the page shows it beside the
text.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from egiz.glossary.records import TermBase
from egiz.parallel.build.build import build
from egiz.parallel.build.flow import Progress
from egiz.parallel.corpus.data import DATA_FORMATS, Exported
from egiz.parallel.corpus.formats import FORMATS, export, format_named
from egiz.parallel.corpus.same import write_same
from egiz.parallel.documents import KINDS
from egiz.parallel.publish.names import MANIFEST, TABLE
from egiz.parallel.publish.published import open_published
from egiz.parallel.reader import load
from egiz.parallel.reader.page_file import render
from egiz.parallel.review import Reviewed, review
from egiz.parallel.serve.files import safe_name, write_whole
from egiz.parallel.serve.models import Models
from egiz.parallel.serve.queue import Stopped
from egiz.translate.errors import EgizError, InputError, OptionError
from egiz.translate.io.files import MISSHAPEN, read_json
from egiz.translate.read import ReadOptions
from egiz.translate.read.kinds import EXTENSIONS

_REMEMBERED = 100
"""Number of finished builds whose progress can still be requested."""
_JOB, _SHOWN = "job.json", 40
"""`_JOB` is the file name of a build job. While a build runs, its first `_SHOWN` sentences are shown."""
DOWNLOADS = tuple(name for name in (*FORMATS, *DATA_FORMATS) if name not in ("parquet", "hf", "train"))
"""The formats for download. Formats that need further packages and formats that are folders are left out."""
SAME = "same"
"""The name of the download format that stands for the format of the uploaded document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildJob:
    """A document to build: the name of its file, its languages, the names of loaded term bases, and the name
    of the model. If the name of the model is empty, the default model is used.
    """

    id: str
    file: str
    title: str
    source: str
    targets: tuple[str, ...]
    terms: tuple[str, ...] = ()
    model: str = ""


@dataclass(slots=True)
class Building:
    """The progress of a build, and its first sentences with their translations."""

    job: BuildJob
    state: str = "waiting"
    error: str = ""
    done: int = 0
    total: int = 0
    first: list[list[str]] = field(default_factory=list)


class Workspace:
    """The documents. All methods may be called from any thread, and may be slow."""

    def __init__(self, folder: Path, state: Path, models: Models) -> None:
        self._folder, self._builds, self._models = folder, state / "builds", models
        self._sources, self._scratch = state / "sources", state / "scratch"
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self.building: dict[str, Building] = {}

    def start(self) -> list[BuildJob]:
        """Remove what an interrupted server left behind; returns the builds that are to be continued."""
        self._builds.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir()
        self._sources.mkdir(exist_ok=True)
        there = dict(self._folders())
        for place in self._sources.iterdir():
            if place.name not in there:
                shutil.rmtree(place, ignore_errors=True)
        jobs = []
        for place in sorted(self._builds.iterdir()):
            try:
                values = read_json(place / _JOB)
                job = BuildJob(**values | {name: tuple(values[name]) for name in ("targets", "terms")})
                jobs.append(job)
                self.building[job.id] = Building(job)
            except (EgizError, *MISSHAPEN):
                shutil.rmtree(place, ignore_errors=True)
        return jobs

    def documents(self) -> list[dict[str, Any]]:
        """Facts about all documents and unfinished builds, sorted by title, for JSON. `_facts` says which
        facts a document has, `progress` which a build has.
        """
        found = [
            _facts(name, folder) | {"same": source.suffix if (source := self._source(name)) else ""}
            for name, folder in self._folders()
        ]
        done = {item["id"] for item in found}
        for name, item in self.building.items():
            if name not in done:
                found.append({"id": name, "title": item.job.title, **progress(item)})
        return sorted(found, key=lambda item: (item["title"].casefold(), item["id"]))

    def folder(self, name: str) -> Path | None:
        """The folder of a document; None if no document has this name. The name is compared with the names of
        the documents, and never used as a path.
        """
        return dict(self._folders()).get(name)

    def page(self, name: str) -> str:
        """The reader page of a document, which sends edits to this server.

        Raises FileNotFoundError if no document has this name. So do all methods below that take the name of a
        document.
        """
        with self._locked(name) as folder:
            return render(load(folder), served=True)

    def edit(self, name: str, edits: bytes) -> Reviewed:
        """Apply a file of edits to a document. Raises InputError if the file is malformed."""
        with self._locked(name) as folder, tempfile.TemporaryDirectory(dir=self._scratch) as scratch:
            file = Path(scratch) / "edits"
            file.write_bytes(edits)
            try:
                return review([file], folder, memory=self._models.memory, terms=self._terms_of(folder))
            except InputError as error:
                raise InputError(
                    str(error).replace(f"{file}: ", "").replace(str(file), "the edits")
                ) from error

    def download(self, name: str, form: str) -> tuple[str, bytes]:
        """A document in another format, as file name and content; several files become a ZIP archive.

        Raises OptionError for an unknown format.
        """
        if form not in DOWNLOADS:
            raise OptionError(f"no format {form!r}", expected=" or ".join(DOWNLOADS))
        with self._locked(name) as folder, tempfile.TemporaryDirectory(dir=self._scratch) as scratch:
            made = export(
                folder, Path(scratch) / f"{safe_name(name)}{format_named(form).ending}", format=form
            )
            files = (
                [Path(scratch) / file.name for file in made.files] if isinstance(made, Exported) else [made]
            )
            if len(files) == 1:
                return files[0].name, files[0].read_bytes()
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for file in files:
                    archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes())
            return f"{safe_name(name)}-{form}.zip", packed.getvalue()

    def download_same(self, name: str, language: str) -> tuple[str, bytes]:
        """The uploaded document in its own format, with the current translation in place of its text.

        Raises OptionError for a language without a translation, and InputError if the document was not
        uploaded here or is of a format that Egiz does not write.
        """
        with self._locked(name) as folder, tempfile.TemporaryDirectory(dir=self._scratch) as scratch:
            source = self._source(name)
            if source is None:
                raise InputError(
                    "was not uploaded here, or is of a kind that Egiz does not write",
                    where=name,
                    action=f"Download it as {DOWNLOADS[0]} or another format.",
                )
            made = Path(scratch) / f"{source.stem}_{language}{source.suffix}"
            published = open_published(folder)
            if language not in published.target_languages:
                raise OptionError(
                    f"no translation into {language!r}", expected=" or ".join(published.target_languages)
                )
            write_same(published, source, made, [language])
            return made.name, made.read_bytes()

    def _source(self, name: str) -> Path | None:
        """The uploaded file of a document; None if the document was not uploaded, or if Egiz does not write
        its format.
        """
        place = self._sources / name
        files = [path for path in place.iterdir() if path.name != _JOB] if place.is_dir() else []
        return files[0] if files and EXTENSIONS.get(files[0].suffix.lower()) in KINDS else None

    def accept(
        self,
        data: bytes,
        file: str,
        title: str,
        source: str,
        targets: tuple[str, ...],
        terms: tuple[str, ...],
        model: str,
    ) -> BuildJob:
        """Write a document and its build job to disk, under a name that no other document has."""
        file = safe_name(file)
        with self._lock:
            taken = {name for name, _ in self._folders()} | set(self.building)
            taken |= {place.name for place in self._folder.iterdir()}
            stem = Path(file).stem or "text"
            name = next(item for item in _numbered(stem) if item not in taken)
            job = BuildJob(
                id=name,
                file=file,
                title=title,
                source=source,
                targets=targets,
                terms=terms,
                model=model,
            )
            self.building[name] = Building(job)
            ended = [key for key, item in self.building.items() if item.state in ("done", "failed")]
            for key in ended[:-_REMEMBERED]:
                del self.building[key]
        fresh = self._scratch / f"new-{name}"
        fresh.mkdir()
        write_whole(fresh / file, data)
        write_whole(fresh / _JOB, json.dumps(asdict(job), ensure_ascii=False).encode())
        fresh.rename(self._builds / name)
        return job

    def build(self, job: BuildJob) -> None:
        """Build a document; an error is recorded in its state. Raises Stopped if the queue was stopped."""
        item = self.building[job.id]
        item.state = "building"
        place = self._builds / job.id
        try:
            engine, terms = self._models.named(job.model), self._models.named_terms(job.terms)
            translator = engine.translator(job.source, job.targets, terms, seen=_first_sentences(item))
            stage, scores = engine.stages(translator, terms)

            def report(state: Progress) -> None:
                item.done, item.total = state.done, state.total

            build(
                [place / job.file],
                self._folder / job.id,
                translator,
                manifest=engine.engine.manifest,
                reading=ReadOptions(language=job.source),
                terms=stage,
                scores=scores,
                title=job.title,
                report=report,
            )
        except Stopped:
            item.state = "waiting"
            raise
        except EgizError as error:
            item.state, item.error = "failed", str(error).replace(f"{place}/", "")
            shutil.rmtree(place, ignore_errors=True)
        else:
            shutil.rmtree(self._sources / job.id, ignore_errors=True)
            place.rename(self._sources / job.id)
            item.state = "done"

    @contextmanager
    def _locked(self, name: str) -> Iterator[Path]:
        """The folder of a document, locked against other requests to this server."""
        folder = self.folder(name)
        if folder is None:
            raise FileNotFoundError(name)
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            yield folder

    def _terms_of(self, folder: Path) -> TermBase | None:
        """The loaded term base with which a document was built; None if that term base is not loaded."""
        facts = _object(read_json(folder / MANIFEST)).get("egiz", {}).get("terms")
        names = tuple(_object(facts).get("bases") or ()) if facts else ()
        return self._models.named_terms(names) if names and set(names) <= set(self._models.bases) else None

    def _folders(self) -> Iterator[tuple[str, Path]]:
        if (self._folder / TABLE).is_file():
            yield self._folder.resolve().name or "document", self._folder
        for place in sorted(self._folder.iterdir()):
            if not place.name.startswith(".") and not place.is_symlink() and (place / TABLE).is_file():
                yield place.name, place


def progress(item: Building) -> dict[str, Any]:
    """The progress of a build, as a JSON object."""
    return {
        "state": item.state,
        "error": item.error,
        "done": item.done,
        "total": item.total,
        "source": item.job.source,
        "targets": list(item.job.targets),
        "first": item.first,
    }


def _first_sentences(item: Building) -> Callable[[list[str]], None]:
    def show(row: list[str]) -> None:
        if len(item.first) < _SHOWN:
            item.first.append(row)

    return show


def _facts(name: str, folder: Path) -> dict[str, Any]:
    """Facts about a document from its data package. If the data package is not one of Egiz, the only fact is
    the name.
    """
    package: dict[str, Any] = {}
    with suppress(EgizError):
        package = _object(read_json(folder / MANIFEST))
    made = _object(package.get("egiz"))
    counts = _object(made.get("counts"))
    targets = {tag: _object(facts) for tag, facts in _object(counts.get("targets")).items()}
    sentences = counts.get("sentences") if isinstance(counts.get("sentences"), int) else 0
    people = {
        tag: sum(int(_object(facts.get("statuses")).get(status, 0)) for status in ("edited", "approved"))
        for tag, facts in targets.items()
    }
    return {
        "id": name,
        "title": str(package.get("title") or name),
        "state": "done",
        "error": "",
        "source": str(_object(made.get("languages")).get("source", "")),
        "targets": list(targets),
        "sentences": sentences,
        "reviewed": people,
        "changed": int(time.time() - (folder / TABLE).stat().st_mtime),
    }


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
