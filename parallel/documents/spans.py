"""Finds the target words that translate a part of a source sentence, to carry over its inline markup.

If the target contains the same text as the part (a name, a number), that is its place. Otherwise target words
count as evidence if they resemble the separate translation of the part, or are linked to its words. Without
evidence the part gets the same share of the target as it has of the source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from egiz.glossary.correct.links import Weights, word_places

_LIKE = 0.6
"""If the `likeness` of two words is at least this, they count as forms of one word, for example «новая» and
«новый».
"""
_TRUST = 2.0
"""Weight of the likeness of words relative to their word links. It is above 1 because the links come from
attention, which is unreliable in small models.
"""
_FAINT = 0.02
"""Subtracted from the value of each target word, so that a span does not extend over many words without
links.
"""


class SpanFinder:
    """Finds the spans of a translated sentence that correspond to spans of its source.

    All offsets are code points of the sentence or of its translation, and spans are half-open. `least` and
    `most` limit the search to ``target[least:most]``.
    """

    def __init__(self, source: str, target: str, links: Weights, parts: Mapping[str, str]) -> None:
        """`links` are the weights between each target word and each source word; they are ignored if their
        size does not fit. `parts` maps parts of the source to their separate translations."""
        self._source, self._target = source, target
        self._part_translations = parts
        self._source_words, self._target_words = word_places(source), word_places(target)
        fits = len(links) == len(self._target_words) and all(
            len(row) == len(self._source_words) for row in links
        )
        self._weights = links if fits else ()

    def has_evidence(self, start: int, stop: int) -> bool:
        """Whether equal text, a separate translation or word links show which target words translate
        ``source[start:stop]``.
        """
        return self._found(start, stop, 0, len(self._target)) is not None

    def is_space(self, start: int, stop: int) -> bool:
        """Whether ``source[start:stop]`` is only white space; a line break counts as white space."""
        return self._source[start:stop].isspace()

    def span(
        self, start: int, stop: int, least: int, most: int, *, alone: bool, fixed: bool = False
    ) -> tuple[int, int]:
        """Return the span of the target that translates ``source[start:stop]``.

        Without evidence, a part that is `alone` (the only one in its sentence) gets all words of the target;
        any other part gets the words at the same relative position as in the source. A `fixed` part is not
        translated: it gets an empty span, at the offset that `point` returns.
        """
        found = self._found(start, stop, least, most)
        if found is not None:
            return found
        if fixed:
            at = self.point(start, least, most)
            return at, at
        words = self._words(least, most)
        if not words:
            return least, least
        first, last = (words[0], words[-1]) if alone else self._by_share(start, stop, words)
        return self._target_words[first][0], self._target_words[last][1]

    def point(self, place: int, least: int, most: int) -> int:
        """Return an offset in ``target[least:most]``: that after the translation of the last source word
        before `place`.
        """
        before = [span for span in self._source_words if span[1] <= place]
        words = self._words(least, most)
        at = least
        if words and len(before) == len(self._source_words):
            at = self._target_words[words[-1]][1]
        elif before:
            at = self.span(*before[-1], least, most, alone=False)[1]
        while at < most and self._source[place - 1 : place].isspace() and self._target[at].isspace():
            at += 1
        return at

    def line_break(self, place: int, least: int, most: int) -> tuple[int, int]:
        """Return the span of a space in the target, which the line break at the offset `place` of the source
        replaces. It is the space nearest to the same relative position in the target.
        """
        spaces = [at for at in range(least, most) if self._target[at].isspace()]
        share = place * len(self._target) / max(1, len(self._source))
        at = min(spaces, key=lambda space: abs(space - share), default=most)
        return at, min(at + 1, most)

    def _found(self, start: int, stop: int, least: int, most: int) -> tuple[int, int] | None:
        """Return the span of the target to which the evidence points; None if there is no evidence."""
        same = self._same(start, stop, least, most)
        asked = [at for at, (begin, end) in enumerate(self._source_words) if begin < stop and start < end]
        words = self._words(least, most)
        if same is not None or not words:
            return same
        if len(asked) == len(self._source_words):
            return self._target_words[words[0]][0], self._target_words[words[-1]][1]
        alike = self._alike(start, stop, words)
        best = self._heaviest(asked, words, alike) if asked and (self._weights or any(alike)) else None
        return best and (self._target_words[best[0]][0], self._target_words[best[1]][1])

    def _words(self, least: int, most: int) -> list[int]:
        """Return the indices of the target words within ``target[least:most]``."""
        return [at for at, (begin, end) in enumerate(self._target_words) if least <= begin and end <= most]

    def _same(self, start: int, stop: int, least: int, most: int) -> tuple[int, int] | None:
        """Return the span of a piece of the target that is equal to ``source[start:stop]``; None if no such
        piece certainly corresponds to it.

        This is certain if source and target contain this text equally often, or if ``target[least:most]``
        contains it exactly once.
        """
        wanted = self._source[start:stop].strip()
        count = self._target.count(wanted) if wanted else 0
        if not count:
            return None
        at = -1
        if count == self._source.count(wanted):
            for _ in range(self._source.count(wanted, 0, start) + 1):
                at = self._target.index(wanted, at + 1)
        elif self._target.count(wanted, least, most) == 1:
            at = self._target.index(wanted, least, most)
        return (at, at + len(wanted)) if least <= at and at + len(wanted) <= most else None

    def _alike(self, start: int, stop: int, words: Sequence[int]) -> list[float]:
        """Return the likeness of each target word to the separate translation of ``source[start:stop]``, from
        -1 to 1.

        If no word reaches `_LIKE`, all values are 0: within its sentence the text is translated differently,
        so its separate translation does not show where it is.
        """
        own = self._part_translations.get(" ".join(self._source[start:stop].split()), "")
        wanted = [own[begin:end] for begin, end in word_places(own)]
        found = [max((likeness(self._word(at), word) for word in wanted), default=0.0) for at in words]
        return [2 * share - 1 for share in found] if max(found) >= _LIKE else [0.0] * len(words)

    def _word(self, at: int) -> str:
        begin, end = self._target_words[at]
        return self._target[begin:end]

    def _heaviest(
        self, asked: Sequence[int], words: Sequence[int], alike: Sequence[float]
    ) -> tuple[int, int] | None:
        """Return the first and last word of the sequence of `words` that best translates the source words
        `asked`; None if no sequence has a value above 0.

        `words` are indices of target words, `alike` has the likeness of each (`_alike`). The value of a word
        is its largest link weight to a word in `asked`, minus its largest link weight to any other word, plus
        `_TRUST` times its likeness, minus `_FAINT`. The value of a sequence is the sum over its words;
        Kadane's algorithm finds the sequence with the largest value.
        """
        best, here, begin = 0.0, 0.0, 0
        found = None
        for number, word in enumerate(words):
            row = self._weights[word] if self._weights else ()
            own = max((weight for at, weight in enumerate(row) if at in asked), default=0.0)
            other = max((weight for at, weight in enumerate(row) if at not in asked), default=0.0)
            here += own - other + _TRUST * alike[number] - _FAINT
            if here <= 0:
                here, begin = 0.0, number + 1
            elif here > best:
                best, found = here, (words[begin], word)
        return found

    def _by_share(self, start: int, stop: int, words: Sequence[int]) -> tuple[int, int]:
        """Return the first and last target words that have the same relative position in the target as
        ``source[start:stop]`` has in the source.
        """
        scale = len(words) / max(1, len(self._source))
        first = min(len(words) - 1, int(start * scale))
        return words[first], words[min(len(words) - 1, max(first, round(stop * scale) - 1))]


def likeness(word: str, other: str) -> float:
    """Return the length of the common beginning of two words, as a share of the length of the longer word.

    Forms of one word differ mostly in their endings.

    >>> round(likeness("новая", "Новый"), 2), likeness("об", "новый")
    (0.6, 0.0)
    """
    common = 0
    for left, right in zip(word.casefold(), other.casefold(), strict=False):
        if left != right:
            break
        common += 1
    return common / max(len(word), len(other))
