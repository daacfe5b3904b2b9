"""Valid files made wrong: bytes, tokens, values of JSON and members of ZIP archives are changed by chance.

Everything follows from the given `random.Random`, so that a case can be made again from its seed.
"""

from __future__ import annotations

import copy
import io
import json
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

LARGEST = 1 << 18
"""Bytes of a mutated file. What only breaks above belongs to tests of its own (`tests/test_bombs.py`)."""

_TOKEN = re.compile(rb"<[^<>]*>|\"[^\"\n]*\"|[\w.:-]+|\n|\t|[^\w\s]", re.ASCII)
_NUMBER = re.compile(rb"\d+")
# fmt: off
_ODD: tuple[bytes, ...] = (
    b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xc2\x85", b"\x1b[2J", b"\x0b",
    b"\r", b"\r\n", b"\n\n", b"\t", b"\"", b"'", b"\\", b"\\u0000", b"\\ud800", b"|", b"#", b"[", b"]",
    b"{", b"}", b"<", b">", b"&", b"&#0;", b"&#xD800;", b"&#x110000;", b"&lt;", b"&nbsp;", b"<!--", b"-->",
    b"<![CDATA[", b"]]>", b"<?x y?>", b"<!DOCTYPE a [<!ENTITY b \"c\">]>", b"&b;", b"xml:lang=\"kk\"",
    b" lang=\"\"", b"xmlns=\"urn:x\"", b"-1", b"0", b"1e999", b"NaN", b"null", b"true", b"[]", b"{}", b"..",
    b"/", b"../../x", b"%00", b"%", b"\xcc\x88", b"\xf0\x9f\x98\x80", b"\xe2\x80\xae", b"utf-16", b"rot13",
    b"unknown", b"```", b"---\n", b"msgid \"\"\n", b"msgstr[1] \"\"\n", b"kk", b"ru", b"zz-Zzzz", b"id",
    b"*all*",
)
_VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 10**400, 0.5, 1e308, float("nan"), float("inf"), "", "0", "kk", "\0",
    "\ud800", "ё" * 5000, [], {}, [None], [[]], {"": None}, {"a": {"a": []}}, [1, "a"],
)
# fmt: on


