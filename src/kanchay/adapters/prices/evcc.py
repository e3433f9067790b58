"""evcc: what a tariff of ``type: custom`` with a ``forecast`` reads, a list of start, end and value in UTC."""

from __future__ import annotations

import json

from kanchay.adapters.prices.moments import utc
from kanchay.services.ports.prices import PlannerPrices, PriceFormat

__all__ = ["EVCC"]


def write(prices: PlannerPrices, send: bool) -> str:
    """One direction: ``grid``, or with `send` ``feedin``."""
    values = prices.send if send else prices.take
    rates = [
        {"start": utc(start), "end": utc(start + prices.resolution_s), "value": value}
        for start, value in zip(prices.starts, values, strict=True)
    ]
    return json.dumps(rates, indent=2)


EVCC = PriceFormat("evcc", "custom tariff of evcc", write)
