"""Builds in shards, with workers that are lost, stopped, or do not agree: the bytes of a plain build."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from multiprocessing import active_children
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from egiz.parallel.build.build import build
from egiz.parallel.build.flow import Progress
from egiz.parallel.build.job import EngineChoice, Job
from egiz.parallel.build.run import build_in_shards
from egiz.parallel.build.shard import (
    RESULT_FILE,
    Shard,
    ShardStopped,
    build_shard,
    is_whole,
    plan,
    read_result,
    read_shard,
)
from egiz.parallel.build.workers import Cluster, Processes, Result, run
from egiz.parallel.publish.destination import SHARDS, given_up
from egiz.translate.errors import EgizError, InputError, ModelError, OptionError, OutputError
from egiz.translate.models import read_manifest, resolve
from egiz.translate.read import ReadOptions
from egiz.translate.records import Sentence
from tests.parallel.commandline import egiz, egiz_process
from tests.parallel.fakejob import FakeJob

READING = ReadOptions(language="kk")
ROWS = 64


def job(home: Path) -> FakeJob:
    """Without a memory, so that every worker has something to do; its engine answers at once."""
    real = real_job(home)
    return FakeJob(choice=real.choice, source=real.source, targets=real.targets, effort=real.effort)


def real_job(home: Path) -> Job:
    """Greedy, with the starter."""
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
    path = shard.output / RESULT_FILE
    whole = path.read_text(encoding="utf-8")
    assert is_whole(shard.output)
    for wrong in ("", "[]", whole[:-9], whole.replace('"translated": 3', '"translated": 4')):
        assert wrong != whole
        path.write_text(wrong, encoding="utf-8")
        assert read_result(shard.output) is None
        assert not is_whole(shard.output)


def test_a_shard_is_made_once_and_made_again_where_it_was_cut_off(tmp_path: Path) -> None:
    [shard] = plan(sentences(3), tmp_path, 64)
    work = job(tmp_path)
    build_shard(shard.input, shard.output, work)
    made = contents(shard.output)
    assert sorted(made) == ["parallel.tsv", "review.tsv", "scores.tsv", RESULT_FILE]
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
    work = real_job(Path("home"))
    work = replace(
        work,
        choice=replace(work.choice, model="model"),
        term_bases=("mine.tsv", "government"),
        neural=(Path("n"),),
    )
    found = work.anchored()
    assert (found.choice.model, found.choice.home) == (str(tmp_path / "model"), tmp_path / "home")
    assert found.term_bases == (str(tmp_path / "mine.tsv"), "government")
    assert found.neural == (tmp_path / "n",)


def test_a_folder_that_is_called_as_the_starter_or_a_base_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("starter", "government"):
        (tmp_path / name).mkdir()
    found = replace(real_job(Path("home")), term_bases=("government",)).anchored()
    assert (found.choice.model, found.term_bases) == ("starter", ("government",))
    assert found.choice.fingerprint == read_manifest(resolve("starter")).fingerprint


def test_a_worker_with_another_model_than_the_first_process_says_so(tmp_path: Path) -> None:
    anchored = real_job(tmp_path).anchored()
    other = replace(anchored, choice=replace(anchored.choice, fingerprint="0123456789abcdef"))
    with pytest.raises(ModelError, match="expected 0123456789abcdef, as the model 'starter'"):
        other.open()


def test_a_stopped_worker_leaves_nothing(tmp_path: Path) -> None:
    [shard] = plan(sentences(64), tmp_path, 64)
    with pytest.raises(ShardStopped):
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


@pytest.mark.parametrize("moments", [{1}, {3}, {1, 2}, {2, 4}], ids=str)
def test_a_worker_that_is_lost_while_work_is_given_out(tmp_path: Path, moments: set[int]) -> None:
    class Breaking(Here):
        times = 0

        def submit(self, shard: Shard, job: Job) -> Future[None]:
            self.times += 1
            if self.times in moments:
                raise ConnectionError("lost")
            return super().submit(shard, job)

    workers = Breaking()
    given = [shard.number for shard in run(plan(sentences(64 * 3), tmp_path, 64), job(tmp_path), workers)]
    assert given == [1, 2, 3]
    assert workers.renewed == len(moments)


def test_workers_that_are_lost_whenever_work_is_given_out_are_one_line(tmp_path: Path) -> None:
    class Broken(Here):
        def submit(self, shard: Shard, job: Job) -> Future[None]:
            raise ConnectionError("lost")

    with pytest.raises(EgizError, match=r"000001-.*: a worker was lost 3 times over the shard"):
        list(run(plan(sentences(3), tmp_path, 64), job(tmp_path), Broken()))


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

    with pytest.raises(OutputError, match="with other settings than the others"):
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

    with pytest.raises(OutputError, match="another run is working"):
        build_in_shards(
            [source], tmp_path / "out", job(tmp_path), Here(again), reading=READING, shard_rows=ROWS
        )


def test_builds_in_one_folder_leave_each_other_s_shards_alone(
    source: Path, plain: dict[str, bytes], tmp_path: Path
) -> None:
    built: list[int] = []

    def trouble(number: int) -> None:
        built.append(number)
        if number == 3:  # another build, of other settings, comes to its end meanwhile
            other = replace(job(tmp_path), choice=replace(job(tmp_path).choice, beam=2))
            build_in_shards([source / "b.txt"], tmp_path / "out", other, Here(), reading=READING)
            assert len(list((tmp_path / "out" / SHARDS).iterdir())) == 1

    build_in_shards(
        [source], tmp_path / "out", job(tmp_path), Here(trouble), reading=READING, shard_rows=ROWS
    )
    assert built == [1, 2, 3, 4, 5, 6]
    assert contents(tmp_path / "out") == plain


def test_shards_that_were_given_up_go_with_the_next_build_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Сөз.", encoding="utf-8")

    def fail(number: int) -> None:
        raise InputError("stop here")

    with pytest.raises(InputError, match="stop here"):
        build_in_shards([tmp_path / "a.txt"], tmp_path / "out", job(tmp_path), Here(fail), reading=READING)
    assert [path.parent.name for path in given_up(tmp_path / "out")] == [SHARDS]
    with job(tmp_path).open() as steps:
        build(
            [tmp_path / "a.txt"], tmp_path / "out", steps.translator, manifest=steps.manifest, reading=READING
        )
    assert not (tmp_path / "out" / SHARDS).exists()
    assert given_up(tmp_path / "out") == []


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


def kill(processes: Iterable[int | None]) -> int:
    """End processes as a lack of memory would; how many."""
    victims = [number for number in processes if number]
    for number in victims:
        os.kill(number, signal.SIGKILL)
    return len(victims)


def kill_children() -> int:
    """End the workers of a `Processes`, and wait until they are gone."""
    children = active_children()
    found = kill(child.pid for child in children)
    for child in children:
        child.join()
    return found


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_processes_killed_while_shards_are_cut_given_out_and_merged(
    source: Path, plain: dict[str, bytes], tmp_path: Path
) -> None:
    killed: dict[str, int] = {}

    class Watched(Processes):
        def submit(self, shard: Shard, job: Job) -> Future[None]:
            result = super().submit(shard, job)
            if shard.number >= 6 and not killed.get("giving out"):
                killed["giving out"] = kill_children()
            return result

    def report(progress: Progress) -> None:
        if progress.documents >= 2 and not killed.get("cutting"):
            killed["cutting"] = kill_children()
        if progress.done and "merging" not in killed:
            killed["merging"] = kill_children()

    with Watched(2) as workers:
        build_in_shards(
            [source],
            tmp_path / "out",
            job(tmp_path),
            workers,
            reading=READING,
            report=report,
            shard_rows=ROWS,
        )
    assert sorted(killed) == ["cutting", "giving out", "merging"]
    assert all(killed.values())
    assert contents(tmp_path / "out") == plain


@pytest.mark.filterwarnings("ignore")
def test_one_of_two_cluster_workers_is_killed(source: Path, plain: dict[str, bytes], tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="needs egiz[cluster]")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.wait_for_workers(2)
        pids = list(client.run(os.getpid).values())
        killed: list[int] = []

        def report(progress: Progress) -> None:
            if progress.done and not killed:
                killed.append(kill(pids[:1]))

        with Cluster(cluster.scheduler_address) as workers:
            build_in_shards(
                [source],
                tmp_path / "out",
                job(tmp_path),
                workers,
                reading=READING,
                report=report,
                shard_rows=ROWS,
            )
    assert killed == [1]
    assert contents(tmp_path / "out") == plain


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_goes_away_is_one_line(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="needs egiz[cluster]")
    cluster = distributed.LocalCluster(n_workers=0, dashboard_address=None)

    class Ending:
        def __init__(self, coming: Result) -> None:
            self._coming = coming

        def result(self) -> object:
            cluster.close()
            return self._coming.result()

    class Watched(Cluster):
        def submit(self, shard: Shard, job: Job) -> Result:
            return Ending(super().submit(shard, job))

    with (
        pytest.raises(
            EgizError, match=r"the dask scheduler went away\. Start it again\. Then run the same command"
        ),
        Watched(cluster.scheduler_address) as workers,
    ):
        list(run(plan(sentences(3), tmp_path, 64), job(tmp_path), workers))


def test_the_command_works_in_processes_and_says_what_it_cannot(tmp_path: Path) -> None:
    """The installed program with the starter; each of two workers gets a shard."""
    text = tmp_path / "text.txt"
    text.write_text("\n".join(f"{number} сөз." for number in range(70)), encoding="utf-8")
    options = ("--to", "ru", "--beam", "1", "--effort", "fast", "--threads", "1")
    one = egiz(tmp_path, "build", text, "-o", tmp_path / "one", "--no-memory", *options)
    workers = ("--workers", "2", "--shard-rows", "64")
    two = egiz_process(tmp_path, "build", text, "-o", tmp_path / "two", *workers, *options)
    assert (one.returncode, two.returncode) == (0, 0), two.stderr.decode()
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    both = egiz(tmp_path, "build", text, "-o", tmp_path / "no", "--workers", "2", "--scheduler", "tcp://a:1")
    assert both.returncode == 2
    assert b"one of them" in both.stderr
    wrong = egiz(tmp_path, "build", text, "-o", tmp_path / "no", "--workers", "2", "--model", "nowhere")
    assert wrong.returncode == 2
    assert b"nowhere" in wrong.stderr
    assert b"Traceback" not in wrong.stderr
    assert not (tmp_path / "no" / "parallel.tsv").exists()


def test_a_scheduler_that_does_not_answer_is_an_error() -> None:
    pytest.importorskip("distributed", reason="needs egiz[cluster]")
    with pytest.raises(OptionError, match="no dask scheduler answers"):
        Cluster("tcp://127.0.0.1:9", seconds=0.5)
    with pytest.raises(OptionError, match="no dask scheduler answers"):
        Cluster("nonsense://x", seconds=0.5)


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
