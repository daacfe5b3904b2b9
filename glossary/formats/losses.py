"""What a format cannot hold: said, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One thing of a term (by its id; empty for the whole base) that a format cannot hold.

    `what` says it in plain words, alike for all terms that it happens to.
    """

    term: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A term base as the text of a file, and what that file cannot hold."""

    text: str
    losses: tuple[Loss, ...] = ()


def summarise(losses: Iterable[Loss]) -> list[str]:
    """One line for each kind of loss, with how often it happened and the first terms it happened to."""
    kinds: dict[str, list[str]] = {}
    for loss in losses:
        kinds.setdefault(loss.what, []).append(loss.term)
    return [f"{what}{_terms(terms)}" for what, terms in kinds.items()]


def _terms(terms: list[str]) -> str:
    named = [term for term in dict.fromkeys(terms) if term]
    if not named:
        return ""
    return (
        f" ({', '.join(named[:_SHOWN])}{f' and {len(named) - _SHOWN} more' if len(named) > _SHOWN else ''})"
    )
