"""Published prices as a table that `kanchay import` reads as a point of prices: UTC start, price without tax."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from kanchay.domain.priceseries import PriceSeries

__all__ = ["write_series"]

_PLACES: Final = 8


def write_series(series: PriceSeries, path: Path) -> None:
    """Write a series under its name; the file takes the place of an earlier one in one step."""
    starts = series.start + np.arange(len(series.values)) * series.resolution_s
    rows = [
        f"{datetime.fromtimestamp(int(s), UTC):%Y-%m-%dT%H:%M:%SZ},{round(float(v), _PLACES)}"
        for s, v in zip(starts, series.values, strict=True)
        if not np.isnan(v)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text("\n".join([f"start,{series.name}", *rows, ""]), "utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
