"""Cut TMX and XLIFF files into units whose translations can be patched; all other bytes are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from egiz.parallel.bitext.patches import FilePiece, Letter, Patch, Script, TextSlot, plain_letters
from egiz.parallel.bitext.segment import OBJECT, TMX, XLIFF_1, XLIFF_2, Codes, Requested, matching
from egiz.parallel.bitext.xml import xliff_parts
from egiz.parallel.bitext.xml_units import TextRun, XmlNode, XmlUnit, xml_units
from egiz.translate.io.xml import attribute_above, local, xml_language

_DONE_1 = frozenset({"signed-off", "final"})
_CHANGED_1 = "needs-review-translation"
_DONE_2 = frozenset({"reviewed", "final"})
_CHANGED_2 = {"state": "translated", "subState": "egiz:corrected"}
_OPEN = frozenset({"no", "false", "0", "", "unlocked"})
"""Values of the attribute ``locked`` that mean "not locked"."""
_START_TAG = re.compile(r"""<[^\s/>]+(?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def tmx_pieces(path: Path, wanted: Requested) -> Iterator[bytes | FilePiece]:
    """Cut a file that `read_tmx` reads into its units and the bytes between them; joined, they are the
    file."""
    header = ""
    for unit in xml_units(path, ("header", "tu")):
        if isinstance(unit, bytes):
            yield unit
        elif local(unit.node.tag) == "header":
            header = unit.node.get("srclang") or ""
            yield unit.raw
        else:
            variants = _variants(unit.node, header, wanted)
            yield _piece(unit, [_TargetPlace(target=variant) for variant in variants], TMX)


def _variants(unit: XmlNode, header: str, wanted: Requested) -> list[XmlNode | None]:
    """Return the ``seg`` elements of a unit in the target languages: those that `read_tmx` would read.

    The list has None in place of the ``seg`` of a requested target language that the unit lacks. `header` is
    the source language that the header of the file states.
    """
    variants = [child for child in unit if local(child.tag) == "tuv"]
    tags = [xml_language(variant) or variant.get("lang") or "" for variant in variants]
    sources = matching(wanted.source or unit.get("srclang") or header, tags)
    asked = range(len(tags)) if wanted.target is None else matching(wanted.target, tags)
    texts = [_first(variants[place], "seg") for place in asked if place not in sources]
    return texts or ([] if wanted.target is None else [None])


def xliff_1_pieces(path: Path, wanted: Requested) -> Iterator[bytes | FilePiece]:
    """Cut a file that `read_xliff_1` reads into its units and the bytes between them.

    No edit is applied to a unit that is approved or locked, or whose target is signed off or final. A target
    that is changed by an edit gets the state ``needs-review-translation``.
    """
    for unit in xml_units(path, ("trans-unit",)):
        if isinstance(unit, bytes):
            yield unit
        elif attribute_above(unit.node, "translate") == "no":
            yield unit.raw
        else:
            source, target = _first(unit.node, "source"), _first(unit.node, "target")
            parts = xliff_parts(_first(unit.node, "seg-source"), source, target) if source else ()
            is_done = unit.node.get("approved") == "yes" or (
                target is not None and target.get("state") in _DONE_1
            )
            notice = partial(_stated, unit, target, {"state": _CHANGED_1}) if target is not None else tuple
            yield _piece(
                unit,
                [
                    _TargetPlace(
                        target=part if isinstance(part, XmlNode) else None,
                        is_locked=is_done or _is_locked(unit.node, name),
                        notice=notice,
                    )
                    for name, _, part in parts
                ],
                XLIFF_1,
            )


def xliff_2_pieces(path: Path, wanted: Requested) -> Iterator[bytes | FilePiece]:
    """Cut a file that `read_xliff_2` reads into its units and the bytes between them.

    No edit is applied to a segment that is reviewed, final or locked. A segment that is changed by an edit
    gets the state ``translated`` with the sub-state ``egiz:corrected``.
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
                    _TargetPlace(
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


def _first(node: XmlNode, name: str) -> XmlNode | None:
    return next((child for child in node if local(child.tag) == name), None)


def _last(node: XmlNode, name: str) -> XmlNode | None:
    return next((child for child in reversed(node.children) if local(child.tag) == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _TargetPlace:
    """The place of the translation of one segment.

    `target` is its element; None if the segment has no target. `is_locked` and `notice` are the arguments for
    the `TextSlot` of this element.
    """

    target: XmlNode | None
    is_locked: bool = False
    notice: Callable[[], tuple[Patch, ...]] = tuple


def _is_locked(unit: XmlNode, segment: str) -> bool:
    """Whether the segment with the id `segment` in a unit is locked.

    XLIFF has no attribute for this, but translation programs add an attribute ``locked`` of their own. The
    segment is locked by this attribute on the unit, on an element that contains the unit, on an element in
    the unit with the id `segment`, or on an element in the unit without an id.
    """
    node: XmlNode | None = unit
    while node is not None:
        if _says_locked(node):
            return True
        node = node.parent
    return any(_says_locked(item) and item.get("id") in ("", None, segment) for item in _descendants(unit))


def _says_locked(node: XmlNode) -> bool:
    return any(
        local(name) == "locked" and value.strip().casefold() not in _OPEN
        for name, value in node.attributes.items()
    )


def _descendants(node: XmlNode) -> Iterator[XmlNode]:
    for child in node:
        yield child
        yield from _descendants(child)


def _stated(unit: XmlUnit, node: XmlNode, attributes: Mapping[str, str]) -> tuple[Patch, ...]:
    """Return the patch that gives `attributes` to the start tag of a node; empty if it has them already."""
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


def _piece(unit: XmlUnit, places: Sequence[_TargetPlace], codes: Codes) -> FilePiece:
    return FilePiece(raw=unit.raw, slots=tuple(_slot(unit, place, codes) for place in places))


def _slot(unit: XmlUnit, place: _TargetPlace, codes: Codes) -> TextSlot | None:
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


def _letters(unit: XmlUnit, element: XmlNode, codes: Codes) -> list[Letter]:
    """Return the characters of an element, in the order in which `inline_text` collects them."""
    letters = [letter for run in element.head for letter in _run_letters(unit, run)]
    for child in element:
        name = local(child.tag)
        if name in codes.objects:
            letters.append(Letter(OBJECT, child.start - unit.start, child.stop - unit.start, True))
        elif name not in codes.dropped:
            letters += _letters(unit, child, codes)
        letters += [letter for run in child.after for letter in _run_letters(unit, run)]
    return letters


def _run_letters(unit: XmlUnit, run: TextRun) -> list[Letter]:
    """Return the characters of a run of text.

    A run of one character may take several bytes: a character reference, or a line end of two bytes.
    """
    start, stop = run.start - unit.start, run.stop - unit.start
    if len(run.text) == 1:
        return [Letter(run.text, start, stop, False, run.is_quoted)]
    return plain_letters(run.text, start, unit.raw[start:stop], unit.encoding, is_quoted=run.is_quoted)
