"""The settings of a build, and the steps opened from them: engine, memory, terms and scores."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from egiz.glossary.correct import Mode
    from egiz.glossary.records import TermBase
    from egiz.parallel.build.terms import TermStage
    from egiz.parallel.scores import EvidenceCollector, QualityScorer, ScoreStage
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.engine.hardware import Hardware
    from egiz.translate.engine.transformers import TransformersEngine
    from egiz.translate.ladder import Options
    from egiz.translate.memory import Memory, NoMemory
    from egiz.translate.models import Manifest
    from egiz.translate.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """The model, the hardware and the decoding settings. All commands have the same defaults.

    `model` is a name, a hub id or a folder. `home` is the folder of models and memory, the user's data folder
    by default. `device`, `precision` and `threads` are those of `Hardware`. The default `beam` of 5 is what
    Meta uses for NLLB; `decode` ``mbr`` chooses among many candidates instead of taking the most probable
    output. With `fast`, the first attempt uses a cheaper decoding; see `egiz.translate.ladder.Options`.
    `decoding` are further settings as ``name=value``. `engine_name` is ``ctranslate2`` or ``transformers``
    (the slow reference engine). If `fingerprint` is not empty, the chosen model must have this fingerprint;
    see `anchored`.
    """

    model: str = "starter"
    home: Path | None = None
    device: str = "auto"
    precision: str = "default"
    threads: int = 0
    beam: int = 5
    decode: Literal["beam", "mbr"] = "beam"
    fast: bool = False
    decoding: tuple[str, ...] = ()
    engine_name: str = "ctranslate2"
    no_memory: bool = False
    fingerprint: str = ""

    def anchored(self) -> EngineChoice:
        """Return the same choice for another process: with absolute paths and the model's fingerprint.

        The fingerprint is empty in two cases: the model is not on this machine, or the engine is the
        reference engine, whose checkpoints have no fingerprint.
        """
        from egiz.translate.errors import ModelError
        from egiz.translate.models import anchored, read_manifest, resolve

        fingerprint = ""
        if self.engine_name != "transformers":
            with suppress(ModelError):
                fingerprint = read_manifest(resolve(self.model, self.home)).fingerprint
        return replace(
            self,
            model=anchored(self.model, self.home),
            home=self.home and self.home.absolute(),
            fingerprint=fingerprint,
        )

    def engine(self) -> CTranslate2Engine | TransformersEngine:
        """Open the chosen model. Raises OptionError, ModelError and ModelNotFound."""
        from egiz.translate.engine.ctranslate2 import CTranslate2Engine
        from egiz.translate.errors import ModelError
        from egiz.translate.models import read_manifest, resolve

        if self.engine_name == "transformers":
            return self._reference()
        folder = resolve(self.model, self.home)
        fingerprint = read_manifest(folder).fingerprint
        if self.fingerprint and fingerprint != self.fingerprint:
            raise ModelError(
                f"the model has the fingerprint {fingerprint}",
                where=str(folder),
                expected=f"{self.fingerprint}, as the model {self.model!r} where the build was started",
                action="Give all workers the same model.",
            )
        return CTranslate2Engine(folder, self._hardware())

    def _hardware(self) -> Hardware:
        from egiz.translate.engine.hardware import Hardware

        return Hardware(device=self.device, precision=self.precision, threads=self.threads)

    def forcing_engine(self, where: str) -> CTranslate2Engine:
        """Open the chosen model with an engine that can force words into its output.

        `where` is the option that needs forced decoding; the error message names it. Raises OptionError if
        the reference engine is chosen, because it has no forced decoding.
        """
        from egiz.translate.engine.ctranslate2 import CTranslate2Engine
        from egiz.translate.errors import OptionError

        engine = self.engine()
        if not isinstance(engine, CTranslate2Engine):
            raise OptionError("--engine transformers", where=where, expected="--engine ctranslate2")
        return engine

    def _reference(self) -> TransformersEngine:
        from egiz.translate.engine.transformers import TransformersEngine
        from egiz.translate.errors import OptionError

        where = "--engine transformers"
        if self.fast:
            raise OptionError("--fast is given", where=where, expected="--fast with --engine ctranslate2")
        if self.precision != "default" or self.threads:
            name = "--threads" if self.precision == "default" else "--precision"
            raise OptionError(f"{name} is given", where=where, expected="neither --precision nor --threads")
        if not Path(self.model).is_dir():
            raise OptionError(
                f"--model {self.model} is no folder", where=where, expected="the folder of a checkpoint"
            )
        return TransformersEngine(Path(self.model), "cpu" if self.device == "auto" else self.device)

    def options(self, manifest: Manifest) -> Options:
        """Return the options for decoding and retries.

        The decoding settings are those that the manifest of the model recommends, replaced by those that this
        choice sets.

        Raises OptionError for an unknown or invalid decoding setting.
        """
        from egiz.translate.engine.mbr import Mbr
        from egiz.translate.engine.protocol import Decoding
        from egiz.translate.ladder import Options

        return Options(
            decoding=Decoding.parse((*manifest.decoding, f"beam={self.beam}", *self.decoding)),
            mbr=Mbr() if self.decode == "mbr" else None,
            fast=self.fast,
        )

    def memory(self) -> Memory | NoMemory:
        """Open the translation memory. With `no_memory`, return a memory that stores nothing."""
        from egiz.translate.memory import Memory, NoMemory, default_path

        return NoMemory() if self.no_memory else Memory.open(default_path(self.home))


def term_stage(
    base: TermBase | None,
    translator: Translator,
    engine: CTranslate2Engine | TransformersEngine,
    memory: Memory | NoMemory,
    mode: Mode,
) -> TermStage | None:
    """Return the stage that corrects terms with a term base; None without a term base.

    Where a term is forced into a sentence, the rest of the sentence is decoded with the settings of
    `translator`. The reference engine has no forced decoding, so with it only safe replacements are made.
    """
    if base is None:
        return None
    from egiz.glossary.correct import CorrectOptions
    from egiz.parallel.build.terms import TermStage
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine, Recent
    from egiz.translate.engine.forcing import CTranslate2Forcing

    options = CorrectOptions(mode=mode, decoding=translator.options.decoding)
    forcing = None
    if isinstance(engine, CTranslate2Engine):
        forcing, engine.recent = CTranslate2Forcing(engine), Recent()
    return TermStage(
        base, translator.source, translator.targets, forcing=forcing, options=options, memory=memory
    )


def score_stage(
    choice: EngineChoice,
    engine: CTranslate2Engine | TransformersEngine,
    effort: str,
    neural: Sequence[Path],
    memory: Memory | NoMemory,
) -> ScoreStage:
    """Return the stage that rates the translations of a build.

    The reference engine has no forced decoding, so with it the effort is always ``fast``.
    """
    from egiz.parallel.scores import ScoreStage
    from egiz.parallel.scores.neural import load_neural
    from egiz.parallel.scores.records import effort_of
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.engine.forcing import CTranslate2Forcing

    scorer = CTranslate2Forcing(engine) if isinstance(engine, CTranslate2Engine) else None
    return ScoreStage.of_engine(
        engine,
        scorer,
        effort_of(effort) if scorer else "fast",
        fingerprint=engine.manifest.fingerprint,
        home=choice.home,
        memory=memory,
        neural=[load_neural(path) for path in neural],
    )


def scoring_of(
    choice: EngineChoice, effort: str, memory: Memory | NoMemory
) -> tuple[QualityScorer, EvidenceCollector]:
    """Return what is needed to score translations that no build made: a scorer, and a collector of the
    evidence that the scorer turns into scores.

    With the effort ``fast``, no model is opened.
    """
    from egiz.parallel.scores import EvidenceCollector, QualityScorer, calibrations_of
    from egiz.parallel.scores.records import effort_of
    from egiz.translate.engine.forcing import CTranslate2Forcing

    wanted = effort_of(effort)
    if wanted == "fast":
        return QualityScorer(None, wanted), EvidenceCollector(None, None, wanted)
    engine = choice.forcing_engine(f"--effort {effort}")
    calibrations = calibrations_of(engine.manifest.fingerprint, choice.home)
    return QualityScorer(calibrations, wanted), EvidenceCollector(
        engine, CTranslate2Forcing(engine), wanted, memory
    )


SHARD_ROWS = 1024
"""The number of sentences in a shard: so many that its files cost little time compared with translating,
and so few that a lost worker loses only some minutes of work with a large model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The opened stages that turn sentences into rows; a context manager that closes the memory."""

    translator: Translator
    manifest: Manifest
    terms: TermStage | None
    scores: ScoreStage
    memory: Memory | NoMemory

    def __enter__(self) -> Steps:
        return self

    def __exit__(self, *exception: object) -> None:
        self.memory.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """All settings that decide how a shard is built: with equal jobs, all processes make the same bytes.

    Languages are BCP-47 tags, term bases are names or paths, and `terms_mode` says how terms are corrected.
    `neural` are folders of neural scoring models. A job can be pickled.
    """

    choice: EngineChoice = EngineChoice()
    source: str = "kk"
    targets: tuple[str, ...] = ("ru", "en")
    term_bases: tuple[str, ...] = ()
    terms_mode: Mode = "safe"
    effort: str = "normal"
    neural: tuple[Path, ...] = ()

    def anchored(self) -> Job:
        """Return the same job for other processes: with absolute paths, and the fingerprint of the model on
        this machine.

        If the model is not on this machine, the fingerprint is empty; only the workers need the model.
        """
        from egiz.glossary.termbase import anchored as anchored_base

        return replace(
            self,
            choice=self.choice.anchored(),
            term_bases=tuple(map(anchored_base, self.term_bases)),
            neural=tuple(path.absolute() for path in self.neural),
        )

    def with_threads(self, threads: int) -> Job:
        """Return the same job with `threads` engine threads.

        If the job sets a number of engine threads already, it is returned unchanged.
        """
        return replace(self, choice=replace(self.choice, threads=self.choice.threads or threads))

    def open(self) -> Steps:
        """Load model, term bases, calibration and memory; raises EgizError if one is missing or unusable."""
        from egiz.glossary.termbase import load_all
        from egiz.parallel.build.terms import TermPreference
        from egiz.translate.translator import Translator

        memory = self.choice.memory()
        try:
            engine = self.choice.engine()
            base = load_all(self.term_bases) if self.term_bases else None
            translator = Translator(
                engine,
                self.source,
                self.targets,
                options=self.choice.options(engine.manifest),
                memory=memory,
                preference=TermPreference(base, self.source, self.targets) if base else None,
                approved=True,
            )
            return Steps(
                translator=translator,
                manifest=engine.manifest,
                terms=term_stage(base, translator, engine, memory, self.terms_mode),
                scores=score_stage(self.choice, engine, self.effort, self.neural, memory),
                memory=memory,
            )
        except BaseException:
            memory.close()
            raise
