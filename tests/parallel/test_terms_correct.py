"""`egiz terms correct`: what becomes of each kind of file, of each edit, and of a second run."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.glossary.correct import Mode, replay
from egiz.glossary.records import Term, Wording
from egiz.glossary.termbase import load_all
from egiz.parallel.bilingual.correct import FileCorrector, FileSummary, LeftTable
from egiz.parallel.bilingual.links import LearnedLinks
from egiz.parallel.bitext import Segment, read_bitext
from egiz.parallel.bitext.rewrite import FileUnit, read_units
from egiz.parallel.publish import read_tsv
from egiz.parallel.rows import Row
from egiz.translate.engine.protocol import Attention, Decoding, Hint, TokenScores
from egiz.translate.errors import InputError, OutputError
from egiz.translate.records import Edit, Hypothesis
from tests.parallel.commandline import egiz
from tests.parallel.conftest import Publish

BASE = """id\tkk\tru\tru.forbidden\ten\ten.forbidden
perestroika\tқайта құру\tперестройка | реорганизация\tреконструкция\tperestroika\trebuilding
khanate\tхандық\tханство\tкоролевство | A&B\tkhanate\tkingdom
"""
PAIRS = """kk\tru
Қайта құру жүрді.\tШла  реконструкция.
Қайта құрудың саясаты.\tЭто политика поездки.
Хандық құрылды.\tЭто решение королевства.
Хандық па, хандық па?\tХанство ли?
Ел өсті.\tСтрана росла.
Ел өсті.\t
"""


class DiagonalForcing:
    """Finds everything equally likely but for long texts, and aligns words by how far in they stand."""

    identity = "diagonal"
    takes_hints = False

    def __init__(self) -> None:
        self.completed: list[tuple[str, str]] = []

    def token_scores(
        self, pairs: Sequence[tuple[str, str]], *, source: str, target: str
    ) -> list[TokenScores | None]:
        return [
            TokenScores(spans=words(text), logprobs=(-0.5 - len(text) / 1000,) * (len(words(text)) + 1))
            for _, text in pairs
        ]

    def align(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> list[Attention]:
        return [self._aligned(*pair) for pair in pairs]

    def _aligned(self, source: str, target: str) -> Attention:
        read, written = words(source), words(target)
        weights = [[0.0] * len(read) for _ in written]
        for place, row in enumerate(weights):
            row[place * len(read) // len(written)] = 1.0
        return Attention(source=read, target=written, weights=tuple(map(tuple, weights)))

    def complete(
        self, items: Sequence[tuple[str, str]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        self.completed += items
        return [(Hypothesis(text=f"{begun}.", tokens=(), logprob=-0.1),) for _, begun in items]

    def retell(
        self, items: Sequence[tuple[str, tuple[Hint, ...]]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        raise AssertionError("this model takes no hints")


def words(text: str) -> tuple[tuple[int, int], ...]:
    places, at = [], 0
    for word in text.split(" "):
        places.append((at, at + len(word)))
        at += len(word) + 1
    return tuple(places)


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Term, ...]:
    path = tmp_path_factory.mktemp("base") / "base.tsv"
    path.write_text(BASE, encoding="utf-8")
    return load_all([str(path)]).terms


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.tsv").write_text(BASE, encoding="utf-8")
    (tmp_path / "pairs.tsv").write_text(PAIRS, encoding="utf-8", newline="\n")
    return tmp_path


def corrected(
    terms: Sequence[Term],
    path: Path,
    forcing: DiagonalForcing | None = None,
    *,
    target: str | None = "ru",
    redecode: bool | None = None,
    mode: Mode = "eager",
) -> tuple[bytes, list[tuple[Segment, Edit]], FileSummary]:
    edits: list[tuple[Segment, Edit]] = []
    given = (lambda source, target: forcing) if forcing else None
    corrector = FileCorrector(terms, given, redecode=redecode, mode=mode)
    parts = corrector.rewrite(path, "kk", target, tell=lambda segment, edit: edits.append((segment, edit)))
    return b"".join(parts), edits, corrector.summary()


def replayed(path: Path, edits: Sequence[tuple[Segment, Edit]]) -> list[str]:
    """The targets of a file with their edits made to them."""
    return [
        replay(segment.target, [edit for place, edit in edits if place == segment])
        for segment in read_bitext(path, "kk", "ru")
    ]


def test_each_use_left_wrong_is_told_with_its_reason(terms: tuple[Term, ...], folder: Path) -> None:
    banned = Term(id="no", wordings=(Wording(language="ru", text="сегодня", status="forbidden"),))
    (folder / "own.tsv").write_text(
        "kk\tru\nҚайта құру басталды.\tРеконструкция сегодня началась.\nХандық.\tЗемля.\n", encoding="utf-8"
    )
    corrector = FileCorrector((*terms, banned))
    stream = StringIO()
    told = LeftTable(stream).write
    rewritten = corrector.rewrite(
        folder / "own.tsv", "kk", "ru", tell=lambda segment, edit: None, tell_left=told
    )
    assert "Перестройка сегодня началась" in b"".join(rewritten).decode()
    header, *rows = (line.split("\t") for line in stream.getvalue().splitlines())
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["line"], row["form"], row["outcome"], row["rendering"]) for row in found] == [
        ("2", "", "forbidden", "сегодня"),
        ("3", "Хандық", "missing", ""),
    ]
    assert "no wording to write instead" in found[0]["reason"]
    totals = corrector.summary()
    assert sum(count for _, count in totals.left) == len(found)
    assert dict(totals.after)["forbidden"] == 1
    assert not totals.is_clean


def test_without_an_engine_only_what_is_sure_is_replaced(terms: tuple[Term, ...], folder: Path) -> None:
    written, edits, totals = corrected(terms, folder / "pairs.tsv", mode="safe")
    expected = PAIRS.replace("реконструкция", "перестройка").replace("королевства", "ханства")
    assert written.decode() == expected
    assert [(segment.id, edit.before, edit.after, edit.rule) for segment, edit in edits] == [
        ("2", "реконструкция", "перестройка", "forbidden"),
        ("4", "королевства", "ханства", "forbidden"),
    ]
    assert (totals.rows, totals.untranslated, totals.changed, totals.edits) == (6, 1, 2, 2)
    assert dict(totals.before) == {"applied": 1, "variant": 0, "forbidden": 2, "missing": 1, "ambiguous": 1}
    assert dict(totals.after) == {
        "applied": 1,
        "variant": 0,
        "inserted": 2,
        "forbidden": 0,
        "missing": 1,
        "ambiguous": 1,
    }
    assert sorted(totals.left) == [
        ("a person translated it, and no forbidden wording or sure synonym stands there", 1),
        ("it is rendered elsewhere in the sentence, perhaps for both", 1),
    ]
    assert not totals.is_clean
    assert corrected(terms, folder / "pairs.tsv", DiagonalForcing(), mode="safe")[0] == written
    unchanged, none, counts = corrected(terms, folder / "pairs.tsv", DiagonalForcing(), mode="check")
    assert (unchanged.decode(), none, counts.before[2]) == (PAIRS, [], ("forbidden", 2))


def test_with_an_engine_missing_terms_are_put_in_too(terms: tuple[Term, ...], folder: Path) -> None:
    written, edits, totals = corrected(terms, folder / "pairs.tsv", DiagonalForcing())
    assert written.decode().split("\n")[2] == "Қайта құрудың саясаты.\tЭто политика перестройки."
    assert totals.is_clean
    folder.joinpath("out.tsv").write_bytes(written)
    after = [segment.target for segment in read_bitext(folder / "out.tsv")]
    assert replayed(folder / "pairs.tsv", edits) == after


def test_sentences_are_translated_again_only_where_a_machine_wrote_them(
    terms: tuple[Term, ...], folder: Path, publish: Publish, rows: list[Row]
) -> None:
    (folder / "x.tsv").write_text("kk\tru\nҚайта құру жүрді.\tОн ушёл.\n", encoding="utf-8")
    asked = DiagonalForcing()
    assert corrected(terms, folder / "x.tsv", asked)[0] == (folder / "x.tsv").read_bytes()
    assert asked.completed == []
    assert corrected(terms, folder / "x.tsv", asked, redecode=True)[1][0][1].rule == "redecoded"
    made = publish(folder / "out", [worded(rows[0], "Он ушёл.")])
    assert corrected(terms, made, asked)[1][0][1].rule == "redecoded"
    assert corrected(terms, made, asked, redecode=False)[1] == []


def worded(row: Row, text: str, quality: float = 0.5) -> Row:
    russian, english = row.targets
    return replace(row, targets=(replace(russian, text=text, raw=text, edits=(), quality=quality), english))


FILES = {
    "x.tmx": (
        '<?xml version="1.0"?>\n<tmx version="1.4"><header srclang="kk"/><body>{}</body></tmx>\n',
        '\n <tu><tuv xml:lang="kk"><seg>{}</seg></tuv>\n<tuv xml:lang="ru"><seg>{}</seg></tuv><!-- --></tu>',
    ),
    "x.xlf": (
        '<xliff version="1.2"><file source-language="kk" target-language="ru"><body>{}</body></file></xliff>',
        '<trans-unit id="a"><source>{}</source>\r\n<target state="translated">{}</target></trans-unit>\r\n',
    ),
    "x.xliff": (
        '<xliff version="2.0" srcLang="kk" trgLang="ru"><file id="f">{}</file></xliff>',
        '<unit id="a"><segment><source>{}</source><target>{}</target></segment></unit>\n',
    ),
    "x.po": (
        'msgid ""\nmsgstr "Language: ru\\nX-Source-Language: kk\\n"\n\n{}',
        '#: a.c:1\nmsgid "{}"\nmsgstr "{}"\n\n',
    ),
    "x.tsv": ("\ufeffkk\tru\tnote\n{}", "{}\t{}\t «n» \r\n"),
}
STATES = {
    "x.xlf": (' state="translated"', ' state="needs-review-translation"'),
    "x.xliff": ("<segment>", '<segment state="translated" subState="egiz:corrected">'),
}
"""How a file says of a segment that it was changed."""
LINES = [line.split("\t") for line in PAIRS.split("\n")[1:-1]]


def bilingual(folder: Path, name: str, lines: Sequence[Sequence[str]] = LINES) -> Path:
    frame, unit = FILES[name]
    path = folder / name
    path.write_text(frame.format("".join(unit.format(*line) for line in lines)), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("name", sorted(FILES))
def test_all_formats_are_corrected_alike_and_a_second_run_changes_nothing(
    terms: tuple[Term, ...], tmp_path: Path, name: str
) -> None:
    path = bilingual(tmp_path, name)
    units = re.split("(?=<trans-unit|<unit )", path.read_bytes().decode())
    written, edits, _ = corrected(terms, path, DiagonalForcing())
    for at, unit in enumerate(units):
        words = {"реконструкция": "перестройка", "поездки": "перестройки", "королевства": "ханства"}
        for old, new in words.items():
            units[at] = units[at].replace(old, new)
        if units[at] != unit:
            units[at] = units[at].replace(*STATES.get(name, ("", "")))
    assert written.decode() == "".join(units)
    expected = replayed(path, edits)
    path.write_bytes(written)
    assert [segment.target for segment in read_bitext(path, "kk", "ru")] == expected
    again, more, totals = corrected(terms, path, DiagonalForcing())
    assert (again, more) == (written, [])
    assert dict(totals.after) == {**dict(totals.before), "inserted": 0}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["Қайта құру", "Хандықтың саясаты", "Қайта құру мен хандық", "Ел", "хандық, хандық"]
            ),
            st.lists(
                st.sampled_from(
                    [
                        "реконструкции",
                        "королевство",
                        "политика",
                        "о реформе",
                        "  ",
                        "А",
                        "ханства",
                        "в стране",
                    ]
                ),
                max_size=5,
            ).map(" ".join),
        ),
        max_size=6,
    ),
    st.sampled_from(sorted(FILES)),
    st.booleans(),
)
def test_a_second_run_changes_nothing(
    terms: tuple[Term, ...],
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[tuple[str, str]],
    name: str,
    is_asked: bool,
) -> None:
    path = bilingual(tmp_path_factory.mktemp("again"), name, lines)
    forcing = DiagonalForcing() if is_asked else None
    written, edits, totals = corrected(terms, path, forcing)
    expected = replayed(path, edits)
    assert sum(count for _, count in totals.before) == sum(count for _, count in totals.after)
    if not edits:
        assert written == path.read_bytes()
    path.write_bytes(written)
    assert [segment.target for segment in read_bitext(path, "kk", "ru")] == expected
    assert corrected(terms, path, forcing)[0] == written


def test_many_units_come_in_their_order(terms: tuple[Term, ...], tmp_path: Path) -> None:
    lines = [(f"Хандық {number}.", f"Оно {number} стало королевством.") for number in range(200)]
    written, edits, totals = corrected(terms, bilingual(tmp_path, "x.tmx", lines))
    assert written.decode() == (tmp_path / "x.tmx").read_text(encoding="utf-8").replace(
        "королевством", "ханством"
    )
    assert [segment.id for segment, _ in edits] == [str(number) for number in range(1, 201)]
    assert totals.changed == 200


def test_drafts_and_markup_among_the_words_are_left_alone(terms: tuple[Term, ...], tmp_path: Path) -> None:
    lines = [
        ("Хандық.", "Оно стало корол<ph>{}</ph>евством."),
        ("Хандық.", "Оно стало <hi>королевством</hi>."),
        ("Хандық.", "Оно стало <bpt i='1'/>королевством<ept i='1'/>."),
        ("Хандық.", "Оно стало корол<bpt i='1'/>евством<ept i='1'/>."),
    ]
    written, _, totals = corrected(terms, bilingual(tmp_path, "x.tmx", lines))
    text = (tmp_path / "x.tmx").read_text(encoding="utf-8")
    assert written.decode() == text.replace(">королевством<", ">ханством<")
    assert dict(totals.left) == {
        "markup or a line break stands among the words": 1,
        "only an engine can find the words that render it": 1,
    }
    assert dict(totals.after)["forbidden"] == 1
    path = tmp_path / "y.po"
    path.write_text(
        FILES["x.po"][0].format('#, fuzzy\nmsgid "Хандық."\nmsgstr "Оно стало королевством."\n'),
        encoding="utf-8",
    )
    written, _, totals = corrected(terms, path)
    assert written == path.read_bytes()
    assert (totals.drafts, totals.occurrences) == (1, 0)


def test_what_the_encoding_lacks_is_left_alone(tmp_path: Path) -> None:
    base = tmp_path / "base.tsv"
    base.write_text("id\tru\tkk\tkk.forbidden\nk\tханство\tхандық\tкорольдык\n", encoding="utf-8")
    path = tmp_path / "x.po"
    head = "Language: kk\\nX-Source-Language: ru\\nContent-Type: text/plain; charset=windows-1251\\n"
    text = f'msgid ""\nmsgstr "{head}"\n\nmsgid "Ханство."\nmsgstr "Корольдык."\n'
    path.write_bytes(text.encode("windows-1251"))
    corrector = FileCorrector(load_all([str(base)]).terms)
    assert b"".join(corrector.rewrite(path, tell=lambda segment, edit: None)) == path.read_bytes()
    assert dict(corrector.summary().left) == {"the file's encoding lacks a letter of the term": 1}


def table(folder: Path, publish: Publish, rows: list[Row], *texts: tuple[str, str, float]) -> Path:
    """A published table of Kazakh and Russian texts with their qualities."""
    made = [
        replace(worded(row, text, quality), source=source)
        for row, (source, text, quality) in zip(rows, texts, strict=False)
    ]
    return publish(folder, made)


@pytest.mark.parametrize(("status", "quality"), [("approved", "1.000"), ("edited", "")])
def test_a_published_table_keeps_what_the_machine_said(
    terms: tuple[Term, ...], tmp_path: Path, publish: Publish, rows: list[Row], status: str, quality: str
) -> None:
    path = table(
        tmp_path / "out", publish, rows,
        ("Хандық құрылды.", "Оно стало королевством.", 0.5),
        ("Хандық па, қайта құру ма?", "Ханство или политика?", 0.5),
        ("Ел өсті.", "NA", 0.5),
        ("Хандық.", "Стало королевством.", 1.0),
    )  # fmt: skip
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[4] = lines[4].replace("\t1.000\tok\t", f"\t{quality}\t{status}\t", 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    written, edits, totals = corrected(terms, path)
    (tmp_path / "new.tsv").write_bytes(written)
    old, new = list(read_tsv(path)), list(read_tsv(tmp_path / "new.tsv"))
    first, second, third, fourth = (row.targets[0] for row in new)
    assert (first.text, first.machine, first.terms) == (
        "Оно стало ханством.",
        "Оно стало королевством.",
        "khanate:inserted",
    )
    assert (second.text, second.machine) == (old[1].targets[0].text, "")
    assert second.terms == "khanate:applied,perestroika:missing"
    assert third == old[2].targets[0]
    assert (fourth.text, fourth.machine, fourth.terms) == ("Стало королевством.", "", "khanate:forbidden")
    assert dict(totals.left)["a person wrote or approved the translation"] == 1
    assert [row.targets[1] for row in new] == [row.targets[1] for row in old]
    assert [replace(row, targets=()) for row in new] == [replace(row, targets=()) for row in old]
    assert replay(first.machine, [edit for _, edit in edits]) == first.text
    again, more, _ = corrected(terms, tmp_path / "new.tsv")
    assert (again, more) == (written, [])


def test_machine_output_that_stands_there_stays_or_goes_with_the_last_edit(
    terms: tuple[Term, ...], tmp_path: Path, publish: Publish, rows: list[Row]
) -> None:
    path = table(tmp_path / "out", publish, rows, ("Хандық құрылды.", "Оно стало королевством.", 0.5))
    lines = path.read_text(encoding="utf-8").split("\n")
    cells = lines[1].split("\t")
    for machine, expected in (("Это страна.", "Это страна."), ("Оно стало ханством.", "")):
        cells[6:8] = ["old:missing,khanate:forbidden", machine]
        path.write_text("\n".join([lines[0], "\t".join(cells), ""]), encoding="utf-8")
        (tmp_path / "new.tsv").write_bytes(corrected(terms, path)[0])
        [row] = read_tsv(tmp_path / "new.tsv")
        assert (row.targets[0].text, row.targets[0].machine) == ("Оно стало ханством.", expected)
        assert row.targets[0].terms == "khanate:inserted"


def test_all_targets_of_a_published_table_are_corrected(
    terms: tuple[Term, ...], tmp_path: Path, publish: Publish, rows: list[Row]
) -> None:
    row = worded(rows[0], "Оно стало королевством.")
    english = replace(row.targets[1], text="The kingdom of it.", raw="The kingdom of it.")
    path = publish(tmp_path, [replace(row, source="Хандық.", targets=(row.targets[0], english))])
    written, edits, _ = corrected(terms, path, target=None)
    assert "Оно стало ханством." in written.decode()
    assert "The khanate of it." in written.decode()
    assert [segment.target_language for segment, _ in edits] == ["ru", "en"]


def test_a_cell_that_readers_would_not_agree_on_is_refused(
    tmp_path: Path, publish: Publish, rows: list[Row]
) -> None:
    path = table(tmp_path / "out", publish, rows, ("Хандық.", "Оно стало королевством.", 0.5))
    [row] = [part for part in read_units(path, "kk", "ru") if isinstance(part, FileUnit)]
    [side] = row.sides
    assert side.slot is not None
    quoted = Edit(start=0, stop=3, before="Оно", after='5"', term="t", rule="r")
    with pytest.raises(OutputError, match=r"row 'qaita-quru:1\.1', column 'ru'"):
        side.slot.put(side.segment, [quoted], ())


def test_languages_that_the_base_lacks_are_an_error(terms: tuple[Term, ...], tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("de\tfr\na\tb\n", encoding="utf-8")
    corrector = FileCorrector(terms)
    with pytest.raises(InputError, match=r"x\.tsv: no term has wordings in its languages \(de to fr\)"):
        list(corrector.rewrite(tmp_path / "x.tsv", tell=lambda segment, edit: None))
    (tmp_path / "x.tsv").write_text("de\tkk\tru\na\tХандық.\tОно.\n", encoding="utf-8")
    corrector = FileCorrector(terms)
    list(corrector.rewrite(tmp_path / "x.tsv", "kk", tell=lambda segment, edit: None))
    totals = corrector.summary()
    assert (totals.rows, totals.foreign, totals.occurrences) == (2, 1, 1)


def run(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command inside the folder, so that names are short."""
    return egiz(folder, "terms", "correct", *arguments, cwd=folder)


