"""`egiz models`: which models there are, and getting them ready."""

from __future__ import annotations

from pathlib import Path

import click

from egiz.parallel.cli.options import home_option


@click.group()
def command() -> None:
    """List, fetch, convert and describe models.

    A model is named starter (inside the package), nllb-600m, nllb-1.3b-distilled, nllb-3.3b, tilmash, by its
    hub id (organisation/name), or by the folder it lies in.
    """
