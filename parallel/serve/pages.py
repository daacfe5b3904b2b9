"""The page at ``/`` and the routes under ``/documents``: they show the workspace in a browser."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from egiz.parallel.reader.page_file import json_text
from egiz.parallel.serve.protocol import AUTO, language_list, offer_of, parameters, source_of, tag_of
from egiz.parallel.serve.queue import Stopped
from egiz.parallel.serve.safety import Refused
from egiz.parallel.serve.service import Service
from egiz.parallel.serve.workspace import DOWNLOADS, SAME, BuildJob, Workspace, progress
from egiz.translate.errors import OptionError
from egiz.translate.read.documents import content_of
from egiz.translate.read.kinds import EXTENSIONS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

MakeRoute = Callable[..., "Route"]
_MOST_TARGETS = 10
_TELL_SECONDS = 0.5
"""Seconds between two events about a build."""
_LANGUAGES = ("en", "kk", "ru")


class Pages:
    """Serves a workspace to browsers: upload, build, read, edit, download."""

    def __init__(self, folder: Path, state: Path, service: Service) -> None:
        self.workspace = Workspace(folder, state, service.models)
        self._service, self._limits = service, service.limits
        self._tasks: set[asyncio.Task[None]] = set()
        self._place = asyncio.Semaphore(1)
        self._stopping = False

    def routes(self, route: MakeRoute) -> list[Route]:
        return [
            route("/", self.index, open=True),
            route("/documents", self.documents),
            route("/documents", self.upload, "POST", open=True),
            route("/documents/{name}", self.reader),
            route("/documents/{name}/events", self.events),
            route("/documents/{name}/edits", self.edit, "POST"),
            route("/documents/{name}/download/{form}", self.download),
        ]

    def start(self) -> None:
        """Continue builds that an earlier run of the server did not finish."""
        for job in self.workspace.start():
            self._begin(job)

    def stop(self) -> None:
        """End the streams of events."""
        self._stopping = True

    async def close(self) -> None:
        """Wait until the running builds have ended; the queue must have been stopped before. Unfinished
        builds stay on disk.
        """
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def index(self, request: Request) -> Response:
        """``GET /``: the page."""
        from starlette.responses import HTMLResponse

        models = self._service.models
        kinds = {kind: ending for ending, kind in reversed(EXTENSIONS.items())}  # one ending for each
        facts = {
            "models": [
                {
                    "name": name,
                    "languages": [
                        {"code": item["code"], "name": item["name"]}
                        for item in language_list(models.offer(name).languages)
                    ],
                }
                for name in models.names
            ],
            "terms": list(models.bases),
            "downloads": list(DOWNLOADS),
            "kinds": [ending[1:].upper() for ending in reversed(kinds.values())],
            "longest": self._limits.file,
        }
        page, policy = await asyncio.to_thread(_index, facts)
        return HTMLResponse(page, headers={"content-security-policy": policy})

    async def documents(self, request: Request) -> Response:
        """The list of documents as JSON."""
        return _json(await asyncio.to_thread(self.workspace.documents))

    async def upload(self, request: Request) -> Response:
        """Accept a text or a file and start its build: ``202`` with the name of the document."""
        found = await parameters(request, self._limits)
        request.app.state.check_key(request, found)
        upload, text = found.files.get("file"), found.text("text", "")
        if upload is not None and upload.filename:
            data, name = await upload.read(), upload.filename
        elif text.strip():
            data, name = text.encode("utf-8", "replace"), "text.txt"
        else:
            raise Refused(400, "Invalid request: neither a file nor a text")
        if len(data) > self._limits.file:
            raise Refused(413, f"the file is larger than {self._limits.file >> 20} MB")
        if len(self._tasks) >= self._limits.files:
            raise Refused(429, "Slowdown: too many documents are waiting", retry_after=60)
        models = self._service.models
        offer = offer_of(found, models)
        source = source_of(found, offer)
        tags = [tag for tag in found.text("targets").replace(" ", "").split(",") if tag]
        targets = tuple(dict.fromkeys(tag_of(tag, offer, "target") for tag in tags))
        if source == AUTO:
            source = await self._service.language_of(data, name, offer.model)
            targets = tuple(tag for tag in targets if tag != source) or targets
        if not 0 < len(targets) <= _MOST_TARGETS or source in targets:
            raise OptionError(
                f"{source} into {', '.join(targets)}", where="targets", expected="other languages"
            )
        terms = tuple(dict.fromkeys(filter(None, found.text("terms", "").split(","))))
        models.named_terms(terms)
        await asyncio.to_thread(content_of, data, name)  # refuses an unreadable file at once
        title = " ".join(found.text("title", "").split())[:200] or _title(text, name)
        job = await asyncio.to_thread(
            self.workspace.accept, data, name, title, source, targets, terms, offer.model
        )
        self._begin(job)
        return _json({"id": job.id}, 202)

    async def reader(self, request: Request) -> Response:
        """The reader page of a document; its content security policy is in the page itself."""
        from starlette.responses import HTMLResponse

        page = await asyncio.to_thread(self._found, self.workspace.page, request)
        policy = page[page.index('content="default-src') + 9 :].partition('"')[0].replace("&#39;", "'")
        return HTMLResponse(page, headers={"content-security-policy": policy})

    async def edit(self, request: Request) -> Response:
        """Apply a file of edits from the reader page; the status is ``409`` if an edit conflicts with the
        current text.
        """
        body = await request.body()
        reviewed = await asyncio.to_thread(self._found, lambda name: self.workspace.edit(name, body), request)
        decisions = [
            {
                "row": item.edit.row,
                "language": item.edit.language,
                "outcome": item.outcome,
                "conflict": item.conflict,
                "before": item.edit.before,
                "after": item.edit.after,
                "stands": item.edit.after if item.outcome == "applied" else item.stands,
                "approved": item.edit.approved,
            }
            for item in reviewed.decisions
        ]
        return _json({"edits": decisions}, 409 if reviewed.conflicts or reviewed.unplaced else 200)

    async def download(self, request: Request) -> Response:
        """A document in the format that the request names. The format `SAME` stands for the format of the
        uploaded file; the document is then in the `language` that the query names.
        """
        from urllib.parse import quote

        from starlette.responses import Response

        form, language = request.path_params["form"], request.query_params.get("language", "")

        def made(name: str) -> tuple[str, bytes]:
            if form == SAME:
                return self.workspace.download_same(name, language)
            return self.workspace.download(name, form)

        name, content = await asyncio.to_thread(self._found, made, request)
        header = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(
            content, media_type="application/octet-stream", headers={"content-disposition": header}
        )

    async def events(self, request: Request) -> Response:
        """The progress of a build as server-sent events, until it is done."""
        from starlette.responses import StreamingResponse

        item = self.workspace.building.get(request.path_params["name"])
        if item is None:
            raise Refused(404, "no such document is being built")

        async def stream() -> AsyncIterator[str]:
            while True:
                event = progress(item)
                yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
                if self._stopping or event["state"] in ("done", "failed"):
                    return
                await asyncio.sleep(_TELL_SECONDS)

        return StreamingResponse(stream(), media_type="text/event-stream")

    def _found(self, do: Callable[[str], Any], request: Request) -> Any:
        try:
            return do(request.path_params["name"])
        except FileNotFoundError as error:
            raise Refused(404, "no such document") from error

    def _begin(self, job: BuildJob) -> None:
        task = asyncio.create_task(self._build(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _build(self, job: BuildJob) -> None:
        async with self._place:
            try:
                await asyncio.to_thread(self.workspace.build, job)
            except Stopped:
                return
            except Exception:
                self.workspace.building[job.id].state = "failed"
                self.workspace.building[job.id].error = "Internal error of the server"
                raise


def _title(text: str, name: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first if len(first) <= 60 and first else f"{first[:57]}…" if first else Path(name).stem


def _index(facts: dict[str, Any]) -> tuple[str, str]:
    """The page and its content security policy: it allows the page's own script and style, and requests to
    this server only.
    """
    own, reader = files("egiz.parallel.serve") / "page", files("egiz.parallel.reader") / "page"
    script = (own / "index.js").read_text(encoding="utf-8")
    style = (reader / "style.css").read_text(encoding="utf-8") + (own / "index.css").read_text(
        encoding="utf-8"
    )
    texts = {tag: json.loads((own / f"texts.{tag}.json").read_text(encoding="utf-8")) for tag in _LANGUAGES}
    page = (own / "index.html").read_text(encoding="utf-8")
    for mark, content in (
        ("/*style*/", style),
        ("/*script*/", script),
        ("/*facts*/", json_text(facts)),
        ("/*texts*/", json_text(texts)),
    ):
        page = page.replace(mark, content)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page, policy


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _json(value: Any, status: int = 200) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse(value, status_code=status)
