"""`egiz models` and `egiz memory`: the models and the translation memory on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from egiz.parallel.cli.options import home_option, split_languages
from egiz.translate.errors import plural

if TYPE_CHECKING:
    from egiz.translate.models import ModelInfo
    from egiz.translate.models.trim import TrimResult

_FORMATS = click.Choice(["nllb", "legacy"])
_PRECISION = click.option(
    "--precision",
    default="",
    metavar="TYPE",
    help="Type of the stored weights: int8 (default), float16, bfloat16, float32.",
)
_FORMAT = click.option(
    "--source-format",
    type=_FORMATS,
    help="Where the source language code stands; told by the "
    "checkpoint if not given. Old fine-tunes want legacy.",
)


@click.group()
def command() -> None:
    """List, fetch, convert, trim and describe models.

    A model is named starter (inside the package), nllb-600m, nllb-1.3b-distilled, nllb-3.3b, tilmash, by its
    hub id (organisation/name), or by the folder it lies in.
    """


@command.command("list")
@home_option
def list_(home: Path | None) -> None:
    """List the models that can be had by name and those on this machine."""
    from egiz.translate.models import list_models

    for model in list_models(home):
        click.echo(f"{model.name:20}  {model.state:7}  {model.about}")


@command.command()
@click.argument("model")
@home_option
@click.option("--revision", default="", metavar="COMMIT", help="Commit to take instead of the pinned one.")
@_PRECISION
@_FORMAT
@click.option("--endpoint", envvar="HF_ENDPOINT", show_envvar=True, metavar="URL", help="Address of the hub.")
@click.option("--token", envvar="HF_TOKEN", show_envvar=True, metavar="TOKEN", help="Token for gated models.")
def get(
    model: str,
    home: Path | None,
    revision: str,
    precision: str,
    source_format: Literal["nllb", "legacy"] | None,
    endpoint: str | None,
    token: str | None,
) -> None:
    """Fetch MODEL from the hub and make it ready; goes on where an interrupted download stopped."""
    from egiz.translate.models import ENDPOINT, Hub, get_model

    folder = get_model(
        model,
        hub=Hub(endpoint=endpoint or ENDPOINT, token=token),
        home=home,
        revision=revision,
        precision=precision,
        source_format=source_format,
        progress=lambda name, size: click.echo(f"{name}  {size / 1e6:.1f} MB", err=True),
    )
    click.echo(folder)


@command.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--name", default="", metavar="NAME", help="Name to install it under; the folder's if not given."
)
@home_option
@_PRECISION
@_FORMAT
@click.option(
    "--licence", default="", metavar="NAME", help="Licence of the weights, carried into every result."
)
@click.option(
    "--languages", default="", metavar="LANGS", help="Languages it is meant for; all it has if not given."
)
def convert(
    folder: Path,
    name: str,
    home: Path | None,
    precision: str,
    source_format: Literal["nllb", "legacy"] | None,
    licence: str,
    languages: str,
) -> None:
    """Install the model in FOLDER: a checkpoint in hub layout (needs egiz[torch]) or a ready conversion."""
    from egiz.translate.models import install_folder

    made = install_folder(
        folder,
        name,
        home=home,
        precision=precision,
        licence=licence,
        languages=split_languages(languages),
        source_format=source_format,
    )
    click.echo(made)


@command.command()
@click.argument("model")
@click.option(
    "--languages",
    required=True,
    metavar="LANGS",
    help="Languages to keep, as in kk,ru,en; the codes of all others go.",
)
@click.option(
    "--output",
    "-o",
    required=True,
    metavar="NAME",
    help="Name to install it under, or a folder if there is a slash in it.",
)
@click.option(
    "--texts",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Keep only pieces that stand in these texts or tables, and all letters; may be repeated. "
    "If not given, all pieces in the scripts of the languages stay.",
)
@click.option(
    "--least",
    default=1,
    show_default=True,
    metavar="N",
    help="How often a piece must stand in the texts to be kept.",
)
@click.option(
    "--shortlist",
    "shortlists",
    multiple=True,
    metavar="LANG=FILE",
    help="Make a shortlist for --fast: translations into LANG are made of the pieces of this text in LANG, "
    "and of letters; may be repeated.",
)
@home_option
def trim(
    model: str,
    languages: str,
    output: str,
    texts: tuple[Path, ...],
    least: int,
    shortlists: tuple[str, ...],
    home: Path | None,
) -> None:
    """Cut MODEL down to the vocabulary of some languages, which makes it smaller and faster.

    The remaining tokens are unchanged, and text in the scripts of these languages is split into the same
    pieces as before. Text in other scripts is unknown to the trimmed model.
    """
    from egiz.translate.models.trim import TrimOptions, trim_model

    cut = TrimOptions(
        languages=split_languages(languages),
        texts=texts,
        least=least,
        shortlists=tuple(map(_language_and_file, shortlists)),
    )
    made = trim_model(model, output, cut, home)
    click.echo(_sizes_line(made), err=True)
    click.echo(made.folder)


def _language_and_file(pair: str) -> tuple[str, Path]:
    """Split ``LANG=FILE`` into language and file; raises OptionError for any other text."""
    from egiz.translate.errors import OptionError

    tag, sign, name = pair.partition("=")
    if not (tag and sign and name):
        raise OptionError(repr(pair), where="--shortlist", expected="LANG=FILE, as in ru=russian.txt")
    return tag, Path(name)


def _sizes_line(made: TrimResult) -> str:
    before, after = (sum(item.size for item in found.files) for found in (made.parent, made.manifest))
    assert made.manifest.trimmed is not None
    vocabulary = made.manifest.trimmed.vocabulary
    line = f"{vocabulary} -> {made.tokens} tokens, {before / 1e6:.1f} -> {after / 1e6:.1f} MB"
    if made.tokens == vocabulary:
        line += f": nothing to gain, {made.parent.name} has no tokens of other languages"
    return line


@command.command()
@click.argument("model")
@home_option
def info(model: str, home: Path | None) -> None:
    """Describe MODEL: size, languages, licence, fingerprint and measured scores; its files are verified."""
    from egiz.translate.models import model_info

    found = model_info(model, home)
    for name, value in _facts(found):
        click.echo(f"{name:12} {value}")
    for figure in found.figures:
        click.echo(f"{figure.direction:12} {figure.metric} {figure.value:.1f}  {figure.signature}")


def _facts(found: ModelInfo) -> tuple[tuple[str, str], ...]:
    shape = f"{found.encoder_layers} + {found.decoder_layers} layers of width {found.width}"
    return (
        ("name", found.name),
        ("folder", str(found.path)),
        ("source", " at ".join(filter(None, (found.source, found.revision)))),
        ("licence", found.licence or "not stated"),
        ("languages", ", ".join(found.languages)),
        ("network", f"{shape}, {found.vocabulary} tokens"),
        ("stored", f"{found.size / 1e6:.1f} MB, {found.precision}, source format {found.source_format}"),
        *([("trimmed", str(found.trimmed))] if found.trimmed else []),
        *([("understands", ", ".join(found.understands))] if found.understands else []),
        ("decoding", ", ".join(found.decoding) or "NLLB's"),
        ("fingerprint", found.fingerprint),
        ("made with", ", ".join(f"{package} {version}" for package, version in found.created_with)),
    )


@command.command()
@click.argument("name")
@home_option
@click.confirmation_option(prompt="Remove this model from this machine?")
def remove(name: str, home: Path | None) -> None:
    """Remove an installed model, or the files of an interrupted download."""
    from egiz.translate.errors import ModelNotFound
    from egiz.translate.models import remove as run

    if not run(name, home):
        raise ModelNotFound(f"no model {name!r} is installed", action="See 'egiz models list'.")
    click.echo(f"{name} removed", err=True)


@click.group()
def memory() -> None:
    """Look at the translation memory, or clear it.

    The memory keeps every translation by model, settings and text, so that nothing is translated twice and
    an interrupted build goes on where it stopped.
    """


@memory.command()
@home_option
def stats(home: Path | None) -> None:
    """Show how much the memory holds."""
    from egiz.translate.memory import Memory, default_path

    path = default_path(home)
    if not path.exists():
        click.echo(f"no memory yet at {path}")
        return
    with Memory.open(path) as opened:
        found = opened.stats()
    click.echo(f"{path}: {plural(found.entries, 'translation')}, {found.size / 1e6:.1f} MB")
    for count in found.counts:
        click.echo(f"{count.entries:8}  {count.source} → {count.target}  {count.engine}")


@memory.command()
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
    with Memory.open(path) as opened:
        click.echo(f"{plural(opened.clear(engine=engine), 'translation')} forgotten")
