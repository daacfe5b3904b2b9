"""Kill `egiz serve` at any moment, start it again, and see that no edit is lost and no file is different.

    python benchmarks/kill_serve.py [--runs 30] [--seed 0] [--sentences 8] [--smoke]

A server that nobody disturbs builds a document, then translates a file and builds a second document. In each
run a server with a copy of that workspace, before the file came, and with an empty home does the same, while
the first document is edited again and again; at a random moment within the time that the undisturbed server
took, it is killed (two of three times by SIGKILL, else by SIGTERM) and started again. Then

- the files that it had taken must be finished without being asked for again, and the file and the second
  document must have the bytes of the undisturbed server;
- the first document must have the text of the last edit that was acknowledged, or of the one whose answer was
  still to come.

Exit status 1 where one has not.
"""

from __future__ import annotations

import argparse
import atexit
import http.client
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from processes import program

SEED = Path(__file__).resolve().parent.parent / "seeds" / "kk" / "qaita-quru.txt"
STATE = ".egiz-serve"
FIRST, SECOND = "Бұл кітап. Бұл жақсы кітап.", "second"
PATIENCE = 600.0
"""Seconds after which a file counts as not finished."""


class Server:
    """A server of a workspace, started anew."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "workspace"
        egiz = program()
        command = [egiz, "serve", str(self.workspace), "--port", "0", "--home", str(folder / "home")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        atexit.register(self.process.kill)  # where this program fails
        assert self.process.stderr is not None
        self.first = self.process.stderr.readline().decode()
        self.place = urlsplit(self.first.split()[-1]).netloc if self.first.startswith("serving") else ""

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """Status and body of an answer; raises OSError or HTTPException where the server is gone."""
        connection = http.client.HTTPConnection(self.place, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"content-type": kind} if kind else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def upload(self, path: str, name: str, text: str, **fields: str) -> tuple[int, bytes]:
        """Send a text as a file."""
        mark = "egiz-kill"
        parts = [
            f'--{mark}\r\ncontent-disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        head = f'--{mark}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join([*parts, head, text, f"\r\n--{mark}--\r\n"]).encode()
        return self.ask("POST", path, body, f"multipart/form-data; boundary={mark}")

    def translated(self, text: str) -> bytes:
        """The bytes of a file, translated."""
        status, body = self.upload("/translate_file", "file.txt", text, source="kk", target="ru")
        assert status == 200, body
        return self.ask("GET", urlsplit(json.loads(body)["translatedFileUrl"]).path)[1]

    def built(self, name: str, text: str) -> None:
        """Have a document built, unless it was taken already, and wait for it."""
        if name not in self.states():
            status, body = self.upload("/documents", f"{name}.txt", text, source="kk", targets="ru")
            assert status == 202, body
        self.wait(lambda: self.states().get(name) == "done")

    def states(self) -> dict[str, str]:
        """The documents and how far they are."""
        return {item["id"]: item["state"] for item in json.loads(self.ask("GET", "/documents")[1])}

    def jobs(self) -> list[str]:
        """The states of the files that it has taken."""
        places = (self.workspace / STATE / "files").glob("*/job.json")
        return [json.loads(place.read_text("utf-8"))["state"] for place in places]

    def wait(self, is_done: Any) -> None:
        """Wait for something; raises TimeoutError."""
        until = time.monotonic() + PATIENCE
        while not is_done():
            if time.monotonic() > until:
                raise TimeoutError("not finished")
            time.sleep(0.2)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and wait until the server has ended."""
        self.process.send_signal(how)
        status = self.process.wait(PATIENCE)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return status


@dataclass(slots=True)
class Edits:
    """The edits of the first sentence of the first document: what stands, and what may."""

    stands: str
    asked: str = ""
    acknowledged: int = 0
    wrong: list[str] = field(default_factory=list)

    def go_on(self, server: Server, number: int = 0) -> None:
        """Edit until the server is gone."""
        while True:
            number += 1
            self.asked = f"Правка {number}."
            edit = {
                "row": "first:1.1",
                "source": "Бұл кітап.",
                "previous": "",
                "following": "Бұл жақсы кітап.",
                "language": "ru",
                "before": self.stands,
                "after": self.asked,
                "approved": False,
                "comment": "",
                "seen": [],
                "time": f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z",
            }
            file = {"format": "egiz-edits", "version": 2, "table": "0" * 64, "author": "А", "edits": [edit]}
            try:
                status, body = server.ask(
                    "POST", "/documents/first/edits", json.dumps(file).encode(), "application/json"
                )
            except (OSError, http.client.HTTPException):
                return
            if status == 503:  # being stopped
                return
            if status != 200:
                self.wrong.append(f"edit {number}: {status} {body[:200]!r}")
                return
            self.stands = self.asked
            self.acknowledged += 1


