"""Replace a Kazakh rendering by another wording with the same suffixes.

The suffixes are taken off as a chain (plural, possessor, case, predicate …) and put on the new stem one by
one, so that their vowels and first letters suit it: құжаттарымыздан, файлдарымыздан. An ending after a
quotation mark or a hyphen stays behind that mark: «Келісімшарт»тың, «Шарт»тың. A following particle is
adapted to the new word: құжат па, файл ма.
"""

from __future__ import annotations

import re

from egiz.glossary.kazakh.endings import (
    HARMONIES,
    PLURAL,
    SOUNDS,
    THIRD,
    Chain,
    endings,
    sound_of,
    suited,
    table,
)
from egiz.glossary.kazakh.sounds import fold, harmonies, shapes
from egiz.glossary.kazakh.wordings import Head, Parsed, heads, is_pronounced, parse
from egiz.glossary.morphology.base import Change, Refusal
from egiz.glossary.morphology.spelling import cut_runs
from egiz.glossary.records import Form, Match, Wording

_NEXT = re.compile(r"\s+([^\W\d_]+)(?!\w)")
_OPENING = re.compile(r"\s*[«“„\"]\w")


def kazakh_swap(
    text: str, match: Match, wording: Wording, source: tuple[Form, ...]
) -> tuple[tuple[Change, ...], ...] | Refusal:
    """Return the ways to replace the rendering `match` by `wording`, or a refusal.

    See `Swap` in `morphology/base.py`.
    """
    old, new = parse(match.wording), parse(wording)
    if not old.raw or not new.raw or new.fixed or wording.number == "plural":
        return "no form"
    if _OPENING.match(text, match.stop):
        return "part"
    now = text[match.start : match.stop]
    words = cut_runs(now)
    if len(words) < len(old.raw):
        return "no form"
    last = words[len(old.raw) - 1]
    if len(words) > len(old.raw):
        if fold(last.text) != old.folded[-1]:
            return "no form"
        made = _with_separate_ending(now[last.stop : words[-1].start], words[-1].text, old, new, wording)
    else:
        before = cut_runs(text[: match.start])[-1:]
        owner = fold(before[0].text) if before else ""
        made = _inflected_like(fold(last.text), old, new, wording, owner, tail=now[last.stop :])
    results = {
        (*((match.start, match.stop, replaced),), *particle)
        for replaced in made
        if (particle := _particle(text, match, replaced)) is not None
    }
    if not results:
        return "agreement" if made else "no form"
    return tuple(sorted(results))


def _inflected_like(
    word: str, old: Parsed, new: Parsed, wording: Wording, owner: str, *, tail: str
) -> set[str]:
    """Return the new wording with the suffixes of `word`, which is a form of the old one.

    `owner` is the folded word before the rendering. The result has several items if the suffixes are
    ambiguous, and none if one of their meanings has no certain form.
    """
    made: set[str | None] = set()
    phrase = len(old.raw) > 1
    if word == old.folded[-1] and new.spelled:
        return {wording.text + tail}
    for head in heads(old.folded[-1], phrase=phrase):
        for chain in _confirmed(_chains(head.stem, word, name=old.raw[-1][:1].isupper()), owner):
            made.add(_composed(chain, head, new, wording))
        if made:
            break
    return {form + tail for form in made if form is not None} if None not in made else set()


def _chains(stem: str, word: str, *, name: bool) -> list[Chain]:
    """Return the suffix chains that `word` may have after `stem`."""
    found: dict[Chain, None] = {}
    for shape in shapes(stem, name=name):
        ending = word[len(shape.text) :]
        if word.startswith(shape.text) and shape.stands_before(ending):
            for harmony in shape.harmonies:
                found.update(dict.fromkeys(endings(shape.sound, harmony).chains.get(ending, ())))
    return list(found)


def _confirmed(chains: list[Chain], before: str) -> list[Chain]:
    """Return the chains that the word before confirms: "our" after біздің, "we are" after біз.

    All chains are returned if that word does not decide.
    """
    rules = table()["context"]
    ours = [chain for chain in chains if any(link[3] for link in chain)]
    if len(ours) in (0, len(chains)):
        return chains
    if before.endswith(tuple(rules["owners"].split())):
        return ours
    return [chain for chain in chains if chain not in ours] if before in rules["subjects"].split() else chains


