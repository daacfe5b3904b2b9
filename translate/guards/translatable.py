"""What is to be copied rather than translated."""

from __future__ import annotations

import re

_ADDRESS = re.compile(
    r"""(?:[A-Za-z]+://|www\.|mailto:)\S+            # address with its scheme
      | [\w.+-]+@[\w-]+(?:\.[\w-]+)+              # e-mail
      | (?<![\w.])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?(?!\w)   # bare host name in small letters
    """,
    re.ASCII | re.VERBOSE,
)
_ROMAN = re.compile(r"(?<!\w)(?=[IVXL]{2})(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)")


def translatable(text: str) -> bool:
    """Whether there is anything to translate: a letter outside of addresses and Roman numbers.

    Numbers, rules, addresses and numerals such as XIX are the same in every language, and a model
    invents things when it is shown nothing else. Roman numbers of one letter, or with C, D or M, count as
    letters.

    >>> [translatable(text) for text in ("70—80", "— * —", "https://egov.kz", "XIX–XX", "1985 ж.")]
    [False, False, False, False, True]
    """
    return any(map(str.isalpha, _ROMAN.sub(" ", _ADDRESS.sub(" ", text))))
