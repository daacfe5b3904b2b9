"""A model that commands open only when they need it: those of terms, and `egiz export --document`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.cli.options import Command, home_option

if TYPE_CHECKING:
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine
    from egiz.translate.engine.protocol import Forcing


class ModelChoice:
    """What the model options of a command line said; `is_asked_for` where they named a model."""

    def __init__(self, choice: EngineChoice, *, is_asked_for: bool) -> None:
        self.name, self.is_asked_for = choice.model, is_asked_for
        self._choice = choice
        self._opened: CTranslate2Engine | None = None

    def lacks(self, source: str, target: str) -> list[str]:
        """Which of two languages the model does not know."""
        return [tag for tag in (source, target) if tag not in self._engine().languages]

    def forcing(self, source: str, target: str) -> Forcing:
        """The engine. Raises LanguageError where it does not know both languages."""
        from egiz.translate.engine.forcing import CTranslate2Forcing
        from egiz.translate.errors import LanguageError

        if missing := self.lacks(source, target):
            raise LanguageError(
                f"the model has no {', '.join(missing)}",
                where="--model",
                expected=f"one of {', '.join(self._engine().languages)}",
            )
        return CTranslate2Forcing(self._engine())

    def _engine(self) -> CTranslate2Engine:
        if self._opened is None:
            self._opened = self._choice.forcing_engine("--model")
        return self._opened


def model_options(explained: str) -> Callable[[Command], Command]:
    """Add the options that choose a model and its hardware; they come as one, named `model`."""

    def decorate(function: Command) -> Command:
        @wraps(function)
        def chosen(**values: Any) -> Any:
            named: str | None = values.pop("model")
            own = {name: values.pop(name) for name in ("device", "precision", "threads", "home")}
            choice = _choice(named or "starter", **own)
            return function(model=ModelChoice(choice, is_asked_for=named is not None), **values)

        command = home_option(chosen)
        for option in reversed(_options(explained)):
            command = option(command)
        return command

    return decorate


def _options(explained: str) -> tuple[Callable[[Command], Command], ...]:
    return (
        click.option("--model", "-m", metavar="MODEL", help=explained),
        click.option(
            "--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu or cuda."
        ),
        click.option(
            "--precision", default="default", show_default=True, metavar="TYPE", help="As for egiz build."
        ),
        click.option("--threads", default=0, metavar="N", help="As for egiz build.  [default: 0]"),
    )


def _choice(model: str, **hardware: Any) -> EngineChoice:
    """The engine; what is only for translating stays as it is by default."""
    return EngineChoice(
        model=model,
        **hardware,
        beam=5,
        decode="beam",
        decoding=(),
        engine_name="ctranslate2",
        no_memory=True,
    )