def _composed(chain: Chain, old: Head, new: Parsed, wording: Wording) -> str | None:
    """Return the new wording with the suffix chain that the old head had; None if that is uncertain."""
    if new.spelled:
        return wording.text if not chain else None
    head = heads(new.folded[-1], phrase=len(new.raw) > 1)[0]
    suited_chain = _fitted(chain, old, head)
    if suited_chain is None:
        return None
    for shape in shapes(head.stem, name=new.raw[-1][:1].isupper()):
        ending = endings(shape.sound, shape.harmonies[0]).by_chain.get(suited_chain)
        if ending is not None and shape.stands_before(ending):
            return (
                _words_before_last(wording) + _capitalised_like(new.raw[-1], shape.text + ending) + new.tail
            )
    return None


def _fitted(chain: Chain, old: Head, new: Head) -> Chain | None:
    """Adapt a suffix chain to a new head.

    A head whose dictionary form has a possessive keeps it in all forms (жұмыс орн-ы). If the new head is such
    a head and the chain has no possessive, this possessive is added to the chain. Returns None if the number
    does not fit. Also returns None if only the old head is such a head and the chain has a possessive of the
    third person, because this possessive may also be that of an owner.
    """
    if (new.plural and PLURAL not in chain) or (old.plural and not new.plural and PLURAL not in chain):
        return None
    has_owner = any(link[3] for link in chain)
    if old.possessed and not new.possessed:
        return None if THIRD in chain else chain
    if not new.possessed or has_owner:
        return chain
    place = 1 if chain[:1] == (PLURAL,) else 0
    return (*chain[:place], THIRD, *chain[place:])


def _with_separate_ending(gap: str, ending: str, old: Parsed, new: Parsed, wording: Wording) -> set[str]:
    """Return the new wording with an ending after a quotation mark or hyphen (`gap`).

    The result has several items if the ending is ambiguous, and none if the form is not certain.
    """
    folded = fold(ending)
    chains = {
        chain
        for sound in SOUNDS
        for harmony in HARMONIES
        for chain in endings(sound, harmony).chains.get(folded, ())
    }
    word = new.folded[-1]
    is_known = not new.spelled or bool(wording.inflect_like) or is_pronounced(word)
    if not chains or not is_known or old.raw[-1].isdigit():
        return set()
    is_possessed = heads(word, phrase=len(new.raw) > 1)[0].possessed
    if is_possessed:
        return set()
    model = fold(wording.inflect_like) or word
    written = endings(sound_of(model.rstrip("ьъ")[-1:]), harmonies(model)[0]).by_chain
    made = {written.get(chain) for chain in chains}
    return (
        {wording.text + gap + new_ending for new_ending in made if new_ending} if None not in made else set()
    )


def _words_before_last(wording: Wording) -> str:
    return wording.text[: cut_runs(wording.text)[-1].start]


def _capitalised_like(raw: str, last: str) -> str:
    """Return the inflected word `last` with the capitals of its dictionary form `raw`.

    They are copied as far as the two words begin alike.
    """
    same = 0
    while same < min(len(raw), len(last)) and fold(raw[same]) == last[same]:
        same += 1
    return raw[:same] + last[same:]


def _particle(text: str, match: Match, made: str) -> tuple[Change, ...] | None:
    """Return the change that adapts the particle after a rendering to the new words `made`.

    The result is an empty tuple if nothing has to change, and None if it is uncertain whether the word after
    the rendering is a particle.
    """
    found = _NEXT.match(text, match.stop)
    if found is None:
        return ()
    before, after = fold(cut_runs(text[match.start : match.stop])[-1].text), fold(cut_runs(made)[-1].text)
    for pattern in table()["context"]["separate"].split():
        old = {suited(pattern, before, harmony) for harmony in harmonies(before)}
        new = suited(pattern, after, harmonies(after)[0])
        word = found[1]
        if word.lower() not in old or word.lower() == new:
            continue
        if word.lower() in table()["context"]["pronouns"].split():
            return None
        return ((found.start(1), found.end(1), new.upper() if word.isupper() else new),)
    return ()
