"""One column of a TSV or CSV → a paragraph per row."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.errors import InputError, OptionError
from egiz.translate.io.decode import clean
from egiz.translate.read import ReadOptions, read
from egiz.translate.read.table import read_table

CELLS = st.lists(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029")).filter(
        str.strip
    ),
    min_size=1,
    max_size=5,
)


def column_of(text: str, column: str | int | None, *, quoted: bool = False) -> str:
    return read_table(text, where="table", column=column, quoted=quoted).text


TABLES = [
    ("kk\tru\nбір\tодин\nекі\tдва\n", "kk", False, "бір\n\nекі"),
    ("kk\tru\r\nбір\tодин\r\nекі\tдва", "ru", False, "один\n\nдва"),
    ("бір\tодин\nекі\tдва\n", 1, False, "бір\n\nекі"),
    ("бір\tодин\nекі\tдва\n", "2", False, "один\n\nдва"),
    ("2\t1\nбір\tодин\n", "2", False, "бір"),
    ("2\t1\nбір\tодин\n", 2, False, "1\n\nодин"),
    ('kk\tru\n"бір\tодин\nе"кі"\tдва\n', "kk", False, '"бір\n\nе"кі"'),
    ("kk\tru\nбір\tодин\n\nекі\tдва\n\tтри\n", "kk", False, "бір\n\nекі"),
    ("kk\tru\nбір\u2028екі\tодин\n", "kk", False, "бір\nекі"),
    ('kk,ru\n"бір, ""екі""",один\n"үш\n\nтөрт",два\n', "kk", True, 'бір, "екі"\n\nүш\nтөрт'),
    ("kk;ru\nбір, екі;один\n", "kk", True, "бір, екі"),
    ("kk\tru\nбір, екі\tодин\n", "kk", True, "бір, екі"),
    ("kk\nбір\n", "kk", True, "бір"),
    ("Қазақ  тілі,ru\nбір,один\n", " Қазақ тілі", True, "бір"),
]


@pytest.mark.parametrize(("text", "column", "quoted", "expected"), TABLES, ids=range(len(TABLES)))
def test_tables(text: str, column: str | int, quoted: bool, expected: str) -> None:
    assert column_of(text, column, quoted=quoted) == expected


BAD_COLUMNS = [
    (None, "table: a table needs --column; expected one of 'kk', 'ru', or a number from 1 to 2"),
    ("kz", "table: no column 'kz'; expected one of 'kk', 'ru', or a number from 1 to 2. Did you mean 'kk'?"),
    (0, "no column '0'"),
    ("3", "no column '3'"),
    (-1, "no column '-1'"),
    ("", "no column ''"),
    ("²", "no column '²'"),
]


@pytest.mark.parametrize(("column", "says"), BAD_COLUMNS)
def test_a_column_that_is_not_there(column: str | int | None, says: str) -> None:
    with pytest.raises(OptionError) as caught:
        column_of("kk\tru\nбір\tодин\n", column)
    assert says in str(caught.value)


def test_a_column_that_is_there_twice() -> None:
    with pytest.raises(OptionError, match="2 columns are called 'kk'"):
        column_of("kk\tkk\nа\tб\n", "kk")


def test_long_headers_are_shortened_in_messages() -> None:
    with pytest.raises(OptionError) as caught:
        column_of("\t".join(["сөз " * 50] * 40) + "\n", "kk")
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("text", "quoted", "says"),
    [
        ("kk\tru\nа\tб\nв\n", False, "line 3 has 1 cells, so column 2 is missing; expected 2 cells"),
        ('kk,ru\n"а\nа",б\nв\n', True, "line 4 has 1 cells"),
        ('kk,ru\nа,б\n"в,г\nд,е\n', True, "table:3: is not CSV"),
        ('kk,ru\n"а"б,в\n', True, "table:2: is not CSV"),
        ("", True, "holds no rows"),
    ],
)
def test_rows_that_do_not_fit(text: str, quoted: bool, says: str) -> None:
    with pytest.raises(InputError) as caught:
        column_of(text, "ru", quoted=quoted)
    assert says in str(caught.value)


@given(CELLS)
def test_any_cells_survive(cells: list[str]) -> None:
    expected = "\n\n".join(clean(cell).strip() for cell in cells)
    tabbed = "ru\tkk\n" + "".join(f"x\t{cell}\n" for cell in cells)
    assert column_of(tabbed, "kk") == expected
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["ru", "kk"], *(["x", cell] for cell in cells)])
    assert column_of(stream.getvalue(), "kk", quoted=True) == expected


def test_a_column_from_standard_input() -> None:
    options = ReadOptions(language="kk", column="kk")
    (document,) = read("-", options, stdin=io.BytesIO("\ufeffid\tkk\n1\tСәлем.\n2\tӘлем.\n".encode()))
    assert document.text == "Сәлем.\n\nӘлем."


def test_a_column_without_text() -> None:
    with pytest.raises(InputError, match="holds no text"):
        list(read("-", ReadOptions(language="kk", column="kk"), stdin=io.BytesIO(b"id\tkk\n1\t\n")))
