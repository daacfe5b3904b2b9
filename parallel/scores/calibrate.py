"""Calibration: fits the quality of a translation model on a table with references, and stores the fits.

Two models are fitted: one predicts chrF++ of the model's own translations; the other tells sound pairs (a
source and its reference) from spoilt ones, whose reference was corrupted on purpose
(`egiz.parallel.scores.fit`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from egiz.parallel.bitext.segment import plain_tag, read_lines
from egiz.parallel.publish import Publication
from egiz.parallel.scores.calibration import (
    THRESHOLD,
    Calibration,
    Calibrations,
    Check,
    Linear,
    Term,
    place_of,
    read_calibrations,
)
from egiz.parallel.scores.evidence import EvidenceCollector, units_of
from egiz.parallel.scores.features import FEATURES, NAMES, Values, known_at, measure
from egiz.parallel.scores.fit import (
    CORRUPTIONS,
    calibration_error,
    logistic,
    ranking,
    ridge,
    samples,
    shift_of,
    slope_of,
    standardise,
)
from egiz.parallel.scores.records import EFFORTS, Effort, Side, Unit
from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.errors import InputError
from egiz.translate.ladder import Options
from egiz.translate.languages import known_tag
from egiz.translate.memory import MemoryLike
from egiz.translate.metrics import chrf, signature
from egiz.translate.models.manifest import file_sha256
from egiz.translate.records import Sentence
from egiz.translate.text import source_text, target_text
from egiz.translate.translator import WINDOW, Translator

if TYPE_CHECKING:
    from egiz.parallel.scores.fit import Array


LEAST_ROWS = 50
"""A fit of some twenty features needs at least this many rows."""

_FOLDS = 5
_PENALTY = 20.0
"""Ridge penalty of the weights that predict chrF++; its unit is rows. It was chosen on FLORES-200 dev, where
values from 10 to 50 do equally well.
"""

_SOUND_PENALTY = 1.0
_THRESHOLDS = (30.0, 35.0, 40.0, 45.0, 50.0)
"""Thresholds of sentence chrF++ that are used together to fit the slope, because a small model rarely reaches
`THRESHOLD`.
"""

_SPOILT_ODDS = 0.2
"""Total weight of the spoilt pairs divided by the total weight of the sound ones. It is below 1 because bad
text is rarer than good text.
"""

_SPOILT = 3
"""The most spoilt versions that are made of each reference; their kinds are drawn at random. The number is
small because the model must score each version.
"""

_UNSOUND_FEATURES = (
    "worst",
    "returned_worst",
    "alternatives",
    "fertility",
    "back",
    "third",
    "cross",
    "terms",
)
_SOUND = frozenset(item.name for item in FEATURES if item.sign) - frozenset(_UNSOUND_FEATURES)
"""Features that tell sound pairs from spoilt ones. Two kinds are left out: features of the source alone, and
features that exist only for a model's own output.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Sources and, by language, their references, one text per row. Rows with an empty text are not used."""

    source: str
    sources: tuple[str, ...]
    references: dict[str, tuple[str, ...]]


def calibrate(
    table: Table,
    translator: Translator,
    collector: EvidenceCollector,
    effort: Effort,
    *,
    model: str,
    fingerprint: str,
    made_from: str,
    report: Callable[[str], None] = lambda line: None,
) -> Calibrations:
    """Translate the sources, measure the features, and fit a calibration for each target and each effort up
    to `effort`.

    Raises InputError if a target has fewer than `LEAST_ROWS` rows with both texts.
    """
    for target in translator.targets:
        _check_rows(table, target)
    made = _translated(table, translator, collector)
    fits = []
    for target in translator.targets:
        rows = [place for place, text in enumerate(table.references[target]) if text and table.sources[place]]
        kept = [(made[place][target], place) for place in rows if target in made[place]]
        values = [value for (value, _), _ in kept]
        reached = [
            chrf(text, target_text(table.references[target][place], target)) for (_, text), place in kept
        ]
        given = _given(table, target, collector)
        report(f"{table.source} to {target}: {len(kept)} translations, {len(given)} sound and spoilt pairs")
        for level in EFFORTS[: EFFORTS.index(effort) + 1]:
            fits.append(_fit(table.source, target, level, values, reached, given))
    return Calibrations(
        model=model,
        fingerprint=fingerprint,
        made_from=made_from,
        metric=f"sentence chrF++ {signature()}",
        fits=tuple(fits),
    )


