"""Fitting a model's quality on a table in a file, and keeping what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from egiz.parallel.bitext.languages import known_tag, plain_tag
from egiz.parallel.bitext.lines import read_lines
from egiz.parallel.publish import Publication
from egiz.parallel.scores.calibrate import Table, calibrate
from egiz.parallel.scores.calibration import Calibrations, place_of, read_calibrations
from egiz.parallel.scores.evidence import Witness
from egiz.parallel.scores.records import Effort
from egiz.translate.ctranslate2_engine import CTranslate2Engine
from egiz.translate.ctranslate2_forcing import CTranslate2Forcing
from egiz.translate.errors import InputError
from egiz.translate.ladder import Options
from egiz.translate.memory import MemoryLike
from egiz.translate.models.manifest import file_sha256
from egiz.translate.translator import Translator


def read_table(
    path: Path, source: str, targets: Sequence[str], columns: Sequence[str] | None = None
) -> Table:
    """The columns of these languages; the table's first line names them, unless `columns` does.

    Raises InputError where a language has no column, or a line another number of cells.
    """
    lines = list(read_lines(path))
    if not lines:
        raise InputError("an empty file", where=f"{path}:1", expected="a table")
    names = list(columns) if columns else lines.pop(0)[1].split("\t")
    tags = [known_tag(name) for name in names]
    places = {}
    for language in (source, *targets):
        if plain_tag(language) not in tags:
            raise InputError(
                f"no column in {language!r} among {', '.join(names[:9])}",
                where=f"{path}:1",
                expected="a header with language tags, or --columns with the language of each column",
            )
        places[plain_tag(language)] = tags.index(plain_tag(language))
    rows = []
    for number, line in lines:
        cells = line.split("\t")
        if len(cells) != len(names):
            raise InputError(f"{len(cells)} cells", where=f"{path}:{number}", expected=f"{len(names)}")
        rows.append(cells)
    held = {tag: tuple(row[place].strip() for row in rows) for tag, place in places.items()}
    return Table(
        source=plain_tag(source),
        sources=held[plain_tag(source)],
        references={plain_tag(tag): held[plain_tag(tag)] for tag in targets},
    )


def calibrate_table(
    table: Table,
    path: Path,
    engine: CTranslate2Engine,
    effort: Effort,
    *,
    options: Options,
    memory: MemoryLike,
    home: Path | None = None,
    output: Path | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> tuple[Path, Calibrations]:
    """Fit, and write to `output` or to where later builds look; gives the place, and what was fitted now.

    Fits of other pairs and efforts of the same model that stand there stay. Raises what `calibrate` and
    `read_calibrations` do, and OutputError.
    """
    manifest = engine.manifest
    place = output or place_of(manifest.fingerprint, home)
    translator = Translator(engine, table.source, tuple(table.references), options=options, memory=memory)
    made = calibrate(
        table,
        translator,
        Witness(engine, CTranslate2Forcing(engine), effort, memory),
        effort,
        model=manifest.name,
        fingerprint=manifest.fingerprint,
        made_from=f"{path.name}, {len(table.sources)} rows, sha256 {file_sha256(path)[:16]}",
        report=report,
    )
    old = read_calibrations(place) if place.is_file() else None
    kept = old.merged(made) if old and old.fingerprint == made.fingerprint else made
    with Publication(place.parent) as publication:
        publication.write(place.name, kept.text())
    return place, made
