"""How much does it bring to decode the requests of many clients together, and how long does each wait?

    python benchmarks/serving.py TABLE [--model starter] [--clients 32] [--seconds 30] [--overload 600]
    python benchmarks/serving.py TABLE --batches

The first column of TABLE, which has no header, is asked for from Kazakh into Russian, one sentence a request,
by clients that each wait for their answer; without a translation memory, so that every sentence is decoded.
Each server is a process of its own, and each client a thread of this one. First one client asks alone, then
all of them together, of three servers: one as it is; one that decodes each request by itself, one after the
other; and one that decodes each by itself, as many at once as the engine has workers.

Then, for `--overload` seconds, requests come at twice the rate that the first server bore, whether or not the
earlier ones were answered. Only 200 and 429 may come, and each 200 with the translation of the other runs.
The memory of the server is read every second; its growth is the mean of the last tenth of the run over that
of the second tenth, since the first one fills caches.

Printed are sentences per second, the median and 95th percentile of the time of an answer, the processor time
of the server for each sentence, statuses, and the ratios with their bars: at least 4 times the sentences per
second of each by itself, a 95th percentile of at most 5 times that of one client alone, memory within 5 %.
The exit status is 1 where one is missed. Run it on a machine that does nothing else: but for the processor
time, all figures are wall time.

With `--batches` the engine alone is measured: processor time per sentence in batches of 1 to 32 sentences of
one padded length. With `--smoke` little is asked for, in one process, and no bar is applied.
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
from contextlib import contextmanager
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
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--overload", type=float, default=600.0)
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
    seconds, overload, clients = (
        (0.2, 0.2, 4) if given.smoke else (given.seconds, given.overload, given.clients)
    )

    served = partial(serving, given.model, 2 * clients, here=given.smoke)
    runs: dict[str, Run] = {}

    def noted(name: str, process: int, ask: Callable[[], Run]) -> Run:
        before = processor_time(process)
        runs[name] = ask()
        runs[name].processor = processor_time(process) - before
        print(runs[name].line(name), flush=True)
        return runs[name]

    with served() as (port, process):
        asked(port, texts, clients, seconds / 6)  # opens the model's caches
        alone = noted("one client", process, lambda: asked(port, texts, 1, seconds))
        together = noted(f"{clients} clients", process, lambda: asked(port, texts, clients, seconds))
        rate, sizes = 2 * together.rate, Sizes(process)
        noted(
            "twice what it bears",
            process,
            lambda: flooded(port, texts, 4 * clients, rate, overload, sizes.read),
        )
    with served(apart=1) as (port, process):
        apart = noted("each by itself", process, lambda: asked(port, texts, clients, seconds))
    with served(apart=0) as (port, process):
        noted("each by itself, several at once", process, lambda: asked(port, texts, clients, seconds))

    gain, wait = together.rate / apart.rate, together.percentile(0.95) / alone.percentile(0.95)
    differing = sum(
        len(set().union(*(run.texts.get(text, set()) for run in runs.values()))) > 1 for text in texts
    )
    bad = sum(run.statuses.total() - run.statuses[200] - run.statuses[429] for run in runs.values())
    print(f"together {gain:.1f} times the sentences of each by itself (at least {TIMES:g})")
    print(f"p95 {wait:.1f} times that of one client (at most {WAIT:g})")
    print(f"memory grew by {sizes.growth:.1%} in {overload:g} s (at most {MEMORY:.0%}); {sizes}")
    print(f"{differing} texts with several translations, {bad} answers that are neither 200 nor 429")
    missed = gain < TIMES or wait > WAIT or sizes.growth > MEMORY
    return int(bool(differing or bad) or (missed and not given.smoke))


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
            engines = application.engines
            engines.queue.close()
            engines.queue = Queue(waiting, threads=apart or engines.workers, batch=1, collect=0.0)
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


def asked(port: int, texts: Sequence[str], clients: int, seconds: float) -> Run:
    """Ask for sentences one after another, by so many clients at once, for so many seconds."""
    run, places = Run(), count()
    started = time.perf_counter()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() - started < seconds:
            run.ask(connection, texts[next(places) % len(texts)])
        connection.close()

    _together(client, clients)
    run.seconds = time.perf_counter() - started
    return run


def flooded(
    port: int,
    texts: Sequence[str],
    clients: int,
    rate: float,
    seconds: float,
    each_second: Callable[[], None],
) -> Run:
    """Ask for so many sentences a second, whatever becomes of them; those for which no client is free are
    asked for as soon as one is."""
    run = Run()
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
            due.put(texts[number % len(texts)])
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
    run.seconds = time.perf_counter() - started
    return run


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
