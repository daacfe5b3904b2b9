"""The main job as one call: from sources and settings to a published folder, here or by workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from egiz.parallel.build.flow import Progress
from egiz.parallel.build.job import SHARD_ROWS, EngineChoice, Job
from egiz.translate.languages import language
from egiz.translate.read import ReadOptions

if TYPE_CHECKING:
    from egiz.parallel.build.build import Built
    from egiz.parallel.build.workers import Workers


def build(
    sources: str | Path | Iterable[str | Path],
    output: str | Path,
    *,
    source: str = "kk",
    to: Sequence[str] = ("ru", "en"),
    model: str = EngineChoice().model,
    terms: str | Path | Sequence[str | Path] = (),
    terms_mode: str = "safe",
    effort: str = "normal",
    title: str = "",
    licence: str = "",
    home: Path | None = None,
    memory: bool = True,
    workers: int = 1,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Built:
    """Translate documents and publish parallel text in the folder `output`.

    `sources` are files or folders of any kind that `egiz build` reads, `source` is their language and `to`
    the languages of the translations (BCP-47 tags). `model` is a name, a hub id or a folder, `terms` are term
    bases by file or name. `terms_mode` is ``check`` (terms are only checked), ``safe`` (corrected where the
    sentence gets no worse) or ``eager`` (corrected wherever possible, for people who read every sentence
    afterwards). `effort` is ``fast``, ``normal`` or ``thorough`` and says how much the model is used for
    scores. `home` holds models and the translation memory, in the user's data folder by default; without
    `memory` nothing is stored, and an interrupted build starts again. `workers` processes share the work; the
    published bytes do not depend on their number. `report` is called with the progress.

    Raises EgizError; the files in `output` are then unchanged.
    """
    from egiz.glossary.correct import mode_named

    choice = EngineChoice(model=model, home=home, no_memory=not memory)
    job = Job(
        choice=choice,
        source=language(source).tag,
        targets=(to,) if isinstance(to, str) else tuple(to),
        term_bases=_names(terms),
        terms_mode=mode_named(terms_mode),
        effort=effort,
    )
    reading = ReadOptions(language=job.source, licence=licence)
    paths = (sources,) if isinstance(sources, str | Path) else tuple(sources)
    if workers > 1:
        from egiz.parallel.build.workers import Processes

        with Processes(workers) as crew:
            return carry_out(job, paths, Path(output), reading, title=title, report=report, workers=crew)
    return carry_out(job, paths, Path(output), reading, title=title, report=report)


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
    """Do a job in this process, or in shards of `shard_rows` sentences by `workers`."""
    if workers is not None:
        from egiz.parallel.build.sharded import build_in_shards

        return build_in_shards(
            sources, output, job, workers, reading=reading, title=title, report=report, shard_rows=shard_rows
        )
    from egiz.parallel.build.build import build as build_here

    with job.open() as steps:
        return build_here(
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
