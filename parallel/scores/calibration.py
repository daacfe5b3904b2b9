"""Calibrations: linear models that compute a quality from features, fitted per model, language pair and
effort."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from egiz.parallel.scores.features import NAMES, NEUTRAL, SIGNATURE
from egiz.parallel.scores.records import EFFORTS, Effort
from egiz.translate.errors import InputError
from egiz.translate.io.files import MISSHAPEN, read_json

_PLACES = {name: place for place, name in enumerate(NAMES)}

_SIZE_BOUND = 2.0
"""Features that grow with the length of the source are clipped at this many standard deviations from the
mean, because the fitted data contain few headings.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One feature in a linear model. It contributes `weight` for each standard deviation (`deviation`) by
    which its value differs from `mean`. Both `deviation` and `mean` are those of the feature in the fitted
    data.
    """

    feature: str
    mean: float
    deviation: float
    weight: float


@dataclass(frozen=True, kw_only=True)
class Linear:
    """A linear model: `intercept` plus the contribution ("pull") of each of the `terms`."""

    intercept: float
    terms: tuple[Term, ...]

    @cached_property
    def _ready(self) -> list[tuple[str, int, float, float, float, float]]:
        """The terms as tuples, for speed: name, index, mean, deviation, weight, clipping bound."""
        return [
            (
                term.feature,
                _PLACES[term.feature],
                term.mean,
                term.deviation,
                term.weight,
                _SIZE_BOUND if term.feature in NEUTRAL else math.inf,
            )
            for term in self.terms
        ]

    def __call__(self, values: Sequence[float | None]) -> float:
        """Return the result of the model; `values` are in the order of `FEATURES`, None if missing."""
        return self.intercept + sum(self.pulls(values).values())

    def pulls(self, values: Sequence[float | None]) -> dict[str, float]:
        """Return the contribution of each feature, by name. If a feature has no value, its contribution is 0,
        as if the value were at the mean.
        """
        made = {}
        for name, place, mean, deviation, weight, bound in self._ready:
            value = values[place]
            if value is None:
                made[name] = 0.0
                continue
            off = (value - mean) / deviation
            made[name] = weight * (off if -bound <= off <= bound else math.copysign(bound, off))
        return made

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form, with six significant digits."""
        return {
            "intercept": _shown(self.intercept),
            "features": {
                term.feature: {
                    "mean": _shown(term.mean),
                    "deviation": _shown(term.deviation),
                    "weight": _shown(term.weight),
                }
                for term in self.terms
            },
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Linear:
        """Read the JSON form; raises KeyError, TypeError or ValueError for any other form."""
        terms = []
        for name, entry in value["features"].items():
            if name not in NAMES:
                raise ValueError(f"feature {name!r}")
            mean, deviation, weight = (float(entry[key]) for key in ("mean", "deviation", "weight"))
            if not deviation > 0:
                raise ValueError(f"deviation of {name!r}")
            terms.append(Term(feature=name, mean=mean, deviation=deviation, weight=weight))
        return cls(intercept=float(value["intercept"]), terms=tuple(terms))


def chance(odds: float) -> float:
    """Convert natural-log odds to a probability (logistic function); odds are clipped at ±40."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, odds))))


def _shown(value: float) -> float:
    return float(f"{value:.6g}")


_AGAIN = "Make it again with `egiz score calibrate`."

THRESHOLD = 50.0
"""The sentence chrF++ that a good translation reaches. It is about the average of the full NLLB models from
Kazakh into English (54 on FLORES-200 devtest): readable text.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How well a fit does on unseen rows (five-fold cross-validation).

    `rows` is the number of all rows, `reached` the number of rows whose chrF++ reaches `THRESHOLD`. `auc` is
    the area under the ROC curve when the fit tells sentences with at least the median chrF++ from the others.
    `auc_likelihood` is the same area for the log-probability alone. `ece` is the expected calibration error
    over ten bins.
    """

    rows: int
    reached: int
    auc: float
    auc_likelihood: float
    ece: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The fit for one language pair and effort.

    `reach` predicts sentence chrF++; the probability of reaching a threshold t is σ(slope · (reach + shift −
    t)). `sound` gives the log-odds that a given pair is a sound translation, not a spoilt one.
    """

    source: str
    target: str
    effort: Effort
    reach: Linear
    slope: float
    shift: float
    sound: Linear
    check: Check

    def reached(self, values: Sequence[float | None]) -> float:
        """Return the probability that a translation by the model with these features reaches chrF++
        `THRESHOLD`."""
        return self.chance(self.reach(values))

    def chance(self, expected: float) -> float:
        """Return the probability of reaching `THRESHOLD` for a chrF++ of `expected`, which is the result of
        `reach`.
        """
        return chance(self.slope * (expected + self.shift - THRESHOLD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrations:
    """All fits of one model.

    `made_from` names the table, its number of rows and its hash; `metric` has the sacreBLEU signature of
    chrF++.
    """

    model: str
    fingerprint: str
    made_from: str
    metric: str
    fits: tuple[Calibration, ...]

    @property
    def signature(self) -> str:
        """The name of the model and a hash of all fits, on one line."""
        digest = sha256(self.text().encode()).hexdigest()[:12]
        return f"{self.model}:{digest}"

    def find(self, source: str, target: str, effort: Effort) -> Calibration | None:
        """Return the fit for a language pair at this effort. If there is no such fit, return the fit at the
        highest lower effort; None if there is none either.
        """
        able = EFFORTS[: EFFORTS.index(effort) + 1]
        held = {item.effort: item for item in self.fits if (item.source, item.target) == (source, target)}
        return next((held[name] for name in reversed(able) if name in held), None)

    def merged(self, other: Calibrations) -> Calibrations:
        """Return the fits of both objects. If both have a fit for the same language pair and effort, the fit
        of `other` is taken.
        """
        fits = {(item.source, item.target, item.effort): item for item in (*self.fits, *other.fits)}
        ordered = tuple(fits[key] for key in sorted(fits))
        return Calibrations(
            model=other.model,
            fingerprint=other.fingerprint,
            made_from=other.made_from,
            metric=other.metric,
            fits=ordered,
        )

    def text(self) -> str:
        """Return the text of the JSON file."""
        content = {
            "model": self.model,
            "fingerprint": self.fingerprint,
            "features": SIGNATURE,
            "made_from": self.made_from,
            "metric": self.metric,
            "threshold": THRESHOLD,
            "fits": [_fit(item) for item in self.fits],
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _fit(item: Calibration) -> dict[str, Any]:
    return {
        "source": item.source,
        "target": item.target,
        "effort": item.effort,
        "slope": float(f"{item.slope:.6g}"),
        "shift": float(f"{item.shift:.6g}"),
        "reach": item.reach.as_json(),
        "sound": item.sound.as_json(),
        "check": {name: round(value, 4) for name, value in asdict(item.check).items()},
    }


def read_calibrations(path: Path) -> Calibrations | None:
    """Read the fits in a file. If they were made for other versions of the features, return None.

    Raises InputError if the file does not have the form that `Calibrations.text` writes.
    """
    content = read_json(path, action=_AGAIN)
    try:
        if content["features"] != SIGNATURE:
            return None
        return Calibrations(
            model=str(content["model"]),
            fingerprint=str(content["fingerprint"]),
            made_from=str(content["made_from"]),
            metric=str(content["metric"]),
            fits=tuple(map(_read_fit, content["fits"])),
        )
    except MISSHAPEN as error:
        raise InputError(
            f"is no calibration ({type(error).__name__}: {error})",
            where=str(path),
            action=_AGAIN,
        ) from error


def _read_fit(entry: dict[str, Any]) -> Calibration:
    effort = entry["effort"]
    if effort not in EFFORTS:
        raise ValueError(f"effort {effort!r}")
    check = entry["check"]
    return Calibration(
        source=str(entry["source"]),
        target=str(entry["target"]),
        effort=effort,
        reach=Linear.from_json(entry["reach"]),
        slope=float(entry["slope"]),
        shift=float(entry["shift"]),
        sound=Linear.from_json(entry["sound"]),
        check=Check(
            rows=int(check["rows"]),
            reached=int(check["reached"]),
            auc=float(check["auc"]),
            auc_likelihood=float(check["auc_likelihood"]),
            ece=float(check["ece"]),
        ),
    )


def place_of(fingerprint: str, home: Path | None = None) -> Path:
    """Return the path of the fits of a model: ``quality/FINGERPRINT.json`` in `home`; without `home`, in the
    user's data folder.
    """
    from platformdirs import user_data_path

    folder = home or user_data_path("egiz", appauthor=False)
    return folder / "quality" / f"{fingerprint[:16]}.json"


def calibrations_of(fingerprint: str, home: Path | None = None) -> Calibrations | None:
    """Return the user's own fits of a model. If there are none, return the fits that are shipped with Egiz;
    None if Egiz has no fits of this model.

    Fits are found by the fingerprint of the model.
    """
    own = place_of(fingerprint, home)
    shipped = Path(str(files("egiz.parallel.scores").joinpath("data/starter.json")))
    for path in (own, shipped):
        found = read_calibrations(path) if path.is_file() else None
        if found is not None and found.fingerprint == fingerprint:
            return found
    return None


@cache
def plain_soundness() -> Linear:
    """Return the shipped linear model for the log-odds that a pair is sound.

    It was fitted once for all languages, on features that need no translation model.
    """
    text = files("egiz.parallel.scores").joinpath("data/sound.json").read_text(encoding="utf-8")
    return Linear.from_json(json.loads(text)["sound"])
