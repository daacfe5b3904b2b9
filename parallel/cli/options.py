"""Options that several commands share, and their conversion to the records of the library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import wraps
from itertools import permutations
from pathlib import Path
from typing import Any

import click

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.cli.sections import Option

Command = Callable[..., Any]


_DEFAULTS = EngineChoice()
_ENGINE_OPTIONS = {
    "model": click.option(
        "--model",
        "-m",
        default=_DEFAULTS.model,
        show_default=True,
        metavar="MODEL",
        help="starter, nllb-600m, nllb-1.3b-distilled, nllb-3.3b, tilmash, a hub id or a folder.",
    ),
    "device": click.option(
        "--device", default=_DEFAULTS.device, show_default=True, metavar="DEVICE", help="auto, cpu or cuda."
    ),
    "precision": click.option(
        "--precision",
        default=_DEFAULTS.precision,
        show_default=True,
        metavar="TYPE",
        help="int8, float16, bfloat16, float32; default is int8 on a CPU, float16 on a GPU.",
    ),
    "threads": click.option(
        "--threads",
        default=_DEFAULTS.threads,
        metavar="N",
        help="CPU threads; 0 is one per core.  [default: 0]",
    ),
    "beam": click.option(
        "--beam",
        default=_DEFAULTS.beam,
        show_default=True,
        metavar="N",
        help="Beam size; 1 is greedy and fastest.",
    ),
    "decode": click.option(
        "--method",
        "decode",
        cls=Option,
        old=("--decode",),
        type=click.Choice(["beam", "mbr"]),
        default=_DEFAULTS.decode,
        show_default=True,
        help="beam takes the likeliest output; mbr the one that most of many candidates agree with, which "
        "is better and takes several times as long.",
    ),
    "fast": click.option(
        "--fast",
        is_flag=True,
        help="Decode with a beam of at most 4 and the model's shortlists, if it has any; where a check "
        "objects, decode again without. Some texts differ.",
    ),
    "decoding": click.option(
        "--setting",
        "decoding",
        cls=Option,
        old=("--decoding",),
        multiple=True,
        metavar="NAME=VALUE",
        help="A setting of decoding: no_repeat, block_unknown, length_factor, length_extra, "
        "length_penalty, repetition_penalty, hypotheses, batch_tokens, dropout, variant. May be given again.",
    ),
    "engine_name": click.option(
        "--engine",
        "engine_name",
        type=click.Choice(["ctranslate2", "transformers"]),
        default=_DEFAULTS.engine_name,
        show_default=True,
        help="transformers is the slow reference; it takes a folder in hub layout and egiz[torch].",
    ),
    "no_memory": click.option(
        "--no-memory", is_flag=True, help="Neither ask nor fill the translation memory."
    ),
}


def home_option(function: Command) -> Command:
    """Add ``--home``, the folder of models and memory."""
    return click.option(
        "--home",
        envvar="EGIZ_HOME",
        show_envvar=True,
        type=click.Path(path_type=Path, file_okay=False),
        help="Where models and the translation memory are kept; the user's data folder if not given.",
    )(function)


def engine_options(function: Command) -> Command:
    """Add the options for model, hardware, decoding and memory; the command receives them as `choice`."""
    return engine_options_but()(function)


def engine_options_but(*without: str) -> Callable[[Command], Command]:
    """Return a decorator like `engine_options`, but without the options for the fields `without`.

    These are fields of `EngineChoice` that have no effect in the command.
    """

    def decorate(function: Command) -> Command:
        @wraps(function)
        def chosen(**values: Any) -> Any:
            names = [field.name for field in fields(EngineChoice) if field.name in values]
            choice = EngineChoice(**{name: values.pop(name) for name in names})
            return function(choice=choice, **values)

        command = home_option(chosen)
        for name, option in reversed(_ENGINE_OPTIONS.items()):
            if name not in without:
                command = option(command)
        return command

    return decorate


def language_options(function: Command) -> Command:
    """Add ``--from`` and ``--to``."""
    function = click.option(
        "--to",
        "-t",
        "targets",
        default="ru,en",
        show_default=True,
        metavar="LANGS",
        help="Target languages, separated by commas.",
    )(function)
    return click.option(
        "--from",
        "-f",
        "source",
        default="kk",
        show_default=True,
        metavar="LANG",
        help="Source language (BCP-47).",
    )(function)


def terms_mode_option(function: Command) -> Command:
    """Add ``--terms-mode``."""
    return click.option(
        "--terms-mode",
        type=click.Choice(["check", "safe", "eager"]),
        default="safe",
        show_default=True,
        help="How terms are corrected: not at all, only checked; where the words that give way are known to "
        "stand for the term and the rest of the sentence gets no worse (of translations by people, only "
        "forbidden wordings); or wherever a term can be put in, which damages about every second sentence "
        "of other subjects and is for people who read each one afterwards.",
    )(function)


def columns_option(function: Command) -> Command:
    """Add ``--columns``, for commands whose files may be bilingual tables."""
    return click.option(
        "--columns",
        metavar="LIST",
        help="What the columns of tables are, where headers do not say it: source=Text,target=Translation or "
        "kk=Text,ru=Translation; by number from 1 where there is no header: kk=1,ru=2, or kk,ru.",
    )(function)


def quiet_option(function: Command) -> Command:
    """Add ``--quiet``, for commands that print a summary at the end."""
    return click.option("--quiet", "-q", is_flag=True, help="No summary on standard error.")(function)


def workers_option(function: Command) -> Command:
    """Add ``--workers``, for commands that divide rows among processes and use no model; 0 by default."""
    return click.option(
        "--workers",
        type=click.IntRange(min=1),
        default=None,
        callback=lambda context, parameter, value: value or 0,
        metavar="N",
        help="Work in so many processes; by default in one, or of thousands of rows in one for each core.",
    )(function)


def or_stdout(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Callback for ``-o`` of commands that write one text: return None for ``-`` (standard output)."""
    return None if value is not None and str(value) == "-" else value


