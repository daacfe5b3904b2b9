"""`egiz terms check`: reports in every format, what they leave out, and the exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from egiz.glossary.correct import Links
from egiz.glossary.findings import CHECKS, Place
from egiz.glossary.records import Finding, Term
from egiz.glossary.termbase import load_all
from egiz.parallel.bilingual.check import TermCheck
from egiz.parallel.bilingual.findings import Side, Summary, TermFinding
from egiz.parallel.bilingual.reports import FORMATS
from egiz.parallel.bitext import Segment
from egiz.parallel.rows import Row
from egiz.translate.errors import InputError
from tests.parallel.commandline import EGIZ, egiz, environment
from tests.parallel.conftest import Publish

CASES = Path(__file__).parent.parent / "cases" / "bitext"
BASE = """id\tkk\tru\tru.forbidden
perestroika\tқайта құру\tперестройка | реорганизация\tреконструкция
khanate\tхандық\tханство\tкоролевство
"""
PAIRS = """kk\tru
Қайта құру жүрді.\tШла перестройка.
Қайта құрудың саясаты.\tПолитика реорганизации.
Хандық құрылды.\tОсновано королевство.
Хандық өсті.\tОно росло.
Хандық па, хандық па?\tХанство ли?
Ел өсті.\t
"""
TEXT = """қайта құру → перестройка | реорганизация  (base.tsv:2)
  pairs.tsv:3 3 note: ‘қайта құру’ is rendered as ‘реорганизации’; preferred is ‘перестройка’ [term-variant]
    kk  Қайта құрудың саясаты.
        ^^^^^^^^^^^^^
    ru  Политика реорганизации.
                 ^^^^^^^^^^^^^
  pairs.tsv:3 3 warning: ‘қайта құру’ is rendered in 2 ways: ‘перестройка’ (1 ×), ‘реорганизация’ (1 ×) \
[term-inconsistent]

хандық → ханство  (base.tsv:3)
  pairs.tsv:4 4 error: ‘хандық’ must not be rendered as ‘королевство’; expected ‘ханство’ [term-forbidden]
    kk  Хандық құрылды.
        ^^^^^^
    ru  Основано королевство.
                 ^^^^^^^^^^^
  pairs.tsv:5 5 warning: ‘хандық’ is not rendered; expected ‘ханство’ [term-missing]
    kk  Хандық өсті.
        ^^^^^^
    ru  Оно росло.
  pairs.tsv:6 6 note: ‘хандық’ is rendered less often than it stands in the source; expected ‘ханство’ \
[term-fewer]
    kk  Хандық па, хандық па?
                   ^^^^^^
    ru  Ханство ли?

6 rows, 6 occurrences of 2 terms: 2 applied, 1 variant, 0 inserted, 1 forbidden, 1 missing, 1 ambiguous
1 error, 2 warnings, 2 notes
rows not checked: 1 without translation
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.tsv").write_text(BASE, encoding="utf-8")
    (tmp_path / "pairs.tsv").write_text(PAIRS, encoding="utf-8")
    return tmp_path


def check(
    folder: Path, *arguments: str | Path, files: tuple[str, ...] = ("pairs.tsv",)
) -> subprocess.CompletedProcess[bytes]:
    """Run the command inside the folder, so that names are short."""
    return egiz(folder, "terms", "check", *files, "--terms", "base.tsv", *arguments, cwd=folder)


def test_the_report_as_text(folder: Path) -> None:
    run = check(folder, "--severity", "note")
    assert run.stdout.decode() == TEXT
    assert (run.returncode, run.stderr) == (0, b"")


def test_the_report_as_a_table(folder: Path) -> None:
    run = check(folder, "--format", "tsv")
    lines = list(csv.DictReader(io.StringIO(run.stdout.decode()), delimiter="\t"))
    assert [(line["line"], line["severity"], line["code"]) for line in lines] == [
        ("4", "error", "term-forbidden"),
        ("5", "warning", "term-missing"),
        ("3", "warning", "term-inconsistent"),
    ]
    assert lines[0] == {
        "file": "pairs.tsv",
        "line": "4",
        "id": "4",
        "severity": "error",
        "code": "term-forbidden",
        "term": "хандық",
        "source_form": "Хандық",
        "target_form": "королевство",
        "message": "‘хандық’ must not be rendered as ‘королевство’; expected ‘ханство’",
    }
    assert run.stderr.decode().startswith("6 rows, 6 occurrences of 2 terms: 2 applied")


