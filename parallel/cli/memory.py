"""`egiz memory`: shows and clears the translation memory."""

from __future__ import annotations

from pathlib import Path

import click

from egiz.parallel.cli.options import home_option
from egiz.translate.errors import plural


@click.group()
def command() -> None:
    """Look at the translation memory, or clear it.

    The memory keeps every translation by model, settings and text, so that nothing is translated twice and
    an interrupted build goes on where it stopped.
    """


@command.command()
@home_option
def stats(home: Path | None) -> None:
    """Show how much the memory holds."""
    from egiz.translate.memory import Memory, default_path

    path = default_path(home)
    if not path.exists():
        click.echo(f"no memory yet at {path}")
        return
    with Memory.open(path) as memory:
        found = memory.stats()
    click.echo(f"{path}: {plural(found.entries, 'translation')}, {found.size / 1e6:.1f} MB")
    for count in found.counts:
        click.echo(f"{count.entries:8}  {count.source} → {count.target}  {count.engine}")


@command.command()
@home_option
@click.option(
    "--engine", metavar="TEXT", help="Only what this engine identity made (see 'egiz memory stats')."
)
@click.confirmation_option(prompt="Forget these translations?")
def clear(home: Path | None, engine: str | None) -> None:
    """Forget translations."""
    from egiz.translate.memory import Memory, default_path

    path = default_path(home)
    if not path.exists():
        click.echo(f"no memory at {path}, nothing to clear")
        return
    with Memory.open(path) as memory:
        click.echo(f"{plural(memory.clear(engine=engine), 'translation')} forgotten")
