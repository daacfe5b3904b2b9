"""What correction by a term base does to translations, measured against references.

    python benchmarks/correction.py SHARED [--text flores-dev] [--rows N] [--modes safe,eager] [--edits FILE]

Translates Kazakh rows that have references, corrects them with the bases that ship and ENTRIES random entries
of the dictionaries in SHARED/corpora/dict, and prints per language and mode: the rows that were edited, their
chrF++ before and after, rows that got better and worse by it, the p-value of a paired bootstrap over the
edited rows, term accuracy (of the occurrences whose accepted form stands in the reference, the share whose
accepted form stands in the translation), what became of the terms, the edits by rule, the reasons why others
were left alone, and the processor time beside that of translating. The occurrences that the reference renders
and the corrected translation does not are counted by the reason for which they were left alone, and by
whether the translation with hints renders them; with --missing FILE each of them is written there.

`flores-dev` is for choosing settings, `flores-devtest` and `wmt19` for reporting; `--text seed` takes the
seed, which has no reference, for the time, and `news` rows of government news in a random order. With --edits
FILE every edited row is written there with source, reference, before and after, to be read by a person. With
--judged FILE (`tests/cases/correction_edits.tsv`) edited rows that were read are counted by judgement; --seed
draws other dictionary entries, as the column `seed` there says.

With --oracle nothing is corrected: the model is told, for each term whose accepted wording stands in the
reference, that wording, and the share of terms that its first output then has in an accepted form is printed
beside the share that it has without hints.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import TextIO

from egiz.glossary.check import Checker, TermUse
from egiz.glossary.correct import Correction, CorrectOptions, Corrector, Draft
from egiz.glossary.correct.job import changes
from egiz.glossary.correct.outputs import hints_of
from egiz.glossary.records import Term, Wording
from egiz.glossary.termbase import load_all
from egiz.parallel.build.job import EngineChoice
from egiz.translate.engine.ctranslate2 import Recent
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.engine.protocol import Decoding
from egiz.translate.metrics import chrf
from egiz.translate.read import ReadOptions, read_all
from egiz.translate.records import Sentence, Translation
from egiz.translate.split import split
from egiz.translate.text import normalise, source_text, target_text
from egiz.translate.translator import WINDOW, Translator

TEXTS = {
    "flores-dev": "testsets/flores200_dev_part.tsv",
    "flores-devtest": "testsets/flores200_devtest.tsv",
    "wmt19": "testsets/wmt19_kk_en.tsv",
    "seed": "seeds/qaita-quru.kk.txt",
    "news": "corpora/kaznu_primeminister_kz.tsv",
}
DICTIONARIES = {
    "ru": ("apertium_kazrus_dix", "roose_sozdik_wiki", "anmitali_dict"),
    "en": ("apertium_engkaz_dix", "roose_sozdik_wiki", "anmitali_dict"),
}
ENTRIES = 3000
Judgements = Mapping[tuple[str, int, str], str]
"""What a person says of edits, by languages, number of the row (from 1), and edits in one line."""
SAMPLES = 1000
_RIGHT = ("applied", "variant")
_PLAIN = re.compile(r"[^\W\d_]{2,}(?:[ -][^\W\d_]{2,}){0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A source sentence with its references by language."""

    source: str
    references: dict[str, str]


def read(shared: Path, name: str) -> list[Case]:
    path = shared / TEXTS[name]
    if path.suffix == ".txt":
        documents = read_all([path], ReadOptions(language="kk"))
        return [Case(source=item.text, references={}) for text in documents for item in split(text)]
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    if name == "news":  # in the order of the file, neighbouring rows are about the same event
        random.Random(0).shuffle(rows)
    return [Case(source=cells[0], references={"ru": cells[1], "en": cells[2]}) for cells in rows if cells[0]]


