"""From documents to the published table: what is written, read again, exported and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median_low

import pytest
from click.testing import CliRunner, Result

from egiz.parallel.align import AlignJob, read_texts, word_linker
from egiz.parallel.cli.align import command
from egiz.parallel.cli.evaluate import command as evaluate
from egiz.parallel.cli.review import command as review_command
from egiz.parallel.corpus.formats import format_named, write_book
from egiz.parallel.corpus.records import read_about
from egiz.parallel.corpus.texts import colophon
from egiz.parallel.publish import read_tsv
from egiz.parallel.publish.published import open_published
from egiz.parallel.reader import load, write_page
from egiz.translate.errors import EgizError, InputError, OptionError, OutputError
from egiz.translate.text import normalise
from egiz.translate.translator import Translator
from tests.parallel.align.books import book, other_book
from tests.parallel.reviewing import edit, edits, made
from tests.parallel.test_review import bring
from tests.translate.fakes import FakeEngine

Write = Callable[[str, list[str]], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write sentences as paragraphs of three; gives the path."""

    def run(name: str, sentences: list[str]) -> str:
        blocks = [" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3)]
        (tmp_path / name).write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
        return str(tmp_path / name)

    return run


@pytest.fixture
def three(write: Write) -> list[str]:
    """One book in three languages; the Russian lacks a sentence, and the English has one more."""
    kazakh, russian, english = book()
    extra = [*english[:6], "This sentence stands in no other book.", *english[6:]]
    return [
        write("kitap.txt", kazakh),
        write("kniga.txt", russian[:7] + russian[8:]),
        write("book.txt", extra),
    ]


def test_three_languages_come_together_and_every_sentence_is_there(three: list[str], tmp_path: Path) -> None:
    texts = read_texts(three[0], three[1:], "kk", ())
    assert [text.document.language for text in texts] == ["kk", "ru", "en"]
    AlignJob(texts=texts).run(tmp_path / "out.tsv", title="Кітап")
    published = open_published(tmp_path / "out.tsv")
    rows = list(published.rows())
    for place, text in enumerate(texts):
        cells = [row.source if place == 0 else row.targets[place - 1].text for row in rows]
        assert " ".join(cell for cell in cells if cell) == " ".join(unit.text for unit in text.units)
    alone = [row for row in rows if not row.source]
    assert [row.targets[1].text for row in alone] == ["This sentence stands in no other book."]
    assert alone[0].targets[1].flags[0] == "unaligned"
    assert [row.targets[0].status for row in rows if row.source].count("unlinked") == 1
    assert len({row.id for row in rows}) == len(rows)


def test_a_folder_holds_what_the_reader_and_export_take(three: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    AlignJob(texts=read_texts(three[0], three[1:2], "kk", ("ru",))).run(out)
    assert {path.name for path in out.iterdir()} == {
        "parallel.tsv",
        "links.tsv",
        "datapackage.json",
        "page.html",
    }
    made = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))["egiz"]
    assert made["alignment"]["layers"] == ["lexical", "names", "numbers", "marks", "length"]
    assert "each other's translation" in made["quality"]["meaning"]
    published = open_published(out)
    assert published.provenance is not None
    assert published.provenance.alignment is not None
    write_page(load(out), tmp_path / "page.html")
    write_book(published, format_named("epub"), tmp_path / "book.epub", ())
    assert (tmp_path / "book.epub").stat().st_size > 1000


