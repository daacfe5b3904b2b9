"""What the page is made of: reading a folder, packing it, and one file that holds everything safely."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.cli.read import command
from egiz.parallel.publish import EDITS, USES
from egiz.parallel.reader import BANDS, Bands, load, render, write_page
from egiz.parallel.reader.pack import CODES, note_codes, pack
from egiz.parallel.reader.page_file import SCRIPTS, STYLES, json_text
from egiz.parallel.rows import Row
from egiz.translate.errors import InputError, OptionError, OutputError
from tests.parallel.browser.pages import make_folder

PAGE = Path(__file__).resolve().parents[2] / "parallel" / "reader" / "page"
BLOCK = re.compile(r'<script type="application/json" id="data">(?P<data>.*?)</script>', re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path)


def data_in(page: str) -> dict[str, Any]:
    found = BLOCK.search(page)
    assert found is not None
    content: dict[str, Any] = json.loads(found["data"])
    return content


def test_a_folder_is_read_with_all_that_stands_in_it(folder: Path) -> None:
    reading = load(folder)
    assert [row.id for row in reading.rows][:3] == ["қала:1.1", "қала:1.2", "қала:2.1"]
    assert reading.sha256 == hashlib.sha256((folder / "parallel.tsv").read_bytes()).hexdigest()
    first, missing = reading.places[0], reading.places[2]
    assert (first.row, first.target, first.source, first.rendered) == (0, 0, (6, 13), (10, 17))
    assert (missing.outcome, missing.rendered) == ("missing", (0, 0))
    assert [(edit.start, edit.stop, edit.after) for edit in reading.edits] == [(10, 21, "ханство")]


def test_the_table_alone_is_enough(folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.tsv"
    (folder / "parallel.tsv").rename(alone)
    for name in (USES, EDITS):
        (folder / name).unlink()
    reading = load(alone)
    assert (reading.scored, reading.package, reading.edits) == (True, {}, ())
    assert next((place.term, place.outcome) for place in reading.places) == ("khanate", "corrected")


@pytest.mark.parametrize(
    ("text", "ids", "languages"),
    [
        ("kk\tru\nБір\tОдин\n\nЕкі\tДва\n", ["2", "4"], ["kk", "ru"]),
        ("id\tkk\tru\ten\na\tБір\tОдин\tOne\n", ["a"], ["kk", "ru", "en"]),
        ("kk\tnote\ten\nБір\t?\tOne\n", ["2"], ["kk", "en"]),
        ("ar\ten\nواحد\tOne\n", ["2"], ["ar", "en"]),
    ],
)
def test_plain_tables_are_read_too(tmp_path: Path, text: str, ids: list[str], languages: list[str]) -> None:
    path = tmp_path / "plain.tsv"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "review.tsv").write_text("of something else", encoding="utf-8")
    reading = load(path)
    page = render(reading)
    found = data_in(page)
    assert (reading.scored, found["scored"], found["title"]) == (False, False, "plain")
    assert re.findall("<tr\n><td>([^<]*)<", page) == ids
    assert [item["tag"] for item in found["languages"]] == languages
    assert found["languages"][0]["dir"] == ("rtl" if languages[0] == "ar" else "ltr")


BROKEN: list[tuple[Callable[[Path], object], str]] = [
    (lambda f: (f / "parallel.tsv").unlink(), "no parallel.tsv"),
    (lambda f: (f / "parallel.tsv").write_text("", encoding="utf-8"), "header"),
    (lambda f: (f / "parallel.tsv").write_text("a\tb\n1\t2\n", encoding="utf-8"), "language tags"),
    (lambda f: (f / "parallel.tsv").write_text("kk\tru\n", encoding="utf-8"), "without rows"),
    (lambda f: (f / "parallel.tsv").write_text("kk\tkk\nа\tб\n", encoding="utf-8"), "two columns in 'kk'"),
    (lambda f: change(f / "parallel.tsv", "қала:1.2", "қала:1.1"), "the row 'қала:1.1' stands twice"),
    (lambda f: (f / "datapackage.json").write_text("[]", encoding="utf-8"), "not an object"),
    (lambda f: (f / "datapackage.json").write_text("{", encoding="utf-8"), "JSON"),
    (lambda f: (f / USES).write_bytes(b"row\xff\n"), "UTF-8"),
    (lambda f: (f / USES).write_text("row\tterm\n", encoding="utf-8"), "no column 'language'"),
    (lambda f: change(f / USES, "\t6\t13\t", "\t6\t999\t"), f"{USES}:2"),
    (lambda f: change(f / USES, "\t6\t13\t", "\t6\t-1\t"), f"{USES}:2"),
    (lambda f: change(f / USES, "қала:1.1\ten", "қала:9.9\ten"), "row 'қала:9.9'"),
    (lambda f: change(f / USES, "қала:1.1\ten", "қала:1.1\tde"), "language 'de'"),
    (lambda f: change(f / USES, "khanate\tapplied\t\n", "khanate\tapplied\n"), "12 cells"),
    (lambda f: change(f / EDITS, "королевство", "царство"), "'царство' before the edit"),
    (lambda f: (f / "review.tsv").write_text("x\n", encoding="utf-8"), "history"),
]


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8", newline="\n")


@pytest.mark.parametrize(("spoil", "says"), BROKEN, ids=[says for _, says in BROKEN])
def test_what_is_broken_is_refused_with_its_place(
    folder: Path, spoil: Callable[[Path], object], says: str
) -> None:
    spoil(folder)
    with pytest.raises(InputError, match=re.escape(says)):
        load(folder)


def test_offsets_are_counted_as_browsers_count(folder: Path) -> None:
    change(folder / "parallel.tsv", "Қазақ хандығы құрылды.", "😀😀😀 ә хандығы құрылды.")
    reading = load(folder)
    places = pack(reading, BANDS, "")["terms"]["places"]
    assert places[0][6:] == [9, 16, 10, 17]
    text = reading.rows[0].source.encode("utf-16-le")
    assert text[2 * 9 : 2 * 16].decode("utf-16-le") == reading.rows[0].source[6:13] == "хандығы"


def test_a_changed_table_is_said_to_be_changed(publish: Any, rows: list[Row], tmp_path: Path) -> None:
    table = publish(tmp_path, rows)
    assert not load(table).altered
    change(table, "Нет", "Да")
    assert load(table).altered


def test_the_page_carries_title_reasons_and_counts(publish: Any, rows: list[Row], tmp_path: Path) -> None:
    found = data_in(render(load(publish(tmp_path, rows))))
    assert found["title"] == "Қайта құру"
    assert found["reasons"]["repeated"] == "This translation repeats itself."
    assert [(item["id"], item["rows"]) for item in found["documents"]] == [("qaita-quru", 5), ("құбыр", 2)]
    assert found["documents"][1]["title"] == "Құбыр | құрылыс"
    assert found["about"]["model"] == "hand-made 0123abc"
    assert found["targets"][0]["machine"] == [[2, "Королевство создано."]]


def test_the_same_folder_gives_the_same_bytes(folder: Path) -> None:
    assert render(load(folder)) == render(load(folder))


def test_the_policy_names_the_script_and_the_style_of_the_page(folder: Path) -> None:
    page = render(load(folder))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    rules = policy[1].replace("&#39;", "'")
    assert rules.startswith("default-src 'none'; ")
    assert "unsafe" not in rules
    for kind, name in (("script", "script-src"), ("style", "style-src")):
        inline = re.search(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        assert inline is not None
        digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in rules


def test_the_page_names_nothing_outside_itself(folder: Path) -> None:
    page = render(load(folder))
    assert not re.findall(r"(?:src|href)=[\"'](?!#)", page)
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", page)
    assert "url(" not in page
    assert "@import" not in page


@given(st.text(st.sampled_from("</script>!-&\u2028\u2029\"'\\ аә\U0001f600")))
def test_json_in_the_page_says_the_same_and_ends_nothing(text: str) -> None:
    made = json_text({"text": text})
    assert json.loads(made) == {"text": text}
    assert not set(made) & set("<>&\u2028\u2029")


def test_titles_are_text(folder: Path) -> None:
    page = render(load(folder), title='<b>"x"</b>')
    assert "<b>" not in page.partition("<style>")[0]
    assert "&lt;b&gt;&#34;x&#34;&lt;/b&gt;" in page


def test_the_interface_language_is_chosen_or_refused(folder: Path) -> None:
    assert '<html lang="kk">' in render(load(folder), language="kk")
    with pytest.raises(OptionError, match="Did you mean 'kk'"):
        render(load(folder), language="kz")


def test_bands_stand_in_order() -> None:
    assert BANDS.poor < BANDS.good
    with pytest.raises(OptionError, match="0 ≤ poor ≤ good ≤ 1"):
        Bands(good=0.2, poor=0.5)


def test_a_page_is_replaced_and_nothing_else_is(folder: Path, tmp_path: Path) -> None:
    reading, page = load(folder), tmp_path / "page.html"
    write_page(reading, page)
    write_page(reading, page, title="Again")
    assert "<title>Again</title>" in page.read_text(encoding="utf-8")
    with pytest.raises(OutputError, match="not made by Egiz"):
        write_page(reading, folder / "parallel.tsv")
    with pytest.raises(OptionError, match="is no file"):
        write_page(reading, tmp_path)
    with pytest.raises(OptionError, match="'-' is no file"):
        write_page(reading, Path("-"))


def test_the_command_makes_the_page(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "new" / "page.html"
    run = CliRunner().invoke(command, [str(folder), "-o", str(page), "--title", "T", "--language", "ru"])
    assert run.exit_code == 0
    assert run.output.startswith("5 rows → ")
    assert data_in(page.read_text(encoding="utf-8"))["title"] == "T"


def test_small_pages_are_small(folder: Path) -> None:
    page = render(load(folder)).encode()
    table = (folder / "parallel.tsv").stat().st_size
    assert len(page) < 1.3 * table + 160_000


def test_every_part_of_the_page_is_in_it() -> None:
    parts = {path.name for path in PAGE.iterdir() if path.suffix in (".js", ".css")}
    assert parts == {*SCRIPTS, *STYLES}
    for name in SCRIPTS:
        assert len((PAGE / name).read_text(encoding="utf-8").splitlines()) <= 400, name


def test_no_text_or_comment_of_the_parts_runs_over_lines() -> None:
    for name in (*SCRIPTS, *STYLES):
        for line in (PAGE / name).read_text(encoding="utf-8").splitlines():
            assert line.count("`") % 2 == 0, (name, line)
            assert line.count("/*") == line.count("*/"), (name, line)


def test_notes_of_the_correction_become_codes() -> None:
    words = "the sentence was translated again around it; a forbidden wording was replaced"
    assert note_codes(words) == ("rule.redecoded", "rule.forbidden")
    assert note_codes("by hand; left alone: the word may be another term") == ("by hand", "left.homograph")
    assert len(set(CODES.values())) == len(CODES)


def test_both_dark_themes_are_the_same() -> None:
    style = (PAGE / "style.css").read_text(encoding="utf-8")
    dark = re.findall(r"color-scheme: dark;\n(.*?)\n  }", style, re.DOTALL)
    assert len(dark) == 2
    assert dark[0] == dark[1]
