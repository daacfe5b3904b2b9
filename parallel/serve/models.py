"""The models and term bases of a server, and the translation memory that all models share. Requests name the
models and term bases that they want.

For each request a term base is made of the loaded bases that it names and of the entries that it contains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from egiz.glossary.records import Term, TermBase, Wording
from egiz.glossary.termbase import load, load_all, merge
from egiz.parallel.build.job import EngineChoice
from egiz.parallel.serve.engine import QueuedEngine
from egiz.translate.errors import OptionError, nearest
from egiz.translate.models import read_manifest, resolve

MODES = ("safe", "eager", "check", "off")
"""What is done with terms: ``safe`` and ``eager`` correct them, ``check`` only reports them, and ``off`` does
neither.
"""
MOST = 500
"""A request may have at most this many term entries. A matcher for so many is made in some milliseconds."""
_LONGEST = 200
_REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The model that a request uses, and its languages. `others` has the languages of the server's other
    models, by name.
    """

    model: str
    languages: tuple[str, ...]
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Models:
    """The models of a server, its term bases and its translation memory.

    The first model is opened at once. Any other model is opened when a request first names it, and stays
    open. Raises EgizError if a model is missing, or if the first model, the memory or a term base cannot be
    opened.
    """

    def __init__(
        self, choices: Sequence[EngineChoice], bases: Sequence[str], effort: str, waiting: int
    ) -> None:
        """If more than `waiting` sentences wait in the queue of a model, the queue refuses new requests."""
        self._choices = {Path(choice.model).name: choice for choice in choices}
        if len(self._choices) < len(choices):
            raise OptionError("two models with the same name", where="--model", expected="different names")
        self._effort, self._waiting = effort, waiting
        self.bases = {base.name: base for base in map(load, bases)}
        self.terms = load_all(bases) if bases else None
        self.remembered = self.translated = 0
        self._counting, self._opening = Lock(), Lock()
        self.memory = choices[0].memory()
        self._opened: dict[str, QueuedEngine] = {}
        self._languages = {name: self._languages_of(name) for name in self._choices}
        self.default = self.named(self.names[0])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the models, the default first. A model given as a folder has the name of the
        folder.
        """
        return tuple(self._choices)

    @property
    def opened(self) -> tuple[QueuedEngine, ...]:
        """The models that are open."""
        return tuple(self._opened.values())

    def is_open(self, name: str) -> bool:
        """Whether the model of this name is open; an empty name means the default."""
        return (name or self.names[0]) in self._opened

    def offer(self, name: str = "") -> Offer:
        """The languages of a model, without opening it; an empty name means the default. Raises OptionError
        for an unknown name.
        """
        name = self._known(name)
        others = {other: tags for other, tags in self._languages.items() if other != name}
        return Offer(model=name, languages=self._languages[name], others=others)

    def named(self, name: str = "") -> QueuedEngine:
        """The model of this name; an empty name means the default. A model that is not open is opened, which
        may take seconds.

        Raises OptionError for an unknown name, and ModelError if the model cannot be opened.
        """
        name = self._known(name)
        if name in self._opened:  # without the lock, which another model may hold while it is being opened
            return self._opened[name]
        with self._opening:
            if name not in self._opened:
                self._opened[name] = QueuedEngine(
                    self._choices[name], self._effort, self._waiting, self.memory, self._count
                )
            return self._opened[name]

    def named_terms(self, names: Sequence[str]) -> TermBase | None:
        """The loaded term bases of these names, merged into one; None if no names are given. Raises
        OptionError for an unknown name.
        """
        if tuple(names) == tuple(self.bases):
            return self.terms
        return chosen_terms(self.bases, list(names), "", "")

    def stop(self) -> None:
        """Finish the batches that are being decoded; all other work fails with Stopped."""
        for engine in self.opened:
            engine.queue.stop()

    def close(self) -> None:
        """Stop, wait for the batches that are being decoded, and close the memory."""
        self.stop()
        for engine in self.opened:
            engine.queue.close()
        self.memory.close()

    def _known(self, name: str) -> str:
        name = name or self.names[0]
        if name not in self._choices:
            raise OptionError(
                f"no model {name[:100]!r} is served",
                where="model",
                expected=" or ".join(map(repr, self.names)),
                action=nearest(name[:100], self.names),
            )
        return name

    def _languages_of(self, name: str) -> tuple[str, ...]:
        choice = self._choices[name]
        if choice.engine_name == "transformers":
            return self.named(name).engine.languages
        return read_manifest(resolve(choice.model, choice.home)).languages

    def _count(self, remembered: int, translated: int) -> None:
        with self._counting:
            self.remembered += remembered
            self.translated += translated


def chosen_terms(loaded: Mapping[str, TermBase], wanted: object, source: str, target: str) -> TermBase | None:
    """The term base for a request; None if the request asks for no terms.

    `wanted` is the name of a loaded base, or a list. The items of the list are names of loaded bases, or
    entries ``{"source": …, "target": …}``. If an entry of the request and entries of a loaded base have the
    same source wording, only the entry of the request counts. Raises OptionError for a base that is not
    loaded and for a malformed entry.
    """
    items = [wanted] if isinstance(wanted, str | dict) else wanted
    if not isinstance(items, list) or len(items) > MOST:
        raise OptionError(
            "is no list", where="terms", expected=f"at most {MOST} names of term bases or entries"
        )
    names = list(dict.fromkeys(item for item in items if isinstance(item, str) and item))
    for name in names:
        if name not in loaded:
            raise OptionError(
                f"no term base {name[:100]!r} is loaded",
                where="terms",
                expected=" or ".join(map(repr, loaded)) or "the server to be started with --terms",
                action=nearest(name[:100], loaded),
            )
    entries = tuple(
        _entry(item, at, source, target) for at, item in enumerate(items) if not isinstance(item, str)
    )
    if not names and not entries:
        return None
    base = merge([loaded[name] for name in names]) if names else TermBase(terms=())
    if not entries:
        return base
    own = {term.wordings_in(source)[0].text.casefold() for term in entries}
    kept = tuple(
        term for term in base.terms if not own & {item.text.casefold() for item in term.wordings_in(source)}
    )
    return replace(base, terms=(*kept, *entries), name="+".join([*names, _REQUEST]))


def _entry(item: object, at: int, source: str, target: str) -> Term:
    where = f"terms[{at}]"
    if not isinstance(item, dict) or set(item) - {"source", "target"}:
        raise OptionError("is no entry", where=where, expected='{"source": …, "target": …}')
    wordings = tuple(
        Wording(language=tag, text=_text(item.get(key), f"{where}.{key}"))
        for key, tag in (("source", source), ("target", target))
    )
    return Term(id=f"{_REQUEST}:{at + 1}", wordings=wordings)


def _text(value: object, where: str) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise OptionError("is no term", where=where, expected=f"a text of 1 to {_LONGEST} characters")
    return text
