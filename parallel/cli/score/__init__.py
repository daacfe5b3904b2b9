"""`egiz score`: the quality of bilingual files, and what it rests on."""

from __future__ import annotations

import click

from egiz.parallel.cli.main import LazyGroup

COMMANDS = {
    "files": "Score the pairs of bilingual files; the word may be left out.",
    "calibrate": "Fit the quality of a model on translations beside their references.",
}


class _ScoreGroup(LazyGroup):
    """`egiz score FILE` is `egiz score files FILE`."""

    otherwise = "files"
    """The command that is meant where none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in COMMANDS and args[0] not in ("-h", "--help"):
            args = [self.otherwise, *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of the command that is meant where none is named, then the commands."""
        meant = self.get_command(ctx, self.otherwise)
        assert meant is not None
        meant.format_options(click.Context(meant, info_name=ctx.info_name, parent=ctx.parent), formatter)
        self.format_commands(ctx, formatter)


command = _ScoreGroup(
    "score",
    COMMANDS,
    package="egiz.parallel.cli.score",
    help="""Score bilingual files, and fit the scores of a model.

    `egiz score FILE...` scores the pairs of bilingual files; `egiz score calibrate TABLE` fits the quality
    of a model. A file that is named calibrate or files needs a folder before its name: ./files.
    """,
)
