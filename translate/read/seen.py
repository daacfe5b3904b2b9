"""What of a page is text for a reader: code, controls, hidden elements and marks of notes are not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from egiz.translate.errors import InputError
from egiz.translate.read.tree import Element, local, parse_html

# fmt: off
DROPPED = frozenset({
    "annotation", "annotation-xml", "applet", "audio", "button", "canvas", "datalist", "del", "embed", "head",
    "iframe", "input", "math", "nav", "noembed", "noframes", "noscript", "object", "rp", "rt", "script",
    "select", "style", "svg", "template", "textarea", "title", "video",
})
"""Elements that hold no prose: code, controls, media, navigation, deletions, readings above characters.
Formulas (`math`) are not walked through but written on one line."""
# fmt: on

_MARKERS = frozenset(
    {
        *("pagebreak", "noteref", "backlink", "navigation"),
        *("doc-pagebreak", "doc-noteref", "doc-backlink", "doc-toc"),
    }
)
"""EPUB and ARIA roles of page numbers, marks of notes and navigation: printed, but no part of the text."""
_CLASSES = frozenset(
    {
        *("mw-editsection", "mw-cite-backlink", "mw-jump-link", "editsection"),  # MediaWiki
        *("footnote-ref", "footnoteref", "footnote-back", "footnote-backref", "noteref", "reversefootnote"),
    }
)
"""Classes of links for editing and of marks of notes, as encyclopedias and converters write them."""
_FOR_VOICES = frozenset(
    {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "cdk-visually-hidden"}
)
"""Classes of text that only screen readers speak."""
_FORMULA = re.compile(r"(?<![\w-])mwe-math-mathml")
"""MediaWiki hides the formula itself and shows a picture of it."""
_HIDING = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)", re.IGNORECASE
)
_NOTE = re.compile(r"\d{1,3}|[^\W\d_]|[ivxlc]{1,6}|[*†‡§]{1,3}|note|прим|ескерту", re.IGNORECASE)
_NOTE_PARTS = re.compile(r"[\s,;.–\[\]()-]+")
"""What the mark of a note says, part by part: "12", "[3][4]", "[a]", "iv", "**", "[note 1]"."""
_LONGEST_NOTE = 24
_ARROWS = re.compile(r"[\s↑↩⤴^⇑↵⏎⬆▲\ufe0e\ufe0f]+")
_SIMPLE = re.compile(r"\s*(?:[a-z][a-z0-9]*)?([.#][\w-]+)\s*", re.IGNORECASE)


class Unseen:
    """Tells which elements of a page are left out; a page's own style sheets are looked at once."""

    def __init__(self, root: Element) -> None:
        self._names = frozenset(_hiding_names(root))

    def drops(self, element: Element) -> bool:
        """Whether an element with all that it holds is no text for readers."""
        name = local(element.tag).lower()
        if name in DROPPED or self.hides(element):
            return True
        if name == "pre":
            return any(local(child.tag) == "code" for child in element.iter())
        return _is_apart(element) or (name in {"a", "sup"} and _is_note_mark(element, name))

    def hides(self, element: Element) -> bool:
        """Whether an element is not shown."""
        classes = element.get("class") or ""
        if element.get("hidden") is not None or (element.get("aria-hidden") or "").lower() == "true":
            return True
        if local(element.tag).lower() == "dialog" and element.get("open") is None:
            return True
        names = classes.split()
        if _HIDING.search(element.get("style") or "") or self._is_named(element, names):
            return not _FORMULA.search(classes)
        return not _FOR_VOICES.isdisjoint(map(str.lower, names)) and not _speaks_for_other(element)

    def _is_named(self, element: Element, classes: list[str]) -> bool:
        if not self._names:
            return False
        identifier = element.get("id")
        return any(f".{name}" in self._names for name in classes) or f"#{identifier}" in self._names


_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"


def _hiding_names(root: Element) -> Iterator[str]:
    """The classes and identifiers that the page's style sheets hide by a rule of their own.

    Rules for print and other conditions do not count, nor do rules that depend on where an element stands.
    """
    sheets = "\n".join(element.text or "" for element in root.iter() if local(element.tag).lower() == "style")
    first, *rest = sheets.split("/*")
    text = first + "".join(part.partition("*/")[2] for part in rest)
    depth = 0
    for piece in text.split("}"):
        opened = piece.count("{")
        if depth == 0 and opened == 1:
            selectors, _, body = piece.partition("{")
            if _HIDING.search(body):
                for selector in selectors.rpartition(";")[2].split(","):
                    if found := _SIMPLE.fullmatch(selector):
                        yield found.group(1)
        depth = max(0, depth + opened - 1)


def _speaks_for_other(element: Element) -> bool:
    """Whether the text for screen readers stands in for something beside it that is hidden from them."""
    above = element.getparent() if local(element.tag).lower() == "span" else None
    return above is not None and any((child.get("aria-hidden") or "").lower() == "true" for child in above)


def is_mark(code: str) -> bool:
    """Whether a piece of HTML is one element, and this the mark of a note or a link for editing."""
    try:
        root = parse_html(code, where="a mark")
    except InputError:
        return False
    elements = root.iter() if root is not None else iter(())
    found = next((item for item in elements if local(item.tag) in {"a", "sup"}), None)
    if found is None:
        return False
    return _is_apart(found) or _is_note_mark(found, local(found.tag))


def _is_apart(element: Element) -> bool:
    """Whether an element says that it is a mark of notes, a number of a page, or a link for editing."""
    roles = (element.get("role"), element.get("epub:type"), element.get(_EPUB_TYPE))
    classes = (element.get("class") or "").lower().split()
    is_marker = any(not _MARKERS.isdisjoint(role.split()) for role in roles if role)
    return is_marker or not _CLASSES.isdisjoint(classes)


def _is_note_mark(element: Element, name: str) -> bool:
    """Whether an element is nothing but a link to a note, or back from one."""
    text = "".join(element.itertext())
    if len(text) > _LONGEST_NOTE or not text.strip():
        return False
    links = [element] if name == "a" else [item for item in element.iter() if local(item.tag).lower() == "a"]
    if not any("#" in (link.get("href") or "") for link in links):
        return False
    if _ARROWS.fullmatch(text):
        return True
    is_raised = name == "sup" or any(local(item.tag).lower() == "sup" for item in element.iter())
    parts = [part for part in _NOTE_PARTS.split(text) if part]
    is_note = bool(parts) and all(map(_NOTE.fullmatch, parts))
    return is_note and (is_raised or text.strip()[0] in "[(*†‡")
