"""Human edits brought back into a published table."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from egiz.glossary.termbase import load as load_base
from egiz.glossary.termbase import load_all
from egiz.parallel.build.terms import identity
from egiz.parallel.publish.published import open_published
from egiz.parallel.reader import load
from egiz.parallel.review import Reviewed, review
from egiz.parallel.review.files import read_history
from egiz.parallel.review.human_cells import term_finder_of
from egiz.translate.errors import InputError, OptionError, OutputError
from tests.parallel.reviewing import ANSWERS, BASE, cell, contents, edit, edits, made, rows

FIRST = ANSWERS["Хандық құрылды."]
SECOND = ANSWERS["Хандықтың астанасы болды."]
CASES = json.loads(
    (Path(__file__).parent.parent / "cases" / "review_decisions.json").read_text(encoding="utf-8")
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return made(tmp_path)


def bring(folder: Path, *items: dict[str, Any], author: str = "A reader", **options: Any) -> Reviewed:
    path = edits(folder.parent / f"{author}.json", *items, author=author)
    return review([path], folder, **options)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_what_becomes_of_an_edit(case: dict[str, Any], out: Path) -> None:
    files = [
        edits(out.parent / f"{number}.json", *(edit(**item) for item in items), author=f"Reader {number}")
        for number, items in enumerate(case["files"])
    ]
    reviewed = review(files, out)
    assert [decision.conflict or decision.outcome for decision in reviewed.decisions] == case["becomes"]
    assert [cell(out, "text:1.1").text, cell(out, "text:1.2").text] == case["reads"]


def test_an_edited_cell_stands_as_a_persons_and_keeps_the_machines_words(out: Path) -> None:
    bring(out, edit("text:1.1", FIRST, "Ханство было создано."))
    found = cell(out, "text:1.1")
    assert (found.text, found.machine) == ("Ханство было создано.", FIRST)
    assert (found.quality, found.status, found.flags) == (None, "edited", ())


def test_an_approved_cell_stands_as_a_persons_and_shows_no_edit(out: Path) -> None:
    bring(out, edit("text:1.1", FIRST, approved=True))
    found = cell(out, "text:1.1")
    assert (found.text, found.machine, found.quality, found.status) == (FIRST, "", 1.0, "approved")


def test_lines_that_nobody_touched_keep_their_bytes(out: Path) -> None:
    before = (out / "parallel.tsv").read_bytes().splitlines()
    bring(out, edit("text:2.1", ANSWERS["Ол хандыққа келді."], "Он пришёл в ханство."))
    after = (out / "parallel.tsv").read_bytes().splitlines()
    assert [place for place, line in enumerate(before) if after[place] != line] == [3]
    assert len(before) == len(after)


def test_the_machines_words_survive_any_number_of_edits(out: Path) -> None:
    for number, (before, after) in enumerate(((FIRST, "Раз."), ("Раз.", FIRST), (FIRST, "Два."))):
        bring(out, edit("text:1.1", before, after), author=f"Reader {number}")
    found = cell(out, "text:1.1")
    assert (found.text, found.machine) == ("Два.", FIRST)
    assert [entry.machine for entry in read_history(out / "review.tsv")] == [FIRST] * 3


def test_the_history_is_added_to_and_says_who_and_when(out: Path) -> None:
    bring(out, edit("text:1.1", FIRST, "Раз.", comment="first"), author="One")
    bring(out, edit("text:1.2", SECOND, approved=True, time="2026-02-02T10:00:00Z"), author="Two")
    first, second = read_history(out / "review.tsv")
    assert (first.author, first.before, first.after, first.comment) == ("One", FIRST, "Раз.", "first")
    assert (second.author, second.time, second.approved) == ("Two", "2026-02-02T10:00:00Z", True)


def test_bringing_a_file_in_twice_changes_nothing(out: Path) -> None:
    items = [edit("text:1.1", FIRST, "Раз.", approved=True), edit("text:1.2", SECOND, comment="hm")]
    bring(out, *items)
    before = contents(out)
    again = bring(out, *items)
    assert [decision.outcome for decision in again.decisions] == ["known", "known"]
    assert contents(out) == before


def test_an_edit_that_a_later_one_replaced_stays_known(out: Path) -> None:
    first = edit("text:1.1", FIRST, "Раз.")
    bring(out, first, author="One")
    bring(out, edit("text:1.1", "Раз.", "Два."), author="Two")
    assert [decision.outcome for decision in bring(out, first, author="One").decisions] == ["known"]
    assert cell(out, "text:1.1").text == "Два."


def test_authors_may_change_their_minds_about_a_text(out: Path) -> None:
    first = edit("text:1.1", FIRST, "Раз.")
    second = edit("text:1.1", FIRST, "Два.", time="2026-01-01T12:00:00.5Z")
    bring(out, first)
    assert [decision.outcome for decision in bring(out, second).decisions] == ["applied"]
    assert cell(out, "text:1.1").text == "Два."
    assert [decision.outcome for decision in bring(out, second, first).decisions] == ["known", "known"]


def test_a_late_first_thought_does_not_come_back(out: Path) -> None:
    first = edit("text:1.1", FIRST, "Раз.")
    second = edit("text:1.1", FIRST, "Два.", time="2026-01-02T12:00:00Z")
    assert [decision.outcome for decision in bring(out, first, second).decisions] == ["replaced", "applied"]
    assert [decision.outcome for decision in bring(out, first).decisions] == ["replaced"]
    assert [entry.after for entry in read_history(out / "review.tsv")] == ["Два."]


def test_nobody_changes_the_mind_of_another_or_of_someone_unnamed(out: Path) -> None:
    bring(out, edit("text:1.1", FIRST, "Раз."), author="One")
    later = edit("text:1.1", FIRST, "Два.", time="2026-01-02T12:00:00Z")
    assert [decision.conflict for decision in bring(out, later, author="Two").decisions] == ["changed since"]
    bring(out, edit("text:1.2", SECOND, "Раз."), author="")
    unnamed = edit("text:1.2", SECOND, "Два.", time="2026-01-02T12:00:00Z")
    assert [decision.conflict for decision in bring(out, unnamed, author="").decisions] == ["changed since"]


def test_a_table_built_anew_keeps_its_edits(out: Path) -> None:
    item = edit("text:1.1", FIRST, "Раз.")
    bring(out, item, edit("text:1.2", SECOND, approved=True, comment="так"))
    before = contents(out)
    made(out.parent)
    assert contents(out) == before
    assert [decision.outcome for decision in bring(out, item).decisions] == ["known"]


def test_strict_brings_in_nothing_where_anything_conflicts(out: Path) -> None:
    before = contents(out)
    reviewed = bring(out, edit("text:1.1", FIRST, "Раз."), edit("text:9.9", "", "Два."), strict=True)
    assert [decision.conflict for decision in reviewed.conflicts] == ["row gone"]
    assert (reviewed.revised, contents(out)) == (0, before)


def test_another_folder_gets_it_all_and_the_first_stays(out: Path, tmp_path: Path) -> None:
    before = contents(out)
    bring(out, edit("text:1.1", FIRST, "Раз."), output=tmp_path / "new")
    assert contents(out) == before
    assert sorted(contents(tmp_path / "new")) == [
        "README.md",
        "datapackage.json",
        "page.html",
        "parallel.tsv",
        "review.tsv",
        "scores.tsv",
    ]
    assert cell(tmp_path / "new", "text:1.1").text == "Раз."


def test_the_page_is_made_anew_where_there_was_one(out: Path, tmp_path: Path) -> None:
    before = (out / "page.html").read_bytes()
    bring(out, edit("text:1.1", FIRST, "Раз."))
    after = (out / "page.html").read_bytes()
    assert "Раз.".encode() in after
    assert hashlib.sha256((out / "parallel.tsv").read_bytes()).hexdigest().encode() in after
    assert after != before
    (out / "page.html").unlink()
    bring(out, edit("text:1.2", SECOND, "Два."), output=tmp_path / "new")
    assert not (tmp_path / "new" / "page.html").exists()


def test_the_data_package_tells_the_truth_after_a_review(out: Path) -> None:
    bring(out, edit("text:1.1", FIRST, "Раз."), edit("text:1.2", SECOND, approved=True))
    package = json.loads((out / "datapackage.json").read_bytes())
    for resource in package["resources"]:
        data = (out / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert package["egiz"]["review"]["cells"] == {"ru": 2, "en": 0}
    russian = {"edited": 1, "approved": 1, "fromMemory": 0, "outOfDate": 0, "inConflict": 0}
    assert package["egiz"]["review"]["targets"]["ru"] == russian
    assert package["egiz"]["counts"]["targets"]["ru"]["edited"] == 1
    assert "Russian: 1 edited, 1 approved" in (out / "README.md").read_text(encoding="utf-8")


def test_frictionless_finds_the_folder_sound(out: Path) -> None:
    from frictionless import Package, system

    bring(out, edit("text:1.1", FIRST, 'None - "x"', comment="NA"), author="None")
    with system.use_context(trusted=True):
        report = Package(str(out / "datapackage.json")).validate()
    assert report.valid, report.flatten(["message"])
    assert read_history(out / "review.tsv")[0].author == "None"


@pytest.mark.parametrize("terms", [False, True])
def test_what_a_build_says_of_itself_can_be_read_back(tmp_path: Path, terms: bool) -> None:
    """Else a review would write another card than the build."""
    folder = made(tmp_path, terms=terms)
    published = open_published(folder)
    assert published.provenance is not None
    reviewed = review([edits(tmp_path / "none.json")], folder, tmp_path / "new")
    assert (tmp_path / "new" / "README.md").read_bytes() == (folder / "README.md").read_bytes()
    assert reviewed.table.read_bytes() == published.table.read_bytes()


def test_what_was_said_of_other_words_goes_with_them(tmp_path: Path) -> None:
    folder = made(tmp_path, terms=True)
    assert cell(folder, "text:2.2").terms == "town:applied"
    assert bring(folder, edit("text:2.2", "Город был большим.", "Он был велик.")).unchecked == 1
    assert cell(folder, "text:2.2").terms == ""
    assert cell(folder, "text:3.2").terms == "word:applied"
    lines = [line.split("\t")[:2] for line in _lines(folder / "term-uses.tsv")]
    assert lines == [["row", "language"], ["text:3.2", "ru"]]


def test_terms_are_looked_for_in_new_words_where_the_base_is_at_hand(tmp_path: Path) -> None:
    folder = made(tmp_path, terms=True)
    untouched = _lines(folder / "term-uses.tsv")[2]
    items = edit("text:2.2", "Город был большим.", "Он велик."), edit("text:1.1", FIRST, "Город.")
    assert bring(folder, *items, terms=BASE).unchecked == 0
    assert cell(folder, "text:2.2").terms == "town:missing"
    assert cell(folder, "text:1.1").terms == ""
    bring(folder, edit("text:2.2", "Он велик.", "Да, велик этот город."), terms=BASE)
    assert cell(folder, "text:2.2").terms == "town:applied"
    _, found, last = _lines(folder / "term-uses.tsv")
    assert found.split("\t")[:3] == ["text:2.2", "ru", "town"]
    assert found.split("\t")[8:12] == ["15", "20", "город", "applied"]
    assert last == untouched
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["egiz"]["counts"]["targets"]["ru"]["terms"]["applied"] == 2
    assert len(load(folder).places) == 2


def test_terms_of_another_base_are_refused(tmp_path: Path) -> None:
    folder = made(tmp_path, terms=True)
    before = contents(folder)
    other = replace(BASE, terms=BASE.terms[:1])
    with pytest.raises(OptionError, match=r"expected the one that the table was built with, cities;sha256="):
        bring(folder, edit("text:2.2", "Город был большим.", "Он велик."), terms=other)
    assert contents(folder) == before
    (tmp_path / "bare").mkdir()
    with pytest.raises(OptionError, match="built without a term base"):
        bring(made(tmp_path / "bare"), edit("text:2.2", "Город был большим.", "Он велик."), terms=BASE)


def test_the_base_that_ships_with_egiz_is_found_by_itself(tmp_path: Path) -> None:
    folder = made(tmp_path, terms=True)
    published = open_published(folder)
    provenance = published.provenance
    assert provenance is not None
    assert provenance.terms is not None
    assert term_finder_of(published, None) is None
    base = load_base("government")
    for signature, is_found in ((f"{identity(base)};v1", True), ("government;sha256=0;v1", False)):
        facts = replace(provenance.terms, name="government", bases=("government",), signature=signature)
        shipped = replace(published, provenance=replace(provenance, terms=facts))
        assert (term_finder_of(shipped, None) is not None) == is_found


def test_a_base_whose_file_name_has_a_plus_is_not_taken_for_two(tmp_path: Path) -> None:
    published = open_published(made(tmp_path, terms=True))
    provenance = published.provenance
    assert provenance is not None
    assert provenance.terms is not None
    merged = load_all(["government", "soviet-history"])
    facts = replace(
        provenance.terms, name=merged.name, bases=merged.bases, signature=f"{identity(merged)};v1"
    )
    for bases, is_found in ((merged.bases, True), ((merged.name,), False)):
        of_two = replace(published, provenance=replace(provenance, terms=replace(facts, bases=bases)))
        assert (term_finder_of(of_two, None) is not None) == is_found


def test_what_was_said_of_approved_words_stays(tmp_path: Path) -> None:
    folder = made(tmp_path, terms=True)
    before = (folder / "term-uses.tsv").read_bytes()
    bring(folder, edit("text:2.2", "Город был большим.", approved=True))
    assert cell(folder, "text:2.2").terms == "town:applied"
    assert (folder / "term-uses.tsv").read_bytes() == before


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_what_no_cell_tells_stays_counted(out: Path) -> None:
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    package["egiz"]["counts"]["targets"]["ru"] |= {"retriedFor": {"short": 3, "cut": 1}}
    (out / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    bring(out, edit("text:1.1", FIRST, "Ханство было создано."))
    found = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    counts = found["egiz"]["counts"]["targets"]["ru"]
    assert counts["retriedFor"] == {"short": 3, "cut": 1}


def test_a_table_changed_by_hand_is_refused(out: Path) -> None:
    table = out / "parallel.tsv"
    table.write_bytes(table.read_bytes().replace("Город".encode(), "Горад".encode()))
    with pytest.raises(InputError, match="describes another table"):
        bring(out, edit("text:1.1", FIRST, "Раз."))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("datapackage.json", b"{", "is not JSON"),
        ("datapackage.json", b"[]", "not an object"),
        ("datapackage.json", b"{}", "not about this table"),
        (
            "datapackage.json",
            b'{"egiz": [], "resources": [{"path": "parallel.tsv"}]}',
            "not as Egiz writes it",
        ),
        ("review.tsv", b"my notes\n", "is not a history of reviews"),
        ("review.tsv", b"\xff\n", "is not UTF-8"),
        ("parallel.tsv", b"id\tkk\n", "2 columns"),
    ],
)
def test_a_broken_folder_is_refused_and_left_alone(out: Path, name: str, content: bytes, says: str) -> None:
    (out / name).write_bytes(content)
    before = contents(out)
    with pytest.raises(InputError, match=says):
        bring(out, edit("text:1.1", FIRST, "Раз."))
    assert contents(out) == before


@pytest.mark.parametrize("time", ["", "yesterday", "2026-01-01T12:00:00"])
def test_a_history_with_no_time_is_refused(out: Path, time: str) -> None:
    bring(out, edit("text:1.1", FIRST, "Раз."))
    path = out / "review.tsv"
    path.write_bytes(path.read_bytes().replace(b"2026-01-01T12:00:00Z", time.encode()))
    with pytest.raises(InputError, match=r"review\.tsv:2: .*expected a time in UTC"):
        read_history(out / "review.tsv")


def test_a_package_that_lists_files_outside_is_refused(out: Path) -> None:
    package = json.loads((out / "datapackage.json").read_bytes())
    package["resources"].append({"path": "../text.txt"})
    (out / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(InputError, match="expected files of its own folder"):
        bring(out, edit("text:1.1", FIRST, "Раз."))


def test_a_folder_that_is_not_ours_is_not_written_to(out: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "README.md").write_text("mine")
    with pytest.raises(OutputError, match="not made by Egiz"):
        bring(out, edit("text:1.1", FIRST, "Раз."), output=tmp_path / "new")
    assert len(rows(out)) == 6
