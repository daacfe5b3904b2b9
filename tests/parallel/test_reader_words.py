"""Links of words in the reader: read beside a table, made on demand, packed in few characters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.align import AlignJob, link_rows, read_texts, word_linker
from egiz.parallel.cli.read import command
from egiz.parallel.reader import load, render
from egiz.parallel.reader.pack import word_code
from egiz.parallel.reader.records import WordLinks
from egiz.translate.errors import InputError
from tests.parallel.align.books import book
from tests.parallel.browser.pages import make_folder
from tests.parallel.test_reader import change, data_in

WORDS = "row\tlanguage\twords\nқала:1.1\tru\t0-0 1-1 2-2\nдала:1.1\ten\t0-1 1-1 2-2\nдала:1.2\tru\t\n"
NUMBERS = st.integers(0, 5000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = make_folder(tmp_path)
    (made / "words.tsv").write_text(WORDS, encoding="utf-8")
    return made


@pytest.fixture
def aligned(tmp_path: Path) -> Path:
    """A table as egiz align makes it, with its links of words and its data package beside it."""
    kazakh, russian, _ = book()
    paths = [tmp_path / "kitap.txt", tmp_path / "kniga.txt"]
    for path, sentences in zip(paths, (kazakh, russian), strict=True):
        path.write_text("\n".join(sentences) + "\n", encoding="utf-8")
    texts = read_texts(str(paths[0]), [str(paths[1])], "kk", ("ru",), "lines")
    AlignJob(texts=texts, words=word_linker("table", None)).run(tmp_path / "out.tsv", title="Кітап")
    return tmp_path / "out.tsv"


def decoded(code: str) -> list[tuple[int, int]]:
    """Base64 VLQ read as the format says, digit by digit."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    numbers, bits = [], ""
    for digit in code:
        value = format(digits.index(digit), "06b")
        bits = value[1:] + bits
        if value[0] == "0":
            numbers.append(int(bits[:-1], 2) * (-1 if bits[-1] == "1" else 1))
            bits = ""
    sums, pairs = [0, 0], []
    for step in zip(numbers[::2], numbers[1::2], strict=True):
        sums = [one + other for one, other in zip(sums, step, strict=True)]
        pairs.append((sums[0], sums[1]))
    return pairs


@given(st.lists(st.tuples(NUMBERS, NUMBERS), unique=True))
def test_codes_are_read_again(pairs: list[tuple[int, int]]) -> None:
    assert decoded(word_code(pairs)) == sorted(pairs)


def test_links_are_read_beside_the_table_and_packed(folder: Path) -> None:
    reading = load(folder)
    assert [(links.row, links.target) for links in reading.words] == [(0, 0), (3, 1), (4, 0)]
    assert reading.words[0].pairs == ((0, 0), (1, 1), (2, 2))
    assert data_in(render(reading))["words"] == ["AACCCC;;;;", ";;;ACCACC;"]
    assert load(folder / "parallel.tsv").words == reading.words
    assert load(folder, linked=False).words == ()


def test_a_page_without_links_has_nothing_of_them(folder: Path) -> None:
    (folder / "words.tsv").rename(folder / "other.words.tsv")
    page = render(load(folder))
    assert "words" not in data_in(page)


BAD: list[tuple[str, str, str]] = [
    ("2-2", "2-3", "words.tsv:2: '2-3'; expected pairs such as 0-1 of the 3 words of the source and the 3"),
    ("2-2", "3-2", "words.tsv:2: '3-2'"),
    ("2-2", "2-", "words.tsv:2: '2-'"),
    ("2-2", "²-2", "words.tsv:2: '²-2'"),
    ("дала:1.1", "дала:9.1", "words.tsv:3: row 'дала:9.1' in language 'en'"),
    ("\ten\t", "\tde\t", "words.tsv:3: row 'дала:1.1' in language 'de'"),
    ("\twords\n", "\tpairs\n", "words.tsv:1: no column 'words'"),
]


