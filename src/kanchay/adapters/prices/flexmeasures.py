"""FlexMeasures: the body of a POST of sensor data: values, start, duration, unit."""

from __future__ import annotations

import json

from kanchay.adapters.prices.moments import in_zone
from kanchay.domain.interval import HOUR, MINUTE
from kanchay.services.ports.prices import PlannerPrices, PriceFormat

__all__ = ["FLEXMEASURES"]


def write(prices: PlannerPrices, send: bool) -> str:
    """One direction, for the sensor of consumption prices, or with `send` of production prices."""
    body = {
        "values": list(prices.send if send else prices.take),
        "start": in_zone(prices.start, prices.tz),
        "duration": _duration(len(prices.take) * prices.resolution_s),
        "unit": f"{prices.currency}/kWh",
    }
    return json.dumps(body, indent=2)


def _duration(seconds: int) -> str:
    """``PT24H``, ``PT1H30M``."""
    hours, minutes = divmod(seconds // MINUTE, HOUR // MINUTE)
    return f"PT{hours}H{minutes}M" if minutes else f"PT{hours}H"


FLEXMEASURES = PriceFormat("flexmeasures", "sensor data of FlexMeasures", write)
