"""The boosted model of a bundle: named features of each hour to come, trees over them, the same face as the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from kanchay.analysis.features.inputs import FeatureInputs
from kanchay.analysis.features.pca import Pca
from kanchay.analysis.features.registry import parse_name
from kanchay.analysis.features.scaling import Scaler, scalers_from, scalers_to
from kanchay.analysis.features.table import build_features
from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.clockgrid import ClockGrid
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.bundle.manifest import Manifest
from kanchay.bundle.runtimes import Float32, Runtime
from kanchay.bundle.trees import FEATURES_INPUT
from kanchay.domain.errors import BundleError, KanchayError
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import HOUR, wall_clock
from kanchay.domain.reading import FloatArray

__all__ = ["BASE", "SCALE", "BoostedForecaster", "FeaturePlan", "HourRows", "bands", "hourly_inputs"]

BASE: Final = "same_kind_energy"  # what the trees correct
SCALE: Final = "window_scale"  # in which they answer
_HOURS: Final = 24
_MEDIAN: Final = LEVELS.index(0.50)


@dataclass(frozen=True, slots=True, eq=False)
class HourRows:
    """One row for each hour to come.

    Attributes
    ----------
    rows : ndarray of float32, shape (n_windows * horizon, n_columns)
        What the trees read; NaN where unknown. [as the manifest says]
    base : ndarray of float64, shape (n_windows, horizon)
        What they correct: `BASE`. [unit of the load]
    scale : ndarray of float64, shape (n_windows, 1)
        In which they answer: `SCALE`. [unit of the load]
    """

    rows: Float32
    base: FloatArray
    scale: FloatArray


@dataclass(frozen=True, slots=True)
class FeaturePlan:
    """Which columns the trees read, and how they are made.

    Attributes
    ----------
    names : tuple of str
        Features by name, prefixes included; without those that only the components read.
    scalers : dict of str to Scaler
        Of the training data, by plain name.
    pca : Pca or None
        Components that follow the features.

    Examples
    --------
    >>> plan = FeaturePlan(("hour_of_day", "relative_lagged_energy"), {}, None)
    >>> week = Windows(np.ones((1, 168)), np.array([0]), 3600, 24, "UTC")
    >>> plan.rows(FeatureInputs(week)).rows.shape
    (24, 2)
    """

    names: tuple[str, ...]
    scalers: dict[str, Scaler]
    pca: Pca | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, components included."""
        return (*self.names, *(self.pca.columns if self.pca else ()))

    def rows(self, inputs: FeatureInputs) -> HourRows:
        """Rows of hourly windows; what was not given is NaN."""
        turned = tuple(f"standardized_{n}" for n in self.pca.names) if self.pca else ()
        wanted = (*self.names, *turned, BASE, SCALE)
        values = build_features(wanted, inputs, scalers=self.scalers, missing="nan").values
        own, n_own = values[..., : len(self.names)], len(self.names)
        if self.pca:
            turned_values = self.pca.transform(values[..., n_own : n_own + len(turned)])
            own = np.concatenate([own, turned_values], axis=-1)
        rows = own.reshape(-1, own.shape[-1]).astype(np.float32)
        return HourRows(rows, values[..., -2], values[:, :1, -1])

    def told(self, importances: Mapping[str, float] | None = None) -> list[dict[str, Any]]:
        """The manifest's list of features: each column in words, with its importance where that was measured."""
        each = importances or {}
        return [
            {**_told(name), **({"importance": each[name]} if name in each else {})} for name in self.names
        ]

    def numbers(self) -> dict[str, Any]:
        """The part of the manifest's ``preprocessing`` that makes the columns: scalers and components."""
        return {"scalers": scalers_to(self.scalers), "pca": self.pca.as_dict() if self.pca else None}

    @classmethod
    def of(cls, manifest: Manifest) -> FeaturePlan:
        """Out of a manifest.

        Raises
        ------
        BundleError
            A feature is not known here, or an entry is missing.
        """
        held = manifest.preprocessing
        try:
            names = tuple(str(entry["name"]) for entry in manifest.features)
            for name in names:
                parse_name(name)
            pca = Pca.from_dict(held["pca"]) if held["pca"] else None
            return cls(names, scalers_from(held["scalers"]), pca)
        except (KeyError, TypeError, KanchayError) as error:
            raise BundleError(
                f"The features of the bundle cannot be made here: {error}",
                hint="Update Kanchay.",
                code="bundle.features",
            ) from error


