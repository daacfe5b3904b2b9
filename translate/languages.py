"""The languages of NLLB-200: BCP-47 tags for users, NLLB codes inside the engine.

The table is `data/languages.tsv`, one line per language code of NLLB-200's tokenizer, in the order of its
list, which is the order of the codes' rows in the embedding. Tags are the shortest that BCP-47 allows: the
two-letter code if ISO 639-1 has one, the tag of the macrolanguage if NLLB has a single member of it (``fa``
for Western Persian), and a script only if two lines would otherwise have the same tag (``zh-Hans``,
``zh-Hant``, ``ace`` and ``ace-Arab``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from egiz.translate.errors import LanguageError, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language in one script.

    `tag` is its BCP-47 tag, used in options, columns and file names. `code` is NLLB's token for it, used only
    by the engine and the model tools. `name` is the English name. `script` is the ISO 15924 code of the
    script that is actually used: Santali has Ol Chiki (``Olck``), although NLLB's code for it is
    ``sat_Beng``.
    """

    tag: str
    code: str
    name: str
    script: str


@cache
def languages() -> tuple[Language, ...]:
    """All 202 languages in the order of NLLB's own list."""
    text = files("egiz.translate").joinpath("data/languages.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return tuple(Language(tag=tag, code=code, name=name, script=script) for tag, code, name, script in rows)


@cache
def nllb_codes() -> tuple[str, ...]:
    """All 202 NLLB language codes in the order of their rows in an NLLB-200 embedding."""
    return tuple(item.code for item in languages())


def language(tag: str) -> Language:
    """The language for a BCP-47 tag (``kk``, ``kk-Cyrl``) or an NLLB code (``kaz_Cyrl``), in any case.

    Only a script may follow the language, and only the one that NLLB has: ``kk-Latn`` is refused. Raises
    LanguageError, which suggests the nearest valid tags, for everything else.

    >>> language("KK").code, language("zho_Hant").tag
    ('kaz_Cyrl', 'zh-Hant')
    """
    found = _by_name().get(tag.strip().lower())
    if found is not None:
        return found
    raise LanguageError(
        f"{tag!r} is no language of NLLB-200",
        expected="a BCP-47 tag such as kk, ru, en or zh-Hans, or an NLLB code such as kaz_Cyrl",
        action=_suggestion(tag),
    )


@cache
def _by_name() -> dict[str, Language]:
    names: dict[str, Language] = {}
    for item in languages():
        names[f"{item.tag}-{item.script}".lower()] = item
    for item in languages():
        names[item.code.lower()] = names[item.tag.lower()] = item
    return names


def _suggestion(tag: str) -> str:
    """A hint that names tags with the same first subtag, or else tags and names with similar spelling."""
    word = tag.strip().lower()
    primary = word.replace("_", "-").split("-")[0]
    same = [item.tag for item in languages() if primary in (item.tag.lower().split("-")[0], item.code[:3])]
    if same:
        return f"Did you mean {' or '.join(repr(item) for item in same)}?"
    by_english = {item.name.lower(): item.tag for item in languages()}
    if word in by_english:
        return f"Did you mean {by_english[word]!r}?"
    return nearest(word, [item.tag for item in languages()])


@cache
def alphabets() -> dict[str, frozenset[str]]:
    """The lower-case alphabet by language tag, from `data/alphabets.tsv`; only for Cyrillic languages."""
    text = files("egiz.translate").joinpath("data/alphabets.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return {tag: frozenset(alphabet) for tag, alphabet in rows}
