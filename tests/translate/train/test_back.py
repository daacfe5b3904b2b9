"""Texts translated back: a table of rows, an account, and going on after an interruption."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from egiz.translate.errors import InputError, OptionError
from egiz.translate.train.back import BackOptions, as_source, back_translate
from egiz.translate.train.corpus import prepare, read_texts
from egiz.translate.train.recipe import ParallelTable, Recipe, TextTable, read_recipe
from tests.translate.toy import LINES

pytest.importorskip("torch", reason="learning needs torch")
TOY = TextTable(file="ru.tsv", part="toy", language="ru", repository="toy", licence="CC0-1.0", domain="toy")


@pytest.fixture
def texts(tmp_path: Path, recipe: Recipe) -> tuple[Recipe, Path]:
    """The toy recipe with Russian texts, prepared."""
    recipe = replace(recipe, texts=(TOY,))
    corpora = tmp_path / "mono"
    corpora.mkdir()
    rows = ["\t".join((*line, "toy")) for line in LINES[:9]]
    (corpora / "toy.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    lines = [f"{line[1]}\ttoy" for line in LINES[100:130]]
    lines += ["один дом дорога.\tother", f"{LINES[100][1]}\ttoy", "one house.\ttoy"]
    (corpora / "ru.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    account = prepare(recipe, corpora, (), tmp_path / "run")
    assert account["ru.tsv toy"] == {"rows read": 32, "rows kept": 30, "row: duplicate": 1, "row: letters": 1}
    return recipe, tmp_path / "run"


class Broken:
    """An engine that is interrupted in its second window."""

    def __init__(self, engine: Any) -> None:
        self._engine, self._left = engine, 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def translate(self, *arguments: Any, **options: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return self._engine.translate(*arguments, **options)


def test_texts_are_translated_back_and_gone_on_with(texts: tuple[Recipe, Path], toy_model: Path) -> None:
    from egiz.translate.engine.ctranslate2 import CTranslate2Engine

    recipe, folder = texts
    engine = CTranslate2Engine(toy_model)
    options = BackOptions(least=-3.0, window=12)
    table = folder / "made" / "back_ru_kk.tsv"
    whole = back_translate(engine, recipe, folder, "ru", "kk", options)
    content = table.read_bytes()
    assert sum(whole.values()) == len(read_texts(folder)) == 30
    assert whole["rows kept"] > 15
    rows = [line.split("\t") for line in content.decode().splitlines()]
    assert len(rows) == whole["rows kept"]
    wanted = {russian: kazakh for kazakh, russian, _ in LINES}
    assert sum(wanted[russian] == kazakh for kazakh, russian, _, _ in rows) > 1
    table.unlink()
    with pytest.raises(KeyboardInterrupt):
        back_translate(Broken(engine), recipe, folder, "ru", "kk", options)
    with pytest.raises(InputError, match="other settings"):
        back_translate(engine, recipe, folder, "ru", "kk", replace(options, least=-2.0))
    done: list[int] = []
    again = back_translate(
        engine, recipe, folder, "ru", "kk", options, report=lambda count, _: done.append(count)
    )
    assert done == [24, 30]
    assert again == whole
    assert table.read_bytes() == content
    account = json.loads(table.with_suffix(".json").read_text(encoding="utf-8"))
    assert account["account"] == whole
    assert account["engine"] == engine.identity


def test_the_table_becomes_a_source(recipe: Recipe, tmp_path: Path, toy_recipe_file: Path) -> None:
    recipe = replace(recipe, texts=(TOY,))
    path = tmp_path / "recipe.toml"
    text = toy_recipe_file.read_text(encoding="utf-8") + "\n" + as_source(recipe, "ru", "kk", 0.5)
    path.write_text(text, encoding="utf-8")
    assert read_recipe(path).sources[-1] == ParallelTable(
        file="back_ru_kk.tsv",
        repository="the [[texts]] of this recipe in ru, translated back",
        licence="CC0-1.0",
        domain="back-translated",
        weight=0.5,
        synthetic="kk",
    )


def test_texts_that_are_not_there(texts: tuple[Recipe, Path]) -> None:
    recipe, folder = texts
    with pytest.raises(InputError, match="no texts of 'en'"):
        back_translate(None, recipe, folder, "en", "kk")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="from kk into kk"):
        back_translate(None, recipe, folder, "kk", "kk")  # type: ignore[arg-type]
