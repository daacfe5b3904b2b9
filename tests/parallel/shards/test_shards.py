"""Builds in shards, with workers that are lost, stopped, or do not agree: the bytes of a plain build."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from multiprocessing import active_children
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from egiz.parallel.build import build
from egiz.parallel.choice import EngineChoice
from egiz.parallel.job import Job
from egiz.parallel.shards import Cluster, Processes, build_in_shards, build_shard
from egiz.parallel.shards.build import SHARDS
from egiz.parallel.shards.done import DONE, read_done
from egiz.parallel.shards.plan import Shard, plan, read_shard
from egiz.parallel.shards.run import run
from egiz.parallel.shards.shard import Stopped, is_whole
from egiz.translate.errors import EgizError, InputError, OptionError, OutputError
from egiz.translate.read import ReadOptions
from egiz.translate.records import Sentence
from tests.parallel.commandline import egiz

READING = ReadOptions(language="kk")
ROWS = 64


def job(home: Path) -> Job:
    """Greedy and without a memory: every worker has something to do."""
    choice = EngineChoice(
        model="starter",
        home=home,
        device="cpu",
        precision="default",
        threads=1,
        beam=1,
        decode="beam",
        decoding=(),
        engine_name="ctranslate2",
        no_memory=True,
    )
    return Job(choice=choice, source="kk", targets=("ru",), effort="fast")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five shards and a bit, in three documents."""
    folder = tmp_path_factory.mktemp("texts")
    for name, first, count in (("a", 0, 150), ("b", 150, 64), ("c", 214, 120)):
        lines = [
            f"Бұл {number} мысал, ал қалған {number * 7} сөз жоқ." for number in range(first, first + count)
        ]
        (folder / f"{name}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def plain(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process makes of it."""
    folder = tmp_path_factory.mktemp("plain")
    with job(folder).open() as steps:
        build(
            [source],
            folder / "out",
            steps.translator,
            manifest=steps.manifest,
            reading=READING,
            scores=steps.scores,
        )
    return contents(folder / "out")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class Here:
    """Workers that are this process; `trouble` comes before a shard is built."""

    ahead = 2
    lost = (ConnectionError,)

    def __init__(self, trouble: Callable[[int], None] = lambda number: None) -> None:
        self.trouble = trouble
        self.renewed = 0
        self.submitted: list[int] = []

    def submit(self, shard: Shard, job: Job) -> Future[None]:
        future: Future[None] = Future()
        self.submitted.append(shard.number)
        try:
            self.trouble(shard.number)
            build_shard(shard.input, shard.output, job)
            future.set_result(None)
        except Exception as error:
            future.set_exception(error)
        return future

    def renew(self) -> None:
        self.renewed += 1


def sentences(count: int) -> Iterator[Sentence]:
    for number in range(1, count + 1):
        yield Sentence(
            id=f"a:{number}.1", document="a", paragraph=number, index=1, start=0, stop=5, text=f"Сөз {number}"
        )


def test_a_plan_has_every_sentence_once_in_order(tmp_path: Path) -> None:
    shards = list(plan(sentences(150), tmp_path, 64))
    assert [(shard.number, shard.sentences) for shard in shards] == [(1, 64), (2, 64), (3, 22)]
    assert [item for shard in shards for item in read_shard(shard.input)] == list(sentences(150))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert list(plan(sentences(150), tmp_path, 64)) == shards
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("size", [0, 1, 63, 100])
def test_shards_are_whole_windows(tmp_path: Path, size: int) -> None:
    with pytest.raises(OptionError, match="a multiple of 64"):
        list(plan(sentences(3), tmp_path, size))


def test_a_damaged_shard_is_refused_and_written_anew(tmp_path: Path) -> None:
    [shard] = plan(sentences(2), tmp_path, 64)
    whole = shard.input.read_bytes()
    for content in (b"", whole[:-1], whole + b"\n", whole.replace(b"2", b"3"), b"\xff"):
        shard.input.write_bytes(content)
        with pytest.raises(InputError, match=r"\.jsonl: this shard is damaged"):
            read_shard(shard.input)
    assert list(plan(sentences(2), tmp_path, 64)) == [shard]
    assert read_shard(shard.input) == list(sentences(2))


def test_what_is_said_of_a_shard_is_believed_only_to_the_letter(tmp_path: Path) -> None:
    [shard] = plan(sentences(3), tmp_path, 64)
    build_shard(shard.input, shard.output, job(tmp_path))
    path = shard.output / DONE
    whole = path.read_text(encoding="utf-8")
    assert is_whole(shard.output)
    for wrong in ("", "[]", whole[:-9], whole.replace('"translated": 3', '"translated": 4')):
        assert wrong != whole
        path.write_text(wrong, encoding="utf-8")
        assert read_done(shard.output) is None
        assert not is_whole(shard.output)


def test_a_shard_is_made_once_and_made_again_where_it_was_cut_off(tmp_path: Path) -> None:
    [shard] = plan(sentences(3), tmp_path, 64)
    work = job(tmp_path)
    build_shard(shard.input, shard.output, work)
    made = contents(shard.output)
    assert sorted(made) == ["parallel.tsv", "review.tsv", "scores.tsv", DONE]
    shard.input.unlink()
    build_shard(shard.input, shard.output, work)  # looks at nothing but what is there
    (shard.output / "scores.tsv").write_bytes(made["scores.tsv"][:-5])
    with pytest.raises(InputError):
        build_shard(shard.input, shard.output, work)
    list(plan(sentences(3), tmp_path, 64))
    for name in made:
        (shard.output / name).write_bytes(made[name][: len(made[name]) // 2])
        build_shard(shard.input, shard.output, work)
        again = contents(shard.output)
        assert {name: again[name] for name in ("parallel.tsv", "scores.tsv")} == {
            name: made[name] for name in ("parallel.tsv", "scores.tsv")
        }
    assert not list(tmp_path.glob(".0*"))


def test_a_job_for_another_folder_has_whole_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model").mkdir()
    (tmp_path / "mine.tsv").touch()
    work = job(Path("home"))
    work = replace(
        work,
        choice=replace(work.choice, model="model"),
        term_bases=("mine.tsv", "government"),
        neural=(Path("n"),),
    )
    found = work.absolute()
    assert (found.choice.model, found.choice.home) == (str(tmp_path / "model"), tmp_path / "home")
    assert found.term_bases == (str(tmp_path / "mine.tsv"), "government")
    assert found.neural == (tmp_path / "n",)
    assert job(Path("home")).absolute().choice.model == "starter"


def test_a_stopped_worker_leaves_nothing(tmp_path: Path) -> None:
    [shard] = plan(sentences(64), tmp_path, 64)
    with pytest.raises(Stopped):
        build_shard(shard.input, shard.output, job(tmp_path), stopped=lambda: True)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_it_is_byte_for_byte_a_plain_build(source: Path, plain: dict[str, bytes], tmp_path: Path) -> None:
    seen = []
    found = build_in_shards(
        [source],
        tmp_path / "out",
        job(tmp_path),
        Here(),
        reading=READING,
        report=seen.append,
        shard_rows=ROWS,
    )
    assert contents(tmp_path / "out") == plain
    assert (seen[-1].documents, seen[-1].total, seen[-1].done) == (3, 334, 334)
    assert (found.summary.sentences, found.translated, found.remembered) == (334, 334, 0)
    assert found.seconds["translating"] > 0


def test_shards_of_lost_workers_are_given_to_others(
    source: Path, plain: dict[str, bytes], tmp_path: Path
) -> None:
    deaths = iter([2, 2, 5])
    dead = [next(deaths)]

    def trouble(number: int) -> None:
        if dead and number == dead[0]:
            dead[:] = [*dead[1:], *([found] if (found := next(deaths, None)) else [])]
            raise ConnectionError("lost")

    workers = Here(trouble)
    build_in_shards([source], tmp_path / "out", job(tmp_path), workers, reading=READING, shard_rows=ROWS)
    assert contents(tmp_path / "out") == plain
    assert workers.renewed == 3


def test_a_shard_that_kills_every_worker_is_given_up_and_the_rest_is_kept(
    source: Path, plain: dict[str, bytes], tmp_path: Path
) -> None:
    def trouble(number: int) -> None:
        if number == 3:
            raise ConnectionError("lost")

    with pytest.raises(EgizError, match="lost 3 times over the shard"):
        build_in_shards(
            [source], tmp_path / "out", job(tmp_path), Here(trouble), reading=READING, shard_rows=ROWS
        )
    kept = {
        path.name: path.stat().st_mtime_ns
        for path in (tmp_path / "out" / SHARDS).glob("*/*")
        if path.is_dir()
    }
    assert {"000001", "000002"} <= {name[:6] for name in kept}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [SHARDS]
    built = []

    def watch(number: int) -> None:
        built.append(number)

    build_in_shards([source], tmp_path / "out", job(tmp_path), Here(watch), reading=READING, shard_rows=ROWS)
    assert contents(tmp_path / "out") == plain
    assert built == [1, 2, 3, 4, 5, 6]


def test_results_come_in_order_with_few_waiting(tmp_path: Path) -> None:
    taken: list[int] = []

    def shards() -> Iterator[Shard]:
        for shard in plan(sentences(64 * 5), tmp_path, 64):
            taken.append(shard.number)
            yield shard

    given = [(shard.number, len(taken)) for shard in run(shards(), job(tmp_path), Here())]
    assert [number for number, _ in given] == [1, 2, 3, 4, 5]
    assert all(ahead <= number + 1 for number, ahead in given)


def test_workers_that_work_otherwise_are_found_out(source: Path, tmp_path: Path) -> None:
    class Mixed(Here):
        def submit(self, shard: Shard, job: Job) -> Future[None]:
            beam = 1 if shard.number < 3 else 2
            return super().submit(shard, replace(job, choice=replace(job.choice, beam=beam)))

    with pytest.raises(OutputError, match="in another way than the others"):
        build_in_shards([source], tmp_path / "out", job(tmp_path), Mixed(), reading=READING, shard_rows=ROWS)


def test_a_worker_that_writes_elsewhere_is_found_out(source: Path, tmp_path: Path) -> None:
    class Elsewhere(Here):
        def submit(self, shard: Shard, job: Job) -> Future[None]:
            return super().submit(replace(shard, output=tmp_path / f"elsewhere{shard.number}"), job)

    with pytest.raises(OutputError, match="Do all workers see the output folder"):
        build_in_shards(
            [source], tmp_path / "out", job(tmp_path), Elsewhere(), reading=READING, shard_rows=ROWS
        )


def test_two_runs_do_not_work_on_the_same_shards(source: Path, tmp_path: Path) -> None:
    def again(number: int) -> None:
        build_in_shards([source], tmp_path / "out", job(tmp_path), Here(), reading=READING, shard_rows=ROWS)

    with pytest.raises(OutputError, match="another run is at work"):
        build_in_shards(
            [source], tmp_path / "out", job(tmp_path), Here(again), reading=READING, shard_rows=ROWS
        )


def test_no_text_is_refused_as_in_a_plain_build(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" \n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no text"):
        build_in_shards([tmp_path / "a.txt"], tmp_path / "out", job(tmp_path), Here(), reading=READING)


def test_other_settings_make_other_shards(source: Path, tmp_path: Path) -> None:
    def fail(number: int) -> None:
        raise InputError("stop here")

    for beam in (1, 2):
        work = job(tmp_path)
        work = replace(work, choice=replace(work.choice, beam=beam, threads=beam))
        with pytest.raises(InputError, match="stop here"):
            build_in_shards([source], tmp_path / "out", work, Here(fail), reading=READING, shard_rows=ROWS)
    assert len(list((tmp_path / "out" / SHARDS).iterdir())) == 2


def kill_one_when_some_are_done(output: Path, victims: Callable[[], list[int]]) -> Thread:
    """Wait for a first shard that is done, then end a worker as a lack of memory would."""

    def watch() -> None:
        while not any(map(read_done, output.glob(f"{SHARDS}/*/000*/"))):
            sleep(0.01)
        os.kill(victims()[0], signal.SIGKILL)

    thread = Thread(target=watch, daemon=True)
    thread.start()
    return thread


def test_all_rows_come_once_and_in_order_when_a_process_is_killed(
    source: Path, plain: dict[str, bytes], tmp_path: Path
) -> None:
    def victims() -> list[int]:
        return [child.pid for child in active_children() if child.pid]

    killing = kill_one_when_some_are_done(tmp_path / "out", victims)
    with Processes(2) as workers:
        build_in_shards([source], tmp_path / "out", job(tmp_path), workers, reading=READING, shard_rows=ROWS)
    killing.join(timeout=1)
    assert not killing.is_alive()
    assert contents(tmp_path / "out") == plain


@pytest.mark.filterwarnings("ignore")
def test_all_rows_come_once_and_in_order_when_one_of_three_cluster_workers_is_killed(
    source: Path, plain: dict[str, bytes], tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed", reason="needs egiz[cluster]")
    with (
        distributed.LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.wait_for_workers(3)
        pids = client.run(os.getpid)

        def victims() -> list[int]:
            busy = [pids[address] for address, tasks in client.processing().items() if tasks]
            return busy or list(pids.values())

        killing = kill_one_when_some_are_done(tmp_path / "out", victims)
        with Cluster(cluster.scheduler_address) as workers:
            build_in_shards(
                [source], tmp_path / "out", job(tmp_path), workers, reading=READING, shard_rows=ROWS
            )
        killing.join(timeout=1)
    assert not killing.is_alive()
    assert contents(tmp_path / "out") == plain


def test_the_command_works_in_processes_and_says_what_it_cannot(tmp_path: Path, source: Path) -> None:
    options = ("--to", "ru", "--beam", "1", "--effort", "fast", "--threads", "1")
    one = egiz(tmp_path, "build", source / "b.txt", "-o", tmp_path / "one", "--no-memory", *options)
    two = egiz(tmp_path, "build", source / "b.txt", "-o", tmp_path / "two", "--workers", "2", *options)
    assert (one.returncode, two.returncode) == (0, 0), two.stderr.decode()
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    both = egiz(
        tmp_path, "build", source, "-o", tmp_path / "no", "--workers", "2", "--scheduler", "tcp://a:1"
    )
    assert both.returncode == 2
    assert b"one of them" in both.stderr
    wrong = egiz(tmp_path, "build", source, "-o", tmp_path / "no", "--workers", "2", "--model", "nowhere")
    assert wrong.returncode == 2
    assert b"nowhere" in wrong.stderr
    assert b"Traceback" not in wrong.stderr
    assert not (tmp_path / "no" / "parallel.tsv").exists()


def test_a_scheduler_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="needs egiz[cluster]")
    monkeypatch.setattr("egiz.parallel.shards.cluster._SECONDS", 0.5)
    with pytest.raises(OptionError, match="no dask scheduler answers"):
        Cluster("tcp://127.0.0.1:9")
    with pytest.raises(OptionError, match="no dask scheduler answers"):
        Cluster("nonsense://x")


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_as_workers_start_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = SpawnProcess.start

    def interrupted(process: SpawnProcess) -> None:
        begin(process)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(SpawnProcess, "start", interrupted)
    shard = Shard(number=1, sentences=1, input=tmp_path / "a.jsonl", output=tmp_path / "a")
    with pytest.raises(KeyboardInterrupt), Processes(1) as workers:
        workers.submit(shard, job(tmp_path))
    left = active_children()
    for process in left:
        process.terminate()
    assert left == []