def mutate(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """One to five changes, of the kinds that suit what the file is; `others` are what may be spliced in."""
    if data.startswith(b"PK\x03\x04") and chance.random() < 0.7:
        return _members(data, chance, others)
    if data.lstrip()[:1] in (b"{", b"[") and chance.random() < 0.5:
        return _values(data, chance)
    return _bytes(data, chance, others)


def _bytes(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        kind = chance.choice(_KINDS)
        data = kind(data, chance)[:LARGEST] if data else chance.choice(_ODD)
    if others and chance.random() < 0.05:
        other = chance.choice(others)
        data = data[: _place(data, chance)] + other[_place(other, chance) :]
    return data[:LARGEST]


def _place(data: bytes, chance: Random) -> int:
    return chance.randint(0, len(data))


def _range(data: bytes, chance: Random, most: int = 64) -> tuple[int, int]:
    start = _place(data, chance)
    return start, min(len(data), start + chance.randint(1, chance.choice((1, 4, most, len(data)))))


def _flip(data: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def _overwrite(data: bytes, chance: Random) -> bytes:
    start, stop = _range(data, chance, 8)
    return data[:start] + chance.randbytes(stop - start) + data[stop:]


def _insert(data: bytes, chance: Random) -> bytes:
    place = _place(data, chance)
    return data[:place] + chance.choice(_ODD) * chance.choice((1, 1, 1, 2, 50)) + data[place:]


def _remove(data: bytes, chance: Random) -> bytes:
    start, stop = _range(data, chance)
    return data[:start] + data[stop:]


def _cut_off(data: bytes, chance: Random) -> bytes:
    return data[: _place(data, chance)]


def _repeat(data: bytes, chance: Random) -> bytes:
    start, stop = _range(data, chance)
    times = min(chance.choice((1, 2, 30, 2000)), LARGEST // max(stop - start, 1))
    return data[:stop] + data[start:stop] * times + data[stop:]


def _recode(data: bytes, chance: Random) -> bytes:
    text = data.decode("utf-8", "ignore")
    encoding = chance.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7", "cp1251"))
    return text.encode(encoding, "ignore")


def _line_ends(data: bytes, chance: Random) -> bytes:
    return data.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\r", b"\n\n", b"\x0b", b"")))


def _tokens(data: bytes, chance: Random) -> bytes:
    """Swap, copy, drop or replace pieces that mean something: tags, quoted values, words, separators."""
    spans = [found.span() for found in _TOKEN.finditer(data)]
    if len(spans) < 2:
        return data
    (start, stop), (begin, end) = sorted(chance.sample(spans, 2))
    first, between, second = data[start:stop], data[stop:begin], data[begin:end]
    changed = chance.choice(
        (
            second + between + first,
            second + between + second,
            first + between + first,
            first + between,
            between + second,
            first + second + between + second,
            first + between + chance.choice(_ODD),
        )
    )
    return data[:start] + changed + data[end:]


def _number(data: bytes, chance: Random) -> bytes:
    spans = [found.span() for found in _NUMBER.finditer(data)]
    if not spans:
        return data
    start, stop = chance.choice(spans)
    value = chance.choice((b"0", b"-1", b"1", b"2", b"99", b"65536", b"4294967296", b"9" * 5000, b"1.5", b""))
    return data[:start] + value + data[stop:]


_KINDS: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(_flip, _overwrite, _insert, _insert, _remove, _cut_off, _repeat, _recode, _line_ends),
    *(_tokens, _tokens, _tokens, _number),
)


def _values(data: bytes, chance: Random) -> bytes:
    """JSON whose values are of other kinds, missing, doubled or exchanged; still JSON for the most part."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return _bytes(data, chance, ())
    for _ in range(chance.choice((1, 1, 2, 4))):
        holders = list(_holders(content))
        if not holders:
            break
        holder = chance.choice(holders)
        _change(holder, chance, holders)
    return json.dumps(content, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _holders(value: Any) -> list[Any]:
    found, open_values = [], [value]
    while open_values and len(found) < 500:
        item = open_values.pop()
        if isinstance(item, dict | list) and item:
            found.append(item)
            open_values += item.values() if isinstance(item, dict) else item
    return found


def _change(holder: Any, chance: Random, holders: Sequence[Any]) -> None:
    keys = list(holder) if isinstance(holder, dict) else range(len(holder))
    key = chance.choice(keys)
    kind = chance.randrange(4)
    if kind == 0:
        del holder[key]
    elif kind == 1:
        holder[key] = copy.deepcopy(chance.choice(_VALUES))
    elif kind == 2:
        holder[key] = copy.deepcopy(chance.choice(holders))
    elif isinstance(holder, dict):
        holder[chance.choice(("", "text", "path", str(key) + "x"))] = holder[key]
    else:
        holder.append(holder[key])


def _members(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """An archive with changed, renamed, doubled or missing members; the archive itself may lie, too."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            members = [(info.filename, pack.read(info)) for info in pack.infolist()]
    except Exception:  # what was mutated before may be no archive any more
        return _bytes(data, chance, others)
    for _ in range(chance.choice((1, 1, 2, 3))):
        if not members:
            break
        place = chance.randrange(len(members))
        name, content = members[place]
        kind = chance.randrange(8)
        if kind < 4:
            members[place] = (name, _bytes(content, chance, [other for _, other in members]))
        elif kind == 4:
            members[place] = (chance.choice(members)[0], content)
        elif kind == 5:
            odd = chance.choice(
                ("../" + name, "/" + name, name.replace("/", "\\"), name + "/", "\x7f", "ә" * 300)
            )
            members[place] = (odd, content)
        elif kind == 6:
            del members[place]
        else:
            chance.shuffle(members)
    packed = _pack(members, chance)
    return _bytes(packed, chance, ()) if chance.random() < 0.2 else packed


def _pack(members: Sequence[tuple[str, bytes]], chance: Random) -> bytes:
    methods = (zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2)
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as pack:
        warnings.simplefilter("ignore")  # names that stand twice are what is wanted
        for name, content in members:
            pack.writestr(zipfile.ZipInfo(name), content, chance.choice(methods))
    return stream.getvalue()
