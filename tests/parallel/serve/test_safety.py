"""Limits of time and size, keys, and a server that is stopped, killed and started again."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs egiz[serve]")
pytest.importorskip("uvicorn", reason="needs egiz[serve]")

from egiz.parallel.serve.app import STATE
from egiz.parallel.serve.files import FileJob, Files
from egiz.parallel.serve.queue import Stopped
from egiz.parallel.serve.safety import AccessRules, Guard, Keys, Limits, Refused, read_key
from egiz.parallel.serve.service import detect
from egiz.translate.errors import OptionError
from tests.parallel.commandline import egiz
from tests.parallel.serve.serving import Served, finished, serving

Message = MutableMapping[str, Any]
MODEL = {"model": "", "identity": "model"}


async def echo(scope: Message, receive: Any, send: Any) -> None:
    """An application that reads its whole body."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


def said(
    limits: Limits, chunks: list[bytes], *, wait: float = 0.0, app: Any = echo, path: str = "/a"
) -> list[Message]:
    """What a guarded application answers to a body in chunks, each of them that many seconds late."""
    made: list[Message] = []
    failures: list[BaseException] = []
    guard = Guard(
        app,
        access=AccessRules("127.0.0.1", (), ()),
        limits=limits,
        record=lambda **fields: None,
        failed=failures.append,
        large=("/large",),
    )

    async def receive() -> Message:
        await asyncio.sleep(wait)
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    async def send(message: Message) -> None:
        made.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": [(b"host", b"localhost:1")]}
    finished(guard(scope, receive, send))
    assert guard.at_work == 0
    return made


def test_a_slow_body_is_given_up() -> None:
    first, second = said(Limits(body_seconds=0.05), [b"a"] * 100, wait=0.02)
    assert first["status"] == 408
    assert list(json.loads(second["body"])) == ["error"]


def test_a_body_is_read_only_as_far_as_allowed() -> None:
    chunks = [b"a" * 1000] * 100
    assert said(Limits(body=5000), chunks)[0]["status"] == 413
    assert len(chunks) == 94
    assert said(Limits(body=5000, file=10**6), [b"a" * 1000] * 100, path="/large")[0]["status"] == 200


def test_an_endless_answer_is_given_up() -> None:
    async def endless(scope: Message, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    first, _ = said(Limits(seconds=0.05), [b""], app=endless)
    assert first["status"] == 503
    assert (b"retry-after", b"30") in first["headers"]


def test_a_fault_of_ours_says_nothing_of_itself() -> None:
    async def faulty(scope: Message, receive: Any, send: Any) -> None:
        raise ValueError("secret text")

    first, second = said(Limits(), [b""], app=faulty)
    assert first["status"] == 500
    assert b"secret" not in second["body"]


def test_more_requests_than_allowed_are_told_to_come_again() -> None:
    first, _ = said(Limits(requests=0), [b""])
    assert (first["status"], dict(first["headers"])[b"retry-after"]) == (429, b"1")


@pytest.mark.parametrize(
    ("host", "origin", "site", "is_let_in"),
    [
        ("localhost:5000", None, "", True),
        ("127.0.0.1:5000", "http://127.0.0.1:5000", "same-origin", True),
        ("[::1]:5000", "http://[::1]:5000", "", True),
        ("192.168.1.5", None, "", True),
        ("egiz.example", None, "", True),
        ("EGIZ.example:443", "https://egiz.example:443", "", True),
        ("localhost", "https://friend.example", "cross-site", True),
        ("localhost", "chrome-extension://abc", "", True),
        ("evil.example", None, "", False),
        ("localhost.evil.example", None, "", False),
        ("", None, "", False),
        ("localhost", "https://evil.example", "", False),
        ("localhost", "null", "", False),
        ("localhost:5000", "http://localhost:6000", "same-site", False),
        ("localhost", None, "cross-site", False),
    ],
)
def test_doors(host: str, origin: str | None, site: str, is_let_in: bool) -> None:
    doors = AccessRules("127.0.0.1", ("egiz.example",), ("https://friend.example/", "chrome-extension://abc"))
    if is_let_in:
        doors.check(host, origin, site)
    else:
        with pytest.raises(Refused) as refused:
            doors.check(host, origin, site)
        assert refused.value.status == 403


@pytest.mark.parametrize(
    ("given", "authorization", "cookie", "is_let_in"),
    [
        ("a-key-of-letters", "", "", True),
        ("", "Bearer a-key-of-letters", "", True),
        ("", "", "SESSION", True),
        ("", "", "", False),
        ("a-key-of-letterS", "", "", False),
        (None, "Basic a-key-of-letters", "", False),
        (["a-key-of-letters"], "", "", False),
        ("", "", "a-key-of-letters", False),
        ("ключ\ud800", "", "", False),
    ],
)
def test_keys(given: object, authorization: str, cookie: str, is_let_in: bool) -> None:
    keys = Keys("a-key-of-letters")
    cookie = keys.session if cookie == "SESSION" else cookie
    if is_let_in:
        keys.check(given=given, authorization=authorization, cookie=cookie)
    else:
        with pytest.raises(Refused):
            keys.check(given=given, authorization=authorization, cookie=cookie)


def test_others_need_a_key(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("a-key-of-letters\n", encoding="utf-8")
    assert read_key(None, "127.0.0.1") == read_key(None, "::1") == ""
    assert read_key(file, "0.0.0.0") == "a-key-of-letters"
    file.write_text("short", encoding="utf-8")
    for key, host in (
        (None, "0.0.0.0"),
        (None, "egiz.example"),
        (file, "127.0.0.1"),
        (tmp_path / "no", "::1"),
    ):
        with pytest.raises(OptionError):
            read_key(key, host)
    run = egiz(tmp_path, "serve", "--host", "0.0.0.0", "--port", "0")
    assert run.returncode == 2
    assert "--api-key-file" in run.stderr.decode()


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Қазақ тілі", "kk"),
        ("Это простое предложение", "ru"),
        ("A plain sentence", "en"),
        ("Мен келдім", "kk"),
        ("Привет", "ru"),
    ],
)
def test_detection(text: str, tag: str) -> None:
    found = detect(text, ("en", "kk", "ru"))
    assert found[0][0] == tag
    assert sum(share for _, share in found) == pytest.approx(1, abs=0.03)


