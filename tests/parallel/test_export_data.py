"""Training data on disk: the bytes of each format, and that files appear whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from egiz.parallel.bitext import read_bitext
from egiz.parallel.cli.export import command
from egiz.parallel.cli.score import files as score
from egiz.parallel.corpus import CorpusOptions, FilterOptions
from egiz.parallel.corpus.data import DATA_FORMATS, DataOptions, Exported, export_data
from egiz.parallel.corpus.inputs import InputOptions
from egiz.parallel.corpus.split import SplitOptions
from egiz.parallel.publish.destination import LEDGER
from egiz.parallel.rows import Row
from egiz.translate.errors import InputError, OptionError, OutputError
from tests.parallel.conftest import Publish

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "export"
FOLDERS = [name for name, form in DATA_FORMATS.items() if form.folder]


@pytest.fixture
def table(tmp_path: Path, rows: list[Row], publish: Publish) -> Path:
    return publish(tmp_path / "out", rows)


def run(name: str, source: Path, output: Path, **corpus: object) -> Exported:
    options = DataOptions(inputs=InputOptions(), corpus=CorpusOptions(**corpus))  # type: ignore[arg-type]
    return export_data([source], DATA_FORMATS[name], output, options)


def output_of(name: str, folder: Path) -> Path:
    return folder / name if name in FOLDERS else folder / f"sample{DATA_FORMATS[name].ending}"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != LEDGER
    }


@pytest.mark.parametrize("name", DATA_FORMATS)
def test_the_bytes_are_those_that_were_agreed(
    table: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parquet's bytes are those of its library's version, and so is what its hash stands in."""
    monkeypatch.setattr("egiz.parallel.corpus.records.version", lambda name: "0.0.0")
    made = tmp_path / "made"
    run(name, table, output_of(name, made))
    found = {key: value for key, value in contents(made).items() if not key.endswith(".parquet")}
    found = {key: value for key, value in found.items() if name != "hf" or not key.endswith(".json")}
    if os.environ.get("EGIZ_RENEW_GOLDEN"):
        for key, value in found.items():
            path = GOLDEN / name / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(value)
    assert found == (contents(GOLDEN / name) if found else {})


@pytest.mark.parametrize("name", DATA_FORMATS)
def test_equal_tables_give_equal_bytes(table: Path, tmp_path: Path, name: str) -> None:
    run(name, table, output_of(name, tmp_path / "one"))
    run(name, table, output_of(name, tmp_path / "two"))
    run(name, table, output_of(name, tmp_path / "two"))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("name", ["tsv", "tmx", "xliff"])
def test_our_own_readers_read_it_back(table: Path, tmp_path: Path, name: str) -> None:
    output = output_of(name, tmp_path / "made")
    files = run(name, table, output).files
    found = {
        (segment.id, segment.target_language): (segment.source, segment.target)
        for path in (output.parent / item.name for item in files if not item.name.endswith(".md"))
        for segment in read_bitext(path)
        if segment.target
    }
    expected = {
        (segment.id, segment.target_language): (segment.source, segment.target)
        for segment in read_bitext(table)
        if segment.target
    }
    assert found == expected
    assert len(found) == 13


@pytest.mark.parametrize("name", DATA_FORMATS)
def test_a_damaged_table_leaves_what_was_there(table: Path, tmp_path: Path, name: str) -> None:
    made = tmp_path / "made"
    run(name, table, output_of(name, made))
    before = contents(made)
    table.write_bytes(table.read_bytes() + b"cut")
    with pytest.raises(InputError, match="cut off"):
        run(name, table, output_of(name, made))
    assert contents(made) == before
    with pytest.raises(InputError, match="cut off"):
        run(name, table, output_of(name, tmp_path / "new"))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", DATA_FORMATS)
def test_parts_go_into_files_of_their_own(table: Path, tmp_path: Path, name: str) -> None:
    made = tmp_path / "made"
    found = run(name, table, output_of(name, made), split=SplitOptions(test=2))
    names = [item.name for item in found.files]
    assert any("train" in item for item in names)
    assert any("test" in item for item in names)
    assert set(names) <= {Path(path).name for path in contents(made)}
    assert found.account.parts["test"]["rows"] == 2


