"""Help texts with sections, and old spellings of options, for every command of `egiz`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import click

SECTIONS: dict[str, tuple[str, ...]] = {
    "Texts": ("from", "to", "column", "columns", "encoding", "units", "parallel", "changed-from", "scores"),
    "Output": (
        *(
            "output",
            "format",
            "document",
            "title",
            "language",
            "languages",
            "licence",
            "split",
            "edits",
            "left",
        ),
        *("features", "reject", "report", "log-json", "quiet", "strict"),
    ),
    "Model": ("model", "device", "precision", "threads", "engine", "home", "no-memory", "no-mt", "no-engine"),
    "Decoding": ("beam", "method", "fast", "setting"),
    "Terms": ("terms", "terms-mode", "terms-columns", "known", "redecode", "severity", "baseline"),
    "Quality": ("effort", "neural"),
    "Links": ("words", "layers", "force"),
    "Choosing pairs": (
        *(
            "clean",
            "min-quality",
            "min-link",
            "min-soundness",
            "status",
            "without-flags",
            "approved",
            "characters",
            "word-count",
            "ratio",
        ),
        *("check-script", "check-language", "drop-identical", "drop-objects", "require-term", "unseen"),
        *("dedupe", "dedupe-by", "likeness", "best"),
    ),
    "Several processes": ("workers", "scheduler", "shard-rows"),
}
"""The sections of the help, in order, each with its options; the same for all commands."""

_OTHERS = "Other options"
_FEW = 8
"""A help text with at most this number of options has no sections."""


class Sectioned(click.Command):
    """A command whose help has sections.

    If the user gives an option in an old spelling, the current spelling is printed to standard error.
    """

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, options in sections(self, ctx):
            with formatter.section(title):
                formatter.write_dl([record for option in options if (record := option.get_help_record(ctx))])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        renamed = {
            old: option.opts[0]
            for option in self.get_params(ctx)
            if isinstance(option, Option)
            for old in option.old
        }
        given = args[: args.index("--")] if "--" in args else args
        for old in dict.fromkeys(word.partition("=")[0] for word in given):
            if old in renamed:
                click.echo(f"egiz: {old} is called {renamed[old]} now", err=True)
        return super().parse_args(ctx, args)


def sections(command: click.Command, ctx: click.Context) -> list[tuple[str, Sequence[click.Option]]]:
    """Return pairs of section title and options for the help of a command, without hidden options.

    A command with at most `_FEW` options has a single section.
    """
    shown = [
        option
        for option in command.get_params(ctx)
        if isinstance(option, click.Option) and option.get_help_record(ctx)
    ]
    if len(shown) <= _FEW:
        return [("Options", shown)]
    found = [
        (title, [option for name in names for option in shown if f"--{name}" in _names(option)])
        for title, names in SECTIONS.items()
    ]
    placed = {option.name for _, options in found for option in options}
    found.append((_OTHERS, [option for option in shown if option.name not in placed]))
    return [(title, options) for title, options in found if options]


def _names(option: click.Option) -> list[str]:
    """Return the current spellings of an option, without its old spellings."""
    old = option.old if isinstance(option, Option) else ()
    return [name for name in option.opts if name not in old]


class Option(click.Option):
    """An option that also accepts its `old` spellings, which the help does not show."""

    def __init__(self, param_decls: Sequence[str], *, old: Iterable[str] = (), **attributes: Any) -> None:
        self.old = tuple(old)
        super().__init__([*param_decls, *self.old], **attributes)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        every, self.opts = self.opts, _names(self)
        try:
            return super().get_help_record(ctx)
        finally:
            self.opts = every


class Choice(click.Choice[str]):
    """A choice that also accepts former names; `old` maps each of them to the current name."""

    def __init__(self, choices: Sequence[str], old: dict[str, str]) -> None:
        super().__init__(choices)
        self._old = old

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        with suppress(TypeError):
            value = self._old.get(value, value)
        return super().convert(value, param, ctx)
