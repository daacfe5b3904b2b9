"""Document → sentences: paragraphs first, then candidate boundaries, the rules, and the repairs."""

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
"""Rules and tables in one word; goes up when a text would be cut or mended otherwise than before."""

_SEEN = re.compile(r"[^\W_]")


def split(document: Document | str, language: str = "kk") -> Iterator[Sentence]:
    """Give a document's sentences in order, one paragraph at a time.

    A plain text is taken as a document in `language` with the id ``text``.

    Offsets are code points into ``document.text``; slices hold no white space at their ends, never overlap,
    and leave out nothing but white space. ``text`` is the slice with `repairs` applied: ``space`` (a run
    made one space), ``line`` (a line broken inside a sentence), ``invisible`` (zero-width and soft-hyphen
    characters), ``look-alike`` (Latin letters in Cyrillic words), ``script`` (a word of Kazakh in Latin or
    Arabic letters, in Cyrillic), ``stray-quote`` (a quote without a partner in its paragraph, dropped),
    ``note-mark`` (the mark of a note or the number of a printed page, taken out),
    ``glued-boundary`` (no space stood before this sentence; changes nothing).

    Any BCP-47 language will do: Kazakh, Russian and English have tables of their own, every other
    one gets the common rules.
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


def split_text(text: str, language: str) -> list[str]:
    """Give the repaired sentences of a text.

    >>> split_text("Осы кезең бірнеше этапқа бөлінеді.Бірінші этап: 1985 ж. басталды.", "kk")
    ['Осы кезең бірнеше этапқа бөлінеді.', 'Бірінші этап: 1985 ж. басталды.']
    """
    return [sentence.text for sentence in split(Document(id="text", language=language, text=text))]


def count(text: str, language: str) -> int:
    """Give the number of sentences that `split` gives, faster: nothing is repaired.

    >>> count("Осы кезең бірнеше этапқа бөлінеді.Бірінші этап: 1985 ж. басталды.", "kk")
    2
    """
    found = _paragraphs(text, know(language))
    return sum(1 for _, _, paragraph in found for _ in _sentences(paragraph))


def _paragraphs(text: str, knowledge: Knowledge) -> Iterator[tuple[int, Bare, Paragraph]]:
    """Give the start of each paragraph, its text without marks of notes, and the same made ready for the
    rules."""
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
    """Give the offsets of a paragraph's sentences inside it."""
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
    seen = _SEEN.search(text, start)
    return seen.start() if seen else len(text)
