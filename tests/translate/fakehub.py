"""A Hugging Face hub of one's own on the loopback interface: the two calls that fetching a model makes."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(kw_only=True)
class FakeRepository:
    """Files by commit, commits by branch or tag, and how the hub is to misbehave."""

    commits: dict[str, dict[str, bytes]]
    references: dict[str, str]
    licence: str = "mit"
    gated: bool = False
    cut: dict[str, int] = field(default_factory=dict)
    """How many times yet the connection drops half way through this file."""
    spoilt: set[str] = field(default_factory=set)
    """Files that are served with another content than listed."""


@dataclass(kw_only=True)
class FakeHub:
    """The hub's address, its repositories, and a count of requests by method, kind and file."""

    endpoint: str
    repositories: dict[str, FakeRepository]
    requests: Counter[str] = field(default_factory=Counter)
    tokens: set[str] = field(default_factory=set)


def commit_of(files: dict[str, bytes]) -> str:
    """A commit hash for these files: 40 hexadecimal digits."""
    content = b"".join(name.encode() + data for name, data in sorted(files.items()))
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def repository(folder: Path, **options: object) -> FakeRepository:
    """A repository whose main branch holds the files of a folder."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    commit = commit_of(files)
    return FakeRepository(commits={commit: files}, references={"main": commit}, **options)  # type: ignore[arg-type]


@contextmanager
def serving(**repositories: FakeRepository) -> Iterator[FakeHub]:
    """Serve repositories, named ``org__name``, until the block ends."""
    named = {key.replace("__", "/"): value for key, value in repositories.items()}
    hub = FakeHub(endpoint="", repositories=named)

    class Handler(_Handler):
        fake = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    fake: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        parts = [unquote(part) for part in urlsplit(self.path).path.strip("/").split("/")]
        if token := self.headers.get("Authorization"):
            self.fake.tokens.add(token)
        if parts[:2] == ["api", "models"]:
            name, revision = "/".join(parts[2:4]), "/".join(parts[5:]) or "main"
        else:
            name, revision = "/".join(parts[:2]), parts[3]
        found = self.fake.repositories.get(name)
        if found is None:
            return self._refuse(404, "RepoNotFound")
        if found.gated and "Authorization" not in self.headers:
            return self._refuse(401, "GatedRepo")
        commit = found.references.get(revision, revision)
        if commit not in found.commits:
            return self._refuse(404, "RevisionNotFound")
        if parts[0] == "api":
            return self._list(name, found, commit)
        return self._send(found, commit, "/".join(parts[4:]), body=body)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _list(self, name: str, found: FakeRepository, commit: str) -> None:
        siblings = []
        for file, data in found.commits[commit].items():
            entry: dict[str, object] = {"rfilename": file, "size": len(data), "blobId": "0" * 40}
            if file.endswith((".bin", ".model", ".safetensors")):
                sha256 = hashlib.sha256(data).hexdigest()
                entry["lfs"] = {"sha256": sha256, "size": len(data), "pointerSize": 130}
            siblings.append(entry)
        content = {
            "id": name,
            "modelId": name,
            "sha": commit,
            "siblings": siblings,
            "cardData": {"license": found.licence},
            "tags": [],
        }
        self.fake.requests["list"] += 1
        data = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _send(self, found: FakeRepository, commit: str, file: str, *, body: bool) -> None:
        data = found.commits[commit].get(file)
        if data is None:
            return self._refuse(404, "EntryNotFound")
        if file in found.spoilt:
            data = bytes(len(data))
        asked = self.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").split("-")[0]) if asked.startswith("bytes=") else 0
        self.fake.requests[f"{self.command} {file}"] += 1
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", commit)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.fake.requests[f"range {file}"] += 1
        self.end_headers()
        if not body:
            return None
        if found.cut.get(file, 0) > 0:
            found.cut[file] -= 1
            self.wfile.write(data[start : start + max(1, (len(data) - start) // 2)])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
            return None
        self.wfile.write(data[start:])
        return None