def no_stdout(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Callback for ``-o`` of commands that write files. Raises OptionError for ``-``."""
    from egiz.translate.errors import OptionError

    if value is not None and str(value) == "-":
        raise OptionError(
            "'-'", where="--output", expected="a name: what this command writes cannot go to standard output"
        )
    return value


def output_folder(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Callback for ``-o`` of commands that write a folder. Raises OptionError for the name of a file."""
    from egiz.parallel.corpus.data import ENDINGS
    from egiz.parallel.corpus.formats import FORMATS
    from egiz.translate.errors import OptionError
    from egiz.translate.read.kinds import EXTENSIONS

    no_stdout(context, parameter, value)
    ending = Path(value).suffix.lower()
    known = {*EXTENSIONS, *ENDINGS, *(item.ending for item in FORMATS.values())}
    if ending in known and not Path(value).is_dir():
        raise OptionError(
            f"{value!r}",
            where="--output",
            expected="a folder",
            action=f"Name a folder, then: egiz export DIR -o {value}",
        )
    return value


def effort_option(function: Command) -> Command:
    """Add ``--effort``."""
    return click.option(
        "--effort",
        type=click.Choice(["fast", "normal", "thorough"]),
        default="normal",
        show_default=True,
        help="What scoring may ask of the model: nothing more; how likely the original is from the "
        "translation, about a fifth of the time of translating; to translate again as well.",
    )(function)


def neural_option(function: Command) -> Command:
    """Add ``--neural``."""
    return click.option(
        "--neural",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="Score with this model too: the folder of a sentence-transformers model (needs egiz[neural]) "
        "or a COMET checkpoint. May be given again.",
    )(function)


def split_languages(text: str) -> tuple[str, ...]:
    """Return the items of a list such as ``ru,en``; empty items are left out."""
    return tuple(item.strip() for item in text.split(",") if item.strip())


def directions(text: str, known: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Parse a list of translation directions such as ``kk-ru,kk-en`` into pairs of source and target.

    Each language must be in `known`; a tag may contain hyphens (``zh-Hans-en``). Raises OptionError for an
    item that is no pair of two known languages, and for an empty list.
    """
    from egiz.translate.errors import OptionError, nearest

    possible = {f"{source}-{target}": (source, target) for source, target in permutations(known, 2)}
    wanted = split_languages(text)
    for item in wanted or ("",):
        if item not in possible:
            raise OptionError(
                f"{item!r}" if item else "no direction",
                where="--directions",
                expected=f"two of {', '.join(known)} with a hyphen between",
                action=nearest(item, possible),
            )
    return tuple(possible[item] for item in wanted)
