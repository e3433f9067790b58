"""Simulated meters for the corpus: households and offices of many habits, called simulated wherever they are named."""

from __future__ import annotations

from typing import Final

import numpy as np

from kanchay.adapters.datasets import Meter
from kanchay.domain.interval import HOUR
from kanchay.domain.reading import FloatArray

__all__ = ["SIMULATED", "simulated_meters"]

SIMULATED: Final = ("simulated-homes", "simulated-offices")
_PLACES: Final = (("America/Lima", "PE"), ("Europe/Madrid", "ES"), ("America/Mexico_City", "MX"))
_STARTS: Final = ("2022-02-01", "2023-06-01", "2024-10-01")


def simulated_meters(n_homes: int, n_offices: int, *, seed: int, days: int = 120) -> list[Meter]:
    """Grid import of simulated sites by the hour, role train; the seed chooses households, places and seasons."""
    from kanchay.simulate import simulate_home, simulate_office

    meters = []
    for index in range(n_homes + n_offices):
        home = index < n_homes
        tz, country = _PLACES[index % len(_PLACES)]
        run = (simulate_home if home else simulate_office)(
            seed=1000 * seed + index,
            start=_STARTS[index // len(_PLACES) % len(_STARTS)],
            days=days,
            resolution_s=HOUR,
            tz=tz,
            country=country,
        )
        values = np.asarray(run.values, dtype=np.float64)
        meters.append(_meter(index, home=home, place=(tz, country), start=run.start, values=values))
    return meters


def _meter(index: int, *, home: bool, place: tuple[str, str], start: int, values: FloatArray) -> Meter:
    return Meter(
        dataset=SIMULATED[0 if home else 1],
        id=f"sim-{index:03d}",
        role="train",
        kind="residential" if home else "commercial",
        tz=place[0],
        country=place[1],
        subdivision=None,
        start=start,
        values=values,
        split_at=start + HOUR * len(values),
        may_ship=True,
        thin=False,
    )
