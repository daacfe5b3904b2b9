"""TMX and XLIFF whose translations can be given other words, with the markup around them left where it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from egiz.parallel.bitext.inline import TMX, XLIFF_1, XLIFF_2, Codes
from egiz.parallel.bitext.languages import Wanted, matching
from egiz.parallel.bitext.rewrite_letters import Letter, Script
from egiz.parallel.bitext.rewrite_slots import Piece, TextSlot, plain_letters
from egiz.parallel.bitext.rewrite_xml import Node, Run, XmlUnit, xml_units
from egiz.parallel.bitext.segment import OBJECT
from egiz.parallel.bitext.xliff import _parts
from egiz.translate.read.tree import local
from egiz.translate.xml import attribute_above, xml_language

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def tmx_pieces(path: Path, wanted: Wanted) -> Iterator[bytes | Piece]:
    """Cut a file that `read_tmx` takes into its units and what stands between them; no byte is lost."""
    header = ""
    for unit in xml_units(path, ("header", "tu")):
        if isinstance(unit, bytes):
            yield unit
        elif local(unit.node.tag) == "header":
            header = unit.node.get("srclang") or ""
            yield unit.raw
        else:
            yield _piece(unit, _variants(unit.node, header, wanted), TMX)


def _variants(unit: Node, header: str, wanted: Wanted) -> list[Node | None]:
    """The texts in the target languages, as `read_tmx` chooses them."""
    variants = [child for child in unit if local(child.tag) == "tuv"]
    tags = [xml_language(variant) or variant.get("lang") or "" for variant in variants]
    sources = matching(wanted.source or unit.get("srclang") or header, tags)
    asked = range(len(tags)) if wanted.target is None else matching(wanted.target, tags)
    texts = [_first(variants[place], "seg") for place in asked if place not in sources]
    return texts or ([] if wanted.target is None else [None])


def xliff_1_pieces(path: Path, wanted: Wanted) -> Iterator[bytes | Piece]:
    """Cut a file that `read_xliff_1` takes, as `tmx_pieces` does. A target's state stays what it is."""
    for unit in xml_units(path, ("trans-unit",)):
        if isinstance(unit, bytes):
            yield unit
        elif attribute_above(unit.node, "translate") == "no":
            yield unit.raw
        else:
            source = _first(unit.node, "source")
            parts = (
                _parts(_first(unit.node, "seg-source"), source, _first(unit.node, "target")) if source else ()
            )
            targets = [target if isinstance(target, Node) else None for _, _, target in parts]
            yield _piece(unit, targets, XLIFF_1)


def xliff_2_pieces(path: Path, wanted: Wanted) -> Iterator[bytes | Piece]:
    """Cut a file that `read_xliff_2` takes, as `xliff_1_pieces` does."""
    for unit in xml_units(path, ("unit",)):
        if isinstance(unit, bytes):
            yield unit
        elif attribute_above(unit.node, "translate") == "no":
            yield unit.raw
        else:
            segments = [child for child in unit.node if local(child.tag) == "segment"]
            yield _piece(unit, [_last(segment, "target") for segment in segments], XLIFF_2)


def _first(node: Node, name: str) -> Node | None:
    return next((child for child in node if local(child.tag) == name), None)


def _last(node: Node, name: str) -> Node | None:
    return next((child for child in reversed(node.children) if local(child.tag) == name), None)


def _piece(unit: XmlUnit, targets: list[Node | None], codes: Codes) -> Piece:
    slots = tuple(None if target is None else _slot(unit, target, codes) for target in targets)
    return Piece(raw=unit.raw, slots=slots)


def _slot(unit: XmlUnit, target: Node, codes: Codes) -> TextSlot:
    def write(text: str, is_quoted: bool) -> bytes | None:
        if not is_quoted:
            return text.translate(_ESCAPED).encode(unit.encoding, "xmlcharrefreplace")
        try:
            return None if "]]>" in text else text.encode(unit.encoding)
        except UnicodeEncodeError:
            return None

    return TextSlot(lambda: _letters(unit, target, codes), Script(write=write))


def _letters(unit: XmlUnit, element: Node, codes: Codes) -> list[Letter]:
    """The letters of an element, in the order that `inline_text` takes its texts in."""
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
    """The letters of a run; a single one may be written as a reference or as two bytes of a line end."""
    start, stop = run.start - unit.start, run.stop - unit.start
    if len(run.text) == 1:
        return [Letter(run.text, start, stop, False, run.is_quoted)]
    return plain_letters(run.text, start, unit.raw[start:stop], unit.encoding, is_quoted=run.is_quoted)
