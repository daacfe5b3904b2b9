"""`egiz terms lint`, `extract` and `convert`: commands for whole term bases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from egiz.parallel.cli.options import columns_option, or_stdout, quiet_option
from egiz.parallel.cli.sections import Sectioned
from egiz.parallel.cli.terms.options import STRICT, base_options, format_of, opened, print_unread, write_base
from egiz.translate.errors import plural

if TYPE_CHECKING:
    from egiz.glossary.extract import Extraction, ExtractOptions
    from egiz.glossary.lint import LintFinding
    from egiz.glossary.records import Severity
    from egiz.parallel.bilingual.notices import Notice

_ENDINGS = {".txt": "text", ".json": "json", ".sarif": "sarif", ".xml": "junit"}


@click.command(cls=Sectioned, epilog="Example: egiz terms lint soviet-history --strict --severity error")
@click.argument("bases", nargs=-1, required=True, metavar="BASE...")
@click.option(
    "--from",
    "-f",
    "source",
    metavar="LANG",
    help="Language that texts are translated from; the first one of the base if not given.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "json", "sarif", "junit", "github"]),
    help="text for people, json for programs, sarif for code hosts, junit for build servers, github: "
    "annotations of GitHub Actions. By the ending of FILE (.txt, .json, .sarif, .xml), else text.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    callback=or_stdout,
    help="Write the findings there instead of to standard output.",
)
@click.option(
    "--severity",
    "least",
    type=click.Choice(["note", "warning", "error"]),
    default="note",
    show_default=True,
    help="Report findings of this severity and worse.",
)
@base_options
@quiet_option
@click.option("--strict", is_flag=True, help=STRICT)
def lint(
    *,
    bases: tuple[str, ...],
    source: str | None,
    layout: str | None,
    output: str | None,
    least: Severity,
    encoding: str | None,
    columns: str | None,
    quiet: bool,
    strict: bool,
) -> None:
    """Find errors and doubtful entries in term bases.

    BASEs are files or names of term bases that ship with Egiz; several are checked together, as `egiz terms
    check` would use them. Errors are entries that contradict each other or can never be found; warnings are
    doubtful entries; notes are entries that are unusual but may be intended. Findings go to standard output
    or FILE, their number to standard error.
    """
    from egiz.glossary.sentences import lint_terms, load_terms
    from egiz.parallel.bilingual.findings import SEVERITIES, severities_from

    chosen = format_of(layout, output, _ENDINGS)
    base = load_terms(*bases, encoding=encoding, columns=columns)
    shown = severities_from(least)
    found = [item for item in lint_terms(base, source=source) if item.severity in shown]
    with opened(output, [Path(name) for name in bases]) as stream:
        _write_findings(chosen, found, bases, stream)
    count = Counter(finding.severity for finding in found)
    print_unread(base)
    if not quiet:
        click.echo(", ".join(plural(count[severity], severity) for severity in SEVERITIES), err=True)
    if strict and count["error"] + count["warning"]:
        raise click.exceptions.Exit(1)


def _write_findings(layout: str, found: Sequence[LintFinding], bases: Sequence[str], stream: TextIO) -> None:
    import json
    from dataclasses import asdict

    from egiz.glossary.lint import RULES
    from egiz.parallel.bilingual.notices import write_github, write_junit, write_sarif

    if layout == "json":
        stream.write(json.dumps([asdict(item) for item in found], ensure_ascii=False, indent=2) + "\n")
    elif layout == "sarif":
        rules = {
            rule.__name__.replace("_", "-"): (None, (rule.__doc__ or "").splitlines()[0]) for rule in RULES
        }
        write_sarif(_notices(found), rules, stream)
    elif layout == "junit":
        write_junit(_notices(found), dict.fromkeys(map(_file, bases), ""), stream)
    elif layout == "github":
        write_github(_notices(found), {}, stream)
    else:
        stream.writelines(
            f"{item.place}: {item.severity}: {item.term}: {item.message}. {item.action} [{item.code}]\n"
            for item in found
        )


def _file(base: str) -> str:
    """Return the file name that findings in the term base `base` give as their place.

    `base` is a file, or the name of a term base that ships with Egiz: ``name`` -> ``name.tsv``.
    """
    return base if Path(base).suffix else f"{base}.tsv"


def _notices(found: Sequence[LintFinding]) -> Iterator[Notice]:
    """Yield the findings as notices for code hosts, with file and line."""
    from hashlib import sha256

    from egiz.parallel.bilingual.notices import Notice

    for item in found:
        file, *numbers = _place(item.place)
        mark = "\x1f".join((item.code, item.term, item.message))
        yield Notice(
            file=file,
            line=int(numbers[0]) if numbers else 0,
            name=item.term,
            severity=item.severity,
            code=item.code,
            message=f"{item.message}. {item.action}",
            fingerprint=sha256(mark.encode("utf-8", "replace")).hexdigest()[:24],
        )


def _place(place: str) -> list[str]:
    """Split a place such as ``terms.tsv:3:5`` into file, line and column; line and column may be missing."""
    numbers: list[str] = []
    while len(numbers) < 2 and place.rpartition(":")[2].isdecimal():
        place, _, number = place.rpartition(":")
        numbers.insert(0, number)
    return [place, *numbers]


_DETAILS = "details"


@click.command(
    cls=Sectioned,
    epilog="Example: egiz terms extract seeds/kk/qaita-quru.txt --known soviet-history -o draft.tsv",
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--parallel", "bilingual", is_flag=True, help="SOURCEs are bilingual files, not documents.")
@click.option(
    "--from",
    "-f",
    "source",
    metavar="LANG",
    help="Language of the terms (BCP-47): kk if not given, or what a bilingual file says.",
)
@click.option(
    "--to",
    "-t",
    "target",
    metavar="LANG",
    help="With --parallel: language of the renderings; the first of the file.",
)
@columns_option
@click.option(
    "--known",
    multiple=True,
    metavar="BASE",
    help="Leave out the terms of this term base: a file, or one that ships with Egiz. May be given again.",
)
@click.option("--least", default=2, show_default=True, metavar="N", help="Occurrences that a term must have.")
@click.option("--top", default=200, show_default=True, metavar="N", help="Propose so many terms at most.")
@click.option(
    "--format",
    "layout",
    metavar="FORMAT",
    help="tsv, csv, xlsx, json, tbx, tbx2008, or details: all that was found, as JSON; by the ending of FILE "
    "if not given.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    callback=or_stdout,
    help="Write the draft there.",
)
@quiet_option
def extract(
    *,
    sources: tuple[str, ...],
    bilingual: bool,
    source: str | None,
    target: str | None,
    columns: str | None,
    known: tuple[str, ...],
    least: int,
    top: int,
    layout: str | None,
    output: Path | None,
    quiet: bool,
) -> None:
    """Draft a term base from documents or parallel text.

    SOURCEs are documents, folders or - for standard input; with --parallel, output folders of builds, tables
    with a text beside its translation (TSV, CSV, XLSX), Moses files, TMX, XLIFF or PO. Candidates are sorted,
    best first, with frequency, score and examples in the note; a rendering is filled in only if the parallel
    text supports it clearly. A person should revise the draft. It goes to standard output or FILE; a list of
    what was read goes to standard error.
    """
    from egiz.glossary.extract import ExtractOptions
    from egiz.parallel.bilingual.term_bases import extract_terms

    write = _draft_writer(layout, output, (*sources, *known))
    options = ExtractOptions(language=source or "", target_language=target or "", least=least, top=top)
    found = extract_terms(sources, options, parallel=bilingual, columns=columns, known=known)
    write(found, options)
    if not quiet:
        click.echo(_extracted(found), err=True)


def _draft_writer(
    layout: str | None, output: Path | None, read: Sequence[str]
) -> Callable[[Extraction, ExtractOptions], None]:
    """Return the function that writes the draft of a term base.

    Call this before the sources are read: it raises OptionError for an unknown format, and for an output that
    is one of the files to read.
    """
    from egiz.glossary.extract import as_json, draft
    from egiz.glossary.formats import Written, choose
    from egiz.translate.errors import OptionError

    if output is not None and output.resolve() in {Path(name).resolve() for name in read}:
        raise OptionError(f"{str(output)!r}", where="--output", expected="a file that is not read")
    chosen = None if layout == _DETAILS else choose(layout, output)

    def write(found: Extraction, options: ExtractOptions) -> None:
        made = Written(text=as_json(found)) if chosen is None else chosen.write(draft(found, options))
        write_base(made, output, read)

    return write


def _extracted(found: Extraction) -> str:
    parts = [plural(len(found.candidates), "candidate")]
    if found.target_language:
        rendered = sum(1 for item in found.candidates if item.renderings)
        parts.append(f"{rendered:,} with renderings in {found.target_language}")
    if found.known:
        parts.append(f"{found.known:,} known already")
    if found.cut:
        parts.append(f"{found.cut:,} more below these")
    searched = f"{plural(found.words, 'word')}, {plural(found.documents, 'document')}"
    return f"{', '.join(parts)}; searched {searched}"


@click.command(cls=Sectioned, epilog="Example: egiz terms convert soviet-history -o soviet-history.tbx")
@click.argument("bases", nargs=-1, required=True, metavar="BASE...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=or_stdout,
    help="File to write; standard output if not given.",
)
@click.option(
    "--format",
    "name",
    metavar="FORMAT",
    help="tsv, csv, xlsx, json, tbx or tbx2008; by the ending of the output file if not given.",
)
@base_options
def convert(
    *,
    bases: tuple[str, ...],
    output: Path | None,
    name: str | None,
    encoding: str | None,
    columns: str | None,
) -> None:
    """Convert term bases to another format; several are merged into one.

    BASEs are tables (TSV, CSV, tab-separated text, XLSX), TBX, MultiTerm XML, Qt phrase books, JSON, or names
    of term bases that ship with Egiz. Of two entries for one term, the one of the later base is kept. Parts
    that were not read, assumptions that were made, and parts that the new format cannot hold are listed on
    standard error.
    """
    from egiz.glossary.formats import choose, summarise
    from egiz.glossary.sentences import load_terms

    chosen = choose(name, output)
    found = load_terms(*bases, encoding=encoding, columns=columns)
    written = chosen.write(found)
    write_base(written, output, bases)
    print_unread(found)
    for line in summarise(written.losses):
        click.echo(f"not kept: {line}", err=True)
