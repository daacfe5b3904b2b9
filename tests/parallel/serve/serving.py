"""A running `egiz serve` and what tests say to it."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import subprocess
import threading
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from egiz.translate.models.manifest import MANIFEST
from egiz.translate.models.store import starter_folder
from tests.parallel.commandline import start


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Served:
    """A server: its process, its address, and the lines that it wrote since."""

    process: subprocess.Popen[bytes]
    address: str
    lines: list[str]

    @property
    def place(self) -> tuple[str, int]:
        parts = urlsplit(self.address)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    def send(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection(*self.place, timeout=60)
        try:
            data = body.encode() if isinstance(body, str) else body
            with suppress(BrokenPipeError, ConnectionResetError):  # a server may answer before all is sent
                connection.request(method, path, data, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def ask(self, path: str, **fields: Any) -> Answer:
        return self.send("POST", path, json.dumps(fields), {"content-type": "application/json"})

    def upload(self, path: str, name: str, data: bytes, **fields: str) -> Answer:
        body, kind = multipart(name, data, fields)
        return self.send("POST", path, body, {"content-type": kind})

    def end(self) -> int:
        """End the server as an operator does; gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def multipart(name: str, data: bytes, fields: Mapping[str, str]) -> tuple[bytes, str]:
    """A form with a file, and its content type."""
    mark = "egiz-test-boundary"
    parts = [
        f'--{mark}\r\ncontent-disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{mark}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return b"".join(
        [*parts, head, data, f"\r\n--{mark}--\r\n".encode()]
    ), f"multipart/form-data; boundary={mark}"


def finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine comes to, in a thread of its own: browser tests have a loop in the main one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def without_english(folder: Path) -> Path:
    """Make a model of the starter's files that has only Kazakh and Russian."""
    folder.mkdir()
    for file in starter_folder().iterdir():
        if file.name != MANIFEST:
            (folder / file.name).symlink_to(file)
    manifest = json.loads((starter_folder() / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps(manifest | {"languages": ["kk", "ru"]}), encoding="utf-8")
    return folder


@contextmanager
def serving(home: Path, *arguments: str | Path) -> Iterator[Served]:
    """A server on a free port, ended at the end of the block."""
    process = start(home, "serve", "--port", "0", *arguments)
    assert process.stderr is not None
    first = process.stderr.readline().decode()
    assert first.startswith("serving "), first + process.stderr.read().decode()
    lines: list[str] = []
    stream = process.stderr
    reader = threading.Thread(target=lambda: lines.extend(line.decode() for line in stream), daemon=True)
    reader.start()
    try:
        yield Served(process, first.split()[-1], lines)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        reader.join()
        for stream_ in (process.stdout, process.stderr):
            if stream_ is not None:
                stream_.close()
