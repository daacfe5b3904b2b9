"""The terms for a request: loaded term bases that it names, entries that it contains, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from egiz.glossary.records import Term, TermBase, Wording
from egiz.glossary.termbase import merge
from egiz.translate.errors import OptionError, nearest

MODES = ("safe", "eager", "check", "off")
"""What to do with terms: correct them, only report them, or nothing."""
MOST = 500
"""Most entries in a request; a matcher for so many is made in some milliseconds."""
_LONGEST = 200
_REQUEST = "request"


def chosen_terms(loaded: Mapping[str, TermBase], wanted: object, source: str, target: str) -> TermBase | None:
    """The term base for a request; None if it asks for no terms.

    `wanted` is the name of a loaded base, or a list of names and of entries, ``{"source": …, "target": …}``.
    An entry of the request replaces entries of loaded bases with the same source wording. Raises OptionError
    for a base that is not loaded and for a malformed entry.
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
    own = {_folded(term, source) for term in entries}
    kept = tuple(
        term for term in base.terms if not own & {_fold(item.text) for item in term.wordings_in(source)}
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


def _folded(term: Term, source: str) -> str:
    return _fold(term.wordings_in(source)[0].text)


def _fold(text: str) -> str:
    return text.casefold()