def _told(name: str) -> dict[str, Any]:
    form, feature = parse_name(name)
    return {
        "name": name,
        "unit": "1" if form else feature.unit,
        "meaning": feature.en,
        "formula": feature.formula,
        "needs": list(feature.needs),
    }


def hourly_inputs(
    hours: FloatArray, windows: Windows, n_days: int, temperature: FloatArray | None = None
) -> FeatureInputs:
    """Windows of hours by the clock, from which features are made, at run time as in training.

    Parameters
    ----------
    hours : ndarray of float64, shape (n_windows, 168)
        Means per hour by the clock before the time of issue, NaN where unknown. [unit of the load]
    windows : Windows
        As they came, at any resolution.
    n_days : int
        Days to forecast. [d]
    temperature : ndarray of float64, shape (n_windows, 168 + 24 * n_days), optional
        By the hour on the clock, NaN where unknown. [°C]

    Returns
    -------
    FeatureInputs
        On a clock that never changes (``UTC`` stands for the wall clock).

    Examples
    --------
    >>> lima = Windows(np.ones((1, 168)), np.array([5 * 3600]), 3600, 24, "America/Lima", "PE")
    >>> hourly_inputs(lima.load, lima, 1).windows.issued_at.tolist()
    [0]
    """
    return FeatureInputs(
        Windows(
            load=hours,
            issued_at=wall_clock(windows.issued_at, windows.tz),
            resolution_s=HOUR,
            horizon=_HOURS * n_days,
            tz="UTC",
            country=windows.country,
            subdivision=windows.subdivision,
            temperature=temperature,
        )
    )


def bands(quantiles: FloatArray, calibration: FloatArray) -> FloatArray:
    """Quantiles in order, and as wide as the validation meters taught.

    Parameters
    ----------
    quantiles : ndarray of float64, shape (..., 9)
        As the trees answered them, each level by its own trees: they may cross. [any]
    calibration : ndarray of float64, shape (..., 8)
        Factors of the widths from the median outwards: below, then above. [-]

    Returns
    -------
    ndarray of float64, same shape
        [unit of `quantiles`]

    Examples
    --------
    >>> crossed = np.array([0.0, 2.0, 1.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
    >>> bands(crossed, np.ones(8)).tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    """
    ordered = np.sort(quantiles, axis=-1)
    widths = np.diff(ordered, axis=-1)
    median = ordered[..., _MEDIAN : _MEDIAN + 1]
    below = np.cumsum(widths[..., :_MEDIAN][..., ::-1] * calibration[..., :_MEDIAN], axis=-1)[..., ::-1]
    above = np.cumsum(widths[..., _MEDIAN:] * calibration[..., _MEDIAN:], axis=-1)
    return np.concatenate([median - below, median, median + above], axis=-1)


class BoostedForecaster(BundleForecaster):
    """A `Forecaster` over a bundle of boosted trees: what stands around them is the network's, the hours are theirs.

    Parameters
    ----------
    manifest : Manifest
    runtime : Runtime
        Reads ``features`` and answers one row of ten numbers for each.
    name : str, optional
        By default the manifest's.

    Raises
    ------
    BundleError
        The manifest names a feature that is not known here.

    Examples
    --------
    >>> from kanchay.bundle.load import load_bundle  # doctest: +SKIP
    >>> load_bundle(path).predict(windows).mean.shape  # doctest: +SKIP
    (1, 24)
    """

    def __init__(self, manifest: Manifest, runtime: Runtime, name: str = "") -> None:
        super().__init__(manifest, runtime, name)
        self.plan = FeaturePlan.of(manifest)
        self._calibration = np.asarray(manifest.calibration, dtype=np.float64)

    def _ahead(self, hours: FloatArray, windows: Windows, clock: ClockGrid, n_days: int) -> FloatArray:
        """Mean and quantiles by the hour on the clock, shape (n_windows, 24 * n_days, 10); each day directly."""
        made = self.plan.rows(hourly_inputs(hours, windows, n_days, clock.temperature(windows)))
        answer = self.runtime.run({FEATURES_INPUT: made.rows}).astype(np.float64)
        answer = answer.reshape(*made.base.shape, 1 + len(LEVELS))
        widening = np.repeat([self._widening(day) for day in range(n_days)], _HOURS)
        answer[..., 1:] = bands(answer[..., 1:], self._calibration * widening[:, None])
        return made.base[..., None] + made.scale[..., None] * answer
