"""Cuts TMX and XLIFF files into units, with the byte positions of their texts, to rewrite translations.

lxml reads XML, but does not say at which byte anything stands; expat, of the standard library, does. What it
reads here has been read by `egiz.translate.io.xml` before, piece by piece, with all its doors shut.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

from egiz.parallel.bitext.patches import Letter, Patch, Piece, Script, TextSlot, plain_letters
from egiz.parallel.bitext.segment import OBJECT, TMX, XLIFF_1, XLIFF_2, Codes, Wanted, matching
from egiz.parallel.bitext.xliff import _parts
from egiz.translate.errors import InputError
from egiz.translate.io.xml import attribute_above, local, xml_language

CHUNK = 1 << 16
"""Bytes read at a time."""
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(slots=True)
class Run:
    """Adjacent characters, and the bytes ``start:stop`` of the file that encode them.

    `is_quoted` says that they are in a CDATA section.
    """

    text: str
    start: int
    stop: int
    is_quoted: bool


@dataclass(slots=True)
class Node:
    """An element with the interface of `egiz.translate.io.xml.Element`, and the runs of its text and tail.

    Elements above a unit have attributes only. Namespaces are not resolved: the prefix of a name takes the
    place of its namespace.
    """

    tag: str
    attributes: dict[str, str]
    parent: Node | None
    start: int
    stop: int = 0
    sourceline: int | None = None
    children: list[Node] = field(default_factory=list)
    head: list[Run] = field(default_factory=list)
    after: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        return "".join(run.text for run in self.head) or None

    @property
    def tail(self) -> str | None:
        return "".join(run.text for run in self.after) or None

    def get(self, key: str) -> str | None:
        return self.attributes.get(key)

    def getparent(self) -> Node | None:
        return self.parent

    def __iter__(self) -> Iterator[Node]:
        return iter(self.children)


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlUnit:
    """A requested element without its end tag: `raw` begins at byte `start` of the file."""

    raw: bytes
    start: int
    node: Node
    encoding: str


def xml_units(path: Path, names: Collection[str], *, chunk: int = CHUNK) -> Iterator[bytes | XmlUnit]:
    """Yield the outermost elements with these local names, and the bytes between them, in order.

    The file is read `chunk` bytes at a time, which does not affect the elements found.

    Raises InputError with line and column if expat cannot read the file: it is not well-formed, declares
    entities, or is in a multi-byte encoding other than UTF-8 and UTF-16.
    """
    with path.open("rb") as stream:
        scanner = _Scanner(names)
        try:
            yield from _scanned(scanner, stream, chunk)
        except (expat.ExpatError, ValueError, LookupError) as error:
            where = f"{path}:{scanner.parser.ErrorLineNumber}:{scanner.parser.ErrorColumnNumber + 1}"
            raise InputError(
                f"cannot be rewritten ({error})",
                where=where,
                expected="well-formed XML in UTF-8, UTF-16 or an encoding of one byte a letter",
                action="Convert it to UTF-8.",
            ) from error


def _scanned(scanner: _Scanner, stream: BinaryIO, size: int) -> Iterator[bytes | XmlUnit]:
    held, base, is_done = b"", 0, False
    while not is_done:
        chunk = stream.read(size)
        is_done = not chunk
        if not base and not held:
            scanner.encoding = next((name for mark, name in _BOMS if chunk.startswith(mark)), "")
        held += chunk
        scanner.parser.Parse(chunk, is_done)
        at = base
        for node in scanner.taken():
            if node.start > at:
                yield held[at - base : node.start - base]
            raw = held[node.start - base : node.stop - base]
            yield XmlUnit(raw=raw, start=node.start, node=node, encoding=scanner.encoding or "utf-8")
            at = node.stop
        settled = base + len(held) if is_done else max(at, scanner.settled)
        if settled > at:
            yield held[at - base : settled - base]
        held, base = held[settled - base :], settled


class _Scanner:
    """Builds the trees of units from expat's events. No unit that is still open begins before `settled`."""

    def __init__(self, names: Collection[str]) -> None:
        self.encoding = ""
        self.settled = 0
        self.parser = expat.ParserCreate()
        self._names = names
        self._done: list[Node] = []
        self._node: Node | None = None
        self._unit: Node | None = None
        self._run: Run | None = None
        self._is_quoted = False
        self.parser.XmlDeclHandler = self._declared
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._characters
        self.parser.CommentHandler = self._skip
        self.parser.ProcessingInstructionHandler = self._skip
        self.parser.StartCdataSectionHandler = lambda: self._quote(True)
        self.parser.EndCdataSectionHandler = lambda: self._quote(False)

    def taken(self) -> list[Node]:
        """Return the complete units that were not returned before."""
        done, self._done = self._done, []
        return done

    def _here(self) -> int:
        """The parser's byte position in the file, where an open run of text ends."""
        at = self.parser.CurrentByteIndex
        if self._run is not None:
            self._run.stop = at
            self._run = None
        if self._unit is None:
            self.settled = at
        return at

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        self.encoding = self.encoding or (encoding or "")

    def _refuse(self, *declared: Any) -> None:
        raise ValueError("it declares entities")

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        at = self._here()
        named = {_clark(key): value for key, value in attributes.items()}
        node = Node(_clark(name), named, self._node, at)
        if self._unit is not None and self._node is not None:
            self._node.children.append(node)
        elif local(node.tag) in self._names:
            self._unit = node
        self._node = node

    def _close(self, name: str) -> None:
        node, at = self._node, self._here()
        assert node is not None  # expat balances the tags
        node.stop = at
        self._node = node.parent
        if node is self._unit:
            self._unit, self.settled = None, at
            self._done.append(node)

    def _characters(self, text: str) -> None:
        at = self._here()
        if self._unit is None or self._node is None:
            return
        self._run = Run(text, at, at, self._is_quoted)
        children = self._node.children
        (children[-1].after if children else self._node.head).append(self._run)

    def _skip(self, *content: str) -> None:
        self._here()

    def _quote(self, is_quoted: bool) -> None:
        self._here()
        self._is_quoted = is_quoted


