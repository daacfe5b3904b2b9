"""Files to be translated: a queue on disk, so that jobs continue after the server was stopped or killed.

Each accepted file has a folder of its own in the workspace. It contains the file, the job (`job.json`) and,
once it is done, the result. The name of the folder is a keyed hash of the file and the job. So a request that
is sent again, for example after a lost connection, finds the same job. The key is a secret of the workspace,
so the name cannot be guessed, and a client that knows the name may download the result.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path, PurePath

from egiz.parallel.publish.swap import sync
from egiz.parallel.serve.queue import Stopped
from egiz.parallel.serve.safety import Refused
from egiz.translate.errors import EgizError
from egiz.translate.io.files import MISSHAPEN, read_whole, unfinished

KEPT_SECONDS = 7 * 24 * 3600
"""How long results are kept, in seconds."""
_AT_ONCE = 2
"""Number of files that are translated at the same time. While one file is read or written, the engine can
work on another.
"""
_JOB, _SOURCE, _RESULT = "job.json", "source", "result"
_ID = re.compile("[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^\w.-]+")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""File names that stand for devices on Windows, with any extension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileJob:
    """A file to translate.

    `terms` are names of loaded term bases. `model` is the name of the model; it is empty for the default
    model. `state` is ``waiting``, ``done`` or ``failed``. `made` is the time of acceptance in seconds since
    1970.
    """

    id: str
    name: str
    source: str
    target: str
    terms: tuple[str, ...] = ()
    terms_mode: str = "safe"
    model: str = ""
    state: str = "waiting"
    error: str = ""
    made: float = 0.0

    @property
    def result_name(self) -> str:
        """The file name for the download of the result: the job's id, the name of the file, the language and
        the extension.
        """
        path = PurePath(self.name)
        return f"{self.id}.{path.stem}_{self.target}{path.suffix}"


Translate = Callable[[bytes, FileJob], bytes]
"""Translates the bytes of a file as the job says. It is called in a thread and may wait for the queue."""


class Files:
    """The queue of files of a workspace. `start` continues jobs that an earlier run of the server did not
    finish.
    """

    def __init__(self, folder: Path, translate: Translate, *, most: int) -> None:
        """If `most` files wait, a new file is refused."""
        self._folder, self._translate, self._most = folder, translate, most
        self._waiting: dict[str, asyncio.Future[FileJob]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._secret = b""

    @property
    def waiting(self) -> int:
        """The number of unfinished files."""
        return len(self._waiting)

    def start(self) -> None:
        """Read the jobs on disk, remove old ones (`KEPT_SECONDS`) and continue the unfinished ones."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._secret = _secret(self._folder.parent / "secret")
        for place in sorted(self._folder.iterdir()):
            if not _ID.fullmatch(place.name):
                shutil.rmtree(place, ignore_errors=True)  # was being accepted when the server was killed
            elif (job := self._read(place.name)) is None or _is_old(job):
                shutil.rmtree(place, ignore_errors=True)
            elif job.state == "waiting":
                self._begin(job)

    async def translated(
        self,
        data: bytes,
        name: str,
        source: str,
        target: str,
        terms: tuple[str, ...],
        terms_mode: str,
        *,
        model: str,
        identity: str,
    ) -> FileJob:
        """Accept a file and wait until it is done. If the caller stops waiting, the file stays in the queue.

        `identity` identifies the model and its settings, on which the result depends.

        Raises Refused if too many files wait, or if the file cannot be translated.
        """
        name = safe_name(name)
        wanted = {"name": name, "source": source, "target": target, "terms": terms, "terms_mode": terms_mode}
        parts = (identity, json.dumps(wanted), sha256(data).hexdigest())
        key = hmac.new(self._secret, "\n".join(parts).encode(), sha256).hexdigest()[:32]
        if key not in self._waiting:
            job = self._read(key)
            if job is not None and job.state == "done":
                return job
            if len(self._waiting) >= self._most:
                raise Refused(429, "Slowdown: too many files are waiting", retry_after=60)
            job = FileJob(
                id=key,
                name=name,
                source=source,
                target=target,
                terms=terms,
                terms_mode=terms_mode,
                model=model,
                made=time.time(),
            )
            self._begin(job, data)
        job = await asyncio.shield(self._waiting[key])
        if job.state == "failed":
            raise Refused(400, job.error)
        return job

    def result(self, name: str) -> tuple[FileJob, Path] | None:
        """The job and the path of the result with this name (`FileJob.result_name`); None if there is no such
        result.
        """
        key = name[:32]
        job = self._read(key) if _ID.fullmatch(key) else None
        if job is None or job.state != "done" or job.result_name != name:
            return None
        return job, self._folder / key / _RESULT

    async def close(self) -> None:
        """Wait until the running jobs have ended; the queue must have been stopped before. Unfinished jobs
        stay on disk.
        """
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, job: FileJob, data: bytes | None = None) -> None:
        """Start a job. A new job comes with the bytes of its file, `data`, and is first written to disk with
        them. A job without `data` is on disk already.
        """
        self._waiting[job.id] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._run(job, data))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, job: FileJob, data: bytes | None) -> None:
        future = self._waiting[job.id]
        try:
            if data is not None:
                await asyncio.to_thread(self._write_new, job, data)
            async with self._places:
                done = await asyncio.to_thread(self._translated, job)
            future.set_result(done)
        except (Stopped, CancelledError, asyncio.CancelledError):
            future.set_exception(
                Refused(503, "the server is being stopped; the file is kept", retry_after=10)
            )
        except Exception as error:
            future.set_exception(error)
        finally:
            future.exception()  # marks it as retrieved: there may be no waiting request
            self._waiting.pop(job.id, None)

    def _translated(self, job: FileJob) -> FileJob:
        place = self._folder / job.id
        values = {**asdict(job), "terms": job.terms}
        try:
            result = self._translate(read_whole(place / _SOURCE), job)
        except EgizError as error:
            made = FileJob(**values | {"state": "failed", "error": str(error)})
        else:
            write_whole(place / _RESULT, result)
            made = FileJob(**values | {"state": "done"})
        self._store(place, made)
        with suppress(OSError):
            (place / _SOURCE).unlink()
        return made

    def _write_new(self, job: FileJob, data: bytes) -> None:
        """Write a new job to disk; a failed job of the same name is replaced. The folder gets its final name
        only when it is complete.
        """
        for other in self._folder.iterdir():
            known = self._read(other.name)
            if known is not None and _is_old(known) and known.id not in self._waiting:
                shutil.rmtree(other, ignore_errors=True)
        place = self._folder / job.id
        fresh = self._folder / f"new-{secrets.token_hex(8)}"
        fresh.mkdir()
        write_whole(fresh / _SOURCE, data)
        self._store(fresh, job)
        shutil.rmtree(place, ignore_errors=True)  # a failed attempt
        fresh.rename(place)
        sync(self._folder)

    @staticmethod
    def _store(place: Path, job: FileJob) -> None:
        write_whole(place / _JOB, json.dumps(asdict(job), ensure_ascii=False).encode())

    def _read(self, key: str) -> FileJob | None:
        try:
            values: Mapping[str, object] = json.loads((self._folder / key / _JOB).read_text("utf-8"))
            job = FileJob(**{**values, "terms": tuple(values["terms"])})  # type: ignore[arg-type]
        except (OSError, *MISSHAPEN):
            return None
        return job if job.id == key else None


def _is_old(job: FileJob) -> bool:
    return time.time() - job.made > KEPT_SECONDS


def safe_name(name: str) -> str:
    r"""The last part of a client's file name, without characters that could lead to another folder.

    The extension is kept.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\docs\\Қайта құру.docx"), safe_name("\0")
    ('passwd', 'Қайта_құру.docx', 'file')
    """
    last = re.split(r"[/\\]", name)[-1]
    path = PurePath(_UNSAFE.sub("_", last).strip("._") or "file")
    return f"{path.stem[:80]}{path.suffix[:12].lower()}"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file durably and atomically: after a crash it is complete or absent."""
    with unfinished(path) as fresh, fresh.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    sync(path.parent)


def _secret(path: Path) -> bytes:
    if not path.exists():
        with unfinished(path) as fresh:
            fresh.touch(mode=0o600)
            fresh.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()
