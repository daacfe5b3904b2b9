"""Entries made by hand for tests of training data."""

from __future__ import annotations

from collections.abc import Sequence

from egiz.parallel.corpus import DataRow, DataSide


def side(text: str, language: str = "ru", **more: object) -> DataSide:
    return DataSide(language=language, text=text, **more)  # type: ignore[arg-type]


def entry(number: int, source: str, *sides: DataSide, document: str = "doc") -> DataRow:
    return DataRow(
        id=f"{document}:{number}.1", document=document, source_language="kk", source=source, sides=sides
    )


def pairs(texts: Sequence[tuple[str, str]], document: str = "doc") -> list[DataRow]:
    return [
        entry(number, source, side(target), document=document)
        for number, (source, target) in enumerate(texts, start=1)
    ]


NASTY = [
    ("Қайта құру «саясаты» & <b>", "Политика \"перестройки\" > 'всё'"),
    ("=1+1 \u200fשלום\u200e \u2066x\u2069", "\ufeffзнак \U0001f600\U0001f1f0\U0001f1ff 𐐷"),
    ("а\u0301 ё й ﬁ \u00a0 \u00ad", "NA"),
    ("null \\t \\n \\\\", "]]> <!-- --> %d {x} ${y}"),
    ("- тире", "#N/A"),
    ("1985", "@x, y; z|w"),
]
