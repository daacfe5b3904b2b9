"""Reading files, folders and standard input: encodings, errors, ids, and what is done to the text."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.translate.errors import InputError, LanguageError, OptionError
from egiz.translate.io.decode import clean, decode
from egiz.translate.read import ReadOptions, read, read_all
from egiz.translate.read import documents as documents_module
from egiz.translate.records import Document, LeftOut

CASES = Path(__file__).resolve().parent.parent / "cases" / "read"
KAZAKH = "әіңғүұқөһ ӘІҢҒҮҰҚӨҺ"
KK = ReadOptions(language="kk")
BAD_INPUT: list[dict[str, Any]] = json.loads((CASES / "bad_input.json").read_text(encoding="utf-8"))

# Line ends and controls are changed on purpose (see `clean`) and have their own test.
PLAIN = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), include_characters="\n\t"), min_size=1
).filter(lambda text: text.strip() and not text.startswith("\ufeff"))


def one(source: str | Path, options: ReadOptions = KK) -> Document:
    (document,) = read(source, options)
    return document


def stdin(data: bytes, options: ReadOptions = KK) -> Document:
    (document,) = read("-", options, stdin=io.BytesIO(data))
    return document


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder of text in folders, with files that are not to be read."""
    for name in (
        "b.txt",
        "a.md",
        "in/b.html",
        "in/a.TXT",
        ".hidden.txt",
        ".git/x.txt",
        "~$a.docx",
        "a.jpg",
        "t.tsv",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"kk\n{name}\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["page.html", "notes.md"])
def test_sample_files_read_as_their_text(name: str) -> None:
    expected = (CASES / name).with_suffix(".txt").read_text(encoding="utf-8")
    assert one(CASES / name).text == expected.removesuffix("\n")


def test_plain_text_is_kept_to_the_last_space(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(f"\ufeff  {KAZAKH}  \r\n\r\nжол\r\n".encode())
    document = one(path, ReadOptions(language="kk", title="Атауы", licence="CC0-1.0"))
    assert document == Document(
        id="a",
        language="kk",
        text=f"  {KAZAKH}  \n\nжол\n",
        title="Атауы",
        licence="CC0-1.0",
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


@given(PLAIN, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_any_text_decodes_by_its_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), where="a.txt") == text


@given(PLAIN)
def test_any_file_reads_back_in_nfc(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(text.encode("utf-8-sig"))
    assert one(path).text == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_told_by_its_nuls(encoding: str) -> None:
    text = f"{KAZAKH} мәтін 1986 ж.\nжол"
    assert stdin(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (KAZAKH.encode("kz1048"), "kz1048"),
        (KAZAKH.encode("kz1048"), "KZ-1048"),
        (KAZAKH.encode("utf-16"), "utf-16"),
        (KAZAKH.encode("utf-16"), "utf-16-le"),
        (KAZAKH.encode("utf-8-sig"), "utf-8"),
        (KAZAKH.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_an_encoding_that_is_told_is_obeyed(data: bytes, encoding: str) -> None:
    assert stdin(data, ReadOptions(language="kk", encoding=encoding)).text == KAZAKH


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("utf9", "Did you mean"),
        ("base64", "no text encoding is called 'base64'"),
        ("a\0b", "no text encoding"),
        ("", "no text encoding"),
    ],
)
def test_an_encoding_that_does_not_exist(encoding: str, says: str) -> None:
    with pytest.raises(OptionError, match=says):
        stdin(b"text", ReadOptions(language="kk", encoding=encoding))


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16-be"])
def test_an_encoding_that_the_mark_belies(encoding: str) -> None:
    with pytest.raises(InputError, match="starts with the byte order mark of UTF-16-LE"):
        stdin(b"\xff\xfe" + KAZAKH.encode("utf-16-le"), ReadOptions(language="kk", encoding=encoding))


def test_an_encoding_that_does_not_fit() -> None:
    with pytest.raises(InputError, match=r"byte 0 \(line 1\) is 0x98.*CP1251"):
        stdin(b"\x98", ReadOptions(language="kk", encoding="cp1251"))
    with pytest.raises(InputError, match="NUL character"):
        stdin("ә б".encode("utf-16-le"), ReadOptions(language="kk", encoding="latin-1"))


@pytest.mark.parametrize("case", BAD_INPUT, ids=[case["name"] for case in BAD_INPUT])
def test_bad_input_gives_one_clear_message(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / case["name"]
    text = case.get("text", "")
    path.write_bytes(
        bytes.fromhex(case["hex"]) if "hex" in case else text.encode(case.get("encoding", "utf-8"))
    )
    with pytest.raises(InputError) as caught:
        one(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    for words in case["says"]:
        assert words in message


def test_line_ends_and_controls() -> None:
    assert clean("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h") == "a\nb\nc\nd\ne\nf\ng\n\nh"
    assert clean("a\x01b\x1fc\x7fd\x9fe\tf") == "a b c d e\tf"
    assert clean("a\u00adb\u00a0c\u200bd\u2011e") == "a\u00adb\u00a0c\u200bd\u2011e"
    assert clean(unicodedata.normalize("NFD", "й ё")) == "й ё"


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)


def test_a_megabyte_on_one_line(tmp_path: Path) -> None:
    text = ("Қазақ хандығы 1465 ж. құрылды. " * 20_000)[:600_000]
    for name, wrapped in (
        ("a.txt", text),
        ("a.md", text),
        ("a.html", f"<p>{text}"),
        ("a.csv", f"kk\n{text[:99999]}"),
    ):
        path = tmp_path / name
        path.write_text(wrapped, encoding="utf-8")
        document = one(path, ReadOptions(language="kk", column="kk" if name == "a.csv" else None))
        assert document.text.startswith("Қазақ хандығы")


def test_a_file_over_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents_module, "MAX_BYTES", 3)
    (tmp_path / "a.txt").write_bytes(b"abcd")
    with pytest.raises(InputError, match="larger than"):
        one(tmp_path / "a.txt")


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "qaita-quru.txt").write_text("мәтін", encoding="utf-8")
    with pytest.raises(InputError, match=r"no such file or folder.*Did you mean 'qaita-quru.txt'"):
        one(tmp_path / "qaita_quru.txt")
    with pytest.raises(InputError, match="no such file"):
        one(tmp_path / "no" / "such")


@pytest.mark.parametrize("source", ["", " ", "a\0b"])
def test_a_source_without_a_name(source: str) -> None:
    with pytest.raises(InputError, match="has no name"):
        one(source)


def test_a_file_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("мәтін", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"a\.txt: cannot be read \(Permission denied\)"):
        one(path)


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "a.txt")
    with pytest.raises(InputError, match="cannot be read"):
        one(tmp_path / "a.txt")


def test_a_folder_gives_its_texts_in_order(library: Path) -> None:
    texts = [(document.id, document.text.split()[-1]) for document in read(library, KK)]
    assert texts == [("a", "a.md"), ("b", "b.txt"), ("a-2", "in/a.TXT"), ("b-2", "in/b.html")]
    tables = [document.text for document in read(library, ReadOptions(language="kk", column="kk"))]
    assert tables == ["t.tsv"]


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no files to read; expected \.docx, .*\.txt"):
        one(tmp_path)


def test_every_path_is_looked_at_before_the_first_document(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("мәтін", encoding="utf-8")
    with pytest.raises(InputError, match="no such file"):
        next(read_all([tmp_path / "a.txt", tmp_path / "b.txt"], KK))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Қайта құру: 1-бөлім.txt", "Қайта-құру-1-бөлім"),
        ("tab\tand\nline.txt", "tab-and-line"),
        ("v1.2_final.txt", "v1.2_final"),
        ("किताब.txt", "किताब"),
        ("-x-.txt", "x"),
        ("«».txt", "document"),
        ("noextension", "noextension"),
        ("\udcff.txt", "document"),
    ],
)
def test_ids_come_from_names(name: str, wanted: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("мәтін", encoding="utf-8")
    assert one(path).id == wanted


@given(st.lists(st.sampled_from(["a", "a-2", "a-3", "b"]), min_size=1, max_size=8))
@settings(max_examples=30)
def test_ids_are_unique_and_earlier_ones_stay(names: list[str]) -> None:
    with TemporaryDirectory() as folder:
        paths = [Path(folder, str(number), f"{name}.txt") for number, name in enumerate(names)]
        for path in paths:
            path.parent.mkdir()
            path.write_text("мәтін", encoding="utf-8")
        found = [document.id for document in read_all(paths, ReadOptions(language="kk"))]
    assert len(set(found)) == len(names)
    assert found[0] == names[0]


def test_standard_input_is_read_once() -> None:
    document = stdin("Сәлем.".encode())
    assert (document.id, document.text) == ("stdin", "Сәлем.")
    with pytest.raises(OptionError, match="named twice"):
        list(read_all(["-", "-"], KK, stdin=io.BytesIO(b"a")))
    with pytest.raises(InputError, match="standard input: is empty"):
        stdin(b"")


def test_standard_input_is_told_by_its_content() -> None:
    page = stdin("<!-- x --><!DOCTYPE html><title>Атау</title><p>Мәтін".encode())
    assert (page.text, page.title) == ("Мәтін", "Атау")
    assert stdin(b"a < b <html> is text").text == "a < b <html> is text"


def test_a_language_that_only_the_file_knows() -> None:
    unnamed = ReadOptions(language="")
    assert stdin("<html lang=kk-Cyrl-KZ><p>Мәтін".encode(), unnamed).language == "kk"
    with pytest.raises(LanguageError, match="no language was given"):
        stdin("Мәтін".encode(), unnamed)


def test_a_column_of_something_without_columns() -> None:
    with pytest.raises(OptionError, match="an HTML page has no columns"):
        stdin(b"<html><p>a", ReadOptions(language="kk", column="kk"))


def test_importing_the_reader_loads_no_parser() -> None:
    code = "import sys, egiz.translate.read; print({'lxml', 'markdown_it', 'torch'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with everything that people keep beside their texts."""
    folder = tmp_path / "shelf"
    (folder / "in").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "a.txt").write_text("Қазақ елі бар.", encoding="utf-8")
    (folder / "in" / "old.txt").write_bytes("Қазақтың жері кең, елі көп, әні әсем.".encode("kz1048"))
    (folder / "in" / "older.txt").write_bytes("Русский текст в старой кодировке.".encode("koi8-r"))
    (folder / "empty.txt").touch()
    (folder / "liar.txt").write_bytes(b"%PDF-1.4")
    (folder / "cut.docx").write_bytes(b"PK\x03\x04cut off")
    (folder / "made.md").write_text("Біздікі.", encoding="utf-8")
    for name in ("b.pdf", "c.ass", "d.xyz", "e", "t.csv", ".hidden.txt", ".git/x.txt"):
        (folder / name).write_text("x", encoding="utf-8")
    (folder / "link").symlink_to(folder / "in", target_is_directory=True)
    return folder