def dictionary(shared: Path, seed: int) -> list[Term]:
    """Random entries of the dictionaries, each Kazakh word with all its renderings as accepted wordings."""
    found: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    for column, (language, names) in enumerate(DICTIONARIES.items(), start=1):
        for name in names:
            path = shared / "corpora" / "dict" / f"{name}.tsv"
            for line in path.read_text(encoding="utf-8").splitlines():
                cells = line.split("\t")
                word = cells[0].strip()
                renderings = [part.strip() for part in re.split("[,;]", cells[column])]
                if _PLAIN.fullmatch(word) and len(word) > 2:
                    for part in filter(_PLAIN.fullmatch, renderings):
                        found[word][language].setdefault(part[:1].lower() + part[1:])
    chosen = random.Random(seed).sample(sorted(found), min(ENTRIES, len(found)))
    terms = []
    for number, word in enumerate(chosen):
        wordings = [Wording(language="kk", text=word)]
        for language, renderings in found[word].items():
            wordings += [
                Wording(language=language, text=text, status="accepted" if place else "preferred")
                for place, text in enumerate(renderings)
            ]
        terms.append(Term(id=f"dict-{number}", wordings=tuple(wordings)))
    return terms


def draft(found: Translation) -> Draft:
    texts = tuple(target_text(item.text, found.language) for item in found.hypotheses)
    return Draft(
        source=source_text(found.sentence.text, "kk"),
        hypotheses=texts,
        logprobs=tuple(item.logprob for item in found.hypotheses),
    )


def first(item: Draft) -> str:
    return item.hypotheses[0] if item.hypotheses else ""


