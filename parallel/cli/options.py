"""Options that several commands share, and how they become the library's records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from egiz.glossary.termbase import TermBase
    from egiz.parallel.scores import Judge, ScoreStage, Witness
    from egiz.parallel.terms import TermStage
    from egiz.translate.ctranslate2_engine import CTranslate2Engine, Hardware
    from egiz.translate.ladder import Options
    from egiz.translate.memory import Memory, NoMemory
    from egiz.translate.models import Manifest
    from egiz.translate.transformers_engine import TransformersEngine
    from egiz.translate.translator import Translator

Command = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """What the engine options of a command line said."""

    model: str
    home: Path | None
    device: str
    precision: str
    threads: int
    beam: int
    decode: Literal["beam", "mbr"]
    decoding: tuple[str, ...]
    engine_name: str
    no_memory: bool

    def engine(self) -> CTranslate2Engine | TransformersEngine:
        """Open the chosen model, with threads as tuned (`egiz doctor --tune`) unless the command line says.

        Raises OptionError, ModelError, ModelNotFound, and InputError where the record of tuning is damaged.
        """
        from egiz.translate.ctranslate2_engine import CTranslate2Engine
        from egiz.translate.models import read_manifest, resolve
        from egiz.translate.tune import tuned_hardware

        if self.engine_name == "transformers":
            return self._reference()
        folder = resolve(self.model, self.home)
        fingerprint = read_manifest(folder).fingerprint
        return CTranslate2Engine(folder, tuned_hardware(self._hardware(), fingerprint, self.home))

    def _hardware(self) -> Hardware:
        from egiz.translate.ctranslate2_engine import Hardware

        return Hardware(device=self.device, precision=self.precision, threads=self.threads)

    def forcing_engine(self, where: str) -> CTranslate2Engine:
        """The chosen model, opened so that it can be made to say given text; `where` asks for it.

        Raises OptionError for the reference engine, which cannot.
        """
        from egiz.translate.ctranslate2_engine import CTranslate2Engine
        from egiz.translate.errors import OptionError

        engine = self.engine()
        if not isinstance(engine, CTranslate2Engine):
            raise OptionError("--engine transformers", where=where, expected="--engine ctranslate2")
        return engine

    def _reference(self) -> TransformersEngine:
        from egiz.translate.errors import OptionError
        from egiz.translate.transformers_engine import TransformersEngine

        where = "--engine transformers"
        if self.precision != "default" or self.threads:
            name = "--threads" if self.precision == "default" else "--precision"
            raise OptionError(f"{name} is given", where=where, expected="neither --precision nor --threads")
        if not Path(self.model).is_dir():
            raise OptionError(
                f"--model {self.model} is no folder", where=where, expected="the folder of a checkpoint"
            )
        return TransformersEngine(Path(self.model), "cpu" if self.device == "auto" else self.device)

    def options(self, manifest: Manifest) -> Options:
        """Decoding and retries: of the command line, then as tuned on this machine, then of the manifest.

        Raises OptionError, and InputError where the record of tuning is damaged.
        """
        from egiz.translate.engine import Decoding
        from egiz.translate.ladder import Options
        from egiz.translate.mbr import Mbr
        from egiz.translate.tune import tuned_decoding

        tuned: tuple[str, ...] = ()
        if self.engine_name == "ctranslate2":
            tuned = tuned_decoding(self._hardware(), manifest.fingerprint, self.home)
        return Options(
            decoding=Decoding.parse((*manifest.decoding, *tuned, f"beam={self.beam}", *self.decoding)),
            mbr=Mbr() if self.decode == "mbr" else None,
        )

    def memory(self) -> Memory | NoMemory:
        """The translation memory, or one that holds nothing."""
        from egiz.translate.memory import Memory, NoMemory, default_path

        return NoMemory() if self.no_memory else Memory.open(default_path(self.home))


_ENGINE_OPTIONS = (
    click.option(
        "--model",
        "-m",
        default="starter",
        show_default=True,
        metavar="MODEL",
        help="starter, nllb-600m, nllb-1.3b-distilled, nllb-3.3b, tilmash, a hub id or a folder.",
    ),
    click.option("--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu or cuda."),
    click.option(
        "--precision",
        default="default",
        show_default=True,
        metavar="TYPE",
        help="int8, float16, bfloat16, float32; default is int8 on a CPU, float16 on a GPU.",
    ),
    click.option(
        "--threads",
        default=0,
        metavar="N",
        help="CPU threads; 0 is as egiz doctor --tune has found, else one per core.  [default: 0]",
    ),
    click.option(
        "--beam", default=5, show_default=True, metavar="N", help="Beam size; 1 is greedy and fastest."
    ),
    click.option(
        "--decode",
        type=click.Choice(["beam", "mbr"]),
        default="beam",
        show_default=True,
        help="beam takes the likeliest output; mbr the one that most of many candidates agree with, which "
        "is better and takes several times as long.",
    ),
    click.option(
        "--decoding",
        multiple=True,
        metavar="NAME=VALUE",
        help="Another decoding setting: no_repeat, block_unknown, length_factor, length_extra, "
        "length_penalty, repetition_penalty, hypotheses, batch_tokens, dropout, variant. May be given again.",
    ),
    click.option(
        "--engine",
        "engine_name",
        type=click.Choice(["ctranslate2", "transformers"]),
        default="ctranslate2",
        show_default=True,
        help="transformers is the slow reference; it takes a folder in hub layout and egiz[torch].",
    ),
    click.option("--no-memory", is_flag=True, help="Neither ask nor fill the translation memory."),
)


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
    """Add the options that choose model, hardware, decoding and memory; they come as one, named `choice`."""

    @wraps(function)
    def chosen(**values: Any) -> Any:
        choice = EngineChoice(**{field.name: values.pop(field.name) for field in fields(EngineChoice)})
        return function(choice=choice, **values)

    command = home_option(chosen)
    for option in reversed(_ENGINE_OPTIONS):
        command = option(command)
    return command


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


def term_stage(
    base: TermBase | None,
    translator: Translator,
    engine: CTranslate2Engine | TransformersEngine,
    memory: Memory | NoMemory,
) -> TermStage | None:
    """The step that corrects terms by a term base; None without one.

    The reference engine cannot be made to say given text, so with it only safe replacements are made.
    """
    if base is None:
        return None
    from egiz.parallel.terms import TermStage
    from egiz.translate.ctranslate2_engine import CTranslate2Engine
    from egiz.translate.ctranslate2_forcing import CTranslate2Forcing

    forcing = CTranslate2Forcing(engine) if isinstance(engine, CTranslate2Engine) else None
    return TermStage(base, translator.source, translator.targets, forcing=forcing, memory=memory)


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


def score_stage(
    choice: EngineChoice,
    engine: CTranslate2Engine | TransformersEngine,
    effort: str,
    neural: Sequence[Path],
    memory: Memory | NoMemory,
) -> ScoreStage:
    """The step that scores. The reference engine cannot be made to say given text: with it effort is fast."""
    from egiz.parallel.scores import ScoreStage
    from egiz.parallel.scores.neural import load_neural
    from egiz.parallel.scores.records import effort_of
    from egiz.translate.ctranslate2_engine import CTranslate2Engine
    from egiz.translate.ctranslate2_forcing import CTranslate2Forcing

    speaking = CTranslate2Forcing(engine) if isinstance(engine, CTranslate2Engine) else None
    return ScoreStage.of_engine(
        engine,
        speaking,
        effort_of(effort) if speaking else "fast",
        fingerprint=engine.manifest.fingerprint,
        home=choice.home,
        memory=memory,
        neural=[load_neural(path) for path in neural],
    )


def judge_of(choice: EngineChoice, effort: str, memory: Memory | NoMemory) -> tuple[Judge, Witness]:
    """What scores given texts: with ``fast`` no model is opened."""
    from egiz.parallel.scores import Judge, Witness, calibrations_of
    from egiz.parallel.scores.records import effort_of
    from egiz.translate.ctranslate2_forcing import CTranslate2Forcing

    wanted = effort_of(effort)
    if wanted == "fast":
        return Judge(None, wanted), Witness(None, None, wanted)
    engine = choice.forcing_engine(f"--effort {effort}")
    calibrations = calibrations_of(engine.manifest.fingerprint, choice.home)
    return Judge(calibrations, wanted), Witness(engine, CTranslate2Forcing(engine), wanted, memory)


def split_languages(text: str) -> tuple[str, ...]:
    """``ru,en`` as a tuple; empty items are left out."""
    return tuple(item.strip() for item in text.split(",") if item.strip())


def directions(text: str, known: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """``kk-ru,kk-en`` as pairs of known languages; tags may have hyphens of their own (``zh-Hans-en``).

    Raises OptionError for an item that is no such pair, and where there is none.
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
