"""`egiz doctor`: examine what is installed, what works and what is missing."""

from __future__ import annotations

import importlib.util
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from egiz.parallel.cli.options import home_option
from egiz.parallel.cli.sections import Sectioned
from egiz.translate.engine.hardware import usable_cores
from egiz.translate.errors import EgizError, plural

_CORE = (
    "click",
    "ctranslate2",
    "filelock",
    "lxml",
    "markdown-it-py",
    "platformdirs",
    "py3langid",
    "rich",
    "sacrebleu",
    "sentencepiece",
)
_EXTRAS = {
    "cluster": (("distributed",), "to build on a dask cluster"),
    "hub": (("huggingface_hub",), "to fetch models"),
    "parquet": (("pyarrow",), "to export Parquet and Hugging Face folders"),
    "serve": (("starlette", "uvicorn", "python_multipart", "prometheus_client"), "to serve"),
    "torch": (("torch", "transformers", "safetensors"), "to convert hub models and to train"),
}
"""The optional extras of Egiz. Each has the packages that it installs, and its purpose, as words for the
advice to install the extra: "to build on a dask cluster"."""
_PROBE = "Қазақстан — Орталық Азиядағы мемлекет."


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One line of the report: the state of one `subject`, for example of a package.

    `good` says that there is no problem, `needed` that `egiz build` depends on the subject.
    """

    subject: str
    state: str
    good: bool = True
    needed: bool = True
    advice: str = ""

    @property
    def mark(self) -> str:
        """The sign before the line: ✓ if good, ✗ for a problem of a needed subject, · for another problem."""
        return "✓" if self.good else "✗" if self.needed else "·"


def examine(home: Path | None = None, folders: Sequence[Path] = ()) -> list[Diagnosis]:
    """Examine everything that `egiz build` needs, and the optional parts.

    A problem is reported in its `Diagnosis`, not raised. Leftovers of killed runs are searched for among the
    models and in the output folders `folders`.
    """
    return [
        Diagnosis(subject="egiz", state=_version("egiz")),
        Diagnosis(
            subject="python", state=f"{platform.python_version()} on {platform.system()} {platform.machine()}"
        ),
        *(_package(name) for name in _CORE),
        *(_extra(extra, names, use) for extra, (names, use) in _EXTRAS.items()),
        _hardware(),
        *_models(home),
        _memory(home),
        _translation(home),
        *_leftovers(home, folders),
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _package(name: str) -> Diagnosis:
    found = _version(name)
    advice = "" if found else "Install egiz again: pip install egiz"
    return Diagnosis(subject=name, state=found or "missing", good=bool(found), advice=advice)


def _extra(extra: str, names: tuple[str, ...], use: str) -> Diagnosis:
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    state = (
        f"lacks {', '.join(missing)}" if missing else ", ".join(f"{name} {_version(name)}" for name in names)
    )
    advice = f'pip install "egiz[{extra}]" {use}' if missing else ""
    return Diagnosis(subject=f"egiz[{extra}]", state=state, good=not missing, needed=False, advice=advice)


def _hardware() -> Diagnosis:
    cores = _cores()
    if importlib.util.find_spec("ctranslate2") is None:
        return Diagnosis(subject="hardware", state=cores)
    try:
        import ctranslate2
    except (ImportError, OSError) as error:
        return Diagnosis(subject="hardware", state=f"{cores}; ctranslate2 does not load: {error}", good=False)
    gpus = ctranslate2.get_cuda_device_count()
    types = ", ".join(sorted(ctranslate2.get_supported_compute_types("cuda" if gpus else "cpu")))
    return Diagnosis(subject="hardware", state=f"{cores}, {gpus} GPUs; can compute in {types}")


def _models(home: Path | None) -> list[Diagnosis]:
    from egiz.translate.models import installed, resolve, verify

    def examined(name: str, spec: str, *, needed: bool) -> Diagnosis:
        subject = f"model {name}"
        try:
            manifest = verify(resolve(spec))
        except EgizError as error:
            return Diagnosis(subject=subject, state=str(error), good=False, needed=needed)
        languages = ", ".join(manifest.languages[:6]) + (", …" if len(manifest.languages) > 6 else "")
        state = f"{languages}; {manifest.precision}; {manifest.fingerprint[:12]}; files intact"
        return Diagnosis(subject=subject, state=state, needed=needed)

    others = [examined(path.name, str(path), needed=False) for path in installed(home)]
    return [examined("starter", "starter", needed=True), *others]


def _cores() -> str:
    usable, present = usable_cores(), os.cpu_count() or 1
    return plural(usable, "CPU core") if usable >= present else f"{usable} of {present} CPU cores"


def _memory(home: Path | None) -> Diagnosis:
    from egiz.translate.memory import Memory, default_path

    path = default_path(home)
    if not path.exists():
        return Diagnosis(subject="memory", state=f"none yet; will be made at {path}")
    try:
        with Memory.open(path) as memory:
            return Diagnosis(
                subject="memory", state=f"{plural(memory.stats().entries, 'translation')} at {path}"
            )
    except EgizError as error:
        return Diagnosis(subject="memory", state=str(error), good=False)


def _translation(home: Path | None) -> Diagnosis:
    """Translate one sentence with the shipped model, the starter, and return the result."""
    from egiz.translate.climb import climb
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.ladder import Options
    from egiz.translate.models import resolve
    from egiz.translate.text import normalise

    try:
        engine = CTranslate2Engine(resolve("starter", home))
        [found] = climb(engine, [normalise(_PROBE)], source="kk", target="en", options=Options())
    except (EgizError, ImportError, OSError) as error:
        return Diagnosis(subject="a translation", state=str(error), good=False)
    text = found.hypotheses[0].text if found.hypotheses else "nothing came out"
    return Diagnosis(subject="a translation", state=f"{_PROBE} → {text}", good=bool(found.hypotheses))


def _leftovers(home: Path | None, folders: Sequence[Path]) -> list[Diagnosis]:
    """Return the leftovers of interrupted runs, each with its size and how to remove it."""
    found = [
        Diagnosis(
            subject="left over", state=f"{path}: {_size(path)}", good=False, needed=False, advice=advice
        )
        for path, advice in _leftover_paths(home, folders)
    ]
    return found or [Diagnosis(subject="left over", state="nothing")]


def _leftover_paths(home: Path | None, folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    from egiz.parallel.publish import leftovers
    from egiz.parallel.publish.destination import given_up
    from egiz.translate.models import store

    for path in store.downloads(home):
        name = path.name
        yield path, f"egiz models get {name} goes on with this download, egiz models remove {name} drops it"
    with suppress(OSError):  # a folder that cannot be written to has nothing that we could remove
        for path in store.leftovers(home):
            yield path, "goes when the next model is installed or removed; it may be removed by hand too"
    for folder in folders:
        with suppress(OSError):
            for path in leftovers(folder):
                yield path, "goes with the next command that writes there; what it holds is put back first"
            for path in given_up(folder):
                yield path, "the same build goes on with these shards; the next build there removes others"


def _size(folder: Path) -> str:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return f"{total / 1e6:,.1f} MB"


@click.command(cls=Sectioned, epilog="Example: egiz doctor")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER]...")
@home_option
def command(*, folders: tuple[Path, ...], home: Path | None) -> None:
    """Say what is installed, what works and what is missing, and what was left over.

    Killed runs may leave hidden files among the models and in output folders: each FOLDER is examined, or the
    current folder and those in it. The exit status is 1 if egiz build cannot run.
    """
    folders = folders or (Path(), *sorted(path for path in Path().iterdir() if path.is_dir()))

    findings = examine(home, folders)
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        click.echo(f"{finding.mark} {finding.subject:{width}}  {finding.state}")
        if finding.advice:
            click.echo(f"  {'':{width}}  → {finding.advice}")
    if any(finding.needed and not finding.good for finding in findings):
        raise click.exceptions.Exit(1)