def accuracy(checker: Checker, cases: Sequence[tuple[str, str]], texts: Sequence[str]) -> tuple[int, int]:
    """Occurrences of terms that the references render by an accepted form; and that the texts do as well."""
    wanted = right = 0
    for (source, reference), text in zip(cases, texts, strict=True):
        asked = {use.source.start for use in checker.check(source, reference) if use.outcome in _RIGHT}
        made = {use.source.start for use in checker.check(source, text) if use.outcome in _RIGHT}
        wanted, right = wanted + len(asked), right + len(asked & made)
    return wanted, right


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An occurrence that the reference renders by an accepted form and the corrected translation does not.

    `told` is the translation with hints for all such occurrences of the sentence, and `is_told` whether it
    renders this one.
    """

    use: TermUse
    place: int
    reason: str
    told: str
    is_told: bool


def missing(
    corrector: Corrector,
    forcing: CTranslate2Forcing,
    decoding: Decoding,
    pairs: Sequence[tuple[str, str]],
    found: Sequence[Correction],
) -> list[Missing]:
    """The occurrences that the references render and the corrections `found` do not, in order."""
    checker, target = corrector.checker, corrector.target
    asked: list[tuple[int, list[TermUse]]] = []
    for place, ((source, reference), item) in enumerate(zip(pairs, found, strict=True)):
        wanted = {use.source.start for use in checker.check(source, reference) if use.outcome in _RIGHT}
        left = [use for use in checker.check(source, item.text) if use.outcome not in _RIGHT]
        if own := [use for use in left if use.source.start in wanted]:
            asked.append((place, own))
    items = [(normalise(pairs[place][0]), hints_of(pairs[place][0], own, target)) for place, own in asked]
    told = forcing.retell(
        items, source=corrector.source, target=target, decoding=replace(decoding, beam=2, hypotheses=1)
    )
    made = []
    for (place, own), outputs in zip(asked, told, strict=True):
        text = target_text(outputs[0].text, target) if outputs else ""
        right = {use.source.start for use in checker.check(pairs[place][0], text) if use.outcome in _RIGHT}
        reasons = {item.start: item.reason for item in found[place].left}
        made += [
            Missing(
                use=use,
                place=place,
                reason=reasons.get(use.source.start, "inserted"),
                told=text,
                is_told=use.source.start in right,
            )
            for use in own
        ]
    return made


def oracle(
    corrector: Corrector, forcing: CTranslate2Forcing, decoding: Decoding, pairs: Sequence[tuple[str, str]]
) -> tuple[int, int, int]:
    """Terms that the references have; those that the model says on its own, and told by hints."""
    checker, target = corrector.checker, corrector.target
    asked = [
        (source, uses)
        for source, reference in pairs
        if (uses := [use for use in checker.check(source, reference) if use.outcome in _RIGHT and use.target])
    ]
    hints = [
        hints_of(
            source, [replace(use, term=Term(id="", wordings=(use.target.wording,))) for use in uses], target
        )
        for source, uses in asked
    ]
    plain = [(source_text(source, corrector.source), ()) for source, _ in asked]
    told = [(source, hint) for (source, _), hint in zip(plain, hints, strict=True)]
    counts = []
    for items in (plain, told):
        found = forcing.retell(
            [(normalise(source), hint) for source, hint in items],
            source=corrector.source,
            target=target,
            decoding=decoding,
        )
        counts.append(
            sum(
                use.outcome in _RIGHT and use.source.start in {item.source.start for item in uses}
                for (source, uses), outputs in zip(asked, found, strict=True)
                for use in checker.check(source, target_text(outputs[0].text, target) if outputs else "")
            )
        )
    return sum(len(uses) for _, uses in asked), counts[0], counts[1]


def report_missing(
    found: Sequence[Missing],
    cases: Sequence[Case],
    corrections: Sequence[Correction],
    language: str,
    file: TextIO | None,
) -> None:
    """Print how many occurrences are missing for each reason, and how many of them hints render."""
    reasons = Counter(item.reason for item in found)
    told = Counter(item.reason for item in found if item.is_told)
    shares = ", ".join(f"{reason} {count} ({told[reason]})" for reason, count in reasons.most_common())
    print(f"  missing by reason (rendered by hints): {shares}")
    for item in found if file else ():
        assert file is not None
        case, use = cases[item.place], item.use
        wordings = " | ".join(wording.text for wording in use.term.accepted_in(language))
        file.write(
            f"{language} {item.reason}: {use.form} → {wordings}; "
            f"{'' if item.is_told else 'not '}rendered by hints\n  {case.source}\n"
            f"  {case.references[language]}\n  - {corrections[item.place].text}\n  h {item.told}\n"
        )


def bootstrap(before: Sequence[float], after: Sequence[float]) -> float:
    """The share of resampled sets of rows whose mean does not rise."""
    chance, gains = random.Random(0), [new - old for old, new in zip(before, after, strict=True)]
    fails = sum(sum(chance.choices(gains, k=len(gains))) <= 0 for _ in range(SAMPLES))
    return fails / SAMPLES


def report(
    corrector: Corrector,
    mode: str,
    cases: Sequence[Case],
    drafts: Sequence[Draft],
    found: Sequence[Correction],
    seconds: tuple[float, float],
    judged: Judgements,
    file: TextIO | None,
) -> None:
    """Print the figures of one language and mode; write the edited rows to `file`.

    `judged` has the judgements on edited rows.
    """
    language = corrector.target
    rules, left, after = Counter[str](), Counter[str](), Counter[str]()
    for item, correction in zip(drafts, found, strict=True):
        rules.update(edit.rule for edit in correction.edits)
        left.update(place.reason for place in correction.left)
        after.update(use.outcome for use in corrector.checker.check(item.source, correction.text))
    edited = [place for place, correction in enumerate(found) if correction.edits]
    print(f"kk-{language} {mode}: {len(edited)} of {len(found)} rows edited, {sum(after.values())} uses")
    print(f"  translating {seconds[0]:.1f} s, terms {seconds[1]:.1f} s ({seconds[1] / seconds[0]:.2f})")
    print(f"  uses after {dict(after.most_common())}; edits by rule {dict(rules.most_common())}")
    print(f"  left alone {dict(left.most_common())}")
    referred = [place for place in edited if cases[place].references.get(language)]
    if referred:
        sides = [
            [chrf(text, cases[place].references[language]) for place, text in texts]
            for texts in (
                [(place, first(drafts[place])) for place in referred],
                [(place, found[place].text) for place in referred],
            )
        ]
        better = sum(new > old for old, new in zip(*sides, strict=True))
        worse = sum(new < old for old, new in zip(*sides, strict=True))
        p = bootstrap(*sides)
        print(f"  chrF++ of edited rows {mean(sides[0]):.2f} → {mean(sides[1]):.2f}, p {p:.3f}")
        print(f"  better : worse rows {better} : {worse}")
    pairs = [
        (item.source, case.references.get(language, "")) for item, case in zip(drafts, cases, strict=True)
    ]
    if judged:
        keys = [
            (f"kk-{language}", place + 1, edits_of(first(drafts[place]), found[place].text))
            for place in edited
        ]
        counts = Counter(judged.get(key, "not judged") for key in keys)
        print(f"  judged {dict(counts.most_common())}")
    if any(reference for _, reference in pairs):
        wanted, right = accuracy(corrector.checker, pairs, [first(item) for item in drafts])
        _, then = accuracy(corrector.checker, pairs, [item.text for item in found])
        print(f"  term accuracy {right / max(1, wanted):.1%} → {then / max(1, wanted):.1%} of {wanted}")
    for place in edited if file else ():
        item, correction = drafts[place], found[place]
        made = "; ".join(f"{e.before} → {e.after} [{e.term} {e.rule}]" for e in correction.edits)
        reference = cases[place].references.get(language, "")
        gain = chrf(correction.text, reference) - chrf(item.hypotheses[0], reference) if reference else 0.0
        assert file is not None
        file.write(
            f"{language} {mode} {gain:+.2f}\n  {item.source}\n  {reference}\n  - {item.hypotheses[0]}\n"
            f"  + {correction.text}\n  {made}\n"
        )


def edits_of(before: str, after: str) -> str:
    """The changes from one text to another in one line, as the table of judged edits has them."""
    return "; ".join(f"{before[start:stop]} → {new}" for start, stop, new in changes(before, after))


def judgements_of(path: Path, text: str) -> Judgements:
    """The judgements on rows of `text` in a table of edited sentences."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        own = [row for row in rows if row["text"] == text]
    return {(row["languages"], int(row["row"]), row["edits"]): row["judged"] for row in own}


