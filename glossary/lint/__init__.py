"""Find mistakes in a term base before it is used: the rules in their order, and `lint`, which runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from egiz.glossary.lint.finding import Examined, LintFinding, Rule
from egiz.glossary.lint.relations import conflict, contradiction, cycle, duplicate, homograph, overlap
from egiz.glossary.lint.rules import (
    empty,
    exact_and_inflected,
    forbidden_and_accepted,
    foreign_letters,
    like_itself,
    markup,
    mixed_scripts,
    never_found,
    not_inflectable,
    nothing_to_use,
    one_language,
    other_script,
    preference,
    repeated,
    several_in_one,
    spacing,
)
from egiz.glossary.morphology.base import Morphology
from egiz.glossary.records import TermBase
from egiz.glossary.termbase import uncollected
from egiz.translate.languages import language, language_of

__all__ = ["RULES", "LintFinding", "lint"]

RULES: tuple[Rule, ...] = (
    empty,
    spacing,
    markup,
    several_in_one,
    mixed_scripts,
    other_script,
    foreign_letters,
    one_language,
    nothing_to_use,
    preference,
    repeated,
    forbidden_and_accepted,
    exact_and_inflected,
    conflict,
    contradiction,
    cycle,
    duplicate,
    homograph,
    overlap,
    never_found,
    not_inflectable,
    like_itself,
)
"""Every rule. The name of a rule, with hyphens, is the code of its findings."""


def lint(
    base: TermBase, *, source: str | None = None, morphology: Callable[[str], Morphology] | None = None
) -> list[LintFinding]:
    """Run all rules over a term base; return the findings in the order of the entries.

    `source` is the language that texts are translated from, by default the first one of the base.
    `morphology` returns the morphology of a language by its tag, by default Egiz's own. Raises LanguageError
    for an unknown source language.
    """
    if morphology is None:
        from egiz.glossary.languages import morphology as of_language

        morphology = of_language
    asked = language_of(source) if source and "-" in source else source
    tag = language(asked).tag if asked else (*base.languages, "kk")[0]
    examined = Examined(base=base, source=tag, morphology=morphology)
    with uncollected():
        found = list(_findings(examined))
    order = {term.id: number for number, term in enumerate(base.terms)}
    return sorted(found, key=lambda finding: order[finding.term])


def _findings(examined: Examined) -> Iterator[LintFinding]:
    return (
        LintFinding(
            severity=remark.severity,
            code=rule.__name__.replace("_", "-"),
            term=remark.term.id,
            place=remark.term.place,
            message=remark.message,
            action=remark.action,
        )
        for rule in RULES
        for remark in rule(examined)
    )
