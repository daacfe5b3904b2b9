"""Reasons for a low quality: the features that lower it and the words that they found, worded for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

from egiz.parallel.scores.coverage import added, contradictions, omitted
from egiz.parallel.scores.form import numbers_found, numbers_lost, pieces_found, pieces_lost, triples
from egiz.parallel.scores.language import untranslated
from egiz.parallel.scores.names import exchanged, missing
from egiz.parallel.scores.probability import worst_place
from egiz.parallel.scores.records import Evidence, Reason
from egiz.translate.engine.protocol import TokenScores
from egiz.translate.text import normalise, single_line, typeset

LANGUAGES = ("en", "ru", "kk")
_SHOWN = 3
"""The most items that a detail lists, so that it stays readable."""

_LONGEST = 80
_BETWEEN = "; "


def _numbers_missing(evidence: Evidence) -> str:
    return _listed([item.text for item in numbers_lost(evidence)])


def _numbers_added(evidence: Evidence) -> str:
    return _listed([item.text for item in numbers_found(evidence)])


def _pieces_missing(evidence: Evidence) -> str:
    return _listed([item.text for item in pieces_lost(evidence)])


def _pieces_added(evidence: Evidence) -> str:
    return _listed([item.text for item in pieces_found(evidence)])


def _names(evidence: Evidence) -> str:
    return _listed(missing(evidence))


def _names_changed(evidence: Evidence) -> str:
    return _instead(*map(_listed, exchanged(evidence) or ((), ())))


def _omitted(evidence: Evidence) -> str:
    found = omitted(evidence)
    return _clean(" ".join(found.words)) if found else ""


def _added(evidence: Evidence) -> str:
    found = added(evidence)
    return _clean(" ".join(found.words)) if found else ""


def _contrary(evidence: Evidence) -> str:
    return _listed([_instead(ours, theirs) for ours, theirs in contradictions(evidence)])


def _copied(evidence: Evidence) -> str:
    return _listed(untranslated(evidence))


def _doubled(evidence: Evidence) -> str:
    _, words = evidence.folded
    found = [" ".join(three) for three in triples(words)]
    return _listed([three for at, three in enumerate(found) if three in found[:at]])


def _terms(evidence: Evidence) -> str:
    wrong, total = evidence.terms or (0, 0)
    return f"{wrong}/{total}"


def _worst(evidence: Evidence) -> str:
    return _window(evidence.forward, evidence.target, evidence.target_language)


def _returned_worst(evidence: Evidence) -> str:
    return _window(evidence.reverse, evidence.source, evidence.source_language)


DETAILS: dict[str, Callable[[Evidence], str]] = {
    "worst": _worst,
    "returned_worst": _returned_worst,
    "numbers_missing": _numbers_missing,
    "numbers_added": _numbers_added,
    "pieces_missing": _pieces_missing,
    "pieces_added": _pieces_added,
    "names_missing": _names,
    "names_changed": _names_changed,
    "unsaid": _omitted,
    "unsaid_run": _omitted,
    "left_out": _omitted,
    "unfounded": _added,
    "unfounded_run": _added,
    "added_part": _added,
    "contrary": _contrary,
    "copied": _copied,
    "doubled": _doubled,
    "terms": _terms,
}
"""The functions that find the words of the texts that a reason quotes, by feature. A function returns an
empty text if it finds no words. A feature whose wording quotes no words is not included.
"""


def reasons(evidence: Evidence, features: Sequence[str]) -> tuple[Reason, ...]:
    """Return the features as reasons. The detail of a reason has the words that the feature found in the
    texts.

    If the wording of a feature quotes words, but the feature found none, the feature is left out.
    """
    made = []
    for name in features:
        detail = DETAILS[name](evidence) if name in DETAILS else ""
        if detail or name not in DETAILS:
            made.append(Reason(feature=name, detail=detail))
    return tuple(made)


def words(reason: Reason, language: str = "en") -> str:
    """Return a reason as text in a language.

    >>> words(Reason(feature="numbers_missing", detail="1,2 млн"))
    'number 1,2 млн missing'
    """
    return texts(language)[reason.feature].replace("{detail}", reason.detail)


def in_words(found: Sequence[Reason]) -> str:
    """Return reasons as one English text for a cell of a table."""
    return _BETWEEN.join(words(reason) for reason in found)


def packed(found: Sequence[Reason]) -> str:
    """Return reasons as one machine-readable text, which `unpacked` reads. A reason is written as
    ``feature``, or as ``feature:detail`` if it has a detail.
    """
    return _BETWEEN.join(f"{item.feature}:{item.detail}" if item.detail else item.feature for item in found)


def unpacked(cell: str) -> tuple[Reason, ...]:
    """Return the reasons in a text that `packed` made."""
    parts = (item.partition(":") for item in cell.split(_BETWEEN) if item)
    return tuple(Reason(feature=feature, detail=detail) for feature, _, detail in parts)


@cache
def texts(language: str) -> dict[str, str]:
    """Return the wording of each feature that can be a reason, from ``data/reasons.LANGUAGE.json``."""
    path = files("egiz.parallel.scores").joinpath(f"data/reasons.{language}.json")
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _listed(items: Sequence[str]) -> str:
    """Join the distinct items of a detail, at most `_SHOWN`."""
    kept = list(dict.fromkeys(items))[:_SHOWN]
    return _clean(", ".join(kept))


def _instead(before: str, after: str) -> str:
    """Return ``before → after``, which reads the same in all languages; empty if one of the two is empty."""
    return f"{before} → {after}" if before and after else ""


def _window(spoken: TokenScores | None, text: str, language: str) -> str:
    """Return the text of the least likely tokens (`worst_place`) of a scored text, as whole words."""
    if spoken is None:
        return ""
    plain = normalise(text)
    start, stop = worst_place(spoken)
    while start > 0 and not plain[start - 1].isspace():
        start -= 1
    while stop < len(plain) and not plain[stop].isspace():
        stop += 1
    return _clean(typeset(plain[start:stop].strip(" ,.;:-—"), language))


def _clean(text: str) -> str:
    """Return a detail on one line, of at most `_LONGEST` characters, without the separator of the items of a
    cell.
    """
    text = single_line(text).replace(_BETWEEN, ", ")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
