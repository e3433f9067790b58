"""EMHASS: the runtime parameters ``load_cost_forecast`` and ``prod_price_forecast`` (its docs/passing_data.md).

Values by time, so that the two sides need not agree on the first step; a value holds until the next.
"""

from __future__ import annotations

import json

from kanchay.adapters.prices.moments import in_zone
from kanchay.services.ports.prices import PlannerPrices, PriceFormat

__all__ = ["EMHASS"]


def write(prices: PlannerPrices, send: bool) -> str:
    """Both directions at once: `send` asks for nothing more."""
    times = [in_zone(second, prices.tz) for second in prices.starts]
    return json.dumps(
        {
            "load_cost_forecast": dict(zip(times, prices.take, strict=True)),
            "prod_price_forecast": dict(zip(times, prices.send, strict=True)),
        },
        indent=2,
    )


EMHASS = PriceFormat("emhass", "runtime parameters of EMHASS", write)
