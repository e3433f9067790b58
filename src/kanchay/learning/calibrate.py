"""Honest bands: widths scaled until the quantiles hold what they promise on validation meters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.datasets import Meter
from kanchay.analysis.forecast.protocol import Windows
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import HOUR
from kanchay.learning.corpus import Float32, midnight_windows

__all__ = ["factors_of", "fit_calibration", "fit_widening"]

HALF = len(LEVELS) // 2
MEDIAN = HALF
FloatArray = NDArray[np.float64]
Answers = Callable[[dict[str, Float32]], Any]


def fit_calibration(meters: Sequence[Meter], answers: Answers) -> list[float]:
    """Factors of the eight widths from the median outwards, below then above.

    Each is found by bisection, the inner ones first, so that the share of truth beyond the quantile is what its
    level says; meters weigh alike within their kind, and the two kinds weigh alike.
    """
    return factors_of(*_collect(meters, answers))


def factors_of(truth: FloatArray, quantiles: FloatArray, weight: FloatArray) -> list[float]:
    """The same factors from known truth (n,), its quantiles (n, 9) and weights (n,)."""
    factors: list[float] = []
    for side in (-1, 1):
        inner = quantiles[:, MEDIAN]
        for step in range(1, HALF + 1):
            index = MEDIAN + side * step
            width = np.abs(quantiles[:, index] - quantiles[:, index - side])
            beyond = min(LEVELS[index], 1 - LEVELS[index])
            factor = _bisect(truth - inner, side * width, weight, beyond)
            inner = inner + side * factor * width
            factors.append(round(factor, 4))
    return factors


def _collect(meters: Sequence[Meter], answers: Answers) -> tuple[FloatArray, FloatArray, FloatArray]:
    truth, quantiles, weight = [], [], []
    n_kind = {kind: sum(m.kind == kind for m in meters) for kind in {m.kind for m in meters}}
    for meter in meters:
        (inputs, target), _ = midnight_windows(meter)
        known = ~np.isnan(target)
        truth.append(target[known].astype(np.float64))
        quantiles.append(np.asarray(answers(inputs))[:, :, 1:][known].astype(np.float64))
        weight.append(np.full(known.sum(), 1.0 / known.sum() / n_kind[meter.kind]))
    return np.concatenate(truth), np.concatenate(quantiles), np.concatenate(weight)


def _bisect(off: FloatArray, width: FloatArray, weight: FloatArray, beyond: float) -> float:
    """Factor of the signed width beyond which a share `beyond` of `off` lies."""
    low, high = 0.05, 6.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        outside = np.sign(width) * (off - middle * width) > 0
        share = weight[outside].sum() / weight.sum()
        low, high = (middle, high) if share > beyond else (low, middle)
    return 0.5 * (low + high)


def fit_widening(meters: Sequence[Meter], forecaster: Any, *, every_days: int = 5) -> list[float]:
    """Factor of the band on day 1 to 7 ahead that brings the 80 % band to 80 %.

    `forecaster` must answer with widening 1 throughout.
    """
    off: list[list[FloatArray]] = [[] for _ in range(7)]
    weight: list[list[FloatArray]] = [[] for _ in range(7)]
    for meter in meters:
        _, issued = midnight_windows(meter)
        index = (issued - meter.start) // HOUR
        index = index[index + 168 <= len(meter.values)][::every_days]
        if not len(index):
            continue
        load = meter.values[index[:, None] + np.arange(-168, 0)]
        truth = meter.values[index[:, None] + np.arange(168)]
        starts = meter.start + HOUR * index
        answer = forecaster.predict(
            Windows(load, starts, HOUR, 168, meter.tz, meter.country, meter.subdivision)
        )
        median = answer.quantiles[:, :, MEDIAN]
        error = truth - median
        band = np.where(
            error > 0,
            answer.quantiles[:, :, MEDIAN + 2] - median,
            median - answer.quantiles[:, :, MEDIAN - 2],
        )
        ratio = np.abs(error) / np.maximum(band, 1e-9)
        for day in range(7):
            part = ratio[:, 24 * day : 24 * day + 24]
            part = part[~np.isnan(part)]
            off[day].append(part)
            weight[day].append(np.full(len(part), 1.0 / max(len(part), 1)))
    factors = [
        _weighted_quantile(np.concatenate(o), np.concatenate(w), 0.8)
        for o, w in zip(off, weight, strict=True)
    ]
    # The first day is calibrated in the graph; a later one is hardly surer than it.
    later = np.maximum(np.asarray(factors) / factors[0], 0.8)
    return [round(float(f), 4) for f in later]


def _weighted_quantile(values: FloatArray, weight: FloatArray, level: float) -> float:
    order = np.argsort(values)
    share = np.cumsum(weight[order]) / weight.sum()
    return float(values[order][np.searchsorted(share, level)])
