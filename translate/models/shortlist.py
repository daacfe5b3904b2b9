"""Shortlists: per target language, the tokens that ``--fast`` lets a translation consist of.

At each step, a search computes a score for every token of the vocabulary, and a vocabulary of several
languages has many tokens that one of them never uses. CTranslate2 restricts the search to the tokens that a
file of the model, ``vmap.txt``, lists for sequences of source tokens, and takes the union of the lists of a
whole batch. Lists by source word would therefore make a translation depend on the other sentences of its
batch. Egiz's lists depend on the target language alone: each stands under a sequence of tokens that no
sentence has, and the engine adds a row with that sequence to the batch (see
`egiz.translate.engine.ctranslate2`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from egiz.translate.errors import ModelError

SHORTLIST = "vmap.txt"
"""CTranslate2's name of the file; see `use_vmap` in its documentation."""

_BEGIN = "<s>"
"""A token that the encoder of an NLLB model never reads."""


def selector(code: str) -> tuple[str, str]:
    """The source tokens that choose the shortlist of the target language with this NLLB code."""
    return _BEGIN, code


def write_shortlists(folder: Path, lists: Mapping[str, Iterable[str]]) -> None:
    """Write the shortlists of a converted model to its folder: tokens by the NLLB code of the language."""
    lines = [
        f"{' '.join(selector(code))}\t{' '.join(sorted({code, *tokens}))}\n"
        for code, tokens in sorted(lists.items())
    ]
    (folder / SHORTLIST).write_text("".join(lines), encoding="utf-8", newline="\n")


def read_shortlists(folder: Path) -> dict[str, frozenset[str]]:
    """Tokens by NLLB code of the target language; empty if the model has no shortlists.

    Raises ModelError for a file that was not written by `write_shortlists`: lists by source word would make
    translations depend on each other.
    """
    path = folder / SHORTLIST
    if not path.is_file():
        return {}
    lists: dict[str, frozenset[str]] = {}
    try:
        lines = path.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"the file cannot be read ({error})", where=str(path), expected="UTF-8") from error
    for number, line in enumerate(lines, start=1):
        key, _, tokens = line.partition("\t")
        begin, _, code = key.partition(" ")
        if begin != _BEGIN or not code or " " in code or not tokens:
            raise ModelError(
                f"the line begins {key[:40]!r}",
                where=f"{path}:{number}",
                expected=f"'{_BEGIN}', the code of a target language, a tab, and tokens",
                action="Make the shortlists with `egiz models trim --shortlist`.",
            )
        lists[code] = frozenset(tokens.split(" "))
    return lists
