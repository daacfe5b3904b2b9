"""The styles of a Word document: which text is hidden, raised, a heading or a title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from egiz.translate.io.xml import Element, attribute, local

_OFF = frozenset({"0", "false", "off"})
_HEADING = re.compile(r"heading ([1-9])")
_LONGEST_CHAIN = 20
"""The longest chain of styles, each based on the next one, that is followed; Word allows eleven."""
_SHIFTS = {"superscript": "super", "subscript": "sub"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One style. `based_on` is the id of the style that it inherits from, or empty.

    A property is None if the style does not state it. `shift` is ``super``, ``sub`` or empty, `outline` is
    Word's outline level, from 0.
    """

    based_on: str = ""
    name: str = ""
    hidden: bool | None = None
    shift: str | None = None
    font: str | None = None
    outline: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The look of a run of text: whether it is hidden, raised or lowered, or in the Symbol font.

    `shift` is ``super``, ``sub`` or empty.
    """

    hidden: bool
    shift: str
    symbol: bool


class Styles:
    """The styles of a document; a style inherits the properties that it does not state (see `Style`)."""

    def __init__(self, styles: Mapping[str, Style]) -> None:
        self._styles = styles

    def look(self, run: Element, paragraph_style: str) -> Look:
        """The look of a run. Each property is taken from the first of these that states it: the run itself,
        its character style, the style of its paragraph."""
        own, character = Style(), ""
        for properties in run:
            if local(properties.tag) == "rPr":
                own, character = _style_of(properties)
                break
        chain = [own, *self._chain(character), *self._chain(paragraph_style)]
        hidden = next((style.hidden for style in chain if style.hidden is not None), False)
        shift = next((style.shift for style in chain if style.shift is not None), "")
        font = next((style.font for style in chain if style.font is not None), "")
        return Look(hidden=hidden, shift=shift, symbol=font == "symbol")

    def level(self, style: str) -> int:
        """The level, 1 to 6, of the headings that use a paragraph style; 0 if the style is not for
        headings."""
        for item in self._chain(style):
            if item.outline is not None:
                return min(item.outline + 1, 6) if item.outline < 9 else 0
            if found := _HEADING.fullmatch(item.name):
                return min(int(found.group(1)), 6)
        unlisted = re.fullmatch(r"heading([1-9])", style.lower()) if style not in self._styles else None
        return min(int(unlisted.group(1)), 6) if unlisted else 1 if self.is_title(style) else 0

    def is_title(self, style: str) -> bool:
        """Whether a style is for the title of the document."""
        known = self._styles.get(style)
        return (known.name if known else style.lower()) == "title"

    def _chain(self, style: str) -> list[Style]:
        """The style with this id, followed by the styles that it inherits from, nearest first."""
        found: list[Style] = []
        while style in self._styles and len(found) < _LONGEST_CHAIN:
            found.append(self._styles[style])
            style = found[-1].based_on
        return found


def read_styles(root: Element) -> Styles:
    """Read all styles from the root of the part ``styles.xml``."""
    found: dict[str, Style] = {}
    for element in root:
        identifier = attribute(element, "styleId")
        if local(element.tag) != "style" or identifier is None:
            continue
        style = Style()
        based_on = name = ""
        outline = None
        for item in element:
            tag = local(item.tag)
            if tag == "basedOn":
                based_on = attribute(item, "val") or ""
            elif tag == "name":
                name = (attribute(item, "val") or "").lower()
            elif tag == "rPr":
                style, _ = _style_of(item)
            elif tag == "pPr":
                levels = [attribute(part, "val") or "" for part in item if local(part.tag) == "outlineLvl"]
                outline = int(levels[0]) if levels and levels[0].isdecimal() else None
        found[identifier] = Style(
            based_on=based_on,
            name=name,
            hidden=style.hidden,
            shift=style.shift,
            font=style.font,
            outline=outline,
        )
    return Styles(found)


def is_on(element: Element) -> bool:
    """Whether an on-off property is on; an element without a value is on."""
    return attribute(element, "val") not in _OFF


def _style_of(properties: Element) -> tuple[Style, str]:
    """The properties in an `rPr` element as a style, and the id of the character style that it names."""
    hidden: bool | None = None
    shift: str | None = None
    font: str | None = None
    character = ""
    for item in properties:
        name = local(item.tag)
        if name == "vanish":
            hidden = is_on(item)
        elif name == "vertAlign":
            shift = _SHIFTS.get(attribute(item, "val") or "", "")
        elif name == "rFonts":
            font = (attribute(item, "ascii") or attribute(item, "hAnsi") or "").lower() or None
        elif name == "rStyle":
            character = attribute(item, "val") or ""
    return Style(hidden=hidden, shift=shift, font=font), character
