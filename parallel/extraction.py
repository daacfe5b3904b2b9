"""What terms are extracted from: documents, sentence by sentence, or the rows of bilingual files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from egiz.glossary.extract import Passage
from egiz.parallel.bitext import Segment, read_bitext
from egiz.translate.errors import InputError
from egiz.translate.languages import language
from egiz.translate.read import ReadOptions, read_all
from egiz.translate.split import split

_SENTENCE = re.compile(r"(?P<document>.+):\d+\.\d+")


def document_passages(sources: Sequence[str | Path], tag: str) -> Iterator[Passage]:
    """The sentences of documents in a language, in order; ``-`` is standard input.

    Raises what reading does: InputError, OptionError, LanguageError.
    """
    for document in read_all(sources, ReadOptions(language=language(tag).tag)):
        for sentence in split(document):
            yield Passage(id=sentence.id, document=sentence.document, text=sentence.text)


def row_passages(
    files: Sequence[Path], source: str | None = None, target: str | None = None
) -> tuple[Iterator[Passage], str, str]:
    """The rows of bilingual files, with their source and target language.

    What is not asked for, the first row decides: of a table with several targets only the first is read.
    All files must have these two languages. The target of a draft (fuzzy, not translated yet) is left
    out, as is a row without a source. A row is named by its own id where that is one of a sentence, else by
    file and id.

    Raises InputError for files that are malformed, hold no row, or are not in these languages.
    """
    segments = (segment for file in files for segment in read_bitext(file, source, target))
    first = next(segments, None)
    if first is None:
        raise InputError(
            "no rows", where=", ".join(map(str, files)), expected="a text beside its translation"
        )
    pair = (first.source_language, first.target_language)
    found = (segment for file in files for segment in read_bitext(file, *pair))
    return (_passage(segment) for segment in found if segment.source), *pair


def _passage(segment: Segment) -> Passage:
    name = Path(segment.file).stem
    sentence = _SENTENCE.fullmatch(segment.id)
    return Passage(
        id=segment.id if sentence else f"{name}:{segment.id}",
        document=sentence["document"] if sentence else name,
        text=segment.source,
        target="" if segment.draft else segment.target,
    )
