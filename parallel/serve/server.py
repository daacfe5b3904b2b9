"""Runs uvicorn on a socket that Egiz opens, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

from egiz.parallel.serve.app import Application
from egiz.translate.errors import OptionError

_FIRST_SECONDS = 20.0
"""Seconds in which a new connection must send the head of its first request."""
_LAST_SECONDS = 60
"""After the signal to stop, running requests have this many seconds to finish: more than a batch takes."""


def serve(application: Application, started: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; `started` is called with the URL.

    Raises OptionError if the address and port cannot be used.
    """
    import uvicorn

    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # it logs every broken form
    settings = application.settings
    listening = _bound(settings.host, settings.port)
    config = uvicorn.Config(
        application.asgi,
        http=protocol(),
        ws="none",
        lifespan="on",
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_LAST_SECONDS,
        timeout_keep_alive=15,
    )

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            application.stop()
            super().handle_exit(sig, frame)

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                started(_address(listening))

    before = {number: signal.signal(number, _ended) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        Server(config).run(sockets=[listening])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        listening.close()


def _ended(number: int, frame: FrameType | None) -> None:
    """Handle a signal by ignoring it. When uvicorn has ended, it raises the signal once more; the server has
    stopped by then, so nothing is left to do.
    """


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise OptionError(
            f"cannot listen at {host}:{port} ({error.strerror or error})",
            expected="an address of this machine and a free port",
            action="Choose another one with --port.",
        ) from error


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def protocol() -> Any:
    """uvicorn's HTTP/1.1 protocol class. It closes a connection that sends no request head within
    `_FIRST_SECONDS`.
    """
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.loop.call_later(_FIRST_SECONDS, self._shut_idle)

        def _shut_idle(self) -> None:
            if self.cycle is None and not self.transport.is_closing():
                self.transport.close()

    return Protocol
