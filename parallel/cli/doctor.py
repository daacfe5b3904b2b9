"""`egiz doctor`: what is installed, what works and what is missing; and what suits this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from egiz.parallel.cli.options import home_option

if TYPE_CHECKING:
    from egiz.translate.tune import Tuned


@click.command(epilog="Example: egiz doctor --tune")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER]...")
@click.option(
    "--tune", "tuning", is_flag=True, help="Measure which threads and batches suit a model here; record it."
)
@click.option("--model", "-m", metavar="MODEL", help="With --tune: the model.  [default: starter]")
@click.option("--device", metavar="DEVICE", help="With --tune: auto, cpu or cuda.  [default: auto]")
@click.option("--precision", metavar="TYPE", help="With --tune: as for egiz build.  [default: default]")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    metavar="N",
    help="With --tune: begin nothing new after so long.  [default: 120]",
)
@home_option
def command(*, folders: tuple[Path, ...], tuning: bool, home: Path | None, **said: Any) -> None:
    """Say what is installed, what works and what is missing, and what was left over.

    Runs that were killed may leave hidden files among the models and in output folders: each FOLDER is looked
    at, or the current one and those in it. Leaves with status 1 if the main job cannot run.

    With --tune it measures instead how the cores of this
    machine are best shared out for a model and how large its batches should be, and records it in tuning.json
    in the home folder, where later commands with that model find it. To forget it, delete the file.
    """
    given = {name: value for name, value in said.items() if value is not None}
    if tuning:
        if folders:
            raise click.UsageError("no FOLDER goes with --tune.", click.get_current_context())
        _tune(home, **given)
        return
    if given:
        raise click.UsageError(f"--{next(iter(given))} goes with --tune.", click.get_current_context())
    _examine(home, folders or (Path(), *sorted(path for path in Path().iterdir() if path.is_dir())))


def _examine(home: Path | None, folders: Sequence[Path]) -> None:
    from egiz.parallel.doctor import examine

    findings = examine(home, folders)
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        click.echo(f"{finding.mark} {finding.subject:{width}}  {finding.state}")
        if finding.advice:
            click.echo(f"  {'':{width}}  → {finding.advice}")
    if any(finding.needed and not finding.good for finding in findings):
        raise click.exceptions.Exit(1)


def _tune(
    home: Path | None,
    model: str = "starter",
    device: str = "auto",
    precision: str = "default",
    seconds: float | None = None,
) -> None:
    from egiz.translate.ctranslate2_engine import Hardware
    from egiz.translate.models import resolve
    from egiz.translate.tune import SECONDS, tune

    hardware = Hardware(device=device, precision=precision)
    made = tune(
        resolve(model, home),
        hardware,
        home=home,
        seconds=SECONDS if seconds is None else seconds,
        report=lambda line: click.echo(line, err=True),
    )
    _show(made)


def _show(made: Tuned) -> None:
    """A table of what was tried, then what was chosen and what follows."""
    from egiz.translate.tune import BATCH_MARGIN, DIVISION_MARGIN

    choice, record = made.choice, made.record
    rows = [(choice.default, choice.default_speed, 1.0, "default")]
    rows += [(trial.setting, trial.speed, trial.gain, "again" * trial.again) for trial in choice.trials]
    click.echo("workers × threads   batch tokens   sentences/s   times the default")
    for setting, speed, gain, note in rows:
        line = f"{setting.division:<18}  {setting.batch_tokens:>12,}  {speed:>12.1f}  {gain:>18.2f}  {note}"
        click.echo(line.rstrip())
    if choice.alike:
        sizes = ", ".join(f"{size:,}" for size in sorted(choice.alike))
        click.echo(f"batches of {sizes} tokens come to the same as others and were not tried")
    if choice.cut_short:
        click.echo("time ran out before all was tried: --seconds gives more")
    if choice.setting == choice.default:
        others = "nothing tried in time" if choice.cut_short else "nothing else"
        click.echo(
            f"chosen for {record.model}: the default, as {others} was faster by {DIVISION_MARGIN:.0%} "
            f"(cores) or {BATCH_MARGIN:.0%} (batches)"
        )
    else:
        click.echo(f"chosen for {record.model}: {record}")
    if choice.setting.batch_tokens != made.former_batch_tokens:
        click.echo(
            f"translations remembered with batches of {made.former_batch_tokens:,} tokens are not found any "
            f"more unless you ask for them: --decoding batch_tokens={made.former_batch_tokens}"
        )
    click.echo(f"recorded in {made.path}")
