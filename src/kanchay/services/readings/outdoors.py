"""The outdoor temperature of a site: which sensor tells it, and what it told by when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from kanchay.analysis.forecast.air import Air
from kanchay.analysis.quality.resample import resample
from kanchay.domain.interval import DAY, IntArray
from kanchay.domain.names import slug
from kanchay.domain.panel import Panel
from kanchay.domain.point import Kind, Point
from kanchay.domain.reading import FloatArray, Quality, Readings
from kanchay.domain.scope import Scope
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.people.sites import list_points

__all__ = ["air_beside", "outdoor_point", "sensed_air"]

_BEFORE_S: Final = 7 * DAY  # the days ahead are expected as the week before was
_ISSUES: Final = 256  # a card asks for the same month of issues again for each forecaster
_OUTSIDE: Final = re.compile(
    r"(?:^|-)(?:outdoors?|outside|exterior(?:es)?|extern[ao]?|exterieure?|estern[ao]|au(?:ss|-)en\w*|buiten\w*"
    r"|ambient|weather|clima|meteo|oat|dry-?bulb)(?:-|$)"
)
_PLAIN: Final = re.compile(
    r"(?:(?:air|aire|of|del?|la|temp|temperature?|temperatura|deg|[cft]|degc|degf|celsius)-?)+"
)


def outdoor_point(points: Sequence[Point]) -> Point | None:
    """The sensor of the outdoor air among the points of a site; None where nothing says so.

    A tag or a name that says outdoors decides (``Outside_Air_Temperature_Sensor``, "Temperatura exterior"). A name that
    says nothing but temperature counts only where it is the one temperature there: in a meter file that is the weather.
    """
    sensors = sorted((p for p in points if p.quantity is Quantity.TEMPERATURE), key=lambda p: p.id)
    for says in (_tagged, _named):
        outside = [p for p in sensors if says(p)]
        if outside:
            return outside[0]
    plain = len(sensors) == 1 and _PLAIN.fullmatch(slug(sensors[0].name))
    return sensors[0] if plain else None


def _tagged(point: Point) -> bool:
    return any(_says_outside(tag) for tag in point.tags)


def _named(point: Point) -> bool:
    return _says_outside(point.name)


def _says_outside(text: str) -> bool:
    return _OUTSIDE.search(slug(text)) is not None


def air_beside(ctx: Context, scope: Scope, site_id: str, panel: Panel, *, wanted: bool = True) -> Air | None:
    """The outdoor air on the grid of a panel and a week before it; None where it is not wanted or not measured."""
    if not wanted:
        return None
    sensor = outdoor_point(list_points(ctx, scope, site_id))
    return None if sensor is None else sensed_air(ctx, scope, sensor, panel)


def sensed_air(ctx: Context, scope: Scope, sensor: Point, panel: Panel) -> Air | None:
    """What a sensor told on the grid of a panel and a week before it; None where it told nothing.

    Beyond a time of issue the archive counts: values recorded by then and marked as estimated, which is what a weather
    service's forecast is. What is marked as measured is never read before its time.
    """
    if not ctx.readings.spans(scope, [sensor.id]):
        return None
    step, margin = panel.resolution_s, 2 * max(sensor.resolution_s or 0, DAY)
    start, end = panel.start - _BEFORE_S, panel.end
    readings = ctx.readings.read(scope, sensor.id, start - margin, end)
    values, _ = resample(readings, start=start, end=end, resolution_s=step, summed=False)
    if not np.isfinite(values).any():
        return None

    @lru_cache(maxsize=_ISSUES)
    def archive(issued_at: int, n_steps: int) -> FloatArray:
        until = issued_at + n_steps * step
        held = ctx.readings.read(scope, sensor.id, issued_at - margin, until, as_of=issued_at)
        told = _expected(held, issued_at)
        return resample(told, start=issued_at, end=until, resolution_s=step, summed=False)[0]

    ends = start + step * np.arange(1, len(values) + 1, dtype=np.int64)
    known_at = ends if sensor.kind is Kind.INSTANTANEOUS else _known_at(readings, ends)
    return Air(sensor.id, sensor.name, values, start, step, known_at, archive)


def _known_at(readings: Readings, ends: IntArray) -> IntArray:
    """When the last reading that touches each interval was complete: an hourly mean only with its hour."""
    complete = np.maximum.accumulate(readings.end)
    last = np.searchsorted(readings.start, ends, side="left") - 1
    return np.maximum(ends, np.where(last >= 0, complete[np.maximum(last, 0)], ends))


def _expected(held: Readings, issued_at: int) -> Readings:
    """What was expected of the time from the issue on."""
    rows = (held.quality == Quality.ESTIMATED) & (held.end > issued_at)
    return Readings(held.point_id, held.start[rows], held.end[rows], held.value[rows], held.quality[rows])
