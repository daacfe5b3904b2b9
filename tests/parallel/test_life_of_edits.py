"""What people wrote, through random sequences of all that can happen to a text, its folder and its reviewers.

A sentence knows what it was made of, so that it can be said of every human text in a folder whether it is
shown with the sentence that it was written for. EGIZ_SEQUENCES says how many sequences are tried.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from egiz.glossary.termbase import load_all
from egiz.parallel.align.documents import read_text
from egiz.parallel.align.records import Link
from egiz.parallel.align.run import publish
from egiz.parallel.build.build import build
from egiz.parallel.build.run import build_in_shards
from egiz.parallel.build.terms import TermStage
from egiz.parallel.corpus import CorpusOptions
from egiz.parallel.corpus.data import DataFormat, DataOptions, export_data
from egiz.parallel.corpus.formats import format_named
from egiz.parallel.corpus.inputs import InputOptions
from egiz.parallel.publish import PublishedRow, read_tsv
from egiz.parallel.reader import load
from egiz.parallel.review import review
from egiz.parallel.review.files import read_history
from egiz.parallel.summary import HUMAN_STATUSES
from egiz.translate.errors import EgizError, OptionError, OutputError
from egiz.translate.memory import Memory, NoMemory
from egiz.translate.read import ReadOptions
from egiz.translate.translator import Translator
from tests.parallel.fakejob import MANIFEST, FakeJob, engine
from tests.parallel.shards.test_shards import Here
from tests.parallel.shards.test_shards import job as plain_job
from tests.parallel.test_build import READING

SEQUENCES = int(os.environ.get("EGIZ_SEQUENCES", "4"))
WORDS = re.findall(
    r"\w+",
    """қала дала хандық астана халық жер тау өзен көл мектеп кітап ақын батыр жол үй бала ана ата көше базар