def _check_rows(table: Table, target: str) -> None:
    references = table.references.get(target, ("",) * len(table.sources))
    pairs = zip(table.sources, references, strict=True)
    rows = sum(bool(source and reference) for source, reference in pairs)
    if rows < LEAST_ROWS:
        raise InputError(
            f"{rows} rows with a source in {table.source} and a reference in {target}",
            expected=f"{LEAST_ROWS} at least, and better some hundreds",
        )


def _translated(
    table: Table, translator: Translator, collector: EvidenceCollector
) -> list[dict[str, tuple[Values, str]]]:
    """Return for each row, by target language, the feature values and the text of its translation."""
    stream = translator.translate(_sentences(table.sources))
    window = []
    places = [place for place, text in enumerate(table.sources) if text]
    found: dict[int, dict[str, tuple[Values, str]]] = {}
    for place, translations in zip(places, stream, strict=True):
        window.append((place, translations))
        if len(window) == WINDOW or place == places[-1]:
            units = [units_of(table.source, item) for _, item in window]
            for (at, _), sides in zip(window, collector.evidence(units), strict=True):
                found[at] = {
                    side.target_language: (measure(side), side.target)
                    for side in sides
                    if side.target and side.generated
                }
            window = []
    return [found.get(place, {}) for place in range(len(table.sources))]


def _sentences(texts: Sequence[str]) -> list[Sentence]:
    return [
        Sentence(id=f"row:{n}.1", document="row", paragraph=n, index=1, start=0, stop=len(text), text=text)
        for n, text in enumerate(texts, start=1)
        if text
    ]


def _given(table: Table, target: str, collector: EvidenceCollector) -> list[tuple[Values, bool]]:
    """Return, for each pair of `spoilt_pairs`, its feature values, and whether the pair is sound. Pairs are
    scored like texts that were given, not made by the model.
    """
    pairs = spoilt_pairs(table, target, kinds=_SPOILT)
    found = []
    for start in range(0, len(pairs), WINDOW):
        window = pairs[start : start + WINDOW]
        units = [given_unit(table.source, source, target, text) for source, text, _ in window]
        for (_, _, kind), (side,) in zip(window, collector.evidence(units), strict=True):
            found.append((measure(side), not kind))
    return found


def given_unit(source_language: str, source: str, target_language: str, target: str) -> Unit:
    """Return the unit of a source and a given translation, for which no log-probabilities of a model are
    known.
    """
    side = Side(language=target_language, text=target_text(target, target_language))
    return Unit(source_language=source_language, source=source_text(source, source_language), sides=(side,))


def spoilt_pairs(table: Table, target: str, *, kinds: int) -> list[tuple[str, str, str]]:
    """Return triples of a source, a target text, and the name of the corruption of this text.

    For each row there is first a triple with the reference and an empty name, then a triple for each spoilt
    version. Each row gets at most `kinds` corruptions, drawn at random but the same in every run.
    """
    others = next((texts for tag, texts in table.references.items() if tag != target), ())
    rows = [
        (source, reference, others[place] if others else "")
        for place, (source, reference) in enumerate(zip(table.sources, table.references[target], strict=True))
        if source and reference
    ]
    sources, targets, third = zip(*rows, strict=True)
    chance = random.Random(target)
    made = []
    for sample in samples(sources, targets, third, target):
        made.append((sample.source, sample.target, ""))
        ways = list(CORRUPTIONS.items())
        chance.shuffle(ways)
        spoilt = [(name, text) for name, way in ways if (text := way(sample, chance))]
        made += [(sample.source, text, name) for name, text in spoilt[:kinds]]
    return made


def _fit(
    source: str,
    target: str,
    effort: Effort,
    values: Sequence[Values],
    reached: Sequence[float],
    given: Sequence[tuple[Values, bool]],
) -> Calibration:
    import numpy as np

    features = _array([known_at(value, effort) for value in values])
    points = np.array(reached, dtype=np.float64)
    reach, slope, shift = _reach(features, points)
    return Calibration(
        source=source,
        target=target,
        effort=effort,
        reach=reach,
        slope=slope,
        shift=shift,
        sound=fit_soundness([(known_at(value, effort), sound) for value, sound in given], effort),
        check=_checked(features, points),
    )


