"""`egiz serve`: a web server with LibreTranslate's protocol and a page of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.cli.options import engine_options_but


@click.command(epilog="Example: egiz serve out --terms government")
@click.argument("workspace", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen at."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=5000,
    show_default=True,
    metavar="N",
    help="The port to listen at; 0 takes a free one.",
)
@click.option(
    "--model",
    "-m",
    "models",
    multiple=True,
    default=[EngineChoice().model],
    show_default=True,
    metavar="MODEL",
    help="starter, nllb-600m, nllb-1.3b-distilled, nllb-3.3b, tilmash, a hub id or a folder. May be given "
    "again: the first is the default, and requests name another one.",
)
@engine_options_but("model")
@click.option(
    "--terms",
    "bases",
    multiple=True,
    metavar="BASE",
    help="Correct terms by this term base: a file, or one that ships with Egiz. May be given again.",
)
@click.option(
    "--effort",
    type=click.Choice(["fast", "normal", "thorough"]),
    default="fast",
    show_default=True,
    help="What the quality may ask of the model besides the translation, as for egiz build. Answers wait for "
    "it.",
)
@click.option(
    "--api-key-file",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Require the key in this file from every client; needed if other machines can reach --host.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name that the server is reached by, besides localhost and addresses. May be given again.",
)
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="A site or browser extension that may use the server, as https://example.org. May be given again.",
)
@click.option(
    "--log-json",
    metavar="FILE",
    help="Write each request as one JSON object a line, without its text; - for standard error.",
)
@click.option("--log-text", is_flag=True, help="Write the texts of requests into the log too.")
def command(
    *,
    workspace: Path | None,
    host: str,
    port: int,
    models: tuple[str, ...],
    choice: EngineChoice,
    bases: tuple[str, ...],
    effort: str,
    key_file: Path | None,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    log_json: str | None,
    log_text: bool,
) -> None:
    """Serve translations to other programs, and documents for review to browsers.

    Programs that use the protocol of LibreTranslate (Weblate, OmegaT, browser extensions, Python clients)
    need no change; the page at / translates texts and files and shows them for review. WORKSPACE is an
    output folder of egiz build, or a folder that contains such folders; if it is not given, it is a folder in
    the user's data folder. The server writes nothing outside WORKSPACE except the translation memory. After
    Ctrl-C or SIGTERM it finishes the sentences being decoded and ends; the next start continues with the
    files in the queue.
    """
    from egiz.parallel.cli.progress import json_log
    from egiz.parallel.serve.app import Application, Settings
    from egiz.parallel.serve.safety import read_key
    from egiz.parallel.serve.server import serve
    from egiz.translate.memory import default_path

    settings = Settings(
        workspace=workspace or default_path(choice.home).with_name("workspace"),
        host=host,
        port=port,
        choice=replace(choice, model=models[0]),
        models=models[1:],
        terms=bases,
        effort=effort,
        key=read_key(key_file, host),
        hosts=hosts,
        origins=origins,
        log_text=log_text,
    )
    with json_log(log_json) as log:
        application = Application(settings, log.event)
        serve(application, lambda address: click.echo(f"serving {settings.workspace} at {address}", err=True))
