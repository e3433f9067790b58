"""The look-ahead test: what comes after the time of issue must not touch a forecast, not by one bit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from kanchay.analysis.backtest import Backtest, backtest
from kanchay.analysis.forecast.air import Air, in_air
from kanchay.analysis.forecast.protocol import Forecaster
from kanchay.analysis.forecast.single import forecast_panel
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel
from kanchay.domain.reading import FloatArray

__all__ = ["LeakReport", "leak_test"]

_DAYS = 21


@dataclass(frozen=True, slots=True)
class LeakReport:
    """What the look-ahead test found.

    Attributes
    ----------
    n_forecasts : int
        Forecasts that were made twice. [-]
    differing : tuple of str
        Which of them changed, by path and time; empty: no leak.
    """

    n_forecasts: int
    differing: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.differing


def leak_test(
    model: Forecaster, *, seed: int = 0, tz: str = "America/Lima", country: str | None = "PE"
) -> LeakReport:
    """Scramble every value at and after the time of issue, and demand the very same bits.

    Both paths are tried, a single forecast and a back-test, at 15 and 60 minutes, for one and three days ahead,
    with gaps in the history; what is scrambled becomes huge, negative, permuted or missing. In a back-test, windows
    issued later stand in the same batch: what they are told must not reach the earlier ones. A model that reads the
    outdoor temperature is told it as everywhere in the product; that of the time after the issue is scrambled too.

    Parameters
    ----------
    model : Forecaster
    seed : int
        Of the made-up meter and the scrambling.
    tz, country : str
        Clock and holidays of the made-up meter.

    Returns
    -------
    LeakReport

    Examples
    --------
    >>> from kanchay.analysis.forecast.naive import DayNaive
    >>> leak_test(DayNaive()).passed
    True
    """
    rng = np.random.default_rng(seed)
    n, differing = 0, []
    for panel in (_meter(rng, resolution_s, tz) for resolution_s in (HOUR, 900)):
        for hours, horizon_s in product((14 * 24, 16 * 24 + 7), (DAY, 3 * DAY)):
            at = panel.start + hours * HOUR
            for label, other in _scrambled(panel, at, rng):
                n += 2
                name = f"{panel.resolution_s} s, {hours} h, {horizon_s // DAY} d, {label}"
                if not _same_single(model, (panel, other), at, horizon_s, country):
                    differing.append(f"forecast: {name}")
                if not _same_backtest(model, (panel, other), at, horizon_s, country):
                    differing.append(f"backtest: {name}")
    return LeakReport(n, tuple(differing))


def _meter(rng: np.random.Generator, resolution_s: int, tz: str) -> Panel:
    """Three weeks of an office with noise and two gaps, and the temperature outside."""
    n = _DAYS * DAY // resolution_s
    hour = np.arange(n) * resolution_s / HOUR
    busy = (hour % 24 >= 8) & (hour % 24 < 19) & (hour // 24 % 7 < 5)
    values = 2.0 + 6.0 * busy + rng.gamma(2.0, 0.3, n)
    values[n // 3 : n // 3 + 9] = np.nan
    values[n // 2 : n // 2 + 2] = np.nan
    outside = 18.0 + 5.0 * np.sin(hour / 24 * 2 * np.pi) + rng.normal(0.0, 1.0, n)
    outside[n // 4 : n // 4 + 5] = np.nan
    both = np.stack([values, outside])
    return Panel.of(("m", "t"), both, start=1_788_325_200, resolution_s=resolution_s, tz=tz)


def _scrambled(panel: Panel, at: int, rng: np.random.Generator) -> list[tuple[str, Panel]]:
    first = (at - panel.start) // panel.resolution_s
    past, future = panel.values[:, :first], panel.values[:, first:]
    others: dict[str, FloatArray] = {
        "huge": np.full(future.shape, 1e9),
        "negative": -1e6 * rng.random(future.shape),
        "permuted": rng.permutation(future, axis=1),
        "missing": np.full(future.shape, np.nan),
    }
    return [
        (name, Panel.of(panel.points, np.concatenate([past, new], axis=1), start=panel.start,
                        resolution_s=panel.resolution_s, tz=panel.tz))
        for name, new in others.items()
    ]  # fmt: skip


def _in_its_air(model: Forecaster, panel: Panel) -> Forecaster:
    return in_air(model, Air.of(panel.select("t"), "t"))


def _same_single(
    model: Forecaster, panels: tuple[Panel, Panel], at: int, horizon_s: int, country: str | None
) -> bool:
    a, b = (
        forecast_panel(p, "m", _in_its_air(model, p), at, horizon_s=horizon_s, country=country)
        for p in panels
    )
    return a.mean.tobytes() == b.mean.tobytes() and a.quantiles.tobytes() == b.quantiles.tobytes()


def _same_backtest(
    model: Forecaster, panels: tuple[Panel, Panel], at: int, horizon_s: int, country: str | None
) -> bool:
    """Windows issued up to `at`, in one batch with later ones, whose histories hold what was scrambled."""
    times = at + DAY * np.asarray([-3, -1, 0, 1, 2], dtype=np.int64)
    a, b = (
        _until(backtest(p, "m", _in_its_air(model, p), times, horizon_s=horizon_s, country=country), at)
        for p in panels
    )
    return a == b


def _until(result: Backtest, at: int) -> tuple[bytes, bytes]:
    """The bits of what was forecast up to an instant."""
    own = result.issued_at <= at
    return result.prediction.mean[own].tobytes(), result.prediction.quantiles[own].tobytes()
