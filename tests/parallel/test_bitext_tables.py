"""The same pairs in every kind of table, and what several translations of one text become."""

from __future__ import annotations

from pathlib import Path

import pytest

from egiz.parallel.bitext import read_bitext, read_bitexts
from egiz.parallel.corpus.inputs import InputOptions, open_inputs, read_rows
from egiz.translate.errors import EgizError
from egiz.translate.io.tables import workbook

PAIRS = [("Ол «сөз» айтты.", "Он сказал «слово»."), ("Ол келді, кетті.", "Он пришел, ушел.")]
STRAIGHT = [('Ол "сөз" айтты.', 'Он сказал "слово".'), PAIRS[1]]


def _lines(header: str, sign: str, pairs: list[tuple[str, str]] = PAIRS) -> str:
    return "\n".join([header, *(sign.join(pair) for pair in pairs)]) + "\n"


_QUOTED = '"Ол ""сөз"" айтты."{0}"Он сказал ""слово""."\n"Ол келді, кетті."{0}"Он пришел, ушел."\n'
TABLES: list[tuple[str, str, str, dict[str, str], list[tuple[str, str]]]] = [
    ("a.tsv", _lines("kk\tru", "\t"), "utf-8", {}, PAIRS),
    ("a.tsv", _lines("kaz\trus", "\t"), "utf-8", {}, PAIRS),
    ("a.tsv", _lines("Kazakh\tRussian", "\t"), "utf-8", {}, PAIRS),
    ("a.tsv", _lines("src\ttgt", "\t"), "utf-8", {"source": "kk", "target": "ru"}, PAIRS),
    ("a.tsv", _lines("source\ttarget", "\t"), "utf-8", {"source": "kk", "target": "ru"}, PAIRS),
    ("a.tsv", _lines("мәтін\tаударма", "\t"), "utf-8", {"columns": "kk=мәтін,ru=аударма"}, PAIRS),
    ("a.tsv", "\t".join(PAIRS[0]) + "\n", "utf-8", {"columns": "kk,ru"}, PAIRS[:1]),
    ("a.tsv", _lines("kk\tru", "\t"), "utf-16", {}, PAIRS),
    ("a.txt", _lines("kk\tru", "\t"), "utf-16", {}, PAIRS),
    ("a.tsv", "kk\tru\n" + _QUOTED.format("\t"), "utf-8", {}, STRAIGHT),
    ("a.tsv", '"kk"\t"ru"\n' + _QUOTED.format("\t"), "utf-8-sig", {}, STRAIGHT),
    ("a.csv", "kk,ru\n" + _QUOTED.format(","), "utf-8", {}, STRAIGHT),
    ("a.csv", _lines("kk;ru", ";"), "utf-8-sig", {}, PAIRS),
    ("a.csv", "sep=;\n" + _lines("kk;ru", ";"), "utf-8", {}, PAIRS),
    ("a.txt", "sep=;\n" + _lines("kk;ru", ";"), "utf-8", {}, PAIRS),
]


@pytest.mark.parametrize(("name", "text", "encoding", "options", "pairs"), TABLES)
def test_every_table_gives_its_pairs(
    tmp_path: Path, name: str, text: str, encoding: str, options: dict[str, str], pairs: list[tuple[str, str]]
) -> None:
    (tmp_path / name).write_bytes(text.encode(encoding))
    found = list(read_bitext(tmp_path / name, **options))
    assert [(item.source, item.target) for item in found] == pairs
    assert {(item.source_language, item.target_language) for item in found} == {("kk", "ru")}
    inputs = InputOptions(**options)
    entries = list(read_rows(open_inputs([tmp_path / name], inputs), inputs))
    assert [(entry.source, *(side.text for side in entry.sides)) for entry in entries] == pairs


def test_a_workbook_gives_its_pairs(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook({"t": [("kk", "ru"), *PAIRS]}))
    assert [(item.source, item.target) for item in read_bitext(tmp_path / "a.xlsx")] == PAIRS


def test_moses_files_are_found_by_one_of_them_and_read_once(tmp_path: Path) -> None:
    for at, tag in enumerate(("kk", "ru")):
        (tmp_path / f"c.{tag}").write_text("".join(f"{pair[at]}\n" for pair in PAIRS), encoding="utf-8")
    kk, ru = tmp_path / "c.kk", tmp_path / "c.ru"
    assert [(item.source, item.target) for item in read_bitexts([kk, ru])] == PAIRS
    assert [(item.target, item.source) for item in read_bitext(ru)] == PAIRS
    assert [(item.source, item.target) for item in read_bitext(ru, "kk", "ru")] == PAIRS
    ru.write_text("Он.\n", encoding="utf-8")
    with pytest.raises(EgizError, match=r"c\.ru: ends after line 1; expected as many lines as its pair"):
        list(read_bitext(kk))


PO = """msgid ""
msgstr "Language: ru\\n"

msgid "%1 файл"
msgid_plural "%1 файлы"
msgstr[0] "файл"
msgstr[1] "файла"
msgstr[2] "файлов"
"""
TMX = """<?xml version="1.0"?><tmx version="1.4"><header srclang="kaz"/><body><tu>
<tuv xml:lang="kaz"><seg>Ия</seg></tuv><tuv xml:lang="rus"><seg>Да</seg></tuv>
<tuv xml:lang="rus"><seg>Ага</seg></tuv></tu></body></tmx>"""


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        (
            "a.po",
            PO,
            [("1[0]", "%1 файл", "файл"), ("1[1]", "%1 файлы", "файла"), ("1[2]", "%1 файлы", "файлов")],
        ),
        ("a.tmx", TMX, [("1", "Ия", "Да"), ("1.2", "Ия", "Ага")]),
    ],
)
def test_every_translation_of_a_text_is_a_row(
    tmp_path: Path, name: str, text: str, rows: list[tuple[str, str, str]]
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    options = InputOptions(source="kk")
    entries = read_rows(open_inputs([tmp_path / name], options), options)
    assert [(entry.id, entry.source, side.text) for entry in entries for side in entry.sides] == rows
