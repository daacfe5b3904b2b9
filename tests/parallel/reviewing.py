"""A small folder of a build to review, and files of edits as the reader page hands them out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from egiz.glossary.records import Term, TermBase, Wording
from egiz.parallel.build.build import build
from egiz.parallel.build.terms import TermStage
from egiz.parallel.publish import PublishedRow, read_tsv
from egiz.parallel.publish.tsv import PublishedTarget
from egiz.translate.memory import MemoryLike
from egiz.translate.translator import Translator
from tests.parallel.test_build import MANIFEST, READING
from tests.translate.fakes import FakeEngine

TEXT = (
    "Хандық құрылды. Хандықтың астанасы болды.\n\n"
    "Ол хандыққа келді. Қала үлкен болды.\n\n"
    "Бұл соңғы сөйлем. Жақсы сөз."
)
ANSWERS = {
    "Хандық құрылды.": "Королевство было создано.",
    "Хандықтың астанасы болды.": "У Королевство была столица.",
    "Ол хандыққа келді.": "Он пришёл в королевство вчера.",
    "Қала үлкен болды.": "Город был большим.",
    "Бұл соңғы сөйлем.": "Это последнее предложение.",
    "Жақсы сөз.": "Хорошее слово.",
}
BASE = TermBase(
    name="cities",
    terms=(
        Term(id="town", wordings=(Wording(language="kk", text="қала"), Wording(language="ru", text="город"))),
        Term(id="word", wordings=(Wording(language="kk", text="сөз"), Wording(language="ru", text="слово"))),
    ),
)


def engine() -> FakeEngine:
    return FakeEngine(
        lambda text, source, target, decoding: [ANSWERS[text] if target == "ru" else "The text of a row."],
    )


def made(folder: Path, *, memory: MemoryLike | None = None, terms: bool = False) -> Path:
    """Build the text into `folder`/out, with a term base or without."""
    return built(folder, TEXT, memory=memory, terms=terms)


def built(folder: Path, text: str, *, memory: MemoryLike | None = None, terms: bool = False) -> Path:
    """The same of another text, whose sentences `ANSWERS` has."""
    source = folder / "text.txt"
    source.write_text(text, encoding="utf-8", newline="\n")
    translator = Translator(engine(), "kk", ("ru", "en"), memory=memory, approved=True)
    stage = TermStage(BASE, "kk", ("ru", "en")) if terms else None
    build([source], folder / "out", translator, manifest=MANIFEST, reading=READING, terms=stage)
    return folder / "out"


def rows(folder: Path) -> dict[str, PublishedRow]:
    return {row.id: row for row in read_tsv(folder / "parallel.tsv")}


def cell(folder: Path, row: str, language: str = "ru") -> PublishedTarget:
    return next(target for target in rows(folder)[row].targets if target.language == language)


def edit(row: str, before: str, after: str | None = None, **more: Any) -> dict[str, Any]:
    """One edit; a text that is not given is left as it is."""
    return {
        "row": row,
        "language": "ru",
        "before": before,
        "after": before if after is None else after,
        "approved": False,
        "comment": "",
        "time": "2026-01-01T12:00:00Z",
        **more,
    }


def edits(path: Path, *items: dict[str, Any], author: str = "A reader") -> Path:
    """A file of edits."""
    content = {
        "format": "egiz-edits",
        "version": 1,
        "table": "0" * 64,
        "author": author,
        "edits": list(items),
    }
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
