"""Prices with a start and an end, laid out as a series on a grid; and the local days that they cover."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from kanchay.adapters.tariffs.draft import Notes
from kanchay.domain.errors import FileRefused
from kanchay.domain.priceseries import PriceSeries

__all__ = ["Slot", "local_day", "series_of"]

Slot = tuple[int, int, float]  # start and end [s], price [currency/kWh]
_MOST_SLOTS: Final = 400_000  # eleven years of quarters of an hour


def series_of(name: str, currency: str, slots: Sequence[Slot], step: int, notes: Notes) -> PriceSeries:
    """The series of slots by rising start; what lies between them is NaN, and told.

    Raises
    ------
    FileRefused
        They span more than memory should hold.
    """
    first = slots[0][0] // step
    n = max(slots[-1][1] // step - first, 1)
    if n > _MOST_SLOTS:
        raise FileRefused(
            "The prices of the file span more than ten years.",
            hint="Ask for fewer: one year at a time.",
            code="file.damaged",
        )
    values = np.full(n, np.nan)
    for start, end, price in slots:
        values[max(start // step - first, 0) : end // step - first] = price
    missing = int(np.isnan(values).sum())
    if missing:
        notes.add("price.gap", name, str(missing))
    return PriceSeries(name, currency, values, first * step, step)


def local_day(second: int, zone: str, *, whole: bool) -> date:
    """The local day of an instant; with `whole` the first day that begins at or after it."""
    local = datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone))
    late = whole and (local.hour, local.minute, local.second) != (0, 0, 0)
    return local.date() + timedelta(days=1 if late else 0)
