"""Bilingual files of programs and offices: Qt, Android, JSON, .properties, CSV, XLSX."""

from __future__ import annotations

from pathlib import Path

import pytest

from egiz.parallel.bitext import read_bitext
from egiz.parallel.bitext.rewrite import read_units
from egiz.translate.errors import InputError, OptionError

Row = tuple[str, str, str, bool]

QT = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru_RU">
<context><name>Main</name>
<message><location filename="main.cpp" line="7"/><source>Open the file</source>
 <translation>Открыть файл</translation></message>
<message id="quit"><source>Quit</source><translation type="unfinished">Выход</translation></message>
<message><source>Old</source><translation type="vanished">Старый</translation></message>
<message numerus="yes"><source>%n user(s)</source>
 <translation><numerusform>%n пользователь</numerusform><numerusform>%n юзера</numerusform>
 </translation></message>
</context></TS>
"""
ANDROID = """<resources xmlns:xliff="urn:oasis:names:tc:xliff:document:1.2">
<string name="app" translatable="false">Egiz</string>
<string name="hello">It\\'s the <b>court</b> of <xliff:g id="n">%1$s</xliff:g></string>
<plurals name="users"><item quantity="one">%d user</item><item quantity="other">%d users</item></plurals>
<string-array name="days"><item>Monday</item></string-array>
<string name="new">New</string></resources>
"""
ANDROID_RU = """<resources xmlns:xliff="urn:oasis:names:tc:xliff:document:1.2">
<string name="hello">Это \\"суд\\" <xliff:g id="n">%1$s</xliff:g></string>
<plurals name="users"><item quantity="few">%d пользователя</item></plurals>
<string-array name="days"><item>Понедельник</item></string-array></resources>
"""


def rows(path: Path, source: str | None = None, target: str | None = None, **more: str) -> list[Row]:
    found = read_bitext(path, source, target, **more)
    return [(item.id, item.source, item.target, item.draft) for item in found]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def test_qt_linguist(tmp_path: Path) -> None:
    path = write(tmp_path / "app_ru.ts", QT)
    assert rows(path) == [
        ("1", "Open the file", "Открыть файл", False),
        ("quit", "Quit", "Выход", True),
        ("4:0", "%n user(s)", "%n пользователь", False),
        ("4:1", "%n user(s)", "%n юзера", False),
    ]
    first = next(iter(read_bitext(path)))
    assert (first.source_language, first.target_language, first.line) == ("en", "ru", 6)


def test_android_strings_stand_beside_those_of_the_source(tmp_path: Path) -> None:
    write(tmp_path / "res/values/strings.xml", ANDROID)
    path = write(tmp_path / "res/values-ru-rRU/strings.xml", ANDROID_RU)
    assert rows(path, "en") == [
        ("hello", "It's the court of \ufffc", 'Это "суд" \ufffc', False),
        ("users#few", "%d users", "%d пользователя", False),
        ("days#0", "Monday", "Понедельник", False),
        ("users#one", "%d user", "", False),
        ("new", "New", "", False),
    ]


JSON_EN = (
    '{"menu": {"open": "Open", "n_other": "{{n}} files"}, "list": ["a", "b"], "on": true, "@x": {"y": "z"}}'
)
JSON_RU = '{\n "menu": {\n  "open": "Открыть",\n  "n_few": "{{n}} файла"},\n "list": ["а"]\n}\n'


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("en.json", "ru.json"),
        ("en-US.json", "ru-RU.json"),
        ("app_en.arb", "app_ru.arb"),
        ("menu.json", "menu.ru.json"),
        ("locales/en/menu.json", "locales/ru/menu.json"),
        ("i18n/en/a/menu.json", "i18n/ru/a/menu.json"),
    ],
)
def test_json_by_the_names_of_files_and_folders(tmp_path: Path, source: str, target: str) -> None:
    write(tmp_path / source, JSON_EN)
    path = write(tmp_path / target, JSON_RU)
    found = list(read_bitext(path, "en", "ru"))
    assert [(item.id, item.source, item.target, item.line) for item in found] == [
        ("menu.open", "Open", "Открыть", 3),
        ("menu.n_few", "{{n}} files", "{{n}} файла", 4),
        ("list.0", "a", "а", 5),
        ("list.1", "b", "", 1),
    ]
    assert {(item.source_language, item.target_language) for item in found} == {("en", "ru")}


def test_json_of_browsers_has_messages_and_remarks(tmp_path: Path) -> None:
    write(
        tmp_path / "en/messages.json",
        '{"a": {"message": "Open", "description": "a verb"}, "b": {"description": "x"}}',
    )
    path = write(tmp_path / "kk/messages.json", '{"a": {"message": "Ашу"}, "b": {"description": "у"}}')
    assert [row[:3] for row in rows(path, "en")] == [
        ("a.message", "Open", "Ашу"),
        ("b.description", "x", "у"),
    ]


@pytest.mark.parametrize(
    ("source", "encoding"), [("menu_en.properties", "utf-8"), ("menu.properties", "latin-1")]
)
def test_java_properties(tmp_path: Path, source: str, encoding: str) -> None:
    write(tmp_path / source, "# é\nopen = Open\nquit: Quit \\\n  now\nname=caf\u00e9\n", encoding)
    path = write(
        tmp_path / "menu_ru.properties",
        "open=\\u041e\\u0442\\u043a\\u0440\\u044b\\u0442\\u044c\n\nname=кафе\n",
    )
    found = list(read_bitext(path, "en"))
    assert [(item.id, item.source, item.target, item.line) for item in found] == [
        ("open", "Open", "Открыть", 1),
        ("name", "café", "кафе", 3),
        ("quit", "Quit now", "", 1),
    ]


@pytest.mark.parametrize(
    ("text", "name", "columns", "expected"),
    [
        ("ID;English;Russian\n7;The court;Суд\n", "a.csv", None, ("7", "The court", "Суд")),
        ('en,ru\n"Open, please",Открыть\n', "a.csv", None, ("2", "Open, please", "Открыть")),
        ("source\ttarget\nThe court\tСуд\n", "a.tsv", None, ("2", "The court", "Суд")),
        ("src\tnote\ttgt\nThe court\tx\tСуд\n", "a.tsv", None, ("2", "The court", "Суд")),
        ("kaz\trus\tKey\nСот\tСуд\tx\n", "a.tsv", "id=Key,kk=kaz,ru=rus", ("x", "Сот", "Суд")),
        (
            "Text,Other,Note\nThe court,Суд,x\n",
            "a.csv",
            "source=Text,target=Other",
            ("2", "The court", "Суд"),
        ),
        ("x;The court;Суд\n", "a.csv", "target=3,source=2", ("1", "The court", "Суд")),
        ("sep=;\nen;ru\nThe court;Суд\n", "a.csv", None, ("3", "The court", "Суд")),
    ],
)
def test_tables(tmp_path: Path, text: str, name: str, columns: str | None, expected: tuple[str, ...]) -> None:
    path = write(tmp_path / name, text)
    source, target = ("kk", "ru") if "kaz" in text else ("en", "ru")
    [found] = read_bitext(path, source, target, columns=columns)
    assert (found.id, found.source, found.target) == expected
    assert (found.source_language, found.target_language) == (source, target)


def test_a_workbook(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["Key", "Kazakh", "Russian"], ["a", "Сот", "Суд"], [None, None, None], ["b", 5, None]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert rows(tmp_path / "a.xlsx", columns="id=Key,kk=Kazakh,ru=Russian") == [
        ("a", "Сот", "Суд", False),
        ("b", "5", "", False),
    ]


@pytest.mark.parametrize(
    ("files", "name", "source", "says"),
    [
        ({"ru.json": "{}"}, "ru.json", None, "Give it with --from"),
        ({"ru.json": "{}"}, "ru.json", "en", "no file of the source language 'en'"),
        ({"package.json": "{}"}, "package.json", "en", "its name contains no language"),
        ({"en.json": "{}", "ru.json": '{"a": "б",\n "a": "в"}'}, "ru.json", "en", "ru.json:2:2: 'a'"),
        ({"en.json": "{}", "ru.json": '{"a"\n}'}, "ru.json", "en", "ru.json:2:1: is not JSON"),
        (
            {"a.properties": "", "a_ru.properties": "b=\\u04"},
            "a_ru.properties",
            "en",
            "is not a valid escape",
        ),
        ({"a.csv": "x,y,z\n1,2,3\n"}, "a.csv", "en", "no header with languages"),
        ({"a.csv": "en,ru\n1,2,3\n"}, "a.csv", "en", "a.csv:2: 3 cells"),
        ({"a.csv": "source,target\n1,2\n"}, "a.csv", None, "Give it with --from"),
        (
            {"a.ts": "<TS language='ru'><message><translation/></message></TS>"},
            "a.ts",
            None,
            "has no <source>",
        ),
    ],
)
def test_is_refused(
    tmp_path: Path,
    files: dict[str, str],
    name: str,
    source: str | None,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for file, text in files.items():
        write(tmp_path / file, text)
    with pytest.raises((InputError, OptionError)) as caught:
        list(read_bitext(Path(name), source))
    assert says in str(caught.value)


def test_what_cannot_be_rewritten_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "en,ru\ncourt,суд\n")
    with pytest.raises(InputError, match="not rewritten"):
        list(read_units(path))


def test_columns_are_for_tables_only(tmp_path: Path) -> None:
    path = write(tmp_path / "app_ru.ts", QT)
    with pytest.raises(OptionError, match="--columns"):
        list(read_bitext(path, columns="source=1,target=2"))
