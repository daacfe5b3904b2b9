"""Open a published table, with the provenance that its data package states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egiz.parallel.publish import MANIFEST, PublishedRow, package_beside, read_tsv, recover
from egiz.parallel.publish.datapackage import read_entry
from egiz.parallel.publish.names import TABLE
from egiz.parallel.scores.records import Scale
from egiz.parallel.summary import (
    AlignmentFacts,
    ModelFacts,
    NeuralFacts,
    Provenance,
    SourceDocument,
    TermFacts,
)
from egiz.translate.errors import InputError
from egiz.translate.io.files import MISSHAPEN
from egiz.translate.records import LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published table. Without a data package of Egiz, `provenance` is None and `descriptor` is empty.

    `descriptor` is the content of the data package, unchanged. `manifest` is the file name of the data
    package.
    """

    table: Path
    source_language: str
    target_languages: tuple[str, ...]
    provenance: Provenance | None
    descriptor: dict[str, Any]
    manifest: str = MANIFEST

    @property
    def title(self) -> str:
        """The title in the data package; if it has none, the name of the table's file without its ending."""
        return (self.provenance.title if self.provenance else "") or self.table.stem

    @property
    def sources(self) -> tuple[SourceDocument, ...]:
        """The source documents that the package lists."""
        return self.provenance.sources if self.provenance else ()

    def rows(self) -> Iterator[PublishedRow]:
        """Read the rows from the start; see `read_tsv` for the errors."""
        return read_tsv(self.table)


def open_published(place: Path) -> Published:
    """Open the output folder of a build, or a published table with or without its data package.

    If a killed run has replaced only some of the files, the old ones are restored first. Raises InputError if
    there is no such table or it has no row, or if the data package does not have the form that Egiz writes.
    """
    table = place / TABLE if place.is_dir() else place
    recover(table.parent)
    if not table.is_file():
        raise InputError(
            "there is no such file", where=str(table), expected="the folder of a build, or a published table"
        )
    first = next(read_tsv(table), None)
    if first is None:
        raise InputError("no row", where=str(table), expected="a table with at least one sentence")
    path, content = package_beside(table)
    descriptor = content if "egiz" in content else {}
    return Published(
        table=table,
        source_language=first.source_language,
        target_languages=tuple(target.language for target in first.targets),
        provenance=provenance(descriptor, path) if descriptor else None,
        descriptor=descriptor,
        manifest=path.name,
    )


def provenance(descriptor: dict[str, Any], path: Path) -> Provenance:
    """Return the provenance that the content of a data package states.

    Raises InputError, naming `path`, if `descriptor` does not have the form that
    `egiz.parallel.publish.datapackage` writes.
    """
    try:
        return _provenance(descriptor)
    except MISSHAPEN as error:
        raise InputError(
            f"is not as Egiz writes it ({type(error).__name__}: {error})",
            where=str(path),
            expected="the data package of a build",
            action="Build the table again.",
        ) from error


def _provenance(descriptor: dict[str, Any]) -> Provenance:
    made = descriptor["egiz"]
    model, scale = made["model"], made["quality"]
    return Provenance(
        title=_text(descriptor.get("title", "")),
        version=_text(made["version"]),
        source_language=_text(made["languages"]["source"]),
        target_languages=tuple(_text(tag) for tag in made["languages"]["targets"]),
        sources=tuple(_source(source) for source in descriptor.get("sources", [])),
        model=ModelFacts(
            name=_text(model["name"]),
            source=_text(model["source"]),
            revision=_text(model["revision"]),
            fingerprint=_text(model["fingerprint"]),
            licence=_text(model["licence"]),
            precision=_text(model["precision"]),
            engine=_text(model["engine"]),
        ),
        decoding=_text(made["decoding"]),
        splitter=_text(made["splitter"]),
        quality=Scale(
            name=_text(scale["name"]),
            low=float(scale["range"][0]),
            high=float(scale["range"][1]),
            direction=_text(scale["direction"]),
            signature=_text(scale["signature"]),
            meaning=_text(scale["meaning"]),
        ),
        reasons=tuple((code, _reason(_text(words))) for code, words in made["flags"].items()),
        terms=_terms(made["terms"]) if "terms" in made else None,
        neural=tuple(
            NeuralFacts(name=_text(item["name"]), kind=_text(item["kind"]), licence=_text(item["licence"]))
            for item in made.get("neural", [])
        ),
        alignment=_alignment(made["alignment"]) if "alignment" in made else None,
        left_out=tuple(
            LeftOut(
                path=_text(item["path"]), reason=_text(item["reason"]), failed=bool(item.get("failed", False))
            )
            for item in made.get("leftOut", [])
        ),
    )


def _alignment(made: dict[str, Any]) -> AlignmentFacts:
    return AlignmentFacts(
        signature=_text(made["method"]),
        layers=tuple(_text(name) for name in made["layers"]),
        model=_text(made.get("comparedWith", "")),
    )


def _terms(terms: dict[str, Any]) -> TermFacts:
    return TermFacts(
        name=_text(terms["name"]),
        bases=tuple(_text(name) for name in terms.get("bases", [terms["name"]])),
        title=_text(terms["title"]),
        licence=_text(terms["licence"]),
        entries=int(terms["entries"]),
        signature=_text(terms["method"]),
    )


def _source(source: dict[str, Any]) -> SourceDocument:
    title, name = _text(source["title"]), _text(source["id"])
    return SourceDocument(
        id=name,
        language=_text(source.get("language", "")),
        title="" if title == name else title,
        licence=_text(source.get("license", "")),
        sha256=_text(source.get("sha256", "")),
        outline=tuple(read_entry(_text(item)) for item in source.get("outline", [])),
        left_out=tuple(_text(item) for item in source.get("leftOut", [])),
        encoding=_text(source.get("encoding", "")),
    )


def _reason(words: str) -> str:
    """Return the description of a flag without its beginning and its full stop:
    ``This translation is empty.`` -> ``is empty``."""
    return words.removeprefix("This translation ").removesuffix(".")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where a text should stand")
    return value


def paragraph_of(row: str) -> tuple[str, str]:
    """Return the document and the paragraph in the row id of a build; for any other id, "" and the id itself.

    >>> paragraph_of("qaita-quru:12.3"), paragraph_of("row-7")
    (('qaita-quru', '12'), ('', 'row-7'))
    """
    document, _, place = row.rpartition(":")
    paragraph, _, index = place.partition(".")
    return (document, paragraph) if paragraph.isdecimal() and index.isdecimal() else ("", row)
