"""Makes the reader page of a table in one call, with its words linked if that is wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from egiz.parallel.build.job import EngineChoice
from egiz.parallel.reader.load import load
from egiz.parallel.reader.page_file import write_page

if TYPE_CHECKING:
    from egiz.parallel.align.words import Method


_MODEL = EngineChoice().model


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The result of `make_page`: the file, and the number of rows that it shows.

    `unread` are files of word links that are not shown, because the table was changed after they were
    written.
    """

    path: Path
    rows: int
    unread: tuple[Path, ...] = ()


def make_page(
    source: str | Path,
    output: str | Path,
    *,
    title: str = "",
    language: str = "",
    words: Method | None = None,
    model: str | EngineChoice = _MODEL,
) -> Page:
    """Write the HTML page that shows source and translations side by side, as `egiz read` does.

    `source` is a folder that Egiz published, the table in it, or any tab-separated table with language tags
    in its header. `title` replaces the title of the table. `language` (en, ru or kk) is the interface
    language at the first visit; by default it is the language of the browser.

    `words` says how the words of each row are linked: by the ``attention`` of `model`, by a ``table`` learned
    from the rows, or by sil-thot (``thot``). If `words` is None, the page shows the word links in the file
    beside the table, if this file exists.

    Raises InputError for a malformed table, OptionError for an unknown language or a model that shows no
    attention, OutputError if the output is a file that Egiz did not write.
    """
    reading = load(Path(source), linked=words is None)
    if words is not None:
        from egiz.parallel.align.words import link_rows, word_linker

        choice = model if isinstance(model, EngineChoice) else EngineChoice(model=model)
        engine = choice.forcing_engine("--words attention") if words == "attention" else None
        reading = replace(reading, words=tuple(link_rows(reading.rows, word_linker(words, engine))))
    write_page(reading, Path(output), title=title, language=language)
    return Page(path=Path(output), rows=len(reading.rows), unread=reading.unread)
