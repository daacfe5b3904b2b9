"""`egiz score` and its files: tables out of bilingual files, fits made and kept, neural models."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

from egiz.parallel.cli.main import group
from egiz.parallel.scores.calibrate import Table, calibrate, read_table
from egiz.parallel.scores.evidence import EvidenceCollector
from egiz.parallel.scores.features import NAMES
from egiz.parallel.scores.neural import load_neural
from egiz.translate.errors import EgizError, InputError, ModelError, ModelNotFound
from egiz.translate.translator import Translator
from tests.parallel.scores.test_stage import FakeTokenScorer
from tests.translate.fakes import FakeEngine

PAIRS = (
    "kk\tru\n"
    "Ол 1985 жылы келді.\tОн приехал в 1985 году.\n"
    "Ол 1985 жылы келді.\tОн приехал в 1986 году.\n"
    "Бос жол.\t\n"
    'Оның «үйі» үлкен еді, біз оны көрдік.\tЕго "дом" был большим, и мы его видели.\n'
)


def score(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["score", *map(str, arguments)])


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS, encoding="utf-8")
    return path


@pytest.mark.parametrize("words", [(), ("files",)])
def test_every_pair_has_a_line_and_no_model_is_needed(pairs: Path, words: tuple[str, ...]) -> None:
    result = score(*words, pairs, "--effort", "fast", "--no-memory", "--model", "nowhere")
    assert result.exit_code == 0, result.output
    rows = table(result.stdout)
    assert [row["label"] for row in rows] == ["good", "poor", "", "good"]
    assert [row["line"] for row in rows] == ["2", "3", "4", "5"]
    assert rows[3]["target"] == 'Его "дом" был большим, и мы его видели.'
    assert "numbers_missing:1985" in rows[1]["causes"]
    assert "likelihood" not in rows[0]
    assert "1 not scored" in result.stderr
    assert "with no model" in result.stderr


def test_features_and_a_file_on_request(pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.tsv"
    result = score(pairs, "--effort", "fast", "--no-memory", "--features", "-o", out)
    assert (result.exit_code, result.stdout) == (0, "")
    rows = table(out.read_text(encoding="utf-8"))
    assert set(NAMES) < set(rows[0])
    assert [row["numbers_missing"] for row in rows] == ["0", "1", "", "0"]


def test_what_cannot_be_scored_keeps_its_line(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tmx"
    units = "".join(
        f'<tu><tuv xml:lang="kk"><seg>Ол келді.</seg></tuv><tuv xml:lang="{tag}"><seg>{text}</seg></tuv></tu>'
        for tag, text in (("ru", "Он пришёл."), ("tlh", "ghoS."))
    )
    path.write_text(f'<tmx version="1.4"><header srclang="kk"/><body>{units}</body></tmx>', encoding="utf-8")
    result = score(path, "--effort", "fast", "--no-memory")
    assert result.exit_code == 0, result.output
    assert [(row["target_language"], row["label"]) for row in table(result.stdout)] == [
        ("ru", "good"),
        ("tlh", ""),
    ]


def test_a_file_that_is_read_is_not_written_over(pairs: Path) -> None:
    result = score(pairs, "--effort", "fast", "--no-memory", "-o", pairs)
    assert isinstance(result.exception, EgizError)
    assert pairs.read_text(encoding="utf-8") == PAIRS


def _engine() -> FakeEngine:
    """Translates the sentence of a number by as many right words as the number's last digit says."""

    def answer(text: str, source: str, target: str, decoding: Any) -> list[str]:
        number = int(text.split()[0])
        words = _reference(number).split()
        kept = 1 + number % 10
        return [" ".join([*words[:kept], *[f"мимо{place}" for place in range(11 - kept)]])]

    return FakeEngine(answer)


def _reference(number: int) -> str:
    return " ".join([str(number), *[f"слово{chr(1072 + (number * 7 + place) % 30)}" for place in range(10)]])


def _table(rows: int) -> Table:
    numbers = range(100, 100 + rows)
    return Table(
        source="kk",
        sources=tuple(f"{number} " + "сөз " * 9 + "бар." for number in numbers),
        references={"ru": tuple(map(_reference, numbers))},
    )


