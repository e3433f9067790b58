"""Prices as CSV and as plain JSON, both directions."""

from __future__ import annotations

import json

from kanchay.adapters.prices.moments import in_zone
from kanchay.services.ports.prices import PlannerPrices, PriceFormat

__all__ = ["CSV", "JSON"]


def write_csv(prices: PlannerPrices, send: bool) -> str:
    """Start and end with their offset, price of a kWh taken, and of one sent."""
    unit = f"{prices.currency.lower()}_per_kwh"
    rows = [f"start,end,take_{unit},send_{unit}"]
    for start, take, sent in zip(prices.starts, prices.take, prices.send, strict=True):
        end = in_zone(start + prices.resolution_s, prices.tz)
        rows.append(f"{in_zone(start, prices.tz)},{end},{take},{sent}")
    return "\n".join(rows)


def write_json(prices: PlannerPrices, send: bool) -> str:
    """The grid once, then its prices."""
    told = {
        "tariff_id": prices.tariff_id,
        "unit": f"{prices.currency}/kWh",
        "start": in_zone(prices.start, prices.tz),
        "resolution_s": prices.resolution_s,
        "take": prices.take,
        "send": prices.send,
    }
    return json.dumps(told, indent=2)


CSV = PriceFormat("csv", "a table", write_csv)
JSON = PriceFormat("json", "plain JSON", write_json)
