"""Protects the service from the network: checks hosts, origins, keys, sizes and times of requests.

A server that runs on a person's machine must not be usable by a web page from elsewhere that this person
opens. So the Host header must be an IP address or an allowed name. In an attack called "DNS rebinding", the
host name of the web page is made to point at this machine; the browser still sends that host name in the
header, so the request is refused. The Origin header, if a request has one, must be the server's own or an
allowed one. A server that other machines can reach requires a key.

This is plain ASGI middleware, so it does not interfere with streamed answers and cancelled requests.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from egiz.translate.errors import OptionError
from egiz.translate.io.files import read_whole

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

SESSION = "egiz_session"
"""The name of the cookie that authorises the page after the user has entered the key."""
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content security policy of all answers except HTML pages; a page has a policy of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of requests. The defaults are enough for usual texts, and they bound memory and time.

    `characters` and `texts` are per request; `body` and `file` (an upload) are sizes in bytes. New requests
    are refused with status 429 if `requests` requests are being answered, or if `waiting` sentences or
    `files` files are queued. A body must arrive within `body_seconds`, and an answer must be ready within
    `seconds`.
    """

    characters: int = 100_000
    texts: int = 1_000
    alternatives: int = 4
    body: int = 2 * 2**20
    file: int = 50 * 2**20
    requests: int = 256
    waiting: int = 256
    files: int = 100
    suggestions: int = 10_000
    body_seconds: float = 30.0
    seconds: float = 120.0


_UNREAD = (403, 408, 413, 429)
"""Statuses of answers that are sent although the body of the request may not have been read to its end. The
connection is closed after such an answer.
"""


class Refused(Exception):
    """The request is refused: the answer has this HTTP status and, in the protocol's error object, this
    message.
    """

    def __init__(self, status: int, message: str, *, retry_after: int = 0, closes: bool = False) -> None:
        """`retry_after` is in seconds; if it is 0, the answer does not say when to try again. With `closes`,
        the connection is closed after the answer.
        """
        super().__init__(message)
        self.status, self.message, self.retry_after = status, message, retry_after
        self.closes = closes or status in _UNREAD

    @property
    def headers(self) -> dict[str, str]:
        """The headers for this answer: ``Retry-After``, and ``Connection: close`` if the body may not have
        been read.

        If the connection stayed open, the rest of the body would be parsed as the next request.
        """
        retry = {"retry-after": str(self.retry_after)} if self.retry_after else {}
        return retry | ({"connection": "close"} if self.closes else {})


INTERNAL = Refused(500, "Internal error of the server")
"""The answer to an internal error."""


def is_loopback(host: str) -> bool:
    """Whether a server that binds to this address can be reached from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_SHORTEST_KEY = 16


def read_key(path: Path | None, host: str) -> str:
    """Read the key from the file at `path`; the key is empty if `path` is None.

    Raises OptionError if the key is too short, or if there is no key and other machines can reach the server
    at `host`.
    """
    if path is None:
        if is_loopback(host):
            return ""
        raise OptionError(
            "other machines could use this server without a key",
            where=f"--host {host}",
            expected="--api-key-file FILE",
            action="Make one: python -c 'import secrets; print(secrets.token_urlsafe())' > FILE",
        )
    key = read_whole(path, most=4096, error=OptionError).decode("utf-8", errors="replace").strip()
    if len(key) < _SHORTEST_KEY or not key.isprintable() or " " in key:
        raise OptionError(
            "holds no key",
            where=f"--api-key-file {path}",
            expected=f"one line of {_SHORTEST_KEY} characters or more",
        )
    return key


class Keys:
    """Checks keys. The time that a check takes does not depend on the key. If the server has no key, every
    request is allowed.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    @property
    def wanted(self) -> bool:
        return bool(self._key)

    @property
    def session(self) -> str:
        """The value of the cookie that shows that a browser has sent the key. The key cannot be derived from
        this value.
        """
        return hmac.new(self._key.encode(), b"egiz session", sha256).hexdigest()

    def check(self, *, given: object, authorization: str, cookie: str) -> None:
        """Raise Refused if a key is required and the request does not have it: neither as parameter, nor in
        the authorization header, nor as cookie.
        """
        if not self._key:
            return
        scheme, _, token = authorization.partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else ""
        offered = [(str(given or ""), self._key), (bearer, self._key), (cookie, self.session)]
        good = [hmac.compare_digest(one.encode(errors="replace"), other.encode()) for one, other in offered]
        if not any(good):
            message = "Invalid API key" if any(one for one, _ in offered) else "An API key is required"
            raise Refused(403, message)


class AccessRules:
    """Decides which hosts and origins may use the server."""

    def __init__(self, host: str, hosts: Collection[str], origins: Collection[str]) -> None:
        self._hosts = {"localhost", host.lower(), *(name.lower() for name in hosts)}
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    def check(self, host: str, origin: str | None, fetch_site: str) -> str | None:
        """Check the headers of a request. If the request comes from an allowed origin other than the server's
        own, return this origin, which the CORS headers must name; else return None.

        Raises Refused if the host or the origin is not allowed.
        """
        name = _host_name(host)
        if name is None or not (name in self._hosts or _is_address(name)):
            raise Refused(
                403,
                "this server does not accept that host name; --allow-host allows one, such as a proxy's",
            )
        if origin is None:
            if fetch_site == "cross-site":
                raise Refused(403, "another site may not use this server")
            return None
        if origin.lower() in self._origins:
            return origin
        if origin == "null" or urlsplit(origin).netloc.lower() != host.lower():
            raise Refused(403, "another site may not use this server; --allow-origin allows one")
        return None


