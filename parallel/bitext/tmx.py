"""Reads TMX 1.1 to 1.4b: units that hold one text in several languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from egiz.parallel.bitext.segment import (
    TMX,
    OtherLanguages,
    Segment,
    Wanted,
    inline_text,
    matching,
    plain_tag,
)
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.xml import XmlElement, local, stream_xml, xml_language

_ANY = "*all*"


def read_tmx(path: Path, wanted: Wanted) -> Iterator[Segment]:
    """Read a translation memory unit by unit.

    The source is the language asked for, else the ``srclang`` of the unit, else of the header. A unit gives a
    segment for each of its texts in the target language or, if no target is asked for, for each of its other
    texts. If it lacks a language asked for, that side of the segment is empty.

    Raises InputError with the line for malformed TMX, and if no unit is in a language asked for; OptionError
    if the file does not say which language is the source.
    """
    header, number = "", 0
    seen: dict[str, None] = {}
    for element in stream_xml(path, ("header", "tu")):
        if local(element.tag) == "header":
            header = element.get("srclang") or ""
            continue
        number += 1
        variants = _variants(element, path)
        seen.update(dict.fromkeys(tag for tag, _ in variants))
        source = wanted.source or element.get("srclang") or header
        if not source or source.lower() == _ANY:
            raise OptionError(
                "any language of the file may be the source", where=str(path), action="Give --from."
            )
        name = element.get("tuid") or str(number)
        yield from _segments(name, source, wanted.target, variants, str(path), element.sourceline or 0)
    for asked in (wanted.source, wanted.target):
        if asked is not None and seen and not matching(asked, list(seen)):
            raise OtherLanguages(
                f"holds no text in {asked!r}", where=str(path), expected=f"one of {', '.join(seen)}"
            )


def _variants(unit: XmlElement, path: Path) -> list[tuple[str, str]]:
    """The texts of a unit with their languages, in the order of the file."""
    found = []
    for variant in unit:
        if local(variant.tag) != "tuv":
            continue
        tag = xml_language(variant) or variant.get("lang")
        if not tag:
            raise InputError("<tuv> names no language", where=f"{path}:{variant.sourceline}")
        text = next((child for child in variant if local(child.tag) == "seg"), None)
        if text is None:
            raise InputError("<tuv> holds no <seg>", where=f"{path}:{variant.sourceline}")
        found.append((tag, inline_text(text, TMX)))
    return found


def _segments(
    name: str, source: str, target: str | None, variants: Sequence[tuple[str, str]], file: str, line: int
) -> Iterator[Segment]:
    tags = [tag for tag, _ in variants]
    sources = matching(source, tags)
    if target is None:
        targets = [(tags[place], variants[place][1]) for place in range(len(tags)) if place not in sources]
    else:
        places = [place for place in matching(target, tags) if place not in sources]
        targets = [(target, variants[place][1]) for place in places] or [(target, "")]
    for number, (tag, text) in enumerate(targets, start=1):
        yield Segment(
            id=name if number == 1 or target is None else f"{name}.{number}",
            source_language=plain_tag(source),
            target_language=plain_tag(tag),
            source=variants[sources[0]][1] if sources else "",
            target=text,
            file=file,
            line=line,
        )
