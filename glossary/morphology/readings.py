"""Headwords as people write them: "value added tax (VAT)" is two wordings in one, and each is found."""

from __future__ import annotations

import re
from dataclasses import replace

from egiz.glossary.records import Wording

_SHORTENED = re.compile(r"(?P<full>[^()]*[^\W\d_][^()]*?)\s*\((?P<short>[^\W_][^()\s]*)\)")
_LEAST_CAPITALS = 2
"""Capitals that show an abbreviation in brackets, not a remark."""


def with_abbreviation(wording: Wording) -> tuple[Wording, ...]:
    """The wording; one that has its abbreviation in brackets also without it, and the abbreviation alone.

    >>> [one.text for one in with_abbreviation(Wording(language="en", text="value added tax (VAT)"))]
    ['value added tax (VAT)', 'value added tax', 'VAT']
    """
    found = _SHORTENED.fullmatch(wording.text) if wording.text.endswith(")") else None
    if found is None or sum(map(str.isupper, found["short"])) < _LEAST_CAPITALS:
        return (wording,)
    return wording, replace(wording, text=found["full"]), replace(wording, text=found["short"])