def test_a_fit_is_made_for_each_effort_and_is_the_same_again() -> None:
    engine = _engine()

    def run() -> str:
        translator = Translator(engine, "kk", ("ru",))
        collector = EvidenceCollector(engine, FakeTokenScorer(), "normal")
        made = calibrate(
            _table(60), translator, collector, "normal", model="m", fingerprint="f", made_from="rows"
        )
        assert [(fit.target, fit.effort, fit.check.rows) for fit in made.fits] == [
            ("ru", "fast", 60),
            ("ru", "normal", 60),
        ]
        fast, normal = made.fits
        assert "returned" not in {term.feature for term in (*fast.reach.terms, *fast.sound.terms)}
        assert fast.slope > 0
        assert normal.check.reached > 0
        return made.text()

    assert run() == run()


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(InputError, match="9 rows with a source in kk and a reference in ru; expected 50"):
        calibrate(
            _table(9),
            Translator(_engine(), "kk", ("ru",)),
            EvidenceCollector(None, None, "fast"),
            "fast",
            model="m",
            fingerprint="f",
            made_from="rows",
        )


def test_a_table_is_read_by_its_header_or_by_the_names_given(tmp_path: Path) -> None:
    path = tmp_path / "dev.tsv"
    path.write_text("en\tkk\nA word.\tСөз.\n\tБос.\n", encoding="utf-8")
    read = read_table(path, "kk", ["en"])
    assert (read.sources, read.references) == (("Сөз.", "Бос."), {"en": ("A word.", "")})
    assert len(read_table(path, "kk", ["en"], ["en", "kk"]).sources) == 3
    with pytest.raises(InputError, match=r"dev\.tsv:1: no column in 'ru' among en, kk"):
        read_table(path, "kk", ["ru"])
    path.write_text("en\tkk\nA word.\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"dev\.tsv:2: 1 cells; expected 2"):
        read_table(path, "kk", ["en"])


class _Vector(list[float]):
    def __mul__(self, other: Any) -> _Vector:
        return _Vector(one * two for one, two in zip(self, other, strict=True))

    def sum(self) -> float:
        return sum(self)


class _SentenceTransformer:
    """Turns a text into its length, and refuses to look anything up."""

    def __init__(self, path: str, *, device: str, local_files_only: bool) -> None:
        assert local_files_only
        if not (Path(path) / "modules.json").is_file():
            raise OSError("no modules.json")

    def encode(self, texts: list[str], **settings: Any) -> list[_Vector]:
        return [_Vector([float(len(text)), 1.0]) for text in texts]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = _SentenceTransformer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    folder = tmp_path / "labse"
    folder.mkdir()
    (folder / "modules.json").write_text("[]", encoding="utf-8")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# LaBSE\n", encoding="utf-8")
    return folder


def test_a_neural_model_has_its_column_and_its_licence(pairs: Path, model: Path) -> None:
    loaded = load_neural(model)
    assert (loaded.name, loaded.kind, loaded.licence) == ("labse", "sentence-transformers", "apache-2.0")
    assert loaded.score([("ab", "abc"), ("", "")]) == [7.0, 1.0]
    assert loaded.score([]) == []
    rows = table(score(pairs, "--effort", "fast", "--no-memory", "--neural", model).stdout)
    assert [row["neural.labse"] for row in rows][:3] == ["438", "438", ""]


def test_a_comet_checkpoint_is_known_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Comet:
        def predict(self, data: list[dict[str, str]], **settings: Any) -> Any:
            found = ModuleType("found")
            found.scores = [len(item["mt"]) / 10 for item in data]  # type: ignore[attr-defined]
            return found

    module = ModuleType("comet")
    module.load_from_checkpoint = lambda path, local_files_only: Comet()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "comet", module)
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "model.ckpt").write_bytes(b"")
    loaded = load_neural(tmp_path)
    assert (loaded.kind, loaded.licence, loaded.score([("a", "abc")])) == ("comet", "", [0.3])


def test_what_is_missing_for_neural_scores_is_said(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelNotFound, match="there is no such file or folder"):
        load_neural(tmp_path / "nowhere")
    (model / "modules.json").unlink()
    with pytest.raises(ModelError, match="cannot be opened as sentence-transformers"):
        load_neural(model)
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelError, match=r"sentence_transformers is not installed.*egiz\[neural\]"):
        load_neural(model)


def test_the_fits_that_ship_are_readable_json() -> None:
    place = Path(__file__).resolve().parents[3] / "parallel" / "scores" / "data" / "starter.json"
    content = json.loads(place.read_text(encoding="utf-8"))
    assert content["threshold"] == 50
    assert content["made_from"].startswith("flores200_dev")