def _reach(features: Array, points: Array) -> tuple[Linear, float, float]:
    """Fit the linear model that predicts sentence chrF++. Return the model, and the `slope` and `shift` that
    turn its prediction into a probability (`Calibration`).
    """
    import numpy as np

    scaled, means, deviations = standardise(features)
    middle = float(points.mean())
    signs = [feature.sign for feature in FEATURES]
    weights = ridge(scaled, points - middle, np.ones(len(points)), _PENALTY, signs)
    predicted = middle + scaled @ weights
    slope = slope_of(predicted, points, _THRESHOLDS)
    shift = shift_of(predicted, points, slope, THRESHOLD)
    return _linear(middle, means, deviations, weights), slope, shift


def _checked(features: Array, points: Array) -> Check:
    """Cross-validate the fit. Each fifth of the rows is tested once, with a fit on the other four fifths."""
    import numpy as np

    from egiz.parallel.scores.calibration import chance

    folds = np.arange(len(points)) * _FOLDS // len(points)
    predicted, chances = np.zeros(len(points)), np.zeros(len(points))
    for fold in range(_FOLDS):
        unseen = folds == fold
        reach, slope, shift = _reach(features[~unseen], points[~unseen])
        for place in np.flatnonzero(unseen):
            held = [None if np.isnan(value) else float(value) for value in features[place]]
            predicted[place] = reach(held)
            chances[place] = chance(slope * (predicted[place] + shift - THRESHOLD))
    upper = [bool(point) for point in points >= np.median(points)]
    likelihood = features[:, NAMES.index("likelihood")]
    return Check(
        rows=len(points),
        reached=int((points >= THRESHOLD).sum()),
        auc=ranking(predicted.tolist(), upper),
        auc_likelihood=ranking(likelihood.tolist(), upper),
        ece=calibration_error(chances.tolist(), [bool(point) for point in points >= THRESHOLD]),
    )


def fit_soundness(given: Sequence[tuple[Values, bool]], effort: Effort) -> Linear:
    """Fit the linear model for the log-odds that a pair of given texts is sound.

    `given` has, for each pair, its feature values and whether the pair is sound. At least one pair must be
    sound, and at least one must not.
    """
    import numpy as np

    # with ``fast``, the model is not asked about given texts
    features = _array([value for value, _ in given])
    for place, feature in enumerate(FEATURES):
        if feature.name not in _SOUND or (effort == "fast" and not feature.cheap):
            features[:, place] = np.nan
    labels = np.array([float(sound) for _, sound in given])
    scaled, means, deviations = standardise(features)
    spoilt = _SPOILT_ODDS * labels.sum() / max(1.0, (1 - labels).sum())
    weights = np.where(labels == 1, 1.0, spoilt)
    signs = [feature.sign for feature in FEATURES]
    intercept, found = logistic(scaled, labels, _SOUND_PENALTY, signs, weights)
    return _linear(intercept, means, deviations, found)


def _linear(intercept: float, means: Array, deviations: Array, weights: Array) -> Linear:
    """Return the linear model; features that are constant or have almost no weight are left out."""
    terms = tuple(
        Term(feature=name, mean=float(mean), deviation=float(deviation), weight=float(weight))
        for name, mean, deviation, weight in zip(NAMES, means, deviations, weights, strict=True)
        if deviation > 0 and abs(weight) > 1e-4
    )
    return Linear(intercept=intercept, terms=terms)


def _array(rows: Sequence[Values]) -> Array:
    """Return the feature values as an array (rows, features), with NaN for missing values."""
    import numpy as np

    return np.array(
        [[np.nan if value is None else value for value in row] for row in rows], dtype=np.float64
    ).reshape(len(rows), len(FEATURES))


def read_table(
    path: Path, source: str, targets: Sequence[str], columns: Sequence[str] | None = None
) -> Table:
    """Read the columns of these languages from a tab-separated file.

    The first line has the language tags, unless `columns` gives them. Raises InputError if a language has no
    column, or a line has the wrong number of cells.
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
    """Calibrate a model and write the result to `output`; without `output`, to the place where builds look
    for it.

    Returns the path of the written file, and the new fits. If the file already has fits of the same model for
    other pairs and efforts, these are kept. Raises OutputError, and the errors of `calibrate` and
    `read_calibrations`.
    """
    manifest = engine.manifest
    place = output or place_of(manifest.fingerprint, home)
    translator = Translator(engine, table.source, tuple(table.references), options=options, memory=memory)
    made = calibrate(
        table,
        translator,
        EvidenceCollector(engine, CTranslate2Forcing(engine), effort, memory),
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
