"""Code shared by the term commands: options for term bases and the model, and the output of reports."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.cli.options import Command, home_option

if TYPE_CHECKING:
    from egiz.glossary.formats import Written
    from egiz.glossary.records import TermBase
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.engine.protocol import Forcing


_COLUMNS = (
    "What the columns of tables are, where their headers do not say it: kk=Term,ru=Translation,status=State; "
    "by number from 1 where there is no header: en=1,ru=2."
)
_ENCODING = "Read tables in this encoding instead of UTF-8, UTF-16 or what their letters tell."


def base_options(command: Command) -> Command:
    """Add ``--encoding`` and ``--columns``, for commands whose files are term bases."""
    command = click.option("--columns", metavar="LIST", help=_COLUMNS)(command)
    return click.option("--encoding", metavar="NAME", help=_ENCODING)(command)


def print_unread(base: TermBase) -> None:
    """Print to standard error which parts of a term base were not read, and which assumptions were made."""
    for line in base.unread:
        click.echo(f"not read: {line}", err=True)
    for line in base.assumed:
        click.echo(f"assumed: {line}", err=True)


def write_base(written: Written, output: Path | None, read: Iterable[str | Path]) -> None:
    """Write a term base to a file, atomically, or to standard output if `output` is None.

    `read` are the input files. Raises OptionError if `output` is one of them, and if a binary format would go
    to standard output.
    """
    from egiz.parallel.bilingual.term_bases import write_file
    from egiz.translate.errors import OptionError

    if output is None:
        if written.data is not None:
            raise OptionError("the format is binary", expected="a file to write", action="Name one with -o.")
        click.echo(written.text, nl=False)
        return
    if output.resolve() in {Path(name).resolve() for name in read}:
        raise OptionError(f"{str(output)!r}", where="--output", expected="a file that is not read")
    write_file(written, output)


class ModelChoice:
    """The model for a term command, opened when it is first needed.

    `is_asked_for` says that the user chose it with ``--model``; otherwise it is the default model.
    """

    def __init__(self, choice: EngineChoice, *, is_asked_for: bool) -> None:
        self.name, self.is_asked_for = choice.model, is_asked_for
        self._choice = choice
        self._opened: CTranslate2Engine | None = None

    def lacks(self, source: str, target: str) -> list[str]:
        """Return the languages, of these two, that the model does not have."""
        return [tag for tag in (source, target) if tag not in self._engine().languages]

    def forcing(self, source: str, target: str) -> Forcing:
        """Return the engine for forced decoding; raises LanguageError if it lacks one of the languages."""
        from egiz.translate.engine.forcing import CTranslate2Forcing
        from egiz.translate.errors import LanguageError

        if missing := self.lacks(source, target):
            raise LanguageError(
                f"the model has no {', '.join(missing)}",
                where="--model",
                expected=f"one of {', '.join(self._engine().languages)}",
            )
        return CTranslate2Forcing(self._engine())

    def _engine(self) -> CTranslate2Engine:
        if self._opened is None:
            self._opened = self._choice.forcing_engine("--model")
        return self._opened


def model_options(explained: str) -> Callable[[Command], Command]:
    """Add the options for a model and its hardware; the command receives them together as `model`."""

    def decorate(function: Command) -> Command:
        @wraps(function)
        def chosen(**values: Any) -> Any:
            named: str | None = values.pop("model")
            own = {name: values.pop(name) for name in ("device", "precision", "threads", "home")}
            choice = _choice(named or "starter", **own)
            return function(model=ModelChoice(choice, is_asked_for=named is not None), **values)

        command = home_option(chosen)
        for option in reversed(_options(explained)):
            command = option(command)
        return command

    return decorate


def _options(explained: str) -> tuple[Callable[[Command], Command], ...]:
    return (
        click.option("--model", "-m", metavar="MODEL", help=explained),
        click.option(
            "--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu or cuda."
        ),
        click.option(
            "--precision", default="default", show_default=True, metavar="TYPE", help="As for egiz build."
        ),
        click.option("--threads", default=0, metavar="N", help="As for egiz build.  [default: 0]"),
    )


def _choice(model: str, **hardware: Any) -> EngineChoice:
    """Return the choice of an engine for forced decoding.

    The other settings have fixed values, because they concern only translating.
    """
    return EngineChoice(
        model=model,
        **hardware,
        beam=5,
        decode="beam",
        decoding=(),
        engine_name="ctranslate2",
        no_memory=True,
    )


STRICT = "Leave with status 1 if an error or a warning is reported."
"""The help of ``--strict`` in every command that reports findings."""


def format_of(asked: str | None, output: str | None, endings: Mapping[str, str]) -> str:
    """Return the format of a report.

    It is `asked`, the format that the user requested. If `asked` is None, the ending of the file name
    `output` decides; `endings` maps endings to formats. If there is no file name, or it has no ending, the
    format is ``text``. Raises OptionError for an ending that is not in `endings`.
    """
    from egiz.translate.errors import OptionError, nearest

    ending = Path(output or "").suffix.lower()
    if asked is not None:
        return asked
    if not ending:
        return "text"
    if ending not in endings:
        raise OptionError(
            f"no report ends in {ending!r}",
            where="--output",
            expected=f"one of {', '.join(endings)}, or --format",
            action=nearest(ending, endings),
        )
    return endings[ending]


@contextmanager
def opened(output: str | None, read: Sequence[Path], *, held: bool = True) -> Iterator[TextIO]:
    """Return a context manager for a stream to the file `output`; None means standard output.

    The text appears when the block ends; if an exception ends the block, nothing appears. But if `held` is
    false, text for standard output appears immediately. Raises OptionError if the file is one of those
    `read`, OutputError if it cannot be written.
    """
    if output is None and not held:
        yield sys.stdout
        return
    if output is None:
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as stream:
            yield stream
            stream.seek(0)
            shutil.copyfileobj(stream, sys.stdout)
        return
    from egiz.parallel.publish.destination import UnlistedFiles
    from egiz.translate.errors import OptionError

    place = Path(output)
    if not place.name or place.resolve() in {path.resolve() for path in read}:
        raise OptionError(f"{output!r}", where="--output", expected="a file that is not read")
    with UnlistedFiles(place.parent) as publication, publication.open(place.name) as stream:
        yield stream
