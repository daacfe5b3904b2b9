"""`egiz doctor`: what is installed, what works and what is missing."""

from __future__ import annotations

from pathlib import Path

import click

from egiz.parallel.cli.options import home_option


@click.command(epilog="Example: egiz doctor")
@home_option
def command(*, home: Path | None) -> None:
    """Say what is installed, what works and what is missing.

    Leaves with status 1 if the main job cannot run.
    """
    from egiz.parallel.doctor import examine

    findings = examine(home)
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        click.echo(f"{finding.mark} {finding.subject:{width}}  {finding.state}")
        if finding.advice:
            click.echo(f"  {'':{width}}  → {finding.advice}")
    if any(finding.needed and not finding.good for finding in findings):
        raise click.exceptions.Exit(1)
