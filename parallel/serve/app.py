"""The web application: the routes with their handlers; it answers errors in the form that the protocol
prescribes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.documents.texts import cleaned
from egiz.parallel.serve.files import Files
from egiz.parallel.serve.models import Models
from egiz.parallel.serve.operation import Log, Operation
from egiz.parallel.serve.protocol import (
    AUTO,
    Parameters,
    language_list,
    offer_of,
    parameters,
    source_of,
    tag_of,
    terms_of,
    texts_of,
    translate_of,
)
from egiz.parallel.serve.queue import Busy, Stopped
from egiz.parallel.serve.safety import INTERNAL, SESSION, AccessRules, App, Guard, Keys, Limits, Refused
from egiz.parallel.serve.service import FORMATS, Service
from egiz.translate.errors import EgizError, TranslationMemoryError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from egiz.parallel.serve.pages import Pages

Handler = Callable[["Request"], Awaitable["Response"]]
STATE = ".egiz-serve"
"""The folder of a workspace in which the server keeps its own state: files, suggestions, a secret."""
_GONE = 499
"""The status that the access log shows when the client closed the connection; nginx uses the same number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of a server.

    `choice` has the default model and the options of all models; `models` are the names of further models.
    The server always accepts its own host and origin; `hosts` and `origins` are accepted in addition. If no
    key is required, `key` is empty.
    """

    workspace: Path
    host: str = "127.0.0.1"
    port: int = 5000
    choice: EngineChoice = field(default_factory=EngineChoice)
    models: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    effort: str = "fast"
    key: str = ""
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    log_text: bool = False


class Application:
    """Assembles the parts of a server and opens the model.

    Raises EgizError if the model or the workspace cannot be opened.
    """

    def __init__(self, settings: Settings, log: Log = lambda name, **fields: None) -> None:
        from egiz.parallel.serve.pages import Pages

        self.settings, self._log = settings, log
        state = settings.workspace / STATE
        choices = [settings.choice, *(replace(settings.choice, model=name) for name in settings.models)]
        self.models = Models(choices, settings.terms, settings.effort, settings.limits.waiting)
        self.service = Service(self.models, settings.limits, state / "suggestions")
        self.keys = Keys(settings.key)
        self.files = Files(state / "files", self.service.translate_file, most=settings.limits.files)
        self.pages: Pages = Pages(settings.workspace, state, self.service)
        self.operation = Operation(self.models, lambda: self.guard.at_work, lambda: self.files.waiting, log)
        self.guard = Guard(
            self._starlette(),
            access=AccessRules(settings.host, settings.hosts, settings.origins),
            limits=settings.limits,
            record=self.operation.record,
            failed=self.operation.failed,
            large=("/translate_file", "/documents"),
            open_ended=("/translate_file", "/documents"),
        )

    @property
    def asgi(self) -> App:
        """The complete ASGI application: the routes behind the `Guard`."""
        return self.guard

    def stop(self) -> None:
        """Finish the batches that are being decoded and refuse all other work. A signal handler may call
        this.
        """
        self.pages.stop()
        self.models.stop()

    def _starlette(self) -> Starlette:
        from starlette.applications import Starlette
        from starlette.exceptions import HTTPException

        application = Starlette(
            routes=[*self._routes(), *self.pages.routes(self._route)],
            lifespan=self._lifespan,
            exception_handlers={HTTPException: _http_error},
        )
        application.state.check_key = self.check_key
        return application

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self.files.start()
        self.pages.start()
        try:
            yield
        finally:
            self.stop()
            await self.files.close()
            await self.pages.close()
            await asyncio.to_thread(self.models.close)

    def _routes(self) -> list[Route]:
        return [
            self._route("/languages", self.languages, open=True),
            self._route("/frontend/settings", self.frontend_settings, open=True),
            self._route("/health", self.health, open=True),
            self._route("/favicon.ico", self.no_icon, open=True),
            self._route("/session", self.session, "POST", open=True),
            self._route("/metrics", self.metrics),
            self._route("/translate", self.translate, "POST", open=True),
            self._route("/detect", self.detect, "POST", open=True),
            self._route("/suggest", self.suggest, "POST", open=True),
            self._route("/translate_file", self.translate_file, "POST", open=True),
            self._route("/download_file/{name}", self.download_file, open=True),
        ]

    def _route(self, path: str, handler: Handler, *methods: str, open: bool = False) -> Route:
        """A route that answers errors with `_refusal`. The route checks the key of a request, unless `open`
        is set. A handler with `open` checks the key itself, or needs no key.
        """
        from starlette.requests import ClientDisconnect
        from starlette.responses import Response
        from starlette.routing import Route

        async def served(request: Request) -> Response:
            try:
                if not open:
                    self.check_key(request, None)
                return await handler(request)
            except ClientDisconnect:
                return Response(status_code=_GONE)
            except Exception as error:
                refusal = _refusal(error)
                if refusal.status == 500:
                    self.operation.failed(error)
                return _refused(refusal)

        return Route(path, served, methods=list(methods) or ["GET"], name=handler.__name__)

    def check_key(self, request: Request, given: Parameters | None) -> None:
        """Raise Refused if the server requires a key and the request does not have it."""
        self.keys.check(
            given=given.values.get("api_key") if given else request.query_params.get("api_key"),
            authorization=request.headers.get("authorization", ""),
            cookie=request.cookies.get(SESSION, ""),
        )

    async def _parameters(self, request: Request) -> Parameters:
        """The parameters of a request. Raises Refused if they cannot be read, or if the server requires a key
        and the request lacks it.
        """
        found = await parameters(request, self.settings.limits)
        self.check_key(request, found)
        if self.settings.log_text and "q" in found.values:
            self._log("text", path=request.url.path, q=found.values["q"])
        return found

    async def languages(self, request: Request) -> Response:
        """``GET /languages``: the languages of the model that the query names."""
        return _json(
            language_list(offer_of(await parameters(request, self.settings.limits), self.models).languages)
        )

    async def translate(self, request: Request) -> Response:
        """``POST /translate``: the translation of a text or of a list of texts."""
        found = await self._parameters(request)
        wanted = translate_of(found, offer_of(found, self.models), self.settings.limits)
        return _json(await unless_disconnected(request, self.service.translate(wanted)))

    async def detect(self, request: Request) -> Response:
        """``POST /detect``: the likely languages of a text. If the request has a list of texts, the answer is
        a list with an item for each text.
        """
        found = await self._parameters(request)
        texts, many = texts_of(found, self.settings.limits)
        answers = await self.service.detect(texts, offer_of(found, self.models).model)
        return _json(answers if many else answers[0])

    async def suggest(self, request: Request) -> Response:
        """``POST /suggest``: keeps a suggested translation for review."""
        found = await self._parameters(request)
        offer = offer_of(found, self.models)
        source, target = source_of(found, offer), tag_of(found.text("target"), offer, "target")
        text, suggestion = cleaned(found.text("q")), cleaned(found.text("s"))
        if source == AUTO:
            (detected,) = await self.service.detect([text], offer.model)
            source = detected[0]["language"]
        await asyncio.to_thread(self.service.suggest, text, suggestion, source, target)
        return _json({"success": True})

    async def translate_file(self, request: Request) -> Response:
        """``POST /translate_file``: answers when the file is translated; if the client disconnects, the work
        continues.
        """
        found = await self._parameters(request)
        upload = found.files.get("file")
        if upload is None or not upload.filename:
            raise Refused(400, "Invalid request: missing file parameter")
        data = await upload.read()
        if len(data) > self.settings.limits.file:
            raise Refused(413, f"the file is larger than {self.settings.limits.file >> 20} MB")
        offer = offer_of(found, self.models)
        target, source = tag_of(found.text("target"), offer, "target"), source_of(found, offer)
        if source == AUTO:
            source = await self.service.language_of(data, upload.filename, offer.model)
        if source == target:
            raise Refused(400, f"source and target are both {target!r}")
        terms = terms_of(found)
        engine = await self.service.engine(offer.model)
        job = await unless_disconnected(
            request,
            self.files.translated(
                data,
                upload.filename,
                source,
                target,
                self.service.file_terms(terms["terms"]),
                terms["terms_mode"],
                model=offer.model,
                identity=engine.identity,
            ),
        )
        place = request.url_for("download_file", name=job.id)
        return _json({"translatedFileUrl": f"{place}{quote(job.result_name[len(job.id) :])}"})

    async def download_file(self, request: Request) -> Response:
        """``GET /download_file/NAME``; needs no key, because the name cannot be guessed."""
        found = self.files.result(request.path_params["name"])
        if found is None:
            raise Refused(404, "no such file; results are kept for a week")
        job, path = found
        return attachment(path, job.result_name[33:])

    async def frontend_settings(self, request: Request) -> Response:
        """``GET /frontend/settings``: the settings that clients of LibreTranslate ask for."""
        languages = self.models.offer().languages
        first, *rest = languages
        second = rest[0] if rest else first
        names = {item["code"]: item["name"] for item in language_list(languages)}
        return _json(
            {
                "apiKeys": self.keys.wanted,
                "charLimit": self.settings.limits.characters,
                "filesTranslation": True,
                "frontendTimeout": 500,
                "keyRequired": self.keys.wanted,
                "language": {
                    "source": {"code": AUTO, "name": "Auto Detect"},
                    "target": {"code": second, "name": names[second]},
                },
                "suggestions": True,
                "supportedFilesFormat": list(FORMATS),
                "models": list(self.models.names),
                "termBases": list(self.models.bases),
            }
        )

    async def health(self, request: Request) -> Response:
        """``GET /health``: ``ok`` as long as the server answers."""
        return _json({"status": "ok"})

    async def no_icon(self, request: Request) -> Response:
        """``GET /favicon.ico``: browsers request it; there is no icon, so the answer is empty."""
        from starlette.responses import Response

        return Response(status_code=204)

    async def metrics(self, request: Request) -> Response:
        """``GET /metrics``: the metrics in the text format of Prometheus."""
        from starlette.responses import Response

        return Response(self.operation.exposition(), media_type="text/plain; version=0.0.4")

    async def session(self, request: Request) -> Response:
        """``POST /session``: gives the page a cookie in exchange for the key."""
        self.check_key(request, await parameters(request, self.settings.limits))
        answer = _json({"success": True})
        if self.keys.wanted:
            secure = request.url.scheme == "https"
            answer.set_cookie(SESSION, self.keys.session, httponly=True, samesite="strict", secure=secure)
        return answer


def _refusal(error: Exception) -> Refused:
    """The answer to an error. Any error that has no answer of its own gets `INTERNAL`."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, Busy):
        return Refused(429, f"Slowdown: {error}", retry_after=error.seconds)
    if isinstance(error, Stopped):
        return Refused(503, "the server is being stopped", retry_after=10)
    if isinstance(error, TranslationMemoryError):
        return Refused(500, "the translation memory cannot be used")
    return Refused(400, str(error)) if isinstance(error, EgizError) else INTERNAL


