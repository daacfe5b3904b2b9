"""A group of commands, each in a module of its own that is imported only to run it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """A group whose `--help` stays fast: its list of commands is data, not imports.

    `table` maps each command, in the order of the help, to its line there, which is the
    first of its own help; the module of that name in `package` holds it as `command`.
    """

    def __init__(
        self,
        name: str,
        table: Mapping[str, str],
        *,
        package: str,
        help: str,
        context_settings: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(name, help=help, context_settings=context_settings)
        self._table = table
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._table:
            return None
        command = importlib.import_module(f"{self._package}.{cmd_name}").command
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