def test_the_input_is_never_the_output(table: Path) -> None:
    before = contents(table.parent)
    for name, output in (("tsv", table), ("hf", table.parent), ("train", table.parent)):
        with pytest.raises(OptionError, match=r"is the input of this export|is the folder of the input"):
            run(name, table, output)
    options = DataOptions(inputs=InputOptions(), corpus=CorpusOptions(), report=table)
    with pytest.raises(OptionError, match="is the input of this export"):
        export_data([table], DATA_FORMATS["tmx"], table.with_name("x.tmx"), options)
    assert contents(table.parent) == before


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_of_others_are_left_alone(table: Path, tmp_path: Path, name: str) -> None:
    kinds = (("README.md", "not made by Egiz"), ("datapackage.json", "holds a build"))
    for file, says in (*kinds, ("dev.tsv", "not made by Egiz")):
        folder = tmp_path / file
        folder.mkdir()
        (folder / file).write_text("# Mine\n", encoding="utf-8")
        with pytest.raises(OutputError, match=says):
            run(name, table, folder)
        assert contents(folder) == {file: b"# Mine\n"}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_part_of_an_earlier_export_goes(table: Path, tmp_path: Path, name: str) -> None:
    run(name, table, tmp_path / "made", split=SplitOptions(test=2))
    run(name, table, tmp_path / "made")
    run(name, table, tmp_path / "fresh")
    assert contents(tmp_path / "made") == contents(tmp_path / "fresh")


def test_quotes_in_a_table_are_those_of_each_language(tmp_path: Path) -> None:
    source = tmp_path / "source.tsv"
    source.write_text('kk\tru\ten\n"а" б\t"в" г\t"d" e\n', encoding="utf-8")
    run("tsv", source, tmp_path / "x.tsv")
    cells = (tmp_path / "x.tsv").read_text(encoding="utf-8").splitlines()[1].split("\t")
    assert [cells[2], cells[3], cells[6]] == ["«а» б", "«в» г", "“d” e"]


