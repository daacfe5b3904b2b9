"""Compare a server that decodes requests of many clients together with servers that decode each one alone.

    python benchmarks/serving.py TABLE [--model starter] [--clients 32] [--rounds 3] [--seconds 8]
                                       [--overload 60]
    python benchmarks/serving.py TABLE --batches

The first column of TABLE, which has no header and some hundreds of rows, is translated from Kazakh into
Russian, one sentence a request, by clients that each wait for their answer; without a translation memory, so
that every sentence is decoded. Each server is a process of its own, each client a thread of this one. In
each round the servers are measured one after the other, for `--seconds` each, so that changes of the
machine's speed affect all of them:

- the server as it is, with one client;
- the same server with all clients;
- a server that decodes each request alone, one after the other, with all clients;
- a server that decodes each request alone, as many at once as the engine has workers, with all clients.

Then, for `--overload` seconds (0 for none, 600 for the full run), requests come to the first server at twice
the rate that it reached, whether or not the earlier ones were answered. Only the statuses 200 and 429 may
come, and each 200 with the translation of the other runs. The resident memory of the server is read every
second; its growth is the mean of the last tenth of the run over that of the second tenth, because caches
fill in the first tenth.

Printed are sentences per second, the median and 95th percentile of the time of an answer, the processor time
of the server for each sentence, statuses, and the ratios with their bars: at least 4 times the sentences per
second of each request alone, a 95th percentile of at most 5 times that of one client, memory within 5 %.
The exit status is 1 if a bar is missed. Run it on a machine that does nothing else: except for the processor
time, all figures are wall time.

With `--batches` only the engine is measured: processor time per sentence in batches of 1 to 32 sentences of
one padded length. With `--smoke` little is measured, in one process, and no bar is applied.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from statistics import mean

from processes import resident

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.serve.app import Application, Settings
from egiz.parallel.serve.queue import Queue
from egiz.parallel.serve.safety import Limits

TIMES, WAIT, MEMORY = 4.0, 5.0, 0.05
"""The bars: gain in sentences per second, growth of the 95th percentile, growth of memory."""


@dataclass(slots=True)
class Run:
    """What the clients of one run saw."""

    seconds: float = 0.0
    processor: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    texts: dict[str, set[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def line(self, name: str) -> str:
        statuses = ", ".join(f"{number} × {status}" for status, number in sorted(self.statuses.items()))
        middle, late = (1000 * self.percentile(share) for share in (0.5, 0.95))
        return (
            f"{name:32}{self.rate:7.1f} sentences/s  median {middle:6.0f} ms  p95 {late:6.0f} ms  "
            f"processor {1000 * self.processor / len(self.times):4.0f} ms a sentence  {statuses}"
        )

    def ask(self, connection: http.client.HTTPConnection, text: str) -> None:
        """Ask for one sentence, and note the answer."""
        body = json.dumps({"q": text, "source": "kk", "target": "ru"})
        begun = time.perf_counter()
        connection.request("POST", "/translate", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        spent = time.perf_counter() - begun
        with self.lock:
            self.statuses[answer.status] += 1
            if answer.status == 200:
                self.times.append(spent)
                self.texts.setdefault(text, set()).add(json.loads(content)["translatedText"])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--overload", type=float, default=60.0)
    parser.add_argument("--batches", action="store_true")
    parser.add_argument("--serve", type=int, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--smoke", action="store_true")
    given = parser.parse_args()
    if given.serve:
        _serve(given.model, *given.serve, lambda port: print(port, flush=True), sys.stdin.read)
        return 0
    lines = given.table.read_text(encoding="utf-8").splitlines()
    texts = list(dict.fromkeys(line.split("\t")[0] for line in lines))
    if given.batches:
        return batches(given.model, texts)
    rounds, seconds, overload, clients = (
        (1, 0.2, 0.2, 4) if given.smoke else (given.rounds, given.seconds, given.overload, given.clients)
    )
    served = partial(serving, given.model, 2 * clients, here=given.smoke)
    stream = Texts(texts)
    runs: dict[str, Run] = {}

    def noted(name: str, process: int, ask: Callable[[Run], None]) -> None:
        before, run = processor_time(process), runs.setdefault(name, Run())
        ask(run)
        run.processor += processor_time(process) - before

    with ExitStack() as stack:
        port, process = stack.enter_context(served())
        alone_port, alone_process = stack.enter_context(served(apart=1))
        several_port, several_process = stack.enter_context(served(apart=0))
        for each in (port, alone_port, several_port):
            asked(Run(), each, stream, 2 * clients if each == port else 2, seconds / 4)  # fills caches
        for _ in range(rounds):
            noted("one client", process, lambda run: asked(run, port, stream, 1, seconds))
            noted("together", process, lambda run: asked(run, port, stream, clients, seconds))
            noted("alone", alone_process, lambda run: asked(run, alone_port, stream, clients, seconds))
            noted(
                "alone, several at once",
                several_process,
                lambda run: asked(run, several_port, stream, clients, seconds),
            )
        sizes = Sizes(process)
        if overload:
            rate = 2 * runs["together"].rate
            noted(
                "twice what it bears",
                process,
                lambda run: flooded(run, port, stream, 4 * clients, rate, overload, sizes.read),
            )

    for name, run in runs.items():
        print(run.line(name))
    together, single = runs["together"], runs["one client"]
    gain = together.rate / runs["alone"].rate
    wait = together.percentile(0.95) / single.percentile(0.95)
    differing = sum(
        len(set().union(*(run.texts.get(text, set()) for run in runs.values()))) > 1 for text in texts
    )
    bad = sum(run.statuses.total() - run.statuses[200] - run.statuses[429] for run in runs.values())
    print(f"together {gain:.1f} times the sentences per second of alone (at least {TIMES:g})")
    print(f"p95 {wait:.1f} times that of one client (at most {WAIT:g})")
    if overload:
        print(f"memory grew by {sizes.growth:.1%} in {overload:g} s (at most {MEMORY:.0%}); {sizes}")
    print(f"{differing} texts with several translations, {bad} answers that are neither 200 nor 429")
    missed = gain < TIMES or wait > WAIT or sizes.growth > MEMORY
    return int(bool(differing or bad) or (missed and not given.smoke))


class Texts:
    """The texts of a table, again and again. Runs continue where the last one ended, so that a text comes
    again only after all others."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts, self._places = texts, count()

    def __next__(self) -> str:
        return self._texts[next(self._places) % len(self._texts)]


