"""Split a document into sentences: find paragraphs and candidates, apply the rules, repair the sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from egiz.translate.records import Document, Sentence
from egiz.translate.split.candidates import Paragraph, candidate, pair, scan
from egiz.translate.split.knowledge import Knowledge, know
from egiz.translate.split.notes import Bare, across_pages, note_marks
from egiz.translate.split.paragraphs import paragraphs
from egiz.translate.split.repairs import mend
from egiz.translate.split.rules import decide
from egiz.translate.split.scripts import alphabet_of
from egiz.translate.text import nfc

SIGNATURE = "egiz.split|v2"
"""The version of rules and tables. It is increased when a text would be split or repaired differently."""

_SEEN = re.compile(r"[^\W_]")


def split(document: Document | str, language: str = "kk") -> Iterator[Sentence]:
    """Yield the sentences of a document, in order.

    A string is taken as a document in `language` with the id ``text``.

    Offsets are code points of ``document.text``; slices have no white space at their ends, do not overlap,
    and leave out only white space. ``text`` is the slice with `repairs` applied: ``space`` (white space made
    one space), ``line`` (a line break inside a sentence), ``invisible`` (zero-width characters and soft
    hyphens), ``look-alike`` (Latin letters in Cyrillic words), ``script`` (a word of Kazakh in Latin or
    Arabic letters, written in Cyrillic), ``stray-quote`` (a quote without a partner in its paragraph,
    removed), ``note-mark`` (a note mark or the number of a printed page, removed), ``glued-boundary`` (no
    space before this sentence; changes nothing).

    Any BCP-47 language is accepted: Kazakh, Russian and English have tables of their own, every other
    language gets the common rules.

    >>> text = "Осы кезең бірнеше этапқа бөлінеді.Бірінші этап: 1985 ж. басталды."
    >>> [sentence.text for sentence in split(text, "kk")]
    ['Осы кезең бірнеше этапқа бөлінеді.', 'Бірінші этап: 1985 ж. басталды.']
    """
    if isinstance(document, str):
        document = Document(id="text", language=language, text=nfc(document))
    knowledge = know(document.language)
    alphabet = alphabet_of(document.text) if knowledge.language == "kk" else None
    for number, (start, bare, paragraph) in enumerate(_paragraphs(document.text, knowledge), start=1):
        stray = [bare.place(offset) for offset in sorted(paragraph.pairs.stray)]
        for index, (first, last) in enumerate(_sentences(paragraph), start=1):
            left, right = bare.place(first), bare.place(last)
            mended, repairs = mend(
                document.text[left:right],
                left,
                stray=[at - left for at in stray if left <= at < right],
                lookalikes=knowledge.lookalikes,
                glued=left > start and not document.text[left - 1].isspace(),
                marks=[(at - left, end - left) for at, end in bare.marks if left <= at < right],
                alphabet=alphabet,
            )
            yield Sentence(
                id=f"{document.id}:{number}.{index}",
                document=document.id,
                paragraph=number,
                index=index,
                start=left,
                stop=right,
                text=mended,
                repairs=repairs,
            )


def count(text: str, language: str) -> int:
    """Return the number of sentences that `split` yields; faster, because nothing is repaired.

    >>> count("Осы кезең бірнеше этапқа бөлінеді.Бірінші этап: 1985 ж. басталды.", "kk")
    2
    """
    found = _paragraphs(text, know(language))
    return sum(1 for _, _, paragraph in found for _ in _sentences(paragraph))


def _paragraphs(text: str, knowledge: Knowledge) -> Iterator[tuple[int, Bare, Paragraph]]:
    """Yield for each paragraph its start in `text`, its text without note marks, and the `Paragraph`."""
    marks = note_marks(text, knowledge)
    for (start, stop), page in across_pages(text, paragraphs(text, knowledge)):
        bare = Bare(text, start, stop, marks if page is None else sorted({*marks, page}))
        paragraph = Paragraph(
            text=bare.text,
            knowledge=knowledge,
            pairs=pair(bare.text),
            cased=any(map(str.isupper, bare.text)),
        )
        yield start, bare, paragraph


def _sentences(paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences in a paragraph, as offsets from its start."""
    text = paragraph.text
    start = 0
    first = _first(text, start)
    for mark, marks, stop in scan(paragraph):
        if mark < start:
            continue
        at = candidate(paragraph, start=start, first=first, mark=mark, marks=marks, stop=stop)
        if decide(at) == "split":
            yield start, stop
            start = at.next
            first = _first(text, start)
    if start < len(text):
        yield start, len(text)


def _first(text: str, start: int) -> int:
    """Return the offset of the first letter or digit at or after `start`."""
    seen = _SEEN.search(text, start)
    return seen.start() if seen else len(text)
