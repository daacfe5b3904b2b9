"""What correction by a term base does to translations, counted per term and shown edit by edit.

    python benchmarks/correction.py SOURCE.txt [--model starter] [--terms soviet-history] [--rows FILE]

Translates a document, corrects it, and prints, per target language, the share of term occurrences that are
rendered by an accepted form before and after, what became of the others, and the share of the engine's own
work that correction adds. With --edits N, the first N edits are printed with their sentences. With --rows
FILE, what was put into the translations of the last target is written to a table, to be judged by a person:
is the form right in case and number where it stands? Those of the seed text that were judged are kept in
tests/cases/correction_judged.tsv, whose test says what the columns hold.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from pathlib import Path
from typing import Any

from egiz.glossary.check import TermUse
from egiz.glossary.correct import CorrectOptions, Corrector, Draft, current_places
from egiz.glossary.correct.candidates import Candidate
from egiz.glossary.correct.edits import changes
from egiz.glossary.termbase import load
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.models import resolve
from egiz.translate.read import ReadOptions, read_all
from egiz.translate.records import Sentence, Translation
from egiz.translate.split import split
from egiz.translate.text import source_text, target_text
from egiz.translate.translator import Translator

_SETTLED = ("applied", "variant")
_COLUMNS = ("source", "text", "term", "at", "rule", "start", "stop", "before", "after", "right", "remark")


class Recorder(Corrector):
    """Remembers each candidate that is accepted: the draft, the text it is put into, the use, the changes."""

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.accepted: list[dict[str, str | int]] = []

    def _accept(self, job: Any, use: TermUse, best: Candidate) -> None:
        made = sorted(best.changes or changes(job.text, best.text))
        start, stop = made[0][0], made[-1][1]
        self.accepted.append(
            {
                "source": job.draft.source,
                "text": job.text,
                "term": use.term.id,
                "at": use.source.start,
                "rule": best.rule,
                "start": start,
                "stop": stop,
                "before": job.text[start:stop],
                "after": best.text[start : len(best.text) - len(job.text) + stop],
            }
        )
        super()._accept(job, use, best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("--model", default="starter")
    parser.add_argument("--terms", default="soviet-history")
    parser.add_argument("--targets", default="ru,en")
    parser.add_argument("--margin", type=float, default=CorrectOptions().margin)
    parser.add_argument("--edits", type=int, default=0)
    parser.add_argument("--rows", type=Path)
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
        corrector = Recorder(terms, "kk", target, forcing=CTranslate2Forcing(engine), options=options)
        start = time.perf_counter()
        report(corrector, [row[at] for row in rows], arguments.edits)
        if arguments.rows:
            write(arguments.rows, corrector, [row[at].sentence for row in rows])
        print(f"  {time.perf_counter() - start:.1f} s, all translating {translating:.1f} s\n")


def write(path: Path, corrector: Recorder, sentences: list[Sentence]) -> None:
    """What was accepted, sentence by sentence in the order in which it was put there."""
    order = {source_text(sentence.text, "kk"): place for place, sentence in enumerate(sentences)}
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, _COLUMNS, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        table.writeheader()
        table.writerows(sorted(corrector.accepted, key=lambda row: order[str(row["source"])]))


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
