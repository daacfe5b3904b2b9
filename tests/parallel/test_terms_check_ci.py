"""`egiz terms check` in a build: folders, files that cannot be read, baselines, changed rows, formats."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from egiz.parallel.bilingual.baseline import read_baseline
from egiz.parallel.cli.terms.bases import lint as lint_command
from egiz.parallel.cli.terms.check import command as check_command
from egiz.translate.errors import EgizError

BASE = "id\ten\tru\tru.forbidden\nsea\tsea\tморе\tокеан\nlake\tlake\tозеро\t\n"
Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Run the command in a folder with a term base and two tables, one of them in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    Path("terms.tsv").write_text(BASE, encoding="utf-8")
    Path("site").mkdir()
    Path("site/a.tsv").write_text("en\tru\nThe sea.\tОкеан.\nThe lake.\tОзеро.\n", encoding="utf-8")
    Path("site/b.csv").write_text("en,ru\nThe lake.,Пруд.\n", encoding="utf-8")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(check_command, [*arguments, "--terms", "terms.tsv"])

    return run


def codes(run: Result) -> list[tuple[str, str]]:
    return [(item["file"], item["code"]) for item in json.loads(run.stdout)["findings"]]


BOTH = [("site/a.tsv", "term-forbidden"), ("site/b.csv", "term-missing")]


def test_a_folder_is_checked_file_by_file(check: Check) -> None:
    run = check("site", "--format", "json")
    assert codes(run) == BOTH
    assert run.exit_code == 0
    assert json.loads(run.stdout)["summary"]["files"] == [
        {"file": "site/a.tsv", "rows": 2, "severities": {"error": 1, "warning": 0, "note": 0}},
        {"file": "site/b.csv", "rows": 1, "severities": {"error": 0, "warning": 1, "note": 0}},
    ]
    assert "site/b.csv: 1 row, 0 errors, 1 warning, 0 notes" in run.stderr


def test_a_folder_holds_keyed_files_of_other_languages_and_no_term_base(check: Check) -> None:
    Path("site/en.json").write_text('{"a": "The sea"}', encoding="utf-8")
    Path("site/ru.json").write_text('{"a": "Океан"}', encoding="utf-8")
    Path("site/package.json").write_text("{}", encoding="utf-8")
    Path("site/app.ts").write_text("export const x = 1;\n", encoding="utf-8")
    Path("site/.hidden.tsv").write_text("x", encoding="utf-8")
    run = check(".", "--from", "en", "--to", "ru", "--format", "json")
    assert codes(run) == [BOTH[0], BOTH[1], ("site/ru.json", "term-forbidden")]
    assert (run.exit_code, "not read" in run.stderr) == (0, False)


OTHERS = {
    "c.tsv": "en\tkk\nThe sea.\tТеңіз.\n",
    "d.po": 'msgid ""\nmsgstr "Language: kk\\n"\n\nmsgid "The sea"\nmsgstr "Теңіз"\n',
    "en.json": '{"a": "The sea"}',
    "kk.json": '{"a": "Теңіз"}',
    "e.tmx": '<tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>The sea</seg></tuv>'
    '<tuv xml:lang="kk"><seg>Теңіз</seg></tuv></tu></body></tmx>',
}


def test_files_in_other_languages_are_passed_over_in_a_folder(check: Check) -> None:
    for name, text in OTHERS.items():
        Path("site", name).write_text(text, encoding="utf-8")
    run = check("site", "--from", "en", "--to", "ru", "--format", "json")
    assert (codes(run), run.exit_code) == (BOTH, 0)
    assert "in other languages: 4 files (site/c.tsv, site/d.po, site/e.tmx, …)" in run.stderr
    files = json.loads(run.stdout)["summary"]["files"]
    assert [item["file"] for item in files] == ["site/a.tsv", "site/b.csv"]


@pytest.mark.parametrize("places", [["site/c.tsv"], ["site", "site/c.tsv"], ["only"]])
def test_a_file_in_other_languages_is_an_error_if_it_is_named_or_the_only_one(
    check: Check, places: list[str]
) -> None:
    Path("only").mkdir()
    for folder in ("site", "only"):
        Path(folder, "c.tsv").write_text(OTHERS["c.tsv"], encoding="utf-8")
    run = check(*places, "--from", "en", "--to", "ru")
    assert "c.tsv:1: no column in 'ru'; expected one of en, kk" in (run.stderr + str(run.exception))
    assert run.exit_code != 0


@pytest.mark.parametrize("layout", ["json", "sarif", "junit", "text", "tsv", "github"])
def test_one_file_that_cannot_be_read_spoils_no_report(check: Check, layout: str) -> None:
    broken = '<tmx version="1.4"><header srclang="en"/><body>\n<tu></body></tmx>'
    Path("site/aa.tmx").write_text(broken, encoding="utf-8")
    run = check("site", "--format", layout)
    assert run.exit_code == 2
    assert "egiz: not read: site/aa.tmx:2:" in run.stderr
    if layout == "json":
        assert codes(run) == BOTH
        problems = [item.get("problem", "") for item in json.loads(run.stdout)["summary"]["files"]]
        assert ["site/aa.tmx:2" in problem for problem in problems] == [False, True, False]
    elif layout == "sarif":
        assert len(json.loads(run.stdout)["runs"][0]["results"]) == 2
    else:
        assert run.stdout.count("site/b.csv") >= 1


def test_files_of_which_none_can_be_read_leave_no_report(check: Check) -> None:
    run = check("x.tsv", "y.tsv", "--format", "json")
    assert isinstance(run.exception, EgizError)
    assert run.stdout == ""


def test_only_new_findings_fail_against_a_baseline(check: Check) -> None:
    first = check("site", "--strict", "--write-baseline", "known.tsv")
    assert first.exit_code == 0
    text = Path("known.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines()]
    assert [line[2:4] for line in lines] == [
        ["code", "term"],
        ["term-forbidden", "sea"],
        ["term-missing", "lake"],
    ]
    lines[1][1] = "so in the contract"
    Path("known.tsv").write_text("\n".join("\t".join(line) for line in lines) + "\n", encoding="utf-8")
    same = check("site", "--strict", "--baseline", "known.tsv", "--format", "json")
    assert (codes(same), same.exit_code) == ([], 0)
    assert json.loads(same.stdout)["summary"]["accepted"] == 2

    moved = "en\tru\nThe lake is deep.\tПруд глубок.\nThe lake.\tОзеро.\nThe sea.\tОкеан.\n"
    Path("site/a.tsv").write_text(moved, encoding="utf-8")
    new = check("site", "--strict", "--baseline", "known.tsv", "--format", "json")
    assert (codes(new), new.exit_code) == ([("site/a.tsv", "term-missing")], 1)

    sarif = check("site", "--baseline", "known.tsv", "--format", "sarif")
    results = json.loads(sarif.stdout)["runs"][0]["results"]
    assert [item.get("suppressions") for item in results] == [
        None,
        [{"kind": "external", "justification": "so in the contract"}],
        [{"kind": "external"}],
    ]
    again = check("site", "--write-baseline", "known.tsv")
    assert again.exit_code == 0
    assert sorted(read_baseline(Path("known.tsv")).values()) == ["", "", "so in the contract"]


def test_an_equal_row_more_is_a_new_finding_and_a_mended_one_is_named(check: Check) -> None:
    check("site/b.csv", "--write-baseline", "known.tsv")
    with Path("site/b.csv").open("a", encoding="utf-8") as file:
        file.write("The lake.,Пруд.\n")
    run = check("site/b.csv", "--baseline", "known.tsv", "--format", "json")
    assert codes(run) == [BOTH[1]]
    Path("site/b.csv").write_text("en,ru\nThe lake.,Озеро.\n", encoding="utf-8")
    assert "1 of its findings no longer occur" in check("site/b.csv", "--baseline", "known.tsv").stderr


def test_a_baseline_overwrites_nothing_else(check: Check) -> None:
    run = check("site", "--write-baseline", "terms.tsv")
    assert isinstance(run.exception, EgizError)
    assert Path("terms.tsv").read_text(encoding="utf-8") == BASE
    assert isinstance(check("site", "--baseline", "terms.tsv").exception, EgizError)


def test_only_rows_that_changed(check: Check) -> None:
    Path("old.tsv").write_text("en\tru\nThe lake.\tОзеро.\nThe sea.\tОкеан.\n", encoding="utf-8")
    run = check("site/a.tsv", "--changed-from", "old.tsv", "--format", "json")
    assert (codes(run), json.loads(run.stdout)["summary"]["unchanged"]) == ([], 2)
    with Path("site/a.tsv").open("a", encoding="utf-8") as file:
        file.write("A sea.\tОкеан!\n")
    run = check("site", "--changed-from", "old.tsv", "--format", "json")
    assert codes(run) == BOTH
    assert isinstance(check("site", "--changed-from", "none.tsv").exception, EgizError)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("r.sarif", '{"$schema"'),
        ("r.json", '{"format"'),
        ("r.xml", "<?xml"),
        ("r.tsv", "file\t"),
        ("r", "sea → "),
    ],
)
def test_the_ending_chooses_the_format(check: Check, name: str, begins: str) -> None:
    assert check("site", "-o", name).exit_code == 0
    assert Path(name).read_text(encoding="utf-8").startswith(begins)


def test_an_unknown_ending_is_refused(check: Check) -> None:
    run = check("site", "-o", "r.srif")
    assert isinstance(run.exception, EgizError)
    assert "Did you mean '.sarif'" in str(run.exception)
    assert check("site", "-o", "r.log", "--format", "text").exit_code == 0


def test_junit_has_a_suite_for_each_file(check: Check) -> None:
    Path("site/c.tsv").write_text("en\tru\nThe sea.\tМоре.\n", encoding="utf-8")
    root = ElementTree.fromstring(check("site", "--format", "junit").stdout)
    assert [(suite.get("name"), suite.get("failures"), suite.get("tests")) for suite in root] == [
        ("site/a.tsv", "1", "1"),
        ("site/b.csv", "1", "1"),
        ("site/c.tsv", "0", "1"),
    ]
    failure = root[0][0][0]
    assert (failure.tag, failure.get("type")) == ("failure", "term-forbidden")


def test_annotations_name_line_and_columns(check: Check) -> None:
    first, second = check("site", "--format", "github").stdout.splitlines()
    assert first == (
        "::error file=site/a.tsv,line=2,col=10,endColumn=15,title=term-forbidden::"
        "‘sea’ must not be rendered as ‘Океан’; expected ‘море’"
    )
    assert second.startswith("::warning file=site/b.csv,line=2,col=5,endColumn=9,title=term-missing::")


def test_a_base_by_source_and_target_and_what_it_lacks(check: Check) -> None:
    Path("weblate.csv").write_text("source,target,fuzzy\nsea,море,False\nlake,озеро,True\n", encoding="utf-8")
    run = CliRunner().invoke(
        check_command, ["site", "--terms", "weblate.csv", "--from", "en", "--to", "ru", "--format", "json"]
    )
    assert codes(run) == [("site/a.tsv", "term-missing")]
    assert "not read: 1 × wording with the status 'fuzzy: True'" in run.stderr


def test_a_forbidden_wording_of_weblate_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    note = '<termNote type="administrativeStatus">forbidden</termNote>'
    Path("a.tbx").write_text(
        '<martif><text><body><termEntry><langSet xml:lang="en"><tig><term>sea</term></tig></langSet>'
        f'<langSet xml:lang="ru"><tig><term>море</term></tig><tig><term>океан</term>{note}</tig></langSet>'
        "</termEntry></body></text></martif>",
        encoding="utf-8",
    )
    Path("a.tsv").write_text("en\tru\nThe sea.\tОкеан.\n", encoding="utf-8")
    run = CliRunner().invoke(check_command, ["a.tsv", "--terms", "a.tbx", "--format", "json", "--strict"])
    assert (codes(run), run.exit_code) == ([("a.tsv", "term-forbidden")], 1)


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--strict"], 1), (["--strict", "--severity", "error"], 0), ([], 0)]
)
def test_strict_means_the_same_for_a_term_base(tmp_path: Path, arguments: list[str], status: int) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("en\tru\nsea\tморе\nsea\tморе\n", encoding="utf-8")
    run = CliRunner().invoke(lint_command, [str(path), *arguments])
    assert run.exit_code == status
    found = json.loads(CliRunner().invoke(lint_command, [str(path), "--format", "sarif"]).stdout)
    [result] = [item for item in found["runs"][0]["results"] if item["ruleId"] == "duplicate"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
