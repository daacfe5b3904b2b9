"""`egiz evaluate --links`: how right the links of an alignment are."""

from __future__ import annotations

from pathlib import Path

import click


def evaluate_links(found: Path, gold: Path, language: str = "") -> None:
    """Print how the links of `found` compare with those of `gold`.

    For a command to call; raises InputError for files that are no links.
    """
    from egiz.parallel.align.links_file import evaluate_files

    scores = evaluate_files(found, gold, language)
    click.echo("links\tprecision\trecall\tF1")
    click.echo(f"strict\t{scores.strict_precision:.3f}\t{scores.strict_recall:.3f}\t{scores.strict_f1:.3f}")
    click.echo(f"lax\t{scores.lax_precision:.3f}\t{scores.lax_recall:.3f}\t{scores.lax_f1:.3f}")
    null = "" if scores.null_recall is None else f"{scores.null_recall:.3f}"
    click.echo(f"null\t\t{null}\t")
    click.echo(f"{scores.found:,} links against {scores.gold:,} of {gold}", err=True)


@click.command(hidden=True, epilog="Example: egiz evaluate_links out.tsv gold.tsv")
@click.argument("found", metavar="DIR|FILE.tsv", type=click.Path(path_type=Path, exists=True))
@click.argument("gold", metavar="GOLD.tsv", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", "-t", "language", default="", metavar="LANG", help="Only the links of this language.")
def command(found: Path, gold: Path, language: str) -> None:
    """Judge the links of an alignment against links that are known.

    DIR or FILE.tsv is what egiz align wrote. GOLD.tsv has columns source and target with units by name or
    counted from 0, joined by commas.
    """
    evaluate_links(found, gold, language)