def measure(arguments: argparse.Namespace, edits: TextIO | None, gaps: TextIO | None) -> None:
    """Translate, correct and print, for each language and mode."""
    cases = read(arguments.shared, arguments.text)[: arguments.rows or None]
    terms = list(load_all(arguments.terms.split(",")).terms)
    if not arguments.no_dictionary:
        terms += dictionary(arguments.shared, arguments.seed)
    choice = EngineChoice(model=arguments.model, no_memory=True)
    engine = choice.forcing_engine("--model")
    engine.recent = Recent()
    options = choice.options(engine.manifest)
    forcing = CTranslate2Forcing(engine)
    judgements = judgements_of(arguments.judged, arguments.text) if arguments.judged else {}
    for target in arguments.targets.split(","):
        pairs = [(source_text(case.source, "kk"), case.references.get(target, "")) for case in cases]
        if arguments.oracle:
            corrector = Corrector(terms, "kk", target, forcing=forcing)
            wanted, plain, told = oracle(
                corrector, forcing, options.decoding, [pair for pair in pairs if pair[1]]
            )
            print(f"kk-{target}: {plain / wanted:.1%} → {told / wanted:.1%} of {wanted} terms, told by hints")
            continue
        start = time.process_time()
        translator = Translator(engine, "kk", [target], options=options)
        sentences = [Sentence.alone(case.source) for case in cases]
        drafts = [draft(row[0]) for row in translator.translate(sentences)]
        translating = time.process_time() - start
        for mode in arguments.modes.split(","):
            corrector = Corrector(
                terms,
                "kk",
                target,
                forcing=forcing,
                options=CorrectOptions(mode=mode, decoding=options.decoding),
            )
            start = time.process_time()
            found = [
                item
                for at in range(0, len(drafts), WINDOW)
                for item in corrector.correct(drafts[at : at + WINDOW])
            ]
            seconds = translating, time.process_time() - start
            report(corrector, mode, cases, drafts, found, seconds, judgements, edits)
            if any(reference for _, reference in pairs):
                left = missing(corrector, forcing, options.decoding, pairs, found)
                report_missing(left, cases, found, target, gaps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--text", default="flores-dev", choices=list(TEXTS))
    parser.add_argument("--model", default="starter")
    parser.add_argument("--terms", default="soviet-history,government")
    parser.add_argument("--no-dictionary", action="store_true")
    parser.add_argument("--targets", default="ru,en")
    parser.add_argument("--modes", default="safe,eager")
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--edits", type=Path)
    parser.add_argument("--missing", type=Path)
    parser.add_argument("--judged", type=Path)
    parser.add_argument("--oracle", action="store_true")
    arguments = parser.parse_args()
    with ExitStack() as files:
        edits, gaps = (
            files.enter_context(path.open("w", encoding="utf-8")) if path else None
            for path in (arguments.edits, arguments.missing)
        )
        measure(arguments, edits, gaps)


if __name__ == "__main__":
    main()
