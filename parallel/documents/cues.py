"""Writes subtitles in another language: puts each translation into the cues that showed its sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from textwrap import wrap
from xml.sax.saxutils import escape

from egiz.parallel.documents.texts import Placed, shared_out
from egiz.translate.errors import InputError
from egiz.translate.read.subtitles import Cue, cue_spans, parse_cues

_LINE = 42
"""The most characters in a line of subtitles, as the guidelines of broadcasters recommend."""
_AROUND = re.compile(
    r"(?P<before>(?:\{\\[^{}]*\}|<[^/<>][^<>]*>|\s)*)(?P<inside>.*?)(?P<after>(?:</[^<>]*>|\s)*)", re.DOTALL
)
_INSIDE = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
_TURN = re.compile(r"[-‐‑–—]\s*\S")
_NOTHING = "…"
"""The text of a cue that gets no words because the translation has fewer words than there are cues."""


def write_cues(raw: str, text: str, placed: Sequence[Placed], bilingual: bool) -> tuple[str, tuple[str, ...]]:
    """Return the file with the text of its cues translated, and messages that tell users what was lost.

    `raw` is the decoded file. `text` is the text that was read from it; the sentences in `placed` are its
    sentences. Times, numbers, settings, styles and comments stay. A sentence that spans several cues is
    divided among them in proportion to the lengths of its parts in the source. Tags around the text of a
    whole cue stay. Markup inside a cue is lost, and a message says in how many cues. With `bilingual`, each
    cue keeps its source above the translation.

    Raises InputError if the cues are not those from which `text` was read.
    """
    items = parse_cues(raw, "the document")
    cues = [item for item in items if isinstance(item, Cue)]
    spans = cue_spans(cues)
    for cue, span in zip(cues, spans, strict=True):
        if span and text[slice(*span)] != cue.text:
            raise InputError(
                f"the cue {cue.text!r} differs from the text that was split", action="Build the table again."
            )
    parts = _parts(text, placed, spans)
    escaped = raw.removeprefix("\ufeff").startswith("WEBVTT")
    marked = 0
    pieces = []
    cue_parts = iter(parts)
    for item in items:
        if isinstance(item, str):
            pieces.append(item)
            continue
        found = _AROUND.fullmatch("\n".join(item.lines))
        assert found is not None  # every part may be empty
        words = next(cue_parts)
        marked += bool(words) and _INSIDE.search(found["inside"]) is not None
        pieces.append(item.head + _lines(item, found, words, bilingual=bilingual, escaped=escaped))
    lost = (f"markup inside of {marked} cues",) if marked else ()
    return "".join(pieces), lost


def _parts(
    text: str, placed: Sequence[Placed], spans: Sequence[tuple[int, int] | None]
) -> list[list[list[str]]]:
    """Return what each cue shows: for each cue, a list of its pieces of translation for each language.

    ``result[cue][language]`` is that list. Both indices count from 0.
    """
    languages = len(placed[0].texts) if placed else 0
    parts: list[list[list[str]]] = [[[] for _ in range(languages)] if span else [] for span in spans]
    shown = [(number, span) for number, span in enumerate(spans) if span]
    at = 0
    for sentence in placed:
        while at < len(shown) and shown[at][1][1] <= sentence.start:
            at += 1
        over, number = [], at
        while number < len(shown) and shown[number][1][0] < sentence.stop:
            cue, (start, stop) = shown[number]
            over.append((cue, min(stop, sentence.stop) - max(start, sentence.start)))
            number += 1
        for place, translation in enumerate(sentence.texts):
            shown_text = translation or " ".join(text[sentence.start : sentence.stop].split())
            for (cue, _), piece in zip(over, shared_out(shown_text, [size for _, size in over]), strict=True):
                parts[cue][place].append(piece)
    return parts


def _lines(cue: Cue, found: re.Match[str], words: list[list[str]], *, bilingual: bool, escaped: bool) -> str:
    """Return the text of a cue with line ends. `words` has the pieces of translation for each language; if
    `words` is empty, the text of the cue stays unchanged.
    """
    if not words:
        return "".join(f"{line}\n" for line in cue.lines)
    texts = [_wrapped(pieces) for pieces in words]
    shown = "\n".join(escape(text) if escaped else text for text in texts)
    if bilingual:
        shown = f"{found['inside']}\n{shown}"
    return f"{found['before'].lstrip()}{shown}{found['after'].rstrip()}\n"


def _wrapped(pieces: Sequence[str]) -> str:
    """Join pieces of sentences to lines of similar length. A piece that starts with a dash (another speaker)
    begins a new line.
    """
    turns: list[str] = []
    for piece in filter(None, pieces):
        if turns and not _TURN.match(piece):
            turns[-1] += f" {piece}"
        else:
            turns.append(piece)
    lines = [line for turn in turns for line in _balanced(turn)]
    return "\n".join(lines) or _NOTHING


def _balanced(text: str) -> list[str]:
    """Break a text into lines of at most `_LINE` characters and similar length."""
    rows = ceil(len(text) / _LINE)
    if rows < 2:
        return [text]
    for width in range(ceil(len(text) / rows), _LINE + 1):
        lines = wrap(text, width, break_long_words=False, break_on_hyphens=False)
        if len(lines) <= rows:
            return lines
    return wrap(text, _LINE, break_long_words=False, break_on_hyphens=False)