def test_equal_documents_give_equal_bytes(three: list[str], tmp_path: Path) -> None:
    for name in ("one", "two"):
        AlignJob(texts=read_texts(three[0], three[1:], "kk", ())).run(tmp_path / name / "out.tsv")
    one, two = (sorted((tmp_path / name).iterdir()) for name in ("one", "two"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def perfect_translator() -> Translator:
    """Says of the book what people wrote, and nothing of anything else."""
    kazakh, russian, _ = book()
    known = {normalise(text): human for text, human in zip(kazakh, russian, strict=True)}
    engine = FakeEngine(lambda text, source, target, decoding: [known.get(text, "нет")])
    return Translator(engine, "kk", ["ru"])


def test_a_translator_is_the_bridge(three: list[str], tmp_path: Path) -> None:
    texts = read_texts(three[0], three[1:2], "kk", ("ru",))
    job = AlignJob(texts=texts, translator=perfect_translator(), model="fake")
    links = job.run(tmp_path / "out.tsv").alignments[0]
    assert [link.source for link in links if link.is_null] == [(7, 8)]
    made = json.loads((tmp_path / "out.datapackage.json").read_text(encoding="utf-8"))["egiz"]["alignment"]
    assert made["layers"][0] == "mt"
    assert made["comparedWith"] == "fake"


def test_words_stand_beside(three: list[str], tmp_path: Path) -> None:
    texts = read_texts(three[0], three[1:2], "kk", ("ru",))
    AlignJob(texts=texts, words=word_linker("table", None)).run(tmp_path / "out.tsv")
    lines = (tmp_path / "out.words.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "row\tlanguage\twords"
    assert len(lines) == 1 + 29
    with pytest.raises(OptionError, match="this engine shows no attention"):
        word_linker("attention", None)


@pytest.mark.parametrize("output", ["out", "out/parallel.tsv"])
def test_it_is_said_that_people_translated(three: list[str], tmp_path: Path, output: str) -> None:
    texts = read_texts(three[0], three[1:2], "kk", ("ru",))
    made = AlignJob(texts=texts, words=word_linker("table", None)).run(tmp_path / output)
    published = open_published(made.table)
    lines = dict(colophon(published)[1:4])
    assert list(lines) == ["en", "ru", "kk"]
    found = [side.quality for row in published.rows() for side in row.targets if side.text]
    sure = f"{median_low(quality for quality in found if quality is not None):.2f}"
    assert all(f"ru {sure}" in line for line in lines.values())
    assert "machine: model" not in " ".join(line for _, line in colophon(published))
    assert read_about(made.table).models == ("translated by people; linked by machine: beads|crf|v2",)


@pytest.mark.parametrize("output", ["out", "out/parallel.tsv"])
def test_a_review_keeps_the_data_package_and_the_links_that_still_hold(
    three: list[str], tmp_path: Path, output: str
) -> None:
    texts = read_texts(three[0], three[1:2], "kk", ("ru",))
    made = AlignJob(texts=texts, words=word_linker("table", None)).run(tmp_path / output)
    before = load(made.table)
    row = before.rows[0]
    change = edit(row.id, row.targets[0].text, "Совсем другие слова.", approved=True)
    assert bring(made.table.parent, change).revised == 1
    assert bring(made.table.parent, change).revised == 0
    after = load(made.table)
    assert (after.altered, after.package["title"]) == (False, before.package["title"])
    assert after.words == before.words[1:]
    card = (made.table.parent / "README.md").read_text(encoding="utf-8")
    assert "**The translations are people's, which a machine linked with their originals.**" in card
    assert "- linked by: `beads|crf|v2`" in card
    assert "people" not in card.partition("## Licences")[2].partition("##")[0]


def aligned(source: str, human: str, languages: tuple[str, ...], output: Path) -> None:
    texts = read_texts(source, (human,), "kk", languages)
    AlignJob(texts=texts, translator=perfect_translator()).run(output)


def test_documents_that_do_not_match_are_refused(write: Write, tmp_path: Path) -> None:
    kazakh, russian, _ = book()
    source, other = write("a.txt", kazakh), write("b.txt", other_book())
    cases: list[tuple[tuple[str, str, tuple[str, ...]], str]] = [
        ((source, other, ("ru",)), "30 units against 30: .* expected two versions of one text"),
        (
            (write("c.txt", russian), source, ("ru",)),
            "the text is in Russian; expected Kazakh.*look reversed",
        ),
        ((source, write("e.txt", []), ("ru",)), "e.txt: .*expected"),
        ((source, other, ("ru", "en")), "2 languages for 1 documents"),
        ((source, source, ()), "two documents in Kazakh"),
    ]
    for (first, second, languages), message in cases:
        with pytest.raises(EgizError, match=message):
            aligned(first, second, languages, tmp_path / "out.tsv")
    assert not (tmp_path / "out.tsv").exists()
    forced = AlignJob(texts=read_texts(source, (other,), "kk", ("ru",)), force=True)
    assert forced.run(tmp_path / "out.tsv").summary.sentences > 20


def test_nothing_of_others_is_written_over(three: list[str], tmp_path: Path) -> None:
    texts = read_texts(three[0], three[1:2], "kk", ("ru",))
    (tmp_path / "mine.tsv").write_text("my notes\n", encoding="utf-8")
    with pytest.raises(OutputError, match="not made by Egiz"):
        AlignJob(texts=texts).run(tmp_path / "mine.tsv")
    lines = tmp_path / "lines.tsv"
    lines.write_text("id\tkk\tru\n1\tқала\tгород\n", encoding="utf-8")
    texts = read_texts(three[0], (three[1],), "kk", ("ru",))
    with pytest.raises(OutputError, match="not made by Egiz"):
        AlignJob(texts=texts).run(lines)
    lines.unlink()
    for _ in range(2):
        AlignJob(texts=texts).run(lines)
    assert lines.read_text(encoding="utf-8").startswith("id\tkk\tru\tru.link\t")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_the_command_and_its_evaluation(three: list[str], tmp_path: Path) -> None:
    out = str(tmp_path / "out.tsv")
    found = run(three[0], three[1], "--no-mt", "-o", out)
    assert found.exit_code == 0, found.output
    assert "ru: 29 links, 0 unsure; 1 sentence without counterpart" in found.output
    gold = tmp_path / "gold.tsv"
    pairs = [f"{at}\t{'' if at == 7 else at - (at > 7)}\n" for at in range(30)]
    gold.write_text("source\ttarget\n" + "".join(pairs), encoding="utf-8")
    judged = CliRunner().invoke(evaluate, [out, "--links", str(gold), "--format", "tsv"])
    assert judged.exit_code == 0, judged.output
    assert f"{out}\tru\tstrict_f1\t1.0000\n" in judged.output
    assert f"{out}\tru\tnull_recall\t1.0000\n" in judged.output


def test_lines_are_units_as_they_stand(tmp_path: Path) -> None:
    kazakh, russian, _ = book()
    for name, texts in (("a.txt", kazakh), ("b.txt", russian)):
        joined = [f"{texts[0]} {texts[1]}", *texts[2:]]
        (tmp_path / name).write_text("\n".join(joined) + "\n", encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    found = run(*paths, "--to", "ru", "--units", "lines", "--no-mt", "-o", str(tmp_path / "out"))
    assert found.exit_code == 0, found.output
    assert next(open_published(tmp_path / "out").rows()).source == f"{kazakh[0]} {kazakh[1]}"


def test_an_empty_source_needs_a_translation_flagged_so(three: list[str], tmp_path: Path) -> None:
    AlignJob(texts=read_texts(three[0], three[2:], "kk", ("en",))).run(tmp_path / "out.tsv")
    text = (tmp_path / "out.tsv").read_text(encoding="utf-8")
    (tmp_path / "broken.tsv").write_text(text.replace("unaligned", "other"), encoding="utf-8")
    with pytest.raises(InputError, match="an empty cell"):
        list(open_published(tmp_path / "broken.tsv").rows())


def test_scores_of_a_build_that_stood_there_go(three: list[str], tmp_path: Path) -> None:
    texts = read_texts(three[0], (three[1],), "kk", ("ru",))
    for _ in range(2):
        AlignJob(texts=texts).run(tmp_path / "out")
        assert not (tmp_path / "out" / "scores.tsv").exists()
        (tmp_path / "out" / "scores.tsv").write_text("row\tlanguage\tquality\tlabel\n", encoding="utf-8")


def test_what_people_wrote_in_an_alignment_stays(three: list[str], tmp_path: Path) -> None:
    texts = read_texts(three[0], three[1:2], "kk", ("ru",))
    table = tmp_path / "law.tsv"
    AlignJob(texts=texts).run(table)
    old = list(read_tsv(table))
    target = old[2].targets[0]
    item = edit(old[2].id, target.text, "Так написал человек.")
    path = edits(tmp_path / "edits.json", item, edit(old[4].id, old[4].targets[0].text, approved=True))
    arguments = [str(path), "--into", str(table), "--no-memory"]
    found = CliRunner().invoke(review_command, arguments)
    assert (found.exit_code, "2 edits: 2 brought in" in found.output) == (0, True), found.output
    human = list(read_tsv(table))[2].targets[0]
    assert (human.text, human.status, human.machine) == ("Так написал человек.", "edited", target.text)
    names = {"law.tsv", "law.links.tsv", "law.review.tsv", "law.datapackage.json", "edits.json"}
    assert {place.name for place in tmp_path.glob("[!.]*.*") if place.stem not in ("kk", "ru", "en")} >= names
    package = json.loads((tmp_path / "law.datapackage.json").read_text(encoding="utf-8"))
    listed = {item["path"]: item["hash"] for item in package["resources"]}
    for name in ("law.tsv", "law.links.tsv", "law.review.tsv"):
        assert listed[name] == f"sha256:{sha256((tmp_path / name).read_bytes()).hexdigest()}"
    assert [item.kind for item in load(table).reviews] == ["stands", "stands"]
    AlignJob(texts=texts).run(table)
    again = list(read_tsv(table))
    assert (again[2].targets[0].text, again[4].targets[0].status) == ("Так написал человек.", "approved")
    other = tmp_path / "other.tsv"
    assert CliRunner().invoke(review_command, [*arguments, "-o", str(other)]).exit_code == 0
    assert other.read_bytes() == table.read_bytes()
    assert (tmp_path / "other.links.tsv").read_bytes() == (tmp_path / "law.links.tsv").read_bytes()
    assert [item.kind for item in load(other).reviews] == ["stands", "stands"]


def test_links_do_not_stay_beside_a_build(three: list[str], tmp_path: Path) -> None:
    texts = read_texts(three[0], three[1:2], "kk", ("ru",))
    AlignJob(texts=texts).run(tmp_path / "out")
    assert (tmp_path / "out" / "links.tsv").exists()
    made(tmp_path)
    assert not (tmp_path / "out" / "links.tsv").exists()


def test_tables_of_earlier_versions_are_read_and_unlinked_cells_have_no_number(
    three: list[str], tmp_path: Path
) -> None:
    AlignJob(texts=read_texts(three[0], three[1:], "kk", ())).run(tmp_path / "out.tsv")
    text = (tmp_path / "out.tsv").read_text(encoding="utf-8")
    (tmp_path / "old.tsv").write_text(text.replace(".link\t", ".quality\t"), encoding="utf-8")
    rows = list(open_published(tmp_path / "out.tsv").rows())
    assert list(open_published(tmp_path / "old.tsv").rows()) == rows
    cells = [cell for row in rows for cell in row.targets]
    assert {cell.status == "unlinked" for cell in cells if cell.quality is None} == {True}
    assert all(cell.quality is not None for cell in cells if cell.status == "ok")