def test_the_report_as_json(folder: Path) -> None:
    report = json.loads(check(folder, "--format", "json", "--severity", "note").stdout)
    assert list(report) == ["format", "version", "findings", "terms", "summary"]
    assert (report["format"], report["version"]) == ("egiz-terms-check", 1)
    assert len(report["findings"]) == 5
    first = report["findings"][0]
    assert {name: first[name] for name in ("file", "line", "id", "severity", "code", "expected")} == {
        "file": "pairs.tsv",
        "line": 3,
        "id": "3",
        "severity": "note",
        "code": "term-variant",
        "expected": ["перестройка", "реорганизация"],
    }
    assert first["term"] == {"id": "perestroika", "text": "қайта құру", "origin": "", "place": "base.tsv:2"}
    for side in (first["source"], first["target"]):
        assert side["text"][side["start"] : side["stop"]] == side["form"]
    assert report["terms"][1]["renderings"] == [
        {
            "text": "перестройка",
            "status": "preferred",
            "count": 1,
            "rows": [{"file": "pairs.tsv", "line": 2, "id": "2"}],
        },
        {
            "text": "реорганизация",
            "status": "accepted",
            "count": 1,
            "rows": [{"file": "pairs.tsv", "line": 3, "id": "3"}],
        },
    ]
    assert report["summary"] == {
        "rows": 6,
        "untranslated": 1,
        "drafts": 0,
        "foreign": 0,
        "occurrences": 6,
        "outcomes": {"applied": 2, "variant": 1, "inserted": 0, "forbidden": 1, "missing": 1, "ambiguous": 1},
        "severities": {"error": 1, "warning": 2, "note": 2},
        "unchanged": 0,
        "accepted": 0,
        "files": [
            {"file": "pairs.tsv", "rows": 6, "severities": {"error": 1, "warning": 2, "note": 2}},
        ],
    }


SARIF: dict[str, tuple[set[str], set[str]]] = {
    "log": ({"version", "runs"}, {"$schema"}),
    "run": ({"tool"}, {"results", "columnKind"}),
    "tool": ({"driver"}, set()),
    "driver": ({"name"}, {"version", "rules"}),
    "rule": ({"id"}, {"shortDescription", "defaultConfiguration"}),
    "result": (
        {"message"},
        {"ruleId", "ruleIndex", "level", "locations", "properties", "partialFingerprints"},
    ),
    "location": (set(), {"physicalLocation", "logicalLocations"}),
    "physical": (set(), {"artifactLocation", "region"}),
}
"""As much of SARIF 2.1.0's schema as is written: what an object must have, and what it may have besides."""


def fits(name: str, item: dict[str, Any]) -> dict[str, Any]:
    required, allowed = SARIF[name]
    assert required <= set(item) <= required | allowed
    return item


