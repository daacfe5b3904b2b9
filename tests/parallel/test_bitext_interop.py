"""Files that translate-toolkit writes, a program of its own, are read as they were meant.

Its package is called `translate`, as the folder of ours beside the tests is; so it runs in a process of its
own that does not see the checkout.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from egiz.parallel.bitext import read_bitext

try:
    version("translate-toolkit")
except PackageNotFoundError:
    pytest.skip("translate-toolkit is not installed", allow_module_level=True)

PAIRS = [
    ("Қайта құру саясаты", "Политика перестройки"),
    ("A & B < C > “D”", "А & Б < В > «Г»"),
    ('tab\there, line\nthere, "quote", back\\slash', 'знак\tтут, строка\nтам, "кавычка", черта\\'),
    ("е\u0308жік \U0001f600 \u00a0", "ёжик"),
    ("untranslated", ""),
]
READ = [
    ("Қайта құру саясаты", "Политика перестройки"),
    ("A & B < C > “D”", "А & Б < В > «Г»"),
    ('tab here, line there, "quote", back\\slash', 'знак тут, строка там, "кавычка", черта\\'),
    ("ёжік \U0001f600", "ёжик"),
    ("untranslated", ""),
]

WRITER = """
import json, sys
from translate.storage import pypo, tmx, xliff, xliff2
kind, path, pairs = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
if kind == "tmx":
    store = tmx.tmxfile()
    for source, target in pairs:
        store.addtranslation(source, "kk", target, "ru")
else:
    store = {"po": pypo.pofile, "xlf": xliff.xlifffile, "xliff": xliff2.Xliff2File}[kind]()
    if kind == "po":
        store.updateheader(
            add=True, Language="ru", X_Source_Language="kk", Content_Type="text/plain; charset=UTF-8"
        )
    else:
        store.setsourcelanguage("kk")
        store.settargetlanguage("ru")
    for source, target in pairs:
        store.addsourceunit(source).target = target
store.savefile(path)
"""

PLURALS = """
import sys
from translate.misc.multistring import multistring
from translate.storage import pypo
store = pypo.pofile()
unit = store.addsourceunit(multistring(["%d term", "%d terms"]))
unit.target = multistring(["%d термин", "%d термина", "%d терминов"])
unit.markfuzzy()
old = store.addsourceunit("old")
old.target = "старый"
old.makeobsolete()
store.savefile(sys.argv[1])
"""


def run(script: str, *arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-I", "-c", script, *map(str, arguments)], check=True)


@pytest.mark.parametrize("kind", ["tmx", "po", "xlf", "xliff"])
def test_files_of_translate_toolkit(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.{kind}"
    run(WRITER, kind, path, json.dumps(PAIRS))
    found = list(read_bitext(path, "kk", "ru"))
    assert [(segment.source, segment.target) for segment in found] == READ
    assert not any(segment.draft for segment in found if segment.target)


def test_plural_messages_of_translate_toolkit(tmp_path: Path) -> None:
    path = tmp_path / "x.po"
    run(PLURALS, path)
    found = list(read_bitext(path, "en", "ru"))
    assert [(segment.source, segment.target, segment.draft) for segment in found] == [
        ("%d term", "%d термин", True),
        ("%d terms", "%d термина", True),
        ("%d terms", "%d терминов", True),
    ]
