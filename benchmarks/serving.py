"""How much does it bring to decode the requests of many clients together, and how long does each wait?

    python benchmarks/serving.py TABLE [--model starter] [--clients 32] [--seconds 20] [--smoke]

The first column of TABLE, which has no header, is asked for from Kazakh into Russian, one sentence a request,
by clients that each wait for their answer; without a translation memory, so that every sentence is decoded.
First by one client alone, then by all of them at two servers: one as it is, and one whose windows hold one
sentence, so that each request is decoded by itself. Last at twice as many clients as the queue lets wait,
where only 200 and 429 may come and memory must not grow.

Printed are sentences per second, the median and 95th percentile of the time of an answer, and the ratios; the
exit status is 1 if there is any other answer, or a translation that is another than alone.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.serve.app import Application, Settings
from egiz.parallel.serve.queue import Queue
from egiz.parallel.serve.safety import Limits


@dataclass(slots=True)
class Run:
    """What the clients of one run saw."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    texts: dict[str, set[str]] = field(default_factory=dict)

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
            f"{name:24}{self.rate:7.1f} sentences/s  median {middle:6.0f} ms  p95 {late:6.0f} ms  {statuses}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    seconds, clients = (0.3, 4) if arguments.smoke else (arguments.seconds, arguments.clients)
    lines = arguments.table.read_text(encoding="utf-8").splitlines()
    texts = list(dict.fromkeys(line.split("\t")[0] for line in lines))

    with serving(arguments.model, Limits()) as port:
        alone = asked(port, texts, 1, seconds)
        together = asked(port, texts, clients, seconds)
    with serving(arguments.model, Limits(), window=1) as port:
        apart = asked(port, texts, clients, seconds)
    with serving(arguments.model, Limits(waiting=clients)) as port:
        asked(port, texts, 2 * clients, seconds / 3)
        before = resident()
        flooded = asked(port, texts, 2 * clients, seconds)
        grown = resident() / before - 1
    runs = (alone, together, apart, flooded)
    names = ("one client", f"{clients} clients", "each by itself", "flooded")
    for name, run in zip(names, runs, strict=True):
        print(run.line(name), flush=True)
    print(
        f"together {together.rate / apart.rate:.1f} times the sentences of each by itself; "
        f"p95 {together.percentile(0.95) / alone.percentile(0.95):.1f} times that of one client; "
        f"memory grew by {grown:.1%} when flooded"
    )
    differing = sum(len(set().union(*(run.texts.get(text, set()) for run in runs))) > 1 for text in texts)
    bad = sum(run.statuses.total() - run.statuses[200] - run.statuses[429] for run in runs)
    print(f"{differing} texts with several translations, {bad} answers that are neither 200 nor 429")
    return 1 if differing or bad else 0


def resident() -> int:
    """Bytes of memory that this process has now; 1 where the system does not say."""
    place = Path("/proc/self/statm")
    return int(place.read_text().split()[1]) * 4096 if place.exists() else 1


class serving:
    """A server in this process, on a free port, for the time of a block."""

    def __init__(self, model: str, limits: Limits, window: int = 64) -> None:
        import uvicorn

        self._folder = tempfile.TemporaryDirectory()
        workspace = Path(self._folder.name)
        choice = EngineChoice(model=model, no_memory=True)
        application = Application(Settings(workspace=workspace, choice=choice, limits=limits))
        if window != 64:
            application.queue.close()
            application.engines.queue = application.queue = Queue(limits.waiting, window=window, collect=0.0)
        config = uvicorn.Config(application.asgi, port=0, log_level="critical", lifespan="on")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> int:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return port

    def __exit__(self, *exception: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._folder.cleanup()


def asked(port: int, texts: Sequence[str], clients: int, seconds: float) -> Run:
    """Ask for sentences one after another, by so many clients at once, for so many seconds."""
    run, lock, places = Run(), threading.Lock(), count()
    started = time.perf_counter()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() - started < seconds:
            text = texts[next(places) % len(texts)]
            body = json.dumps({"q": text, "source": "kk", "target": "ru"})
            begun = time.perf_counter()
            connection.request("POST", "/translate", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            spent = time.perf_counter() - begun
            with lock:
                run.statuses[answer.status] += 1
                if answer.status == 200:
                    run.times.append(spent)
                    run.texts.setdefault(text, set()).add(json.loads(content)["translatedText"])
            if answer.status == 429:
                time.sleep(0.1)  # not as long as it says, so that the flood goes on
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.seconds = time.perf_counter() - started
    return run


if __name__ == "__main__":
    sys.exit(main())
