"""A source document in another language: cues and paragraphs stay where they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.build.build import build
from egiz.parallel.corpus.marked import word_links
from egiz.parallel.corpus.same import write_same
from egiz.parallel.documents.cues import write_cues
from egiz.parallel.documents.texts import Placed, shared_out, write_text
from egiz.parallel.publish.published import Published, open_published
from egiz.translate.errors import EgizError
from egiz.translate.read import ReadOptions, read
from egiz.translate.read.subtitles import Cue, cue_spans, parse_cues
from egiz.translate.records import Document
from egiz.translate.split import split
from egiz.translate.translator import Translator
from tests.parallel.reviewing import ANSWERS, MANIFEST, READING, engine

FIRST, SECOND = list(ANSWERS)[:2]


def published(folder: Path, source: Path) -> Published:
    translator = Translator(engine(), "kk", ("ru", "en"))
    build([source], folder / "out", translator, manifest=MANIFEST, reading=READING)
    return open_published(folder / "out")


def cues_of(text: str) -> list[Cue]:
    return [item for item in parse_cues(text, "x") if isinstance(item, Cue)]


def placed(text: str, raw: str, change: str = "{}") -> list[Placed]:
    document = Document(id="x", language="kk", text=text)
    return [
        Placed(start=item.start, stop=item.stop, paragraph=item.paragraph, texts=(change.format(item.text),))
        for item in split(document)
    ]


def text_of(raw: str) -> str:
    """The text of subtitles as documents have it."""
    spans = [
        (span, cue.text) for cue, span in zip(cues_of(raw), cue_spans(cues_of(raw)), strict=True) if span
    ]
    text = ""
    for (start, _), words in spans:
        text += ("\n\n" if start - len(text) > 1 else " " if text else "") + words
    return text


def test_subtitles_keep_times_numbers_and_tags(tmp_path: Path) -> None:
    film = tmp_path / "film.srt"
    head, tail = FIRST.split(" ", 1)
    film.write_bytes(
        f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{head}\r\n\r\n2\r\n00:00:02,100 --> 00:00:04,000 X1:1\r\n"
        f"{tail}\r\n\r\n3\r\n00:00:09,000 --> 00:00:10,000\r\n{{\\an8}}<i>{SECOND}</i>\r\n".encode()
    )
    table = published(tmp_path, film)
    output = tmp_path / "film.ru.srt"
    done = write_same(table, film, output, ("ru",))
    assert (done.sentences, done.untranslated, done.lost) == (2, 0, ())
    written = output.read_bytes().decode()
    assert written.count("\r\n") == written.count("\n")
    before, after = cues_of(film.read_text(encoding="utf-8")), cues_of(written)
    assert [cue.head for cue in after] == [cue.head for cue in before]
    assert f"{after[0].text} {after[1].text}" == ANSWERS[FIRST]
    assert after[2].lines == (f"{{\\an8}}<i>{ANSWERS[SECOND]}</i>",)
    write_same(table, film, output, ("kk", "ru"))
    assert cues_of(output.read_text(encoding="utf-8"))[2].lines[0] == f"{{\\an8}}<i>{SECOND}"


VTT = """WEBVTT - фильм

STYLE
::cue { color: red }

NOTE бұл --- ескерту

бірінші
00:00.000 --> 00:02.000 align:start
<v Абай>Бір, екі &amp; үш

