"""The records of training data: a source text with its translations, and the description of all data.

Every export states the description: titles, licences, sources, models, and how the qualities were made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeVar

from egiz.parallel.publish import package_beside
from egiz.parallel.publish.tsv import unguarded
from egiz.translate.errors import InputError, LanguageError
from egiz.translate.io.files import MISSHAPEN
from egiz.translate.languages import language
from egiz.translate.text import is_nfc, nfc, single_line

_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
"""The code points that XML 1.0 cannot hold and that `single_line` leaves in a text."""


Meaning = Literal["quality", "link", "soundness"]
MEANINGS: dict[Meaning, str] = {
    "quality": "the probability of a good translation, computed by a build",
    "link": "the probability that the texts belong together, computed by an alignment",
    "soundness": "the probability that the pair is not spoilt, computed by egiz score",
}
"""The kinds of scores that a translation may have, by the name of their column, with their meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSide:
    """One translation. `chance` is its score, between 0 and 1, of the kind `meaning`; None if not scored.

    `status` and `flags` are taken from a published or aligned table. For translations from other bilingual
    files, the status is ``draft`` or empty, and there are no flags. `terms` is ``term:outcome`` for each term
    of the source, joined by commas. `approved` says whether a person approved the translation in a review.
    """

    language: str
    text: str
    chance: float | None = None
    meaning: Meaning = "quality"
    status: str = ""
    flags: tuple[str, ...] = ()
    terms: str = ""
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRow:
    """One row. `id` is the row's own id; if there are several inputs, it begins with the name of the input.

    `document` identifies the document of the row, whose rows all go into the same part (train, dev or test).
    If it is unknown, the row counts as a document of its own.
    """

    id: str
    document: str
    source_language: str
    source: str
    sides: tuple[DataSide, ...]


def plain_text(text: str) -> str:
    """Return a text in a form that every format can hold.

    It has one line, is NFC, and has no control characters, lone surrogates, U+FFFE or U+FFFF. Texts of
    published tables and of segments have this form already. The guard against spreadsheet formulas is
    removed.

    >>> plain_text(" a\\tb\\x00\\uffff ")
    'a b\\ufffd'
    """
    if text.isprintable() and "  " not in text and is_nfc(text):
        return text.strip(" ")
    return nfc(_NO_CHARACTERS.sub("\ufffd", unguarded(single_line(text))))


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The description of training data.

    `licences` are pairs of a licence and the part of the data that it covers. `sources` are lines with title
    and licence of a source, `models` lines about a model. `qualities` are the signatures of the quality
    scores in the data; the scores can be compared only if they all have the same signature. `meanings` are
    the kinds of scores in the data.
    """

    title: str
    source_language: str = ""
    target_languages: tuple[str, ...] = ()
    licences: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = ("quality",)
    version: str = ""

    @property
    def languages(self) -> tuple[str, ...]:
        """The source language, then the target languages."""
        return (self.source_language, *self.target_languages)

    @property
    def licence_names(self) -> tuple[str, ...]:
        """The names of the licences, each once, in the order of `licences`."""
        return tuple(dict.fromkeys(licence for licence, _ in self.licences))

    def notes(self) -> tuple[tuple[str, str], ...]:
        """Return the description as pairs of a name and a line of text, for the header of a file."""
        pairs = [("title", self.title)]
        pairs += [("licence", f"{licence} ({what})") for licence, what in self.licences]
        pairs += [] if self.licences else [("licence", "none is stated; ask before passing on")]
        pairs += [("model", line) for line in self.models]
        pairs += [("source", line) for line in self.sources]
        pairs += [("quality", line) for line in self.qualities]
        return (*pairs, ("made-with", f"egiz {self.version}"))


def read_about(table: Path, licence: str = "", title: str = "") -> About:
    """Return the description of a table, taken from its data package or, without one, from the file name.

    If `licence` is not empty, it is added to the licences in the package. If `title` is not empty, it
    replaces the title in the package.

    Raises InputError if a package lists the table but does not follow the Data Package standard.
    """
    path, package = package_beside(table)
    try:
        about = _about(package)
    except MISSHAPEN as error:
        raise InputError(
            f"is no data package ({type(error).__name__}: {error})",
            where=str(path),
            expected="licences, sources and resources as Data Package 2.0 has them",
        ) from error
    given = ((licence, "texts as they were given"),) if licence else ()
    return About(
        title=title or about.title or table.stem,
        licences=(*about.licences, *given),
        sources=about.sources,
        models=about.models,
        qualities=about.qualities,
        version=version("egiz"),
    )


def _about(package: dict[str, Any]) -> About:
    made = package.get("egiz", {})
    quality = made.get("quality", {})
    return About(
        title=str(package.get("title", "")),
        licences=tuple(_licences(package.get("licenses", []))),
        sources=tuple(_source(item) for item in package.get("sources", [])),
        models=tuple(_models(made)),
        qualities=(f"{quality['name']}|{quality['signature']}",) if quality else (),
    )


def _licences(items: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for item in items:
        name = str(item.get("title") or item.get("name") or item["path"])
        yield name, str(item.get("appliesTo") or "texts")


def _source(item: dict[str, Any]) -> str:
    title, licence = str(item.get("title") or item.get("id") or item["path"]), item.get("license")
    return f"{title} ({licence or 'no licence stated'})"


def _models(made: dict[str, Any]) -> Iterator[str]:
    """Yield one line about how the translations were made; nothing if the data package does not say it.

    `made` is the entry ``egiz`` of the data package. The line describes the model or, if people translated,
    the method by which their translations were aligned with the source.
    """
    model, aligned = made.get("model", {}), made.get("alignment", {})
    if aligned:
        compared = [f"compared with {aligned['comparedWith']}"] if aligned.get("comparedWith") else []
        yield "; ".join(["translated by people", f"linked by machine: {aligned['method']}", *compared])
    elif model:
        names = ("name", "revision", "fingerprint", "precision", "engine")
        parts = [str(model[name]) for name in names if model.get(name)]
        if model.get("licence"):
            parts.append(f"its use: {model['licence']}")
        decoding = made.get("decoding", "")
        yield "; ".join([*parts, *([decoding] if decoding else [])])


def merged_about(items: Sequence[About], targets: Sequence[str], source: str, title: str = "") -> About:
    """Merge the descriptions of several inputs; equal lines are kept once.

    `targets` and `source` are the languages of the merged data. Without a `title`, the titles are joined.
    """
    return About(
        title=title or "; ".join(_once(item.title for item in items)),
        source_language=source,
        target_languages=tuple(targets),
        licences=_once(pair for item in items for pair in item.licences),
        sources=_once(line for item in items for line in item.sources),
        models=_once(line for item in items for line in item.models),
        qualities=_once(line for item in items for line in item.qualities),
        version=items[0].version,
    )


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))


def language_name(tag: str) -> str:
    """Return the name of a language in English; its tag if Egiz does not know it."""
    try:
        return language(tag).name
    except LanguageError:
        return tag


def language_names(about: About) -> str:
    """Return the English names of the languages as one text: ``Kazakh, Russian and English``."""
    names = [language_name(tag) for tag in about.languages]
    return " and ".join([", ".join(names[:-1]), names[-1]])
