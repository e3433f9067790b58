"""Nameless: columns of a file without names, beside the first one: their place is their name, their numbers a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kanchay.adapters.files.layout import RawSeries
from kanchay.adapters.files.meaning import Meaning
from kanchay.adapters.files.naming import is_place
from kanchay.domain.reading import FloatArray
from kanchay.domain.units import Quantity

__all__ = ["guess_nameless"]

_VOLTS: Final = ((100.0, 132.0), (205.0, 255.0), (370.0, 430.0))
_HERTZ: Final = ((49.0, 51.0), (59.0, 61.0))
_FEW_APART: Final = 0.02  # of a ratio that is a price, and of rounding
_SEEN: Final = 8
_FLAGS: Final = 2  # different numbers


def guess_nameless(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """Meanings of nameless columns beside the first, by their numbers: its price, a voltage, else energy too."""
    first = {r.key: r for r in reversed(raws) if not is_place(r.column)}
    return [
        m
        if not is_place(r.column) or m.evidence or not np.ptp(r.values)
        else replace(m, quantity=Quantity.SIGNAL, evidence=("quantity: flag",))
        if len(np.unique(r.values)) == _FLAGS < len(r.values) // 2
        else replace(m, quantity=_guess(r, first.get(r.key)), assumed=True)
        for r, m in zip(raws, meanings, strict=True)
    ]


def _guess(raw: RawSeries, first: RawSeries | None) -> Quantity:
    if _within(raw.values, _VOLTS):
        return Quantity.VOLTAGE
    same_rows = first is not None and len(first.values) == len(raw.values)
    if _within(raw.values, _HERTZ) or (
        first is not None and same_rows and _is_price_of(raw.values, first.values)
    ):
        return Quantity.SIGNAL
    return Quantity.ELECTRIC_ENERGY


def _within(values: FloatArray, ranges: Sequence[tuple[float, float]]) -> bool:
    return len(values) >= _SEEN and any(low <= values.min() and values.max() <= high for low, high in ranges)


def _is_price_of(costs: FloatArray, amounts: FloatArray) -> bool:
    """Whether numbers are the same part of others in every row."""
    used = np.abs(amounts) > np.quantile(np.abs(amounts), 0.25)
    if used.sum() < _SEEN:
        return False
    prices = costs[used] / amounts[used]
    return bool(np.ptp(np.quantile(prices, (0.05, 0.95))) <= _FEW_APART * abs(np.median(prices)))
