"""Prices that leave for a planner: what they are, and what a format makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["PlannerPrices", "PriceFormat", "PriceFormats"]


@dataclass(frozen=True, slots=True)
class PlannerPrices:
    """Prices of one more kWh on a regular grid, taxes included.

    `take` is what a kWh from the grid costs in each interval from `start` on, `send` what a kWh sent earns.
    [currency/kWh] Intervals last `resolution_s`; `tz` is the tariff's zone. [s]
    """

    tariff_id: str
    currency: str
    tz: str
    start: int
    resolution_s: int
    take: tuple[float, ...]
    send: tuple[float, ...]

    @property
    def starts(self) -> range:
        """UTC second of each interval."""
        return range(self.start, self.start + len(self.take) * self.resolution_s, self.resolution_s)


@dataclass(frozen=True, slots=True)
class PriceFormat:
    """How a planner wants its prices. `write` makes the text; formats of one series write `take`, or with ``send``
    what exports earn."""

    name: str
    help: str
    write: Callable[[PlannerPrices, bool], str]


PriceFormats: TypeAlias = Mapping[str, PriceFormat]