REASONS = {
    "shelf/.git": "a hidden folder",
    "shelf/.hidden.txt": "a hidden file",
    "shelf/b.pdf": "a PDF",
    "shelf/c.ass": "subtitles of a kind that is not read",
    "shelf/d.xyz": "of a kind that is not read (.xyz)",
    "shelf/e": "without an extension",
    "shelf/link": "a link to a folder",
    "shelf/made.md": "made by Egiz: output and no source",
    "shelf/t.csv": "a table: name a column of it with --column",
}


def test_every_file_of_a_folder_is_read_or_left_out_with_a_reason(shelf: Path) -> None:
    left: list[LeftOut] = []
    options = ReadOptions(language="kk", encoding="auto")
    found = list(read_all([shelf], options, leave_out=left.append, is_made=lambda path: path.stem == "made"))
    assert [(document.id, document.encoding) for document in found] == [
        ("a", ""),
        ("old", "KZ-1048"),
        ("older", "koi8-r"),
    ]
    assert found[1].text == "Қазақтың жері кең, елі көп, әні әсем."
    assert {item.path: item.reason for item in left if not item.failed} == REASONS
    failed = {item.path: item.reason for item in left if item.failed}
    assert sorted(failed) == ["shelf/cut.docx", "shelf/empty.txt", "shelf/liar.txt"]
    assert failed["shelf/empty.txt"] == "is empty"
    assert "PDF" in failed["shelf/liar.txt"]
    assert not any(str(shelf.parent) in reason for reason in failed.values())


