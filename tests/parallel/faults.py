"""Publishing while one system call after the other fails, is interrupted, or is the last of its process.

Run as a script, in a process of its own: an audit hook cannot be taken off again. It prints one JSON line for
each case.
"""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


class Calls:
    """Counts system calls below a folder, and acts at one of them."""

    def __init__(self) -> None:
        self.root: Path | None = None
        self.act: Callable[[], object] = lambda: None
        self.step = self.at = 0
        self.name = ""

    def arm(self, root: Path, at: int, act: Callable[[], object]) -> None:
        self.root, self.at, self.act, self.step, self.name = root, at, act, 0, ""

    def disarm(self) -> None:
        self.root = None

    def count(self, name: str) -> None:
        if self.root is None:
            return
        self.step += 1
        if self.step == self.at:
            self.name = name
            self.act()

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.root is not None and event in EVENTS and any(map(self._is_below, arguments)):
            self.count(EVENTS[event])

    def _is_below(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(str(self.root))


CALLS = Calls()


class CountedFile(io.FileIO):
    def write(self, data: Any, /) -> int:
        CALLS.count("write")
        return super().write(data)

    def close(self) -> None:
        was_open = not self.closed
        super().close()
        if was_open:
            CALLS.count("close")


io.FileIO = CountedFile  # type: ignore[misc]

import filelock  # noqa: E402, F401 (its own files are read before anything is counted)

from egiz.parallel.publish import Publication, recover  # noqa: E402
from egiz.translate.errors import OutputError  # noqa: E402

ERRORS = ("ENOSPC", "EIO", "EACCES")
EVENTS = {
    "open": "open",
    "os.rename": "rename",
    "os.link": "link",
    "os.remove": "unlink",
    "os.mkdir": "mkdir",
    "os.rmdir": "rmdir",
    "os.scandir": "list",
    "os.listdir": "list",
}
"""What the interpreter announces before it asks the system, in whatever way the program came to it."""

OLD = {
    "a.tsv": "old a",
    "datapackage.json": "old manifest",
    "page.html": "old page",
    "mine.txt": "of others",
}
NEW = {"a.tsv": "new a", "b.tsv": "new b", "datapackage.json": "new manifest", "mine.txt": "of others"}


@dataclass(kw_only=True)
class Case:
    """What happened: `call` at `step` met with `action`; what was raised, and what stood there afterwards.

    `torn` says that it was neither the old nor the new state at once (allowed for a dead process alone), or
    that a manifest stood beside what it does not describe (never allowed).
    """

    start: str
    action: str
    step: int
    call: str = ""
    raised: str = ""
    state: str = ""
    torn: str = ""
    hidden: int = 0
    next_state: str = ""


def watch() -> None:
    sys.addaudithook(CALLS.hook)
    close, write = os.close, Path.write_text

    def counted_sync(handle: int) -> None:
        CALLS.count("fsync")  # and nothing is synced: no power fails here

    def counted_close(handle: int) -> None:
        close(handle)
        CALLS.count("close")

    def counted_write(path: Path, *given: Any, **named: Any) -> int:
        CALLS.count("write")
        return write(path, *given, **named)

    os.fsync, os.close = counted_sync, counted_close
    Path.write_text = counted_write  # type: ignore[method-assign]


def publish(folder: Path) -> None:
    with Publication(folder) as publication:
        publication.write("datapackage.json", NEW["datapackage.json"])
        publication.write("a.tsv", NEW["a.tsv"])
        try:
            publication.path("b.tsv").write_text(NEW["b.tsv"], encoding="utf-8")
        except OSError as error:  # who writes by path says so in words, as all commands do
            raise OutputError("cannot write b.tsv") from error
        publication.drop("page.html")


def start(folder: Path, kind: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if kind == "published":
        folder.mkdir()
        for name, text in OLD.items():
            (folder / name).write_text(text, encoding="utf-8")


def seen(folder: Path) -> dict[str, str]:
    names = sorted(folder.iterdir()) if folder.exists() else []
    return {path.name: path.read_text(encoding="utf-8") for path in names if not path.name.startswith(".")}


def state(folder: Path, kind: str) -> str:
    found = seen(folder)
    if found == (OLD if kind == "published" else {}):
        return "old"
    mine = {name: text for name, text in NEW.items() if kind == "published" or name != "mine.txt"}
    return "new" if found == mine else "other"


def torn(folder: Path) -> str:
    """What must not be seen even while files are on their way."""
    found = seen(folder)
    for name, text in found.items():
        if text not in (OLD.get(name), NEW.get(name)):
            return f"{name} is {text!r}"
    for manifest, files in ((OLD, OLD), (NEW, NEW)):
        if found.get("datapackage.json") == manifest["datapackage.json"]:
            wrong = [name for name in files if name != "mine.txt" and found.get(name) != files[name]]
            if wrong:
                return f"the manifest {manifest['datapackage.json']!r} stands beside other {wrong}"
    return ""


def hidden(folder: Path) -> int:
    return len([path for path in folder.iterdir() if path.name.startswith(".")]) if folder.exists() else 0


def finish(case: Case, folder: Path) -> None:
    """Note what stands there, and what a next command makes of it."""
    recover(folder)
    case.state, case.hidden = state(folder, case.start), hidden(folder)
    publish(folder)
    case.next_state = state(folder, case.start) if not hidden(folder) else "hidden files were left"
    print(json.dumps(asdict(case)))


def failing(folder: Path, kind: str, action: str, act: Callable[[], object]) -> None:
    """One call after the other fails or is interrupted; the state is noted before anything is recovered."""
    step = 0
    while True:
        step += 1
        start(folder, kind)
        case = Case(start=kind, action=action, step=step)
        CALLS.arm(folder, step, act)
        try:
            publish(folder)
        except (OutputError, KeyboardInterrupt) as error:
            case.raised = type(error).__name__
        finally:
            CALLS.disarm()
        if not CALLS.name:
            return
        case.call = CALLS.name
        now = state(folder, kind)
        case.torn = torn(folder) or ("neither old nor new" if now == "other" else "")
        if not case.raised and now != "new":
            case.torn = f"nothing was raised, and the state is {now}"
        finish(case, folder)


def dying(folder: Path, kind: str) -> None:
    """The process dies at one call after the other; those that recover die at each of theirs too."""
    step = 0
    while True:
        step += 1
        start(folder, kind)
        if died(folder, step, publish) == 0:
            return
        case = Case(start=kind, action="death", step=step, torn=torn(folder))
        again = 0
        while any(folder.glob(".egiz-*/journal.json")):
            again += 1
            if died(folder, again, recover) == 0:
                break
            case.torn = case.torn or torn(folder)
        finish(case, folder)


def died(folder: Path, step: int, work: Callable[[Path], None]) -> int:
    """Do the work in a process that dies at a call; its status, 0 where there were fewer CALLS."""
    child = os.fork()
    if child == 0:
        CALLS.arm(folder, step, lambda: os._exit(9))
        work(folder)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    folder = Path(sys.argv[1]) / "out"
    signal.signal(signal.SIGINT, signal.default_int_handler)
    watch()

    def fail(name: str) -> Callable[[], object]:
        def act() -> None:
            number = getattr(errno, name)
            raise OSError(number, os.strerror(number))

        return act

    for name in ERRORS:
        failing(folder, "published", name, fail(name))
    failing(folder, "nothing", "EIO", fail("EIO"))
    if hasattr(os, "fork"):
        for kind in ("published", "nothing"):
            failing(folder, kind, "SIGINT", lambda: os.kill(os.getpid(), signal.SIGINT))
        dying(folder, "published")


if __name__ == "__main__":
    main()