def test_the_command_without_an_engine(folder: Path) -> None:
    words = ("pairs.tsv", "--terms", "base.tsv", "-o", "new/out.tsv", "--edits", "edits.tsv", "--no-engine")
    done = run(folder, *words)
    assert (done.returncode, done.stdout) == (0, b"")
    assert (
        done.stderr.decode()
        == """6 segments, 5 uses of terms
before: 1 applied, 0 variant, 2 forbidden, 1 missing, 1 ambiguous
after: 1 applied, 0 variant, 2 inserted, 0 forbidden, 1 missing, 1 ambiguous
2 edits in 2 segments
left alone: a person translated it, and no forbidden wording or sure synonym stands there (1)
left alone: it is rendered elsewhere in the sentence, perhaps for both (1)
not looked at: 1 without translation
"""
    )
    assert (folder / "edits.tsv").read_text(encoding="utf-8") == (
        "file\tid\tlanguage\tstart\tstop\tbefore\tafter\tterm\trule\n"
        "pairs.tsv\t2\tru\t4\t17\tреконструкция\tперестройка\tperestroika\tforbidden\n"
        "pairs.tsv\t4\tru\t12\t23\tкоролевства\tханства\tkhanate\tforbidden\n"
    )
    out = (folder / "new" / "out.tsv").read_bytes()
    assert "Шла  перестройка." in out.decode()
    assert run(folder, *words, "--strict").returncode == 1
    assert (folder / "new" / "out.tsv").read_bytes() == out
    (folder / "pairs.tsv").write_text(PAIRS.split("Қайта құрудың")[0], encoding="utf-8")
    assert run(folder, *words, "--strict").returncode == 0


