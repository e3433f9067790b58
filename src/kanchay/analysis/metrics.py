"""How good a forecast was. Pairs in which either value is missing (NaN) are left out, everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from kanchay.domain.errors import ShapeError
from kanchay.domain.forecast import LEVELS
from kanchay.domain.reading import FloatArray

__all__ = [
    "Scores",
    "coverage",
    "cvrmse",
    "interval_width",
    "mae",
    "nmae",
    "nmbe",
    "pinball",
    "rmse",
    "score",
    "skill",
]

_BANDS: Final = {50: (0.25, 0.75), 80: (0.10, 0.90), 95: (0.025, 0.975)}


def _pairs(actual: ArrayLike, forecast: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Both as flat arrays, only where both are known."""
    y, f = np.asarray(actual, dtype=np.float64), np.asarray(forecast, dtype=np.float64)
    if y.shape != f.shape:
        raise ShapeError(
            f"actual {y.shape} and forecast {f.shape} differ in shape.",
            hint="Give one forecast value per actual value.",
        )
    known = ~(np.isnan(y) | np.isnan(f))
    return y[known], f[known]


def _ratio(numerator: float, denominator: float) -> float:
    """Their ratio, NaN where the denominator is 0 or NaN."""
    return float(numerator / denominator) if denominator else float("nan")


