"""Every pair that is read is kept or left out with a reason, whatever file it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from egiz.parallel.corpus import Corpus, CorpusOptions, DataRow, FilterOptions, make_corpus
from egiz.parallel.corpus.duplicates import DuplicateOptions
from egiz.parallel.corpus.inputs import InputOptions, open_inputs, read_rows
from egiz.parallel.corpus.report import REMOVAL_STAGES, SAMPLES, Reject
from egiz.parallel.review import review
from egiz.parallel.rows import Row
from egiz.translate.errors import InputError, OptionError
from tests.parallel import reviewing
from tests.parallel.conftest import Publish
from tests.parallel.corpora import entry, pairs, side


def read(*places: Path, **options: object) -> list[DataRow]:
    chosen = InputOptions(**options)  # type: ignore[arg-type]
    return list(read_rows(open_inputs(places, chosen), chosen))


def kept(entries: list[DataRow], options: CorpusOptions) -> list[str]:
    with make_corpus(entries, options) as corpus:
        return [item.id for item in corpus.part("train")]


@pytest.fixture
def table(tmp_path: Path, rows: list[Row], publish: Publish) -> Path:
    return publish(tmp_path / "out", rows)


def test_every_pair_is_accounted_for(table: Path) -> None:
    told: list[Reject] = []
    options = CorpusOptions(
        filters=FilterOptions(quality={"": 0.5}, drop_identical=True),
        duplicates=DuplicateOptions(kind="near"),
    )
    with make_corpus(read(table), options, listen=told.append) as corpus:
        out = list(corpus.part("train"))
        account = corpus.account
    assert account.rows == 7
    for tag in ("ru", "en"):
        counts = account.languages[tag]
        assert counts.read == 7
        assert counts.kept == sum(one.language == tag for item in out for one in item.sides) > 0
        assert sum(reject.side.language == tag for reject in told) == counts.removed.total() > 0
    assert account.languages["ru"].removed == {"empty": 1, "identical": 1, "quality": 2}
    assert account.parts["train"]["rows"] == len(out)
    assert {reject.stage for reject in told} <= set(REMOVAL_STAGES)
    lines = list(account.as_text())
    assert lines[0] == "7 rows read"
    assert any("2 left out, quality: a number too low, or none" in line for line in lines)
    content = json.loads(json.dumps(account.as_json()))
    removed = content["languages"]["ru"]["removed"]
    assert removed["empty"] == {
        "count": 1,
        "about": "no text on one side, or a draft",
        "samples": [
            {
                "row": "құбыр:1.1",
                "reason": "no text in ru",
                "source": "Бұл сөйлем аударылмады.",
                "target": "",
            }
        ],
    }


def test_samples_are_few_and_do_not_depend_on_the_order() -> None:
    made = pairs([(f"сөйлем {number}", "") for number in range(50)]) + pairs([("бір", "один")], "x")
    samples = []
    for items in (made, made[::-1]):
        with make_corpus(items, CorpusOptions()) as corpus:
            samples.append(corpus.account.as_json()["languages"]["ru"]["removed"]["empty"]["samples"])
    assert samples[0] == samples[1]
    assert len(samples[0]) == SAMPLES


def test_the_best_stay() -> None:
    made = [
        entry(n, f"сөз {n}", side(f"слово {n}", chance=n / 10, approved=n == 1), side(f"word {n}", "en"))
        for n in range(1, 6)
    ]
    with make_corpus(made, CorpusOptions(best=2)) as corpus:
        found = {item.id: [one.language for one in item.sides] for item in corpus.part("train")}
    assert found == {"doc:1.1": ["ru", "en"], "doc:2.1": ["en"], "doc:5.1": ["ru"]}


def test_what_a_person_approved_is_known_and_stays(table: Path, tmp_path: Path) -> None:
    folder = table.parent
    table.rename(folder / "parallel.tsv")
    package = folder / "datapackage.json"
    package.write_text(package.read_text(encoding="utf-8").replace("sample", "parallel"), encoding="utf-8")
    text = "This sentence was not translated."
    edit = reviewing.edit("құбыр:1.1", "The the the the the.", text, language="en", approved=True)
    review([reviewing.edits(tmp_path / "edits.json", edit)], folder)
    options = CorpusOptions(filters=FilterOptions(approved_only=True))
    with make_corpus(read(folder), options) as corpus:
        [found] = corpus.part("train")
    assert [(one.language, one.text, one.approved) for one in found.sides] == [("en", text, True)]


def test_an_aligned_table_brings_its_qualities(tmp_path: Path) -> None:
    path = tmp_path / "aligned.tsv"
    path.write_text(
        "id\tkk\tru\tru.quality\tnote\ten\nd:1.1\tбір\tодин\t0.75\tx\tone\nd:1.2\tекі\t\t\t\ttwo\n",
        encoding="utf-8",
    )
    one, two = read(path)
    assert [(item.language, item.text, item.chance) for item in one.sides] == [
        ("ru", "один", 0.75),
        ("en", "one", None),
    ]
    assert [(item.language, item.text) for item in two.sides] == [("en", "two")]
    assert (one.id, one.document) == ("d:1.1", "d")
    turned = read(path, source="ru")[0]
    assert (turned.source, turned.sides[0].text, turned.sides[0].chance) == ("один", "бір", None)


def test_one_target_of_a_published_table_keeps_its_quality(table: Path) -> None:
    whole = read(table)
    for item, all_sides in zip(read(table, source="kk", target="en"), whole, strict=True):
        assert item.sides == all_sides.sides[1:]
    turned = read(table, source="en", target="kk")
    assert (turned[2].source, turned[2].sides[0].text) == (whole[2].sides[1].text, whole[2].source)
    assert {one.chance for item in turned for one in item.sides} == {None}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id\tkk\tru\tru.quality\n1\tбір\tодин\t1.5\n", "aligned.tsv:2: a quality of '1.5'"),
        ("id\tkk\tru\n1\tбір\n", "aligned.tsv:2: 2 cells"),
    ],
)
def test_a_bad_aligned_table_is_refused_with_its_line(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "aligned.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read(path)


def test_a_foreign_bitext_takes_its_scores_from_a_table(tmp_path: Path) -> None:
    cases = Path(__file__).parent.parent / "cases" / "bitext"
    entries = read(cases / "memory.tmx", source="kk")
    assert entries
    scores = tmp_path / "scores.tsv"
    lines = "".join(f"{item.id}\tx\t0.5\n" for item in entries)
    scores.write_text("id\treasons\tquality\n" + lines, encoding="utf-8")
    scored = read(cases / "memory.tmx", source="kk", scores=scores)
    assert {one.chance for item in scored for one in item.sides} == {0.5}
    assert [replace(one, chance=None, meaning="quality") for one in scored[0].sides] == list(entries[0].sides)


@pytest.mark.parametrize("content", ["", "id\n1\n", "id\tquality\n1\t2\n", "id\tquality\n1\n"])
def test_bad_scores_are_refused(tmp_path: Path, content: str) -> None:
    table, scores = tmp_path / "t.tsv", tmp_path / "scores.tsv"
    table.write_text("kk\tru\nбір\tодин\n", encoding="utf-8")
    scores.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"scores\.tsv:\d"):
        read(table, scores=scores)


def test_rows_of_several_inputs_are_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.tsv").write_text("id\tkk\tru\nd:1.1\tбір\tодин\n", encoding="utf-8")
    found = read(tmp_path / "a" / "t.tsv", tmp_path / "b" / "t.tsv")
    assert [item.id for item in found] == ["t:d:1.1", "t-2:d:1.1"]
    assert kept(found, CorpusOptions(duplicates=DuplicateOptions(kind="exact"))) == ["t:d:1.1"]
    with pytest.raises(OptionError, match="--scores: 2 inputs"):
        read(tmp_path / "a" / "t.tsv", tmp_path / "b" / "t.tsv", scores=tmp_path / "a" / "t.tsv")
    with pytest.raises(OptionError, match="named twice"):
        read(tmp_path / "a" / "t.tsv", tmp_path / "a" / ".." / "a" / "t.tsv")


def test_inputs_of_two_source_languages_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("kk\tru\nбір\tодин\n", encoding="utf-8")
    (tmp_path / "b.tsv").write_text("en\tru\none\tодин\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.tsv: its source is 'en'; expected 'kk'"):
        read(tmp_path / "a.tsv", tmp_path / "b.tsv")


def test_when_nothing_is_left_the_main_reason_is_said() -> None:
    made = pairs([("бір", "один"), ("екі", "два")])
    with (
        pytest.raises(InputError, match=r"none of 2 rows is left\. 2 pairs left out, quality"),
        make_corpus(made, CorpusOptions(filters=FilterOptions(quality={"": 0.5}))),
    ):
        pass


def test_a_language_that_is_not_there_is_refused() -> None:
    with (
        pytest.raises(OptionError, match="nothing is in 'en'; expected ru"),
        make_corpus(pairs([("бір", "один")]), CorpusOptions(languages=("en",))),
    ):
        pass


def test_a_corpus_can_be_read_again() -> None:
    def twice(corpus: Corpus) -> Iterator[list[DataRow]]:
        yield from (list(corpus.part("train")), list(corpus.part("train")))

    made = pairs([("бір", "один"), ("екі", "два")])
    with make_corpus(made, CorpusOptions()) as corpus:
        assert list(twice(corpus)) == [made, made]
        assert (corpus.source_language, corpus.target_languages) == ("kk", ("ru",))


def test_languages_that_egiz_does_not_know_are_named_by_their_tags() -> None:
    made = [entry(1, "бір", side("wa’", "tlh"))]
    with make_corpus(made, CorpusOptions(languages=("kk", "tlh"))) as corpus:
        assert corpus.target_languages == ("tlh",)
        assert list(corpus.account.as_text())[1] == "  tlh: 1 pair, 1 kept"
