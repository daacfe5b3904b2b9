"""The fair queue: who shares a window, who waits for whom, and what becomes of those who leave."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future

import pytest

from egiz.parallel.serve.queue import BACKGROUND, Busy, Queue, Stopped


class Engine:
    """Work that notes its windows, and waits in the first one until it is let go."""

    def __init__(self) -> None:
        self.windows: list[list[str]] = []
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, items: Sequence[str]) -> list[str]:
        self.windows.append(list(items))
        self.begun.set()
        assert self.go.wait(30)
        if "bad" in items:
            raise ValueError("bad")
        return [item.upper() for item in items]


@pytest.fixture
def queue() -> Iterator[Queue]:
    made = Queue(20, collect=0.0, back=0.0)
    yield made
    made.close()


@pytest.fixture
def engine(queue: Queue) -> Iterator[Engine]:
    """An engine that is at work already, so that all that is submitted waits."""
    made = Engine()
    queue.submit(made, ["first"])
    assert made.begun.wait(30)
    yield made
    made.go.set()


def texts(name: str, number: int) -> list[str]:
    return [f"{name}{at}" for at in range(number)]


def test_requests_share_a_window_and_get_their_own(queue: Queue, engine: Engine) -> None:
    futures = [queue.submit(engine, [name]) for name in "abc"]
    engine.go.set()
    assert [future.result(30) for future in futures] == [["A"], ["B"], ["C"]]
    assert engine.windows == [["first"], ["a", "b", "c"]]


def test_a_file_does_not_stand_in_the_way_of_a_request(queue: Queue, engine: Engine) -> None:
    file = queue.submit(engine, texts("f", 200), background=True)
    request = queue.submit(engine, ["r"])
    engine.go.set()
    assert request.result(30) == ["R"]
    assert file.result(30) == [text.upper() for text in texts("f", 200)]
    with_request = next(window for window in engine.windows if "r" in window)
    assert engine.windows.index(with_request) <= 2
    assert len(with_request) <= BACKGROUND + 1
    assert all(len(window) <= BACKGROUND for window in engine.windows[2:] if "r" not in window)


def test_requests_do_not_stand_in_the_way_of_a_file_of_other_work(queue: Queue, engine: Engine) -> None:
    other = Engine()
    other.go.set()
    requests = [queue.submit(engine, texts(f"r{at}-", 2)) for at in range(9)]
    file = queue.submit(other, texts("f", 3), background=True)
    again: list[Future[list[str]]] = []
    engine.go.set()
    for request in requests:
        request.result(30)
        again.append(queue.submit(engine, ["more"]))
    assert file.result(30) == ["F0", "F1", "F2"]
    assert [future.result(30) for future in again] == [["MORE"]] * 9


def test_a_long_text_counts_as_a_file(queue: Queue, engine: Engine) -> None:
    long = queue.submit(engine, texts("l", 100))
    short = queue.submit(engine, ["s"])
    engine.go.set()
    assert short.result(30) == ["S"]
    assert len(long.result(30)) == 100
    assert len(next(window for window in engine.windows if "s" in window)) < 20


def test_who_leaves_is_dropped(queue: Queue, engine: Engine) -> None:
    gone, stays = queue.submit(engine, ["gone"]), queue.submit(engine, ["stays"])
    assert gone.cancel()
    engine.go.set()
    assert stays.result(30) == ["STAYS"]
    assert engine.windows[1:] == [["stays"]]
    assert queue.counts.dropped == 1


def test_a_full_queue_says_when_to_come_again(queue: Queue, engine: Engine) -> None:
    queue.submit(engine, texts("a", 20))
    with pytest.raises(Busy) as busy:
        queue.submit(engine, ["b"])
    assert busy.value.seconds >= 1
    queue.submit(engine, texts("f", 40), background=True)
    assert queue.waiting == (20, 40)
    queue.submit(engine, texts("l", 100))  # long texts have a bound of their own, files none
    with pytest.raises(Busy):
        queue.submit(engine, texts("l", 65))
    queue.submit(engine, texts("f", 400), background=True)


def test_what_fails_fails_alone(queue: Queue, engine: Engine) -> None:
    good, bad, other = (queue.submit(engine, [name]) for name in ("good", "bad", "other"))
    engine.go.set()
    assert good.result(30) == ["GOOD"]
    assert other.result(30) == ["OTHER"]
    with pytest.raises(ValueError, match="bad"):
        bad.result(30)


def test_a_stopped_queue_finishes_its_window(queue: Queue, engine: Engine) -> None:
    waiting = queue.submit(engine, ["waiting"])
    queue.stop()
    engine.go.set()
    queue.close()
    with pytest.raises(Stopped):
        waiting.result(30)
    with pytest.raises(Stopped):
        queue.submit(engine, ["late"])
    assert engine.windows == [["first"]]


def test_nothing_is_done_at_once(queue: Queue) -> None:
    assert queue.submit(Engine(), []).result(0) == []


def test_a_window_is_done_in_parts_of_one_size(queue: Queue, engine: Engine) -> None:
    """Only sentences of like length are decoded together; the dearest part comes first."""
    whole = queue.submit(engine, ["a1", "a2", "a3"], sizes=[16, 24, 16])
    others = [queue.submit(engine, [name], sizes=[size]) for name, size in (("b", 64), ("c", 24))]
    engine.go.set()
    assert whole.result(30) == ["A1", "A2", "A3"]
    assert [future.result(30) for future in others] == [["B"], ["C"]]
    assert engine.windows[1:] == [["b"], ["c", "a2"], ["a1", "a3"]]


def test_threads_share_a_large_part() -> None:
    """Two threads do a half each; fewer sentences than two full batches stay together."""
    shared = Queue(100, threads=2, collect=0.0, back=0.0)
    engine = Engine()
    for number, parts in ((24, [12, 12]), (15, [15])):
        busy, engine = Engine(), Engine()
        first = shared.submit(busy, ["x"])
        assert busy.begun.wait(30)
        flows = [shared.submit(engine, [text]) for text in texts("f", number)]
        engine.go.set()
        busy.go.set()
        assert first.result(30) == ["X"]
        assert [future.result(30) for future in flows] == [[f"F{at}"] for at in range(number)]
        assert [len(window) for window in engine.windows] == parts
    shared.close()


def test_clients_that_ask_again_share_the_next_window() -> None:
    """The queue waits for those that it has just answered."""
    again = Queue(100, collect=0.0, back=600.0)
    engine = Engine()
    engine.go.set()
    assert again.submit(engine, ["a", "b"]).result(30) == ["A", "B"]  # one client, which comes again
    assert again.submit(engine, ["c"]).result(30) == ["C"]
    assert engine.windows == [["a", "b"], ["c"]]
    engine.go.clear()
    first = [again.submit(engine, ["d"])]
    while again.waiting != (0, 0):
        pass
    first += [again.submit(engine, [text]) for text in "efg"]
    engine.go.set()
    assert [future.result(30) for future in first] == [["D"], ["E"], ["F"], ["G"]]
    second = [again.submit(engine, [text]) for text in "hij"]
    assert [future.result(30) for future in second] == [["H"], ["I"], ["J"]]
    assert engine.windows[2:] == [["d"], ["e", "f", "g"], ["h", "i", "j"]]
    again.close()
