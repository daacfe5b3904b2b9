"""Numbers in sentences."""

from __future__ import annotations


def plural(number: int, noun: str) -> str:
    """A number with its noun: ``1 sentence``, ``37,000 sentences``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
