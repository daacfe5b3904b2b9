"""Term tables: what the columns mean, and which content is skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from egiz.glossary.formats import FORMATS
from egiz.glossary.formats.common import escape, identify, join_list, split_bars, split_list, unescape
from egiz.glossary.records import Term, TermBase, Wording
from egiz.glossary.termbase import load
from tests.glossary.bases import base_of, term

ROW = (
    "qq\tқайта құру | Қайта құру\tnoun\tcase | case,exact\tқұрылым, құрым;құр"
    "\tперестройка\t\t\tремонт | чинка\t | exact\tperestroika\thistory\ta \\| b\tbook\tCC-BY-4.0"
)
FULL = f"""\
# title: Тарих
# a remark: nothing is read from it
# licence: CC0-1.0
#origin:  compiled by hand

id\tkk\tkk.pos\tkk.match\tkk.forms\tru\tru.number\tru.like\tru.forbidden\tru.forbidden.match\ten\tsubject\tnote\torigin\tlicence
{ROW}
# a remark between entries

\tкеңес\t\t\t\tсоветы | совет\tplural | singular\tответ\t\t\tsoviet
"""


def read(tmp_path: Path, text: str, name: str = "a.tsv", encoding: str = "utf-8") -> TermBase:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return load(path)


def test_every_column(tmp_path: Path) -> None:
    base = read(tmp_path, FULL)
    place = tmp_path / "a.tsv"
    assert (base.name, base.title, base.licence, base.origin) == ("a", "Тарих", "CC0-1.0", "compiled by hand")
    forms = ("құрылым", "құрым", "құр")
    assert base.terms == (
        Term(
            id="qq",
            wordings=(
                Wording(
                    language="kk", text="қайта құру", part_of_speech="noun", case_sensitive=True, forms=forms
                ),
                Wording(
                    language="kk",
                    text="Қайта құру",
                    status="accepted",
                    part_of_speech="noun",
                    case_sensitive=True,
                    exact=True,
                    forms=forms,
                ),
                Wording(language="ru", text="перестройка"),
                Wording(language="ru", text="ремонт", status="forbidden"),
                Wording(language="ru", text="чинка", status="forbidden", exact=True),
                Wording(language="en", text="perestroika"),
            ),
            subject="history",
            note="a | b",
            origin="book",
            licence="CC-BY-4.0",
            place=f"{place}:7",
        ),
        Term(
            id="кеңес",
            wordings=(
                Wording(language="kk", text="кеңес"),
                Wording(language="ru", text="советы", number="plural", inflect_like="ответ"),
                Wording(
                    language="ru", text="совет", status="accepted", number="singular", inflect_like="ответ"
                ),
                Wording(language="en", text="soviet"),
            ),
            place=f"{place}:10",
        ),
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("kk\tru\nёлка\tёж\n", "utf-8"),
        ("\ufeffkk\tru\nёлка\tёж\n", "utf-8"),
        ("\ufeffkk\tru\nёлка\tёж\n", "utf-16-le"),
        ("kk\tru\r\nёлка\tёж\r\n", "utf-8"),
        ("kk\tru\rёлка\tёж", "utf-8"),
        ("kk\tru\nе\u0308лка\tе\u0308ж\n", "utf-8"),
        (" KK \tkaz_Cyrl.pos\trus_Cyrl\n ёлка \t\t ёж\t\t\n", "utf-8"),
        ("# a\t\t\nkk\tru\t\t\nёлка\tёж\n".replace("\t\t\n", "\n", 2), "utf-8"),
    ],
)
def test_the_same_table_in_other_clothes(tmp_path: Path, text: str, encoding: str) -> None:
    (found,) = read(tmp_path, text, encoding=encoding).terms
    assert [(word.language, word.text) for word in found.wordings] == [("kk", "ёлка"), ("ru", "ёж")]


@pytest.mark.parametrize(
    "text",
    [
        'kk,ru,note\nсөз,слово,"а, б"\n',
        "kk;ru;note\r\nсөз;слово;а, б\r\n",
        "kk\tru\tnote\nсөз\tслово\tа, б\n",
        '"# title: x, y"\n"kk","ru","note"\n"сөз","слово","а, б"\n',
        '# title: x, y,,\nkk,ru,note\n,,\nсөз,слово,"а, б"\n',
    ],
)
def test_csv_with_any_delimiter(tmp_path: Path, text: str) -> None:
    base = read(tmp_path, text, "a.csv")
    assert [word.text for word in base.terms[0].wordings] == ["сөз", "слово"]
    assert base.terms[0].note == "а, б"
    assert base.title in ("", "x, y")


def test_a_csv_cell_may_span_lines(tmp_path: Path) -> None:
    base = read(tmp_path, 'kk,note\nбір,"a ""b""\nc"\nекі,\n', "a.csv")
    assert [(found.note, found.place.rpartition(":")[2]) for found in base.terms] == [
        ('a "b"\nc', "2"),
        ("", "4"),
    ]


def test_a_tsv_knows_no_quotes(tmp_path: Path) -> None:
    assert read(tmp_path, 'kk\tru\n"бір\t"один"\n').terms[0].wordings[1].text == '"один"'


def test_a_missing_tail_of_a_row_is_empty(tmp_path: Path) -> None:
    base = read(tmp_path, "kk\tru\tnote\nбір\nекі\tдва\n")
    assert [len(found.wordings) for found in base.terms] == [1, 2]


def test_indonesian_has_the_name_of_its_script(tmp_path: Path) -> None:
    base = read(tmp_path, "id\tid-Latn\tkk\n1\tkata\tсөз\n")
    assert base.languages == ("id", "kk")
    assert FORMATS["tsv"].write(base).text == "id\tid-Latn\tkk\n1\tkata\tсөз\n"


def test_only_needed_columns_are_written() -> None:
    words = [Wording(language="kk", text="сөз"), Wording(language="ru", text="слово")]
    assert FORMATS["tsv"].write(base_of(term("a", *words))).text == "id\tkk\tru\na\tсөз\tслово\n"


def test_values_that_differ_are_aligned() -> None:
    words = [
        Wording(language="ru", text="а", number="plural"),
        Wording(language="ru", text="б", status="accepted"),
        Wording(language="ru", text="в", status="accepted", number="plural"),
    ]
    written = FORMATS["tsv"].write(base_of(term("x", *words)))
    assert written.text == "id\tru\tru.number\nx\tа | б | в\tplural | | plural\n"


def test_ids_are_made_from_the_first_wording_and_stay() -> None:
    made = list(identify(["", "b", "", "", ""], ["«Қайта құру»", "x", "b", "қайта-құру", "…"]))
    assert made == ["қайта-құру", "b", "b-2", "қайта-құру-2", "term"]
    assert list(identify(["", "a"], ["a", "x"])) == ["a-2", "a"]


@pytest.mark.parametrize("text", ["a|b", "\\", "\\n", "a\\|b", "\t\n\r", "a\\", "|", "\\\\n"])
def test_escapes_are_undone(text: str) -> None:
    assert unescape(escape(text)) == text
    assert [unescape(value) for value in split_bars(f"{escape(text)} | x")] == [text, "x"]
    assert split_list(join_list([text, "a,b;c"])) == (text, "a,b;c")


def test_a_backslash_before_anything_else_is_a_backslash() -> None:
    assert unescape(r"C:\dir \q") == r"C:\dir \q"


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("kk\tru\tsubjet", "the column 'subjet' (did you mean 'subject'?)"),
        ("kk\tru\t", "column 3, which has no name"),
        ("kk\tru\tEntry_Modifier", "the column 'Entry_Modifier'"),
    ],
)
def test_a_column_that_is_not_known_is_named_and_left_out(tmp_path: Path, header: str, line: str) -> None:
    base = read(tmp_path, f"{header}\nсөз\tслово\tx\n")
    assert [len(found.wordings) for found in base.terms] == [2]
    assert base.unread == (line,)
    assert read(tmp_path, f"{header}\nсөз\tслово\t\n").unread == ()


@pytest.mark.parametrize("cell", ["суд | трибунал", "суд; трибунал", "суд;трибунал;"])
def test_synonyms_in_a_cell(tmp_path: Path, cell: str) -> None:
    (found,) = read(tmp_path, f"ru\n{cell}\n").terms
    assert [(word.text, word.status) for word in found.wordings] == [
        ("суд", "preferred"),
        ("трибунал", "accepted"),
    ]


def test_synonyms_in_lines_of_a_cell_and_in_columns(tmp_path: Path) -> None:
    (found,) = read(tmp_path, 'en,ru,ru\ncourt,"суд\nтрибунал",судебный орган\n', "a.csv").terms
    assert [word.text for word in found.wordings] == ["court", "суд", "трибунал", "судебный орган"]
