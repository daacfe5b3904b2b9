"""Texts of any length, with a translation memory that has all their translations.

The sentences are those of `corpora/` with aligned Kazakh, Russian and English, the same ones again and again
with another number each, in files of 10,000 paragraphs. Their human translations, with three others that lack
a word each, are put into a translation memory as if the starter had made them. A build is then all of the
work but the engine's: reading, splitting, looking up, scoring, writing, putting shards together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import TypeVar

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.protocol import Decoding
from egiz.translate.ladder import Options
from egiz.translate.memory import Key, Memory, Remembered
from egiz.translate.models import resolve
from egiz.translate.read import ReadOptions, read
from egiz.translate.records import Attempt, Hypothesis
from egiz.translate.split import split
from egiz.translate.text import normalise
from egiz.translate.translator import Translator

FILES = (
    "kaznu_titles",
    "kaznu_primeminister_kz",
    "kaznu_economy_gov_kz",
    "docs_microsoft_dynamics",
    "docs_gnome_mate_help",
    "tatoeba_kaz",
)
PARAGRAPHS = 10_000
Texts = tuple[str, str, str]
Item = TypeVar("Item")


def fill(folder: Path, corpora: Path, rows: int, targets: tuple[str, ...]) -> None:
    """Write the texts, and a memory that has all their translations."""
    (folder / "texts").mkdir(parents=True)
    engine = CTranslate2Engine(resolve("starter"))
    options = Options(decoding=Decoding.parse((*engine.manifest.decoding, "beam=5")))
    made = 0
    with Memory.open(folder / "home" / "memory.sqlite") as memory:
        translator = Translator(engine, "kk", targets, options=options, memory=memory)
        for number, paragraphs in enumerate(chunks(numbered(corpora), PARAGRAPHS)):
            file = folder / "texts" / f"{number:04d}.txt"
            file.write_text("\n\n".join(kazakh for kazakh, _, _ in paragraphs), encoding="utf-8")
            [document] = read(file, ReadOptions(language="kk"))
            sentences = list(islice(split(document), rows - made))
            made += len(sentences)
            if made == rows:  # the last file ends with the last row
                file.write_text(document.text[: sentences[-1].stop], encoding="utf-8")
            entries = (
                (
                    key_of(translator, sentence.text, target),
                    remembered(paragraphs[sentence.paragraph - 1], target),
                )
                for sentence in sentences
                for target in targets
            )
            for part in chunks(entries, 2000):
                memory.put(part)
            if made == rows:
                return


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of so many."""
    stream = iter(items)
    return iter(lambda: list(islice(stream, size)), [])


def numbered(corpora: Path) -> Iterator[Texts]:
    """The sentences that are in all three languages, shuffled, without end; each time with another number."""
    lines = (line for name in FILES for line in (corpora / f"{name}.tsv").open(encoding="utf-8"))
    texts = [cells[:3] for line in lines if all((cells := line.rstrip("\n").split("\t"))[:3])]
    Random(1).shuffle(texts)
    for number in count():
        for kazakh, russian, english in texts:
            yield f"{kazakh.rstrip('.')} ({number}).", f"{russian} ({number})", f"{english} ({number})"


def key_of(translator: Translator, text: str, target: str) -> Key:
    """Where the translator looks for it."""
    return translator._key(normalise(text), target)


def remembered(texts: Texts, target: str) -> Remembered:
    """The human translation with three others, as an engine's outputs."""
    words = texts[1 if target == "ru" else 2].split()
    outputs = [words, *(words[:at] + words[at + 1 :] for at in (len(words) // 4, len(words) // 2, -2))]
    return Remembered(
        hypotheses=tuple(
            Hypothesis(
                text=" ".join(output), tokens=tuple(f"▁{word}" for word in output), logprob=-0.5 - 0.1 * rank
            )
            for rank, output in enumerate(outputs)
        ),
        status="ok",
        flags=(),
        attempts=(Attempt(rung="beam", flags=()),),
    )
