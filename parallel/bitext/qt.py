"""Reads the translation files of Qt Linguist (``.ts``): messages with their translations and states."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from egiz.parallel.bitext.segment import Codes, Segment, Wanted, agreed, inline_text
from egiz.translate.errors import InputError
from egiz.translate.io.xml import XmlElement, attribute_above, local, stream_xml

_CODES = Codes(dropped=frozenset({"byte"}), objects=frozenset())
"""``byte`` is a control character that XML cannot hold; segments have no control characters."""
_GONE = frozenset({"vanished", "obsolete"})
_SOURCE = "en"
"""The source language of a file that names none: Qt Linguist takes English."""


def _is_form(element: XmlElement) -> bool:
    return local(element.tag) == "numerusform"


def read_qt(path: Path, wanted: Wanted) -> Iterator[Segment]:
    """Read a Qt translation file message by message.

    Messages that the program no longer has (``vanished``, ``obsolete``) are skipped. Each plural form of a
    message is a segment. A translation marked ``unfinished`` is a draft.

    Raises InputError with the line for a message without source and for languages other than those asked for;
    OptionError if the target language is neither in the file nor asked for.
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