def processor_time(process: int) -> float:
    """Seconds of processor time that a process has used; Linux only, zero elsewhere."""
    place = Path(f"/proc/{process}/stat")
    if not place.exists():
        return 0.0
    used = place.read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


class Sizes:
    """The memory of a process over time, in bytes. Linux only; zero elsewhere."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._seen: list[int] = []

    def read(self) -> None:
        """Note what the process has now."""
        if size := resident(self._process):
            self._seen.append(size)

    @property
    def growth(self) -> float:
        """The mean of the last tenth over that of the second tenth, less 1."""
        tenth = max(1, len(self._seen) // 10)
        if len(self._seen) < 2:
            return 0.0
        return mean(self._seen[-tenth:]) / mean(self._seen[tenth : 2 * tenth]) - 1

    def __str__(self) -> str:
        tenth = max(1, len(self._seen) // 10)
        return " ".join(f"{size >> 20}" for size in self._seen[::tenth]) + " MB"


@contextmanager
def serving(model: str, waiting: int, apart: int = -1, *, here: bool) -> Iterator[tuple[int, int]]:
    """The port and the process of a server, which is this process with `here`.

    `waiting` sentences may wait. With `apart` each request is decoded by itself: so many at once, 0 for as
    many as the engine has workers.
    """
    if here:
        end, port = threading.Event(), queue.SimpleQueue[int]()
        thread = threading.Thread(target=_serve, args=(model, waiting, apart, port.put, end.wait))
        thread.start()
        try:
            yield port.get(), os.getpid()
        finally:
            end.set()
            thread.join()
        return
    command = [sys.executable, __file__, "-", "--model", model, "--serve", str(waiting), str(apart)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline()), process.pid  # leaving the block shuts its input, which ends it


def _serve(
    model: str, waiting: int, apart: int, started: Callable[[int], None], end: Callable[[], object]
) -> None:
    """Serve: `started` is told the port, and the server ends when `end` returns."""
    import uvicorn

    from egiz.parallel.serve.server import protocol

    with tempfile.TemporaryDirectory() as folder:
        choice = EngineChoice(model=model, no_memory=True)
        limits = Limits(waiting=waiting)
        application = Application(Settings(workspace=Path(folder), choice=choice, limits=limits))
        if apart >= 0:
            engine = application.models.default
            engine.queue.close()
            engine.queue = Queue(waiting, threads=apart or engine.workers, batch=1, collect=0.0)
        config = uvicorn.Config(
            application.asgi, http=protocol(), port=0, log_level="critical", lifespan="on", ws="none"
        )
        server = uvicorn.Server(config)

        def watch() -> None:
            while not server.started:
                time.sleep(0.01)
            started(server.servers[0].sockets[0].getsockname()[1])
            end()
            server.should_exit = True

        threading.Thread(target=watch, daemon=True).start()
        server.run()


def asked(run: Run, port: int, texts: Texts, clients: int, seconds: float) -> None:
    """Request sentences one after another, from `clients` clients at once, for `seconds`."""
    started = time.perf_counter()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() - started < seconds:
            run.ask(connection, next(texts))
        connection.close()

    _together(client, clients)
    run.seconds += time.perf_counter() - started


def flooded(
    run: Run,
    port: int,
    texts: Texts,
    clients: int,
    rate: float,
    seconds: float,
    each_second: Callable[[], None],
) -> None:
    """Request `rate` sentences a second whatever becomes of them, or later if no client is free."""
    due: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    started = time.perf_counter()

    def client() -> None:
        while (text := due.get()) is not None:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            run.ask(connection, text)
            connection.close()

    def source() -> None:
        for number in count():
            at = number / rate
            time.sleep(max(0.0, started + at - time.perf_counter()))
            if at > seconds:
                break
            due.put(next(texts))
        for _ in range(clients):
            due.put(None)

    def watch() -> None:
        while time.perf_counter() - started < seconds:
            each_second()
            time.sleep(1.0)

    helpers = [threading.Thread(target=source), threading.Thread(target=watch)]
    for helper in helpers:
        helper.start()
    _together(client, clients)
    for helper in helpers:
        helper.join()
    run.seconds += time.perf_counter() - started


def _together(work: Callable[[], None], threads: int) -> None:
    """Do the work in so many threads; raises the first error that one of them met."""
    errors: list[BaseException] = []

    def kept() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    started = [threading.Thread(target=kept) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    if errors:
        raise errors[0]


def batches(model: str, texts: Sequence[str]) -> int:
    """Print the processor time per sentence in batches of various sizes."""
    choice = EngineChoice(model=model, no_memory=True)
    engine = choice.engine()
    decoding = choice.options(engine.manifest).decoding
    from egiz.translate.engine.batching import padded_length

    alike: dict[int, list[str]] = {}
    for text in texts:
        alike.setdefault(padded_length(engine.count(text) + 2), []).append(text)
    for length, some in sorted(alike.items(), key=lambda item: -len(item[1]))[:3]:
        for size in (1, 2, 4, 8, 16, 32):
            chosen = [some[at % len(some)] for at in range(32)]
            before = time.process_time()
            for at in range(0, 32, size):
                engine.translate(chosen[at : at + size], source="kk", target="ru", decoding=decoding)
            spent = 1000 * (time.process_time() - before) / 32
            print(f"{length:3} tokens, batches of {size:2}: {spent:4.0f} ms a sentence", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
