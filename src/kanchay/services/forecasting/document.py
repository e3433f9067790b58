"""A forecast as the plain document that API and `--json` give: one row per interval, times in UTC."""

from __future__ import annotations

from typing import Any

from kanchay.domain.forecast import QUANTILE_NAMES, Forecast
from kanchay.domain.interval import format_resolution, to_datetime

__all__ = ["forecast_document"]


def forecast_document(forecast: Forecast) -> dict[str, Any]:
    """Head and rows of a forecast, in the words of the forecast frame."""
    names = ("mean", *QUANTILE_NAMES)
    rows = [
        {"timestamp": _utc(start), **dict(zip(names, (float(mean), *map(float, quantiles)), strict=True))}
        for start, mean, quantiles in zip(forecast.starts, forecast.mean, forecast.quantiles, strict=True)
    ]
    return {
        "meter_id": forecast.point_id,
        "issued_at": _utc(forecast.issued_at),
        "resolution": format_resolution(forecast.resolution_s),
        "unit": forecast.unit,
        "model": forecast.model,
        "run_id": forecast.run_id,
        "notes": list(forecast.notes),
        "rows": rows,
    }


def _utc(instant: int) -> str:
    return to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%SZ")
