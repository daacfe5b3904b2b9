"""Measure the translation memory: puts and look-ups a second, and bytes an entry.

    python benchmarks/memory.py [entries]

Entries are like real ones: four hypotheses of some 25 pieces for a sentence of 120 characters. Puts are
committed in batches of 500; look-ups are of 128 keys, all known, and of as many unknown ones.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from egiz.translate.memory import Key, Memory, Remembered
from egiz.translate.records import Attempt, Hypothesis

SENTENCE = "Қайта құру саясаты 1985 жылы басталып, қоғамның барлық салаларын қамтыды, бірақ табыс әкелмеді"
OUTPUT = "Политика перестройки началась в 1985 году и охватила все сферы жизни общества, но без успеха"


def entry(number: int) -> tuple[Key, Remembered]:
    """An entry like those of a real run."""
    key = Key(
        engine="starter-4f1c int8", source="kk", target="ru", settings="beam=5", text=f"{SENTENCE} {number}"
    )
    tokens = tuple(f"▁{part}" for word in OUTPUT.split() for part in (word[:5], word[5:]) if part)
    hypotheses = tuple(
        Hypothesis(text=f"{OUTPUT} {number}.{place}", tokens=tokens, logprob=-0.1234567890123 * (place + 1))
        for place in range(4)
    )
    attempts = (Attempt(rung="beam", flags=()),)
    return key, Remembered(hypotheses=hypotheses, status="ok", flags=(), attempts=attempts)


@contextmanager
def measured(what: str, count: int) -> Iterator[None]:
    """Print how many a second: by the clock, and by the processor time that this process had."""
    clock, processor = time.perf_counter(), time.process_time()
    yield
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"{what:36}{count / clock:10,.0f} a second, {count / processor:10,.0f} a second of processor time")


def look_up(memory: Memory, keys: Sequence[Key]) -> int:
    """Look all keys up by 128, and say how many were known."""
    return sum(len(memory.get(keys[start : start + 128])) for start in range(0, len(keys), 128))


def main(entries: int = 20_000) -> None:
    """Print the figures."""
    items = [entry(number) for number in range(entries)]
    known = [key for key, _ in items]
    unknown = [replace(key, target="en") for key in known]
    with TemporaryDirectory() as folder, Memory.open(Path(folder) / "memory.sqlite") as memory:
        with measured("puts in commits of 500", entries):
            for start in range(0, entries, 500):
                memory.put(items[start : start + 500])
        with measured("look-ups by 128, all known", entries):
            assert look_up(memory, known) == entries
        with measured("look-ups by 128, none known", entries):
            assert look_up(memory, unknown) == 0
        print(f"{memory.stats().size / entries:,.0f} bytes an entry")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
