"""`egiz doctor`: what is installed, what works and what is missing."""

from __future__ import annotations

from pathlib import Path

import click

from egiz.parallel.cli.options import home_option


@click.command(epilog="Example: egiz doctor")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER]...")
@home_option
def command(*, folders: tuple[Path, ...], home: Path | None) -> None:
    """Say what is installed, what works and what is missing.

    Runs that were killed may leave hidden files among the models and in output folders: each FOLDER is looked
    at, or the current one and those in it. Leaves with status 1 if the main job cannot run.
    """
    folders = folders or (Path(), *sorted(path for path in Path().iterdir() if path.is_dir()))
    from egiz.parallel.doctor import examine

    findings = examine(home, folders)
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        click.echo(f"{finding.mark} {finding.subject:{width}}  {finding.state}")
        if finding.advice:
            click.echo(f"  {'':{width}}  → {finding.advice}")
    if any(finding.needed and not finding.good for finding in findings):
        raise click.exceptions.Exit(1)
