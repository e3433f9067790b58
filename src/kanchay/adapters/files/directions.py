"""Direction where no word tells it: from daylight, from sub-meters beside a total, else import, to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kanchay.adapters.files.meaning import FLOWS, Meaning
from kanchay.adapters.files.prepared import Prepared
from kanchay.adapters.files.words import matches, normal
from kanchay.domain.interval import DAY, HOUR, wall_clock
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["find_directions"]

_TOTAL: Final = r"total|global|main|mains|aggregate|whole|total use|overall"
_ACTIVE: Final = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)


def _by_daylight(s: Prepared, kind: Kind, tz: str) -> bool:
    """Whether all but a hundredth of the energy comes between 5 and 21 h, over three days at least."""
    values, at = s.values, s.start
    if kind is Kind.CUMULATIVE:
        near = np.diff(s.start) <= 1.5 * (s.step or 0)
        values, at = np.maximum(np.diff(s.values), 0)[near], s.start[:-1][near]
    if len(values) < 48 or at[-1] - at[0] < 3 * DAY or (s.step or DAY) > HOUR or (values < 0).any():
        return False
    hour = wall_clock(at, tz) % DAY // HOUR
    night = (hour >= 21) | (hour < 5)
    total, share = values.sum(), float((values > 0).mean())
    # Nights without rows say nothing: without a third of the night seen, only the shape of the day is left.
    midday = values[(hour >= 10) & (hour < 16)].sum()
    return bool(total > 0 and share > 0.02 and values[night].sum() <= 0.01 * total and midday > 0.4 * total)


def find_directions(
    series: Sequence[Prepared], meanings: Sequence[Meaning], kinds: Sequence[Kind], tz: str, given: str | None
) -> list[Meaning]:
    """Meanings with a direction for every flow; `direction_from` stays empty where it is a plain guess."""
    names = [normal(s.raw.column) for s in series]
    active = [m.quantity in _ACTIVE for m in meanings]
    subs = any(m.submeter for m in meanings)
    totals = {n for n, a in zip(names, active, strict=True) if a and matches(_TOTAL, n)}
    appliances = bool(totals) and len({n for n, a in zip(names, active, strict=True) if a}) > len(totals)
    out = []
    for s, m, kind, name in zip(series, meanings, kinds, names, strict=True):
        if m.quantity not in FLOWS:
            out.append(replace(m, direction=None, direction_from=""))
        elif m.direction is not None:
            out.append(m)
        elif given is not None:
            out.append(replace(m, direction=Direction(given), direction_from="given"))
        elif m.quantity in _ACTIVE and appliances and name not in totals:
            out.append(
                replace(m, direction=Direction.CONSUMPTION, direction_from="beside a total", submeter=True)
            )
        elif m.quantity in _ACTIVE and (subs or appliances):
            out.append(replace(m, direction=Direction.CONSUMPTION, direction_from="sub-meters beside it"))
        elif m.quantity in _ACTIVE and _by_daylight(s, kind, tz):
            out.append(replace(m, direction=Direction.PRODUCTION, direction_from="daylight"))
        elif (s.values < 0).mean() > 0.02 and m.quantity in _ACTIVE:
            out.append(replace(m, direction=Direction.NET, direction_from=""))
        else:
            out.append(replace(m, direction=Direction.IMPORT, direction_from=""))
    return out