def main() -> int:
    """Run all, print what was seen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sentences", type=int, default=8)
    parser.add_argument("--smoke", action="store_true")
    given = parser.parse_args()
    runs, sentences = (1, 2) if given.smoke else (given.runs, given.sentences)
    lines = [line for line in SEED.read_text(encoding="utf-8").splitlines() if line.strip()]
    file, second = "\n".join(lines[:sentences]), "\n\n".join(lines[sentences : 2 * sentences])
    chance, seen, good = random.Random(given.seed), Counter[str](), 0
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain"
        server = Server(plain)
        server.built("first", FIRST)
        began = _first_text(server)
        server.end()
        shutil.copytree(plain / "workspace", Path(folder) / "before")
        shutil.rmtree(plain / "home")
        server = Server(plain)
        started = time.monotonic()
        waiting = threading.Thread(target=server.built, args=(SECOND, second))
        waiting.start()
        translated = server.translated(file)
        waiting.join()
        takes = time.monotonic() - started
        server.end()
        document = contents(plain / "workspace" / SECOND)
        for number in range(runs):
            own = Path(folder) / str(number)
            shutil.copytree(Path(folder) / "before", own / "workspace")
            found = once(own, (file, second), (translated, document), began, takes, chance, seen)
            shutil.rmtree(own)
            good += not found
            print(f"run {number}: {'; '.join(found) or 'whole'}", flush=True)
    for what, times in sorted(seen.items()):
        print(f"{times:5} {what}")
    print(f"{good} of {runs} ended with every edit and the same bytes")
    return 0 if good == runs else 1


def once(
    folder: Path,
    texts: tuple[str, str],
    wanted: tuple[bytes, dict[str, bytes]],
    began: str,
    takes: float,
    chance: random.Random,
    seen: Counter[str],
) -> list[str]:
    """One run: what is wrong after the server was killed and started again. Notes in `seen` what was hit."""
    server = Server(folder)
    edits = Edits(stands=began)
    work = [
        threading.Thread(target=_ignored, args=(server.translated, texts[0])),
        threading.Thread(target=_ignored, args=(server.built, SECOND, texts[1])),
        threading.Thread(target=edits.go_on, args=(server,)),
    ]
    for thread in work:
        thread.start()
    time.sleep(chance.uniform(0, takes))
    how = chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
    server.end(how)
    for thread in work:
        thread.join()
    seen[how.name] += 1
    seen["edits that were acknowledged"] += edits.acknowledged
    seen["killed with a file unfinished"] += "waiting" in server.jobs()
    seen["killed with a document unfinished"] += (server.workspace / STATE / "builds" / SECOND).exists()

    server = Server(folder)
    wrong = list(edits.wrong)
    try:
        server.wait(lambda: "waiting" not in server.jobs())
        server.built(SECOND, texts[1])
        if server.translated(texts[0]) != wanted[0]:
            wrong.append("the file differs")
        made = contents(server.workspace / SECOND)
        wrong += [
            f"{name} differs" for name in sorted(made | wanted[1]) if made.get(name) != wanted[1].get(name)
        ]
        if (text := _first_text(server)) not in (edits.stands, edits.asked):
            wrong.append(f"{text!r} stands, acknowledged was {edits.stands!r}")
    except (OSError, AssertionError, http.client.HTTPException) as error:
        wrong.append(f"{type(error).__name__}: {error}")
    server.end()
    return wrong


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a document."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _first_text(server: Server) -> str:
    """The translation of the first sentence of the first document, from its published table."""
    lines = (server.workspace / "first" / "parallel.tsv").read_text(encoding="utf-8").splitlines()
    return dict(zip(lines[0].split("\t"), lines[1].split("\t"), strict=True))["ru"]


def _ignored(work: Any, *arguments: str) -> None:
    """Do what a killed server does not answer."""
    with suppress(OSError, http.client.HTTPException, AssertionError, ValueError):
        work(*arguments)


if __name__ == "__main__":
    sys.exit(main())
