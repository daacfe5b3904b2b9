"""`egiz`: find the command, run it, and turn what goes wrong into one line and an exit status.

Exit status: 0 done; 1 done, but rows need attention under ``--strict``; 2 bad input or usage; 130
interrupted (the same command goes on where it stopped); 141 whoever read the output went away; 70 a bug of
our own, with its traceback.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback

import click

from egiz.parallel.cli.lazy import LazyGroup
from egiz.parallel.cli.terminal import guard
from egiz.parallel.interruptions import STATUS, came, listen

_BUG, _CLOSED = 70, 141
_EXTRAS = {
    "torch": "torch",
    "transformers": "torch",
    "huggingface_hub": "hub",
    "pyarrow": "parquet",
    "thot": "align",
}
"""Packages that only some commands need, each with the extra of Egiz that brings it."""

COMMANDS: dict[str, str] = {
    "build": "Make parallel text: split, translate, publish as TSV with a data package.",
    "split": "Split text into sentences and show what was repaired.",
    "translate": "Translate lines from standard input to standard output.",
    "align": "Align human translations with their source.",
    "read": "Make one HTML page that shows source and translations side by side.",
    "review": "Bring human edits back into a published table.",
    "score": "Score bilingual files, and fit the scores of a model.",
    "evaluate": "Score translations against references: chrF++, chrF, BLEU and TER, each with its signature.",
    "export": "Write published tables and other bilingual files in another format.",
    "terms": "Find, check and correct terms; a term base is a file, or the name of one that ships with Egiz.",
    "models": "List, fetch, convert, trim and describe models.",
    "memory": "Look at the translation memory, or clear it.",
    "train": "Train a small model of one's own (needs egiz[torch]).",
    "doctor": "Say what is installed, what works and what is missing, and what was left over.",
}
"""Commands in the order of `egiz --help`, each with its line there, which is the first of its own help; the
module of that name holds it."""


class _Root(LazyGroup):
    """The whole command line."""

    def invoke(self, ctx: click.Context) -> int:
        """Run the command. Here, so that click makes nothing else of Ctrl-C and of a closed pipe."""
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
    help="""Egiz: text in, parallel text out.

    Splits Kazakh (or any NLLB language) into sentences, translates them, and publishes them side by side
    with quality scores. Start with: egiz build TEXT.txt -o OUT
    """,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
group = click.version_option(package_name="egiz", message="%(package)s %(version)s")(group)


def main() -> None:
    """Run the command line and leave the process with its status."""
    listen()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    guard()
    try:
        status = group(prog_name="egiz", standalone_mode=False)
    except KeyboardInterrupt:
        status = _interrupted()
    except click.Abort as stop:
        status = _interrupted() if stop.__cause__ else _say("not confirmed, nothing done (--yes confirms)")
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        status = error.exit_code
    except click.ClickException as error:
        status = _say(_usage(error))
    except Exception as error:
        status = _interrupted() if came() else _failed(error)
    sys.exit(status)


def _say(message: str) -> int:
    """Print what a person can mend in one line, whatever file names are in it; give the exit status."""
    click.echo(f"egiz: {' '.join(message.split())}", err=True)
    return 2


def _usage(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    advice = f" See '{context.command_path} --help'." if context else ""
    return message[0].lower() + message[1:] + advice


def _mendable(error: Exception) -> str | None:
    """What a person can mend, in words; None for our own bugs."""
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
    """Say what is to be mended, or show where we went wrong; give the exit status."""
    message = _mendable(error)
    if message is not None:
        return _say(message)
    traceback.print_exception(error)
    return _BUG


def _interrupted() -> int:
    click.echo("egiz: interrupted; run the same command again to go on", err=True)
    return STATUS


def _silence() -> None:
    """Have what is still to be written to standard output go nowhere, now that nothing can take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