00:02.500 --> 00:04.000
төрт, бес.
"""


def test_vtt_keeps_styles_notes_names_and_settings() -> None:
    assert [cue.text for cue in cues_of(VTT)] == ["Бір, екі & үш", "төрт, бес."]
    assert "".join(item if isinstance(item, str) else _whole(item) for item in parse_cues(VTT, "x")) == VTT
    text = "Бір, екі & үш төрт, бес."
    written, lost = write_cues(VTT, text, placed(text, VTT, "A & more, c d e f."), bilingual=False)
    assert written == VTT.replace("Бір, екі &amp; үш", "A &amp; more,").replace("төрт, бес.", "c d e f.")
    assert lost == ()


def _whole(cue: Cue) -> str:
    return cue.head + "".join(f"{line}\n" for line in cue.lines)


WORDS = st.lists(st.sampled_from(["сөз", "бір", "Ол", "келді.", "Иә!", "екі,", "<b>қалың</b>"]), min_size=1)


CUES = st.lists(st.tuples(WORDS, st.sampled_from([" ", "\n"])), min_size=1, max_size=12)


def film(cues: Sequence[str], kind: str) -> str:
    """Subtitles with a second for each cue, some of which go on into the next one without a pause."""
    point = "," if kind == "srt" else "."
    times = [
        f"00:{at // 60:02}:{at % 60:02}{point}000 --> 00:{at // 60:02}:{at % 60:02}{point}{900 + at % 3 * 49}"
        for at in range(len(cues))
    ]
    numbered = enumerate(zip(times, cues, strict=True), start=1)
    blocks = [f"{at}\n{time}\n{cue}\n" for at, (time, cue) in numbered]
    return "\n".join([*(["WEBVTT\n"] if kind == "vtt" else []), *blocks])


@given(CUES, st.sampled_from(["srt", "vtt"]))
def test_no_cue_and_no_word_is_lost(texts: list[tuple[list[str], str]], kind: str) -> None:
    check_cues(film([sign.join(words) for words, sign in texts], kind))


@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_two_hundred_cues(kind: str) -> None:
    """Sentences that fill a cue, go on over several or share one, and turns of two speakers."""
    cues = [
        "Ол үйге келді.",
        "Мен сені күтіп,",
        "көп ойландым. Сен",
        "қайда болдың?",
        "- Білмеймін.\n- Неге?",
    ]
    assert check_cues(film(cues * 40, kind)) == 200


def check_cues(raw: str) -> int:
    """Check that translated subtitles keep cues, times and words; gives the number of cues."""
    text = text_of(raw)
    sentences = placed(text, raw, "{} конец")
    written, _ = write_cues(raw, text, sentences, bilingual=False)
    before, after = cues_of(raw), cues_of(written)
    assert [cue.head for cue in after] == [cue.head for cue in before]
    assert all(cue.text for cue in after)
    shown = " ".join(" ".join(cue.text.split()) for cue in after)
    assert shown.split() == " ".join(item.texts[0] for item in sentences).split()
    return len(after)


def test_film_text_is_read_as_the_cues_stand(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text(VTT, encoding="utf-8")
    [document] = read(tmp_path / "a.vtt", ReadOptions(language="kk"))
    assert document.text == text_of(VTT) == "Бір, екі & үш төрт, бес."


@given(st.lists(st.text("ab,", min_size=1, max_size=5), min_size=1), st.lists(st.integers(0, 9), min_size=1))
def test_a_translation_is_cut_into_its_words(words: list[str], shares: list[int]) -> None:
    pieces = shared_out(" ".join(words), shares)
    assert len(pieces) == len(shares)
    assert " ".join(filter(None, pieces)) == " ".join(words)
    assert all(pieces) or len(words) < len(shares)


def test_plain_text_keeps_its_layout(tmp_path: Path) -> None:
    text = f"  {FIRST}\n\n\n{SECOND} {FIRST}\n"
    source = tmp_path / "a.txt"
    source.write_text(text, encoding="utf-8")
    table = published(tmp_path, source)
    output = tmp_path / "a.ru.txt"
    write_same(table, source, output, ("ru",))
    expected = f"  {ANSWERS[FIRST]}\n\n\n{ANSWERS[SECOND]} {ANSWERS[FIRST]}\n"
    assert output.read_text(encoding="utf-8") == expected
    write_same(table, source, output, ("kk", "ru"))
    assert output.read_text(encoding="utf-8").startswith(f"  {FIRST}\n{ANSWERS[FIRST]}\n\n\n")


def test_a_page_keeps_its_tags_and_what_the_table_does_not_have_is_named(tmp_path: Path) -> None:
    page = '<html lang="kk"><p>{}</p><img src="a.png"><p hidden>{}</p><p>{}</p></html>'
    source = tmp_path / "a.html"
    source.write_text(page.format(FIRST, "Жасырын сөз.", SECOND), encoding="utf-8")
    output = tmp_path / "a.ru.html"
    done = write_same(published(tmp_path, source), source, output, ("ru",))
    assert (done.sentences, done.untranslated) == (2, 0)
    assert done.lost == ("1 passage that the table does not have: as in the source",)
    expected = page.format(ANSWERS[FIRST], "Жасырын сөз.", ANSWERS[SECOND]).replace('"kk"', '"ru"')
    assert output.read_text(encoding="utf-8") == expected


def test_word_links_come_from_tables_of_words_and_names(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(f"{FIRST}\n", encoding="utf-8")
    links = word_links(published(tmp_path, source), "ru")
    [weights] = links([("Абылай жаңа кітап, 1711", "Новая книга Абылая, 1711")])
    best = [max(range(4), key=lambda at: row[at]) for row in weights]
    assert best == [1, 2, 0, 3]
    assert all(max(row) > 0.5 for row in weights)


def test_a_sentence_without_translation_stays() -> None:
    text = "Бір. Екі."
    items = [
        Placed(start=0, stop=4, paragraph=1, texts=("",)),
        Placed(start=5, stop=9, paragraph=1, texts=("2",)),
    ]
    assert write_text(text, text, items, bilingual=False)[0] == "Бір. 2"


@pytest.mark.parametrize(
    ("name", "languages", "says"),
    [
        ("a.ru.txt", (), "2 translations at --languages|--languages"),
        ("a.ru.txt", ("de",), "the table has no 'de'"),
        ("a.srt", ("ru",), "has another ending; expected .txt"),
        ("a.txt", ("ru",), "is the input of this export"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, name: str, languages: tuple[str, ...], says: str
) -> None:
    source = tmp_path / "a.txt"
    source.write_text(f"{FIRST}\n", encoding="utf-8")
    table = published(tmp_path, source)
    with pytest.raises(EgizError, match=says):
        write_same(table, source, tmp_path / name, languages)
    source.write_text(f"{SECOND}\n", encoding="utf-8")
    with pytest.raises(EgizError, match=re.escape("is not a source of this table, or was changed since")):
        write_same(table, source, tmp_path / "b.txt", ("ru",))
