"""Fitting, and what is kept of a fit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.scores.calibration import (
    Calibration,
    Calibrations,
    Check,
    Linear,
    Term,
    calibrations_of,
    chance,
    place_of,
    plain_soundness,
    read_calibrations,
)
from egiz.parallel.scores.features import NAMES, SIGNATURE
from egiz.parallel.scores.fit import (
    calibration_error,
    logistic,
    ranking,
    ridge,
    shift_of,
    slope_of,
    standardise,
)
from egiz.translate.errors import InputError
from egiz.translate.models import resolve
from egiz.translate.models.manifest import read_manifest

LIKELIHOOD = Term(feature="likelihood", mean=-1.0, deviation=0.5, weight=4.0)
FIT = Calibration(
    source="kk",
    target="ru",
    effort="fast",
    reach=Linear(intercept=40.0, terms=(LIKELIHOOD,)),
    slope=0.25,
    shift=-1.0,
    sound=Linear(
        intercept=2.0, terms=(Term(feature="numbers_missing", mean=0.1, deviation=0.3, weight=-1.0),)
    ),
    check=Check(rows=500, reached=20, auc=0.8, auc_likelihood=0.7, ece=0.02),
)
FITS = Calibrations(model="small", fingerprint="f" * 64, made_from="dev.tsv", metric="chrF++", fits=(FIT,))


def values(**known: float) -> tuple[float | None, ...]:
    return tuple(known.get(name) for name in NAMES)


def test_missing_values_are_at_the_mean_and_columns_that_do_not_vary_are_nothing() -> None:
    scaled, means, deviations = standardise(np.array([[1.0, 7.0, np.nan], [3.0, 7.0, np.nan], [np.nan] * 3]))
    assert scaled.tolist() == [[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert (means[:2].tolist(), deviations.tolist()) == ([2.0, 7.0], [1.0, 0.0, 0.0])


def test_ridge_finds_weights_and_none_crosses_its_sign() -> None:
    chance_ = np.random.default_rng(1)
    features = chance_.normal(size=(400, 3))
    target = 2 * features[:, 0] - 1 * features[:, 1] + 0.5 * features[:, 2]
    even = np.ones(400)
    assert ridge(features, target, even, 1e-6, (0, 0, 0)).tolist() == pytest.approx([2, -1, 0.5], abs=1e-3)
    signed = ridge(features, target, even, 1e-6, (1, 1, -1))
    assert signed[0] == pytest.approx(2, abs=0.2)
    assert signed[1:].tolist() == [0, 0]


def test_a_logistic_model_gives_back_the_odds_it_was_made_from() -> None:
    chance_ = np.random.default_rng(2)
    features = chance_.normal(size=(20_000, 1))
    labels = (chance_.random(20_000) < 1 / (1 + np.exp(-(0.5 + 1.5 * features[:, 0])))).astype(float)
    intercept, weights = logistic(features, labels, 1e-6, (1,))
    assert (intercept, float(weights[0])) == (pytest.approx(0.5, abs=0.1), pytest.approx(1.5, abs=0.1))


def test_a_slope_is_learnt_where_nothing_reaches_the_highest_threshold() -> None:
    chance_ = np.random.default_rng(3)
    predicted = chance_.normal(28, 5, size=4000)
    reached = predicted + chance_.logistic(0, 4, size=4000)
    slope = slope_of(predicted, reached, (25.0, 30.0, 35.0, 90.0))
    assert slope == pytest.approx(0.25, abs=0.03)
    assert abs(shift_of(predicted, reached, slope, 30.0)) < 1


@pytest.mark.parametrize("threshold", [30.0, 45.0, 90.0])
def test_chances_have_the_mean_that_was_seen(threshold: float) -> None:
    predicted = np.linspace(20, 40, 200)
    reached = predicted + 5 * np.sin(np.arange(200))
    shift = shift_of(predicted, reached, 0.25, threshold)
    mean = float(np.mean([chance(0.25 * (value + shift - threshold)) for value in predicted]))
    assert mean == pytest.approx((float((reached >= threshold).sum()) + 0.5) / 201, abs=1e-6)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=40))
def test_ranking_is_the_share_of_pairs_in_order(pairs: list[tuple[float, bool]]) -> None:
    good = [score for score, is_good in pairs if is_good]
    bad = [score for score, is_good in pairs if not is_good]
    if not good or not bad:
        with pytest.raises(ValueError, match="good and bad"):
            ranking([score for score, _ in pairs], [is_good for _, is_good in pairs])
        return
    won = sum((one > two) + (one == two) / 2 for one in good for two in bad)
    found = ranking([score for score, _ in pairs], [is_good for _, is_good in pairs])
    assert found == pytest.approx(won / (len(good) * len(bad)))


def test_true_chances_have_no_error_and_boasts_have() -> None:
    came = [True] * 3 + [False] * 7
    assert calibration_error([0.3] * 10, came) == 0
    assert calibration_error([1.0] * 10, came) == pytest.approx(0.7)


def test_a_missing_value_pulls_nothing() -> None:
    assert FIT.reach(values()) == 40.0
    assert FIT.reach(values(likelihood=-0.5)) == 44.0
    assert FIT.reached(values(likelihood=-0.5)) == pytest.approx(chance(0.25 * (44 - 1 - 50)))


def test_fits_are_written_and_read_back(tmp_path: Path) -> None:
    place = tmp_path / "fits.json"
    place.write_text(FITS.text(), encoding="utf-8")
    assert read_calibrations(place) == FITS


def test_the_user_s_own_fits_go_first_and_those_of_other_weights_are_none(tmp_path: Path) -> None:
    assert calibrations_of("f" * 64, tmp_path) is None
    place = place_of("f" * 64, tmp_path)
    place.parent.mkdir()
    place.write_text(FITS.text(), encoding="utf-8")
    assert calibrations_of("f" * 64, tmp_path) == FITS
    assert calibrations_of("f" * 16 + "0" * 48, tmp_path) is None


def test_fits_of_other_features_are_none(tmp_path: Path) -> None:
    place = tmp_path / "fits.json"
    place.write_text(json.dumps(json.loads(FITS.text()) | {"features": "features:0"}), encoding="utf-8")
    assert read_calibrations(place) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", "is no calibration "),
        ("[]", "is no calibration "),
        (FITS.text().replace("likelihood", "luck", 1), "is no calibration "),
        ("nothing", r"1:1: is not JSON \(Expecting value\)"),
        (FITS.text()[:300], r"13:18: is not JSON \(Expecting property name"),
    ],
)
def test_what_is_no_calibration_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    place = tmp_path / "fits.json"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rf"fits\.json:\s?{says}.*egiz score calibrate"):
        read_calibrations(place)


def test_a_lower_effort_does_where_a_higher_was_not_fitted() -> None:
    assert FITS.find("kk", "ru", "thorough") == FIT
    assert FITS.find("kk", "en", "thorough") is None


def test_new_fits_take_the_place_of_the_same_pair_and_effort_only() -> None:
    other = Calibrations(
        model="small",
        fingerprint="f" * 64,
        made_from="new.tsv",
        metric="chrF++",
        fits=(Calibration(**{**fields(FIT), "target": "en"}), Calibration(**{**fields(FIT), "slope": 0.5})),
    )
    merged = FITS.merged(other)
    assert [(fit.target, fit.slope) for fit in merged.fits] == [("en", 0.25), ("ru", 0.5)]


def fields(fit: Calibration) -> dict[str, object]:
    return {name: getattr(fit, name) for name in fit.__slots__}


def test_what_ships_is_of_these_features() -> None:
    data = Path(__file__).resolve().parents[3] / "parallel" / "scores" / "data"
    shipped = read_calibrations(data / "starter.json")
    assert shipped is not None, "features have changed: run benchmarks/refit.py"
    assert {(fit.source, fit.target) for fit in shipped.fits} >= {("kk", "ru"), ("kk", "en")}
    assert shipped.fingerprint == read_manifest(resolve("starter")).fingerprint, "as above: another starter"
    sound = json.loads((data / "sound.json").read_text(encoding="utf-8"))
    assert sound["features"] == SIGNATURE, "features have changed: run benchmarks/refit.py"
    assert plain_soundness().terms
