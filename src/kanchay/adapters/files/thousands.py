"""How likely the decimal sign of a file is where its numbers leave it open: 12.345 kWh an hour, or 12,345?

What the numbers would amount to and how that unit is usually written speak for one reading, a thousand times or more
in most files of kWh. The unit has to be told; without one both readings may be the same energy.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import exp, log
from typing import Final

import numpy as np

from kanchay.adapters.files.likely import how_usual, steps_of
from kanchay.adapters.files.series import Decided
from kanchay.domain.interval import HOUR
from kanchay.domain.point import Kind
from kanchay.domain.units import Quantity

__all__ = ["chance_of_sign"]

# Of 33 exports collected from those who know them whose numbers pass a thousand, 4 group them.
_GROUPED: Final = 0.15
# How often a dot or a comma is the decimal sign, and how often it groups, where the other one is usual and where it is.
_DECIMAL: Final = {True: 0.8, False: 0.2}
_GROUPS: Final = {True: 0.05, False: 0.6}
_MARKED: Final = 3  # digits behind a mark that may be either
_FEW: Final = 12  # values
_ACTIVE: Final = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)


def chance_of_sign(decided: Sequence[Decided], decimal: str, tz: str) -> float | None:
    """How likely the numbers are as read, against a thousand times more or less; None where nothing speaks for that.

    Of several columns the one that speaks least counts. `decimal` is the sign they were read with; `tz` the zone of the
    site, for where people write 1,5 a dot groups.
    """
    active = [d for d in decided if d.meaning.quantity in _ACTIVE]
    if not all(d.meaning.unit_from for d in active):
        return None
    usual = _usual_sign(tz)
    odds = [o for d in active if (o := _odds(d, decimal, usual)) is not None]
    least = min(odds, default=-1.0)
    return 1 / (1 + exp(-least)) if least > 0 else None


def _odds(d: Decided, decimal: str, usual: str) -> float | None:
    """The logarithm of the odds of a column as read."""
    values = d.prepared.values[np.isfinite(d.prepared.values) & (d.prepared.values != 0)]
    if len(values) < _FEW:
        return None
    whole = bool((values == np.round(values)).all())
    amounts = steps_of(d.prepared.values) if d.kind is Kind.CUMULATIVE else d.prepared.values
    fine, grouped = (amounts / 1000, amounts) if whole else (amounts, amounts * 1000)
    hours = (d.prepared.step or HOUR) / HOUR
    behind = how_usual(d.unit, _MARKED, fine, hours)
    before = [log(_GROUPED) + b for b in how_usual(d.unit, 0, grouped, hours)]
    odds = [x - y for x, y in zip(behind, before, strict=True)]
    mark_is_usual = (decimal == usual) is not whole if usual else whole  # where no place is known, against us
    odds = [o + log(_DECIMAL[mark_is_usual] / _GROUPS[mark_is_usual]) for o in odds]
    return -max(odds) if whole else min(odds)


@lru_cache(maxsize=64)
def _usual_sign(tz: str) -> str:
    """The decimal sign that is usual where a clock shows this zone; "" where nothing says so."""
    from babel.core import Locale, UnknownLocaleError, get_global

    land = get_global("zone_territories").get(tz)
    if land is None:
        return ""
    spoken = get_global("likely_subtags").get(f"und_{land}", f"en_{land}")
    try:
        signs = Locale.parse(spoken).number_symbols
    except (UnknownLocaleError, ValueError):
        return ""
    return str(signs.get("latn", signs).get("decimal", ""))
