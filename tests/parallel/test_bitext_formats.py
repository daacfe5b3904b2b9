"""Bilingual files of every format: what is read of them, in which language, and from where."""

from __future__ import annotations

import resource
from collections import deque
from pathlib import Path

import pytest

from egiz.parallel.bitext import Segment, read_bitext
from egiz.parallel.bitext.segment import OBJECT, matching, plain_tag, tidy
from egiz.parallel.rows import Row
from egiz.translate.errors import InputError, OptionError
from egiz.translate.languages import known_tag
from tests.parallel.conftest import Publish

CASES = Path(__file__).parent.parent / "cases" / "bitext"


def texts(segments: list[Segment]) -> list[tuple[str, str, str]]:
    return [(segment.id, segment.source, segment.target) for segment in segments]


def read(name: str, source: str | None = None, target: str | None = None) -> list[Segment]:
    return list(read_bitext(CASES / name, source, target))


def table(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return path


def test_a_translation_memory_in_the_languages_asked_for() -> None:
    found = read("memory.tmx", "kk", "ru")
    assert texts(found) == [
        ("first", f"Қайта құрудың саясаты{OBJECT}мен", "политика перестройки"),
        ("2", f"Ел {OBJECT} & халық", "Страна и народ"),
        ("2.2", f"Ел {OBJECT} & халық", "Страна — народ"),
        ("third", "", ""),
    ]
    assert {(segment.source_language, segment.target_language) for segment in found} == {("kk", "ru")}
    assert [segment.line for segment in found] == [7, 14, 14, 19]
    assert found[0].place == f"{CASES / 'memory.tmx'}:7"


def test_a_translation_memory_gives_all_pairs_where_no_target_is_asked_for() -> None:
    found = read("memory.tmx")
    assert [(item.id, item.source_language, item.target_language) for item in found] == [
        ("first", "kk", "ru"),
        ("first", "kk", "en"),
        ("2", "kk", "ru"),
        ("2", "kk", "ru"),
        ("third", "kk", "en"),
    ]


def test_any_language_of_a_translation_memory_may_be_the_source() -> None:
    assert texts(read("memory.tmx", "en", "kk"))[0] == (
        "first",
        "the policy of perestroika",
        f"Қайта құрудың саясаты{OBJECT}мен",
    )


def test_xliff_1_with_inline_codes_and_segments() -> None:
    found = read("two.xlf")
    assert texts(found) == [
        ("1", f"Бұл қайта құру{OBJECT}еді.", f"Это была перестройка{OBJECT}."),
        ("2:a", "Бірінші.", "Первое."),
        ("2:b", "Екінші.", "Второе."),
        ("4", "Аударылмаған", ""),
        ("5", "Көшірме", "Көшірме"),
        ("6", "А. Ә.", "А. Э."),
    ]
    assert [segment.line for segment in found] == [8, 14, 14, 19, 20, 21]
    assert [segment.id for segment in found if segment.draft] == ["5"]
    assert {segment.target_language for segment in found} == {"ru"}


def test_xliff_2_with_inline_codes_and_segments() -> None:
    found = read("three.xliff", "kk", "ru")
    assert texts(found) == [
        ("u1:s1", f"Бұл қайта құру{OBJECT}еді.", f"Это перестройка{OBJECT}."),
        ("u1:2", "Екінші.", ""),
        ("u3", "Көшірме", "Көшірме"),
    ]
    assert [segment.draft for segment in found] == [False, False, True]


def test_messages_with_plurals_contexts_and_drafts() -> None:
    found = read("messages.po")
    assert texts(found) == [
        ("1", 'Open the "file"', "Открыть «файл»"),
        ("2[0]", "%d term", "%d термин"),
        ("2[1]", "%d terms", "%d термина"),
        ("2[2]", "%d terms", "%d терминов"),
        ("3", "Is", "Был"),
        ("4", "Nothing", ""),
    ]
    assert [segment.line for segment in found] == [10, 16, 16, 16, 24, 31]
    assert [segment.id for segment in found if segment.draft] == ["3"]


def test_messages_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "ru.po"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=KOI8-R\\n"\n\n'
    path.write_bytes((head + 'msgid "file"\nmsgstr "файл"\n').encode("koi8-r"))
    assert texts(list(read_bitext(path, "en", "ru"))) == [("1", "file", "файл")]


def test_a_single_plural_form_stands_beside_the_plural(tmp_path: Path) -> None:
    path = table(tmp_path / "kk.po", 'msgid "a file"', 'msgid_plural "%d files"', 'msgstr[0] "%d файл"')
    assert texts(list(read_bitext(path, "en", "kk"))) == [("1[0]", "%d files", "%d файл")]


def test_a_published_table(publish: Publish, rows: list[Row], tmp_path: Path) -> None:
    path = publish(tmp_path, rows)
    found = list(read_bitext(path))
    assert len(found) == 2 * len(rows)
    assert [(item.id, item.target_language, item.line) for item in found[:3]] == [
        ("qaita-quru:1.1", "ru", 2),
        ("qaita-quru:1.1", "en", 2),
        ("qaita-quru:1.2", "ru", 3),
    ]
    english = list(read_bitext(path, "kk", "en"))
    assert [item.target for item in english] == [row.targets[1].text for row in rows]
    assert [item.source for item in english] == [row.source for row in rows]


def test_a_table_without_a_header(tmp_path: Path) -> None:
    path = table(tmp_path / "pairs.tsv", "Қайта  құру\tперестройка", "", "Ел\t")
    assert texts(list(read_bitext(path, "kk", "ru"))) == [("1", "Қайта құру", "перестройка"), ("3", "Ел", "")]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (None, None, [("kk", "ru", "сөз", "слово"), ("kk", "en", "сөз", "word")]),
        ("ru", "en", [("ru", "en", "слово", "word")]),
        ("en", None, [("en", "kk", "word", "сөз"), ("en", "ru", "word", "слово")]),
    ],
)
def test_a_table_with_languages_in_its_header(
    tmp_path: Path, source: str | None, target: str | None, expected: list[tuple[str, ...]]
) -> None:
    path = table(tmp_path / "x.tsv", "id\tkk\tnote\tru-RU\ten_US", "a1\tсөз\tone\tслово\tword")
    found = list(read_bitext(path, source, target))
    assert [(s.source_language, s.target_language, s.source, s.target) for s in found] == expected
    assert {segment.id for segment in found} == {"a1"}


