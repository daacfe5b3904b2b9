"""Hand-made records, so that publishing is tested with no model."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from egiz.parallel.publish import Publication, TsvWriter, card, datapackage
from egiz.parallel.rows import Row, make_row
from egiz.parallel.scores import Scale
from egiz.parallel.summary import ModelFacts, Provenance, SourceDocument, Tally
from egiz.translate.records import Edit, Hypothesis, Sentence, Translation
from egiz.translate.text import target_text

Publish = Callable[[Path, list[Row]], Path]

_SENTENCES = (
    ('"Қайта құру" саясаты 1985 ж. басталды.', '"Перестройка" началась в 1985 году.', "It began in 1985."),
    (
        "Ол кезде М.С.Горбачев ел басқарды.",
        "Тогда страной руководил М.С.Горбачев.",
        "M.S. Gorbachev ruled then.",
    ),
    ("Хандық құрылды.", "Королевство создано.", "'The khanate' was founded - so..."),
    ("1985", "1985", "1985"),
    ("Жоқ", "Нет", "None"),
    ("Бұл сөйлем аударылмады.", None, "The the the the the."),
    ('5" құбыр', 'Труба 5"', 'A 5" pipe'),
)
_LOGPROBS = (-0.11, -0.5, -0.29, -0.02, -1.2, -2.9, -0.8)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT raises KeyboardInterrupt; whatever started the tests may have it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _translation(sentence: Sentence, language: str, text: str | None, logprob: float) -> Translation:
    repeats = text is not None and text.count("the ") > 2
    hypotheses = () if text is None else (Hypothesis(text=text, tokens=(text,), logprob=logprob),)
    return Translation(
        sentence=sentence,
        language=language,
        hypotheses=hypotheses,
        status="failed" if text is None else "suspect" if repeats else "retried" if text == "Нет" else "ok",
        flags=("empty",) if text is None else ("repeated", "long") if repeats else (),
        attempts=(),
        engine="hand",
    )


def _edited(row: Row) -> Row:
    """Correct one term, as a glossary would."""
    russian, english = row.targets
    if not russian.raw.startswith("Королевство"):
        return row
    edit = Edit(start=0, stop=11, before="Королевство", after="Ханство", term="хандық", rule="replace")
    text = target_text("Ханство создано.", "ru")
    return replace(row, targets=(replace(russian, text=text, edits=(edit,)), english))


def _scored(row: Row, logprob: float) -> Row:
    """Give each side that came to something a quality."""
    sides = zip(row.targets, (logprob, logprob / 2), strict=True)
    return replace(
        row,
        targets=tuple(replace(side, quality=math.exp(value) if side.text else None) for side, value in sides),
    )


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    """Seven rows of two documents in Kazakh, Russian and English: every status, an edit, awkward texts."""
    made = []
    for place, ((kk, ru, en), logprob) in enumerate(zip(_SENTENCES, _LOGPROBS, strict=True)):
        document, index = ("qaita-quru", place + 1) if place < 5 else ("құбыр", place - 4)
        sentence = Sentence(
            id=f"{document}:1.{index}",
            document=document,
            paragraph=1,
            index=index,
            start=0,
            stop=len(kk),
            text=kk,
        )
        sides = [_translation(sentence, "ru", ru, logprob), _translation(sentence, "en", en, logprob / 2)]
        made.append(_scored(_edited(make_row(sentence, "kk", sides)), logprob))
    return made


@pytest.fixture(scope="session")
def provenance() -> Provenance:
    return Provenance(
        title="Қайта құру",
        version="0.0.0",
        source_language="kk",
        target_languages=("ru", "en"),
        sources=(
            SourceDocument(
                id="qaita-quru", language="kk", title="Қайта құру", licence="CC-BY-SA-4.0", sha256="1" * 64
            ),
            SourceDocument(id="құбыр", language="kk", title="Құбыр | құрылыс", licence="", sha256="2" * 64),
        ),
        model=ModelFacts(
            name="hand-made",
            source="example/hand-made",
            revision="0123abc",
            fingerprint="f" * 64,
            licence="CC-BY-NC-4.0",
            precision="int8",
            engine="by hand 1.0",
        ),
        decoding="beam=5;hypotheses=4",
        splitter="rules|v1",
        quality=Scale(
            name="quality",
            low=0.0,
            high=1.0,
            direction="higher is better",
            signature="by hand|v1",
            meaning="How the hand that made these rows likes them.",
        ),
        reasons=(("empty", "says nothing"), ("repeated", "repeats itself")),
    )


@pytest.fixture(scope="session")
def publish(provenance: Provenance) -> Publish:
    """Publish rows into a folder the way the main job does; gives the path of the table."""

    def run(folder: Path, rows: list[Row]) -> Path:
        targets = provenance.target_languages
        tally = Tally(targets)
        with Publication(folder) as publication:
            with publication.open("sample.tsv") as stream:
                writer = TsvWriter(stream, provenance.source_language, targets)
                for row in rows:
                    writer.write(row)
                    tally.add(row)
            table = publication.written("sample.tsv")
            publication.write("datapackage.json", datapackage(provenance, tally.summary(), table))
            publication.write("README.md", card(provenance, tally.summary(), table))
        return folder / "sample.tsv"

    return run
