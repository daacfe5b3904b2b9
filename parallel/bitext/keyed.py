"""Read files that map keys to texts in one language, each with the file of its source language.

Android's ``strings.xml``, JSON for i18n (also ARB of Flutter) and Java ``.properties`` hold one language. The
file of a translation is named after its language: ``values-kk/strings.xml``, ``locales/kk/menu.json``,
``menu_kk.properties``. The source file has the same name with the tag of another language, or without a tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from egiz.parallel.bitext.segment import (
    Codes,
    OtherLanguages,
    Requested,
    Segment,
    inline_text,
    matching,
    plain_tag,
    tidy,
)
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.decode import decode
from egiz.translate.io.files import read_whole
from egiz.translate.io.json_text import json_texts
from egiz.translate.io.xml import XmlElement, attribute_above, local, stream_xml
from egiz.translate.languages import known_tag

Keyed = Literal["android", "json", "properties"]
_ANDROID = Codes(dropped=frozenset(), objects=frozenset({"g"}))
"""The inline elements of Android: the element ``xliff:g`` marks text that must not be translated, for example
a placeholder."""
_PLURAL = re.compile(r"(?P<before>.*?)(?P<sign>^|[_.#])(?:zero|one|two|few|many|other|plural)")
"""The key of one plural form, as Android, i18next and Rails write it: ``items#few``, ``items_few``,
``items.few``."""
_ABOUT = ("@", "$schema")
"""Prefixes of keys that hold no text: they describe other keys or the file (ARB, JSON Schema)."""
_ABOUT_CHROME = frozenset({"description", "placeholders"})
"""The keys beside ``message``, in files of browser extensions, whose texts do not appear on the screen."""


@dataclass(frozen=True, slots=True)
class _Text:
    line: int
    text: str


def read_keyed(path: Path, wanted: Requested, kind: Keyed) -> Iterator[Segment]:
    """Read the file of a translation, at `path`, together with the file of its source.

    Each key gives a segment with this key as its id, in the order of the translation. If the source file
    lacks a key, the segment has an empty source. The keys that are only in the source file come last; their
    segments have an empty target. If the source file lacks a plural form, the form ``other`` of the source
    file takes its place.

    Raises InputError with the line for a malformed file, and if the source file is missing; OptionError if
    the source language is not given, or if no language is in the name of the file or its folders.
    """
    source_path, source_tag, target_tag = _pair(path, wanted, kind)
    sources, targets = dict(_READERS[kind](source_path)), dict(_READERS[kind](path))

    def segment(key: str, source: _Text | None, target: _Text | None) -> Segment:
        return Segment(
            id=key,
            source_language=source_tag,
            target_language=target_tag,
            source=source.text if source else "",
            target=target.text if target else "",
            file=str(path),
            line=target.line if target else 1,
        )

    used = set()
    for key, target in targets.items():
        same = next((name for name in _source_keys(key) if name in sources), None)
        used.add(same)
        yield segment(key, sources.get(same or key), target)
    for key, source in sources.items():
        if key not in used:
            yield segment(key, source, None)


def _source_keys(key: str) -> Iterator[str]:
    """Yield the keys at which the source text of `key` may be, in the order in which to try them.

    The first is `key` itself. If `key` is a plural form, the keys of the forms that can replace it follow:
    for ``items_few``, they are ``items_other``, ``items_plural``, ``items_one`` and ``items``.
    """
    yield key
    if found := _PLURAL.fullmatch(key):
        yield from (f"{found['before']}{found['sign']}{form}" for form in ("other", "plural", "one"))
        yield found["before"]


def _read_android(path: Path) -> Iterator[tuple[str, _Text]]:
    for element in stream_xml(path, ("string", "plurals", "string-array")):
        name = element.get("name")
        if not name:
            raise InputError(f"<{local(element.tag)}> has no name", where=f"{path}:{element.sourceline}")
        if attribute_above(element, "translatable") == "false":
            continue
        if local(element.tag) == "string":
            yield name, _android_text(element)
            continue
        for number, item in enumerate(element):
            yield f"{name}#{item.get('quantity') or number}", _android_text(item)


_ANDROID_ESCAPE = re.compile(r"\\(?:u(?P<code>[0-9A-Fa-f]{4})|(?P<sign>.))", re.DOTALL)


def _android_text(element: XmlElement) -> _Text:
    text = inline_text(element, _ANDROID)
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        text = text[1:-1]

    def plain(found: re.Match[str]) -> str:
        if found["code"]:
            return chr(int(found["code"], 16))
        return " " if found["sign"] in "nt" else found["sign"]

    return _Text(element.sourceline or 0, tidy(_ANDROID_ESCAPE.sub(plain, text)))


def _read_json(path: Path) -> Iterator[tuple[str, _Text]]:
    text = decode(read_whole(path), where=str(path))
    found = list(json_texts(text, str(path)))
    messages = {names[:-1] for names, _, _ in found if names[-1:] == ("message",)}
    for names, line, value in found:
        is_beside = any(names[:at] in messages and names[at] in _ABOUT_CHROME for at in range(len(names)))
        if not is_beside and not any(name.startswith(_ABOUT) for name in names):
            yield ".".join(names), _Text(line, tidy(value))


def _read_properties(path: Path) -> Iterator[tuple[str, _Text]]:
    import javaproperties

    data = read_whole(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # the encoding of these files before Java 9
    line = 1
    try:
        for element in javaproperties.parse(text):
            if isinstance(element, javaproperties.KeyValue):
                yield element.key, _Text(line, tidy(element.value))
            line += element.source.count("\n")
    except javaproperties.InvalidUEscapeError as error:
        raise InputError(
            f"is not a valid escape ({error})", where=f"{path}:{line}", expected="\\u and 4 digits"
        ) from error


_READERS: dict[Keyed, Callable[[Path], Iterator[tuple[str, _Text]]]] = {
    "android": _read_android,
    "json": _read_json,
    "properties": _read_properties,
}

_BREAK = re.compile(r"(?:^|(?<=[._-]))")
_VALUES = re.compile(r"values(?:-(?P<tag>b\+[A-Za-z0-9+]+|[a-z]{2,3}(?:-r[A-Z]{2})?))?")


def _pair(path: Path, wanted: Requested, kind: Keyed) -> tuple[Path, str, str]:
    """Return the source file of a translation, the source language and the target language.

    Raises what `read_keyed` raises.
    """
    named = target_languages(path, kind)
    tags = [tag for _, tag in named]
    if wanted.target is not None:
        named = [(at, tag) for at, tag in named if matching(wanted.target, [tag])]
    if tags and not named:
        raise OtherLanguages(
            f"its name contains the language {' or '.join(tags)}",
            where=str(path),
            expected=f"{wanted.target!r}, as asked for",
        )
    if not named:
        raise OptionError(
            "its name contains no language",
            where=str(path),
            expected="a name such as values-kk/strings.xml, kk.json or menu_kk.properties",
        )
    if wanted.source is None:
        raise OptionError(
            "the file does not say its source language", where=str(path), action="Give it with --from."
        )
    at, target = named[0]
    for candidate in _siblings(path, at, kind, wanted.source):
        if candidate.is_file() and candidate != path:
            return candidate, plain_tag(wanted.source), target
    raise InputError(
        f"no file of the source language {wanted.source!r} is there",
        where=str(path),
        expected=str(next(_siblings(path, at, kind, wanted.source), "another name")),
    )


def target_languages(path: Path, kind: Keyed) -> list[tuple[int, str]]:
    """Return the languages that the path of a file names, as pairs of position and language tag.

    The position is 0 for the file name, 1 for the folder of the file, 2 for the parent of that folder, and so
    on.
    """
    if kind == "android":
        found = _VALUES.fullmatch(path.parent.name)
        tag = known_tag(_plain_qualifier(found["tag"])) if found and found["tag"] else None
        return [(1, tag)] if tag else []
    names = [path.stem, *(folder.name for folder in list(path.parents)[:3] if folder.name)]
    tagged = ((at, *_tagged(name)) for at, name in enumerate(names))
    return [(at, tag) for at, before, tag in tagged if tag and (at == 0 or not before)]


def _tagged(name: str) -> tuple[str, str]:
    """Split a name into the part before the language tag at its end, and this tag in Egiz' form.

    If the name does not end in a language tag, the whole name is the first part, and the tag is empty.

    >>> _tagged("menu_ru-RU"), _tagged("kk"), _tagged("menu")
    (('menu_', 'ru'), ('', 'kk'), ('menu', ''))
    """
    for found in _BREAK.finditer(name):
        if tag := known_tag(name[found.end() :]):
            return name[: found.end()], tag
    return name, ""


def _plain_qualifier(text: str) -> str:
    """Return the language tag in the name of an Android folder: ``kk-KZ`` for ``kk-rKZ`` and ``b+kk+KZ``."""
    return text.removeprefix("b+").replace("+", "-").replace("-r", "-")


def _siblings(path: Path, at: int, kind: Keyed, source: str) -> Iterator[Path]:
    """Yield the paths at which the source file may be, in the order in which to try them.

    First come the existing paths that have a tag of the language `source` in place of the target language,
    then the path without a tag.

    `at` is the position of the target language in `path`; see `target_languages`.
    """
    part = path if at == 0 else list(path.parents)[at - 1]
    rest = path.relative_to(part) if at else None

    def below(folder: Path) -> Path:
        return folder / rest if rest is not None else folder

    others = sorted(part.parent.iterdir()) if part.parent.is_dir() else []
    for other in others:
        if other != part and other.suffix == part.suffix and _is_named(part, other, kind, source, at):
            yield below(other)
    if kind == "android":
        yield below(part.parent / "values")
        return
    before, ending = _tagged(part.stem if at == 0 else part.name)[0], part.suffix if at == 0 else ""
    if before:
        yield below(part.parent / f"{before[:-1]}{ending}")
    yield below(part.parent / f"{before}{source}{ending}")


def _is_named(part: Path, other: Path, kind: Keyed, source: str, at: int) -> bool:
    """Whether `other` is named like `part`, but with the tag of the language `source`.

    `part` is the file of a translation or a folder of its path; `at` is 0 for the file. For example, with the
    source ``en``, ``menu_en-GB.properties`` is named like ``menu_kk.properties``.
    """
    if kind == "android":
        found = _VALUES.fullmatch(other.name)
        return bool(found and found["tag"] and matching(source, [_plain_qualifier(found["tag"])]))
    (own, _), (before, tag) = (_tagged(item.stem if at == 0 else item.name) for item in (part, other))
    return own == before and tag == plain_tag(source)