@pytest.mark.parametrize(("before", "after", "says"), BAD, ids=[after for _, after, _ in BAD])
def test_links_of_another_table_are_refused_with_their_place(
    folder: Path, before: str, after: str, says: str
) -> None:
    change(folder / "words.tsv", before, after)
    with pytest.raises(InputError) as caught:
        load(folder)
    assert says in str(caught.value)


def test_words_are_linked_anew_on_demand(folder: Path, tmp_path: Path) -> None:
    change(folder / "words.tsv", "2-2", "2-99")
    page = tmp_path / "new.html"
    run = CliRunner().invoke(command, [str(folder), "-o", str(page), "--words", "table"])
    assert run.exit_code == 0, run.output
    expected = link_rows(load(folder, linked=False).rows, word_linker("table", None))
    linked = {(links.row, links.target) for links in expected if links.pairs}
    codes = data_in(page.read_text(encoding="utf-8"))["words"]
    found = {
        (row, place) for place, text in enumerate(codes) for row, code in enumerate(text.split(";")) if code
    }
    assert found == linked
    assert found


def test_the_model_that_comes_along_links_by_its_attention(tmp_path: Path) -> None:
    table = tmp_path / "plain.tsv"
    table.write_text("kk\tru\tde\nҚала үлкен.\tГород большой.\t\n", encoding="utf-8")
    page = tmp_path / "page.html"
    options = [str(table), "-o", str(page), "--words", "attention", "--threads", "1", "--home", str(tmp_path)]
    run = CliRunner().invoke(command, options)
    assert run.exit_code == 0, run.output
    russian, german = data_in(page.read_text(encoding="utf-8"))["words"]
    assert (0, 0) in decoded(russian)
    assert german == ""
    run = CliRunner().invoke(command, [*options, "--engine", "transformers"])
    assert run.exit_code == 2
    assert "No such option" in run.output


def test_words_of_any_table_are_linked(tmp_path: Path) -> None:
    plain = tmp_path / "plain.tsv"
    plain.write_text("kk\tru\nБір екі\tОдин два\n\tТри\n", encoding="utf-8")
    (tmp_path / "plain.words.tsv").write_text("of something else", encoding="utf-8")
    reading = load(plain)
    assert reading.words == ()
    found = list(link_rows(reading.rows, lambda texts, source, target: [((0, 1),) for _ in texts]))
    assert found == [WordLinks(row=0, target=0, pairs=((0, 1),))]


def test_what_align_wrote_beside_its_table_is_found(aligned: Path) -> None:
    reading = load(aligned)
    assert reading.package["title"] == "Кітап"
    assert not reading.altered
    assert sum(len(links.pairs) for links in reading.words) > 50
    about = data_in(render(reading))["about"]
    assert (about["people"], about["model"], about["engine"]) == (True, "", "")


def test_links_of_a_table_that_was_changed_are_left_out_and_said_to_be(aligned: Path) -> None:
    first = load(aligned).rows[0].source
    change(aligned, first, f"Міне: {first}")
    run = CliRunner().invoke(command, [str(aligned), "-o", str(aligned.with_name("page.html"))])
    assert run.exit_code == 0, run.output
    assert "out.words.tsv is not shown: the table was changed since" in run.output
    assert "words" not in data_in(aligned.with_name("page.html").read_text(encoding="utf-8"))


def test_a_folder_of_align_has_the_links_in_its_page(aligned: Path) -> None:
    texts = read_texts(
        str(aligned.with_name("kitap.txt")), [str(aligned.with_name("kniga.txt"))], "kk", ("ru",)
    )
    out = aligned.with_name("folder")
    AlignJob(texts=texts, words=word_linker("table", None)).run(out)
    page = (out / "page.html").read_text(encoding="utf-8")
    assert data_in(page)["words"] == data_in(render(load(out)))["words"]


def test_a_data_package_that_speaks_of_another_table_is_not_read(aligned: Path) -> None:
    package = aligned.with_name("out.datapackage.json")
    made = json.loads(package.read_text(encoding="utf-8"))
    made["resources"][0]["path"] = "other.tsv"
    package.write_text(json.dumps(made), encoding="utf-8")
    assert load(aligned).package == {}
