"""The fair queue: which sentences share a batch, who waits for whom, and what becomes of cancelled ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future

import pytest

from egiz.parallel.serve.queue import BATCH, LEAST, Busy, Queue, Stopped


class Engine:
    """Work that records its batches, and waits in the first one for `go`."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, items: Sequence[str]) -> list[str]:
        self.batches.append(list(items))
        self.begun.set()
        assert self.go.wait(30)
        if "bad" in items:
            raise ValueError("bad")
        return [item.upper() for item in items]


@pytest.fixture
def queue() -> Iterator[Queue]:
    made = Queue(20, collect=0.0)
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


def test_requests_share_a_batch_and_get_their_own(queue: Queue, engine: Engine) -> None:
    futures = [queue.submit(engine, [name]) for name in "abc"]
    engine.go.set()
    assert [future.result(30) for future in futures] == [["A"], ["B"], ["C"]]
    assert engine.batches == [["first"], ["a", "b", "c"]]


def test_a_file_does_not_stand_in_the_way_of_a_request(queue: Queue, engine: Engine) -> None:
    file = queue.submit(engine, texts("f", 200), background=True)
    request = queue.submit(engine, ["r"])
    engine.go.set()
    assert request.result(30) == ["R"]
    assert file.result(30) == [text.upper() for text in texts("f", 200)]
    with_request = next(batch for batch in engine.batches if "r" in batch)
    assert engine.batches.index(with_request) <= 2
    assert all(len(batch) <= BATCH for batch in engine.batches)


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
    assert len(next(batch for batch in engine.batches if "s" in batch)) < 20


def test_who_leaves_is_dropped(queue: Queue, engine: Engine) -> None:
    gone, stays = queue.submit(engine, ["gone"]), queue.submit(engine, ["stays"])
    assert gone.cancel()
    engine.go.set()
    assert stays.result(30) == ["STAYS"]
    assert engine.batches[1:] == [["stays"]]
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


def test_a_stopped_queue_finishes_its_batch(queue: Queue, engine: Engine) -> None:
    waiting = queue.submit(engine, ["waiting"])
    queue.stop()
    engine.go.set()
    queue.close()
    with pytest.raises(Stopped):
        waiting.result(30)
    with pytest.raises(Stopped):
        queue.submit(engine, ["late"])
    assert engine.batches == [["first"]]


def test_nothing_is_done_at_once(queue: Queue) -> None:
    assert queue.submit(Engine(), []).result(0) == []


def test_a_batch_has_sentences_of_one_size(queue: Queue, engine: Engine) -> None:
    """It begins with the sentence that has waited longest."""
    whole = queue.submit(engine, ["a1", "a2", "a3"], sizes=[16, 24, 16])
    others = [queue.submit(engine, [name], sizes=[size]) for name, size in (("b", 64), ("c", 24))]
    engine.go.set()
    assert whole.result(30) == ["A1", "A2", "A3"]
    assert [future.result(30) for future in others] == [["B"], ["C"]]
    assert engine.batches[1:] == [["a1", "a3"], ["b"], ["c", "a2"]]


def test_a_text_of_many_sentences_lets_others_in(queue: Queue, engine: Engine) -> None:
    """One sentence of each request in turn, and the text goes behind the others after its batch."""
    many = queue.submit(engine, texts("m", 12), sizes=[16] * 12)
    same, other = queue.submit(engine, ["s"], sizes=[16]), queue.submit(engine, ["o"], sizes=[24])
    engine.go.set()
    assert many.result(30) == [text.upper() for text in texts("m", 12)]
    assert [same.result(30), other.result(30)] == [["S"], ["O"]]
    assert engine.batches[1:] == [["m0", "s", *texts("m", 7)[1:]], ["o"], texts("m", 12)[7:]]


@pytest.mark.parametrize(("number", "sizes"), [(40, [BATCH, BATCH]), (12, [6, 6]), (7, [LEAST, 3]), (3, [3])])
def test_idle_threads_share_a_request(number: int, sizes: list[int]) -> None:
    """Each takes its share of the waiting sentences, but no less than `LEAST`."""
    shared, engine = Queue(100, threads=2, collect=0.0), Engine()
    whole = shared.submit(engine, texts("f", number))
    while shared.waiting[0] > number - sum(sizes):
        pass
    engine.go.set()
    assert whole.result(30) == [text.upper() for text in texts("f", number)]
    assert [len(batch) for batch in engine.batches][: len(sizes)] == sizes
    shared.close()


def test_no_answer_waits_for_another_batch() -> None:
    """While one thread is kept busy, the other one answers, and takes what comes next."""
    shared = Queue(100, threads=2, collect=0.0)
    slow, quick = Engine(), Engine()
    quick.go.set()
    late = shared.submit(slow, ["late"])
    assert slow.begun.wait(30)
    for text in "abc":
        assert shared.submit(quick, [text]).result(30) == [text.upper()]
    assert not late.done()
    slow.go.set()
    assert late.result(30) == ["LATE"]
    shared.close()
