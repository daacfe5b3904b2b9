"""`egiz`: find and run the command, and turn an error into one line and an exit status.

Exit status: 0 success; 1 success, but ``--strict`` found rows that need attention; 2 bad input or usage; 130
interrupted (the same command continues); 70 a bug in Egiz; 141 standard output was closed by its reader.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

import click

from egiz.parallel.publish.interruptions import STATUS, came, listen


class LazyGroup(click.Group):
    """A group of commands whose list is data, so that `--help` imports no command and stays fast.

    `table` maps the name of each command, in the order of the help, to the first line of its help. A command
    is the object called ``command`` in the module of `package` that has the command's name. For a command in
    `homes`, it is the object with the command's name in the module that `homes` states.
    """

    def __init__(
        self,
        name: str,
        table: Mapping[str, str],
        *,
        package: str,
        help: str,
        homes: Mapping[str, str] | None = None,
        context_settings: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(name, help=help, context_settings=context_settings)
        self._table = table
        self._package = package
        self._homes = homes or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._table:
            return None
        home = self._homes.get(cmd_name, cmd_name)
        module = importlib.import_module(f"{self._package}.{home}")
        command = getattr(module, cmd_name if cmd_name in self._homes else "command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self._table.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self._table and not args[0].startswith("-"):
            from egiz.translate.errors import nearest

            ctx.fail(f"no command {args[0]!r}. {nearest(args[0], self._table)}".rstrip())
        return super().resolve_command(ctx, args)


_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters except tab and line end, and characters that change the direction of text. On a terminal
they could clear the screen, rename the window, overwrite earlier text, or show a file name backwards."""


def shown(text: str) -> str:
    r"""Return the text with an escape sequence in place of every character that could control a terminal.

    >>> shown("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class _EscapedStream(io.TextIOWrapper):
    """A text stream that passes everything through `shown` before writing it."""

    def write(self, text: str, /) -> int:
        super().write(shown(text))
        return len(text)


def guard() -> None:
    """From now on, pass all text that is written to standard error or to a terminal through `shown`.

    Standard output that goes to a file or another program is not changed. Progress bars must control the
    terminal, so they write to `sys.__stderr__`, which is not changed either.
    """
    sys.stderr = _escaped(sys.stderr)
    if sys.stdout is not None and sys.stdout.isatty():
        sys.stdout = _escaped(sys.stdout)


def _escaped(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):
        return stream  # closed, or replaced by a test
    stream.flush()
    return _EscapedStream(
        stream.buffer,
        encoding=stream.encoding,
        errors=stream.errors,
        newline="\n",
        line_buffering=True,
        write_through=True,
    )


_BUG, _CLOSED = 70, 141
_EXTRAS = {
    "torch": "torch",
    "transformers": "torch",
    "huggingface_hub": "hub",
    "pyarrow": "parquet",
    "thot": "align",
    "openpyxl": "xlsx",
    "starlette": "serve",
    "uvicorn": "serve",
    "python_multipart": "serve",
    "prometheus_client": "serve",
}
"""The extra of Egiz that installs an optional package, by the name under which the package is imported."""

COMMANDS: dict[str, str] = {
    "build": "Make parallel text: split, translate, publish as TSV with a data package.",
    "split": "Split text into sentences and show what was repaired.",
    "translate": "Translate text, the lines of files, or lines from standard input.",
    "align": "Align human translations with their source.",
    "read": "Make one HTML page that shows source and translations side by side.",
    "review": "Bring human edits back into a published table.",
    "serve": "Serve translations to other programs, and documents for review to browsers.",
    "score": "Score bilingual files, and fit the scores of a model.",
    "evaluate": "Score translations against references: chrF++, chrF, BLEU and TER, each with its signature.",
    "export": "Write published tables and other bilingual files in another format.",
    "terms": "Find, check and correct terms; a term base is a file, or the name of one that ships with Egiz.",
    "models": "List, fetch, convert, trim and describe models.",
    "memory": "Look at the translation memory, or clear it.",
    "train": "Train a small model of one's own (needs egiz[torch]).",
    "doctor": "Say what is installed, what works and what is missing, and what was left over.",
}
"""Commands in the order of `egiz --help`, each with the first line of its help."""


class _Root(LazyGroup):
    """The whole command line."""

    def invoke(self, ctx: click.Context) -> int:
        """Run the command and return the exit status.

        Interruptions and closed pipes are handled here, because click would turn them into other errors.
        """
        try:
            super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            return _interrupted()
        except BrokenPipeError:
            _silence()
            return _CLOSED
        return 0


group = _Root(
    "egiz",
    COMMANDS,
    package="egiz.parallel.cli",
    homes={"memory": "models"},
    help="""Egiz: text in, parallel text out.

    Splits Kazakh (or any NLLB language) into sentences, translates them, and publishes them side by side
    with quality scores. Start with: egiz build TEXT.txt -o OUT
    """,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
group = click.version_option(package_name="egiz", message="%(package)s %(version)s")(group)


def main() -> None:
    """Run the command line and end the process with its exit status."""
    listen()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    guard()
    try:
        status = group(prog_name="egiz", standalone_mode=False)
    except KeyboardInterrupt:
        status = _interrupted()
    except click.Abort as stop:
        status = (
            _interrupted()
            if stop.__cause__
            else _print_error("not confirmed, so nothing was done (--yes confirms)")
        )
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        status = error.exit_code
    except click.ClickException as error:
        status = _print_error(_usage(error))
    except Exception as error:
        status = _interrupted() if came() else _failed(error)
    sys.exit(status)


def _print_error(message: str) -> int:
    """Print an error that the user can correct, always on one line; return the exit status."""
    click.echo(f"egiz: {' '.join(message.split())}", err=True)
    return 2


def _usage(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    advice = f" See '{context.command_path} --help'." if context else ""
    return message[0].lower() + message[1:] + advice


def _user_message(error: Exception) -> str | None:
    """Return the message of an error that the user can correct; None for a bug in Egiz."""
    from egiz.translate.errors import EgizError

    if isinstance(error, EgizError):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] in _EXTRAS:
        extra = _EXTRAS[str(error.name).partition(".")[0]]
        return f'{error.name} is not installed. Install it with `pip install "egiz[{extra}]"`.'
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
        _silence()
        place = error.filename or "standard output or a temporary file"
        return f"cannot write {place}: {error.strerror}"
    return None


def _failed(error: Exception) -> int:
    """Print the message of an error that the user can correct, or the traceback of any other error.

    Returns the exit status.
    """
    message = _user_message(error)
    if message is not None:
        return _print_error(message)
    traceback.print_exception(error)
    return _BUG


def _interrupted() -> int:
    click.echo("egiz: interrupted; run the same command again to go on", err=True)
    return STATUS


def _silence() -> None:
    """Redirect standard output to the null device, so that flushing it at exit raises no second error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
