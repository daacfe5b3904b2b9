"""The command line: one module per command, imported only when the command is called."""

from egiz.parallel.cli.main import main

__all__ = ["main"]
