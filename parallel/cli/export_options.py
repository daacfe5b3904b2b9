"""The options of `egiz export` that select rows, and their conversion to the records of the library."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from egiz.parallel.cli.options import Command, columns_option, workers_option
from egiz.parallel.cli.sections import Choice, Option

if TYPE_CHECKING:
    from egiz.parallel.cli.terms.options import ModelChoice
    from egiz.parallel.corpus.data import DataOptions
    from egiz.parallel.corpus.filters import Bounds, FilterOptions

_WRITTEN = {"source": "from", "target": "to", "tests": "require-term", "words": "word-count"}
"""Options whose parameter name differs from the spelling on the command line, which is the value here."""
_FILE = click.Path(path_type=Path, dir_okay=False)

_OPTIONS = (
    click.option(
        "--clean",
        is_flag=True,
        help="The usual filters for training data: --status ok,retried,edited --characters 2-400 --ratio 3 "
        "--drop-identical --drop-objects --check-script --check-language --dedupe near. Each can be "
        "overridden.",
    ),
    click.option(
        "--min-quality",
        default="",
        metavar="Q",
        help="Of built tables, leave out translations of lower quality, or none: 0.5 for all, or "
        "ru=0.5,en=0.6.",
    ),
    click.option(
        "--min-link",
        default="",
        metavar="Q",
        help="Of aligned tables, leave out translations whose link is less sure, or has no number.",
    ),
    click.option(
        "--min-soundness",
        default="",
        metavar="Q",
        help="With --scores, leave out pairs that egiz score finds less sound, or did not score.",
    ),
    click.option(
        "--status",
        default="",
        metavar="LIST",
        help="Only these: ok, retried, suspect, failed, unlinked, edited. What is approved stays.",
    ),
    click.option(
        "--without-flags",
        default="",
        metavar="LIST",
        help="Leave out pairs that have one of these flags; any is all of them.",
    ),
    click.option("--approved", is_flag=True, help="Only pairs that a person approved in a review."),
    click.option(
        "--characters",
        default="",
        metavar="A-B",
        help="Characters that both sides must have; either end may be omitted.",
    ),
    click.option(
        "--word-count",
        "words",
        cls=Option,
        old=("--words",),
        default="",
        metavar="A-B",
        help="Words that both sides must have.",
    ),
    click.option(
        "--ratio", type=click.FloatRange(min=1), metavar="R", help="Longer side to the shorter, at most."
    ),
    click.option("--check-script", is_flag=True, help="Leave out pairs with letters of another language."),
    click.option("--check-language", is_flag=True, help="Leave out pairs clearly in another language."),
    click.option("--drop-identical", is_flag=True, help="Leave out pairs that are the same on both sides."),
    click.option(
        "--drop-objects",
        is_flag=True,
        help="Leave out pairs with a mark where a picture, variable or unreadable character stood.",
    ),
    click.option(
        "--require-term",
        "tests",
        cls=Option,
        old=("--term",),
        multiple=True,
        metavar="TEST",
        help="contains:ID, satisfies:ID or misses:ID of a term, * for any. Given again, all must hold.",
    ),
    click.option(
        "--terms",
        multiple=True,
        metavar="BASE",
        help="The term base for these tests; without it, the outcomes in the table are believed.",
    ),
    click.option(
        "--unseen",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="A test set; no pair that resembles one of its sentences is kept. May be given again.",
    ),
    click.option(
        "--dedupe",
        type=Choice(["off", "exact", "near"], {"keep": "off"}),
        default="off",
        show_default=True,
        help="Of pairs that are the same (exact) or also nearly so (near), keep the best; off keeps all.",
    ),
    click.option(
        "--dedupe-by",
        type=click.Choice(["pair", "source", "target"]),
        default="pair",
        show_default=True,
        help="What must be the same.",
    ),
    click.option(
        "--likeness",
        type=click.FloatRange(min=0.5, max=1),
        default=0.8,
        show_default=True,
        help="Share of 5-grams in common from which two pairs are near duplicates.",
    ),
    click.option(
        "--best",
        type=click.IntRange(min=1),
        metavar="N",
        help="Then only the N pairs of the highest quality, of each target language.",
    ),
    click.option(
        "--split",
        default="",
        metavar="SIZES",
        help="Parts apart from train, of whole documents, or of whole paragraphs of a single one: "
        "dev=500,test=500 rows, or shares such as dev=0.05.",
    ),
    columns_option,
    workers_option,
    click.option("--reject", type=_FILE, metavar="FILE", help="Write what is left out there, with reasons."),
    click.option("--report", type=_FILE, metavar="FILE", help="Write the account there, as JSON."),
    click.option("--title", default="", help="A title for what is written; that of the input if not given."),
    click.option(
        "--licence",
        default="",
        metavar="NAME",
        help="The licence of the texts, where a file does not say it.",
    ),
    click.option(
        "--scores",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Numbers from a table as egiz score writes it: columns id, soundness (or quality) and, maybe, "
        "language.",
    ),
    click.option(
        "--from", "-f", "source", metavar="LANG", help="Source language, where a file does not say it."
    ),
    click.option(
        "--to", "-t", "target", metavar="LANG", help="Target language, where a file does not say it."
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataChoice:
    """The values of all options by parameter name; `named` are the options given on the command line."""

    values: dict[str, Any]
    named: tuple[str, ...]

    def given(self) -> str:
        """Return the first of these options that the user gave, as spelled on the command line:
        ``--min-quality``.

        The result is empty if the user gave none of them.
        """
        return f"--{_WRITTEN.get(self.named[0], self.named[0]).replace('_', '-')}" if self.named else ""

    def options(self, languages: tuple[str, ...]) -> DataOptions:
        """Return the options as records of the library; raises OptionError for invalid values and
        combinations."""
        from egiz.parallel.corpus import CorpusOptions
        from egiz.parallel.corpus.data import DataOptions
        from egiz.parallel.corpus.duplicates import DuplicateOptions
        from egiz.parallel.corpus.inputs import InputOptions
        from egiz.parallel.corpus.split import parse_split

        values = dict(self.values)
        self._check()
        if values["clean"]:
            values |= {name: value for name, value in _clean().items() if name not in self.named}
        corpus = CorpusOptions(
            languages=languages,
            filters=_filters(values),
            duplicates=DuplicateOptions(
                kind=values["dedupe"], measure=values["dedupe_by"], likeness=values["likeness"]
            ),
            split=parse_split(values["split"]),
            best=values["best"] or 0,
            unseen=values["unseen"],
        )
        inputs = InputOptions(
            source=values["source"],
            target=values["target"],
            columns=values["columns"],
            licence=values["licence"],
            scores=values["scores"],
        )
        return DataOptions(
            inputs=inputs,
            corpus=corpus,
            title=values["title"],
            report=values["report"],
            rejects=values["reject"],
            workers=values["workers"],
        )

    def _check(self) -> None:
        """Raise OptionError for an option that has no effect because another option is missing."""
        from egiz.translate.errors import OptionError

        needs = {"terms": ("tests",), "dedupe_by": ("dedupe", "clean"), "likeness": ("dedupe", "clean")}
        for name, others in needs.items():
            if name in self.named and not any(self.values[item] not in ((), "off", False) for item in others):
                needed = " or ".join(f"--{_WRITTEN.get(item, item)}" for item in others)
                raise OptionError("has no effect alone", where=f"--{name.replace('_', '-')}", expected=needed)


def _clean() -> dict[str, Any]:
    """Return the options that ``--clean`` sets, with their values as on the command line.

    The values are taken from `DataOptions.clean`.
    """
    from egiz.parallel.corpus.data import DataOptions

    options = DataOptions.clean().corpus
    filters = options.filters
    return {
        "status": ",".join(filters.statuses),
        "characters": f"{filters.characters.least}-{filters.characters.most}",
        "ratio": filters.ratio,
        "drop_identical": filters.drop_identical,
        "drop_objects": filters.drop_objects,
        "check_script": filters.script,
        "check_language": filters.language,
        "dedupe": options.duplicates.kind,
    }


def _filters(values: dict[str, Any]) -> FilterOptions:
    from egiz.parallel.cli.options import split_languages
    from egiz.parallel.corpus.filters import ANY, FilterOptions, parse_test
    from egiz.parallel.summary import STATUSES, UNLINKED
    from egiz.translate.guards.rules import REASONS

    return FilterOptions(
        quality=_least(values["min_quality"], "--min-quality"),
        link=_least(values["min_link"], "--min-link"),
        soundness=_least(values["min_soundness"], "--min-soundness"),
        statuses=_known(split_languages(values["status"]), (*STATUSES, UNLINKED), "--status"),
        flags=_known(split_languages(values["without_flags"]), (ANY, *REASONS), "--without-flags"),
        characters=_span(values["characters"], "--characters"),
        words=_span(values["words"], "--word-count"),
        ratio=values["ratio"],
        language=values["check_language"],
        script=values["check_script"],
        drop_identical=values["drop_identical"],
        drop_objects=values["drop_objects"],
        approved_only=values["approved"],
        terms=tuple(map(parse_test, values["tests"])),
    )


def _known(items: tuple[str, ...], known: tuple[str, ...], where: str) -> tuple[str, ...]:
    from egiz.translate.errors import OptionError, nearest

    for item in items:
        if item not in known:
            raise OptionError(
                repr(item), where=where, expected=" or ".join(known), action=nearest(item, known)
            )
    return items


def _span(text: str, where: str) -> Bounds:
    from egiz.parallel.corpus.filters import Bounds
    from egiz.translate.errors import OptionError

    least, mark, most = text.partition("-")
    ends = [int(end) if end.isdecimal() else None for end in (least, most)]
    if text and (not mark or any(end and not end.isdecimal() for end in (least, most))):
        raise OptionError(repr(text), where=where, expected="two numbers such as 2-400, or one of them: 2-")
    if None not in ends and ends[0] > ends[1]:  # type: ignore[operator]
        raise OptionError(repr(text), where=where, expected="the smaller number first")
    return Bounds(least=ends[0], most=ends[1])


def _least(text: str, where: str) -> dict[str, float] | None:
    from egiz.translate.errors import OptionError

    found: dict[str, float] = {}
    for item in filter(None, text.split(",")):
        language, mark, number = item.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1 or bool(mark) != bool(language) or language in found:
            raise OptionError(repr(item), where=where, expected="0.5 for all, or ru=0.5,en=0.6")
        found[language] = value
    return found or None


def data_options(function: Command) -> Command:
    """Add the options that select rows; the command receives them together as `choice`."""

    @wraps(function)
    def chosen(
        sources: tuple[Path, ...],
        output: Path,
        name: str | None,
        languages: str,
        *,
        document: Path | None,
        quiet: bool,
        model: ModelChoice,
        **values: Any,
    ) -> Any:
        context = click.get_current_context()
        default = ParameterSource.DEFAULT
        named = tuple(option for option in values if context.get_parameter_source(option) is not default)
        choice = DataChoice(values=values, named=named)
        return function(sources, output, name, languages, choice, document=document, quiet=quiet, model=model)

    command: Command = chosen
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
