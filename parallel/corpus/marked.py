"""Puts the translations of a table into the runs of a document, with its inline marks on their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from egiz.glossary.correct.links import LIKELY, Weights, word_places
from egiz.parallel.documents import Marked
from egiz.parallel.documents.inline import Rendered, Run, guessed, likeness, renderings
from egiz.parallel.documents.located import Located, locate, skeleton
from egiz.parallel.documents.placed import Placed, shared_out
from egiz.parallel.documents.texts import sentences_of
from egiz.parallel.publish.names import WORDS
from egiz.parallel.publish.published import Published
from egiz.parallel.publish.side_tables import side_table_path
from egiz.parallel.scores.lexicon import lexicon, stem
from egiz.translate.errors import plural
from egiz.translate.records import Sentence

WordLinks = Callable[[str, str], Weights]
"""Gives the weights of the links from each target word to each source word."""
_KNOWN = 0.6
"""Weight of a pair of words that the shipped tables have."""
_ALIKE = 0.7
"""Share of letters in common from which two words of one script are the same name or loan."""
_PAGE_NUMBER = re.compile(r"[\s.…]*\t\s*\d+\s*\Z")
"""What a table of contents has behind a heading."""


def write_marked(
    document: Marked,
    text: str,
    placed: Sequence[Placed],
    targets: Sequence[tuple[str, WordLinks]],
    source: str,
    bilingual: bool,
) -> tuple[bytes, tuple[str, ...]]:
    """The document with the translations of its sentences; and what was not kept, in words.

    `text` is that which the sentences are `placed` in, `targets` the languages of their texts. Text that the
    table does not have, such as headers and lists of contents, is translated where a sentence of the table
    says the same.
    """
    runs = document.runs
    located = locate(text, [(item.start, item.stop) for item in placed], [run.text for run in runs])
    parts = _shared_out(placed, located)
    known = {skeleton(text[item.start : item.stop])[0]: item.texts for item in placed}
    made, unsure, unread = [], 0, 0
    for run, own in zip(runs, parts, strict=True):
        found = own or _said_elsewhere(run, known, source)
        unread += not found
        versions = [
            (tag, [_rendered(run, place, texts[at], links) for place, texts in found])
            for at, (tag, links) in enumerate(targets)
        ]
        unsure += guessed(run, versions[0][1])
        made.append(renderings(run, versions, bilingual=bilingual))
    lost = []
    if missing := len(placed) - len({part.sentence for own in located for part in own}):
        lost.append(f"{plural(missing, 'sentence')} of parts that are not written, such as diagrams")
    if unsure:
        lost.append(f"the sure place of {plural(unsure, 'mark')}, links or bold words: have a look")
    if unread:
        lost.append(f"{plural(unread, 'passage')} that the table does not have: as in the source")
    return document.written(made, source if bilingual else targets[0][0]), tuple(lost)


_Said = list[tuple[tuple[int, int], tuple[str, ...]]]
"""Parts of a run, each with its translations."""


def _shared_out(placed: Sequence[Placed], located: Sequence[Sequence[Located]]) -> list[_Said]:
    """The translations by run; that of a sentence with parts in several runs is cut in their proportion."""
    places: dict[int, list[tuple[int, Located]]] = {}
    for number, parts in enumerate(located):
        for part in parts:
            places.setdefault(part.sentence, []).append((number, part))
    shared: list[_Said] = [[] for _ in located]
    for sentence, own in places.items():
        sizes = [part.stop - part.start for _, part in own]
        pieces = [shared_out(text, sizes) if text else [""] * len(own) for text in placed[sentence].texts]
        for at, (number, part) in enumerate(own):
            shared[number].append(((part.start, part.stop), tuple(piece[at] for piece in pieces)))
    return [sorted(parts) for parts in shared]


def _said_elsewhere(run: Run, known: Mapping[str, tuple[str, ...]], language: str) -> _Said:
    """The parts of a run that the table has somewhere else: sentences, or the links of a menu."""
    number = _PAGE_NUMBER.search(run.text)
    sentences = [(0, number.start())] if number else _spans(run.text, language)
    for spans in (sentences, [(node.start, node.stop) for node in run.nodes]):
        found = [(span, known.get(skeleton(run.text[slice(*span)])[0], ())) for span in spans]
        if said := [(span, texts) for span, texts in found if texts]:
            return said
    return []


def _spans(text: str, language: str) -> list[tuple[int, int]]:
    return [(sentence.start, sentence.stop) for sentence in sentences_of(text, language)]


def _rendered(run: Run, place: tuple[int, int], translation: str, links: WordLinks) -> Rendered:
    start, stop = place
    text = run.text[start:stop]
    sentence = Sentence(id="", document="", paragraph=1, index=1, start=start, stop=stop, text=text)
    has_marks = any(node.start <= stop and start <= node.stop for node in run.nodes)
    return Rendered(
        sentence=sentence,
        text=translation,
        links=links(text, translation) if translation and has_marks else (),
    )


def word_links(published: Published, target: str) -> WordLinks:
    """The word links of a table into a target language, without a model.

    Those of the side table of word links where there is one; else by the shipped tables of words, by what
    the table itself teaches, and between names and loans that look alike.
    """
    from egiz.parallel.align.learned import LearnedTable
    from egiz.parallel.bilingual.links import thinned

    stored = _stored(published, target)
    shipped = lexicon(published.source_language, target)
    entries = shipped.entries if shipped else {}
    learned: list[LearnedTable] = []

    def weight(word: str, other: str) -> float:
        entry = entries.get(stem(word))
        if word.casefold() == other.casefold():
            return 1.0
        alike = min(len(word), len(other)) > 2 and likeness(word, other) >= _ALIKE
        return _KNOWN if alike or (entry is not None and stem(other) in entry[1]) else 0.0

    def links(source: str, translation: str) -> Weights:
        own = [source[start:stop] for start, stop in word_places(source)]
        others = [translation[start:stop] for start, stop in word_places(translation)]
        pairs = stored.get((skeleton(source)[0], translation))
        if pairs is not None and all(left < len(own) and right < len(others) for left, right in pairs):
            return [
                [float((left, right) in pairs) for left in range(len(own))] for right in range(len(others))
            ]
        if not learned:
            texts = (
                (row.source, cell.text)
                for row in published.rows()
                for cell in row.targets
                if cell.language == target and row.source and cell.text
            )
            learned.append(LearnedTable(thinned(texts)))
        taught = learned[0].weights(source, translation)
        return [
            [
                max(weight(word, other), chance if chance >= LIKELY else 0.0)
                for word, chance in zip(own, row, strict=True)
            ]
            for other, row in zip(others, taught, strict=True)
        ]

    return links


def _stored(published: Published, target: str) -> dict[tuple[str, str], frozenset[tuple[int, int]]]:
    path = side_table_path(published.table, WORDS)
    if not path.is_file():
        return {}
    from egiz.parallel.reader.beside import read_words

    rows = tuple(published.rows())
    found = {}
    for item in read_words(path, rows):
        cell = rows[item.row].targets[item.target]
        if cell.language == target:
            found[skeleton(rows[item.row].source)[0], cell.text] = frozenset(item.pairs)
    return found