def test_the_kind_is_told_by_content_where_the_name_says_nothing(tmp_path: Path) -> None:
    for name in ("memory.tmx", "two.xlf", "three.xliff", "messages.po"):
        path = tmp_path / f"{name}.old"
        path.write_bytes((CASES / name).read_bytes())
        assert texts(list(read_bitext(path))) == texts(read(name))


@pytest.mark.parametrize(
    ("name", "source", "target", "error", "word"),
    [
        ("two.xlf", "ru", None, InputError, "'kk'"),
        ("two.xlf", None, "en", InputError, "'ru-RU'"),
        ("three.xliff", "en", None, InputError, "'kk'"),
        ("messages.po", "kk", None, InputError, "'en'"),
        ("memory.tmx", "fr", None, InputError, "KK-KZ"),
        ("memory.tmx", "kk", "de", InputError, "ru-RU"),
    ],
)
def test_languages_that_a_file_does_not_have(
    name: str, source: str | None, target: str | None, error: type[Exception], word: str
) -> None:
    with pytest.raises(error, match=word):
        read(name, source, target)


def test_a_table_may_begin_with_markup(tmp_path: Path) -> None:
    path = table(tmp_path / "pairs.tsv", "<b>Ел</b>\t<b>Страна</b>")
    assert texts(list(read_bitext(path, "kk", "ru"))) == [("1", "<b>Ел</b>", "<b>Страна</b>")]


def test_source_and_target_must_differ() -> None:
    with pytest.raises(OptionError, match="both source and target"):
        read("memory.tmx", "kk", "KK")


def test_languages_that_must_be_asked_for(tmp_path: Path) -> None:
    pairs = table(tmp_path / "pairs.tsv", "a\tb")
    with pytest.raises(OptionError, match="--from and --to"):
        list(read_bitext(pairs))
    messages = table(tmp_path / "x.po", 'msgid "a"', 'msgstr "b"')
    with pytest.raises(OptionError, match="--from"):
        list(read_bitext(messages, None, "ru"))
    memory = table(
        tmp_path / "x.tmx",
        '<tmx version="1.4"><header srclang="*all*"/><body>',
        '<tu><tuv xml:lang="en"><seg>a</seg></tuv></tu></body></tmx>',
    )
    with pytest.raises(OptionError, match="--from"):
        list(read_bitext(memory))


@pytest.mark.parametrize(
    ("asked", "tags", "expected"),
    [
        ("ru", ["kk", "ru-RU"], [1]),
        ("pt-BR", ["pt-PT", "pt-BR"], [1]),
        ("zh-Hant", ["zh-Hans", "zh-Hant"], [1]),
        ("kk", ["ky", "kk_KZ", "KK"], [2]),
        ("tlh", ["TLH"], [0]),
        ("kk", ["ru"], []),
    ],
)
def test_tags_match_with_and_without_regions(asked: str, tags: list[str], expected: list[int]) -> None:
    assert matching(asked, tags) == expected


def test_words_are_no_tags() -> None:
    assert [known_tag(word) for word in ("kk-Cyrl-KZ", "kaz_Cyrl", "Қазақ", "", "a b")] == [
        "kk",
        "kk",
        None,
        None,
        None,
    ]
    assert plain_tag("x-none") == "x-none"


@pytest.mark.parametrize(
    "text", ["", "a", " a\t b ", "е\u0308ж", "a\u00a0b", "a\u2028b", "a\x00b", "  ", "a  b"]
)
def test_tidy_texts_are_one_line_and_stay_as_they_are(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert "\n" not in once
    assert once == once.strip()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    variant = '<tuv xml:lang="{}"><seg>{{0}} {}</seg></tuv>'
    unit = f"<tu>{variant.format('en', 'hello')}{variant.format('ru', 'привет')}</tu>\n"
    path = tmp_path / "large.tmx"
    with path.open("w", encoding="utf-8") as file:
        file.write('<tmx version="1.4"><header srclang="en"/><body>\n')
        file.writelines(unit.format(number) for number in range(20_000))
        file.write("</body></tmx>")
    segments = read_bitext(path, "en", "ru")
    next(segments)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    [last] = deque(segments, maxlen=1)
    assert (last.line, last.source) == (20_001, "19999 hello")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 8_000, f"{grown} KiB"