күн түн жаз қыс көктем күз нан су ат қой дос сөз ой тіл ел""",
)
BASE = "id\tkk\tru\ntown\tқала\tгород\nbook\tкітап\tкнига\n"
STRANGERS = {"exports/alash.docx": b"mine", "exports/notes.README.md": b"# mine\n", "out/mine.txt": b"mine"}


@dataclass(frozen=True)
class Sentence:
    """A sentence of the source, and the numbers of those that it was made of."""

    text: str
    made_of: frozenset[int]


@dataclass(frozen=True)
class Said:
    """A text or comment that a person wrote for a sentence, and that was brought in."""

    text: str
    comment: str
    source: str
    made_of: frozenset[int]


@dataclass
class Person:
    """A reviewer with a page, which may be of an earlier table, and what was not handed in yet."""

    name: str
    page: list[tuple[PublishedRow, Sentence, dict[str, Any]]] = field(default_factory=list)
    edits: list[tuple[dict[str, Any], Said]] = field(default_factory=list)


class World:
    """A text, the folder that is made of it, two reviewers, and all that they said."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        self.source = folder / "text.txt"
        self.base = folder / "base.tsv"
        self.base.write_text(BASE, encoding="utf-8")
        self.random = random.Random(0)
        self.made, self.written = 0, 0
        self.sentences = [self.fresh() for _ in range(6)]
        self.people = [Person("A"), Person("B")]
        self.said: list[Said] = []
        for name, content in STRANGERS.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        self.build()

    # The source

    def fresh(self) -> Sentence:
        self.made += 1
        words = self.random.sample(WORDS, self.random.randint(5, 8))
        return Sentence(" ".join(words).capitalize() + ".", frozenset([self.made]))

    def any(self) -> int:
        return self.random.randrange(len(self.sentences))

    def insert(self) -> None:
        self.sentences.insert(self.any(), self.fresh())

    def repeat(self) -> None:
        self.made += 1
        copied = self.sentences[self.any()]
        self.sentences.insert(self.any(), Sentence(copied.text, copied.made_of | {self.made}))

    def delete(self) -> None:
        if len(self.sentences) > 3:
            self.sentences.pop(self.any())

    def move(self) -> None:
        self.sentences.insert(self.any(), self.sentences.pop(self.any()))

    def change(self) -> None:
        at = self.any()
        words = self.sentences[at].text.rstrip(".").split()
        words[self.random.randrange(1, len(words))] = self.random.choice(WORDS)
        self.sentences[at] = replace(self.sentences[at], text=" ".join(words) + ".")

    def split(self) -> None:
        at = self.any()
        words = self.sentences[at].text.rstrip(".").split()
        if len(words) > 5:
            halves = words[: len(words) // 2], words[len(words) // 2 :]
            self.sentences[at : at + 1] = [
                replace(self.sentences[at], text=" ".join(half).capitalize() + ".") for half in halves
            ]

    def join(self) -> None:
        at = self.any()
        if at + 1 < len(self.sentences):
            one, other = self.sentences[at : at + 2]
            text = f"{one.text.rstrip('.')} {other.text.lower()}"
            self.sentences[at : at + 2] = [Sentence(text, one.made_of | other.made_of)]

    # What is made of it

    def write(self) -> None:
        text = "\n\n".join(sentence.text for sentence in self.sentences)
        self.source.write_text(text, encoding="utf-8", newline="\n")

    def build(self) -> None:
        self.write()
        variant, targets = self.random.randrange(3), self.random.choice([("ru",), ("ru", "en"), ("en", "ru")])
        if self.random.random() < 0.1:
            targets = ("en",)
        terms, way = self.random.random() < 0.5, self.random.randrange(3)
        self.publish(lambda: self._build(variant, targets, terms, way))

    def _build(self, variant: int, targets: tuple[str, ...], terms: bool, way: int) -> None:
        if way == 2:
            job = replace(plain_job(self.folder), targets=targets)
            bases = (str(self.base),) if terms else ()
            fake = FakeJob(
                choice=job.choice,
                source="kk",
                targets=targets,
                term_bases=bases,
                effort="fast",
                variant=variant,
            )
            build_in_shards([self.source], self.out, fake, Here(), reading=READING, shard_rows=64)
            return
        stage = TermStage(load_all([str(self.base)]), "kk", targets) if terms else None
        with Memory.open(self.folder / "memory.sqlite") if way else NoMemory() as memory:
            translator = Translator(engine(variant), "kk", targets, memory=memory, approved=True)
            build([self.source], self.out, translator, manifest=MANIFEST, reading=READING, terms=stage)

    def align(self) -> None:
        self.write()
        human = self.folder / "human.txt"
        texts = [f"Человек перевёл {sum(map(ord, item.text))} так." for item in self.sentences]
        human.write_text("\n".join(texts), encoding="utf-8", newline="\n")
        self.publish(self._align)

    def _align(self) -> None:
        source = read_text(self.source, READING, "lines")
        human = read_text(self.folder / "human.txt", ReadOptions(language="ru"), "lines")
        links = [Link(source=(n, n + 1), target=(n, n + 1), score=0.9) for n in range(len(self.sentences))]
        publish(source, [human], [links], self.out)

    def publish(self, work: Callable[[], None]) -> None:
        """Do it; now and then it is killed while it puts its files in place, and done again."""
        if self.random.random() < 0.2:
            killed(work, self.random.randrange(12))
            self.check_texts()
        work()

    # People

    def open_page(self, person: Person) -> None:
        others: dict[tuple[int, int], list[str]] = {}
        reading = load(self.out)
        for item in reading.reviews:
            if item.kind in ("conflict", "outdated"):
                others.setdefault((item.row, item.target), []).append(item.text)
        tags = [target.language for target in reading.rows[0].targets]
        place = tags.index("ru") if "ru" in tags else -1
        sources = [row.source for row in reading.rows]
        person.page = [
            (
                row,
                self.sentences[number],
                {
                    "source": row.source,
                    "previous": sources[number - 1] if number else "",
                    "following": sources[number + 1] if number + 1 < len(sources) else "",
                    "seen": others.get((number, place), []),
                },
            )
            for number, row in enumerate(reading.rows)
            if place >= 0
        ]

    def write_edit(self, person: Person, *, kind: str) -> None:
        if not person.page or self.random.random() < 0.3:
            self.open_page(person)
        if not person.page:
            return
        row, sentence, spot = self.random.choice(person.page)
        before = next(target.text for target in row.targets if target.language == "ru")
        self.written += 1
        text = before if kind in ("approve", "comment") else f"Текст {self.written}, {person.name}."
        comment = f"Замечание {self.written}." if kind == "comment" else ""
        if not text:
            return
        edit = {
            "row": row.id,
            "language": "ru",
            "before": before,
            "after": text,
            "approved": kind in ("approve", "both"),
            "comment": comment,
            "time": (datetime(2026, 1, 1) + timedelta(seconds=self.written)).isoformat() + "Z",
            **spot,
        }
        said = Said("" if kind == "comment" else text, comment, row.source, sentence.made_of)
        person.edits.append((edit, said))

    def hand_in(self, person: Person) -> None:
        if not person.edits:
            return
        content = {
            "format": "egiz-edits",
            "version": 2,
            "table": "0" * 64,
            "author": person.name,
            "edits": [edit for edit, _ in person.edits],
        }
        file = self.folder / f"{person.name}.json"
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        with_memory = self.random.random() < 0.5

        def bring() -> None:
            with Memory.open(self.folder / "memory.sqlite") if with_memory else NoMemory() as memory:
                review([file], self.out, memory=memory, terms=self.terms())

        if self.random.random() < 0.2:
            killed(bring, self.random.randrange(8))
            self.check_texts()
            if not (self.out / "datapackage.json").exists():
                self.build()
        bring()
        latest: dict[tuple[str, str], str] = {}
        for edit, _ in person.edits:
            latest[edit["source"], edit["before"]] = edit["after"]
        for edit, said in person.edits:
            replaced = latest[edit["source"], edit["before"]] != edit["after"]
            self.said.append(replace(said, text="") if replaced else said)
        person.edits = []

    def terms(self) -> Any:
        package = json.loads((self.out / "datapackage.json").read_bytes())
        return load_all([str(self.base)]) if "terms" in package["egiz"] else None

    def export(self) -> None:
        options = DataOptions(inputs=InputOptions(), corpus=CorpusOptions())
        for name, file in (("jsonl", "notes.jsonl"), ("tmx", "memory.tmx"), ("docx", "alash.docx")):
            form = format_named(name)
            output = self.folder / "exports" / file
            if isinstance(form, DataFormat) and name == "tmx":
                export_data([self.out], form, output, options)
            elif isinstance(form, DataFormat):
                with pytest.raises(OutputError):
                    export_data([self.out], form, output, options)
            else:
                from egiz.parallel.corpus.formats import write_book
                from egiz.parallel.publish.published import open_published

                with pytest.raises(OutputError):
                    write_book(open_published(self.out), form, output)
        tsv = format_named("tsv")
        assert isinstance(tsv, DataFormat)
        for name in ("parallel.tsv", "scores.tsv", "links.tsv", "review.tsv"):
            with pytest.raises((OutputError, OptionError)):
                export_data([self.out], tsv, self.out / name, options)

    # What must hold

    def check_texts(self) -> None:
        """Nothing is lost, and nothing of others written over, whatever was killed."""
        history = read_history(self.out / "review.tsv")
        texts, comments = {entry.after for entry in history}, {entry.comment for entry in history}
        for said in self.said:
            assert not said.text or said.text in texts, said
            assert said.comment in comments or not said.comment, said
        for name, content in STRANGERS.items():
            assert (self.folder / name).read_bytes() == content, name

    def check(self) -> None:
        self.check_texts()
        history = read_history(self.out / "review.tsv")
        rows = {row.id: row for row in read_tsv(self.out / "parallel.tsv")}
        sentences = dict(zip(rows, self.published, strict=True))
        tags = [target.language for target in next(iter(rows.values())).targets]
        origins = {said.text: said for said in self.said if said.text}
        for entry in history:
            said = origins.get(entry.after)
            if entry.row:
                here = rows[entry.row].source
                assert here == (entry.now or entry.source), entry
                if said is not None and entry.origin != "memory":
                    there = sentences[entry.row]
                    assert there.made_of & said.made_of or there.text == said.source, (entry, there)
            same = [sentence for sentence in self.published if sentence.text == entry.source]
            alone = said is not None and len(same) == 1 and same[0].made_of == said.made_of
            if alone and "ru" in tags:
                assert entry.state == "kept", (entry, [item.text for item in self.published])
        last = {entry.cell: entry for entry in history if entry.is_claim}
        for (row, language), entry in last.items():
            target = next(item for item in rows[row].targets if item.language == language)
            assert (target.text, target.status) == (entry.after, "approved" if entry.approved else "edited")
        humans = {
            (row.id, t.language) for row in rows.values() for t in row.targets if t.status in HUMAN_STATUSES
        }
        assert humans == set(last)
        self.check_page(history, rows)

    def check_page(self, history: Any, rows: dict[str, PublishedRow]) -> None:
        """Every conflict, and all that is out of date or an orphan, is on the page, with its text."""
        reading = load(self.out)
        shown = {(item.kind, item.text) for item in reading.reviews}
        for entry in history:
            if entry.state == "kept" and entry.conflict not in ("", "settled", "seen"):
                assert ("conflict", entry.after) in shown
            if entry.state == "orphaned" and not entry.conflict and not entry.is_remark:
                newest = [
                    item for item in history if (item.sentence, item.author) == (entry.sentence, entry.author)
                ]
                assert ("orphan", newest[-1].after) in shown

    @property
    def published(self) -> list[Sentence]:
        """The sentences of the table, as they were when it was made."""
        return self._published

    def do(self, name: str, seed: int) -> None:
        self.random = random.Random(seed)
        person = self.random.choice(self.people)
        if name in ("edit", "approve", "both", "comment"):
            self._make()
            self.write_edit(person, kind=name)
        elif name == "hand in":
            self._make()
            self.hand_in(person)
        elif name == "export":
            self._make()
            self.export()
        else:
            getattr(self, name)()
            if name not in ("build", "align"):
                return
        self._published = list(self.sentences)
        self.check()

    def _make(self) -> None:
        """The table of the text as it is now: people see what was made of it."""
        if getattr(self, "_published", None) != self.sentences:
            self.build()


def killed(work: Callable[[], None], at: int) -> None:
    """Do something in a process of its own, which is gone at once before it moves or removes its nth file."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    left = at

    def count(real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*values: Any, **named: Any) -> Any:
            nonlocal left
            if not left:
                os._exit(9)
            left -= 1
            return real(*values, **named)

        return counted

    try:
        Path.replace = count(Path.replace)  # type: ignore[method-assign]
        Path.unlink = count(Path.unlink)  # type: ignore[method-assign]
        work()
    except EgizError:
        pass
    finally:
        os._exit(0)


STEPS = (
    *("build", "align", "insert", "delete", "change", "move", "split", "join", "repeat", "export"),
    *("edit", "edit", "both", "approve", "comment", "hand in", "hand in"),
)
SEEDS = st.integers(min_value=0, max_value=2**32)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed by its parent: needs fork")
@settings(
    max_examples=SEQUENCES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to make a sequence shorter takes minutes
)
@given(st.lists(st.tuples(st.sampled_from(STEPS), SEEDS), min_size=15, max_size=40))
def test_nothing_that_a_person_wrote_is_lost(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        for name, seed in steps:
            world.do(name, seed)
