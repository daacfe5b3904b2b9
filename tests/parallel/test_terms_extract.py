"""`egiz terms extract`: drafts from documents and from rows, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from egiz.glossary.records import Term
from egiz.glossary.termbase import load
from egiz.parallel.bilingual.term_bases import document_passages, row_passages
from egiz.translate.errors import InputError
from tests.parallel.commandline import SEED, egiz

CASES = Path(__file__).resolve().parents[1] / "cases"
ROWS = CASES / "extract_rows.tsv"


def source(term: Term, language: str = "kk") -> str:
    return term.wordings_in(language)[0].text


def test_a_draft_from_a_document_can_be_read_as_a_term_base(tmp_path: Path) -> None:
    done = egiz(tmp_path, "terms", "extract", SEED, "--top", "30", "-o", tmp_path / "draft.tsv")
    assert (done.returncode, done.stdout) == (0, b"")
    base = load(tmp_path / "draft.tsv")
    assert len(base.terms) == 30
    assert {"қайта құру", "тұрмыс дәрежесі", "жеке меншік"} <= {source(term) for term in base.terms}
    assert all(term.subject == "draft" and " × in 1 document; score " in term.note for term in base.terms)
    assert all("e.g. qaita-quru:" in term.note for term in base.terms)
    assert "30 candidates, " in done.stderr.decode()
    assert "searched 1,657 words, 1 document" in done.stderr.decode()


def test_standard_output_is_the_draft_and_nothing_else(tmp_path: Path) -> None:
    given = SEED.read_bytes()
    first = egiz(tmp_path, "terms", "extract", "-", "--top", "5", given=given)
    assert first.returncode == 0
    lines = first.stdout.decode().splitlines()
    assert lines[0].startswith("# title: Draft")
    assert lines[1].split("\t")[:2] == ["id", "kk"]
    assert len(lines) == 7
    assert first.stdout == egiz(tmp_path, "terms", "extract", "-", "--top", "5", given=given).stdout


def test_known_terms_are_left_out(tmp_path: Path) -> None:
    done = egiz(tmp_path, "terms", "extract", SEED, "--known", "soviet-history", "--format", "details")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["known"] > 30
    assert "қайта құру" not in {item["text"].lower() for item in found["candidates"]}
    assert f"{found['known']} known already" in done.stderr.decode()


def test_rows_give_renderings(tmp_path: Path) -> None:
    done = egiz(tmp_path, "terms", "extract", "--parallel", ROWS, "-o", tmp_path / "draft.tbx")
    assert done.returncode == 0, done.stderr.decode()
    base = load(tmp_path / "draft.tbx")
    drafted = {source(term).lower(): term for term in base.terms}
    assert source(drafted["жеке меншік"], "ru") == "частная собственность"
    assert "ru: частная собственность 5/5" in drafted["жеке меншік"].note
    assert "with renderings in ru" in done.stderr.decode()


def test_the_other_direction(tmp_path: Path) -> None:
    done = egiz(tmp_path, "terms", "extract", "--parallel", ROWS, "--from", "ru", "--to", "kk")
    assert done.returncode == 0, done.stderr.decode()
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()[1:]]
    assert rows[0][:4] == ["id", "ru", "ru.pos", "kk"]
    assert ["частная собственность", "phrase", "жеке меншік"] in [row[1:4] for row in rows]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((SEED, "--to", "ru"), "documents have no translations"),
        ((SEED, "--format", "jsn"), "no format is called 'jsn'"),
        ((SEED, "--known", "soviet-histori"), "Did you mean 'soviet-history'?"),
        ((SEED, "--least", "0"), "least is 0"),
        ((SEED, "--top", "0"), "top is 0"),
        ((SEED, "--from", "ja"), "written without spaces"),
        ((SEED, "--from", "xx-nix"), "no language of NLLB-200"),
        (("--parallel", ROWS, "--to", "en"), "no column in 'en'"),
        (("--parallel", SEED), "is of no known kind"),
    ],
    ids=lambda value: str(value[-1]) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_is_refused_in_one_line(
    tmp_path: Path, arguments: tuple[str | Path, ...], said: str
) -> None:
    done = egiz(tmp_path, "terms", "extract", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert done.stderr.decode().count("\n") == 1


def test_a_source_is_never_overwritten(tmp_path: Path) -> None:
    rows = tmp_path / "rows.tsv"
    rows.write_bytes(ROWS.read_bytes())
    done = egiz(tmp_path, "terms", "extract", "--parallel", rows, "-o", rows)
    assert done.returncode == 2
    assert rows.read_bytes() == ROWS.read_bytes()
    failed = egiz(tmp_path, "terms", "extract", tmp_path / "none.txt", "-o", tmp_path / "draft.tsv")
    assert failed.returncode == 2
    assert not (tmp_path / "draft.tsv").exists()


def test_passages_of_documents_are_their_sentences() -> None:
    found = list(document_passages([SEED], "kk"))
    assert found[0].id == "qaita-quru:1.1"
    assert {passage.document for passage in found} == {"qaita-quru"}
    assert all(passage.text and not passage.target for passage in found)


def test_passages_of_rows_are_named_by_file_or_sentence(tmp_path: Path) -> None:
    table = tmp_path / "news.tsv"
    table.write_text(
        "id\tkk\tru\ten\na:1.1\tБір\tОдин\tOne\nx\tЕкі\tДва\tTwo\n3\t\tТри\tThree\n", encoding="utf-8"
    )
    passages, *languages = row_passages([table])
    assert languages == ["kk", "ru"]
    assert [(item.id, item.document, item.text, item.target) for item in passages] == [
        ("a:1.1", "a", "Бір", "Один"),
        ("news:x", "news", "Екі", "Два"),
    ]


def test_drafts_in_a_file_are_no_translations(tmp_path: Path) -> None:
    messages = tmp_path / "app.po"
    messages.write_text(
        'msgid ""\nmsgstr "Language: ru\\nX-Source-Language: en\\n"\n\n'
        '#, fuzzy\nmsgid "File"\nmsgstr "Файл"\n\nmsgid "Edit"\nmsgstr "Правка"\n',
        encoding="utf-8",
    )
    passages, *languages = row_passages([messages])
    assert languages == ["en", "ru"]
    assert [(item.text, item.target) for item in passages] == [("File", ""), ("Edit", "Правка")]


def test_files_of_other_languages_are_refused(tmp_path: Path) -> None:
    one, other = tmp_path / "one.tsv", tmp_path / "other.tsv"
    one.write_text("kk\tru\nБір\tОдин\n", encoding="utf-8")
    other.write_text("ru\ten\nДва\tTwo\n", encoding="utf-8")
    passages, *_ = row_passages([one, other])
    with pytest.raises(InputError, match=r"other\.tsv:1: no column in 'kk'"):
        list(passages)
    empty = tmp_path / "empty.tsv"
    empty.write_text("kk\tru\n", encoding="utf-8")
    with pytest.raises(InputError, match="no rows"):
        row_passages([empty])
