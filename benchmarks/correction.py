"""What correction by a term base does to translations, counted per term and shown edit by edit.

    python benchmarks/correction.py SOURCE.txt [--model starter] [--terms soviet-history] [--edits 100]

Translates a document, corrects it, and prints, per target language, the share of term occurrences that are
rendered by an accepted form before and after, what became of the others, and the share of the engine's own
work that correction adds. With --edits N, the first N edits are printed with their sentences, to be judged by
a person: those of the seed text that were judged are kept in tests/cases/correction_judged.tsv.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from egiz.glossary.correct import CorrectOptions, Corrector, Draft, current_places
from egiz.glossary.termbase import load
from egiz.parallel.rows import source_text, target_text
from egiz.translate.ctranslate2_engine import CTranslate2Engine
from egiz.translate.ctranslate2_forcing import CTranslate2Forcing
from egiz.translate.models import resolve
from egiz.translate.read import ReadOptions, read_all
from egiz.translate.records import Sentence, Translation
from egiz.translate.split import split
from egiz.translate.translator import Translator

_SETTLED = ("applied", "variant")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("--model", default="starter")
    parser.add_argument("--terms", default="soviet-history")
    parser.add_argument("--targets", default="ru,en")
    parser.add_argument("--margin", type=float, default=CorrectOptions().margin)
    parser.add_argument("--edits", type=int, default=0)
    arguments = parser.parse_args()
    engine = CTranslate2Engine(resolve(arguments.model))
    targets = arguments.targets.split(",")
    documents = read_all([Path(arguments.source)], ReadOptions(language="kk"))
    sentences = [sentence for document in documents for sentence in split(document)]
    start = time.perf_counter()
    rows = list(Translator(engine, "kk", targets).translate(sentences))
    translating = time.perf_counter() - start
    terms = load(arguments.terms).terms
    for at, target in enumerate(targets):
        options = CorrectOptions(margin=arguments.margin)
        corrector = Corrector(terms, "kk", target, forcing=CTranslate2Forcing(engine), options=options)
        start = time.perf_counter()
        report(corrector, [row[at] for row in rows], arguments.edits)
        print(f"  {time.perf_counter() - start:.1f} s, all translating {translating:.1f} s\n")


def draft(sentence: Sentence, found: Translation) -> Draft:
    texts = tuple(target_text(item.text, found.language) for item in found.hypotheses)
    logprobs = tuple(item.logprob for item in found.hypotheses)
    return Draft(source=source_text(sentence.text, "kk"), hypotheses=texts, logprobs=logprobs)


def report(corrector: Corrector, column: list[Translation], shown: int) -> None:
    drafts = [draft(found.sentence, found) for found in column]
    corrections = corrector.correct(drafts)
    before, after = Counter[str](), Counter[str]()
    rules, left = Counter[str](), Counter[str]()
    printed = 0
    for found, item, correction in zip(column, drafts, corrections, strict=True):
        before.update(use.outcome for use in corrector.checker.check(item.source, item.hypotheses[0]))
        after.update(use.outcome for use in corrector.checker.check(item.source, correction.text))
        rules.update(edit.rule for edit in correction.edits)
        left.update(place.reason for place in correction.left)
        for start, stop, edit in current_places(correction.edits):
            if printed < shown:
                text = correction.text
                context = f"{text[:start]}[{edit.before}→{text[start:stop]}]{text[stop:]}"
                print(f"  {found.sentence.id}\t{edit.term}\t{edit.rule}\t{context}")
                printed += 1
    print(f"kk-{corrector.target}: {sum(before.values())} uses of terms")
    for name, counts in (("before", before), ("after", after)):
        share = sum(counts[outcome] for outcome in _SETTLED) / max(1, sum(counts.values()))
        print(f"  {name:7} {share:6.1%} rendered by an accepted form  {dict(counts.most_common())}")
    print(f"  edits by rule {dict(rules.most_common())}; left alone {dict(left.most_common())}")


if __name__ == "__main__":
    main()
