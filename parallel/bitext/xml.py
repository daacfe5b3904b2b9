"""Read the XML formats of translation programs: TMX 1.1 to 1.4b, XLIFF 1.0 to 2.1, Qt Linguist's ``.ts``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from egiz.parallel.bitext.segment import (
    TMX,
    XLIFF_1,
    XLIFF_2,
    Codes,
    OtherLanguages,
    Requested,
    Segment,
    agreed,
    inline_text,
    matching,
    plain_tag,
)
from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.xml import XmlElement, attribute_above, local, stream_xml, xml_language

_ANY = "*all*"


def read_tmx(path: Path, wanted: Requested) -> Iterator[Segment]:
    """Read a translation memory unit by unit.

    The source is the requested language. If none is requested, the ``srclang`` of the unit is taken or, if
    the unit has none, the ``srclang`` of the header. A unit gives a segment for each of its texts in the
    target language or, if no target is requested, for each of its texts except the source. If a unit lacks a
    requested language, that text of the segment is empty.

    Raises InputError with the line for malformed TMX, and if no unit is in a requested language; OptionError
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
    """Return the texts of a unit with their languages, in the order of the file."""
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


_UNTOUCHED_1 = frozenset({"new", "needs-translation"})
_UNTOUCHED_2 = "initial"


def read_xliff_1(path: Path, wanted: Requested) -> Iterator[Segment]:
    """Read XLIFF 1.0 to 1.2, and the dialects of CAT programs, unit by unit.

    If the source of a unit is segmented, each ``mrk`` element of type ``seg`` in it gives a segment; its
    translation is the ``mrk`` of the target that has the same attribute ``mid``. Units
    marked as not to be translated and proposals (``alt-trans``) are skipped. A target is a draft if its state
    is ``new`` or ``needs-translation``.

    Raises InputError with the line for a unit without source, and if the languages of the file are not the
    requested languages. Raises OptionError if a language is neither stated in the file nor requested.
    """
    for number, unit in enumerate(stream_xml(path, ("trans-unit",)), start=1):
        if attribute_above(unit, "translate") == "no":
            continue
        where = f"{path}:{unit.sourceline}"
        texts = {local(child.tag): child for child in reversed(list(unit))}
        name = unit.get("id") or str(number)
        if "source" not in texts:
            raise InputError("<trans-unit> has no <source>", where=where)
        target = texts.get("target")
        state = None if target is None else target.get("state")
        source_language = agreed(
            wanted.source, attribute_above(unit, "source-language"), side="source", where=where
        )
        target_language = agreed(
            wanted.target, attribute_above(unit, "target-language"), side="target", where=where
        )
        for part, source, translation in xliff_parts(texts.get("seg-source"), texts["source"], target):
            yield Segment(
                id=f"{name}:{part}" if part else name,
                source_language=source_language,
                target_language=target_language,
                source=inline_text(source, XLIFF_1),
                target=inline_text(translation, XLIFF_1),
                file=str(path),
                line=source.sourceline or 0,
                draft=state in _UNTOUCHED_1,
            )


def xliff_parts(
    segmented: XmlElement | None, source: XmlElement, target: XmlElement | None
) -> Iterator[tuple[str, XmlElement, XmlElement | None]]:
    """Yield the segments of a unit as triples of segment id, source and target.

    `segmented` is its ``seg-source``. If the source is not segmented, or the target has text but is not
    segmented, the whole unit is one segment with an empty id.
    """
    sources = {} if segmented is None else _marks(segmented)
    targets = {} if target is None else _marks(target)
    if not sources or (target is not None and not targets and inline_text(target, XLIFF_1)):
        yield "", source, target
        return
    for part, mark in sources.items():
        yield part, mark, targets.get(part)


def _marks(element: XmlElement) -> dict[str, XmlElement]:
    found: dict[str, XmlElement] = {}
    for child in element:
        if local(child.tag) == "mrk" and child.get("mtype") == "seg":
            found[child.get("mid") or str(len(found) + 1)] = child
        else:
            found |= _marks(child)
    return found


def read_xliff_2(path: Path, wanted: Requested) -> Iterator[Segment]:
    """Read XLIFF 2.0 or 2.1, segment by segment; whitespace between segments (``ignorable``) is skipped.

    Units marked as not to be translated are skipped. A target is a draft if its segment has the state
    ``initial``.

    Raises InputError and OptionError as `read_xliff_1` does.
    """
    for number, unit in enumerate(stream_xml(path, ("unit",)), start=1):
        if attribute_above(unit, "translate") == "no":
            continue
        where = f"{path}:{unit.sourceline}"
        name = unit.get("id") or str(number)
        segments = [child for child in unit if local(child.tag) == "segment"]
        source_language = agreed(wanted.source, attribute_above(unit, "srcLang"), side="source", where=where)
        target_language = agreed(wanted.target, attribute_above(unit, "trgLang"), side="target", where=where)
        for part, segment in enumerate(segments, start=1):
            texts = {local(child.tag): child for child in segment}
            if "source" not in texts:
                raise InputError("<segment> has no <source>", where=f"{path}:{segment.sourceline}")
            yield Segment(
                id=name if len(segments) == 1 else f"{name}:{segment.get('id') or part}",
                source_language=source_language,
                target_language=target_language,
                source=inline_text(texts["source"], XLIFF_2),
                target=inline_text(texts.get("target"), XLIFF_2),
                file=str(path),
                line=texts["source"].sourceline or 0,
                draft=segment.get("state") == _UNTOUCHED_2,
            )


_CODES = Codes(dropped=frozenset({"byte"}), objects=frozenset())
"""The element ``byte`` stands for a control character that XML cannot hold; it is dropped, because segments
have no control characters."""
_GONE = frozenset({"vanished", "obsolete"})
_SOURCE = "en"
"""The source language of a file that names no source language; Qt Linguist assumes the same."""


def _is_form(element: XmlElement) -> bool:
    return local(element.tag) == "numerusform"


def read_qt(path: Path, wanted: Requested) -> Iterator[Segment]:
    """Read a Qt translation file message by message.

    Messages that the program no longer has (``vanished``, ``obsolete``) are skipped. Each plural form of a
    message is a segment. A translation marked ``unfinished`` is a draft.

    Raises InputError with the line for a message without source, and if the languages of the file are not the
    requested languages. Raises OptionError if the target language is neither stated in the file nor
    requested.
    """
    for number, message in enumerate(stream_xml(path, ("message",)), start=1):
        where = f"{path}:{message.sourceline}"
        texts = {local(child.tag): child for child in message}
        if "source" not in texts:
            raise InputError("<message> has no <source>", where=where)
        translation = texts.get("translation")
        state = translation.get("type") if translation is not None else None
        if state in _GONE:
            continue
        said = attribute_above(message, "sourcelanguage") or _SOURCE
        source = agreed(wanted.source, said, side="source", where=where)
        target = agreed(wanted.target, attribute_above(message, "language"), side="target", where=where)
        forms = [form for form in (translation if translation is not None else ()) if _is_form(form)]
        name = message.get("id") or str(number)
        for at, form in enumerate(forms or [translation]):
            yield Segment(
                id=f"{name}:{at}" if forms else name,
                source_language=source,
                target_language=target,
                source=inline_text(texts["source"], _CODES),
                target=inline_text(form, _CODES),
                file=str(path),
                line=(form if form is not None else message).sourceline or 0,
                draft=state == "unfinished",
            )
