"""`egiz`: find the command, run it, and turn what goes wrong into one line and an exit status.

Exit status: 0 done; 1 done, but rows need attention under ``--strict``; 2 bad input or usage; 130
interrupted (the same command goes on where it stopped).
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
from types import FrameType

import click

COMMANDS: dict[str, str] = {
    "build": "Make parallel text: split, translate, publish as TSV with a data package.",
    "split": "Split text into sentences and show what was repaired.",
    "translate": "Translate lines from standard input to standard output.",
    "models": "List, fetch, convert and describe models.",
    "memory": "Look at the translation memory, or clear it.",
    "train": "Train a small model of one's own.",
    "doctor": "Say what is installed, what works and what is missing.",
}
"""Commands in the order of `egiz --help`, each with its line there; the module of that name holds it."""


class _Lazy(click.Group):
    """A group that imports a command only to run it, so that `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"egiz.parallel.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from egiz.translate.errors import nearest

            ctx.fail(f"no command {args[0]!r}. {nearest(args[0], COMMANDS)} See 'egiz --help'.")
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="egiz", message="%(package)s %(version)s")
def group() -> None:
    """Egiz: text in, parallel text out.

    Splits Kazakh (or any NLLB language) into sentences, translates them, and publishes them side by side
    with quality scores. Start with: egiz build TEXT.txt -o OUT
    """


def main() -> None:
    """Run the command line and leave the process with its status."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        status = group(standalone_mode=False)
    except click.exceptions.Exit as stop:
        status = stop.exit_code
    except click.ClickException as error:
        error.show()
        status = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("egiz: interrupted; run the same command again to go on", err=True)
        status = 130
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 141
    except Exception as error:
        status = _report(error)
    sys.exit(status if isinstance(status, int) else 0)


def _report(error: Exception) -> int:
    """Print a mistake that a person can mend in one line; let our own bugs show themselves."""
    from egiz.translate.errors import EgizError

    if not isinstance(error, EgizError):
        raise error
    click.echo(f"egiz: {error}", err=True)
    return 2


def _terminate(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