def test_the_report_as_sarif(folder: Path) -> None:
    log = fits("log", json.loads(check(folder, "--format", "sarif", "--severity", "note").stdout))
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    driver = fits("driver", fits("tool", fits("run", run)["tool"])["driver"])
    rules = [fits("rule", rule) for rule in driver["rules"]]
    assert {rule["id"]: rule["defaultConfiguration"] for rule in rules} == {
        code: {"level": severity} for code, (severity, _) in CHECKS.items()
    }
    assert len(run["results"]) == 5
    for result in run["results"]:
        fits("result", result)
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == CHECKS[result["ruleId"]][0]
        assert set(result["message"]) == {"text"}
        [location] = result["locations"]
        physical = fits("physical", fits("location", location)["physicalLocation"])
        assert physical["artifactLocation"] == {"uri": "pairs.tsv"}
        assert physical["region"]["startLine"] in range(1, 8)
    places = {result["ruleId"]: result["locations"][0]["physicalLocation"] for result in run["results"]}
    lines = PAIRS.splitlines()
    for code, word in (("term-forbidden", "королевство"), ("term-missing", "Хандық")):
        region = places[code]["region"]
        line = lines[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == word
    prints = [result["partialFingerprints"]["egizFinding/v1"] for result in run["results"]]
    assert len(set(prints)) == 5


ALL = """
import io, sys
from pathlib import Path
from egiz.glossary.termbase import load_all
from egiz.parallel.bitext import read_bitext
from egiz.parallel.bilingual.check import TermCheck
from egiz.parallel.bilingual.reports import FORMATS
for write in FORMATS.values():
    check = TermCheck(load_all(["base.tsv"]).terms)
    write(check.findings(read_bitext(Path("pairs.tsv"))), check.summary, sys.stdout)
"""


def test_reports_are_the_same_bytes_each_time(folder: Path) -> None:
    first, second = (
        subprocess.run(
            [sys.executable, "-c", ALL],
            cwd=folder,
            env={**environment(folder), "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    )
    assert first == second
    assert TEXT.encode() in first


@pytest.mark.parametrize("layout", ["text", "json"])
def test_a_file_gets_what_standard_output_would(folder: Path, layout: str) -> None:
    shown = check(folder, "--format", layout)
    written = check(folder, "--format", layout, "-o", "new/report")
    assert (written.returncode, written.stdout) == (0, b"")
    assert (folder / "new" / "report").read_bytes() == shown.stdout
    assert written.stderr.decode().startswith("6 rows, ")
    assert [path.name for path in (folder / "new").glob("[!.]*")] == ["report"]


@pytest.mark.parametrize(
    ("pair", "arguments", "status"),
    [
        ("Хандық құрылды.\tОсновано королевство.", [], 0),
        ("Хандық құрылды.\tОсновано королевство.", ["--strict"], 1),
        ("Хандық құрылды.\tОсновано королевство.", ["--strict", "--severity", "error"], 1),
        ("Хандық құрылды.\tЕго основали.", ["--strict"], 1),
        ("Хандық құрылды.\tЕго основали.", ["--strict", "--severity", "error"], 0),
        ("Қайта құру.\tРеорганизация.", ["--strict", "--severity", "note"], 0),
        ("Хандық құрылды.\tОсновано ханство.", ["--strict"], 0),
    ],
)
def test_exit_status(folder: Path, pair: str, arguments: list[str], status: int) -> None:
    (folder / "pairs.tsv").write_text(f"kk\tru\n{pair}\n", encoding="utf-8")
    assert check(folder, *arguments).returncode == status


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["none.tsv", "--terms", "base.tsv"], "none.tsv"),
        (["pairs.tsv", "--terms", "none.tsv"], "none.tsv"),
        (["pairs.tsv", "--terms", "soviet-histori"], "soviet-history"),
        (["pairs.tsv"], "--terms"),
        (["--terms", "base.tsv"], "FILE"),
        (["pairs.tsv", "--terms", "base.tsv", "--to", "en"], "'en'"),
        (["pairs.tsv", "--terms", "base.tsv", "--severity", "bad"], "--severity"),
        (["pairs.tsv", "--terms", "base.tsv", "-o", "pairs.tsv"], "--output"),
        (["pairs.tsv", "--terms", "base.tsv", "-o", "./base.tsv"], "--output"),
        (["plain.tsv", "--terms", "base.tsv"], "--from"),
        (["broken.tmx", "--terms", "base.tsv", "-o", "report"], "broken.tmx:2:"),
        (["english.tsv", "--terms", "base.tsv"], "kk, ru"),
    ],
)
def test_bad_input_and_usage_leave_with_2(folder: Path, arguments: list[str], word: str) -> None:
    (folder / "plain.tsv").write_text("a\tb\n", encoding="utf-8")
    (folder / "english.tsv").write_text("en\tfr\na\tb\n", encoding="utf-8")
    (folder / "broken.tmx").write_text('<tmx version="1.4"><body>\n<tu></body></tmx>', encoding="utf-8")
    run = egiz(folder, "terms", "check", *arguments, cwd=folder)
    assert (run.returncode, run.stdout) == (2, b"")
    [line] = run.stderr.decode().splitlines()
    assert line.startswith("egiz: ")
    assert word in line
    assert not (folder / "report").exists()


def test_files_of_all_kinds_are_checked_together(folder: Path, publish: Publish, rows: list[Row]) -> None:
    table = publish(folder / "out", rows)
    for name in ("memory.tmx", "two.xlf", "three.xliff"):
        (folder / name).write_bytes((CASES / name).read_bytes())
    run = egiz(
        folder, "terms", "check", table, *map(folder.joinpath, ("memory.tmx", "two.xlf", "three.xliff")),
        "--terms", folder / "base.tsv", "--from", "kk", "--to", "ru", "--format", "json",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert report["findings"] == []
    assert report["summary"]["outcomes"]["applied"] == 5
    assert report["summary"]["drafts"] == 2
    assert report["terms"][1]["renderings"][0]["count"] == 4


def test_a_base_that_ships_with_egiz(folder: Path) -> None:
    run = egiz(folder, "terms", "check", folder / "pairs.tsv", "--terms", "soviet-history", "--format", "tsv")
    assert run.returncode == 0, run.stderr
    assert b"6 rows, " in run.stderr


def segment(source: str, target: str, source_language: str = "kk", target_language: str = "ru") -> Segment:
    return Segment(
        id="1",
        source_language=source_language,
        target_language=target_language,
        source=source,
        target=target,
        file="x",
        line=1,
    )


def test_rows_that_are_not_checked_are_counted() -> None:
    from egiz.glossary.records import Wording

    words = (Wording(language="kk", text="хандық"), Wording(language="ru", text="ханство"))
    run = TermCheck([Term(id="khanate", wordings=words)])
    wrong = segment("Хандық.", "Оно.")
    segments = [
        wrong,
        replace(wrong, target=""),
        replace(wrong, draft=True),
        segment("Khanate.", "Il.", "en", "fr"),
    ]
    assert [item.finding.code for item in run.findings(segments)] == ["term-missing"]
    totals = run.summary()
    assert (totals.rows, totals.untranslated, totals.drafts, totals.foreign) == (4, 1, 1, 1)
    with pytest.raises(InputError, match="en to fr"):
        list(TermCheck([Term(id="khanate", wordings=words)]).findings(segments[3:]))
    assert list(TermCheck([]).findings([])) == []


def nasty() -> TermFinding:
    """A finding whose every text is meant to break a report."""
    text = 'a"<&>\\ \u202e\x1b ' + "ю" * 100 + " 漢字е\u0308 end" + " б" * 100
    start = text.index("漢")
    return TermFinding(
        place=Place(file="a b/\udcff#ж:1.tsv", line=0, id='"\t'),
        finding=Finding(severity="error", code="term-forbidden", message='m\n\t"'),
        term=Term(id="x", wordings=(), place="base\udcff.tsv:1"),
        wording="w",
        expected=(),
        source=Side(language="kk", text=text, start=start, stop=start + 4),
        target=Side(language="ru", text=""),
    )


def nothing() -> Summary:
    return TermCheck([]).summary()


def test_reports_hold_against_nasty_texts() -> None:
    written = {}
    for name, write in FORMATS.items():
        stream = io.StringIO()
        write([nasty()], nothing, stream)
        written[name] = stream.getvalue()
        written[name].encode()
    cells = written["tsv"].splitlines()[1].split("\t")
    assert len(cells) == 9
    assert list(csv.reader([written["tsv"].splitlines()[1]], delimiter="\t")) == [cells]
    [found] = json.loads(written["json"])["findings"]
    assert found["source"]["form"] == "漢字е\u0308"
    location = json.loads(written["sarif"])["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location == {
        "artifactLocation": {"uri": "a%20b/%FF%23%D0%B6%3A1.tsv"},
        "region": {"startLine": 1},
    }
    lines = written["text"].splitlines()
    assert lines[1].endswith(' error: m " [term-forbidden]')
    assert lines[2].startswith("    kk  …ююю")
    assert lines[2].endswith("б…")
    assert lines[3] == " " * (8 + 1 + 40) + "^^^^^"


@pytest.mark.parametrize("layout", sorted(FORMATS))
def test_reports_of_nothing(layout: str) -> None:
    stream = io.StringIO()
    FORMATS[layout]([], nothing, stream)  # type: ignore[index]
    assert stream.getvalue().endswith("\n") == (layout != "github")
    if layout in ("json", "sarif"):
        assert json.loads(stream.getvalue())


LINKED = """kk\tru
Хандық өсті.\tЦарство росло.
Хандық құлады.\tЦарство пало.
Қала өсті.\tГород рос.
Қала құлады.\tГород пал.
Бүгін хандық туралы.\tСегодня о царстве.
Бүгін қала туралы.\tСегодня о городе.
Қайта құру ма?\tГород?
"""
NAMED = """‘хандық’ is not rendered; expected ‘ханство’; ‘царстве’ stands for it [term-missing]
    kk  Бүгін хандық туралы.
              ^^^^^^
    ru  Сегодня о царстве.
                  ^^^^^^^
"""


@pytest.fixture
def linked(folder: Path) -> Path:
    (folder / "linked.tsv").write_text(LINKED, encoding="utf-8")
    return folder


@pytest.mark.parametrize("method", ["table", "thot"])
def test_words_that_stand_for_a_missing_term_are_named(linked: Path, method: str) -> None:
    if method == "thot":
        pytest.importorskip("thot")
    run = check(linked, "--words", method, files=("linked.tsv",))
    assert NAMED in run.stdout.decode()
    assert "‘қайта құру’ is not rendered; expected ‘перестройка’ or ‘реорганизация’ [" in run.stdout.decode()


def test_words_are_in_every_format(linked: Path) -> None:
    def report(layout: str) -> str:
        return check(linked, "--words", "table", "--format", layout, files=("linked.tsv",)).stdout.decode()

    findings = json.loads(report("json"))["findings"]
    assert [item["words"] for item in findings][2:] == [
        [{"start": 10, "stop": 17, "form": "царстве"}],
        [],
    ]
    results = json.loads(report("sarif"))["runs"][0]["results"]
    assert [item["properties"]["words"] for item in results][2:] == [["царстве"], []]
    lines = list(csv.DictReader(io.StringIO(report("tsv")), delimiter="\t"))
    assert [line["words"] for line in lines][2:] == ["царстве", ""]


class Same:
    """Links words that stand at the same place, and remembers how it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, source: str, target: str) -> Links:
        def links(pairs: Sequence[tuple[str, str]]) -> list[list[list[float]]]:
            self.asked.append(len(pairs))
            return [
                [[float(i == j) for i in range(len(left.split()))] for j in range(len(right.split()))]
                for left, right in pairs
            ]

        return links


def test_many_findings_keep_their_order_and_are_asked_about_together(folder: Path) -> None:
    terms = load_all([str(folder / "base.tsv")]).terms
    segments = [
        Segment(
            id=str(number), source_language="kk", target_language="ru", file="x.tsv", line=number,
            source=f"{number} қайта құру.", target=f"{number} новая жизнь.",
        )
        for number in range(150)
    ]  # fmt: skip
    links = Same()
    found = list(TermCheck(terms, links).findings(segments))
    assert [item.place.line for item in found] == list(range(150))
    assert {item.forms for item in found} == {("новая жизнь",)}
    assert sum(links.asked) == 150
    assert len(links.asked) == 3


def test_words_by_attention_need_a_model_that_knows_the_languages(linked: Path) -> None:
    text = (linked / "linked.tsv").read_text(encoding="utf-8")
    (linked / "de.tsv").write_text(text.replace("ru", "de", 1), encoding="utf-8")
    (linked / "base.tsv").write_text(BASE.replace("ru", "de"), encoding="utf-8")
    run = check(linked, "--words", "attention", files=("de.tsv",))
    assert run.returncode == 2
    assert run.stderr.decode() == "egiz: --model: the model has no de; expected one of en, kk, ru\n"


def test_sil_thot_may_not_be_installed(linked: Path) -> None:
    (linked / "thot.py").write_text("raise ModuleNotFoundError(name='thot')\n", encoding="utf-8")
    words = [EGIZ, "terms", "check", "linked.tsv", "--terms", "base.tsv", "--words", "thot"]
    run = subprocess.run(
        words,
        cwd=linked,
        env={
            **environment(linked),
            "PYTHONPATH": f"{linked}{os.pathsep}{os.environ.get('PYTHONPATH', '')}".rstrip(os.pathsep),
        },
        capture_output=True,
        check=False,
    )
    assert run.returncode == 2
    assert 'Install it with `pip install "egiz[align]"`' in run.stderr.decode()
