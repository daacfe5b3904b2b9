"""Wrong-language guard, by py3langid."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Protocol

from egiz.translate.guards.case import Case, letters, words
from egiz.translate.guards.script import families, written_in
from egiz.translate.languages import language as named

_LEAST_LETTERS = 25
_SURE = 0.6
_DENIED = 0.05
"""Flag when one other language has at least `_SURE` and the target at most `_DENIED` of the probability. No
human sentence of `benchmarks/guards.py` meets both; nearest comes a Kazakh list of coordinates, .74 Kyrgyz
and .07 Kazakh. Russian is taken for Bulgarian (.76) and English for Nigerian Pidgin (.73) at most."""


class Identifier(Protocol):
    """The part of py3langid that is used."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Every language it knows with its probability, most probable first."""
        ...


_lock = Lock()
_identifier: Identifier | None = None


def identifier() -> Identifier:
    """py3langid's model, loaded once a process (a second, 75 MB) at first need, whichever thread has it."""
    global _identifier
    with _lock:
        if _identifier is None:
            from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

            loaded: Identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
            _identifier = loaded
        return _identifier


def language(case: Case) -> bool | None:
    """Whether the output is clearly in another language than the target: see `foreign`."""
    return foreign(case.output, case.target_language)


def foreign(text: str, language: str) -> bool | None:
    """Whether a text is clearly in another language than the one it is said to be in.

    No opinion below 25 letters of the language's script, and for languages that py3langid does not know.
    Close kin (`data/kindred.tsv`: Croatian and Bosnian, Malay and Indonesian) counts as the language.
    """
    examined = _examined(text, language)
    if letters(examined) < _LEAST_LETTERS:
        return None
    ranking = dict(identifier().rank(examined))
    wanted = _kin(named(language).tag.split("-")[0])
    if wanted.isdisjoint(ranking):
        return None
    denied = sum(ranking.get(label, 0.0) for label in wanted) <= _DENIED
    return denied and max(share for label, share in ranking.items() if label not in wanted) >= _SURE


@cache
def kindred() -> tuple[frozenset[str], ...]:
    """The groups of py3langid labels that may stand for each other; see `data/kindred.tsv`."""
    text = files("egiz.translate").joinpath("data/kindred.tsv").read_text(encoding="utf-8")
    return tuple(frozenset(line.split("\t")[0].split()) for line in text.splitlines()[1:])


def _kin(tag: str) -> frozenset[str]:
    """The py3langid labels that do for a language: its own and those of close kin."""
    return next((group for group in kindred() if tag in group), frozenset({tag}))


def _examined(text: str, language: str) -> str:
    """The text without words in scripts other than the language's: names and addresses mislead."""
    target = families(language)
    kept = [word for word in words(text) if not target or written_in(word, target)]
    return " ".join(kept)
