"""The documents to align: reads them, divides them into units, and checks that they are versions of one text.

A unit is a sentence or a line. For the comparison with the target, source units are translated sentence by
sentence with the translation memory, so the model does not run again when the same text is aligned a second
time.

If two documents do not look like translations of each other, the error states the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from egiz.parallel.align.records import Link, TextUnit
from egiz.parallel.summary import OutlineEntry, outline_of
from egiz.translate.errors import InputError, LanguageError
from egiz.translate.guards.language import foreign_language, identifier, language_name
from egiz.translate.ladder import Options
from egiz.translate.languages import language
from egiz.translate.read import ReadOptions, read
from egiz.translate.records import Document, Sentence
from egiz.translate.split import split
from egiz.translate.translator import Translator

UnitKind = Literal["sentences", "lines"]
"""The units to align: the sentences that the splitter finds, or all lines that are not blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignDocument:
    """One document to align: the path it was read from, the document, its units and its headings."""

    path: str
    document: Document
    units: tuple[TextUnit, ...]
    outline: tuple[OutlineEntry, ...] = ()

    def renamed(self, name: str) -> AlignDocument:
        """Return the document with `name` as its id. The ids of its units then begin with `name` too."""
        start = len(self.document.id)
        return replace(
            self,
            document=replace(self.document, id=name),
            units=tuple(replace(unit, id=f"{name}{unit.id[start:]}") for unit in self.units),
        )


def read_text(path: str | Path, options: ReadOptions, kind: UnitKind = "sentences") -> AlignDocument:
    """Read one document and divide it into units.

    Raises InputError if the file cannot be read, or contains no document, several documents or no text.
    """
    documents = list(read(path, options))
    if len(documents) != 1:
        names = ", ".join(document.id for document in documents[:3])
        raise InputError(
            f"{len(documents)} documents ({names} …)" if documents else "no document",
            where=str(path),
            expected="one document a language",
            action="Align them one by one.",
        )
    outline: tuple[OutlineEntry, ...] = ()
    if kind == "lines":
        units = _lines(documents[0])
    else:
        units, outline = _sentences(documents[0])
    if not units:
        raise InputError("there is no text in it", where=str(path), expected="a document with sentences")
    return AlignDocument(path=str(path), document=documents[0], units=units, outline=outline)


def _sentences(document: Document) -> tuple[tuple[TextUnit, ...], tuple[OutlineEntry, ...]]:
    """Return a unit for each sentence, and the headings by paragraph."""
    sentences = list(split(document))
    units = tuple(TextUnit(id=item.id, paragraph=item.paragraph, text=item.text) for item in sentences)
    return units, outline_of(
        document, ((item.paragraph, item.start) for item in sentences if item.index == 1)
    )


def _lines(document: Document) -> tuple[TextUnit, ...]:
    """Return a unit for each line with text. Blank lines separate paragraphs. If the document has no blank
    lines, all units are in one paragraph.
    """
    units: list[TextUnit] = []
    paragraph, index = 1, 0
    for line in document.text.split("\n"):
        text = " ".join(line.split())
        if text:
            index += 1
            units.append(TextUnit(id=f"{document.id}:{paragraph}.{index}", paragraph=paragraph, text=text))
        elif index:
            paragraph, index = paragraph + 1, 0
    return tuple(units)


def bridging(options: Options) -> Options:
    """Return translation options without retries, for translations that are only compared with a target."""
    return Options(decoding=options.decoding, longest=options.longest, rungs=())


def translate_units(
    units: Sequence[TextUnit], translator: Translator, progress: Callable[[int], None] = lambda done: None
) -> tuple[tuple[str, ...], ...]:
    """Translate units. The result has an item for each target language of the translator: the translations of
    the units, in order.

    Each unit is split into sentences, and their translations are joined by spaces. `progress` is called with
    the number of sentences that were translated since the last call.
    """
    parts: list[list[list[str]]] = [[[] for _ in units] for _ in translator.targets]
    owners: list[int] = []

    def sentences() -> Iterator[Sentence]:
        for place, unit in enumerate(units):
            for sentence in split(Document(id=unit.id, language=translator.source, text=unit.text)):
                owners.append(place)
                yield sentence

    for number, translations in enumerate(translator.translate(sentences(), progress)):
        for column, translation in enumerate(translations):
            parts[column][owners[number]].append(translation.text)
    return tuple(tuple(" ".join(texts) for texts in column) for column in parts)