def test_nothing_is_detected_without_letters() -> None:
    assert detect("123 — …", ("en", "kk", "ru")) == []


def test_files_go_on_where_they_were_left(tmp_path: Path) -> None:
    """The first server is stopped while a file waits; the second one finishes it, and knows it again."""
    state = {"stopped": True}

    def work(data: bytes, job: FileJob) -> bytes:
        if state["stopped"]:
            raise Stopped
        return data.upper()

    async def first() -> None:
        files = Files(tmp_path / "files", work, most=5)
        files.start()
        with pytest.raises(Refused) as refused:
            await files.translated(b"abc", "../x/a.txt", "kk", "ru", (), "safe", **MODEL)
        assert refused.value.status == 503
        await files.close()

    async def second() -> None:
        files = Files(tmp_path / "files", work, most=5)
        files.start()
        assert files.waiting == 1
        job = await files.translated(b"abc", "../x/a.txt", "kk", "ru", (), "safe", **MODEL)
        assert job.result_name == f"{job.id}.a_ru.txt"
        found = files.result(job.result_name)
        assert found is not None
        assert found[1].read_bytes() == b"ABC"
        assert files.result(f"{job.id}.b_ru.txt") is None
        await files.close()

    finished(first())
    (tmp_path / "files" / "new-unfinished").mkdir()  # a server was killed while it took a file
    state["stopped"] = False
    finished(second())
    assert [len(place.name) for place in (tmp_path / "files").iterdir()] == [32]


def test_too_many_files_are_told_to_come_again(tmp_path: Path) -> None:
    go = threading.Event()

    async def run() -> None:
        files = Files(tmp_path / "files", lambda data, job: data if go.wait(30) else b"", most=1)
        files.start()
        waiting = asyncio.ensure_future(files.translated(b"a", "a.txt", "kk", "ru", (), "off", **MODEL))
        same = asyncio.ensure_future(files.translated(b"a", "a.txt", "kk", "ru", (), "off", **MODEL))
        await asyncio.sleep(0)
        with pytest.raises(Refused) as refused:
            await files.translated(b"b", "a.txt", "kk", "ru", (), "off", **MODEL)
        assert refused.value.status == 429
        go.set()
        assert (await waiting) == (await same)
        await files.close()

    finished(run())


SENTENCES = [f"Бұл {number} кітап туралы мақала." for number in range(2, 14)]


def test_a_killed_server_goes_on(tmp_path: Path) -> None:
    """Killed in the middle of a file: it is finished after a new start, with the bytes of a plain request."""
    home, workspace = tmp_path / "home", tmp_path / "workspace"
    text = "\n".join(SENTENCES).encode()
    with serving(home, workspace) as server:
        thread = threading.Thread(target=lambda: _uploaded(server, text))
        thread.start()
        files = workspace / STATE / "files"
        while not any(place.name[:4] != "new-" for place in files.iterdir()):
            pass
        server.process.kill()
        server.process.wait(60)
        thread.join()
    (place,) = files.iterdir()
    assert json.loads((place / "job.json").read_text("utf-8"))["state"] == "waiting"
    with serving(home, workspace) as server:
        answer = server.upload("/translate_file", "a.txt", text, source="kk", target="ru")
        assert answer.status == 200
        path = answer.json["translatedFileUrl"].removeprefix(server.address.rstrip("/"))
        assert path.startswith(f"/download_file/{place.name}")
        made = server.send("GET", path).body
        plain = server.ask("/translate", q=text.decode(), source="kk", target="ru").json["translatedText"]
        assert made.decode() == plain
        assert server.end() == 0
    assert {item.name for item in place.iterdir()} == {"job.json", "result"}


def _uploaded(server: Served, text: bytes) -> None:
    with pytest.raises(OSError):  # noqa: PT011 the connection breaks
        server.upload("/translate_file", "a.txt", text, source="kk", target="ru")
