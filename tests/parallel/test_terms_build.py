"""A build with a term base: corrected rows, every use and every edit accounted for."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from egiz.glossary.correct import RULES, replay
from egiz.glossary.records import Term, TermBase, Wording
from egiz.glossary.termbase import load
from egiz.parallel.build.build import build
from egiz.parallel.build.terms import TermPreference, TermStage
from egiz.parallel.publish import EDITS, SCORES, USES, read_tsv
from egiz.translate.engine.protocol import TokenScores
from egiz.translate.errors import OutputError
from egiz.translate.memory import Memory
from egiz.translate.records import Edit, Hypothesis
from egiz.translate.translator import Translator
from tests.parallel.test_build import MANIFEST, READING, contents
from tests.translate.fakes import FakeEngine

TEXT = "Қайта құру басталды. Біз қоғамның реформасын көрдік. Күн жарық."
ANSWERS = {
    "Қайта құру басталды.": ("Началась реконструкция.", "The reconstruction began."),
    "Біз қоғамның реформасын көрдік.": ("Мы видели реформу общества.", "We saw a reform."),
    "Күн жарық.": ("Солнце светлое.", "The sun is bright."),
}
BASE = TermBase(
    name="small",
    licence="CC0-1.0",
    terms=(
        Term(
            id="perestroika",
            wordings=(
                Wording(language="kk", text="қайта құру"),
                Wording(language="ru", text="перестройка"),
                Wording(language="ru", text="реконструкция", status="forbidden"),
                Wording(language="en", text="perestroika"),
                Wording(language="en", text="reconstruction", status="forbidden"),
            ),
        ),
        Term(
            id="society",
            wordings=(
                Wording(language="kk", text="қоғам"),
                Wording(language="ru", text="общество"),
                Wording(language="en", text="society"),
            ),
        ),
    ),
)


class CountingForcing:
    """An engine that likes everything, and counts what it is asked."""

    identity = "fake"
    takes_hints = False
    asked = 0

    def token_scores(self, pairs: Any, **settings: Any) -> list[None]:
        self.asked += len(pairs)
        return [None] * len(pairs)

    def align(self, pairs: Any, **settings: Any) -> list[Any]:
        self.asked += len(pairs)
        from egiz.translate.engine.protocol import Attention

        return [Attention(source=(), target=(), weights=()) for _ in pairs]

    def complete(self, items: Any, **settings: Any) -> list[tuple[Any, ...]]:
        return [() for _ in items]


class Told(CountingForcing):
    """One that takes hints, and says what it is told."""

    takes_hints = True

    def retell(self, items: Any, **settings: Any) -> list[tuple[Hypothesis, ...]]:
        self.asked += len(items)
        said = {"общество": "Мы видели реформу общества.", "society": "We saw a reform of society."}
        return [
            tuple(
                Hypothesis(text=said[lemma], tokens=(), logprob=-1.0) for _, lemma in hints if lemma in said
            )
            for _, hints in items
        ]

    def token_scores(self, pairs: Any, **settings: Any) -> list[Any]:
        """A source is less likely given a translation without the term."""
        lacks = [
            settings["target"] == "kk" and "обществ" not in given and "society" not in given
            for given, _ in pairs
        ]
        return [
            TokenScores(spans=((0, len(text)),), logprobs=(-9.0 if is_short else -1.0, -1.0))
            for (_, text), is_short in zip(pairs, lacks, strict=True)
        ]


def engine() -> FakeEngine:
    return FakeEngine(lambda text, source, target, decoding: [ANSWERS[text][target == "en"]])


def run(
    folder: Path, *, base: TermBase | None = BASE, forcing: Any = None, memory: Memory | None = None
) -> Path:
    source = folder / "text.txt"
    source.write_text(TEXT, encoding="utf-8")
    translator = Translator(engine(), "kk", ("ru", "en"), memory=memory)
    stage = base and TermStage(base, "kk", ("ru", "en"), forcing=forcing, memory=memory)
    build([source], folder / "out", translator, manifest=MANIFEST, reading=READING, terms=stage or None)
    return folder / "out"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_forbidden_wordings_give_way_and_the_rest_is_said(tmp_path: Path) -> None:
    out = run(tmp_path)
    rows = list(read_tsv(out / "parallel.tsv"))
    assert [row.targets[0].text for row in rows] == [
        "Началась перестройка.",
        "Мы видели реформу общества.",
        "Солнце светлое.",
    ]
    assert rows[0].targets[1].text == "The perestroika began."
    assert [row.targets[0].terms for row in rows] == ["perestroika:inserted", "society:applied", ""]
    assert rows[1].targets[1].terms == "society:missing"
    assert [row.targets[0].machine for row in rows] == ["Началась реконструкция.", "", ""]


def test_every_use_is_found_again_at_its_place(tmp_path: Path) -> None:
    out = run(tmp_path)
    rows = {row.id: row for row in read_tsv(out / "parallel.tsv")}
    uses = table(out / USES)
    assert [(use["language"], use["term"], use["outcome"]) for use in uses] == [
        ("ru", "perestroika", "inserted"),
        ("en", "perestroika", "inserted"),
        ("ru", "society", "applied"),
        ("en", "society", "missing"),
    ]
    for use in uses:
        row = rows[use["row"]]
        (target,) = (item for item in row.targets if item.language == use["language"])
        assert row.source[int(use["source_start"]) : int(use["source_stop"])] == use["source_form"]
        if use["target_start"]:
            assert target.text[int(use["target_start"]) : int(use["target_stop"])] == use["target_form"]
    assert uses[0]["note"] == "a forbidden wording was replaced"
    assert uses[3]["note"].startswith("left alone: ")


def test_the_edits_replay_on_the_machine_output(tmp_path: Path) -> None:
    out = run(tmp_path)
    edits = table(out / EDITS)
    assert len(edits) == 2
    for row in read_tsv(out / "parallel.tsv"):
        for target in row.targets:
            own = [item for item in edits if (item["row"], item["language"]) == (row.id, target.language)]
            made = [
                Edit(
                    start=int(item["start"]),
                    stop=int(item["stop"]),
                    before=item["before"],
                    after=item["after"],
                    term=item["term"],
                    rule=item["rule"],
                )
                for item in own
            ]
            assert bool(made) == bool(target.machine)
            if made:
                assert replay(target.machine, made) == target.text


def test_the_package_lists_both_tables_and_the_base(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    out = run(tmp_path)
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert [resource["path"] for resource in package["resources"]] == ["parallel.tsv", SCORES, USES, EDITS]
    assert package["egiz"]["terms"]["name"] == "small"
    assert package["egiz"]["counts"]["targets"]["ru"]["terms"]["inserted"] == 1
    assert ("CC0-1.0", "term base") in [(item["title"], item["appliesTo"]) for item in package["licenses"]]
    assert frictionless.validate(str(out / "datapackage.json")).valid
    assert "## Terms" in (out / "README.md").read_text(encoding="utf-8")


def test_a_second_run_asks_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    forcing = CountingForcing()
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        first = contents(run(tmp_path, forcing=forcing, memory=memory))
        asked = forcing.asked
        second = contents(run(tmp_path, forcing=forcing, memory=memory))
    assert asked
    assert forcing.asked == asked
    assert first == second


def test_what_the_model_says_when_told_is_applied_and_remembered(tmp_path: Path) -> None:
    forcing = Told()
    with Memory.open(tmp_path / "memory.sqlite") as memory:
        out = run(tmp_path, forcing=forcing, memory=memory)
        asked, first = forcing.asked, contents(out)
        [_, row, _] = read_tsv(out / "parallel.tsv")
        assert contents(run(tmp_path, forcing=forcing, memory=memory)) == first
    assert 0 < asked == forcing.asked
    english = row.targets[1]
    assert (english.text, english.machine) == ("We saw a reform of society.", "We saw a reform.")
    assert english.terms == "society:applied"
    assert [item["rule"] for item in table(out / EDITS) if item["language"] == "en"] == [
        "forbidden",
        "hinted",
    ]
    assert [use["note"] for use in table(out / USES)][-1] == RULES["hinted"]
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert ";hints=2;told=0.3;back=4.0" in package["egiz"]["terms"]["method"]


def test_a_build_without_terms_takes_the_tables_of_the_last_one_away(tmp_path: Path) -> None:
    assert (run(tmp_path) / USES).exists()
    assert sorted(path.name for path in run(tmp_path, base=None).iterdir()) == [
        "README.md",
        "datapackage.json",
        "page.html",
        "parallel.tsv",
        "scores.tsv",
    ]


def test_a_strangers_table_of_that_name_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / EDITS).write_text("mine\n", encoding="utf-8")
    with pytest.raises(OutputError, match="not made by Egiz"):
        run(tmp_path)
    assert (tmp_path / "out" / EDITS).read_text(encoding="utf-8") == "mine\n"


def test_signatures_change_with_the_base_alone() -> None:
    def signature(base: TermBase) -> str:
        return TermStage(base, "kk", ("ru",)).signature

    shipped = load("soviet-history")
    assert signature(shipped) == signature(load("soviet-history"))
    assert signature(shipped) != signature(BASE)


def test_terms_have_a_say_where_candidates_are_chosen() -> None:
    prefers = TermPreference(BASE, "kk", ("ru", "en"))
    source = "Қайта құру қоғамның ісі."
    points = {
        text: prefers.bonus(source, text, source="kk", target="ru")
        for text in ("Перестройка — дело общества.", "Перестройка — дело.", "Дело.", "Реконструкция — дело.")
    }
    assert list(points.values()) == [4.0, 2.0, 0.0, -2.0]
    assert prefers.bonus(source, "қоғам", source="kk", target="kk") == 0.0
    other = TermPreference(replace(BASE, terms=BASE.terms[:1]), "kk", ("ru",))
    assert other.signature != prefers.signature
