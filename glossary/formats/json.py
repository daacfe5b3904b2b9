"""Term bases as JSON, the only format that holds every field of the records.

::

    {
      "title": "…", "licence": "…", "origin": "…",
      "terms": [
        {"id": "…", "subject": "…", "note": "…", "origin": "…", "licence": "…",
         "wordings": [
          {"language": "kk", "text": "…", "status": "preferred", "part_of_speech": "noun",
           "case_sensitive": true, "exact": true, "forms": ["…"], "inflect_like": "…", "number": "plural"}]}
      ]
    }

Names are those of the records. Only ``terms``, ``wordings``, ``language`` and ``text`` are required. An entry
without an id gets one. If no status is given, the first wording of a language is preferred, and the others
are accepted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from egiz.glossary.formats.common import DEFAULT, ReadOptions, Written, identify, read_text
from egiz.glossary.records import Number, PartOfSpeech, Term, TermBase, Wording, WordingStatus, wording_in
from egiz.translate.errors import InputError, LanguageError, nearest
from egiz.translate.io.json_text import JsonScanner
from egiz.translate.languages import language, locale_tag
from egiz.translate.text import is_nfc, nfc


def placed_members(text: str, where: str, *, items_of: str) -> Iterator[tuple[str, str, Any]]:
    """Yield name, place (``file:line:column``) and value of each member of the JSON object in a text.

    The items of the list named `items_of` are yielded one by one, each under that name. Raises InputError
    with line and column for text that is not JSON or not an object, and for a name that occurs twice.
    """
    scanner = JsonScanner(text, where)
    if scanner.peek() != "{":
        raise InputError("is no JSON object", where=scanner.place(), expected=f"an object with {items_of!r}")
    has_items = False
    for name, _ in scanner.members():
        if name == items_of:
            has_items = True
            yield from ((name, place, value) for place, value in _items(scanner, name))
        else:
            scanner.peek()
            yield name, scanner.place(), scanner.value()
    if scanner.peek():
        raise InputError("continues after the object", where=scanner.place(), expected="the end of the file")
    if not has_items:
        raise InputError("has no terms", where=scanner.place(), expected=f"a list called {items_of!r}")


def _items(scanner: JsonScanner, name: str) -> Iterator[tuple[str, Any]]:
    if scanner.peek() != "[":
        raise InputError(f"{name!r} is no list", where=scanner.place(), expected="a list of entries")
    for _ in scanner.items():
        scanner.peek()
        yield scanner.place(), scanner.value()


_BASE = ("title", "licence", "origin")
_TERM = ("id", "subject", "note", "origin", "licence", "wordings")
_VALUES: Mapping[str, tuple[str, ...]] = {
    "status": get_args(WordingStatus),
    "part_of_speech": get_args(PartOfSpeech),
    "number": get_args(Number),
}
_WORDING: Mapping[str, type] = {
    "language": str,
    "text": str,
    "status": str,
    "part_of_speech": str,
    "case_sensitive": bool,
    "exact": bool,
    "forms": list,
    "inflect_like": str,
    "number": str,
}
_KINDS = {str: "a text", bool: "true or false", list: "a list", dict: "an object"}


def read_json(path: Path, where: str, options: ReadOptions = DEFAULT) -> TermBase:
    """Read a JSON term base. `where` names the file in messages and places.

    Raises InputError, with line, column and the path to the value, for unknown names and for values of a
    wrong type.
    """
    about = {"title": "", "licence": "", "origin": ""}
    entries: list[tuple[str, dict[str, Any]]] = []
    for name, place, value in placed_members(
        read_text(path, where, options.encoding), where, items_of="terms"
    ):
        if name == "terms":
            entries.append((place, _entry(value, f"{place}, terms[{len(entries)}]")))
        else:
            _check_name(name, (*_BASE, "terms"), place)
            about[name] = _text(value, f"{place}, {name}")
    given = [entry.get("id", "") for _, entry in entries]
    ids = identify(given, (entry["wordings"][0].text for _, entry in entries))
    terms = [
        Term(**{**entry, "id": name}, place=place) for name, (place, entry) in zip(ids, entries, strict=True)
    ]
    return TermBase(
        terms=tuple(terms), title=about["title"], licence=about["licence"], origin=about["origin"]
    )


def write_json(base: TermBase) -> Written:
    """Write a base as JSON, which loses nothing."""
    about = {name: getattr(base, name) for name in _BASE if getattr(base, name)}
    head = json.dumps(about, ensure_ascii=False, indent=2).removesuffix("}").rstrip()
    terms = ",\n".join(f"    {json.dumps(_written(term), ensure_ascii=False)}" for term in base.terms)
    text = f'{head}{"," if about else ""}\n  "terms": [\n{terms}\n  ]\n}}\n'
    return Written(text=text)


def _written(term: Term) -> dict[str, Any]:
    found = {name: getattr(term, name) for name in _TERM if getattr(term, name)}
    found["wordings"] = [_written_wording(wording) for wording in term.wordings]
    return found


def _written_wording(wording: Wording) -> dict[str, Any]:
    """Return the members of a wording: language, text, status, and the other fields that are set."""
    found = {name: getattr(wording, name) for name in _WORDING} | {"language": wording.tag}
    always = ("language", "text", "status")
    return {name: value for name, value in found.items() if name in always or value}


def _entry(value: object, where: str) -> dict[str, Any]:
    """Check the members of an entry, and return them as fields of its `Term`, with the wordings as records.

    `where` is the place of the entry in messages. Raises InputError for unknown names and values of a wrong
    type.
    """
    _check_kind(value, dict, where)
    assert isinstance(value, dict)
    for name in value:
        _check_name(name, _TERM, where)
    found = {
        name: _text(value[name], f"{where}.{name}") for name in _TERM if name != "wordings" and name in value
    }
    listed = value.get("wordings")
    _check_kind(listed, list, f"{where}.wordings")
    assert isinstance(listed, list)
    if not listed:
        raise InputError("no wording", where=f"{where}.wordings", expected="one at least")
    seen: set[str] = set()
    wordings = []
    for number, item in enumerate(listed):
        wordings.append(_read_wording(item, f"{where}.wordings[{number}]", seen))
        if wordings[-1].status != "forbidden":
            seen.add(wordings[-1].tag)
    return {**found, "wordings": tuple(wordings)}


def _read_wording(value: object, where: str, seen: Container[str]) -> Wording:
    """Read one wording; `seen` has the languages of the earlier wordings of the entry.

    A wording without a status is accepted if its language is in `seen`, and otherwise preferred.
    Raises InputError for unknown names and for values of a wrong type.
    """
    _check_kind(value, dict, where)
    assert isinstance(value, dict)
    found = dict(value)
    for name, item in value.items():
        _check_name(name, _WORDING, where)
        _check_kind(item, _WORDING[name], f"{where}.{name}")
        if name in _VALUES and item not in _VALUES[name]:
            known = [word for word in _VALUES[name] if word]
            raise InputError(
                repr(item),
                where=f"{where}.{name}",
                expected=f"one of {', '.join(known)}",
                action=nearest(item, known),
            )
        if isinstance(item, str):
            found[name] = _text(item, f"{where}.{name}")
    for name in ("language", "text"):
        if not found.get(name):
            raise InputError(f"no {name}", where=where, expected=f"a {name} for each wording")
    found["forms"] = tuple(_text(item, f"{where}.forms") for item in found.get("forms", ()))
    found["language"] = _tag(found["language"], f"{where}.language")
    found.setdefault("status", "accepted" if found["language"] in seen else "preferred")
    return wording_in(found.pop("language"), **found)


def _tag(text: str, where: str) -> str:
    try:
        return locale_tag(text) or language(text).tag
    except LanguageError as error:
        raise InputError(error.found, where=where, expected=error.expected, action=error.action) from error


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _text(value: object, where: str) -> str:
    """Check that a value is a text, and return it in NFC.

    Raises InputError for any other value, and for control characters and lone surrogates, which JSON allows
    but files cannot hold.
    """
    _check_kind(value, str, where)
    assert isinstance(value, str)
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        raise InputError("half a surrogate pair", where=where, expected="whole characters")
    if found := _CONTROL.search(value):
        raise InputError(f"the control character U+{ord(found[0]):04X}", where=where, expected="text")
    return value if is_nfc(value) else nfc(value)


def _check_kind(value: object, kind: type, where: str) -> None:
    if not isinstance(value, kind):
        found = "nothing" if value is None else json.dumps(value, ensure_ascii=False)[:60]
        raise InputError(found, where=where, expected=_KINDS[kind])


def _check_name(name: str, known: Iterable[str], where: str) -> None:
    if name not in known:
        raise InputError(
            f"{name!r} is not known",
            where=where,
            expected=f"one of {', '.join(known)}",
            action=nearest(name, known),
        )
