"""Measure the sentence splitter beside its peers and print one table.

    python benchmarks/splitting.py FOLDER

FOLDER holds `flores200_devtest.tsv` (columns kk, ru, en; one sentence per cell). Paragraphs are five
consecutive sentences. `spaced` joins them with one space; `glued` (Kazakh) takes out the space behind
every full stop. A boundary is the number of characters other than white space before it, the paragraph's
end left out; precision, recall and F1 are over all paragraphs together. A peer that is not
installed is left out, and a line says so.
"""

from __future__ import annotations

import importlib
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from egiz.translate.records import Document
from egiz.translate.split import split

LANGUAGES = ("kk", "ru", "en")
PARAGRAPH = 5
Splitter = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Boundary counts: found and right, found, and in the gold; all as whole numbers."""

    right: int
    found: int
    gold: int

    @property
    def precision(self) -> float:
        """Share of the found boundaries that are right, 0..1."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold boundaries that are found, 0..1."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two, 0..1, higher is better."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 0.0


def read_column(path: Path, column: str) -> list[str]:
    """Read one column of a headerless kk, ru, en table, empty cells left out."""
    rows = path.read_text(encoding="utf-8").splitlines()
    at = LANGUAGES.index(column)
    return [cell.strip() for cell in (row.split("\t")[at] for row in rows) if cell.strip()]


def groups(sentences: Sequence[str]) -> Iterable[Sequence[str]]:
    """Cut a list into runs of five; a rest of one sentence has no boundary and is left out."""
    runs = (sentences[at : at + PARAGRAPH] for at in range(0, len(sentences), PARAGRAPH))
    return (run for run in runs if len(run) > 1)


def boundaries(pieces: Iterable[str]) -> set[int]:
    """Give the boundaries between pieces, counted in characters other than white space."""
    total, marks = 0, []
    for piece in pieces:
        total += len(re.sub(r"\s", "", piece))
        marks.append(total)
    return set(marks[:-1])


def measure(splitter: Splitter, sentences: Sequence[str], *, glued: bool = False) -> Score:
    """Score a splitter on paragraphs made of known sentences."""
    right = found = gold = 0
    for run in groups(sentences):
        text = " ".join(run)
        want = boundaries(run)
        have = boundaries(splitter(re.sub(r"\.\s+", ".", text) if glued else text))
        right, found, gold = right + len(want & have), found + len(have), gold + len(want)
    return Score(right=right, found=found, gold=gold)


def peers(language: str) -> dict[str, Splitter | str]:
    """Give each peer's splitter for a language at its best setting, or the reason why there is none."""
    makers: dict[str, Callable[[str], Splitter]] = {
        "razdel": _razdel,
        "simplemma": _simplemma,
        "sentence-splitter": _sentence_splitter,
        "pysbd": _pysbd,
    }
    made: dict[str, Splitter | str] = {}
    for name, make in makers.items():
        try:
            made[name] = make(language)
        except ImportError:
            made[name] = "not installed"
    return made


def _razdel(language: str) -> Splitter:
    sentenize = importlib.import_module("razdel").sentenize
    return lambda text: [piece.text for piece in sentenize(text)]


def _simplemma(language: str) -> Splitter:
    split_sentences = importlib.import_module("simplemma").split_sentences
    return lambda text: list(split_sentences(text))


def _sentence_splitter(language: str) -> Splitter:
    made = importlib.import_module("sentence_splitter").SentenceSplitter(
        language=language if language != "kk" else "ru"
    )
    return lambda text: list(made.split(text))


def _pysbd(language: str) -> Splitter:
    made = importlib.import_module("pysbd").Segmenter(language=language, clean=False)
    return lambda text: list(made.segment(text))


def egiz(text: str, language: str) -> list[str]:
    """Give Egiz's raw slices; a sentence's text would not do, as its repairs may drop a character."""
    document = Document(id="benchmark", language=language, text=text)
    return [text[sentence.start : sentence.stop] for sentence in split(document)]


def speed(text: str, language: str) -> float:
    """Give code points per second on one text."""
    start = time.perf_counter()
    list(split(text, language))
    return len(text) / (time.perf_counter() - start)


def report(folder: Path) -> None:
    """Print the accuracy table and the throughput lines."""
    for language in LANGUAGES:
        sentences = read_column(folder / "flores200_devtest.tsv", language)
        ours: dict[str, Splitter | str] = {"egiz": partial(egiz, language=language)}
        for name, splitter in {**ours, **peers(language)}.items():
            if isinstance(splitter, str):
                print(f"{language}  {name:18} {splitter}, left out")
                continue
            print(_line(language, name, "spaced", measure(splitter, sentences)))
            if language == "kk":
                print(_line(language, name, "glued", measure(splitter, sentences, glued=True)))
    sentences = read_column(folder / "flores200_devtest.tsv", "kk")
    prose = "\n\n".join(" ".join(run) for run in groups(sentences))
    texts = {
        "prose": (prose * (1_000_000 // len(prose) + 1))[:1_000_000],
        "one line with stops": (prose.replace("\n\n", " ") * 9)[:1_000_000],
        "one line, no stops": ("сөз " * 250_000),
        "one word": "а" * 1_000_000,
        "only stops": "." * 1_000_000,
        "spaced stops": ". " * 500_000,
        "initials": "А. " * 333_333,
        "open quotes": "«а “б " * 166_666,
    }
    for name, text in texts.items():
        print(f"speed  {name:20} {speed(text, 'kk'):12,.0f} characters/s")


def _line(language: str, name: str, setting: str, score: Score) -> str:
    figures = f"P {score.precision:.4f}  R {score.recall:.4f}  F1 {score.f1:.4f}"
    return f"{language}  {name:18} {setting:7} {figures}"


if __name__ == "__main__":
    report(Path(sys.argv[1]))