def mae(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Mean absolute error.

    Parameters
    ----------
    actual, forecast : array_like, any one shape
        Energy per interval. [kWh]

    Returns
    -------
    float
        NaN when no pair is known. [kWh]

    Raises
    ------
    ShapeError
        The shapes differ.

    Examples
    --------
    >>> mae([1.0, 2.0, float("nan")], [2.0, 2.0, 9.0])
    0.5
    """
    y, f = _pairs(actual, forecast)
    return float(np.abs(f - y).mean()) if y.size else float("nan")


def rmse(actual: ArrayLike, forecast: ArrayLike, *, n_params: int = 0) -> float:
    """Root mean square error.

    Parameters
    ----------
    actual, forecast : array_like, any one shape
        Energy per interval. [kWh]
    n_params : int, default 0
        Fitted parameters, taken off the number of pairs. [-]

    Returns
    -------
    float
        NaN when no more pairs than parameters are known. [kWh]

    Raises
    ------
    ShapeError
        The shapes differ.

    Examples
    --------
    >>> rmse([0.0, 0.0], [3.0, 3.0])
    3.0
    """
    y, f = _pairs(actual, forecast)
    if y.size <= n_params:
        return float("nan")
    return float(np.sqrt(np.sum((f - y) ** 2) / (y.size - n_params)))


def cvrmse(actual: ArrayLike, forecast: ArrayLike, *, n_params: int = 0) -> float:
    """Coefficient of variation of the root mean square error, CV(RMSE).

    Parameters
    ----------
    actual, forecast : array_like, any one shape
        Energy per interval. [kWh]
    n_params : int, default 0
        Fitted parameters; 0 in a backtest, the model's own count for a baseline. [-]

    Returns
    -------
    float
        RMSE divided by the mean of `actual`; 0.15 means 15 %. NaN when that mean is 0. [-]

    Raises
    ------
    ShapeError
        The shapes differ.

    References
    ----------
    .. [1] ASHRAE Guideline 14-2014, "Measurement of Energy, Demand, and Water Savings".

    Examples
    --------
    >>> cvrmse([10.0, 10.0], [9.0, 11.0])
    0.1
    """
    y, f = _pairs(actual, forecast)
    return _ratio(rmse(y, f, n_params=n_params), float(y.mean()) if y.size else 0.0)


def nmae(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Mean absolute error divided by the mean of the actual values.

    Parameters
    ----------
    actual, forecast : array_like, any one shape
        Energy per interval. [kWh]

    Returns
    -------
    float
        0.2 means 20 %. NaN when the mean of `actual` is 0. [-]

    Raises
    ------
    ShapeError
        The shapes differ.

    Examples
    --------
    >>> nmae([1.0, 3.0], [2.0, 2.0])
    0.5
    """
    y, f = _pairs(actual, forecast)
    return _ratio(mae(y, f), float(y.mean()) if y.size else 0.0)


def nmbe(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Normalised mean bias error: positive where the forecast is too high.

    ASHRAE Guideline 14 [1]_ subtracts the other way round (metered minus modelled); ours follows the
    forecaster's habit, so that ``+0.05`` reads "5 % too high".

    Parameters
    ----------
    actual, forecast : array_like, any one shape
        Energy per interval. [kWh]

    Returns
    -------
    float
        Mean of forecast minus actual, divided by the mean of `actual`. NaN when that mean is 0. [-]

    Raises
    ------
    ShapeError
        The shapes differ.

    References
    ----------
    .. [1] ASHRAE Guideline 14-2014, "Measurement of Energy, Demand, and Water Savings".

    Examples
    --------
    >>> nmbe([1.0, 3.0], [2.0, 4.0])
    0.5
    """
    y, f = _pairs(actual, forecast)
    return _ratio(float((f - y).mean()), float(y.mean())) if y.size else float("nan")


def pinball(actual: ArrayLike, quantiles: ArrayLike, levels: tuple[float, ...] = LEVELS) -> float:
    """Mean pinball (quantile) loss over all levels and known intervals.

    Parameters
    ----------
    actual : array_like, shape (...)
        Energy per interval. [kWh]
    quantiles : array_like, shape (..., n_levels)
        Forecast quantiles. [kWh]
    levels : tuple of float
        Level of each quantile. [-]

    Returns
    -------
    float
        Mean of ``max(level * (y - q), (level - 1) * (y - q))``; half the absolute error at the median alone.
        NaN when nothing is known. [kWh]

    Raises
    ------
    ShapeError
        The last axis of `quantiles` does not fit `levels`, or the others do not fit `actual`.

    References
    ----------
    .. [1] R. Koenker and G. Bassett, "Regression Quantiles", Econometrica 46 (1978), doi 10.2307/1913643.

    Examples
    --------
    >>> pinball([2.0], [[1.0, 3.0]], levels=(0.25, 0.75))
    0.25
    """
    y, q = np.asarray(actual, dtype=np.float64), np.asarray(quantiles, dtype=np.float64)
    if q.shape != (*y.shape, len(levels)):
        raise ShapeError(f"quantiles {q.shape} do not fit actual {y.shape} at {len(levels)} levels.")
    error = y[..., None] - q
    known = ~np.isnan(error).any(axis=-1)
    if not known.any():
        return float("nan")
    level = np.asarray(levels)
    return float(np.maximum(level * error[known], (level - 1.0) * error[known]).mean())


def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """Share of known values that lie within ``[low, high]``.

    Parameters
    ----------
    actual, low, high : array_like, any one shape
        Energy per interval and the bounds of its band. [kWh]

    Returns
    -------
    float
        0..1; NaN when nothing is known. [-]

    Raises
    ------
    ShapeError
        The shapes differ.

    Examples
    --------
    >>> coverage([1.0, 5.0], [0.0, 0.0], [2.0, 2.0])
    0.5
    """
    y, lower = np.asarray(actual, dtype=np.float64), np.asarray(low, dtype=np.float64)
    upper = np.asarray(high, dtype=np.float64)
    if not y.shape == lower.shape == upper.shape:
        raise ShapeError(f"actual {y.shape}, low {lower.shape} and high {upper.shape} differ in shape.")
    known = ~(np.isnan(y) | np.isnan(lower) | np.isnan(upper))
    if not known.any():
        return float("nan")
    return float(((y >= lower) & (y <= upper))[known].mean())


def interval_width(low: ArrayLike, high: ArrayLike) -> float:
    """Mean width of a band.

    Parameters
    ----------
    low, high : array_like, any one shape
        Bounds of the band. [kWh]

    Returns
    -------
    float
        NaN when nothing is known. [kWh]

    Raises
    ------
    ShapeError
        The shapes differ.

    Examples
    --------
    >>> interval_width([0.0, 1.0], [2.0, 2.0])
    1.5
    """
    lower, upper = _pairs(low, high)
    return float((upper - lower).mean()) if lower.size else float("nan")


def skill(error: float, reference: float) -> float:
    """How much of the reference's error is saved: 1 is perfect, 0 no better, negative is worse.

    Parameters
    ----------
    error, reference : float
        The same metric of the model and of what it is held against, such as a naive forecast.

    Returns
    -------
    float
        ``1 - error / reference``; NaN when the reference is 0. [-]

    Examples
    --------
    >>> skill(0.5, 2.0)
    0.75
    """
    return 1.0 - _ratio(error, reference)


@dataclass(frozen=True, slots=True)
class Scores:
    """All scores of one model on one meter; each is told at the function of its name.

    Attributes
    ----------
    n : int
        Intervals in which both the value and the forecast are known. [-]
    mae, rmse : float
        [kWh]
    cvrmse, nmae, nmbe : float
        Shares of the mean value. [-]
    pinball : float
        Mean over the levels. [kWh]
    coverage50, coverage80, coverage95 : float
        Shares of the values inside the bands. [-]
    width80 : float
        Mean width of the 80 % band. [kWh]
    """

    n: int
    mae: float
    rmse: float
    cvrmse: float
    nmae: float
    nmbe: float
    pinball: float
    coverage50: float
    coverage80: float
    coverage95: float
    width80: float


def score(actual: ArrayLike, mean: ArrayLike, quantiles: ArrayLike) -> Scores:
    """All scores at once.

    Parameters
    ----------
    actual, mean : array_like, shape (...)
        Energy per interval and its forecast. [kWh]
    quantiles : array_like, shape (..., 9)
        At `LEVELS`. [kWh]

    Returns
    -------
    Scores

    Raises
    ------
    ShapeError
        The shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> s = score([1.0, 3.0], [2.0, 2.0], np.tile(np.linspace(0, 4, 9), (2, 1)))
    >>> s.n, s.mae, s.coverage80
    (2, 1.0, 1.0)
    """
    q = np.asarray(quantiles, dtype=np.float64)

    def band(percent: int) -> float:
        low, high = (q[..., LEVELS.index(level)] for level in _BANDS[percent])
        return coverage(actual, low, high)

    return Scores(
        n=int(_pairs(actual, mean)[0].size),
        mae=mae(actual, mean),
        rmse=rmse(actual, mean),
        cvrmse=cvrmse(actual, mean),
        nmae=nmae(actual, mean),
        nmbe=nmbe(actual, mean),
        pinball=pinball(actual, quantiles),
        coverage50=band(50),
        coverage80=band(80),
        coverage95=band(95),
        width80=interval_width(q[..., LEVELS.index(0.10)], q[..., LEVELS.index(0.90)]),
    )
