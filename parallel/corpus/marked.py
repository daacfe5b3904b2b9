"""Puts the translations of a table into the runs of a document, with its inline marks on their words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from egiz.glossary.correct.links import LIKELY, Links, Weights, word_places
from egiz.parallel.bilingual.links import LinksOf, thinned
from egiz.parallel.documents import Marked
from egiz.parallel.documents.inline import Rendered, Run, guessed, renderings
from egiz.parallel.documents.located import Located, locate, skeleton
from egiz.parallel.documents.spans import likeness
from egiz.parallel.documents.texts import Placed, sentences_of, shared_out
from egiz.parallel.publish.names import WORDS
from egiz.parallel.publish.published import Published
from egiz.parallel.publish.side_tables import side_table_path
from egiz.parallel.scores.lexicon import lexicon, stem
from egiz.translate.errors import plural
from egiz.translate.guards import translatable
from egiz.translate.records import Sentence

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
    targets: Sequence[tuple[str, Links]],
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
    said = [own or _said_elsewhere(run, known, source) for run, own in zip(runs, parts, strict=True)]
    linked = [_linked(runs, said, at, links) for at, (_, links) in enumerate(targets)]
    made, unsure, unread = [], 0, 0
    for run, found in zip(runs, said, strict=True):
        unread += not found
        versions = [
            (tag, [_rendered(run, place, texts[at], linked[at]) for place, texts in found])
            for at, (tag, _) in enumerate(targets)
        ]
        unsure += guessed(run, versions[0][1])
        made.append(renderings(run, versions, bilingual=bilingual))
    lost = []
    written = {part.sentence for own in located for part in own}
    missing = sum(
        number not in written and translatable(text[item.start : item.stop])
        for number, item in enumerate(placed)
    )
    if missing:
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


def _linked(
    runs: Sequence[Run], said: Sequence[_Said], at: int, links: Links
) -> dict[tuple[str, str], Weights]:
    """The word links of each sentence with marks to its translation in the language with the number `at`."""
    pairs = dict.fromkeys(
        (run.text[start:stop], texts[at])
        for run, found in zip(runs, said, strict=True)
        for (start, stop), texts in found
        if texts[at] and any(node.start <= stop and start <= node.stop for node in run.nodes)
    )
    return dict(zip(pairs, links(list(pairs)), strict=True))


def _rendered(
    run: Run, place: tuple[int, int], translation: str, linked: Mapping[tuple[str, str], Weights]
) -> Rendered:
    start, stop = place
    text = run.text[start:stop]
    sentence = Sentence(id="", document="", paragraph=1, index=1, start=start, stop=stop, text=text)
    return Rendered(sentence=sentence, text=translation, links=linked.get((text, translation), ()))


def word_links(published: Published, target: str, attention: LinksOf | None = None) -> Links:
    """The word links of a table into a target language.

    Those of the side table of word links where there is one. Else the sum of two weights: those of
    `attention`, which opens a model when the first sentence needs it, and those that need no model, by the
    shipped tables of words, by what the table itself teaches, and between names and loans that look alike.
    """
    stored = _stored(published, target)
    by_tables = _table_links(published, target)

    def links(pairs: Sequence[tuple[str, str]]) -> list[Weights]:
        known = {pair: found for pair in pairs if (found := _of_stored(pair, stored)) is not None}
        unknown = [pair for pair in pairs if pair not in known]
        tables = by_tables(unknown)
        attend = attention(published.source_language, target) if attention is not None and unknown else None
        gazes = attend(unknown) if attend is not None else [()] * len(unknown)
        known |= {pair: _sum(table, gaze) for pair, table, gaze in zip(unknown, tables, gazes, strict=True)}
        return [known[pair] for pair in pairs]

    return links


def _sum(one: Weights, other: Weights) -> Weights:
    """The sums of weights; the first ones alone where the others do not fit the words."""
    if [len(row) for row in one] != [len(row) for row in other]:
        return one
    return [
        [left + right for left, right in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)
    ]


def _of_stored(
    pair: tuple[str, str], stored: Mapping[tuple[str, str], frozenset[tuple[int, int]]]
) -> Weights | None:
    """Stored links as weights of 1; None where there are none, or not for the words of this text."""
    own, others = (len(word_places(text)) for text in pair)
    pairs = stored.get((skeleton(pair[0])[0], pair[1]))
    if pairs is None or not all(left < own and right < others for left, right in pairs):
        return None
    return [[float((left, right) in pairs) for left in range(own)] for right in range(others)]


def _table_links(published: Published, target: str) -> Links:
    """Word links by the shipped tables of words, by what the table itself teaches, and by likeness."""
    from egiz.parallel.align.learned import LearnedTable

    shipped = lexicon(published.source_language, target)
    entries = shipped.entries if shipped else {}

    def weight(word: str, other: str) -> float:
        entry = entries.get(stem(word))
        if word.casefold() == other.casefold():
            return 1.0
        alike = min(len(word), len(other)) > 2 and likeness(word, other) >= _ALIKE
        return _KNOWN if alike or (entry is not None and stem(other) in entry[1]) else 0.0

    def linked(pair: tuple[str, str], learned: LearnedTable) -> Weights:
        own, others = ([text[start:stop] for start, stop in word_places(text)] for text in pair)
        return [
            [
                max(weight(word, other), chance if chance >= LIKELY else 0.0)
                for word, chance in zip(own, row, strict=True)
            ]
            for other, row in zip(others, learned.weights(*pair), strict=True)
        ]

    def links(pairs: Sequence[tuple[str, str]]) -> list[Weights]:
        if not pairs:
            return []
        texts = (
            (row.source, cell.text)
            for row in published.rows()
            for cell in row.targets
            if cell.language == target and row.source and cell.text
        )
        learned = LearnedTable(thinned(texts))
        return [linked(pair, learned) for pair in pairs]

    return links


def _stored(published: Published, target: str) -> dict[tuple[str, str], frozenset[tuple[int, int]]]:
    path = side_table_path(published.table, WORDS)
    if not path.is_file():
        return {}
    from egiz.parallel.reader.side_files import read_words

    rows = tuple(published.rows())
    found = {}
    for item in read_words(path, rows):
        cell = rows[item.row].targets[item.target]
        if cell.language == target:
            found[skeleton(rows[item.row].source)[0], cell.text] = frozenset(item.pairs)
    return found