def _refused(refusal: Refused) -> Response:
    answer = _json({"error": refusal.message}, refusal.status)
    answer.headers.update(refusal.headers)
    return answer


async def unless_disconnected(request: Request, work: Coroutine[Any, Any, Any]) -> Any:
    """Wait for `work` and return its result. If the client disconnects first, `work` is cancelled and
    ClientDisconnect is raised.
    """
    from starlette.requests import ClientDisconnect

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    doing, leaving = asyncio.ensure_future(work), asyncio.ensure_future(gone())
    try:
        await asyncio.wait((doing, leaving), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise ClientDisconnect
    finally:
        for task in (doing, leaving):
            task.cancel()
        await asyncio.gather(doing, leaving, return_exceptions=True)


def attachment(path: Path, name: str) -> Response:
    """The answer that sends a file as a download, so that the browser never shows it as a page of this
    server.
    """
    from starlette.responses import FileResponse

    header = f"attachment; filename*=UTF-8''{quote(name)}"
    return FileResponse(path, media_type="application/octet-stream", headers={"content-disposition": header})


def _json(value: Any, status: int = 200) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse(value, status_code=status)


async def _http_error(request: Request, error: Exception) -> Response:
    from starlette.exceptions import HTTPException

    assert isinstance(error, HTTPException)
    answer = _json({"error": error.detail}, error.status_code)
    answer.headers.update(error.headers or {})
    return answer
