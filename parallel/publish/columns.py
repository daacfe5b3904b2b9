"""The columns of the published table: one list, from which the header, the data package and the card are
made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from egiz.parallel.rows import RowStatus, Target
from egiz.parallel.summary import HUMAN_STATUSES, STATUSES, UNLINKED
from egiz.translate.errors import OptionError
from egiz.translate.languages import language

ColumnKind = Literal[
    "id",
    "source",
    "text",
    "quality",
    "status",
    "flags",
    "terms",
    "mt",
    "links",
    "label",
    "reasons",
    "feature",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name in the header, the kind of its content, and its language (empty if it has none).

    `type` is its type in the Frictionless table schema. A `required` column has no empty cell. `values` are
    the only allowed values; if it is empty, every value is allowed.
    """

    name: str
    kind: ColumnKind
    language: str
    type: Literal["string", "number", "integer"]
    title: str
    description: str
    required: bool = False
    values: tuple[str, ...] = ()


def link_column(
    name: str,
    title: str,
    description: str,
    *,
    type: Literal["string", "number"] = "string",
    required: bool = True,
) -> Column:
    """Return a column for the table of alignment links; its text belongs to no language."""
    return Column(
        name=name,
        kind="links",
        language="",
        type=type,
        title=title,
        description=description,
        required=required,
    )


def columns(
    source_language: str, target_languages: Sequence[str], *, aligned: bool = False
) -> tuple[Column, ...]:
    """Return all columns of a published table, in their order.

    If the table is made from `aligned` documents, the source cell of a row is empty if its translation has no
    counterpart, and each target has a column of link probabilities instead of qualities. Raises OptionError
    if there is no target or a language occurs twice, LanguageError for an unknown language.
    """
    languages = (source_language, *target_languages)
    if not target_languages:
        raise OptionError("no target language", expected="at least one")
    for place, tag in enumerate(languages):
        if tag in languages[:place]:
            raise OptionError(
                f"language {tag!r} is named twice", expected="each of the table's languages once"
            )
    targets = [column for tag in target_languages for column in _target(tag, aligned)]
    source = _source(source_language)
    return (_ID, replace(source, required=False) if aligned else source, *targets)


def text_column(tag: str) -> str:
    """Return the name of the text column of a language, which is its tag.

    Only Indonesian is different: its tag is ``id``, but the first column of a table (the row ids) has this
    name. So the script is added to the tag: ``id-Latn``.
    """
    return f"{tag}-{language(tag).script}" if tag == _ID.name else tag


_ID = Column(
    name="id",
    kind="id",
    language="",
    type="string",
    title="Sentence",
    description="document:paragraph.sentence, both counted from 1; the same in every run over the same text",
    required=True,
)


def _source(tag: str) -> Column:
    return Column(
        name=text_column(tag),
        kind="source",
        language=tag,
        type="string",
        title=f"{language(tag).name} source",
        description="the source sentence: one line, NFC, double quotes typeset",
        required=True,
    )


def _target(tag: str, aligned: bool) -> tuple[Column, ...]:
    base, name = text_column(tag), language(tag).name
    text = Column(
        name=base,
        kind="text",
        language=tag,
        type="string",
        title=f"{name} translation",
        description="the translation that is linked with the source; empty where there is none"
        if aligned
        else "the translation as published: edited, typeset, one line; empty where status is failed",
    )
    return (text, *(_about(base, kind, name, aligned) for kind in _ABOUT))


def _about(base: str, kind: ColumnKind, name: str, aligned: bool) -> Column:
    title, description = (_ALIGNED if aligned and kind in _ALIGNED else _ABOUT)[kind]
    return Column(
        name=f"{base}.{LINK if aligned and kind == 'quality' else kind}",
        kind=kind,
        language="",
        type="number" if kind == "quality" else "string",
        title=f"{name}: {title}",
        description=description,
        required=kind == "status",
        values=(*STATUSES, UNLINKED)
        if kind == "status" and aligned
        else STATUSES
        if kind == "status"
        else (),
    )


_STATUSES: dict[RowStatus, str] = {
    "ok": "taken as the model gave it first",
    "retried": "a later output was taken",
    "suspect": "some check objects to it, see flags",
    "failed": "no readable output",
    "edited": "a person wrote it",
    "approved": "a person approved it",
}
_ABOUT: dict[ColumnKind, tuple[str, str]] = {
    "quality": (
        "quality",
        "0 to 1, three decimals, higher is better; 1 where a person approved it; empty where not scored",
    ),
    "status": (
        "status",
        "; ".join(f"{name}: {words}" for name, words in _STATUSES.items()),
    ),
    "flags": (
        "flags",
        "codes of the checks that object, joined by commas; says nothing of quality where empty",
    ),
    "terms": (
        "terms",
        "what became of each term of the source that the term base has, as term:outcome, joined by commas",
    ),
    "mt": ("machine output", "the translation before edits, typeset, where an edit changed it; else empty"),
}


LINK = "link"
"""The ending of the columns of link probabilities (``ru.link``), which a table of aligned documents has
instead of qualities."""
_ALIGNED: dict[ColumnKind, tuple[str, str]] = {
    "quality": (
        "link",
        "0 to 1, three decimals: the chance that exactly these sentences belong together; empty if unlinked",
    ),
    "status": (
        "status",
        "ok: linked; suspect: the link is unsure; unlinked: no counterpart; "
        + "; ".join(f"{name}: {_STATUSES[name]}" for name in HUMAN_STATUSES),
    ),
}


TARGET_KINDS: tuple[ColumnKind, ...] = ("text", *_ABOUT)
"""The kinds of columns that each target language has, in the order of the table."""


def target_cells(target: Target) -> tuple[str, ...]:
    """Return the cells of one translation, in the order of its columns.

    Flags are joined by commas: no code contains one, and commas have no meaning in a tab-separated table.
    """
    quality = "" if target.quality is None else f"{target.quality:.3f}"
    terms = ",".join(f"{use.term}:{use.outcome}" for use in target.terms)
    return (target.text, quality, target.status, ",".join(target.flags), terms, target.machine)