def _host_name(host: str) -> str | None:
    """The host name in a Host header, without the port; None if the header is malformed."""
    if not host or set("/@?#\\ ") & set(host):
        return None
    try:
        parts = urlsplit(f"//{host}")
        return parts.hostname if parts.port is None or parts.port else None
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


Record = Callable[..., None]
"""Called after each request with `path`, `method`, `status`, `seconds` and `received` (size of the body in
bytes).
"""


class Guard:
    """The outermost layer of the application: it checks access, limits size and time, and answers errors."""

    def __init__(
        self,
        app: App,
        *,
        access: AccessRules,
        limits: Limits,
        record: Record,
        failed: Callable[[BaseException], None],
        large: Iterable[str] = (),
        open_ended: Iterable[str] = (),
    ) -> None:
        """`large` and `open_ended` are beginnings of paths. Requests for the paths in `large` may send files;
        answers to the paths in `open_ended` may take any time.
        """
        self._app, self._access, self._limits = app, access, limits
        self._record, self._failed = record, failed
        self._large, self._open_ended = tuple(large), tuple(open_ended)
        self._at_work = 0

    @property
    def at_work(self) -> int:
        """The number of requests that are being answered."""
        return self._at_work

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        started = time.perf_counter()
        body = _Body(receive, self._limits.body_seconds, self._most(scope["path"]))
        self._at_work += 1
        try:
            await self._served(scope, body, answer)
        except Refused as refusal:
            await answer.refuse(refusal)
        except (ConnectionError, asyncio.CancelledError):
            answer.status = answer.status or 499
        except Exception as error:
            self._failed(error)
            await answer.refuse(INTERNAL)
        finally:
            self._at_work -= 1
            spent = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "") or "other"
            self._record(
                path=route, method=scope["method"], status=answer.status, seconds=spent, received=body.length
            )

    def _most(self, path: str) -> int:
        return self._limits.file + 65_536 if path.startswith(self._large) else self._limits.body

    async def _served(self, scope: Message, body: _Body, answer: _Answer) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        allowed = self._access.check(
            headers.get("host", ""), headers.get("origin"), headers.get("sec-fetch-site", "")
        )
        if allowed is not None:
            answer.allow(allowed)
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            return await answer.plain(204)
        if "transfer-encoding" in headers and "content-length" in headers:
            message = "the body has a length and a transfer encoding, expected one of them"
            raise Refused(400, message, closes=True)  # a proxy might see another end of the body than we do
        if self._at_work > self._limits.requests:
            raise Refused(429, "Slowdown: too many requests are being answered", retry_after=1)
        length = headers.get("content-length", "0")
        if length.isascii() and length.isdecimal() and int(length) > body.most:
            raise Refused(413, f"the body is larger than {body.most >> 10} KB")
        if scope["path"].startswith(self._open_ended):
            return await self._app(scope, body, answer)
        try:
            async with asyncio.timeout(self._limits.seconds):
                await self._app(scope, body, answer)
        except TimeoutError:
            raise Refused(503, "the answer took too long", retry_after=30) from None
        return None


class _Body:
    """Receives the body of a request; raises Refused if it is larger or takes longer than allowed."""

    def __init__(self, receive: Receive, seconds: float, most: int) -> None:
        self._receive, self._seconds, self.most = receive, seconds, most
        self._until: float | None = None
        self._done = False
        self.length = 0

    async def __call__(self) -> Message:
        if self._done:
            return await self._receive()  # nothing follows but the end of the connection
        now = asyncio.get_running_loop().time()
        self._until = self._until or now + self._seconds
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise Refused(408, f"the body took more than {self._seconds:g} s") from None
        self.length += len(message.get("body", b""))
        if self.length > self.most:
            raise Refused(413, f"the body is larger than {self.most >> 10} KB")
        self._done = not message.get("more_body", False)
        return message


class _Answer:
    """Sends an answer with the security headers added, and notes whether a part of the answer was sent
    already.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._more: dict[str, str] = {}
        self.status = 0

    def allow(self, origin: str) -> None:
        self._more = {
            "access-control-allow-origin": origin,
            "access-control-allow-headers": "content-type, authorization",
            "access-control-allow-methods": "GET, POST",
            "vary": "origin",
            "cross-origin-resource-policy": "cross-origin",
        }

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = {name.decode("latin-1").lower() for name, _ in message.get("headers", ())}
            added = {"content-security-policy": POLICY, **_HEADERS, **self._more}
            message["headers"] = [
                *message.get("headers", ()),
                *((name.encode(), text.encode("latin-1")) for name, text in added.items() if name not in own),
            ]
        await self._send(message)

    async def plain(self, status: int, content: bytes = b"", *headers: tuple[bytes, bytes]) -> None:
        length = (b"content-length", str(len(content)).encode())
        await self({"type": "http.response.start", "status": status, "headers": [length, *headers]})
        await self({"type": "http.response.body", "body": content})

    async def refuse(self, refusal: Refused) -> None:
        """Answer with an error. If a part of another answer was sent already, the connection is closed
        instead.
        """
        if self.status:
            return
        content = json.dumps({"error": refusal.message}, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"content-type": "application/json"} | refusal.headers
        await self.plain(
            refusal.status, content, *((name.encode(), text.encode()) for name, text in headers.items())
        )
