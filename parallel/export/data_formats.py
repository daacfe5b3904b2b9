"""The formats that training data can be written in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from egiz.parallel.corpus import Corpus
from egiz.parallel.corpus.about import About
from egiz.parallel.corpus.split import TRAIN
from egiz.parallel.destination import CARD
from egiz.parallel.export.data_card import data_card, hub_card
from egiz.parallel.export.jsonl import write_jsonl
from egiz.parallel.export.moses import write_moses
from egiz.parallel.export.parquet import write_parquet
from egiz.parallel.export.place import Place
from egiz.parallel.export.recipe import RECIPE, recipe_text, tuning_recipe
from egiz.parallel.export.table import write_bare_table, write_table
from egiz.parallel.export.tmx import write_tmx
from egiz.parallel.export.xliff import write_xliff

WriteData = Callable[[Corpus, About, Place], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFormat:
    """One format: its name, how its files end, what it is, and the function that writes all its files.

    `folder` says that the output is a folder of several files, whose names are given.
    """

    name: str
    ending: str
    about: str
    write: WriteData
    folder: bool = False


def _tmx(corpus: Corpus, about: About, place: Place) -> None:
    for part, path in place.part_files(corpus):
        write_tmx(corpus.part(part), about, path)


def _xliff(corpus: Corpus, about: About, place: Place) -> None:
    for part, tag, name, pair in place.pair_files(corpus, about):
        write_xliff(corpus.part(part), tag, pair, place.path(name))


def _parquet(corpus: Corpus, about: About, place: Place) -> None:
    for part, path in place.part_files(corpus):
        write_parquet(corpus.part(part), about, path)


def _moses(corpus: Corpus, about: About, place: Place) -> None:
    """No header can be in plain lines, so a card stands beside them; so it does beside tables and JSON."""
    for part, tag, name, _ in place.pair_files(corpus, about):
        source, target = (place.path(f"{name}.{language}") for language in (about.source_language, tag))
        write_moses(corpus.part(part), tag, source, target)
    _card(corpus, about, place, columns=False)


def _tsv(corpus: Corpus, about: About, place: Place) -> None:
    for part, path in place.part_files(corpus):
        write_table(corpus.part(part), about, path)
    _card(corpus, about, place)


def _sheet(corpus: Corpus, about: About, place: Place) -> None:
    for part, path in place.part_files(corpus):
        write_table(corpus.part(part), about, path, guard=True)
    _card(corpus, about, place)


def _jsonl(corpus: Corpus, about: About, place: Place) -> None:
    for part, path in place.part_files(corpus):
        write_jsonl(corpus.part(part), about, path)
    _card(corpus, about, place)


def _card(corpus: Corpus, about: About, place: Place, *, columns: bool = True) -> None:
    place.write(f"{place.stem}.{CARD}", data_card(about, corpus.account, columns=columns))


def _hub(corpus: Corpus, about: About, place: Place) -> None:
    files = []
    for part in corpus.parts:
        name = f"{part}.parquet"
        write_parquet(corpus.part(part), about, place.path(name))
        files.append((part, name))
    place.write(CARD, hub_card(about, corpus.account, files))


def _train(corpus: Corpus, about: About, place: Place) -> None:
    counts = corpus.account.parts[TRAIN]
    recipe = tuning_recipe(about, f"{TRAIN}.tsv", sum(counts.get(tag, 0) for tag in about.target_languages))
    files = []
    for part in corpus.parts:
        write_bare_table(corpus.part(part), recipe.languages, place.path(f"{part}.tsv"))
        files.append((part, f"{part}.tsv"))
    place.write(RECIPE, recipe_text(recipe, corpus.parts))
    place.write(CARD, data_card(about, corpus.account, columns=False))


_ALL = (
    DataFormat(name="tsv", ending=".tsv", about="table with a header", write=_tsv),
    DataFormat(name="sheet", ending=".tsv", about="table without formulas, for spreadsheets", write=_sheet),
    DataFormat(name="moses", ending="", about="plain lines, a file for each language", write=_moses),
    DataFormat(name="tmx", ending=".tmx", about="translation memory, TMX 1.4b", write=_tmx),
    DataFormat(name="xliff", ending=".xlf", about="translation units, XLIFF 2", write=_xliff),
    DataFormat(name="jsonl", ending=".jsonl", about="JSON lines", write=_jsonl),
    DataFormat(name="parquet", ending=".parquet", about="Parquet", write=_parquet),
    DataFormat(name="hf", ending="", about="Hugging Face dataset folder", write=_hub, folder=True),
    DataFormat(
        name="train", ending="", about="tables and a recipe for egiz train", write=_train, folder=True
    ),
)
DATA_FORMATS: dict[str, DataFormat] = {item.name: item for item in _ALL}
"""All formats by name, in the order of the help."""
ENDINGS: dict[str, DataFormat] = {item.ending: item for item in reversed(_ALL) if item.ending} | {
    ".xliff": DATA_FORMATS["xliff"]
}
"""The format that an ending promises; the first of those that have it."""