_LEAST_LETTERS = 40
"""The language of a text with fewer letters is not identified, because the text is too short."""
_BRIDGED = ((15, 1.3), (8, 0.9))
_UNBRIDGED = ((60, 1.5), (30, 1.2), (12, 0.9))
"""The least evidence that `check_links` accepts, as pairs of a number of units and a bound. A bound applies
if the shorter document has at least this number of units; the first such pair counts. Documents shorter than
in any pair are never refused. `_BRIDGED` is used if the source was machine-translated for the comparison,
otherwise `_UNBRIDGED`.

The bounds were measured by ``benchmarks/align_mismatch.py``. With the starter model and at least 15
sentences, two versions of one text had an evidence of at least 1.47, and different texts of at most 1.23; at
8 sentences the ranges overlap. Without a machine translation, the limits were 1.62 and 1.08 at 30 sentences,
but free translations and manuals came near each other. So the bound is higher for long texts and lower for
short ones.
"""


def check_languages(text: AlignDocument, texts: Sequence[AlignDocument]) -> None:
    """Raise InputError if the document `text` is clearly in another language than the one stated for it.
    `texts` are all documents of the alignment; by them the error tells whether languages look reversed.
    """
    found = _actual_language(text)
    if found is None:
        return
    owner = next((other for other in texts if other.document.language.split("-")[0] == found), None)
    action = "Name the languages in the order of the documents with --from and --to."
    if owner is not None and owner is not text and _actual_language(owner):
        action = "The languages look reversed. " + action
    raise InputError(
        f"the text is in {language_name(found)}",
        where=text.path,
        expected=language_name(text.document.language),
        action=action,
    )


def _actual_language(text: AlignDocument) -> str | None:
    """Return the language in which the text clearly is, if this is not the stated one; None if the stated
    language may be right.
    """
    return foreign_language([unit.text for unit in text.units], text.document.language)


def recognised(path: str | Path, options: ReadOptions) -> str:
    """Return the tag of the most probable language of a document.

    Raises InputError for standard input, for too little text and for a language that Egiz does not know.
    """
    text = " ".join(document.text[:5000] for document in read(path, options))
    if path == "-" or sum(map(str.isalpha, text)) < _LEAST_LETTERS:
        raise InputError(
            "its language cannot be recognised",
            where=str(path),
            expected="some sentences, in a file",
            action="Name it with --to.",
        )
    best = identifier().rank(text)[0]
    try:
        return language(best[0]).tag
    except LanguageError as error:
        raise InputError(
            f"its language was identified as {best[0]!r}, which Egiz does not know",
            where=str(path),
            action="Name it with --to.",
        ) from error


def check_links(
    source: AlignDocument, target: AlignDocument, links: Sequence[Link], win_rate: float, *, bridged: bool
) -> None:
    """Raise InputError if the links show too little evidence that both documents are versions of one text.

    The evidence is the sum of `sure_share` and `win_rate` (see `egiz.parallel.align.aligner`), at most 2.
    `bridged` says whether the source was machine-translated for the comparison.
    """
    shorter = min(len(source.units), len(target.units))
    bounds = _BRIDGED if bridged else _UNBRIDGED
    least = next((least for size, least in bounds if shorter >= size), 0.0)
    share = sure_share(links)
    if share + win_rate < least:
        alone = sum(max(link.sizes) for link in links if link.is_null)
        total = len(source.units) + len(target.units)
        raise InputError(
            f"{len(source.units):,} units against {len(target.units):,}: {share:.0%} of them in links that "
            f"are more likely right than wrong, {alone / total:.0%} without counterpart; in {win_rate:.0%} "
            f"of comparisons (by chance 50%) a linked target is more similar than another one",
            where=f"{source.path} and {target.path}",
            expected="two versions of one text",
            action="Check that both are the same work; --force aligns them nevertheless.",
        )


def sure_share(links: Sequence[Link]) -> float:
    """Return the share of units that are in links with both sides and a score of at least 0.5."""
    total = sum(sum(link.sizes) for link in links)
    sure = sum(sum(link.sizes) for link in links if not link.is_null and link.score >= 0.5)
    return sure / total if total else 0.0
