"""Rules about one entry: wordings that do not go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from egiz.glossary.lint.finding import Examined, Remark, folded


def one_language(examined: Examined) -> Iterator[Remark]:
    """An entry in one language alone has nothing that a translation could be checked against."""
    for term in examined.base.terms:
        languages = {wording.language for wording in term.wordings if wording.status != "forbidden"}
        if len(languages) == 1:
            yield Remark(
                severity="warning",
                term=term,
                message=f"there are wordings to use in {languages.pop()} alone",
                action="Add the term in another language.",
            )


def nothing_to_use(examined: Examined) -> Iterator[Remark]:
    """A language with forbidden wordings alone leaves open what to write instead."""
    for term in examined.base.terms:
        for tag in dict.fromkeys(wording.language for wording in term.wordings):
            if not term.accepted_in(tag):
                yield Remark(
                    severity="warning",
                    term=term,
                    message=f"all wordings in {tag} are forbidden",
                    action="Add the one to use instead.",
                )


def preference(examined: Examined) -> Iterator[Remark]:
    """Of the wordings in one language, one has to be the preferred one: it is what a correction inserts."""
    for term in examined.base.terms:
        usable = Counter(word.language for word in term.wordings if word.status != "forbidden")
        preferred = Counter(word.language for word in term.wordings if word.status == "preferred")
        for tag in usable:
            if preferred[tag] != 1:
                yield Remark(
                    severity="warning",
                    term=term,
                    message=f"{preferred[tag] or 'no'} wordings in {tag} are preferred",
                    action="Prefer one; the others are accepted.",
                )


def repeated(examined: Examined) -> Iterator[Remark]:
    """One wording twice in an entry."""
    for term in examined.base.terms:
        count = Counter((folded(wording), wording.status == "forbidden") for wording in term.wordings)
        for ((tag, text), _), number in count.items():
            if number > 1:
                yield Remark(
                    severity="warning",
                    term=term,
                    message=f"{text!r} ({tag}) stands in the entry {number} times",
                    action="Keep one.",
                )


def forbidden_and_accepted(examined: Examined) -> Iterator[Remark]:
    """A wording that its own entry both allows and forbids."""
    for term in examined.base.terms:
        accepted = {folded(wording) for wording in term.wordings if wording.status != "forbidden"}
        for wording in term.wordings:
            if wording.status == "forbidden" and folded(wording) in accepted:
                yield Remark(
                    severity="error",
                    term=term,
                    message=f"{wording.text!r} ({wording.language}) is both accepted and forbidden",
                    action="Decide for one.",
                )


def exact_and_inflected(examined: Examined) -> Iterator[Remark]:
    """What is never inflected needs no model of inflection."""
    for term, wording in examined.wordings():
        if wording.exact and wording.inflect_like:
            yield Remark(
                severity="warning",
                term=term,
                message=f"{wording.text!r} ({wording.language}) is exact, and inflected like "
                f"{wording.inflect_like!r}",
                action="Keep one of the two.",
            )
