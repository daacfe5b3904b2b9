"""The languages of NLLB-200: BCP-47 tags for users, NLLB codes inside the engine.

The table is `data/languages.tsv`, one line per language code of NLLB-200's tokenizer, in the order of its
list, which is the order of the codes' rows in the embedding. Tags are the shortest that BCP-47 allows: the
two-letter code if ISO 639-1 has one, the tag of the macrolanguage if NLLB has a single member of it (``fa``
for Western Persian), and a script only if two lines would otherwise have the same tag (``zh-Hans``,
``zh-Hant``, ``ace`` and ``ace-Arab``).
"""

from __future__ import annotations

import re
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
    """The language for a BCP-47 tag (``kk``, ``kk-Cyrl``) or an NLLB code (``kaz_Cyrl``), in small or capital
    letters.

    A tag can have a script, but only the one that NLLB has for the language, and no region. Raises
    LanguageError, which suggests the nearest valid tags, for everything else, such as ``kk-Latn``.

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
    """Map every text that `language` accepts, in lower case, to its language.

    These texts are the tag, the tag with the script, and the NLLB code of each language.
    """
    names: dict[str, Language] = {}
    for item in languages():
        names[f"{item.tag}-{item.script}".lower()] = item
    for item in languages():
        names[item.code.lower()] = names[item.tag.lower()] = item
    return names


_EXTENDED = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-x-.+)?)"
)
"""A pattern for a BCP-47 tag in lower case: a language, then perhaps a script, a region, variants and private
use."""
CONVERTED = ("kk-Latn", "kk-Arab")
"""Tags of languages in a script that NLLB does not have; `egiz.translate.split.scripts` converts their words
to NLLB's script."""


@cache
def known_tag(text: str) -> str | None:
    """The tag of a language (`Language.tag`), given a tag or an ISO 639 code; None if it is unknown.

    Case does not matter, and a region is ignored. A script must be the one that NLLB has: ``kk-Latn`` is not
    ``kk``.

    >>> known_tag("ru_RU"), known_tag("KAZ"), known_tag("zh-TW"), known_tag("kk-Latn")
    ('ru', 'kk', 'zh-Hant', None)
    """
    plain = text.strip().lower()
    if found := _by_name().get(plain):
        return found.tag
    parts = _EXTENDED.fullmatch(plain.replace("_", "-"))
    if parts is None or ("_" in plain and parts["variants"]):  # en_status is the name of a column
        return None
    plain = plain.replace("_", "-")
    if parts["script"]:
        found = _by_name().get(f"{parts['language']}-{parts['script']}")
        return found.tag if found else None
    names = _named()
    for name in (plain, parts["language"]):
        if name.isascii() and name in names:
            return names[name]
    found = _by_name().get(parts["language"])
    return found.tag if found else None


def named_language(text: str) -> str | None:
    """The tag of a language, given a tag, or its name in English, Russian, Kazakh or that language itself.

    A country may follow the name, as in the exports of translation programs. None if the text names no
    language.

    >>> named_language("Kazakh"), named_language("Русский"), named_language("English (United States)")
    ('kk', 'ru', 'en')
    """
    return known_tag(text) or next(iter(_by_words(text)), None)


def _by_words(text: str) -> tuple[str, ...]:
    """Tag and country code of a language name that a country may follow: ``("en", "US")``, ``("kk", "")``.

    An empty tuple if the text names no language.
    """
    words = re.sub(r"[\s_()\[\],]+", " ", text).strip().casefold().split(" ")
    for length in range(len(words), 0, -1):
        tag = _named().get(" ".join(words[:length]))
        region = _regions().get(" ".join(words[length:]))
        if tag and region is not None:
            return tag, region
    return ()


@cache
def locale_tag(text: str) -> str | None:
    """The tag of a language as `known_tag` returns it, followed by the region if the text has one.

    Unlike `known_tag`, this function also knows the tags of `CONVERTED`.

    >>> locale_tag("ru_kz"), locale_tag("KAZ"), locale_tag("zh-TW"), locale_tag("kk-Latn"), locale_tag("x")
    ('ru-KZ', 'kk', 'zh-TW', 'kk-Latn', None)
    """
    parts = _EXTENDED.fullmatch(text.strip().lower().replace("_", "-"))
    script = f"{parts['language']}-{(parts['script'] or '').title()}" if parts else ""
    tag = known_tag(text) or (script if script in CONVERTED else None)
    if tag is None or parts is None or not (parts["region"] or parts["variants"]):
        return tag
    region = f"-{parts['region'].upper()}" if parts["region"] else ""
    own = tag if tag in (script, known_tag(parts["language"])) or parts["script"] else parts["language"]
    return f"{own}{region}{parts['variants']}"


def named_locale(text: str) -> str | None:
    """The tag of a language as `named_language` returns it, followed by the region if the text has a country.

    >>> named_locale("Kazakh"), named_locale("English (United States)"), named_locale("en_gb")
    ('kk', 'en-US', 'en-GB')
    """
    return locale_tag(text) or "-".join(filter(None, _by_words(text))) or None


def language_of(tag: str) -> str:
    """The language tag without region and script, given any tag; an unknown tag is unchanged.

    >>> language_of("ru-KZ"), language_of("kk-Latn"), language_of("tlh")
    ('ru', 'kk', 'tlh')
    """
    return known_tag(tag) or (tag.partition("-")[0] if is_converted(tag) else tag)


def is_converted(tag: str) -> bool:
    """Whether a tag begins with one of `CONVERTED`: a language in a script that is converted to NLLB's."""
    return tag.startswith(CONVERTED)


@cache
def _named() -> dict[str, str]:
    """Map each name and three-letter code of a language, case-folded and without brackets, to its tag."""
    names: dict[str, str] = {}
    for item in languages():
        names[item.name.casefold().replace("(", "").replace(")", "")] = item.tag
        names.setdefault(item.code.partition("_")[0], item.tag)
    for line in _data("language_names.tsv")[1:]:
        tag, found = line.split("\t")
        for name in found.split("|"):
            names[name.casefold().replace("(", "").replace(")", "")] = tag
    return names


@cache
def _regions() -> dict[str, str]:
    """Map each name of a country, case-folded, to its code, and the empty name to the empty code."""
    rows = (line.split("\t") for line in _data("regions.tsv")[1:])
    return {"": "", **{name.casefold(): code for code, names in rows for name in names.split("|")}}


def _data(name: str) -> list[str]:
    """The lines of a file in `data/`."""
    return files("egiz.translate").joinpath("data", name).read_text(encoding="utf-8").splitlines()


def _suggestion(tag: str) -> str:
    """A question that suggests valid tags instead of the invalid `tag`, such as ``Did you mean 'kk'?``.

    The suggestion is all tags with the same language code or, if there are none, the tag of the language with
    this English name or, if there is none, a tag with a similar spelling.
    """
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