def test_the_command_takes_columns_under_other_names(folder: Path) -> None:
    """The same table, with other names for its columns, is corrected alike."""
    options = ("--terms", "base.tsv", "--no-engine", "-q")
    assert run(folder, "pairs.tsv", *options, "-o", "known.tsv").returncode == 0
    head, _, rows = (folder / "pairs.tsv").read_bytes().partition(b"\n")
    (folder / "named.tsv").write_bytes(
        head.replace(b"kk", b"Text").replace(b"ru", b"Translation") + b"\n" + rows
    )
    done = run(folder, "named.tsv", *options, "--columns", "kk=Text,ru=Translation", "-o", "named-out.tsv")
    assert done.returncode == 0, done.stderr
    corrected = (folder / "known.tsv").read_bytes().partition(b"\n")[2]
    assert (folder / "named-out.tsv").read_bytes().partition(b"\n")[2] == corrected != rows


def test_the_command_with_the_starter(folder: Path) -> None:
    (folder / "pairs.tsv").write_text(
        "kk\tru\n"
        "Қайта құру саясаты 1985 жылы басталды.\tПолитика реорганизация началась в 1985 году.\n"
        "Хандықтың астанасы болды.\tСтолица королевства была.\n"
        "Ол қайта құру туралы айтты.\tОн говорил о реформе.\n"
        "Қазақ хандығы құрылды.\tБыло создано государство.\n"
        "Ел өсті.\tСтрана росла.\n",
        encoding="utf-8",
    )
    words = ("--terms", "base.tsv", "--edits", "edits.tsv", "--threads", "2", "--terms-mode", "eager")
    done = run(folder, "pairs.tsv", "-o", "out.tsv", *words)
    assert done.returncode == 0, done.stderr
    with (folder / "edits.tsv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert any(line["rule"] == "replaced" for line in lines)
    texts = {segment.id: segment.target for segment in read_bitext(folder / "pairs.tsv")}
    for line in lines:
        assert texts[line["id"]][int(line["start"]) : int(line["stop"])] == line["before"]
    again = run(folder, "out.tsv", "-o", "again.tsv", *words)
    assert again.returncode == 0, again.stderr
    assert (folder / "again.tsv").read_bytes() == (folder / "out.tsv").read_bytes()
    assert len((folder / "edits.tsv").read_text(encoding="utf-8").splitlines()) == 1


def test_languages_that_the_model_lacks(folder: Path) -> None:
    (folder / "base.tsv").write_text(
        "id\tde\tru\tru.forbidden\nk\tKhanat\tханство\tкоролевство\n", encoding="utf-8"
    )
    (folder / "pairs.tsv").write_text("de\tru\nKhanat.\tОно стало королевством.\n", encoding="utf-8")
    words = ("pairs.tsv", "--terms", "base.tsv", "-o", "out.tsv")
    done = run(folder, *words)
    assert done.returncode == 0, done.stderr
    assert done.stderr.decode().startswith("starter has no de: only safe replacements are made\n")
    assert (folder / "out.tsv").read_text(encoding="utf-8") == "de\tru\nKhanat.\tОно стало ханством.\n"
    (folder / "out.tsv").unlink()
    done = run(folder, *words, "--model", "starter")
    assert (done.returncode, (folder / "out.tsv").exists()) == (2, False)
    assert b"--model: the model has no de" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["none.tsv", "-o", "out.tsv"], "none.tsv"),
        (["pairs.tsv"], "--output"),
        (["pairs.tsv", "-o", ""], "--output"),
        (["pairs.tsv", "-o", "./pairs.tsv"], "--output"),
        (["link.tsv", "-o", "pairs.tsv"], "--output"),
        (["pairs.tsv", "-o", "base.tsv"], "--output"),
        (["pairs.tsv", "-o", "out.tsv", "--edits", "pairs.tsv"], "--edits"),
        (["pairs.tsv", "-o", "out.tsv", "--edits", "./out.tsv"], "--edits"),
        (["pairs.tsv", "-o", "folder"], "folder"),
        (["pairs.tsv", "-o", "out.tsv", "--edits", "folder"], "folder"),
        (["broken.tmx", "-o", "out.tsv", "--edits", "edits.tsv"], "broken.tmx:2:"),
        (["late.tsv", "-o", "out.tsv"], "late.tsv:400: 3 cells"),
        (["entity.tmx", "-o", "out.tsv"], "entities"),
        (["plain.tsv", "-o", "out.tsv"], "--from"),
        (["pairs.tsv", "-o", "out.tsv", "--to", "en"], "'en'"),
        (["pairs.tsv", "-o", "out.tsv", "--model", "startr"], "startr"),
    ],
)
def test_bad_input_and_usage_leave_with_2_and_no_file(folder: Path, arguments: list[str], word: str) -> None:
    (folder / "folder").mkdir()
    (folder / "link.tsv").symlink_to("pairs.tsv")
    (folder / "plain.tsv").write_text("a\tb\n", encoding="utf-8")
    (folder / "late.tsv").write_text("kk\tru\n" + "Хандық.\tМир.\n" * 398 + "a\tb\tc\n", encoding="utf-8")
    (folder / "broken.tmx").write_text('<tmx version="1.4"><body>\n<tu></body></tmx>', encoding="utf-8")
    entity = '<!DOCTYPE tmx [<!ENTITY a "b">]><tmx version="1.4"><header srclang="kk"/><body/></tmx>'
    (folder / "entity.tmx").write_text(entity, encoding="utf-8")
    before = {path: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    extra = [] if "--model" in arguments else ["--no-engine"]
    done = run(folder, *arguments, "--terms", "base.tsv", *extra)
    assert (done.returncode, done.stdout) == (2, b"")
    [line] = done.stderr.decode().splitlines()
    assert line.startswith("egiz: ")
    assert word in line
    assert {path: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()} == before


def test_files_of_a_published_folder_are_not_replaced(
    folder: Path, publish: Publish, rows: list[Row]
) -> None:
    made = publish(folder / "out", [worded(rows[2], "Оно стало королевством.")])
    before = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    copy = folder / "copy.tsv"
    copy.write_bytes(made.read_bytes())
    words = ("--terms", folder / "base.tsv", "--to", "ru", "--no-engine")
    for file, output in ((copy, made), (copy, made.with_name("datapackage.json"))):
        done = egiz(folder, "terms", "correct", file, "-o", output, *words)
        assert done.returncode == 2
        assert b"--output" in done.stderr
    done = egiz(folder, "terms", "correct", copy, "-o", folder / "new.tsv", "--edits", made, *words)
    assert (done.returncode, (folder / "new.tsv").exists()) == (2, False)
    assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == before
    beside = folder / "out" / "corrected.tsv"
    for _ in range(2):
        assert egiz(folder, "terms", "correct", made, "-o", beside, *words).returncode == 0
    assert [row.targets[0].text for row in read_tsv(beside)] == ["Оно стало ханством."]


@pytest.mark.parametrize(
    "content", ["{", json.dumps({"resources": [1]}), json.dumps({"resources": [{"path": "x"}]})]
)
def test_a_data_package_of_another_program_is_no_hindrance(folder: Path, content: str) -> None:
    (folder / "datapackage.json").write_text(content, encoding="utf-8")
    done = run(folder, "pairs.tsv", "--terms", "base.tsv", "-o", "out.tsv", "--no-engine")
    assert done.returncode == 0, done.stderr


LEARNED = """kk\tru
Хандық өсті.\tЦарство росло.
Хандық құлады.\tЦарство пало.
Қала өсті.\tГород рос.
Қала құлады.\tГород пал.
Бүгін хандық туралы.\tСегодня о царстве.
Бүгін қала туралы.\tСегодня о городе.
"""


@pytest.mark.parametrize("method", ["table", "thot"])
def test_words_are_learned_from_the_file_itself(
    terms: tuple[Term, ...], tmp_path: Path, method: Literal["table", "thot"]
) -> None:
    if method == "thot":
        pytest.importorskip("thot")
    path = tmp_path / "x.tsv"
    path.write_text(LEARNED, encoding="utf-8")
    corrector = FileCorrector(terms, links=LearnedLinks(method, [path], "kk", "ru"))
    written = b"".join(corrector.rewrite(path, "kk", "ru", tell=lambda segment, edit: None)).decode()
    assert written == LEARNED.replace("Царство", "Ханство").replace("о царстве", "о ханстве")
    assert corrector.summary().is_clean
    path.write_text(written, encoding="utf-8")
    again = FileCorrector(terms, links=LearnedLinks(method, [path], "kk", "ru"))
    assert b"".join(again.rewrite(path, "kk", "ru", tell=lambda segment, edit: None)).decode() == written


def test_links_are_asked_for_only_where_no_engine_is(terms: tuple[Term, ...], folder: Path) -> None:
    asked: list[tuple[str, str]] = []

    def links(source: str, target: str) -> None:
        asked.append((source, target))

    for forcing in (DiagonalForcing(), None):
        corrector = FileCorrector(terms, lambda source, target, own=forcing: own, links=links)
        list(corrector.rewrite(folder / "pairs.tsv", "kk", "ru", tell=lambda segment, edit: None))
        assert asked == ([] if forcing else [("kk", "ru")])


def test_words_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "base.tsv").write_text(BASE.replace("kk", "de"), encoding="utf-8")
    (tmp_path / "x.tsv").write_text(LEARNED.replace("kk", "de"), encoding="utf-8")
    arguments = [tmp_path / "x.tsv", "--terms", tmp_path / "base.tsv", "-o", tmp_path / "y.tsv"]
    run = egiz(tmp_path, "terms", "correct", *arguments, "--words", "table")
    assert (run.returncode, run.stdout) == (0, b"")
    assert run.stderr.decode().startswith("starter has no de: links of words are learned\n")
    assert "Сегодня о ханстве." in (tmp_path / "y.tsv").read_text(encoding="utf-8")