def _clark(name: str) -> str:
    """A name in Clark notation, with its prefix in the braces instead of a namespace (except ``xml``)."""
    prefix, colon, rest = name.rpartition(":")
    return f"{_XML}{rest}" if prefix == "xml" else f"{{{prefix}}}{rest}" if colon else name


_DONE_1 = frozenset({"signed-off", "final"})
_CHANGED_1 = "needs-review-translation"
_DONE_2 = frozenset({"reviewed", "final"})
_CHANGED_2 = {"state": "translated", "subState": "egiz:corrected"}
_OPEN = frozenset({"no", "false", "0", "", "unlocked"})
"""Values of an attribute ``locked`` that mean it is not locked."""
_START_TAG = re.compile(r"""<[^\s/>]+(?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def tmx_pieces(path: Path, wanted: Wanted) -> Iterator[bytes | Piece]:
    """Cut a file that `read_tmx` reads into its units and the bytes between them; no byte is lost."""
    header = ""
    for unit in xml_units(path, ("header", "tu")):
        if isinstance(unit, bytes):
            yield unit
        elif local(unit.node.tag) == "header":
            header = unit.node.get("srclang") or ""
            yield unit.raw
        else:
            variants = _variants(unit.node, header, wanted)
            yield _piece(unit, [_Place(target=variant) for variant in variants], TMX)


def _variants(unit: Node, header: str, wanted: Wanted) -> list[Node | None]:
    """The ``seg`` elements in the target languages, chosen as `read_tmx` does; None for a missing one."""
    variants = [child for child in unit if local(child.tag) == "tuv"]
    tags = [xml_language(variant) or variant.get("lang") or "" for variant in variants]
    sources = matching(wanted.source or unit.get("srclang") or header, tags)
    asked = range(len(tags)) if wanted.target is None else matching(wanted.target, tags)
    texts = [_first(variants[place], "seg") for place in asked if place not in sources]
    return texts or ([] if wanted.target is None else [None])


def xliff_1_pieces(path: Path, wanted: Wanted) -> Iterator[bytes | Piece]:
    """Cut a file that `read_xliff_1` reads, as `tmx_pieces` does.

    A unit that is approved or locked, or whose target is signed off or final, cannot be changed. A changed
    target gets the state ``needs-review-translation``.
    """
    for unit in xml_units(path, ("trans-unit",)):
        if isinstance(unit, bytes):
            yield unit
        elif attribute_above(unit.node, "translate") == "no":
            yield unit.raw
        else:
            source, target = _first(unit.node, "source"), _first(unit.node, "target")
            parts = _parts(_first(unit.node, "seg-source"), source, target) if source else ()
            is_done = unit.node.get("approved") == "yes" or (
                target is not None and target.get("state") in _DONE_1
            )
            notice = partial(_stated, unit, target, {"state": _CHANGED_1}) if target is not None else tuple
            yield _piece(
                unit,
                [
                    _Place(
                        target=part if isinstance(part, Node) else None,
                        is_locked=is_done or _is_locked(unit.node, name),
                        notice=notice,
                    )
                    for name, _, part in parts
                ],
                XLIFF_1,
            )


def xliff_2_pieces(path: Path, wanted: Wanted) -> Iterator[bytes | Piece]:
    """Cut a file that `read_xliff_2` reads, as `xliff_1_pieces` does.

    A segment that is reviewed, final or locked cannot be changed; a changed one gets the state ``translated``
    with the sub-state ``egiz:corrected``.
    """
    for unit in xml_units(path, ("unit",)):
        if isinstance(unit, bytes):
            yield unit
        elif attribute_above(unit.node, "translate") == "no":
            yield unit.raw
        else:
            segments = [child for child in unit.node if local(child.tag) == "segment"]
            yield _piece(
                unit,
                [
                    _Place(
                        target=_last(segment, "target"),
                        is_locked=segment.get("state") in _DONE_2
                        or _is_locked(unit.node, segment.get("id") or "")
                        or _is_locked(segment, ""),
                        notice=partial(_stated, unit, segment, _CHANGED_2),
                    )
                    for segment in segments
                ],
                XLIFF_2,
            )


def _first(node: Node, name: str) -> Node | None:
    return next((child for child in node if local(child.tag) == name), None)


def _last(node: Node, name: str) -> Node | None:
    return next((child for child in reversed(node.children) if local(child.tag) == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The element of a translation, None if there is none; see `TextSlot` for the rest."""

    target: Node | None
    is_locked: bool = False
    notice: Callable[[], tuple[Patch, ...]] = tuple


def _is_locked(unit: Node, segment: str) -> bool:
    """Whether a unit, an element around it, or the segment of this id in it is locked.

    XLIFF has no attribute for this; translation programs add their own, called ``locked``.
    """
    node: Node | None = unit
    while node is not None:
        if _says_locked(node):
            return True
        node = node.parent
    return any(_says_locked(item) and item.get("id") in ("", None, segment) for item in _descendants(unit))


def _says_locked(node: Node) -> bool:
    return any(
        local(name) == "locked" and value.strip().casefold() not in _OPEN
        for name, value in node.attributes.items()
    )


def _descendants(node: Node) -> Iterator[Node]:
    for child in node:
        yield child
        yield from _descendants(child)


def _stated(unit: XmlUnit, node: Node, attributes: Mapping[str, str]) -> tuple[Patch, ...]:
    """The patch that sets attributes in the start tag of a node; none if it already has them."""
    start = node.start - unit.start
    text = unit.raw[start:].decode(unit.encoding, "surrogateescape")
    found = _START_TAG.match(text)
    if found is None:  # expat has read it as a tag
        raise AssertionError(text[:80])
    tag = found[0]
    for name, value in attributes.items():
        stated = re.search(rf"""(?<=\s){name}\s*=\s*("[^"]*"|'[^']*')""", tag)
        if stated is not None:
            tag = f'{tag[: stated.start()]}{name}="{value}"{tag[stated.end() :]}'
        else:
            end = len(tag) - (2 if tag.endswith("/>") else 1)
            tag = f'{tag[:end].rstrip()} {name}="{value}"{tag[end:]}'
    size = len(found[0].encode(unit.encoding, "surrogateescape"))
    return (
        (Patch(start, start + size, tag.encode(unit.encoding, "surrogateescape")),) if tag != found[0] else ()
    )


def _piece(unit: XmlUnit, places: Sequence[_Place], codes: Codes) -> Piece:
    return Piece(raw=unit.raw, slots=tuple(_slot(unit, place, codes) for place in places))


def _slot(unit: XmlUnit, place: _Place, codes: Codes) -> TextSlot | None:
    target = place.target
    if target is None:
        return None

    def write(text: str, is_quoted: bool) -> bytes | None:
        if not is_quoted:
            return text.translate(_ESCAPED).encode(unit.encoding, "xmlcharrefreplace")
        try:
            return None if "]]>" in text else text.encode(unit.encoding)
        except UnicodeEncodeError:
            return None

    return TextSlot(
        lambda: _letters(unit, target, codes),
        Script(write=write),
        is_locked=place.is_locked,
        notice=place.notice,
    )


def _letters(unit: XmlUnit, element: Node, codes: Codes) -> list[Letter]:
    """The characters of an element, in the order in which `inline_text` collects its text."""
    letters = [letter for run in element.head for letter in _run_letters(unit, run)]
    for child in element:
        name = local(child.tag)
        if name in codes.objects:
            letters.append(Letter(OBJECT, child.start - unit.start, child.stop - unit.start, True))
        elif name not in codes.dropped:
            letters += _letters(unit, child, codes)
        letters += [letter for run in child.after for letter in _run_letters(unit, run)]
    return letters


def _run_letters(unit: XmlUnit, run: Run) -> list[Letter]:
    """The characters of a run; a single one may be written as a reference or as a two-byte line end."""
    start, stop = run.start - unit.start, run.stop - unit.start
    if len(run.text) == 1:
        return [Letter(run.text, start, stop, False, run.is_quoted)]
    return plain_letters(run.text, start, unit.raw[start:stop], unit.encoding, is_quoted=run.is_quoted)