def test_rejects_and_report_say_what_was_left_out(table: Path, tmp_path: Path) -> None:
    options = DataOptions(
        inputs=InputOptions(),
        corpus=CorpusOptions(filters=FilterOptions(quality={"": 0.5})),
        rejects=tmp_path / "left" / "out.tsv",
        report=tmp_path / "report.json",
    )
    found = export_data([table], DATA_FORMATS["tmx"], tmp_path / "x.tmx", options)
    lines = (tmp_path / "left" / "out.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == ["row", "language", "stage", "reason", "source", "target"]
    removed = sum(item.removed.total() for item in found.account.languages.values())
    assert len(lines) == 1 + removed > 3
    assert all(len(line.split("\t")) == 6 for line in lines)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["options"]["filters"]["quality"] == {"": 0.5}
    assert [item["name"] for item in report["files"]] == ["x.tmx"]
    [model] = [text for name, text in report["about"] if name == "model"]
    assert "its use: CC-BY-NC-4.0" in model


def test_nothing_is_written_where_nothing_is_left(table: Path, tmp_path: Path) -> None:
    options = DataOptions(
        inputs=InputOptions(),
        corpus=CorpusOptions(filters=FilterOptions(approved_only=True)),
        rejects=tmp_path / "left" / "out.tsv",
    )
    with pytest.raises(InputError, match="none of 7 rows is left"):
        export_data([table], DATA_FORMATS["tmx"], tmp_path / "x.tmx", options)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_command_says_what_it_left_out(table: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    arguments = [
        "--clean",
        "--min-quality",
        "ru=0.5",
        "--characters",
        "2-",
        "--languages",
        "ru",
        "--split",
        "",
    ]
    found = CliRunner().invoke(command, [str(table), "-o", str(path), *arguments])
    assert found.exit_code == 0, found.output
    assert found.stdout == ""
    assert "left out, quality: a number too low, or none" in found.stderr
    assert "x.jsonl, x.README.md" in found.stderr
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert set(rows[0]) == {"id", "document", "kk", "ru", "ru.quality", "ru.status"}


BAD = [
    (["--min-quality", "2"], "--min-quality"),
    (["--min-link", "0.5"], "--min-link: no input has a link"),
    (["--min-soundness", "0.5"], "computed by egiz score; expected --min-quality"),
    (["--min-quality", "0.5", "--min-link", "0.5"], "--min-link: no input has a link"),
    (["--model", "starter"], "--model: has no effect here"),
    (["--min-quality", "ru="], "--min-quality"),
    (["--status", "good"], "--status"),
    (["--without-flags", "lang"], "'language'"),
    (["--characters", "9-2"], "the smaller number first"),
    (["--characters", "5"], "two numbers"),
    (["--word-count", "a-b"], "two numbers"),
    (["--require-term", "x"], "--require-term"),
    (["--split", "dev"], "--split"),
    (["--terms", "government"], "--terms: has no effect alone; expected --require-term"),
    (["--likeness", "0.9"], "--likeness: has no effect alone; expected --dedupe or --clean"),
    (["--dedupe-by", "source", "--dedupe", "off"], "--dedupe-by: has no effect alone"),
]


def test_numbers_of_each_meaning_are_told_apart(tmp_path: Path) -> None:
    built, aligned, out = (tmp_path / name for name in ("built.tsv", "aligned.tsv", "out.tsv"))
    built.write_text("id\tkk\tru\tru.quality\na\tбір\tодин\t0.7\nb\tекі\tдва\t0.2\n", encoding="utf-8")
    aligned.write_text("id\tkk\tru\tru.link\nc\tүш\tтри\t0.7\nd\tтөрт\tчетыре\t0.9\n", encoding="utf-8")

    def exported(*arguments: str) -> Exception | list[list[str]]:
        said = [str(built), str(aligned), "-o", str(out), *arguments]
        found = CliRunner().invoke(command, said)
        if isinstance(found.exception, OptionError):
            return found.exception
        return [line.split("\t") for line in out.read_text(encoding="utf-8").splitlines()]

    head, *rows = exported("--min-quality", "0.5", "--min-link", "0.8")  # type: ignore[misc]
    assert head == ["id", "document", "kk", "ru", "ru.quality", "ru.link", "ru.status"]
    assert [row[3:6] for row in rows] == [["один", "0.700", ""], ["четыре", "", "0.900"]]
    assert "aligned.tsv: its scores are of the kind link" in str(exported("--min-quality", "0.5"))
    assert "--best: inputs with scores of different kinds: quality, link" in str(exported("--best", "1"))


def test_scores_of_pairs_are_their_soundness(tmp_path: Path) -> None:
    pairs, scores, out = (tmp_path / name for name in ("pairs.csv", "scores.tsv", "out.tsv"))
    good, bad = ("Ол 1985 жылы келді.", "Он приехал в 1985 году."), ("Ол 1985 жылы келді.", "Он спит 3 дня.")
    pairs.write_text("kk,ru\n" + "".join(f"{one},{two}\n" for one, two in (good, bad)), encoding="utf-8")
    found = CliRunner().invoke(score, [str(pairs), "--effort", "fast", "-o", str(scores), "-q"])
    assert found.exit_code == 0, found.output
    head = scores.read_text(encoding="utf-8").split("\n")[0].split("\t")
    assert head[7:] == ["soundness", "label", "reasons", "causes"]
    options = ["--scores", str(scores), "--min-soundness", "0.8"]
    found = CliRunner().invoke(command, [str(pairs), "-o", str(out), *options])
    assert found.exit_code == 0, found.output
    lines = [line.split("\t") for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line[2:5] for line in lines[1:]] == [[*good, lines[1][4]]]
    assert lines[0][4] == "ru.soundness"


@pytest.mark.parametrize(("arguments", "says"), BAD)
def test_bad_options_are_refused_by_name(
    table: Path, tmp_path: Path, arguments: list[str], says: str
) -> None:
    found = CliRunner().invoke(command, [str(table), "-o", str(tmp_path / "x.tmx"), *arguments])
    assert isinstance(found.exception, OptionError)
    assert says in str(found.exception)
    assert not (tmp_path / "x.tmx").exists()


def test_a_book_takes_no_choice_of_rows(table: Path, tmp_path: Path) -> None:
    for arguments, says in (
        (["--clean"], "--clean"),
        (["--from", "kk"], "--from"),
        ([str(table)], "2 inputs"),
    ):
        found = CliRunner().invoke(command, [str(table), "-o", str(tmp_path / "x.epub"), *arguments])
        assert isinstance(found.exception, OptionError)
        assert says in str(found.exception)
