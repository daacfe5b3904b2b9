"""A build as one call: from sources and settings to a published folder.

The work is done in this process, or in shards by several workers; the published bytes are the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import asdict, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Self, TextIO

from egiz.parallel.build.build import Built, finish, one_line_options
from egiz.parallel.build.build import build as build_in_process
from egiz.parallel.build.flow import BuildCounts, Progress, Tracker, sentences_of
from egiz.parallel.build.job import SHARD_ROWS, EngineChoice, Job
from egiz.parallel.build.shard import Shard, ShardResult, plan, read_result
from egiz.parallel.build.tables import table_names
from egiz.parallel.build.workers import Cluster, Processes, Workers, run
from egiz.parallel.publish import Publication
from egiz.parallel.publish.destination import check_destination, is_output, remove_given_up, shards_folder
from egiz.parallel.review.human_cells import TermFinder
from egiz.parallel.summary import Provenance, Summary, Tally
from egiz.translate.errors import OptionError, OutputError
from egiz.translate.languages import language
from egiz.translate.read import ReadOptions, read_all

_MODEL = EngineChoice().model


def build(
    sources: str | Path | Iterable[str | Path],
    output: str | Path,
    *,
    source: str = "kk",
    to: Sequence[str] = ("ru", "en"),
    model: str | EngineChoice = _MODEL,
    terms: str | Path | Sequence[str | Path] = (),
    terms_mode: str = "safe",
    effort: str = "normal",
    neural: Sequence[Path] = (),
    column: str | None = None,
    encoding: str | None = None,
    title: str = "",
    licence: str = "",
    home: Path | None = None,
    memory: bool = True,
    workers: int = 1,
    scheduler: str | None = None,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Built:
    """Translate documents and publish parallel text in the folder `output`.

    `sources` are files or folders of any kind that `egiz build` reads, `source` is their language and `to`
    the languages of the translations (BCP-47 tags). `model` is a name, a hub id or a folder, or an
    `EngineChoice`, which also sets hardware and decoding. `terms` are term bases by file or name.
    `terms_mode` is ``check`` (terms are only checked), ``safe`` (corrected where the sentence gets no worse)
    or ``eager`` (corrected wherever possible, for people who read every sentence afterwards). `effort` is
    ``fast``, ``normal`` or ``thorough`` and says how much the model is used for scores; `neural` are folders
    of further scoring models. `column` names the column of tables that holds the text, `encoding` is that of
    the sources (``auto`` guesses it). `home` is the folder with models and translation memory, by default the
    user's data folder; if `memory` is false, nothing is stored, and an interrupted build starts from the
    beginning. `workers` is the number of processes that do the work. If `scheduler` is the address of a dask
    scheduler, the workers of its cluster do the work instead. The published bytes do not depend on the number
    of workers. `report` is called with the progress.

    Raises EgizError; the files in `output` are then unchanged.
    """
    from egiz.glossary.correct import mode_named

    choice = model if isinstance(model, EngineChoice) else EngineChoice(model=model)
    choice = replace(choice, home=home or choice.home, no_memory=choice.no_memory or not memory)
    job = Job(
        choice=choice,
        source=language(source).tag,
        targets=(to,) if isinstance(to, str) else tuple(to),
        term_bases=_names(terms),
        terms_mode=mode_named(terms_mode),
        effort=effort,
        neural=tuple(neural),
    )
    reading = ReadOptions(language=job.source, column=column, encoding=encoding, licence=licence)
    paths = (sources,) if isinstance(sources, str | Path) else tuple(sources)
    with workers_of(workers, scheduler) as crew:
        return carry_out(job, paths, Path(output), reading, title=title, report=report, workers=crew)


def workers_of(count: int, scheduler: str | None) -> AbstractContextManager[Workers | None]:
    """Return a context manager for the workers of a build: `count` processes, or the workers of a dask
    cluster.

    If `scheduler` is given, the workers are those of the cluster. If it is not, and `count` is below 2, the
    context manager gives None, and the work is done in this process. Raises OptionError if both a `scheduler`
    and a `count` above 1 are given.
    """
    if count > 1 and scheduler:
        raise OptionError(
            f"--workers {count} and --scheduler", expected="one of them: a cluster has workers of its own"
        )
    if scheduler:
        return Cluster(scheduler)
    return Processes(count) if count > 1 else nullcontext()


def carry_out(
    job: Job,
    sources: Iterable[str | Path],
    output: Path,
    reading: ReadOptions,
    *,
    title: str = "",
    report: Callable[[Progress], None] = lambda progress: None,
    workers: Workers | None = None,
    shard_rows: int = SHARD_ROWS,
) -> Built:
    """Run a job in this process or, with `workers`, in shards of `shard_rows` sentences.

    Raises what `build` raises.
    """
    if workers is not None:
        return build_in_shards(
            sources, output, job, workers, reading=reading, title=title, report=report, shard_rows=shard_rows
        )
    with job.open() as steps:
        return build_in_process(
            sources,
            output,
            steps.translator,
            manifest=steps.manifest,
            reading=reading,
            terms=steps.terms,
            scores=steps.scores,
            title=title,
            report=report,
        )


def _names(terms: str | Path | Sequence[str | Path]) -> tuple[str, ...]:
    return (str(terms),) if isinstance(terms, str | Path) else tuple(map(str, terms))


def build_in_shards(
    sources: Iterable[str | Path],
    output: Path,
    job: Job,
    workers: Workers,
    *,
    reading: ReadOptions,
    title: str = "",
    report: Callable[[Progress], None] = lambda progress: None,
    shard_rows: int = SHARD_ROWS,
) -> Built:
    """Do what `egiz.parallel.build.build` does, with `workers`, and publish the same bytes.

    Until everything is published, the shards are kept in a hidden folder inside the output folder; every
    build has its own. A stopped run leaves its shards there, and the same command builds only the missing
    ones. Raises what `build` raises, and OutputError if another run works on the same build, or if workers
    differ in version, model or hardware.
    """
    sources, job = tuple(sources), job.anchored()
    check_destination(output, sources)
    tracker, counts = Tracker(report), BuildCounts()
    with Publication(output) as publication, shards_folder(output.absolute(), _identity(job)) as folder:
        documents = read_all(
            sources, one_line_options(reading), leave_out=tracker.left_out.append, is_made=is_output
        )
        sentences = sentences_of(documents, counts.stages, tracker.read)
        with _Merged(publication, counts) as merged:
            for shard in run(plan(sentences, folder, shard_rows), job, workers):
                with counts.stages.stage("publishing"):
                    merged.add(shard)
                tracker.finished(shard.sentences)
        built = finish(
            publication,
            output,
            merged.provenance,
            merged.summary(),
            counts,
            tracker,
            title=title,
            term_finder=_term_finder(job),
            other_seconds=merged.seconds,
        )
    remove_given_up(output)
    return built


def _term_finder(job: Job) -> TermFinder | None:
    """Return the finder of terms in translations that people wrote; None without term bases."""
    from egiz.glossary.termbase import load_all

    return TermFinder(load_all(job.term_bases), job.source) if job.term_bases else None


class _Merged:
    """Appends finished shards to the tables of a publication; a context manager that closes the tables.

    `provenance` is that of the shards, which must be the same for all of them; None until the first shard is
    added. `seconds` are the seconds that the workers spent in each stage. The numbers of remembered, new and
    damaged translations in each shard are added to `counts`.
    """

    def __init__(self, publication: Publication, counts: BuildCounts) -> None:
        self._publication = publication
        self._counts = counts
        self._stack = ExitStack()
        self._streams: dict[str, TextIO] = {}
        self.provenance: Provenance | None = None
        self._tally: Tally | None = None
        self.seconds: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def summary(self) -> Summary:
        """Return the counts of all shards so far."""
        return self._tally.summary() if self._tally else Summary(sentences=0, documents=(), targets=())

    def add(self, shard: Shard) -> None:
        """Append the next shard.

        Raises OutputError if the shard is missing or damaged, or if its provenance differs from that of the
        shards before.
        """
        done = self._checked(shard)
        if self._tally is None:
            self.provenance, self._tally = done.provenance, Tally(done.provenance.target_languages)
        for name in table_names(terms=done.provenance.terms is not None):
            self._append(name, shard.output / name, done.files[name])
        self._tally.include(done.summary)
        self._counts.remembered += done.remembered
        self._counts.translated += done.translated
        self._counts.damaged += done.damaged
        self.seconds.update(done.seconds)

    def _checked(self, shard: Shard) -> ShardResult:
        done = read_result(shard.output)
        if done is None:
            raise OutputError(
                "a worker finished this shard, but its folder is missing or damaged",
                where=str(shard.output),
                action="Do all workers see the output folder under this path?",
            )
        if done.provenance.version != version("egiz") or self.provenance not in (None, done.provenance):
            raise OutputError(
                "this shard was made with other settings than the others, or by another version of Egiz",
                where=str(shard.output),
                expected="the same version, model and hardware of all workers",
                action=f"Remove {shard.output.parent} and run it again.",
            )
        return done

    def _append(self, name: str, path: Path, digest: str) -> None:
        """Append one table of a shard to the same table of the build, without the header unless it is the
        first shard.

        Raises OutputError if the table does not have the SHA-256 `digest`.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise OutputError(error.strerror or str(error), where=str(path)) from error
        if sha256(content).hexdigest() != digest:
            raise OutputError("is not what the worker wrote", where=str(path), action="Run it again.")
        text = content.decode()
        if name in self._streams:
            text = text[text.index("\n") + 1 :]
        else:
            self._streams[name] = self._stack.enter_context(self._publication.open(name))
        self._streams[name].write(text)


def _identity(job: Job) -> str:
    """Return a hash of the settings, term bases and version of a build, in sixteen hex digits.

    Finished shards are reused only by a build with the same hash. It leaves out the sentences, whose hash is
    in the name of each shard, and the settings that do not change the result: the number of threads, the
    folder of models, and whether a translation memory is used.
    """
    from egiz.glossary.termbase import load_all
    from egiz.parallel.build.terms import digest

    value = asdict(job)
    for name in ("home", "threads", "no_memory"):
        del value["choice"][name]
    value["terms"] = digest(load_all(job.term_bases)) if job.term_bases else ""
    value["egiz"] = version("egiz")
    return sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()[:16]
