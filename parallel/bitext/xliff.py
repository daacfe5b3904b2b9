"""Reads XLIFF 1.0 to 1.2 and XLIFF 2: units of text with their translations and states."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from egiz.parallel.bitext.segment import XLIFF_1, XLIFF_2, Segment, Wanted, agreed, inline_text
from egiz.translate.errors import InputError
from egiz.translate.io.xml import XmlElement, attribute_above, local, stream_xml

_UNTOUCHED_1 = frozenset({"new", "needs-translation"})
_UNTOUCHED_2 = "initial"


def read_xliff_1(path: Path, wanted: Wanted) -> Iterator[Segment]:
    """Read XLIFF 1.0 to 1.2, and the dialects of CAT programs, unit by unit.

    A unit whose source is segmented gives a segment for each ``mrk`` of type ``seg``, matched by `mid`. Units
    marked as not to be translated and proposals (``alt-trans``) are skipped. A target is a draft if its state
    is ``new`` or ``needs-translation``.

    Raises InputError with the line for a unit without source, and for languages other than those asked for;
    OptionError if a language is neither in the file nor asked for.
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
        for part, source, translation in _parts(texts.get("seg-source"), texts["source"], target):
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


def _parts(
    segmented: XmlElement | None, source: XmlElement, target: XmlElement | None
) -> Iterator[tuple[str, XmlElement, XmlElement | None]]:
    """The segments of a unit: id, source and target; the whole unit, with id ``""``, if its source or its
    non-empty target is not segmented."""
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


def read_xliff_2(path: Path, wanted: Wanted) -> Iterator[Segment]:
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