def test_without_an_account_a_file_that_cannot_be_read_is_an_error(shelf: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read|damaged|empty"):
        list(read(shelf, ReadOptions(language="kk", encoding="auto")))


def test_a_folder_of_which_nothing_can_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.txt").touch()
    with pytest.raises(InputError, match=r"no file can be read \(.*a\.txt: is empty; .*b\.txt: is empty\)"):
        list(read_all([tmp_path], KK, leave_out=lambda left: None))


def test_all_empty_files_are_named_at_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text("" if name < "c" else "Мәтін.", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.txt, .*b\.txt: are empty"):
        next(read_all(sorted(tmp_path.iterdir()), KK))


@pytest.mark.parametrize(
    ("data", "guessed"),
    [
        (KAZAKH.encode(), ""),
        (b"plain ascii", ""),
        (KAZAKH.encode("utf-16"), ""),
        ("Қазақтың елі, жері кең, көңілі әсем".encode("ptcp154"), "PT154"),
        ("съешь же ещё этих мягких булок".encode("cp1251"), "cp1251"),
        ("съешь же ещё этих мягких булок".encode("cp866"), "cp866"),
        ("съешь же ещё этих мягких булок".encode("iso8859-5"), "ISO-8859-5"),
        ("съешь же ещё этих мягких булок".encode("mac_cyrillic"), "maccyrillic"),
    ],
)
def test_an_encoding_is_guessed_where_asked(data: bytes, guessed: str) -> None:
    assert stdin(data, ReadOptions(language="kk", encoding="auto")).encoding == guessed


def test_damaged_utf8_is_not_guessed_away() -> None:
    with pytest.raises(InputError, match="damaged"):
        stdin(KAZAKH.encode() + b"\xff" + KAZAKH.encode(), ReadOptions(language="kk", encoding="auto"))
