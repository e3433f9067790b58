"""A forecast as the plain document that API and `--json` give: one row per interval or day, times in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from kanchay.domain.forecast import QUANTILE_NAMES, DailyForecast, Forecast, TemperatureUse
from kanchay.domain.interval import format_resolution, to_datetime

__all__ = ["daily_document", "forecast_document", "numbers"]


def forecast_document(forecast: Forecast, known_hours: float | None = None) -> dict[str, Any]:
    """Head and rows of a forecast, in the words of the forecast frame; `known_hours` of the history it read."""
    rows = [
        {"timestamp": _utc(start), **numbers(mean, quantiles)}
        for start, mean, quantiles in zip(forecast.starts, forecast.mean, forecast.quantiles, strict=True)
    ]
    known = {} if known_hours is None else {"known_hours": known_hours}
    return {
        "meter_id": forecast.point_id,
        "issued_at": _utc(forecast.issued_at),
        "resolution": format_resolution(forecast.resolution_s),
        "unit": forecast.unit,
        "model": forecast.model,
        "run_id": forecast.run_id,
        "notes": list(forecast.notes),
        **known,
        **_temperature(forecast.temperature),
        "rows": rows,
    }


def daily_document(forecast: DailyForecast) -> dict[str, Any]:
    """Head and rows of daily totals, and their total with a band of its own."""
    ends = [*forecast.starts[1:], forecast.end]
    rows = [
        {"timestamp": _utc(start), "end": _utc(end), **numbers(mean, quantiles)}
        for start, end, mean, quantiles in zip(
            forecast.starts, ends, forecast.mean, forecast.quantiles, strict=True
        )
    ]
    return {
        "meter_id": forecast.point_id,
        "issued_at": _utc(forecast.issued_at),
        "resolution": "daily",
        "unit": forecast.unit,
        "model": forecast.method,
        "notes": list(forecast.notes),
        "known_hours": forecast.known_hours,
        **_temperature(forecast.temperature),
        "total": numbers(forecast.total_mean, forecast.total_quantiles),
        "rows": rows,
    }


def numbers(mean: float, quantiles: Iterable[float]) -> dict[str, float]:
    """The mean and each quantile under its name."""
    names = ("mean", *QUANTILE_NAMES)
    return dict(zip(names, (float(mean), *map(float, quantiles)), strict=True))


def _temperature(use: TemperatureUse | None) -> dict[str, Any]:
    return {} if use is None else {"temperature": asdict(use)}


def _utc(instant: int) -> str:
    return to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%SZ")
