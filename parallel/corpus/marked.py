"""Write the translations of a table into the runs of a document, with the inline markup on the right words.

A run is a piece of text that the document stores together, with the markup inside it; see
`egiz.parallel.documents`.
"""

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
"""The weight of the link between two words, if the word tables that ship with Egiz list them as translations,
or if the words are spelled alike."""
_ALIKE = 0.7
"""Two words count as the same name or loan word if at least this share of their letters is common."""
_PAGE_NUMBER = re.compile(r"[\s.…]*\t\s*\d+\s*\Z")
"""The page number at the end of an entry in a table of contents."""


def write_marked(
    document: Marked,
    text: str,
    placed: Sequence[Placed],
    targets: Sequence[tuple[str, Links]],
    source: str,
    bilingual: bool,
) -> tuple[bytes, tuple[str, ...]]:
    """Return the bytes of the document with the translations of its sentences, and messages about losses.

    `placed` are the sentences with their translations; their offsets count in `text`. `targets` are the
    target languages with their word links. Text that is not in the table, for example a header or a table of
    contents, is translated if a sentence of the table has the same words. The messages count the sentences
    that could not be written, the marks whose place was guessed, and the passages that stay untranslated.
    """
    runs = document.runs
    located = locate(text, [(item.start, item.stop) for item in placed], [run.text for run in runs])
    parts = _shared_out(placed, located)
    known = {skeleton(text[item.start : item.stop])[0]: item.texts for item in placed}
    translated = [own or _found_elsewhere(run, known, source) for run, own in zip(runs, parts, strict=True)]
    linked = [_linked(runs, translated, at, links) for at, (_, links) in enumerate(targets)]
    made, unsure, unread = [], 0, 0
    for run, found in zip(runs, translated, strict=True):
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


_RunParts = list[tuple[tuple[int, int], tuple[str, ...]]]
"""Ranges (start, stop) of a run, each with its translations: one text per target language."""


def _shared_out(placed: Sequence[Placed], located: Sequence[Sequence[Located]]) -> list[_RunParts]:
    """Return, for each run, the ranges of it that belong to sentences, with the translations for each range.

    If a sentence extends over several runs, its translation is divided among these runs, in proportion to the
    lengths of the parts of the sentence in them.
    """
    places: dict[int, list[tuple[int, Located]]] = {}
    for number, parts in enumerate(located):
        for part in parts:
            places.setdefault(part.sentence, []).append((number, part))
    shared: list[_RunParts] = [[] for _ in located]
    for sentence, own in places.items():
        sizes = [part.stop - part.start for _, part in own]
        pieces = [shared_out(text, sizes) if text else [""] * len(own) for text in placed[sentence].texts]
        for at, (number, part) in enumerate(own):
            shared[number].append(((part.start, part.stop), tuple(piece[at] for piece in pieces)))
    return [sorted(parts) for parts in shared]


def _found_elsewhere(run: Run, known: Mapping[str, tuple[str, ...]], language: str) -> _RunParts:
    """Return the ranges of a run whose text is also a sentence of the table, with the translations of it.

    `known` maps the letters of each sentence in the table to its translations. The sentences of the run are
    looked up in `known`. If none of them is found, the parts of the run that have markup of their own are
    looked up, because each may be an item of a menu.
    """
    number = _PAGE_NUMBER.search(run.text)
    sentences = [(0, number.start())] if number else _spans(run.text, language)
    for spans in (sentences, [(node.start, node.stop) for node in run.nodes]):
        found = [(span, known.get(skeleton(run.text[slice(*span)])[0], ())) for span in spans]
        if translated := [(span, texts) for span, texts in found if texts]:
            return translated
    return []


def _spans(text: str, language: str) -> list[tuple[int, int]]:
    return [(sentence.start, sentence.stop) for sentence in sentences_of(text, language)]


def _linked(
    runs: Sequence[Run], translated: Sequence[_RunParts], at: int, links: Links
) -> dict[tuple[str, str], Weights]:
    """Return the word links of each sentence with markup; the key is (source text, translation).

    Each range in `translated` has one translation for each target language; `at` is the index of the wanted
    one.
    """
    pairs = dict.fromkeys(
        (run.text[start:stop], texts[at])
        for run, found in zip(runs, translated, strict=True)
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
    """Return the word linker for the translations of a table into a target language.

    If the side table of word links has links for a sentence, the linker gives these. For any other sentence,
    it gives the weights of `_table_links`, which needs no model. If `attention` is given, the weights that
    its model gives are added; the model is opened for the first such sentence.
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
    """Add two tables of weights; return the first alone if the second does not have the same shape."""
    if [len(row) for row in one] != [len(row) for row in other]:
        return one
    return [
        [left + right for left, right in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)
    ]


def _of_stored(
    pair: tuple[str, str], stored: Mapping[tuple[str, str], frozenset[tuple[int, int]]]
) -> Weights | None:
    """Return the stored links of a sentence pair as a table of weights 1 and 0.

    Returns None if no links are stored for the pair, or if a stored link has a word number that is greater
    than the number of words in the text.
    """
    own, others = (len(word_places(text)) for text in pair)
    pairs = stored.get((skeleton(pair[0])[0], pair[1]))
    if pairs is None or not all(left < own and right < others for left, right in pairs):
        return None
    return [[float((left, right) in pairs) for left in range(own)] for right in range(others)]


def _table_links(published: Published, target: str) -> Links:
    """Return a word linker that needs no model.

    Two words are linked in three cases: the word tables that ship with Egiz list them as translations, a
    table that is learned from the rows lists them, or they are spelled alike.
    """
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
